//! The rows of the files as they came, beside the values that they were read as, for the engine to ask,
//! with a list of what could not be read.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::record_batch::RecordBatch;

use super::ahead::Ahead;
use super::cells::{length, shared, shared_rows, shortened};
use super::order::{Rising, in_order};
use super::parquet::ParquetFile;
use super::pending::{Fault, Pending, Texts};
use super::reading::{Reading, Seen, Sight, Source, ending, target};
use super::sink::Sink;
use super::totals::Totals;
use crate::error::{Error, Result};
use crate::import::columns::Columns;
use crate::import::number::{self, Mark};
use crate::import::source::totals::RowKind;
use crate::import::source::{Cell, Opened, Row, SourceFault};
use crate::import::told::is_told;
use crate::import::value::{Column, Context, Value, again, is_plain, text_of};
use crate::language::{Language, Message};
use crate::{many, say};

/// Rows that are read before the first is judged, to learn the decimal mark, and what their texts may
/// take in bytes: 8 MiB.
const LOOKED_AT: usize = 10_000;
const LOOKED_AT_BYTES: usize = 8 << 20;
/// Rows after which the reader is told how many there are.
const TOLD_ROWS: u64 = 256;

/// One file that is being imported.
pub(super) struct Input {
    /// Its place among the files.
    pub(super) number: i32,
    /// Its path, as it was given.
    pub(super) path: PathBuf,
    /// Its name without its folder.
    pub(super) name: String,
    /// Its rows.
    pub(super) opened: Opened,
    /// What stands under its headings.
    pub(super) columns: Columns,
    /// The values of columns that are the same in every row.
    pub(super) constants: BTreeMap<usize, String>,
    /// The decimal mark that it was said to use.
    pub(super) mark: Option<Mark>,
}

