//! Dates as a Vietnamese reader has them.

use std::sync::Arc;

use arrow::array::{AsArray, StringBuilder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type};
use arrow::temporal_conversions::as_date;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::texts;
use super::udf::{Argument, Function, Takes, fault, unchecked};
use crate::error::Error;
use crate::language::Language;
use crate::language::written;
use crate::say;

/// `format_date(d)`.
pub(super) fn format_date() -> ScalarUDF {
    Function {
        name: "format_date",
        arguments: &[Argument(
            "d",
            Takes::Date,
            "A date or a timestamp, of which the day is written: that of its own time zone.",
        )],
        optional: 0,
        says: "Writes a date as day/month/year. The result is text: sort by the date itself.",
        example: ("SELECT format_date(DATE '2022-12-31');", "31/12/2022"),
        volatility: Volatility::Immutable,
        gives: |_| DataType::Utf8,
        check: unchecked(),
        body: Box::new(|args| {
            texts::over(&args.args[0], &|array| {
                let days = cast(array, &DataType::Date32)?;
                let mut texts = StringBuilder::with_capacity(days.len(), days.len() * 10);
                for day in days.as_primitive::<Date32Type>() {
                    let Some(number) = day else {
                        texts.append_null();
                        continue;
                    };
                    let day = as_date::<Date32Type>(i64::from(number)).ok_or_else(|| {
                        fault(Error::data(say!("day {number} since 1970 is beyond the calendar", number)))
                    })?;
                    texts.append_value(written::date(&day.to_string(), Language::Vietnamese));
                }
                Ok(Arc::new(texts.finish()))
            })
        }),
    }
    .udf()
}
