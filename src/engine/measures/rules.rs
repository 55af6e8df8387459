//! What may not be: sums over dates, rows counted twice, additions that mean nothing, names that lie.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use super::facts::{Attribute, Origin, Part, RelationId, Rows, Unit, Value};
use super::lineage::Analysis;
use super::value::{Scope, terms};
use super::{Finding, Kind, words};
use crate::contract::Measure;
use crate::engine::advice::written;

/// A call of an aggregate function, over groups or over a window.
#[derive(Clone, Copy)]
pub(super) struct Call<'e> {
    pub(super) name: &'e str,
    pub(super) arg: Option<&'e Expr>,
    pub(super) distinct: bool,
    pub(super) filter: Option<&'e Expr>,
}

impl Call<'_> {
    fn shown(&self) -> String {
        let arg = match self.arg {
            Some(Expr::Literal(..)) | None => "*".to_owned(),
            Some(arg) => written(arg),
        };
        format!("{}({arg})", self.name)
    }
}

impl Analysis<'_> {
    fn find(&mut self, kind: Kind, text: String) {
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
                let of = of_field(&arg, origin);
                self.find(
                    Kind::StockOverDates,
                    format!(
                        "`{}` adds a stock over dates: `{arg}`{of} is what there is at one date, \
                         so fix `{date}` or group by it",
                        call.shown()
                    ),
                );
            }
            if origin.distinct && !self.is_row(origin.relation, rows, group) {
                let of = of_field(&arg, origin);
                self.find(
                    Kind::Persons,
                    format!(
                        "`{}` adds counts of different ones that may be the same: each row of `{arg}`{of} \
                         counts its own, and one may be in several",
                        call.shown()
                    ),
                );
            }
        }
        if self.is_told_apart(&value.origins, rows, group) {
            return;
        }
        if let Some((stock, flow)) = pair(&value.origins, is_stock, is_flow) {
            let text = format!(
                "`{}` adds `{}`, a stock (what there is at a date), to `{}`, a flow (what happened in a time): \
                 their sum means nothing",
                call.shown(),
                stock.field,
                flow.field
            );
            self.find(Kind::StockAndFlow, text);
        } else if let Some((one, other)) = two_stocks(&value.origins) {
            let text = format!(
                "`{}` adds `{}` to `{}`: two stocks that may hold the same, which their sum counts twice",
                call.shown(),
                one.field,
                other.field
            );
            self.find(Kind::TwoStocks, text);
        }
        let dates = |one: &Origin| value.origins.iter().find(|other| at_another_date(one, other)).cloned();
        if let Some((one, other)) = value.origins.iter().find_map(|one| Some((one, dates(one)?))) {
            let text = format!(
                "`{}` adds a stock over dates: `{}` at {} and at {}",
                call.shown(),
                one.field,
                one.at.as_deref().unwrap_or_default(),
                other.at.as_deref().unwrap_or_default()
            );
            self.find(Kind::StockOverDates, text);
        }
        if pair(&value.origins, is_of_times, is_of_persons).is_some() {
            self.find(Kind::Persons, format!("`{}` adds participations to persons: {ONCE}", call.shown()));
        }
        if let Some((benefit, money)) = pair(&value.origins, is_benefit, is_money) {
            self.find(Kind::Benefit, benefit_text(&benefit.field, &money.field));
        }
    }

    /// An aggregate over a join that repeats the rows of what it adds.
    fn repeated_in(&mut self, call: &Call<'_>, value: &Value, group: &[Attribute], rows: &Rows) {
        for origin in &value.origins {
            let Some(by) = self.repeats(origin.relation, rows, group) else { continue };
            let label = |id| self.relations.get(id).label.clone();
            let by = label(by).map_or("the other side of a join".to_owned(), |name| format!("`{name}`"));
            let of =
                label(origin.relation).map_or("the same row".to_owned(), |name| format!("a row of `{name}`"));
            let text = format!(
                "`{}` counts {of} once for each row that {by} has to it: sum each side before they are joined",
                call.shown()
            );
            self.find(Kind::FanOut, text);
        }
    }

    /// What a count counts: persons, or rows in which persons repeat, where the table tells them apart.
    fn counted(
        &self,
        call: &Call<'_>,
        value: &Value,
        group: &[Attribute],
        rows: &Rows,
        relation: RelationId,
    ) -> Origin {
        let mut origin = Origin {
            measure: Measure::Count,
            unit: Unit::Other("".into()),
            table: "".into(),
            field: call.shown().into(),
            relation,
            date: None,
            at: None,
            distinct: false,
            rest: false,
        };
        for id in &rows.relations {
            let counted = self.relations.get(*id);
            let Some(person) = counted.table.and_then(|table| table.repeated_id()) else { continue };
            let mut columns = counted.columns.clone();
            let Some(person_id) = columns.find(|column| self.relations.name(*column) == person) else {
                continue;
            };
            let is_own = |attribute: &Attribute| counted.columns.contains(&attribute.0);
            let by_person = value.tells.contains(&(person_id, Part::Whole));
            let counts = match call.distinct {
                true => by_person,
                false => {
                    value.one && self.repeats(*id, rows, &[]).is_none() || value.tells.iter().any(is_own)
                }
            };
            if !counts {
                continue;
            }
            let with_person = group.iter().copied().chain([(person_id, Part::Whole)]);
            let known = self.relations.closure(rows, with_person, false);
            // Groups such as classes may share a person; whether others do is not known.
            let fixed = self.relations.closure(rows, [], false);
            let shared = counted.keys.iter().flatten().filter(|key| key.contains(&person_id)).flatten();
            let grouped = |column: &u32| {
                *column != person_id
                    && group.contains(&(*column, Part::Whole))
                    && !fixed.contains(&(*column, Part::Whole))
            };
            origin.table = counted.table.map_or("", |table| &table.name).into();
            if call.distinct || self.relations.is_decided(counted, &known) {
                origin.unit = Unit::Persons;
                origin.distinct = shared.copied().any(|column| grouped(&column));
            } else {
                origin.unit = Unit::Enrolments(person.into());
            }
            break;
        }
        origin
    }

    /// Looks at the additions and comparisons in an expression.
    pub(super) fn look(&mut self, expr: &Expr, scope: Scope<'_>) {
        let _ = expr.apply(|part| {
            let Expr::BinaryExpr(BinaryExpr { left, op, right }) = part else {
                return Ok(TreeNodeRecursion::Continue);
            };
            match op {
                Operator::Plus | Operator::Minus => {
                    let terms = terms(part);
                    for (_, term) in &terms {
                        self.look(term, scope);
                    }
                    let terms: Vec<(bool, &Expr, Value)> = terms
                        .into_iter()
                        .map(|(plus, term)| (plus, term, self.value(term, scope)))
                        .filter(|(_, _, value)| !is_mixed(&value.origins))
                        .collect();
                    self.added(&terms);
                    return Ok(TreeNodeRecursion::Jump);
                }
                Operator::Eq
                | Operator::NotEq
                | Operator::Lt
                | Operator::LtEq
                | Operator::Gt
                | Operator::GtEq => {
                    let values = [self.value(left, scope), self.value(right, scope)];
                    let [a, b] = &values;
                    let both: Vec<Origin> = a.origins.iter().chain(&b.origins).cloned().collect();
                    if !values.iter().any(|value| is_mixed(&value.origins))
                        && let Some((times, persons)) = pair(&both, is_participations, is_of_persons)
                        && times.table != persons.table
                    {
                        let (left, right) = (written(left), written(right));
                        let text =
                            format!("`{left} {op} {right}` holds participations against persons: {ONCE}");
                        self.find(Kind::Persons, text);
                    }
                }
                _ => {}
            }
            Ok(TreeNodeRecursion::Continue)
        });
    }

    fn added(&mut self, terms: &[(bool, &Expr, Value)]) {
        let find = |plus: bool, is: fn(&Origin) -> bool| {
            terms.iter().find(|(sign, _, value)| *sign == plus && value.origins.iter().any(is))
        };
        let name = |term: &(bool, &Expr, Value)| written(term.1);
        // Opening balance + paid out − paid back = closing balance.
        let rolls_forward = find(false, is_flow).is_some();
        if let (Some(stock), Some(flow), false) = (find(true, is_stock), find(true, is_flow), rolls_forward) {
            let text = format!(
                "`{}` is a stock (what there is at a date) and `{}` a flow (what happened in a time): \
                 their sum means nothing",
                name(stock),
                name(flow)
            );
            self.find(Kind::StockAndFlow, text);
        }
        let plus: Vec<Origin> =
            terms.iter().filter(|(plus, ..)| *plus).flat_map(|(_, _, value)| value.origins.clone()).collect();
        // A part that is taken off and put back is counted once.
        let is_whole = find(false, is_stock).is_none();
        if let Some((one, other)) = two_stocks(&plus).filter(|_| is_whole) {
            let text = format!(
                "`{}` and `{}` are two stocks that may hold the same: their sum counts it twice",
                one.field, other.field
            );
            self.find(Kind::TwoStocks, text);
        }
        if let (Some(times), Some(persons)) = (find(true, is_of_times), find(true, is_of_persons)) {
            let (times, persons) = (name(times), name(persons));
            let text = format!("`{times}` counts participations and `{persons}` persons: {ONCE}");
            self.find(Kind::Persons, text);
        }
        if let (Some(benefit), Some(money)) = (find(true, is_benefit), find(true, is_money)) {
            self.find(Kind::Benefit, benefit_text(&name(benefit), &name(money)));
        }
    }

    /// Holds the name that a column is given against what it counts.
    pub(super) fn named(&mut self, name: &str, expr: &Expr, value: &Value) {
        if value.origins.is_empty() {
            return;
        }
        let shown = written(expr);
        if words::says_persons(name) {
            if value.origins.iter().all(is_participations) {
                let field = &value.origins[0].field;
                let of = if shown == **field { String::new() } else { format!(" (from `{field}`)") };
                let text = format!("`{name}` says persons, and `{shown}`{of} counts participations: {ONCE}");
                self.find(Kind::Persons, text);
            } else if let Some(Unit::Enrolments(id)) = value.origins.first().map(|origin| &origin.unit) {
                let table = &value.origins[0].table;
                let text = format!(
                    "`{name}` says persons, and `{shown}` counts rows of `{table}`, where one `{id}` may stand in \
                     several: count(DISTINCT {id}) counts persons"
                );
                self.find(Kind::Persons, text);
            }
        }
        if words::says_cash(name) && value.origins.iter().all(is_benefit) {
            let text = format!(
                "`{name}` says money paid, and `{shown}` is an estimated benefit: neither a cost nor cash"
            );
            self.find(Kind::Benefit, text);
        }
    }
}

