//! Which rows are the header.
//!
//! Offices put an office's name, a title and a unit above the table, group columns under merged cells, and
//! number the columns below. A header is the first row whose texts name most columns that the rows
//! below fill; where the contract's names are known, the row that has most of them.

use super::marks::Region;
use super::{Cell, HeaderOptions, Row};
use crate::import::fold::tidy;

/// Among how many rows with content the header is looked for.
pub(super) const LOOK: usize = 30;
/// How many rows below a header tell what it must name.
const BELOW: usize = 20;
/// The most rows that a header is taken to have.
const TALLEST: usize = 4;

/// Rows of the file that are taken as its header.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    /// The first row's place in the window.
    pub(super) top: usize,
    /// How many rows of the window it takes.
    pub(super) height: usize,
    /// For each column of the file its name, empty where it has none.
    pub(super) names: Vec<String>,
    /// The row of column numbers below, `(1) (2) (3)`.
    pub(super) numbering: Option<u64>,
}

impl Block {
    /// The place in the window of the first row of data.
    pub(super) fn end(&self) -> usize {
        self.top + self.height + usize::from(self.numbering.is_some())
    }
}

/// The first rows of a file, with the merged cells among them.
pub(super) struct Window<'a> {
    pub(super) rows: &'a [Row],
    pub(super) regions: &'a [Region],
    /// A sheet's rows have their places; records of delimited text follow each other.
    pub(super) sheet: bool,
}

