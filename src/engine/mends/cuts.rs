//! Conditions from above that are asked of rows before a LIMIT cuts them short.
//!
//! `LimitPushdown` of DataFusion 55 gives a LIMIT to the operator below it, as a scan whose file is in the order
//! that is asked for; then `FilterPushdown(Post)` hands a scan the keys that a join above knows. The scan leaves
//! out row groups by them, and the first five thousand rows are the first of those that are left. Such an
//! operator gets no conditions from above, as it got none while the LIMIT stood between.

use std::sync::Arc;

use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::sorts::sort::SortExec;

/// Whether an operator cuts its rows short, and would not keep conditions away itself, as a sort does.
pub(super) fn is_cut_short(plan: &Arc<dyn ExecutionPlan>) -> bool {
    plan.fetch().is_some() && !plan.is::<SortExec>()
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;
    use arrow::datatypes::Int64Type;
    use datafusion::config::TableParquetOptions;
    use datafusion::dataframe::DataFrameWriteOptions;
    use datafusion::execution::session_state::SessionStateBuilder;
    use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext, col};

    use crate::engine::mends::physical_rules;

    #[tokio::test]
    async fn the_first_rows_are_the_first_of_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = SessionConfig::new().with_target_partitions(1);
        let state = SessionStateBuilder::new().with_config(config).with_default_features();
        let session =
            SessionContext::new_with_state(state.with_physical_optimizer_rules(physical_rules()).build());
        let path = folder.path().join("t.parquet").display().to_string();
        let mut groups = TableParquetOptions::default();
        groups.global.max_row_group_size = 1_000;
        let made = session.sql("SELECT value AS v FROM generate_series(1, 5000)").await.expect("plans");
        made.write_parquet(&path, DataFrameWriteOptions::new(), Some(groups)).await.expect("writes");
        let ordered = ParquetReadOptions::new().file_sort_order(vec![vec![col("v").sort(true, false)]]);
        session.register_parquet("t", &path, ordered).await.expect("registers");
        for first in ["SELECT v FROM t", "SELECT v FROM t WHERE v % 2 = 0"] {
            // What is joined is the last row, and none of the first thousand.
            let sql = format!(
                "SELECT count(*) FROM ({first} ORDER BY v LIMIT 1000) a JOIN (SELECT max(v) AS m FROM t WHERE v > 1) b ON b.m = a.v"
            );
            let batches = session.sql(&sql).await.expect("plans").collect().await.expect("runs");
            assert_eq!(batches[0].column(0).as_primitive::<Int64Type>().value(0), 0, "{sql}");
        }
    }
}
