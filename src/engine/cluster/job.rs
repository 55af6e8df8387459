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
use datafusion::common::runtime::SpawnedTask;
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
use tokio::sync::OnceCell;
use tonic::transport::{Channel, Endpoint};

use crate::engine::tree::{Operator, Plan, Told, is_passed_over};

type Distributed = DistributedQueryExec<LogicalPlanNode>;

/// How often the scheduler is asked, and how long it is waited for when all rows are there.
const EVERY: Duration = Duration::from_millis(500);
const LAST: Duration = Duration::from_secs(1);

/// The operator that takes in the rows of another stage: `ShuffleReaderExec: upstream_stage: 2, …`.
const READER: &str = "ShuffleReaderExec";
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
    scheduler: Arc<OnceCell<SchedulerGrpcClient<Channel>>>,
    home: Arc<Home>,
    told: Arc<Mutex<Told>>,
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
        Arc::new(Self {
            sent: made,
            line: line.clone(),
            scheduler: Arc::default(),
            home: Arc::new(home),
            told: Arc::default(),
        })
    }

    /// Its number, as soon as the scheduler has taken it.
    pub(super) fn id(&self) -> Option<JobId> {
        self.sent.downcast_ref::<Distributed>()?.job_id()
    }

    /// The operators of the stages that are done, each below the one that takes in its rows; some are left out
    /// as long as the plan runs.
    pub(in crate::engine) fn told(&self) -> Told {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Told { of: self.home.rows.get().copied(), ..told }
    }

    /// Keeps asking, while rows are waited for.
    async fn ask_again(self) {
        tokio::time::sleep(EVERY).await;
        // What is done sooner has no use for it, and there may be many files to look into; ended with this.
        let home = self.home.clone();
        let _looking = SpawnedTask::spawn(async move { home.look().await });
        loop {
            self.ask().await;
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Asks once; nothing where there is no answer, and what was told before stays.
    async fn ask(&self) -> Option<()> {
        let asked = GetJobMetricsParams { job_id: self.id()?.to_string() };
        let connecting = || async { self.line.connect().await.ok_or(()) };
        let mut scheduler = self.scheduler.get_or_try_init(connecting).await.ok()?.clone();
        let stages = scheduler.get_job_metrics(asked).await.ok()?.into_inner().stages;
        self.told.lock().unwrap_or_else(PoisonError::into_inner).operators = trees(stages);
        Some(())
    }

    /// Asks for the last time, when all stages are done.
    async fn ask_last(self) {
        if let Ok(Some(())) = tokio::time::timeout(LAST, self.ask()).await {
            self.told.lock().unwrap_or_else(PoisonError::into_inner).is_whole = true;
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
    fn name(&self) -> &'static str {
        "JobExec"
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
        let mut asking = Box::pin(self.clone().ask_again());
        let rows = stream::poll_fn(move |context| {
            let _never_done = asking.as_mut().poll(context);
            rows.poll_next_unpin(context)
        });
        // Who looks at the plan next is told of all stages.
        let last = stream::once(self.clone().ask_last());
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
    let upstream = told.operator_desc.split_once(UPSTREAM).filter(|_| told.operator_type == READER);
    let upstream = upstream.and_then(|(_, number)| number.split(',').next()?.parse().ok());
    if let Some(stage) = upstream.and_then(|upstream: u32| others.remove(&upstream)) {
        inputs.extend(tree(stage, others));
    }
    let metrics: Option<MetricsSet> = OperatorMetricsSet { metrics: told.metrics }.try_into().ok();
    Some(match (is_passed_over(&told.operator_type), inputs.as_slice()) {
        (true, [_]) => inputs.remove(0),
        _ => Operator::measured(&told.operator_desc, metrics.as_ref(), partitions, inputs),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(stage_id: u32, operators: &[(u32, &str)]) -> JobStageMetrics {
        let operators = operators.iter().map(|(depth, line)| OperatorWithMetrics {
            depth: *depth,
            operator_type: line.split(':').next().unwrap_or_default().to_owned(),
            operator_desc: (*line).to_owned(),
            metrics: Vec::new(),
        });
        JobStageMetrics { stage_id, partitions: 2, operators: operators.collect() }
    }

    fn drawn(trees: &[Operator]) -> String {
        let each = |tree: &Operator| match tree.inputs.as_slice() {
            [] => tree.operator.clone(),
            inputs => format!("{}({})", tree.operator, drawn(inputs)),
        };
        trees.iter().map(each).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn stages_are_one_tree_in_which_each_stands_once() {
        let scan = |number| stage(number, &[(0, "Writer"), (1, "CooperativeExec"), (2, "DataSourceExec: t")]);
        let reader = |number: u32| format!("{READER}: {UPSTREAM}{number}, partitioning: Hash([a@0], 16)");
        let (one, two) = (reader(1), reader(2));
        let middle =
            stage(2, &[(0, "Writer"), (1, "Join"), (2, &one), (2, "FilterExec: upstream_stage: 0, b")]);
        let last = stage(3, &[(0, "Union"), (1, &two), (1, &one)]);
        assert_eq!(
            drawn(&trees(vec![scan(0), scan(1), middle.clone(), last])),
            "Union(ShuffleReaderExec(Writer(Join(ShuffleReaderExec(Writer(DataSourceExec)) FilterExec))) \
             ShuffleReaderExec) Writer(DataSourceExec)"
        );
        // Of a job that runs, what is done.
        assert_eq!(drawn(&trees(vec![scan(1), scan(0)])), "Writer(DataSourceExec) Writer(DataSourceExec)");
        assert_eq!(drawn(&trees(vec![stage(1, &[])])), "");
    }
}
