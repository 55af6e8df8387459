//! Rows under the heading: merged cells filled down, columns without a name left out.

use std::collections::VecDeque;

use super::header::{Block, LOOK, Window};
use super::marks::Region;
use super::{Cell, HeaderOptions, Heading, Merged, Opened, Row, Rows, SourceFault, column_name};
use crate::import::fold::tidy;
use crate::import::names::is_scale_note;
use crate::language::Message;
use crate::{many, say};

/// How many rows are read ahead to find the header.
const AHEAD: usize = LOOK + 34;

/// A file's rows as they stand, from the first cell of each row on.
pub(super) struct Source {
    pub(super) file: String,
    /// The sheet; none for delimited text, whose short records stay short.
    pub(super) sheet: Option<String>,
    /// Merged cells, by their first row.
    pub(super) regions: Vec<Region>,
    pub(super) rows: Rows,
}

impl Source {
    fn fault(&self, what: Message) -> SourceFault {
        SourceFault::new(&self.file, what).in_sheet(self.sheet.as_deref())
    }
}

/// Finds the header and opens the rows below it.
///
/// # Errors
/// There are no rows, no header, a column without a name, two columns of the same name.
pub(super) fn open(
    mut source: Source,
    options: &HeaderOptions<'_>,
    mut said: Vec<Message>,
    date1904: bool,
) -> Result<Opened, SourceFault> {
    let mut ahead = Vec::new();
    let mut anything = false;
    while ahead.len() < AHEAD {
        let Some(row) = source.rows.next().transpose()? else { break };
        anything |= !row.is_blank();
        if !row.is_blank() && options.row.is_none_or(|first| row.number >= first) {
            ahead.push(row);
        }
    }
    if !anything {
        return Err(source.fault(say!("nothing in it: no header and no rows")));
    }
    let last = ahead.last().map_or(0, |row| row.number);
    let near: Vec<Region> = source.regions.iter().filter(|region| region.top <= last).copied().collect();
    let window = Window { rows: &ahead, regions: &near, sheet: source.sheet.is_some() };
    let Some(block) = window.find(options) else {
        return Err(match options.row {
            Some(row) => source.fault(say!("the header was to stand here, and nothing does")).at(row),
            None => source
                .fault(say!("no header found among the first {rows} rows", rows = ahead.len().min(LOOK)))
                .hint(say!("name its row with `--header-row`")),
        });
    };
    let filled = window.filled_columns(block.end());
    check_names(&source, &block, &filled, ahead[block.top].number)?;
    let heading = heading(&block, &ahead);
    tell(&block, &heading, options, &mut said);
    let note = scale_note(&ahead[..block.top]);
    ahead.drain(..block.end());
    let first = ahead.first().map_or(u64::MAX, |row| row.number);
    let fill = FillDown::new(&source.regions, first);
    if fill.cells > 0 {
        let cells = many!(fill.regions.len(), "{n} merged cell", "{n} merged cells");
        let rows = many!(fill.cells, "{n} row", "{n} rows");
        said.push(say!("{cells} filled down into {rows}", cells, rows));
    }
    let columns: Vec<usize> = heading.columns.iter().map(|column| column - 1).collect();
    let rows = Table {
        ahead: ahead.into(),
        rest: source.rows,
        is_whole: columns.iter().copied().eq(0..columns.len()),
        columns,
        ragged: source.sheet.is_none(),
        fill,
    };
    Ok(Opened { heading, sheet: source.sheet, said, note, date1904, rows: Box::new(rows) })
}

fn scale_note(above: &[Row]) -> Option<(u64, String)> {
    let texts = above.iter().flat_map(|row| row.cells.iter().map(|cell| (row.number, cell)));
    texts
        .filter_map(|(row, cell)| match cell {
            Cell::Text(text) if is_scale_note(text) => Some((row, tidy(text))),
            _ => None,
        })
        .next()
}

fn check_names(source: &Source, block: &Block, filled: &[usize], row: u64) -> Result<(), SourceFault> {
    let named = |column: usize| block.names.get(column).is_some_and(|name| !name.is_empty());
    // Delimited text has no columns beyond its header: a longer record is a fault of that record.
    let beyond = |column: usize| source.sheet.is_none() && column >= block.names.len();
    let unnamed: Vec<Message> = filled
        .iter()
        .filter(|column| !named(**column) && !beyond(**column))
        .map(|column| column_name(column + 1))
        .collect();
    if !unnamed.is_empty() {
        let columns = Message::joined(unnamed, ", ");
        let what = say!("the header has no name for {columns}, which is not empty", columns);
        let hint = say!("name the column, or the header's row with `--header-row`");
        return Err(source.fault(what).at(row).hint(hint));
    }
    for (column, name) in block.names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let same = |other: &String| other.to_lowercase() == name.to_lowercase();
        if let Some(first) = block.names[..column].iter().position(same) {
            let (first, second) = (column_name(first + 1), column_name(column + 1));
            let what = say!("{first} and {second} have the same name `{name}`", first, second, name);
            let hint = say!("rename one of them, or take more rows with `--header-rows`");
            return Err(source.fault(what).at(row).hint(hint));
        }
    }
    Ok(())
}

