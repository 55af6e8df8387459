//! What is known of a file while its rows are read.

use std::collections::BTreeMap;

use arrow::datatypes::DataType;

use super::totals::Totals;
use crate::import::columns::Columns;
use crate::import::number::{Decimal, Mark};
use crate::import::value::{Column, Context, Value};

/// A file that is being read.
pub(super) struct Reading {
    pub(super) number: i32,
    pub(super) width: usize,
    pub(super) columns: Columns,
    pub(super) constants: BTreeMap<usize, Option<Value>>,
    pub(super) date1904: bool,
    pub(super) totals: Totals,
    /// Room for the values of a row.
    pub(super) values: Vec<Option<Value>>,
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

    /// What is known of the numbers and dates under a heading.
    pub(super) fn context(&self, heading: usize, mark: Option<Mark>) -> Context {
        Context {
            scale: self.columns.scale.get(heading).copied().flatten(),
            percent: self.columns.percent.get(heading).copied().unwrap_or(false),
            mark,
            date1904: self.date1904,
        }
    }
}

/// The column that stands under a heading.
pub(super) fn target<'a>(targets: &'a [Column], columns: &Columns, heading: usize) -> Option<&'a Column> {
    targets.get((*columns.places.get(heading)?)?)
}
