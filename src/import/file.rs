//! A file on the disk as rows under a heading, whatever it is: delimited text or a spreadsheet.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::encoding::{Decoder, Encoding, sniff};
use super::source::{CsvOptions, HeaderOptions, Opened, SheetOptions, SourceFault, open_csv, open_sheet};
use crate::error::reason;

/// The bytes that an encoding is recognised by.
const HEAD: u64 = 4096;

/// The endings of spreadsheets.
const SHEETS: [&str; 5] = ["xlsx", "xlsm", "xlsb", "xls", "ods"];

/// How spreadsheets begin, by whatever name: as a ZIP archive, or as a compound file.
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"];

/// How files begin that hold no table, and what they are.
const OTHERS: [(&[u8], &str); 8] = [
    (b"PAR1", "a Parquet file: ask it in SQL by its path, or copy it into `datasets/`"),
    (b"%PDF", "a PDF: ask for the workbook that it was printed from"),
    (b"{\\rtf", "a text document (RTF): save its table as a workbook"),
    (b"\x1f\x8b", "compressed (gzip): unpack it first"),
    (b"7z\xbc\xaf", "an archive (7z): unpack it first"),
    (b"Rar!", "an archive (RAR): unpack it first"),
    (b"\x89PNG", "a picture (PNG): ask for the workbook"),
    (b"\xff\xd8\xff", "a picture (JPEG): ask for the workbook"),
];

/// What the user says of a file; what is absent is found by looking.
#[derive(Clone, Copy, Default)]
pub struct FileOptions<'a> {
    /// The encoding of a delimited text.
    pub encoding: Option<Encoding>,
    /// The byte between the cells of a delimited text.
    pub delimiter: Option<u8>,
    /// The sheet of a workbook, by name or number.
    pub sheet: Option<&'a str>,
    /// How the header is found.
    pub header: HeaderOptions<'a>,
}

/// Opens a file.
///
/// # Errors
/// It cannot be read, or is not what its name says; an option is for the other kind of file.
pub fn open(path: &Path, options: &FileOptions<'_>) -> Result<Opened, SourceFault> {
    let name = path.display().to_string();
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let fault = |what: String| SourceFault::new(name.clone(), what);
    let unreadable = |error: std::io::Error| fault(format!("cannot be read: {}", reason(&error).english()));
    let mut file = File::open(path).map_err(unreadable)?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head).map_err(unreadable)?;
    // A workbook is one under any name; what is none, and is called one, is told so there.
    if SHEETS.contains(&ending.as_str()) || WORKBOOKS.iter().any(|begin| head.starts_with(begin)) {
        if options.encoding.is_some() || options.delimiter.is_some() {
            return Err(fault(
                "an encoding or a delimiter is for delimited text, and this is a workbook".into(),
            ));
        }
        let options =
            SheetOptions { sheet: options.sheet, header: options.header, ..SheetOptions::default() };
        return open_sheet(path, &options);
    }
    if let Some((_, what)) = OTHERS.iter().find(|(begin, _)| head.starts_with(begin)) {
        let (what, next) = what.split_once(": ").unwrap_or((what, "check the file"));
        return Err(fault(format!("this is {what}")).hint(next));
    }
    if options.sheet.is_some() {
        return Err(fault("a sheet is for workbooks, and this is delimited text".into()));
    }
    let found = sniff(&head);
    let encoding = options.encoding.unwrap_or(found.encoding);
    let text = Decoder::new(std::io::Cursor::new(head).chain(file), encoding);
    let delimiter = options.delimiter.or((ending == "tsv" || ending == "tab").then_some(b'\t'));
    let options = CsvOptions { delimiter, header: options.header, ..CsvOptions::default() };
    let mut opened = open_csv(text, &options, &name)?;
    let mark = if found.bom_bytes > 0 { " with a byte order mark" } else { "" };
    opened.said.insert(0, format!("the text is {encoding}{mark}"));
    Ok(opened)
}
