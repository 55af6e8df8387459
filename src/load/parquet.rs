//! A Parquet file that is written batch by batch, and whose faults name it.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use crate::contract::{FieldType, Table};
use crate::error::{Error, Result};
use crate::language::money;
use crate::output::{RowGroups, stored_properties};
use crate::say;

/// Rows on their way to a Parquet file.
pub(super) struct ParquetFile {
    path: PathBuf,
    schema: SchemaRef,
    writer: RowGroups<File>,
    rows: u64,
}

impl ParquetFile {
    /// Makes the file.
    ///
    /// # Errors
    /// The disk fails.
    pub(super) fn create(path: &Path, schema: SchemaRef, properties: WriterProperties) -> Result<Self> {
        let file = File::create(path).map_err(|error| Error::writing(path, &error))?;
        let writer =
            RowGroups::begin(file, schema.clone(), properties).map_err(|error| fault(path, &error))?;
        Ok(Self { path: path.to_owned(), schema, writer, rows: 0 })
    }

    /// Writes rows whose columns are those of the file, in its order.
    ///
    /// # Errors
    /// The disk fails, or a value is missing where none may be.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = batch.columns().iter().zip(self.schema.fields());
        let columns = columns
            .map(|(column, field)| arrow::compute::cast(column, field.data_type()))
            .collect::<std::result::Result<Vec<_>, _>>();
        let batch = columns.and_then(|columns| RecordBatch::try_new(self.schema.clone(), columns));
        let batch = batch.map_err(|error| unwritable(&self.path, &error))?;
        self.rows += batch.num_rows() as u64;
        self.writer.write(&batch).map_err(|error| fault(&self.path, &error))
    }

    /// Writes the footer, and gives the number of rows.
    ///
    /// # Errors
    /// The disk fails.
    pub(super) fn finish(mut self) -> Result<u64> {
        self.writer.finish().map_err(|error| fault(&self.path, &error))?;
        Ok(self.rows)
    }
}

fn fault(path: &Path, error: &ParquetError) -> Error {
    let source = match error {
        ParquetError::External(source) => source.downcast_ref::<std::io::Error>(),
        _ => None,
    };
    match source {
        Some(source) => Error::writing(path, source),
        None => unwritable(path, error),
    }
}

fn unwritable(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::data(say!("cannot write `{path}`: {reason}", path = path.display(), reason = error))
}

/// How a file of a table is written whose rows are in the order of this key.
///
/// # Errors
/// None that can be met.
pub(super) fn table_properties(
    key: &[String],
    schema: &Schema,
    notes: Vec<KeyValue>,
) -> Result<WriterProperties> {
    let sorted = key.iter().filter_map(|name| schema.index_of(name).ok());
    let mut builder = stored_properties(sorted, notes)?.into_builder();
    // Of values that do not repeat a dictionary would be made, found to be too large, and given up.
    let once = match key {
        [one] => Some(one.as_str()),
        _ => None,
    };
    for name in once.into_iter().chain(["source_row"]) {
        builder = builder.set_column_dictionary_enabled(ColumnPath::new(vec![name.to_owned()]), false);
    }
    Ok(builder.build())
}

/// The columns of a stored table as files hold them: the reader may see texts in another form.
pub(super) fn stored(schema: &Schema) -> Schema {
    let fields = schema.fields().iter().map(|field| {
        let data_type = match field.data_type() {
            DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
            other => other.clone(),
        };
        Field::new(field.name(), data_type, field.is_nullable())
    });
    Schema::new(fields.collect::<Vec<_>>())
}

/// The columns of a table that is not there yet, as the contract describes them.
pub(super) fn described(table: &Table) -> Schema {
    let fields = table.schema.fields.iter().map(|field| {
        let data_type = match field.kind {
            FieldType::Integer if field.unit.as_deref() == Some(money::CODE) => DataType::Decimal128(18, 0),
            FieldType::Integer | FieldType::Year => DataType::Int64,
            FieldType::Number => DataType::Decimal128(38, 9),
            FieldType::Boolean => DataType::Boolean,
            FieldType::Date => DataType::Date32,
            FieldType::String
            | FieldType::Any
            | FieldType::Unknown
            | FieldType::Datetime
            | FieldType::Time => DataType::Utf8,
        };
        let needed = field.constraints.required || table.schema.primary_key.0.contains(&field.name);
        Field::new(&field.name, data_type, !needed)
    });
    Schema::new(fields.collect::<Vec<_>>())
}
