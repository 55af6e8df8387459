//! What went wrong on a cluster, in our words.

use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::TryStreamExt;

use crate::config::cluster::Scheduler;

/// Rows whose errors are told as those of the engine in this process are.
pub(super) fn in_our_words(rows: SendableRecordBatchStream, at: &Scheduler) -> SendableRecordBatchStream {
    let (schema, at) = (rows.schema(), at.clone());
    Box::pin(RecordBatchStreamAdapter::new(schema, rows.map_err(move |error| told(error, &at))))
}

fn told(error: DataFusionError, _at: &Scheduler) -> DataFusionError {
    error
}
