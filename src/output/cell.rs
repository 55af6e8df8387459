//! One value as text: the same digits in every text format.

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, DurationFormat, FormatOptions};

use super::{Wording, arrow_fault};
use crate::error::{Error, Result};
use crate::say;

/// ISO dates and times; nested nulls spelled out, for they have no column of their own.
const OPTIONS: FormatOptions<'static> = FormatOptions::new()
    .with_display_error(false)
    .with_null("null")
    .with_duration_format(DurationFormat::Pretty);

/// The same for a reader: a moment with a blank between its date and its time.
const TO_READ: FormatOptions<'static> = OPTIONS
    .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.f"))
    .with_datetime_format(Some("%Y-%m-%d %H:%M:%S%.f"));

/// What a column holds, as far as text formats care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Numbers stand to the right, and a decimal mark may be another.
    Number,
    /// Text may be mistaken for a formula or a number.
    Text,
    /// Everything else: dates, booleans, nested values.
    Other,
}

impl Class {
    /// The classes of a schema's columns.
    pub(super) fn of_schema(schema: &SchemaRef) -> Vec<Self> {
        schema.fields().iter().map(|field| Self::of(field.data_type())).collect()
    }

    fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Dictionary(_, values) => Self::of(values),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            data_type if data_type.is_numeric() => Self::Number,
            _ => Self::Other,
        }
    }
}

/// The values of a batch as text, by column and row.
pub(super) struct Cells<'a> {
    columns: Vec<(&'a ArrayRef, ArrayFormatter<'a>)>,
    /// How they are worded, where they are for a reader who wants that.
    wording: Option<&'a Wording>,
}

impl<'a> Cells<'a> {
    /// # Errors
    /// A column's type has no text.
    pub(super) fn new(batch: &'a RecordBatch) -> Result<Self> {
        Self::with(batch, &OPTIONS, None)
    }

    /// The same, for a format that a reader looks at.
    ///
    /// # Errors
    /// As [`Cells::new`].
    pub(super) fn to_read(batch: &'a RecordBatch, wording: Option<&'a Wording>) -> Result<Self> {
        Self::with(batch, &TO_READ, wording)
    }

    fn with(
        batch: &'a RecordBatch,
        options: &FormatOptions<'a>,
        wording: Option<&'a Wording>,
    ) -> Result<Self> {
        let columns = batch
            .columns()
            .iter()
            .map(|column| Ok((column, ArrayFormatter::try_new(column.as_ref(), options)?)))
            .collect::<std::result::Result<_, arrow::error::ArrowError>>()
            .map_err(|error| arrow_fault(&error))?;
        Ok(Self { columns, wording })
    }

    /// Writes the value's text after what is in `buffer`; false, and nothing written, for null.
    ///
    /// # Errors
    /// The value cannot be shown, such as a timestamp outside the calendar.
    pub(super) fn write(&self, column: usize, row: usize, buffer: &mut String) -> Result<bool> {
        use std::fmt::Write as _;
        let (array, formatter) = &self.columns[column];
        if array.is_null(row) || matches!(array.data_type(), DataType::Null) {
            return Ok(false);
        }
        let value = formatter.value(row);
        if let Some(wording) = self.wording {
            let plain = value.try_to_string().map_err(|error| arrow_fault(&error))?;
            buffer.push_str(&wording.written(column, array.data_type(), &plain));
            return Ok(true);
        }
        // Straight into the buffer; only a failure makes a text of its own, to say why.
        match write!(buffer, "{value}") {
            Ok(()) => Ok(true),
            Err(_) => match value.try_to_string() {
                Err(error) => Err(arrow_fault(&error)),
                Ok(text) => Err(Error::data(say!("cannot show the value {text}", text))),
            },
        }
    }

    /// The value's text, or `None` for null.
    ///
    /// # Errors
    /// As [`Cells::write`].
    pub(super) fn text(&self, column: usize, row: usize) -> Result<Option<String>> {
        let mut text = String::new();
        Ok(self.write(column, row, &mut text)?.then_some(text))
    }
}
