//! Numbers rounded to the decimals asked for, and sums of money in the unit that reads best.
//!
//! Digits are moved as text, never through binary floating point: whatever a column can hold is written
//! exactly. Where decimals are asked for, halves go away from zero, as SQL's `round` and spreadsheets do
//! it (CLDR's own default, half to even, would make `round(x, 1)` and the printed number differ).

use super::{Language, written};

/// A number with all its digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// A number with an end.
    Finite {
        /// Whether it is below zero.
        negative: bool,
        /// The digits before the mark, without leading zeros but at least one.
        whole: String,
        /// The digits after the mark.
        fraction: String,
    },
    /// Larger, or smaller where it is negative, than any number.
    Infinite {
        /// Whether it is below zero.
        negative: bool,
    },
    /// What `0.0 / 0.0` is.
    NotANumber,
}

impl Number {
    /// Makes the number `digits / 10^scale` of digits with or without a minus; a negative scale adds
    /// zeros.
    #[must_use]
    pub fn scaled(digits: &str, scale: i8) -> Self {
        let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |digits| (true, digits));
        let mut whole = digits.to_owned();
        whole.extend(std::iter::repeat_n('0', usize::from(scale.min(0).unsigned_abs())));
        Self::finite(negative, &whole, "").shifted(usize::from(scale.max(0).unsigned_abs()))
    }

    /// Takes the form that Rust writes a float in: digits, a point, digits.
    fn of_float(text: &str) -> Self {
        match text {
            "NaN" => return Self::NotANumber,
            "inf" | "-inf" => return Self::Infinite { negative: text.starts_with('-') },
            _ => {}
        }
        let (negative, size) = text.strip_prefix('-').map_or((false, text), |size| (true, size));
        let (whole, fraction) = size.split_once('.').unwrap_or((size, ""));
        Self::finite(negative, whole, fraction)
    }

    fn finite(negative: bool, whole: &str, fraction: &str) -> Self {
        let whole = match whole.trim_start_matches('0') {
            "" => "0",
            whole => whole,
        };
        let is_zero = whole == "0" && fraction.bytes().all(|digit| digit == b'0');
        Self::Finite {
            negative: negative && !is_zero,
            whole: whole.to_owned(),
            fraction: fraction.to_owned(),
        }
    }

    /// Divides by ten to a power.
    fn shifted(&self, power: usize) -> Self {
        let Self::Finite { negative, whole, fraction } = self else { return self.clone() };
        let padded = format!("{whole:0>width$}", width = power + 1);
        let (before, after) = padded.split_at(padded.len() - power);
        Self::finite(*negative, before, &format!("{after}{fraction}"))
    }

    /// Rounds to so many digits after the mark, halves away from zero, and fills up with zeros; all
    /// digits that are not zeros at the end, where no number is given.
    fn to_decimals(&self, decimals: Option<usize>) -> Self {
        let Self::Finite { negative, whole, fraction } = self else { return self.clone() };
        let Some(decimals) = decimals else {
            return Self::finite(*negative, whole, fraction.trim_end_matches('0'));
        };
        if fraction.len() <= decimals {
            return Self::finite(*negative, whole, &format!("{fraction:0<decimals$}"));
        }
        let up = fraction.as_bytes()[decimals] >= b'5';
        let mut digits = format!("{whole}{}", &fraction[..decimals]).into_bytes();
        if up {
            let last = digits.iter().rposition(|digit| *digit != b'9');
            digits[last.map_or(0, |last| last + 1)..].fill(b'0');
            match last {
                Some(last) => digits[last] += 1,
                None => digits.insert(0, b'1'),
            }
        }
        let digits: String = digits.into_iter().map(char::from).collect();
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        Self::finite(*negative, whole, fraction)
    }

    /// How many digits stand before and after the mark.
    fn lengths(&self) -> (usize, usize) {
        match self {
            Self::Finite { whole, fraction, .. } => (whole.len(), fraction.len()),
            _ => (0, 0),
        }
    }

    fn write(&self, language: Language) -> String {
        match self {
            Self::NotANumber => "NaN".to_owned(),
            Self::Infinite { negative } => if *negative { "-∞" } else { "∞" }.to_owned(),
            Self::Finite { negative, whole, fraction } => {
                let sign = if *negative { "-" } else { "" };
                let point = if fraction.is_empty() { "" } else { "." };
                written::number(&format!("{sign}{whole}{point}{fraction}"), language)
            }
        }
    }
}

