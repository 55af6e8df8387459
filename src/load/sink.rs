//! Where staged rows go: they stay in memory while they are few, and from then on all go to a file.

use std::path::{Path, PathBuf};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::ahead::Behind;
use super::parquet::ParquetFile;
use crate::error::Result;

/// What the rows may take in memory: 64 MiB, and of a limit that was given or found this part. While they are put
/// in order, their keys take some eighty bytes a row, and the largest columns as much again.
const ROOM: usize = 64 << 20;
const PART: usize = 8;
/// Rows of a row group of the file: each is read by one core, and there are to be some for each.
const ROW_GROUP_ROWS: usize = 32_768;

/// The bytes that staged rows may take in memory where statements may take so many.
pub(super) fn room(limit: Option<usize>) -> usize {
    limit.map_or(ROOM, |bytes| ROOM.min(bytes / PART))
}

/// How files of the stage are written: they are read twice or so, and gone then.
pub(super) fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .build()
}

/// Rows on their way to where they stay.
pub(super) struct Sink {
    path: PathBuf,
    schema: SchemaRef,
    /// The bytes that are left in memory.
    room: usize,
    held: Vec<RecordBatch>,
    file: Option<Behind>,
}

impl Sink {
    /// Takes rows with these columns: so many bytes of them into memory, more into a file.
    pub(super) fn new(path: &Path, schema: SchemaRef, room: usize) -> Self {
        Self { path: path.to_owned(), schema, room, held: Vec::new(), file: None }
    }

    /// Takes rows, once those before them have their place.
    ///
    /// # Errors
    /// The disk failed on the way.
    pub(super) fn write(&mut self, batch: RecordBatch) -> Result<()> {
        if let Some(file) = &mut self.file {
            return file.write(batch);
        }
        let bytes = batch.get_array_memory_size();
        self.held.push(batch);
        if bytes <= self.room {
            self.room -= bytes;
            return Ok(());
        }
        let begun = ParquetFile::create(&self.path, self.schema.clone(), properties())?;
        let file = self.file.insert(Behind::write_to(begun));
        self.held.drain(..).try_for_each(|batch| file.write(batch))
    }

    /// Ends the file, if there is one; else gives the rows.
    ///
    /// # Errors
    /// The disk failed.
    pub(super) fn finish(self) -> Result<Option<Vec<RecordBatch>>> {
        match self.file {
            Some(file) => file.finish().map(|_| None),
            None => Ok(Some(self.held)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Int64Array;
    use arrow::datatypes::{DataType, Field, Schema};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    fn batch(first: i64) -> RecordBatch {
        let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, false)]));
        let numbers = Int64Array::from_iter_values(first..first + 1_000);
        RecordBatch::try_new(schema, vec![Arc::new(numbers)]).unwrap()
    }

    #[test]
    fn rows_stay_in_memory_until_they_are_many_and_none_is_lost_then() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.parquet");
        let size = batch(0).get_array_memory_size();
        for (room, is_held) in [(10 * size, true), (10 * size - 1, false), (3 * size, false), (0, false)] {
            let _ = std::fs::remove_file(&path);
            let mut sink = Sink::new(&path, batch(0).schema(), room);
            (0..10).for_each(|n| sink.write(batch(n * 1_000)).unwrap());
            let held = sink.finish().unwrap();
            assert_eq!((held.is_some(), path.exists()), (is_held, !is_held), "{room}");
            let batches = held.unwrap_or_else(|| {
                let file = std::fs::File::open(&path).unwrap();
                let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
                reader.map(|batch| batch.unwrap()).collect()
            });
            let numbers = batches.iter().flat_map(|batch| {
                let column = batch.column(0).as_any().downcast_ref::<Int64Array>().unwrap();
                column.values().to_vec()
            });
            assert!(numbers.eq(0..10_000), "{room}");
        }
    }

    #[test]
    fn a_small_limit_leaves_little_room() {
        assert_eq!(room(None), 64 << 20);
        assert_eq!(room(Some(16 << 20)), 2 << 20);
        assert_eq!(room(Some(4 << 30)), 64 << 20);
    }
}
