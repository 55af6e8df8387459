//! `EXISTS` and `IN (SELECT …)` among the columns of a query.
//!
//! DataFusion 55 plans them under WHERE alone. Counting the rows that are found is a query in the place of a
//! value, which it plans among columns too.

use std::sync::Arc;

use datafusion::common::Column;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::functions_aggregate::count::count_all;
use datafusion::logical_expr::expr::Exists;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Subquery, lit};

use super::{holds, membership};

/// The plan, in which such columns are counts.
///
/// # Errors
/// A plan cannot be made anew, which its having been made excludes.
pub(super) fn counted(plan: LogicalPlan) -> Result<LogicalPlan> {
    plan.transform_up_with_subqueries(|plan| {
        let is_query = |expr: &Expr| matches!(expr, Expr::InSubquery(_) | Expr::Exists(_));
        if !matches!(plan, LogicalPlan::Projection(_)) || !holds(&plan, is_query) {
            return Ok(Transformed::no(plan));
        }
        let schema = merge_schema(&plan.inputs());
        let names = NamePreserver::new(&plan);
        plan.map_expressions(|expr| {
            let name = names.save(&expr);
            let counted = expr.transform_down(|part| match part {
                Expr::InSubquery(member) => Ok(Transformed::yes(membership::as_value(&member, &schema)?)),
                part => Ok(Transformed::no(part)),
            })?;
            let counted = counted.transform_data(|expr| {
                expr.transform_down(|part| match part {
                    Expr::Exists(exists) => {
                        let counted = Expr::ScalarSubquery(count(exists)?);
                        Ok(Transformed::new(counted, true, TreeNodeRecursion::Jump))
                    }
                    part => Ok(Transformed::no(part)),
                })
            })?;
            Ok(counted.update_data(|expr| name.restore(expr)))
        })?
        .map_data(LogicalPlan::recompute_schema)
    })
    .map(|plan| plan.data)
}

/// Whether there are rows, as the query that counts them.
fn count(exists: Exists) -> Result<Subquery> {
    let Exists { subquery, negated } = exists;
    let rows = LogicalPlanBuilder::from(subquery.subquery.clone());
    let counted = rows.aggregate(Vec::<Expr>::new(), [count_all()])?.build()?;
    let count = Expr::Column(Column::from(counted.schema().qualified_field(0)));
    let found = if negated { count.eq(lit(0_i64)) } else { count.gt(lit(0_i64)) };
    let plan = LogicalPlanBuilder::from(counted).project([found])?.build()?;
    Ok(subquery.with_plan(Arc::new(plan)))
}
