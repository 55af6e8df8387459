//! A file on the disk as rows under a heading, whatever it is: delimited text or a spreadsheet.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::encoding::{Decoder, Encoding, sniff, unreadable};
use super::source::{CsvOptions, HeaderOptions, Opened, SheetOptions, SourceFault, open_csv, open_sheet};
use crate::language::Message;
use crate::say;

/// The bytes that an encoding is recognised by.
const HEAD: u64 = 4096;

/// The endings of spreadsheets.
const SHEETS: [&str; 5] = ["xlsx", "xlsm", "xlsb", "xls", "ods"];

/// How spreadsheets begin, by whatever name: as a ZIP archive, or as a compound file.
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"];

/// What a file is that holds no table, told by how it begins, and what to do.
fn other(head: &[u8]) -> Option<(Message, Message)> {
    let unpack = || say!("unpack it first");
    let ask = || say!("ask for the workbook");
    Some(match head {
        [b'P', b'A', b'R', b'1', ..] => {
            (say!("this is a Parquet file"), say!("ask it in SQL by its path, or copy it into `datasets/`"))
        }
        [b'%', b'P', b'D', b'F', ..] => {
            (say!("this is a PDF"), say!("ask for the workbook that it was printed from"))
        }
        [b'{', b'\\', b'r', b't', b'f', ..] => {
            (say!("this is a text document (RTF)"), say!("save its table as a workbook"))
        }
        [0x1f, 0x8b, ..] => (say!("this is compressed (gzip)"), unpack()),
        [b'7', b'z', 0xbc, 0xaf, ..] => (say!("this is an archive (7z)"), unpack()),
        [b'R', b'a', b'r', b'!', ..] => (say!("this is an archive (RAR)"), unpack()),
        [0x89, b'P', b'N', b'G', ..] => (say!("this is a picture (PNG)"), ask()),
        [0xff, 0xd8, 0xff, ..] => (say!("this is a picture (JPEG)"), ask()),
        _ => return None,
    })
}

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
    let fault = |what: Message| SourceFault::new(name.clone(), what);
    let mut file = File::open(path).map_err(|error| fault(unreadable(&error)))?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head).map_err(|error| fault(unreadable(&error)))?;
    // A workbook is one under any name; what is none, and is called one, is told so there.
    if SHEETS.contains(&ending.as_str()) || WORKBOOKS.iter().any(|begin| head.starts_with(begin)) {
        if options.encoding.is_some() || options.delimiter.is_some() {
            return Err(fault(say!(
                "an encoding or a delimiter is for delimited text, and this is a workbook"
            )));
        }
        let options =
            SheetOptions { sheet: options.sheet, header: options.header, ..SheetOptions::default() };
        return open_sheet(path, &options);
    }
    if let Some((what, next)) = other(&head) {
        return Err(fault(what).hint(next));
    }
    if options.sheet.is_some() {
        return Err(fault(say!("a sheet is for workbooks, and this is delimited text")));
    }
    let found = sniff(&head);
    let encoding = options.encoding.unwrap_or(found.encoding);
    let text = Decoder::new(std::io::Cursor::new(head).chain(file), encoding);
    let delimiter = options.delimiter.or((ending == "tsv" || ending == "tab").then_some(b'\t'));
    let options = CsvOptions { delimiter, header: options.header, ..CsvOptions::default() };
    let mut opened = open_csv(text, &options, &name)?;
    let said = match found.bom_bytes {
        0 => say!("the text is {encoding}", encoding),
        _ => say!("the text is {encoding} with a byte order mark", encoding),
    };
    opened.said.insert(0, said);
    Ok(opened)
}
