//! Changing a stored table, so that readers see all of a change or nothing of it.
//!
//! A change is one file that takes its name when all of it is on the disk:
//!
//! - rows are added by a file of their own, `NAME/import-0001.parquet`, beside those there are;
//! - a table is written anew as `NAME/whole-0002.parquet`. Its footer names the files whose rows it
//!   holds; from the moment that it is there readers leave those out, and then they are removed.
//!
//! No file that readers have seen ever gets other rows: whoever has listed the files before a change
//! reads those, or is told that one is gone.
//!
//! Whoever is killed on the way leaves the table as it was or as it should be, and perhaps files that
//! no reader looks at; the next change removes them. A change holds `.NAME.lock`, which is nobody's any more
//! when its holder has ended in whatever way.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use parquet::file::metadata::{KeyValue, ParquetMetaData, ParquetMetaDataReader};
use tempfile::TempDir;

use super::footer;
use super::hive::parquet_files;
use crate::config::fence::real_path;
use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;
use crate::storage::{self, Entry, Lock, Put, Taken};

/// The entry of a footer that names the files whose rows are in it: a JSON object of path and bytes.
const REPLACES: &str = "tongket.replaces";

/// How the name of a file begins that holds the rows of others.
const WHOLE: &str = "whole-";
/// How the name of a file begins that was added to others.
const ADDED: &str = "import-";

/// A regular expression that takes the number out of the path of a file, where it has one: they are counted up,
/// whatever stands before it.
pub(crate) fn numbered() -> String {
    format!("^.*/(?:{ADDED}|{WHOLE})([0-9]+)\\.parquet$")
}

/// The files of a table, and those whose rows another of them holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    /// Those that hold the table's rows, in order.
    pub(super) current: Vec<PathBuf>,
    /// Those that a change has left behind.
    replaced: Vec<PathBuf>,
    /// The names that the replaced files had, seen from the folder.
    names: BTreeSet<String>,
}

impl Files {
    /// Sorts out the files of a table: perhaps a file of its own, and those of a folder.
    ///
    /// # Errors
    /// The folder cannot be read, or a file that holds the rows of others is no sound Parquet file.
    pub(super) fn of(file: Option<&Path>, folder: &Path) -> Result<Self> {
        let fault = |error: std::io::Error| Error::reading(folder, &error);
        let is_there = storage::find(folder).map_err(fault)?.is_some_and(|look| look.is_dir);
        let inner = if is_there { parquet_files(folder)? } else { Vec::new() };
        let mut names: BTreeMap<String, u64> = BTreeMap::new();
        let is_whole = |file: &&PathBuf| inner_name(folder, file).starts_with(WHOLE);
        for whole in inner.iter().filter(is_whole) {
            names.extend(replaced_by(whole)?);
        }
        let mut files = Self::default();
        for file in file.map(Path::to_owned).into_iter().chain(inner) {
            let bytes = names.get(&inner_name(folder, &file));
            // A later file of the same name has other bytes.
            let is_replaced = match bytes {
                Some(bytes) => storage::find(&file).map_err(fault)?.is_some_and(|look| look.bytes == *bytes),
                None => false,
            };
            if is_replaced { files.replaced.push(file) } else { files.current.push(file) }
        }
        files.names = names.into_keys().collect();
        Ok(files)
    }
}

/// What a file says that it holds the rows of: names, seen from its folder, and bytes.
fn replaced_by(file: &Path) -> Result<BTreeMap<String, u64>> {
    let entries = metadata(file)?.file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let entry = entries.into_iter().find(|entry| entry.key == REPLACES).and_then(|entry| entry.value);
    let Some(text) = entry else { return Ok(BTreeMap::new()) };
    serde_json::from_str(&text).map_err(|error| {
        super::unreadable(file, &say!("its entry `{key}`: {reason}", key = REPLACES, reason = error))
    })
}

/// A table that is being changed; no other process changes it meanwhile.
pub struct Change {
    datasets: PathBuf,
    name: String,
    lock: Lock,
}

