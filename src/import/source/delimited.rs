//! CSV and TSV: records, one at a time.
//!
//! The `csv` crate reads any bytes as some record: an unclosed quote swallows the rest of the file, and
//! a NUL is text. An import must refuse both with their line, so the records are read here; the
//! tests hold them against that crate.

use std::io::{Chain, Cursor, Read};

use compact_str::CompactString;
use memchr::{memchr_iter, memchr2};

use super::sniff::{self, SAMPLE};
use super::table::{self, Source};
use super::{Cell, HeaderOptions, Opened, Row, SourceFault};
use crate::import::encoding::unreadable;
use crate::language::Message;
use crate::say;

/// A record longer than this is a fault, in bytes: 16 MiB.
const RECORD_LIMIT: usize = 16 << 20;
const BLOCK: usize = 64 << 10;

/// How a delimited text is read.
#[derive(Clone, Copy, Default)]
pub struct CsvOptions<'a> {
    /// The byte between the cells; by default found by looking.
    pub delimiter: Option<u8>,
    /// How the header is found.
    pub header: HeaderOptions<'a>,
    /// The longest record in bytes; by default 16 MiB.
    pub record_limit: Option<usize>,
}

/// Opens a delimited text in UTF-8; `name` is what faults call it.
///
/// # Errors
/// The text is empty or cannot be read, its delimiter or its header cannot be told, a column has no
/// name, two have the same.
pub fn open_csv(
    mut reader: impl Read + Send + 'static,
    options: &CsvOptions<'_>,
    name: &str,
) -> Result<Opened, SourceFault> {
    let mut sample = Vec::new();
    reader
        .by_ref()
        .take(SAMPLE as u64)
        .read_to_end(&mut sample)
        .map_err(|error| SourceFault::new(name, unreadable(&error)))?;
    if sample.starts_with("\u{feff}".as_bytes()) {
        sample.drain(..3);
    }
    let mut said = Vec::new();
    // Excel writes and obeys a first line `sep=;`.
    let declared = sniff::declared(&sample);
    let delimiter = match (options.delimiter, declared) {
        (Some(delimiter), _) => delimiter,
        (None, Some((delimiter, _))) => {
            let sign = sniff::spell(delimiter);
            said.push(say!("delimiter {sign}: declared by the file's first line", sign));
            delimiter
        }
        (None, None) => sniff::delimiter(&sample, name, &mut said)?,
    };
    let mut records = Records::new(Cursor::new(sample).chain(reader), delimiter, name);
    records.limit = options.record_limit.unwrap_or(RECORD_LIMIT);
    if declared.is_some() {
        records.next_record()?;
    }
    let source = Source { file: name.to_owned(), sheet: None, regions: Vec::new(), rows: Box::new(records) };
    table::open(source, &options.header, said, false)
}

/// A line of delimited text, whose quoted cells may hold line breaks.
pub(super) struct Record {
    /// The line on which it begins, from 1.
    pub(super) line: u64,
    /// Its cells, at least one.
    pub(super) cells: Vec<Cell>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// At the beginning of a cell.
    Start,
    Plain,
    Quoted,
    /// Behind a quote inside a quoted cell: its end, or the first half of `""`.
    Quote,
}

/// The records of a text; lines without any character are passed over.
pub(super) struct Records<R> {
    reader: R,
    delimiter: u8,
    name: String,
    limit: usize,
    block: Vec<u8>,
    at: usize,
    end: usize,
    /// How many cells the record before had.
    width: usize,
    line: u64,
    /// The byte before was a CR, so that an LF belongs to it.
    after_cr: bool,
    ended: bool,
}

impl<R: Read> Records<R> {
    /// The records of a text in UTF-8 without a byte order mark.
    pub(super) fn new(reader: R, delimiter: u8, name: &str) -> Self {
        Self {
            reader,
            delimiter,
            name: name.to_owned(),
            limit: RECORD_LIMIT,
            block: vec![0; BLOCK],
            at: 0,
            end: 0,
            width: 0,
            line: 1,
            after_cr: false,
            ended: false,
        }
    }

