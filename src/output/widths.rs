//! How wide the columns of a table are.

use super::cell::Class;
use crate::ui::text;

/// A column narrower than this is hardly read; where a screen leaves less, a record a row reads better.
const READABLE: usize = 8;

/// A column narrower than this says nothing.
const LEAST: usize = 4;

/// The widths of columns that hold values of the widths `held`, under these names, on a screen of
/// `columns`; without a screen each is as wide as it needs to be.
///
/// Names break at their underscores and blanks first, then the widest texts are cut; numbers never are.
pub(super) fn fitted(
    held: &[usize],
    names: &[String],
    classes: &[Class],
    columns: Option<usize>,
) -> Vec<usize> {
    let widths: Vec<usize> =
        held.iter().zip(names).map(|(held, name)| (*held).max(text::width(name))).collect();
    let Some(columns) = columns else { return widths };
    let readable = within(widths.clone(), held, names, classes, columns, READABLE);
    if total(&readable) <= columns { readable } else { within(widths, held, names, classes, columns, LEAST) }
}

/// Whether the columns have, on a screen of that width, the room that reading takes.
pub(super) fn is_readable(held: &[usize], names: &[String], classes: &[Class], columns: usize) -> bool {
    let widths = held.iter().zip(names).map(|(held, name)| (*held).max(text::width(name))).collect();
    total(&within(widths, held, names, classes, columns, READABLE)) <= columns
}

/// The columns that a line takes: a blank before the first, two between.
fn total(widths: &[usize]) -> usize {
    (widths.iter().sum::<usize>() + 2 * widths.len()).saturating_sub(1)
}

fn within(
    mut widths: Vec<usize>,
    held: &[usize],
    names: &[String],
    classes: &[Class],
    columns: usize,
    least: usize,
) -> Vec<usize> {
    let room = columns.saturating_sub(2 * widths.len());
    let longest = |name: &String| pieces(name).map(text::width).max().unwrap_or(0);
    let broken: Vec<usize> = held.iter().zip(names).map(|(held, name)| (*held).max(longest(name))).collect();
    shrink(&mut widths, &broken, room);
    let least: Vec<usize> = classes
        .iter()
        .zip(&widths)
        .enumerate()
        .map(|(i, (class, width))| match class {
            Class::Number => *width,
            // The first column says what a row is.
            _ if i == 0 => (*width).min(columns / 2),
            _ => least.min(*width),
        })
        .collect();
    shrink(&mut widths, &least, room);
    widths
}

/// Takes columns from the widest ones, none below its least width, until they fit in `room`.
fn shrink(widths: &mut [usize], least: &[usize], room: usize) {
    while widths.iter().sum::<usize>() > room {
        match (0..widths.len()).filter(|i| widths[*i] > least[*i]).max_by_key(|i| (widths[*i], *i)) {
            Some(i) => widths[i] -= 1,
            None => return,
        }
    }
}

/// A name in pieces that a line can end with: after an underscore or a blank.
fn pieces(name: &str) -> impl Iterator<Item = &str> {
    name.split_inclusive(['_', ' '])
}

/// A name over as many lines as its column's width takes.
pub(super) fn lines_of(name: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in pieces(name) {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && text::width(&lines[last]) + text::width(piece) > width {
            lines.push(piece.to_owned());
        } else {
            lines[last].push_str(piece);
        }
    }
    lines
}
