//! Numbers with an exponent are floating point, as in standard SQL.
//!
//! The planner, which reads `0.1` as an exact tenth, would read `1e3` as a decimal of scale -3:
//! an integer times that overflows, and `1e308` has no such form at all.

use std::ops::ControlFlow;

use datafusion::sql::parser::Statement as Parsed;
use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, ExactNumberInfo, Expr, Value, VisitMut, VisitorMut,
};

struct Exponents;

impl VisitorMut for Exponents {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::Value(value) = expr
            && let Value::Number(digits, _) = &value.value
            && digits.contains(['e', 'E'])
        {
            let text = Value::SingleQuotedString(digits.clone()).with_span(value.span);
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

/// Makes each number with an exponent in a statement floating point.
pub(super) fn read_exponents(parsed: &mut Parsed) {
    match parsed {
        Parsed::Statement(sql) => {
            let _ = sql.visit(&mut Exponents);
        }
        Parsed::Explain(explain) => read_exponents(&mut explain.statement),
        _ => {}
    }
}
