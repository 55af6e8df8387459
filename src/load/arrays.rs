//! Values of a column as an Arrow array.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringArray,
};
use arrow::datatypes::DataType;
use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::import::value::Value;
use crate::language::Message;

/// The array of a column of this type.
///
/// # Errors
/// The type is one that no file is read into.
pub(super) fn of<'a>(
    data_type: &DataType,
    values: impl Iterator<Item = Option<&'a Value>>,
) -> Result<ArrayRef> {
    let digits = |value: Option<&Value>| match value {
        Some(Value::Number(digits)) => Some(*digits),
        _ => None,
    };
    let array: ArrayRef = match data_type {
        DataType::Decimal128(precision, scale) => {
            let array = values.map(digits).collect::<Decimal128Array>();
            Arc::new(array.with_precision_and_scale(*precision, *scale).map_err(|error| fault(&error))?)
        }
        DataType::Float32 | DataType::Float64 => Arc::new(
            values
                .map(|value| match value {
                    Some(Value::Float(value)) => Some(*value),
                    _ => None,
                })
                .collect::<Float64Array>(),
        ),
        data_type if data_type.is_integer() => {
            let whole = values.map(|value| digits(value).and_then(|digits| i64::try_from(digits).ok()));
            Arc::new(whole.collect::<Int64Array>())
        }
        DataType::Date32 | DataType::Date64 => {
            let day = |value: Option<&Value>| match value {
                Some(Value::Date(date)) => Some(days(*date)),
                _ => None,
            };
            Arc::new(values.map(day).collect::<Date32Array>())
        }
        DataType::Boolean => {
            let truth = |value: Option<&Value>| match value {
                Some(Value::Truth(truth)) => Some(*truth),
                _ => None,
            };
            Arc::new(values.map(truth).collect::<BooleanArray>())
        }
        _ => {
            let text = |value: Option<&'a Value>| match value {
                Some(Value::Text(text)) => Some(text.as_str()),
                _ => None,
            };
            Arc::new(values.map(text).collect::<StringArray>())
        }
    };
    arrow::compute::cast(&array, data_type).map_err(|error| fault(&error))
}

fn fault(error: &arrow::error::ArrowError) -> Error {
    Error::data(Message::verbatim(error.to_string()))
}

/// Days since 1970-01-01, as Arrow's Date32 counts them.
fn days(date: NaiveDate) -> i32 {
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or(i32::MAX)
}
