//! A rule of the engine that is held off where it would go wrong.

use std::fmt;
use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::error::Result;
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::optimizer::ApplyOrder;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

/// The rule, and what it must not be given: a node of the plan where it looks at one after the other, else
/// the whole plan.
pub(super) struct HeldOff {
    pub(super) rule: Arc<dyn OptimizerRule + Send + Sync>,
    pub(super) from: fn(&LogicalPlan) -> bool,
}

impl fmt::Debug for HeldOff {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "HeldOff({})", self.rule.name())
    }
}

impl OptimizerRule for HeldOff {
    fn name(&self) -> &str {
        self.rule.name()
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        self.rule.apply_order()
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        if (self.from)(&plan) { Ok(Transformed::no(plan)) } else { self.rule.rewrite(plan, config) }
    }
}
