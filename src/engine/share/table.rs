//! What a part of a statement gives, as a table that others read.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, TableType};
use datafusion::physical_plan::ExecutionPlan;
use tokio::sync::OnceCell;

use super::operator::{Kept, SharedExec};
use crate::engine::stop::Stop;

/// A part of a statement that several places in it read.
#[derive(Debug)]
pub(super) struct Shared {
    name: Arc<str>,
    part: LogicalPlan,
    schema: SchemaRef,
    stop: Stop,
    /// How it is worked out, once one of them has asked.
    kept: OnceCell<Arc<Kept>>,
}

impl Shared {
    pub(super) fn new(name: &str, part: LogicalPlan, stop: Stop) -> Self {
        let schema = part.schema().inner().clone();
        Self { name: name.into(), part, schema, stop, kept: OnceCell::new() }
    }
}

#[async_trait]
impl TableProvider for Shared {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = || async {
            let plan = self.stop.watched_by(state.create_physical_plan(&self.part).await?)?;
            Kept::new(self.name.clone(), plan, self.schema.clone()).map(Arc::new)
        };
        let kept = self.kept.get_or_try_init(plan).await?.clone();
        Ok(Arc::new(SharedExec::new(kept, projection.cloned())?))
    }
}
