//! Rows that the memory does not hold, in temporary files without names.
//!
//! A file that no folder lists is nobody else's to read, and the system takes its room back when the
//! process ends, in whatever way it does.

use std::fs::File;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::spill_file::{SpillFile, SpillWriter, TempFileFactory};
use futures::{Stream, stream};

use crate::error::Error;
use crate::say;
use crate::ui::text;

/// Bytes that are read back at once.
const PORTION: usize = 256 << 10;

/// Makes the files.
pub(super) struct Unnamed {
    asked: Option<u64>,
    used: Arc<AtomicU64>,
}

impl Unnamed {
    /// Files that together may take that many bytes; nine tenths of what is free, where it is not said.
    pub(super) fn new(limit: Option<u64>) -> Self {
        Self { asked: limit, used: Arc::default() }
    }

    /// What the files may take together, beside what they take.
    fn limit(&self) -> u64 {
        let free = || free_in(&std::env::temp_dir()).unwrap_or(u64::MAX);
        self.asked.unwrap_or_else(|| (free() / 10 * 9).saturating_add(self.used.load(Ordering::Relaxed)))
    }
}

/// The bytes that are free where a folder is.
fn free_in(folder: &std::path::Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let room = rustix::fs::statvfs(folder).ok()?;
        Some(room.f_bavail.saturating_mul(room.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

impl TempFileFactory for Unnamed {
    fn create_temp_file(&self, _description: &str) -> Result<Arc<dyn SpillFile>> {
        let file = tempfile::tempfile().map_err(|error| fault(&error))?;
        let spilled =
            Spilled { file, bytes: AtomicU64::new(0), used: self.used.clone(), limit: self.limit() };
        Ok(Arc::new(Handle(Arc::new(spilled))))
    }
}

/// A file, and what is known of it.
struct Spilled {
    file: File,
    bytes: AtomicU64,
    /// The bytes of all such files.
    used: Arc<AtomicU64>,
    limit: u64,
}

impl Drop for Spilled {
    fn drop(&mut self) {
        self.used.fetch_sub(*self.bytes.get_mut(), Ordering::Relaxed);
    }
}

struct Handle(Arc<Spilled>);

impl SpillFile for Handle {
    fn size(&self) -> Option<u64> {
        Some(self.0.bytes.load(Ordering::Relaxed))
    }

    fn read_stream(&self) -> Result<Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>> {
        let portions = stream::try_unfold((self.0.clone(), 0), |(spilled, at)| async move {
            let read = tokio::task::spawn_blocking(move || {
                let mut portion = vec![0; PORTION];
                let length = read_at(&spilled.file, &mut portion, at)?;
                portion.truncate(length);
                Ok::<_, io::Error>((portion, spilled))
            });
            let read = read.await.map_err(|error| DataFusionError::External(Box::new(error)))?;
            let (portion, spilled) = read.map_err(|error| fault(&error))?;
            let next = at + portion.len() as u64;
            Ok((!portion.is_empty()).then(|| (Bytes::from(portion), (spilled, next))))
        });
        Ok(Box::pin(portions))
    }

    fn open_writer(&self) -> Result<Box<dyn SpillWriter>> {
        Ok(Box::new(Writer(self.0.clone())))
    }
}

/// Reads from a place in a file, whoever else reads or writes it.
fn read_at(file: &File, portion: &mut [u8], at: u64) -> io::Result<usize> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_at(file, portion, at);
    #[cfg(windows)]
    return std::os::windows::fs::FileExt::seek_read(file, portion, at);
}

/// Writes at a place in a file.
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::write_all_at(file, bytes, at);
    #[cfg(windows)]
    {
        let (mut bytes, mut at) = (bytes, at);
        while !bytes.is_empty() {
            let written = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
            (bytes, at) = (&bytes[written..], at + written as u64);
        }
        Ok(())
    }
}

struct Writer(Arc<Spilled>);

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Spilled { file, bytes: written, used, limit } = self.0.as_ref();
        let more = bytes.len() as u64;
        if used.fetch_add(more, Ordering::Relaxed) + more > *limit {
            used.fetch_sub(more, Ordering::Relaxed);
            return Err(io::Error::other(full(*limit)));
        }
        let at = written.fetch_add(more, Ordering::Relaxed);
        write_at(file, bytes, at).map_err(|error| io::Error::new(error.kind(), unwritable(&error)))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SpillWriter for Writer {
    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}

fn full(limit: u64) -> Error {
    let limit = text::size(limit);
    Error::data(say!("the rows that the memory does not hold take more than {limit} on the disk", limit))
        .hint(say!("give more by `--spill-limit` or `--memory-limit`, or ask for fewer rows or columns"))
}

fn unwritable(error: &io::Error) -> Error {
    let (folder, reason) = (std::env::temp_dir(), crate::error::reason(error));
    let folder = folder.display();
    Error::data(say!(
        "rows that the memory does not hold cannot be written in `{folder}`: {reason}",
        folder,
        reason
    ))
    .hint(say!("give more memory by `--memory-limit`, or another folder by the variable `TMPDIR`"))
}

fn fault(error: &io::Error) -> DataFusionError {
    DataFusionError::External(Box::new(unwritable(error)))
}
