//! Bars of blocks, an eighth of a column exact.

use super::{Ink, padded};
use crate::language::Message;
use crate::output::chart::{Chart, Kind, bar, bar::Bar, ends, scale::Scale};
use crate::say;
use crate::ui::text;

/// Blocks that fill 1 to 7 eighths of a column from its left.
const EIGHTHS: [&str; 7] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// How a null looks: the sign that tables have for it.
const NULL: &str = "∅";

/// A name is cut to no less than this where values and bars need the room.
const LEAST_LABEL: usize = 4;

/// How the columns are shared.
struct Layout {
    label: usize,
    /// Columns left and right of the axis.
    left: usize,
    right: usize,
    shown: usize,
    /// Eighths of a column for the whole of the scale.
    eighths: f64,
}

pub(super) fn draw(
    chart: &Chart,
    columns: usize,
    ink: &Ink,
    notes: &mut [Message],
) -> Result<Vec<String>, Message> {
    // Intervals say numbers, which are not cut and end at the axis; names begin at the edge.
    let flush = chart.kind == Kind::Hist;
    let most = if flush { columns / 2 } else { columns / 3 };
    let bars = bar::bars(chart, most, NULL)?;
    let values: Vec<Option<f64>> = bars.iter().map(|bar| bar.value).collect();
    let (low, high) = ends(&values);
    let scale = Scale::bare(low, high, chart.log);
    // A log scale has no zero: where the bars begin is to be said.
    if let (Some(note), Some(tick)) = (notes.first_mut(), scale.ticks.first()) {
        *note = say!("log scale from {least}", least = tick.label(chart.language));
    }
    let widest = |part: fn(&Bar) -> &str| bars.iter().map(|bar| text::width(part(bar))).max().unwrap_or(0);
    let label = widest(|bar| &bar.label).min(most);
    let least = if flush { label } else { LEAST_LABEL };
    let layout = layout((label, least), widest(|bar| &bar.shown), &scale, (low < 0.0, high > 0.0), columns);
    Ok(bars.iter().map(|bar| line(bar, &scale, &layout, flush, ink)).collect())
}

/// Shares the columns: a label is narrowed down to `least` before a value is cut.
fn layout(
    (label, least): (usize, usize),
    shown: usize,
    scale: &Scale,
    (below, above): (bool, bool),
    columns: usize,
) -> Layout {
    // A blank before the axis, the axis, a blank before the value, and a column on each side with bars.
    let room = columns.saturating_sub(3 + usize::from(below) + usize::from(above));
    let shown = shown.min(room - label.min(least));
    let label = label.min(room - shown);
    let cells = columns.saturating_sub(3 + label + shown);
    let base = scale.base();
    let left = match (below, above) {
        (false, _) => 0,
        (true, false) => cells,
        (true, true) => ((cells as f64 * base).round() as usize).clamp(1, cells.saturating_sub(1).max(1)),
    };
    let right = cells.saturating_sub(left);
    // One measure for both sides: the side with less room for its part decides it.
    let whole = |cells: usize, part: f64| if part > 0.0 { cells as f64 / part } else { f64::INFINITY };
    let eighths = 8.0 * whole(left, base).min(whole(right, 1.0 - base));
    Layout { label, left, right, shown, eighths }
}

fn line(bar: &Bar, scale: &Scale, layout: &Layout, flush: bool, ink: &Ink) -> String {
    let label = if flush {
        let cut = text::fit(&bar.label, layout.label);
        format!("{}{cut}", " ".repeat(layout.label.saturating_sub(text::width(&cut))))
    } else {
        padded(&bar.label, layout.label)
    };
    let shown = text::fit(&bar.shown, layout.shown);
    let Some(value) = bar.value else {
        let blanks = " ".repeat(layout.left);
        return format!("{label} {blanks}{} {}", ink.dim("│"), ink.dim(&shown));
    };
    let part = scale.at(value) - scale.base();
    let eighths = (part.abs() * layout.eighths).round();
    // What is not zero is to be seen.
    let eighths = if value == 0.0 { 0 } else { (eighths as usize).max(1) };
    let left = if value < 0.0 { leftward(eighths.min(layout.left * 8), ink) } else { String::new() };
    let blanks = " ".repeat(layout.left.saturating_sub(if value < 0.0 { eighths.div_ceil(8) } else { 0 }));
    let right = if value > 0.0 { ink.mark(&rightward(eighths.min(layout.right * 8))) } else { String::new() };
    format!("{label} {blanks}{left}{}{right} {shown}", ink.dim("│"))
}

