//! Values of a column on their way to an Arrow array.

use std::sync::Arc;

use arrow::array::{
    ArrayBuilder, ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder,
    StringBuilder,
};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::import::value::Value;
use crate::language::Message;

/// The values of a column so far.
pub(super) struct Values {
    data_type: DataType,
    builder: Builder,
}

enum Builder {
    Decimal(Decimal128Builder),
    Float(Float64Builder),
    Whole(Int64Builder),
    Date(Date32Builder),
    Truth(BooleanBuilder),
    Text(StringBuilder),
}

impl Builder {
    /// Room for so many values of a column of this type, whose texts take so many bytes.
    fn new(data_type: &DataType, values: usize, bytes: usize) -> Self {
        match data_type {
            DataType::Decimal128(..) => {
                Self::Decimal(Decimal128Builder::with_capacity(values).with_data_type(data_type.clone()))
            }
            DataType::Float32 | DataType::Float64 => Self::Float(Float64Builder::with_capacity(values)),
            data_type if data_type.is_integer() => Self::Whole(Int64Builder::with_capacity(values)),
            DataType::Date32 | DataType::Date64 => Self::Date(Date32Builder::with_capacity(values)),
            DataType::Boolean => Self::Truth(BooleanBuilder::with_capacity(values)),
            _ => Self::Text(StringBuilder::with_capacity(values, bytes)),
        }
    }

    /// Room for as much as there is in this one: the rows that follow are like those before them.
    fn alike(&self, data_type: &DataType) -> Self {
        match self {
            Self::Decimal(builder) => Self::new(data_type, builder.len(), 0),
            Self::Float(builder) => Self::new(data_type, builder.len(), 0),
            Self::Whole(builder) => Self::new(data_type, builder.len(), 0),
            Self::Date(builder) => Self::new(data_type, builder.len(), 0),
            Self::Truth(builder) => Self::new(data_type, builder.len(), 0),
            Self::Text(builder) => {
                let bytes = builder.values_slice().len();
                Self::new(data_type, builder.len(), bytes + bytes / 8)
            }
        }
    }
}

impl Values {
    /// Those of a column of this type, of which there are none yet.
    pub(super) fn new(data_type: &DataType) -> Self {
        Self { data_type: data_type.clone(), builder: Builder::new(data_type, 0, 0) }
    }

    /// Adds one; one of another kind than the column's is none.
    pub(super) fn push(&mut self, value: Option<&Value>) {
        let digits = match value {
            Some(Value::Number(digits)) => Some(*digits),
            _ => None,
        };
        match (&mut self.builder, value) {
            (Builder::Decimal(builder), _) => builder.append_option(digits),
            (Builder::Whole(builder), _) => {
                builder.append_option(digits.and_then(|digits| i64::try_from(digits).ok()));
            }
            (Builder::Float(builder), Some(Value::Float(value))) => builder.append_value(*value),
            (Builder::Date(builder), Some(Value::Date(date))) => builder.append_value(days(*date)),
            (Builder::Truth(builder), Some(Value::Truth(truth))) => builder.append_value(*truth),
            (Builder::Text(builder), Some(Value::Text(text))) => builder.append_value(text),
            (Builder::Float(builder), _) => builder.append_null(),
            (Builder::Date(builder), _) => builder.append_null(),
            (Builder::Truth(builder), _) => builder.append_null(),
            (Builder::Text(builder), _) => builder.append_null(),
        }
    }

    /// Takes them as an array.
    ///
    /// # Errors
    /// The column has a type that no file is read into.
    pub(super) fn take(&mut self) -> Result<ArrayRef> {
        let next = self.builder.alike(&self.data_type);
        let array: ArrayRef = match std::mem::replace(&mut self.builder, next) {
            Builder::Decimal(mut builder) => Arc::new(builder.finish()),
            Builder::Float(mut builder) => Arc::new(builder.finish()),
            Builder::Whole(mut builder) => Arc::new(builder.finish()),
            Builder::Date(mut builder) => Arc::new(builder.finish()),
            Builder::Truth(mut builder) => Arc::new(builder.finish()),
            Builder::Text(mut builder) => Arc::new(builder.finish()),
        };
        arrow::compute::cast(&array, &self.data_type).map_err(|error| fault(&error))
    }
}

fn fault(error: &ArrowError) -> Error {
    Error::data(Message::verbatim(error.to_string()))
}

/// Days since 1970-01-01, as Arrow's Date32 counts them.
fn days(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}
