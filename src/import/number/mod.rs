//! Exact numbers, as Vietnamese offices write them: `1.700`, `2,819 tỷ`, `45 %`, `(1 700,5)`.
//!
//! `.` groups thousands and `,` is the decimal mark in Vietnamese; in English it is the other way
//! round. A text that is a number in both ways is a fault unless the mark is declared: `1.700` is never
//! guessed. No binary floating point is used on the way.

mod fault;
mod read;
mod words;

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::say;

pub use fault::NumberFault;
pub use read::{Read, read};

/// Names the decimal mark of a text; the other one groups thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// `1.234,5`, as in Vietnamese.
    Comma,
    /// `1,234.5`, as in English.
    Point,
}

impl Mark {
    /// Lists both marks.
    pub const BOTH: [Self; 2] = [Self::Comma, Self::Point];

    /// Gives the character.
    #[must_use]
    pub fn char(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Point => '.',
        }
    }

    /// Gives the other mark, which groups thousands.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Comma => Self::Point,
            Self::Point => Self::Comma,
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.char())
    }
}

impl FromStr for Mark {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "," | "comma" => Ok(Self::Comma),
            "." | "point" => Ok(Self::Point),
            _ => Err(Error::usage(say!("`{text}` is no decimal mark: give `,` or `.`", text))),
        }
    }
}

/// Holds an exact decimal number: `digits / 10^scale`, with the smallest scale that does.
///
/// Equal numbers are equal values: 1.50 is kept as 1.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    digits: i128,
    scale: u32,
}

impl Decimal {
    /// The number zero.
    pub const ZERO: Self = Self { digits: 0, scale: 0 };

    /// Makes the number `digits / 10^scale`.
    #[must_use]
    pub fn new(mut digits: i128, mut scale: u32) -> Self {
        if digits == 0 {
            return Self::ZERO;
        }
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        Self { digits, scale }
    }

    /// Gives the digits, without a mark, with the sign.
    #[must_use]
    pub fn digits(self) -> i128 {
        self.digits
    }

    /// Gives how many of the digits stand after the mark.
    #[must_use]
    pub fn scale(self) -> u32 {
        self.scale
    }

    /// Gives the digits at another scale: the value times `10^scale`. `None` where that is no whole
    /// number or beyond `i128`.
    #[must_use]
    pub fn to_scale(self, scale: u32) -> Option<i128> {
        let more = scale.checked_sub(self.scale)?;
        if self.digits == 0 {
            return Some(0);
        }
        self.digits.checked_mul(10_i128.checked_pow(more)?)
    }

    /// Multiplies; `None` beyond `i128`.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        let digits = self.digits.checked_mul(other.digits)?;
        Some(Self::new(digits, self.scale.checked_add(other.scale)?))
    }

    /// Adds; `None` beyond `i128`.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let digits = self.to_scale(scale)?.checked_add(other.to_scale(scale)?)?;
        Some(Self::new(digits, scale))
    }

    /// Makes ten to a power that `i128` holds (at most 38).
    fn power_of_ten(power: u32) -> Self {
        Self { digits: 10_i128.pow(power), scale: 0 }
    }

    /// Reads the ASCII digits before and after a mark.
    fn parse(whole: &str, fraction: &str) -> Option<Self> {
        let fraction = fraction.trim_end_matches('0');
        let mut digits = 0_i128;
        for c in whole.chars().chain(fraction.chars()) {
            digits = digits.checked_mul(10)?.checked_add(i128::from(c.to_digit(10)?))?;
        }
        Some(Self::new(digits, u32::try_from(fraction.len()).ok()?))
    }

    fn negated(self) -> Self {
        // Nothing here makes the one number that has no opposite, -2^127.
        Self { digits: self.digits.saturating_neg(), ..self }
    }

    /// Gives the sign, the whole part and the fraction, which is empty for a whole number.
    fn parts(self) -> (&'static str, String, String) {
        let scale = self.scale as usize;
        let mut whole = format!("{:0>width$}", self.digits.unsigned_abs(), width = scale + 1);
        let fraction = whole.split_off(whole.len() - scale);
        (if self.digits < 0 { "-" } else { "" }, whole, fraction)
    }
}

impl fmt::Display for Decimal {
    /// Writes the number plainly, with a decimal point and no groups.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, whole, fraction) = self.parts();
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

/// Gives the shortest decimal that a spreadsheet's number is; `None` for what is not finite or beyond
/// `i128`.
#[must_use]
pub fn from_f64(value: f64) -> Option<Decimal> {
    if !value.is_finite() {
        return None;
    }
    // Display gives the fewest digits that read back as the same number, without an exponent.
    let text = value.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let size = Decimal::parse(whole, fraction)?;
    Some(if value < 0.0 { size.negated() } else { size })
}

/// Writes a number so that [`read()`] takes the text back as the same number, whether this mark is
/// declared or none is.
///
/// There are no groups. A fraction of three digits gets a zero more: `1,2340` is no group of thousands.
#[must_use]
pub fn write(value: Decimal, mark: Mark) -> String {
    let (sign, whole, fraction) = value.parts();
    match fraction.len() {
        0 => format!("{sign}{whole}"),
        3 => format!("{sign}{whole}{mark}{fraction}0"),
        _ => format!("{sign}{whole}{mark}{fraction}"),
    }
}

/// Tells whether a text is a whole number as [`write()`] writes it, whatever the mark.
#[must_use]
pub fn is_written(text: &str) -> bool {
    let digits = text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text == "0" || !(text.is_empty() || text.starts_with('0')))
}

#[cfg(test)]
mod tests;
