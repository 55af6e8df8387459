//! Staged rows and faults on their way to their files, a batch at a time.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Int32Array, Int32Builder, Int64Array, Int64Builder, ListBuilder, StringArray, StringBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

use super::arrays::Values;
use crate::error::{Error, Result};
use crate::import::value::{Column, Value};
use crate::language::{Language, Message};

/// The columns of the staged rows beside the table's: no column of a table is called so.
pub(super) const FILE: &str = "#file";
pub(super) const ROW: &str = "#row";
pub(super) const CELLS: &str = "#cells";
pub(super) const BAD: &str = "#bad";
/// For each cell what the file holds, where its text among the [`CELLS`] is another; often empty. Where
/// the values tell all cells, there are neither.
pub(super) const RAW: &str = "#raw";

/// Rows that are written at a time, and what their texts may take in bytes: 2 MiB.
pub(super) const BATCH_ROWS: usize = 8_192;
const BATCH_BYTES: usize = 2 << 20;

/// Rows that are not written yet.
pub(super) struct Pending {
    schema: SchemaRef,
    files: Int32Builder,
    numbers: Int64Builder,
    cells: ListBuilder<StringBuilder>,
    bad: ListBuilder<StringBuilder>,
    raw: ListBuilder<StringBuilder>,
    columns: Vec<Values>,
    faults: Vec<Fault>,
    rows: usize,
    /// What the texts of the cells and values take.
    bytes: usize,
}

/// The text of a cell, and what the file holds where that is another.
pub(super) type Texts<'a> = (Cow<'a, str>, Option<Cow<'a, str>>);

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
        Field::new(CELLS, texts(), true),
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
    /// No rows of a table with these columns.
    pub(super) fn new(targets: &[Column]) -> Self {
        Self {
            schema: row_schema(targets),
            files: Int32Builder::new(),
            numbers: Int64Builder::new(),
            cells: ListBuilder::new(StringBuilder::new()),
            bad: ListBuilder::new(StringBuilder::new()),
            raw: ListBuilder::new(StringBuilder::new()),
            columns: targets.iter().map(|column| Values::new(&column.data_type)).collect(),
            faults: Vec::new(),
            rows: 0,
            bytes: 0,
        }
    }

    /// Adds a row: its file and place there, its cells where the values do not tell them (with what the
    /// file holds, where that is another text), the columns whose values could not be read, the values,
    /// and why it is put aside.
    pub(super) fn add(
        &mut self,
        file: i32,
        number: i64,
        cells: Option<Vec<Texts<'_>>>,
        bad: &[String],
        values: &[Option<Value>],
        faults: impl Iterator<Item = Fault>,
    ) {
        self.files.append_value(file);
        self.numbers.append_value(number);
        let mut count = 0;
        let mut raw: Vec<(usize, Cow<'_, str>)> = Vec::new();
        let is_told = cells.is_none();
        for (place, (cell, held)) in cells.into_iter().flatten().enumerate() {
            count += 1;
            self.bytes += cell.len();
            self.cells.values().append_value(cell);
            raw.extend(held.map(|held| (place, held)));
        }
        self.cells.append(!is_told);
        if !raw.is_empty() {
            let mut raw = raw.into_iter().peekable();
            for place in 0..count {
                let held = raw.next_if(|(at, _)| *at == place).map(|(_, held)| held);
                self.bytes += held.as_ref().map_or(0, |held| held.len());
                self.raw.values().append_option(held);
            }
        }
        self.raw.append(true);
        bad.iter().for_each(|name| self.bad.values().append_value(name));
        self.bad.append(true);
        for (column, value) in self.columns.iter_mut().zip(values) {
            if let Some(Value::Text(text)) = value {
                self.bytes += text.len();
            }
            column.push(value.as_ref());
        }
        self.faults.extend(faults);
        self.rows += 1;
    }

    /// Whether they are to be written.
    pub(super) fn is_full(&self) -> bool {
        self.rows >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }

    /// Takes the rows, if there are any.
    ///
    /// # Errors
    /// A column has a type that no file is read into.
    pub(super) fn take_rows(&mut self) -> Result<Option<RecordBatch>> {
        if self.rows == 0 {
            return Ok(None);
        }
        (self.rows, self.bytes) = (0, 0);
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.files.finish()),
            Arc::new(self.numbers.finish()),
            Arc::new(self.cells.finish()),
            Arc::new(self.bad.finish()),
            Arc::new(self.raw.finish()),
        ];
        for column in &mut self.columns {
            columns.push(column.take()?);
        }
        RecordBatch::try_new(self.schema.clone(), columns).map(Some).map_err(|error| fault(&error))
    }

    /// Takes the faults, if there are any.
    ///
    /// # Errors
    /// None that can be met: the columns are of one length.
    pub(super) fn take_faults(&mut self, language: Language) -> Result<Option<RecordBatch>> {
        let faults = std::mem::take(&mut self.faults);
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
