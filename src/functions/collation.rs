//! Sort keys: `ORDER BY collation_key(name)` gives the order of a language.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryBuilder};
use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{ScalarFunctionArgs, ScalarUDF, Volatility};

use super::texts;
pub use super::udf::is_text;
use super::udf::{Argument, Check, Function, Takes, fault, word};
use crate::error::Error;
use crate::language::collation::Collation;
use crate::say;

/// `collation_key(text [, locale])`.
pub(super) fn collation_key() -> ScalarUDF {
    Function {
        name: "collation_key",
        arguments: &[
            Argument("text", Takes::Text, "The text."),
            Argument("locale", Takes::Word, "`vi` (the default) or `en`."),
        ],
        optional: 1,
        says: "Gives the key that a text is sorted by in a language, by the rules of ICU. For `ORDER BY`; \
               keys change with ICU's versions and are not to be stored. Comparisons, `min` and `max` go by \
               the bytes of the text as ever.",
        example: (
            "SELECT name FROM units ORDER BY collation_key(name), name;",
            "Đông Thành comes after Dân Tiến, and before Em",
        ),
        volatility: Volatility::Immutable,
        gives: |_| DataType::Binary,
        check: checked("collation_key"),
        body: Box::new(|args| keys("collation_key", args, Collation::key)),
    }
    .udf()
}

/// `collation_order(text, locale)`: what `--collate` sorts by.
///
/// One key with the text in it, and no second sort expression: so a window's RANGE has its one
/// expression still, and `DISTINCT ON` as many as before.
pub fn collation_order() -> ScalarUDF {
    Function {
        name: "collation_order",
        arguments: &[
            Argument("text", Takes::Text, "The text."),
            Argument("locale", Takes::Word, "`vi` (the default) or `en`."),
        ],
        optional: 1,
        says: "Gives the `collation_key` of a text with the text after it, so that no two texts are equal. It \
               is what `--collate` puts in the place of a text in `ORDER BY`, and what EXPLAIN then shows.",
        example: ("SELECT name FROM units ORDER BY collation_order(name, 'vi');", "in one order only"),
        volatility: Volatility::Immutable,
        gives: |_| DataType::Binary,
        check: checked("collation_order"),
        body: Box::new(|args| keys("collation_order", args, Collation::total_key)),
    }
    .udf()
}

fn locale_of(name: Option<&str>, function: &str) -> Result<Collation> {
    let found = match name {
        None => Some(Collation::Vietnamese),
        Some(name) => name.parse().ok().filter(|collation| *collation != Collation::Binary),
    };
    found.ok_or_else(|| {
        let name = name.unwrap_or_default();
        fault(
            Error::usage(say!("`{function}` knows no locale `{name}`", function, name))
                .hint(say!("there are vi and en")),
        )
    })
}

fn checked(function: &'static str) -> Check {
    Box::new(move |scalars: &[Option<&ScalarValue>]| {
        let name = scalars.get(1).and_then(|locale| locale.as_ref()?.try_as_str()?);
        locale_of(name, function).map(drop)
    })
}

fn keys(
    function: &str,
    args: &ScalarFunctionArgs,
    write: fn(Collation, &str, &mut Vec<u8>),
) -> Result<datafusion::logical_expr::ColumnarValue> {
    let collation = locale_of(word(function, "locale", args.args.get(1))?, function)?;
    texts::over(&args.args[0], &|array| {
        texts::fold(array, &|texts| {
            let mut keys = BinaryBuilder::new();
            let mut key = Vec::new();
            for text in texts {
                keys.append_option(text.map(|text| {
                    key.clear();
                    write(collation, text, &mut key);
                    key.as_slice()
                }));
            }
            Arc::new(keys.finish()) as ArrayRef
        })
    })
}
