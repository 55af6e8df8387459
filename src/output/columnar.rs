//! Parquet and Arrow files: types and nulls as the query gave them.

use std::io::Write;

use arrow::datatypes::SchemaRef;
use arrow::ipc::CompressionType;
use arrow::ipc::writer::{FileWriter, IpcWriteOptions};
use arrow::record_batch::RecordBatch;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::WriterProperties;

use super::row_groups::RowGroups;
use super::{Shown, Sink, arrow_fault, bare, io_fault, named_once};
use crate::error::{Error, Result};
use crate::say;

pub(super) struct Columnar {
    kind: Kind,
    writer: Option<Writer>,
    schema: Option<SchemaRef>,
    rows: u64,
}

#[derive(Clone, Copy)]
enum Kind {
    Parquet,
    Arrow,
}

/// The libraries' writers own their place, so they write to memory, which is emptied after each batch.
enum Writer {
    Parquet(Box<RowGroups<Vec<u8>>>),
    Arrow(Box<FileWriter<Vec<u8>>>),
}

impl Columnar {
    pub(super) fn parquet() -> Self {
        Self { kind: Kind::Parquet, writer: None, schema: None, rows: 0 }
    }

    pub(super) fn arrow() -> Self {
        Self { kind: Kind::Arrow, writer: None, schema: None, rows: 0 }
    }
}

/// Rows of one Parquet row group of a stored table: the unit that is skipped by its statistics, and
/// small enough that a laptop's cores share a table of a million rows.
const ROW_GROUP_ROWS: usize = 128 * 1024;

/// How a stored table is written: zstd, its order told by the places of the columns that it is in
/// order of, and notes in its footer.
///
/// # Errors
/// None that can be met: the level is one that zstd has.
pub fn stored_properties(
    sorted_by: impl Iterator<Item = usize>,
    notes: Vec<KeyValue>,
) -> Result<WriterProperties> {
    let level = ZstdLevel::try_new(3).map_err(|error| parquet_fault(&error))?;
    let column = |place: usize| i32::try_from(place).unwrap_or(i32::MAX);
    let sorted = sorted_by.map(|place| SortingColumn {
        column_idx: column(place),
        descending: false,
        nulls_first: false,
    });
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_sorting_columns(Some(sorted.collect()))
        .set_key_value_metadata(Some(notes))
        .build())
}

fn parquet_fault(error: &ParquetError) -> Error {
    Error::data(say!("cannot write Parquet: {reason}", reason = error))
}

impl Writer {
    fn bytes(&mut self) -> &mut Vec<u8> {
        match self {
            // What the writer has handed over is final: a Parquet file is written front to back.
            Self::Parquet(writer) => writer.place(),
            Self::Arrow(writer) => writer.get_mut(),
        }
    }

    fn hand_on(&mut self, out: &mut dyn Write) -> Result<()> {
        let bytes = self.bytes();
        out.write_all(bytes).map_err(|error| io_fault(&error))?;
        bytes.clear();
        Ok(())
    }
}

impl Sink for Columnar {
    fn begin(&mut self, schema: &SchemaRef, out: &mut dyn Write) -> Result<()> {
        named_once(schema)?;
        let schema = bare(schema);
        let mut writer = match self.kind {
            Kind::Parquet => {
                let level = ZstdLevel::try_new(3).map_err(|error| parquet_fault(&error))?;
                let properties =
                    WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
                let writer = RowGroups::begin(Vec::new(), schema.clone(), properties);
                Writer::Parquet(Box::new(writer.map_err(|error| parquet_fault(&error))?))
            }
            Kind::Arrow => {
                let writer = IpcWriteOptions::default()
                    .try_with_compression(Some(CompressionType::ZSTD))
                    .and_then(|options| FileWriter::try_new_with_options(Vec::new(), &schema, options));
                Writer::Arrow(Box::new(writer.map_err(|error| arrow_fault(&error))?))
            }
        };
        writer.hand_on(out)?;
        self.writer = Some(writer);
        self.schema = Some(schema);
        Ok(())
    }

    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        let (Some(writer), Some(schema)) = (&mut self.writer, &self.schema) else { return Ok(()) };
        let batch = RecordBatch::try_new(schema.clone(), batch.columns().to_vec())
            .map_err(|error| arrow_fault(&error))?;
        self.rows += batch.num_rows() as u64;
        match writer {
            Writer::Parquet(writer) => writer.write(&batch).map_err(|error| parquet_fault(&error))?,
            Writer::Arrow(writer) => writer.write(&batch).map_err(|error| arrow_fault(&error))?,
        }
        writer.hand_on(out)
    }

    fn finish(&mut self, out: &mut dyn Write) -> Result<Shown> {
        if let Some(mut writer) = self.writer.take() {
            match &mut writer {
                Writer::Parquet(writer) => writer.finish().map_err(|error| parquet_fault(&error))?,
                Writer::Arrow(writer) => writer.finish().map_err(|error| arrow_fault(&error))?,
            }
            writer.hand_on(out)?;
        }
        Ok(Shown { rows: self.rows, hidden: 0 })
    }
}
