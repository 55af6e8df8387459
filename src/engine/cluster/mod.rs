//! Statements on a Ballista cluster: the same session, but plans that read files are worked off elsewhere.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `codec` | how our functions and operators travel in a plan |
//! | `job` | a plan that runs there, and what is told of it |
//! | `node` | the session of a scheduler and the functions of an executor: ours are there too |
//! | `stages` | pieces of work that end when they are given up |
//! | `tls` | both ends of a line that is encrypted |
//! | `told` | what went wrong there, in our words |
//!
//! A plan that reads stored files goes to the scheduler, optimized once here; it is optimized again and cut
//! into stages there. What reads none (constants, lists of tables, tables of the session) stays here: the
//! nodes have nothing to add to it. The files must be seen by every node under the path that they have here.

mod codec;
mod job;
pub mod node;
pub mod stages;
pub mod tls;
mod told;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use ballista_core::config::BALLISTA_CLIENT_PULL;
use ballista_core::extension::SessionConfigExt;
use ballista_core::optimizer::with_ballista_optimizer_rules;
use ballista_core::planner::BallistaQueryPlanner;
use ballista_core::serde::protobuf::CancelJobParams;
use datafusion::catalog::Session;
use datafusion::common::TableReference;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::listing::ListingTable;
use datafusion::datasource::source_as_provider;
use datafusion::error::{DataFusionError, Result as DfResult};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::QueryPlanner;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::{DdlStatement, LogicalPlan};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner};
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::LogicalPlanNode;

use self::codec::Plans;
pub(super) use self::job::JobExec;
use self::job::Line;
use super::Stop;
use super::mends;
use crate::config::cluster::{Scheduler, Tls};
use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;

/// Into how many parts a plan is cut, as by Ballista's own client.
const PARTS: usize = 16;

/// How long is waited for the scheduler to take a job, or to give one up.
const PATIENCE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_millis(10);

/// A cluster, and the jobs of ours that run on it.
pub(super) struct Cluster {
    at: Scheduler,
    line: Line,
    jobs: Mutex<Vec<Job>>,
}

struct Job {
    stop: Stop,
    plan: Weak<dyn ExecutionPlan>,
}

impl Cluster {
    /// # Errors
    /// What is to be shown on an encrypted line makes no sense.
    pub(super) fn new(at: &Scheduler, tls: Option<&Tls>) -> Result<Self> {
        let url = format!("http://{}:{}", at.host, at.port);
        let line = Line { url, encrypted: tls.map(tls::lines).transpose()? };
        Ok(Self { at: at.clone(), line, jobs: Mutex::default() })
    }

    /// The settings under which plans can be cut into stages.
    pub(super) fn settings(&self, settings: SessionConfig) -> SessionConfig {
        // The planner that changes a plan while it runs (Ballista 55) waits for ever where a join turns out to
        // have no rows on one side: it cannot give up the stages of the other.
        let settings = settings.upgrade_for_ballista().with_ballista_adaptive_query_planner(false);
        // How many cores there are is not known here, and those of this machine say nothing about it.
        let settings = settings.with_target_partitions(PARTS);
        // The number of a job comes at once, and not with its end: it can be given up.
        let settings = settings.set_bool(BALLISTA_CLIENT_PULL, true);
        match &self.line.encrypted {
            Some(lines) => settings.with_ballista_override_create_grpc_client_endpoint(lines.clone()),
            None => settings,
        }
    }

    /// A session whose plans are worked off there.
    pub(super) fn session(
        &self,
        state: SessionStateBuilder,
        settings: &SessionConfig,
    ) -> SessionStateBuilder {
        let remote = BallistaQueryPlanner::with_extension(
            self.line.url.clone(),
            settings.ballista_config(),
            Arc::new(Plans::default()),
        );
        state
            .with_query_planner(Arc::new(Planner {
                remote,
                line: self.line.clone(),
                local: DefaultPhysicalPlanner::default(),
            }))
            .with_optimizer_rules(with_ballista_optimizer_rules(&mends::optimizer_rules()))
    }

    /// Keeps in mind that a plan runs there, and tells its faults in our words.
    pub(super) fn watched(
        &self,
        plan: &Arc<dyn ExecutionPlan>,
        rows: SendableRecordBatchStream,
        stop: &Stop,
    ) -> SendableRecordBatchStream {
        if plan.downcast_ref::<JobExec>().is_none() {
            return rows;
        }
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.retain(|job| job.plan.strong_count() > 0);
        jobs.push(Job { stop: stop.clone(), plan: Arc::downgrade(plan) });
        told::in_our_words(rows, &self.at)
    }

