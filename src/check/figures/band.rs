//! What a printed figure says about the true value: a band, from its words and its digits.

use std::cmp::Ordering;

use crate::import::fold::fold;
use crate::import::number::{Decimal, Mark, read};
use crate::language::Message;
use crate::query::header::Qualifier;
use crate::say;

/// The values that a printed figure allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// The lower end.
    pub low: Decimal,
    /// Whether the lower end itself is allowed.
    pub with_low: bool,
    /// The upper end, which is not allowed itself; none for `at least`.
    pub high: Option<Decimal>,
}

impl Band {
    /// Whether a value is allowed; `None` where it is too large to be compared.
    pub fn holds(&self, value: Decimal) -> Option<bool> {
        let above = match compare(value, self.low)? {
            Ordering::Greater => true,
            Ordering::Equal => self.with_low,
            Ordering::Less => false,
        };
        let below = self.high.map_or(Some(true), |high| Some(compare(value, high)? == Ordering::Less))?;
        Some(above && below)
    }

    /// As an inequality: `1700 < value < 1800`.
    pub fn message(&self) -> Message {
        let (low, below) = (Message::number(self.low), if self.with_low { "<=" } else { "<" });
        match self.high {
            None => say!("{low} {below} value", low, below),
            Some(high) => say!("{low} {below} value < {high}", low, below, high = Message::number(high)),
        }
    }
}

/// The order of two numbers; `None` where one is too large for a common scale.
fn compare(a: Decimal, b: Decimal) -> Option<Ordering> {
    let scale = a.scale().max(b.scale());
    Some(a.to_scale(scale)?.cmp(&b.to_scale(scale)?))
}

/// What the digits of a printed number say about it, and the word before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Printed {
    /// What the word before it says.
    pub said: Option<Qualifier>,
    /// The number.
    value: Decimal,
    /// One unit of the last digit: 0,001 tỷ in `2,819 tỷ`.
    last_digit: Decimal,
    /// One unit of the last digit that is no zero before the mark: 100 in `1.700`.
    significant: Decimal,
}

impl Printed {
    /// Finds a number in a printed text, with the scale word after it; `None` where it is not there.
    /// Where it is printed more than once, the most precise counts.
    pub fn find(text: &str, value: Decimal) -> Option<Self> {
        let sign = |c: char| c.is_alphanumeric() || matches!(c, '%' | '-' | '−');
        let words: Vec<&str> =
            text.split_whitespace().map(|word| word.trim_matches(|c: char| !sign(c))).collect();
        let found = Mark::BOTH.into_iter().filter_map(|mark| {
            let printed = (0..words.len()).filter_map(|at| {
                // The number with its scale word first: `10 tỷ` is no 10.
                (1..=3).rev().find_map(|length| {
                    let phrase = words.get(at..at + length)?.join(" ");
                    read(&phrase, Some(mark)).ok().filter(|found| found.value == value)?;
                    let printed = Self::of_digits(words[at], value, mark)?;
                    Some(Self { said: said(&words[..at]), ..printed })
                })
            });
            printed.reduce(|one, other| match compare(one.last_digit, other.last_digit) {
                Some(Ordering::Greater) => other,
                _ => one,
            })
        });
        found.into_iter().next()
    }

    fn of_digits(word: &str, value: Decimal, mark: Mark) -> Option<Self> {
        let word = word.trim_start_matches(|c: char| !c.is_ascii_digit());
        let size = if value.digits() < 0 { value.times(Decimal::new(-1, 0))? } else { value };
        let number: String = word.chars().take_while(|c| c.is_ascii_digit() || ".,".contains(*c)).collect();
        let alone = read(&number, Some(mark)).ok()?.value;
        // The scale word's factor is exact: a power of ten.
        let mut factor = Decimal::new(1, 0);
        while compare(alone.times(factor)?, size)? == Ordering::Less {
            factor = factor.times(Decimal::new(10, 0))?;
        }
        let fraction = number.rsplit_once(mark.char()).map_or("", |(_, fraction)| fraction);
        let last_digit = factor.times(Decimal::new(1, u32::try_from(fraction.len()).ok()?))?;
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let zeros = if fraction.is_empty() { digits.len() - digits.trim_end_matches('0').len() } else { 0 };
        let significant =
            last_digit.times(Decimal::new(10_i128.checked_pow(u32::try_from(zeros).ok()?)?, 0))?;
        Some(Self { said: None, value, last_digit, significant })
    }

