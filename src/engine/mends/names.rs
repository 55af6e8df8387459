//! Columns of one name on both sides of a join, and conditions that are moved below them.
//!
//! `FilterPushdown` of DataFusion 55 hands a condition from operator to operator, and most of them look its
//! columns up in their input by name (`FilterRemapper::try_remap`): of two that are called `kind` the first
//! is found, and a condition on the one side of a join filters by the other. Above each such operator comes
//! one that keeps conditions from it; the operator's own go down as ever, and a join, which tells its sides
//! apart, takes them in.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::joins::HashJoinExec;
use datafusion::physical_plan::projection::ProjectionExec;

use super::cuts::is_cut_short;
use super::forgetting::{Forgetting, What};

/// The engine's rule, kept from operators that would take one column for another, or cut their rows short.
#[derive(Debug)]
pub(super) struct TellingNamesApart {
    pub(super) rule: Arc<dyn PhysicalOptimizerRule + Send + Sync>,
    /// Whether what keeps conditions away may stay: at the end, where other rules do not look for what it
    /// stands between, and where it is too late to make operators anew.
    pub(super) is_last: bool,
}

impl PhysicalOptimizerRule for TellingNamesApart {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let kept = plan.transform_up(|plan| {
            Ok(if mistakes_columns(&plan) || is_cut_short(&plan) {
                Transformed::yes(Arc::new(Forgetting::new(plan, What::Filters)) as Arc<dyn ExecutionPlan>)
            } else {
                Transformed::no(plan)
            })
        })?;
        let optimized = self.rule.optimize(kept.data, config)?;
        if self.is_last || !kept.transformed {
            return Ok(optimized);
        }
        let without = |plan: Arc<dyn ExecutionPlan>| match plan.downcast_ref::<Forgetting>() {
            Some(Forgetting { input, what: What::Filters, .. }) => Ok(Transformed::yes(input.clone())),
            _ => Ok(Transformed::no(plan)),
        };
        optimized.transform_up(without).map(|plan| plan.data)
    }

    fn name(&self) -> &str {
        self.rule.name()
    }

    fn schema_check(&self) -> bool {
        self.rule.schema_check()
    }
}

/// Whether an operator looks up by name what has its name twice: most in their input, a projection in what it
/// gives, from which it then knows the place.
fn mistakes_columns(plan: &Arc<dyn ExecutionPlan>) -> bool {
    if plan.is::<ProjectionExec>() {
        return has_namesakes(plan);
    }
    let below = plan.children().into_iter().any(has_namesakes);
    below || !plan.is::<HashJoinExec>() && !plan.children().is_empty() && has_namesakes(plan)
}

fn has_namesakes(plan: &Arc<dyn ExecutionPlan>) -> bool {
    let schema = plan.schema();
    let mut names = HashSet::new();
    !schema.fields().iter().all(|field| names.insert(field.name()))
}
