//! Pauses in operators that make many rows from few.
//!
//! DataFusion pauses where a plan reads; a join can make billions of rows between two reads, and
//! until it pauses it can be neither cancelled nor share its thread. Here each such operator counts
//! its batches against the budget that tokio gives a task.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::coop::CooperativeExec;

/// The operators whose output can be far larger than their input.
const MULTIPLIERS: [&str; 6] = [
    "CrossJoinExec",
    "NestedLoopJoinExec",
    "HashJoinExec",
    "SortMergeJoinExec",
    "PiecewiseMergeJoinExec",
    "UnnestExec",
];

/// Puts a pause above each operator that multiplies rows.
#[derive(Debug)]
pub(super) struct PauseInJoins;

impl PhysicalOptimizerRule for PauseInJoins {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let pause = |plan: Arc<dyn ExecutionPlan>| {
            Ok(if MULTIPLIERS.contains(&plan.name()) {
                Transformed::yes(Arc::new(CooperativeExec::new(plan)) as Arc<dyn ExecutionPlan>)
            } else {
                Transformed::no(plan)
            })
        };
        plan.transform_up(pause).map(|transformed| transformed.data)
    }

    fn name(&self) -> &str {
        "pause_in_joins"
    }

    fn schema_check(&self) -> bool {
        true
    }
}
