//! `a IS DISTINCT FROM b AND c` as `(a IS DISTINCT FROM b) AND c`.
//!
//! sqlparser 0.62 reads all that follows `FROM` as the one operand, `AND` and `OR` too
//! (`Parser::parse_infix` asks for an expression without a precedence).

use std::mem;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value, VisitorMut};

/// Gives each operand of a condition to the operator that binds it.
pub(in crate::engine) struct Precedence;

impl VisitorMut for Precedence {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        settle(expr);
        ControlFlow::Continue(())
    }
}

/// How tightly an operator binds, of those that may stand beside a misread one: the order of the standard.
fn rank(expr: &Expr) -> Option<u8> {
    match expr {
        Expr::BinaryOp { op: BinaryOperator::Or, .. } => Some(1),
        Expr::BinaryOp { op: BinaryOperator::And, .. } => Some(2),
        Expr::UnaryOp { op: UnaryOperator::Not, .. } => Some(3),
        Expr::IsDistinctFrom(..) | Expr::IsNotDistinctFrom(..) => Some(4),
        _ => None,
    }
}

/// Whether an operand is an `AND` or `OR` that should be above an operator of a rank. What was written
/// in brackets is no such operand.
fn is_misread(operand: &Expr, above: u8) -> bool {
    matches!(operand, Expr::BinaryOp { .. }) && rank(operand).is_some_and(|rank| rank < above)
}

/// The operand that is written last.
fn last(expr: &mut Expr) -> Option<&mut Box<Expr>> {
    match expr {
        Expr::BinaryOp { right, .. } => Some(right),
        Expr::UnaryOp { expr, .. } => Some(expr),
        Expr::IsDistinctFrom(_, right) | Expr::IsNotDistinctFrom(_, right) => Some(right),
        _ => None,
    }
}

/// Turns an expression whose last operand took too much: what binds less tightly goes above it.
fn settle(expr: &mut Expr) {
    let Some(own) = rank(expr) else { return };
    let Some(operand) = last(expr).filter(|operand| is_misread(operand, own)) else { return };
    let nothing = || Expr::Value(Value::Null.into());
    let mut whole = mem::replace(&mut **operand, nothing());
    // What stands leftmost in it is the operand that was meant.
    let mut place = &mut whole;
    while is_misread(place, own) {
        place = match place {
            Expr::BinaryOp { left, .. } => left,
            other => other,
        };
    }
    **operand = mem::replace(place, nothing());
    *place = mem::replace(expr, nothing());
    *expr = whole;
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::ast::VisitMut;
    use datafusion::sql::sqlparser::dialect::GenericDialect;
    use datafusion::sql::sqlparser::parser::Parser;

    use super::*;

    fn read(text: &str) -> Expr {
        let mut expr =
            Parser::new(&GenericDialect {}).try_with_sql(text).expect("tokens").parse_expr().expect("parses");
        let _ = expr.visit(&mut Precedence);
        expr
    }

    /// Holds the one against the other, from which the brackets are taken.
    fn means(text: &str, meant: &str) {
        struct Bare;
        impl VisitorMut for Bare {
            type Break = ();
            fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
                if let Expr::Nested(inner) = expr {
                    *expr = mem::replace(&mut **inner, Expr::Value(Value::Null.into()));
                }
                ControlFlow::Continue(())
            }
        }
        let (mut ours, mut meant) = (read(text), read(meant));
        let _ = (ours.visit(&mut Bare), meant.visit(&mut Bare));
        assert_eq!(ours, meant, "{text}");
    }

    #[test]
    fn each_operand_goes_to_the_operator_that_binds_it() {
        for (text, meant) in [
            ("a IS DISTINCT FROM b AND c", "(a IS DISTINCT FROM b) AND c"),
            ("a IS NOT DISTINCT FROM b OR c", "(a IS NOT DISTINCT FROM b) OR c"),
            ("a IS DISTINCT FROM b AND c OR d", "((a IS DISTINCT FROM b) AND c) OR d"),
            ("a IS DISTINCT FROM b OR c AND d", "(a IS DISTINCT FROM b) OR (c AND d)"),
            ("x AND a IS DISTINCT FROM b OR c", "(x AND (a IS DISTINCT FROM b)) OR c"),
            ("x OR a IS DISTINCT FROM b AND c", "x OR ((a IS DISTINCT FROM b) AND c)"),
            ("NOT a IS DISTINCT FROM b AND c", "(NOT (a IS DISTINCT FROM b)) AND c"),
            ("x AND NOT a IS DISTINCT FROM b OR c", "(x AND (NOT (a IS DISTINCT FROM b))) OR c"),
            ("a IS DISTINCT FROM NOT b AND c", "(a IS DISTINCT FROM (NOT b)) AND c"),
            (
                "a IS DISTINCT FROM b AND c IS NOT DISTINCT FROM d",
                "(a IS DISTINCT FROM b) AND (c IS NOT DISTINCT FROM d)",
            ),
            (
                "a IS DISTINCT FROM b + 1 AND c IS DISTINCT FROM d OR e",
                "((a IS DISTINCT FROM (b + 1)) AND (c IS DISTINCT FROM d)) OR e",
            ),
            ("a IS DISTINCT FROM b = c", "a IS DISTINCT FROM (b = c)"),
            (
                "a IS DISTINCT FROM CASE WHEN b IS DISTINCT FROM c AND d THEN e END OR f",
                "(a IS DISTINCT FROM CASE WHEN (b IS DISTINCT FROM c) AND d THEN e END) OR f",
            ),
            ("f(a IS DISTINCT FROM b OR c) AND d", "f((a IS DISTINCT FROM b) OR c) AND d"),
        ] {
            means(text, meant);
        }
    }

    #[test]
    fn brackets_stay_as_they_are_written() {
        for text in ["a IS DISTINCT FROM (b AND c)", "NOT (a OR b)", "a AND (b OR c)", "a OR b AND c OR d"] {
            assert_eq!(read(text).to_string(), text);
            let plain = Parser::new(&GenericDialect {})
                .try_with_sql(text)
                .expect("tokens")
                .parse_expr()
                .expect("parses");
            assert_eq!(read(text), plain);
        }
    }
}
