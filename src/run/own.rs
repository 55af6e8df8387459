//! Queries of the program's own, whose results it reads itself.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::{Int64Type, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use arrow::util::display::ArrayFormatter;
use futures::{StreamExt, stream};

use super::stream::{Event, Work};
use super::waiting::Waiting;
use super::{Delivery, Outcome, Session};
use crate::engine::{Engine, Job, Params, Stored, Wants, without_counts};
use crate::error::{Error, Result};
use crate::language::Message;
use crate::output::Wording;
use crate::query::params::Given;
use crate::query::{SavedQuery, Source, split};
use crate::say;

/// The first statement of a text as a job without parameters.
///
/// # Errors
/// The text holds none.
pub fn job(source: &Source) -> Result<Job> {
    let statement = split::split(source)?.statements(source)?.into_iter().next();
    let statement =
        statement.ok_or_else(|| Error::data(say!("{name}: there is no statement", name = source.origin)))?;
    Ok(Job {
        source: source.clone(),
        statement,
        params: Params::Variables(Arc::default()),
        advise: false,
        wants: Wants::Result,
    })
}

/// The whole result of a query.
///
/// # Errors
/// The query fails.
pub async fn collect(engine: &Engine, source: &Source) -> Result<Vec<RecordBatch>> {
    collect_job(engine, job(source)?).await
}

async fn collect_job(engine: &Engine, job: Job) -> Result<Vec<RecordBatch>> {
    let mut work = Work::start(engine, job);
    let mut batches = Vec::new();
    while let Some(event) = work.next(false).await? {
        if let Event::Rows(rows) = event {
            batches.push(rows.batch);
        }
    }
    Ok(batches)
}

/// A whole result, with what it was made of.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Its columns.
    pub schema: SchemaRef,
    /// Its rows.
    pub batches: Vec<RecordBatch>,
    /// The rows that were read for it.
    pub scanned: u64,
    /// The tables that it reads.
    pub tables: Vec<String>,
    /// What it does to measures that they do not bear, and the tables that were left out.
    pub warnings: Vec<Message>,
    /// How many rows its one value is made of, and how many of them have a value, where that was asked.
    pub counts: Option<[u64; 2]>,
    /// How its columns are called for readers.
    pub wording: Wording,
    stored: Vec<Stored>,
    volatile: Vec<String>,
}

impl Whole {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// The first column of a query's result as text, without nulls.
///
/// # Errors
/// The query fails.
pub async fn column(engine: &Engine, source: &Source) -> Result<Vec<String>> {
    let mut values = Vec::new();
    for batch in collect(engine, source).await? {
        let formatter = ArrayFormatter::try_new(batch.column(0), &Default::default())
            .map_err(|error| Error::data(Message::verbatim(error.to_string())))?;
        let rows = (0..batch.num_rows()).filter(|row| batch.column(0).is_valid(*row));
        values.extend(rows.map(|row| formatter.value(row).to_string()));
    }
    Ok(values)
}

/// The whole numbers of a result of one row: counts, which are never negative.
pub fn numbers(batches: &[RecordBatch]) -> Vec<u64> {
    let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else { return Vec::new() };
    let number = |column: &ArrayRef| {
        column.as_primitive_opt::<Int64Type>().map_or(0, |column| u64::try_from(column.value(0)).unwrap_or(0))
    };
    batch.columns().iter().map(number).collect()
}

impl Session {
    /// The count that a query of the program's own gives.
    ///
    /// # Errors
    /// The query fails, or the user stops it.
    pub async fn number(&self, origin: &str, sql: String) -> Result<u64> {
        Ok(numbers(&self.ask(origin, sql).await?).first().copied().unwrap_or(0))
    }

    /// The whole result of a query of the program's own, while the user sees that it takes its time.
    ///
    /// # Errors
    /// The query fails, or the user stops it; the place would be in a statement that the user did
    /// not write.
    pub async fn ask(&self, origin: &str, sql: String) -> Result<Vec<RecordBatch>> {
        let source = Source::new(origin, sql);
        Waiting::begin(&self.ui).on(collect(&self.engine, &source)).await.map_err(Error::without_place)
    }

    /// The whole result of a saved query.
    ///
    /// # Errors
    /// A value is missing or wrong, or the query fails.
    pub async fn rows_of(&mut self, query: &SavedQuery, given: &[Given]) -> Result<Vec<RecordBatch>> {
        let bindings = self.bind(query, given).await?;
        let work = collect_job(&self.engine, super::job_of(query, bindings));
        Waiting::begin(&self.ui).on(work).await
    }

