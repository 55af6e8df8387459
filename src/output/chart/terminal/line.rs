//! A line of braille dots: two across and four down in a column.

use super::Ink;
use crate::language::Message;
use crate::output::chart::{
    Chart, clean, ends,
    scale::Scale,
    series::{self, Place, Spot},
    tick,
};
use crate::ui::text;

/// The dots of a braille sign, by column and row.
const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// Rows that the heading, the axis, the notes and the prompt need.
const OTHER_ROWS: usize = 6;

pub(super) fn draw(chart: &Chart, columns: usize, rows: usize, ink: &Ink) -> Result<Vec<String>, Message> {
    let values = chart.values()?;
    let (low, high) = ends(&values);
    let height = rows.saturating_sub(OTHER_ROWS).clamp(4, 16);
    let scale = Scale::for_line(low, high, chart.log, if height < 8 { 3 } else { 5 });
    let ticks = tick::labels(&scale.ticks, columns / 3, chart.language);
    let left = ticks.iter().map(String::len).max().unwrap_or(0).min(columns / 2);
    // A blank and the axis stand before the plot.
    let mut canvas = Canvas::new(columns.saturating_sub(left + 2), height);
    let spots = series::spots(chart, &values);
    for run in series::runs(&spots, &scale, canvas.columns * 2) {
        canvas.line(&run);
    }
    let mut labels = vec![None; height];
    for (tick, label) in scale.ticks.iter().zip(&ticks) {
        labels[canvas.dot((0.0, scale.place(*tick))).1 / 4] = Some(label);
    }
    let mut lines = Vec::new();
    for (label, dots) in labels.iter().zip(canvas.lines()) {
        let axis = if label.is_some() { "┤" } else { "│" };
        let label = text::fit(label.map_or("", String::as_str), left);
        lines.push(format!("{label:>left$} {}{}", ink.dim(axis), ink.mark(dots.trim_end())));
    }
    let rule = format!("└{}", "─".repeat(canvas.columns));
    lines.push(format!("{} {}", " ".repeat(left), ink.dim(&rule)));
    lines.push(below(chart, &spots, left + 2, columns));
    Ok(lines)
}

/// The labels of the first and the last point, and of the middle one where there is room.
fn below(chart: &Chart, spots: &[Spot], left: usize, columns: usize) -> String {
    let label = |n: usize| spots.get(n).map_or(String::new(), |spot| clean(&chart.points[spot.index].label));
    let plot = columns - left;
    let start = |n: usize, width: usize| {
        let across = spots.get(n).map_or(0.5, |spot| spot.across);
        let middle = left + (across * plot.saturating_sub(1) as f64).round() as usize;
        middle.saturating_sub(width / 2).clamp(0, columns - width.min(columns))
    };
    if spots.len() < 2 {
        let label = text::fit(&label(0), columns).into_owned();
        return format!("{}{label}", " ".repeat(start(0, text::width(&label))));
    }
    let (first, last) = (label(0), label(spots.len() - 1));
    // Labels that are too wide for the plot may begin below the ticks.
    let fitting = text::width(&first) + text::width(&last) + 2 <= plot;
    let indent = if fitting { left } else { 0 };
    let most = (columns - indent - 2) / 2;
    let (first, last) = (text::fit(&first, most), text::fit(&last, most));
    let from = indent + text::width(&first);
    let to = columns - text::width(&last);
    let mut line = format!("{}{first}", " ".repeat(indent));
    let middle = label(spots.len() / 2);
    let width = text::width(&middle);
    let at = start(spots.len() / 2, width);
    if spots.len() > 2 && at >= from + 2 && at + width + 2 <= to {
        line += &format!("{}{middle}{}", " ".repeat(at - from), " ".repeat(to - at - width));
    } else {
        line += &" ".repeat(to - from);
    }
    line + &last
}

/// Dots in columns and rows of braille signs.
struct Canvas {
    columns: usize,
    rows: usize,
    cells: Vec<u8>,
}

impl Canvas {
    fn new(columns: usize, rows: usize) -> Self {
        Self { columns, rows, cells: vec![0; columns * rows] }
    }

