//! Text that the user wrote, and the statements in it, each with its place.

use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Excerpt, Result};
use crate::say;
use crate::storage;
use crate::ui::text;

/// SQL text that the user wrote, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// A file's path, or `-c`, `standard input`.
    pub origin: String,
    /// The text, whole; shared, for each statement keeps it to show its faults in.
    pub text: Arc<str>,
}

impl Source {
    /// Reads a file of SQL: UTF-8 with or without a BOM, brought to NFC.
    ///
    /// # Errors
    /// The file is missing, unreadable or not UTF-8.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = storage::read(path).map_err(|error| Error::reading(path, &error))?;
        Self::decode(path.display().to_string(), bytes)
    }

    /// A text from bytes: UTF-8 with or without a BOM, brought to NFC.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub fn decode(origin: impl Into<String>, bytes: Vec<u8>) -> Result<Self> {
        let origin = origin.into();
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(origin, text::nfc(text.trim_start_matches('\u{feff}')).into_owned())),
            Err(_) => Err(Error::data(say!("cannot read `{path}`: it is not UTF-8 text", path = origin))),
        }
    }

    /// A text from a place.
    pub fn new(origin: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { origin: origin.into(), text: text.into() }
    }

    /// The place of a fault: lines and columns from 1, `end` just after the last faulty character.
    pub fn excerpt(&self, line: usize, column: usize, end: usize) -> Excerpt {
        Excerpt {
            origin: self.origin.clone(),
            line,
            column,
            end: end.max(column + 1),
            text: self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default().to_owned(),
        }
    }
}

/// One statement of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its text, without the semicolon.
    pub text: String,
    /// The line that it begins on in its source, from 1.
    pub line: usize,
    /// The column that it begins at, from 1, in characters.
    pub column: usize,
}

impl Statement {
    /// A place in the statement as the place in its source.
    pub fn locate(&self, line: usize, column: usize) -> (usize, usize) {
        if line <= 1 { (self.line, self.column + column - 1) } else { (self.line + line - 1, column) }
    }
}
