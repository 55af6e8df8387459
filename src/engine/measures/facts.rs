//! What is known of the rows that a node of a plan gives.
//!
//! Every column of every relation of a statement has a number of its own, which aliases, views and
//! sub-queries do not change: what is known is said of these numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use crate::contract::{Measure, Table};

/// The number of a column of a relation.
pub(super) type ColumnId = u32;
/// The number of a relation: a table read once, or what an aggregate, a union and the like make.
pub(super) type RelationId = usize;

/// How much of a column is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// The value.
    Whole,
    /// The year of a date.
    Year,
    /// The month of a date, without its year.
    Month,
}

/// A column, or a part of one.
pub(super) type Attribute = (ColumnId, Part);

/// What a number counts, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unit {
    /// Distinct persons.
    Persons,
    /// *Lượt*: who takes part twice counts twice.
    Participations,
    /// Rows in which one person may stand several times; the column that tells persons apart.
    Enrolments(Arc<str>),
    /// Anything else, in the contract's words.
    Other(Arc<str>),
}

/// A measure of the contract, or a count, that a value is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Origin {
    /// How it adds up.
    pub(super) measure: Measure,
    /// What it is counted in.
    pub(super) unit: Unit,
    /// The table that it stands in.
    pub(super) table: Arc<str>,
    /// The column there.
    pub(super) field: Arc<str>,
    /// The relation whose rows hold it.
    pub(super) relation: RelationId,
    /// The date of a stock, while rows of several dates may be there.
    pub(super) date: Option<ColumnId>,
    /// The one date of a stock, where it is written in the statement.
    pub(super) at: Option<String>,
    /// Counts things that other rows may count again.
    pub(super) distinct: bool,
    /// Is only a part of its column: what is left when something is taken away, or the rows in which
    /// another column does not stand for it.
    pub(super) rest: bool,
}

impl Origin {
    /// Whether both are the same column of the contract.
    pub(super) fn is_same_field(&self, other: &Self) -> bool {
        self.field == other.field && self.table == other.table
    }
}

/// A window function that numbers the rows of each partition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rank {
    /// What the partitions are told apart by.
    pub(super) partition: Vec<Attribute>,
}

/// What is known of an expression or a column.
#[derive(Debug, Clone, Default)]
pub(super) struct Value {
    /// The measures in it: several where rows differ, or where they were added.
    pub(super) origins: Vec<Origin>,
    /// What is known of a row once the value is.
    pub(super) tells: Vec<Attribute>,
    /// What the value is computed from.
    pub(super) from: Vec<Attribute>,
    /// The same in every row.
    pub(super) one: bool,
    /// As written, where it is a literal.
    pub(super) literal: Option<String>,
    /// A date chosen among others, such as the latest of each unit.
    pub(super) picked: bool,
    /// A number of the row within its partition.
    pub(super) rank: Option<Rank>,
}

impl Value {
    /// A plain column.
    pub(super) fn column(id: ColumnId) -> Self {
        Self { tells: vec![(id, Part::Whole)], from: vec![(id, Part::Whole)], ..Self::default() }
    }
}

/// That some attributes together decide another.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    /// What must be known.
    pub(super) from: Vec<Attribute>,
    /// What then is.
    pub(super) to: Attribute,
    /// Whether it holds in every row; in an outer join some rows find no partner.
    pub(super) strong: bool,
}

/// The first and last day that a condition allows; the inner `None` is a day that is not written out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bounds {
    /// The first, in days.
    pub(super) low: Option<Option<i32>>,
    /// The last, in days.
    pub(super) high: Option<Option<i32>>,
}

impl Bounds {
    /// Whether no two month ends lie between; days that are not written out get the benefit of the doubt.
    fn is_one_month(self) -> bool {
        match (self.low, self.high) {
            (Some(Some(low)), Some(Some(high))) => month(low).is_some() && month(low) == month(high),
            (Some(_), Some(_)) => true,
            _ => false,
        }
    }
}

fn month(days: i32) -> Option<(i32, u32)> {
    let day = NaiveDate::from_epoch_days(days)?;
    Some((day.year(), day.month()))
}

/// What conditions say of the rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// What is the same in every row, with its value where that is written.
    pub(super) constants: BTreeMap<Attribute, Option<String>>,
    /// What decides what.
    pub(super) edges: Vec<Edge>,
    /// Columns that are held against each other by `<` and the like.
    pub(super) ranges: Vec<(Attribute, Attribute)>,
    /// Days between which a date lies.
    pub(super) bounds: BTreeMap<Attribute, Bounds>,
}

impl Known {
    /// Both, where both hold.
    pub(super) fn and(&mut self, other: Self) {
        self.constants.extend(other.constants);
        self.edges.extend(other.edges);
        self.ranges.extend(other.ranges);
        for (attribute, bounds) in other.bounds {
            let all = self.bounds.entry(attribute).or_default();
            all.low = bounds.low.or(all.low);
            all.high = bounds.high.or(all.high);
        }
        let within = self.bounds.iter().filter(|(_, bounds)| bounds.is_one_month());
        let within: Vec<Attribute> = within.map(|(attribute, _)| *attribute).collect();
        for attribute in within {
            self.constants.entry(attribute).or_default();
        }
    }

    /// That each of two values decides the other.
    pub(super) fn equate(&mut self, left: &Value, right: &Value, forth: bool, back: bool) {
        for (a, b, strong) in [(left, right, forth), (right, left, back)] {
            let to = b.tells.iter().filter(|to| !a.from.contains(to));
            self.edges.extend(to.map(|to| Edge { from: a.from.clone(), to: *to, strong }));
        }
    }
}

