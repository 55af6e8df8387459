//! Charts as pixels: the SVG, drawn with the embedded font.

use crate::language::Message;
use crate::say;
use std::sync::Arc;

use resvg::{tiny_skia, usvg};

use super::{Chart, font, svg::svg};

/// Above this height in pixels an image is not drawn at twice its size.
const TALLEST_DOUBLED: f32 = 10_000.0;

/// The chart as a PNG at twice the size of the SVG, for screens with fine pixels; a very tall one at
/// its own size.
///
/// Uses no font of the machine: the same chart gives the same bytes everywhere. Fails as [`svg`] does.
pub fn png(chart: &Chart) -> Result<Vec<u8>, Message> {
    let fault = |reason: &dyn std::fmt::Display| say!("cannot draw the chart: {reason}", reason);
    let tree = usvg::Tree::from_str(&svg(chart)?, &options()).map_err(|error| fault(&error))?;
    let size = tree.size();
    let scale = if size.height() > TALLEST_DOUBLED { 1.0 } else { 2.0 };
    let (width, height) = ((size.width() * scale) as u32, (size.height() * scale) as u32);
    let mut pixels =
        tiny_skia::Pixmap::new(width, height).ok_or_else(|| say!("cannot draw the chart: it has no size"))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| fault(&error))
}

/// Every family is the embedded one.
fn options() -> usvg::Options<'static> {
    let mut options = usvg::Options { font_family: font::FAMILY.to_owned(), ..usvg::Options::default() };
    let fonts = options.fontdb_mut();
    fonts.load_font_source(usvg::fontdb::Source::Binary(Arc::new(font::FONT)));
    fonts.set_sans_serif_family(font::FAMILY);
    options
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;
    use crate::output::chart::{
        Kind,
        tests::{chart, numbers},
    };

    fn pixels(chart: &Chart) -> tiny_skia::Pixmap {
        let png = png(chart).unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        tiny_skia::Pixmap::decode_png(&png).unwrap()
    }

    #[test]
    fn a_vietnamese_label_is_drawn_alike_in_both_forms() {
        let label = "Thành đoàn Tam Điệp";
        let nfd: String = label.nfd().collect();
        assert_ne!(label, nfd);
        let image = pixels(&chart(Kind::Bar, &[(label, Some(4e11))]));
        assert_eq!((image.width(), image.height()), (1920, 1080));
        let dark = |rows: std::ops::Range<u32>| {
            let at = |(x, y)| image.pixel(x, y).is_some_and(|pixel| pixel.red() < 90);
            rows.flat_map(|y| (32..320).map(move |x| (x, y))).filter(|place| at(*place)).count()
        };
        // The only bar stands in the middle; its label begins at the left margin.
        assert!(dark(520..570) > 500, "{}", dark(520..570));
        assert_eq!(dark(300..500), 0);
        assert_eq!(pixels(&chart(Kind::Bar, &[(&nfd, Some(4e11))])).data(), image.data());
    }

    #[test]
    fn every_kind_has_a_picture() {
        for kind in Kind::ALL {
            let image = pixels(&numbers(kind, &[1.0, 5.0, 3.0, 4.0]));
            let blue = |pixel: &&tiny_skia::PremultipliedColorU8| pixel.blue() > 120 && pixel.red() < 60;
            assert!(image.pixels().iter().filter(blue).count() > 300, "{kind:?}");
        }
    }
}
