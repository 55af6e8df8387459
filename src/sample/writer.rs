//! From rows in memory to a Parquet file: the columns of a table, the copies of a row, the layout.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int32Builder, Int64Builder, StringBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::Options;
use crate::error::{Error, Result};
use crate::language::Message;
use crate::output::{AtomicFile, RowGroups, io_fault, stored_properties};
use crate::say;
use crate::ui::progress::Progress;

/// Rows built in memory at a time.
const BATCH_ROWS: usize = 16 * 1024;

/// How one column's value is made from a row and the number of its copy; `None` is null.
pub(super) enum Make<R> {
    /// An id of its own for each copy: the letter, the year, a number that counts rows and copies.
    Id(char, fn(&R) -> Option<u64>),
    /// The same without the year, for what goes on from year to year.
    LastingId(char, fn(&R) -> Option<u64>),
    /// A code or name that all copies share.
    Text(fn(&R) -> Option<&str>),
    /// A whole number.
    Int(fn(&R, Copies) -> Option<i32>),
    /// A date.
    Date(fn(&R) -> Option<NaiveDate>),
    /// Whole VND.
    Money(fn(&R, Copies) -> Option<i64>),
    /// Hundredths of a per cent.
    Rate(fn(&R) -> Option<i64>),
    /// Yes or no.
    Bool(fn(&R) -> Option<bool>),
    /// The row's number in the file that it was imported from: null, for nothing was imported.
    NoRow,
}

/// Which copy of a row is made, out of how many.
#[derive(Debug, Clone, Copy)]
pub(super) struct Copies {
    /// From 0.
    pub(super) this: u64,
    /// At least 1.
    pub(super) all: u64,
    /// The scale of the whole sample.
    pub(super) scale: u64,
}

/// One column of a table.
pub(super) struct Column<R> {
    name: &'static str,
    nullable: bool,
    make: Make<R>,
}

impl<R> Column<R> {
    /// A column that is never null.
    pub(super) fn required(name: &'static str, make: Make<R>) -> Self {
        Self { name, nullable: false, make }
    }

    /// A column that may be null.
    pub(super) fn optional(name: &'static str, make: Make<R>) -> Self {
        Self { name, nullable: true, make }
    }

    fn field(&self) -> Field {
        let data_type = match self.make {
            Make::Id(..) | Make::LastingId(..) | Make::Text(_) => DataType::Utf8,
            Make::Int(_) => DataType::Int32,
            Make::Date(_) => DataType::Date32,
            Make::Money(_) => DataType::Decimal128(18, 0),
            Make::Rate(_) => DataType::Decimal128(5, 2),
            Make::Bool(_) => DataType::Boolean,
            Make::NoRow => DataType::Int64,
        };
        Field::new(self.name, data_type, self.nullable)
    }
}

/// A table of the sample: its rows at scale 1 and how they become columns.
pub(super) struct Table<R> {
    /// The table's name, which is the file's.
    pub(super) name: &'static str,
    /// The columns, in the order of the contract.
    pub(super) columns: Vec<Column<R>>,
    /// The rows at scale 1, in the order in which they are written.
    pub(super) rows: Vec<R>,
    /// How many copies a row has at scale `n`; a dimension has one at every scale.
    pub(super) copies: fn(&R, u64) -> u64,
    /// The columns that the rows are in order of, recorded in the file: a reader counts groups by it.
    pub(super) sorted_by: &'static [&'static str],
}

/// The two columns that say where an imported row came from; null in the sample.
pub(super) fn lineage<R>() -> [Column<R>; 2] {
    [Column::optional("source_file", Make::Text(|_| None)), Column::optional("source_row", Make::NoRow)]
}

/// The number of digits in the ids of a table whose largest number is `most`: at least six, and the
/// same for a whole table, so that the order of the text is the order of the numbers.
fn id_digits(most: u64) -> usize {
    most.to_string().len().max(6)
}

/// A table of any row type, for the one loop that writes them all.
pub(super) trait AnyTable {
    /// The table's name.
    fn name(&self) -> &'static str;

    /// Rows that the table has at a scale.
    fn len(&self, scale: u64) -> u64;

    /// Writes the table batch by batch; memory does not grow with the scale.
    ///
    /// # Errors
    /// The disk is full or fails, or `cancelled` became true.
    fn write(
        &self,
        file: &mut AtomicFile,
        options: &Options,
        progress: &Progress,
        cancelled: &AtomicBool,
    ) -> Result<()>;
}

