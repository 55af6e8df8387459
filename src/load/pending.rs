//! Staged rows and faults on their way to their files, a batch at a time.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, Int64Array, ListBuilder, StringArray, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

use super::arrays;
use crate::error::{Error, Result};
use crate::import::value::{Column, Value};

/// The columns of the staged rows beside the table's: no column of a table is called so.
pub(super) const FILE: &str = "#file";
pub(super) const ROW: &str = "#row";
pub(super) const CELLS: &str = "#cells";
pub(super) const BAD: &str = "#bad";

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
    pub(super) reason: String,
}

/// The columns of the staged rows of a table with these.
pub(super) fn row_schema(targets: &[Column]) -> SchemaRef {
    let texts = || DataType::new_list(DataType::Utf8, true);
    let mut fields = vec![
        Field::new(FILE, DataType::Int32, false),
        Field::new(ROW, DataType::Int64, false),
        Field::new(CELLS, texts(), false),
        Field::new(BAD, texts(), false),
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
        text("reason"),
    ]))
}

impl Pending {
    /// Adds a row: its file and place there, its cells, the columns whose values could not be read, the
    /// values, and why it is put aside.
    pub(super) fn add(
        &mut self,
        file: i32,
        number: i64,
        cells: Vec<String>,
        bad: Vec<String>,
        values: Vec<Option<Value>>,
        faults: impl Iterator<Item = Fault>,
    ) {
        self.bytes += cells.iter().map(String::len).sum::<usize>();
        self.files.push(file);
        self.numbers.push(number);
        self.cells.push(cells);
        self.bad.push(bad);
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
            (CELLS, texts(&self.cells)),
            (BAD, texts(&self.bad)),
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
    pub(super) fn faults(&self) -> Result<Option<RecordBatch>> {
        let faults = &self.faults;
        if faults.is_empty() {
            return Ok(None);
        }
        let text = |of: fn(&Fault) -> &str| -> ArrayRef {
            Arc::new(faults.iter().map(|fault| Some(of(fault))).collect::<StringArray>())
        };
        let columns: [(&str, ArrayRef); 5] = [
            ("file", Arc::new(faults.iter().map(|fault| fault.file).collect::<Int32Array>())),
            ("row", Arc::new(faults.iter().map(|fault| fault.row).collect::<Int64Array>())),
            ("column", text(|fault| &fault.column)),
            ("value", text(|fault| &fault.value)),
            ("reason", text(|fault| &fault.reason)),
        ];
        RecordBatch::try_from_iter(columns).map(Some).map_err(|error| fault(&error))
    }
}

fn fault(error: &ArrowError) -> Error {
    Error::data(error.to_string())
}

fn texts(lists: &[Vec<String>]) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for list in lists {
        list.iter().for_each(|text| builder.values().append_value(text));
        builder.append(true);
    }
    Arc::new(builder.finish())
}
