//! An export read back, a row at a time, each cell as a text.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::reader::FileReader;
use arrow::util::display::ArrayFormatter;
use calamine::Reader;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::value::RawValue;

use crate::error::{Error, Result};
use crate::language::Message;
use crate::output::{Format, Style};
use crate::query::words::type_name;
use crate::say;
use crate::storage::File;

/// An export, to be read row by row.
pub(super) struct Rows {
    /// The names of its columns; one nameless column where a line is all that can be told.
    pub(super) columns: Vec<String>,
    /// Their types, where the format keeps them.
    pub(super) types: Vec<String>,
    /// What [`Row::place`] counts.
    pub(super) unit: Unit,
    rows: Box<dyn Iterator<Item = Result<Row>>>,
}

/// What the rows of an export are found by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unit {
    /// The line of the file on which a row begins.
    Line,
    /// The row's own number.
    Row,
}

impl Unit {
    /// A row's place, in words.
    pub(super) fn place(self, number: u64) -> Message {
        match self {
            Self::Line => say!("line {number}", number),
            Self::Row => say!("row {number}", number),
        }
    }
}

/// A row of an export.
pub(super) struct Row {
    /// Its number from 1: of the line in the file, or of the row.
    pub(super) place: u64,
    /// Its cells; nulls only where the format tells them from texts.
    pub(super) cells: Vec<Option<String>>,
}

impl Iterator for Rows {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rows.next()
    }
}

/// Opens an export; `None` where it is a picture.
///
/// # Errors
/// It cannot be read, or is not of its format.
pub(super) fn open(path: &Path, format: Format, style: &Style) -> Result<Option<Rows>> {
    let file = File::open(path).map_err(|error| Error::reading(path, &error))?;
    let name = path.display().to_string();
    match format {
        Format::Csv | Format::Tsv => separated(file, style.separator(format), name).map(Some),
        Format::Json | Format::Ndjson => objects(file, name).map(Some),
        Format::Parquet => {
            let reader = ParquetRecordBatchReaderBuilder::try_new(file)
                .and_then(|builder| {
                    let schema = builder.schema().clone();
                    builder.build().map(|reader| (schema, reader))
                })
                .map_err(|error| broken(&name, &error))?;
            Ok(Some(batches(&reader.0, reader.1, name)))
        }
        Format::Arrow => {
            let reader = FileReader::try_new(file, None).map_err(|error| broken(&name, &error))?;
            Ok(Some(batches(&reader.schema(), reader, name)))
        }
        Format::Xlsx => sheets(file, &name).map(Some),
        Format::Chart | Format::Svg | Format::Png => Ok(None),
        Format::Table | Format::Line | Format::Markdown | Format::Junit => Ok(Some(lines(file, name))),
    }
}

fn broken(name: &str, reason: &dyn std::fmt::Display) -> Error {
    Error::data(say!("cannot read `{path}`: {reason}", path = name, reason = reason))
}

fn separated(file: File, separator: char, name: String) -> Result<Rows> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .from_reader(file);
    let cells = |record: &csv::ByteRecord| -> Vec<String> {
        record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
    };
    let mut header = csv::ByteRecord::new();
    reader.read_byte_record(&mut header).map_err(|error| broken(&name, &error))?;
    let mut columns = cells(&header);
    if let Some(first) = columns.first_mut() {
        *first = first.trim_start_matches('\u{feff}').to_owned();
    }
    let rows = reader.into_byte_records().map(move |record| {
        let record = record.map_err(|error| broken(&name, &error))?;
        let place = record.position().map_or(0, csv::Position::line);
        Ok(Row { place, cells: cells(&record).into_iter().map(Some).collect() })
    });
    Ok(Rows { columns, types: Vec::new(), unit: Unit::Line, rows: Box::new(rows) })
}

fn lines(file: File, name: String) -> Rows {
    let lines = BufReader::new(file).split(b'\n').zip(1..).map(move |(line, place)| {
        let line = line.map_err(|error| broken(&name, &error))?;
        Ok(Row { place, cells: vec![Some(String::from_utf8_lossy(&line).into_owned())] })
    });
    Rows { columns: vec![String::new()], types: Vec::new(), unit: Unit::Line, rows: Box::new(lines) }
}

/// The rows of a workbook's sheets, one after the other; the first row of all names the columns.
fn sheets(file: File, name: &str) -> Result<Rows> {
    let mut book: calamine::Xlsx<_> =
        calamine::Xlsx::new(BufReader::new(file)).map_err(|error| broken(name, &error))?;
    let mut all = Vec::new();
    for (_, range) in book.worksheets() {
        let cells = |row: &[calamine::Data]| -> Vec<Option<String>> {
            row.iter().map(|data| (*data != calamine::Data::Empty).then(|| data.to_string())).collect()
        };
        all.extend(range.rows().map(cells));
    }
    let mut rows = all.into_iter();
    let columns = rows.next().unwrap_or_default().into_iter().map(Option::unwrap_or_default).collect();
    let rows = rows.zip(2..).map(|(cells, place)| Ok(Row { place, cells }));
    Ok(Rows { columns, types: Vec::new(), unit: Unit::Row, rows: Box::new(rows) })
}