impl<R> AnyTable for Table<R> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn len(&self, scale: u64) -> u64 {
        self.rows.iter().map(|row| (self.copies)(row, scale)).sum()
    }

    fn write(
        &self,
        file: &mut AtomicFile,
        options: &Options,
        progress: &Progress,
        cancelled: &AtomicBool,
    ) -> Result<()> {
        let path = file.path().to_owned();
        let unwritable = |error: &ParquetError| {
            Error::data(say!("cannot write `{path}`: {reason}", path = path.display(), reason = error))
        };
        let fault = |error: ParquetError| match &error {
            ParquetError::External(source) => match source.downcast_ref() {
                Some(source) => io_fault(source),
                None => unwritable(&error),
            },
            _ => unwritable(&error),
        };
        let schema: SchemaRef =
            Arc::new(Schema::new(self.columns.iter().map(Column::field).collect::<Vec<_>>()));
        let mut writer = RowGroups::begin(file, schema.clone(), self.properties(options)?).map_err(fault)?;
        progress.part(self.name);
        let mut copies = self.rows.iter().flat_map(|row| {
            let all = (self.copies)(row, options.scale);
            (0..all).map(move |this| (row, Copies { this, all, scale: options.scale }))
        });
        loop {
            let chunk: Vec<(&R, Copies)> = copies.by_ref().take(BATCH_ROWS).collect();
            if chunk.is_empty() {
                break;
            }
            if cancelled.load(Ordering::Relaxed) {
                return Err(Error::interrupted());
            }
            let arrays = self
                .columns
                .iter()
                .map(|column| array(&column.make, &chunk, options))
                .collect::<Result<Vec<ArrayRef>>>()?;
            let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(|error| {
                Error::data(say!("the sample table `{table}`: {reason}", table = self.name, reason = error))
            })?;
            writer.write(&batch).map_err(fault)?;
            progress.advance(chunk.len() as u64);
        }
        writer.finish().map_err(fault)
    }
}

impl<R> Table<R> {
    fn properties(&self, options: &Options) -> Result<WriterProperties> {
        let place = |name: &&str| self.columns.iter().position(|column| column.name == *name);
        let note = |key: &str, value: String| KeyValue::new(format!("tongket.{key}"), value);
        let notes = vec![
            note("synthetic", "true".into()),
            note("notice", super::NOTICE.into()),
            note("year", options.year.to_string()),
            note("scale", options.scale.to_string()),
            note("seed", options.seed.to_string()),
        ];
        let sorted_by = self.sorted_by.iter().filter_map(place).take_while(|place| {
            // The copies of a row stand together: of another table's ids each has its own, and from row
            // to row these begin anew.
            let column = &self.columns[*place];
            options.scale == 1 || *place == 0 || !matches!(column.make, Make::Id(..))
        });
        stored_properties(sorted_by, notes)
    }
}

fn array<R>(make: &Make<R>, chunk: &[(&R, Copies)], options: &Options) -> Result<ArrayRef> {
    Ok(match make {
        Make::Id(letter, number) => ids(&format!("{letter}{}-", options.year), *number, chunk, options),
        Make::LastingId(letter, number) => ids(&format!("{letter}-"), *number, chunk, options),
        Make::Text(text) => {
            let mut builder = StringBuilder::new();
            chunk.iter().for_each(|(row, _)| builder.append_option(text(row)));
            Arc::new(builder.finish())
        }
        Make::Int(int) => {
            let mut builder = Int32Builder::with_capacity(chunk.len());
            chunk.iter().for_each(|(row, copy)| builder.append_option(int(row, *copy)));
            Arc::new(builder.finish())
        }
        Make::Date(date) => {
            let mut builder = Date32Builder::with_capacity(chunk.len());
            chunk.iter().for_each(|(row, _)| builder.append_option(date(row).map(days)));
            Arc::new(builder.finish())
        }
        Make::Money(money) => decimals(chunk.iter().map(|(row, copy)| money(row, *copy)), 18, 0)?,
        Make::Rate(rate) => decimals(chunk.iter().map(|(row, _)| rate(row)), 5, 2)?,
        Make::Bool(bool) => {
            let mut builder = BooleanBuilder::with_capacity(chunk.len());
            chunk.iter().for_each(|(row, _)| builder.append_option(bool(row)));
            Arc::new(builder.finish())
        }
        Make::NoRow => {
            let mut builder = Int64Builder::new();
            builder.append_nulls(chunk.len());
            Arc::new(builder.finish())
        }
    })
}

fn ids<R>(
    prefix: &str,
    number: fn(&R) -> Option<u64>,
    chunk: &[(&R, Copies)],
    options: &Options,
) -> ArrayRef {
    let digits = id_digits(super::LARGEST_TABLE_ROWS * options.scale);
    let mut builder = StringBuilder::with_capacity(chunk.len(), chunk.len() * (digits + prefix.len()));
    for (row, copy) in chunk {
        // Numbers start at 1; a row's copies follow one another, as they do in the file.
        let id = number(row).map(|number| format!("{prefix}{:0digits$}", number * copy.all + copy.this + 1));
        builder.append_option(id);
    }
    Arc::new(builder.finish())
}

fn decimals(values: impl Iterator<Item = Option<i64>>, precision: u8, scale: i8) -> Result<ArrayRef> {
    let mut builder = Decimal128Builder::new()
        .with_precision_and_scale(precision, scale)
        .map_err(|error| Error::data(Message::verbatim(error.to_string())))?;
    values.for_each(|value| builder.append_option(value.map(i128::from)));
    Ok(Arc::new(builder.finish()))
}

/// Days since 1970-01-01, as Arrow's Date32 counts them.
fn days(date: NaiveDate) -> i32 {
    date.signed_duration_since(NaiveDate::default()).num_days() as i32
}
