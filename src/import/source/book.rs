//! A workbook's sheets and rows, by `calamine`.

use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use calamine::{
    Data, DataRef, Dimensions, Ods, OdsError, Range, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsx,
    XlsxError, open_workbook,
};

use super::archive::{Kind, encrypted};
use super::marks::{self, Marks, Region};
use super::signs::Signs;
use super::value::{cell_of, cell_of_ref, is_percent, unstored};
use super::{Cell, Row, Rows, SourceFault};
use crate::language::Message;
use crate::say;

type Input = BufReader<File>;

/// How many rows travel at once from the thread that reads to the one that takes.
const BATCH: usize = 512;
/// What a sheet can hold, by its format; damaged files name cells far beyond.
const MOST_ROWS: u64 = 1 << 20;
const MOST_COLUMNS: usize = 1 << 14;

/// A sheet of a workbook.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) hidden: bool,
}

enum Reading {
    Xlsx(Box<Xlsx<Input>>, Signs),
    Ods(Box<Ods<Input>>),
    Xls(Box<Xls<Input>>),
}

/// An open workbook.
pub(super) struct Book {
    reading: Reading,
    path: PathBuf,
    name: String,
}

impl Book {
    /// Opens a workbook whose kind is known.
    ///
    /// # Errors
    /// It is damaged or encrypted.
    pub(super) fn open(path: &Path, kind: Kind) -> Result<Self, SourceFault> {
        let name = path.display().to_string();
        if kind == Kind::Ods {
            // `calamine` runs on for ever where this XML ends too early.
            marks::of_ods(path, None).map_err(|what| broken(&name, &what))?;
        }
        let reading = guard(&name, || {
            Ok(match kind {
                Kind::Xlsx(signs) => {
                    Reading::Xlsx(Box::new(open_workbook(path).map_err(|e| xlsx_fault(&name, &e))?), signs)
                }
                Kind::Ods => Reading::Ods(Box::new(open_workbook(path).map_err(|e: OdsError| match e {
                    OdsError::Password => encrypted(&name),
                    other => damaged(&name, &other),
                })?)),
                Kind::Xls => Reading::Xls(Box::new(open_workbook(path).map_err(|e: XlsError| match e {
                    XlsError::Password => encrypted(&name),
                    other => damaged(&name, &other),
                })?)),
            })
        })?;
        Ok(Self { reading, path: path.to_owned(), name })
    }

    /// The sheets that hold cells, in the workbook's order.
    pub(super) fn sheets(&self) -> Vec<Sheet> {
        let sheets = match &self.reading {
            Reading::Xlsx(book, _) => book.sheets_metadata(),
            Reading::Ods(book) => book.sheets_metadata(),
            Reading::Xls(book) => book.sheets_metadata(),
        };
        let cells = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        cells
            .map(|sheet| Sheet { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible })
            .collect()
    }

    /// Whether days are counted from 1904.
    pub(super) fn date1904(&self) -> bool {
        match &self.reading {
            Reading::Xlsx(book, _) => book.has_1904_epoch(),
            Reading::Ods(_) => false,
            Reading::Xls(book) => book.has_1904_epoch(),
        }
    }

    /// How many rows of a sheet hold something, counted up to `most`.
    ///
    /// # Errors
    /// The sheet is damaged.
    pub(super) fn count_rows(&mut self, sheet: &str, most: usize) -> Result<usize, SourceFault> {
        let name = self.name.clone();
        guard(&name, || {
            let range = match &mut self.reading {
                Reading::Xlsx(book, _) => {
                    let mut rows = 0;
                    let fault = |error| xlsx_fault(&name, &error).in_sheet(Some(sheet));
                    each_row(book, sheet, &Marks::default(), &mut |row| {
                        rows += usize::from(!row.is_blank());
                        rows < most
                    })
                    .map_err(fault)?;
                    return Ok(rows);
                }
                Reading::Ods(book) => book.worksheet_range(sheet).map_err(|error| damaged(&name, &error)),
                Reading::Xls(book) => book.worksheet_range(sheet).map_err(|error| damaged(&name, &error)),
            };
            let filled = |row: &&[Data]| row.iter().any(|cell| !cell_of(cell).is_blank());
            Ok(range?.rows().filter(filled).take(most).count())
        })
    }

