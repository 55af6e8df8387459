//! Charts: a result as bars, a line, a histogram or one line of blocks.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `tick` | round places on an axis, and how they are written |
//! | `scale` | where a value stands on an axis |
//! | `bins` | numbers counted in round intervals |
//! | `series` | points in the order of a line, its breaks, and how many of them can be seen |
//! | `bar` | the bars of a bar chart or a histogram, before they are drawn |
//! | `terminal` | charts of characters |
//! | `font` | the embedded font: the widths of texts |
//! | `svg` | charts as SVG |
//! | `png` | the same as pixels |

use crate::language::{Language, Message, Piece};
use crate::say;
use std::str::FromStr;

use crate::ui::text;

mod bar;
mod bins;
mod font;
mod png;
mod scale;
mod series;
mod svg;
mod terminal;
mod tick;

pub use png::png;
pub use svg::svg;
pub use terminal::text;

/// What a chart looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One horizontal bar a row.
    Bar,
    /// A line through the rows.
    Line,
    /// How many rows fall into each interval.
    Hist,
    /// A small line without axes.
    Spark,
}

impl Kind {
    /// Every kind, in the order in which they are named to a reader.
    pub const ALL: [Self; 4] = [Self::Bar, Self::Line, Self::Hist, Self::Spark];

    /// The kind's name, as it is typed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bar => "bar",
            Self::Line => "line",
            Self::Hist => "hist",
            Self::Spark => "spark",
        }
    }
}

impl FromStr for Kind {
    type Err = Message;

    fn from_str(word: &str) -> Result<Self, Message> {
        let found = Self::ALL.into_iter().find(|kind| kind.word() == word);
        found.ok_or_else(|| {
            let known = Self::ALL.map(|kind| format!("`{}`", kind.word())).join(", ");
            say!("there is no chart `{name}`: the charts are {known}", name = text::visible(word), known)
        })
    }
}

/// One row of what is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The x value as text.
    pub label: String,
    /// The y value; `None` is null. A value that is not finite is drawn as null.
    pub value: Option<f64>,
    /// The exact text of the y value.
    pub shown: String,
    /// The x value where it is a number, or a date as its day number.
    pub position: Option<f64>,
}

/// What is drawn, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it looks like.
    pub kind: Kind,
    /// What the reader is told that it shows.
    pub title: Option<String>,
    /// The name of the labels; for a histogram, of the values that are counted.
    pub x_name: String,
    /// The name of the values; for a histogram, of what is counted.
    pub y_name: String,
    /// The rows, in their order.
    pub points: Vec<Point>,
    /// Values stand at their logarithm; for bars and lines only.
    pub log: bool,
    /// The width of an image in pixels; its height follows from it.
    pub width: i32,
    /// The language of what is said beside the names and values.
    pub language: Language,
}

/// The width of an image where none is asked for, in pixels.
pub const WIDTH: i32 = 960;

impl Chart {
    /// The values as they can be drawn, one for each point.
    ///
    /// Fails where no point has one, and where the scale has no place for one.
    fn values(&self) -> Result<Vec<Option<f64>>, Message> {
        if self.log && !matches!(self.kind, Kind::Bar | Kind::Line) {
            return Err(say!(
                "a log scale is for `bar` and `line`, not for `{kind}`",
                kind = self.kind.word()
            ));
        }
        let values: Vec<Option<f64>> =
            self.points.iter().map(|point| point.value.filter(|value| value.is_finite())).collect();
        if values.iter().flatten().next().is_none() {
            return Err(say!("there is nothing to draw: no row has a value"));
        }
        for (value, point) in values.iter().zip(&self.points) {
            if self.log && value.is_some_and(|value| value <= 0.0) {
                let (shown, label) = (clean(&point.shown), clean(&point.label));
                return Err(say!("a log scale has no place for {shown} (label `{label}`)", shown, label));
            }
        }
        Ok(values)
    }

    /// What the two axes are: `y by x`.
    fn axes(&self) -> String {
        say!("{y} by {x}", y = clean(&self.y_name), x = clean(&self.x_name)).text(self.language)
    }

    /// What is said below the chart: the scale, and rows that are not to be seen in it.
    fn notes(&self) -> Vec<Message> {
        let mut notes = Vec::new();
        if self.log {
            notes.push(say!("log scale"));
        }
        let nulls = self.points.iter().filter(|point| point.value.is_none()).count();
        if nulls > 0 && self.kind != Kind::Bar {
            notes.push(say!("{n} null", n = Piece::Count(nulls as u64)));
        }
        let wild =
            self.points.iter().filter(|point| point.value.is_some_and(|value| !value.is_finite())).count();
        if wild > 0 {
            notes.push(say!("{n} not finite", n = Piece::Count(wild as u64)));
        }
        notes
    }
}

