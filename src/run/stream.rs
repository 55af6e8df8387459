//! A statement at work: on the runtime's threads, its events taken here, so that Ctrl-C is answered
//! at once whatever the engine is doing.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use futures::{FutureExt, StreamExt};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::{JoinError, JoinHandle};

use crate::engine::{Engine, Job, Plan, Running, Stop, Stored, Worded};
use crate::error::{Error, Result};
use crate::language::Message;
use crate::output::Encode;
use crate::say;
use crate::ui::interrupt;

/// Batches that may wait for a slow reader: enough to keep both sides busy, few enough to keep
/// memory flat.
const WAITING: usize = 4;

/// What a statement at work has to tell.
pub(super) enum Event {
    /// The statement is planned and runs.
    Planned(Box<Planned>),
    /// There is a result, with these columns.
    Begin(SchemaRef),
    /// The next rows.
    Rows(Rows),
}

/// Rows on their way.
pub(super) struct Rows {
    /// Their values.
    pub(super) batch: RecordBatch,
    /// Their bytes, which are being made, where the result is written in a format that takes them so.
    bytes: Option<JoinHandle<Result<Vec<u8>>>>,
}

impl Rows {
    /// Their bytes, once they are made.
    ///
    /// # Errors
    /// A value has no form in the format.
    pub(super) async fn bytes(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(bytes) = self.bytes.take() else { return Ok(None) };
        match bytes.await {
            Ok(bytes) => bytes.map(Some),
            Err(error) => Err(stopped(&error)),
        }
    }
}

fn stopped(error: &JoinError) -> Error {
    Error::data(say!("the engine stopped: {reason}", reason = error))
}

/// What planning a statement gave.
pub(super) struct Planned {
    /// How it is done; measured while it runs.
    pub(super) plan: Plan,
    /// From its text to its plan.
    pub(super) took: Duration,
    /// The tables that it reads.
    pub(super) tables: Vec<String>,
    /// The stored ones among them.
    pub(super) stored: Vec<Stored>,
    /// The functions in it whose value is another each time.
    pub(super) volatile: Vec<String>,
    /// Tables that could not be read and were left out.
    pub(super) left_out: Vec<Error>,
    /// What it does to measures that they do not bear, in sentences.
    pub(super) findings: Vec<Message>,
    /// What its author may not have meant.
    pub(super) advice: Vec<Message>,
    /// What the columns of its result are worded by.
    pub(super) worded: Option<Worded>,
}

/// A statement at work; dropped, it stops.
pub(super) struct Work {
    engine: Engine,
    events: Receiver<Event>,
    task: JoinHandle<Result<()>>,
    stop: Stop,
    deadline: Option<Deadline>,
}

/// When a statement must be done.
#[derive(Clone, Copy)]
struct Deadline {
    at: tokio::time::Instant,
    after: Duration,
}

impl Deadline {
    /// Waits until then, or for ever where there is none.
    async fn passed(deadline: Option<Self>) -> Duration {
        match deadline {
            Some(Self { at, after }) => {
                tokio::time::sleep_until(at).await;
                after
            }
            None => std::future::pending().await,
        }
    }
}

fn too_late(after: Duration) -> Error {
    let seconds = after.as_secs_f64();
    Error::data(say!("the statement was stopped: it took more than {seconds} s", seconds))
        .hint(say!("give it more time by `--timeout`, or ask for fewer rows"))
}

impl Work {
    /// Starts planning and running a statement.
    pub(super) fn start(engine: &Engine, job: Job) -> Self {
        Self::encoding(engine, job, None)
    }

    /// The same; its rows come with their bytes where something encodes them.
    pub(super) fn encoding(engine: &Engine, job: Job, encoder: Option<Arc<dyn Encode>>) -> Self {
        let (sender, events) = channel(WAITING);
        let worker = engine.clone();
        let stop = Stop::default();
        let ending = stop.clone();
        let task = engine.spawn(async move {
            // A reader that panics on a damaged file ends its statement, not the program.
            let reads = Arc::new(OnceLock::new());
            let work = produce(worker, job, encoder, sender, ending, reads.clone());
            let work = AssertUnwindSafe(work).catch_unwind();
            work.await.unwrap_or_else(|panic| Err(panicked(panic.as_ref(), reads.get())))
        });
        let deadline = engine.time.map(|after| Deadline { at: tokio::time::Instant::now() + after, after });
        Self { engine: engine.clone(), events, task, stop, deadline }
    }

