//! Values of the common types as text, with no detour over a general formatter: most of an export is
//! whole numbers, decimals, dates and short texts.
//!
//! The text is Arrow's own to the byte, but for what Arrow cuts off: a decimal with more digits than
//! its type has keeps them.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Int8Type, Int16Type, Int32Type,
    Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

/// The values of a column as text.
pub(super) trait Written {
    /// Writes the value of a row after what is in `text`; of a null anything.
    fn write(&self, row: usize, text: &mut String);
}

/// What writes a column's values; `None` where its type is left to Arrow.
pub(super) fn of<'a>(array: &'a dyn Array) -> Option<Box<dyn Written + 'a>> {
    macro_rules! values {
        ($kind:ty) => {
            array.as_primitive::<$kind>().values().as_ref()
        };
    }
    Some(match array.data_type() {
        DataType::Int8 => Box::new(Integers(values!(Int8Type))),
        DataType::Int16 => Box::new(Integers(values!(Int16Type))),
        DataType::Int32 => Box::new(Integers(values!(Int32Type))),
        DataType::Int64 => Box::new(Integers(values!(Int64Type))),
        DataType::UInt8 => Box::new(Integers(values!(UInt8Type))),
        DataType::UInt16 => Box::new(Integers(values!(UInt16Type))),
        DataType::UInt32 => Box::new(Integers(values!(UInt32Type))),
        DataType::UInt64 => Box::new(Integers(values!(UInt64Type))),
        DataType::Decimal32(_, scale) => decimals(values!(Decimal32Type), *scale)?,
        DataType::Decimal64(_, scale) => decimals(values!(Decimal64Type), *scale)?,
        DataType::Decimal128(_, scale) => decimals(values!(Decimal128Type), *scale)?,
        DataType::Date32 => {
            let days = values!(Date32Type);
            days.iter().all(|day| YEARS_OF_FOUR_DIGITS.contains(day)).then(|| Box::new(Dates(days)))?
        }
        DataType::Boolean => {
            let values = array.as_boolean();
            text(move |row| if values.value(row) { "true" } else { "false" })
        }
        DataType::Utf8 => {
            let values = array.as_string::<i32>();
            text(move |row| values.value(row))
        }
        DataType::LargeUtf8 => {
            let values = array.as_string::<i64>();
            text(move |row| values.value(row))
        }
        DataType::Utf8View => {
            let values = array.as_string_view();
            text(move |row| values.value(row))
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary_opt().filter(|codes| !codes.values().is_empty())?;
            Box::new(Coded { codes: dictionary.normalized_keys(), values: of(dictionary.values().as_ref())? })
        }
        _ => return None,
    })
}

struct Integers<'a, T>(&'a [T]);

impl<T: itoa::Integer + Copy> Written for Integers<'_, T> {
    fn write(&self, row: usize, text: &mut String) {
        text.push_str(itoa::Buffer::new().format(self.0[row]));
    }
}

struct Decimals<'a, T> {
    values: &'a [T],
    /// Digits after the point.
    scale: usize,
}

fn decimals<T: Into<i128> + Copy>(values: &[T], scale: i8) -> Option<Box<dyn Written + '_>> {
    let scale = usize::try_from(scale).ok()?;
    Some(Box::new(Decimals { values, scale }))
}

impl<T: Into<i128> + Copy> Written for Decimals<'_, T> {
    fn write(&self, row: usize, text: &mut String) {
        let value: i128 = self.values[row].into();
        if value < 0 {
            text.push('-');
        }
        let mut buffer = itoa::Buffer::new();
        // Nearly all fit, and 64 bits are several times as fast.
        let digits = match u64::try_from(value.unsigned_abs()) {
            Ok(value) => buffer.format(value),
            Err(_) => buffer.format(value.unsigned_abs()),
        };
        match digits.len().checked_sub(self.scale) {
            _ if self.scale == 0 => text.push_str(digits),
            Some(whole) if whole > 0 => {
                text.push_str(&digits[..whole]);
                text.push('.');
                text.push_str(&digits[whole..]);
            }
            _ => {
                text.push_str("0.");
                text.extend(std::iter::repeat_n('0', self.scale - digits.len()));
                text.push_str(digits);
            }
        }
    }
}

/// Days since 1970-01-01 of the years 0 to 9999: others are written with a sign.
const YEARS_OF_FOUR_DIGITS: std::ops::RangeInclusive<i32> = -719_528..=2_932_896;

struct Dates<'a>(&'a [i32]);

impl Written for Dates<'_> {
    fn write(&self, row: usize, text: &mut String) {
        let (year, month, day) = civil(self.0[row]);
        let ([a, b], [c, d]) = (pair(year / 100), pair(year % 100));
        let ([e, f], [g, h]) = (pair(month), pair(day));
        let date = [a, b, c, d, b'-', e, f, b'-', g, h];
        text.push_str(std::str::from_utf8(&date).unwrap_or_default());
    }
}