    /// The band: `trên` and `hơn` reach one unit of the last significant digit further, `gần` a margin
    /// below; what is exact is so at the printed digits.
    pub fn band(&self, qualifier: Qualifier, margin: Decimal) -> Option<Band> {
        let value = self.value;
        let minus = |share: Decimal| value.plus(value.times(share)?.times(Decimal::new(-1, 0))?);
        Some(match qualifier {
            Qualifier::Exact => {
                let half = self.last_digit.times(Decimal::new(5, 1))?;
                let low = value.plus(half.times(Decimal::new(-1, 0))?)?;
                Band { low, with_low: true, high: Some(value.plus(half)?) }
            }
            Qualifier::MoreThan => {
                Band { low: value, with_low: false, high: Some(value.plus(self.significant)?) }
            }
            Qualifier::AtLeast => Band { low: value, with_low: true, high: None },
            Qualifier::Nearly => Band { low: minus(margin)?, with_low: true, high: Some(value) },
            Qualifier::About => {
                let high = value.plus(value.times(margin)?)?;
                Band { low: minus(margin)?, with_low: true, high: Some(high) }
            }
        })
    }
}

/// What the words just before a number say about it.
fn said(before: &[&str]) -> Option<Qualifier> {
    let last = |n: usize| fold(&before[before.len().saturating_sub(n)..].join(" "));
    match (last(1).as_str(), last(2).as_str()) {
        ("tren" | "hon" | "over", _) | (_, "more than") => Some(Qualifier::MoreThan),
        ("gan" | "nearly" | "almost", _) => Some(Qualifier::Nearly),
        ("khoang" | "about", _) => Some(Qualifier::About),
        (_, "it nhat" | "at least") => Some(Qualifier::AtLeast),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(text: &str, value: i128, qualifier: Qualifier) -> String {
        let printed = Printed::find(text, Decimal::new(value, 0)).expect("is printed");
        printed.band(qualifier, Decimal::new(5, 2)).expect("has a band").message().english()
    }

    #[test]
    fn words_and_digits_make_the_band() {
        use Qualifier::{About, AtLeast, Exact, MoreThan, Nearly};
        for (text, value, qualifier, expected) in [
            ("trên 1.700 hoạt động", 1_700, MoreThan, "1700 < value < 1800"),
            ("gần 500 công trình", 500, Nearly, "475 <= value < 500"),
            ("2.525 phần việc", 2_525, Exact, "2524.5 <= value < 2525.5"),
            ("trên 7 tỷ đồng", 7_000_000_000, MoreThan, "7000000000 < value < 8000000000"),
            ("kênh Trung ương Đoàn: 2,819 tỷ đồng", 2_819_000_000, Exact, "2818500000 <= value < 2819500000"),
            ("trên 397,8 tỷ đồng", 397_800_000_000, MoreThan, "397800000000 < value < 397900000000"),
            (
                "Nghị quyết 43/2018/NQ-HĐND: năm 2022 giải ngân 10 tỷ đồng",
                10_000_000_000,
                Exact,
                "9500000000 <= value < 10500000000",
            ),
            ("hơn 850 ĐVTN", 850, MoreThan, "850 < value < 860"),
            ("khoảng 1.000 người", 1_000, About, "950 <= value < 1050"),
            ("ít nhất 30 lớp", 30, AtLeast, "30 <= value"),
            ("10 tỷ (10.000.000.000 đồng)", 10_000_000_000, Exact, "9999999999.5 <= value < 10000000000.5"),
            ("giảm -52 người", -52, Exact, "-52.5 <= value < -51.5"),
            ("more than 1,700 activities", 1_700, MoreThan, "1700 < value < 1800"),
        ] {
            assert_eq!(band(text, value, qualifier), expected, "{text}");
        }
    }

    #[test]
    fn a_number_that_is_not_printed_is_not_found() {
        assert_eq!(Printed::find("trên 1.700 hoạt động", Decimal::new(1_600, 0)), None);
        assert_eq!(Printed::find("nhiều hoạt động", Decimal::new(2, 0)), None);
    }

    #[test]
    fn the_word_before_a_number_is_heard() {
        let said = |text: &str, value: i128| {
            Printed::find(text, Decimal::new(value, 0)).and_then(|printed| printed.said)
        };
        assert_eq!(said("gần 1.700 hoạt động", 1_700), Some(Qualifier::Nearly));
        assert_eq!(said("năm 2022 đạt trên 7 tỷ đồng", 7_000_000_000), Some(Qualifier::MoreThan));
        assert_eq!(said("ít nhất 30 lớp", 30), Some(Qualifier::AtLeast));
        assert_eq!(said("8 lớp", 8), None);
    }

    #[test]
    fn the_ends_of_a_band_are_in_it_or_not() {
        let value = |digits: i128| Decimal::new(digits, 0);
        let printed = Printed::find("trên 1.700", value(1_700)).expect("is printed");
        let band = printed.band(Qualifier::MoreThan, Decimal::ZERO).expect("has a band");
        let held = [1_699, 1_700, 1_701, 1_799, 1_800].map(|n| band.holds(value(n)) == Some(true));
        assert_eq!(held, [false, false, true, true, false]);
    }
}
