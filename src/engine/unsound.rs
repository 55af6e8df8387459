//! SQL that the engine plans and answers otherwise than the standard says: refused, for a wrong answer
//! cannot be told from a right one.

use std::ops::ControlFlow;

use datafusion::common::{JoinConstraint, JoinType};
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement as Parsed;
use datafusion::sql::sqlparser::ast::{Query, SetExpr, SetOperator, SetQuantifier, VisitorMut};

use super::sql::visit;
use crate::error::{Error, Result};
use crate::say;

/// Refuses `EXCEPT ALL` and `INTERSECT ALL`: the engine does not count how often a row is there.
///
/// # Errors
/// One of them is in the statement.
pub(super) fn check(parsed: &mut Parsed) -> Result<()> {
    let mut look = CountedRows(None);
    visit(parsed, &mut look);
    match look.0 {
        Some(operator) => Err(Error::data(say!("{operator} ALL is not supported", operator))
            .hint(say!("number equal rows first: row_number() OVER (PARTITION BY all columns)"))),
        None => Ok(()),
    }
}

/// Finds a set operation that counts equal rows.
struct CountedRows(Option<SetOperator>);

impl VisitorMut for CountedRows {
    type Break = ();

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
        let mut bodies = vec![query.body.as_ref()];
        while let Some(body) = bodies.pop() {
            if let SetExpr::SetOperation { op, set_quantifier, left, right } = body {
                let counts = matches!(set_quantifier, SetQuantifier::All | SetQuantifier::AllByName);
                if counts && !matches!(op, SetOperator::Union) {
                    self.0 = Some(*op);
                    return ControlFlow::Break(());
                }
                bodies.extend([left.as_ref(), right.as_ref()]);
            }
        }
        ControlFlow::Continue(())
    }
}

/// Refuses a join in which a column of USING is that of the left side alone, where it may be missing.
///
/// # Errors
/// The node is such a join.
pub(super) fn check_node(node: &LogicalPlan) -> Result<()> {
    match node {
        LogicalPlan::Join(join)
            if join.join_constraint == JoinConstraint::Using
                && matches!(join.join_type, JoinType::Right | JoinType::Full) =>
        {
            let kind = join.join_type.to_string().to_uppercase();
            Err(Error::data(say!("{kind} JOIN with USING is not supported", kind))
                .hint(say!("write ON a.x = b.x, and coalesce(a.x, b.x) for the column")))
        }
        _ => Ok(()),
    }
}
