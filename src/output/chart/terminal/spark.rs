//! One line of blocks, as high as their values.

use super::Ink;
use crate::language::{Message, Piece};
use crate::output::chart::{Chart, clean, ends};
use crate::say;
use crate::ui::text;

/// Blocks of 1 to 8 eighths of a line.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// With fewer columns than this for the blocks, the two ends are said below them.
const LEAST_BLOCKS: usize = 8;

pub(super) fn draw(
    chart: &Chart,
    columns: usize,
    ink: &Ink,
    notes: &mut Vec<Message>,
) -> Result<Vec<String>, Message> {
    let values = chart.values()?;
    let (low, high) = ends(&values);
    let shown = |end: f64| -> String {
        let place = values.iter().position(|value| *value == Some(end));
        place.map_or(String::new(), |place| clean(&chart.points[place].shown))
    };
    let (least, most) = (shown(low), shown(high));
    let beside = columns.saturating_sub(text::width(&least) + text::width(&most) + 2);
    let inline = beside >= values.len().min(LEAST_BLOCKS);
    let room = if inline { beside } else { columns };
    let each = values.len().div_ceil(room);
    let blocks: String = values.chunks(each).map(|bucket| block(mean(bucket), low, high)).collect();
    if each > 1 {
        notes.push(say!("each block is the mean of {n} rows", n = Piece::Count(each as u64)));
    }
    let blocks = ink.mark(&blocks);
    if inline {
        return Ok(vec![format!("{} {blocks} {}", ink.dim(&least), ink.dim(&most))]);
    }
    let said = say!("from {least} to {most}", least, most).text(chart.language);
    let said = text::wrapped(&said, columns);
    Ok(std::iter::once(blocks).chain(said.iter().map(|line| ink.dim(line))).collect())
}

/// The mean of the values that are not null.
fn mean(bucket: &[Option<f64>]) -> Option<f64> {
    let count = bucket.iter().flatten().count();
    // Divided first: the sum may be more than a float holds.
    (count > 0).then(|| bucket.iter().flatten().map(|value| value / count as f64).sum())
}

fn block(value: Option<f64>, low: f64, high: f64) -> char {
    let Some(value) = value else { return ' ' };
    let span = high / 2.0 - low / 2.0;
    if span <= 0.0 {
        return BLOCKS[3];
    }
    let part = ((value / 2.0 - low / 2.0) / span).clamp(0.0, 1.0);
    BLOCKS[(part * 7.0).round() as usize]
}

#[cfg(test)]
mod tests {
    use crate::output::chart::{
        Kind,
        terminal::text,
        tests::{chart, numbers},
    };

    #[test]
    fn a_spark_is_one_line_between_its_ends() {
        let chart = chart(
            Kind::Spark,
            &[("a", Some(1.0)), ("b", Some(8.0)), ("c", None), ("d", Some(4.0)), ("e", Some(2.0))],
        );
        assert_eq!(text(&chart, 80, 24, false).unwrap(), "amount by unit\n1 ▁█ ▄▂ 8\n1 null\n");
        let flat = numbers(Kind::Spark, &[5.0; 3]);
        assert_eq!(text(&flat, 80, 24, false).unwrap(), "amount by unit\n5 ▄▄▄ 5\n");
    }

    #[test]
    fn more_points_than_columns_share_blocks() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!(
            text(&numbers(Kind::Spark, &values), 24, 24, false).unwrap(),
            "amount by unit\n0 ▁▂▂▂▃▃▄▄▅▅▅▆▆▇▇██ 99\neach block is the mean\nof 6 rows\n"
        );
    }

    #[test]
    fn long_ends_are_said_below() {
        let chart = numbers(Kind::Spark, &[397_846_500_000.0, 112_000_500_000.0, 1e11]);
        assert_eq!(
            text(&chart, 24, 24, false).unwrap(),
            "amount by unit\n█▁▁\nfrom 100000000000 to\n397846500000\n"
        );
    }
}
