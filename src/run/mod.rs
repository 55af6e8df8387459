//! The one path from SQL to rows on their way out: scripts, saved queries, the shell and every
//! command go through here.

mod crosstab;
mod delivery;
mod describe;
mod functions;
mod headings;
mod kept;
mod more;
mod outcome;
pub mod own;
mod params;
mod questions;
pub mod reads;
mod reshaped;
#[cfg(test)]
mod rounds;
mod stream;
mod waiting;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub use self::delivery::Delivery;
use self::delivery::Open;
use self::kept::Keeper;
pub use self::kept::{Kept, Last};
pub use self::outcome::{Outcome, Profile, Took};
pub use self::questions::{in_order, plot_of};
use self::reads::Reads;
pub use self::reshaped::Shape;
use self::stream::{Event, Work};
use self::waiting::Waiting;
use crate::config::{Config, Output, Workspace, no_workspace};
use crate::engine::{self, Engine, Job, Params, Plan, Wants};
use crate::error::{Error, Result};
use crate::language::Message;
use crate::output::{About, Plot, Wording};
use crate::query::params::{Bindings, Given};
use crate::query::{Library, SavedQuery, Source, Statement, library};
use crate::say;
use crate::ui::Ui;

/// Everything that running a query takes.
pub struct Session {
    /// What was asked for.
    pub config: Config,
    /// The engine.
    pub engine: Engine,
    /// Where the program speaks.
    pub ui: Ui,
    /// Whether the time of a statement is told in its parts.
    pub timing: bool,
    /// Whether it is told how a statement went.
    pub footer: bool,
    /// The values that SQL can name as `$name`.
    pub variables: Arc<Bindings>,
    /// Whether its author hears what a statement may be meant to say otherwise.
    pub teach: bool,
    /// Whether the last result is kept, to be shown again.
    pub keep: bool,
    /// What is left of the last result.
    pub last: Last,
    /// What is written of every statement, on request.
    pub profile: Option<Profile>,
    /// What statements have read so far, where somebody wants to know.
    pub reads: Option<Reads>,
}

impl Session {
    /// Starts the engine.
    ///
    /// # Errors
    /// The engine cannot be set up.
    pub fn new(config: Config, ui: Ui) -> Result<Self> {
        let engine = engine::open(&config)?;
        let force = config.output.force;
        let profile = config.profile.as_deref().map(|path| Profile::new(path, force)).transpose()?;
        Ok(Self {
            config,
            engine,
            ui,
            timing: false,
            footer: true,
            variables: Arc::default(),
            teach: false,
            keep: false,
            last: Last::None,
            profile,
            reads: None,
        })
    }

    /// The workspace, for work that cannot be done without one; `what` begins the error.
    ///
    /// # Errors
    /// There is none.
    pub fn workspace(&self, what: impl Into<Message>) -> Result<&Workspace> {
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
        let query = match library::is_file_name(name) {
            true => match library::read_file(path) {
                Err(error) if !crate::storage::exists(path) => return Err(self.without_ending(name, error)),
                read => read?,
            },
            false => Library::open(self.workspace(say!("saved query `{name}`", name))?)?.find(name)?,
        };
        self.in_year(query)
    }

    /// The year that saved queries are about: the one asked for, else that of the workspace.
    pub fn year(&self) -> Option<i32> {
        self.config.year.or_else(|| self.engine.contract().year)
    }

    /// A saved query as what it computes was published: of the workspace's year, whichever is asked for.
    pub fn as_published(&self, mut query: SavedQuery) -> SavedQuery {
        if let (true, Some(year)) = (query.header.needs_year(), self.engine.contract().year) {
            query.header.fill_year(year);
        }
        query
    }

    /// A saved query with the defaults that it has in the year.
    ///
    /// # Errors
    /// It needs one and there is none.
    pub fn in_year(&self, mut query: SavedQuery) -> Result<SavedQuery> {
        if query.header.needs_year() || self.config.year.is_some() {
            let year = self.year().ok_or_else(|| {
                Error::usage(say!("query `{query}` is about a year, and none is given", query = query.name))
                    .hint(say!("name one with `--year YEAR`, or as `year` in the contract"))
            })?;
            query.header.settle_year(year);
        }
        Ok(query)
    }

    /// For the name of a file that is not there: that of the saved query, if there is one.
    fn without_ending(&self, name: &str, error: Error) -> Error {
        let saved = name.trim_end_matches(".sql");
        let library = self.config.workspace.as_ref().and_then(|workspace| Library::open(workspace).ok());
        match library.is_some_and(|library| library.names().any(|known| known == saved)) {
            true => error.hint(say!("the saved query is called `{saved}`", saved)),
            false => error,
        }
    }

    /// Runs a statement of a text that the user wrote.
    ///
    /// # Errors
    /// It fails.
    pub async fn statement(
        &mut self,
        source: &Source,
        statement: Statement,
        delivery: &mut Delivery,
    ) -> Result<Outcome> {
        let params = Params::Variables(self.variables.clone());
        let job = Job { source: source.clone(), statement, params, advise: self.teach, wants: Wants::Result };
        delivery.about(About::default());
        self.execute(job, None, Some(delivery)).await
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
        self.bound(query, bindings, delivery).await
    }

    /// Runs a saved query with values that are bound already.
    ///
    /// # Errors
    /// It fails.
    pub async fn bound(
        &mut self,
        query: &SavedQuery,
        bindings: Bindings,
        delivery: &mut Delivery,
    ) -> Result<Outcome> {
        delivery.about(questions::about(query, self.ui.language));
        let plot = questions::plot_of(query, self.ui.language);
        self.execute(job_of(query, bindings), plot, Some(delivery)).await
    }

