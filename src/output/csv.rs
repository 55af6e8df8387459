//! CSV and TSV (RFC 4180, but for the line's end, which is LF as in every tool on Unix).
//!
//! Null is an empty field and an empty text is `""`, so the two can be told apart. `--excel` is the
//! one departure, for the program that most offices open a CSV with.

use std::borrow::Cow;
use std::io::Write;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::cell::{Cells, Class};
use super::{Encode, Shown, Sink, Style, io_fault};
use crate::error::Result;

/// What is asked for at first for the lines of a batch, at the most; they may come to be more.
const LARGEST_GUESS: usize = 4 << 20;

/// Digits beyond which Excel rounds a number that it takes a text for.
const EXCEL_DIGITS: usize = 15;

pub(super) struct Csv {
    lines: Lines,
    /// Whether the first line holds the names of the columns.
    named: bool,
    rows: u64,
}

impl Csv {
    pub(super) fn new(style: &Style, delimiter: char) -> Self {
        Self { lines: Lines::new(style, delimiter), named: style.header, rows: 0 }
    }
}

/// How rows are told in lines.
pub(super) struct Lines {
    delimiter: char,
    null: String,
    excel: bool,
    /// The marks that a field is quoted for.
    marks: [u8; 4],
    /// No number or date can be taken for null or for two fields.
    plain: bool,
}

impl Lines {
    pub(super) fn new(style: &Style, delimiter: char) -> Self {
        let null = style.null.clone().unwrap_or_default();
        // Delimiters are ASCII: they come as one byte.
        let marks = [b'"', b'\n', b'\r', u8::try_from(delimiter).unwrap_or(b'"')];
        let plain = !style.excel && null.is_empty() && matches!(delimiter, ',' | ';' | '\t' | '|');
        Self { delimiter, null, excel: style.excel, marks, plain }
    }

    fn end(&self, lines: &mut String) {
        lines.push_str(if self.excel { "\r\n" } else { "\n" });
    }

    /// Makes what stands in `lines` from `begin` a field of a class.
    fn close_field(&self, begin: usize, class: Class, lines: &mut String) {
        match class {
            Class::Number if self.excel => {
                let number = lines.split_off(begin).replace('.', ",");
                lines.push_str(&number);
            }
            Class::Text if self.excel => {
                let text = lines.split_off(begin);
                lines.push_str(&guarded(&text));
            }
            _ => {}
        }
        if self.is_quoted(&lines[begin..]) {
            let text = lines.split_off(begin);
            lines.push('"');
            lines.push_str(&text.replace('"', "\"\""));
            lines.push('"');
        }
    }

    fn is_quoted(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return true };
        // A text that reads as null would come back as null.
        *first == b' ' || *last == b' ' || self.is_marked(bytes) || text == self.null
    }

    /// Whether one of the marks is there. Sixteen bytes are looked at together, none of them with a
    /// way out: that is one instruction a mark.
    fn is_marked(&self, bytes: &[u8]) -> bool {
        let [quote, feed, carriage, delimiter] = self.marks;
        let marked = |sixteen: &[u8; 16]| {
            sixteen.iter().fold(false, |found, byte| {
                found | (*byte == quote) | (*byte == feed) | (*byte == carriage) | (*byte == delimiter)
            })
        };
        let (whole, rest) = bytes.as_chunks::<16>();
        let mut last = [0; 16];
        last[..rest.len()].copy_from_slice(rest);
        whole.iter().any(marked) || marked(&last)
    }
}

impl Encode for Lines {
    fn encode(&self, batch: &RecordBatch) -> Result<Vec<u8>> {
        let cells = Cells::new(batch)?;
        let classes = Class::of_schema(batch.schema_ref());
        let mut lines = String::with_capacity(batch.get_array_memory_size().min(LARGEST_GUESS));
        for row in 0..batch.num_rows() {
            for (column, class) in classes.iter().enumerate() {
                if column > 0 {
                    lines.push(self.delimiter);
                }
                let begin = lines.len();
                match cells.write(column, row, &mut lines)? {
                    true if self.plain && class.is_plain() => {}
                    true => self.close_field(begin, *class, &mut lines),
                    false => lines.push_str(&self.null),
                }
            }
            self.end(&mut lines);
        }
        Ok(lines.into_bytes())
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
        let mut line = String::new();
        if self.lines.excel {
            line.push('\u{feff}');
        }
        if !self.named {
            return out.write_all(line.as_bytes()).map_err(|error| io_fault(&error));
        }
        for (i, field) in schema.fields().iter().enumerate() {
            if i > 0 {
                line.push(self.lines.delimiter);
            }
            let begin = line.len();
            line.push_str(field.name());
            self.lines.close_field(begin, Class::Text, &mut line);
        }
        self.lines.end(&mut line);
        out.write_all(line.as_bytes()).map_err(|error| io_fault(&error))
    }

    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        let bytes = self.lines.encode(batch)?;
        self.encoded(batch.num_rows(), &bytes, out)
    }

    fn encoded(&mut self, rows: usize, bytes: &[u8], out: &mut dyn Write) -> Result<()> {
        self.rows += rows as u64;
        out.write_all(bytes).map_err(|error| io_fault(&error))
    }

    fn finish(&mut self, _out: &mut dyn Write) -> Result<Shown> {
        Ok(Shown { rows: self.rows, hidden: 0 })
    }
}
