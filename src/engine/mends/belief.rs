//! What operators believe of rows and columns that are another's.
//!
//! The physical planner of DataFusion 55 leaves out sorting where it believes rows to be in order already,
//! and sends groups away early where it believes their keys to be past. Five beliefs are wrong:
//!
//! - An aggregate tells the operators above it that its keys are unique. Where a projection or a further
//!   grouping puts columns into another order, `EquivalenceProperties::project` keeps the positions of the
//!   keys as they were below, and another column passes for unique: `ORDER BY place, unit_id` loses its
//!   second key.
//! - An outer join (`EquivalenceGroup::join`) passes on which columns are constant below it, although those
//!   of one side are null where no row is found: `ORDER BY` them is left out.
//! - A union tells that what is constant in each of its inputs is constant in each partition. Sorting by the
//!   rest of the keys would do, but for `LIMIT`: `TopK` holds rows of one partition against those of another,
//!   and throws away what has the smaller label.
//! - A filter over the numbers of `generate_series`, which come in order, lets what equals them stand for them;
//!   the plan is then refused by the engine's own check.
//! - A join of sorted rows (`SortMergeJoinExec`) is asked for its rows in an order, and no more of them than a
//!   LIMIT: both are passed on to what goes into it (`sort_pushdown.rs`), and rows that would fit are cut off.
//! - An aggregate over grouping sets (`AggregateExec::compute_properties`) passes on the order, the constants
//!   and the partitions of its input, although keys are null in sets without them.
//!
//! Between such operators and what is above them comes one that tells less.

use std::sync::Arc;

use datafusion::common::JoinType;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::physical_expr::AcrossPartitions;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::execution_plan::replace_children_if_necessary;
use datafusion::physical_plan::joins::{HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec};
use datafusion::physical_plan::memory::LazyMemoryExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::union::UnionExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, PhysicalExpr};

use super::forgetting::{Forgetting, What};

/// Puts [`Forgetting`] where it is needed; the first of all rules.
#[derive(Debug)]
pub(super) struct Forget;

impl PhysicalOptimizerRule for Forget {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let forget = |mut plan: Arc<dyn ExecutionPlan>| {
            let mut changed = false;
            if let Some(input) = input_with_moved_keys(&plan) {
                let forgetting = Arc::new(Forgetting::new(input, What::Keys));
                (plan, changed) = (replace_children_if_necessary(plan, vec![forgetting])?, true);
            }
            if let Some(what) = believes_wrongly(&plan) {
                (plan, changed) = (Arc::new(Forgetting::new(plan, what)), true);
            }
            Ok(if changed { Transformed::yes(plan) } else { Transformed::no(plan) })
        };
        plan.transform_up(forget).map(|transformed| transformed.data)
    }

    fn name(&self) -> &'static str {
        "forget"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The input of an operator that puts what is unique in other places, where something is.
fn input_with_moved_keys(plan: &Arc<dyn ExecutionPlan>) -> Option<Arc<dyn ExecutionPlan>> {
    let (input, moves) = if let Some(projection) = plan.downcast_ref::<ProjectionExec>() {
        (projection.input(), moves(projection.expr().iter().map(|projected| &projected.expr)))
    } else if let Some(aggregate) = plan.downcast_ref::<AggregateExec>() {
        (aggregate.input(), moves(aggregate.group_expr().expr().iter().map(|(expr, _)| expr)))
    } else {
        return None;
    };
    let knows = !input.equivalence_properties().constraints().is_empty();
    (knows && moves).then(|| input.clone())
}

/// Whether a column comes to another place than it had.
fn moves<'a>(exprs: impl Iterator<Item = &'a Arc<dyn PhysicalExpr>>) -> bool {
    let stays = |(place, expr): (usize, &Arc<dyn PhysicalExpr>)| {
        expr.downcast_ref::<Column>().is_some_and(|column| column.index() == place)
    };
    !exprs.enumerate().all(stays)
}

/// What an operator is wrong about, of its own rows.
fn believes_wrongly(plan: &Arc<dyn ExecutionPlan>) -> Option<What> {
    if let Some(aggregate) = plan.downcast_ref::<AggregateExec>() {
        return aggregate.group_expr().has_grouping_set().then_some(What::OrderAndPlace);
    }
    if plan.is::<UnionExec>() {
        let constants = plan.equivalence_properties().constants();
        let differ = constants.iter().any(|c| matches!(c.across_partitions, AcrossPartitions::Heterogeneous));
        return differ.then_some(What::Order);
    }
    if plan.is::<LazyMemoryExec>() || plan.is::<SortMergeJoinExec>() {
        return Some(What::Order);
    }
    let (of_left, of_right) = match outer_join(plan)? {
        JoinType::Left => (false, true),
        JoinType::Right => (true, false),
        JoinType::Full => (true, true),
        _ => return None,
    };
    let children = plan.children();
    let [left, right] = children.as_slice() else { return None };
    let wrong = of_left && knows_constants(left) || of_right && knows_constants(right);
    wrong.then_some(What::Order)
}

fn outer_join(plan: &Arc<dyn ExecutionPlan>) -> Option<JoinType> {
    let hashed = plan.downcast_ref::<HashJoinExec>().map(|join| *join.join_type());
    let sorted = || plan.downcast_ref::<SortMergeJoinExec>().map(SortMergeJoinExec::join_type);
    let nested = || plan.downcast_ref::<NestedLoopJoinExec>().map(|join| *join.join_type());
    hashed.or_else(sorted).or_else(nested)
}

fn knows_constants(plan: &Arc<dyn ExecutionPlan>) -> bool {
    !plan.equivalence_properties().constants().is_empty()
}
