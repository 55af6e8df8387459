//! Rows in memory that SQL can name, and that stay in the order in which they are.
//!
//! The engine's own table of this kind deals its batches out to the cores, and forgets their order then.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use arrow::compute::SortOptions;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use datafusion::catalog::{SchemaProvider as _, Session, TableProvider};
use datafusion::common::Statistics;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::{DataSource, DataSourceExec};
use datafusion::error::Result as DfResult;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_expr::{
    EquivalenceProperties, LexOrdering, Partitioning, PhysicalExpr, PhysicalSortExpr,
};
use datafusion::physical_plan::execution_plan::SchedulingType;
use datafusion::physical_plan::{DisplayFormatType, ExecutionPlan};

use super::{Engine, diagnose};
use crate::error::Result;

impl Engine {
    /// Gives rows a name that SQL can use in this session. They are in the order of these columns, smallest
    /// first, which have no null.
    ///
    /// # Errors
    /// A stored table has that name, or a column is none of the rows'.
    pub fn give_rows(
        &self,
        name: &str,
        schema: SchemaRef,
        rows: Vec<RecordBatch>,
        order: &[&str],
    ) -> Result<()> {
        let held = Held::new(schema, rows, order).map_err(|error| diagnose::plain(&error))?;
        let registered = self.tables.register_table(name.to_owned(), Arc::new(held));
        registered.map(drop).map_err(|error| diagnose::plain(&error))
    }
}

/// A table of rows in memory.
#[derive(Debug)]
struct Held {
    schema: SchemaRef,
    rows: Vec<RecordBatch>,
    order: Option<LexOrdering>,
}

impl Held {
    fn new(schema: SchemaRef, rows: Vec<RecordBatch>, order: &[&str]) -> DfResult<Self> {
        let options = SortOptions { descending: false, nulls_first: false };
        let by = |name: &&str| Ok(PhysicalSortExpr::new(col(name, &schema)?, options));
        let order = LexOrdering::new(order.iter().map(by).collect::<DfResult<Vec<_>>>()?);
        Ok(Self { schema, rows, order })
    }
}

#[async_trait]
impl TableProvider for Held {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> DfResult<Arc<dyn ExecutionPlan>> {
        let rows = std::slice::from_ref(&self.rows);
        let source = MemorySourceConfig::try_new(rows, self.schema.clone(), projection.cloned())?;
        Ok(match &self.order {
            None => DataSourceExec::from_data_source(source),
            Some(order) => {
                let source = source.try_with_sort_information(vec![order.clone()])?;
                DataSourceExec::from_data_source(InOrder(source))
            }
        })
    }
}

/// Rows that are read one after another.
#[derive(Debug, Clone)]
struct InOrder(MemorySourceConfig);

impl InOrder {
    /// The same of what became of the rows within.
    fn of(source: Arc<dyn DataSource>) -> Option<Arc<dyn DataSource>> {
        let source: Arc<dyn Any + Send + Sync> = source;
        let source = source.downcast::<MemorySourceConfig>().ok()?;
        Some(Arc::new(Self(Arc::unwrap_or_clone(source))))
    }
}

impl DataSource for InOrder {
    fn open(&self, partition: usize, context: Arc<TaskContext>) -> DfResult<SendableRecordBatchStream> {
        self.0.open(partition, context)
    }

    fn fmt_as(&self, format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_as(format, f)
    }

    fn output_partitioning(&self) -> Partitioning {
        self.0.output_partitioning()
    }

    fn eq_properties(&self) -> EquivalenceProperties {
        self.0.eq_properties()
    }

    fn scheduling_type(&self) -> SchedulingType {
        self.0.scheduling_type()
    }

    fn partition_statistics(&self, partition: Option<usize>) -> DfResult<Arc<Statistics>> {
        self.0.partition_statistics(partition)
    }

    fn with_fetch(&self, limit: Option<usize>) -> Option<Arc<dyn DataSource>> {
        self.0.with_fetch(limit).and_then(Self::of)
    }

    fn fetch(&self) -> Option<usize> {
        self.0.fetch()
    }

    fn try_swapping_with_projection(
        &self,
        projection: &ProjectionExprs,
    ) -> DfResult<Option<Arc<dyn DataSource>>> {
        Ok(self.0.try_swapping_with_projection(projection)?.and_then(Self::of))
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> DfResult<TreeNodeRecursion>,
    ) -> DfResult<TreeNodeRecursion> {
        self.0.apply_expressions(f)
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, AsArray, Int64Array};
    use arrow::datatypes::Int64Type;
    use datafusion::physical_plan::displayable;
    use datafusion::prelude::{SessionConfig, SessionContext};

    use super::*;

    /// The plan of a statement over ten batches, and what it gives.
    async fn asked(sql: &str, order: &[&str]) -> (String, Vec<i64>) {
        let batch = |first: i64| {
            let numbers = |by: i64| -> ArrayRef {
                Arc::new(Int64Array::from_iter_values((first..first + 1_000).map(|n| n * by)))
            };
            RecordBatch::try_from_iter([("a", numbers(1)), ("b", numbers(2))]).unwrap()
        };
        let rows: Vec<RecordBatch> = (0..10).map(|n| batch(n * 1_000)).collect();
        let held = Held::new(rows[0].schema(), rows, order).unwrap();
        let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(4));
        context.register_table("t", Arc::new(held)).unwrap();
        let plan = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
        let told = displayable(plan.as_ref()).indent(false).to_string();
        let rows = datafusion::physical_plan::collect(plan, context.task_ctx()).await.unwrap();
        let numbers =
            rows.iter().flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec());
        (told, numbers.collect())
    }

    #[tokio::test]
    async fn rows_in_order_are_not_sorted_again_nor_dealt_out() {
        let (plan, numbers) = asked("SELECT b FROM t ORDER BY a", &["a"]).await;
        assert!(!plan.contains("Sort") && !plan.contains("Repartition"), "{plan}");
        assert!(numbers.iter().copied().eq((0..10_000).map(|n| n * 2)));
        let (plan, limited) = asked("SELECT b FROM t ORDER BY a LIMIT 3", &["a"]).await;
        assert!(!plan.contains("Sort") && limited == [0, 2, 4], "{plan}");
        // By another column than that of the order, and of rows without one.
        for (sql, order) in
            [("SELECT b FROM t ORDER BY b DESC", &["a"][..]), ("SELECT b FROM t ORDER BY a", &[])]
        {
            let (plan, _) = asked(sql, order).await;
            assert!(plan.contains("Sort"), "{plan}");
        }
    }

    #[tokio::test]
    async fn all_cores_add_them_up() {
        let (plan, sum) = asked("SELECT sum(a + b) FROM t WHERE b > 1000", &["a"]).await;
        assert!(plan.contains("RoundRobinBatch(4)"), "{plan}");
        assert_eq!(sum, [(501..10_000).map(|n| n * 3).sum::<i64>()]);
    }
}
