//! What is known of an expression, from what is known of the columns that it is made of.

use datafusion::common::{DFSchema, ScalarValue};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{BinaryExpr, Case, Expr, LogicalPlan, Operator};

use super::analysis::Analysis;
use super::facts::{Attribute, Origin, Part, Rows, Value};
use crate::contract::Measure;

/// What an expression can name, and what is known of the rows that it is computed for.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    /// The names of the columns.
    pub(super) schema: &'s DFSchema,
    /// The columns, in the same order.
    pub(super) columns: &'s [Value],
    /// The rows.
    pub(super) rows: &'s Rows,
}

/// The terms of a sum with their signs; `true` is plus.
pub(super) fn terms(expr: &Expr) -> Vec<(bool, &Expr)> {
    let mut terms = Vec::new();
    let mut left = vec![(true, expr)];
    while let Some((plus, expr)) = left.pop() {
        match expr {
            Expr::BinaryExpr(BinaryExpr { left: a, op, right: b })
                if matches!(op, Operator::Plus | Operator::Minus) =>
            {
                left.push((plus == (*op == Operator::Plus), b));
                left.push((plus, a));
            }
            Expr::Negative(inner) => left.push((!plus, inner)),
            expr => terms.push((plus, expr)),
        }
    }
    terms
}

impl Analysis<'_> {
    /// What is known of an expression.
    pub(super) fn value(&self, expr: &Expr, scope: Scope<'_>) -> Value {
        match expr {
            Expr::Column(column) => {
                let index = scope.schema.maybe_index_of_column(column);
                index.and_then(|index| scope.columns.get(index)).cloned().unwrap_or_default()
            }
            // Of one row of the outer query there is one value.
            Expr::OuterReferenceColumn(..) | Expr::Placeholder(_) => Value { one: true, ..Value::default() },
            Expr::Literal(value, _) => {
                let literal = (!value.is_null()).then(|| value.to_string());
                Value { one: true, literal, ..Value::default() }
            }
            Expr::Alias(alias) => self.value(&alias.expr, scope),
            Expr::Cast(cast) => self.value(&cast.expr, scope),
            Expr::TryCast(cast) => self.value(&cast.expr, scope),
            Expr::BinaryExpr(BinaryExpr { op: Operator::Plus | Operator::Minus, .. }) | Expr::Negative(_) => {
                self.sum_of_terms(expr, scope)
            }
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
                let values = [self.value(left, scope), self.value(right, scope)];
                let origins = match op {
                    Operator::Multiply | Operator::Divide => scaled(&values, *op),
                    _ => Vec::new(),
                };
                // Whether something is so tells little of it.
                let tells = !op.supports_propagation() && !matches!(op, Operator::And | Operator::Or);
                Value { origins, ..all_of(&values, tells) }
            }
            Expr::Case(case) => self.case(case, scope),
            Expr::ScalarFunction(call) => self.call(call, scope),
            Expr::ScalarSubquery(query) => {
                let first = self.subquery(&query.subquery).and_then(|facts| facts.columns.first());
                let mut origins = first.map(|first| first.origins.clone()).unwrap_or_default();
                origins.iter_mut().for_each(|origin| origin.date = None);
                Value { origins, one: true, ..Value::default() }
            }
            Expr::IsNull(inner) | Expr::IsNotNull(inner) | Expr::Not(inner) | Expr::IsTrue(inner) => {
                let inner = self.value(inner, scope);
                Value { one: inner.one, from: inner.from, ..Value::default() }
            }
            other => Value { from: self.used(other, scope), ..Value::default() },
        }
    }

    /// Every attribute that an expression is computed from.
    fn used(&self, expr: &Expr, scope: Scope<'_>) -> Vec<Attribute> {
        let columns = expr.column_refs();
        let indices = columns.into_iter().filter_map(|column| scope.schema.maybe_index_of_column(column));
        indices.filter_map(|index| scope.columns.get(index)).flat_map(|value| value.from.clone()).collect()
    }

    fn sum_of_terms(&self, expr: &Expr, scope: Scope<'_>) -> Value {
        let terms: Vec<(bool, Value)> =
            terms(expr).into_iter().map(|(plus, term)| (plus, self.value(term, scope))).collect();
        let origins = added(&terms);
        let values: Vec<Value> = terms.into_iter().map(|(_, value)| value).collect();
        Value { origins, ..all_of(&values, true) }
    }

    /// Each branch is known under its own condition.
    fn case(&self, case: &Case, scope: Scope<'_>) -> Value {
        let mut branches = Vec::new();
        for (when, then) in &case.when_then_expr {
            let condition = match &case.expr {
                Some(subject) => {
                    &Expr::BinaryExpr(BinaryExpr::new(subject.clone(), Operator::Eq, when.clone()))
                }
                None => when.as_ref(),
            };
            let mut value = self.value(then, scope);
            if value.origins.iter().any(|origin| origin.date.is_some()) {
                let mut rows = scope.rows.clone();
                rows.known.and(self.assume(condition, scope));
                self.relations.settle(&mut value.origins, &rows);
            }
            branches.push(value);
        }
        branches.extend(case.else_expr.as_ref().map(|other| self.value(other, scope)));
        let mut from: Vec<Attribute> = branches.iter().flat_map(|branch| branch.from.clone()).collect();
        for (when, _) in &case.when_then_expr {
            from.extend(self.used(when, scope));
        }
        from.extend(case.expr.iter().flat_map(|subject| self.used(subject, scope)));
        let one = from.is_empty() && branches.iter().all(|branch| branch.one);
        Value { origins: either(&branches), from, one, ..all_of(&branches, true) }
    }

    fn call(&self, call: &ScalarFunction, scope: Scope<'_>) -> Value {
        let values: Vec<Value> = call.args.iter().map(|arg| self.value(arg, scope)).collect();
        let name = call.func.name();
        let all = all_of(&values, true);
        match name {
            "coalesce" | "nvl" | "ifnull" | "greatest" | "least" => {
                Value { origins: either(&values), picked: values.iter().any(|value| value.picked), ..all }
            }
            "abs" | "round" | "ceil" | "floor" | "trunc" | "nullif" => {
                let origins = values.into_iter().next().map(|value| value.origins).unwrap_or_default();
                Value { origins, ..all }
            }
            "date_part" | "date_trunc" => {
                let unit = values.first().and_then(|value| value.literal.as_deref());
                let unit = unit.unwrap_or_default().to_lowercase();
                let dates = values.get(1).map(|value| value.tells.as_slice()).unwrap_or_default();
                Value { tells: parts(dates, &part(name, &unit)), ..all }
            }
            "to_char" | "date_format" => match values.get(1).and_then(|value| value.literal.as_deref()) {
                Some(format) => {
                    let dates = values.first().map(|value| value.tells.as_slice()).unwrap_or_default();
                    let has = |signs: &[&str]| signs.iter().any(|sign| format.contains(sign));
                    let whole = has(&["%F", "%D", "%x", "%c", "%s", "%v"]);
                    let year = has(&["%Y", "%y", "%G", "%g", "%C"]).then_some(Part::Year);
                    let month = has(&["%m", "%b", "%B", "%h", "%j", "%U", "%W", "%V"]).then_some(Part::Month);
                    let shown =
                        if whole { vec![Part::Whole] } else { year.into_iter().chain(month).collect() };
                    Value { tells: parts(dates, &shown), ..all }
                }
                None => all,
            },
            _ => all,
        }
    }

    /// What a sub-query gives, once its node has been looked at.
    pub(super) fn subquery(&self, plan: &std::sync::Arc<LogicalPlan>) -> Option<&super::facts::Facts> {
        self.subqueries.get(&(std::sync::Arc::as_ptr(plan) as usize))
    }
}

