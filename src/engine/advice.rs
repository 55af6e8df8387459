//! What a statement does that its author most likely did not mean, although it is valid SQL.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator};

use super::written::written;
use crate::language::Message;
use crate::say;

/// The advice on a plan that has not been optimised yet, each piece once.
pub(super) fn of(plan: &LogicalPlan) -> Vec<Message> {
    let mut advice = Vec::new();
    let _ = plan.apply_with_subqueries(|node| {
        let schema = merge_schema(&node.inputs());
        for expr in node.expressions() {
            let _ = expr.apply(|part| {
                if let Expr::BinaryExpr(binary) = part {
                    let found = null(binary).or_else(|| division(binary, &schema));
                    advice.extend(found.filter(|found| !advice.contains(found)));
                }
                Ok(TreeNodeRecursion::Continue)
            });
        }
        Ok(TreeNodeRecursion::Continue)
    });
    advice
}

fn null(binary: &BinaryExpr) -> Option<Message> {
    let is_null = |expr: &Expr| matches!(expr, Expr::Literal(ScalarValue::Null, _));
    let other = if is_null(&binary.right) { &binary.left } else { &binary.right };
    if !is_null(&binary.left) && !is_null(&binary.right) {
        return None;
    }
    let (sign, word) = match binary.op {
        Operator::Eq => ("=", "IS NULL"),
        Operator::NotEq => ("<>", "IS NOT NULL"),
        _ => return None,
    };
    let other = written(other);
    Some(say!("`{other} {sign} NULL` is never true: write `{other} {word}`", other, sign, word))
}

fn division(binary: &BinaryExpr, schema: &DFSchema) -> Option<Message> {
    if binary.op != Operator::Divide {
        return None;
    }
    let whole = |expr: &Expr| expr.get_type(schema).is_ok_and(|data_type| data_type.is_integer());
    let (left, right) = (&binary.left, &binary.right);
    if matches!(right.as_ref(), Expr::Literal(ScalarValue::Int64(Some(0)), _)) {
        return None;
    }
    (whole(left) && whole(right)).then(|| {
        let (left, right) = (written(left), written(right));
        say!(
            "`{left} / {right}` divides whole numbers and drops the rest: write `1.0 * {left} / {right}`",
            left,
            right
        )
    })
}