    /// Runs a statement for its result alone, which [`Session::last`] then holds.
    ///
    /// # Errors
    /// It fails.
    pub async fn fetch(&mut self, source: &Source, statement: Statement) -> Result<()> {
        let params = Params::Variables(self.variables.clone());
        let job = Job { source: source.clone(), statement, params, advise: self.teach, wants: Wants::Result };
        self.last = Last::None;
        self.keep = true;
        self.execute(job, None, None).await.map(drop)
    }

    async fn execute(
        &mut self,
        job: Job,
        plot: Option<Plot>,
        delivery: Option<&mut Delivery>,
    ) -> Result<Outcome> {
        let sql = self.profile.as_ref().map(|_| job.statement.text.clone());
        let mut running = None;
        let ran = self.follow(job, plot, delivery, &mut running).await;
        if let (Some(profile), Some(sql)) = (&mut self.profile, sql) {
            profile.add(sql, running.as_ref().map(|(plan, _)| plan), &ran);
        }
        ran
    }

    /// Follows a statement from its text to its last row; `running` tells how it is done from the
    /// moment that it is.
    async fn follow(
        &mut self,
        job: Job,
        plot: Option<Plot>,
        mut delivery: Option<&mut Delivery>,
        running: &mut Option<(Plan, Duration)>,
    ) -> Result<Outcome> {
        let begun = Instant::now();
        let mut waiting = Waiting::begin(&self.ui);
        self.ui.take_waited();
        let encoder = delivery.as_ref().and_then(|delivery| delivery.encoder());
        let mut work = Work::encoding(&self.engine, job, encoder);
        let mut plot = plot;
        let (mut shown, mut left) = (None, false);
        let mut wording = Wording { language: self.ui.language, ..Wording::default() };
        while let Some(event) = waiting.on(work.next(false)).await? {
            match event {
                Event::Planned(planned) => {
                    waiting.give_way();
                    if let Some(reads) = &mut self.reads {
                        reads.note(&planned.stored, &planned.volatile);
                    }
                    for fault in &planned.left_out {
                        self.ui.warn(say!("left out: {reason}", reason = fault.message()));
                    }
                    for finding in &planned.findings {
                        self.ui.warn(finding);
                    }
                    for advice in &planned.advice {
                        self.ui.hint(advice);
                    }
                    let says_so = delivery.as_ref().is_some_and(|delivery| delivery.says_synthetic());
                    // Only then: what the tables mean is another file to read.
                    if (self.keep || says_so) && self.is_synthetic(&planned.tables) {
                        plot.get_or_insert_default().synthetic = true;
                        if let Some(delivery) = &mut delivery {
                            delivery.book().synthetic = true;
                        }
                    }
                    let is_worded = delivery.as_ref().map_or(self.keep, |delivery| delivery.is_worded());
                    if let Some(worded) = planned.worded.as_ref().filter(|_| is_worded) {
                        wording = self.engine.wording(worded, self.ui.language);
                    }
                    waiting.watch(&planned.plan);
                    *running = Some((planned.plan, planned.took));
                }
                Event::Begin(schema) => {
                    if delivery.as_ref().is_some_and(|delivery| delivery.is_live(&self.ui)) {
                        waiting.hide();
                    }
                    self.last = Last::Gone(say!("it failed half-way"));
                    let mut keeper = Keeper::new(schema.clone(), plot.clone(), wording.clone(), self.keep);
                    let begun = delivery
                        .as_deref_mut()
                        .map(|to| to.begin(&schema, plot.as_ref(), &wording, &mut self.ui));
                    let mut result = begun.transpose()?;
                    let mut in_pager = false;
                    while let Some(Event::Rows(mut rows)) = waiting.on(work.next(in_pager)).await? {
                        keeper.take(&rows.batch);
                        if let Some(result) = &mut result {
                            left = match rows.bytes().await? {
                                Some(bytes) => !result.encoded(rows.batch.num_rows(), &bytes)?,
                                None => !result.batch(&rows.batch)?,
                            };
                            in_pager = result.in_pager();
                        }
                        if left {
                            break;
                        }
                    }
                    waiting.hide();
                    shown = result.map(Open::finish).transpose()?;
                    self.last = match left {
                        true => Last::Gone(say!("its pager was left before the end")),
                        false => keeper.finish(),
                    };
                    break;
                }
                // Rows follow their columns, taken above.
                Event::Rows(_) => {}
            }
        }
        // The time of whoever reads the result is not that of the statement.
        let all = begun.elapsed().saturating_sub(self.ui.take_waited());
        let took = running
            .as_ref()
            .map(|(_, planning)| Took { planning: *planning, execution: all.saturating_sub(*planning) });
        let scanned = running.as_ref().map_or(0, |(plan, _)| plan.scanned().rows);
        Ok(Outcome { shown, took, scanned, left })
    }

    /// Says how many rows came, how many of them are shown, how long it took and what was read for it.
    pub fn tell(&mut self, outcome: Outcome) {
        if self.footer {
            self.ui.note(outcome.line(self.timing));
        }
    }
}

/// A saved query with its values.
pub fn job_of(query: &SavedQuery, bindings: Bindings) -> Job {
    let params = Params::Declared(Box::new(query.header.clone()), bindings);
    Job {
        source: query.source.clone(),
        statement: query.statement.clone(),
        params,
        advise: false,
        wants: Wants::Result,
    }
}
