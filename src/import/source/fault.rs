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

    /// Where it is and what is wrong, without the advice.
    pub fn told(&self) -> String {
        let mut told = format!("`{}`", self.file);
        if let Some(sheet) = &self.sheet {
            told.push_str(&format!(", sheet `{sheet}`"));
        }
        if let Some(line) = self.line {
            told.push_str(&format!(", {} {line}", if self.sheet.is_some() { "row" } else { "line" }));
        }
        format!("{told}: {}", self.what)
    }

    /// The line, or the row of the sheet, from 1.
    pub fn line(&self) -> Option<u64> {
        self.line
    }
}

impl fmt::Display for SourceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told())?;
        self.next.as_ref().map_or(Ok(()), |next| write!(f, "; {next}"))
    }
}

impl std::error::Error for SourceFault {}
