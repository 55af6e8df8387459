//! A workbook's values as cells: dates by their calendar, percentages by their format.

use calamine::{Data, DataRef, ExcelDateTime, ExcelDateTimeType};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::Cell;
use crate::say;

/// Programs that write workbooks without reckoning leave the value of a formula out.
pub(super) fn unstored() -> Cell {
    Cell::Fault(say!("a formula without a stored value: open the file in a spreadsheet program and save it"))
}

/// Whether a number format shows a percentage: a `%` that is neither quoted nor escaped.
pub(super) fn is_percent(format: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    for c in format.chars() {
        match c {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            '\\' | '_' | '*' if !quoted => escaped = true,
            '%' if !quoted => return true,
            ';' if !quoted => return false,
            _ => {}
        }
    }
    false
}

/// A value of a sheet that was read whole.
pub(super) fn cell_of(data: &Data) -> Cell {
    match data {
        Data::Int(value) => Cell::Number(*value as f64),
        Data::Float(value) => number(*value),
        Data::String(text) | Data::DurationIso(text) => self::text(text),
        Data::Bool(value) => Cell::Bool(*value),
        Data::DateTime(date) => serial(date),
        Data::DateTimeIso(date) => iso(date),
        Data::Error(error) => Cell::Error(error.to_string()),
        Data::Empty => Cell::Empty,
    }
}

/// A value of a sheet that streams.
pub(super) fn cell_of_ref(data: &DataRef<'_>) -> Cell {
    match data {
        DataRef::SharedString(shared) => text(shared),
        other => cell_of(&other.clone().into()),
    }
}

fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) }
}

fn number(value: f64) -> Cell {
    if value.is_finite() { Cell::Number(value) } else { Cell::Fault(say!("the number {value}", value)) }
}

fn iso(date: &str) -> Cell {
    let day = || NaiveDate::parse_from_str(date, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN));
    let time = || NaiveDateTime::parse_from_str(date.trim_end_matches('Z'), "%Y-%m-%dT%H:%M:%S%.f").ok();
    day().or_else(time).map_or_else(|| Cell::Fault(say!("the date `{date}`", date)), Cell::Date)
}

/// A count of days as a date; durations, and times of a day without a date, stay numbers.
///
/// Excel counts a 29 February 1900 that never was, as day 60; dates end with the year 9999.
fn serial(date: &ExcelDateTime) -> Cell {
    let value = date.as_f64();
    // The epoch has no accessor; comparing tells it.
    let date1904 = ExcelDateTime::new(value, ExcelDateTimeType::DateTime, true) == *date;
    if date.is_duration() || (0.0..1.0).contains(&value) {
        return number(value);
    }
    let (epoch, last) = if date1904 { ((1904, 1, 1), 2_957_004.0) } else { ((1899, 12, 30), 2_958_466.0) };
    let day_before_march = !date1904 && value < 60.0;
    let impossible = !date1904 && (60.0..61.0).contains(&value);
    let found = NaiveDate::from_ymd_opt(epoch.0, epoch.1, epoch.2)
        .filter(|_| (1.0..last).contains(&value) && !impossible)
        .and_then(|epoch| {
            let days = if day_before_march { value + 1.0 } else { value };
            let span = TimeDelta::try_milliseconds((days * 86_400_000.0).round() as i64)?;
            epoch.and_time(NaiveTime::MIN).checked_add_signed(span)
        });
    let fault = || Cell::Fault(say!("no date: day {value} of the workbook's calendar", value));
    found.map_or_else(fault, Cell::Date)
}
