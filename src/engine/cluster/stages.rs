//! Stages that end when they are given up.
//!
//! Ballista drops the work of a stage that is given up, which has to wait until it pauses. A join that finds no
//! pair never does: here it is told, as in a process of its own (`engine/stop.rs`).

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use ballista_core::JobId;
use ballista_core::serde::protobuf::{
    RuntimeStatsReport, ShuffleWritePartition, TaskColumnStats, WindowStateReport,
};
use ballista_executor::execution_engine::{DefaultExecutionEngine, ExecutionEngine, QueryStageExecutor};
use datafusion::common::exec_err;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::prelude::SessionConfig;
use tokio::task::AbortHandle;

use super::super::Stop;
use super::super::workers::Workers;

/// Makes such stages, and has the threads that work on them: Ballista's own are then free to hear that one
/// is given up.
pub struct Stages {
    inner: DefaultExecutionEngine,
    workers: Arc<Workers>,
}

impl Stages {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system gives none.
    pub fn start() -> std::io::Result<Self> {
        // Each fetch of rows from another executor has a connection of its own: Ballista's store of them is
        // not for others.
        Ok(Self { inner: DefaultExecutionEngine::new(), workers: Arc::new(Workers::start()?) })
    }
}

impl ExecutionEngine for Stages {
    fn create_query_stage_exec(
        &self,
        job: JobId,
        stage: usize,
        task: usize,
        partitions: Vec<usize>,
        plan: Arc<dyn ExecutionPlan>,
        folder: &str,
        config: &SessionConfig,
    ) -> Result<Arc<dyn QueryStageExecutor>> {
        let stop = Stop::default();
        let plan = stop.watched_by(plan)?;
        let inner = self.inner.create_query_stage_exec(job, stage, task, partitions, plan, folder, config)?;
        Ok(Arc::new(Stage { inner, stop, workers: self.workers.clone() }))
    }
}

struct Stage {
    inner: Arc<dyn QueryStageExecutor>,
    stop: Stop,
    workers: Arc<Workers>,
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// Gives work up when it is dropped.
struct Leash(Stop, AbortHandle);

impl Drop for Leash {
    fn drop(&mut self) {
        self.0.now();
        self.1.abort();
    }
}

#[async_trait]
impl QueryStageExecutor for Stage {
    async fn execute_query_stage(
        &self,
        task: usize,
        context: Arc<TaskContext>,
    ) -> Result<Vec<ShuffleWritePartition>> {
        let inner = self.inner.clone();
        let work = self.workers.spawn(async move { inner.execute_query_stage(task, context).await });
        let _leash = Leash(self.stop.clone(), work.abort_handle());
        work.await.unwrap_or_else(|error| exec_err!("the executor gave up on a stage: {error}"))
    }

    fn collect_plan_metrics(&self) -> Vec<MetricsSet> {
        self.inner.collect_plan_metrics()
    }

    fn collect_runtime_stats_reports(&self) -> Vec<RuntimeStatsReport> {
        self.inner.collect_runtime_stats_reports()
    }

    fn collect_window_state_reports(&self) -> Result<Vec<WindowStateReport>> {
        self.inner.collect_window_state_reports()
    }

    fn collect_column_stats(&self) -> Vec<TaskColumnStats> {
        self.inner.collect_column_stats()
    }
}
