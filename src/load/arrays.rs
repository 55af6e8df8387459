//! Values of a column on their way to an Arrow array.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int64Builder, StringBuilder,
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

impl Values {
    /// Those of a column of this type, of which there are none yet.
    pub(super) fn new(data_type: &DataType) -> Self {
        let builder = match data_type {
            DataType::Decimal128(..) => {
                Builder::Decimal(Decimal128Builder::new().with_data_type(data_type.clone()))
            }
            DataType::Float32 | DataType::Float64 => Builder::Float(Float64Builder::new()),
            data_type if data_type.is_integer() => Builder::Whole(Int64Builder::new()),
            DataType::Date32 | DataType::Date64 => Builder::Date(Date32Builder::new()),
            DataType::Boolean => Builder::Truth(BooleanBuilder::new()),
            _ => Builder::Text(StringBuilder::new()),
        };
        Self { data_type: data_type.clone(), builder }
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
        let array: ArrayRef = match &mut self.builder {
            Builder::Decimal(builder) => Arc::new(builder.finish()),
            Builder::Float(builder) => Arc::new(builder.finish()),
            Builder::Whole(builder) => Arc::new(builder.finish()),
            Builder::Date(builder) => Arc::new(builder.finish()),
            Builder::Truth(builder) => Arc::new(builder.finish()),
            Builder::Text(builder) => Arc::new(builder.finish()),
        };
        arrow::compute::cast(&array, &self.data_type).map_err(|error| fault(&error))
    }
}

fn fault(error: &ArrowError) -> Error {
    Error::data(Message::verbatim(error.to_string()))
}

/// Days since 1970-01-01, as Arrow's Date32 counts them.
fn days(date: NaiveDate) -> i32 {
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or(i32::MAX)
}
