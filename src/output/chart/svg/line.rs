//! A line with its points, large with axes or small without.

use super::page::{self, Anchor, Page, Pixel};
use super::{EDGE, LABEL, room};
use crate::language::Message;
use crate::output::chart::{
    Chart, clean, ends,
    font::Ruler,
    scale::Scale,
    series::{self, Spot},
};

/// What stands above the plot, and below it.
const ABOVE: i32 = 84;
const BELOW: i32 = 84;

/// More points than this are drawn as a line alone.
const MOST_DOTS: usize = 80;

/// The height of a small chart, and its width.
const SMALL: (i32, i32) = (480, 110);

/// Between a text and what it belongs to.
const GAP: i32 = 8;

pub(in crate::output::chart) fn draw(chart: &Chart, ruler: &Ruler) -> Result<String, Message> {
    let values = chart.values()?;
    let (low, high) = ends(&values);
    let scale = Scale::for_line(low, high, chart.log, 7);
    let ticks = super::tick_labels(&scale.ticks, chart.language);
    let left =
        EDGE + super::widest(ruler, ticks.iter().map(String::as_str), f64::from(chart.width) / 2.0) + GAP;
    let right = chart.width - 2 * EDGE;
    let height = super::height(chart);
    let (top, bottom) = (ABOVE, height - BELOW);
    let spots = series::spots(chart, &values);
    super::page::document((chart.width, height), &super::name(chart), |page| {
        super::frame(page, chart, ruler, height)?;
        let down = |part: f64| bottom - (part * f64::from(bottom - top)).round() as i32;
        for (tick, label) in scale.ticks.iter().zip(&ticks) {
            let y = down(scale.place(*tick));
            page.line(vec![(left, y), (right, y)], page::GRID, 1)?;
            page.text(label, (left - GAP, y), LABEL, Anchor::End, page::GREY)?;
        }
        let room = room(chart.width);
        let y_name = ruler.fit(&clean(&chart.y_name), LABEL, room);
        page.text(&y_name, (EDGE, 62), LABEL, Anchor::Start, page::GREY)?;
        let x_name = ruler.fit(&clean(&chart.x_name), LABEL, room);
        page.text(&x_name, ((left + right) / 2, bottom + 44), LABEL, Anchor::Middle, page::GREY)?;
        page.line(vec![(left, bottom), (right, bottom)], page::AXIS, 1)?;
        below(page, chart, ruler, &spots, (left, right), bottom)?;
        curve(page, &spots, &scale, (left, right), (top, bottom))
    })
}

/// A line without axes; its least and greatest values are said below it.
pub(in crate::output::chart) fn draw_small(chart: &Chart, ruler: &Ruler) -> Result<String, Message> {
    let values = chart.values()?;
    let (low, high) = ends(&values);
    let scale = Scale::bare_line(low, high);
    let spots = series::spots(chart, &values);
    let (width, height) = SMALL;
    let shown = |end: f64| -> String {
        let place = values.iter().position(|value| *value == Some(end));
        place.map_or(String::new(), |place| clean(&chart.points[place].shown))
    };
    let mut said = vec![Message::verbatim(format!("{} – {}", shown(low), shown(high)))];
    said.extend(chart.notes());
    let said = Message::joined(said, ", ").text(chart.language);
    let room = room(width);
    super::page::document(SMALL, &super::name(chart), |page| {
        page.text(
            &ruler.fit(&super::name(chart), LABEL, room),
            (EDGE, 18),
            LABEL,
            Anchor::Start,
            page::TEXT,
        )?;
        let said = ruler.fit(&said, LABEL, room);
        page.text(&said, (EDGE, height - 14), LABEL, Anchor::Start, page::GREY)?;
        curve(page, &spots, &scale, (EDGE, width - EDGE), (36, height - 34))
    })
}

