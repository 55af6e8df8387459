//! A result as a sheet, or as several where it has more rows than one takes.

use std::io::Write;

use arrow::datatypes::{DataType, SchemaRef};
use arrow::record_batch::RecordBatch;
use rust_xlsxwriter::Worksheet;

use super::cell::{self, Kind, Serial, Values};
use super::contents::Entry;
use super::guard::guarded;
use super::page::{Changes, Column, Page};
use super::{About, Book, LARGE, fault, format};
use crate::error::{Error, Result};
use crate::language::{Message, Piece};
use crate::output::cell::Cells;
use crate::output::wording;
use crate::output::{Shown, Sink, Wording};
use crate::ui::text;
use crate::{many, say};

/// The columns of a sheet.
const MOST_COLUMNS: usize = 16_384;

pub(in crate::output) struct Sheet<'a> {
    book: &'a mut Book,
    about: About,
    has_header: bool,
    wording: Wording,
    columns: Vec<Column>,
    page: Option<Page>,
    /// The sheets that are full.
    full: Vec<Worksheet>,
    names: Vec<String>,
    rows: u64,
    changes: Changes,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(book: &'a mut Book, about: About, has_header: bool, wording: &Wording) -> Self {
        Self {
            book,
            about,
            has_header,
            wording: wording.clone(),
            columns: Vec::new(),
            page: None,
            full: Vec::new(),
            names: Vec::new(),
            rows: 0,
            changes: Changes::default(),
        }
    }

    /// Begins the next sheet of the result.
    fn turn(&mut self) -> Result<()> {
        self.end_page()?;
        let name = self.book.names.take(&self.about.name);
        let mut sheet = self.book.workbook.new_worksheet_with_constant_memory().map_err(fault)?;
        sheet.set_name(&name).map_err(fault)?;
        self.page = Some(Page::begin(sheet, &self.columns, self.has_header, self.wording.language)?);
        self.names.push(name);
        Ok(())
    }

    fn end_page(&mut self) -> Result<()> {
        let Some(page) = self.page.take() else { return Ok(()) };
        if page.bytes > LARGE {
            self.book.workbook.use_zip_large_file(true);
        }
        self.full.push(page.end()?);
        Ok(())
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let cells = Cells::to_read(batch, None)?;
        let values = self
            .columns
            .iter()
            .zip(batch.columns())
            .map(|(column, array)| Values::of(column.kind, array))
            .collect::<Result<Vec<_>>>()?;
        for row in 0..batch.num_rows() {
            if self.page.as_ref().is_none_or(|page| page.rows() >= self.book.most_rows) {
                self.turn()?;
            }
            let Some(page) = &mut self.page else { return Ok(()) };
            let mut line = Line { page, cells: &cells, row, text: String::new(), changes: &mut self.changes };
            for (place, (column, values)) in self.columns.iter().zip(&values).enumerate() {
                line.cell(place, column, self.wording.columns.get(place), values)?;
            }
            page.end_row();
        }
        self.rows += batch.num_rows() as u64;
        Ok(())
    }
}

/// A row that is being written.
struct Line<'a> {
    page: &'a mut Page,
    cells: &'a Cells<'a>,
    row: usize,
    text: String,
    changes: &'a mut Changes,
}

impl Line<'_> {
    fn cell(
        &mut self,
        place: usize,
        column: &Column,
        wording: Option<&wording::Column>,
        values: &Values,
    ) -> Result<()> {
        self.text.clear();
        if !self.cells.write(place, self.row, &mut self.text)? {
            return Ok(());
        }
        let at = u16::try_from(place).unwrap_or(u16::MAX);
        if let Some(label) = wording.and_then(|column| column.labels.get(&self.text)) {
            return self.page.text(at, label, self.changes);
        }
        match values {
            Values::Words if column.kind.is_number() => {
                match cell::number(&self.text, column.kind) {
                    Some(number) => {
                        // Marks stand between the thousands.
                        let width = self.text.len() + self.text.len() / 3 + column.unit;
                        let large = column.large.as_ref().filter(|_| format::is_large(number));
                        return self.page.number(at, number, width, large);
                    }
                    None => self.changes.numbers += u64::from(column.kind == Kind::Exact),
                }
                self.page.as_text(at, &self.text)
            }
            Values::Words => self.page.text(at, &self.text, self.changes),
            Values::Truths(truths) => self.page.truth(at, truths.value(self.row)),
            Values::Json(texts) => self.page.text(at, &texts[self.row], self.changes),
            Values::Ticks { ticks, per_day, zone } => {
                match Serial::of(column.kind, ticks.value(self.row), *per_day, *zone) {
                    Some(serial) => self.page.serial(at, column.kind, serial),
                    None => {
                        self.changes.dates += 1;
                        self.page.as_text(at, &self.text)
                    }
                }
            }
        }
    }
}

