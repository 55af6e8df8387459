//! Queries of the program's own, whose results it reads itself.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use arrow::util::display::ArrayFormatter;

use super::stream::{Event, Work};
use crate::engine::{Engine, Job, Params};
use crate::error::{Error, Result};
use crate::query::{Source, split};

/// The first statement of a text as a job without parameters.
///
/// # Errors
/// The text holds none.
pub(super) fn job(source: &Source) -> Result<Job> {
    let statement = split::split(source)?.statements(source)?.into_iter().next();
    let statement =
        statement.ok_or_else(|| Error::data(format!("{}: there is no statement", source.origin)))?;
    Ok(Job { source: source.clone(), statement, params: Params::Variables(Arc::default()), advise: false })
}

/// The whole result of a query.
///
/// # Errors
/// The query fails.
pub(super) async fn collect(engine: &Engine, source: &Source) -> Result<Vec<RecordBatch>> {
    let mut work = Work::start(engine, job(source)?);
    let mut batches = Vec::new();
    while let Some(event) = work.next(false).await? {
        if let Event::Batch(batch) = event {
            batches.push(batch);
        }
    }
    Ok(batches)
}

/// The first column of a query's result as text, without nulls.
///
/// # Errors
/// The query fails.
pub async fn column(engine: &Engine, source: &Source) -> Result<Vec<String>> {
    let mut values = Vec::new();
    for batch in collect(engine, source).await? {
        let formatter = ArrayFormatter::try_new(batch.column(0), &Default::default())
            .map_err(|error| Error::data(error.to_string()))?;
        let rows = (0..batch.num_rows()).filter(|row| batch.column(0).is_valid(*row));
        values.extend(rows.map(|row| formatter.value(row).to_string()));
    }
    Ok(values)
}
