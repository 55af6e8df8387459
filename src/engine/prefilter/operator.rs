//! The operator that holds rows against the keys of joins above it.

use std::fmt;
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::compute::BatchCoalescer;
use arrow::record_batch::RecordBatch;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{ScalarValue, Statistics, internal_datafusion_err};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::{DynamicFilterPhysicalExpr, Literal};
use datafusion::physical_plan::execution_plan::CardinalityEffect;
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::statistics::{ChildStats, StatisticsArgs};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PhysicalExpr, PlanProperties};
use futures::StreamExt;

/// Rows that are held against a filter before it is judged.
const JUDGED_AFTER: usize = 32 << 10;

/// A filter that leaves more than so many of ten rows is given up: what it takes is more than it saves.
const KEPT_OF_TEN: usize = 5;

/// Its input, without rows that joins above it will leave out; perhaps with some of them.
#[derive(Debug)]
pub(super) struct PrefilterExec {
    input: Arc<dyn ExecutionPlan>,
    filters: Vec<Arc<dyn PhysicalExpr>>,
    metrics: ExecutionPlanMetricsSet,
}

impl PrefilterExec {
    pub(super) fn new(input: Arc<dyn ExecutionPlan>, filters: Vec<Arc<dyn PhysicalExpr>>) -> Self {
        Self { input, filters, metrics: ExecutionPlanMetricsSet::new() }
    }
}

impl DisplayAs for PrefilterExec {
    fn fmt_as(&self, _form: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        let filters: Vec<String> = self.filters.iter().map(ToString::to_string).collect();
        write!(f, "PrefilterExec: {}", filters.join(" AND "))
    }
}

impl ExecutionPlan for PrefilterExec {
    fn name(&self) -> &'static str {
        "PrefilterExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(match children.pop() {
            Some(input) => Arc::new(Self::new(input, self.filters.clone())),
            None => self,
        })
    }

    fn apply_expressions(
        &self,
        look: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        for filter in &self.filters {
            if look(filter)? == TreeNodeRecursion::Stop {
                return Ok(TreeNodeRecursion::Stop);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let schema = self.schema();
        let rows = context.session_config().batch_size();
        let sieve = Sieve {
            filters: self.filters.iter().cloned().map(Judged::new).collect(),
            gathered: BatchCoalescer::new(schema.clone(), rows)
                .with_biggest_coalesce_batch_size(Some(rows / 2)),
            measured: BaselineMetrics::new(&self.metrics, partition),
        };
        let input = self.input.execute(partition, context)?;
        let stream = futures::stream::unfold((input, Some(sieve)), |(mut input, mut sieve)| async move {
            loop {
                let at_work = sieve.as_mut()?;
                if let Some(batch) = at_work.gathered.next_completed_batch() {
                    at_work.measured.record_output(batch.num_rows());
                    return Some((Ok(batch), (input, sieve)));
                }
                let done = match input.next().await {
                    Some(batch) => batch.and_then(|batch| at_work.take(batch)),
                    None if at_work.gathered.is_empty() => return None,
                    None => at_work.gathered.finish_buffered_batch().map_err(Into::into),
                };
                if let Err(error) = done {
                    return Some((Err(error), (input, None)));
                }
            }
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, stream)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition)]
    }

    fn statistics_from_inputs(
        &self,
        inputs: &[Arc<Statistics>],
        _args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        let known = inputs.first().map(|input| input.as_ref().clone().to_inexact());
        Ok(Arc::new(known.unwrap_or_else(|| Statistics::new_unknown(&self.schema()))))
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::LowerEqual
    }
}

/// A filter, and what it has done.
struct Judged {
    filter: Arc<dyn PhysicalExpr>,
    asked: usize,
    kept: usize,
}

impl Judged {
    fn new(filter: Arc<dyn PhysicalExpr>) -> Self {
        Self { filter, asked: 0, kept: 0 }
    }

    fn is_worth_it(&self) -> bool {
        self.asked < JUDGED_AFTER || self.kept * 10 <= self.asked * KEPT_OF_TEN
    }

    /// Whether the join does not know its keys yet, and the filter leaves every row.
    fn is_open(&self) -> Result<bool> {
        let Some(filter) = self.filter.downcast_ref::<DynamicFilterPhysicalExpr>() else { return Ok(false) };
        let all = |literal: &Literal| *literal.value() == ScalarValue::Boolean(Some(true));
        Ok(filter.current()?.downcast_ref::<Literal>().is_some_and(all))
    }
}

/// The work on the rows of a partition.
struct Sieve {
    filters: Vec<Judged>,
    /// Rows on their way out, in batches that are worth it.
    gathered: BatchCoalescer,
    measured: BaselineMetrics,
}

impl Sieve {
    fn take(&mut self, mut batch: RecordBatch) -> Result<()> {
        let time = self.measured.elapsed_compute().clone();
        let _timer = time.timer();
        for judged in &mut self.filters {
            if batch.num_rows() == 0 {
                return Ok(());
            }
            if !judged.is_worth_it() || judged.is_open()? {
                continue;
            }
            let keeps = judged.filter.evaluate(&batch)?.into_array(batch.num_rows())?;
            let keeps = keeps
                .as_boolean_opt()
                .ok_or_else(|| internal_datafusion_err!("a filter that is neither yes nor no"))?;
            judged.asked += batch.num_rows();
            judged.kept += keeps.true_count();
            if keeps.true_count() < batch.num_rows() {
                batch = arrow::compute::filter_record_batch(&batch, keeps)?;
            }
        }
        self.gathered.push_batch(batch)?;
        Ok(())
    }
}