impl Window<'_> {
    /// Finds the header by looking, or `None`.
    pub(super) fn find(&self, options: &HeaderOptions<'_>) -> Option<Block> {
        if let Some(row) = options.row {
            let top = self.rows.iter().position(|other| other.number == row)?;
            return Some(self.block(top, options.rows));
        }
        let tops = 0..self.rows.len().min(LOOK);
        if let Some(known) = options.known {
            let mut scored = Vec::new();
            let widest = self.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
            for top in tops.clone() {
                let natural = self.block(top, options.rows);
                // A title above the header may look like a group of its columns.
                let single = (natural.height > 1).then(|| self.block(top, Some(1)));
                for block in [Some(natural), single].into_iter().flatten() {
                    let score = known(&block.names);
                    // No later one can have more.
                    if score >= widest && self.is_complete(&block) {
                        return Some(block);
                    }
                    scored.push((score, block));
                }
            }
            let most = scored.iter().map(|(score, _)| *score).max().filter(|score| *score > 0);
            if let Some(most) = most {
                scored.retain(|(score, _)| *score > 0 && 2 * *score >= most);
                let rank = |(score, block): &(usize, Block)| (self.is_complete(block), *score);
                // The first of the best: `max_by_key` would give the last.
                return scored.into_iter().rev().max_by_key(rank).map(|(_, block)| block);
            }
        }
        let plausible = |top| Some(self.block(top, options.rows)).filter(|block| self.is_plausible(block));
        let first = tops.clone().find_map(plausible)?;
        if self.is_complete(&first) {
            return Some(first);
        }
        // Better a fault over an unnamed column than a row of data taken for the header; a later row
        // is taken only where its texts stand over numbers.
        let later = (first.top + 1..tops.end).find_map(|top| {
            plausible(top).filter(|block| self.is_complete(block) && self.names_values(block))
        });
        Some(later.unwrap_or(first))
    }

    /// The header that begins at a row of the window, with as many rows as its merged cells and gaps ask for.
    fn block(&self, top: usize, rows: Option<u64>) -> Block {
        let mut height = 1;
        match rows {
            Some(rows) => {
                let bottom = self.rows[top].number.saturating_add(rows.max(1) - 1);
                height = self.rows[top..].iter().take_while(|row| row.number <= bottom).count();
            }
            None => {
                while height < TALLEST && self.continues(top, height) {
                    height += 1;
                }
                // Two titles side by side over a header that needs no groups are no part of it.
                if height > 1 && self.is_titles(top) && self.names_apart(&self.names(top + 1, height - 1)) {
                    height = 1;
                }
            }
        }
        let names = self.names(top, height);
        let numbering = self.numbering(top + height, &names);
        Block { top, height, names, numbering }
    }

    /// The merged cells that cover a cell.
    fn region(&self, row: u64, column: usize) -> Option<&Region> {
        self.regions.iter().find(|region| region.covers(row, column))
    }

    /// Whether the row below the block belongs to it.
    fn continues(&self, top: usize, height: usize) -> bool {
        let above = &self.rows[top + height - 1];
        let Some(below) = self.rows.get(top + height) else { return false };
        let texts = below.cells.iter().filter(|cell| !cell.is_blank());
        let apart = self.sheet && below.number > above.number + 1;
        if apart || !texts.clone().all(is_name) || filled(above) < 2 {
            return false;
        }
        let tall = (0..above.cells.len()).any(|column| {
            !above.cell(column).is_blank()
                && self.region(above.number, column).is_some_and(|region| region.bottom >= below.number)
        });
        let mut groups = 0;
        for (column, cell) in above.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank()) {
            let span = self.span(above, below, column);
            let under = (column..column + span).filter(|at| !below.cell(*at).is_blank()).count();
            if span > 1 && under > 1 {
                groups += 1;
            } else if span > 1 || (under > 0 && !tall) {
                return false;
            }
            if !is_name(cell) {
                return false;
            }
        }
        tall || groups > 0
    }

    /// Over how many columns a cell of `above` reaches: merged, or followed by gaps that the row below fills.
    fn span(&self, above: &Row, below: &Row, column: usize) -> usize {
        if let Some(region) = self.region(above.number, column) {
            return region.right + 1 - region.left;
        }
        if below.cell(column).is_blank() {
            return 1;
        }
        let gap = |at: &usize| {
            above.cell(*at).is_blank()
                && !below.cell(*at).is_blank()
                && self.region(above.number, *at).is_none()
        };
        1 + (column + 1..below.cells.len()).take_while(gap).count()
    }

    /// Whether a row has nothing but wide cells.
    fn is_titles(&self, top: usize) -> bool {
        let (Some(row), Some(below)) = (self.rows.get(top), self.rows.get(top + 1)) else { return false };
        (0..row.cells.len()).all(|column| row.cell(column).is_blank() || self.span(row, below, column) > 1)
    }

    /// Whether each column has a name of its own.
    fn names_apart(&self, names: &[String]) -> bool {
        let mut seen: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        seen.sort_unstable();
        seen.windows(2).all(|pair| pair[0] != pair[1]) && seen.first().is_some_and(|name| !name.is_empty())
    }

    /// The names that a block gives: the texts over each column, joined.
    fn names(&self, top: usize, height: usize) -> Vec<String> {
        let rows = &self.rows[top..top + height];
        let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let last = rows.last().map_or(0, |row| row.number);
        let reach = self.regions.iter().filter(|region| rows[0].number <= region.top && region.top <= last);
        let width = reach.map(|region| region.right + 1).max().unwrap_or(0).max(width);
        let mut names = vec![String::new(); width];
        for (at, row) in rows.iter().enumerate() {
            let mut column = 0;
            while column < row.cells.len() {
                let span = match (rows.get(at + 1), self.region(row.number, column)) {
                    (_, Some(region)) => region.right + 1 - column.max(region.left),
                    (Some(below), None) => self.span(row, below, column),
                    (None, None) => 1,
                };
                let part = tidy(&spelled(row.cell(column)));
                if !part.is_empty() {
                    for name in names.iter_mut().skip(column).take(span) {
                        if !name.is_empty() {
                            name.push_str(" / ");
                        }
                        name.push_str(&part);
                    }
                    column += span;
                } else {
                    column += 1;
                }
            }
        }
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        names
    }

    /// The rows below a block that tell what its columns are.
    fn below(&self, end: usize) -> impl Iterator<Item = &Row> + Clone {
        let rows = self.rows.get(end..).unwrap_or(&[]);
        let rows = &rows[..rows.len().min(BELOW)];
        let most = rows.iter().map(filled).max().unwrap_or(0);
        rows.iter().filter(move |row| filled(row) >= most.min(2))
    }

    /// The columns that half of the rows from `end` on fill.
    pub(super) fn filled_columns(&self, end: usize) -> Vec<usize> {
        let rows = self.below(end);
        let count = rows.clone().count();
        let width = rows.clone().map(|row| row.cells.len()).max().unwrap_or(0);
        let fills = |column: &usize| {
            let times = rows.clone().filter(|row| !row.cell(*column).is_blank()).count();
            times > 0 && 2 * times >= count
        };
        (0..width).filter(fills).collect()
    }

    /// Whether the block names most of what stands below it, and nothing else.
    fn is_plausible(&self, block: &Block) -> bool {
        let rows = &self.rows[block.top..block.top + block.height];
        let cells = rows.iter().flat_map(|row| row.cells.iter()).filter(|cell| !cell.is_blank());
        if !cells.clone().all(is_name) {
            return false;
        }
        let texts = cells.clone().filter(|cell| !is_year(cell)).count();
        let leaves = self.leaves(block);
        let width = self.filled_columns(block.end()).len();
        let enough = if width > 1 { 2 * leaves > width && leaves > 1 } else { leaves > 0 };
        texts > 0 && enough
    }

    /// How many columns the block's narrow cells name.
    fn leaves(&self, block: &Block) -> usize {
        let named = |column: &usize| {
            let cell = (block.top..block.top + block.height)
                .rev()
                .map(|at| &self.rows[at])
                .find(|row| !row.cell(*column).is_blank());
            cell.is_some_and(|row| {
                self.region(row.number, *column).is_none_or(|region| region.left == region.right)
            })
        };
        (0..block.names.len()).filter(named).count()
    }

    /// Whether each column filled below has a name.
    fn is_complete(&self, block: &Block) -> bool {
        let named = |column: usize| block.names.get(column).is_some_and(|name| !name.is_empty());
        self.leaves(block) > 0 && self.filled_columns(block.end()).into_iter().all(named)
    }

    /// Whether a name stands over a column of numbers or dates.
    fn names_values(&self, block: &Block) -> bool {
        let rows = self.below(block.end());
        self.filled_columns(block.end()).into_iter().any(|column| {
            let cells = rows.clone().map(|row| row.cell(column)).filter(|cell| !cell.is_blank());
            2 * cells.clone().filter(|cell| is_value(cell)).count() > cells.count()
        })
    }

    /// The number of the row at `at` if it numbers the columns: `(1) (2) (3)`, `A B 1 2 3`.
    fn numbering(&self, at: usize, names: &[String]) -> Option<u64> {
        let row = self.rows.get(at)?;
        let named = names.iter().filter(|name| !name.is_empty()).count();
        let labels: Vec<(usize, Label)> = row
            .cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| !cell.is_blank())
            .map(|(column, cell)| Label::of(cell).map(|label| (column, label)))
            .collect::<Option<_>>()?;
        let (mut letter, mut number) = (b'A', 1);
        for (_, label) in &labels {
            match label.index {
                Index::Letter(found) if found == letter => letter += 1,
                Index::Number(found) if found == number => number += 1,
                _ => return None,
            }
        }
        if labels.len() < 2 || 5 * labels.len() < 4 * named {
            return None;
        }
        // `1 2 3` may be data: it is not where a text stands below a number, or a number below a letter.
        let foreign = |(column, label): &(usize, Label)| {
            let below: Vec<&Cell> =
                self.below(at + 1).map(|row| row.cell(*column)).filter(|cell| !cell.is_blank()).collect();
            let values = below.iter().filter(|cell| is_value(cell)).count();
            match label.index {
                Index::Number(_) => !below.is_empty() && 2 * values < below.len(),
                Index::Letter(_) => 2 * values > below.len(),
            }
        };
        let bracketed = labels.iter().all(|(_, label)| label.bracketed);
        (bracketed || labels.iter().any(foreign)).then_some(row.number)
    }
}