    /// Gives up on the cluster what has been given up here, and waits for it a little.
    pub(super) fn give_up(&self) {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let given_up = jobs.extract_if(.., |job| job.stop.is_set()).filter_map(|job| job.plan.upgrade());
        let given_up: Vec<_> = given_up.collect();
        drop(jobs);
        if given_up.is_empty() {
            return;
        }
        let line = self.line.clone();
        // On a thread of its own: whoever gives up is within a runtime, or has none.
        let cancelling = std::thread::spawn(move || cancel(&line, &given_up));
        let _ = cancelling.join();
    }
}

/// Asks the scheduler to end jobs; where it does not answer, there is nothing to end.
fn cancel(line: &Line, plans: &[Arc<dyn ExecutionPlan>]) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let asking = async {
        let mut scheduler = line.connect().await?;
        let mut waiting: Vec<&JobExec> = plans.iter().filter_map(|plan| plan.downcast_ref()).collect();
        while !waiting.is_empty() {
            // A job has a number as soon as the scheduler has taken it.
            let taken: Vec<_> = waiting.extract_if(.., |job| job.id().is_some()).collect();
            for id in taken.into_iter().filter_map(JobExec::id) {
                scheduler.cancel_job(CancelJobParams { job_id: id.to_string() }).await.ok()?;
            }
            tokio::time::sleep(STEP).await;
        }
        Some(())
    };
    let _ = runtime.block_on(async { tokio::time::timeout(PATIENCE, asking).await });
}

/// Sends plans that read files to the cluster.
struct Planner {
    remote: BallistaQueryPlanner<LogicalPlanNode>,
    line: Line,
    local: DefaultPhysicalPlanner,
}

impl fmt::Debug for Planner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Planner")
    }
}

#[async_trait]
impl QueryPlanner for Planner {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        session: &dyn Session,
    ) -> DfResult<Arc<dyn ExecutionPlan>> {
        match reads_of(plan)? {
            Reads { files: false, .. } => self.local.create_physical_plan(plan, session).await,
            Reads { unnamed: Some(name), .. } => Err(refused(say!(
                "a cluster cannot read `{name}` by that name: its plans take the point for that of a schema",
                name
            ))),
            Reads { other: Some(name), .. } => Err(refused(say!(
                "a cluster cannot read stored files together with `{name}`, which is in this session alone",
                name
            ))),
            Reads { .. } if matches!(plan, LogicalPlan::Copy(_) | LogicalPlan::Dml(_)) => {
                Err(refused(say!("a cluster writes nothing by SQL")))
            }
            Reads { json_array: Some(name), .. } => Err(refused(say!(
                "a cluster cannot read `{name}`, a JSON array: its plans know only JSON of a row a line",
                name
            ))),
            Reads { .. } => {
                let sent = self.remote.create_physical_plan(plan, session).await?;
                Ok(match session.as_any().downcast_ref() {
                    Some(session) => JobExec::told_of(sent, plan, session, &self.line),
                    None => sent,
                })
            }
        }
    }
}

/// What a plan reads: stored files, a table that is none, one that is a JSON array, one whose name cannot travel.
#[derive(Default)]
struct Reads {
    files: bool,
    other: Option<String>,
    json_array: Option<String>,
    unnamed: Option<String>,
}

fn reads_of(plan: &LogicalPlan) -> DfResult<Reads> {
    let mut reads = Reads::default();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            note_name(&scan.table_name, &mut reads);
            let provider = source_as_provider(&scan.source)?;
            match provider.downcast_ref::<ListingTable>() {
                Some(table) => {
                    reads.files = true;
                    let format: &dyn std::any::Any = table.options().format.as_ref();
                    let json = format.downcast_ref::<JsonFormat>();
                    if json.is_some_and(|format| !format.is_newline_delimited()) {
                        reads.json_array = Some(scan.table_name.table().to_owned());
                    }
                }
                None => reads.other = Some(scan.table_name.table().to_owned()),
            }
        }
        if let LogicalPlan::SubqueryAlias(alias) = node {
            note_name(&alias.alias, &mut reads);
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(reads)
}

/// Notes a table's name that is another when it has travelled: as a text, in which a path has its points.
fn note_name(name: &TableReference, reads: &mut Reads) {
    if TableReference::parse_str_normalized(&name.to_string(), true) != *name {
        reads.unnamed = Some(name.table().to_owned());
    }
}

/// Refuses to make a table of the session of stored files: nobody could end that work.
///
/// # Errors
/// It is that.
pub(super) fn refuse_tables(plan: &LogicalPlan) -> DfResult<()> {
    match plan {
        LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(made)) if reads_of(&made.input)?.files => {
            Err(refused(say!("a cluster makes no table of the session from stored files")))
        }
        _ => Ok(()),
    }
}

/// What a cluster cannot do.
fn refused(message: Message) -> DataFusionError {
    let error = Error::data(message).hint(say!("leave out `--engine` to run it in this process"));
    DataFusionError::External(Box::new(error))
}