    /// What the rows of a sheet do not tell. An XLSX sheet is read to its end once for merged cells and
    /// once for formulas, where the workbook has signs of them.
    ///
    /// # Errors
    /// The sheet is damaged, as far as it was read.
    pub(super) fn marks(&mut self, sheet: &str) -> Result<Marks, SourceFault> {
        let name = self.name.clone();
        let path = self.path.clone();
        let mut marks = guard(&name, || match &mut self.reading {
            Reading::Xlsx(book, signs) => {
                let fault = |error| xlsx_fault(&name, &error).in_sheet(Some(sheet));
                let mut marks = Marks::default();
                if signs.merged {
                    let merged = book.merge_cells_by_sheet_name(sheet).map_err(fault)?;
                    marks.regions = merged.iter().map(region).collect();
                }
                if signs.unstored {
                    let mut cells = book.worksheet_cells_reader(sheet).map_err(fault)?;
                    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(fault)? {
                        if cell.formula.is_some() && cell.value == DataRef::Empty {
                            marks.unstored.insert((u64::from(cell.pos.0) + 1, cell.pos.1 as usize));
                        }
                    }
                }
                Ok(marks)
            }
            Reading::Ods(_) => marks::of_ods(&path, Some(sheet)).map_err(|what| broken(&name, &what)),
            Reading::Xls(book) => {
                let merged = book.merge_cells_by_sheet_name(sheet).map_err(|error| damaged(&name, &error))?;
                Ok(Marks { regions: merged.iter().map(region).collect(), ..Marks::default() })
            }
        })?;
        marks.regions.retain(|region| {
            let forward = region.bottom >= region.top && region.right >= region.left;
            let within = region.bottom <= MOST_ROWS && region.right < MOST_COLUMNS;
            forward && within && (region.bottom > region.top || region.right > region.left)
        });
        marks.regions.sort_unstable_by_key(|region| (region.top, region.left));
        Ok(marks)
    }

    /// The rows of a sheet; those of XLSX stream from a thread of their own.
    ///
    /// # Errors
    /// The sheet is damaged, or no thread can be had.
    pub(super) fn rows(self, sheet: String, marks: Marks) -> Result<Rows, SourceFault> {
        let name = self.name;
        let range = match self.reading {
            Reading::Xlsx(book, _) => return stream(book, name, sheet, marks),
            Reading::Ods(mut book) => {
                guard(&name, || book.worksheet_range(&sheet).map_err(|error| damaged(&name, &error)))
            }
            Reading::Xls(mut book) => {
                guard(&name, || book.worksheet_range(&sheet).map_err(|error| damaged(&name, &error)))
            }
        };
        Ok(Box::new(RangeRows { range: range?, marks, next: 0 }))
    }
}

/// Runs a piece of `calamine`. On damaged files it may panic (an overflow where places of cells are
/// reckoned), which must end the import and not the program.
fn guard<T>(name: &str, work: impl FnOnce() -> Result<T, SourceFault>) -> Result<T, SourceFault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(panicked(name)))
}

fn panicked(name: &str) -> SourceFault {
    broken(name, &say!("its reader gave up on it"))
}

fn damaged(name: &str, error: &dyn std::fmt::Display) -> SourceFault {
    broken(name, &Message::verbatim(error.to_string()))
}

fn broken(name: &str, reason: &Message) -> SourceFault {
    SourceFault::new(name, say!("the workbook cannot be read: {reason}", reason))
        .hint(say!("open it in a spreadsheet program and save it anew"))
}

fn xlsx_fault(name: &str, error: &XlsxError) -> SourceFault {
    if matches!(error, XlsxError::Password) { encrypted(name) } else { damaged(name, error) }
}

fn region(dimensions: &Dimensions) -> Region {
    Region {
        top: u64::from(dimensions.start.0) + 1,
        left: dimensions.start.1 as usize,
        bottom: u64::from(dimensions.end.0) + 1,
        right: dimensions.end.1 as usize,
    }
}

enum Piece {
    Rows(Vec<Row>),
    Fault(SourceFault),
    End,
}

/// Reads a sheet in a thread: `calamine`'s cells borrow the workbook, which an iterator cannot own beside them.
fn stream(
    mut book: Box<Xlsx<Input>>,
    name: String,
    sheet: String,
    marks: Marks,
) -> Result<Rows, SourceFault> {
    let (sender, receiver) = sync_channel(2);
    let file = name.clone();
    let work = move || {
        let fault = |error| xlsx_fault(&file, &error).in_sheet(Some(&sheet));
        let end = guard(&file, || send(&mut book, &sheet, &marks, &sender).map_err(fault));
        // A receiver that went away wants no more.
        let _ = sender.send(end.map_or_else(Piece::Fault, |()| Piece::End));
    };
    let spawned = thread::Builder::new().name("sheet".to_owned()).spawn(work);
    spawned
        .map_err(|error| SourceFault::new(&name, say!("no thread to read it: {reason}", reason = error)))?;
    Ok(Box::new(Streamed { receiver: Some(receiver), batch: Vec::new().into_iter(), name }))
}