/// The rows of a node.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    /// The relations whose rows, one of each, make one of its rows.
    pub(super) relations: Vec<RelationId>,
    /// What conditions say.
    pub(super) known: Known,
}

/// What is known of what a node gives.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// Its columns, in order.
    pub(super) columns: Vec<Value>,
    /// Its rows.
    pub(super) rows: Rows,
}

/// A relation.
#[derive(Debug)]
pub(super) struct Relation<'a> {
    /// The numbers of its columns.
    pub(super) columns: Range<ColumnId>,
    /// Sets of columns that are unique; `None` where that is not known. The empty set: one row.
    pub(super) keys: Option<Vec<Vec<ColumnId>>>,
    /// Columns whose values tell the branches of a union apart, and the values.
    pub(super) tags: BTreeMap<ColumnId, Vec<String>>,
    /// What it is called.
    pub(super) label: Option<String>,
    /// The table of the contract, where it is one.
    pub(super) table: Option<&'a Table>,
}

/// All relations of a statement.
#[derive(Debug, Default)]
pub(super) struct Relations<'a> {
    list: Vec<Relation<'a>>,
    /// The name of each column.
    columns: Vec<String>,
}

impl<'a> Relations<'a> {
    /// Adds a relation with columns of these names.
    pub(super) fn add<S: Into<String>>(&mut self, names: impl IntoIterator<Item = S>) -> RelationId {
        let id = self.list.len();
        let first = self.next();
        self.columns.extend(names.into_iter().map(Into::into));
        let columns = first..self.next();
        self.list.push(Relation { columns, keys: None, tags: BTreeMap::new(), label: None, table: None });
        id
    }

    fn next(&self) -> ColumnId {
        ColumnId::try_from(self.columns.len()).unwrap_or(ColumnId::MAX)
    }

    /// The relation of a number that [`Relations::add`] gave.
    pub(super) fn get(&self, id: RelationId) -> &Relation<'a> {
        &self.list[id]
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, id: RelationId) -> &mut Relation<'a> {
        &mut self.list[id]
    }

    /// The name of a column.
    pub(super) fn name(&self, column: ColumnId) -> &str {
        self.columns.get(column as usize).map_or("", String::as_str)
    }

    /// All that is known of a row once some attributes are, constants included; `weak`
    /// takes in what holds for rows that find a partner, and trusts relations without known keys.
    pub(super) fn closure(
        &self,
        rows: &Rows,
        start: impl IntoIterator<Item = Attribute>,
        weak: bool,
    ) -> BTreeSet<Attribute> {
        let mut known: BTreeSet<Attribute> = start.into_iter().collect();
        known.extend(rows.known.constants.keys());
        loop {
            let before = known.len();
            for edge in rows.known.edges.iter().filter(|edge| edge.strong || weak) {
                if edge.from.iter().all(|from| holds(&known, *from)) {
                    known.insert(edge.to);
                }
            }
            for relation in &rows.relations {
                let relation = self.get(*relation);
                if (weak && relation.keys.is_none()) || self.is_decided(relation, &known) {
                    known.extend(relation.columns.clone().map(|column| (column, Part::Whole)));
                }
            }
            // A stock is taken at the end of a month: its year and month tell its date.
            let months: Vec<ColumnId> =
                known.iter().filter(|(_, part)| *part == Part::Month).map(|(column, _)| *column).collect();
            let dated = months.into_iter().filter(|month| known.contains(&(*month, Part::Year)));
            let dated: Vec<Attribute> = dated.map(|column| (column, Part::Whole)).collect();
            known.extend(dated);
            if known.len() == before {
                return known;
            }
        }
    }

    /// Whether the row of a relation is decided by what is known.
    pub(super) fn is_decided(&self, relation: &Relation<'_>, known: &BTreeSet<Attribute>) -> bool {
        let keys = relation.keys.iter().flatten();
        keys.into_iter().any(|key| key.iter().all(|column| known.contains(&(*column, Part::Whole))))
    }

    /// Takes a stock whose date is decided as one of that date.
    pub(super) fn settle(&self, origins: &mut [Origin], rows: &Rows) {
        if origins.iter().all(|origin| origin.date.is_none()) {
            return;
        }
        let known = self.closure(rows, [], false);
        for origin in origins {
            if let Some(date) = origin.date
                && known.contains(&(date, Part::Whole))
            {
                origin.date = None;
                origin.at = rows.known.constants.get(&(date, Part::Whole)).cloned().flatten();
            }
        }
    }
}

/// Whether an attribute is among those known; who knows a date knows its year.
pub(super) fn holds(known: &BTreeSet<Attribute>, (column, part): Attribute) -> bool {
    known.contains(&(column, part)) || known.contains(&(column, Part::Whole))
}

/// What the condition of an outer join says of the rows that it gives: nothing of the side whose
/// rows are all kept, `kept`; of the other it holds where there is a row.
pub(super) fn loosened(mut known: Known, kept: &BTreeSet<ColumnId>) -> Known {
    known.constants.retain(|(column, _), _| !kept.contains(column));
    known.bounds.retain(|(column, _), _| !kept.contains(column));
    for edge in &mut known.edges {
        edge.strong = is_of(edge, kept);
    }
    known
}

/// Whether what decides is all of the kept side, and what is decided is not.
pub(super) fn is_of(edge: &Edge, kept: &BTreeSet<ColumnId>) -> bool {
    edge.from.iter().all(|(column, _)| kept.contains(column)) && !kept.contains(&edge.to.0)
}
