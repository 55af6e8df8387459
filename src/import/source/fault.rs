//! What went wrong with a file: what, where, what next.

use std::fmt;

/// A failure to read a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFault {
    file: String,
    sheet: Option<String>,
    line: Option<u64>,
    what: String,
    next: Option<String>,
}

impl SourceFault {
    /// A fault of the file as a whole.
    pub fn new(file: impl Into<String>, what: impl Into<String>) -> Self {
        Self { file: file.into(), sheet: None, line: None, what: what.into(), next: None }
    }

    /// The same fault in a sheet.
    #[must_use]
    pub fn in_sheet(mut self, sheet: Option<&str>) -> Self {
        self.sheet = sheet.map(str::to_owned);
        self
    }

    /// The same fault at a line, or at a row of the sheet, from 1.
    #[must_use]
    pub fn at(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same fault with advice.
    #[must_use]
    pub fn hint(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// What to do about it.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// The line, or the row of the sheet, from 1.
    pub fn line(&self) -> Option<u64> {
        self.line
    }
}

impl fmt::Display for SourceFault {
    /// Writes where it is and what is wrong; the advice is [`SourceFault::next`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, ", sheet `{sheet}`")?;
        }
        if let Some(line) = self.line {
            write!(f, ", {} {line}", if self.sheet.is_some() { "row" } else { "line" })?;
        }
        write!(f, ": {}", self.what)
    }
}

impl std::error::Error for SourceFault {}
