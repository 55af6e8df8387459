//! What went wrong with a file: what, where, what next.

use std::path::Path;

use crate::language::Message;
use crate::say;

/// A failure to read a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFault {
    file: String,
    sheet: Option<String>,
    line: Option<u64>,
    /// Boxed, for every row comes with room for a fault.
    what: Box<Message>,
    next: Option<Box<Message>>,
}

impl SourceFault {
    /// A fault of the file as a whole.
    pub fn new(file: impl Into<String>, what: Message) -> Self {
        Self { file: file.into(), sheet: None, line: None, what: Box::new(what), next: None }
    }

    /// The same fault of a file that was copied before it was read.
    #[must_use]
    pub fn of(&self, file: &Path) -> Self {
        Self { file: file.display().to_string(), ..self.clone() }
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
    pub fn hint(mut self, next: Message) -> Self {
        self.next = Some(Box::new(next));
        self
    }

    /// What to do about it.
    pub fn next(&self) -> Option<&Message> {
        self.next.as_deref()
    }

    /// Where it is and what is wrong, without the advice.
    pub fn told(&self) -> Message {
        let (file, what) = (&self.file, self.what.as_ref());
        match (&self.sheet, self.line) {
            (None, None) => say!("`{file}`: {what}", file, what),
            (None, Some(line)) => say!("`{file}`, line {line}: {what}", file, line, what),
            (Some(sheet), None) => say!("`{file}`, sheet `{sheet}`: {what}", file, sheet, what),
            (Some(sheet), Some(row)) => {
                say!("`{file}`, sheet `{sheet}`, row {row}: {what}", file, sheet, row, what)
            }
        }
    }

    /// The line, or the row of the sheet, from 1.
    pub fn line(&self) -> Option<u64> {
        self.line
    }

    /// All of it in one line.
    #[cfg(test)]
    pub(super) fn english(&self) -> String {
        let next = self.next.iter().map(|next| format!("; {}", next.english()));
        self.told().english() + &next.collect::<String>()
    }
}
