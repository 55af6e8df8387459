//! Numbers and money written and read as Vietnamese offices do it.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Builder, StringBuilder};
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float32Type,
    Float64Type, Int64Type, UInt64Type,
};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, Volatility};

use super::texts;
use super::udf::{Argument, Function, Takes, fault, unchecked, word};
use crate::error::Error;
use crate::import::number::{Decimal, Mark, NumberFault, read};
use crate::language::Language;
use crate::language::money::{Number, number, vnd};
use crate::say;

/// The most digits after the mark that are written on request.
const MOST_DECIMALS: i64 = 38;
/// The digits after the mark of what is read: VND as offices write them (`1,234567 triệu`) are whole, and
/// rates have room. With fewer there would be faults, with more every column would be full of zeros.
const SCALE: i8 = 6;
/// The digits of what is read.
const PRECISION: u8 = 38;

/// `format_number(x [, decimals])`.
pub(super) fn format_number() -> ScalarUDF {
    Function {
        name: "format_number",
        arguments: &[
            Argument("x", Takes::Number, "The number."),
            Argument(
                "decimals",
                Takes::Count,
                "Digits after the comma, 0 to 38; all that there are if left out.",
            ),
        ],
        optional: 1,
        says: "Writes a number as Vietnamese has it: points group thousands, a comma is the decimal mark. \
               Halves are rounded away from zero, as `round` does it; integers and decimals are exact.",
        example: ("SELECT format_number(1234567.5);", "1.234.567,5"),
        volatility: Volatility::Immutable,
        gives: |_| DataType::Utf8,
        check: unchecked(),
        body: Box::new(|args| {
            write_each(args, &|value, decimals| number(value, decimals, Language::Vietnamese))
        }),
    }
    .udf()
}

/// `format_vnd(x [, digits])`.
pub(super) fn format_vnd() -> ScalarUDF {
    Function {
        name: "format_vnd",
        arguments: &[
            Argument("x", Takes::Number, "The sum in đồng."),
            Argument("digits", Takes::Count, "Digits after the comma of tỷ and triệu; exact if left out."),
        ],
        optional: 1,
        says: "Writes a sum of money in tỷ, triệu or đồng. With digits it is rounded, halves away from zero, in \
               the largest unit that it reaches; below a million to whole đồng. Without it is exact, in the \
               largest unit with at most three digits after the comma.",
        example: ("SELECT format_vnd(2819000000), format_vnd(397812345678, 1);", "2,819 tỷ đồng | 397,8 tỷ đồng"),
        volatility: Volatility::Immutable,
        gives: |_| DataType::Utf8,
        check: unchecked(),
        body: Box::new(|args| write_each(args, &|value, decimals| vnd(value, decimals, Language::Vietnamese))),
    }
    .udf()
}

fn write_each(
    args: &ScalarFunctionArgs,
    write: &dyn Fn(Number, Option<usize>) -> String,
) -> Result<ColumnarValue> {
    let decimals = match args.args.get(1) {
        None => Decimals::All,
        Some(ColumnarValue::Scalar(scalar)) => match scalar {
            ScalarValue::Int64(Some(asked)) => Decimals::Fixed(decimals(*asked)?),
            _ => return Ok(ColumnarValue::Scalar(ScalarValue::Utf8(None))),
        },
        Some(ColumnarValue::Array(asked)) => Decimals::Each(asked.clone()),
    };
    let write_array = |array: &ArrayRef| {
        let mut written = StringBuilder::with_capacity(array.len(), array.len() * 12);
        for (row, value) in values(array).enumerate() {
            match (value, decimals.of(row)?) {
                (Some(value), Some(decimals)) => written.append_value(write(value, decimals)),
                _ => written.append_null(),
            }
        }
        Ok(Arc::new(written.finish()) as ArrayRef)
    };
    match &decimals {
        Decimals::Each(_) => write_array(&args.args[0].to_array(args.number_rows)?).map(ColumnarValue::Array),
        _ => texts::over(&args.args[0], &write_array),
    }
}

/// How many digits after the mark are asked for.
enum Decimals {
    All,
    Fixed(usize),
    Each(ArrayRef),
}

impl Decimals {
    /// Those of a row: `None` where they are null, and within it `None` for all that there are.
    fn of(&self, row: usize) -> Result<Option<Option<usize>>> {
        match self {
            Self::All => Ok(Some(None)),
            Self::Fixed(decimals) => Ok(Some(Some(*decimals))),
            Self::Each(asked) if asked.is_null(row) => Ok(None),
            Self::Each(asked) => {
                decimals(asked.as_primitive::<Int64Type>().value(row)).map(|asked| Some(Some(asked)))
            }
        }
    }
}

fn decimals(asked: i64) -> Result<usize> {
    usize::try_from(asked).ok().filter(|_| asked <= MOST_DECIMALS).ok_or_else(|| {
        fault(
            Error::usage(say!("{asked} digits after the comma cannot be written", asked))
                .hint(say!("0 to 38 can")),
        )
    })
}

