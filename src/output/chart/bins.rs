//! Numbers counted in intervals with round borders.

use super::tick::{Step, Tick};

/// An interval with its lower border and without its upper one, and how many numbers lie in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bin {
    pub(super) low: Tick,
    pub(super) high: Tick,
    pub(super) count: u64,
}

/// The intervals from the least number to the greatest, about as many as Sturges' rule asks for
/// (one more than the binary logarithm of how many numbers there are); whole numbers are not divided.
pub(super) fn bins(numbers: &[f64]) -> Vec<Bin> {
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return Vec::new();
    }
    let wanted = (numbers.len() as f64).log2().ceil() + 1.0;
    let mut step = if low < high {
        Step::at_least(high / wanted - low / wanted)
    } else if low == 0.0 {
        Step::ONE
    } else {
        Step::at_least(10_f64.powf(low.abs().log10().floor()))
    };
    if step.size() < 1.0 && numbers.iter().all(|number| number.fract() == 0.0) {
        step = Step::ONE;
    }
    let mut first = (low / step.size()).floor() as i64;
    // A quotient may be rounded past a border.
    if step.tick(first).value() > low {
        first -= 1;
    }
    let mut borders = vec![step.tick(first)];
    // Bounded, as no border lies beyond the greatest float.
    for n in 1..=(wanted as i64 + 3) {
        let border = step.tick(first.saturating_add(n));
        borders.push(border);
        if border.value() > high {
            break;
        }
    }
    let values: Vec<f64> = borders.iter().map(|border| border.value()).collect();
    let mut bins: Vec<Bin> =
        borders.windows(2).map(|pair| Bin { low: pair[0], high: pair[1], count: 0 }).collect();
    let last = bins.len() - 1;
    for number in numbers {
        let above = values.partition_point(|border| border <= number);
        bins[above.saturating_sub(1).min(last)].count += 1;
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::output::chart::tests::odd;

    fn counted(numbers: &[f64]) -> Vec<(String, String, u64)> {
        bins(numbers)
            .iter()
            .map(|bin| (bin.low.label(Language::English), bin.high.label(Language::English), bin.count))
            .collect()
    }

    fn bin(low: &str, high: &str, count: u64) -> (String, String, u64) {
        (low.to_owned(), high.to_owned(), count)
    }

    #[test]
    fn a_number_on_a_border_belongs_above_it() {
        assert_eq!(
            counted(&[0.1, 0.2, 0.3, 0.3, 0.45]),
            [bin("0.1", "0.2", 1), bin("0.2", "0.3", 1), bin("0.3", "0.4", 2), bin("0.4", "0.5", 1)]
        );
    }

    #[test]
    fn whole_numbers_are_not_divided() {
        assert_eq!(counted(&[1.0, 2.0, 2.0]), [bin("1", "2", 1), bin("2", "3", 2)]);
    }

    #[test]
    fn equal_numbers_share_one_interval() {
        assert_eq!(counted(&[7.0; 4]), [bin("7", "8", 4)]);
        assert_eq!(counted(&[0.0]), [bin("0", "1", 1)]);
        assert_eq!(counted(&[397_846_500_000.0]), [bin("300,000,000,000", "400,000,000,000", 1)]);
    }

    #[test]
    fn every_number_is_counted_once() {
        for numbers in odd() {
            let finite: Vec<f64> = numbers.into_iter().filter(|number| number.is_finite()).collect();
            let total: u64 = bins(&finite).iter().map(|bin| bin.count).sum();
            assert_eq!(total, finite.len() as u64);
        }
        assert_eq!(bins(&[]), []);
    }
}
