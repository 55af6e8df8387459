//! `tongket verify`: whether an export still comes out the same.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};

use crate::error::{Error, Result};
use crate::language::{Language, Message};
use crate::many;
use crate::provenance::{Finding, verify};
use crate::run::Session;
use crate::say;

/// Runs an export again by the record beside it, and says `same` or what changed
///
/// The record is what `--provenance` wrote as FILE.meta.json. Held against it are the bytes of FILE,
/// the saved query in the workspace, the files of every table that was read, and the result of the
/// recorded text, run again. One line a finding; the exit code is 3 where there is one.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tongket run loans/by-channel -o channels.csv --provenance
  tongket verify channels.csv
  tongket verify channels.csv --format json
  tongket -C other/workspace verify channels.csv")]
pub struct Args {
    /// The export, or its FILE.meta.json
    file: PathBuf,
}

/// Runs the command; `asked` says that the workspace was named on the command line.
///
/// # Errors
/// Something changed; or there is no record, or the place cannot be written.
pub async fn run(session: &mut Session, args: &Args, asked: bool) -> Result<()> {
    let output = session.config.output.clone();
    let mut delivery = session.deliver(&output)?;
    let findings = verify::verify(session, &args.file, asked).await?;
    // Who asks for no format is told in a word; a program gets a result, if one without rows.
    if findings.is_empty() && output.format.is_none() && output.path.is_none() {
        // A script reads the word, a person understands it.
        let language = if session.ui.terminal.stdout { session.ui.language } else { Language::English };
        return session.ui.print(&format!("{}\n", say!("same").text(language)));
    }
    let footer = std::mem::replace(&mut session.footer, false);
    let columns = columns(&findings, delivery.language(&session.ui));
    let shown = session.show(columns, &mut delivery);
    session.footer = footer;
    shown?;
    delivery.finish()?;
    match findings.len() as u64 {
        0 => Ok(()),
        count => Err(Error::findings(say!(
            "`{path}` is not as it was: {findings}",
            path = args.file.display(),
            findings = many!(count, "{n} finding", "{n} findings")
        ))),
    }
}

fn columns(findings: &[Finding], language: Language) -> Vec<(&'static str, ArrayRef)> {
    let text = |of: fn(&Finding) -> Option<&Message>| -> ArrayRef {
        let texts = findings.iter().map(|finding| of(finding).map(|message| message.text(language)));
        Arc::new(texts.collect::<StringArray>())
    };
    vec![
        ("what", text(|finding| Some(&finding.what))),
        ("was", text(|finding| finding.was.as_ref())),
        ("now", text(|finding| finding.now.as_ref())),
    ]
}