/// The digits of a number below 100.
fn pair(number: u32) -> [u8; 2] {
    let digit = |number: u32| b'0' | number.to_le_bytes()[0];
    [digit(number / 10), digit(number % 10)]
}

/// The year, month and day of a day since 1970-01-01, in the years 0 to 9999.
///
/// Years begin in March here, so that the day of leap years is their last
/// (<https://howardhinnant.github.io/date_algorithms.html#civil_from_days>).
fn civil(day: i32) -> (u32, u32, u32) {
    const DAYS_OF_400_YEARS: u32 = 146_097;
    // Counted from 1 March of the year -400, so that nothing is negative.
    let day = day.wrapping_add(719_468 + 146_097).cast_unsigned();
    let (era, day) = (day / DAYS_OF_400_YEARS, day % DAYS_OF_400_YEARS);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let of_month = day - (153 * month + 2) / 5 + 1;
    let year = (year + era * 400 + u32::from(month >= 10)).wrapping_sub(400);
    (year, if month < 10 { month + 3 } else { month - 9 }, of_month)
}

/// Texts that are there already.
struct Texts<F>(F);

fn text<'a>(value: impl Fn(usize) -> &'a str + 'a) -> Box<dyn Written + 'a> {
    Box::new(Texts(value))
}

impl<'a, F: Fn(usize) -> &'a str> Written for Texts<F> {
    fn write(&self, row: usize, text: &mut String) {
        text.push_str((self.0)(row));
    }
}

struct Coded<'a> {
    /// The place of each row's value.
    codes: Vec<usize>,
    values: Box<dyn Written + 'a>,
}

impl Written for Coded<'_> {
    fn write(&self, row: usize, text: &mut String) {
        self.values.write(self.codes[row], text);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        ArrayRef, BooleanArray, Date32Array, Decimal64Array, Decimal128Array, DictionaryArray, Int8Array,
        Int64Array, LargeStringArray, StringArray, StringViewArray, UInt64Array,
    };
    use arrow::util::display::{ArrayFormatter, FormatOptions};

    use super::*;

    /// That every value reads as Arrow writes it.
    fn same(array: impl Array + 'static) {
        let array: ArrayRef = Arc::new(array);
        let ours = of(&array).expect("written here");
        let theirs = ArrayFormatter::try_new(array.as_ref(), &FormatOptions::default()).expect("formats");
        for row in (0..array.len()).filter(|row| array.is_valid(*row)) {
            let mut text = String::new();
            ours.write(row, &mut text);
            assert_eq!(text, theirs.value(row).to_string(), "row {row} of {}", array.data_type());
        }
    }

    #[test]
    fn whole_numbers_read_as_arrow_writes_them() {
        same(Int8Array::from(vec![i8::MIN, -1, 0, 7, i8::MAX]));
        same(Int64Array::from(vec![Some(i64::MIN), None, Some(0), Some(1_712), Some(i64::MAX)]));
        same(UInt64Array::from(vec![0, u64::MAX]));
    }

    #[test]
    fn decimals_of_every_scale_read_as_arrow_writes_them() {
        let values = [0, 1, -1, 5, -9, 10, 99, -100, 12_345, -98_765_432, i128::from(u64::MAX) + 1];
        for scale in [0, 1, 2, 3, 10, 38] {
            let array = Decimal128Array::from(values.to_vec());
            same(array.with_precision_and_scale(38, scale).expect("fits"));
        }
        let largest = 10_i128.pow(38) - 1;
        let array = Decimal128Array::from(vec![largest, -largest]);
        same(array.with_precision_and_scale(38, 2).expect("fits"));
        let array = Decimal64Array::from(vec![Some(281_900), None, Some(-5)]);
        same(array.with_precision_and_scale(18, 4).expect("fits"));
    }

    #[test]
    fn every_day_of_ten_thousand_years_reads_as_arrow_writes_it() {
        let (first, last) = (*YEARS_OF_FOUR_DIGITS.start(), *YEARS_OF_FOUR_DIGITS.end());
        let around = |day: i32| (day - 400..day + 400).filter(|day| YEARS_OF_FOUR_DIGITS.contains(day));
        let days = (first..=last).step_by(97).chain(around(first)).chain(around(last)).chain(around(0));
        same(Date32Array::from(days.collect::<Vec<_>>()));
        let beyond: ArrayRef = Arc::new(Date32Array::from(vec![0, last + 1]));
        assert!(of(&beyond).is_none());
    }

    #[test]
    fn texts_codes_and_truths_read_as_arrow_writes_them() {
        let names = ["", "Đoàn Thanh niên", "a, b", "Tỉnh đoàn Ninh Bình"];
        same(StringArray::from(names.to_vec()));
        same(LargeStringArray::from(names.to_vec()));
        same(StringViewArray::from(names.to_vec()));
        same(BooleanArray::from(vec![true, false]));
        same(["x", "y", "x"].into_iter().collect::<DictionaryArray<Int8Type>>());
        let nothing: ArrayRef = Arc::new(std::iter::empty::<&str>().collect::<DictionaryArray<Int8Type>>());
        assert!(of(&nothing).is_none());
    }
}
