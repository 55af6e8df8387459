//! Sorts of texts that ask for gigabytes to hold megabytes.
//!
//! The texts of a batch lie in buffers that it refers to. Where a batch is put together of many small
//! pieces, arrow's `BatchCoalescer` takes over the buffers of each, thousands of times the same ones, and
//! `ExternalSorter` sets memory aside for each of them anew (`get_sliced_size`): a sort of 1.6 million rows
//! did not fit into 18 GB. Here such texts get a buffer of their own before they are sorted.

use std::fmt;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray};
use arrow::buffer::Buffer;
use arrow::datatypes::{BinaryViewType, ByteViewType, DataType, StringViewType};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::Statistics;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::execution_plan::CardinalityEffect;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::statistics::{ChildStats, StatisticsArgs};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PhysicalExpr, PlanProperties};
use futures::StreamExt;

/// The name of the operator, which is not shown.
pub(in crate::engine) const GATHERING: &str = "Gathering";

/// Bytes that a column of a batch may refer to more than once before its texts are gathered.
const SPARE_BYTES: usize = 1 << 20;

/// Puts an operator that gathers texts below each sort of some.
#[derive(Debug)]
pub(super) struct GatherTexts;

impl PhysicalOptimizerRule for GatherTexts {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let gather = |plan: Arc<dyn ExecutionPlan>| {
            let Some(sort) = plan.downcast_ref::<SortExec>() else { return Ok(Transformed::no(plan)) };
            let is_view = |kind: &DataType| matches!(kind, DataType::Utf8View | DataType::BinaryView);
            if !sort.schema().fields().iter().any(|field| is_view(field.data_type())) {
                return Ok(Transformed::no(plan));
            }
            plan.clone().map_children(|input| Ok(Transformed::yes(Arc::new(Gathering { input }) as _)))
        };
        plan.transform_up(gather).map(|transformed| transformed.data)
    }

    fn name(&self) -> &str {
        "gather_texts"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The array with a buffer of its own, where it refers to far more than it shows.
fn gathered<T: ByteViewType>(array: &ArrayRef) -> Option<ArrayRef> {
    let views = array.as_byte_view_opt::<T>()?;
    let referred: usize = views.data_buffers().iter().map(Buffer::len).sum();
    // The texts themselves are looked at only where there is much to be gained.
    (referred > SPARE_BYTES && referred > SPARE_BYTES + 2 * views.total_buffer_bytes_used())
        .then(|| Arc::new(views.gc()) as ArrayRef)
}

fn with_texts_gathered(batch: &RecordBatch) -> Result<RecordBatch> {
    let columns = batch.columns().iter().map(|column| {
        let gathered = gathered::<StringViewType>(column).or_else(|| gathered::<BinaryViewType>(column));
        gathered.unwrap_or_else(|| column.clone())
    });
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(batch.schema(), columns.collect(), &options)?)
}

/// Its input, whose texts refer to no more than they show.
#[derive(Debug)]
struct Gathering {
    input: Arc<dyn ExecutionPlan>,
}

impl DisplayAs for Gathering {
    fn fmt_as(&self, _form: DisplayFormatType, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(GATHERING)
    }
}

impl ExecutionPlan for Gathering {
    fn name(&self) -> &'static str {
        GATHERING
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

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(children.pop().map_or(self, |input| Arc::new(Self { input })))
    }

    fn apply_expressions(
        &self,
        _look: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let batches = self.input.execute(partition, context)?;
        let batches = batches.map(|batch| with_texts_gathered(&batch?));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), batches)))
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition)]
    }

    fn statistics_from_inputs(
        &self,
        inputs: &[Arc<Statistics>],
        _args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        Ok(inputs.first().cloned().unwrap_or_else(|| Arc::new(Statistics::new_unknown(&self.schema()))))
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::Equal
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::StringViewArray;

    use super::*;

    #[test]
    fn texts_of_many_pieces_get_a_buffer_of_their_own() {
        let words = StringViewArray::from_iter_values((0..4_000).map(|n| format!("a text that is long {n}")));
        let (views, buffers, nulls) = words.clone().into_parts();
        // What the coalescer makes of a thousand pieces that lie in the same buffers.
        let often = buffers.iter().cycle().take(1_000 * buffers.len()).cloned().collect::<Vec<_>>();
        let often = StringViewArray::new(views, often, nulls);
        let batch = |texts: &StringViewArray| {
            RecordBatch::try_from_iter([("t", Arc::new(texts.clone()) as ArrayRef)]).expect("fits")
        };
        let referred = |batch: &RecordBatch| -> usize {
            batch.column(0).as_string_view().data_buffers().iter().map(Buffer::len).sum()
        };
        let gathered = with_texts_gathered(&batch(&often)).expect("gathers");
        assert_eq!(gathered, batch(&words));
        assert!(referred(&batch(&often)) > 1_000 * 80_000, "{}", referred(&batch(&often)));
        assert!(referred(&gathered) <= words.total_buffer_bytes_used(), "{}", referred(&gathered));
        let whole = batch(&words);
        let same = with_texts_gathered(&whole).expect("gathers");
        assert!(Arc::ptr_eq(same.column(0), whole.column(0)), "what is as it should be is not copied");
    }
}
