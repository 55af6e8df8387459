//! The nodes that make rows of many: aggregates, windows and unions.

use datafusion::common::Column;
use datafusion::logical_expr::expr::{AggregateFunction, WindowFunction};
use datafusion::logical_expr::{Aggregate, Expr, GroupingSet, Union, Window, WindowFunctionDefinition};

use super::analysis::Analysis;
use super::facts::{Attribute, ColumnId, Facts, Known, Origin, Part, Rank, RelationId, Rows, Value};
use super::rules::Call;
use super::value::{Scope, extend};
use crate::engine::written::written;

impl Analysis<'_> {
    pub(super) fn aggregate(&mut self, aggregate: &Aggregate) -> Facts {
        let mut input = self.node(&aggregate.input);
        let schema = aggregate.input.schema();
        let fresh = self.unknown(&aggregate.schema);
        let relation = fresh.rows.relations[0];
        let (columns, sets) = grouping(&aggregate.group_expr);
        let scope = Scope { schema, columns: &input.columns, rows: &input.rows };
        let groups: Vec<Value> = columns.iter().map(|expr| self.value(expr, scope)).collect();
        let tells = |set: &[usize]| -> Vec<Attribute> {
            set.iter().filter_map(|place| groups.get(*place)).flat_map(|value| value.tells.clone()).collect()
        };
        let sets: Vec<Vec<Attribute>> = sets.iter().map(|set| tells(set)).collect();
        for expr in &aggregate.group_expr {
            self.look(expr, scope);
        }
        let mut results = Vec::with_capacity(aggregate.aggr_expr.len());
        for expr in &aggregate.aggr_expr {
            self.look(expr, scope);
            let mut result = Value::default();
            // The first set has all columns.
            for set in sets.iter().rev() {
                result = match call_of(expr) {
                    Some(call) => self.called(&call, set, scope, relation),
                    None => Value::default(),
                };
            }
            results.push(result);
        }
        let plain = sets.len() == 1;
        let grouped = Facts { columns: groups, rows: input.rows };
        let all: Vec<usize> = (0..grouped.columns.len()).collect();
        let keys = plain.then(|| self.smallest(&grouped, &all));
        let first = self.relations.get(relation).columns.start;
        let id = |place: usize| ColumnId::try_from(place).map_or(first, |place| first + place);
        let keys = keys.map(|keys| keys.into_iter().map(|key| key.into_iter().map(id).collect()).collect());
        let tags = self.tags_among(&grouped);
        let made = self.relations.get_mut(relation);
        made.keys = keys;
        made.tags = tags.into_iter().map(|(place, values)| (id(place), values)).collect();
        input.rows = Rows { relations: vec![relation], known: grouped.rows.known };
        // The number of a grouping set stands between the columns and the results.
        let gap = fresh.columns.len().saturating_sub(grouped.columns.len() + results.len());
        let mut values: Vec<Value> = grouped.columns;
        values.extend(std::iter::repeat_n(Value::default(), gap));
        values.extend(results);
        input.columns = renumbered(values, fresh.columns, relation, &mut input.rows.known);
        input
    }

    /// The columns that tell the branches of a union apart, with their values.
    pub(super) fn tags_among(&self, facts: &Facts) -> Vec<(usize, Vec<String>)> {
        let tagged = |(place, value)| Some((place, self.tag_values(facts, value)?.clone()));
        facts.columns.iter().enumerate().filter_map(tagged).collect()
    }

    fn tag_values(&self, facts: &Facts, value: &Value) -> Option<&Vec<String>> {
        let mut relations = facts.rows.relations.iter().map(|id| self.relations.get(*id));
        relations.find_map(|relation| value.tells.iter().find_map(|(column, _)| relation.tags.get(column)))
    }

    pub(super) fn window(&mut self, window: &Window) -> Facts {
        let mut input = self.node(&window.input);
        // What a window gives stands in no relation's rows: it is the same in many of them.
        let names = window.window_expr.iter().map(|expr| expr.schema_name().to_string());
        let nowhere = self.relations.add(names);
        let own: Vec<Value> = self.relations.get(nowhere).columns.clone().map(Value::column).collect();
        let mut results = Vec::with_capacity(own.len());
        for (expr, own) in window.window_expr.iter().zip(own) {
            let scope = Scope { schema: window.input.schema(), columns: &input.columns, rows: &input.rows };
            self.look(expr, scope);
            let mut result = self.windowed(expr, scope, nowhere);
            (result.tells, result.from) = (own.tells, own.from);
            results.push(result);
        }
        input.columns.extend(results);
        input
    }

    fn windowed(&mut self, expr: &Expr, scope: Scope<'_>, nowhere: RelationId) -> Value {
        let function = match expr {
            Expr::Alias(alias) => &alias.expr,
            other => other,
        };
        let Expr::WindowFunction(function) = function else { return Value::default() };
        let WindowFunction { fun, params } = function.as_ref();
        let partition: Vec<Attribute> =
            params.partition_by.iter().flat_map(|expr| self.value(expr, scope).tells).collect();
        match fun {
            WindowFunctionDefinition::AggregateUDF(function) => {
                let call = Call {
                    name: function.name(),
                    arg: params.args.first(),
                    distinct: params.distinct,
                    filter: params.filter.as_deref(),
                };
                self.called(&call, &partition, scope, nowhere)
            }
            WindowFunctionDefinition::WindowUDF(function) => {
                let numbers = ["row_number", "rank", "dense_rank"].contains(&function.name());
                Value { rank: numbers.then_some(Rank { partition }), ..Value::default() }
            }
        }
    }

    pub(super) fn union(&mut self, union: &Union) -> Facts {
        let branches: Vec<Facts> = union.inputs.iter().map(|input| self.node(input)).collect();
        let mut facts = self.unknown(&union.schema);
        let relation = facts.rows.relations[0];
        let ids: Vec<ColumnId> = self.relations.get(relation).columns.clone().collect();
        let tags: Vec<(usize, Vec<String>)> = (0..ids.len())
            .filter_map(|place| Some((place, self.tells_branches(&branches, place)?)))
            .collect();
        for (branch, input) in branches.iter().zip(&union.inputs) {
            for (place, value) in branch.columns.iter().enumerate() {
                // The first branch names the columns of all.
                let [name, own] = [&union.schema, input.schema()].map(|schema| schema.fields().get(place));
                if let (Some(name), Some(own)) = (name, own)
                    && name.name() != own.name()
                {
                    let shown = written(&Expr::Column(Column::new_unqualified(own.name())));
                    self.named(name.name(), &shown, value);
                }
                let Some(column) = facts.columns.get_mut(place) else { continue };
                column.picked |= value.picked;
                let mut origins = value.origins.clone();
                self.relations.settle(&mut origins, &branch.rows);
                for origin in &mut origins {
                    origin.relation = relation;
                    origin.date = origin.date.map(|date| self.date_in_union(date, branch, &ids));
                }
                extend(&mut column.origins, &origins);
            }
        }
        let keys = self.keys_of_union(&branches, &tags);
        let id = |place: &usize| ids.get(*place).copied();
        let made = self.relations.get_mut(relation);
        made.keys = keys.map(|keys| keys.iter().map(|key| key.iter().filter_map(id).collect()).collect());
        made.tags = tags.into_iter().filter_map(|(place, values)| Some((id(&place)?, values))).collect();
        facts
    }

    /// The column of a union that holds a stock's date; none that can ever be fixed where there is none.
    fn date_in_union(&mut self, date: ColumnId, branch: &Facts, ids: &[ColumnId]) -> ColumnId {
        let holds = |value: &Value| value.tells.contains(&(date, Part::Whole));
        let place = branch.columns.iter().position(holds).and_then(|place| ids.get(place));
        match place {
            Some(column) => *column,
            None => {
                let name = self.relations.name(date).to_owned();
                let lost = self.relations.add([name]);
                self.relations.get(lost).columns.start
            }
        }
    }

    /// The values of a column, where each branch has its own that no other has.
    fn tells_branches(&self, branches: &[Facts], place: usize) -> Option<Vec<String>> {
        let mut all = Vec::new();
        for branch in branches {
            let value = branch.columns.get(place)?;
            let constants = &branch.rows.known.constants;
            let fixed = || value.tells.iter().find_map(|tells| constants.get(tells).cloned().flatten());
            let own = match value.literal.clone().filter(|_| value.one).or_else(fixed) {
                Some(literal) => vec![literal],
                None => self.tag_values(branch, value)?.clone(),
            };
            if own.iter().any(|own| all.contains(own)) {
                return None;
            }
            all.extend(own);
        }
        Some(all)
    }

    /// The keys that all branches have, and what tells these apart.
    fn keys_of_union(&self, branches: &[Facts], tags: &[(usize, Vec<String>)]) -> Option<Vec<Vec<usize>>> {
        let (first, others) = branches.split_first()?;
        let known = |facts: &Facts| {
            facts.rows.relations.iter().all(|relation| self.relations.get(*relation).keys.is_some())
        };
        if !branches.iter().all(known) {
            return None;
        }
        let mut keys = self.keys_of(first)?;
        keys.retain(|key| others.iter().all(|branch| self.is_key(branch, key)));
        for key in &mut keys {
            let more: Vec<usize> =
                tags.iter().map(|(tag, _)| *tag).filter(|tag| !key.contains(tag)).collect();
            key.extend(more);
        }
        // Rows that nothing tells apart are several.
        keys.retain(|key| !key.is_empty());
        Some(keys)
    }
}

