//! One sheet while its rows come: they go to a temporary file at once, and only the row at hand is in
//! memory.

use rust_xlsxwriter::{Format, Worksheet};

use super::cell::{self, Kind};
use super::{fault, format};
use crate::error::Result;
use crate::language::Language;
use crate::ui::text;

/// Rows whose texts decide how wide the columns are.
const MEASURED: u32 = 1_000;

/// The widest that a column is made for its cells, and for its title.
const MOST_WIDTH: usize = 60;
const MOST_TITLE: usize = 24;

/// The narrowest that a column is.
const LEAST_WIDTH: usize = 6;

/// What the button of a filter takes of a title.
const BUTTON: usize = 3;

/// ISO A4, in Excel's numbers.
const A4: u8 = 9;

/// How a column of a result looks.
pub(super) struct Column {
    pub(super) title: String,
    pub(super) kind: Kind,
    pub(super) format: Option<Format>,
    /// That of its large numbers, where it is another.
    pub(super) large: Option<Format>,
    /// What the unit takes behind a number.
    pub(super) unit: usize,
}

/// What went into a sheet otherwise than it was.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Changes {
    /// Numbers of more digits than Excel keeps.
    pub(super) numbers: u64,
    /// Dates and times that Excel has not.
    pub(super) dates: u64,
    /// Texts that were cut.
    pub(super) cut: u64,
}

pub(super) struct Page {
    sheet: Worksheet,
    /// The row that is written.
    row: u32,
    has_header: bool,
    widths: Vec<usize>,
    guarded: Format,
    as_text: Format,
    language: Language,
    /// Bytes of its XML, at most.
    pub(super) bytes: u64,
}

impl Page {
    /// Begins a sheet.
    pub(super) fn begin(
        mut sheet: Worksheet,
        columns: &[Column],
        has_header: bool,
        language: Language,
    ) -> Result<Self> {
        for (column, place) in columns.iter().zip(0_u16..) {
            if let Some(format) = &column.format {
                sheet.set_column_format(place, format).map_err(fault)?;
            }
        }
        sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
        let mut widths = vec![LEAST_WIDTH; columns.len()];
        if has_header {
            let header = format::header();
            let guarded = format::header().set_quote_prefix();
            for ((column, place), width) in columns.iter().zip(0_u16..).zip(&mut widths) {
                let title = cell::fitted(&column.title).0;
                let format = if cell::is_formula(&title) { &guarded } else { &header };
                sheet.write_string_with_format(0, place, title.as_ref(), format).map_err(fault)?;
                // Bold letters are wider; a long title goes over several lines.
                let word = title.split_whitespace().map(text::width).max().unwrap_or(0);
                let title = text::width(&title).min(MOST_TITLE.max(word)) + BUTTON;
                *width = (title + title / 10).clamp(LEAST_WIDTH, MOST_WIDTH);
            }
            sheet.set_freeze_panes(1, 0).map_err(fault)?;
            sheet.set_repeat_rows(0, 0).map_err(fault)?;
        }
        Ok(Self {
            sheet,
            row: u32::from(has_header),
            has_header,
            widths,
            guarded: format::guarded(),
            as_text: format::as_text(),
            language,
            bytes: 0,
        })
    }

    /// The rows so far, the header among them.
    pub(super) fn rows(&self) -> u32 {
        self.row
    }

    pub(super) fn end_row(&mut self) {
        self.row += 1;
        self.bytes += 32;
    }

    fn wide(&mut self, column: u16, width: usize) {
        self.bytes += 64;
        let known = &mut self.widths[usize::from(column)];
        *known = (*known).max(width.min(MOST_WIDTH));
    }

    pub(super) fn text(&mut self, column: u16, text: &str, changes: &mut Changes) -> Result<()> {
        let (held, is_cut) = cell::fitted(text);
        changes.cut += u64::from(is_cut);
        // What is wider than its column runs into the next or is cut on the screen; a number would
        // not be seen at all, so that all of these are measured.
        if self.row <= MEASURED {
            self.wide(column, held.lines().map(text::width).max().unwrap_or(0) + 1);
        }
        // What XML writes in another way takes up to seven bytes.
        let longer = held.bytes().filter(|byte| *byte < 0x20 || matches!(byte, b'&' | b'<' | b'>')).count();
        self.bytes += 64 + held.len() as u64 + 6 * longer as u64;
        let held = held.into_owned();
        if cell::is_formula(&held) {
            self.sheet.write_string_with_format(self.row, column, held, &self.guarded).map_err(fault)?;
        } else {
            self.sheet.write_string(self.row, column, held).map_err(fault)?;
        }
        Ok(())
    }

    /// A number or date as the text that it is elsewhere.
    pub(super) fn as_text(&mut self, column: u16, text: &str) -> Result<()> {
        self.wide(column, text::width(text) + 1);
        self.sheet.write_string_with_format(self.row, column, text, &self.as_text).map_err(fault)?;
        Ok(())
    }

    /// A number, which takes so much room, in its column's format or in its own.
    pub(super) fn number(
        &mut self,
        column: u16,
        number: f64,
        width: usize,
        format: Option<&Format>,
    ) -> Result<()> {
        self.wide(column, width + 1);
        match format {
            Some(format) => self.sheet.write_number_with_format(self.row, column, number, format),
            None => self.sheet.write_number(self.row, column, number),
        }
        .map_err(fault)?;
        Ok(())
    }

    pub(super) fn truth(&mut self, column: u16, truth: bool) -> Result<()> {
        self.wide(column, 7);
        self.sheet.write_boolean(self.row, column, truth).map_err(fault)?;
        Ok(())
    }

    pub(super) fn serial(&mut self, column: u16, kind: Kind, serial: cell::Serial) -> Result<()> {
        let width = match kind {
            Kind::Date => 11,
            Kind::Time => 9,
            _ => 20,
        };
        match serial.is_whole_second {
            true => self.number(column, serial.number, width, None),
            false => {
                let format = format::in_thousandths(kind, self.language);
                self.number(column, serial.number, width + 4, Some(&format))
            }
        }
    }

    /// Ends the sheet.
    pub(super) fn end(mut self) -> Result<Worksheet> {
        for (width, place) in self.widths.iter().zip(0_u16..) {
            self.sheet.set_column_width(place, *width as f64).map_err(fault)?;
        }
        let columns = u16::try_from(self.widths.len()).unwrap_or(u16::MAX);
        if self.has_header && columns > 0 {
            self.sheet.autofilter(0, 0, self.row.saturating_sub(1), columns - 1).map_err(fault)?;
        }
        Ok(self.sheet)
    }
}
