//! Optimized plans of statements that come again, such as a saved query that is run once more in the shell.
//!
//! Where tables are small, to optimize a plan takes longer than all that follows. A plan that is the same
//! as one before, over the same stored tables and under the same settings, is optimized already. What
//! depends on the files is not kept: the physical plan is made anew each time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use datafusion::catalog::TableProvider;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::source_as_provider;
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;

use super::scan::Scans;

/// How many plans are kept: all that a person asks in a while.
const PLANS: usize = 32;

/// How many operators and literal values a plan may have to be kept: a saved query has some dozen, a list
/// of rows thousands.
const NODES: usize = 2_000;

/// The plans of a session, the last one first.
#[derive(Debug, Default)]
pub(super) struct PlanCache(Mutex<VecDeque<Arc<Entry>>>);

/// A plan, what it was asked over, and what has become of it.
#[derive(Debug)]
struct Entry {
    plan: LogicalPlan,
    tables: Vec<Arc<dyn TableProvider>>,
    /// Whoever changes settings that somebody holds changes a copy: the same place, the same settings.
    settings: Arc<ConfigOptions>,
    optimized: LogicalPlan,
}

impl PlanCache {
    /// The plan as `optimize` makes it, now or when it was asked for before.
    ///
    /// Only plans over stored tables are kept, for those of the session hold their rows, and only those in
    /// which no function is another each time.
    ///
    /// # Errors
    /// Those of `optimize`.
    pub(super) fn optimized(
        &self,
        state: &SessionState,
        scans: &Scans,
        plan: LogicalPlan,
        optimize: impl FnOnce(LogicalPlan) -> Result<LogicalPlan>,
    ) -> Result<LogicalPlan> {
        if !scans.only_files || !scans.volatile.is_empty() {
            return optimize(plan);
        }
        let (tables, nodes) = looked_through(&plan);
        let settings = state.config_options();
        let is_same = |entry: &&Arc<Entry>| {
            Arc::ptr_eq(&entry.settings, settings) && entry.plan == plan && are_same(&entry.tables, &tables)
        };
        if let Some(entry) = self.entries().iter().find(is_same) {
            return Ok(entry.optimized.clone());
        }
        if nodes > NODES {
            return optimize(plan);
        }
        let optimized = optimize(plan.clone())?;
        let entry = Entry { plan, tables, settings: settings.clone(), optimized: optimized.clone() };
        let mut entries = self.entries();
        entries.truncate(PLANS - 1);
        entries.push_front(Arc::new(entry));
        Ok(optimized)
    }

    fn entries(&self) -> MutexGuard<'_, VecDeque<Arc<Entry>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tables of a plan in the order of its scans, and how large it is.
fn looked_through(plan: &LogicalPlan) -> (Vec<Arc<dyn TableProvider>>, usize) {
    let (mut tables, mut nodes) = (Vec::new(), 0);
    // The look itself does not fail.
    let _ = plan.apply_with_subqueries(|node| {
        nodes += 1;
        match node {
            LogicalPlan::TableScan(scan) => tables.extend(source_as_provider(&scan.source)),
            LogicalPlan::Values(values) => nodes += values.values.iter().map(Vec::len).sum::<usize>(),
            _ => {}
        }
        Ok(TreeNodeRecursion::Continue)
    });
    (tables, nodes)
}

/// A table that was opened anew, for its file has changed, is another.
fn are_same(before: &[Arc<dyn TableProvider>], now: &[Arc<dyn TableProvider>]) -> bool {
    before.len() == now.len() && before.iter().zip(now).all(|(before, now)| Arc::ptr_eq(before, now))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::path::Path;

    use datafusion::prelude::{CsvReadOptions, SessionContext};

    use super::*;

    /// A session with a table `t` in that file.
    async fn session(file: &Path) -> SessionContext {
        std::fs::write(file, "a\n1\n2\n").expect("writes");
        let context = SessionContext::new();
        register(&context, file).await;
        context
    }

    async fn register(context: &SessionContext, file: &Path) {
        let path = file.to_str().expect("a path");
        context.register_csv("t", path, CsvReadOptions::new()).await.expect("registers");
    }

    /// Whether a statement was optimized, rather than known.
    async fn is_new(cache: &PlanCache, context: &SessionContext, sql: &str) -> bool {
        let state = context.state();
        let plan = state.create_logical_plan(sql).await.expect("plans");
        let scans = Scans::of(&plan).expect("looks");
        let is_new = Cell::new(false);
        let optimize = |plan| {
            is_new.set(true);
            state.optimize(&plan)
        };
        let optimized = cache.optimized(&state, &scans, plan.clone(), optimize).expect("optimizes");
        assert_eq!(optimized, state.optimize(&plan).expect("optimizes"), "{sql}");
        is_new.get()
    }

    #[tokio::test]
    async fn the_same_statement_is_optimized_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("t.csv");
        let context = session(&file).await;
        let cache = PlanCache::default();
        let sql = "SELECT max(a) FROM t WHERE a > 1";
        assert!(is_new(&cache, &context, sql).await);
        assert!(!is_new(&cache, &context, sql).await);
        assert!(is_new(&cache, &context, "SELECT max(a) FROM t WHERE a > 2").await, "another value");
        assert!(!is_new(&cache, &context, sql).await);

        context.sql("SET datafusion.optimizer.max_passes = 1").await.expect("sets");
        assert!(is_new(&cache, &context, sql).await, "other settings");
        assert!(!is_new(&cache, &context, sql).await);

        context.deregister_table("t").expect("goes");
        register(&context, &file).await;
        assert!(is_new(&cache, &context, sql).await, "opened anew");
    }

    #[tokio::test]
    async fn what_changes_by_itself_or_holds_rows_is_not_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let context = session(&folder.path().join("t.csv")).await;
        context
            .sql("CREATE TABLE kept AS SELECT * FROM t")
            .await
            .expect("makes")
            .collect()
            .await
            .expect("runs");
        let cache = PlanCache::default();
        for sql in ["SELECT a, now() FROM t", "SELECT a FROM t WHERE random() > 0.5", "SELECT * FROM kept"] {
            assert!(is_new(&cache, &context, sql).await, "{sql}");
            assert!(is_new(&cache, &context, sql).await, "{sql}");
        }
        assert!(cache.entries().is_empty());
    }

    #[tokio::test]
    async fn the_oldest_and_the_largest_plans_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let context = session(&folder.path().join("t.csv")).await;
        let cache = PlanCache::default();
        let numbered = |number: usize| format!("SELECT a + {number} FROM t");
        for number in 0..=PLANS {
            assert!(is_new(&cache, &context, &numbered(number)).await);
        }
        assert_eq!(cache.entries().len(), PLANS);
        assert!(!is_new(&cache, &context, &numbered(1)).await);
        assert!(is_new(&cache, &context, &numbered(0)).await);

        let values: Vec<String> = (0..NODES).map(|number| format!("({number})")).collect();
        let large = format!("SELECT a FROM t JOIN (VALUES {}) v(b) ON a = b", values.join(", "));
        assert!(is_new(&cache, &context, &large).await);
        assert!(is_new(&cache, &context, &large).await);
    }
}
