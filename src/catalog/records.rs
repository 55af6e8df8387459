//! Whether a file of lines can be read a piece at a time: a reader holds a whole record in memory, and
//! where a quote never closes that is all the rest of the file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use memchr::{memchr_iter, memchr2_iter};

use super::unreadable;
use crate::error::{Error, Result};
use crate::say;
use crate::ui::text;

/// A record may take that many bytes; those of an import may too.
const LONGEST: u64 = 16 << 20;

/// A file that is not larger is read without a look: it cannot take much memory.
const SMALL: u64 = 64 << 20;

/// Refuses a file with an endless record; within quotes, where there are `quotes`, a line's end is none.
///
/// # Errors
/// A record is too long, and the line it begins in; or the file cannot be read.
pub(super) fn check(path: &Path, quotes: bool) -> Result<()> {
    let fault = |error: std::io::Error| Error::reading(path, &error);
    let mut file = File::open(path).map_err(fault)?;
    if file.metadata().map_err(fault)?.len() <= SMALL {
        return Ok(());
    }
    match endless(&mut file, quotes).map_err(fault)? {
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

#[cfg(test)]
mod tests {
    use super::*;

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