impl Sink for Sheet<'_> {
    fn begin(&mut self, schema: &SchemaRef, _out: &mut dyn Write) -> Result<()> {
        let columns = schema.fields().len();
        if columns > MOST_COLUMNS {
            return Err(Error::data(say!(
                "a sheet of Excel has {most} columns, and the result has {columns}",
                most = Piece::Count(MOST_COLUMNS as u64),
                columns = Piece::Count(columns as u64)
            ))
            .hint(say!("name the columns that you need, or write it as Parquet or CSV")));
        }
        let column = |(place, field): (usize, &arrow::datatypes::FieldRef)| {
            let title = self.wording.title(place, field.name());
            let kind = Kind::of(field.data_type());
            // The clock of Excel knows no zones.
            let title = match field.data_type() {
                DataType::Timestamp(_, Some(zone)) => format!("{title} ({zone})"),
                _ => title.to_owned(),
            };
            let (wording, language) = (self.wording.columns.get(place), self.wording.language);
            let format = format::of(field.data_type(), kind, wording, language);
            let unit = text::width(format::unit(wording, language));
            let large = format::of_large(kind, wording, format.as_ref());
            Column { title, kind, format, large, unit }
        };
        self.columns = schema.fields().iter().enumerate().map(column).collect();
        guarded(|| self.turn())
    }

    fn batch(&mut self, batch: &RecordBatch, _out: &mut dyn Write) -> Result<()> {
        guarded(|| self.write(batch))
    }

    fn finish(&mut self, _out: &mut dyn Write) -> Result<Shown> {
        guarded(|| self.end_page())?;
        self.book.sheets.append(&mut self.full);
        self.book.entries.push(Entry {
            sheet: self.names.first().cloned().unwrap_or_default(),
            about: self.about.clone(),
            rows: self.rows,
            language: self.wording.language,
        });
        Ok(Shown { rows: self.rows, hidden: 0 })
    }

    fn remarks(&self) -> Vec<Message> {
        let Changes { numbers, dates, cut } = self.changes;
        let mut remarks = Vec::new();
        if let [_, .., last] = self.names.as_slice() {
            let most = Piece::Count(self.book.most_rows.into());
            remarks.push(say!(
                "a sheet of Excel has {most} rows: the result goes on in `{last}`",
                most,
                last
            ));
        }
        if numbers > 0 {
            remarks.push(many!(
                numbers,
                "{n} number is written as text: Excel keeps 15 digits of a number",
                "{n} numbers are written as texts: Excel keeps 15 digits of a number"
            ));
        }
        if dates > 0 {
            remarks.push(many!(
                dates,
                "{n} date or time is written as text: Excel has none before 1 March 1900, after 9999, or finer than a millisecond",
                "{n} dates or times are written as texts: Excel has none before 1 March 1900, after 9999, or finer than a millisecond"
            ));
        }
        if cut > 0 {
            remarks.push(many!(
                cut,
                "{n} text is cut and ends with `…`: a cell of Excel holds 32,767 characters",
                "{n} texts are cut and end with `…`: a cell of Excel holds 32,767 characters"
            ));
        }
        remarks
    }

    fn close(&mut self, out: &mut (dyn Write + Send)) -> Result<()> {
        self.book.write(out)
    }
}