/// Takes the lock of a table.
fn lock(datasets: &Path, name: &str) -> Result<Lock> {
    let path = datasets.join(format!(".{name}.lock"));
    let message = match Lock::take(&path).map_err(|error| Error::writing(&path, &error))? {
        Taken::Ours(lock) => return Ok(lock),
        Taken::Others(None) => say!("table `{name}` is being changed by another process", name),
        Taken::Others(Some(holder)) => {
            say!("table `{name}` is being changed by another process: {holder}", name, holder)
        }
    };
    Err(Error::data(message).hint(say!("run this again when that is done")))
}

impl Change {
    /// Begins a change of a table, which need not be there yet.
    ///
    /// # Errors
    /// Another process is changing it, it is spread over folders with keys, or the disk fails.
    pub fn begin(datasets: &Path, name: &str) -> Result<Self> {
        let change =
            Self { datasets: datasets.to_owned(), name: name.to_owned(), lock: lock(datasets, name)? };
        let files = change.sorted()?.current;
        if files.iter().any(|file| inner_name(&change.folder(), file).contains('=')) {
            return Err(Error::data(say!(
                "table `{name}` is spread over folders named by keys, which only its maker keeps",
                name
            ))
            .hint(say!(
                "put the file into the right folder of `{folder}` yourself",
                folder = change.folder().display()
            )));
        }
        change.clear()?;
        Ok(change)
    }

    /// A folder for the work, on the disk of the table and out of its readers' sight; removed with
    /// all in it when it is dropped, or by the next change. That for a table in a bucket is among the
    /// temporary files of this machine.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn workshop(&self) -> Result<TempDir> {
        let folder = match storage::is_object(&self.datasets) {
            true => std::env::temp_dir(),
            false => self.datasets.clone(),
        };
        let made = tempfile::Builder::new().prefix(&self.workshop_prefix()).tempdir_in(&folder);
        made.map_err(|error| Error::making_folder(&folder, &error))
    }

    /// The files that hold the table's rows, those of a file of its own first.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        Ok(self.sorted()?.current)
    }

    /// Puts a finished file of the table's rows beside those there are, and gives the name it has.
    ///
    /// # Errors
    /// The disk fails.
    pub fn add(&self, finished: &Path) -> Result<PathBuf> {
        let target = if self.files()?.is_empty() { self.file() } else { self.next(ADDED)? };
        self.put(finished, &target)?;
        Ok(target)
    }

    /// The footer's entry for a file that is to take the place of the whole table.
    ///
    /// # Errors
    /// The folder cannot be read, or the table is a link, whose target would keep its old rows.
    pub fn replaces(&self) -> Result<KeyValue> {
        let folder = self.folder();
        let mut names = BTreeMap::new();
        for file in self.files()? {
            if file.is_symlink() {
                let message = say!("`{path}` is a link, and is not written anew", path = file.display());
                let hint = say!("put the file itself there, or change it where it is");
                return Err(Error::data(message).hint(hint));
            }
            let bytes = storage::look(&file).map_err(|error| Error::reading(&file, &error))?.bytes;
            names.insert(inner_name(&folder, &file), bytes);
        }
        Ok(KeyValue::new(REPLACES.to_owned(), serde_json::json!(names).to_string()))
    }

    /// Puts a finished file, whose footer has the entry of [`Change::replaces`], in the place of the
    /// whole table, and gives the name it has.
    ///
    /// # Errors
    /// The disk fails. The table is then as it was.
    pub fn replace(&self, finished: &Path) -> Result<PathBuf> {
        let target = self.next(WHOLE)?;
        self.put(finished, &target)?;
        // The change is made. What cannot be removed now is left out by readers.
        let _ = self.clear();
        Ok(target)
    }

    fn put(&self, finished: &Path, target: &Path) -> Result<()> {
        let fault = |error: &std::io::Error| Error::writing(target, error);
        if storage::is_object(target) {
            let sent = File::open(finished)
                .and_then(|mut file| storage::upload(&mut file, target, Put::New, Some(&self.lock)));
            return sent.map_err(|error| fault(&error));
        }
        let folder = target.parent().unwrap_or(&self.datasets);
        std::fs::create_dir_all(folder).map_err(|error| fault(&error))?;
        File::open(finished).and_then(|file| file.sync_all()).map_err(|error| fault(&error))?;
        // A link is written through, and stays.
        let real = real_path(target);
        match std::fs::rename(finished, &real) {
            Err(error) if error.kind() == ErrorKind::CrossesDevices => across(finished, &real),
            done => done,
        }
        .map_err(|error| fault(&error))?;
        let folder = real.parent().unwrap_or(folder);
        // The new name is data of the folder; some file systems cannot sync one.
        for folder in [folder, &self.datasets] {
            if let Ok(folder) = File::open(folder) {
                let _ = folder.sync_all();
            }
        }
        Ok(())
    }

    /// A name in the folder that no file has or had.
    fn next(&self, prefix: &str) -> Result<PathBuf> {
        let folder = self.folder();
        let number = |name: &str| {
            let digits = name.strip_prefix(ADDED).or(name.strip_prefix(WHOLE))?.strip_suffix(".parquet")?;
            digits.parse::<u32>().ok()
        };
        let files = self.sorted()?;
        let here = files.current.iter().map(|file| inner_name(&folder, file));
        let last = here.chain(files.names).filter_map(|name| number(&name)).max().unwrap_or(0);
        Ok(folder.join(format!("{prefix}{:04}.parquet", last + 1)))
    }

    /// Removes what a change that was killed has left, and files whose rows are held by another.
    fn clear(&self) -> Result<()> {
        let entries =
            storage::list(&self.datasets).map_err(|error| Error::reading(&self.datasets, &error))?;
        for Entry { path, is_dir } in entries {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if is_dir && name.starts_with(&self.workshop_prefix()) {
                let _ = std::fs::remove_dir_all(path);
            }
        }
        for file in self.sorted()?.replaced {
            storage::remove(&file).map_err(|error| Error::removing(&file, &error))?;
        }
        Ok(())
    }

    fn workshop_prefix(&self) -> String {
        format!(".{}.change-", self.name)
    }

    fn file(&self) -> PathBuf {
        self.datasets.join(format!("{}.parquet", self.name))
    }

    fn folder(&self) -> PathBuf {
        self.datasets.join(&self.name)
    }

    fn sorted(&self) -> Result<Files> {
        let file = self.file();
        let look = storage::find(&file).map_err(|error| Error::reading(&file, &error))?;
        Files::of(look.is_some_and(|look| !look.is_dir).then_some(file.as_path()), &self.folder())
    }
}