    /// The whole result of a job.
    ///
    /// # Errors
    /// The query fails, or the user stops it.
    pub async fn whole(&self, job: Job) -> Result<Whole> {
        let (engine, language) = (&self.engine, self.ui.language);
        let is_counted = job.wants == Wants::Counted;
        let mut work = Work::start(engine, job);
        let mut plan = None;
        let mut whole = Whole {
            schema: Arc::new(Schema::empty()),
            batches: Vec::new(),
            scanned: 0,
            tables: Vec::new(),
            warnings: Vec::new(),
            counts: None,
            wording: Wording { language, ..Wording::default() },
            stored: Vec::new(),
            volatile: Vec::new(),
        };
        while let Some(event) = work.next(false).await? {
            match event {
                Event::Planned(planned) => {
                    let left_out = planned
                        .left_out
                        .iter()
                        .map(|fault| say!("left out: {reason}", reason = *fault.message()));
                    whole.warnings = left_out.chain(planned.findings.iter().map(Message::from)).collect();
                    (whole.tables, whole.stored, whole.volatile) =
                        (planned.tables, planned.stored, planned.volatile);
                    if let Some(worded) = &planned.worded {
                        whole.wording = engine.wording(worded, language);
                    }
                    plan = Some(planned.plan);
                }
                Event::Begin(schema) => whole.schema = schema,
                Event::Rows(rows) => whole.batches.push(rows.batch),
            }
        }
        if is_counted && let Some((schema, batches, counts)) = without_counts(&whole.schema, &whole.batches) {
            (whole.schema, whole.batches, whole.counts) = (schema, batches, Some(counts));
            whole.wording.columns.truncate(whole.schema.fields().len());
        }
        whole.scanned = plan.map_or(0, |plan| plan.scanned().rows);
        Ok(whole)
    }

    /// What several pieces of work give, as each is done, while the user sees that they take their time.
    pub async fn at_once<T>(&self, work: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
        /// Enough that one plans while another reads, and few enough to keep memory flat.
        const AT_ONCE: usize = 4;
        let work = stream::iter(work).buffer_unordered(AT_ONCE);
        Waiting::begin(&self.ui).on(work.collect()).await
    }

    /// Takes note of what a result was made of, where somebody wants to know.
    pub fn note(&mut self, whole: &Whole) {
        if let Some(reads) = &mut self.reads {
            reads.note(&whole.stored, &whole.volatile);
        }
    }

    /// Gives the rows that a saved query's one value is made of, those that add most first, and what
    /// they come to: how many there are, how many have a value, and the value.
    ///
    /// # Errors
    /// The query is not one aggregate over rows, or fails, or the place cannot be written.
    pub async fn rows_behind(
        &mut self,
        query: &SavedQuery,
        given: &[Given],
        limit: Option<usize>,
        delivery: &mut Delivery,
    ) -> Result<(Outcome, Vec<RecordBatch>)> {
        let bindings = self.bind(query, given).await?;
        let rows = Job { wants: Wants::RowsBehind(limit), ..super::job_of(query, bindings.clone()) };
        let sum = Job { wants: Wants::SumBehind, ..super::job_of(query, bindings) };
        let sum = Waiting::begin(&self.ui).on(collect_job(&self.engine, sum)).await?;
        let outcome = self.execute(rows, None, Some(delivery)).await?;
        Ok((outcome, sum))
    }

    /// Gives the rows of a query of the program's own as a result.
    ///
    /// # Errors
    /// The query fails, or the place cannot be written.
    pub async fn give(&mut self, source: &Source, delivery: &mut Delivery) -> Result<Outcome> {
        self.execute(job(source)?, None, Some(delivery)).await.map_err(Error::without_place)
    }

    /// Takes the result of a query of the program's own batch by batch.
    ///
    /// # Errors
    /// The query fails, the user stops it, or a batch cannot be taken.
    pub async fn each(
        &self,
        origin: &str,
        sql: String,
        mut take: impl FnMut(&RecordBatch) -> Result<()>,
    ) -> Result<()> {
        let mut waiting = Waiting::begin(&self.ui);
        let mut work = Work::start(&self.engine, job(&Source::new(origin, sql))?);
        while let Some(event) = waiting.on(work.next(false)).await.map_err(Error::without_place)? {
            match event {
                Event::Planned(planned) => waiting.watch(&planned.plan),
                Event::Rows(rows) => take(&rows.batch)?,
                Event::Begin(_) => {}
            }
        }
        Ok(())
    }

    /// Whether a query of the program's own can be planned.
    ///
    /// # Errors
    /// It cannot; the reason.
    pub async fn can_plan(&self, sql: String) -> Result<()> {
        let job = job(&Source::new("the program's own", sql))?;
        self.plan(job).await.map(drop).map_err(Error::without_place)
    }
}
