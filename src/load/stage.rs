//! The rows of the files as they came, beside the values that they were read as: a Parquet file that
//! the engine can ask, with a list of what could not be read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::ahead::{Ahead, Behind};
use super::cells::{labelled, length, shared, shared_rows, shortened};
use super::parquet::ParquetFile;
use super::pending::{Fault, Pending, fault_schema, row_schema};
use super::reading::{Reading, target};
use super::totals::Totals;
use crate::error::{Error, Result};
use crate::import::columns::Columns;
use crate::import::number::{self, Mark};
use crate::import::source::totals::{Ending, RowKind, total_of};
use crate::import::source::{Cell, Opened, Row, SourceFault};
use crate::import::value::{self, Column, Context, Value, again, is_plain, text_of};
use crate::language::{Language, Message};
use crate::{many, say};

/// Rows that are read before the first is judged, to learn the decimal mark, and what their texts may
/// take in bytes: 8 MiB.
const LOOKED_AT: usize = 10_000;
const LOOKED_AT_BYTES: usize = 8 << 20;
/// Rows of a row group of the stage: each is read by one core, and there are to be some for each.
const ROW_GROUP_ROWS: usize = 32_768;
/// Rows after which the reader is told how many there are.
const TOLD_ROWS: u64 = 256;

/// One file that is being imported.
pub(super) struct Input {
    /// Its place among the files.
    pub(super) number: i32,
    /// Its path, as it was given.
    pub(super) path: PathBuf,
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

/// The two files of the stage.
pub(super) struct Stage {
    targets: Vec<Column>,
    rows: Behind,
    faults: ParquetFile,
    pending: Pending,
    language: Language,
}

impl Stage {
    /// Makes the files of a stage for rows of a table with these columns, and for a reader of this language.
    ///
    /// # Errors
    /// The disk fails.
    pub(super) fn create(
        rows: &Path,
        faults: &Path,
        targets: Vec<Column>,
        language: Language,
    ) -> Result<Self> {
        // Read twice or so, and gone then.
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_dictionary_enabled(false)
            .set_statistics_enabled(EnabledStatistics::None)
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .build();
        Ok(Self {
            rows: Behind::write_to(ParquetFile::create(rows, row_schema(&targets), properties.clone())?),
            faults: ParquetFile::create(faults, fault_schema(), properties)?,
            pending: Pending::new(&targets),
            targets,
            language,
        })
    }

