//! A reader that gives UTF-8, whatever its source is written in.

use std::fmt;
use std::io::{self, Read};

use super::tables::{self, Table};
use super::{Encoding, vni};
use crate::error::reason;
use crate::language::Message;
use crate::say;

/// How much of the source is taken at a time, in bytes.
const CHUNK: usize = 64 * 1024;

/// Says where a file has a byte that its encoding does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The encoding the file was read as.
    pub encoding: Encoding,
    /// The line, from 1; a line ends at its line feed, in quotes too.
    pub line: u64,
    /// The byte's place in its line, in bytes of the file, from 1; a byte order mark does not count.
    pub column_bytes: u64,
    /// The byte; of a unit of UTF-16 the first.
    pub byte: u8,
}

impl Malformed {
    /// Says it to the user, and what to do.
    #[must_use]
    pub fn message(&self) -> Message {
        let Self { encoding, line, column_bytes, byte } = self;
        let next = match encoding {
            Encoding::Utf8 => say!(
                "name the file's encoding: `--encoding windows-1258`, `tcvn3`, `tcvn1`, `vni` or `viscii`"
            ),
            Encoding::Tcvn3 if tables::TCVN1[usize::from(*byte)].is_some() => say!(
                "replace the curly quote, dash or symbol in the file, \
                 or give `--encoding tcvn1` where it is a capital with a tone"
            ),
            _ => say!("name another encoding by `--encoding`, or mend the file"),
        };
        say!(
            "line {line}, byte {place}: {byte} is not {encoding} here: {next}",
            line,
            place = column_bytes,
            byte = format!("0x{byte:02X}"),
            encoding,
            next
        )
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message().english())
    }
}

impl std::error::Error for Malformed {}

/// Says why a text cannot be read on, where it may come from a [`Decoder`].
pub fn unreadable(error: &io::Error) -> Message {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Malformed>());
    say!("cannot be read: {reason}", reason = inner.map_or_else(|| reason(error), Malformed::message))
}

/// Reads bytes in an encoding and gives UTF-8, a piece at a time.
///
/// A byte order mark at the start is dropped. A byte that the encoding does not have ends the text
/// before it and is then an [`io::ErrorKind::InvalidData`] whose inner error is a [`Malformed`].
#[derive(Debug)]
pub struct Decoder<R> {
    source: R,
    encoding: Encoding,
    /// Bytes read and not decoded; at most a chunk and the beginning of one character.
    input: Vec<u8>,
    /// Text decoded, of which `given` bytes are handed out.
    output: String,
    given: usize,
    line: u64,
    column_bytes: u64,
    begun: bool,
    ended: bool,
    fault: Option<Malformed>,
}

impl<R: Read> Decoder<R> {
    /// Makes a reader of what `source` holds in `encoding`.
    pub fn new(source: R, encoding: Encoding) -> Self {
        Self {
            source,
            encoding,
            input: Vec::new(),
            output: String::new(),
            given: 0,
            line: 1,
            column_bytes: 1,
            begun: false,
            ended: false,
            fault: None,
        }
    }

    /// Decodes some more, after which there is text, a fault, or the end.
    fn fill(&mut self) -> io::Result<()> {
        self.output.clear();
        self.given = 0;
        while self.output.is_empty() && !self.ended && self.fault.is_none() {
            self.take_chunk()?;
            if !self.begun && self.is_past_bom() {
                self.begun = true;
            }
            if self.begun {
                self.decode();
            }
        }
        Ok(())
    }

