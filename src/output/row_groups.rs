//! A Parquet file whose columns are encoded on all cores.
//!
//! The library's own writer encodes them one after another. Here rows are gathered until there is
//! enough to do, and then each core takes the next column that nobody has taken, the largest first. The bytes are the same.

use std::cmp::Reverse;
use std::io::Write;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{available_parallelism, scope};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowLeafColumn, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;

/// Values that are gathered, which a core encodes in some tens of milliseconds, and what they may take in
/// bytes: 8 MiB.
const MANY_VALUES: usize = 1 << 20;
const MANY_BYTES: usize = 8 << 20;
/// Values of which one core is done sooner than another has begun.
const FEW_VALUES: usize = 1 << 14;

/// Rows on their way to a Parquet file.
pub struct RowGroups<W: Write + Send> {
    file: SerializedFileWriter<W>,
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    /// The columns of the row group that is being written.
    columns: Vec<Column>,
    /// Its rows.
    rows: usize,
    /// The most that it may have.
    most: usize,
    /// Row groups that are written.
    groups: usize,
    /// Values that are gathered, and what they take.
    values: usize,
    bytes: usize,
    cores: usize,
}

/// A column of a row group, and what is to be encoded of it.
struct Column {
    writer: ArrowColumnWriter,
    gathered: Vec<ArrowLeafColumn>,
}

impl Column {
    /// What its row group takes so far, in bytes, by which it is told how long the next will take.
    fn size(&self) -> usize {
        self.writer.get_estimated_total_bytes()
    }

    fn encode(&mut self) -> Result<()> {
        self.gathered.drain(..).try_for_each(|leaf| self.writer.write(&leaf))
    }

    fn close(mut self) -> Result<ArrowColumnChunk> {
        self.encode()?;
        self.writer.close()
    }
}

impl<W: Write + Send> RowGroups<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// A type of the schema is none of Parquet's, or the place cannot be written.
    pub fn begin(place: W, schema: SchemaRef, properties: WriterProperties) -> Result<Self> {
        let most = properties.max_row_group_row_count().unwrap_or(usize::MAX).max(1);
        let writer = ArrowWriter::try_new(place, schema.clone(), Some(properties))?;
        let (file, factory) = writer.into_serialized_writer()?;
        let cores = available_parallelism().map_or(1, usize::from);
        Ok(Self {
            file,
            factory,
            schema,
            columns: Vec::new(),
            rows: 0,
            most,
            groups: 0,
            values: 0,
            bytes: 0,
            cores,
        })
    }

    /// Where the bytes go.
    pub fn place(&mut self) -> &mut W {
        self.file.inner_mut()
    }

    /// Writes rows whose columns are those of the file.
    ///
    /// # Errors
    /// The place cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let mut from = 0;
        while from < batch.num_rows() {
            let count = (self.most - self.rows).min(batch.num_rows() - from);
            self.gather(&batch.slice(from, count))?;
            from += count;
            if self.rows == self.most {
                self.end_group()?;
            } else if self.values >= MANY_VALUES || self.bytes >= MANY_BYTES {
                self.encode()?;
            }
        }
        Ok(())
    }

    fn gather(&mut self, batch: &RecordBatch) -> Result<()> {
        if self.columns.is_empty() {
            let writers = self.factory.create_column_writers(self.groups)?.into_iter();
            self.columns = writers.map(|writer| Column { writer, gathered: Vec::new() }).collect();
        }
        let mut columns = self.columns.iter_mut();
        for (field, array) in self.schema.fields().iter().zip(batch.columns()) {
            for (leaf, column) in compute_leaves(field, array)?.into_iter().zip(&mut columns) {
                column.gathered.push(leaf);
            }
        }
        self.rows += batch.num_rows();
        self.values += batch.num_rows() * self.columns.len();
        self.bytes += batch.get_array_memory_size();
        Ok(())
    }

    fn encode(&mut self) -> Result<()> {
        let cores = self.cores();
        let done = on_all_cores(cores, self.columns.iter_mut(), |column| column.size(), Column::encode);
        done.into_iter().try_for_each(|done| done)
    }

    fn end_group(&mut self) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let (cores, columns) = (self.cores(), std::mem::take(&mut self.columns));
        let chunks = on_all_cores(cores, columns.into_iter(), Column::size, Column::close);
        let mut group = self.file.next_row_group()?;
        for chunk in chunks {
            chunk?.append_to_row_group(&mut group)?;
        }
        group.close()?;
        self.rows = 0;
        self.groups += 1;
        Ok(())
    }

    /// The cores for what is gathered, which is gathered anew from then on.
    fn cores(&mut self) -> usize {
        self.bytes = 0;
        if std::mem::take(&mut self.values) < FEW_VALUES { 1 } else { self.cores }
    }

    /// Writes the rest and the footer; nothing may be written after them.
    ///
    /// # Errors
    /// The place cannot be written.
    pub fn finish(&mut self) -> Result<()> {
        self.end_group()?;
        // Not `into_inner`, whose error does not say what kind of fault it was.
        self.file.finish().map(drop)
    }
}