    /// Ends both files.
    ///
    /// # Errors
    /// The disk fails.
    pub(super) fn finish(mut self) -> Result<()> {
        self.flush()?;
        self.rows.finish()?;
        self.faults.finish().map(drop)
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
        let Input { number, path, opened, columns, constants, mark } = input;
        let mut rows = Ahead::read(opened.rows);
        let mut first = Vec::new();
        let mut bytes = 0;
        while first.len() < LOOKED_AT && bytes < LOOKED_AT_BYTES {
            let Some(row) = rows.next().transpose().map_err(|fault| of_file(&fault.of(&path)))? else {
                break;
            };
            bytes += row.cells.iter().map(length).sum::<usize>();
            first.push(row);
        }
        let mut staged = Staged { mark, ..Staged::default() };
        self.learn(&first, &columns, &mut staged);
        let numbers =
            (0..columns.places.len()).filter(|i| self.target(&columns, *i).is_some_and(Column::is_number));
        let mut ending = Ending::new(columns.places.len(), numbers.collect());
        let mut file = Reading {
            number,
            width: opened.heading.names.len(),
            constants: self.constants(&constants)?,
            date1904: opened.date1904,
            columns,
            totals: Totals::default(),
            values: Vec::new(),
        };
        let mut read = 0;
        for row in first.into_iter().map(Ok).chain(rows) {
            let row = row.map_err(|fault| of_file(&fault.of(&path)))?;
            if cancelled.load(Ordering::Relaxed) {
                return Err(Error::interrupted());
            }
            match ending.kind(&row) {
                RowKind::Data => match self.subtotal(&row, &file, &staged) {
                    Some(text) => self.total(&row, &text, &mut file, &mut staged)?,
                    None => self.data(&row, &mut file, &mut staged)?,
                },
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

    fn target(&self, columns: &Columns, heading: usize) -> Option<&Column> {
        target(&self.targets, columns, heading)
    }

    /// Learns the decimal mark from numbers that can be read in one way only.
    fn learn(&self, rows: &[Row], columns: &Columns, staged: &mut Staged) {
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

    /// Takes a row of data: each cell read, or a fault of the row.
    fn data(&mut self, row: &Row, file: &mut Reading, staged: &mut Staged) -> Result<()> {
        let mut values = std::mem::take(&mut file.values);
        values.clear();
        values.resize(self.targets.len(), None);
        let mut faults = Vec::new();
        let mark = staged.mark;
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
                let Some(place) = file.columns.places[i] else { continue };
                let column = &self.targets[place];
                if let Some(reason) = shared(row, i, column) {
                    faults.push((column.name.clone(), text_of(cell).into_owned(), reason));
                    continue;
                }
                match column.read(cell, file.context(i, mark)) {
                    Ok(value) => values[place] = value,
                    Err(reason) => {
                        faults.push((column.name.clone(), text_of(cell).into_owned(), reason));
                    }
                }
            }
            for (place, value) in &file.constants {
                values[*place].clone_from(value);
            }
        }
        let bad: Vec<String> = faults.iter().map(|(column, ..)| column.clone()).collect();
        file.totals.note(&row.cells);
        file.totals.add(&values, |place| bad.contains(&self.targets[place].name));
        // A row that is not as wide as the heading has no value in any column.
        let bad = if bad.iter().any(String::is_empty) { self.all_names() } else { bad };
        staged.rows += 1;
        self.push(row, file, mark, &values, &bad, faults)?;
        file.values = values;
        Ok(())
    }

    /// What a row calls itself that sums up those with a name: `Cộng Nho Quan` under rows of Nho Quan, with
    /// their sums. Without them it is data.
    fn subtotal(&self, row: &Row, file: &Reading, staged: &Staged) -> Option<String> {
        let (text, _) = total_of(row).filter(|(_, name)| file.totals.knows(name))?;
        let mut agree = false;
        for (i, cell) in row.cells.iter().enumerate().take(file.width).filter(|(_, cell)| !cell.is_blank()) {
            let Some(place) = file.columns.places.get(i).copied().flatten() else { continue };
            let column = &self.targets[place];
            if !column.is_number() {
                continue;
            }
            match column.read(cell, file.context(i, staged.mark)) {
                Ok(Some(Value::Number(said))) if file.totals.agrees(place, said) == Ok(true) => agree = true,
                _ => return None,
            }
        }
        agree.then_some(text)
    }

    /// Takes a row that sums up those above it: left out where it agrees with them.
    fn total(&mut self, row: &Row, text: &str, file: &mut Reading, staged: &mut Staged) -> Result<()> {
        let mut wrong = Vec::new();
        let mut compared = 0;
        for (i, cell) in row.cells.iter().enumerate().take(file.width) {
            let Some(place) = file.columns.places.get(i).copied().flatten() else { continue };
            let column = &self.targets[place];
            if !column.is_number() || cell.is_blank() {
                continue;
            }
            let said = match column.read(cell, file.context(i, staged.mark)) {
                Ok(Some(Value::Number(digits))) => digits,
                Ok(_) => continue,
                Err(reason) => {
                    wrong.push((column.name.clone(), text_of(cell).into_owned(), reason));
                    continue;
                }
            };
            match file.totals.agrees(place, said) {
                Ok(true) => compared += 1,
                Ok(false) => {}
                Err((all, section)) => {
                    let shown = |sum: i128| Message::number(file.as_headed(i, column, sum));
                    let (text, all) = (shortened(text), shown(all));
                    let reason = match section {
                        None => {
                            say!(
                                "`{text}` does not agree with the rows above it, which come to {all}",
                                text,
                                all
                            )
                        }
                        Some(section) => say!(
                            "`{text}` does not agree with the rows above it, which come to {all}, and those since \
                             the last total to {section}",
                            text,
                            all,
                            section = shown(section)
                        ),
                    };
                    wrong.push((column.name.clone(), text_of(cell).into_owned(), reason));
                }
            }
        }
        file.totals.close();
        if wrong.is_empty() {
            let (row, text) = (row.number, shortened(text));
            let checked = match compared {
                0 => say!("row {row}: `{text}` not checked, for there is no sum that is known", row, text),
                _ => many!(
                    compared,
                    "row {row}: `{text}` agrees with the rows above it in {n} column",
                    "row {row}: `{text}` agrees with the rows above it in {n} columns",
                    row,
                    text
                ),
            };
            staged.left_out.push(("total", checked));
            return Ok(());
        }
        staged.rows += 1;
        let values = vec![None; self.targets.len()];
        let is_text =
            |cell: usize| self.target(&file.columns, cell).is_some_and(|column| !column.is_number());
        let row = &labelled(row, text, is_text);
        self.push(row, file, staged.mark, &values, &self.all_names(), wrong)
    }

    fn all_names(&self) -> Vec<String> {
        self.targets.iter().map(|column| column.name.clone()).collect()
    }

    fn push(
        &mut self,
        row: &Row,
        file: &Reading,
        mark: Option<Mark>,
        values: &[Option<Value>],
        bad: &[String],
        faults: Vec<(String, String, Message)>,
    ) -> Result<()> {
        let number = i64::try_from(row.number).unwrap_or(i64::MAX);
        let (targets, language) = (&self.targets, self.language);
        let is_told = |(i, cell): (usize, &Cell)| {
            let value = || values.get(file.columns.places[i]?)?.as_ref();
            target(targets, &file.columns, i)
                .is_some_and(|column| value::is_told(column, cell, value(), file.context(i, mark)))
        };
        let are_told = bad.is_empty() && row.merged.is_empty() && row.cells.iter().enumerate().all(is_told);
        let cells = row.cells.iter().enumerate().map(|(i, cell)| {
            let column = target(targets, &file.columns, i);
            let held = text_of(cell);
            if is_plain(column, cell) && row.merged.is_empty() {
                return (held, None);
            }
            if let Some(rows) = column.and_then(|column| shared_rows(row, i, column)) {
                // No number, so that it is not taken for one before it is divided.
                return (format!("{held} ({})", rows.text(language)).into(), Some(held));
            }
            let text = match mark {
                Some(mark) => again(column, cell, mark, file.date1904),
                None if matches!(cell, Cell::Text(_)) => return (held, None),
                None => again(column, cell, Mark::Comma, file.date1904),
            };
            let raw = (held != text).then_some(held);
            (text, raw)
        });
        let faults = faults.into_iter();
        let faults = faults.map(|(column, value, reason)| Fault {
            file: file.number,
            row: number,
            column,
            value,
            reason,
        });
        let cells = (!are_told).then_some(cells);
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