fn heading(block: &Block, ahead: &[Row]) -> Heading {
    let named = block.names.iter().enumerate().filter(|(_, name)| !name.is_empty());
    let (columns, names) = named.map(|(column, name)| (column + 1, name.clone())).unzip();
    let first_row = ahead[block.top].number;
    let last_row = ahead[block.top + block.height - 1].number;
    Heading { names, columns, first_row, rows: last_row - first_row + 1 }
}

fn tell(block: &Block, heading: &Heading, options: &HeaderOptions<'_>, said: &mut Vec<Message>) {
    let first = heading.first_row;
    let last = first + heading.rows - 1;
    if last > first {
        said.push(say!("header: rows {first} to {last}, joined with ` / `", first, last));
    } else if options.row.is_none() && first > 1 {
        said.push(say!("header: row {first}; what stands above it is left out", first));
    } else {
        said.push(say!("header: row {first}", first));
    }
    if let Some(row) = block.numbering {
        said.push(say!("row {row} numbers the columns and is left out", row));
    }
}

/// Values of merged cells on their way down.
struct FillDown {
    /// The regions that reach over several rows of data, by their first row.
    regions: VecDeque<Region>,
    /// How many rows they fill, besides their first.
    cells: u64,
    open: Vec<(Region, Cell)>,
}

impl FillDown {
    fn new(regions: &[Region], first: u64) -> Self {
        let regions: VecDeque<Region> = regions
            .iter()
            .filter(|region| region.top >= first && region.bottom > region.top)
            .copied()
            .collect();
        let cells = regions.iter().map(|region| region.bottom - region.top).sum();
        Self { regions, cells, open: Vec::new() }
    }

    fn apply(&mut self, row: &mut Row) {
        self.open.retain(|(region, _)| region.bottom >= row.number);
        for (region, value) in &self.open {
            if row.cell(region.left).is_blank() {
                if row.cells.len() <= region.left {
                    row.cells.resize(region.left + 1, Cell::Empty);
                }
                row.cells[region.left] = value.clone();
                row.merged.push(merged(region));
            }
        }
        let tall = is_tall(row, &self.regions);
        while self.regions.front().is_some_and(|region| region.top <= row.number) {
            let Some(region) = self.regions.pop_front() else { break };
            if region.top == row.number && !row.cell(region.left).is_blank() {
                self.open.push((region, row.cell(region.left).clone()));
                if !tall {
                    row.merged.push(merged(&region));
                }
            }
        }
    }
}

/// Whether all of a row is merged with what stands below it: one row, printed as high as several.
fn is_tall(row: &Row, regions: &VecDeque<Region>) -> bool {
    let begun = || regions.iter().take_while(|region| region.top <= row.number);
    let bottom = |column: usize| begun().find(|region| region.left == column).map(|region| region.bottom);
    let mut filled = (0..row.cells.len()).filter(|column| !row.cells[*column].is_blank()).map(bottom);
    let first = filled.next().flatten();
    first.is_some() && filled.all(|bottom| bottom == first)
}

fn merged(region: &Region) -> Merged {
    Merged { cell: region.left, first: region.top, last: region.bottom }
}

struct Table {
    ahead: VecDeque<Row>,
    rest: Rows,
    /// For each name the column of the file, from 0.
    columns: Vec<usize>,
    /// Whether these are all columns of the file, as far as they go.
    is_whole: bool,
    ragged: bool,
    fill: FillDown,
}

impl Table {
    fn project(&self, mut row: Row) -> Row {
        if self.is_whole && row.cells.len() == self.columns.len() {
            return row;
        }
        let mut cells: Vec<Cell> = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            match row.cells.get_mut(*column) {
                Some(cell) => cells.push(std::mem::replace(cell, Cell::Empty)),
                None if self.ragged => break,
                None => cells.push(Cell::Empty),
            }
        }
        let mut strays = row.cells.into_iter().filter(|cell| !cell.is_blank()).peekable();
        if strays.peek().is_some() {
            cells.resize(self.columns.len(), Cell::Empty);
            cells.extend(strays);
        }
        let place = |merged: &Merged| {
            let cell = self.columns.iter().position(|column| *column == merged.cell)?;
            Some(Merged { cell, ..*merged })
        };
        Row { number: row.number, cells, merged: row.merged.iter().filter_map(place).collect() }
    }
}

impl Iterator for Table {
    type Item = Result<Row, SourceFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut row = match self.ahead.pop_front() {
                Some(row) => row,
                None => match self.rest.next()? {
                    Ok(row) => row,
                    Err(fault) => return Some(Err(fault)),
                },
            };
            // A row with nothing of its own is no row, though merged cells reach into it.
            if !row.is_blank() {
                self.fill.apply(&mut row);
                return Some(Ok(self.project(row)));
            }
        }
    }
}

#[cfg(test)]
mod tests;
