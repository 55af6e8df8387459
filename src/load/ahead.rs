//! Work on threads of its own: rows read, and looked at first, ahead of those that are taken; batches written
//! behind them.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::vec::IntoIter;

use arrow::record_batch::RecordBatch;

use super::cells::length;
use super::parquet::ParquetFile;
use crate::error::{Error, Result};
use crate::import::source::{Row, Rows, SourceFault};
use crate::say;

/// Rows that are handed over at a time, and what their texts may take in bytes: 1 MiB.
const CHUNK_ROWS: usize = 1_024;
const CHUNK_BYTES: usize = 1 << 20;
/// What may wait for the other side: enough to keep both busy, few enough to keep memory flat.
const WAITING: usize = 2;

type Chunk<T> = Vec<std::result::Result<(Row, T), SourceFault>>;

/// Rows that are read on a thread of their own, each with what was seen in it.
pub(super) struct Ahead<T> {
    chunk: IntoIter<std::result::Result<(Row, T), SourceFault>>,
    // Let go of before the channel, whose end ends the thread.
    reader: Option<JoinHandle<()>>,
    chunks: Receiver<Chunk<T>>,
}

impl<T: Send + 'static> Ahead<T> {
    /// Begins to read, and to look at the rows.
    pub(super) fn read(mut rows: Rows, mut look: impl FnMut(&Row) -> T + Send + 'static) -> Self {
        let (sender, chunks) = sync_channel(WAITING);
        let reader = std::thread::spawn(move || {
            loop {
                let (mut chunk, mut bytes) = (Chunk::<T>::with_capacity(CHUNK_ROWS), 0);
                while chunk.len() < CHUNK_ROWS && bytes < CHUNK_BYTES {
                    let Some(row) = rows.next() else { break };
                    bytes += row.as_ref().map_or(0, |row| row.cells.iter().map(length).sum());
                    chunk.push(row.map(|row| {
                        let seen = look(&row);
                        (row, seen)
                    }));
                }
                // Nobody takes them: the import was given up.
                if chunk.is_empty() || sender.send(chunk).is_err() {
                    return;
                }
            }
        });
        Self { chunk: Vec::new().into_iter(), reader: Some(reader), chunks }
    }
}

impl<T> Iterator for Ahead<T> {
    type Item = std::result::Result<(Row, T), SourceFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.chunk.next() {
                return Some(row);
            }
            match self.chunks.recv() {
                Ok(chunk) => self.chunk = chunk.into_iter(),
                Err(_) => {
                    // It ended, well or in a panic, which is not to pass for the end of the file.
                    if let Err(panic) = self.reader.take()?.join() {
                        resume_unwind(panic);
                    }
                    return None;
                }
            }
        }
    }
}

/// A Parquet file that is written on a thread of its own.
pub(super) struct Behind {
    batches: Option<SyncSender<RecordBatch>>,
    writer: Option<JoinHandle<Result<u64>>>,
}

impl Behind {
    /// Begins to write.
    pub(super) fn write_to(mut file: ParquetFile) -> Self {
        let (sender, batches) = sync_channel::<RecordBatch>(WAITING);
        let writer = std::thread::spawn(move || {
            for batch in batches {
                file.write(&batch)?;
            }
            file.finish()
        });
        Self { batches: Some(sender), writer: Some(writer) }
    }

    /// Writes rows, once those before them are written.
    ///
    /// # Errors
    /// The disk failed on the way.
    pub(super) fn write(&mut self, batch: RecordBatch) -> Result<()> {
        match self.batches.as_ref().map(|batches| batches.send(batch)) {
            Some(Ok(())) => Ok(()),
            // The other side has ended, and knows why.
            _ => self.end().and_then(|_| Err(stopped())),
        }
    }

    /// Writes the footer, and gives the number of rows.
    ///
    /// # Errors
    /// The disk failed.
    pub(super) fn finish(mut self) -> Result<u64> {
        self.end()
    }

    fn end(&mut self) -> Result<u64> {
        self.batches = None;
        match self.writer.take().map(JoinHandle::join) {
            Some(Ok(done)) => done,
            Some(Err(panic)) => resume_unwind(panic),
            None => Err(stopped()),
        }
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        // Its folder may be about to go.
        self.batches = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn stopped() -> Error {
    Error::data(say!("the import stopped: {reason}", reason = "its writer has ended"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::source::Cell;

    fn row(number: u64) -> Row {
        Row::new(number, vec![Cell::Number(0.5)])
    }

    #[test]
    fn rows_come_in_their_order_and_a_fault_last() {
        let fault = SourceFault::new("x.csv", say!("not UTF-8"));
        let rows = (0..5_000).map(|number| Ok(row(number))).chain([Err(fault)]);
        let read: Vec<_> = Ahead::read(Box::new(rows), |row| row.number + 1).collect();
        assert_eq!(read.len(), 5_001);
        let is = |read: &std::result::Result<(Row, u64), SourceFault>, number| matches!(read, Ok((row, seen)) if (row.number, *seen) == (number, number + 1));
        assert!(read[..5_000].iter().zip(0..).all(|(read, number)| is(read, number)));
        assert!(read[5_000].is_err());
    }

    #[test]
    #[should_panic(expected = "a reader that fails")]
    fn a_panic_of_the_reader_is_no_end_of_the_rows() {
        let rows = (0..3_000).map(|number| match number {
            2_999 => panic!("a reader that fails"),
            number => Ok(row(number)),
        });
        let _ = Ahead::read(Box::new(rows), |_| ()).count();
    }
}
