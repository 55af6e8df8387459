//! Rows that a join will leave out, left out before anything costly is done with them.
//!
//! A hash join tells the scans below its other side which keys it has (a dynamic filter), and the scan
//! leaves out row groups by that. The rows of the others stand: an aggregate between the two, such as that
//! of a sub-query which the outer query asks about few keys, makes groups of all of them. Here they are
//! held against the keys as soon as they are read, where that saves an aggregate, a sort, a table of
//! another join, or moving them between cores. Where nothing of the kind stands between, the join itself
//! does as well. Nobody waits for the keys: the table of another join may be begun before they are known,
//! and what was read until then passes.

mod operator;

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::datasource::physical_plan::{FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{Partitioning, PhysicalExpr, split_conjunction};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::joins::HashJoinExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;

use self::operator::PrefilterExec;

/// Puts an operator above scans whose rows a join will leave out.
#[derive(Debug)]
pub(super) struct Prefilter;

impl PhysicalOptimizerRule for Prefilter {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        // One that recurs runs its joins anew with other rows, and their filters with them.
        if plan.exists(|node| Ok(node.name() == "RecursiveQueryExec"))? {
            Ok(plan)
        } else {
            Ok(below(plan, &Above::default())?.data)
        }
    }

    fn name(&self) -> &str {
        "prefilter"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The filters of the joins above, by their ids; of each, whether something costly stands between its join
/// and here.
#[derive(Debug, Clone, Default)]
struct Above(Vec<(u64, bool)>);

impl Above {
    /// What is above the `child`-th input of an operator.
    fn of_input(&self, plan: &Arc<dyn ExecutionPlan>, child: usize) -> Self {
        let mut above = self.clone();
        if is_costly(plan, child) {
            above.0.iter_mut().for_each(|(_, is_costly)| *is_costly = true);
        }
        if child == 1 && plan.downcast_ref::<HashJoinExec>().is_some() {
            let filters = plan.dynamic_expressions_produced().into_iter();
            above.0.extend(filters.filter_map(|filter| filter.expression_id()).map(|id| (id, false)));
        }
        above
    }

    fn is_worth_it(&self, filter: &Arc<dyn PhysicalExpr>) -> bool {
        filter.expression_id().is_some_and(|id| self.0.contains(&(id, true)))
    }
}

/// Whether an operator takes longer over a row of the `child`-th input than it takes to look up a key.
fn is_costly(plan: &Arc<dyn ExecutionPlan>, child: usize) -> bool {
    // The first input of a join is the one that its table is made of. The rows of the other are looked up in
    // that table, which is as much work as the filter's own look: filtering those too made TPC-H no faster.
    if plan.downcast_ref::<HashJoinExec>().is_some() {
        return child == 0;
    }
    let moves = |exec: &RepartitionExec| matches!(exec.partitioning(), Partitioning::Hash(..));
    plan.downcast_ref::<RepartitionExec>().is_some_and(moves)
        || plan.downcast_ref::<AggregateExec>().is_some()
        || plan.downcast_ref::<SortExec>().is_some()
}

fn below(plan: Arc<dyn ExecutionPlan>, above: &Above) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
    if let Some(filtered) = filtered(&plan, above)? {
        return Ok(Transformed::yes(filtered));
    }
    let (parent, mut child) = (plan.clone(), 0..);
    plan.map_children(|input| {
        let above = child.next().map_or_else(Above::default, |child| above.of_input(&parent, child));
        below(input, &above)
    })
}

/// The plan below an operator that holds its rows against the keys of joins, if it is a scan that knows
/// some, perhaps with its own conditions.
fn filtered(plan: &Arc<dyn ExecutionPlan>, above: &Above) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let own = plan.downcast_ref::<FilterExec>();
    let scan = own.map_or(plan, |own| own.input());
    let Some((_, source)) = scan
        .downcast_ref::<DataSourceExec>()
        .and_then(DataSourceExec::downcast_to_file_source::<ParquetSource>)
    else {
        return Ok(None);
    };
    let Some(read) = source.projection() else { return Ok(None) };
    let kept = own.and_then(|own| own.projection().as_ref());
    // The place in the rows here of a column of the table.
    let place = |column: &Column| {
        let read = read.iter().position(|read| {
            read.expr.downcast_ref::<Column>().is_some_and(|read| read.index() == column.index())
        })?;
        kept.map_or(Some(read), |kept| kept.iter().position(|place| *place == read))
    };
    let schema = plan.schema();
    let mut filters = Vec::new();
    for filter in source.filter().iter().flat_map(split_conjunction) {
        if !above.is_worth_it(filter) {
            continue;
        }
        let mut is_here = true;
        let placed = filter.clone().transform_up(|part| {
            let Some(column) = part.downcast_ref::<Column>() else { return Ok(Transformed::no(part)) };
            let Some(at) = place(column) else {
                is_here = false;
                return Ok(Transformed::no(part));
            };
            Ok(Transformed::yes(Arc::new(Column::new(schema.field(at).name(), at)) as Arc<dyn PhysicalExpr>))
        })?;
        if is_here {
            filters.push(placed.data);
        }
    }
    if filters.is_empty() {
        return Ok(None);
    }
    Ok(Some(Arc::new(PrefilterExec::new(plan.clone(), filters))))
}

#[cfg(test)]
mod tests;
