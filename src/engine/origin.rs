//! Which column of a table the values of a result's column come from, unchanged.

use datafusion::logical_expr::{Expr, JoinType, LogicalPlan};

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// The table's name in SQL.
    pub(super) table: String,
    /// The column's name there.
    pub(super) column: String,
}

/// The column that the values of a plan's column all come from; `None` where they are computed, or
/// come from several.
pub(super) fn of(plan: &LogicalPlan, column: usize) -> Option<Origin> {
    match plan {
        LogicalPlan::TableScan(scan) => {
            let field = scan.projected_schema.fields().get(column)?;
            Some(Origin { table: scan.table_name.table().to_owned(), column: field.name().clone() })
        }
        LogicalPlan::Projection(projection) => of_expr(&projection.input, projection.expr.get(column)?),
        LogicalPlan::Aggregate(aggregate) => {
            let groups = &aggregate.group_expr;
            match groups.get(column) {
                Some(Expr::GroupingSet(_)) => None,
                Some(group) => of_expr(&aggregate.input, group),
                None => of_expr(&aggregate.input, aggregate.aggr_expr.get(column - groups.len())?),
            }
        }
        LogicalPlan::Join(join) => {
            let left = join.left.schema().fields().len();
            match join.join_type {
                JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => of(&join.right, column),
                _ if column < left => of(&join.left, column),
                _ => of(&join.right, column - left),
            }
        }
        LogicalPlan::Union(union) => {
            let (first, others) = union.inputs.split_first()?;
            let origin = of(first, column)?;
            others.iter().all(|input| of(input, column).as_ref() == Some(&origin)).then_some(origin)
        }
        // The columns of a window function stand behind those of its input.
        LogicalPlan::Window(window) => of(&window.input, column),
        LogicalPlan::SubqueryAlias(alias) => of(&alias.input, column),
        LogicalPlan::Filter(filter) => of(&filter.input, column),
        LogicalPlan::Sort(sort) => of(&sort.input, column),
        LogicalPlan::Limit(limit) => of(&limit.input, column),
        LogicalPlan::Distinct(distinct) => of(distinct.input(), column),
        LogicalPlan::Repartition(repartition) => of(&repartition.input, column),
        _ => None,
    }
}

fn of_expr(input: &LogicalPlan, expr: &Expr) -> Option<Origin> {
    match expr {
        Expr::Alias(alias) => of_expr(input, &alias.expr),
        Expr::Cast(cast) => of_expr(input, &cast.expr),
        Expr::Column(column) => of(input, input.schema().maybe_index_of_column(column)?),
        // One of the values that there are.
        Expr::AggregateFunction(call)
            if ["min", "max", "first_value", "last_value"].contains(&call.func.name()) =>
        {
            of_expr(input, call.params.args.first()?)
        }
        _ => None,
    }
}
