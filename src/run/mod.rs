//! The one path from SQL to rows on their way out: scripts, saved queries, the shell and every
//! command go through here.

mod delivery;
mod describe;
mod questions;
mod stream;

use std::time::{Duration, Instant};

use datafusion::common::ScalarValue;

pub use self::delivery::Delivery;
use self::stream::{Event, Work};
use crate::config::{Config, Output, Workspace, no_workspace};
use crate::engine::{self, Engine, Job};
use crate::error::{Error, Kind, Result};
use crate::output::Shown;
use crate::query::header::Values;
use crate::query::params::{self, Bindings, Given};
use crate::query::{Library, SavedQuery, Source, library, split, value};
use crate::ui::{Ui, text};

/// Everything that running a query takes.
pub struct Session {
    /// What was asked for.
    pub config: Config,
    /// The engine.
    pub engine: Engine,
    /// Where the program speaks.
    pub ui: Ui,
    /// Whether each result is followed by the time that it took.
    pub timing: bool,
}

impl Session {
    /// Starts the engine.
    ///
    /// # Errors
    /// The engine cannot be set up.
    pub fn new(config: Config, ui: Ui) -> Result<Self> {
        let engine = engine::open(&config)?;
        Ok(Self { config, engine, ui, timing: false })
    }

    /// The workspace, for work that cannot be done without one; `what` begins the error.
    ///
    /// # Errors
    /// There is none.
    pub fn workspace(&self, what: &str) -> Result<&Workspace> {
        self.config.workspace.as_ref().ok_or_else(|| no_workspace(what))
    }

    /// Opens the place of results.
    ///
    /// # Errors
    /// As [`Delivery::open`]; or stored tables are there, which no result replaces.
    pub fn deliver(&self, output: &Output) -> Result<Delivery> {
        if let Some(path) = &output.path
            && self.engine.tables.holds(path)
        {
            return Err(crate::catalog::stored(path));
        }
        Delivery::open(output, self.ui.terminal)
    }

    /// Finds a saved query by its name, or reads a file that holds one.
    ///
    /// # Errors
    /// There is no workspace or no such query, or the file does not parse.
    pub fn find(&self, name: &str) -> Result<SavedQuery> {
        let path = std::path::Path::new(name);
        if library::is_file_name(name) {
            return match library::read_file(path) {
                Err(error) if !path.exists() => Err(self.without_ending(name, error)),
                read => read,
            };
        }
        Library::open(self.workspace(&format!("saved query `{name}`"))?)?.find(name)
    }

    /// For the name of a file that is not there: that of the saved query, if there is one.
    fn without_ending(&self, name: &str, error: Error) -> Error {
        let saved = name.trim_end_matches(".sql");
        let library = self.config.workspace.as_ref().and_then(|workspace| Library::open(workspace).ok());
        match library.is_some_and(|library| library.names().any(|known| known == saved)) {
            true => error.hint(format!("the saved query is called `{saved}`")),
            false => error,
        }
    }

    /// Runs the statements of a script in order; the first failure ends it.
    ///
    /// # Errors
    /// That failure.
    pub async fn script(&mut self, source: &Source, delivery: &mut Delivery) -> Result<()> {
        // All of it is split before any of it runs: an open string in the last line is found first.
        for statement in split::split(source)?.statements {
            let outcome =
                self.execute(Job { source: source.clone(), statement, params: None }, delivery).await?;
            self.tell(outcome);
        }
        Ok(())
    }

    /// Runs a saved query with the values given; [`Session::tell`] says how it went.
    ///
    /// # Errors
    /// A value is missing, unknown, mistyped or not allowed (all are told), or the query fails.
    pub async fn saved(
        &mut self,
        query: &SavedQuery,
        given: &[Given],
        delivery: &mut Delivery,
    ) -> Result<Outcome> {
        let bindings = self.bind(query, given).await?;
        self.execute(job_of(query, bindings), delivery).await
    }

