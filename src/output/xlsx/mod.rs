//! Excel workbooks: a sheet a result, for readers. Numbers, dates and truths are those of Excel, texts
//! stay texts whatever they look like, and what Excel has no value for is a text too, and told.
//!
//! Null is an empty cell; so is an empty text, for Excel does not tell the two apart. The same result
//! gives the same bytes: nothing in a workbook is of the clock.

mod cell;
mod contents;
mod format;
mod guard;
mod name;
mod page;
mod sheet;
#[cfg(test)]
mod tests;

use std::io::Write;

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use self::contents::{Contents, Entry};
pub use self::guard::panics_are_told;
use self::name::Names;
pub(super) use self::sheet::Sheet;
use super::{Style, Wording};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::say;

/// The rows of a sheet, its header among them.
const MOST_ROWS: u32 = 1_048_576;

/// The bytes of a sheet from which its archive takes the form for large files.
const LARGE: u64 = 1 << 32;

/// What a workbook tells of a result besides its rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// The name that its sheet gets, as far as Excel allows it.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// What a row is and what must not be read into it.
    pub description: Option<String>,
}

/// A workbook that is being made, a sheet a result.
pub struct Book {
    workbook: Workbook,
    sheets: Vec<Worksheet>,
    names: Names,
    entries: Vec<Entry>,
    contents: Option<Contents>,
    /// Whether rows in it are invented.
    pub synthetic: bool,
    most_rows: u32,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            workbook: Workbook::new(),
            sheets: Vec::new(),
            names: Names::default(),
            entries: Vec::new(),
            contents: None,
            synthetic: false,
            most_rows: MOST_ROWS,
        }
    }
}

impl Book {
    /// Lists its sheets in a first one, under the title of them all.
    pub fn list_contents(&mut self, title: Option<String>, language: Language) {
        // Taken now, so that no result gets the name.
        let name = self.names.take(&contents::name(language));
        self.contents = Some(Contents { name, title, language });
    }

    /// The sink of its next result.
    pub(super) fn sheet(&mut self, about: About, style: &Style, wording: &Wording) -> Sheet<'_> {
        Sheet::new(self, about, style.header, wording)
    }

    /// Writes the workbook with the results so far, of which there must be one.
    ///
    /// # Errors
    /// The place cannot be written, or the user pressed Ctrl-C.
    pub fn write(&mut self, out: &mut (dyn Write + Send)) -> Result<()> {
        self.workbook.set_properties(&contents::properties(self)?);
        if let Some(contents) = &self.contents {
            self.workbook.push_worksheet(contents.sheet(&self.entries, self.synthetic)?);
        }
        for sheet in self.sheets.drain(..) {
            self.workbook.push_worksheet(sheet);
        }
        if self.contents.is_none() && self.synthetic {
            // That the rows are invented is to be seen wherever the workbook goes.
            let language = self.entries.first().map(|entry| entry.language).unwrap_or_default();
            let name = self.names.take(&contents::name(language));
            let contents = Contents { name, title: None, language };
            self.workbook.push_worksheet(contents.sheet(&self.entries, true)?);
        }
        guard::save(&mut self.workbook, out)
    }
}

/// What the library could not do.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn fault(error: XlsxError) -> Error {
    Error::data(say!("cannot write the workbook: {error}", error))
}
