//! The sheet that charts are drawn on: shapes and texts at pixels, and the document around them.

use crate::language::Message;
use crate::say;
use plotters::coord::Shift;
use plotters::prelude::{
    Circle, DrawingArea, IntoDrawingArea, IntoFont, PathElement, Rectangle, SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, RGBColor, WHITE};

/// The colour of what stands for values.
pub(super) const MARK: RGBColor = RGBColor(0x1a, 0x5f, 0xb4);
pub(super) const TEXT: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// The colour of names, ticks and remarks.
pub(super) const GREY: RGBColor = RGBColor(0x55, 0x55, 0x55);
pub(super) const AXIS: RGBColor = RGBColor(0x77, 0x77, 0x77);
pub(super) const GRID: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);

/// The fonts that are asked for, the embedded one first; a reader's machine has one of them.
const FAMILIES: &str = "Roboto, 'Segoe UI', 'Noto Sans', Arial, sans-serif";

/// A letter's height is given to the backend with the space between lines, as it divides by this.
const LINE_HEIGHT: f64 = 1.24;

/// A place in pixels from the upper left.
pub(super) type Pixel = (i32, i32);

/// Which part of a text stands at its place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The sheet.
pub(super) struct Page<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl Page<'_> {
    pub(super) fn bar(&mut self, from: Pixel, to: Pixel) -> Result<(), Message> {
        self.area.draw(&Rectangle::new([from, to], MARK.filled())).map_err(fault)
    }

    /// Takes away what is drawn there.
    pub(super) fn blank(&mut self, from: Pixel, to: Pixel) -> Result<(), Message> {
        self.area.draw(&Rectangle::new([from, to], WHITE.filled())).map_err(fault)
    }

    pub(super) fn line(&mut self, places: Vec<Pixel>, color: RGBColor, width: u32) -> Result<(), Message> {
        self.area.draw(&PathElement::new(places, color.stroke_width(width))).map_err(fault)
    }

    pub(super) fn dot(&mut self, place: Pixel) -> Result<(), Message> {
        self.area.draw(&Circle::new(place, 3, MARK.filled())).map_err(fault)
    }

    /// Writes a text, whose middle is at the height of `place`.
    pub(super) fn text(
        &mut self,
        text: &str,
        place: Pixel,
        size: f64,
        anchor: Anchor,
        color: RGBColor,
    ) -> Result<(), Message> {
        let across = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let font = (FAMILIES, size * LINE_HEIGHT).into_font().color(&color);
        let style = font.pos(Pos::new(across, VPos::Center));
        self.area.draw(&Text::new(allowed(text), place, style)).map_err(fault)
    }
}

/// The SVG document of a drawing, with a name for those who cannot see it.
pub(super) fn document(
    (width, height): (i32, i32),
    name: &str,
    draw: impl FnOnce(&mut Page<'_>) -> Result<(), Message>,
) -> Result<String, Message> {
    let mut drawn = String::new();
    {
        let size = (width.unsigned_abs(), height.unsigned_abs());
        let mut page = Page { area: SVGBackend::with_string(&mut drawn, size).into_drawing_area() };
        page.area.fill(&WHITE).map_err(fault)?;
        draw(&mut page)?;
        page.area.present().map_err(fault)?;
    }
    // The backend writes the root without a name, and no other tag before it.
    let name = escaped(&allowed(name));
    let root = format!("<svg role=\"img\" aria-label=\"{name}\" ");
    let titled = format!(">\n<title>{name}</title>\n");
    Ok(drawn.replacen(">\n", &titled, 1).replacen("<svg ", &root, 1))
}

/// The text without what XML has no place for, even as a reference.
fn allowed(text: &str) -> String {
    let hidden = |c: char| matches!(c, '\u{fffe}' | '\u{ffff}') || (c.is_control() && c != '\n');
    text.chars().map(|c| if hidden(c) { '\u{fffd}' } else { c }).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn fault(reason: impl std::fmt::Display) -> Message {
    say!("cannot draw the chart: {reason}", reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_a_name_and_clean_numbers() {
        let svg = document((100, 50), "a & \"b\" > c", |page| {
            for size in [12.0, 14.0, 20.0] {
                page.text("x", (1, 2), size, Anchor::End, TEXT)?;
            }
            page.dot((3, 4))
        })
        .unwrap();
        let start = "<svg role=\"img\" aria-label=\"a &amp; &quot;b&quot; &gt; c\" width=\"100\"";
        assert!(svg.starts_with(start), "{svg}");
        assert!(svg.contains("\n<title>a &amp; &quot;b&quot; &gt; c</title>\n"), "{svg}");
        for size in [12, 14, 20] {
            assert!(svg.contains(&format!("font-size=\"{size}\"")), "{svg}");
        }
    }
}
