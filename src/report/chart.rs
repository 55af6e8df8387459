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

/// The widths of the two drawings in pixels: what a page has room for, and what a phone has.
const WIDTHS: [(i32, &str); 2] = [(800, "wide"), (400, "narrow")];

/// A chart of a result.
pub(super) struct Drawn {
    /// The columns that are drawn: the labels and the values.
    pub(super) columns: Vec<usize>,
    /// SVG elements, of which a page shows the one that fits.
    pub(super) svg: String,
}

/// Draws a result: its columns `x` and `y` where they are given, else those that its query names.
///
/// # Errors
/// There is nothing to draw.
pub(super) fn of(
    answer: &Answer,
    axes: Option<[String; 2]>,
    title: &str,
    language: Language,
) -> Result<Drawn> {
    let mut plot = crate::run::plot_of(&answer.query, language).unwrap_or_default();
    plot.title = Some(title.to_owned());
    if let Some([x, y]) = axes {
        (plot.x, plot.y) = (Some(x), Some(y));
    }
    let (x, y) = plot.columns(&answer.result.schema)?;
    let drawings = WIDTHS.into_iter().map(|(width, class)| {
        plot.width = Some(width);
        Ok(in_page(&drawn(answer, &plot)?, class))
    });
    let svg = drawings.collect::<Result<_>>()?;
    Ok(Drawn { columns: if x == y { vec![x] } else { vec![x, y] }, svg })
}

fn drawn(answer: &Answer, plot: &Plot) -> Result<String> {
    let style = Style { worded: true, ..Style::default() };
    let mut drawn = Vec::new();
    let mut no_book = Book::default();
    let book = (&mut no_book, About::default());
    let mut sink = output::sink(Format::Svg, &style, None, Some(plot), &answer.result.wording, book);
    sink.begin(&answer.result.schema, &mut drawn)?;
    for batch in &answer.result.batches {
        sink.batch(batch, &mut drawn)?;
    }
    sink.finish(&mut drawn)?;
    Ok(String::from_utf8_lossy(&drawn).into_owned())
}

/// A drawing as part of a page: as wide as there is room, without its own fonts and title.
fn in_page(svg: &str, class: &str) -> String {
    let size = |name: &str| -> Option<u32> {
        svg.split_once(&format!(" {name}=\""))?.1.split_once('"')?.0.parse().ok()
    };
    let (Some(width), Some(height)) = (size("width"), size("height")) else { return svg.to_owned() };
    let whole = format!("width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\"");
    let height = height.saturating_sub(if svg.contains(NOTE) { TITLE } else { TITLE + NOTES });
    let below = format!("viewBox=\"{EDGE} {TITLE} {} {height}\"", width.saturating_sub(2 * EDGE));
    let font = svg.split_once(" font-family=\"").and_then(|(_, rest)| rest.split_once('"'));
    let font = font.map_or(String::new(), |(font, _)| format!(" font-family=\"{font}\""));
    let svg = svg.replacen("<svg ", &format!("<svg class=\"{class}\" "), 1);
    let bare = svg.replacen(&whole, &below, 1).replace(" opacity=\"1\"", "");
    if font.is_empty() { bare } else { bare.replace(&font, "") }
}
