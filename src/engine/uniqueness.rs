//! What DataFusion 55 believes of columns that are another's: a mend.
//!
//! A grouping tells the operators above it that its keys are unique. Where a projection or a further
//! grouping puts columns into another order, `EquivalenceProperties::project` keeps the positions of
//! the keys as they were below, and so another column passes for unique: `ORDER BY place, unit_id` then
//! loses its second key, and a LIMIT after it gives other rows. Below each such operator what is unique
//! is forgotten while the plan is optimized.

use std::fmt;
use std::sync::Arc;

use datafusion::common::Constraints;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::execution_plan::replace_children_if_necessary;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PhysicalExpr, PlanProperties,
};

/// Puts [`Forgetting`] where columns change their places; the first of all rules.
#[derive(Debug)]
pub(super) struct Forget;

/// Takes it away again; the last.
#[derive(Debug)]
pub(super) struct Remember;

impl PhysicalOptimizerRule for Forget {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let forget = |plan: Arc<dyn ExecutionPlan>| match input_of(&plan) {
            Some(input) => replace_children_if_necessary(plan, vec![Arc::new(Forgetting::new(input))])
                .map(Transformed::yes),
            None => Ok(Transformed::no(plan)),
        };
        plan.transform_up(forget).map(|transformed| transformed.data)
    }

    fn name(&self) -> &'static str {
        "forget_uniqueness"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

impl PhysicalOptimizerRule for Remember {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let remember = |plan: Arc<dyn ExecutionPlan>| {
            Ok(match plan.downcast_ref::<Forgetting>() {
                Some(forgetting) => Transformed::yes(forgetting.input.clone()),
                None => Transformed::no(plan),
            })
        };
        plan.transform_up(remember).map(|transformed| transformed.data)
    }

    fn name(&self) -> &'static str {
        "remember_uniqueness"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The input of an operator that puts what is unique in other places, where something is.
fn input_of(plan: &Arc<dyn ExecutionPlan>) -> Option<Arc<dyn ExecutionPlan>> {
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

/// Its input, of which it is not said what is unique.
#[derive(Debug)]
struct Forgetting {
    input: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl Forgetting {
    fn new(input: Arc<dyn ExecutionPlan>) -> Self {
        let known = input.equivalence_properties().clone();
        let properties = PlanProperties::clone(input.properties());
        let properties = properties.with_eq_properties(known.with_constraints(Constraints::default()));
        Self { input, properties: Arc::new(properties) }
    }
}

impl DisplayAs for Forgetting {
    fn fmt_as(&self, _form: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Forgetting")
    }
}

impl ExecutionPlan for Forgetting {
    fn name(&self) -> &'static str {
        "Forgetting"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(match children.pop() {
            Some(input) => Arc::new(Self::new(input)),
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
}
