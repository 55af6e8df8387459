//! Digits of decimals that change while a plan is made, so that it is refused in the end.
//!
//! - `single_distinct_aggregation_to_group_by` of DataFusion 55 sums twice where `count(DISTINCT …)` stands
//!   beside `sum`. A sum of sums has more digits than the conditions above were planned for.
//! - `round(x, 1)` has the digits that its literal says, but only once the literal is of the type that the
//!   function takes: after the types of all that is around it are settled.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan};
use datafusion::optimizer::AnalyzerRule;

use super::holds;

/// Whether an aggregate sums decimals beside what it counts once.
pub(super) fn sums_decimals(plan: &LogicalPlan) -> bool {
    let LogicalPlan::Aggregate(aggregate) = plan else { return false };
    let schema = aggregate.input.schema();
    aggregate.aggr_expr.iter().any(|expr| match expr {
        Expr::AggregateFunction(AggregateFunction { func, params }) if func.name() == "sum" => {
            let types = params.args.iter().filter_map(|arg| arg.get_type(schema).ok());
            types.into_iter().any(|data_type| is_decimal(&data_type))
        }
        _ => false,
    })
}

fn is_decimal(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Decimal32(..)
            | DataType::Decimal64(..)
            | DataType::Decimal128(..)
            | DataType::Decimal256(..)
    )
}

/// Gives the digits of `round` and `trunc` in the type that they take; before all other rules.
#[derive(Debug)]
pub(super) struct Digits;

impl AnalyzerRule for Digits {
    fn name(&self) -> &'static str {
        "digits"
    }

    fn analyze(&self, plan: LogicalPlan, _config: &ConfigOptions) -> Result<LogicalPlan> {
        let settled = plan.transform_up_with_subqueries(|plan| {
            if !holds(&plan, is_rounding) {
                return Ok(Transformed::no(plan));
            }
            let names = NamePreserver::new(&plan);
            plan.map_expressions(|expr| {
                let name = names.save(&expr);
                let settled = expr.transform_up(|expr| Ok(settled(expr)))?;
                Ok(settled.update_data(|expr| name.restore(expr)))
            })
        })?;
        Ok(settled.data)
    }
}

fn is_rounding(expr: &Expr) -> bool {
    matches!(expr, Expr::ScalarFunction(call) if matches!(call.func.name(), "round" | "trunc"))
}

fn settled(mut expr: Expr) -> Transformed<Expr> {
    if is_rounding(&expr)
        && let Expr::ScalarFunction(call) = &mut expr
        && let [_, Expr::Literal(digits, _)] = call.args.as_mut_slice()
        && let ScalarValue::Int64(Some(count)) = digits
        && let Ok(count) = i32::try_from(*count)
    {
        *digits = ScalarValue::Int32(Some(count));
        return Transformed::yes(expr);
    }
    Transformed::no(expr)
}