/// The line, in the pixels from left to right and from top to bottom.
fn curve(
    page: &mut Page<'_>,
    spots: &[Spot],
    scale: &Scale,
    (left, right): Pixel,
    (top, bottom): Pixel,
) -> Result<(), Message> {
    let dotted = spots.len() <= MOST_DOTS;
    for run in series::runs(spots, scale, (right - left).unsigned_abs() as usize) {
        let pixel = |(across, up): &series::Place| {
            let x = left + (across * f64::from(right - left)).round() as i32;
            (x, bottom - (up * f64::from(bottom - top)).round() as i32)
        };
        let pixels: Vec<Pixel> = run.iter().map(pixel).collect();
        if dotted || pixels.len() == 1 {
            for place in &pixels {
                page.dot(*place)?;
            }
        }
        if pixels.len() > 1 {
            page.line(pixels, page::MARK, 2)?;
        }
    }
    Ok(())
}

/// The labels of the first and last points, and of as many between them as there is room for.
fn below(
    page: &mut Page<'_>,
    chart: &Chart,
    ruler: &Ruler,
    spots: &[Spot],
    (left, right): Pixel,
    bottom: i32,
) -> Result<(), Message> {
    let most = f64::from(right - left) / 3.0;
    // Measured over some of the points only, as there may be very many.
    let sampled = spots.iter().step_by(spots.len().div_ceil(100).max(1));
    let texts: Vec<String> = sampled.map(|spot| clean(&chart.points[spot.index].label)).collect();
    let each = super::widest(ruler, texts.iter().map(String::as_str), most) + 2 * GAP;
    let fitting = ((right - left) / each.max(1)).clamp(1, 12) as usize;
    let last = spots.len().saturating_sub(1);
    let stride = last.div_ceil(fitting).max(1);
    // The two ends come first: they are never the ones left out.
    let mut order = vec![0, last];
    order.extend((0..last).step_by(stride).skip(1));
    order.dedup();
    let mut taken: Vec<Pixel> = Vec::new();
    for n in order {
        let Some(spot) = spots.get(n) else { continue };
        let label = ruler.fit(&clean(&chart.points[spot.index].label), LABEL, most);
        let half = super::widest(ruler, [label.as_str()], f64::INFINITY) / 2;
        let x = left + (spot.across * f64::from(right - left)).round() as i32;
        let middle = x.clamp(EDGE + half, chart.width - EDGE - half);
        let (from, to) = (middle - half - GAP, middle + half + GAP);
        if taken.iter().any(|other| from < other.1 && other.0 < to) {
            continue;
        }
        taken.push((from, to));
        page.line(vec![(x, bottom), (x, bottom + 5)], page::AXIS, 1)?;
        page.text(&label, (middle, bottom + 18), LABEL, Anchor::Middle, page::GREY)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use crate::output::chart::{
        Kind,
        svg::svg,
        tests::{chart, numbers},
    };

    #[test]
    fn a_null_breaks_the_line_and_a_lone_point_is_seen() {
        let chart = chart(Kind::Line, &[("a", Some(0.0)), ("b", None), ("c", Some(1.0)), ("d", Some(2.0))]);
        let svg = svg(&chart).unwrap();
        assert_eq!(svg.matches("<circle").count(), 3);
        assert_eq!(svg.matches("stroke=\"#1A5FB4\"").count(), 1);
    }

    #[test]
    fn a_hundred_thousand_points_are_quick_and_few() {
        let mut chart = numbers(Kind::Line, &(0..100_000).map(|n| f64::from(n % 97)).collect::<Vec<_>>());
        for point in chart.points.iter_mut().step_by(3) {
            point.value = None;
        }
        let start = Instant::now();
        let svg = svg(&chart).unwrap();
        // Far above what it takes, as a loaded machine measures too.
        assert!(start.elapsed().as_millis() < 2000, "{:?}", start.elapsed());
        assert!(svg.len() < 500_000, "{}", svg.len());
    }
}