impl From<i128> for Number {
    fn from(value: i128) -> Self {
        Self::scaled(&value.to_string(), 0)
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::from(i128::from(value))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self::from(i128::from(value))
    }
}

impl From<f64> for Number {
    /// Takes the shortest decimal that is this number: 0.1 is a tenth.
    fn from(value: f64) -> Self {
        Self::of_float(&value.to_string())
    }
}

impl From<f32> for Number {
    /// Takes the shortest decimal that is this number: 0.1 is a tenth.
    fn from(value: f32) -> Self {
        Self::of_float(&value.to_string())
    }
}

/// Writes a number with its thousands in groups: `1.234.567,5`, in English `1,234,567.5`.
///
/// `decimals` digits stand after the mark, halves rounded away from zero; without them all digits that
/// there are, zeros at the end left out. Nothing is written as `-0`.
#[must_use]
pub fn number(value: impl Into<Number>, decimals: Option<usize>, language: Language) -> String {
    value.into().to_decimals(decimals).write(language)
}

/// The unit of money, as contracts name it.
pub const CODE: &str = "VND";

/// The units of money from the largest, by their power of ten, in Vietnamese and in English.
const UNITS: [(usize, &str, &str); 3] =
    [(9, "tỷ đồng", "billion VND"), (6, "triệu đồng", "million VND"), (0, "đồng", CODE)];

/// The most digits after the mark at which an exact sum still takes a larger unit.
const MOST_DECIMALS: usize = 3;

fn named((_, vi, en): (usize, &'static str, &'static str), language: Language) -> &'static str {
    match language {
        Language::Vietnamese => vi,
        Language::English => en,
    }
}

/// The name of the unit of money.
#[must_use]
pub fn unit(language: Language) -> &'static str {
    named(UNITS[2], language)
}

/// The unit in which sums as large as `most` read best, where it is larger than the đồng: how many đồng
/// it is, and its name.
#[must_use]
pub fn large_unit(most: f64, language: Language) -> Option<(f64, &'static str)> {
    let size = |power: usize| 10_f64.powi(i32::try_from(power).unwrap_or(0));
    let found = UNITS.iter().find(|(power, ..)| *power > 0 && most >= size(*power));
    found.map(|unit| (size(unit.0), named(*unit, language)))
}

/// Writes a sum of money: `2,819 tỷ đồng`, `12 triệu đồng`, `850.000 đồng`; in English
/// `2.819 billion VND`.
///
/// With `decimals`, the sum is rounded to so many digits of the largest unit that it reaches, below a
/// million to whole đồng. Without, it is exact: in the largest unit in which at most three digits stand
/// after the mark.
#[must_use]
pub fn vnd(value: impl Into<Number>, decimals: Option<usize>, language: Language) -> String {
    let value = value.into().to_decimals(None);
    let fits = |power: usize| {
        let decimals = decimals.map(|decimals| if power == 0 { 0 } else { decimals });
        // Rounded first: 999,96 triệu at one digit is 1,0 tỷ.
        let reach = UNITS.iter().map(|(smaller, ..)| *smaller).find(|smaller| *smaller < power).unwrap_or(0);
        let below =
            value.shifted(reach).to_decimals(decimals.map(|asked| if reach == 0 { 0 } else { asked }));
        let shown = value.shifted(power).to_decimals(decimals);
        let reaches = power == 0 || below.lengths().0 > power - reach;
        let is_short = decimals.is_some() || power == 0 || shown.lengths().1 <= MOST_DECIMALS;
        (reaches && is_short).then_some(shown)
    };
    let found = UNITS.iter().find_map(|unit| Some((fits(unit.0)?, *unit)));
    let (shown, unit) = found.unwrap_or((value.clone(), UNITS[2]));
    format!("{} {}", shown.write(language), named(unit, language))
}

#[cfg(test)]
mod tests;
