//! EXPLAIN: a query's plan as a result, with what each operator did where it is run first.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::sql::parser::Statement as Parsed;
use datafusion::sql::sqlparser::ast::Statement as Sql;
use futures::StreamExt;

use super::tree::{Operator, Plan};
use crate::error::Error;
use crate::say;

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

    /// The tree of a plan as the rows of a result; measured, the plan is run first and its rows dropped.
    pub(super) fn told(
        self,
        plan: Arc<dyn ExecutionPlan>,
        context: Arc<TaskContext>,
    ) -> SendableRecordBatchStream {
        let batch = async move {
            let measured = self == Self::Measured;
            if measured {
                let mut rows = execute_stream(plan.clone(), context)?;
                while let Some(batch) = rows.next().await {
                    batch?;
                }
            }
            let plan = Plan(plan);
            if measured && !plan.is_told() {
                let error = Error::data(say!("the cluster did not tell what it has done"));
                return Err(DataFusionError::External(Box::new(error.hint(say!("ask again")))));
            }
            let tree = if measured { plan.measured() } else { plan.planned() };
            tree.batch(measured).map_err(DataFusionError::from)
        };
        Box::pin(RecordBatchStreamAdapter::new(self.schema(), futures::stream::once(batch)))
    }
}
