//! Changing a stored table, so that readers see all of a change or nothing of it.
//!
//! A change is one file that takes its name when all of it is on the disk:
//!
//! - rows are added by a file of their own, `NAME/import-0001.parquet`, beside those there are;
//! - a table is written anew as `NAME.parquet`. Its footer names the files of `NAME/` whose rows it
//!   holds; from the moment that it is there readers leave those out, and then they are removed.
//!
//! Whoever is killed on the way leaves the table as it was or as it should be, and perhaps files that
//! no reader looks at; the next change removes them. A change holds `.NAME.lock`, which the system
//! unlocks when its holder ends in whatever way.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use parquet::file::metadata::{KeyValue, ParquetMetaData, ParquetMetaDataReader};
use tempfile::TempDir;

use super::hive::parquet_files;
use super::{footer, paths};
use crate::error::{Error, Result};

/// The entry of a footer that names the files whose rows are in it: a JSON object of path and bytes.
const REPLACES: &str = "tongket.replaces";

/// The files whose rows another file holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Replaced(BTreeMap<String, u64>);

impl Replaced {
    /// What a file says that it holds the rows of.
    ///
    /// # Errors
    /// It is no sound Parquet file.
    pub(super) fn by(file: &Path) -> Result<Self> {
        let entries = metadata(file)?.file_metadata().key_value_metadata().cloned().unwrap_or_default();
        let entry = entries.into_iter().find(|entry| entry.key == REPLACES).and_then(|entry| entry.value);
        let Some(text) = entry else { return Ok(Self::default()) };
        let names = serde_json::from_str(&text).map_err(|error| {
            Error::data(format!("cannot read `{}`: its entry `{REPLACES}`: {error}", file.display()))
        })?;
        Ok(Self(names))
    }

    /// Whether a file of a folder is one of them. A later file of the same name has other bytes.
    pub(super) fn has(&self, folder: &Path, file: &Path) -> bool {
        let Some(bytes) = self.0.get(&inner_name(folder, file)) else { return false };
        file.metadata().is_ok_and(|metadata| metadata.len() == *bytes)
    }
}

/// A table that is being changed; no other process changes it meanwhile.
pub struct Change {
    datasets: PathBuf,
    name: String,
    _lock: Lock,
}

/// The lock of a table: a file that the system unlocks when its holder ends in whatever way.
struct Lock {
    path: PathBuf,
    /// Unlocked when it is closed.
    _file: File,
}

impl Lock {
    fn take(datasets: &Path, name: &str) -> Result<Self> {
        let path = datasets.join(format!(".{name}.lock"));
        let fault = |error: &std::io::Error| Error::file("write", &path, error);
        loop {
            let file = File::options().create(true).truncate(false).write(true).open(&path);
            let file = file.map_err(|error| fault(&error))?;
            match file.try_lock() {
                // Whoever held it before may have removed it meanwhile: then this is no lock any more.
                Ok(()) if is_at(&file, &path) => return Ok(Self { path, _file: file }),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::data(format!("table `{name}` is being changed by another process"))
                        .hint("run this again when that is done"));
                }
                Err(TryLockError::Error(error)) => return Err(fault(&error)),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is held, so that it is not another's. Windows keeps a file that is open.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Whether an open file is the one that has this path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    file.metadata().map(place).ok() == path.metadata().map(place).ok()
}

/// Whether an open file is the one that has this path: nobody could have removed it.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

impl Change {
    /// Begins a change of a table, which need not be there yet.
    ///
    /// # Errors
    /// Another process is changing it, it is spread over folders with keys, or the disk fails.
    pub fn begin(datasets: &Path, name: &str) -> Result<Self> {
        let lock = Lock::take(datasets, name)?;
        let change = Self { datasets: datasets.to_owned(), name: name.to_owned(), _lock: lock };
        let files = change.folder_files()?;
        if files.iter().any(|file| inner_name(&change.folder(), file).contains('=')) {
            return Err(Error::data(format!(
                "table `{name}` is spread over folders named by keys, which only its maker keeps"
            ))
            .hint(format!(
                "put the file into the right folder of `{}` yourself",
                change.folder().display()
            )));
        }
        change.clear()?;
        Ok(change)
    }

