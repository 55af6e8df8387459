//! `IS NOT DISTINCT FROM` in one join, and what other joins and conditions take for equal.
//!
//! Two rules of DataFusion 55 know one answer to "is null equal to null?" for joins that have two:
//! `eliminate_cross_join` makes the inner joins of a statement anew and gives each that of the topmost, and
//! `extract_equijoin_predicate` puts an `=` beside the keys of a join that takes null for equal to null.

use std::sync::Arc;

use datafusion::common::NullEquality;
use datafusion::common::tree_node::{Transformed, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::logical_expr::{Join, JoinType, LogicalPlan};
use datafusion::optimizer::optimizer::ApplyOrder;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

/// A rule of the engine, held off where it would mistake nulls.
#[derive(Debug)]
pub(super) struct TellingNullsApart {
    pub(super) rule: Arc<dyn OptimizerRule + Send + Sync>,
}

impl OptimizerRule for TellingNullsApart {
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
        let mistakes = match self.rule.apply_order() {
            // It looks at one node after the other.
            Some(_) => matches!(&plan, LogicalPlan::Join(join) if takes_null_for_equal(join)),
            None => somewhere(&plan),
        };
        if mistakes { Ok(Transformed::no(plan)) } else { self.rule.rewrite(plan, config) }
    }
}

fn takes_null_for_equal(join: &Join) -> bool {
    join.null_equality == NullEquality::NullEqualsNull
}

/// Whether an inner join of a plan takes null for equal to null.
fn somewhere(plan: &LogicalPlan) -> bool {
    let mut found = false;
    // The look itself does not fail.
    let _ = plan.apply_with_subqueries(|node| {
        found |= matches!(node, LogicalPlan::Join(join) if join.join_type == JoinType::Inner && takes_null_for_equal(join));
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    found
}
