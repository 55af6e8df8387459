//! Round places on an axis, and how they are written.
//!
//! A tick is a whole number and a power of ten, so that its label is exact: no `0.30000000000000004`.

use crate::language::{Language, written};

/// Beyond so many digits a label says its power of ten.
const MOST_DIGITS: i32 = 15;

/// A place on an axis: `units` times ten to the `exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tick {
    units: i64,
    exponent: i32,
}

impl Tick {
    /// Some units of a power of ten.
    pub(super) fn power(units: i64, exponent: i32) -> Self {
        Self { units, exponent }
    }

    /// The decimal logarithm, also where the number itself is too small for a float.
    pub(super) fn log10(self) -> f64 {
        f64::from(self.exponent) + (self.units as f64).log10()
    }

    /// The tick as a number, kept finite.
    pub(super) fn value(self) -> f64 {
        let value: f64 = format!("{}e{}", self.units, self.exponent).parse().unwrap_or(0.0);
        value.clamp(f64::MIN, f64::MAX)
    }

    /// The tick with all its digits, in groups as the language has them: `1,000,000`.
    pub(super) fn label(self, language: Language) -> String {
        written::number(&self.plain(), language)
    }

    /// The tick with all its digits, unless they are too many.
    fn plain(self) -> String {
        let digits = self.units.unsigned_abs().to_string();
        let sign = if self.units < 0 { "-" } else { "" };
        if self.units == 0 {
            return "0".to_owned();
        }
        if digits.len() as i32 + self.exponent.max(0) > MOST_DIGITS || self.exponent < -MOST_DIGITS {
            return self.scientific();
        }
        if self.exponent >= 0 {
            let zeros = "0".repeat(self.exponent as usize);
            return format!("{sign}{digits}{zeros}");
        }
        let decimals = self.exponent.unsigned_abs() as usize;
        let padded = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, part) = padded.split_at(padded.len() - decimals);
        format!("{sign}{whole}.{part}")
    }

    /// The tick as its leading digits and a power of ten, where that is shorter: `4e11`.
    pub(super) fn short(self, language: Language) -> String {
        let power = self.power_of_ten();
        let text = if self.units == 0 || (-4..6).contains(&power) { self.plain() } else { self.scientific() };
        written::number(&text, language)
    }

    fn power_of_ten(self) -> i32 {
        self.exponent + self.units.unsigned_abs().to_string().len() as i32 - 1
    }

    fn scientific(self) -> String {
        let digits = self.units.unsigned_abs().to_string();
        let power = self.power_of_ten();
        let sign = if self.units < 0 { "-" } else { "" };
        let digits = digits.trim_end_matches('0');
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        format!("{sign}{first}{point}{rest}e{power}")
    }
}

/// The labels of some ticks: with all digits, or short where one would be wider than `most`.
pub(super) fn labels(ticks: &[Tick], most: usize, language: Language) -> Vec<String> {
    let long: Vec<String> = ticks.iter().map(|tick| tick.label(language)).collect();
    if long.iter().all(|label| label.len() <= most) {
        return long;
    }
    ticks.iter().map(|tick| tick.short(language)).collect()
}

/// The distance between two ticks: 1, 2 or 5 times a power of ten.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    units: i64,
    exponent: i32,
}

impl Step {
    /// One of a whole number: what whole numbers are not divided further than.
    pub(super) const ONE: Self = Self { units: 1, exponent: 0 };

    /// The least step that is not below `size`.
    pub(super) fn at_least(size: f64) -> Self {
        // The range of what a float can tell apart.
        let exponent = size.log10().floor().clamp(-320.0, 308.0) as i32;
        let mut step = Self { units: 1, exponent };
        while step.size() < size && step.exponent <= 308 {
            step = step.next();
        }
        step
    }

    /// The next longer step.
    pub(super) fn next(self) -> Self {
        match self.units {
            1 => Self { units: 2, ..self },
            2 => Self { units: 5, ..self },
            _ => Self { units: 1, exponent: self.exponent + 1 },
        }
    }

    pub(super) fn size(self) -> f64 {
        self.tick(1).value()
    }

    /// The tick that is `n` steps from zero.
    pub(super) fn tick(self, n: i64) -> Tick {
        Tick { units: self.units.saturating_mul(n), exponent: self.exponent }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_exact() {
        let label = |units, exponent| Tick { units, exponent }.label(Language::English);
        assert_eq!([label(0, -1), label(3, -1), label(-15, -1)], ["0", "0.3", "-1.5"]);
        assert_eq!([label(-15, 5), label(123_456, -2)], ["-1,500,000", "1,234.56"]);
        assert_eq!([label(2, 300), label(15, -301), label(5, -324)], ["2e300", "1.5e-300", "5e-324"]);
    }

    #[test]
    fn steps_are_one_two_and_five() {
        let tick = |size| Step::at_least(size).tick(1).short(Language::English);
        assert_eq!([0.9, 1.0, 1.1, 2.1, 5.1].map(tick), ["1", "1", "2", "5", "10"]);
    }

    #[test]
    fn long_labels_give_way_to_short_ones() {
        let step = Step::at_least(9e10);
        let ticks = [0, 1, 2, 3, 4].map(|n| step.tick(n));
        assert_eq!(
            labels(&ticks, 15, Language::English),
            ["0", "100,000,000,000", "200,000,000,000", "300,000,000,000", "400,000,000,000"]
        );
        assert_eq!(labels(&ticks, 14, Language::English), ["0", "1e11", "2e11", "3e11", "4e11"]);
        assert_eq!(Tick { units: -15, exponent: 10 }.short(Language::English), "-1.5e11");
    }
}
