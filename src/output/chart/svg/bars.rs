//! Horizontal bars, as high as a line of text needs.

use super::page::{self, Anchor, Pixel};
use super::{EDGE, LABEL, NARROW, OTHER_FONT, room};
use crate::language::{Message, Piece};
use crate::output::chart::{Chart, bar, bar::Bar, clean, ends, font::Ruler, scale::Scale};
use crate::say;

/// The least height of a bar with the space around it, so that its label can be read.
const BAND: i32 = 24;

/// The same with the label above the bar.
const TALL_BAND: i32 = 46;

/// The greatest height of a bar.
const THICKEST: i32 = 40;

/// What stands above the bars, and below them.
const ABOVE: i32 = 84;
const BELOW: i32 = 80;

/// The tallest image that is drawn.
const TALLEST: i32 = 20_000;

/// The lower end of a taller image is out of sight.
const SEEN: i32 = 700;

/// The part of the width that labels may take, and values.
const LABELS: f64 = 0.45;
const VALUES: f64 = 0.2;

/// Between a text and what it belongs to.
const GAP: i32 = 8;

pub(in crate::output::chart) fn draw(chart: &Chart, ruler: &Ruler) -> Result<String, Message> {
    // A word for null, as few fonts have a sign for it.
    let bars = bar::bars(chart, usize::MAX, &say!("null").text(chart.language))?;
    let widest = super::widest(ruler, bars.iter().map(|bar| bar.label.as_str()), f64::INFINITY);
    let layout = Layout::of(chart, widest);
    let most = (TALLEST - ABOVE - BELOW) / layout.band();
    let count = i32::try_from(bars.len()).unwrap_or(i32::MAX);
    if count > most {
        let count = Piece::Count(bars.len() as u64);
        return Err(say!("an image has room for {most} bars, not for {count}", most, count));
    }
    let height = (ABOVE + BELOW + count * layout.band()).max(super::height(chart));
    let (labels, values) = (f64::from(chart.width) * LABELS, f64::from(chart.width) * VALUES);
    let x_name = clean(&chart.x_name);
    let left = match layout {
        Layout::Beside => EDGE + widest.min(labels.ceil() as i32) + GAP,
        Layout::Above => EDGE,
    };
    let right =
        chart.width - EDGE - super::widest(ruler, bars.iter().map(|bar| bar.shown.as_str()), values) - GAP;
    let (scale, ticks) = axis(chart, &bars, ruler, right - left);
    // The first and the last tick are centred below the ends of the plot.
    let half =
        |label: Option<&String>| label.map_or(0, |label| super::widest(ruler, [label.as_str()], 200.0) / 2);
    let left = left.max(EDGE + half(ticks.first()));
    let right = right.min(chart.width - EDGE - half(ticks.last()));
    let (top, bottom) = (ABOVE, height - BELOW);
    let across = |part: f64| left + (part * f64::from(right - left)).round() as i32;

    super::page::document((chart.width, height), &super::name(chart), |page| {
        super::frame(page, chart, ruler, height)?;
        page.text(
            &ruler.fit(&x_name, LABEL, room(chart.width)),
            (EDGE, 56),
            LABEL,
            Anchor::Start,
            page::GREY,
        )?;
        for (tick, label) in scale.ticks.iter().zip(&ticks) {
            let x = across(scale.place(*tick));
            page.line(vec![(x, top), (x, bottom)], page::GRID, 1)?;
            page.text(label, (x, bottom + 14), LABEL, Anchor::Middle, page::GREY)?;
            if height > SEEN {
                page.text(label, (x, top - 10), LABEL, Anchor::Middle, page::GREY)?;
            }
        }
        let y_name = ruler.fit(&clean(&chart.y_name), LABEL, f64::from(right - left));
        page.text(&y_name, ((left + right) / 2, bottom + 36), LABEL, Anchor::Middle, page::GREY)?;
        let base = across(scale.base());
        for (n, bar) in (0..count).zip(&bars) {
            let place = |n: i32| top + (bottom - top) * n / count;
            let band = (place(n), place(n + 1));
            let band = label(page, bar, ruler, layout, (left, chart.width), band)?;
            draw_bar(page, bar, ruler, (base, chart.width), band, |value| across(scale.at(value)))?;
        }
        page.line(vec![(base, top), (base, bottom)], page::AXIS, 1)
    })
}