    /// Binds the values given to a saved query and holds them against those that are allowed.
    ///
    /// # Errors
    /// All faults together.
    async fn bind(&mut self, query: &SavedQuery, given: &[Given]) -> Result<Bindings> {
        let (bindings, mut faults) = params::bind(&query.name, &query.header, given);
        for (name, param) in &query.header.params {
            let (Some(allowed), Some(bound)) = (&param.values, bindings.get(name)) else { continue };
            let given = bound.values();
            if given.is_empty() {
                continue;
            }
            let allowed = match allowed {
                Values::List(values) => {
                    values.iter().map(|value| value::of_toml(param.kind, value)).collect()
                }
                Values::Query(sql) => match self.allowed(query, name, sql).await {
                    Ok(texts) => texts.iter().map(|text| value::of_text(param.kind, text)).collect(),
                    Err(error) if error.kind() == Kind::Interrupted => return Err(error),
                    Err(error) => {
                        faults.push(error);
                        continue;
                    }
                },
            };
            let allowed: std::result::Result<Vec<ScalarValue>, String> = allowed;
            let allowed = match allowed {
                Ok(allowed) => allowed,
                Err(reason) => {
                    let message =
                        format!("the values of parameter `{name}` of query `{}`: {reason}", query.name);
                    faults.push(Error::data(message));
                    continue;
                }
            };
            let texts: Vec<String> = allowed.iter().map(value::shown).collect();
            for value in given.into_iter().filter(|value| !allowed.contains(value)).map(value::shown) {
                let message = format!("parameter `{name}` of query `{}` cannot be `{value}`", query.name);
                let near = text::nearest(&value, texts.iter().map(String::as_str));
                faults.push(Error::usage(message).hint(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if texts.is_empty() => "its list of values is empty".to_owned(),
                    None => format!("it can be {}", listed(&texts)),
                }));
            }
        }
        match Error::many(faults) {
            Some(error) => Err(error),
            None => Ok(bindings),
        }
    }

    /// The first column of the query that says which values a parameter may have.
    async fn allowed(&mut self, query: &SavedQuery, name: &str, sql: &str) -> Result<Vec<String>> {
        let origin = format!("{}, values of `{name}`", query.source.origin);
        self.column(&Source::new(origin, sql)).await
    }

    /// The first column of a query's result as text, without nulls.
    ///
    /// # Errors
    /// The query fails.
    async fn column(&mut self, source: &Source) -> Result<Vec<String>> {
        let batches = self.collect(source).await?;
        let mut values = Vec::new();
        for batch in batches {
            let formatter =
                arrow::util::display::ArrayFormatter::try_new(batch.column(0), &Default::default())
                    .map_err(|error| Error::data(error.to_string()))?;
            values.extend(
                (0..batch.num_rows())
                    .filter(|row| batch.column(0).is_valid(*row))
                    .map(|row| formatter.value(row).to_string()),
            );
        }
        Ok(values)
    }

    /// The whole result of a query of the program's own.
    ///
    /// # Errors
    /// The query fails.
    async fn collect(&mut self, source: &Source) -> Result<Vec<arrow::record_batch::RecordBatch>> {
        let mut work = Work::start(&self.engine, self.job_of_text(source)?);
        let mut batches = Vec::new();
        while let Some(event) = work.next().await? {
            if let Event::Batch(batch) = event {
                batches.push(batch);
            }
        }
        Ok(batches)
    }

    /// The first statement of a text as a job without parameters.
    fn job_of_text(&self, source: &Source) -> Result<Job> {
        let statement = split::split(source)?.statements.into_iter().next();
        let statement =
            statement.ok_or_else(|| Error::data(format!("{}: there is no statement", source.origin)))?;
        Ok(Job { source: source.clone(), statement, params: None })
    }

    async fn execute(&mut self, job: Job, delivery: &mut Delivery) -> Result<Outcome> {
        let begun = Instant::now();
        let mut work = Work::start(&self.engine, job);
        let mut shown = None;
        while let Some(event) = work.next().await? {
            match event {
                Event::LeftOut(faults) => {
                    for fault in faults {
                        self.ui.warn(&format!("left out: {}", fault.message()));
                    }
                }
                Event::Begin(schema) => {
                    let mut result = delivery.begin(&schema, &mut self.ui)?;
                    while let Some(Event::Batch(batch)) = work.next().await? {
                        result.batch(&batch)?;
                    }
                    shown = Some(result.finish()?);
                    break;
                }
                // Rows follow their columns, taken above.
                Event::Batch(_) => {}
            }
        }
        Ok(Outcome { shown, took: begun.elapsed() })
    }

    /// Says how many rows came, how many of them are shown, and on request how long it took.
    pub fn tell(&mut self, outcome: Outcome) {
        let mut parts = Vec::new();
        if let Some(Shown { rows, hidden }) = outcome.shown {
            let mut rows_text = text::count(rows, "row");
            if hidden > 0 {
                rows_text.push_str(&format!(" ({} shown)", text::grouped(rows - hidden)));
            }
            parts.push(rows_text);
        }
        if self.timing {
            parts.push(format!("{:.1} ms", outcome.took.as_secs_f64() * 1000.0));
        }
        if !parts.is_empty() {
            self.ui.note(&parts.join(", "));
        }
    }
}

/// How a statement went.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Its rows, where it gives any.
    shown: Option<Shown>,
    /// From the start of planning to the last row written.
    took: Duration,
}

/// A saved query with its values.
fn job_of(query: &SavedQuery, bindings: Bindings) -> Job {
    let params = Some((query.header.clone(), bindings));
    Job { source: query.source.clone(), statement: query.statement.clone(), params }
}

/// Values in a sentence, the first few of many.
fn listed(values: &[String]) -> String {
    const MOST: usize = 20;
    let shown = values.iter().take(MOST).map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    if values.len() > MOST { format!("{shown}, … ({} in all)", values.len()) } else { shown }
}
