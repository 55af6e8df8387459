//! `tongket init`: a new workspace, ready to ask.

use std::io::Write;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::sample;
use crate::error::{Error, Result};
use crate::output::{AtomicFile, io_fault};
use crate::sample::Options;
use crate::ui::{Ui, text};

/// The saved queries of this repository, which every new workspace begins with.
static QUERIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/queries");

/// Makes a workspace: the sample year, its contract, its saved queries
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the workspace; made where it is missing
    #[arg(default_value = ".")]
    folder: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// The folder is a workspace already, or cannot be written.
pub async fn run(ui: &mut Ui, args: &Args) -> Result<()> {
    let datasets = args.folder.join("datasets");
    let queries = args.folder.join("queries");
    for taken in [&datasets, &queries] {
        if taken.symlink_metadata().is_ok() {
            return Err(Error::data(format!("`{}` exists already", taken.display()))
                .hint("a new workspace wants a folder without `datasets` and `queries`"));
        }
    }
    let mut count = 0;
    for file in files(&QUERIES) {
        let path = queries.join(file.path());
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(|error| Error::file("make the folder", folder, &error))?;
        let mut target = AtomicFile::create(&path, false)?;
        target.write_all(file.contents()).map_err(|error| io_fault(&error))?;
        target.commit()?;
        count += 1;
    }
    // The tables come last: the folder is a workspace from the moment that `datasets` is there.
    let written = sample::write(&datasets, Options::default(), false, ui).await?;
    ui.note(&format!(
        "workspace `{}`: {} tables with {} (synthetic), {count} saved queries",
        args.folder.display(),
        written.tables,
        text::count(written.rows, "row"),
    ));
    ui.note(&format!("try: tongket -C '{}' run overview", args.folder.display()));
    Ok(())
}

fn files<'a>(folder: &'a Dir<'a>) -> Vec<&'a include_dir::File<'a>> {
    let inner = folder.dirs().flat_map(files);
    folder
        .files()
        .chain(inner)
        .filter(|file| file.path().extension().is_some_and(|ending| ending == "sql"))
        .collect()
}
