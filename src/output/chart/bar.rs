//! The bars of a bar chart or a histogram, before they are drawn.

use super::{Chart, Kind, bins, clean, tick};
use crate::language::{Language, Message, written};

/// One bar: what stands before it, how long it is, what stands after it.
#[derive(Debug, PartialEq)]
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) value: Option<f64>,
    pub(super) shown: String,
}

/// One bar for each point, or for each interval of a histogram, whose label is short where it would
/// be wider than `most`. After a bar without a value stands `null`.
pub(super) fn bars(chart: &Chart, most: usize, null: &str) -> Result<Vec<Bar>, Message> {
    let values = chart.values()?;
    if chart.kind == Kind::Hist {
        let numbers: Vec<f64> = values.into_iter().flatten().collect();
        return Ok(intervals(&numbers, most, chart.language));
    }
    let bar = |(point, value): (&super::Point, Option<f64>)| Bar {
        label: clean(&point.label),
        value,
        shown: value.map_or_else(|| null.to_owned(), |_| clean(&point.shown)),
    };
    Ok(chart.points.iter().zip(values).map(bar).collect())
}

fn intervals(numbers: &[f64], most: usize, language: Language) -> Vec<Bar> {
    let bins = bins::bins(numbers);
    let borders: Vec<tick::Tick> =
        bins.iter().map(|bin| bin.low).chain(bins.last().map(|bin| bin.high)).collect();
    // Two borders, two brackets, a comma and a blank.
    let borders = tick::labels(&borders, most.saturating_sub(4) / 2, language);
    let bar = |(bin, border): (&bins::Bin, &[String])| Bar {
        label: format!("[{}, {})", border[0], border[1]),
        value: Some(bin.count as f64),
        shown: written::number(&bin.count.to_string(), language),
    };
    bins.iter().zip(borders.windows(2)).map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::chart::tests::{chart, numbers};

    #[test]
    fn a_bar_says_its_value_as_it_was_given() {
        let mut chart = chart(Kind::Bar, &[("a\x1b[2J", Some(1.5)), ("b", None), ("c", Some(f64::NAN))]);
        chart.points[0].shown = "1.50".to_owned();
        let bars = bars(&chart, 80, "∅").unwrap();
        let shown: Vec<(&str, &str)> =
            bars.iter().map(|bar| (bar.label.as_str(), bar.shown.as_str())).collect();
        assert_eq!(shown, [("a\\x1b[2J", "1.50"), ("b", "∅"), ("c", "∅")]);
    }

    #[test]
    fn intervals_are_told_apart_on_a_narrow_screen_too() {
        let chart = numbers(Kind::Hist, &[1e11, 2e11, 4e11]);
        let labels = |most| bars(&chart, most, "∅").unwrap()[0].label.clone();
        assert_eq!(labels(80), "[100,000,000,000, 200,000,000,000)");
        assert_eq!(labels(20), "[1e11, 2e11)");
    }
}
