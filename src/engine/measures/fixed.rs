//! What a condition says of the rows for which it holds: which columns it fixes, and which decide
//! which.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::expr::{Between, InList, InSubquery, Like};
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use super::analysis::Analysis;
use super::facts::{Attribute, Bounds, Facts, Known, Part, Rank, Value};
use super::value::{Scope, day};

/// As many signs of a date as tell its month: `2022-12`.
const MONTH_LENGTH: usize = 7;

impl Analysis<'_> {
    /// What holds where a condition does.
    pub(super) fn assume(&self, condition: &Expr, scope: Scope<'_>) -> Known {
        let mut known = Known::default();
        for part in split_conjunction(condition) {
            known.and(self.assume_one(part, scope));
        }
        known
    }

    fn assume_one(&self, condition: &Expr, scope: Scope<'_>) -> Known {
        match condition {
            Expr::Alias(alias) => self.assume(&alias.expr, scope),
            Expr::IsTrue(inner) => self.assume(inner, scope),
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
                Operator::Eq | Operator::IsNotDistinctFrom => self.equal(left, right, scope),
                Operator::Or => self.either_condition(condition, scope),
                Operator::Lt => self.less(left, right, 1, scope),
                Operator::LtEq => self.less(left, right, 0, scope),
                Operator::Gt => self.less(right, left, 1, scope),
                Operator::GtEq => self.less(right, left, 0, scope),
                _ => Known::default(),
            },
            Expr::Between(Between { expr, negated: false, low, high }) => {
                let mut known = self.less(low, expr, 0, scope);
                known.and(self.less(expr, high, 0, scope));
                if low == high {
                    known.and(self.equal(expr, low, scope));
                }
                known
            }
            Expr::InList(InList { expr, list, negated: false }) => match list.as_slice() {
                [only] => self.equal(expr, only, scope),
                _ => Known::default(),
            },
            Expr::InSubquery(InSubquery { expr, subquery, negated: false }) => {
                let facts = self.subquery(&subquery.subquery);
                match facts.is_some_and(|facts| self.gives_one(facts)) {
                    true => fix(&self.value(expr, scope), None),
                    false => Known::default(),
                }
            }
            Expr::Like(Like { expr, pattern, negated: false, .. }) => {
                let pattern = self.value(pattern, scope).literal.unwrap_or_default();
                let told = pattern.find(['%', '_']).unwrap_or(pattern.len());
                if told >= MONTH_LENGTH { fix(&self.value(expr, scope), None) } else { Known::default() }
            }
            _ => Known::default(),
        }
    }

    /// Whether the first column of a sub-query has one value.
    fn gives_one(&self, facts: &Facts) -> bool {
        let known = self.relations.closure(&facts.rows, [], false);
        facts.columns.first().is_some_and(|first| {
            first.one || first.picked || first.tells.iter().any(|tells| known.contains(tells))
        })
    }

    fn equal(&self, left: &Expr, right: &Expr, scope: Scope<'_>) -> Known {
        let (left, right) = (self.value(left, scope), self.value(right, scope));
        let mut known = match (left.one || left.picked, right.one || right.picked) {
            (_, true) => fix(&left, right.literal.as_ref()),
            (true, _) => fix(&right, left.literal.as_ref()),
            _ => Known::default(),
        };
        known.equate(&left, &right, true, true);
        known
    }

    /// What holds whichever of some conditions does: what all of them fix to the same.
    fn either_condition(&self, condition: &Expr, scope: Scope<'_>) -> Known {
        let mut branches = Vec::new();
        let mut left = vec![condition];
        while let Some(expr) = left.pop() {
            match expr {
                Expr::BinaryExpr(BinaryExpr { left: a, op: Operator::Or, right: b }) => {
                    left.extend([a.as_ref(), b.as_ref()]);
                }
                expr if never(expr) => {}
                expr => branches.push(self.assume(expr, scope)),
            }
        }
        let Some(mut all) = branches.pop() else { return Known::default() };
        for branch in branches {
            all.constants
                .retain(|attribute, value| value.is_some() && branch.constants.get(attribute) == Some(value));
            (all.edges, all.ranges, all.bounds) = Default::default();
        }
        all
    }

    /// What `low < high` says; `step` is one day where they cannot be equal.
    fn less(&self, low: &Expr, high: &Expr, step: i32, scope: Scope<'_>) -> Known {
        let mut known = Known::default();
        let (from, to) = (self.value(low, scope), self.value(high, scope));
        match (from.one, to.one) {
            (true, false) => {
                let bounds = Bounds { low: limit(low, step), high: None };
                known.bounds.extend(whole(&to).map(|attribute| (attribute, bounds)));
            }
            (false, true) => {
                let bounds = Bounds { low: None, high: limit(high, -step) };
                known.bounds.extend(whole(&from).map(|attribute| (attribute, bounds)));
            }
            (false, false) => {
                let pairs = from.from.iter().flat_map(|a| to.from.iter().map(|b| (*a, *b)));
                known.ranges.extend(pairs);
            }
            (true, true) => {}
        }
        known
    }

    /// The numbering of rows whose first alone a condition keeps.
    pub(super) fn first_of(&self, condition: &Expr, scope: Scope<'_>) -> Option<Rank> {
        split_conjunction(condition).into_iter().find_map(|part| {
            let Expr::BinaryExpr(BinaryExpr { left, op, right }) = part else { return None };
            let (left, right) = (self.value(left, scope), self.value(right, scope));
            let (rank, most) = match op {
                Operator::Eq if left.rank.is_none() => (right.rank, (left.literal, "1")),
                Operator::Eq | Operator::LtEq => (left.rank, (right.literal, "1")),
                Operator::Lt => (left.rank, (right.literal, "2")),
                Operator::GtEq => (right.rank, (left.literal, "1")),
                Operator::Gt => (right.rank, (left.literal, "2")),
                _ => return None,
            };
            rank.filter(|_| most.0.as_deref() == Some(most.1))
        })
    }
}

fn whole(value: &Value) -> impl Iterator<Item = Attribute> {
    value.tells.iter().copied().filter(|(_, part)| *part == Part::Whole)
}

/// The day that a constant stands for, moved by `step`; the inner `None` where it must be computed.
fn limit(expr: &Expr, step: i32) -> Option<Option<i32>> {
    match day(expr) {
        Some(day) => Some(Some(day.saturating_add(step))),
        None if is_given(expr) => None,
        None => Some(None),
    }
}

fn fix(value: &Value, literal: Option<&String>) -> Known {
    let constants = value.tells.iter().map(|tells| (*tells, literal.cloned())).collect();
    Known { constants, ..Known::default() }
}

/// Whether a condition holds in no row, such as `$unit IS NULL` where a unit is given.
fn never(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(ScalarValue::Boolean(value), _) => *value != Some(true),
        Expr::Alias(alias) => never(&alias.expr),
        Expr::IsNull(inner) => is_given(inner),
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => never(left) || never(right),
        _ => false,
    }
}

fn is_given(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(value, _) => !value.is_null(),
        Expr::Cast(cast) => is_given(&cast.expr),
        Expr::Alias(alias) => is_given(&alias.expr),
        _ => false,
    }
}