/// What comes of each of some things, in their order; each core takes the largest that is left.
pub fn on_all_cores<T: Send, R: Send>(
    cores: usize,
    things: impl ExactSizeIterator<Item = T>,
    size: impl Fn(&T) -> usize,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let cores = cores.min(things.len());
    if cores < 2 {
        return things.map(work).collect();
    }
    let mut things: Vec<(usize, T)> = things.enumerate().collect();
    things.sort_by_cached_key(|(_, thing)| Reverse(size(thing)));
    let things = Mutex::new(things.into_iter());
    let take = || things.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut done = Vec::new();
        while let Some((at, thing)) = take() {
            done.push((at, work(thing)));
        }
        done
    };
    let mut done = scope(|threads| {
        let others: Vec<_> = (1..cores).map(|_| threads.spawn(work)).collect();
        let mut done = work();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, done)| done).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int64Array, ListArray, StringArray, StructArray};
    use arrow::datatypes::{DataType, Field, Int64Type, Schema};

    use super::*;

    #[test]
    fn the_bytes_are_those_of_the_library_s_own_writer() {
        let numbers = |rows: i64| Int64Array::from_iter((0..rows).map(|n| (n % 7 > 0).then_some(n * n)));
        let texts = |rows: i64| StringArray::from_iter_values((0..rows).map(|n| format!("đoàn {}", n % 97)));
        let lists = |rows: i64| {
            ListArray::from_iter_primitive::<Int64Type, _, _>((0..rows).map(|n| Some(vec![Some(n); 2])))
        };
        let pair = vec![
            Arc::new(Field::new("n", DataType::Int64, true)),
            Arc::new(Field::new("t", DataType::Utf8, true)),
        ];
        let schema = Arc::new(Schema::new(vec![
            Field::new("n", DataType::Int64, true),
            Field::new("t", DataType::Utf8, true),
            Field::new_list("l", Field::new_list_field(DataType::Int64, true), true),
            Field::new_struct("s", pair.clone(), true),
        ]));
        let batch = |rows: i64| {
            let both = StructArray::new(
                pair.clone().into(),
                vec![Arc::new(numbers(rows)), Arc::new(texts(rows))],
                None,
            );
            let columns: Vec<arrow::array::ArrayRef> =
                vec![Arc::new(numbers(rows)), Arc::new(texts(rows)), Arc::new(lists(rows)), Arc::new(both)];
            RecordBatch::try_new(schema.clone(), columns).expect("fits")
        };
        for sizes in [&[][..], &[0], &[1], &[30_000, 3, 20_000], &[8_192; 40]] {
            let properties = WriterProperties::builder().set_max_row_group_row_count(Some(25_000)).build();
            let mut ours = RowGroups::begin(Vec::new(), schema.clone(), properties.clone()).expect("begins");
            let mut theirs =
                ArrowWriter::try_new(Vec::new(), schema.clone(), Some(properties)).expect("begins");
            for size in sizes {
                ours.write(&batch(*size)).expect("writes");
                theirs.write(&batch(*size)).expect("writes");
            }
            ours.finish().expect("ends");
            assert!(*ours.place() == theirs.into_inner().expect("ends"), "{sizes:?}");
        }
    }

    #[test]
    fn each_core_takes_the_next_and_the_order_stays() {
        let doubled = on_all_cores(3, 0..1_000, |n| n % 10, |n| 2 * n);
        assert!(doubled.into_iter().eq((0..1_000).map(|n| 2 * n)));
    }
}