/// The parts that `extract` and `date_trunc` leave of a date.
fn part(function: &str, unit: &str) -> Vec<Part> {
    match (function, unit) {
        (_, "year" | "isoyear") | ("date_trunc", "quarter") => vec![Part::Year],
        ("date_trunc", "decade" | "century" | "millennium") => Vec::new(),
        ("date_trunc", _) | (_, "epoch") => vec![Part::Whole],
        (_, "month" | "week" | "doy") => vec![Part::Month],
        _ => Vec::new(),
    }
}

fn parts(dates: &[Attribute], parts: &[Part]) -> Vec<Attribute> {
    let whole = dates.iter().filter(|(_, part)| *part == Part::Whole);
    whole.flat_map(|(column, _)| parts.iter().map(|part| (*column, *part))).collect()
}

/// What several values together tell; in doubt, the result tells all of them.
fn all_of(values: &[Value], tells: bool) -> Value {
    Value {
        tells: if tells { values.iter().flat_map(|value| value.tells.clone()).collect() } else { Vec::new() },
        from: values.iter().flat_map(|value| value.from.clone()).collect(),
        one: values.iter().all(|value| value.one),
        ..Value::default()
    }
}

/// A measure in other units, such as millions; a ratio or a product of two is another thing.
fn scaled(values: &[Value; 2], op: Operator) -> Vec<Origin> {
    let [left, right] = values;
    let is_factor = |value: &Value| {
        value.one
            && value.origins.is_empty()
            && !value.literal.as_ref().is_some_and(|literal| literal.starts_with('-'))
    };
    match op {
        _ if is_factor(right) => left.origins.clone(),
        Operator::Multiply if is_factor(left) => right.origins.clone(),
        _ => Vec::new(),
    }
}

