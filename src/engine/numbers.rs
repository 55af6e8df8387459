//! Numbers with an exponent are floating point, as in standard SQL.
//!
//! The planner, which reads `0.1` as an exact tenth, would read `1e3` as a decimal of scale -3:
//! an integer times that overflows, and `1e308` has no such form at all.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, ExactNumberInfo, Expr, Ident, Select, SelectItem, Value, VisitorMut,
    visit_expressions,
};

/// Makes each number with an exponent floating point.
pub(super) struct Exponents;

impl VisitorMut for Exponents {
    type Break = ();

    /// A column that is named after its expression keeps the name that was written.
    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(expr) = item
                && is_rewritten(expr)
            {
                let alias = Ident::with_quote('"', expr.to_string());
                *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::Value(value) = expr
            && let Some(digits) = exponent(&value.value)
        {
            let text = Value::SingleQuotedString(digits.to_owned()).with_span(value.span);
            *expr = Expr::Cast {
                kind: CastKind::Cast,
                expr: Box::new(Expr::Value(text)),
                data_type: DataType::Double(ExactNumberInfo::None),
                array: false,
                format: None,
            };
        }
        ControlFlow::Continue(())
    }
}

/// The digits of a number that has an exponent.
fn exponent(value: &Value) -> Option<&str> {
    match value {
        Value::Number(digits, _) if digits.contains(['e', 'E']) => Some(digits),
        _ => None,
    }
}

/// Whether a part of an expression is replaced: a number with an exponent, a parameter.
fn is_rewritten(expr: &Expr) -> bool {
    let found = visit_expressions(expr, |part| match part {
        Expr::Value(value) if exponent(&value.value).is_some() => ControlFlow::Break(()),
        Expr::Value(value) if matches!(value.value, Value::Placeholder(_)) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    found.is_break()
}
