//! The operator between one that is wrong about its rows and those that would believe it.

use std::fmt;
use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Constraints, Statistics};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::equivalence::EquivalenceProperties;
use datafusion::physical_plan::execution_plan::CardinalityEffect;
use datafusion::physical_plan::filter_pushdown::{FilterDescription, FilterPushdownPhase};
use datafusion::physical_plan::statistics::{ChildStats, StatisticsArgs};
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning, PhysicalExpr,
    PlanProperties,
};

/// The name of the operator that tells less; it does no work and is not shown.
pub(in crate::engine) const FORGETTING: &str = "Forgetting";

/// What is not told of the input, or kept from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// The conditions of the operators above.
    Filters,
    /// Which columns are unique.
    Keys,
    /// That too, which are constant, and the order of the rows.
    Order,
    /// That too, and which rows are in which partition.
    OrderAndPlace,
}

/// Its input, of which less is told.
#[derive(Debug, Clone)]
pub(super) struct Forgetting {
    pub(super) input: Arc<dyn ExecutionPlan>,
    pub(super) what: What,
    properties: Arc<PlanProperties>,
}

impl Forgetting {
    pub(super) fn new(input: Arc<dyn ExecutionPlan>, what: What) -> Self {
        let known = input.equivalence_properties();
        let told = match what {
            What::Filters => known.clone(),
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
        vec![matches!(self.what, What::Filters | What::Keys)]
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
        match self.what {
            What::Filters => Ok(FilterDescription::all_unsupported(&filters, &self.children())),
            _ => FilterDescription::from_children(filters, &self.children()),
        }
    }
}