fn batches(
    schema: &SchemaRef,
    reader: impl Iterator<Item = std::result::Result<RecordBatch, ArrowError>> + 'static,
    name: String,
) -> Rows {
    let fields = schema.fields();
    let mut place = 0;
    let rows = reader.flat_map(move |batch| {
        let rows = batch.and_then(|batch| cells(&batch)).map_err(|error| broken(&name, &error));
        let rows: Vec<Result<Row>> = match rows {
            Ok(rows) => rows
                .into_iter()
                .map(|cells| {
                    place += 1;
                    Ok(Row { place, cells })
                })
                .collect(),
            Err(error) => vec![Err(error)],
        };
        rows
    });
    Rows {
        columns: fields.iter().map(|field| field.name().clone()).collect(),
        types: fields.iter().map(|field| type_name(field.data_type())).collect(),
        unit: Unit::Row,
        rows: Box::new(rows),
    }
}

fn cells(batch: &RecordBatch) -> std::result::Result<Vec<Vec<Option<String>>>, ArrowError> {
    let columns = batch
        .columns()
        .iter()
        .map(|column| ArrayFormatter::try_new(column, &Default::default()).map(|words| (column, words)))
        .collect::<std::result::Result<Vec<_>, _>>()?;
    let row = |row: usize| {
        let cell = |(column, words): &(&arrow::array::ArrayRef, ArrayFormatter<'_>)| {
            column.is_valid(row).then(|| words.value(row).to_string())
        };
        columns.iter().map(cell).collect()
    };
    Ok((0..batch.num_rows()).map(row).collect())
}

/// The objects of a JSON array, or one a line; numbers keep the digits that stand in the file.
fn objects(file: File, name: String) -> Result<Rows> {
    let mut texts = Objects { bytes: BufReader::new(file).bytes() }.peekable();
    let columns = match texts.peek() {
        Some(Ok(first)) => {
            let first: serde_json::Map<String, serde_json::Value> =
                serde_json::from_slice(first).map_err(|error| broken(&name, &error))?;
            first.keys().cloned().collect()
        }
        _ => Vec::new(),
    };
    let names: Vec<String> = columns.clone();
    let rows = texts.zip(1..).map(move |(text, place)| {
        let text = text.map_err(|error| broken(&name, &error))?;
        let mut object: HashMap<String, Box<RawValue>> =
            serde_json::from_slice(&text).map_err(|error| broken(&name, &error))?;
        let mut cells: Vec<Option<String>> =
            names.iter().map(|name| object.remove(name).map(|value| value.get().to_owned())).collect();
        // What the first row has not is told as a cell of its own.
        let mut more: Vec<(String, Box<RawValue>)> = object.into_iter().collect();
        more.sort_by(|a, b| a.0.cmp(&b.0));
        cells.extend(more.into_iter().map(|(name, value)| Some(format!("{name}: {value}"))));
        Ok(Row { place, cells })
    });
    Ok(Rows { columns, types: Vec::new(), unit: Unit::Row, rows: Box::new(rows) })
}

/// The texts of the outermost objects of a stream of JSON.
struct Objects<B> {
    bytes: B,
}

impl<B: Iterator<Item = std::io::Result<u8>>> Iterator for Objects<B> {
    type Item = std::io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut text = Vec::new();
        let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
        for byte in self.bytes.by_ref() {
            let byte = match byte {
                Ok(byte) => byte,
                Err(error) => return Some(Err(error)),
            };
            if depth == 0 && byte != b'{' {
                continue;
            }
            text.push(byte);
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b'{' if !quoted => depth += 1,
                b'}' if !quoted => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(Ok(text));
            }
        }
        // What was begun and not ended is for the parser to complain of.
        (!text.is_empty()).then_some(Ok(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: Format, text: &str) -> (Vec<String>, Vec<Vec<Option<String>>>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x");
        std::fs::write(&path, text).expect("writes");
        let rows = open(&path, format, &Style::default()).expect("opens").expect("no picture");
        let columns = rows.columns.clone();
        (columns, rows.map(|row| row.expect("reads").cells).collect())
    }

    #[test]
    fn objects_are_found_in_an_array_and_in_lines() {
        let cells = |cells: &[&str]| cells.iter().map(|cell| Some((*cell).to_owned())).collect::<Vec<_>>();
        for (format, text) in [
            (Format::Json, "[{\"b\":1.50,\"a\":\"}{\\\"\"},{\"b\":null,\"a\":\"Đ\"}]\n"),
            (Format::Ndjson, "{\"b\":1.50,\"a\":\"}{\\\"\"}\n{\"b\":null,\"a\":\"Đ\"}\n"),
        ] {
            let (columns, rows) = read(format, text);
            assert_eq!(columns, ["b", "a"]);
            assert_eq!(rows, [cells(&["1.50", "\"}{\\\"\""]), cells(&["null", "\"Đ\""])]);
        }
    }

    #[test]
    fn a_mark_of_byte_order_is_no_part_of_a_name() {
        let (columns, rows) = read(Format::Csv, "\u{feff}đơn_vị,n\r\n\"a\nb\",1\r\n");
        assert_eq!(columns, ["đơn_vị", "n"]);
        assert_eq!(rows, [[Some("a\nb".to_owned()), Some("1".to_owned())]]);
    }
}
