//! Which sheet of a workbook is meant.

use std::path::Path;

use super::archive;
use super::book::{Book, Sheet};
use super::table::{self, Source};
use super::{HeaderOptions, Opened, SourceFault};
use crate::import::fold::{plain, tidy};
use crate::language::Message;
use crate::{many, say};

/// What a workbook may take to read; beyond it is refused.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// The size of all its parts unpacked, in bytes: 1 GiB.
    pub unpacked: u64,
    /// How many times the size of the file that may be; from 64 MiB on: 200.
    pub ratio: u64,
    /// The size of an XLS file, in bytes: 256 MiB.
    pub binary: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self { unpacked: 1 << 30, ratio: 200, binary: 256 << 20 }
    }
}

/// How a workbook is read.
#[derive(Clone, Copy, Default)]
pub struct SheetOptions<'a> {
    /// The sheet's name, accents and case aside, or its number from 1; by default the only one with rows.
    pub sheet: Option<&'a str>,
    /// How the header is found.
    pub header: HeaderOptions<'a>,
    /// What is refused for its size.
    pub caps: Caps,
}

/// Opens a sheet of an XLSX, XLSM, ODS or XLS workbook.
///
/// XLSX streams: beside the workbook's texts only some hundred rows are held. ODS and XLS are read whole.
/// A formula whose value the file does not hold is a [`Cell::Fault`](super::Cell::Fault); in XLS, which
/// cannot tell it from an empty text, it is empty.
///
/// # Errors
/// The file is no workbook, is damaged, encrypted or too large; the sheet or its header cannot be
/// told; a column has no name, two have the same.
pub fn open_sheet(path: &Path, options: &SheetOptions<'_>) -> Result<Opened, SourceFault> {
    let mut said = Vec::new();
    let file = path.display().to_string();
    let kind = archive::inspect(path, &options.caps, &mut said)?;
    let mut book = Book::open(path, kind)?;
    let sheet = match options.sheet {
        Some(asked) => named(&book.sheets(), asked, &file, &mut said)?,
        None => only(&mut book, &file, &mut said)?,
    };
    let marks = book.marks(&sheet)?;
    if marks.hidden_rows > 0 {
        said.push(many!(
            marks.hidden_rows,
            "{n} hidden row read like any other",
            "{n} hidden rows read like any other"
        ));
    }
    let date1904 = book.date1904();
    let regions = marks.regions.clone();
    let rows = book.rows(sheet.clone(), marks)?;
    table::open(Source { file, sheet: Some(sheet), regions, rows }, &options.header, said, date1904)
}

/// The sheet with that name; failing that, with that number.
fn named(sheets: &[Sheet], asked: &str, file: &str, said: &mut Vec<Message>) -> Result<String, SourceFault> {
    let exact = sheets.iter().find(|sheet| tidy(&sheet.name) == tidy(asked));
    let alike: Vec<&Sheet> = sheets.iter().filter(|sheet| plain(&sheet.name) == plain(asked)).collect();
    let number = asked.trim().parse::<usize>().ok().and_then(|number| sheets.get(number.checked_sub(1)?));
    let list = || sheets.iter().map(|sheet| format!("`{}`", sheet.name)).collect::<Vec<_>>().join(", ");
    let found = match (exact, alike.as_slice()) {
        (Some(sheet), _) => sheet,
        (None, [sheet]) => sheet,
        (None, []) => number.ok_or_else(|| {
            SourceFault::new(file, say!("there is no sheet `{asked}`", asked))
                .hint(say!("there are {sheets}", sheets = list()))
        })?,
        (None, _) => {
            let what = say!("several sheets are called `{asked}`, accents aside", asked);
            let hint = say!("name one exactly, or by its number: {sheets}", sheets = list());
            return Err(SourceFault::new(file, what).hint(hint));
        }
    };
    said.push(match found.hidden {
        true => say!("sheet `{sheet}`, which is hidden", sheet = found.name),
        false => say!("sheet `{sheet}`", sheet = found.name),
    });
    Ok(found.name.clone())
}

/// The only sheet that is neither hidden nor empty.
fn only(book: &mut Book, file: &str, said: &mut Vec<Message>) -> Result<String, SourceFault> {
    let sheets = book.sheets();
    let mut filled = Vec::new();
    for sheet in sheets.iter().filter(|sheet| !sheet.hidden) {
        if book.count_rows(&sheet.name, 1)? > 0 {
            filled.push(sheet.name.clone());
        }
    }
    let hidden = sheets.iter().filter(|sheet| sheet.hidden).count();
    match filled.as_slice() {
        [sheet] => {
            said.push(match hidden {
                0 => say!("sheet `{sheet}`: the only one that is not empty", sheet),
                _ => say!("sheet `{sheet}`: the only one that is not empty ({hidden} hidden)", sheet, hidden),
            });
            Ok(sheet.clone())
        }
        [] => {
            let hint = match hidden {
                0 => say!("check the file"),
                _ => say!("a hidden one is read if it is named with `--sheet`"),
            };
            Err(SourceFault::new(file, say!("no visible sheet has a cell with content")).hint(hint))
        }
        several => {
            let mut list = Vec::new();
            for sheet in several {
                let rows = book.count_rows(sheet, usize::MAX)?;
                list.push(many!(rows, "`{sheet}` ({n} row)", "`{sheet}` ({n} rows)", sheet));
            }
            let what = say!("several sheets have rows: {sheets}", sheets = Message::joined(list, ", "));
            Err(SourceFault::new(file, what).hint(say!("name one with `--sheet`")))
        }
    }
}

#[cfg(test)]
mod tests;
