//! SQL given on the command line, in files or on standard input.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::meta;
use crate::provenance::record::Text;
use crate::provenance::{Proof, Proofs, Ran};
use crate::query::Source;
use crate::run::Session;
use crate::say;
use crate::ui::interrupt;

/// One piece of SQL to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Script {
    /// The text of `-c`.
    Text(String),
    /// The file of `-f`; `-` is standard input.
    File(PathBuf),
}

impl Script {
    /// Reads the text; `number` tells it from others, where there are several.
    ///
    /// # Errors
    /// The file is missing, unreadable or not UTF-8, or the user pressed Ctrl-C.
    async fn read(&self, number: Option<usize>) -> Result<Source> {
        match self {
            Self::Text(sql) => {
                let origin = number.map_or("-c".to_owned(), |number| format!("-c ({number})"));
                Source::decode(origin, sql.clone().into_bytes())
            }
            Self::File(path) if path == Path::new("-") => Source::decode("standard input", stdin().await?),
            Self::File(path) => Source::read(path),
        }
    }
}

/// All of standard input. Whoever writes it may take its time, and Ctrl-C does not wait for that.
async fn stdin() -> Result<Vec<u8>> {
    let reading = tokio::task::spawn_blocking(|| {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    });
    let fault = |error: &dyn std::fmt::Display| {
        Error::data(say!("cannot read standard input: {reason}", reason = error))
    };
    tokio::select! {
        read = reading => {
            let bytes = read.map_err(|error| fault(&error))?.map_err(|error| fault(&error))?;
            // The same Ctrl-C may have ended whoever writes: then what came is not all.
            if interrupt::is_asked() { Err(Error::interrupted()) } else { Ok(bytes) }
        }
        () = interrupt::asked() => Err(Error::interrupted()),
    }
}

/// Runs the scripts in the order given; the first failure ends the run.
///
/// # Errors
/// That failure.
pub async fn run(session: &mut Session, scripts: &[Script]) -> Result<()> {
    // Read before anything is opened for writing: what cannot be read costs nothing.
    let mut sources = Vec::new();
    for (script, number) in scripts.iter().zip(1..) {
        sources.push(script.read((scripts.len() > 1).then_some(number)).await?);
    }
    if session.config.provenance {
        return with_proof(session, &sources).await;
    }
    let (console, ran) = meta::run_scripts(session, &sources).await?;
    console.finish(ran)
}

async fn with_proof(session: &mut Session, sources: &[Source]) -> Result<()> {
    sources.iter().try_for_each(meta::stands_alone)?;
    let output = session.config.output.clone();
    let proof = Proof::begin(session, &output)?;
    let (console, ran) = meta::run_scripts(session, sources).await?;
    let delivery = console.into_delivery();
    let texts = sources.iter().map(|source| Text::new(&source.origin, source)).collect();
    let written = match (ran, proof) {
        (Ok(()), Some(proof)) => {
            Proofs::default().finish(session, proof, Ran::Scripts(texts), Vec::new(), delivery).await
        }
        (ran, _) => ran,
    };
    let profiled = session.write_profile();
    written.and(profiled)
}
