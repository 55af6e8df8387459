//! What a statement does to measures that they do not bear, found in its plan by the lineage of columns.
//!
//! The contract says what a column measures. A stock adds up over units and never over dates, nor with
//! a flow; *lượt* are not persons; a join that repeats rows repeats what they measure. The plan is
//! walked from its leaves up, before it is optimised: so views, sub-queries, CTEs and aliases make no
//! difference. Whatever is not understood is not found fault with.
//!
//! Decisions, where the contract leaves room:
//! - A stock's date is the date in its table's key, or the table's only date.
//! - Its date is fixed by a constant, by a sub-query that gives one date, by the latest date of each
//!   unit (`max`, `row_number() … = 1`), or by a year and a month, for balances close a month. A
//!   quarter or a year fixes it not.
//! - A mean, least or greatest over dates is legitimate. So are half the sum of two dates' stocks, a
//!   change, and opening balance + flow − flow.
//! - Two different stocks of one unit are not added: capital holds what is outstanding. One stock in
//!   two channels is, although channels may overlap: its shares are asked for.
//! - The name says what the contract has no word for: `…_distinct` counts different ones in each row,
//!   `benefit…` is a valuation, and `x_id` in a table `xs` that is not unique there repeats.

mod adding;
mod analysis;
mod facts;
mod fanout;
mod fixed;
mod grouping;
mod keys;
mod lineage;
mod origins;
mod persons;
mod rules;
mod tables;
mod value;
mod words;

#[cfg(test)]
mod tests;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{BinaryExpr, Expr, LogicalPlan, Operator};

use self::analysis::Analysis;
use crate::contract::Contract;
use crate::language::Message;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A stock is summed over dates.
    StockOverDates,
    /// A stock is added to a flow.
    StockAndFlow,
    /// Stocks that may hold the same are added.
    TwoStocks,
    /// What counts participations, or the same person twice, is taken for a number of persons.
    Persons,
    /// An aggregate counts rows that a join has repeated.
    FanOut,
    /// An estimated benefit is taken for money.
    Benefit,
}

/// What a statement does to a measure that it does not bear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub kind: Kind,
    /// Why, in one sentence, with the names of the statement.
    pub text: Message,
}

/// What is found in a plan that has not been optimised yet, each thing once.
///
/// The contract is asked for only where the plan adds, compares or names something.
pub(super) fn of<'a>(plan: &LogicalPlan, contract: impl FnOnce() -> &'a Contract) -> Vec<Finding> {
    if !may_matter(plan) {
        return Vec::new();
    }
    let contract = contract();
    let measured = contract.tables.iter().flat_map(|table| &table.schema.fields);
    if !measured.into_iter().any(|field| field.measure.is_some()) {
        return Vec::new();
    }
    let mut analysis = Analysis::new(contract);
    analysis.node(plan);
    analysis.findings
}

/// Whether there is anything in a plan that a rule is about.
fn may_matter(plan: &LogicalPlan) -> bool {
    let mut matters = false;
    let _ = plan.apply_with_subqueries(|node| {
        matters |= matches!(node, LogicalPlan::Union(_));
        for expr in node.expressions() {
            matters |= expr.exists(|part| Ok(is_about(part))).unwrap_or(true);
        }
        Ok(if matters { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    matters
}

fn is_about(expr: &Expr) -> bool {
    let counts_all = |args: &[Expr]| matches!(args, [Expr::Literal(..)] | []);
    match expr {
        Expr::AggregateFunction(call) => match call.func.name() {
            "sum" | "avg" | "mean" => true,
            "count" => !call.params.distinct && !counts_all(&call.params.args),
            _ => false,
        },
        Expr::WindowFunction(_) => true,
        Expr::Alias(alias) => words::says_persons(&alias.name) || words::says_cash(&alias.name),
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
            Operator::Plus => true,
            op => {
                let is_literal = |expr: &Expr| matches!(expr, Expr::Literal(..));
                op.supports_propagation() && !is_literal(left) && !is_literal(right)
            }
        },
        _ => false,
    }
}
