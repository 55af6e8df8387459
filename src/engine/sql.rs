//! The SQL of a statement: read, and walked.

use std::collections::VecDeque;

use datafusion::common::plan_datafusion_err;
use datafusion::error::Result;
use datafusion::sql::parser::{CopyToSource, CopyToStatement, DFParserBuilder, Statement as Parsed};
use datafusion::sql::sqlparser::ast::{VisitMut, VisitorMut};
use datafusion::sql::sqlparser::dialect::GenericDialect;

/// Reads a statement.
///
/// # Errors
/// The text is none.
pub(super) fn parse(text: &str) -> Result<Parsed> {
    let mut statements: VecDeque<Parsed> =
        DFParserBuilder::new(text).with_dialect(&GenericDialect {}).build()?.parse_statements()?;
    statements.pop_front().ok_or_else(|| plan_datafusion_err!("there is no statement"))
}

/// Walks a statement, whatever is to be done with what it asks for.
pub(super) fn visit(parsed: &mut Parsed, visitor: &mut impl VisitorMut) {
    // What a visitor finds it keeps; where it stops tells nothing.
    match parsed {
        Parsed::Statement(sql) => drop(sql.visit(visitor)),
        Parsed::Explain(explain) => visit(&mut explain.statement, visitor),
        Parsed::CopyTo(CopyToStatement { source: CopyToSource::Query(query), .. }) => {
            drop(query.visit(visitor));
        }
        _ => {}
    }
}
