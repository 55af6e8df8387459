//! From a plan to rows: the statement begins to run, or, under EXPLAIN, is told about.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::error::{DataFusionError, Result as DfResult};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::DataFrame;
use datafusion::sql::parser::Statement as Parsed;
use datafusion::sql::sqlparser::ast::Statement as Sql;
use futures::StreamExt;

use super::plan::Planned;
use super::stop::Stop;
use super::tree::{Operator, Plan};
use super::{Engine, Job};
use crate::error::Result;

/// What EXPLAIN asks of a statement, where we answer ourselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Explain {
    /// The tree of operators.
    Planned,
    /// The same after running them, with times and rows.
    Measured,
}

impl Explain {
    /// Takes the EXPLAIN off a query; one that asks for a form of the engine's own stays as it is, and
    /// so does what makes or changes something.
    pub(super) fn take(parsed: Parsed) -> (Option<Self>, Parsed) {
        match parsed {
            Parsed::Explain(explain)
                if !explain.options.verbose
                    && explain.options.format.is_none()
                    && matches!(&*explain.statement, Parsed::Statement(sql) if matches!(**sql, Sql::Query(_))) =>
            {
                let mode = if explain.options.analyze { Self::Measured } else { Self::Planned };
                (Some(mode), *explain.statement)
            }
            parsed => (None, parsed),
        }
    }

    /// The columns of the answer.
    pub(super) fn schema(self) -> SchemaRef {
        Operator::schema(self == Self::Measured)
    }
}

/// A statement that runs.
pub struct Running {
    /// How it is done; measured while it runs.
    pub plan: Plan,
    /// Its rows.
    pub stream: SendableRecordBatchStream,
}

impl Engine {
    /// Starts a plan; `stop` ends it where its threads cannot be reached.
    ///
    /// # Errors
    /// It cannot be optimised or started.
    pub async fn start(&self, planned: Planned, job: &Job, stop: &Stop) -> Result<Running> {
        self.try_start(planned, stop).await.map_err(|error| self.fault(error, job))
    }

    async fn try_start(&self, planned: Planned, stop: &Stop) -> DfResult<Running> {
        let explain = planned.explain;
        let mut frame = match explain {
            // Not to be run: a CREATE that is explained makes nothing.
            Some(_) => DataFrame::new(self.context.state(), planned.plan),
            None => self.context.execute_logical_plan(planned.plan).await?,
        };
        if planned.scans.whole_files {
            let (mut state, plan) = frame.into_parts();
            state.config_mut().options_mut().optimizer.repartition_file_scans = false;
            frame = DataFrame::new(state, plan);
        }
        let context = Arc::new(frame.task_ctx());
        let plan = stop.watched_by(frame.create_physical_plan().await?)?;
        let stream = match explain {
            None => execute_stream(plan.clone(), context)?,
            Some(explain) => told(plan.clone(), context, explain),
        };
        Ok(Running { plan: Plan(plan), stream })
    }
}

/// The tree of a plan as the rows of a result; measured, the plan is run first and its rows dropped.
fn told(
    plan: Arc<dyn ExecutionPlan>,
    context: Arc<TaskContext>,
    explain: Explain,
) -> SendableRecordBatchStream {
    let batch = async move {
        let measured = explain == Explain::Measured;
        if measured {
            let mut rows = execute_stream(plan.clone(), context)?;
            while let Some(batch) = rows.next().await {
                batch?;
            }
        }
        let plan = Plan(plan);
        let tree = if measured { plan.measured() } else { plan.planned() };
        tree.batch(measured).map_err(DataFusionError::from)
    };
    Box::pin(RecordBatchStreamAdapter::new(explain.schema(), futures::stream::once(batch)))
}
