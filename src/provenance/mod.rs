//! Exports that carry their proof: what a file was made of, and whether it still comes out the same.
//!
//! `--provenance` writes a [`Record`] beside the export, as `FILE.meta.json`: JSON whose fields and
//! their order are those of [`record::Record`]. It holds all that the result depends on: the text
//! that was run with the values bound to it, the files of the tables with their hashes, the form in
//! which it was written. [`verify::verify`] runs that text again.

mod compare;
mod finding;
pub(crate) mod hash;
pub mod record;
mod rows;
pub mod verify;

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use self::finding::Finding;
use self::hash::Bytes;
use self::record::{FORM, Named, Parameter, Program, Table, TableFile, Written};
pub use self::record::{Ran, Record};
use crate::config::Output;
use crate::error::{Error, Result};
use crate::language::collation::Collation;
use crate::language::{Message, Piece};
use crate::output::{AtomicFile, io_fault};
use crate::query::words::quoted;
use crate::run::reads::{self, Reads, Stamp};
use crate::run::{Delivery, Session};
use crate::{many, say, storage};

/// The records of the exports of a run; what several of them tell of one file is found out once.
#[derive(Default)]
pub struct Proofs {
    known: HashMap<PathBuf, (Stamp, TableFile)>,
}

/// The record of an export that is being made.
pub struct Proof {
    file: AtomicFile,
    output: Output,
    collate: Collation,
}

impl Proof {
    /// Opens the record of an export before anything is run, and begins to note what is read; `None`
    /// where none is asked for.
    ///
    /// # Errors
    /// The export is no file, or the record's place cannot be written.
    pub fn begin(session: &mut Session, output: &Output) -> Result<Option<Self>> {
        let Some(path) = output.path.as_ref().filter(|_| session.config.provenance) else { return Ok(None) };
        if path.metadata().is_ok_and(|there| !there.is_file()) || storage::is_dir(path) {
            return Err(Error::usage(say!(
                "`--provenance` is for a file that stays, and `{path}` is none",
                path = path.display()
            )));
        }
        let file = AtomicFile::create(&Record::place(path), output.force)?;
        session.reads = Some(Reads::default());
        Ok(Some(Self { file, output: output.clone(), collate: session.engine.collation() }))
    }
}

impl Proofs {
    /// Puts an export and its record in their places: both or neither.
    ///
    /// # Errors
    /// A result is not whole, a table was changed while it was read, or the disk fails.
    pub async fn finish(
        &mut self,
        session: &mut Session,
        proof: Proof,
        ran: Ran,
        parameters: Vec<Parameter>,
        delivery: Delivery,
    ) -> Result<()> {
        let Proof { file: mut companion, output, collate } = proof;
        let (format, rows) = (delivery.format(), delivery.rows());
        let Some(mut file) = delivery.into_file()? else { return Ok(()) };
        let path = output.path.clone().unwrap_or_default();
        let Some(written) = file.written()? else {
            return Err(Error::usage(say!("`{path}` is no file that stays", path = path.display())));
        };
        let name = text_of(path.file_name().map(Path::new).unwrap_or(&path))?;
        let bytes = hash::of_file(written, &path, name).await?;
        let places = Places::of(session);
        let reads = session.reads.take().unwrap_or_default();
        let tables = self.tables(session, &places, &reads).await?;
        let names: Vec<String> = tables.iter().map(|table| table.name.clone()).collect();
        let beside = real(path.parent().unwrap_or(Path::new("")));
        let record = Record {
            form: FORM.to_owned(),
            program: this_program(),
            time: chrono::DateTime::<chrono::Utc>::from(SystemTime::now())
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            file: bytes,
            rows,
            synthetic: session.is_synthetic(&names),
            written: Written::new(format, &output.style, session.ui.language),
            ran,
            collate,
            parameters,
            workspace: places.workspace.as_deref().map(|root| seen_from(&beside, root)).transpose()?,
            folder: seen_from(places.workspace.as_ref().unwrap_or(&beside), &places.folder)?,
            named: session
                .config
                .tables
                .iter()
                .map(|file| Named { name: file.name.clone(), path: file.path.clone() })
                .collect(),
            tables,
            volatile: reads.volatile,
        };
        for function in &record.volatile {
            session.ui.warn(say!(
                "`{function}()` is another each time: `verify` may find that the result differs",
                function
            ));
        }
        let text = serde_json::to_string_pretty(&record)
            .map_err(|error| Error::data(say!("cannot write the record: {reason}", reason = error)))?;
        writeln!(companion, "{text}").map_err(|error| io_fault(&error))?;
        file.commit_with(companion)
    }

