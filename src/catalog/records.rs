//! Whether a file can be read a piece at a time: a reader holds a whole record in memory, a line of a file or
//! an element of an array, and where a quote never closes that is all the rest of the file.

use std::io::Read;
use std::path::Path;

use memchr::{memchr_iter, memchr2_iter};

use super::unreadable;
use crate::error::{Error, Result};
use crate::say;
use crate::storage::File;
use crate::ui::text;

/// A record may take that many bytes; those of an import may too.
const LONGEST: u64 = 16 << 20;

/// A file that is not larger is read without a look: it cannot take much memory.
const SMALL: u64 = 64 << 20;

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Record {
    /// A line.
    Line,
    /// A line, but for line ends within quotes.
    QuotedLine,
    /// An element of the array of JSON that the file is.
    Element,
}

/// Refuses a file with an endless record.
///
/// # Errors
/// A record is too long, and the line it begins in; or the file cannot be read.
pub(super) fn check(path: &Path, record: Record) -> Result<()> {
    let fault = |error: std::io::Error| Error::reading(path, &error);
    let mut file = File::open(path).map_err(fault)?;
    if file.size().map_err(fault)? <= SMALL {
        return Ok(());
    }
    let found = match record {
        Record::Line => endless(&mut file, false),
        Record::QuotedLine => endless(&mut file, true),
        Record::Element => endless_element(&mut file),
    };
    match found.map_err(fault)? {
        None => Ok(()),
        Some(line) => {
            let longest = text::size(LONGEST);
            let error = unreadable(
                path,
                &say!("a record of more than {longest} begins in line {line}", longest, line),
            );
            Err(error.hint(say!("look for a quote that does not close")))
        }
    }
}

/// The line, from 1, in which a record begins that is too long.
fn endless(file: &mut dyn Read, quotes: bool) -> std::io::Result<Option<u64>> {
    let mut portion = vec![0; 1 << 20];
    // Where the record at hand begins, the lines so far, and whether a quote is open.
    let (mut at, mut begins, mut line, mut first, mut open) = (0_u64, 0_u64, 1_u64, 1_u64, false);
    loop {
        let length = file.read(&mut portion)?;
        if length == 0 {
            return Ok(None);
        }
        let bytes = &portion[..length];
        let mut mark = |place: usize| {
            if bytes[place] == b'"' {
                open = !open;
                return None;
            }
            line += 1;
            if open {
                return None;
            }
            let end = at + place as u64 + 1;
            let too_long = (end - begins > LONGEST).then_some(first);
            (begins, first) = (end, line);
            too_long
        };
        let found = match quotes {
            true => memchr2_iter(b'"', b'\n', bytes).find_map(&mut mark),
            false => memchr_iter(b'\n', bytes).find_map(&mut mark),
        };
        at += length as u64;
        if found.is_some() {
            return Ok(found);
        }
        if at - begins > LONGEST {
            return Ok(Some(first));
        }
    }
}

/// The line, from 1, in which an element of an array begins that is too long.
fn endless_element(file: &mut dyn Read) -> std::io::Result<Option<u64>> {
    let mut portion = vec![0; 1 << 20];
    let (mut at, mut begins, mut line, mut first) = (0_u64, 0_u64, 1_u64, 1_u64);
    // How many brackets are open; whether a quote is, whether the next byte in it is taken as it
    // is, and whether an element is to begin.
    let (mut depth, mut open, mut escaped, mut fresh) = (0_u64, false, false, true);
    loop {
        let length = file.read(&mut portion)?;
        if length == 0 {
            return Ok(None);
        }
        for byte in &portion[..length] {
            if fresh && !byte.is_ascii_whitespace() {
                (begins, first, fresh) = (at, line, false);
            }
            at += 1;
            line += u64::from(*byte == b'\n');
            match byte {
                _ if escaped => escaped = false,
                b'\\' if open => escaped = true,
                b'"' => open = !open,
                _ if open => {}
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            // Between two elements, and before the first.
            if !open && depth == 1 && matches!(byte, b',' | b'[') {
                if at - begins > LONGEST {
                    return Ok(Some(first));
                }
                (begins, first, fresh) = (at, line, true);
            }
        }
        if at - begins > LONGEST {
            return Ok(Some(first));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_that_does_not_end_is_found_with_its_line() {
        let element = |text: &[u8]| endless_element(&mut &*text).expect("reads");
        let long = "x".repeat(LONGEST as usize + 1);
        assert_eq!(element(b"[{\"a\": 1},\n {\"a\": \"[,\\\",\"}]"), None);
        assert_eq!(element(format!("[{{\"a\": 1}},\n{{\"a\": \"{long}\"}}]").as_bytes()), Some(2));
        assert_eq!(element(format!("[\n{{\"a\": 1}}\n,\n{{\"a\": \"{long}").as_bytes()), Some(4));
        let many = format!("[{}]", vec![format!("{{\"a\": \"{}\"}}", &long[..1000]); 20_000].join(","));
        assert_eq!(element(many.as_bytes()), None);
        // Nothing of an array at all: blanks without end.
        assert_eq!(element(" ".repeat(LONGEST as usize + 1).as_bytes()), Some(1));
    }

    fn line(text: &[u8], quotes: bool) -> Option<u64> {
        endless(&mut &*text, quotes).expect("reads")
    }

    #[test]
    fn a_record_is_measured_across_the_lines_within_its_quotes() {
        let lines = b"a,b\n1,\"x\ny\"\n".repeat(2 << 20);
        assert_eq!(line(&lines, true), None);
        let unclosed = [&b"a,b\n1,2\n3,\"x\n"[..], &b"4,5\n".repeat(5 << 20)].concat();
        assert_eq!(line(&unclosed, true), Some(3));
        assert_eq!(line(&unclosed, false), None);
        let endless = [&b"a,b\n"[..], &vec![b'x'; 17 << 20]].concat();
        assert_eq!((line(&endless, true), line(&endless, false)), (Some(2), Some(2)));
        let before_others = [&vec![b'x'; 17 << 20][..], b"\na,b\n"].concat();
        assert_eq!(line(&before_others, true), Some(1));
    }
}
