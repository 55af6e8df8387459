//! What is known of a file while its rows are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::DataType;
use compact_str::{CompactString, format_compact};

use super::totals::Totals;
use crate::import::columns::Columns;
use crate::import::number::{Decimal, Mark};
use crate::import::source::Row;
use crate::import::source::totals::{Ending, RowKind};
use crate::import::told::read_told;
use crate::import::value::{Column, Context, Value};

/// A row, and what was seen in it.
pub(super) struct Seen {
    pub(super) row: Row,
    /// What it is.
    pub(super) kind: RowKind,
    /// What [`Sight::values`] gives, where there was time to look.
    pub(super) values: Option<Vec<Option<Value>>>,
}

/// What can be seen in a row without the rows around it or the decimal mark of the file.
#[derive(Clone)]
pub(super) struct Sight {
    targets: Arc<[Column]>,
    /// For each heading the place of its column among the targets, and what it says of the cells below it.
    headings: Arc<[Option<(usize, Context)>]>,
}

impl Sight {
    /// Makes ready to look at the rows of a file with these columns.
    pub(super) fn new(targets: &Arc<[Column]>, columns: &Columns) -> Self {
        let heading =
            |heading: usize| Some((columns.places[heading]?, context(columns, heading, None, false)));
        Self { targets: targets.clone(), headings: (0..columns.places.len()).map(heading).collect() }
    }

    /// The values of the cells that tell all that stands in them, by their place among the targets; none of a
    /// row that takes a closer look.
    pub(super) fn values(&self, row: &Row) -> Vec<Option<Value>> {
        let mut values = vec![None; self.targets.len()];
        if row.merged.is_empty() && row.cells.len() == self.headings.len() {
            for (cell, heading) in row.cells.iter().zip(self.headings.iter()) {
                let Some((place, context)) = heading else { continue };
                values[*place] = read_told(&self.targets[*place], cell, *context);
            }
        }
        values
    }
}

/// Tells the rows of a file with these columns from what stands below them.
pub(super) fn ending(targets: &[Column], columns: &Columns) -> Ending {
    let width = columns.places.len();
    let is_number = |heading: &usize| target(targets, columns, *heading).is_some_and(Column::is_number);
    Ending::new(width, (0..width).filter(is_number).collect())
}

/// The columns of a table that say where its rows came from, by their place there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source {
    file: Option<usize>,
    row: Option<usize>,
}

impl Source {
    /// Finds them.
    pub(super) fn of(targets: &[Column]) -> Self {
        let place = |name: &str| targets.iter().position(|column| column.name == name);
        Self { file: place("source_file"), row: place("source_row") }
    }

    /// Whether a column is one of them.
    pub(super) fn has(self, place: usize) -> bool {
        [self.file, self.row].contains(&Some(place))
    }
}

/// A file that is being read.
pub(super) struct Reading {
    pub(super) number: i32,
    pub(super) width: usize,
    pub(super) columns: Columns,
    pub(super) constants: BTreeMap<usize, Option<Value>>,
    pub(super) date1904: bool,
    pub(super) totals: Totals,
    /// The name of the file, and where the table says from which file and row its rows are.
    pub(super) name: CompactString,
    pub(super) source: Source,
}

impl Reading {
    /// A sum as it would stand under a heading, in its unit.
    pub(super) fn as_headed(&self, heading: usize, column: &Column, sum: i128) -> Decimal {
        let own = match column.data_type {
            DataType::Decimal128(_, scale) => u32::try_from(scale).unwrap_or(0),
            _ => 0,
        };
        // Units of headings are powers of ten.
        let unit = self.columns.scale[heading].and_then(|scale| scale.digits().checked_ilog10());
        Decimal::new(sum, own + unit.unwrap_or(0))
    }

    /// Says where a row came from, among its values. One that was mended in a list of rejected rows keeps the
    /// place that it has there.
    pub(super) fn place(&self, row: u64, targets: &[Column], values: &mut [Option<Value>]) {
        if let Some(file) = self.source.file
            && values[file].is_none()
            && is_text(&targets[file].data_type)
        {
            values[file] = Some(Value::Text(self.name.clone()));
        }
        if let Some(place) = self.source.row
            && values[place].is_none()
        {
            let digits = i128::from(row);
            values[place] = match &targets[place].data_type {
                data_type if data_type.is_integer() => Some(Value::Number(digits)),
                data_type if data_type.is_floating() => Some(Value::Float(row as f64)),
                DataType::Decimal128(..) => targets[place].number(Decimal::new(digits, 0)).ok(),
                data_type => is_text(data_type).then(|| Value::Text(format_compact!("{row}"))),
            };
        }
    }

    /// What is known of the numbers and dates under a heading.
    pub(super) fn context(&self, heading: usize, mark: Option<Mark>) -> Context {
        context(&self.columns, heading, mark, self.date1904)
    }
}

fn context(columns: &Columns, heading: usize, mark: Option<Mark>, date1904: bool) -> Context {
    Context {
        scale: columns.scale.get(heading).copied().flatten(),
        percent: columns.percent.get(heading).copied().unwrap_or(false),
        mark,
        date1904,
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        data_type => data_type.is_string(),
    }
}

/// The column that stands under a heading.
pub(super) fn target<'a>(targets: &'a [Column], columns: &Columns, heading: usize) -> Option<&'a Column> {
    targets.get((*columns.places.get(heading)?)?)
}