    /// A folder for the work, on the disk of the table and out of its readers' sight; removed with
    /// all in it when it is dropped, or by the next change.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn workshop(&self) -> Result<TempDir> {
        let made = tempfile::Builder::new().prefix(&self.workshop_prefix()).tempdir_in(&self.datasets);
        made.map_err(|error| Error::file("make a folder in", &self.datasets, &error))
    }

    /// The files that hold the table's rows, those of a file of its own first.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        let file = self.file();
        let mut files = self.folder_files()?;
        if file.is_file() {
            files.insert(0, file);
        }
        Ok(files)
    }

    /// Puts a finished file of the table's rows beside those there are, and gives the name it has.
    ///
    /// # Errors
    /// The disk fails.
    pub fn add(&self, finished: &Path) -> Result<PathBuf> {
        let target = if self.files()?.is_empty() { self.file() } else { self.next()? };
        self.put(finished, &target)?;
        Ok(target)
    }

    /// The footer's entry for a file that is to take the place of the whole table.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn replaces(&self) -> Result<KeyValue> {
        let folder = self.folder();
        let mut names = BTreeMap::new();
        for file in self.folder_files()? {
            let bytes = file.metadata().map_err(|error| Error::file("read", &file, &error))?.len();
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
        let target = self.file();
        self.put(finished, &target)?;
        // The change is made. What cannot be removed now is left out by readers.
        let _ = self.clear();
        Ok(target)
    }

    fn put(&self, finished: &Path, target: &Path) -> Result<()> {
        let fault = |error: &std::io::Error| Error::file("write", target, error);
        let folder = target.parent().unwrap_or(&self.datasets);
        std::fs::create_dir_all(folder).map_err(|error| fault(&error))?;
        File::open(finished).and_then(|file| file.sync_all()).map_err(|error| fault(&error))?;
        // A link is written through, and stays.
        let real = paths::real_path(target);
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
    fn next(&self) -> Result<PathBuf> {
        let folder = self.folder();
        let number = |name: &str| name.strip_prefix("import-")?.strip_suffix(".parquet")?.parse::<u32>().ok();
        let here = self.folder_files()?;
        let here = here.iter().map(|file| inner_name(&folder, file));
        let replaced = if self.file().is_file() { Replaced::by(&self.file())? } else { Replaced::default() };
        let last = here.chain(replaced.0.into_keys()).filter_map(|name| number(&name)).max().unwrap_or(0);
        Ok(folder.join(format!("import-{:04}.parquet", last + 1)))
    }

    /// Removes what a change that was killed has left, and files whose rows are held by another.
    fn clear(&self) -> Result<()> {
        let entries =
            self.datasets.read_dir().map_err(|error| Error::file("read", &self.datasets, &error))?;
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(&self.workshop_prefix()) {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
        let folder = self.folder();
        if self.file().is_file() && folder.is_dir() {
            let replaced = Replaced::by(&self.file())?;
            for file in parquet_files(&folder)?.into_iter().filter(|file| replaced.has(&folder, file)) {
                std::fs::remove_file(&file).map_err(|error| Error::file("remove", &file, &error))?;
            }
            // Only an empty folder goes.
            let _ = std::fs::remove_dir(&folder);
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

    fn folder_files(&self) -> Result<Vec<PathBuf>> {
        let folder = self.folder();
        if folder.is_dir() { parquet_files(&folder) } else { Ok(Vec::new()) }
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
    let fault = |reason: String| Error::data(format!("cannot read `{}`: {reason}", file.display()));
    let opened = File::open(paths::real_path(file)).map_err(|error| Error::file("read", file, &error))?;
    ParquetMetaDataReader::new().parse_and_finish(&opened).map_err(|error| fault(error.to_string()))
}

/// A file's path below a folder, with `/` on every system.
fn inner_name(folder: &Path, file: &Path) -> String {
    let inner = file.strip_prefix(folder).unwrap_or(file);
    inner.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
