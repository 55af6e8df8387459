//! Days as Vietnamese offices write them: day first, or the year first as in ISO 8601.

use chrono::{Days, NaiveDate};
use unicode_normalization::UnicodeNormalization;

use crate::language::Message;
use crate::say;
use crate::ui::text::trim;

/// The day numbers that a text of five digits is read as: 1950-01-01 to 2099-12-31.
///
/// They cover the birth of anyone in the data and every term; no year (four digits), no `ddmmyy` (six)
/// and no `yyyymmdd` (eight) is among them.
const SERIALS: std::ops::RangeInclusive<u32> = 18_264..=73_050;

/// The years a date may have: spreadsheets know none before, and 9999 means "no end".
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9999;

/// No date takes more bytes than this; a longer text is not looked into, nor quoted whole.
const LONGEST: usize = 128;

/// Says why a text or number is no day, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateFault {
    /// There is no text.
    Empty,
    /// The text has none of the forms of a date.
    NotADate(String),
    /// The year has two digits.
    TwoDigitYear(String),
    /// The year is before 1900.
    Year(i32),
    /// The second number is no month, but the first is: it is written month first.
    MonthFirst(String),
    /// The calendar has no such day.
    NoSuchDay(String),
    /// A time of day other than midnight follows the day.
    TimeOfDay(String),
}

impl DateFault {
    /// Says it to the user.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Empty => say!("no date is given"),
            Self::NotADate(text) => {
                say!("`{text}` is not a date: write day/month/year (`31/12/2022`) or `2022-12-31`", text)
            }
            Self::TwoDigitYear(text) => say!("`{text}` has a year of two digits: write all four", text),
            Self::Year(year) => say!("the year {year} is before 1900: mend it", year),
            Self::MonthFirst(text) => {
                say!("`{text}` has no such month: dates are read day first, write day/month/year", text)
            }
            Self::NoSuchDay(text) => say!("`{text}` is no day of the calendar: mend it", text),
            Self::TimeOfDay(text) => say!("`{text}` has a time of day: write the day alone", text),
        }
    }
}

/// Reads a day.
///
/// The forms are `31/12/2022` (also with `-` or `.`), `2022-12-31` (also with `/` or `.`),
/// `ngày 31 tháng 12 năm 2022`, and a spreadsheet's day number of five digits in its 1900 system. A
/// midnight after the day is dropped.
///
/// # Errors
/// A [`DateFault`]; a date is never read month first, and a year never completed.
pub fn read(text: &str) -> Result<NaiveDate, DateFault> {
    let shown = trim(text);
    if let Some(day) = regular(shown) {
        return Ok(day);
    }
    if shown.len() > LONGEST {
        let start: String = shown.chars().take(40).collect();
        return Err(DateFault::NotADate(format!("{start}…")));
    }
    if shown.is_empty() {
        return Err(DateFault::Empty);
    }
    if shown.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.'))
        && !is_digits(shown)
    {
        return numeric(shown, shown);
    }
    let text: String = shown.nfc().flat_map(char::to_lowercase).collect();
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).collect();
    match words[..] {
        ["ngày", day, "tháng", month, "năm", year] | [day, "tháng", month, "năm", year] => {
            return day_first(day, month, year, shown);
        }
        ["ngày", date] => return numeric(date, shown),
        [serial] if is_digits(serial) => return serial_text(serial, shown),
        _ => {}
    }
    // A date with spaces about its marks is one word again without them; a time follows a space or `T`.
    let end = text.find(|c: char| c.is_whitespace() || c == 't').filter(|&at| text[at..].contains(':'));
    let (date, time) = text.split_at(end.unwrap_or(text.len()));
    let day = numeric(&date.split_whitespace().collect::<String>(), shown)?;
    if time.is_empty() || is_midnight(time) { Ok(day) } else { Err(DateFault::TimeOfDay(shown.to_owned())) }
}

