//! From a plan to rows: the statement begins to run, or, under EXPLAIN, is told about.

use std::sync::Arc;

use datafusion::error::{DataFusionError, Result as DfResult};
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::DataFrame;

#[cfg(feature = "cluster")]
use super::cluster;
use super::plan::Planned;
use super::scan::{Scans, still_there};
use super::share::Run;
use super::stop::Stop;
use super::tree::Plan;
use super::{Engine, Job, pages, parts, share};
use crate::error::Result;

/// A statement that runs.
pub struct Running {
    /// How it is done; measured while it runs.
    pub plan: Plan,
    /// Its rows.
    pub stream: SendableRecordBatchStream,
}

/// Whether a plan only reads: nothing is made, changed, set or told about.
fn is_query(plan: &LogicalPlan) -> bool {
    !matches!(
        plan,
        LogicalPlan::Ddl(_)
            | LogicalPlan::Dml(_)
            | LogicalPlan::Copy(_)
            | LogicalPlan::Statement(_)
            | LogicalPlan::Explain(_)
            | LogicalPlan::Analyze(_)
            | LogicalPlan::DescribeTable(_)
    )
}

impl Engine {
    /// Starts a plan; `stop` ends it where its threads cannot be reached.
    ///
    /// # Errors
    /// It cannot be optimised or started.
    pub async fn start(&self, planned: Planned, job: &Job, stop: &Stop) -> Result<Running> {
        self.try_start(planned, stop).await.map_err(|error| self.fault(error, job))
    }

    /// Whether plans are worked off elsewhere: what is kept or counted here is not known there.
    fn is_elsewhere(&self) -> bool {
        #[cfg(feature = "cluster")]
        return self.cluster.is_some();
        #[cfg(not(feature = "cluster"))]
        false
    }

    /// The optimized plan of a query, in which what it repeats is worked out once.
    fn optimized(&self, state: &SessionState, scans: &Scans, plan: LogicalPlan) -> DfResult<LogicalPlan> {
        self.plans.optimized(state, scans, plan, |plan| {
            // What is kept cannot go on on the disk, as an aggregate does that is worked out twice.
            let plan =
                if self.is_tight || self.is_elsewhere() { plan } else { share::repeated(plan, state)? };
            state.optimize(&plan)
        })
    }

    async fn try_start(&self, planned: Planned, stop: &Stop) -> DfResult<Running> {
        let Planned { plan, scans, explain, .. } = planned;
        let (mut state, plan) = if is_query(&plan) {
            let state = self.context.state();
            let plan = self.optimized(&state, &scans, plan)?;
            (state, plan)
        } else {
            #[cfg(feature = "cluster")]
            if self.cluster.is_some() {
                cluster::refuse_tables(&plan)?;
            }
            let frame = match explain {
                // Not to be run: a CREATE that is explained makes nothing.
                Some(_) => DataFrame::new(self.context.state(), plan),
                None => self.context.execute_logical_plan(plan).await?,
            };
            let (state, plan) = frame.into_parts();
            let plan = state.optimize(&plan)?;
            (state, plan)
        };
        let options = state.config_mut().options_mut();
        if scans.whole_files {
            options.optimizer.repartition_file_scans = false;
        }
        if !self.is_elsewhere() && parts::one_is_enough(&scans, &plan) {
            options.execution.target_partitions = 1;
        }
        let context = state.task_ctx();
        state.config_mut().set_extension(Arc::new(Run::new(stop.clone())));
        let physical = state.query_planner().create_physical_plan(&plan, &state).await?;
        // The files were looked up just now, and one that was gone would have been taken for no rows.
        still_there(&scans.stored).map_err(|error| DataFusionError::External(Box::new(error)))?;
        let plan = stop.watched_by(physical)?;
        if !self.is_elsewhere() {
            pages::for_rows(Plan(plan.clone()).scanned().of);
        }
        let stream = match explain {
            None => execute_stream(plan.clone(), context)?,
            Some(explain) => explain.told(plan.clone(), context),
        };
        #[cfg(feature = "cluster")]
        let stream = match &self.cluster {
            Some(cluster) => cluster.watched(&plan, stream, stop),
            None => stream,
        };
        Ok(Running { plan: Plan(plan), stream })
    }
}
