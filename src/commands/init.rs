//! `tongket init`: a new workspace, ready to ask.

use std::io::Write;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::sample;
use crate::error::{Error, Result};
use crate::output::{AtomicFile, io_fault};
use crate::sample::Options;
use crate::ui::Ui;
use crate::{many, say};

/// The saved queries and report templates of this repository, which every new workspace begins with.
static QUERIES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/queries");

/// Makes a workspace: the sample year, its contract, its saved queries
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the workspace, made where it is missing [default: that of -C, else this one]
    folder: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// The folder is a workspace already, or cannot be written.
pub async fn run(ui: &mut Ui, args: &Args, dir: Option<&Path>) -> Result<()> {
    let folder = args.folder.as_deref().or(dir).unwrap_or(Path::new("."));
    let datasets = folder.join("datasets");
    let queries = folder.join("queries");
    for taken in [&datasets, &queries] {
        if taken.symlink_metadata().is_ok() {
            return Err(Error::data(say!("`{path}` exists already", path = taken.display()))
                .hint(say!("a new workspace wants a folder without `datasets` and `queries`")));
        }
    }
    std::fs::create_dir_all(folder).map_err(|error| Error::making_folder(folder, &error))?;
    // Made beside its place, and gone again if it cannot be made whole.
    let building = tempfile::Builder::new().prefix(".tongket-init-").tempdir_in(folder);
    let building = building.map_err(|error| Error::writing_in(folder, &error))?;
    let mut count = 0;
    for file in files(&QUERIES) {
        let path = building.path().join("queries").join(file.path());
        let inner = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(inner).map_err(|error| Error::making_folder(inner, &error))?;
        let mut target = AtomicFile::create(&path, false)?;
        target.write_all(file.contents()).map_err(|error| io_fault(&error))?;
        target.commit()?;
        count += usize::from(path.extension().is_some_and(|ending| ending == "sql"));
    }
    let written = sample::write(&building.path().join("datasets"), Options::default(), false, ui).await?;
    // The tables come last: the folder is a workspace from the moment that `datasets` is there.
    for (name, place) in [("queries", &queries), ("datasets", &datasets)] {
        std::fs::rename(building.path().join(name), place)
            .map_err(|error| Error::making_folder(place, &error))?;
    }
    ui.note(say!(
        "workspace `{folder}`: {tables} tables with {rows} (synthetic), {queries} saved queries",
        folder = folder.display(),
        tables = written.tables,
        rows = many!(written.rows, "{n} row", "{n} rows"),
        queries = count
    ));
    ui.note(say!("try: tongket -C '{folder}' run overview", folder = folder.display()));
    Ok(())
}

fn files<'a>(folder: &'a Dir<'a>) -> Vec<&'a include_dir::File<'a>> {
    let inner = folder.dirs().flat_map(files);
    folder
        .files()
        .chain(inner)
        .filter(|file| file.path().extension().is_some_and(|ending| ending == "sql" || ending == "md"))
        .collect()
}