/// One value or another, such as `coalesce(x, 0)`: of the kind that all have that are not constants.
fn either(values: &[Value]) -> Vec<Origin> {
    let mut told = values.iter().filter(|value| !(value.one && value.origins.is_empty()));
    let Some(first) = told.next() else { return Vec::new() };
    let mut origins = first.origins.clone();
    for value in told {
        let same = !value.origins.is_empty()
            && origins.iter().all(|origin| {
                value
                    .origins
                    .iter()
                    .all(|other| (other.measure, &other.unit) == (origin.measure, &origin.unit))
            });
        if !same {
            return Vec::new();
        }
        extend(&mut origins, &value.origins);
    }
    // The one or the other is no sum of both.
    let differ = origins.iter().any(|origin| !origin.is_same_field(&origins[0]));
    origins.iter_mut().for_each(|origin| origin.rest |= differ);
    origins
}

/// What a sum of terms is made of; a difference of stocks is a change, which adds up as it likes.
fn added(terms: &[(bool, Value)]) -> Vec<Origin> {
    let told = || terms.iter().filter(|(_, value)| !(value.one && value.origins.is_empty()));
    if told().any(|(_, value)| value.origins.is_empty()) {
        return Vec::new();
    }
    let mut origins = Vec::new();
    for (_, value) in told().filter(|(plus, _)| *plus) {
        extend(&mut origins, &value.origins);
    }
    let taken: Vec<&Origin> =
        told().filter(|(plus, _)| !plus).flat_map(|(_, value)| &value.origins).collect();
    let Some(first) = origins.first() else { return Vec::new() };
    let (relation, date) = (first.relation, first.date);
    let of_the_rows = |origin: &Origin| {
        origin.measure == Measure::Stock
            && date.is_some()
            && (origin.relation, origin.date) == (relation, date)
    };
    match taken.is_empty() {
        true => {
            let mixed = |measure| origins.iter().any(|origin| origin.measure == measure);
            if mixed(Measure::Stock) && mixed(Measure::Flow) { Vec::new() } else { origins }
        }
        // What is left of a stock at its date is a stock of that date.
        false if origins.iter().all(of_the_rows) && taken.into_iter().all(of_the_rows) => {
            origins.iter_mut().for_each(|origin| origin.rest = true);
            origins
        }
        false => Vec::new(),
    }
}

/// Adds origins that are not there yet.
pub(super) fn extend(origins: &mut Vec<Origin>, more: &[Origin]) {
    for origin in more {
        if !origins.contains(origin) {
            origins.push(origin.clone());
        }
    }
}

/// The day of a literal, in days since 1970.
pub(super) fn day(expr: &Expr) -> Option<i32> {
    match expr {
        Expr::Literal(ScalarValue::Date32(day), _) => *day,
        Expr::Literal(ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)), _) => {
            let date: chrono::NaiveDate = text.get(..10)?.parse().ok()?;
            Some(date.to_epoch_days())
        }
        Expr::Cast(cast) => day(&cast.expr),
        _ => None,
    }
}
