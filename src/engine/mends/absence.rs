//! A query in the place of a value that finds no row: null, also where its column never is.
//!
//! DataFusion 55 takes the value for one of the column (`Expr::nullable` of a `ScalarSubquery`): `COALESCE` of
//! it loses its second value, and where it is a result the engine refuses the null. A function that gives what
//! it is given, and promises less, is put around the column.

use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, ScalarUDF, Subquery};

use super::holds;
use super::opaque::opaque;

/// The plan, in which such values may be null.
///
/// # Errors
/// A plan cannot be made anew, which its having been made excludes.
pub(super) fn may_be_absent(plan: LogicalPlan) -> Result<LogicalPlan> {
    let maybe = opaque("maybe");
    let mut found = false;
    let mended = plan.transform_up_with_subqueries(|plan| {
        let mended = match holds(&plan, |expr| matches!(expr, Expr::ScalarSubquery(_))) {
            true => values_of(plan, &maybe)?,
            false => Transformed::no(plan),
        };
        found |= mended.transformed;
        // What is above a node that changed is made anew too: it passes on what may be null.
        if found { mended.map_data(LogicalPlan::recompute_schema) } else { Ok(mended) }
    })?;
    Ok(mended.data)
}

/// A node, whose own such values may be null.
fn values_of(plan: LogicalPlan, maybe: &Arc<ScalarUDF>) -> Result<Transformed<LogicalPlan>> {
    let names = NamePreserver::new(&plan);
    plan.map_expressions(|expr| {
        let name = names.save(&expr);
        let mended = expr.transform_up(|expr| match expr {
            Expr::ScalarSubquery(query) if is_mistaken(&query) => {
                Ok(Transformed::yes(Expr::ScalarSubquery(absent(&query, maybe)?)))
            }
            expr => Ok(Transformed::no(expr)),
        })?;
        Ok(mended.update_data(|expr| name.restore(expr)))
    })
}

/// Whether null is not thought of: the engine does where the row outside picks the rows, for it joins them.
fn is_mistaken(query: &Subquery) -> bool {
    let is_known = query.subquery.schema().fields().first().is_some_and(|field| !field.is_nullable());
    is_known && query.outer_ref_columns.is_empty() && !always_gives_a_row(&query.subquery)
}

fn always_gives_a_row(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => always_gives_a_row(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => always_gives_a_row(&alias.input),
        LogicalPlan::Aggregate(aggregate) => aggregate.group_expr.is_empty(),
        LogicalPlan::EmptyRelation(empty) => empty.produce_one_row,
        LogicalPlan::Values(values) => !values.values.is_empty(),
        _ => false,
    }
}

fn absent(query: &Subquery, maybe: &Arc<ScalarUDF>) -> Result<Subquery> {
    let (relation, field) = query.subquery.schema().qualified_field(0);
    let value = maybe.call(vec![Expr::Column(Column::from((relation, field)))]);
    let value = value.alias_qualified(relation.cloned(), field.name());
    let plan = LogicalPlanBuilder::from(query.subquery.clone()).project([value])?.build()?;
    Ok(query.with_plan(Arc::new(plan)))
}
