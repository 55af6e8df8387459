//! One value as text: the same digits in every text format.

use arrow::array::{Array, ArrayRef};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, DurationFormat, FormatOptions};

use super::digits::{self, Written};
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
    /// Days: digits and dashes.
    Date,
    /// Everything else: moments, booleans, nested values.
    Other,
}

impl Class {
    /// The classes of a schema's columns.
    pub(super) fn of_schema(schema: &SchemaRef) -> Vec<Self> {
        schema.fields().iter().map(|field| Self::of(field.data_type())).collect()
    }

    /// Whether its text has no mark that a format could mean something by.
    pub(super) fn is_plain(self) -> bool {
        matches!(self, Self::Number | Self::Date)
    }

    fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Dictionary(_, values) => Self::of(values),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            DataType::Date32 => Self::Date,
            data_type if data_type.is_numeric() => Self::Number,
            _ => Self::Other,
        }
    }
}

/// The values of a batch as text, by column and row.
pub(super) struct Cells<'a> {
    columns: Vec<Column<'a>>,
    /// How they are worded, where they are for a reader who wants that.
    wording: Option<&'a Wording>,
}

struct Column<'a> {
    array: &'a ArrayRef,
    nulls: Option<NullBuffer>,
    form: Form<'a>,
}

/// The values of a column as text.
pub(super) enum Form<'a> {
    Own(Box<dyn Written + 'a>),
    Arrow(ArrayFormatter<'a>),
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
        let column = |array: &'a ArrayRef| {
            Ok(Column { array, nulls: array.logical_nulls(), form: Form::new(array.as_ref(), options)? })
        };
        let columns = batch.columns().iter().map(column).collect::<std::result::Result<_, _>>();
        Ok(Self { columns: columns.map_err(|error| arrow_fault(&error))?, wording })
    }

    /// Writes the value's text after what is in `buffer`; false, and nothing written, for null.
    ///
    /// # Errors
    /// The value cannot be shown, such as a timestamp outside the calendar.
    #[inline]
    pub(super) fn write(&self, column: usize, row: usize, buffer: &mut String) -> Result<bool> {
        let Column { array, nulls, form } = &self.columns[column];
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            return Ok(false);
        }
        match (self.wording, form) {
            (None, Form::Own(own)) => own.write(row, buffer),
            (None, form) => form.write(row, buffer)?,
            (Some(wording), form) => {
                let mut plain = String::new();
                form.write(row, &mut plain)?;
                buffer.push_str(&wording.written(column, array.data_type(), &plain));
            }
        }
        Ok(true)
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

impl<'a> Form<'a> {
    fn new(array: &'a dyn Array, options: &FormatOptions<'a>) -> std::result::Result<Self, ArrowError> {
        match digits::of(array) {
            Some(own) => Ok(Self::Own(own)),
            None => ArrayFormatter::try_new(array, options).map(Self::Arrow),
        }
    }

    /// As every format for programs has them.
    ///
    /// # Errors
    /// The column's type has no text.
    pub(super) fn plain(array: &'a dyn Array) -> std::result::Result<Self, ArrowError> {
        Self::new(array, &OPTIONS)
    }

    /// Writes the value of a row, which is none of null.
    ///
    /// # Errors
    /// As [`Cells::write`].
    pub(super) fn write(&self, row: usize, buffer: &mut String) -> Result<()> {
        use std::fmt::Write as _;
        let formatter = match self {
            Self::Own(own) => {
                own.write(row, buffer);
                return Ok(());
            }
            Self::Arrow(formatter) => formatter,
        };
        let value = formatter.value(row);
        // Straight into the buffer; only a failure makes a text of its own, to say why.
        match write!(buffer, "{value}") {
            Ok(()) => Ok(()),
            Err(_) => match value.try_to_string() {
                Err(error) => Err(arrow_fault(&error)),
                Ok(text) => Err(Error::data(say!("cannot show the value {text}", text))),
            },
        }
    }
}