/// Gives the day of a spreadsheet's day number, in its system of 1900 or of 1904 (`date1904`).
///
/// The system of 1900 counts a 29 February 1900 that never was: number 60 is no day, and those after it
/// are one too high.
///
/// # Errors
/// A [`DateFault`] for a number with a time of day, below the first day (1, or 0 in the system of 1904)
/// or after 9999-12-31.
pub fn from_serial(serial: f64, date1904: bool) -> Result<NaiveDate, DateFault> {
    let shown = || serial.to_string();
    let last = if date1904 { 2_957_003.0 } else { 2_958_465.0 };
    if !(0.0..last + 1.0).contains(&serial) {
        return Err(DateFault::NotADate(shown()));
    }
    if serial.fract() != 0.0 {
        return Err(DateFault::TimeOfDay(shown()));
    }
    let number = serial as u64;
    let (before_first, days) = match number {
        _ if date1904 => (NaiveDate::from_ymd_opt(1904, 1, 1), number),
        0 => return Err(DateFault::NotADate(shown())),
        60 => return Err(DateFault::NoSuchDay(shown())),
        _ => (NaiveDate::from_ymd_opt(1899, 12, 31), number - u64::from(number > 60)),
    };
    before_first
        .and_then(|day| day.checked_add_days(Days::new(days)))
        .ok_or_else(|| DateFault::NotADate(shown()))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn serial_text(digits: &str, shown: &str) -> Result<NaiveDate, DateFault> {
    match digits.parse() {
        Ok(number) if SERIALS.contains(&number) && digits.len() == 5 => from_serial(f64::from(number), false),
        _ => Err(DateFault::NotADate(shown.to_owned())),
    }
}

/// The day of a text that fills `31/12/2022` or `2022-12-31` to the last digit, as most dates do.
fn regular(text: &str) -> Option<NaiveDate> {
    let number = |digits: &[u8]| {
        let digit = |sum: u32, byte: &u8| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0'));
        digits.iter().try_fold(0, digit)
    };
    let (year, month, day) = match text.as_bytes() {
        [year @ .., b'-', m1, m2, b'-', d1, d2] if year.len() == 4 => (year, [*m1, *m2], [*d1, *d2]),
        [d1, d2, b'/', m1, m2, b'/', year @ ..] if year.len() == 4 => (year, [*m1, *m2], [*d1, *d2]),
        _ => return None,
    };
    let year = i32::try_from(number(year)?).ok().filter(|year| YEARS.contains(year))?;
    NaiveDate::from_ymd_opt(year, number(&month)?, number(&day)?)
}

/// Whether a text that was read as a day is written as the engine writes days: `2022-12-31`.
#[must_use]
pub fn is_written(text: &str) -> bool {
    matches!(text.as_bytes(), [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2]
        if [y1, y2, y3, y4, m1, m2, d1, d2].into_iter().all(u8::is_ascii_digit))
}

/// Reads three numbers between two equal marks.
fn numeric(date: &str, shown: &str) -> Result<NaiveDate, DateFault> {
    let not_a_date = || DateFault::NotADate(shown.to_owned());
    let mark = date.chars().find(|c| matches!(c, '/' | '-' | '.')).ok_or_else(not_a_date)?;
    let numbers: Vec<&str> = date.split(mark).collect();
    match numbers[..] {
        [year, month, day] if year.len() == 4 && is_digits(year) => calendar(day, month, year, shown),
        [day, month, year] => day_first(day, month, year, shown),
        _ => Err(not_a_date()),
    }
}

fn day_first(day: &str, month: &str, year: &str, shown: &str) -> Result<NaiveDate, DateFault> {
    let value = |text: &str| text.parse::<u32>().unwrap_or(0);
    if year.len() == 4 && value(month) > 12 && (1..=12).contains(&value(day)) && value(month) <= 31 {
        return Err(DateFault::MonthFirst(shown.to_owned()));
    }
    calendar(day, month, year, shown)
}

fn calendar(day: &str, month: &str, year: &str, shown: &str) -> Result<NaiveDate, DateFault> {
    let not_a_date = || DateFault::NotADate(shown.to_owned());
    if ![day, month, year].into_iter().all(is_digits) || day.len() > 2 || month.len() > 2 {
        return Err(not_a_date());
    }
    match year.len() {
        2 => return Err(DateFault::TwoDigitYear(shown.to_owned())),
        4 => {}
        _ => return Err(not_a_date()),
    }
    let (day, month) = (day.parse().unwrap_or(0), month.parse().unwrap_or(0));
    let year = year.parse().map_err(|_| not_a_date())?;
    if !YEARS.contains(&year) {
        return Err(DateFault::Year(year));
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| DateFault::NoSuchDay(shown.to_owned()))
}

/// Says whether a time of day is midnight: `00:00`, `T00:00:00.000`, `12:00:00 AM`.
fn is_midnight(time: &str) -> bool {
    let time = time.trim().trim_start_matches('t').trim();
    let (clock, hour) = match time.strip_suffix("am").or_else(|| time.strip_suffix("sa")) {
        Some(clock) => (clock.trim_end(), 12),
        None => (time, 0),
    };
    let mut parts = clock.split([':', '.']);
    let is = |part: Option<&str>, expected: u32| {
        part.is_some_and(|part| is_digits(part) && part.parse() == Ok(expected))
    };
    is(parts.next(), hour) && is(parts.next(), 0) && parts.all(|part| is(Some(part), 0))
}

#[cfg(test)]
mod tests;
