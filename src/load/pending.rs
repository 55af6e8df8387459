//! Staged rows and faults on their way to their files, a batch at a time.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, Int64Array, ListBuilder, StringArray, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

use super::arrays;
use crate::error::{Error, Result};
use crate::import::value::{Column, Value};
use crate::language::{Language, Message};

/// The columns of the staged rows beside the table's: no column of a table is called so.
pub(super) const FILE: &str = "#file";
pub(super) const ROW: &str = "#row";
pub(super) const CELLS: &str = "#cells";
pub(super) const BAD: &str = "#bad";
/// For each cell what the file holds, where its text among the [`CELLS`] is another; often empty.
pub(super) const RAW: &str = "#raw";

/// Rows that are written at a time, and what their texts may take in bytes: 2 MiB.
const BATCH_ROWS: usize = 8_192;
const BATCH_BYTES: usize = 2 << 20;

/// Rows that are not written yet.
#[derive(Default)]
pub(super) struct Pending {
    files: Vec<i32>,
    numbers: Vec<i64>,
    cells: Vec<Vec<String>>,
    bad: Vec<Vec<String>>,
    raw: Vec<Vec<Option<String>>>,
    values: Vec<Vec<Option<Value>>>,
    faults: Vec<Fault>,
    /// What the texts of the cells take.
    bytes: usize,
}

/// Why a row is put aside.
pub(super) struct Fault {
    pub(super) file: i32,
    pub(super) row: i64,
    pub(super) column: String,
    pub(super) value: String,
    pub(super) reason: Message,
}

impl Fault {
    /// What its reason has in common with others of its kind: the sentence without its values, which
    /// stand in backticks or are numbers.
    fn kind(&self) -> String {
        let sentence = self.reason.english().split('`').step_by(2).collect::<Vec<_>>().join("`");
        let mut kind = String::with_capacity(sentence.len());
        let mut in_number = false;
        for c in sentence.chars() {
            in_number = c.is_ascii_digit() || (in_number && matches!(c, '.' | ',' | '-' | '/'));
            if !in_number {
                kind.push(c);
                continue;
            }
            if kind.ends_with('-') {
                kind.pop();
            }
            if !kind.ends_with('0') {
                kind.push('0');
            }
        }
        kind
    }
}

/// The columns of the staged rows of a table with these.
pub(super) fn row_schema(targets: &[Column]) -> SchemaRef {
    let texts = || DataType::new_list(DataType::Utf8, true);
    let mut fields = vec![
        Field::new(FILE, DataType::Int32, false),
        Field::new(ROW, DataType::Int64, false),
        Field::new(CELLS, texts(), false),
        Field::new(BAD, texts(), false),
        Field::new(RAW, texts(), false),
    ];
    fields.extend(targets.iter().map(|column| Field::new(&column.name, column.data_type.clone(), true)));
    Arc::new(Schema::new(fields))
}

/// The columns of a list of faults.
pub(super) fn fault_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    Arc::new(Schema::new(vec![
        Field::new("file", DataType::Int32, false),
        Field::new("row", DataType::Int64, false),
        text("column"),
        text("value"),
        // In English, and in the reader's language.
        text("reason"),
        text("said"),
        // A word that is the same for all faults of a kind, whatever the values.
        text("kind"),
    ]))
}

impl Pending {
    /// Adds a row: its file and place there, its cells (with what the file holds, where that is another
    /// text), the columns whose values could not be read, the values, and why it is put aside.
    pub(super) fn add(
        &mut self,
        file: i32,
        number: i64,
        cells: Vec<(String, Option<String>)>,
        bad: Vec<String>,
        values: Vec<Option<Value>>,
        faults: impl Iterator<Item = Fault>,
    ) {
        let (cells, mut raw): (Vec<String>, Vec<Option<String>>) = cells.into_iter().unzip();
        if raw.iter().all(Option::is_none) {
            raw.clear();
        }
        self.bytes += cells.iter().chain(raw.iter().flatten()).map(String::len).sum::<usize>();
        self.files.push(file);
        self.numbers.push(number);
        self.cells.push(cells);
        self.bad.push(bad);
        self.raw.push(raw);
        self.values.push(values);
        self.faults.extend(faults);
    }

    /// Whether they are to be written.
    pub(super) fn is_full(&self) -> bool {
        self.files.len() >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }

    /// The rows, if there are any.
    ///
    /// # Errors
    /// A column has a type that no file is read into.
    pub(super) fn rows(&self, targets: &[Column]) -> Result<Option<RecordBatch>> {
        if self.files.is_empty() {
            return Ok(None);
        }
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            (FILE, Arc::new(Int32Array::from_iter_values(self.files.iter().copied()))),
            (ROW, Arc::new(Int64Array::from_iter_values(self.numbers.iter().copied()))),
            (CELLS, texts(&self.cells, |text| Some(text))),
            (BAD, texts(&self.bad, |text| Some(text))),
            (RAW, texts(&self.raw, Option::as_deref)),
        ];
        for (i, column) in targets.iter().enumerate() {
            let cells = self.values.iter().map(|row| row[i].as_ref());
            columns.push((&column.name, arrays::of(&column.data_type, cells)?));
        }
        RecordBatch::try_from_iter(columns).map(Some).map_err(|error| fault(&error))
    }

    /// The faults, if there are any.
    ///
    /// # Errors
    /// None that can be met: the columns are of one length.
    pub(super) fn faults(&self, language: Language) -> Result<Option<RecordBatch>> {
        let faults = &self.faults;
        if faults.is_empty() {
            return Ok(None);
        }
        let text = |of: &dyn Fn(&Fault) -> String| -> ArrayRef {
            Arc::new(faults.iter().map(|fault| Some(of(fault))).collect::<StringArray>())
        };
        let columns: [(&str, ArrayRef); 7] = [
            ("file", Arc::new(faults.iter().map(|fault| fault.file).collect::<Int32Array>())),
            ("row", Arc::new(faults.iter().map(|fault| fault.row).collect::<Int64Array>())),
            ("column", text(&|fault| fault.column.clone())),
            ("value", text(&|fault| fault.value.clone())),
            ("reason", text(&|fault| fault.reason.english())),
            ("said", text(&|fault| fault.reason.text(language))),
            ("kind", text(&Fault::kind)),
        ];
        RecordBatch::try_from_iter(columns).map(Some).map_err(|error| fault(&error))
    }
}

fn fault(error: &ArrowError) -> Error {
    Error::data(Message::verbatim(error.to_string()))
}

fn texts<T>(lists: &[Vec<T>], text: fn(&T) -> Option<&str>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for list in lists {
        list.iter().for_each(|item| builder.values().append_option(text(item)));
        builder.append(true);
    }
    Arc::new(builder.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(reason: &str) -> String {
        let (column, value) = (String::new(), String::new());
        Fault { file: 0, row: 1, column, value, reason: Message::verbatim(reason) }.kind()
    }

    #[test]
    fn faults_of_one_kind_differ_in_their_values_only() {
        assert_eq!(kind("`x` is not a number"), kind("`1 5` is not a number"));
        assert_ne!(kind("`x` is not a number"), kind("`x` is a range: write one number"));
        let ambiguous =
            |comma: &str, point: &str| format!("can be read as {comma} (`--decimal ,`) or as {point}");
        assert_eq!(kind(&ambiguous("1.5", "1500")), kind(&ambiguous("-12.25", "12250")));
    }
}
