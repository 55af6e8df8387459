//! Rows that differ, told a change a line.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::util::display::ArrayFormatter;

use super::sql::Comparison;
use crate::error::{Error, Result};
use crate::language::{Language, Message};
use crate::output::Wording;
use crate::output::wording::Column;
use crate::run::Shape;
use crate::say;

/// How much differs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of the second alone.
    pub added: u64,
    /// Rows of the first alone.
    pub removed: u64,
    /// Rows of both with another value in some column.
    pub changed: u64,
    /// Values that are others.
    pub cells: u64,
}

/// The changes, a line each.
pub(super) struct Cells<'a> {
    comparison: &'a Comparison,
    schema: SchemaRef,
    /// How the compared columns are worded, those of the key first, for a reader who wants that.
    compared: Option<Wording>,
    pub(super) counts: Counts,
}

impl<'a> Cells<'a> {
    pub(super) fn new(comparison: &'a Comparison, compared: Option<Wording>) -> Self {
        Self { comparison, schema: Arc::new(Schema::empty()), compared, counts: Counts::default() }
    }
}

const COLUMNS: [&str; 5] = ["change", "column", "a", "b", "difference"];

impl Shape for Cells<'_> {
    fn begin(&mut self, schema: &SchemaRef) -> Result<SchemaRef> {
        let text = |name: &str| Field::new(name, DataType::Utf8, true);
        let keys = self.comparison.key.iter().zip(schema.fields()).map(|(column, field)| {
            // A key may be called as one of our own columns is.
            let taken = COLUMNS.contains(&column.name.as_str());
            let name = if taken { format!("key_{}", column.name) } else { column.name.clone() };
            Field::new(name, field.data_type().clone(), true)
        });
        // The values of columns of any type stand below one another: they are texts.
        let fields: Vec<Field> = keys.chain(COLUMNS.map(text)).collect();
        self.schema = Arc::new(Schema::new(fields));
        Ok(self.schema.clone())
    }

    fn batch(&mut self, batch: &RecordBatch) -> Result<RecordBatch> {
        self.lines(batch).map_err(|error| Error::data(Message::verbatim(error.to_string())))
    }

    fn wording(&self, language: Language) -> Wording {
        let titled = |title: Message| Column { title: Some(title.text(language)), ..Column::default() };
        let labels = [("added", say!("added")), ("removed", say!("removed")), ("changed", say!("changed"))]
            .map(|(code, label)| (code.to_owned(), label.text(language)));
        let change = Column { labels: Arc::new(labels.into()), ..titled(say!("change")) };
        let mut keys = self.compared.as_ref().map(|compared| compared.columns.clone()).unwrap_or_default();
        keys.resize(self.comparison.key.len() + self.comparison.cells.len(), Column::default());
        let cells = keys.split_off(self.comparison.key.len());
        let titles = self.comparison.cells.iter().zip(cells);
        let titles = titles.filter_map(|(column, words)| Some((column.name.clone(), words.title?)));
        let column = Column { labels: Arc::new(titles.collect()), ..titled(say!("column")) };
        let (a, b) = (Column::default(), Column::default());
        let own = [change, column, a, b, titled(say!("difference"))];
        Wording { language, columns: keys.into_iter().chain(own).collect() }
    }
}

/// The columns of one cell: `a0, b0, x0, d0`.
struct Cell<'a> {
    name: &'a str,
    /// Its place among the compared columns.
    index: usize,
    differs: &'a ArrayRef,
    /// Both values, and their difference.
    values: [(&'a ArrayRef, ArrayFormatter<'a>); 3],
}

/// A line's change, column, values and difference.
type Line<'a> = (&'static str, Option<&'a str>, [Option<String>; 3]);

impl Cells<'_> {
    fn lines(&mut self, batch: &RecordBatch) -> std::result::Result<RecordBatch, ArrowError> {
        let keys = self.comparison.key.len();
        let (in_a, in_b) = (batch.column(keys), batch.column(keys + 1));
        let mut cells = Vec::new();
        let columns = batch.columns()[keys + 2..].chunks_exact(4);
        for (i, (column, values)) in self.comparison.cells.iter().zip(columns).enumerate() {
            let words = |i: usize| {
                ArrayFormatter::try_new(&values[i], &Default::default()).map(|words| (&values[i], words))
            };
            let values_of = [words(0)?, words(1)?, words(3)?];
            let (name, index) = (&column.name, keys + i);
            cells.push(Cell { name, index, differs: &values[2], values: values_of });
        }
        let (mut rows, mut lines): (Vec<u64>, Vec<Line<'_>>) = (Vec::new(), Vec::new());
        for row in 0..batch.num_rows() {
            let before = lines.len();
            match (in_a.is_valid(row), in_b.is_valid(row)) {
                (false, _) => {
                    self.counts.added += 1;
                    lines.push(("added", None, [None, None, None]));
                }
                (_, false) => {
                    self.counts.removed += 1;
                    lines.push(("removed", None, [None, None, None]));
                }
                _ => {
                    self.counts.changed += 1;
                    for cell in &cells {
                        let differs = cell.differs.as_boolean();
                        if differs.is_valid(row) && differs.value(row) {
                            let values = cell.values.each_ref();
                            let values = values.map(|(array, words)| {
                                let plain = array.is_valid(row).then(|| words.value(row).to_string())?;
                                Some(match &self.compared {
                                    Some(to_read) => {
                                        to_read.written(cell.index, array.data_type(), &plain).into_owned()
                                    }
                                    None => plain,
                                })
                            });
                            lines.push(("changed", Some(cell.name), values));
                        }
                    }
                    self.counts.cells += (lines.len() - before) as u64;
                }
            }
            rows.resize(lines.len(), row as u64);
        }
        let rows = UInt64Array::from(rows);
        let keys = (0..keys).map(|key| take(batch.column(key), &rows, None));
        let mut columns: Vec<ArrayRef> = keys.collect::<std::result::Result<_, _>>()?;
        let text = |of: &dyn Fn(&Line<'_>) -> Option<String>| -> ArrayRef {
            Arc::new(lines.iter().map(of).collect::<StringArray>())
        };
        columns.push(text(&|(change, ..)| Some((*change).to_owned())));
        columns.push(text(&|(_, column, _)| column.map(str::to_owned)));
        columns.extend((0..3).map(|i| text(&|(_, _, values)| values[i].clone())));
        RecordBatch::try_new(self.schema.clone(), columns)
    }
}
