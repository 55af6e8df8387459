//! Where a value stands on an axis, linear or logarithmic, that ends at round ticks.

use super::tick::{Step, Tick};

/// An axis from one value to another.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    /// The ends; on a log scale, their powers of ten.
    low: f64,
    high: f64,
    log: bool,
    /// The ticks, lowest first; none on a scale that is not rounded.
    pub(super) ticks: Vec<Tick>,
}

impl Scale {
    /// The scale that bars are measured on where there is no axis: it ends at the longest bar.
    pub(super) fn bare(low: f64, high: f64, log: bool) -> Self {
        if log {
            let scale = Self::for_bars(low, high, true, 2);
            return Self { high: high.log10(), ..scale };
        }
        Self { low: low.min(0.0), high: high.max(0.0), log, ticks: Vec::new() }
    }

    /// The height of a line without an axis.
    pub(super) fn bare_line(low: f64, high: f64) -> Self {
        let (low, high) = widened(low, high);
        Self { low, high, log: false, ticks: Vec::new() }
    }

    /// The axis of bars, which begin at zero, or on a log scale at a power of ten below the least.
    pub(super) fn for_bars(low: f64, high: f64, log: bool, most: usize) -> Self {
        // A bar that begins at its own value would have no length.
        if log { Self::log(low * 0.9, high, most) } else { Self::linear(low.min(0.0), high.max(0.0), most) }
    }

    /// The axis of a line, which begins at zero only where that costs little room.
    pub(super) fn for_line(low: f64, high: f64, log: bool, most: usize) -> Self {
        if log {
            return Self::log(low, high, most);
        }
        let span = high - low;
        if low > 0.0 && low <= span {
            Self::linear(0.0, high, most)
        } else if high < 0.0 && -high <= span {
            Self::linear(low, 0.0, most)
        } else {
            Self::linear(low, high, most)
        }
    }

    /// At most `most` round ticks, the first and last at the ends: 3 or more where `most` is 5.
    fn linear(low: f64, high: f64, most: usize) -> Self {
        let (low, high) = widened(low, high);
        let most = most.max(3);
        // Divided first: the distance between two numbers may be more than a float holds.
        let mut step = Step::at_least(high / most as f64 - low / most as f64);
        loop {
            let first = near(low / step.size(), f64::floor) as i64;
            let last = near(high / step.size(), f64::ceil) as i64;
            if last.saturating_sub(first) < most as i64 {
                let ticks: Vec<Tick> = (first..=last).take(most).map(|n| step.tick(n)).collect();
                return Self {
                    low: step.tick(first).value(),
                    high: step.tick(last).value(),
                    log: false,
                    ticks,
                };
            }
            step = step.next();
        }
    }

    /// Both ends are powers of ten, and so are the ticks; where there are only two, also between them.
    fn log(low: f64, high: f64, most: usize) -> Self {
        let first = near(low.log10(), f64::floor) as i32;
        let last = (near(high.log10(), f64::ceil) as i32).max(first + 1);
        let stride = (last - first).unsigned_abs().div_ceil(most.max(2) as u32 - 1) as usize;
        let mut ticks: Vec<Tick> =
            (first..=last).step_by(stride).map(|power| Tick::power(1, power)).collect();
        if last - first == 1 && most >= 4 {
            ticks.insert(1, Tick::power(2, first));
            ticks.insert(2, Tick::power(5, first));
        }
        Self { low: f64::from(first), high: f64::from(last), log: true, ticks }
    }

    /// Where the value stands between the ends: 0 to 1.
    pub(super) fn at(&self, value: f64) -> f64 {
        let value = if self.log { value.log10() } else { value };
        let span = self.high - self.low;
        let part = if span.is_finite() {
            (value - self.low) / span
        } else {
            (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)
        };
        if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) }
    }

    /// The place of a tick: 0 to 1.
    pub(super) fn place(&self, tick: Tick) -> f64 {
        // The power is taken from the tick itself: the least ones are below any float.
        if !self.log {
            return self.at(tick.value());
        }
        let power = tick.log10();
        ((power - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Where the bars begin: at zero, or at the low end of a log scale.
    pub(super) fn base(&self) -> f64 {
        if self.log { 0.0 } else { self.at(0.0) }
    }
}

/// The number rounded with `rule`, unless a whole number is as near as floats can tell.
fn near(number: f64, rule: fn(f64) -> f64) -> f64 {
    let whole = number.round();
    if (number - whole).abs() < 1e-9 { whole } else { rule(number) }
}

/// The range, made wider where it is a single value.
fn widened(low: f64, high: f64) -> (f64, f64) {
    if low < high {
        (low, high)
    } else if low == 0.0 {
        (0.0, 1.0)
    } else {
        let room = low.abs() * 0.1;
        ((low - room).max(f64::MIN), (low + room).min(f64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::output::chart::tests::odd;

    fn linear(low: f64, high: f64) -> Vec<String> {
        Scale::linear(low, high, 5).ticks.iter().map(|tick| tick.label(Language::English)).collect()
    }

    #[test]
    fn ticks_are_round_and_enclose_the_values() {
        assert_eq!(linear(0.0, 10.0), ["0", "5", "10"]);
        assert_eq!(linear(-3.0, 7.0), ["-5", "0", "5", "10"]);
        assert_eq!(linear(0.0, 0.35), ["0", "0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(linear(5.0, 5.0), ["4.5", "5.0", "5.5"]);
        assert_eq!(linear(0.0, 3.9e11).last().unwrap(), "400,000,000,000");
        assert_eq!(linear(0.0, 3e300).last().unwrap(), "3e300");
        assert_eq!(linear(0.0, 1.4e-300).last().unwrap(), "1.5e-300");
    }

    #[test]
    fn every_axis_has_some_ticks_and_holds_its_values() {
        for values in odd() {
            let values: Vec<Option<f64>> =
                values.iter().map(|value| Some(*value).filter(|value| value.is_finite())).collect();
            let (low, high) = crate::output::chart::ends(&values);
            for most in 3..9 {
                for scale in
                    [Scale::for_line(low, high, false, most), Scale::for_bars(low, high, false, most)]
                {
                    assert!(
                        (if most < 5 || high < 1e-320 { 2 } else { 3 }..=most).contains(&scale.ticks.len()),
                        "{low} {high} {most}: {scale:?}"
                    );
                    // As near as can be seen.
                    let slack = (scale.high / 2.0 - scale.low / 2.0) * 1e-8;
                    assert!(
                        scale.low <= low + slack && scale.high >= high - slack,
                        "{low} {high}: {scale:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_log_axis_stands_at_powers_of_ten() {
        let labels = |low, high, most| -> Vec<String> {
            Scale::log(low, high, most).ticks.iter().map(|tick| tick.label(Language::English)).collect()
        };
        assert_eq!(labels(1000.0, 1e6, 5), ["1,000", "10,000", "100,000", "1,000,000"]);
        assert_eq!(labels(2.0, 9.0, 5), ["1", "2", "5", "10"]);
        assert_eq!(labels(1.0, 1e12, 5), ["1", "1,000", "1,000,000", "1,000,000,000", "1,000,000,000,000"]);
        assert_eq!(Scale::log(1.0, 100.0, 5).at(10.0), 0.5);
        assert_eq!(Scale::log(5e-324, 1e300, 5).ticks.len(), 5);
    }
}
