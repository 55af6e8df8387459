//! The points of a line: their order, where the line breaks, and how many of them can be seen.

use super::{Chart, scale::Scale};

/// A place in the plot: across and up, 0 to 1.
pub(super) type Place = (f64, f64);

/// A point of the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spot {
    /// Which point of the chart it is.
    pub(super) index: usize,
    /// Where it stands across: 0 to 1.
    pub(super) across: f64,
    value: Option<f64>,
}

/// The points in the order of the line: by position where all have one, else evenly as they came.
pub(super) fn spots(chart: &Chart, values: &[Option<f64>]) -> Vec<Spot> {
    let positions: Option<Vec<f64>> =
        chart.points.iter().map(|point| point.position.filter(|x| x.is_finite())).collect();
    let places = positions.unwrap_or_else(|| (0..values.len()).map(|n| n as f64).collect());
    let low = places.iter().copied().fold(f64::INFINITY, f64::min);
    let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // Halves, as the distance may be more than a float holds.
    let span = high / 2.0 - low / 2.0;
    let mut spots: Vec<Spot> = places
        .iter()
        .zip(values)
        .enumerate()
        .map(|(index, (x, value))| {
            let across = if span > 0.0 { (x / 2.0 - low / 2.0) / span } else { 0.5 };
            Spot { index, across, value: *value }
        })
        .collect();
    spots.sort_by(|a, b| a.across.total_cmp(&b.across));
    spots
}

/// The unbroken pieces of the line, thinned to what `columns` across can show.
pub(super) fn runs(spots: &[Spot], scale: &Scale, columns: usize) -> Vec<Vec<Place>> {
    let mut runs: Vec<Vec<Place>> = Vec::new();
    for piece in spots.split(|spot| spot.value.is_none()).filter(|piece| !piece.is_empty()) {
        let places = piece.iter().filter_map(|spot| spot.value.map(|value| (spot.across, scale.at(value))));
        let places: Vec<Place> = places.collect();
        let within = |run: &[Place]| match (run.first(), run.last()) {
            (Some(first), Some(last)) if column(first, columns) == column(last, columns) => {
                Some(column(first, columns))
            }
            _ => None,
        };
        match runs.last_mut() {
            // A gap narrower than a column is not to be seen.
            Some(before) if within(before).is_some() && within(before) == within(&places) => {
                before.extend(places);
            }
            _ => runs.push(places),
        }
    }
    runs.iter().map(|run| thinned(run, columns)).collect()
}

/// The first, least, greatest and last of the places in each column: what a reader can see of them.
fn thinned(run: &[Place], columns: usize) -> Vec<Place> {
    let mut kept = Vec::new();
    for group in run.chunk_by(|a, b| column(a, columns) == column(b, columns)) {
        if group.len() <= 4 {
            kept.extend_from_slice(group);
            continue;
        }
        let (mut least, mut most) = (0, 0);
        for (n, place) in group.iter().enumerate() {
            if place.1 < group[least].1 {
                least = n;
            }
            if place.1 > group[most].1 {
                most = n;
            }
        }
        let mut order = vec![0, least.min(most), least.max(most), group.len() - 1];
        order.dedup();
        kept.extend(order.into_iter().map(|n| group[n]));
    }
    kept
}

fn column(place: &Place, columns: usize) -> usize {
    (place.0 * columns as f64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::chart::{
        Kind,
        tests::{chart, numbers},
    };

    #[test]
    fn a_line_goes_by_position_where_every_point_has_one() {
        let mut chart = numbers(Kind::Line, &[1.0, 2.0, 3.0]);
        let order = |chart: &Chart| -> Vec<(usize, f64)> {
            let values = chart.values().unwrap();
            spots(chart, &values).iter().map(|spot| (spot.index, spot.across)).collect()
        };
        assert_eq!(order(&chart), [(0, 0.0), (1, 0.5), (2, 1.0)]);
        for (point, x) in chart.points.iter_mut().zip([10.0, 0.0, 1.0]) {
            point.position = Some(x);
        }
        assert_eq!(order(&chart), [(1, 0.0), (2, 0.1), (0, 1.0)]);
        chart.points[2].position = None;
        assert_eq!(order(&chart), [(0, 0.0), (1, 0.5), (2, 1.0)]);
    }

    #[test]
    fn a_null_breaks_the_line() {
        let chart = chart(Kind::Line, &[("a", Some(0.0)), ("b", None), ("c", Some(1.0)), ("d", Some(2.0))]);
        let values = chart.values().unwrap();
        let runs = runs(&spots(&chart, &values), &Scale::for_line(0.0, 2.0, false, 5), 100);
        assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn thinning_keeps_what_stands_out() {
        let values: Vec<f64> =
            (0..100_000).map(|n| if n == 50_001 { 9.0 } else { f64::from(n % 2) }).collect();
        let chart = numbers(Kind::Line, &values);
        let values = chart.values().unwrap();
        let runs = runs(&spots(&chart, &values), &Scale::for_line(0.0, 9.0, false, 3), 100);
        assert!(runs[0].len() <= 404, "{}", runs[0].len());
        assert_eq!(runs[0].iter().filter(|place| place.1 > 0.8).count(), 1);
    }
}
