//! A plan that is worked off on a cluster, and what its scheduler tells of that.
//!
//! The scheduler cuts a plan into stages and tells of those that are done: their operators, with the rows that
//! each gave and the time that it took. Of a stage that runs it tells nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use ballista_core::JobId;
use ballista_core::execution_plans::DistributedQueryExec;
use ballista_core::extension::EndpointOverrideFn;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{
    GetJobMetricsParams, JobStageMetrics, OperatorMetricsSet, OperatorWithMetrics,
};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::Result as DfResult;
use datafusion::execution::{SendableRecordBatchStream, SessionState, TaskContext};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use datafusion::physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner};
use datafusion_proto::protobuf::LogicalPlanNode;
use futures::{StreamExt, stream};
use tonic::transport::{Channel, Endpoint};

use super::PATIENCE;
use crate::engine::tree::{Operator, Plan, Told, is_passed_over};

type Distributed = DistributedQueryExec<LogicalPlanNode>;

/// How often the scheduler is asked.
const EVERY: Duration = Duration::from_millis(500);

/// What a stage's operators take in of another: `ShuffleReaderExec: upstream_stage: 2, …`.
const UPSTREAM: &str = "upstream_stage: ";

/// Bytes that an answer may have: of a plan with many operators, on many machines.
const MOST_BYTES: usize = 64 << 20;

/// The way to a scheduler.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) url: String,
    /// What is done to it before it is connected, where it is encrypted.
    pub(super) encrypted: Option<EndpointOverrideFn>,
}

impl Line {
    /// Nothing where nobody answers.
    pub(super) async fn connect(&self) -> Option<SchedulerGrpcClient<Channel>> {
        let line = Endpoint::from_shared(self.url.clone()).ok()?;
        let line = match &self.encrypted {
            Some(encrypted) => encrypted(line).ok()?,
            None => line,
        };
        Some(SchedulerGrpcClient::new(line.connect().await.ok()?).max_decoding_message_size(MOST_BYTES))
    }
}

/// The operator.
#[derive(Clone)]
pub(in crate::engine) struct JobExec {
    /// Ballista's own, which sends the plan and takes in its rows.
    sent: Arc<dyn ExecutionPlan>,
    line: Line,
    home: Arc<Home>,
    told: Arc<Mutex<Vec<Operator>>>,
}

/// The same plan in this process, which knows how many rows there are to read.
struct Home {
    plan: LogicalPlan,
    session: SessionState,
    rows: OnceLock<u64>,
}

impl Home {
    async fn look(&self) {
        let planned = DefaultPhysicalPlanner::default().create_physical_plan(&self.plan, &self.session).await;
        if let Some(rows) = planned.ok().and_then(|plan| Plan(plan).scanned().of) {
            let _already = self.rows.set(rows);
        }
    }
}

impl JobExec {
    /// What was made of a plan: where it is sent, with what will be told of it, else as it is.
    pub(super) fn told_of(
        made: Arc<dyn ExecutionPlan>,
        plan: &LogicalPlan,
        session: &SessionState,
        line: &Line,
    ) -> Arc<dyn ExecutionPlan> {
        if made.downcast_ref::<Distributed>().is_none() {
            return made;
        }
        let home = Home { plan: plan.clone(), session: session.clone(), rows: OnceLock::new() };
        Arc::new(Self { sent: made, line: line.clone(), home: Arc::new(home), told: Arc::default() })
    }

    /// Its number, as soon as the scheduler has taken it.
    pub(super) fn id(&self) -> Option<JobId> {
        self.sent.downcast_ref::<Distributed>()?.job_id()
    }

    /// The operators of the stages that are done, each below the one that takes in its rows; some are left out
    /// as long as the plan runs.
    pub(in crate::engine) fn told(&self) -> Told {
        let operators = self.told.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Told { operators, of: self.home.rows.get().copied() }
    }

