//! Rows that a join will leave out, left out before anything costly is done with them.
//!
//! A hash join tells the scans below its other side which keys it has (a dynamic filter), and the scan
//! leaves out row groups by that. The rows of the others stand: an aggregate between the two, such as that
//! of a sub-query which the outer query asks about few keys, makes groups of all of them. Here they are
//! held against the keys as soon as they are read, where that saves an aggregate, a sort, a table of
//! another join, or moving them between cores. Where nothing of the kind stands between, the join itself
//! does as well.

mod operator;

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::datasource::physical_plan::{FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::physical_expr::expressions::{Column, DynamicFilterPhysicalExpr};
use datafusion::physical_expr::{Partitioning, PhysicalExpr, split_conjunction};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::AggregateExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::joins::HashJoinExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::windows::{BoundedWindowAggExec, WindowAggExec};

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
            Ok(below(plan, Way::Free)?.data)
        }
    }

    fn name(&self) -> &str {
        "prefilter"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// What stands between a scan and the joins above it that may leave out its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// There is no such join.
    Free,
    /// Nothing costly.
    Short,
    /// What takes longer than to look up a key.
    Costly,
}

impl Way {
    /// The way to the `child`-th input of an operator.
    fn to(self, plan: &Arc<dyn ExecutionPlan>, child: usize) -> Self {
        let moves = |exec: &RepartitionExec| matches!(exec.partitioning(), Partitioning::Hash(..));
        let is_costly = if plan.downcast_ref::<HashJoinExec>().is_some() {
            // The first input is the one that a table is made of.
            child == 0
        } else {
            plan.downcast_ref::<RepartitionExec>().is_some_and(moves)
                || plan.downcast_ref::<AggregateExec>().is_some()
                || plan.downcast_ref::<SortExec>().is_some()
                || plan.downcast_ref::<WindowAggExec>().is_some()
                || plan.downcast_ref::<BoundedWindowAggExec>().is_some()
        };
        match self {
            Self::Free if child == 1 && plan.downcast_ref::<HashJoinExec>().is_some() => Self::Short,
            Self::Short if is_costly => Self::Costly,
            way => way,
        }
    }
}

fn below(plan: Arc<dyn ExecutionPlan>, way: Way) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
    if way == Way::Costly
        && let Some(filtered) = filtered(&plan)?
    {
        return Ok(Transformed::yes(filtered));
    }
    let (above, mut child) = (plan.clone(), 0..);
    plan.map_children(|input| {
        let way = child.next().map_or(way, |child| way.to(&above, child));
        below(input, way)
    })
}

/// The plan below an operator that holds its rows against the keys of joins, if it is a scan that knows
/// some, perhaps with its own conditions.
fn filtered(plan: &Arc<dyn ExecutionPlan>) -> Result<Option<Arc<dyn ExecutionPlan>>> {
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
        if filter.downcast_ref::<DynamicFilterPhysicalExpr>().is_none() {
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
