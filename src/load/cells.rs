//! What the cells of a row say beside their values.

use crate::import::source::{Cell, Row};
use crate::import::value::Column;
use crate::language::Message;
use crate::say;

/// What the text of a cell takes in bytes.
pub(super) fn length(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.len(),
        Cell::Error(text) => text.len(),
        _ => 0,
    }
}

/// The rows that an amount stands for, where they are several.
pub(super) fn shared_rows(row: &Row, cell: usize, column: &Column) -> Option<Message> {
    if row.merged.is_empty() || !column.amounts || row.cells[cell].is_blank() {
        return None;
    }
    let merged = row.merged.iter().find(|merged| merged.cell == cell)?;
    Some(say!("rows {first} to {last}", first = merged.first, last = merged.last))
}

/// Why an amount cannot be that of its row: it stands for several.
pub(super) fn shared(row: &Row, cell: usize, column: &Column) -> Option<Message> {
    let rows = shared_rows(row, cell, column)?;
    Some(say!("one amount stands for {rows}: divide it or give it to one row", rows))
}

/// A total with what it calls itself in a column of texts that is kept, which says so by its place.
pub(super) fn labelled(row: &Row, text: &str, is_kept: impl Fn(usize) -> bool) -> Row {
    let mut row = row.clone();
    let is_label = |cell: &Cell| matches!(cell, Cell::Text(own) if own.trim() == text);
    let kept: Vec<usize> = (0..row.cells.len()).filter(|cell| is_kept(*cell)).collect();
    if !kept.iter().any(|cell| is_label(&row.cells[*cell]))
        && let Some(free) = kept.iter().find(|cell| row.cells[**cell].is_blank())
    {
        row.cells[*free] = Cell::Text(text.into());
    }
    row
}

/// A text for a sentence: cut where it is long.
pub(super) fn shortened(text: &str) -> String {
    crate::ui::text::fit(text, 60).into_owned()
}