/// A text as it may stand in a chart: one spelling, and nothing that a terminal would act on.
fn clean(given: &str) -> String {
    text::nfc(&text::visible(given)).into_owned()
}

/// The least and the greatest of the values.
fn ends(values: &[Option<f64>]) -> (f64, f64) {
    let ends = (f64::INFINITY, f64::NEG_INFINITY);
    values.iter().flatten().fold(ends, |(low, high), value| (low.min(*value), high.max(*value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The units of a province, the longest names first.
    pub(in crate::output::chart) const UNITS: [&str; 13] = [
        "Thành đoàn Tam Điệp",
        "Thành đoàn Hoa Lư",
        "Huyện đoàn Yên Khánh",
        "Huyện đoàn Nho Quan",
        "Huyện đoàn Gia Viễn",
        "Huyện đoàn Kim Sơn",
        "Huyện đoàn Yên Mô",
        "Đoàn khối Các cơ quan và Doanh nghiệp tỉnh",
        "Đoàn Công an tỉnh",
        "Đoàn Thanh niên Bộ Chỉ huy Quân sự tỉnh",
        "Đoàn Trường Đại học Hoa Lư",
        "Đoàn Thanh niên Sở Giáo dục và Đào tạo",
        "Đoàn Thanh niên Bộ đội Biên phòng tỉnh",
    ];

    /// A chart of labels and values; the value's own text is what is shown.
    pub(in crate::output::chart) fn chart(kind: Kind, points: &[(&str, Option<f64>)]) -> Chart {
        let point = |(label, value): &(&str, Option<f64>)| Point {
            label: (*label).to_owned(),
            value: *value,
            shown: value.map_or(String::new(), |value| value.to_string()),
            position: None,
        };
        Chart {
            kind,
            title: None,
            x_name: "unit".to_owned(),
            y_name: "amount".to_owned(),
            points: points.iter().map(point).collect(),
            log: false,
            width: WIDTH,
            language: Language::English,
        }
    }

    /// A chart of values alone.
    pub(in crate::output::chart) fn numbers(kind: Kind, values: &[f64]) -> Chart {
        chart(kind, &values.iter().map(|value| ("x", Some(*value))).collect::<Vec<_>>())
    }

    /// Values that have broken charts: each must come out as a chart or as an error, on any drawing.
    pub(in crate::output::chart) fn odd() -> Vec<Vec<f64>> {
        vec![
            vec![5.0],
            vec![0.0],
            vec![0.0; 3],
            vec![7.0; 4],
            vec![-1.0, -2.0, -30.0],
            vec![1e300, 2e300, -1e300],
            vec![1e-300, 3e-300],
            vec![f64::MAX, f64::MIN],
            vec![f64::MAX; 2],
            vec![5e-324, 1e-323],
            vec![1e15, 1e15 + 1.0],
            vec![f64::NAN, 1.0, f64::INFINITY],
            (0..2000).map(f64::from).collect(),
        ]
    }

    #[test]
    fn a_kind_is_read_by_its_word() {
        for kind in Kind::ALL {
            assert_eq!(kind.word().parse(), Ok(kind));
        }
        let error = "pie".parse::<Kind>().unwrap_err().english();
        assert_eq!(error, "there is no chart `pie`: the charts are `bar`, `line`, `hist`, `spark`");
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        let fault = |chart: &Chart| chart.values().unwrap_err().english();
        let nothing = "there is nothing to draw: no row has a value";
        for kind in Kind::ALL {
            assert_eq!(fault(&chart(kind, &[])), nothing);
            assert_eq!(fault(&chart(kind, &[("a", None), ("b", Some(f64::NAN))])), nothing);
        }
        let mut log = chart(Kind::Bar, &[("a", Some(1.0)), ("x", Some(-3.0))]);
        log.log = true;
        assert_eq!(fault(&log), "a log scale has no place for -3 (label `x`)");
        log.kind = Kind::Hist;
        assert_eq!(fault(&log), "a log scale is for `bar` and `line`, not for `hist`");
    }

    #[test]
    fn rows_that_are_not_seen_are_counted() {
        let mut chart = chart(Kind::Line, &[("a", None), ("b", Some(f64::NAN)), ("c", Some(1.0))]);
        chart.log = true;
        let notes: Vec<String> = chart.notes().iter().map(Message::english).collect();
        assert_eq!(notes, ["log scale", "1 null", "1 not finite"]);
    }
}
