//! What statements have read: the stored tables, and their files as they were then.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::catalog::Location;
use crate::engine::Stored;
use crate::storage;

/// The tables that statements have read, in the order in which they did.
#[derive(Debug, Default)]
pub struct Reads {
    /// Each table once.
    pub tables: Vec<Table>,
    /// The functions whose value is another each time, such as `now`.
    pub volatile: Vec<String>,
}

/// A stored table that was read.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name, or its path where that is how SQL named it.
    pub name: String,
    /// Its files, by absolute path.
    pub files: BTreeMap<PathBuf, Stamp>,
}

/// What tells, without reading a file, that it is another than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    /// What a file that is put in its place has otherwise, where that can be told.
    version: u64,
}

impl Stamp {
    /// The stamp of a file; one that is not there has an empty one.
    pub fn of(path: &Path) -> Self {
        let Ok(look) = storage::look(path) else { return Self { bytes: 0, modified: None, version: 0 } };
        Self { bytes: look.bytes, modified: look.modified, version: look.version }
    }
}

impl Reads {
    /// Takes note of what a statement reads.
    pub(super) fn note(&mut self, stored: &[Stored], volatile: &[String]) {
        for Stored { name, path } in stored {
            let files: BTreeMap<PathBuf, Stamp> = Location::of_path(path)
                .files()
                .into_iter()
                .map(|file| {
                    let stamp = Stamp::of(&file);
                    (file, stamp)
                })
                .collect();
            match self.tables.iter_mut().find(|table| table.name == *name) {
                // What was seen first is what the first result was made of.
                Some(table) => files.into_iter().for_each(|(file, stamp)| {
                    table.files.entry(file).or_insert(stamp);
                }),
                None => self.tables.push(Table { name: name.clone(), files }),
            }
        }
        for name in volatile {
            if !self.volatile.contains(name) {
                self.volatile.push(name.clone());
            }
        }
    }
}
