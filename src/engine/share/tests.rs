use std::sync::Arc;

use arrow::array::Int64Array;
use arrow::record_batch::RecordBatch;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::SessionContext;

use super::*;
use crate::engine::stop::Stop;

/// A session with a table `t` of 1 000 rows: `k` from 0 to 9, `v` from 0 to 999.
fn session() -> SessionContext {
    let context = SessionContext::new();
    let v: Int64Array = (0..1_000).collect();
    let k: Int64Array = (0..1_000).map(|v| v % 10).collect();
    let batch = RecordBatch::try_from_iter([("k", Arc::new(k) as _), ("v", Arc::new(v) as _)]).expect("fits");
    context.register_batch("t", batch).expect("registers");
    context
}

/// How a query is done whose parts are worked out once, in one run of it.
async fn planned(context: &SessionContext, plan: LogicalPlan) -> Arc<dyn ExecutionPlan> {
    let mut state = context.state();
    let plan = repeated(plan, &state).expect("shares");
    state.config_mut().set_extension(Arc::new(Run::new(Stop::default())));
    state.create_physical_plan(&plan).await.expect("plans")
}

/// The scans of `t`, and of parts that are kept, in the plan that a query comes to.
async fn scans(sql: &str) -> (usize, usize) {
    let context = session();
    let plan = context.state().create_logical_plan(sql).await.expect("plans");
    let whole = context.state().create_physical_plan(&plan).await.expect("plans");
    let shared = planned(&context, plan).await;
    let rows = |plan: Arc<dyn ExecutionPlan>| {
        let task = context.task_ctx();
        async move {
            let batches = collect(plan, task).await.expect("runs");
            arrow::util::pretty::pretty_format_batches(&batches).expect("formats").to_string()
        }
    };
    let (mut found, mut seen) = ((0, 0), BTreeSet::new());
    look(&shared, &mut found, &mut seen);
    assert_eq!(rows(shared).await, rows(whole).await, "{sql}");
    found
}

fn look(plan: &Arc<dyn ExecutionPlan>, found: &mut (usize, usize), seen: &mut BTreeSet<usize>) {
    if let Some(shared) = plan.downcast_ref::<SharedExec>() {
        found.1 += 1;
        if seen.insert(shared.id()) {
            look(shared.part(), found, seen);
        }
    }
    found.0 += usize::from(plan.name() == "DataSourceExec");
    plan.children().into_iter().for_each(|child| look(child, found, seen));
}

#[tokio::test]
async fn a_part_whose_plan_does_not_know_that_nothing_is_null_is_shared() {
    let first = "SELECT DISTINCT ON (v % 10) v % 10 AS r, k FROM t ORDER BY v % 10, v DESC";
    let counted = format!("WITH c AS (SELECT k, count(*) AS n FROM ({first}) GROUP BY k)");
    let sql = format!("{counted} SELECT k, n, (SELECT sum(n) FROM c) AS s FROM c ORDER BY k");
    assert_eq!(scans(&sql).await, (1, 2));
}

#[tokio::test]
async fn a_part_that_is_named_twice_is_worked_out_once() {
    let sums = "WITH s AS (SELECT k, sum(v) AS v FROM t GROUP BY k)";
    let found = scans(&format!("{sums} SELECT * FROM s WHERE v = (SELECT max(v) FROM s) ORDER BY k")).await;
    assert_eq!(found, (1, 2));
    let found = scans(&format!("{sums} SELECT a.v, b.v FROM s a JOIN s b ON a.k = b.k + 1 ORDER BY 1")).await;
    assert_eq!(found, (1, 2));
    let union = "u AS (SELECT k FROM s UNION ALL SELECT v FROM s)";
    let found = scans(&format!("{sums}, {union} SELECT a.k FROM u a JOIN u b ON a.k = b.k ORDER BY 1")).await;
    assert_eq!(found, (1, 4), "within what is shared, what is shared");
    let twice = "SELECT count(*) FROM (SELECT k, max(v) m FROM t GROUP BY k) a, (SELECT k, max(v) m FROM t GROUP BY k) b WHERE a.m > b.m";
    assert_eq!(scans(twice).await, (1, 2), "with or without a name");
}

#[tokio::test]
async fn what_is_large_changing_or_named_once_is_left_as_it_is() {
    let left = [
        "WITH s AS (SELECT k, sum(v) AS v FROM t GROUP BY k) SELECT * FROM s ORDER BY k",
        "WITH s AS (SELECT * FROM t WHERE v < 500) SELECT count(*) FROM s a JOIN s b ON a.v = b.v",
        "WITH s AS (SELECT k, sum(v) AS v FROM t GROUP BY k) SELECT count(*) FROM s a, t WHERE a.k = t.k",
        "SELECT count(*) FROM t WHERE v IN (SELECT max(v) FROM t x WHERE x.k = t.k)",
    ];
    for sql in left {
        assert_eq!(scans(sql).await.1, 0, "{sql}");
    }
    let context = session();
    let sql =
        "WITH s AS (SELECT k, max(random()) AS r FROM t GROUP BY k) SELECT * FROM s a JOIN s b ON a.r = b.r";
    let plan = context.state().create_logical_plan(sql).await.expect("plans");
    assert_eq!(repeated(plan.clone(), &context.state()).expect("shares"), plan);
}

#[tokio::test]
async fn a_fault_reaches_all_who_read_the_part() {
    let context = session();
    let sql = "WITH s AS (SELECT k, sum(1 / (v - 7)) AS v FROM t GROUP BY k) SELECT * FROM s a JOIN s b ON a.v = b.v";
    let plan = context.state().create_logical_plan(sql).await.expect("plans");
    let plan = planned(&context, plan).await;
    let error = collect(plan, context.task_ctx()).await.expect_err("divides by zero");
    assert!(error.to_string().to_lowercase().contains("divide by zero"), "{error}");
}

/// The type of a CASE is settled after the part was planned for the first time.
#[tokio::test]
async fn a_part_whose_types_are_settled_later_is_left_alone() {
    let sum = "sum(CASE WHEN v > 5 THEN CAST(0 AS DECIMAL(1, 1)) ELSE CAST(1.25 AS DECIMAL(3, 2)) END)";
    let sql = format!(
        "WITH s AS (SELECT k, {sum} AS c FROM t GROUP BY k) SELECT a.k, a.c, b.c FROM s a JOIN s b ON a.k = b.k ORDER BY a.k"
    );
    assert_eq!(scans(&sql).await.1, 0);
}
