//! `tongket compact`: a table's small files merged into one.

use crate::error::Result;
use crate::language::collation::Collation;
use crate::load;
use crate::run::Session;
use crate::{many, say};

/// Merges the files of a table into one, in the order of its key
///
/// Each import adds a file; a table of many small files is read slower than one of a few large ones.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of a table
    #[arg(value_name = "TABLE", required = true)]
    tables: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// There is no such table, another process is changing it, or the disk fails; it is then as it was.
pub async fn run(session: &mut Session, args: &Args) -> Result<()> {
    // Files are in the order of their bytes, by which they are read.
    session.collate(Collation::Binary);
    for name in &args.tables {
        let said = match load::compact(session, name).await? {
            Some(done) => say!(
                "`{name}`: {files} with {rows} and {before} are now `{path}` with {after}",
                name,
                files = many!(done.files, "{n} file", "{n} files"),
                rows = many!(done.rows, "{n} row", "{n} rows"),
                before = many!(done.bytes.0, "{n} byte", "{n} bytes"),
                path = done.path.display(),
                after = many!(done.bytes.1, "{n} byte", "{n} bytes")
            ),
            None => say!("`{name}` is one file already", name),
        };
        session.ui.note(said);
    }
    Ok(())
}
