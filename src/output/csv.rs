//! CSV and TSV (RFC 4180, but for the line's end, which is LF as in every tool on Unix).
//!
//! Null is an empty field and an empty text is `""`, so the two can be told apart. `--excel` is the
//! one departure, for the program that most offices open a CSV with.

use std::borrow::Cow;
use std::io::Write;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::cell::{Cells, Class};
use super::{Shown, Sink, Style, io_fault};
use crate::error::Result;

/// Bytes gathered before they are handed on.
const BUFFER: usize = 64 * 1024;

/// Digits beyond which Excel rounds a number that it takes a text for.
const EXCEL_DIGITS: usize = 15;

pub(super) struct Csv {
    delimiter: char,
    null: String,
    excel: bool,
    /// Whether the first line holds the names of the columns.
    named: bool,
    classes: Vec<Class>,
    rows: u64,
}

impl Csv {
    pub(super) fn new(style: &Style, delimiter: char) -> Self {
        let null = style.null.clone().unwrap_or_default();
        Self { delimiter, null, excel: style.excel, named: style.header, classes: Vec::new(), rows: 0 }
    }

    fn end_line(&self, line: &mut String) {
        line.push_str(if self.excel { "\r\n" } else { "\n" });
    }

    fn field(&self, text: &str, class: Class, line: &mut String) {
        let text = match class {
            Class::Number if self.excel => Cow::Owned(text.replace('.', ",")),
            Class::Text if self.excel => guarded(text),
            _ => Cow::Borrowed(text),
        };
        // A text that reads as null would come back as null.
        let quoted = text.is_empty()
            || text == self.null
            || text.contains(['"', '\n', '\r', self.delimiter])
            || text.starts_with(' ')
            || text.ends_with(' ');
        if quoted {
            line.push('"');
            line.push_str(&text.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(&text);
        }
    }
}

/// A text that Excel takes for what it is: no formula, no number that loses its zeros or digits.
///
/// The apostrophe before a formula is the guard that OWASP's ASVS 1.2.10 asks for; `="007"` is the
/// form in which Excel keeps a text of digits.
fn guarded(text: &str) -> Cow<'_, str> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits && (text.len() > EXCEL_DIGITS || (text.len() > 1 && text.starts_with('0'))) {
        Cow::Owned(format!("=\"{text}\""))
    } else if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

impl Sink for Csv {
    fn begin(&mut self, schema: &SchemaRef, out: &mut dyn Write) -> Result<()> {
        self.classes = Class::of_schema(schema);
        let mut line = String::new();
        if self.excel {
            line.push('\u{feff}');
        }
        if !self.named {
            return out.write_all(line.as_bytes()).map_err(|error| io_fault(&error));
        }
        for (i, field) in schema.fields().iter().enumerate() {
            if i > 0 {
                line.push(self.delimiter);
            }
            self.field(field.name(), Class::Text, &mut line);
        }
        self.end_line(&mut line);
        out.write_all(line.as_bytes()).map_err(|error| io_fault(&error))
    }

    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        let cells = Cells::new(batch)?;
        let mut lines = String::with_capacity(BUFFER + 1024);
        let mut text = String::new();
        for row in 0..batch.num_rows() {
            for column in 0..batch.num_columns() {
                if column > 0 {
                    lines.push(self.delimiter);
                }
                text.clear();
                if cells.write(column, row, &mut text)? {
                    self.field(&text, self.classes[column], &mut lines);
                } else {
                    lines.push_str(&self.null);
                }
            }
            self.end_line(&mut lines);
            if lines.len() >= BUFFER {
                out.write_all(lines.as_bytes()).map_err(|error| io_fault(&error))?;
                lines.clear();
            }
        }
        self.rows += batch.num_rows() as u64;
        out.write_all(lines.as_bytes()).map_err(|error| io_fault(&error))
    }

    fn finish(&mut self, _out: &mut dyn Write) -> Result<Shown> {
        Ok(Shown { rows: self.rows, hidden: 0 })
    }
}