/// Puts a file in the place of one on another disk, where a link leads: whole there, then by its name.
fn across(finished: &Path, target: &Path) -> std::io::Result<()> {
    let mut copy = tempfile::Builder::new().prefix(".").tempfile_in(target.parent().unwrap_or(target))?;
    std::io::copy(&mut File::open(finished)?, copy.as_file_mut())?;
    copy.as_file().set_permissions(finished.metadata()?.permissions())?;
    copy.as_file().sync_all()?;
    copy.persist(target).map(drop).map_err(|error| error.error)
}

/// The entries of a footer that are to be kept when its rows are written anew.
///
/// # Errors
/// It is no sound Parquet file.
pub fn notes(file: &Path) -> Result<Vec<KeyValue>> {
    let entries = metadata(file)?.file_metadata().key_value_metadata().cloned().unwrap_or_default();
    Ok(entries.into_iter().filter(|entry| entry.key != REPLACES && entry.key != "ARROW:schema").collect())
}

fn metadata(file: &Path) -> Result<ParquetMetaData> {
    footer::check(file)?;
    let fault = |reason: String| super::unreadable(file, &Message::verbatim(reason));
    let opened = storage::File::open(&real_path(file)).map_err(|error| Error::reading(file, &error))?;
    ParquetMetaDataReader::new().parse_and_finish(&opened).map_err(|error| fault(error.to_string()))
}

/// A file's path seen from a folder, with `/` on every system; that of a file beside it begins with `../`.
fn inner_name(folder: &Path, file: &Path) -> String {
    let beside = folder
        .parent()
        .filter(|_| !file.starts_with(folder))
        .and_then(|parent| file.strip_prefix(parent).ok());
    let inner = beside.unwrap_or_else(|| file.strip_prefix(folder).unwrap_or(file));
    let names = inner.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
    if beside.is_some() { format!("../{names}") } else { names }
}
