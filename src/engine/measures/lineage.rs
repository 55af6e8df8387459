//! What each node of a plan gives, from its leaves up; the rules look at every expression on the way.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::catalog::cte_worktable::CteWorkTable;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, JoinType};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::{
    BinaryExpr, Distinct, Expr, FetchType, Filter, Join, Limit, LogicalPlan, Operator, TableScan, Values,
};

use super::analysis::Analysis;
use super::facts::{
    Attribute, ColumnId, Edge, Facts, Known, Origin, Part, RelationId, Rows, Unit, Value, loosened,
};
use super::value::Scope;
use super::{tables, words};
use crate::contract::{Field, Measure, Table};
use crate::engine::written::written;

impl Analysis<'_> {
    /// What a node gives; what is found below it is kept.
    pub(super) fn node(&mut self, plan: &LogicalPlan) -> Facts {
        self.subqueries_of(plan);
        let facts = match plan {
            LogicalPlan::TableScan(scan) => self.scan(scan),
            LogicalPlan::Projection(projection) => {
                let input = self.node(&projection.input);
                self.projection(&projection.expr, projection.input.schema(), input)
            }
            LogicalPlan::Filter(filter) => self.filter(filter),
            LogicalPlan::Join(join) => self.join(join),
            LogicalPlan::Aggregate(aggregate) => self.aggregate(aggregate),
            LogicalPlan::Window(window) => self.window(window),
            LogicalPlan::Union(union) => self.union(union),
            LogicalPlan::Distinct(distinct) => self.distinct(distinct),
            LogicalPlan::Limit(limit) => self.limit(limit),
            LogicalPlan::SubqueryAlias(alias) => {
                let facts = self.node(&alias.input);
                if let [only] = facts.rows.relations[..] {
                    let relation = self.relations.get_mut(only);
                    relation.label.get_or_insert_with(|| alias.alias.table().to_owned());
                }
                facts
            }
            LogicalPlan::Sort(sort) => self.node(&sort.input),
            LogicalPlan::Repartition(repartition) => self.node(&repartition.input),
            LogicalPlan::Subquery(subquery) => self.node(&subquery.subquery),
            LogicalPlan::Values(values) => self.values(values),
            LogicalPlan::EmptyRelation(empty) => {
                let mut facts = self.unknown(&empty.schema);
                self.set_keys(&mut facts, Some(vec![Vec::new()]));
                facts
            }
            other => {
                for input in other.inputs() {
                    self.node(input);
                }
                self.unknown(other.schema())
            }
        };
        if facts.columns.len() == plan.schema().fields().len() { facts } else { self.unknown(plan.schema()) }
    }

    /// Looks at the sub-queries in a node's expressions, so that their values are known there.
    fn subqueries_of(&mut self, plan: &LogicalPlan) {
        let mut found: Vec<Arc<LogicalPlan>> = Vec::new();
        let _ = plan.apply_expressions(|expr| {
            expr.apply(|part| {
                match part {
                    Expr::ScalarSubquery(query) => found.push(query.subquery.clone()),
                    Expr::InSubquery(query) => found.push(query.subquery.subquery.clone()),
                    Expr::Exists(query) => found.push(query.subquery.subquery.clone()),
                    Expr::SetComparison(query) => found.push(query.subquery.subquery.clone()),
                    _ => {}
                }
                Ok(TreeNodeRecursion::Continue)
            })
        });
        for plan in found {
            let facts = self.node(&plan);
            self.subqueries.insert(Arc::as_ptr(&plan) as usize, facts);
        }
    }

    /// Rows of which nothing is known.
    pub(super) fn unknown(&mut self, schema: &DFSchema) -> Facts {
        let relation = self.relations.add(schema.fields().iter().map(|field| field.name()));
        let columns = self.relations.get(relation).columns.clone().map(Value::column).collect();
        Facts { columns, rows: Rows { relations: vec![relation], known: Known::default() } }
    }

    fn set_keys(&mut self, facts: &mut Facts, keys: Option<Vec<Vec<ColumnId>>>) {
        if let [only] = facts.rows.relations[..] {
            self.relations.get_mut(only).keys = keys;
        }
    }

    fn scan(&mut self, scan: &TableScan) -> Facts {
        let mut facts = self.unknown(&scan.projected_schema);
        let is_own = source_as_provider(&scan.source)
            .is_ok_and(|provider| provider.downcast_ref::<CteWorkTable>().is_none());
        let contract = self.contract;
        let (Some(table), true) = (contract.table(scan.table_name.table()), is_own) else { return facts };
        let relation = facts.rows.relations[0];
        let first = self.relations.get(relation).columns.start;
        let names: Vec<&str> = scan.projected_schema.fields().iter().map(|f| f.name().as_str()).collect();
        let id = |name: &str| {
            let index = names.iter().position(|known| *known == name)?;
            Some(first + ColumnId::try_from(index).ok()?)
        };
        let date = tables::stock_date(table).and_then(|field| id(&field.name));
        for (name, value) in names.iter().zip(&mut facts.columns) {
            let origin = table.field(name).and_then(|field| origin(table, field, relation, date));
            value.origins.extend(origin);
        }
        let keys: Vec<Vec<ColumnId>> = tables::keys(table)
            .into_iter()
            .filter_map(|key| key.into_iter().map(id).collect::<Option<Vec<_>>>())
            .collect();
        let stored = self.relations.get_mut(relation);
        stored.keys = (!keys.is_empty()).then_some(keys);
        stored.label = Some(table.name.clone());
        stored.table = Some(table);
        facts
    }

    /// Rows written out: a column without repetitions is a key.
    fn values(&mut self, values: &Values) -> Facts {
        let mut facts = self.unknown(&values.schema);
        let mut keys = Vec::new();
        if values.values.len() == 1 {
            keys.push(Vec::new());
        }
        for (index, column) in facts.columns.iter().enumerate() {
            let written: BTreeSet<String> =
                values.values.iter().filter_map(|row| row.get(index)).map(ToString::to_string).collect();
            if written.len() == values.values.len() {
                keys.extend(column.tells.first().map(|(column, _)| vec![*column]));
            }
        }
        self.set_keys(&mut facts, Some(keys));
        facts
    }

    fn projection(&mut self, exprs: &[Expr], schema: &DFSchema, input: Facts) -> Facts {
        let scope = Scope { schema, columns: &input.columns, rows: &input.rows };
        let mut columns = Vec::with_capacity(exprs.len());
        for expr in exprs {
            let mut value = self.value(expr, scope);
            self.relations.settle(&mut value.origins, &input.rows);
            self.look(expr, scope);
            if let Expr::Alias(alias) = expr {
                self.named(&alias.name, &written(&alias.expr), &value);
            }
            columns.push(value);
        }
        Facts { columns, rows: input.rows }
    }

    fn filter(&mut self, filter: &Filter) -> Facts {
        let mut facts = self.node(&filter.input);
        let schema = filter.input.schema();
        let scope = Scope { schema, columns: &facts.columns, rows: &facts.rows };
        self.look(&filter.predicate, scope);
        let known = self.assume(&filter.predicate, scope);
        let first = self.first_of(&filter.predicate, scope);
        facts.rows.known.and(known);
        match first {
            Some(rank) => self.first_of_each(facts, &rank.partition, schema),
            None => facts,
        }
    }

    fn join(&mut self, join: &Join) -> Facts {
        let (left, right) = (self.node(&join.left), self.node(&join.right));
        let width = left.columns.len();
        let ids = |facts: &Facts| -> BTreeSet<ColumnId> {
            facts.columns.iter().flat_map(|value| &value.tells).map(|(column, _)| *column).collect()
        };
        let (of_left, of_right) = (ids(&left), ids(&right));
        let mut both = left.clone();
        both.columns.extend(right.columns.iter().cloned());
        both.rows.relations.extend(&right.rows.relations);
        both.rows.known.and(right.rows.known.clone());
        if is_lateral(&join.right) {
            // It is computed for one row of the left side: what it gives belongs to that row.
            let of_the_row = of_left.iter().map(|column| (*column, Part::Whole));
            both.rows.known.edges.extend(of_the_row.map(|to| Edge { from: Vec::new(), to, strong: false }));
        }
        let Ok(schema) = join.left.schema().join(join.right.schema()) else { return both };
        let scope = Scope { schema: &schema, columns: &both.columns, rows: &both.rows };
        let mut known = Known::default();
        for (a, b) in &join.on {
            let equal =
                Expr::BinaryExpr(BinaryExpr::new(Box::new(a.clone()), Operator::Eq, Box::new(b.clone())));
            known.and(self.assume(&equal, scope));
        }
        if let Some(filter) = &join.filter {
            self.look(filter, scope);
            known.and(self.assume(filter, scope));
        }
        match join.join_type {
            JoinType::Inner => both.rows.known.and(known),
            JoinType::Left => both.rows.known.and(loosened(known, &of_left)),
            JoinType::Right => both.rows.known.and(loosened(known, &of_right)),
            JoinType::Full => {
                let all = of_left.union(&of_right).copied().collect();
                both.rows.known.and(loosened(known, &all));
            }
            // One side's rows, each at most once; what the other decides is kept.
            JoinType::LeftSemi => {
                both.rows.known.and(known);
                return self.side(&both, 0..width, left.rows);
            }
            JoinType::RightSemi => {
                both.rows.known.and(known);
                return self.side(&both, width..both.columns.len(), right.rows);
            }
            JoinType::LeftAnti | JoinType::LeftMark => return left,
            JoinType::RightAnti | JoinType::RightMark => return right,
        }
        both
    }

    /// The rows of one side of a semi-join.
    fn side(&self, both: &Facts, columns: std::ops::Range<usize>, mut rows: Rows) -> Facts {
        let fixed = self.relations.closure(&both.rows, [], false);
        for (attribute, value) in &both.rows.known.constants {
            rows.known.constants.insert(*attribute, value.clone());
        }
        for attribute in fixed {
            rows.known.constants.entry(attribute).or_default();
        }
        Facts { columns: both.columns[columns].to_vec(), rows }
    }

    fn limit(&mut self, limit: &Limit) -> Facts {
        let facts = self.node(&limit.input);
        match limit.get_fetch_type() {
            Ok(FetchType::Literal(Some(0 | 1))) => self.first_of_each(facts, &[], limit.input.schema()),
            _ => facts,
        }
    }

    fn distinct(&mut self, distinct: &Distinct) -> Facts {
        match distinct {
            Distinct::All(input) => {
                let facts = self.node(input);
                let all: Vec<usize> = (0..facts.columns.len()).collect();
                let mut keys = self.smallest(&facts, &all);
                keys.extend(self.keys_of(&facts).unwrap_or_default());
                self.again(facts, Some(keys), input.schema())
            }
            Distinct::On(on) => {
                let input = self.node(&on.input);
                let scope = Scope { schema: on.input.schema(), columns: &input.columns, rows: &input.rows };
                let each: Vec<Attribute> =
                    on.on_expr.iter().flat_map(|expr| self.value(expr, scope).tells).collect();
                let facts = self.projection(&on.select_expr, on.input.schema(), input);
                self.first_of_each(facts, &each, &on.schema)
            }
        }
    }
}

fn is_lateral(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::SubqueryAlias(alias) => is_lateral(&alias.input),
        LogicalPlan::Subquery(subquery) => !subquery.outer_ref_columns.is_empty(),
        _ => false,
    }
}

/// What a column of the contract measures, if anything.
fn origin(table: &Table, field: &Field, relation: RelationId, date: Option<ColumnId>) -> Option<Origin> {
    let measure = field.measure?;
    let unit = match field.unit.as_deref() {
        Some("persons") => Unit::Persons,
        Some("participations") => Unit::Participations,
        other => Unit::Other(other.unwrap_or_default().into()),
    };
    // By the name, as `_vnd` says money: how many different ones there are is said of each row alone.
    let distinct = measure == Measure::Count && words::has(&field.name, "distinct");
    Some(Origin {
        measure,
        unit,
        table: table.name.as_str().into(),
        field: field.name.as_str().into(),
        relation,
        date: date.filter(|_| measure == Measure::Stock),
        at: None,
        distinct,
        rest: false,
    })
}