/// The numbers of a column, none of them by way of binary floating point that is not one itself.
fn values(array: &ArrayRef) -> Box<dyn Iterator<Item = Option<Number>> + '_> {
    /// A column of decimals, whose values print their digits without a mark.
    macro_rules! decimals {
        ($kind:ty, $scale:expr) => {{
            let scale = $scale;
            let scaled = move |digits: Option<<$kind as ArrowPrimitiveType>::Native>| {
                Some(Number::scaled(&digits?.to_string(), scale))
            };
            Box::new(array.as_primitive::<$kind>().iter().map(scaled))
        }};
    }
    match array.data_type() {
        DataType::Float32 => {
            Box::new(array.as_primitive::<Float32Type>().iter().map(|value| value.map(Number::from)))
        }
        DataType::Float64 => {
            Box::new(array.as_primitive::<Float64Type>().iter().map(|value| value.map(Number::from)))
        }
        DataType::Int64 => {
            Box::new(array.as_primitive::<Int64Type>().iter().map(|value| value.map(Number::from)))
        }
        DataType::UInt64 => {
            Box::new(array.as_primitive::<UInt64Type>().iter().map(|value| value.map(Number::from)))
        }
        DataType::Decimal32(_, scale) => decimals!(Decimal32Type, *scale),
        DataType::Decimal64(_, scale) => decimals!(Decimal64Type, *scale),
        DataType::Decimal128(_, scale) => decimals!(Decimal128Type, *scale),
        DataType::Decimal256(_, scale) => decimals!(Decimal256Type, *scale),
        _ => Box::new(std::iter::empty()),
    }
}

/// `parse_number(text [, mark])`.
pub(super) fn parse_number() -> ScalarUDF {
    parser(
        "parse_number",
        "Reads a number as Vietnamese offices write it: the import's own reader. `1.700`, `2,819 tỷ đồng`, \
         `1 tỷ 500 triệu`, `(1 700,5)` and `45 %` (0.45) are read, exactly. A text that is no number stops \
         the statement and is named, as CAST does it; `try_parse_number` gives null instead.",
        ("SELECT parse_number('2,819 tỷ đồng');", "2819000000.000000"),
        false,
    )
}

/// `try_parse_number(text [, mark])`.
pub(super) fn try_parse_number() -> ScalarUDF {
    parser(
        "try_parse_number",
        "Reads a number as `parse_number` does, and gives null for a text that is none. It finds the rows \
         that `parse_number` would stop at.",
        (
            "SELECT x FROM t WHERE x IS NOT NULL AND try_parse_number(x) IS NULL;",
            "the texts that are no numbers",
        ),
        true,
    )
}

fn parser(
    name: &'static str,
    says: &'static str,
    example: (&'static str, &'static str),
    lenient: bool,
) -> ScalarUDF {
    Function {
        name,
        arguments: &[
            Argument("text", Takes::Text, "The text."),
            Argument(
                "mark",
                Takes::Word,
                "The decimal mark, `,` (the default) or `.`; the other one groups.",
            ),
        ],
        optional: 1,
        says,
        example,
        volatility: Volatility::Immutable,
        gives: |_| DataType::Decimal128(PRECISION, SCALE),
        check: unchecked(),
        body: Box::new(move |args| {
            let mark = match word(name, "mark", args.args.get(1))? {
                None => Mark::Comma,
                Some(mark) => mark.parse().map_err(|_| {
                    fault(Error::usage(say!("`{mark}` is no decimal mark: give `,` or `.`", mark)))
                })?,
            };
            texts::over(&args.args[0], &|array| read_each(array, mark, lenient))
        }),
    }
    .udf()
}

fn read_each(array: &ArrayRef, mark: Mark, lenient: bool) -> Result<ArrayRef> {
    // A dictionary may hold what no row has, and that is nobody's fault.
    let array = match array.data_type() {
        DataType::Dictionary(_, values) => &arrow::compute::cast(array, values)?,
        _ => array,
    };
    let mut numbers =
        Decimal128Builder::with_capacity(array.len()).with_precision_and_scale(PRECISION, SCALE)?;
    for text in texts::each(array) {
        numbers.append_option(match text.map(|text| digits(text, mark)).transpose() {
            Ok(digits) => digits,
            Err(_) if lenient => None,
            Err(error) => return Err(fault(error)),
        });
    }
    Ok(Arc::new(numbers.finish()))
}

/// The digits of the number in a text, at the scale of the result.
fn digits(text: &str, mark: Mark) -> std::result::Result<i128, Error> {
    let start: String = text.trim().chars().take(60).collect();
    let shown = crate::ui::text::visible(&start);
    let read = read(text, Some(mark)).map_err(|fault| match fault {
        NumberFault::Contradicts { declared, other } => {
            let mark = declared.other();
            Error::data(say!("`{shown}` is no number with the decimal mark `{declared}`", shown, declared))
                .hint(say!("with `{mark}` it is {other}: give `{mark}` as the second argument", mark, other))
        }
        fault @ NumberFault::NotANumber(_) => {
            Error::data(fault.message()).hint(say!("`try_parse_number` gives null for such texts"))
        }
        fault => Error::data(say!("`{shown}` is no number: {reason}", shown, reason = fault.message()))
            .hint(say!("`try_parse_number` gives null for such texts")),
    })?;
    let scale = u32::from(SCALE.unsigned_abs());
    let share = if read.percent { Decimal::new(1, 2) } else { Decimal::new(1, 0) };
    let value = read.value.times(share).filter(|value| value.scale() <= scale).ok_or_else(|| {
        Error::data(say!("`{shown}` has more than {scale} digits after the mark", shown, scale))
    })?;
    let most = 10_i128.pow(u32::from(PRECISION));
    let digits = value.to_scale(scale).filter(|digits| digits.abs() < most);
    digits.ok_or_else(|| Error::data(say!("`{shown}` is too large", shown)))
}
