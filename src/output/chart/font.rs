//! The embedded font: what a text takes in pixels, on a machine with no fonts too.

use crate::language::Message;
use crate::say;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use unicode_segmentation::UnicodeSegmentation;

/// Roboto Regular with the letters of Vietnamese; its licence stands in `Roboto-LICENSE.txt`.
pub(super) const FONT: &[u8] = include_bytes!("Roboto-subset.ttf");

/// The name by which the font is asked for.
pub(super) const FAMILY: &str = "Roboto";

/// Measures texts in the embedded font.
pub(super) struct Ruler {
    font: FontRef<'static>,
}

impl Ruler {
    /// Fails only where the embedded font is broken.
    pub(super) fn new() -> Result<Self, Message> {
        let font = FontRef::new(FONT)
            .map_err(|error| say!("cannot read the font of charts: {reason}", reason = error))?;
        Ok(Self { font })
    }

    /// The width of the text in pixels, in letters `size` pixels high. Kerning is left out: it makes
    /// texts a little narrower.
    pub(super) fn width(&self, text: &str, size: f64) -> f64 {
        let letters = self.font.charmap();
        let metrics = self.font.glyph_metrics(Size::new(size as f32), LocationRef::default());
        // A letter of another font is taken to be as wide as it is high.
        let width = |c| match letters.map(c) {
            Some(glyph) => metrics.advance_width(glyph).map_or(size, f64::from),
            None => size,
        };
        text.chars().map(width).sum()
    }

    /// The text cut to `most` pixels, with `…` as its last where something was cut.
    pub(super) fn fit(&self, text: &str, size: f64, most: f64) -> String {
        if self.width(text, size) <= most {
            return text.to_owned();
        }
        let mut cut = String::new();
        let mut used = self.width("…", size);
        for piece in text.graphemes(true) {
            used += self.width(piece, size);
            if used > most {
                break;
            }
            cut.push_str(piece);
        }
        cut.truncate(cut.trim_end().len());
        cut + "…"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vietnamese_letter_is_in_the_font() {
        let ruler = Ruler::new().unwrap();
        let letters =
            "aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ";
        let letters = letters.to_owned() + &letters.to_uppercase() + "0123456789₫…–—“”‘’.,;:()[]%/&<>";
        let missing: Vec<char> = letters.chars().filter(|c| ruler.font.charmap().map(*c).is_none()).collect();
        assert_eq!(missing, [] as [char; 0]);
    }

    #[test]
    fn a_text_is_cut_to_its_room() {
        let ruler = Ruler::new().unwrap();
        let text = "Đoàn khối Các cơ quan và Doanh nghiệp tỉnh";
        let cut = ruler.fit(text, 13.0, 120.0);
        assert!(cut.ends_with('…') && ruler.width(&cut, 13.0) <= 120.0, "{cut}");
        assert_eq!(ruler.fit("tỉnh", 13.0, 120.0), "tỉnh");
        assert!((ruler.width("00", 13.0) - 2.0 * ruler.width("0", 13.0)).abs() < 1e-3);
    }
}
