use std::path::Path;

use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::physical_plan::collect;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};

use super::*;

/// Sessions over `t`, 200 000 rows of 20 000 keys, and `s`, every thousandth key and one that `t` has not:
/// one as it is, and one with the rule.
async fn sessions(folder: &Path) -> [SessionContext; 2] {
    let config = SessionConfig::new().with_target_partitions(2).with_repartition_file_min_size(1);
    let plain = SessionStateBuilder::new().with_config(config.clone()).with_default_features();
    let ruled = SessionStateBuilder::new().with_config(config).with_default_features();
    let ruled = ruled.with_physical_optimizer_rule(Arc::new(Prefilter));
    let sessions = [plain.build(), ruled.build()].map(SessionContext::new_with_state);
    for (name, sql) in [
        ("t", "SELECT value % 20000 AS k, value AS v, value % 7 AS w FROM generate_series(1, 200000)"),
        ("s", "SELECT value * 1000 AS k, 'x' AS x FROM generate_series(0, 20)"),
    ] {
        let path = folder.join(format!("{name}.parquet")).display().to_string();
        let made = sessions[0].sql(sql).await.expect("plans");
        made.write_parquet(&path, DataFrameWriteOptions::new(), None).await.expect("writes");
        for session in &sessions {
            session.register_parquet(name, &path, ParquetReadOptions::new()).await.expect("registers");
        }
    }
    sessions
}

/// The rows that each operator of ours let through, in a plan that gives what it gives without them.
async fn through(sessions: &[SessionContext; 2], sql: &str) -> Vec<usize> {
    let mut told = Vec::new();
    let mut through = Vec::new();
    for session in sessions {
        let plan = session.sql(sql).await.expect("plans").create_physical_plan().await.expect("plans");
        let batches = collect(plan.clone(), session.task_ctx()).await.expect("runs");
        told.push(pretty_format_batches(&batches).expect("formats").to_string());
        through.clear();
        let _ = plan.apply(|node| {
            if node.name() == "PrefilterExec" {
                through.push(node.metrics().and_then(|metrics| metrics.output_rows()).expect("measured"));
            }
            Ok(datafusion::common::tree_node::TreeNodeRecursion::Continue)
        });
    }
    assert_eq!(told[0], told[1], "{sql}");
    through
}

#[tokio::test]
async fn an_aggregate_is_made_of_the_keys_that_are_asked_about() {
    let folder = tempfile::tempdir().expect("a folder");
    let sessions = sessions(folder.path()).await;
    let sums = "(SELECT k, sum(v) AS v FROM t GROUP BY k)";
    let sql = format!("SELECT s.k, a.v FROM s JOIN {sums} a ON a.k = s.k ORDER BY 1");
    assert_eq!(through(&sessions, &sql).await, [200]);
    let sql =
        "SELECT s.k FROM s WHERE s.x = 'x' AND s.k * 100 < (SELECT sum(v) FROM t WHERE t.k = s.k) ORDER BY 1";
    assert_eq!(through(&sessions, sql).await, [200], "a sub-query that the outer query asks about few keys");
    let sql = format!("SELECT s.k, a.v FROM s LEFT JOIN {sums} a ON a.k = s.k ORDER BY 1");
    assert_eq!(through(&sessions, &sql).await, [200], "rows without a key on the other side stay");
    let sql = format!("SELECT s.k, a.k FROM s FULL JOIN {sums} a ON a.k = s.k ORDER BY 1, 2");
    assert_eq!(through(&sessions, &sql).await, Vec::<usize>::new(), "and here on both");
}

#[tokio::test]
async fn conditions_and_names_of_the_scan_are_minded() {
    let folder = tempfile::tempdir().expect("a folder");
    let sessions = sessions(folder.path()).await;
    // The scan gives its columns in another order and under other names, `k` for another one among them.
    let sums = "(SELECT y AS k, sum(z) AS v FROM (SELECT v AS z, w AS k, k AS y, w FROM t) WHERE w < 3 AND k < 3 GROUP BY y)";
    let sql = format!("SELECT s.k, a.v FROM s JOIN {sums} a ON a.k = s.k ORDER BY 1");
    assert_eq!(through(&sessions, &sql).await, [84]);
}

#[tokio::test]
async fn nothing_is_done_where_the_join_does_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let sessions = sessions(folder.path()).await;
    let sql = "SELECT count(*), sum(t.v) FROM s JOIN t ON t.k = s.k";
    assert_eq!(through(&sessions, sql).await, Vec::<usize>::new());
    let sql = "SELECT k, sum(v) FROM t GROUP BY k ORDER BY 1 LIMIT 5";
    assert_eq!(through(&sessions, sql).await, Vec::<usize>::new());
}

#[tokio::test]
async fn the_table_of_another_join_is_made_of_the_rows_that_are_asked_about() {
    let folder = tempfile::tempdir().expect("a folder");
    let sessions = sessions(folder.path()).await;
    let some = "(SELECT k, v FROM t WHERE v <= 20000)";
    let sql = format!("SELECT count(*), sum(t.v) FROM {some} b JOIN t ON t.k = b.k JOIN s ON s.k = b.v");
    let found = through(&sessions, &sql).await;
    // Its rows may be on their way before the next join knows its keys.
    assert!(matches!(found[..], [20..=20_000]), "{found:?}");
}

#[tokio::test]
async fn a_filter_that_keeps_most_is_given_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let sessions = sessions(folder.path()).await;
    let most = "(SELECT DISTINCT k FROM t WHERE k % 10 < 9)";
    let sums = "(SELECT k, w, sum(v) AS v FROM t GROUP BY k, w)";
    let sql = format!("SELECT count(*), sum(a.v) FROM {most} m JOIN {sums} a ON a.k = m.k");
    let found = through(&sessions, &sql).await;
    assert!(found.iter().all(|rows| (190_000..=200_000).contains(rows)), "{found:?}");
}

#[tokio::test]
async fn a_query_that_recurs_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let sessions = sessions(folder.path()).await;
    let sums = "(SELECT k, count(*) AS n FROM t GROUP BY k)";
    let sql = format!(
        "WITH RECURSIVE r AS (SELECT 1000 AS k, 0 AS d UNION ALL SELECT r.k + 1000, r.d + 1 FROM r JOIN {sums} a ON a.k = r.k WHERE r.d < 5) SELECT * FROM r ORDER BY 1"
    );
    assert_eq!(through(&sessions, &sql).await, Vec::<usize>::new());
}
