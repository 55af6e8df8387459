//! Charts as SVG: layout in pixels, with margins measured in the embedded font.

use super::{Chart, Kind, clean, font::Ruler, tick::Tick};
use crate::language::{Language, Message};

mod bars;
mod line;
mod page;

use page::{Anchor, Page};

/// What stays free at the edges.
const EDGE: i32 = 16;

/// The heights of letters in pixels: the title, names and labels, remarks.
const TITLE: f64 = 20.0;
const LABEL: f64 = 14.0;
const NOTE: f64 = 12.0;

/// A reader's font may be somewhat wider than the embedded one.
const OTHER_FONT: f64 = 1.08;

/// Below this width a chart is for the screen of a phone: labels stand above what they belong to.
const NARROW: i32 = 560;

/// The height of a chart that needs no more.
fn height(chart: &Chart) -> i32 {
    chart.width * 9 / 16
}

/// The pixels that a text across the whole chart may take, in the embedded font.
fn room(width: i32) -> f64 {
    f64::from(width - 2 * EDGE) / OTHER_FONT
}

/// The chart as an SVG document.
///
/// Fails where there is nothing to draw, and where there are more bars than an image can hold.
pub fn svg(chart: &Chart) -> Result<String, Message> {
    let ruler = Ruler::new()?;
    match chart.kind {
        Kind::Bar | Kind::Hist => bars::draw(chart, &ruler),
        Kind::Line => line::draw(chart, &ruler),
        Kind::Spark => line::draw_small(chart, &ruler),
    }
}

/// What the chart is called, for those too who cannot see it.
fn name(chart: &Chart) -> String {
    chart.title.as_deref().map_or_else(|| chart.axes(), clean)
}

/// The pixels that the widest of the texts takes in any usual font, at most `most`.
fn widest<'a>(ruler: &Ruler, texts: impl IntoIterator<Item = &'a str>, most: f64) -> i32 {
    let widths = texts.into_iter().map(|text| ruler.width(text, LABEL) * OTHER_FONT);
    widths.fold(0.0, f64::max).min(most).ceil() as i32
}

/// Writes the title, and below the plot what is not to be seen in it.
fn frame(page: &mut Page<'_>, chart: &Chart, ruler: &Ruler, height: i32) -> Result<(), Message> {
    let title = ruler.fit(&name(chart), TITLE, room(chart.width));
    page.text(&title, (EDGE, 30), TITLE, Anchor::Start, page::TEXT)?;
    let notes = Message::joined(chart.notes(), ", ").text(chart.language);
    if notes.is_empty() {
        return Ok(());
    }
    page.text(&notes, (EDGE, height - 16), NOTE, Anchor::Start, page::GREY)
}

/// The labels of ticks with all their digits.
fn tick_labels(ticks: &[Tick], language: Language) -> Vec<String> {
    ticks.iter().map(|tick| tick.label(language)).collect()
}

#[cfg(test)]
mod tests {
    use resvg::usvg::roxmltree::Document;
    use unicode_normalization::UnicodeNormalization;

    use super::*;
    use crate::output::chart::tests::{UNITS, chart, numbers, odd};

    /// The texts of the drawing, as a reader sees them.
    fn texts(svg: &str) -> Vec<String> {
        let document = Document::parse(svg).unwrap();
        let nodes = document.descendants().filter(|node| node.has_tag_name("text"));
        nodes.map(|node| node.text().unwrap_or_default().trim().to_owned()).collect()
    }

    #[test]
    fn every_label_is_there_and_whole() {
        let points: Vec<(String, Option<f64>)> = UNITS
            .iter()
            .enumerate()
            .map(|(n, unit)| (unit.nfd().collect(), Some(4e11 / (n + 1) as f64)))
            .collect();
        let points: Vec<(&str, Option<f64>)> =
            points.iter().map(|(unit, value)| (unit.as_str(), *value)).collect();
        let mut chart = chart(Kind::Bar, &points);
        chart.title = Some("Số tiền theo đơn vị".to_owned());
        let svg = svg(&chart).unwrap();
        let texts = texts(&svg);
        for unit in UNITS {
            assert!(texts.iter().any(|text| text == unit), "{unit}: {texts:?}");
        }
        for other in ["Số tiền theo đơn vị", "400,000,000,000", "400000000000", "unit", "amount"] {
            assert!(texts.iter().any(|text| text == other), "{other}: {texts:?}");
        }
        let document = Document::parse(&svg).unwrap();
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"));
        assert_eq!(root.attribute("aria-label"), chart.title.as_deref());
        let title = root.children().find(|node| node.has_tag_name("title")).unwrap();
        assert_eq!(title.text(), chart.title.as_deref());
    }

    #[test]
    fn any_text_is_escaped() {
        let label = "<b>&\"'</b>\u{1}\u{7}\u{fffe}\u{ffff}\x1b[31m";
        for kind in Kind::ALL {
            let mut chart = chart(kind, &[(label, Some(1.0)), ("b", Some(2.0))]);
            chart.title = Some(label.to_owned());
            chart.x_name = label.to_owned();
            chart.points[0].shown = label.to_owned();
            let svg = svg(&chart).unwrap();
            let texts = texts(&svg);
            let shown = "<b>&\"'</b>\\x01\\x07\u{fffd}\u{fffd}\\x1b[31m";
            assert!(texts.iter().any(|text| text == shown), "{kind:?}: {texts:?}");
        }
    }

    #[test]
    fn odd_values_are_drawn_too() {
        for values in odd().iter().filter(|values| values.len() < 100) {
            for kind in Kind::ALL {
                let mut chart = numbers(kind, values);
                assert!(Document::parse(&svg(&chart).unwrap()).is_ok(), "{kind:?} {values:?}");
                chart.log = matches!(kind, Kind::Bar | Kind::Line);
                if chart.log && values.iter().all(|value| *value > 0.0) {
                    assert!(Document::parse(&svg(&chart).unwrap()).is_ok(), "{kind:?} {values:?}");
                }
            }
        }
    }

    #[test]
    fn long_labels_are_cut_and_short_ones_are_not() {
        let long = "Đoàn Thanh niên ".repeat(20);
        let texts = texts(&svg(&chart(Kind::Bar, &[(&long, Some(1.0)), ("b", Some(2.0))])).unwrap());
        assert!(texts.iter().any(|text| text.starts_with("Đoàn Thanh niên") && text.ends_with('…')));
    }
}
