//! A condition that no row meets, above a total.
//!
//! `push_down_filter` of DataFusion 55 moves what names no column below any aggregate. Two conditions that
//! contradict one another become `false` in the rule itself, and below a total `false` leaves no rows, of
//! which the total is made all the same: a row that the statement should not give.

use std::sync::Arc;

use datafusion::common::ScalarValue;
use datafusion::common::tree_node::Transformed;
use datafusion::error::Result;
use datafusion::logical_expr::utils::{conjunction, split_conjunction_owned};
use datafusion::logical_expr::{Aggregate, EmptyRelation, Expr, Filter, LogicalPlan};
use datafusion::optimizer::optimizer::ApplyOrder;
use datafusion::optimizer::simplify_expressions::simplify_predicates;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

/// The engine's rule, which is told of such conditions before.
#[derive(Debug)]
pub(super) struct AboveTotals {
    pub(super) rule: Arc<dyn OptimizerRule + Send + Sync>,
}

impl OptimizerRule for AboveTotals {
    fn name(&self) -> &str {
        self.rule.name()
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        self.rule.apply_order()
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Filter(filter) if is_above_a_total(&filter) => above_a_total(filter),
            plan => self.rule.rewrite(plan, config),
        }
    }
}

/// Whether there is a row of an aggregate even where its input has none.
fn has_a_total(aggregate: &Aggregate) -> bool {
    aggregate.group_expr.is_empty() || matches!(aggregate.group_expr[..], [Expr::GroupingSet(_)])
}

fn is_above_a_total(filter: &Filter) -> bool {
    let mut input = &filter.input;
    while let LogicalPlan::Filter(below) = &**input {
        input = &below.input;
    }
    matches!(&**input, LogicalPlan::Aggregate(aggregate) if has_a_total(aggregate))
}

/// The filters as one that stays where it is. No column of a total is one of its input.
fn above_a_total(filter: Filter) -> Result<Transformed<LogicalPlan>> {
    let mut written = Vec::new();
    let mut input = Arc::new(LogicalPlan::Filter(filter));
    while let LogicalPlan::Filter(filter) = &*input {
        let mut conditions = split_conjunction_owned(filter.predicate.clone());
        conditions.append(&mut written);
        written = conditions;
        input = filter.input.clone();
    }
    let count = written.len();
    let conditions = simplify_predicates(written)?;
    let is_never = |condition: &Expr| {
        matches!(condition, Expr::Literal(ScalarValue::Boolean(None | Some(false)) | ScalarValue::Null, _))
    };
    if conditions.iter().any(is_never) {
        let schema = input.schema().clone();
        return Ok(Transformed::yes(LogicalPlan::EmptyRelation(EmptyRelation {
            produce_one_row: false,
            schema,
        })));
    }
    let changed = conditions.len() != count;
    Ok(match conjunction(conditions) {
        Some(condition) => {
            let plan = LogicalPlan::Filter(Filter::try_new(condition, input)?);
            if changed { Transformed::yes(plan) } else { Transformed::no(plan) }
        }
        None => Transformed::yes(Arc::unwrap_or_clone(input)),
    })
}