    fn fault(&self, line: u64, what: Message) -> SourceFault {
        SourceFault::new(&self.name, what).at(line)
    }

    fn read_byte(&mut self) -> Result<Option<u8>, SourceFault> {
        while self.at == self.end {
            (self.at, self.end) = match self.reader.read(&mut self.block) {
                Ok(0) => return Ok(None),
                Ok(count) => (0, count),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => (0, 0),
                Err(error) => {
                    return Err(self.fault(self.line, unreadable(&error)));
                }
            };
        }
        let byte = self.block[self.at];
        self.at += 1;
        if byte == 0 {
            let what = say!("a NUL byte: this is not text, or its encoding is not the one said");
            let hint = say!("name the encoding with `--encoding`, or save the file anew");
            return Err(self.fault(self.line, what).hint(hint));
        }
        Ok(Some(byte))
    }

    /// Takes what follows in the block up to the next byte that means something; gives its length.
    fn read_plain(&mut self, cell: &mut Vec<u8>) -> usize {
        let rest = &self.block[self.at..self.end];
        let length = rest.iter().position(|byte| self.means(*byte)).unwrap_or(rest.len());
        cell.extend_from_slice(&rest[..length]);
        self.at += length;
        self.after_cr &= length == 0;
        length
    }

    /// The bytes of the next cell, where all of it stands in the block, without quotes, and a delimiter
    /// behind it.
    fn plain_cell(&self) -> Option<&[u8]> {
        let rest = &self.block[self.at..self.end];
        let length = rest.iter().position(|byte| self.means(*byte))?;
        (rest[length] == self.delimiter).then(|| &rest[..length])
    }

    /// The next record, where all of it stands in the block as most do: a line without quotes that ends there.
    /// What is at fault is left to a closer look.
    fn plain_record(&mut self) -> Option<Record> {
        let rest = &self.block[self.at..self.end];
        let length = memchr2(b'\n', b'\r', rest)?;
        let text = &rest[..length];
        let is_plain = (1..self.limit).contains(&length) && memchr2(b'"', 0, text).is_none();
        let text = std::str::from_utf8(text).ok().filter(|_| is_plain && self.delimiter.is_ascii())?;
        let mut cells = Vec::with_capacity(self.width);
        let mut from = 0;
        for at in memchr_iter(self.delimiter, text.as_bytes()).chain([length]) {
            let cell = &text[from..at];
            cells.push(if cell.is_empty() { Cell::Empty } else { Cell::Text(cell.into()) });
            from = at + 1;
        }
        let (line, end) = (self.line, rest[length]);
        self.at += length + 1;
        self.after_cr = false;
        self.count_line(end);
        Some(Record { line, cells })
    }

    /// Whether a byte is more than a letter of its cell.
    fn means(&self, byte: u8) -> bool {
        matches!(byte, 0 | b'\n' | b'\r' | b'"') || byte == self.delimiter
    }

    /// Counts the line that ends with `byte`: LF, CR and CR LF each end one.
    fn count_line(&mut self, byte: u8) {
        if byte == b'\r' || (byte == b'\n' && !self.after_cr) {
            self.line += 1;
        }
        self.after_cr = byte == b'\r';
    }

    /// Reads the next record.
    ///
    /// # Errors
    /// The text cannot be read or is not UTF-8, holds a NUL, a quote that does not close, text behind
    /// a closing quote, or a record longer than the limit.
    pub(super) fn next_record(&mut self) -> Result<Option<Record>, SourceFault> {
        if self.ended {
            return Ok(None);
        }
        let record = self.read_record();
        if let Ok(Some(record)) = &record {
            self.width = record.cells.len();
        }
        self.ended = !matches!(record, Ok(Some(_)));
        record
    }

