//! SQL given on the command line, in files or on standard input.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::query::Source;
use crate::run::{Delivery, Session};
use crate::ui::text;

/// One piece of SQL to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Script {
    /// The text of `-c`.
    Text(String),
    /// The file of `-f`; `-` is standard input.
    File(PathBuf),
}

impl Script {
    /// Reads the text.
    ///
    /// # Errors
    /// The file is missing, unreadable or not UTF-8.
    fn read(&self) -> Result<Source> {
        let (origin, bytes) = match self {
            Self::Text(sql) => ("-c".to_owned(), sql.clone().into_bytes()),
            Self::File(path) if path == Path::new("-") => {
                let mut bytes = Vec::new();
                std::io::stdin()
                    .read_to_end(&mut bytes)
                    .map_err(|error| Error::data(format!("cannot read standard input: {error}")))?;
                ("standard input".to_owned(), bytes)
            }
            Self::File(path) => {
                let bytes = std::fs::read(path).map_err(|error| Error::file("read", path, &error))?;
                (path.display().to_string(), bytes)
            }
        };
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::data(format!("cannot read `{origin}`: it is not UTF-8 text")))?;
        Ok(Source::new(origin, text::nfc(text.trim_start_matches('\u{feff}'))))
    }
}

/// Runs the scripts in the order given; the first failure ends the run.
///
/// # Errors
/// That failure.
pub async fn run(session: &mut Session, scripts: &[Script]) -> Result<()> {
    let mut delivery = Delivery::open(&session.config.output, session.ui.terminal)?;
    for script in scripts {
        session.script(&script.read()?, &mut delivery).await?;
    }
    delivery.finish()
}
