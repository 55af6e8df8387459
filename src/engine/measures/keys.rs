//! What no two rows of a node share, and nodes that keep one row of several.

use datafusion::common::DFSchema;

use super::analysis::Analysis;
use super::facts::{Attribute, ColumnId, Facts, Part, RelationId, Rows};

/// Of more columns than that, which suffice as a key is not looked for.
const MOST_COLUMNS: usize = 40;

impl Analysis<'_> {
    /// One row for each of some attributes: of a stock, that of one date.
    pub(super) fn first_of_each(&mut self, mut facts: Facts, each: &[Attribute], schema: &DFSchema) -> Facts {
        let dates: Vec<ColumnId> =
            facts.columns.iter().flat_map(|value| &value.origins).filter_map(|origin| origin.date).collect();
        for date in dates.into_iter().filter(|date| !each.iter().any(|(column, _)| column == date)) {
            facts.rows.known.constants.entry((date, Part::Whole)).or_default();
        }
        let key: Option<Vec<usize>> = each
            .iter()
            .filter(|attribute| !facts.rows.known.constants.contains_key(attribute))
            .map(|attribute| facts.columns.iter().position(|value| value.tells.contains(attribute)))
            .collect();
        self.again(facts, key.map(|key| vec![key]), schema)
    }

    /// The same columns as those of a relation of its own, with these keys.
    pub(super) fn again(&mut self, facts: Facts, keys: Option<Vec<Vec<usize>>>, schema: &DFSchema) -> Facts {
        let fresh = self.unknown(schema);
        let relation = fresh.rows.relations[0];
        let first = self.relations.get(relation).columns.start;
        let numbered = |key: Vec<usize>| key.into_iter().filter_map(|i| Some(first + u32::try_from(i).ok()?));
        let keys = keys.map(|keys| keys.into_iter().map(|key| numbered(key).collect()).collect());
        let tags = self.tags_among(&facts);
        let numbered = |(place, values)| Some((first + u32::try_from(place).ok()?, values));
        let tags = tags.into_iter().filter_map(numbered).collect();
        let made = self.relations.get_mut(relation);
        (made.keys, made.tags) = (keys, tags);
        let mut known = facts.rows.known;
        let mut columns = Vec::with_capacity(facts.columns.len());
        for (mut value, own) in facts.columns.into_iter().zip(fresh.columns) {
            known.equate(&value, &own, true, true);
            value.origins.iter_mut().for_each(|origin| origin.relation = relation);
            value.tells.extend(own.tells);
            value.from = own.from;
            columns.push(value);
        }
        Facts { columns, rows: Rows { relations: vec![relation], known } }
    }

    /// The columns of `all` that suffice to tell the rest.
    pub(super) fn smallest(&self, facts: &Facts, all: &[usize]) -> Vec<Vec<usize>> {
        let tells = |keys: &[usize]| -> Vec<Attribute> {
            keys.iter()
                .filter_map(|key| facts.columns.get(*key))
                .flat_map(|value| value.tells.clone())
                .collect()
        };
        let without = |order: Vec<usize>| {
            let mut kept: Vec<usize> = all.to_vec();
            for candidate in order {
                let others: Vec<usize> = kept.iter().copied().filter(|column| *column != candidate).collect();
                let known = self.relations.closure(&facts.rows, tells(&others), false);
                let Some(value) = facts.columns.get(candidate) else { continue };
                let told = value.one
                    || (!value.from.is_empty() && value.from.iter().all(|from| known.contains(from)));
                if told {
                    kept = others;
                }
            }
            kept
        };
        // Each step costs a look at all that is known.
        if all.len() > MOST_COLUMNS {
            return vec![all.to_vec()];
        }
        let mut keys = vec![without(all.iter().rev().copied().collect())];
        let other = without(all.to_vec());
        if !keys.contains(&other) {
            keys.push(other);
        }
        keys
    }

    /// The sets of columns that no two rows share; `None` where that is not known.
    pub(super) fn keys_of(&self, facts: &Facts) -> Option<Vec<Vec<usize>>> {
        let mut found = Vec::new();
        for relation in &facts.rows.relations {
            for key in self.relations.get(*relation).keys.as_ref()? {
                let places = key.iter().map(|id| {
                    facts.columns.iter().position(|value| value.tells.contains(&(*id, Part::Whole)))
                });
                let Some(places) = places.collect::<Option<Vec<usize>>>() else { continue };
                if self.is_key(facts, &places) {
                    found.push(places);
                }
            }
        }
        Some(found)
    }

    /// Whether no two rows share the values of some columns.
    pub(super) fn is_key(&self, facts: &Facts, places: &[usize]) -> bool {
        let tells = places.iter().filter_map(|place| facts.columns.get(*place));
        let known = self.relations.closure(&facts.rows, tells.flat_map(|value| value.tells.clone()), false);
        let decided = |id: &RelationId| self.relations.is_decided(self.relations.get(*id), &known);
        facts.rows.relations.iter().all(decided)
    }
}
