//! Planned queries that others can name, and the functions that only the program's own SQL uses.

use std::sync::Arc;

use datafusion::catalog::SchemaProvider as _;
use datafusion::datasource::ViewTable;
use datafusion::logical_expr::ScalarUDF;

use super::plan::Planned;
use super::{Engine, diagnose};
use crate::error::Result;

impl Engine {
    /// Gives a planned query, its values bound, a name that SQL can use in this session.
    ///
    /// # Errors
    /// A stored table has that name.
    pub fn give_name(&self, name: &str, planned: Planned) -> Result<()> {
        let view = Arc::new(ViewTable::new(planned.plan, None));
        let registered = self.tables.register_table(name.to_owned(), view);
        registered.map(drop).map_err(|error| diagnose::plain(&error))
    }

    /// Lets SQL of this session use a function.
    pub fn add_function(&self, function: ScalarUDF) {
        self.context.register_udf(function);
    }
}
