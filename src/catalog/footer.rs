//! A first look at a Parquet file, before the reader trusts it.
//!
//! The reader takes lengths in a damaged file at their word; what can be seen from the file's ends
//! is refused here, with a reason that names the damage.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

use super::unreadable;
use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;
use crate::storage::{self, File};
use crate::ui::text;

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
    let size = file.size().map_err(|error| read(&error))?;
    let refuse = |reason: Message| Err(unreadable(path, &reason));
    if size == 0 {
        return refuse(say!("the file is empty"));
    }
    let mut head = [0; 4];
    let mut tail = [0; 8];
    if size < LEAST_BYTES {
        return refuse(say!("it is not a Parquet file"));
    }
    file.seek(SeekFrom::End(-8)).and_then(|_| file.read_exact(&mut tail)).map_err(|error| read(&error))?;
    // To ask a bucket for the beginning too takes as long as for the end, which says enough.
    if storage::is_object(path) && tail.ends_with(MAGIC) {
        head.copy_from_slice(MAGIC);
    } else {
        file.rewind().and_then(|()| file.read_exact(&mut head)).map_err(|error| read(&error))?;
    }
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

/// How large a column of a row group may be, when it is unpacked to a thousand times what it takes in
/// the file: the reader unpacks a page at once, however large it is.
const LARGEST: i64 = 256 << 20;
/// How many times larger a column may become that is larger than that.
const MOST_TIMES: i64 = 1000;

/// Refuses a footer whose row count is not that of its row groups: a query's answer would depend on
/// which of the two it happened to ask. And columns that a few bytes unpack to.
///
/// # Errors
/// The reason, with the path.
pub(super) fn agrees(path: &Path, metadata: &ParquetMetaData) -> Result<()> {
    for column in metadata.row_groups().iter().flat_map(RowGroupMetaData::columns) {
        let (packed, unpacked) = (column.compressed_size(), column.uncompressed_size());
        if unpacked > LARGEST && unpacked / MOST_TIMES > packed {
            let size = |bytes: i64| text::size(u64::try_from(bytes).unwrap_or_default());
            let reason = say!(
                "its column `{name}` unpacks to {unpacked} from {packed}: refused, as it may be made to exhaust the memory",
                name = column.column_path().string(),
                unpacked = size(unpacked),
                packed = size(packed)
            );
            return Err(unreadable(path, &reason));
        }
    }
    let said = metadata.file_metadata().num_rows();
    let held: i64 = metadata.row_groups().iter().map(RowGroupMetaData::num_rows).sum();
    if said == held {
        return Ok(());
    }
    Err(unreadable(
        path,
        &say!("the file is damaged: its footer says {said} rows, its row groups hold {held}", said, held),
    ))
}
