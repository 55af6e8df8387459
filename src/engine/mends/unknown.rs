//! Lists in conditions, where some of what is compared is null.
//!
//! DataFusion 55 makes one list of two on the same operand, `a IN (1) AND a IN (2)` becoming `false`
//! (`inlist_intersection` and its like in `simplify_expressions`). It is null where `a` is, which `WHERE`
//! takes for false, but `NOT` and `IS NULL` do not; and of lists that hold null themselves the ones that are
//! made tell true from false wrongly even in `WHERE`. Such parts of a condition are put into a function that
//! gives what it is given, and that nothing looks into.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use datafusion::common::DFSchema;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{InList, InSubquery};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{BinaryExpr, Cast, Expr, ExprSchemable, LogicalPlan, Operator, ScalarUDF};
use datafusion::optimizer::AnalyzerRule;

use super::holds;
use super::membership::{Place, is_joined_rightly, mended};
use super::opaque::opaque;

/// The rule.
#[derive(Debug)]
pub(super) struct KeepUnknown {
    whole: Arc<ScalarUDF>,
}

impl Default for KeepUnknown {
    fn default() -> Self {
        Self { whole: opaque("whole") }
    }
}

impl AnalyzerRule for KeepUnknown {
    fn name(&self) -> &'static str {
        "keep_unknown"
    }

    fn analyze(&self, plan: LogicalPlan, _config: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|plan| self.plan(plan)).map(|plan| plan.data)
    }
}

impl KeepUnknown {
    fn plan(&self, plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
        if !holds(&plan, |expr| operand(expr).is_some() || matches!(expr, Expr::InSubquery(_))) {
            return Ok(Transformed::no(plan));
        }
        let place = match &plan {
            LogicalPlan::Filter(_) => Place::Conjunct,
            LogicalPlan::Join(_) => Place::Condition,
            _ => Place::Value,
        };
        let schema = merge_schema(&plan.inputs());
        // The columns keep the names by which the plan above calls them.
        let names = NamePreserver::new(&plan);
        let kept = plan.map_expressions(|expr| {
            // Of sets the engine looks for the names of the parts.
            if matches!(expr, Expr::GroupingSet(_)) {
                return Ok(Transformed::no(expr));
            }
            let name = names.save(&expr);
            let kept = self.kept(expr, place, &schema)?;
            Ok(kept.update_data(|expr| name.restore(expr)))
        })?;
        if kept.transformed { kept.map_data(LogicalPlan::recompute_schema) } else { Ok(kept) }
    }

    /// An expression, in which null stays null.
    fn kept(&self, expr: Expr, place: Place, schema: &DFSchema) -> Result<Transformed<Expr>> {
        let clashes = if place == Place::Value { clashes(&expr, schema) } else { HashSet::new() };
        self.logic(expr, place, &clashes, schema)
    }

    fn logic(
        &self,
        expr: Expr,
        place: Place,
        clashes: &HashSet<Expr>,
        schema: &DFSchema,
    ) -> Result<Transformed<Expr>> {
        if operand(&expr).is_some_and(|operand| clashes.contains(operand)) || holds_null(&expr) {
            return Ok(Transformed::yes(self.whole.call(vec![expr])));
        }
        match &expr {
            Expr::InSubquery(member) => Ok(match mended(member, place, schema)? {
                Some(mended) => Transformed::yes(mended),
                None => Transformed::no(expr),
            }),
            Expr::BinaryExpr(BinaryExpr { op: Operator::And, .. }) => {
                expr.map_children(|part| self.logic(part, place, clashes, schema))
            }
            Expr::BinaryExpr(BinaryExpr { op: Operator::Or, .. }) => {
                let place = if place == Place::Conjunct { Place::Condition } else { place };
                expr.map_children(|part| self.logic(part, place, clashes, schema))
            }
            Expr::Not(inner) if is_known(inner, place) => Ok(Transformed::no(expr)),
            // Here a condition ends: NOT makes something else of false than of null.
            Expr::Not(_) if place == Place::Value => {
                expr.map_children(|part| self.logic(part, place, clashes, schema))
            }
            Expr::ScalarFunction(call) if call.func == self.whole => Ok(Transformed::no(expr)),
            _ => expr.map_children(|part| self.kept(part, Place::Value, schema)),
        }
    }
}

/// Whether NOT before an expression becomes NOT IN, which is answered rightly.
fn is_known(expr: &Expr, place: Place) -> bool {
    match expr {
        Expr::InSubquery(member) => {
            is_joined_rightly(&InSubquery { negated: !member.negated, ..member.clone() }, place)
        }
        _ => false,
    }
}

/// What a list or a literal is compared with, where the engine makes one list of two such comparisons.
fn operand(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::InList(list) => Some(&list.expr),
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => match (&**left, &**right) {
            (column @ Expr::Column(_), Expr::Literal(..)) | (Expr::Literal(..), column @ Expr::Column(_)) => {
                Some(column)
            }
            _ => None,
        },
        _ => None,
    }
}

fn holds_null(expr: &Expr) -> bool {
    fn is_null(expr: &Expr) -> bool {
        match expr {
            Expr::Literal(value, _) => value.is_null(),
            Expr::Cast(Cast { expr, .. }) => is_null(expr),
            _ => false,
        }
    }
    matches!(expr, Expr::InList(InList { list, .. }) if list.iter().any(is_null))
}

/// What is compared more than once in one logical expression and may be null, unless the comparisons are
/// joined by OR alone, which is the one case that comes out right.
fn clashes(expr: &Expr, schema: &DFSchema) -> HashSet<Expr> {
    let mut seen = HashMap::<&Expr, usize>::new();
    let mut is_choice = true;
    let mut parts = vec![expr];
    while let Some(part) = parts.pop() {
        match part {
            Expr::BinaryExpr(BinaryExpr { left, op: op @ (Operator::And | Operator::Or), right }) => {
                is_choice &= *op == Operator::Or;
                parts.extend([&**left, &**right]);
            }
            Expr::Not(inner) => {
                is_choice = false;
                parts.push(inner);
            }
            part => {
                is_choice &= !matches!(part, Expr::InList(InList { negated: true, .. }));
                if let Some(operand) = operand(part) {
                    *seen.entry(operand).or_default() += 1;
                }
            }
        }
    }
    if is_choice {
        return HashSet::new();
    }
    let clash = |(operand, times): (&Expr, usize)| {
        (times > 1 && operand.nullable(schema).unwrap_or(true)).then(|| operand.clone())
    };
    seen.into_iter().filter_map(clash).collect()
}
