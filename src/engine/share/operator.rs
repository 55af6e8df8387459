//! The operator that reads what a part of a statement gives; the first to ask works it out.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::Array;
use arrow::buffer::{Buffer, NullBuffer};
use arrow::datatypes::SchemaRef;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{SharedResult, Statistics};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::EquivalenceProperties;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::metrics::{BaselineMetrics, ExecutionPlanMetricsSet, MetricsSet};
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning, PhysicalExpr,
    PlanProperties,
};
use futures::future::{BoxFuture, Shared};
use futures::{FutureExt, StreamExt, TryStreamExt};

/// The rows of one partition, on their way or there.
type Rows = Shared<BoxFuture<'static, SharedResult<Arc<Held>>>>;

/// Rows, and the memory that is reserved for them.
struct Held {
    batches: Vec<RecordBatch>,
    _memory: MemoryReservation,
}

/// The bytes that a batch takes beside those before it: an aggregate gives slices of one large batch, and
/// each refers to the whole of it.
fn bytes_beyond(seen: &mut HashSet<usize>, batch: &RecordBatch) -> usize {
    let mut bytes = 0;
    let mut arrays: Vec<_> = batch.columns().iter().map(Array::to_data).collect();
    while let Some(array) = arrays.pop() {
        let nulls = array.nulls().map(NullBuffer::buffer);
        let buffers = array.buffers().iter().chain(nulls);
        bytes += buffers
            .filter(|buffer| seen.insert(buffer.data_ptr().as_ptr().addr()))
            .map(Buffer::capacity)
            .sum::<usize>();
        arrays.extend(array.child_data().iter().cloned());
    }
    bytes
}

/// What a part gives, worked out when it is first asked for and kept as long as the plan.
#[derive(Debug)]
pub(super) struct Kept {
    name: Arc<str>,
    plan: Arc<dyn ExecutionPlan>,
    /// The columns as the statement was told of them; the plan may know more of what is never
    /// null, or less.
    schema: SchemaRef,
    statistics: Arc<Statistics>,
    partitions: Vec<Mutex<Option<Rows>>>,
}

impl Kept {
    pub(super) fn new(name: Arc<str>, plan: Arc<dyn ExecutionPlan>, schema: SchemaRef) -> Result<Self> {
        let statistics = StatisticsContext::new().compute(plan.as_ref(), &StatisticsArgs::new())?;
        let partitions = (0..plan.output_partitioning().partition_count()).map(|_| Mutex::default());
        let partitions = partitions.collect();
        Ok(Self { name, plan, schema, statistics, partitions })
    }

    /// The rows of a partition: whoever waits for them works on them, and nobody else once they are there.
    fn rows(&self, partition: usize, context: &Arc<TaskContext>) -> Result<Rows> {
        let mut place = self.partitions[partition].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rows) = &*place {
            return Ok(rows.clone());
        }
        let mut stream = self.plan.execute(partition, context.clone())?;
        let schema = self.schema.clone();
        let memory = MemoryConsumer::new(format!("Shared[{partition}]")).register(context.memory_pool());
        let work = async move {
            let (mut batches, mut seen) = (Vec::new(), HashSet::new());
            while let Some(batch) = stream.next().await {
                let batch = batch?;
                memory.try_grow(bytes_beyond(&mut seen, &batch))?;
                let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
                batches.push(RecordBatch::try_new_with_options(
                    schema.clone(),
                    batch.columns().to_vec(),
                    &options,
                )?);
            }
            Ok(Arc::new(Held { batches, _memory: memory }))
        };
        let kept = work.map(|done: Result<_>| done.map_err(Arc::new));
        Ok(place.insert(kept.boxed().shared()).clone())
    }
}

/// Reads some columns of what is kept.
#[derive(Debug)]
pub(in crate::engine) struct SharedExec {
    kept: Arc<Kept>,
    columns: Option<Vec<usize>>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl SharedExec {
    pub(super) fn new(kept: Arc<Kept>, columns: Option<Vec<usize>>) -> Result<Self> {
        let schema = match &columns {
            Some(columns) => Arc::new(kept.schema.project(columns)?),
            None => kept.schema.clone(),
        };
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(kept.partitions.len()),
            EmissionType::Final,
            Boundedness::Bounded,
        );
        let (properties, metrics) = (Arc::new(properties), ExecutionPlanMetricsSet::new());
        Ok(Self { kept, columns, properties, metrics })
    }

    /// How what it reads is worked out.
    pub(in crate::engine) fn part(&self) -> &Arc<dyn ExecutionPlan> {
        &self.kept.plan
    }

    /// The same for all that read the same.
    pub(in crate::engine) fn id(&self) -> usize {
        Arc::as_ptr(&self.kept).addr()
    }
}

impl DisplayAs for SharedExec {
    fn fmt_as(&self, _form: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "SharedExec: {}", self.kept.name)
    }
}

impl ExecutionPlan for SharedExec {
    fn name(&self) -> &'static str {
        "SharedExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    // What is kept is a finished plan: the optimizer of the whole has nothing to do in it.
    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn with_new_children(
        self: Arc<Self>,
        _children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn apply_expressions(
        &self,
        _look: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let rows = self.kept.rows(partition, &context)?;
        let measured = BaselineMetrics::new(&self.metrics, partition);
        let columns = self.columns.clone();
        let stream = async move {
            let rows = rows.await.map_err(DataFusionError::Shared)?;
            Ok::<_, DataFusionError>(futures::stream::iter((0..rows.batches.len()).map(move |i| {
                let batch = match &columns {
                    Some(columns) => rows.batches[i].project(columns)?,
                    None => rows.batches[i].clone(),
                };
                measured.record_output(batch.num_rows());
                Ok(batch)
            })))
        };
        let schema = self.schema();
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, futures::stream::once(stream).try_flatten())))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn statistics_from_inputs(
        &self,
        _inputs: &[Arc<Statistics>],
        args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        if args.partition().is_some() {
            return Ok(Arc::new(Statistics::new_unknown(&self.schema())));
        }
        Ok(Arc::new(self.kept.statistics.as_ref().clone().project(self.columns.as_ref())))
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, Int64Array, StringViewArray};

    use super::*;

    #[test]
    fn what_slices_share_is_counted_once() {
        let numbers: Int64Array = (0..10_000).map(|n| (n % 3 > 0).then_some(n)).collect();
        let texts =
            StringViewArray::from_iter_values((0..10_000).map(|n| format!("a text that is long {n}")));
        let columns = [("n", Arc::new(numbers) as ArrayRef), ("t", Arc::new(texts) as ArrayRef)];
        let batch = RecordBatch::try_from_iter(columns).expect("fits");
        let mut seen = HashSet::new();
        let sizes: Vec<_> =
            (0..10).map(|i| bytes_beyond(&mut seen, &batch.slice(i * 1_000, 1_000))).collect();
        assert!((400_000..2_000_000).contains(&sizes[0]), "{sizes:?}");
        assert_eq!(sizes[1..], [0; 9]);
        assert_eq!(bytes_beyond(&mut HashSet::new(), &batch), sizes[0]);
    }
}
