//! `FROM t` as `SELECT * FROM t`.
//!
//! sqlparser 0.62 reads it, and DataFusion plans the columns that were written: none, for as many rows as there
//! are.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Select, SelectFlavor, SelectItem, VisitorMut, WildcardAdditionalOptions,
};

/// Selects all columns where none are named.
pub(in crate::engine) struct FromFirst;

impl VisitorMut for FromFirst {
    type Break = ();

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        if select.flavor == SelectFlavor::FromFirstNoSelect {
            select.flavor = SelectFlavor::Standard;
            select.projection = vec![SelectItem::Wildcard(WildcardAdditionalOptions::default())];
        }
        ControlFlow::Continue(())
    }
}
