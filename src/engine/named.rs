//! Planned queries and rows that others can name, and the functions that only the program's own SQL uses.

use std::sync::Arc;

use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::catalog::{MemTable, SchemaProvider as _};
use datafusion::common::Column;
use datafusion::datasource::ViewTable;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, ScalarUDF};

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

    /// Gives rows that are in memory a name that SQL can use in this session. They are in the order of these
    /// columns, which have no null.
    ///
    /// # Errors
    /// A stored table has that name.
    pub fn give_rows(
        &self,
        name: &str,
        schema: SchemaRef,
        rows: Vec<RecordBatch>,
        order: &[&str],
    ) -> Result<()> {
        let plain = |error: &DataFusionError| diagnose::plain(error);
        // Several batches would be dealt out to the cores, and their order forgotten.
        let rows = match order {
            [] => rows,
            _ => vec![concat_batches(&schema, &rows).map_err(|error| plain(&error.into()))?],
        };
        let table = MemTable::try_new(schema, vec![rows]).map_err(|error| plain(&error))?;
        let by = |name: &&str| Expr::Column(Column::from_name(*name)).sort(true, false);
        let order: Vec<_> = order.iter().map(by).collect();
        let order = if order.is_empty() { Vec::new() } else { vec![order] };
        let table = Arc::new(table.with_sort_order(order));
        let registered = self.tables.register_table(name.to_owned(), table);
        registered.map(drop).map_err(|error| plain(&error))
    }

    /// Lets SQL of this session use a function.
    pub fn add_function(&self, function: ScalarUDF) {
        self.context.register_udf(function);
    }
}
