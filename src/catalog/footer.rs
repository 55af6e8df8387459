//! A first look at a Parquet file, before the reader trusts it.
//!
//! The reader takes lengths in a damaged file at their word; what can be seen from the file's ends
//! is refused here, with a reason that names the damage.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use parquet::file::metadata::ParquetMetaData;

use super::unreadable;
use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;

const MAGIC: &[u8] = b"PAR1";
const ENCRYPTED: &[u8] = b"PARE";
/// The magic at both ends and the footer's length.
const LEAST_BYTES: u64 = 12;

/// Refuses a file that is no Parquet file, was cut short, is encrypted or lies about its footer.
///
/// # Errors
/// The reason, with the path.
pub(super) fn check(path: &Path) -> Result<()> {
    let read = |error: &std::io::Error| Error::reading(path, error);
    let mut file = File::open(path).map_err(|error| read(&error))?;
    let size = file.metadata().map_err(|error| read(&error))?.len();
    let refuse = |reason: Message| Err(unreadable(path, &reason));
    if size == 0 {
        return refuse(say!("the file is empty"));
    }
    let mut head = [0; 4];
    let mut tail = [0; 8];
    if size < LEAST_BYTES {
        return refuse(say!("it is not a Parquet file"));
    }
    file.read_exact(&mut head)
        .and_then(|()| file.seek(SeekFrom::End(-8)))
        .and_then(|_| file.read_exact(&mut tail))
        .map_err(|error| read(&error))?;
    let (length, magic) = tail.split_at(4);
    if head == ENCRYPTED || magic == ENCRYPTED {
        return refuse(say!("the file is encrypted"));
    }
    match (head == MAGIC, magic == MAGIC) {
        (true, true) => {}
        (true, false) => return refuse(say!("the file is cut short: its end is missing")),
        (false, _) => return refuse(say!("it is not a Parquet file")),
    }
    let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]);
    if u64::from(length) > size - LEAST_BYTES {
        return refuse(say!("the file is damaged: its footer is longer than the file"));
    }
    Ok(())
}

/// Refuses a footer whose row count is not that of its row groups: a query's answer would depend on
/// which of the two it happened to ask.
///
/// # Errors
/// The reason, with the path.
pub(super) fn agrees(path: &Path, metadata: &ParquetMetaData) -> Result<()> {
    let said = metadata.file_metadata().num_rows();
    let held: i64 =
        metadata.row_groups().iter().map(parquet::file::metadata::RowGroupMetaData::num_rows).sum();
    if said == held {
        return Ok(());
    }
    Err(unreadable(
        path,
        &say!("the file is damaged: its footer says {said} rows, its row groups hold {held}", said, held),
    ))
}
