//! A result as a table of two dimensions: one column's values go down, another's across.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray, UInt64Array};
use arrow::compute::{concat_batches, take};
use arrow::datatypes::{Field, Schema};
use arrow::record_batch::RecordBatch;
use arrow::util::display::ArrayFormatter;

use super::Kept;
use crate::error::{Error, Result};
use crate::language::Message;
use crate::output::Wording;
use crate::output::wording::Column;
use crate::say;

/// Columns that a reader can still take in.
const MOST_COLUMNS: usize = 1600;

impl Kept {
    /// The result with the values of one column down, of another across, of a third within; without
    /// names these are the first three columns.
    ///
    /// # Errors
    /// A column is not there, two rows meet in one cell, or there are more than 1600 columns.
    pub fn crosstab(&self, names: &[&str]) -> Result<Self> {
        let given = names.iter().map(|name| self.column(name)).collect::<Result<Vec<_>>>()?;
        let mut rest = (0..self.schema.fields().len()).filter(|column| !given.contains(column));
        let mut next = |i: usize| given.get(i).copied().or_else(|| rest.next());
        let (Some(down), Some(across), Some(within)) = (next(0), next(1), next(2)) else {
            return Err(Error::usage(say!("a table of two dimensions takes three columns"))
                .hint(say!("give them: `\\crosstabview ROWS COLUMNS VALUES`")));
        };
        let fault = |error: arrow::error::ArrowError| Error::data(Message::verbatim(error.to_string()));
        let batch = concat_batches(&self.schema, &self.batches).map_err(fault)?;
        let texts = |column: usize| -> Result<Vec<Option<String>>> {
            let array = batch.column(column);
            let formatter = ArrayFormatter::try_new(array, &Default::default()).map_err(fault)?;
            Ok((0..array.len())
                .map(|row| array.is_valid(row).then(|| formatter.value(row).to_string()))
                .collect())
        };
        let (downs, acrosses) = (texts(down)?, texts(across)?);
        let (mut rows, mut columns) = (Order::default(), Order::default());
        let mut cells: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for (row, (down, across)) in downs.iter().zip(&acrosses).enumerate() {
            let place = (columns.place(across), rows.place(down));
            if cells.insert(place, row as u64).is_some() {
                let name = |text: &Option<String>| text.clone().unwrap_or_else(|| "null".to_owned());
                let message = say!(
                    "two rows meet at `{down}` and `{across}`",
                    down = name(down),
                    across = name(across)
                );
                return Err(Error::data(message).hint(say!("add them up first: GROUP BY both columns")));
            }
        }
        if columns.names.len() > MOST_COLUMNS {
            return Err(Error::data(say!(
                "`{name}` has {values} values, and a table takes {most} columns",
                name = self.schema.field(across).name(),
                values = columns.names.len(),
                most = MOST_COLUMNS
            )));
        }
        let heads: StringArray = rows.names.iter().cloned().collect();
        let mut fields =
            vec![Field::new(self.schema.field(down).name(), arrow::datatypes::DataType::Utf8, true)];
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(heads)];
        for (column, name) in columns.names.iter().enumerate() {
            let picked: UInt64Array =
                (0..rows.names.len()).map(|row| cells.get(&(column, row)).copied()).collect();
            let values = take(batch.column(within), &picked, None).map_err(fault)?;
            fields.push(Field::new(name.as_deref().unwrap_or("null"), values.data_type().clone(), true));
            arrays.push(values);
        }
        let said = |column: usize| self.wording.columns.get(column).cloned().unwrap_or_default();
        let across_type = self.schema.field(across).data_type();
        let worded = columns.names.iter().map(|name| Column {
            title: name.as_deref().map(|name| self.wording.written(across, across_type, name).into_owned()),
            ..said(within)
        });
        let wording = Wording {
            language: self.wording.language,
            columns: std::iter::once(said(down)).chain(worded).collect(),
        };
        let schema = Arc::new(Schema::new(fields));
        let crossed = RecordBatch::try_new(schema.clone(), arrays).map_err(fault)?;
        Ok(Self { schema, batches: vec![crossed], plot: None, wording })
    }
}

/// Values in the order in which they first came.
#[derive(Default)]
struct Order {
    names: Vec<Option<String>>,
    places: BTreeMap<Option<String>, usize>,
}

impl Order {
    fn place(&mut self, name: &Option<String>) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        self.names.push(name.clone());
        self.places.insert(name.clone(), self.names.len() - 1);
        self.names.len() - 1
    }
}