    /// Keeps asking, while rows are waited for.
    async fn ask_again(self) {
        let mut line = None;
        tokio::time::sleep(EVERY).await;
        // What is done sooner has no use for it, and there may be many files to look into.
        self.home.look().await;
        loop {
            self.ask(&mut line).await;
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Asks once; where nothing is answered, what was told before stays.
    async fn ask(&self, line: &mut Option<SchedulerGrpcClient<Channel>>) {
        let Some(id) = self.id() else { return };
        if line.is_none() {
            *line = self.line.connect().await;
        }
        let Some(scheduler) = line else { return };
        let asked = GetJobMetricsParams { job_id: id.to_string() };
        if let Ok(answer) = scheduler.get_job_metrics(asked).await {
            let stages = answer.into_inner().stages;
            *self.told.lock().unwrap_or_else(PoisonError::into_inner) = trees(stages);
        }
    }
}

impl fmt::Debug for JobExec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sent.fmt(f)
    }
}

impl DisplayAs for JobExec {
    fn fmt_as(&self, form: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        self.sent.fmt_as(form, f)
    }
}

impl ExecutionPlan for JobExec {
    fn name(&self) -> &str {
        self.sent.name()
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.sent.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> DfResult<TreeNodeRecursion>,
    ) -> DfResult<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
    ) -> DfResult<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, part: usize, context: Arc<TaskContext>) -> DfResult<SendableRecordBatchStream> {
        let mut rows = self.sent.execute(part, context)?;
        let schema = rows.schema();
        let job = self.clone();
        let mut asking = Box::pin(self.clone().ask_again());
        let rows = stream::poll_fn(move |context| {
            let _never_done = asking.as_mut().poll(context);
            rows.poll_next_unpin(context)
        });
        // All stages are done now; who looks at the plan next is told of each.
        let last = stream::once(async move {
            let _ = tokio::time::timeout(PATIENCE, job.ask(&mut None)).await;
        });
        let rows = rows.chain(last.filter_map(|()| std::future::ready(None)));
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        self.sent.metrics()
    }
}

/// The stages as trees of operators.
fn trees(stages: Vec<JobStageMetrics>) -> Vec<Operator> {
    let mut stages: BTreeMap<u32, JobStageMetrics> =
        stages.into_iter().map(|stage| (stage.stage_id, stage)).collect();
    let mut trees = Vec::new();
    // A stage is numbered after those whose rows it takes in.
    while let Some((_, stage)) = stages.pop_last() {
        trees.extend(tree(stage, &mut stages));
    }
    trees
}

/// One of them, with those below it; of one that two take in, below the first.
fn tree(stage: JobStageMetrics, others: &mut BTreeMap<u32, JobStageMetrics>) -> Option<Operator> {
    let mut operators = stage.operators.into_iter().peekable();
    operator(&mut operators, stage.partitions as usize, others)
}

fn operator(
    operators: &mut std::iter::Peekable<impl Iterator<Item = OperatorWithMetrics>>,
    partitions: usize,
    others: &mut BTreeMap<u32, JobStageMetrics>,
) -> Option<Operator> {
    let told = operators.next()?;
    let mut inputs = Vec::new();
    while operators.peek().is_some_and(|next| next.depth > told.depth) {
        inputs.extend(operator(operators, partitions, others));
    }
    let upstream = told.operator_desc.split_once(UPSTREAM).map(|(_, number)| {
        number.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().parse::<u32>()
    });
    if let Some(Ok(upstream)) = upstream
        && let Some(stage) = others.remove(&upstream)
    {
        inputs.extend(tree(stage, others));
    }
    let metrics: Option<MetricsSet> = OperatorMetricsSet { metrics: told.metrics }.try_into().ok();
    Some(match (is_passed_over(&told.operator_type), inputs.as_slice()) {
        (true, [_]) => inputs.remove(0),
        _ => Operator::measured(&told.operator_desc, metrics.as_ref(), partitions, inputs),
    })
}
