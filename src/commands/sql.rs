//! SQL given on the command line, in files or on standard input.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::meta::{self, Console, Next};
use crate::query::Source;
use crate::run::Session;
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
    let fault = |error: &dyn std::fmt::Display| Error::data(format!("cannot read standard input: {error}"));
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
    // A result of the first may be shown again by the second.
    session.keep = sources.iter().any(|source| meta::shows_again(&source.text));
    let mut console = Console::new(session)?;
    let mut ran = Ok(Next::Stay);
    for source in &sources {
        ran = console.script(source).await;
        if !matches!(ran, Ok(Next::Stay)) {
            break;
        }
    }
    console.finish(ran.map(drop))
}