fn rightward(eighths: usize) -> String {
    let rest = (eighths % 8).checked_sub(1).map_or("", |n| EIGHTHS[n]);
    "█".repeat(eighths / 8) + rest
}

/// A bar that ends at the axis. There are no blocks that fill a column from its right by eighths: a
/// block from the left with its colours exchanged looks like one, and without colours there are halves.
fn leftward(eighths: usize, ink: &Ink) -> String {
    let full = "█".repeat(eighths / 8);
    let rest = eighths % 8;
    if rest == 0 {
        return ink.mark(&full);
    }
    if ink.color {
        return ink.reversed(EIGHTHS[7 - rest]) + &ink.mark(&full);
    }
    let end = match rest {
        1 if !full.is_empty() => " ",
        1..=5 => "▐",
        _ => "█",
    };
    format!("{end}{full}")
}

#[cfg(test)]
mod tests {
    use crate::output::chart::{
        Kind,
        terminal::text,
        tests::{chart, numbers},
    };

    #[test]
    fn bars_are_exact_to_an_eighth() {
        let chart = chart(
            Kind::Bar,
            &[
                ("Yên Mô", Some(16.0)),
                ("Hoa Lư", Some(9.0)),
                ("Đông", Some(0.01)),
                ("Tây", None),
                ("Nam", Some(0.0)),
            ],
        );
        assert_eq!(
            text(&chart, 30, 24, false).unwrap(),
            "amount by unit\n\
             Yên Mô │█████████████████ 16\n\
             Hoa Lư │█████████▋ 9\n\
             Đông   │▏ 0.01\n\
             Tây    │ ∅\n\
             Nam    │ 0\n"
        );
    }

    #[test]
    fn bars_below_zero_grow_to_the_left() {
        let chart = chart(
            Kind::Bar,
            &[("a", Some(10.0)), ("b", Some(-10.0)), ("c", Some(-2.8)), ("d", Some(-0.01)), ("e", None)],
        );
        assert_eq!(
            text(&chart, 30, 24, false).unwrap(),
            "amount by unit\n\
             a            │██████████ 10\n\
             b  ██████████│ -10\n\
             c         ███│ -2.8\n\
             d           ▐│ -0.01\n\
             e            │ ∅\n"
        );
        let colored = text(&chart, 30, 24, true).unwrap();
        // 22 eighths: two whole columns, and six eighths as the rest of a column of two.
        let expected = "c         \x1b[7m\x1b[34m▎\x1b[0m\x1b[34m██\x1b[0m\x1b[2m│\x1b[0m -2.8";
        assert_eq!(colored.lines().nth(3), Some(expected));
    }

    #[test]
    fn a_log_scale_tells_small_from_great() {
        let mut chart = numbers(Kind::Bar, &[1e3, 1e6, 1e9]);
        chart.log = true;
        assert_eq!(
            text(&chart, 40, 24, false).unwrap(),
            "amount by unit\n\
             x │███▊ 1000\n\
             x │██████████████▉ 1000000\n\
             x │██████████████████████████ 1000000000\n\
             log scale from 100\n"
        );
    }

    #[test]
    fn a_histogram_counts_in_intervals() {
        let chart = numbers(Kind::Hist, &[1.0, 2.0, 2.0, 3.0, 8.0, 9.0]);
        assert_eq!(
            text(&chart, 20, 24, false).unwrap(),
            "amount by unit\n \
             [0, 2) │███ 1\n \
             [2, 4) │█████████ 3\n \
             [4, 6) │ 0\n \
             [6, 8) │ 0\n\
             [8, 10) │██████ 2\n"
        );
    }

    #[test]
    fn no_bar_is_left_out() {
        let values: Vec<f64> = (0..2000).map(f64::from).collect();
        assert_eq!(text(&numbers(Kind::Bar, &values), 80, 24, false).unwrap().lines().count(), 2001);
    }
}
