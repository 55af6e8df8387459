//! Charts of characters, for a terminal of a given size: no line is wider than it.

use super::{Chart, Kind, clean};
use crate::language::Message;
use crate::ui::{Role, text};

mod bars;
mod line;
mod spark;

/// The narrowest terminal that a chart is fitted to.
const LEAST_COLUMNS: usize = 20;

/// The chart as lines of text, each ended, for a terminal of that size.
///
/// Bars are never left out: more of them than rows scroll. Fails where there is nothing to draw.
pub fn text(chart: &Chart, columns: usize, rows: usize, color: bool) -> Result<String, Message> {
    let columns = columns.max(LEAST_COLUMNS);
    let ink = Ink { color };
    let mut notes = chart.notes();
    let drawn = match chart.kind {
        Kind::Bar | Kind::Hist => bars::draw(chart, columns, &ink, &mut notes)?,
        Kind::Line => line::draw(chart, columns, rows, &ink)?,
        Kind::Spark => spark::draw(chart, columns, &ink, &mut notes)?,
    };
    let notes = Message::joined(notes, ", ").text(chart.language);
    let mut lines = Vec::new();
    if let Some(title) = &chart.title {
        lines.extend(text::wrapped(&clean(title), columns).iter().map(|line| ink.heading(line)));
    }
    lines.extend(text::wrapped(&chart.axes(), columns).iter().map(|line| ink.dim(line)));
    lines.extend(drawn);
    if !notes.is_empty() {
        lines.extend(text::wrapped(&notes, columns).iter().map(|line| ink.dim(line)));
    }
    Ok(lines.iter().map(|line| format!("{}\n", line.trim_end())).collect())
}

/// How the parts of a chart look; plain text where colour is not wanted.
struct Ink {
    color: bool,
}

impl Ink {
    fn heading(&self, text: &str) -> String {
        self.painted(Role::Heading, text)
    }

    fn dim(&self, text: &str) -> String {
        self.painted(Role::Dim, text)
    }

    /// What stands for a value.
    fn mark(&self, text: &str) -> String {
        self.painted(Role::Chart, text)
    }

    /// The same with foreground and background exchanged.
    fn reversed(&self, text: &str) -> String {
        if self.color && !text.is_empty() { format!("\x1b[7m{}", self.mark(text)) } else { text.to_owned() }
    }

    fn painted(&self, role: Role, text: &str) -> String {
        role.paint(text, self.color && !text.is_empty())
    }
}

/// The text with blanks after it, so that it takes `columns`; cut where it is wider.
fn padded(given: &str, columns: usize) -> String {
    let cut = text::fit(given, columns);
    let room = columns.saturating_sub(text::width(&cut));
    format!("{cut}{}", " ".repeat(room))
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;
    use crate::output::chart::tests::{UNITS, chart, numbers, odd};

    /// The text without its colours.
    pub(super) fn plain(text: &str) -> String {
        let mut pieces = text.split('\x1b');
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(first, |plain, piece| plain + piece.split_once('m').unwrap().1)
    }

    fn assert_fits(chart: &Chart) {
        for columns in [20, 40, 80, 200] {
            for rows in [0, 5, 24] {
                let drawn = text(chart, columns, rows, false).unwrap();
                assert!(drawn.ends_with('\n'));
                for line in drawn.lines() {
                    assert!(text::width(line) <= columns, "{columns}: {line}");
                }
                let colored = plain(&text(chart, columns, rows, true).unwrap());
                assert!(colored.lines().all(|line| text::width(line) <= columns), "{columns}: {colored}");
            }
        }
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for kind in Kind::ALL {
            let value =
                |n: usize| (n != 4).then_some(4e11 / (n + 1) as f64 * if n == 7 { -1.0 } else { 1.0 });
            let points: Vec<(&str, Option<f64>)> =
                UNITS.iter().enumerate().map(|(n, unit)| (*unit, value(n))).collect();
            let mut chart = chart(kind, &points);
            chart.title = Some("Số tiền hỗ trợ theo đơn vị trong năm, mọi nguồn".to_owned());
            assert_fits(&chart);
            let composed = text(&chart, 60, 24, false).unwrap();
            for point in &mut chart.points {
                point.label = point.label.nfd().collect();
            }
            assert_fits(&chart);
            assert_eq!(text(&chart, 60, 24, false).unwrap(), composed);
        }
    }

    #[test]
    fn odd_values_are_drawn_too() {
        for kind in Kind::ALL {
            for values in odd() {
                let mut chart = numbers(kind, &values);
                chart.points.iter_mut().for_each(|point| point.shown = "1".to_owned());
                assert_fits(&chart);
                chart.log = matches!(kind, Kind::Bar | Kind::Line);
                if chart.log && values.iter().all(|value| *value > 0.0) {
                    assert_fits(&chart);
                }
            }
        }
    }

    #[test]
    fn a_label_cannot_command_the_terminal() {
        for kind in Kind::ALL {
            let mut chart = chart(kind, &[("a\x1b[2J", Some(1.0)), ("b\nc", Some(2.0))]);
            chart.title = Some("t\x1b]0;x\x07".to_owned());
            chart.points[0].shown = "\x1b[31m1".to_owned();
            let drawn = text(&chart, 80, 24, false).unwrap();
            assert!(drawn.chars().all(|c| c == '\n' || !c.is_control()), "{drawn:?}");
        }
    }
}