const ONCE: &str = "who takes part twice is counted twice among participations, once among persons";

fn benefit_text(benefit: &str, money: &str) -> String {
    format!("`{benefit}` is an estimated benefit and `{money}` is money: their sum means nothing")
}

/// The column of the contract behind a name that is not its own.
fn of_field(arg: &str, origin: &Origin) -> String {
    match arg == &*origin.field || origin.table.is_empty() {
        true => String::new(),
        false => format!(" (`{}` of `{}`)", origin.field, origin.table),
    }
}

fn is_stock(origin: &Origin) -> bool {
    origin.measure == Measure::Stock
}

fn is_flow(origin: &Origin) -> bool {
    origin.measure == Measure::Flow
}

fn is_participations(origin: &Origin) -> bool {
    origin.unit == Unit::Participations
}

fn is_of_times(origin: &Origin) -> bool {
    matches!(origin.unit, Unit::Participations | Unit::Enrolments(_))
}

fn is_of_persons(origin: &Origin) -> bool {
    origin.unit == Unit::Persons
}

/// By its name: money that a work saved or created, as it was valued.
fn is_benefit(origin: &Origin) -> bool {
    is_flow(origin) && words::has(&origin.field, "benefit")
}

fn is_money(origin: &Origin) -> bool {
    is_flow(origin) && words::has(&origin.field, "vnd") && !is_benefit(origin)
}

fn pair(
    origins: &[Origin],
    one: fn(&Origin) -> bool,
    other: fn(&Origin) -> bool,
) -> Option<(&Origin, &Origin)> {
    Some((origins.iter().find(|origin| one(origin))?, origins.iter().find(|origin| other(origin))?))
}

/// Two stocks of the same unit in different columns.
fn two_stocks(origins: &[Origin]) -> Option<(&Origin, &Origin)> {
    let mut stocks = origins.iter().filter(|origin| is_stock(origin) && !origin.rest);
    let first = stocks.next()?;
    let other = stocks.find(|other| !other.is_same_field(first) && other.unit == first.unit)?;
    Some((first, other))
}

fn at_another_date(one: &Origin, other: &Origin) -> bool {
    is_stock(one) && one.is_same_field(other) && one.at.is_some() && other.at.is_some() && one.at != other.at
}

/// Whether some rows hold one thing and some another.
fn is_mixed(origins: &[Origin]) -> bool {
    let Some((first, others)) = origins.split_first() else { return false };
    others.iter().any(|other| other.measure != first.measure || other.unit != first.unit)
}
