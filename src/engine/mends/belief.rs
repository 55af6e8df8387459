//! What operators believe of rows and columns that are another's.
//!
//! The physical planner of DataFusion 55 leaves out sorting where it believes rows to be in order already,
//! and sends groups away early where it believes their keys to be past. Four beliefs are wrong:
//!
//! - An aggregate tells the operators above it that its keys are unique. Where a projection or a further
//!   grouping puts columns into another order, `EquivalenceProperties::project` keeps the positions of the
//!   keys as they were below, and another column passes for unique: `ORDER BY place, unit_id` loses its
//!   second key.
//! - An outer join (`EquivalenceGroup::join`) passes on which columns are constant below it, although those
//!   of one side are null where no row is found: `ORDER BY` them is left out.
//! - A filter over the numbers of `generate_series`, which come in order, lets what equals them stand for them;
//!   the plan is then refused by the engine's own check.
//! - An aggregate over grouping sets (`AggregateExec::compute_properties`) passes on the order, the constants
//!   and the partitions of its input, although keys are null in sets without them.
//!
//! Between such operators and what is above them comes one that tells less.

use std::fmt;
use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Constraints, JoinType, Statistics};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::equivalence::EquivalenceProperties;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::execution_plan::{CardinalityEffect, replace_children_if_necessary};
use datafusion::physical_plan::filter_pushdown::{FilterDescription, FilterPushdownPhase};
use datafusion::physical_plan::joins::{HashJoinExec, NestedLoopJoinExec, SortMergeJoinExec};
use datafusion::physical_plan::memory::LazyMemoryExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::statistics::{ChildStats, StatisticsArgs};
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning, PhysicalExpr,
    PlanProperties,
};

/// The name of the operator that tells less; it does no work and is not shown.
pub(in crate::engine) const FORGETTING: &str = "Forgetting";

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
    if plan.downcast_ref::<LazyMemoryExec>().is_some() {
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
    let sorted = || plan.downcast_ref::<SortMergeJoinExec>().map(|join| join.join_type());
    let nested = || plan.downcast_ref::<NestedLoopJoinExec>().map(|join| *join.join_type());
    hashed.or_else(sorted).or_else(nested)
}

fn knows_constants(plan: &Arc<dyn ExecutionPlan>) -> bool {
    !plan.equivalence_properties().constants().is_empty()
}

/// What is not told of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Which columns are unique.
    Keys,
    /// That too, which are constant, and the order of the rows.
    Order,
    /// That too, and which rows are in which partition.
    OrderAndPlace,
}

/// Its input, of which less is told.
#[derive(Debug, Clone)]
struct Forgetting {
    input: Arc<dyn ExecutionPlan>,
    what: What,
    properties: Arc<PlanProperties>,
}

impl Forgetting {
    fn new(input: Arc<dyn ExecutionPlan>, what: What) -> Self {
        let known = input.equivalence_properties();
        let told = match what {
            What::Keys => known.clone().with_constraints(Constraints::default()),
            What::Order | What::OrderAndPlace => EquivalenceProperties::new(known.schema().clone()),
        };
        let mut properties = PlanProperties::clone(input.properties()).with_eq_properties(told);
        if what == What::OrderAndPlace {
            let count = input.output_partitioning().partition_count();
            properties = properties.with_partitioning(Partitioning::UnknownPartitioning(count));
        }
        Self { input, what, properties: Arc::new(properties) }
    }
}

impl DisplayAs for Forgetting {
    fn fmt_as(&self, _form: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(FORGETTING)
    }
}

impl ExecutionPlan for Forgetting {
    fn name(&self) -> &'static str {
        FORGETTING
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    /// Said only where an order may be asked of the input in the place of this.
    fn maintains_input_order(&self) -> Vec<bool> {
        vec![self.what == What::Keys]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(match children.pop() {
            Some(input) => Arc::new(Self::new(input, self.what)),
            None => self,
        })
    }

    fn apply_expressions(
        &self,
        _look: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.input.execute(partition, context)
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition)]
    }

    fn statistics_from_inputs(
        &self,
        inputs: &[Arc<Statistics>],
        _args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        Ok(inputs.first().cloned().unwrap_or_else(|| Arc::new(Statistics::new_unknown(&self.schema()))))
    }

    fn supports_limit_pushdown(&self) -> bool {
        true
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::Equal
    }

    fn gather_filters_for_pushdown(
        &self,
        _phase: FilterPushdownPhase,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        _config: &ConfigOptions,
    ) -> Result<FilterDescription> {
        FilterDescription::from_children(filters, &self.children())
    }
}