/// How a file was read.
#[derive(Debug, Default)]
pub(super) struct Staged {
    /// Rows of data.
    pub(super) rows: u64,
    /// The decimal mark, where it is known.
    pub(super) mark: Option<Mark>,
    /// What was decided by looking, a kind and a sentence each.
    pub(super) said: Vec<(&'static str, Message)>,
    /// Rows that are no data, a kind and a sentence each.
    pub(super) left_out: Vec<(&'static str, Message)>,
}

/// The rows and the faults that are staged so far.
pub(super) struct Stage {
    pub(super) targets: Arc<[Column]>,
    rows: Sink,
    faults: ParquetFile,
    pending: Pending,
    /// The places of the table's key among the targets.
    key: Vec<usize>,
    order: Rising,
    language: Language,
}

/// What is staged.
pub(super) struct Done {
    /// The rows, where they are in memory.
    pub(super) held: Option<Vec<RecordBatch>>,
    /// Whether they are in the order of the table's key, each once.
    pub(super) in_order: bool,
    /// How many reasons there are to put a row aside.
    pub(super) faults: u64,
}

impl Stage {
    /// A stage for rows of a table with these columns, whose key stands in these places, and for a reader
    /// of this language.
    pub(super) fn new(
        rows: Sink,
        faults: ParquetFile,
        targets: Vec<Column>,
        key: Vec<usize>,
        language: Language,
    ) -> Self {
        let order = Rising::new(key.clone());
        Self { rows, faults, pending: Pending::new(&targets), key, order, targets: targets.into(), language }
    }

    /// Ends it.
    ///
    /// # Errors
    /// The disk fails.
    pub(super) fn finish(mut self) -> Result<Done> {
        self.flush()?;
        let faults = self.faults.finish()?;
        let mut done = Done { held: self.rows.finish()?, in_order: self.order.holds(), faults };
        if let Some(rows) = done.held.take_if(|_| !done.in_order) {
            let names: Vec<&str> = self.key.iter().map(|place| self.targets[*place].name.as_str()).collect();
            let (rows, in_order) = in_order(rows, &names)?;
            done = Done { held: Some(rows), in_order, ..done };
        }
        Ok(done)
    }

    /// Reads a file to its end.
    ///
    /// # Errors
    /// It cannot be read on, the disk fails, or `cancelled` became true.
    pub(super) fn take(
        &mut self,
        input: Input,
        cancelled: &AtomicBool,
        advance: &dyn Fn(u64),
    ) -> Result<Staged> {
        let Input { number, path, name, opened, columns, constants, mark } = input;
        let sight = Sight::new(&self.targets, &columns);
        let mut rows = Ahead::read(opened.rows, ending(&self.targets, &columns), sight.clone());
        let mut first = Vec::new();
        let mut bytes = 0;
        while first.len() < LOOKED_AT && bytes < LOOKED_AT_BYTES {
            let Some(seen) = rows.next().transpose().map_err(|fault| of_file(&fault.of(&path)))? else {
                break;
            };
            bytes += seen.row.cells.iter().map(length).sum::<usize>();
            first.push(seen);
        }
        let mut staged = Staged { mark, ..Staged::default() };
        self.learn(first.iter().map(|seen| &seen.row), &columns, &mut staged);
        let mut file = Reading {
            number,
            width: opened.heading.names.len(),
            constants: self.constants(&constants)?,
            date1904: opened.date1904,
            columns,
            totals: Totals::default(),
            name: name.into(),
            source: Source::of(&self.targets),
        };
        let mut read = 0;
        for seen in first.into_iter().map(Ok).chain(rows) {
            let Seen { row, kind, values } = seen.map_err(|fault| of_file(&fault.of(&path)))?;
            if cancelled.load(Ordering::Relaxed) {
                return Err(Error::interrupted());
            }
            match kind {
                RowKind::Perhaps { text, name } if self.is_subtotal(&row, &name, &file, &staged) => {
                    self.total(&row, &text, &mut file, &mut staged)?;
                }
                RowKind::Data | RowKind::Perhaps { .. } => {
                    let values = values.unwrap_or_else(|| sight.values(&row));
                    self.data(&row, values, &mut file, &mut staged)?;
                }
                RowKind::Total(text) => self.total(&row, &text, &mut file, &mut staged)?,
                RowKind::Tail(text) => {
                    let (row, text) = (row.number, shortened(&text));
                    staged.left_out.push(("note", say!("row {row}: `{text}`", row, text)));
                }
            }
            read += 1;
            if read == TOLD_ROWS {
                advance(read);
                read = 0;
            }
        }
        advance(read);
        self.flush()?;
        Ok(staged)
    }

    pub(super) fn target(&self, columns: &Columns, heading: usize) -> Option<&Column> {
        target(&self.targets, columns, heading)
    }

    /// Learns the decimal mark from numbers that can be read in one way only.
    fn learn<'a>(&self, rows: impl Iterator<Item = &'a Row>, columns: &Columns, staged: &mut Staged) {
        if let Some(mark) = staged.mark {
            staged.said.push(("decimal", say!("the decimal mark is `{mark}`, as was said", mark)));
            return;
        }
        let mut seen: BTreeMap<char, (Mark, Message)> = BTreeMap::new();
        for row in rows {
            for (i, cell) in row.cells.iter().enumerate() {
                let Cell::Text(text) = cell else { continue };
                if self.target(columns, i).is_some_and(Column::is_number)
                    && let Some(mark) = number::read(text, None).ok().and_then(|read| read.shows)
                {
                    let text = shortened(text.trim());
                    let place = || say!("row {row} has `{text}`", row = row.number, text);
                    seen.entry(mark.char()).or_insert_with(|| (mark, place()));
                }
            }
        }
        let seen: Vec<(Mark, Message)> = seen.into_values().collect();
        match seen.as_slice() {
            [(mark, place)] => {
                staged.said.push(("decimal", say!("the decimal mark is `{mark}`: {place}", mark, place)));
                staged.mark = Some(*mark);
            }
            [(_, one), (_, other), ..] => staged.said.push((
                "decimal",
                say!(
                    "both decimal marks are used ({one}, {other}): a number that can be read in two ways is put aside",
                    one,
                    other
                ),
            )),
            [] => {}
        }
    }

    /// The values of the columns that are the same in every row.
    fn constants(&self, given: &BTreeMap<usize, String>) -> Result<BTreeMap<usize, Option<Value>>> {
        let read = |(place, text): (&usize, &String)| {
            let column = &self.targets[*place];
            // Typed on a command line, where numbers are plain.
            let context = Context { mark: Some(Mark::Point), ..Context::default() };
            let value = column.read(&Cell::Text(text.into()), context);
            let name = &column.name;
            value
                .map(|value| (*place, value))
                .map_err(|reason| Error::usage(say!("`--set {name}={text}`: {reason}", name, text, reason)))
        };
        given.iter().map(read).collect()
    }

    /// Takes a row of data: each cell read that its value does not tell, or a fault of the row.
    fn data(
        &mut self,
        row: &Row,
        mut values: Vec<Option<Value>>,
        file: &mut Reading,
        staged: &mut Staged,
    ) -> Result<()> {
        let mut faults = Vec::new();
        let mark = staged.mark;
        let mut are_told = row.merged.is_empty();
        if row.cells.len() != file.width {
            let more = row.cells.get(file.width..).unwrap_or_default();
            let value: Vec<String> = more.iter().map(|cell| text_of(cell).into_owned()).collect();
            let reason = many!(
                row.cells.len(),
                "the row has {n} cell, and the heading {width}",
                "the row has {n} cells, and the heading {width}",
                width = file.width
            );
            faults.push((String::new(), value.join(" "), reason));
        } else {
            for (i, cell) in row.cells.iter().enumerate() {
                let Some(place) = file.columns.places[i] else {
                    are_told = false;
                    continue;
                };
                if values[place].is_some() {
                    continue;
                }
                let (column, context) = (&self.targets[place], file.context(i, mark));
                // The value will tell where the row came from.
                are_told &= !(file.source.has(place) && cell.is_blank());
                if let Some(reason) = shared(row, i, column) {
                    faults.push((column.name.clone(), text_of(cell).into_owned(), reason));
                    continue;
                }
                match column.read(cell, context) {
                    Ok(value) => {
                        are_told &= is_told(column, cell, value.as_ref(), context);
                        values[place] = value;
                    }
                    Err(reason) => {
                        faults.push((column.name.clone(), text_of(cell).into_owned(), reason));
                    }
                }
            }
            for (place, value) in &file.constants {
                values[*place].clone_from(value);
            }
        }
        file.place(row.number, &self.targets, &mut values);
        let bad: Vec<String> = faults.iter().map(|(column, ..)| column.clone()).collect();
        file.totals.note(&row.cells);
        file.totals.add(&values, |place| bad.contains(&self.targets[place].name));
        // A row that is not as wide as the heading has no value in any column.
        let bad = if bad.iter().any(String::is_empty) { self.all_names() } else { bad };
        staged.rows += 1;
        let cells = (!(are_told && bad.is_empty())).then(|| self.cells(row, file, mark));
        self.push(row, file, cells, &values, &bad, faults)
    }

    pub(super) fn all_names(&self) -> Vec<String> {
        self.targets.iter().map(|column| column.name.clone()).collect()
    }

    /// The cells of a row as a list of rejected rows has them, each with what the file holds where that is
    /// another text.
    pub(super) fn cells<'a>(&self, row: &'a Row, file: &Reading, mark: Option<Mark>) -> Vec<Texts<'a>> {
        let cell = |(i, cell): (usize, &'a Cell)| {
            let column = self.target(&file.columns, i);
            let held = text_of(cell);
            if is_plain(column, cell) && row.merged.is_empty() {
                return (held, None);
            }
            if let Some(rows) = column.and_then(|column| shared_rows(row, i, column)) {
                // No number, so that it is not taken for one before it is divided.
                return (format!("{held} ({})", rows.text(self.language)).into(), Some(held));
            }
            let text = match mark {
                Some(mark) => again(column, cell, mark, file.date1904),
                None if matches!(cell, Cell::Text(_)) => return (held, None),
                None => again(column, cell, Mark::Comma, file.date1904),
            };
            let raw = (held != text).then_some(held);
            (text, raw)
        };
        row.cells.iter().enumerate().map(cell).collect()
    }

    pub(super) fn push(
        &mut self,
        row: &Row,
        file: &Reading,
        cells: Option<Vec<Texts<'_>>>,
        values: &[Option<Value>],
        bad: &[String],
        faults: Vec<(String, String, Message)>,
    ) -> Result<()> {
        let number = i64::try_from(row.number).unwrap_or(i64::MAX);
        let faults = faults.into_iter();
        let faults = faults.map(|(column, value, reason)| Fault {
            file: file.number,
            row: number,
            column,
            value,
            reason,
        });
        self.order.see(values);
        self.pending.add(file.number, number, cells, bad, values, faults);
        if self.pending.is_full() { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        if let Some(batch) = self.pending.take_rows()? {
            self.rows.write(batch)?;
        }
        self.pending.take_faults(self.language)?.map_or(Ok(()), |batch| self.faults.write(&batch))
    }
}

/// What is wrong with a file, as an error with its hint.
pub(super) fn of_file(fault: &SourceFault) -> Error {
    Error::data(fault.told()).hint_opt(fault.next())
}
