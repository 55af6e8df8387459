//! A chart of a result, drawn once and coloured by the page.

use super::asked::Answer;
use crate::error::Result;
use crate::language::Language;
use crate::output::{self, About, Book, Format, Plot, Style};

/// The height of the title in a chart, which the page says itself, and of the room below for notes.
const TITLE: u32 = 44;
const NOTES: u32 = 28;

/// What stays free at the left and right edges.
const EDGE: u32 = 14;

/// How notes are told from other texts: by the height of their letters.
const NOTE: &str = "font-size=\"12\"";

/// The chart of a result as an SVG element.
///
/// # Errors
/// There is nothing to draw.
pub(super) fn svg(answer: &Answer, language: Language) -> Result<String> {
    let plot = Plot {
        title: Some(answer.title(language).to_owned()),
        ..crate::run::plot_of(&answer.query, language).unwrap_or_default()
    };
    let style = Style { worded: true, ..Style::default() };
    let mut drawn = Vec::new();
    let mut no_book = Book::default();
    let book = (&mut no_book, About::default());
    let mut sink = output::sink(Format::Svg, &style, None, Some(&plot), &answer.result.wording, book);
    sink.begin(&answer.result.schema, &mut drawn)?;
    for batch in &answer.result.batches {
        sink.batch(batch, &mut drawn)?;
    }
    sink.finish(&mut drawn)?;
    Ok(in_page(&String::from_utf8_lossy(&drawn)))
}

/// A drawing as part of a page: as wide as there is room, without its own fonts and title.
fn in_page(svg: &str) -> String {
    let size = |name: &str| -> Option<u32> {
        svg.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0.parse().ok()
    };
    let (Some(width), Some(height)) = (size("width"), size("height")) else { return svg.to_owned() };
    let whole = format!("width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\"");
    let height = height.saturating_sub(if svg.contains(NOTE) { TITLE } else { TITLE + NOTES });
    let below = format!("viewBox=\"{EDGE} {TITLE} {} {height}\"", width.saturating_sub(2 * EDGE));
    let font = svg.split_once(" font-family=\"").and_then(|(_, rest)| rest.split_once('"'));
    let font = font.map_or(String::new(), |(font, _)| format!(" font-family=\"{font}\""));
    let bare = svg.replacen(&whole, &below, 1).replace(" opacity=\"1\"", "");
    if font.is_empty() { bare } else { bare.replace(&font, "") }
}