/// The axis with as many ticks as there is room for labels.
fn axis(chart: &Chart, bars: &[Bar], ruler: &Ruler, room: i32) -> (Scale, Vec<String>) {
    let values: Vec<Option<f64>> = bars.iter().map(|bar| bar.value).collect();
    let (low, high) = ends(&values);
    let with = |most: usize| {
        let scale = Scale::for_bars(low, high, chart.log, most);
        let labels = super::tick_labels(&scale.ticks, chart.language);
        (scale, labels)
    };
    let fits = |labels: &[String]| {
        let widest = super::widest(ruler, labels.iter().map(String::as_str), f64::INFINITY);
        (widest + 2 * GAP) * (labels.len() as i32 - 1) <= room
    };
    let found = (4..=9).rev().map(with).find(|(_, labels)| fits(labels));
    found.unwrap_or_else(|| with(3))
}

/// Where labels stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Beside,
    Above,
}

impl Layout {
    fn of(chart: &Chart, widest: i32) -> Self {
        if chart.width < NARROW && widest > chart.width / 4 { Self::Above } else { Self::Beside }
    }

    /// The least height of a bar with its label and the space around it.
    fn band(self) -> i32 {
        match self {
            Self::Beside => BAND,
            Self::Above => TALL_BAND,
        }
    }
}

/// Writes the label of a bar into its band, and gives what is left of that.
fn label(
    page: &mut page::Page<'_>,
    bar: &Bar,
    ruler: &Ruler,
    layout: Layout,
    (left, width): Pixel,
    (from, to): Pixel,
) -> Result<Pixel, Message> {
    match layout {
        Layout::Beside => {
            let label = ruler.fit(&bar.label, LABEL, f64::from(left - EDGE - GAP) / OTHER_FONT + 1.0);
            page.text(&label, (left - GAP, (from + to) / 2), LABEL, Anchor::End, page::TEXT)?;
            Ok((from, to))
        }
        Layout::Above => {
            let left = left + GAP / 2;
            let label = ruler.fit(&bar.label, LABEL, room(width));
            let middle = from + TALL_BAND / 4;
            // A grid line through the letters makes them hard to read.
            let end = left + (ruler.width(&label, LABEL) * OTHER_FONT).ceil() as i32;
            page.blank((left, middle - GAP), (end.min(width), middle + GAP))?;
            page.text(&label, (left, middle), LABEL, Anchor::Start, page::TEXT)?;
            Ok((from + TALL_BAND / 2, to))
        }
    }
}

fn draw_bar(
    page: &mut page::Page<'_>,
    bar: &Bar,
    ruler: &Ruler,
    (base, width): Pixel,
    (from, to): Pixel,
    across: impl Fn(f64) -> i32,
) -> Result<(), Message> {
    let middle = (from + to) / 2;
    let mut after = base;
    if let Some(value) = bar.value.filter(|value| *value != 0.0) {
        let thick = ((to - from) * 3 / 4).min(THICKEST);
        let top = middle - thick / 2;
        // What is not zero is to be seen.
        let end = if value > 0.0 { across(value).max(base + 1) } else { across(value).min(base - 1) };
        page.bar((base.min(end), top), (base.max(end), top + thick))?;
        after = base.max(end);
    }
    let shown = ruler.fit(&bar.shown, LABEL, f64::from(width) * VALUES);
    let color = if bar.value.is_some() { page::TEXT } else { page::GREY };
    // A grid line through the digits would be taken for one of them.
    let end = after + 2 * GAP + ruler.width(&shown, LABEL).ceil() as i32;
    page.blank((after + GAP / 2, middle - GAP), (end.min(width), middle + GAP))?;
    page.text(&shown, (after + GAP, middle), LABEL, Anchor::Start, color)
}

#[cfg(test)]
mod tests {
    use crate::output::chart::{Kind, svg::svg, tests::numbers};

    fn height(count: usize) -> String {
        let svg = svg(&numbers(Kind::Bar, &vec![1.0; count])).unwrap();
        svg.split(" height=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    #[test]
    fn an_image_grows_with_its_bars_to_an_end() {
        assert_eq!((height(1), height(13), height(100)), ("540".into(), "540".into(), "2564".into()));
        let error = svg(&numbers(Kind::Bar, &vec![1.0; 2000])).unwrap_err().english();
        assert_eq!(error, "an image has room for 826 bars, not for 2,000");
    }
}