    async fn tables(&mut self, session: &Session, places: &Places, reads: &Reads) -> Result<Vec<Table>> {
        let mut tables = Vec::new();
        for reads::Table { name, files: read } in &reads.tables {
            let mut files = Vec::new();
            for (path, stamp) in read {
                let known = self.known.get(path).filter(|(known, _)| known == stamp);
                let file = match known {
                    Some((_, file)) => file.clone(),
                    None => {
                        let file = TableFile {
                            file: hash::of_path(path, places.name(path)?).await?,
                            rows: count(session, path).await?,
                        };
                        self.known.insert(path.clone(), (*stamp, file.clone()));
                        file
                    }
                };
                if Stamp::of(path) != *stamp {
                    let path = path.display();
                    return Err(Error::data(say!("`{path}` was changed while it was read", path))
                        .hint(say!("export again, once nobody writes to it")));
                }
                files.push(file);
            }
            tables.push(Table { name: name.clone(), rows: files.iter().map(|file| file.rows).sum(), files });
        }
        Ok(tables)
    }
}

fn this_program() -> Program {
    Program { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// The rows of a file.
async fn count(session: &Session, path: &Path) -> Result<u64> {
    let sql = format!("SELECT count(*) FROM {}", quoted(&text_of(path)?));
    session.number("rows of a file", sql).await
}

/// The folders that the paths of a record are seen from.
struct Places {
    workspace: Option<PathBuf>,
    folder: PathBuf,
}

impl Places {
    /// Those of a session.
    fn of(session: &Session) -> Self {
        let workspace = session.config.workspace.as_ref().map(|workspace| real(workspace.root()));
        Self { workspace, folder: real(Path::new("")) }
    }

    /// A file of a table as the record names it.
    fn name(&self, path: &Path) -> Result<String> {
        let path = real(path);
        let below = |folder: &PathBuf| path.strip_prefix(folder).ok();
        text_of(self.workspace.as_ref().and_then(below).or_else(|| below(&self.folder)).unwrap_or(&path))
    }

    /// The file that a record names.
    fn find(&self, name: &str) -> PathBuf {
        let inner = self.workspace.as_ref().map(|root| storage::seen_from(root, name));
        let inner = inner.filter(|path| storage::exists(path));
        inner.unwrap_or_else(|| storage::seen_from(&self.folder, name))
    }
}

/// A path without links and dots; the empty one is this folder.
fn real(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let real = storage::canonical(path).or_else(|_| storage::absolute(path));
    real.unwrap_or_else(|_| path.to_owned())
}

/// The way from one folder to another.
fn seen_from(folder: &Path, path: &Path) -> Result<String> {
    let way = match storage::is_object(path) || storage::is_object(folder) {
        true => path.to_owned(),
        false => pathdiff::diff_paths(path, folder).unwrap_or_else(|| path.to_owned()),
    };
    if way.as_os_str().is_empty() { Ok(".".to_owned()) } else { text_of(&way) }
}

/// A path as text, with `/` on every system.
fn text_of(path: &Path) -> Result<String> {
    let text = path.to_str().ok_or_else(|| {
        Error::data(say!("the name `{path}` is no text that a record can hold", path = path.display()))
    })?;
    Ok(if std::path::MAIN_SEPARATOR == '/' { text.to_owned() } else { text.replace('\\', "/") })
}

/// A file in a few words: its length, the beginning of its hash, its rows where they are known.
fn in_words(bytes: &Bytes, rows: Option<u64>) -> Message {
    let hash = bytes.sha256.get(..16).unwrap_or(&bytes.sha256);
    let file = say!("{bytes} bytes, sha256 {hash}", bytes = Piece::Count(bytes.bytes), hash);
    match rows {
        None => file,
        Some(rows) => Message::joined([many!(rows, "{n} row", "{n} rows"), file], ", "),
    }
}
