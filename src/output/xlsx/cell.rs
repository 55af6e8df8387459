//! What a cell holds: a number, a truth, a date, or a text where Excel has no value that is the same.

use std::borrow::Cow;

use arrow::array::timezone::Tz;
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimeUnit};
use arrow::error::ArrowError;
use chrono::{DateTime, Offset, TimeZone};

use crate::error::Result;
use crate::output::{arrow_fault, json};

/// Digits that a number of Excel keeps.
const DIGITS: usize = 15;

/// The most that a cell's text holds, in units of UTF-16.
const MOST_TEXT: usize = 32_767;

/// The days from Excel's beginning to that of 1970.
const TO_1970: i64 = 25_569;

/// 1900-03-01: of the two months before it Excel has another calendar, and before them none.
const FIRST_DAY: i64 = 61;

/// 9999-12-31.
const LAST_DAY: i64 = 2_958_465;

const MILLISECONDS: i64 = 86_400_000;

/// What a column's cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Integers and decimals.
    Exact,
    Float,
    Truth,
    Date,
    Moment,
    Time,
    /// Lists and records, as JSON.
    Nested,
    Text,
}

impl Kind {
    pub(super) fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Dictionary(_, values) => Self::of(values),
            DataType::RunEndEncoded(_, values) => Self::of(values.data_type()),
            data_type if data_type.is_floating() => Self::Float,
            data_type if data_type.is_numeric() => Self::Exact,
            DataType::Boolean => Self::Truth,
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Timestamp(..) => Self::Moment,
            DataType::Time32(_) | DataType::Time64(_) => Self::Time,
            data_type if data_type.is_nested() => Self::Nested,
            _ => Self::Text,
        }
    }

    /// Whether the column is wider than its text, for the marks between its thousands.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Exact | Self::Float)
    }
}

/// The cells of a column in a batch, as far as their text alone does not tell them.
pub(super) enum Values {
    /// The text tells all.
    Words,
    Truths(BooleanArray),
    /// Parts of days, so many a day.
    Ticks {
        ticks: Int64Array,
        per_day: i64,
        zone: Option<Tz>,
    },
    Json(Vec<String>),
}

impl Values {
    /// # Errors
    /// The column's type has no such form, or its time zone is unknown.
    pub(super) fn of(kind: Kind, column: &ArrayRef) -> Result<Self> {
        Self::try_of(kind, column).map_err(|error| arrow_fault(&error))
    }

    fn try_of(kind: Kind, column: &ArrayRef) -> std::result::Result<Self, ArrowError> {
        let plain = match column.data_type() {
            DataType::Dictionary(_, values) => cast(column, values)?,
            DataType::RunEndEncoded(_, values) => cast(column, values.data_type())?,
            _ => column.clone(),
        };
        Ok(match kind {
            Kind::Exact | Kind::Float | Kind::Text => Self::Words,
            Kind::Truth => Self::Truths(plain.as_boolean().clone()),
            Kind::Nested => Self::Json(json::texts(&plain)?),
            Kind::Date | Kind::Moment | Kind::Time => {
                let (per_day, zone) = parts(plain.data_type())?;
                let whole = cast(&plain, &DataType::Int64)?;
                Self::Ticks { ticks: whole.as_primitive::<Int64Type>().clone(), per_day, zone }
            }
        })
    }
}

fn parts(data_type: &DataType) -> std::result::Result<(i64, Option<Tz>), ArrowError> {
    let of = |unit: &TimeUnit| match unit {
        TimeUnit::Second => 86_400,
        TimeUnit::Millisecond => MILLISECONDS,
        TimeUnit::Microsecond => MILLISECONDS * 1_000,
        TimeUnit::Nanosecond => MILLISECONDS * 1_000_000,
    };
    Ok(match data_type {
        DataType::Date64 => (MILLISECONDS, None),
        DataType::Timestamp(unit, zone) => (of(unit), zone.as_deref().map(str::parse).transpose()?),
        DataType::Time32(unit) | DataType::Time64(unit) => (of(unit), None),
        _ => (1, None),
    })
}

/// A number of Excel that stands for a day, a moment or a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Serial {
    pub(super) number: f64,
    pub(super) is_whole_second: bool,
}

