//! Joins that repeat rows.

use super::analysis::Analysis;
use super::facts::{Attribute, Edge, Part, RelationId, Rows};

impl Analysis<'_> {
    /// What repeats the rows of a relation within a group, if anything: a relation of which several
    /// rows may go with one of its rows. Where a relation's keys are not known, it is trusted.
    pub(super) fn repeats(
        &self,
        relation: RelationId,
        rows: &Rows,
        group: &[Attribute],
    ) -> Option<RelationId> {
        if !rows.relations.contains(&relation) {
            return None;
        }
        let own = self.relations.get(relation).columns.clone();
        let mut start: Vec<Attribute> = own.map(|column| (column, Part::Whole)).collect();
        start.extend(group);
        loop {
            let known = self.relations.closure(rows, start.iter().copied(), true);
            let mut open = rows.relations.iter().copied().filter(|id| {
                let other = self.relations.get(*id);
                *id != relation && other.keys.is_some() && !self.relations.is_decided(other, &known)
            });
            let first = open.next()?;
            let is_known = |attribute: &Attribute| known.contains(attribute);
            let matched = std::iter::once(first).chain(open).find(|id| self.is_in_range(*id, rows, is_known));
            match matched {
                Some(id) => {
                    start.extend(self.relations.get(id).columns.clone().map(|column| (column, Part::Whole)));
                }
                None => return Some(first),
            }
        }
    }

    /// Whether a relation is joined by ranges, such as bands of age or times of validity: these
    /// exclude each other, as a rule.
    fn is_in_range(&self, id: RelationId, rows: &Rows, is_known: impl Fn(&Attribute) -> bool) -> bool {
        let columns = &self.relations.get(id).columns;
        let is_of = |(column, _): &Attribute| columns.contains(column);
        let known = &rows.known;
        let between =
            |(a, b): &&(Attribute, Attribute)| (is_of(a) && is_known(b)) || (is_of(b) && is_known(a));
        let ranges = known.ranges.iter().filter(between).count();
        let equal = |edge: &Edge| is_of(&edge.to) && !edge.from.is_empty() && edge.from.iter().all(&is_known);
        ranges >= 2 || (ranges == 1 && !known.edges.iter().any(equal))
    }
}
