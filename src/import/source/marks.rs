//! What `calamine` does not tell of a sheet in its rows.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::language::Message;
use crate::say;

/// What the texts of an ODS may take when repeated cells are written out, in bytes: 1 GiB.
const TEXTS: u64 = 1 << 30;
/// How many cells an ODS may have when gaps and repeated cells are written out, as `calamine` does.
const CELLS: u64 = 20_000_000;
/// How many spaces one mark may stand for.
const SPACES: u64 = 1 << 16;
/// How many single cells are noted.
const NOTED: usize = 4 << 20;

/// Merged cells; rows from 1 as the sheet counts them, columns from 0, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) top: u64,
    pub(super) left: usize,
    pub(super) bottom: u64,
    pub(super) right: usize,
}

impl Region {
    /// Whether a cell lies in it.
    pub(super) fn covers(&self, row: u64, column: usize) -> bool {
        (self.top..=self.bottom).contains(&row) && (self.left..=self.right).contains(&column)
    }
}

/// What is known of a sheet besides its values.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Merged cells, by their first row.
    pub(super) regions: Vec<Region>,
    /// Formulas whose value the file does not hold, by row from 1 and column from 0.
    pub(super) unstored: HashSet<(u64, usize)>,
    /// Cells shown as percentages; ODS only, since XLSX tells it with each value.
    pub(super) percent: HashSet<(u64, usize)>,
    /// Rows that the office hid or filtered away; they are read like the others.
    pub(super) hidden_rows: u64,
}

/// Reads what an ODS tells besides its values, of the sheet asked for; the whole text is checked.
///
/// # Errors
/// The text ends too early, is no XML, or would swell beyond measure. `calamine` relies on all three.
pub(super) fn of_ods(path: &Path, sheet: Option<&str>) -> Result<Marks, Message> {
    let file = File::open(path).map_err(|error| foreign(&error))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| foreign(&error))?;
    let content = archive.by_name("content.xml").map_err(|error| foreign(&error))?;
    scan(BufReader::new(content), sheet)
}

fn scan(content: impl std::io::BufRead, sheet: Option<&str>) -> Result<Marks, Message> {
    let mut reader = Reader::from_reader(content);
    reader.config_mut().expand_empty_elements = true;
    let mut scan = Scan::default();
    let mut depth = 0_u64;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|error| foreign(&error))? {
            Event::Start(element) => {
                depth += 1;
                scan.start(&element, sheet)?;
            }
            Event::End(element) => {
                depth -= 1;
                scan.end(element.name().as_ref())?;
            }
            Event::Text(text) => scan.length += text.len() as u64,
            Event::Eof if depth == 0 => break,
            Event::Eof => return Err(say!("its text ends too early")),
            _ => {}
        }
    }
    Ok(scan.marks)
}

#[derive(Default)]
struct Scan {
    marks: Marks,
    /// The sheet at hand is the one asked for.
    wanted: bool,
    row: u64,
    row_repeat: u64,
    row_hidden: bool,
    row_filled: bool,
    column: usize,
    column_repeat: usize,
    /// Where the sheet's content ends, and the size of the sheets before.
    last_row: u64,
    last_column: u64,
    cells: u64,
    /// How long the text of the cell at hand is, and of all so far.
    length: u64,
    texts: u64,
}

impl Scan {
    fn start(&mut self, element: &BytesStart<'_>, sheet: Option<&str>) -> Result<(), Message> {
        match element.name().as_ref() {
            "table:table" => {
                let name = attribute(element, "table:name")?;
                self.wanted = sheet.is_some() && name.as_deref() == sheet;
                self.row = 1;
                (self.last_row, self.last_column) = (0, 0);
            }
            "table:table-row" => {
                self.row_repeat = repeat(element, "table:number-rows-repeated")?;
                let shown = attribute(element, "table:visibility")?;
                self.row_hidden = matches!(shown.as_deref(), Some("collapse" | "filter"));
                self.row_filled = false;
                self.column = 0;
            }
            "table:table-cell" | "table:covered-table-cell" => self.cell(element)?,
            "text:s" => {
                let spaces = repeat(element, "text:c")?;
                if spaces > SPACES {
                    return Err(say!("a mark in it stands for more than 65536 spaces"));
                }
                self.length += spaces;
            }
            _ => {}
        }
        Ok(())
    }

    fn cell(&mut self, element: &BytesStart<'_>) -> Result<(), Message> {
        self.column_repeat = repeat(element, "table:number-columns-repeated")?.min(1 << 14) as usize;
        self.length = 0;
        let kind = attribute(element, "office:value-type")?;
        if kind.is_some() {
            self.row_filled = true;
            self.last_column = self.last_column.max((self.column + self.column_repeat) as u64);
        }
        if let Some(text) = attribute(element, "office:string-value")? {
            self.length += text.len() as u64;
        }
        if !self.wanted {
            return Ok(());
        }
        let rows = repeat(element, "table:number-rows-spanned")?;
        let columns = repeat(element, "table:number-columns-spanned")?.min(1 << 14) as usize;
        if rows > 1 || columns > 1 {
            let (bottom, right) = (self.row + rows - 1, self.column + columns - 1);
            self.marks.regions.push(Region { top: self.row, left: self.column, bottom, right });
        }
        let percent = kind.as_deref() == Some("percentage");
        let unstored = kind.is_none() && attribute(element, "table:formula")?.is_some();
        if percent || unstored {
            let noted = if percent { &mut self.marks.percent } else { &mut self.marks.unstored };
            let count = self.row_repeat.saturating_mul(self.column_repeat as u64);
            if count > NOTED as u64 || noted.len() > NOTED {
                return Err(say!("it repeats cells beyond measure"));
            }
            for row in self.row..self.row + self.row_repeat {
                noted.extend((self.column..self.column + self.column_repeat).map(|column| (row, column)));
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Message> {
        match name {
            "table:table" => {
                self.wanted = false;
                self.cells += self.last_row * self.last_column;
                if self.cells > CELLS {
                    return Err(say!("it spans more than 20 million cells"));
                }
            }
            "table:table-row" => {
                if self.wanted && self.row_hidden && self.row_filled {
                    self.marks.hidden_rows += self.row_repeat;
                }
                self.row += self.row_repeat;
                if self.row_filled {
                    self.last_row = self.row - 1;
                }
            }
            "table:table-cell" | "table:covered-table-cell" => {
                self.column += self.column_repeat;
                let copies = self.row_repeat.saturating_mul(self.column_repeat as u64);
                self.texts = self.texts.saturating_add(self.length.saturating_mul(copies));
                if self.texts > TEXTS {
                    return Err(say!("its repeated cells would take more than 1 GiB"));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// The words of what reads the file.
fn foreign(error: &dyn std::fmt::Display) -> Message {
    Message::verbatim(error.to_string())
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Message> {
    let found = element.try_get_attribute(name).map_err(|error| foreign(&error))?;
    found
        .map(|attribute| {
            quick_xml::escape::unescape(&attribute.value)
                .map(Cow::into_owned)
                .map_err(|error| foreign(&error))
        })
        .transpose()
}

/// A count that is 1 where it is not said; no sheet has more than 1,048,576 of anything.
fn repeat(element: &BytesStart<'_>, name: &str) -> Result<u64, Message> {
    let Some(text) = attribute(element, name)? else { return Ok(1) };
    let count = text.parse::<u64>().map_err(|_| say!("`{name}` is not a number: `{text}`", name, text))?;
    Ok(count.clamp(1, 1 << 20))
}
