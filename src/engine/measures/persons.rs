//! What counts persons, and names that say so where it does not.

use super::analysis::Analysis;
use super::facts::{Attribute, Origin, Part, RelationId, Rows, Unit, Value};
use super::origins::{is_benefit, is_participations, once};
use super::rules::Call;
use super::{Kind, tables, words};
use crate::contract::Measure;
use crate::language::Message;
use crate::say;

impl Analysis<'_> {
    /// What a count counts: persons, or rows in which persons repeat, where the table tells them apart.
    pub(super) fn counted(
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
            let Some(person) = counted.table.and_then(tables::repeated_id) else { continue };
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

    /// Holds the name that a column is given against what it counts; `shown` is what it is given to.
    pub(super) fn named(&mut self, name: &str, shown: &str, value: &Value) {
        if value.origins.is_empty() {
            return;
        }
        if words::says_persons(name) {
            if value.origins.iter().all(is_participations) {
                let field = &value.origins[0].field;
                let of = match *shown == **field {
                    true => Message::verbatim(""),
                    false => say!(" (from `{field}`)", field),
                };
                let text = say!(
                    "`{name}` says persons, and `{shown}`{of} counts participations: {once}",
                    name,
                    shown,
                    of,
                    once = once()
                );
                self.find(Kind::Persons, text);
            } else if let Some(Unit::Enrolments(id)) = value.origins.first().map(|origin| &origin.unit) {
                let table = &value.origins[0].table;
                let text = say!(
                    "`{name}` says persons, and `{shown}` counts rows of `{table}`, where one `{id}` may stand in \
                     several: count(DISTINCT {id}) counts persons",
                    name,
                    shown,
                    table,
                    id
                );
                self.find(Kind::Persons, text);
            }
        }
        if words::says_cash(name) && value.origins.iter().all(is_benefit) {
            let text = say!(
                "`{name}` says money paid, and `{shown}` is an estimated benefit: neither a cost nor cash",
                name,
                shown
            );
            self.find(Kind::Benefit, text);
        }
    }
}
