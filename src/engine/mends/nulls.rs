//! `IS NOT DISTINCT FROM` in one join, and what other joins and conditions take for equal.
//!
//! Two rules of DataFusion 55 know one answer to "is null equal to null?" for joins that have two:
//! `eliminate_cross_join` makes the inner joins of a statement anew and gives each that of the topmost, and
//! `extract_equijoin_predicate` puts an `=` beside the keys of a join that takes null for equal to null.

use datafusion::common::NullEquality;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::{Join, JoinType, LogicalPlan};

/// Whether a node is a join that takes null for equal to null.
pub(super) fn equal_here(plan: &LogicalPlan) -> bool {
    matches!(plan, LogicalPlan::Join(join) if takes_null_for_equal(join))
}

fn takes_null_for_equal(join: &Join) -> bool {
    join.null_equality == NullEquality::NullEqualsNull
}

/// Whether an inner join of a plan takes null for equal to null.
pub(super) fn equal_somewhere(plan: &LogicalPlan) -> bool {
    let mut found = false;
    // The look itself does not fail.
    let _ = plan.apply_with_subqueries(|node| {
        found |= matches!(node, LogicalPlan::Join(join) if join.join_type == JoinType::Inner && takes_null_for_equal(join));
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    found
}