impl Serial {
    /// That of so many parts of a day, in the time of its own zone; `None` where Excel has none: finer
    /// than a thousandth of a second, before March of 1900, after the year 9999.
    pub(super) fn of(kind: Kind, ticks: i64, per_day: i64, zone: Option<Tz>) -> Option<Self> {
        let (mut days, mut rest) = (ticks.div_euclid(per_day), ticks.rem_euclid(per_day));
        if let Some(zone) = zone {
            let per_second = per_day / 86_400;
            let utc = DateTime::from_timestamp(ticks.div_euclid(per_second), 0)?.naive_utc();
            let seconds = i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc());
            let here = rest + seconds * per_second;
            (days, rest) = (days + here.div_euclid(per_day), here.rem_euclid(per_day));
        }
        let day = if kind == Kind::Time { 0 } else { days + TO_1970 };
        let is_day = kind == Kind::Time || (FIRST_DAY..=LAST_DAY).contains(&day);
        // A date has whole days; of a moment the parts of a day are held to the millisecond.
        let is_held = kind == Kind::Date || per_day <= MILLISECONDS || rest % (per_day / MILLISECONDS) == 0;
        let is_whole_second = kind == Kind::Date || rest % (per_day / 86_400).max(1) == 0;
        let part = if kind == Kind::Date { 0.0 } else { rest as f64 / per_day as f64 };
        (is_day && is_held).then_some(Self { number: day as f64 + part, is_whole_second })
    }
}

/// The number that a text of digits is; `None` where Excel would keep fewer digits than an exact
/// number has, or it is no number at all.
pub(super) fn number(text: &str, kind: Kind) -> Option<f64> {
    if kind == Kind::Exact && significant(text) > DIGITS {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The digits of a number without the zeros at its ends.
fn significant(text: &str) -> usize {
    if text.len() <= DIGITS {
        return text.len();
    }
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let first = digits.iter().position(|digit| *digit != b'0').unwrap_or(digits.len());
    let last = digits.iter().rposition(|digit| *digit != b'0').map_or(first, |last| last + 1);
    last - first
}

/// Whether Excel would take a text for a formula, were it typed.
pub(super) fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// A text that a cell holds, and whether it is not all of it.
pub(super) fn fitted(text: &str) -> (Cow<'_, str>, bool) {
    // A unit of UTF-16 takes at least a byte of UTF-8.
    if text.len() <= MOST_TEXT || text.encode_utf16().count() <= MOST_TEXT {
        return (Cow::Borrowed(text), false);
    }
    (Cow::Owned(format!("{}…", head(text, MOST_TEXT - 1))), true)
}

/// The beginning of a text that takes at most so many units of UTF-16.
pub(super) fn head(text: &str, most: usize) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > most
    });
    end.map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_one_where_all_its_digits_stay() {
        assert_eq!(number("-999999999999999", Kind::Exact), Some(-999_999_999_999_999.0));
        assert_eq!(number("1234567890123456", Kind::Exact), None);
        assert_eq!(number("1000000000000000000", Kind::Exact), Some(1e18));
        assert_eq!(number("12345678901234.50", Kind::Exact), Some(12_345_678_901_234.5));
        assert_eq!(number("0.0000000000000000001", Kind::Exact), Some(1e-19));
        assert_eq!(number("12345678901234.567", Kind::Exact), None);
        assert_eq!(number("0.1234567890123456789", Kind::Float), Some(0.123_456_789_012_345_68));
        assert_eq!(number("NaN", Kind::Float), None);
        assert_eq!(number("inf", Kind::Float), None);
    }

    #[test]
    fn days_that_excel_has_are_numbers() {
        let day = |days: i64| Serial::of(Kind::Date, days, 1, None).map(|serial| serial.number);
        assert_eq!(day(0), Some(25_569.0));
        // 1900-02-28, 1900-03-01, 9999-12-31, 10000-01-01.
        assert_eq!(
            [-25_509, -25_508, 2_932_896, 2_932_897].map(day),
            [None, Some(61.0), Some(2_958_465.0), None]
        );
    }

    #[test]
    fn moments_are_of_their_own_zone_and_held_to_the_millisecond() {
        let per_day = MILLISECONDS * 1_000;
        let moment = |ticks: i64, zone: Option<&str>| {
            let zone = zone.map(|zone| zone.parse().expect("a zone"));
            Serial::of(Kind::Moment, ticks, per_day, zone)
                .map(|serial| (serial.number, serial.is_whole_second))
        };
        assert_eq!(moment(per_day / 2, None), Some((25_569.5, true)));
        assert_eq!(moment(per_day * 3 / 4, Some("+07:00")), Some((25_570.0 + 1.0 / 24.0, true)));
        assert_eq!(moment(-per_day / 4, None), Some((25_568.75, true)));
        assert_eq!(moment(1_000, None).map(|(_, whole)| whole), Some(false));
        assert_eq!(moment(1, None), None);
        let time = Serial::of(Kind::Time, 43_200, 86_400, None).map(|serial| serial.number);
        assert_eq!(time, Some(0.5));
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_between_characters() {
        let text = "đ".repeat(MOST_TEXT);
        assert_eq!(fitted(&text), (Cow::Borrowed(text.as_str()), false));
        let long = format!("a{}", "😀".repeat(20_000));
        let (cut, is_cut) = fitted(&long);
        // A pair is not split: one unit stays free.
        assert!(
            is_cut && cut.ends_with("😀…") && cut.encode_utf16().count() == MOST_TEXT - 1,
            "{}",
            cut.len()
        );
    }
}