    fn take_chunk(&mut self) -> io::Result<()> {
        let kept = self.input.len();
        self.input.resize(kept + CHUNK, 0);
        let read = loop {
            match self.source.read(&mut self.input[kept..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.input.truncate(kept + *read.as_ref().unwrap_or(&0));
        self.ended = matches!(read, Ok(0));
        read.map(drop)
    }

    /// Drops the byte order mark; `false` while too little is read to know whether there is one.
    fn is_past_bom(&mut self) -> bool {
        let bom = self.encoding.bom();
        if self.input.starts_with(bom) {
            self.input.drain(..bom.len());
        } else if bom.starts_with(&self.input) && !self.ended {
            return false;
        }
        true
    }

    fn decode(&mut self) {
        let Decoded { consumed, bad } = decode(self.encoding, &self.input, self.ended, &mut self.output);
        self.advance(consumed);
        if bad {
            self.fault = Some(Malformed {
                encoding: self.encoding,
                line: self.line,
                column_bytes: self.column_bytes,
                byte: self.input[consumed],
            });
        }
        self.input.drain(..consumed);
    }

    /// Moves the place in the file over so many bytes of the input.
    fn advance(&mut self, consumed: usize) {
        let bytes = &self.input[..consumed];
        let (feeds, after) = match self.encoding {
            Encoding::Utf16Le => line_feeds(bytes, *b"\n\0"),
            Encoding::Utf16Be => line_feeds(bytes, *b"\0\n"),
            _ => line_feeds(bytes, *b"\n"),
        };
        if feeds > 0 {
            self.line += feeds as u64;
            self.column_bytes = 1;
        }
        self.column_bytes += after as u64;
    }
}

/// Counts the line feeds among units of `N` bytes, and the bytes after the last.
fn line_feeds<const N: usize>(bytes: &[u8], feed: [u8; N]) -> (usize, usize) {
    let (units, _) = bytes.as_chunks::<N>();
    let feeds = units.iter().filter(|&&unit| unit == feed).count();
    let after = units.iter().rev().take_while(|&&unit| unit != feed).count();
    (feeds, after * N)
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        if self.given == self.output.len() {
            self.fill()?;
        }
        let left = &self.output.as_bytes()[self.given..];
        if let (true, Some(fault)) = (left.is_empty(), &self.fault) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, fault.clone()));
        }
        let taken = left.len().min(into.len());
        into[..taken].copy_from_slice(&left[..taken]);
        self.given += taken;
        Ok(taken)
    }
}

/// How far a piece of the input could be decoded.
struct Decoded {
    /// The bytes decoded; what is left is the beginning of a character, or bad.
    consumed: usize,
    /// Whether the byte after those is one that the encoding does not have.
    bad: bool,
}

/// Appends what `input` holds; `last` says that nothing follows it.
fn decode(encoding: Encoding, input: &[u8], last: bool, output: &mut String) -> Decoded {
    match encoding {
        Encoding::Utf8 => utf8(input, last, output),
        Encoding::Utf16Le => utf16(input, last, output, u16::from_le_bytes),
        Encoding::Utf16Be => utf16(input, last, output, u16::from_be_bytes),
        Encoding::Windows1258 => by_table(&tables::WINDOWS_1258, input, output),
        Encoding::Tcvn3 => by_table(&tables::TCVN3, input, output),
        Encoding::Tcvn1 => by_table(&tables::TCVN1, input, output),
        Encoding::Viscii => by_table(&tables::VISCII, input, output),
        Encoding::Vni => by_vni(input, last, output),
    }
}

fn utf8(input: &[u8], last: bool, output: &mut String) -> Decoded {
    let (good, bad) = match str::from_utf8(input) {
        Ok(text) => (text, false),
        Err(e) => {
            let good = str::from_utf8(&input[..e.valid_up_to()]).unwrap_or_default();
            (good, last || e.error_len().is_some())
        }
    };
    output.push_str(good);
    Decoded { consumed: good.len(), bad }
}

fn utf16(input: &[u8], last: bool, output: &mut String, unit: fn([u8; 2]) -> u16) -> Decoded {
    let (units, rest) = input.as_chunks::<2>();
    let mut consumed = 0;
    for decoded in char::decode_utf16(units.iter().map(|&bytes| unit(bytes))) {
        let c = match decoded {
            Ok(c) => c,
            Err(e) => {
                // The first half of a pair at the end of the piece waits for the second.
                let waits = is_high(e.unpaired_surrogate()) && consumed + 2 == 2 * units.len();
                return Decoded { consumed, bad: last || !waits };
            }
        };
        output.push(c);
        consumed += 2 * c.len_utf16();
    }
    Decoded { consumed, bad: last && !rest.is_empty() }
}

fn is_high(unit: u16) -> bool {
    (0xD800..0xDC00).contains(&unit)
}

fn by_table(table: &Table, input: &[u8], output: &mut String) -> Decoded {
    for (consumed, &byte) in input.iter().enumerate() {
        let Some(c) = table[usize::from(byte)] else { return Decoded { consumed, bad: true } };
        output.push(c);
    }
    Decoded { consumed: input.len(), bad: false }
}

fn by_vni(input: &[u8], last: bool, output: &mut String) -> Decoded {
    let mut consumed = 0;
    while consumed < input.len() {
        match vni::step(&input[consumed..], last) {
            vni::Step::Char(c, bytes) => {
                output.push(c);
                consumed += bytes;
            }
            vni::Step::Wait => break,
            vni::Step::Bad => return Decoded { consumed, bad: true },
        }
    }
    Decoded { consumed, bad: false }
}
