//! What a part of a statement gives, as a table that others read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::internal_datafusion_err;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, TableType};
use datafusion::physical_plan::ExecutionPlan;
use tokio::sync::OnceCell;

use super::operator::{Kept, SharedExec};
use crate::engine::stop::Stop;

/// One run of a statement: what ends it, and what its parts give while it goes on.
///
/// It belongs to the settings under which the statement is planned, and not to those under which it
/// runs: those would be held by what they hold.
pub(in crate::engine) struct Run {
    stop: Stop,
    /// By the place of the part's table: how it is worked out, once somebody has asked.
    kept: Mutex<HashMap<usize, Arc<OnceCell<Arc<Kept>>>>>,
}

impl Run {
    pub(in crate::engine) fn new(stop: Stop) -> Self {
        Self { stop, kept: Mutex::default() }
    }

    fn of(&self, part: &Shared) -> Arc<OnceCell<Arc<Kept>>> {
        let place = std::ptr::from_ref(part).addr();
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).entry(place).or_default().clone()
    }
}

/// A part of a statement that several places in it read.
#[derive(Debug)]
pub(super) struct Shared {
    name: Arc<str>,
    /// Optimized.
    part: LogicalPlan,
    /// The columns as the statement was told of them.
    schema: SchemaRef,
}

impl Shared {
    pub(super) fn new(name: &str, part: LogicalPlan, schema: SchemaRef) -> Self {
        Self { name: name.into(), part, schema }
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
        let run = state.config().get_extension::<Run>();
        let run = run.ok_or_else(|| internal_datafusion_err!("a shared part is planned outside a run"))?;
        let plan = || async {
            let plan = state.query_planner().create_physical_plan(&self.part, state).await?;
            Kept::new(self.name.clone(), run.stop.watched_by(plan)?, self.schema.clone()).map(Arc::new)
        };
        let kept = run.of(self).get_or_try_init(plan).await?.clone();
        Ok(Arc::new(SharedExec::new(kept, projection.cloned())?))
    }
}