/// Gives the columns of a node numbers of their own, beside those that they have.
fn renumbered(values: Vec<Value>, own: Vec<Value>, relation: RelationId, known: &mut Known) -> Vec<Value> {
    let both = values.into_iter().zip(own);
    both.map(|(mut value, own)| {
        if !value.tells.is_empty() || !value.from.is_empty() || value.one {
            known.equate(&value, &own, true, true);
        }
        value.origins.iter_mut().for_each(|origin: &mut Origin| origin.relation = relation);
        value.tells.extend(own.tells);
        value.from = own.from;
        value
    })
    .collect()
}

/// The columns of GROUP BY and, by their places, the sets of them that are grouped by.
fn grouping(exprs: &[Expr]) -> (Vec<&Expr>, Vec<Vec<usize>>) {
    let [Expr::GroupingSet(set)] = exprs else {
        return (exprs.iter().collect(), vec![(0..exprs.len()).collect()]);
    };
    let columns = set.distinct_expr();
    let place = |expr: &Expr| columns.iter().position(|known| *known == expr);
    let all: Vec<usize> = (0..columns.len()).collect();
    let sets = match set {
        GroupingSet::Rollup(exprs) => {
            (0..=exprs.len()).rev().map(|n| exprs[..n].iter().filter_map(place).collect()).collect()
        }
        GroupingSet::Cube(_) => vec![all, Vec::new()],
        GroupingSet::GroupingSets(sets) => {
            sets.iter().map(|set| set.iter().filter_map(place).collect()).collect()
        }
    };
    (columns, sets)
}

fn call_of(expr: &Expr) -> Option<Call<'_>> {
    match expr {
        Expr::Alias(alias) => call_of(&alias.expr),
        Expr::AggregateFunction(AggregateFunction { func, params }) => Some(Call {
            name: func.name(),
            arg: params.args.first(),
            distinct: params.distinct,
            filter: params.filter.as_deref(),
        }),
        _ => None,
    }
}
