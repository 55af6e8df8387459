//! Aggregates over what they cannot bear: sums over dates, of different things, of rows that repeat.

use datafusion::logical_expr::Expr;

use super::analysis::Analysis;
use super::facts::{Attribute, Origin, Part, RelationId, Rows, Value};
use super::origins::{
    at_another_date, benefit_text, is_benefit, is_flow, is_mixed, is_money, is_of_persons, is_of_times,
    is_stock, of_field, once, pair, two_stocks,
};
use super::value::Scope;
use super::{Finding, Kind};
use crate::engine::written::written;
use crate::language::Message;
use crate::say;

/// A call of an aggregate function, over groups or over a window.
#[derive(Clone, Copy)]
pub(super) struct Call<'e> {
    pub(super) name: &'e str,
    pub(super) arg: Option<&'e Expr>,
    pub(super) distinct: bool,
    pub(super) filter: Option<&'e Expr>,
}

impl Call<'_> {
    /// The call, or nearly, as it is written.
    pub(super) fn shown(&self) -> String {
        let arg = match self.arg {
            Some(Expr::Literal(..)) | None => "*".to_owned(),
            Some(arg) => written(arg),
        };
        format!("{}({arg})", self.name)
    }
}

impl Analysis<'_> {
    /// Keeps a finding, once.
    pub(super) fn find(&mut self, kind: Kind, text: Message) {
        if !self.findings.iter().any(|finding| finding.text == text) {
            self.findings.push(Finding { kind, text });
        }
    }

    /// Holds a call against the rules, and tells what it gives as a column of `relation`.
    pub(super) fn called(
        &mut self,
        call: &Call<'_>,
        group: &[Attribute],
        scope: Scope<'_>,
        relation: RelationId,
    ) -> Value {
        let mut rows = std::borrow::Cow::Borrowed(scope.rows);
        if let Some(filter) = call.filter {
            let known = self.assume(filter, scope);
            rows.to_mut().known.and(known);
        }
        let mut value = call.arg.map(|arg| self.value(arg, scope)).unwrap_or_default();
        self.relations.settle(&mut value.origins, &rows);
        if call.name == "count" {
            if !call.distinct && !value.origins.is_empty() {
                self.repeated_in(call, &value, group, &rows);
            } else if !call.distinct {
                self.key_counted(call, &value, group, &rows);
            }
            let origins = vec![self.counted(call, &value, group, &rows, relation)];
            return Value { origins, ..Value::default() };
        }
        let known = self.relations.closure(&rows, group.iter().copied(), false);
        let parts = |date| known.iter().any(|(column, _)| *column == date);
        let picked = ["min", "max", "first_value", "last_value", "any_value", "nth_value"]
            .contains(&call.name)
            && value.tells.iter().all(|(column, _)| !parts(*column));
        if !["sum", "avg", "mean", "min", "max", "median", "first_value", "last_value", "any_value"]
            .contains(&call.name)
        {
            return Value { picked, ..Value::default() };
        }
        if ["sum", "avg", "mean"].contains(&call.name) && !call.distinct {
            self.repeated_in(call, &value, group, &rows);
        }
        if call.name == "sum" {
            self.summed(call, &value, group, &rows);
        }
        let told_apart = self.is_told_apart(&value.origins, &rows, group);
        let mut origins = value.origins;
        // Of which branch a row is cannot be said, or is no longer known.
        let one_branch = origins.len() > 1 && self.is_told_apart(&origins, &rows, &[]);
        if one_branch || (is_mixed(&origins) && !told_apart) {
            origins.clear();
        }
        for origin in &mut origins {
            let decided = self.is_row(origin.relation, &rows, group);
            origin.date = origin.date.filter(|date| known.contains(&(*date, Part::Whole)));
            origin.distinct &= decided;
            origin.relation = relation;
        }
        Value { origins, picked, ..Value::default() }
    }

    /// Whether a group holds one row of a relation.
    fn is_row(&self, relation: RelationId, rows: &Rows, group: &[Attribute]) -> bool {
        let known = self.relations.closure(rows, group.iter().copied(), false);
        !rows.relations.contains(&relation) || self.relations.is_decided(self.relations.get(relation), &known)
    }

    /// Whether the branches of a union do not meet in a group.
    fn is_told_apart(&self, origins: &[Origin], rows: &Rows, group: &[Attribute]) -> bool {
        if origins.len() < 2 {
            return false;
        }
        let mut tags = origins.iter().flat_map(|origin| self.relations.get(origin.relation).tags.keys());
        let known = self.relations.closure(rows, group.iter().copied(), false);
        tags.any(|tag| known.contains(&(*tag, Part::Whole)))
    }

    /// The rules of a sum.
    fn summed(&mut self, call: &Call<'_>, value: &Value, group: &[Attribute], rows: &Rows) {
        let Some(arg) = call.arg.map(written) else { return };
        let known = self.relations.closure(rows, group.iter().copied(), false);
        for origin in &value.origins {
            if let Some(date) = origin.date.filter(|date| !known.contains(&(*date, Part::Whole))) {
                let date = self.relations.name(date).to_owned();
                let text = say!(
                    "`{call}` adds a stock over dates: `{arg}`{of} is what there is at one date, \
                     so fix `{date}` or group by it",
                    call = call.shown(),
                    arg,
                    of = of_field(&arg, origin),
                    date
                );
                self.find(Kind::StockOverDates, text);
            }
            if origin.distinct && !self.is_row(origin.relation, rows, group) {
                let text = say!(
                    "`{call}` adds counts of different ones: each `{arg}`{of} counts its own, \
                     and one may be in several",
                    call = call.shown(),
                    arg,
                    of = of_field(&arg, origin)
                );
                self.find(Kind::Persons, text);
            }
        }
        if self.is_told_apart(&value.origins, rows, group) {
            return;
        }
        if let Some((stock, flow)) = pair(&value.origins, is_stock, is_flow) {
            let text = say!(
                "`{call}` adds `{stock}`, a stock (what there is at a date), to `{flow}`, a flow (what happened in \
                 a time): their sum means nothing",
                call = call.shown(),
                stock = stock.field,
                flow = flow.field
            );
            self.find(Kind::StockAndFlow, text);
        } else if let Some((one, other)) = two_stocks(&value.origins) {
            let text = say!(
                "`{call}` adds `{one}` to `{other}`: two stocks that may hold the same, which their sum counts twice",
                call = call.shown(),
                one = one.field,
                other = other.field
            );
            self.find(Kind::TwoStocks, text);
        }
        let dates = |one: &Origin| value.origins.iter().find(|other| at_another_date(one, other)).cloned();
        if let Some((one, other)) = value.origins.iter().find_map(|one| Some((one, dates(one)?))) {
            let at = |origin: &Origin| origin.at.as_deref().unwrap_or_default().to_owned();
            let text = say!(
                "`{call}` adds a stock over dates: `{field}` at {one} and at {other}",
                call = call.shown(),
                field = one.field,
                one = at(one),
                other = at(&other)
            );
            self.find(Kind::StockOverDates, text);
        }
        if pair(&value.origins, is_of_times, is_of_persons).is_some() {
            let call = call.shown();
            self.find(
                Kind::Persons,
                say!("`{call}` adds participations to persons: {once}", call, once = once()),
            );
        }
        if let Some((benefit, money)) = pair(&value.origins, is_benefit, is_money) {
            self.find(Kind::Benefit, benefit_text(&benefit.field, &money.field));
        }
    }

    /// A key counted over a join that repeats its rows: what is counted are the rows of the other side.
    fn key_counted(&mut self, call: &Call<'_>, value: &Value, group: &[Attribute], rows: &Rows) {
        let [(key, Part::Whole)] = value.tells.as_slice() else { return };
        let of = rows.relations.iter().copied().find(|id| self.relations.get(*id).columns.contains(key));
        let Some(of) = of else { return };
        let keys = self.relations.get(of).keys.as_ref();
        if !keys.is_some_and(|keys| keys.iter().any(|columns| columns.as_slice() == [*key])) {
            return;
        }
        let Some(by) = self.repeats(of, rows, group) else { return };
        let text = say!(
            "`{call}` counts each `{key}` once for each row that {by} has to it: count(DISTINCT …) counts it once",
            call = call.shown(),
            key = self.relations.name(*key),
            by = self.beside(by)
        );
        self.find(Kind::FanOut, text);
    }

    /// What a relation that repeats others is called.
    fn beside(&self, relation: RelationId) -> Message {
        match &self.relations.get(relation).label {
            Some(name) => Message::verbatim(format!("`{name}`")),
            None => say!("the other side of a join"),
        }
    }

    /// An aggregate over a join that repeats the rows of what it adds.
    fn repeated_in(&mut self, call: &Call<'_>, value: &Value, group: &[Attribute], rows: &Rows) {
        for origin in &value.origins {
            let Some(by) = self.repeats(origin.relation, rows, group) else { continue };
            let of = match &self.relations.get(origin.relation).label {
                Some(name) => say!("a row of `{name}`", name),
                None => say!("the same row"),
            };
            let text = say!(
                "`{call}` counts {of} once for each row that {by} has to it: sum each side before they are joined",
                call = call.shown(),
                of,
                by = self.beside(by)
            );
            self.find(Kind::FanOut, text);
        }
    }
}