    fn read_record(&mut self) -> Result<Option<Record>, SourceFault> {
        let mut cells = Vec::with_capacity(self.width);
        let mut cell = Vec::new();
        let mut state = State::Start;
        let mut line = self.line;
        let mut quote_line = line;
        let mut length = 0;
        loop {
            if state == State::Start
                && cells.is_empty()
                && let Some(record) = self.plain_record()
            {
                return Ok(Some(record));
            }
            if state == State::Start
                && let Some(bytes) = self.plain_cell()
            {
                let taken = bytes.len() + 1;
                cells.push(self.cell(bytes, line)?);
                self.at += taken;
                self.after_cr = false;
                length += taken;
                if length > self.limit {
                    return Err(self.endless(line));
                }
                continue;
            }
            let Some(byte) = self.read_byte()? else {
                return match state {
                    State::Quoted => Err(self.unclosed(quote_line)),
                    State::Start if cells.is_empty() => Ok(None),
                    _ => {
                        cells.push(self.take(&mut cell, line)?);
                        Ok(Some(Record { line, cells }))
                    }
                };
            };
            length += 1;
            if length > self.limit {
                return Err(self.endless(line));
            }
            let at_line_end = matches!(byte, b'\n' | b'\r');
            self.count_line(byte);
            state = match (state, byte) {
                (State::Quoted, b'"') => State::Quote,
                (State::Quoted, _) => {
                    cell.push(byte);
                    length += self.read_plain(&mut cell);
                    State::Quoted
                }
                (State::Quote, b'"') => {
                    cell.push(byte);
                    State::Quoted
                }
                (State::Start, _) if at_line_end && cells.is_empty() => {
                    length = 0;
                    line = self.line;
                    State::Start
                }
                (_, _) if at_line_end => {
                    cells.push(self.take(&mut cell, line)?);
                    return Ok(Some(Record { line, cells }));
                }
                (_, _) if byte == self.delimiter => {
                    cells.push(self.take(&mut cell, line)?);
                    State::Start
                }
                (State::Start, b'"') => {
                    quote_line = self.line;
                    State::Quoted
                }
                (State::Quote, _) => {
                    let what = say!("text behind the closing quote of cell {cell}", cell = cells.len() + 1);
                    let hint = say!("write a quote inside a quoted cell twice: \"\"");
                    return Err(self.fault(self.line, what).hint(hint));
                }
                (State::Start | State::Plain, _) => {
                    cell.push(byte);
                    length += self.read_plain(&mut cell);
                    State::Plain
                }
            };
        }
    }

    fn endless(&self, line: u64) -> SourceFault {
        let what = say!("a record of more than {limit} bytes begins here", limit = self.limit);
        self.fault(line, what).hint(say!("look for a quote that does not close"))
    }

    fn unclosed(&self, line: u64) -> SourceFault {
        self.fault(line, say!("a quote opens here and does not close before the end"))
            .hint(say!("close it, or write a quote inside a quoted cell twice: \"\""))
    }

    /// Takes the bytes of a cell.
    fn take(&self, bytes: &mut Vec<u8>, line: u64) -> Result<Cell, SourceFault> {
        let cell = self.cell(bytes, line)?;
        bytes.clear();
        Ok(cell)
    }

    fn cell(&self, bytes: &[u8], line: u64) -> Result<Cell, SourceFault> {
        if bytes.is_empty() {
            return Ok(Cell::Empty);
        }
        let text = CompactString::from_utf8(bytes);
        text.map(Cell::Text).map_err(|_| {
            self.fault(line, say!("not UTF-8")).hint(say!("name the encoding with `--encoding`"))
        })
    }
}

impl<R: Read> Iterator for Records<Chain<Cursor<Vec<u8>>, R>> {
    type Item = Result<Row, SourceFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.next_record().transpose()?;
        Some(record.map(|record| Row::new(record.line, record.cells)))
    }
}

#[cfg(test)]
mod tests;