enum Index {
    Letter(u8),
    Number(u64),
}

/// A column's number as forms print it: `A`, `1`, `(2)`, `3=1+2`, `(4)=(1)/(2)`.
struct Label {
    index: Index,
    bracketed: bool,
}

impl Label {
    fn of(cell: &Cell) -> Option<Self> {
        let text = spelled(cell);
        let text = text.trim();
        let bracketed = text.starts_with(['(', '[']);
        let inner = text.trim_start_matches(['(', '[']);
        let digits = inner.chars().take_while(char::is_ascii_digit).count();
        if digits > 0 {
            let rest = inner[digits..].trim_start_matches([')', ']']).trim_start();
            let whole = rest.is_empty() || rest.starts_with('=');
            let index = Index::Number(inner[..digits].parse().ok().filter(|_| whole)?);
            return Some(Self { index, bracketed });
        }
        match inner.trim_end_matches([')', ']']).as_bytes() {
            [letter] if letter.is_ascii_alphabetic() => {
                Some(Self { index: Index::Letter(letter.to_ascii_uppercase()), bracketed })
            }
            _ => None,
        }
    }
}

fn filled(row: &Row) -> usize {
    row.cells.iter().filter(|cell| !cell.is_blank()).count()
}

/// What a header cell says; years and months may be stored as numbers and dates.
fn spelled(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.to_string(),
        Cell::Number(number) if number.fract() == 0.0 => format!("{number:.0}"),
        Cell::Date(date) => date.format("%d/%m/%Y").to_string(),
        _ => String::new(),
    }
}

fn is_year(cell: &Cell) -> bool {
    spelled(cell).trim().parse::<u64>().is_ok_and(|year| (1900..=2100).contains(&year))
}

/// Whether a cell may name a column: `6 tháng đầu năm` does, `1.700` does not.
fn is_name(cell: &Cell) -> bool {
    match cell {
        Cell::Text(text) if text.contains(char::is_alphabetic) => true,
        other => !is_value(other) || is_year(other),
    }
}

/// Whether a cell holds a number or a date, if only as a text that begins like one.
fn is_value(cell: &Cell) -> bool {
    match cell {
        Cell::Empty => false,
        Cell::Text(text) => {
            text.trim_start_matches([' ', '\u{a0}', '-', '+', '(']).starts_with(|c: char| c.is_ascii_digit())
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests;
