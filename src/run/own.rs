//! Queries of the program's own, whose results it reads itself.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use arrow::util::display::ArrayFormatter;

use super::stream::{Event, Work};
use super::waiting::Waiting;
use super::{Delivery, Outcome, Session};
use crate::engine::{Engine, Job, Params};
use crate::error::{Error, Result};
use crate::query::{Source, split};

/// The first statement of a text as a job without parameters.
///
/// # Errors
/// The text holds none.
pub fn job(source: &Source) -> Result<Job> {
    let statement = split::split(source)?.statements(source)?.into_iter().next();
    let statement =
        statement.ok_or_else(|| Error::data(format!("{}: there is no statement", source.origin)))?;
    Ok(Job { source: source.clone(), statement, params: Params::Variables(Arc::default()), advise: false })
}

/// The whole result of a query.
///
/// # Errors
/// The query fails.
pub async fn collect(engine: &Engine, source: &Source) -> Result<Vec<RecordBatch>> {
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

impl Session {
    /// The whole result of a query of the program's own, while the user sees that it takes its time.
    ///
    /// # Errors
    /// The query fails, or the user stops it; the place would be in a statement that the user did
    /// not write.
    pub async fn ask(&self, origin: &str, sql: String) -> Result<Vec<RecordBatch>> {
        let source = Source::new(origin, sql);
        Waiting::begin(&self.ui).on(collect(&self.engine, &source)).await.map_err(Error::without_place)
    }

    /// Gives the rows of a query of the program's own as a result.
    ///
    /// # Errors
    /// The query fails, or the place cannot be written.
    pub async fn give(&mut self, source: &Source, delivery: &mut Delivery) -> Result<Outcome> {
        self.execute(job(source)?, None, Some(delivery)).await.map_err(Error::without_place)
    }

    /// Whether a query of the program's own can be planned.
    ///
    /// # Errors
    /// It cannot; the reason.
    pub async fn can_plan(&mut self, sql: String) -> Result<()> {
        let job = job(&Source::new("the program's own", sql))?;
        self.plan(job).await.map(drop).map_err(Error::without_place)
    }
}
