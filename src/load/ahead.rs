//! Work on threads of its own: rows read ahead of those that are taken, batches written behind them.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::vec::IntoIter;

use arrow::record_batch::RecordBatch;

use super::cells::length;
use super::parquet::ParquetFile;
use super::reading::{Seen, Sight};
use crate::error::{Error, Result};
use crate::import::source::totals::Ending;
use crate::import::source::{Rows, SourceFault};
use crate::say;

/// Rows that are handed over at a time, and what their texts may take in bytes: 1 MiB.
const CHUNK_ROWS: usize = 1_024;
const CHUNK_BYTES: usize = 1 << 20;
/// What may wait for the other side: enough to keep both busy, few enough to keep memory flat.
const WAITING: usize = 2;

type Chunk = Vec<std::result::Result<Seen, SourceFault>>;

/// Rows that are read on a thread of their own, which looks at their values while others wait to be taken.
pub(super) struct Ahead {
    chunk: IntoIter<std::result::Result<Seen, SourceFault>>,
    // Let go of before the channel, whose end ends the thread.
    reader: Option<JoinHandle<()>>,
    chunks: Receiver<Chunk>,
}

impl Ahead {
    /// Begins to read.
    pub(super) fn read(mut rows: Rows, mut ending: Ending, sight: Sight) -> Self {
        let (sender, chunks) = sync_channel(WAITING);
        let reader = std::thread::spawn(move || {
            loop {
                let (mut chunk, mut bytes) = (Chunk::with_capacity(CHUNK_ROWS), 0);
                while chunk.len() < CHUNK_ROWS && bytes < CHUNK_BYTES {
                    let Some(row) = rows.next() else { break };
                    bytes += row.as_ref().map_or(0, |row| row.cells.iter().map(length).sum());
                    chunk.push(row.map(|row| Seen { kind: ending.kind(&row), row, values: None }));
                }
                let look = |seen: &mut std::result::Result<Seen, SourceFault>| {
                    if let Ok(seen) = seen {
                        seen.values = Some(sight.values(&seen.row));
                    }
                };
                // Nobody takes them: the import was given up.
                if chunk.is_empty() || !hand_over(&sender, chunk, look) {
                    return;
                }
            }
        });
        Self { chunk: Vec::new().into_iter(), reader: Some(reader), chunks }
    }
}

impl Iterator for Ahead {
    type Item = std::result::Result<Seen, SourceFault>;

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

/// Hands things over, and does first what it can for each of them where the other side is behind; whether it
/// is still there.
fn hand_over<T>(other: &SyncSender<Vec<T>>, things: Vec<T>, meanwhile: impl FnMut(&mut T)) -> bool {
    match other.try_send(things) {
        Ok(()) => true,
        Err(TrySendError::Disconnected(_)) => false,
        Err(TrySendError::Full(mut things)) => {
            things.iter_mut().for_each(meanwhile);
            other.send(things).is_ok()
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
    use crate::import::columns::Columns;
    use crate::import::source::{Cell, Row};

    fn row(number: u64) -> Row {
        Row::new(number, vec![Cell::Text("5".into())])
    }

    fn read(rows: Rows) -> Ahead {
        let columns = Columns { places: vec![None], ..Columns::default() };
        let sight = Sight::new(&[].into(), &columns);
        Ahead::read(rows, Ending::new(1, vec![0]), sight)
    }

    #[test]
    fn rows_come_in_their_order_and_a_fault_last() {
        let fault = SourceFault::new("x.csv", say!("not UTF-8"));
        let rows = (0..5_000).map(|number| Ok(row(number))).chain([Err(fault)]);
        let read: Vec<_> = read(Box::new(rows)).collect();
        assert_eq!(read.len(), 5_001);
        let numbers = read[..5_000].iter().map(|seen| seen.as_ref().map(|seen| seen.row.number).ok());
        assert!(numbers.eq((0..5_000).map(Some)));
        assert!(read[5_000].is_err());
    }

    #[test]
    fn work_is_taken_over_from_who_is_behind() {
        let (sender, taken) = sync_channel(2);
        let (told, is_behind) = sync_channel(2);
        let giver = std::thread::spawn(move || {
            let double = |n: &mut u32| {
                *n *= 2;
                told.send(()).expect("somebody waits");
            };
            [1, 2, 3].map(|n| hand_over(&sender, vec![n; 2], double))
        });
        // Nothing is taken before there is something to do for the third.
        assert!(is_behind.recv().is_ok());
        assert!(taken.iter().eq([vec![1, 1], vec![2, 2], vec![6, 6]]));
        assert_eq!(giver.join().expect("it ends"), [true; 3]);
    }

    #[test]
    fn nothing_is_handed_over_to_nobody() {
        let (sender, taken) = sync_channel(0);
        drop(taken);
        assert!(!hand_over(&sender, vec![1], |_| {}));
    }

    #[test]
    #[should_panic(expected = "a reader that fails")]
    fn a_panic_of_the_reader_is_no_end_of_the_rows() {
        let rows = (0..3_000).map(|number| match number {
            2_999 => panic!("a reader that fails"),
            number => Ok(row(number)),
        });
        let _ = read(Box::new(rows)).count();
    }
}