fn send(
    book: &mut Xlsx<Input>,
    sheet: &str,
    marks: &Marks,
    sender: &SyncSender<Piece>,
) -> Result<(), XlsxError> {
    let mut batch = Vec::with_capacity(BATCH);
    each_row(book, sheet, marks, &mut |row| {
        batch.push(row);
        let full = batch.len() == BATCH;
        !full || sender.send(Piece::Rows(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))).is_ok()
    })?;
    let _ = sender.send(Piece::Rows(batch));
    Ok(())
}

/// Gives the rows of a sheet until `take` wants no more.
fn each_row(
    book: &mut Xlsx<Input>,
    sheet: &str,
    marks: &Marks,
    take: &mut dyn FnMut(Row) -> bool,
) -> Result<(), XlsxError> {
    let mut cells = book.worksheet_cells_reader(sheet)?;
    let percent: Vec<bool> = cells
        .styles()
        .iter()
        .map(|style| style.number_format.as_ref().is_some_and(|format| is_percent(&format.format_code)))
        .collect();
    let mut row = Row::new(0, Vec::new());
    while let Some((cell, style)) = cells.next_cell_with_style_id()? {
        let (at, column) = cell.get_position();
        let (number, column) = (u64::from(at) + 1, column as usize);
        if number > MOST_ROWS || column >= MOST_COLUMNS {
            return Err(XlsxError::Unexpected("a cell stands outside the sheet"));
        }
        if number != row.number {
            if number < row.number {
                return Err(XlsxError::Unexpected("the rows are out of order"));
            }
            let done = std::mem::replace(&mut row, Row::new(number, Vec::new()));
            if !done.cells.is_empty() && !take(done) {
                return Ok(());
            }
        }
        let value = match cell_of_ref(cell.get_value()) {
            Cell::Number(value) if percent.get(style) == Some(&true) => Cell::Percent(value),
            Cell::Empty if marks.unstored.contains(&(number, column)) => unstored(),
            value => value,
        };
        if value != Cell::Empty {
            if row.cells.len() <= column {
                row.cells.resize(column + 1, Cell::Empty);
            }
            row.cells[column] = value;
        }
    }
    if !row.cells.is_empty() {
        take(row);
    }
    Ok(())
}

struct Streamed {
    receiver: Option<Receiver<Piece>>,
    batch: std::vec::IntoIter<Row>,
    name: String,
}

impl Iterator for Streamed {
    type Item = Result<Row, SourceFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.batch.next() {
                return Some(Ok(row));
            }
            let fault = match self.receiver.as_ref()?.recv() {
                Ok(Piece::Rows(rows)) => {
                    self.batch = rows.into_iter();
                    continue;
                }
                Ok(Piece::End) => None,
                Ok(Piece::Fault(fault)) => Some(fault),
                // The thread ended without a word.
                Err(_) => Some(panicked(&self.name)),
            };
            self.receiver = None;
            return fault.map(Err);
        }
    }
}

struct RangeRows {
    range: Range<Data>,
    marks: Marks,
    next: usize,
}

impl Iterator for RangeRows {
    type Item = Result<Row, SourceFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let (top, left) = self.range.start()?;
        let (height, width) = self.range.get_size();
        if self.next >= height {
            return None;
        }
        let number = u64::from(top) + self.next as u64 + 1;
        let left = left as usize;
        let mut cells = vec![Cell::Empty; left];
        for column in 0..width {
            let place = (number, left + column);
            let value = self.range.get((self.next, column)).map_or(Cell::Empty, cell_of);
            cells.push(match value {
                Cell::Number(value) if self.marks.percent.contains(&place) => Cell::Percent(value),
                Cell::Empty if self.marks.unstored.contains(&place) => unstored(),
                value => value,
            });
        }
        while cells.last() == Some(&Cell::Empty) {
            cells.pop();
        }
        self.next += 1;
        Some(Ok(Row::new(number, cells)))
    }
}
