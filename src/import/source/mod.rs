//! Spreadsheets and delimited text as rows of cells under a heading.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `fault` | what went wrong with a file, where, and what to do |
//! | `delimited` | CSV and TSV: records, one at a time |
//! | `sniff` | which delimiter a text uses |
//! | `archive` | what a file really is; archives that swell |
//! | `signs` | signs in an archive of what a sheet's rows will not tell |
//! | `book` | a workbook's sheets and rows, by `calamine` |
//! | `value` | a workbook's values as cells |
//! | `marks` | what `calamine` does not tell of a sheet: merged cells of ODS, formulas without a value |
//! | `sheet` | which sheet is meant |
//! | `header` | which rows are the header |
//! | `table` | rows under the heading: merged cells filled down, columns without a name left out |
//! | [`totals`] | rows that are no data: totals, subtotals, signatures |
//!
//! Nothing is guessed in silence: what was decided by looking stands in [`Opened::said`].

mod archive;
mod book;
mod delimited;
mod fault;
#[cfg(test)]
mod fixtures;
mod header;
#[cfg(test)]
mod hostile;
mod marks;
mod sheet;
mod signs;
mod sniff;
mod table;
pub mod totals;
mod value;

use chrono::NaiveDateTime;
use compact_str::CompactString;

use crate::language::Message;
use crate::say;
use crate::ui::text::trim;

pub use delimited::{CsvOptions, open_csv};
pub use fault::SourceFault;
pub use sheet::{Caps, SheetOptions, open_sheet};

/// One value as the file holds it, before the contract says what it means.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or a text of no characters.
    Empty,
    /// A text, as written: neither trimmed nor brought to NFC.
    Text(CompactString),
    /// A number, a duration in days, or a time of day as a part of a day.
    Number(f64),
    /// A number shown as a percentage: 45 % is 0.45. XLSX and ODS only; XLS gives a [`Cell::Number`].
    Percent(f64),
    /// A truth value.
    Bool(bool),
    /// A date, with its time of day.
    Date(NaiveDateTime),
    /// A formula's error such as `#REF!`.
    Error(String),
    /// Nothing that can be read, for this reason.
    Fault(Message),
}

impl Cell {
    /// Whether nothing is written here that can be seen.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => trim(text).is_empty(),
            _ => false,
        }
    }
}

/// One row of a file, with the place where it stands there.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The line on which the record begins, or the row of the sheet; from 1.
    pub number: u64,
    /// The cells under the heading. More of them than names: something stands outside the named
    /// columns, and comes last. Fewer, in delimited text only: the record is too short.
    pub cells: Vec<Cell>,
    /// The cells that stand for several rows, whose value is given in each of them.
    pub merged: Vec<Merged>,
}

/// A cell of a row that is merged with those below or above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// Its place in [`Row::cells`].
    pub cell: usize,
    /// The first row that it stands for.
    pub first: u64,
    /// The last.
    pub last: u64,
}

impl Row {
    /// A row without merged cells.
    pub fn new(number: u64, cells: Vec<Cell>) -> Self {
        Self { number, cells, merged: Vec::new() }
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }

    fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }
}

/// The names of the columns, and where they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The names, trimmed, in NFC; headers of several rows are joined: `Kinh phí / Dự toán`.
    pub names: Vec<String>,
    /// For each name the column of the file, from 1.
    pub columns: Vec<usize>,
    /// The first row of the header.
    pub first_row: u64,
    /// How many rows the header takes, a row of column numbers under it not counted.
    pub rows: u64,
}

/// Rows on their way out of a file; after a fault nothing follows.
pub type Rows = Box<dyn Iterator<Item = Result<Row, SourceFault>> + Send>;

/// A file whose header was found, and the rows under it.
pub struct Opened {
    /// The columns.
    pub heading: Heading,
    /// The sheet that is read, as the workbook spells it.
    pub sheet: Option<String>,
    /// What was decided by looking, a sentence each: delimiter, sheet, header, merged cells.
    pub said: Vec<Message>,
    /// A note above the header that scales the table's numbers, `Đơn vị: triệu đồng`, with its row. It is
    /// not applied: it does not say to which columns.
    pub note: Option<(u64, String)>,
    /// Whether the workbook counts days from 1904. [`Cell::Date`] has been reckoned with it already.
    pub date1904: bool,
    /// The rows below the header; rows with nothing in them are left out.
    pub rows: Rows,
}

#[cfg(test)]
impl Opened {
    fn told(&self) -> Vec<String> {
        self.said.iter().map(Message::english).collect()
    }
}

/// Tells how many of these header names the contract knows.
pub type Known<'a> = &'a dyn Fn(&[String]) -> usize;

/// How the header is found; by default by looking.
#[derive(Clone, Copy, Default)]
pub struct HeaderOptions<'a> {
    /// The first row of the header: `--header-row`.
    pub row: Option<u64>,
    /// How many rows it takes.
    pub rows: Option<u64>,
    /// Helps to tell a header from titles and data.
    pub known: Option<Known<'a>>,
}

/// A column as a reader of the file finds it: `column 4 (D)`.
pub fn column_name(column: usize) -> Message {
    let mut letters = Vec::new();
    let mut rest = column;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    say!("column {column} ({letters})", column, letters = letters.iter().rev().collect::<String>())
}