    /// The next event; `None` when the statement is done. While its result is read in a pager,
    /// Ctrl-C is the pager's own.
    ///
    /// # Errors
    /// The statement failed or took too long, or the user pressed Ctrl-C.
    pub(super) async fn next(&mut self, in_pager: bool) -> Result<Option<Event>> {
        let asked = async { if in_pager { interrupt::leaving().await } else { interrupt::asked().await } };
        // The time of whoever reads in a pager is not that of the statement.
        let deadline = self.deadline.filter(|_| !in_pager);
        tokio::select! {
            biased;
            () = asked => Err(Error::interrupted()),
            after = Deadline::passed(deadline) => Err(too_late(after)),
            event = self.events.recv() => match event {
                Some(event) => Ok(Some(event)),
                // The sender is gone: the task has ended, well or not.
                None => match (&mut self.task).await {
                    Ok(result) => result.map(|()| None),
                    Err(error) if error.is_cancelled() => Err(Error::interrupted()),
                    Err(error) => Err(stopped(&error)),
                },
            }
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.stop.now();
        if !self.task.is_finished() {
            self.engine.give_up(&self.task);
        }
    }
}

async fn produce(
    engine: Engine,
    job: Job,
    encoder: Option<Arc<dyn Encode>>,
    events: Sender<Event>,
    stop: Stop,
    reads: Arc<OnceLock<Vec<Stored>>>,
) -> Result<()> {
    let begun = Instant::now();
    let mut planned = engine.plan(&job).await?;
    let left_out = std::mem::take(&mut planned.left_out);
    let advice = std::mem::take(&mut planned.advice);
    let findings: Vec<Message> =
        std::mem::take(&mut planned.findings).into_iter().map(|finding| finding.text).collect();
    let has_result = planned.has_result();
    let worded = planned.worded(&job);
    let tables = planned.tables().to_vec();
    let (stored, volatile) = (planned.stored().to_vec(), planned.volatile().to_vec());
    let _ = reads.set(stored.clone());
    let Running { plan, mut stream } = engine.start(planned, &job, &stop).await?;
    let told = Planned {
        plan,
        took: begun.elapsed(),
        tables,
        stored: stored.clone(),
        volatile,
        left_out,
        findings,
        advice,
        worded,
    };
    if events.send(Event::Planned(Box::new(told))).await.is_err() {
        return Ok(());
    }
    let schema = stream.schema();
    let mut begun = false;
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(|error| engine.read_fault(error, &job, &stored))?;
        if !has_result || batch.num_rows() == 0 {
            continue;
        }
        // The header goes out with the first rows: a statement that fails before them writes nothing.
        if !begun && events.send(Event::Begin(schema.clone())).await.is_err() {
            return Ok(());
        }
        begun = true;
        // On another of the engine's threads, while the next rows are being made on this one.
        let bytes = encoder.clone().map(|encoder| {
            let batch = batch.clone();
            tokio::spawn(async move { encoder.encode(&batch) })
        });
        if events.send(Event::Rows(Rows { batch, bytes })).await.is_err() {
            // Nobody reads on: the pipe was closed or the work was stopped.
            return Ok(());
        }
    }
    if has_result && !begun {
        // A result without rows has a header all the same.
        let _ = events.send(Event::Begin(schema)).await;
    }
    Ok(())
}

/// The error for a panic of the engine, in a statement that reads these files.
fn panicked(panic: &(dyn std::any::Any + Send), reads: Option<&Vec<Stored>>) -> Error {
    let words = panic
        .downcast_ref::<&str>()
        .map(|words| (*words).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned());
    let paths = reads.into_iter().flatten().map(|stored| format!("`{}`", stored.path.display()));
    let paths = paths.collect::<Vec<_>>().join(", ");
    let error = match paths.is_empty() {
        true => Error::data(say!("the engine gave up on this statement: {words}", words)),
        false => Error::data(say!(
            "the engine gave up on this statement, which reads {paths}: {words}",
            paths,
            words
        )),
    };
    error.hint(say!("a damaged data file is one cause: `tongket tables` reads each"))
}
