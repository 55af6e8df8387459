//! Dates of a sample year: which months are busy, and dates inside a month.

use chrono::{Datelike, Duration, NaiveDate};

use super::dice::Dice;

/// How the year's work spreads over its months: most in March, the Youth Month, and in the summer
/// campaign from June to August.
pub(super) const MONTHS: [(u32, u64); 12] =
    [(1, 4), (2, 5), (3, 17), (4, 6), (5, 8), (6, 13), (7, 14), (8, 12), (9, 6), (10, 5), (11, 5), (12, 5)];

/// A date that exists, by construction: months are 1 to 12 and days are clamped to the month.
pub(super) fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    let day = day.clamp(1, month_days(year, month));
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// The last day of a month.
pub(super) fn month_end(year: i32, month: u32) -> NaiveDate {
    date(year, month, 31)
}

/// Any day of a month.
pub(super) fn any_day(dice: &mut Dice, year: i32, month: u32) -> NaiveDate {
    let days = u64::from(month_days(year, month));
    date(year, month, dice.below(days) as u32 + 1)
}

/// `days` later, but not after the end of the same year.
pub(super) fn later_this_year(from: NaiveDate, days: i64) -> NaiveDate {
    (from + Duration::days(days)).min(month_end(from.year(), 12))
}

fn month_days(year: i32, month: u32) -> u32 {
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    NaiveDate::from_ymd_opt(next_year, next_month, 1)
        .and_then(|first| first.pred_opt())
        .map_or(28, |last| last.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn february_ends_when_it_does() {
        assert_eq!(month_end(2024, 2).to_string(), "2024-02-29");
        assert_eq!(month_end(2022, 2).to_string(), "2022-02-28");
        assert_eq!(month_end(2022, 12).to_string(), "2022-12-31");
    }

    #[test]
    fn work_that_runs_over_ends_with_the_year() {
        assert_eq!(later_this_year(date(2022, 12, 30), 5).to_string(), "2022-12-31");
    }
}