    /// The dot at a place, counted from the upper left.
    fn dot(&self, (across, up): Place) -> (usize, usize) {
        let across = across * (self.columns * 2).saturating_sub(1) as f64;
        let down = (1.0 - up) * (self.rows * 4).saturating_sub(1) as f64;
        (across.round() as usize, down.round() as usize)
    }

    fn set(&mut self, x: usize, y: usize) {
        if let Some(cell) = self.cells.get_mut(y / 4 * self.columns + x / 2) {
            *cell |= DOTS[x % 2][y % 4];
        }
    }

    /// Connects the places; a single one is a dot.
    fn line(&mut self, run: &[Place]) {
        if let [only] = run {
            let (x, y) = self.dot(*only);
            self.set(x, y);
        }
        for pair in run.windows(2) {
            let (from, to) = (self.dot(pair[0]), self.dot(pair[1]));
            let steps = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
            let between = |a: usize, b: usize, n: usize| {
                let part = n as f64 / steps as f64;
                (a as f64 + (b as f64 - a as f64) * part).round() as usize
            };
            for n in 0..=steps {
                self.set(between(from.0, to.0, n), between(from.1, to.1, n));
            }
        }
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        let sign = |cell: &u8| match cell {
            0 => ' ',
            dots => char::from_u32(0x2800 + u32::from(*dots)).unwrap_or(' '),
        };
        self.cells.chunks(self.columns.max(1)).map(move |row| row.iter().map(sign).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::output::chart::{
        Kind,
        terminal::text,
        tests::{chart, numbers},
    };

    #[test]
    fn a_line_joins_its_dots() {
        let mut canvas = Canvas::new(4, 2);
        canvas.line(&[(0.0, 0.0), (1.0, 1.0)]);
        assert_eq!(canvas.lines().collect::<Vec<_>>(), ["  ⡠⠊", "⡠⠊  "]);
    }

    #[test]
    fn a_line_has_ticks_and_labels() {
        let chart = chart(
            Kind::Line,
            &[
                ("01/2024", Some(0.0)),
                ("02/2024", Some(8.0)),
                ("03/2024", Some(4.0)),
                ("04/2024", Some(12.0)),
            ],
        );
        assert_eq!(
            text(&chart, 40, 14, false).unwrap(),
            [
                "amount by unit",
                "15 ┤",
                "   │                                  ⢀⡠",
                "10 ┤                                ⡠⠔⠁",
                "   │           ⣀⠤⣀               ⣀⠔⠉",
                "   │        ⢀⠤⠊   ⠉⠑⠢⠤⣀⡀      ⣀⠔⠊",
                " 5 ┤     ⢀⡠⠊⠁          ⠈⠑⠒⠤⣀⠤⠊",
                "   │  ⢀⡠⠒⠁",
                " 0 ┤⡠⠔⠁",
                "   └────────────────────────────────────",
                "    01/2024             03/2024  04/2024",
                "",
            ]
            .join("\n")
        );
    }

    #[test]
    fn a_null_leaves_a_gap() {
        let chart = chart(Kind::Line, &[("a", Some(1.0)), ("b", None), ("c", Some(1.0))]);
        assert_eq!(
            text(&chart, 20, 10, false).unwrap(),
            [
                "amount by unit",
                "1.1 ┤",
                "    │",
                "1.0 ┤⠁             ⠈",
                "0.9 ┤",
                "    └───────────────",
                "     a      b      c",
                "1 null",
                "",
            ]
            .join("\n")
        );
    }

    #[test]
    fn a_hundred_thousand_points_are_quick() {
        let values: Vec<f64> = (0..100_000).map(|n| (f64::from(n) / 900.0).sin()).collect();
        let chart = numbers(Kind::Line, &values);
        let start = Instant::now();
        text(&chart, 200, 50, false).unwrap();
        // Far above what it takes, as a loaded machine measures too.
        assert!(start.elapsed().as_millis() < 2000, "{:?}", start.elapsed());
    }
}
