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
mod facts;
mod fanout;
mod fixed;
mod grouping;
mod keys;
mod lineage;
mod origins;
mod persons;
mod rules;
mod value;
mod words;

#[cfg(test)]
mod tests;

use datafusion::logical_expr::LogicalPlan;

use self::lineage::Analysis;
use crate::contract::Contract;

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
    pub text: String,
}

/// What is found in a plan that has not been optimised yet, each thing once.
pub(super) fn of(plan: &LogicalPlan, contract: &Contract) -> Vec<Finding> {
    let measured = contract.tables.iter().flat_map(|table| &table.schema.fields);
    if !measured.into_iter().any(|field| field.measure.is_some()) {
        return Vec::new();
    }
    let mut analysis = Analysis::new(contract);
    analysis.node(plan);
    analysis.findings
}
