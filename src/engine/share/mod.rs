//! Parts that a statement names more than once, such as a query in WITH, worked out once.
//!
//! The engine puts the whole of such a part in each place that names it: what is a line to its author
//! is planned, read and added up again and again. Here the places read one table instead, which the
//! part fills when the first of them asks.
//!
//! Its rows are kept until the statement ends. So a part is shared only where every table in it is
//! read below an aggregate: what is kept is groups, and no table as it is stored.

mod operator;
mod table;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::datasource::provider_as_source;
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, SubqueryAlias};
use datafusion::optimizer::AnalyzerRule;
use datafusion::optimizer::analyzer::type_coercion::TypeCoercion;

use self::table::Shared;

pub(super) use self::operator::SharedExec;
pub(super) use self::table::Run;

/// The plan of a query, in which what it names more than once is worked out once.
///
/// It is not bound to one run: what its parts give is kept by the [`Run`] that it is planned for, an
/// extension of the settings.
///
/// # Errors
/// A part cannot be optimized.
pub(super) fn repeated(plan: LogicalPlan, state: &SessionState) -> Result<LogicalPlan> {
    let mut counts = HashMap::new();
    count(&plan, &mut counts)?;
    counts.retain(|part, count| *count > 1 && keeps_types(part));
    if counts.is_empty() {
        return Ok(plan);
    }
    let parts = counts.into_keys().map(|part| (part, None)).collect();
    Sharing { parts, state }.of(plan)
}

/// Counts the parts that have a name; within one that came before nothing is counted again.
fn count(plan: &LogicalPlan, counts: &mut HashMap<Arc<LogicalPlan>, usize>) -> Result<()> {
    plan.apply_with_subqueries(|node| {
        let LogicalPlan::SubqueryAlias(named) = node else { return Ok(TreeNodeRecursion::Continue) };
        if !can_be_shared(&named.input)? {
            return Ok(TreeNodeRecursion::Continue);
        }
        let count = counts.entry(named.input.clone()).or_default();
        *count += 1;
        Ok(if *count > 1 { TreeNodeRecursion::Jump } else { TreeNodeRecursion::Continue })
    })?;
    Ok(())
}

/// Whether a part gives the same rows wherever it stands, and few enough to be kept.
fn can_be_shared(part: &LogicalPlan) -> Result<bool> {
    let names = part.schema().fields();
    let distinct: BTreeSet<&str> = names.iter().map(|field| field.name().as_str()).collect();
    Ok(distinct.len() == names.len() && reads_below_aggregates(part) && is_same_everywhere(part)?)
}

/// Whether a part gives the types that it says: those of some expressions are settled only later, and
/// what stands above a shared part is planned with what was said.
fn keeps_types(part: &LogicalPlan) -> bool {
    let Ok(settled) = TypeCoercion::new().analyze(part.clone(), &ConfigOptions::default()) else {
        return false;
    };
    let types = |plan: &LogicalPlan| -> Vec<DataType> {
        plan.schema().fields().iter().map(|field| field.data_type().clone()).collect()
    };
    types(part) == types(&settled)
}

fn reads_below_aggregates(part: &LogicalPlan) -> bool {
    match part {
        LogicalPlan::Aggregate(_) => true,
        LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Union(_)
        | LogicalPlan::SubqueryAlias(_) => part.inputs().into_iter().all(reads_below_aggregates),
        // Joins multiply, values are at hand already, and what is not known is left alone.
        _ => false,
    }
}

fn is_same_everywhere(part: &LogicalPlan) -> Result<bool> {
    let mut same = true;
    part.apply_with_subqueries(|node| {
        // One that recurs reads itself by a name; other functions of ours keep to themselves what they do.
        same &= !matches!(node, LogicalPlan::RecursiveQuery(_) | LogicalPlan::Extension(_));
        node.apply_expressions(|expr| {
            expr.apply(|expr| {
                same &= !expr.is_volatile_node() && !matches!(expr, Expr::OuterReferenceColumn(..));
                Ok(if same { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
            })
        })?;
        Ok(if same { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    })?;
    Ok(same)
}

struct Sharing<'a> {
    /// The parts, and the table of each once one is needed.
    parts: HashMap<Arc<LogicalPlan>, Option<Arc<Shared>>>,
    state: &'a SessionState,
}

impl Sharing<'_> {
    fn of(&mut self, plan: LogicalPlan) -> Result<LogicalPlan> {
        let shared = plan.transform_down_with_subqueries(|node| {
            let LogicalPlan::SubqueryAlias(named) = &node else { return Ok(Transformed::no(node)) };
            let Some(made) = self.parts.get(&named.input).cloned() else { return Ok(Transformed::no(node)) };
            let table = match made {
                Some(table) => table,
                None => self.make(&named.input, named.alias.table())?,
            };
            let scan = LogicalPlanBuilder::scan(named.alias.clone(), provider_as_source(table), None)?;
            let scan = SubqueryAlias::try_new(Arc::new(scan.build()?), named.alias.clone())?;
            Ok(Transformed::new(LogicalPlan::SubqueryAlias(scan), true, TreeNodeRecursion::Jump))
        })?;
        Ok(shared.data)
    }

    fn make(&mut self, part: &Arc<LogicalPlan>, name: &str) -> Result<Arc<Shared>> {
        // What it is made of may be shared with others.
        let inner = self.of(part.as_ref().clone())?;
        let schema = inner.schema().inner().clone();
        let table = Arc::new(Shared::new(name, self.state.optimize(&inner)?, schema));
        self.parts.insert(part.clone(), Some(table.clone()));
        Ok(table)
    }
}

#[cfg(test)]
mod tests;
