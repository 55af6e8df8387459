//! Merging the files of a table into one.

use std::path::PathBuf;
use std::sync::Arc;

use super::parquet::{ParquetFile, stored, table_properties};
use crate::catalog::store::{Change, notes, numbered};
use crate::contract::Contract;
use crate::error::{Error, Result};
use crate::language::Message;
use crate::query::words::{literal, quoted};
use crate::run::Session;
use crate::say;

/// What merging a table came to.
#[derive(Debug)]
pub struct Compacted {
    /// The files that there were.
    pub files: usize,
    /// The rows of the table.
    pub rows: u64,
    /// Bytes before and after.
    pub bytes: (u64, u64),
    /// The one file.
    pub path: PathBuf,
}

/// Writes a table as one file, in the order of its key; `None` where it is one already.
///
/// # Errors
/// There is no such table, another process is changing it, or the disk fails; it is then as it was.
pub async fn compact(session: &mut Session, name: &str) -> Result<Option<Compacted>> {
    let datasets = session.workspace(Message::verbatim("`compact`"))?.datasets();
    let change = Change::begin(&datasets, name)?;
    let files = change.files()?;
    // Says which tables there are, where this is none.
    let schema = session.schema_of(name).await?;
    if files.is_empty() {
        return Err(Error::usage(say!(
            "`{name}` is no table of `{folder}`",
            name,
            folder = datasets.display()
        )));
    }
    if files.len() == 1 {
        return Ok(None);
    }
    let size =
        |paths: &[PathBuf]| paths.iter().filter_map(|path| path.metadata().ok()).map(|file| file.len()).sum();
    let before: u64 = size(&files);
    let contract = Contract::read(&datasets)?;
    let key: Vec<String> = contract.table(name).map(|table| table.key().to_vec()).unwrap_or_default();
    let key: Vec<String> = key.into_iter().filter(|column| schema.index_of(column).is_ok()).collect();
    let order = match key.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ") {
        // Several cores read them, and they stay in the order in which they came: by the numbers of the files.
        none if none.is_empty() => {
            let number = format!("regexp_replace(input_file_name(), {}, '\\1')", literal(&numbered()));
            format!(
                "CAST(nullif({number}, input_file_name()) AS BIGINT) NULLS FIRST, input_file_name(), \
                 file_row_index()"
            )
        }
        columns => columns,
    };
    let mut kept = notes(&files[0])?;
    kept.push(change.replaces()?);
    let workshop = change.workshop()?;
    let path = workshop.path().join("finished.parquet");
    let properties = table_properties(&key, &schema, kept)?;
    let mut file = ParquetFile::create(&path, Arc::new(stored(&schema)), properties)?;
    let sql = format!("SELECT * FROM {} ORDER BY {order}", quoted(name));
    session.each("merging the files", sql, |batch| file.write(batch)).await?;
    let rows = file.finish()?;
    let expected =
        session.number("counting the rows", format!("SELECT count(*) FROM {}", quoted(name))).await?;
    if rows != expected {
        return Err(Error::data(say!(
            "{expected} rows were to be merged and {rows} were: nothing was changed",
            expected,
            rows
        ))
        .hint(say!("this is a fault of the program: please report it")));
    }
    let path = change.replace(&path)?;
    let after = size(std::slice::from_ref(&path));
    Ok(Some(Compacted { files: files.len(), rows, bytes: (before, after), path }))
}
