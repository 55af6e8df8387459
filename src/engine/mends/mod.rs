//! Where DataFusion 55.2 answers wrongly and can be made to answer rightly; what cannot be mended is refused
//! (`engine/unsound.rs`).
//!
//! | module | what it mends |
//! | --- | --- |
//! | `precedence` | `a IS DISTINCT FROM b AND c` |
//! | `from_first` | `FROM t` without columns |
//! | `absence` | `COALESCE((SELECT …), …)` where no row is found |
//! | `columns` | `EXISTS` and `IN (SELECT …)` among the columns |
//! | `unknown` | `NOT (a IN (1) AND a IN (2))` of nulls, and lists that hold null |
//! | `membership` | `NOT IN (SELECT …)` of nulls within another condition |
//! | `nulls` | `IS NOT DISTINCT FROM` among other joins |
//! | `digits` | decimals beside `count(DISTINCT …)`, and `round` of them |
//! | `totals` | a condition that is never met, above a total |
//! | `belief` | orders, constants and unique keys that are taken for those of other rows or columns |
//! | `names` | conditions on columns that have their name twice |
//! | `forgetting` | the operator that the last two put between others |
//! | `cuts` | conditions from above a LIMIT that is asked for in the order of a file |
//! | `views` | sorts that ask for many times the memory of their texts |
//! | `opaque` | a function around what nothing is to look into |
//! | `held` | a rule of the engine that is held off where it would go wrong |
//!
//! Each module tells which rule of the engine goes wrong. `tests/slt/rules` and
//! `tests/peer/duckdb_generated.py` hold what comes out against DuckDB.

mod absence;
mod belief;
mod columns;
mod cuts;
mod digits;
mod forgetting;
mod from_first;
mod held;
mod membership;
mod names;
mod nulls;
mod opaque;
mod precedence;
mod totals;
mod unknown;
mod views;

use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::error::Result;
#[cfg(feature = "cluster")]
use datafusion::logical_expr::ScalarUDF;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::optimizer::optimizer::Optimizer;
use datafusion::optimizer::{Analyzer, AnalyzerRule, OptimizerRule};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;

pub(super) use self::forgetting::FORGETTING;
pub(super) use self::from_first::FromFirst;
pub(super) use self::precedence::Precedence;
pub(super) use self::views::GATHERING;

/// Whether an expression of a node, or a part of one, is such.
fn holds(plan: &LogicalPlan, is_such: impl Fn(&Expr) -> bool) -> bool {
    let mut found = false;
    // The look itself does not fail.
    let _ = plan.apply_expressions(|expr| {
        found = expr.exists(|part| Ok(is_such(part)))?;
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    found
}

/// A plan as it was meant, before anything is done to it.
///
/// # Errors
/// A part of it cannot be made anew, which its having been made excludes.
pub(super) fn as_meant(plan: LogicalPlan) -> Result<LogicalPlan> {
    absence::may_be_absent(columns::counted(plan)?)
}

/// What the engine does to a plan before it is optimized, between ours.
pub(super) fn analyzer_rules() -> Vec<Arc<dyn AnalyzerRule + Send + Sync>> {
    let mut rules = vec![Arc::new(digits::Digits) as Arc<dyn AnalyzerRule + Send + Sync>];
    rules.extend(Analyzer::new().rules);
    rules.push(Arc::new(unknown::KeepUnknown::default()));
    rules
}

/// The engine's rules on logical plans, some of them held in check.
pub(super) fn optimizer_rules() -> Vec<Arc<dyn OptimizerRule + Send + Sync>> {
    let held = |rule, from| Arc::new(held::HeldOff { rule, from }) as Arc<dyn OptimizerRule + Send + Sync>;
    let mended = |rule: Arc<dyn OptimizerRule + Send + Sync>| match rule.name() {
        "eliminate_cross_join" => held(rule, nulls::equal_somewhere),
        "extract_equijoin_predicate" => held(rule, nulls::equal_here),
        "single_distinct_aggregation_to_group_by" => held(rule, digits::sums_decimals),
        "push_down_filter" => Arc::new(totals::AboveTotals { rule }),
        _ => rule,
    };
    Optimizer::new().rules.into_iter().map(mended).collect()
}

/// The engine's rules on physical plans, after ours and some of them held in check.
pub(super) fn physical_rules() -> Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>> {
    let mended = |rule: Arc<dyn PhysicalOptimizerRule + Send + Sync>| match rule.name() {
        "FilterPushdown" => Arc::new(names::TellingNamesApart { rule, is_last: false })
            as Arc<dyn PhysicalOptimizerRule + Send + Sync>,
        "FilterPushdown(Post)" => Arc::new(names::TellingNamesApart { rule, is_last: true }),
        _ => rule,
    };
    let mut rules = vec![Arc::new(belief::Forget) as Arc<dyn PhysicalOptimizerRule + Send + Sync>];
    rules.extend(PhysicalOptimizer::new().rules.into_iter().map(mended));
    rules.push(Arc::new(views::GatherTexts));
    rules
}

/// The functions that our rules put into plans.
#[cfg(feature = "cluster")]
pub(super) fn functions() -> [Arc<ScalarUDF>; 2] {
    ["maybe", "whole"].map(opaque::opaque)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_that_are_mended_are_still_there() {
        let mut rules: Vec<_> = optimizer_rules().iter().map(|rule| format!("{rule:?}")).collect();
        rules.extend(physical_rules().iter().map(|rule| format!("{rule:?}")));
        let count = |name: &str| rules.iter().filter(|rule| rule.starts_with(name)).count();
        let counts = ["HeldOff", "AboveTotals", "TellingNamesApart", "Forget"].map(count);
        assert_eq!(counts, [3, 1, 2, 1], "{rules:?}");
    }
}
