//! CSV as people write it: the separator, values over several lines, codes that look like numbers.
//!
//! The reader takes a column of digits for numbers, and `007` would become 7. A value that begins
//! with a zero is no number, so its column is text.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::datasource::file_format::csv::CsvFormat;

use crate::error::{Error, Result};
use crate::language::Message;
use crate::storage::File;

/// Bytes of the file that are looked at, as many as the reader infers types from and more.
const LOOKED_AT: u64 = 1 << 20;

/// Lines that types are taken from.
const LINES: usize = 1000;

/// The columns of a file and their types, from its header and first lines.
///
/// The engine's own look at the file takes a line's end inside quotes for the end of a record.
///
/// # Errors
/// The file cannot be read, or its lines do not have the same number of values.
pub(super) fn schema(path: &Path, separator: u8) -> Result<SchemaRef> {
    let read = |error: std::io::Error| Error::reading(path, &error);
    let mut file = File::open(path).map_err(read)?;
    let mut start = [0; 3];
    let bom = file.read(&mut start).map_err(read)? == 3 && start == [0xef, 0xbb, 0xbf];
    file.seek(SeekFrom::Start(if bom { 3 } else { 0 })).map_err(read)?;
    let format = arrow::csv::reader::Format::default().with_header(true).with_delimiter(separator);
    let (schema, _) = format
        .infer_schema(BufReader::new(file), Some(LINES))
        .map_err(|error| super::unreadable(path, &Message::verbatim(error.to_string())))?;
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        // Nothing but nulls so far: whatever comes later, text can hold it.
        DataType::Null => field.as_ref().clone().with_data_type(DataType::Utf8),
        _ => field.as_ref().clone(),
    });
    with_codes(path, separator, &Arc::new(Schema::new(fields.collect::<Vec<_>>())))
}

/// The schema with each column of codes as text.
fn with_codes(path: &Path, separator: u8, schema: &SchemaRef) -> Result<SchemaRef> {
    if !schema.fields().iter().any(|field| field.data_type().is_numeric()) {
        return Ok(schema.clone());
    }
    let mut start = Vec::new();
    let file = File::open(path).map_err(|error| Error::reading(path, &error))?;
    file.take(LOOKED_AT).read_to_end(&mut start).map_err(|error| Error::reading(path, &error))?;
    let codes = columns(&start, separator);
    let fields = schema.fields().iter().enumerate().map(|(i, field)| {
        let is_code = field.data_type().is_numeric() && codes.get(i).copied().unwrap_or(false);
        if is_code { field.as_ref().clone().with_data_type(DataType::Utf8) } else { field.as_ref().clone() }
    });
    Ok(Arc::new(Schema::new(fields.collect::<Vec<_>>())))
}

/// For each column, whether one of its values is digits that begin with a zero.
fn columns(text: &[u8], separator: u8) -> Vec<bool> {
    let mut codes = Vec::new();
    let (mut column, mut quoted, mut value) = (0, false, Vec::new());
    for byte in text.iter().chain(b"\n") {
        match *byte {
            b'"' => quoted = !quoted,
            byte if !quoted && (byte == separator || byte == b'\n') => {
                if codes.len() <= column {
                    codes.resize(column + 1, false);
                }
                codes[column] |= is_code(&value);
                value.clear();
                column = if byte == separator { column + 1 } else { 0 };
            }
            b'\r' => {}
            byte => value.push(byte),
        }
    }
    codes
}

fn is_code(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    digits.len() > 1 && digits[0] == b'0' && digits.iter().all(u8::is_ascii_digit)
}

/// The separator of a CSV file: of those in use, the one that its first line has most of.
///
/// # Errors
/// The file cannot be read.
pub(super) fn separator(path: &Path) -> Result<u8> {
    let file = File::open(path).map_err(|error| Error::reading(path, &error))?;
    let mut start = Vec::new();
    file.take(64 * 1024).read_to_end(&mut start).map_err(|error| Error::reading(path, &error))?;
    let start = String::from_utf8_lossy(&start);
    let line = start.lines().next().unwrap_or_default();
    // What stands in quotes separates nothing.
    let bare: String = line.split('"').step_by(2).collect();
    let count = |separator: u8| bare.bytes().filter(|byte| *byte == separator).count();
    Ok([b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b','))
}

/// CSV with a header. A quoted value may hold a line's end, so a file is never cut between two readers.
pub(super) fn format(separator: u8) -> CsvFormat {
    CsvFormat::default().with_has_header(true).with_delimiter(separator).with_newlines_in_values(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_that_begin_with_a_zero_are_a_code() {
        let text = b"a,b,c,d\n1,007,0,\"0,1\"\n10,1,0.5,2\n";
        assert_eq!(columns(text, b','), [false, true, false, false]);
        assert_eq!(columns(b"a\r\n01\r\n", b','), [true]);
    }

    #[test]
    fn the_separator_is_that_of_the_first_line() {
        let folder = tempfile::tempdir().expect("a folder");
        for (text, expected) in [
            ("a,b\n1,2", b','),
            ("a;b\n1,5;2", b';'),
            ("a\tb", b'\t'),
            ("\"x;y;z\",b", b','),
            ("one", b','),
            ("", b','),
        ] {
            let path = folder.path().join("x.csv");
            std::fs::write(&path, text).expect("writes");
            assert_eq!(separator(&path).expect("reads"), expected, "{text}");
        }
    }
}
