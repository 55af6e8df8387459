//! The sums that a total row is held against.

use std::collections::BTreeSet;

use crate::import::fold::fold;
use crate::import::source::Cell;
use crate::import::value::Value;

/// The sums of the rows so far, by the column's place in the table.
#[derive(Debug, Default)]
pub(super) struct Totals {
    /// Since the last total.
    section: Sums,
    /// Since the beginning.
    all: Sums,
    /// Columns with a value that could not be read or added, since the last total and at all.
    section_unknown: BTreeSet<usize>,
    unknown: BTreeSet<usize>,
    /// Short texts of the rows since the last total, which a subtotal may be called by.
    names: BTreeSet<String>,
}

/// A sum for each column by its place, none where it has no number yet.
#[derive(Debug, Default)]
struct Sums(Vec<Option<i128>>);

impl Sums {
    fn of(&self, place: usize) -> i128 {
        self.0.get(place).copied().flatten().unwrap_or(0)
    }

    /// Adds a number; false where the sum would be too large.
    fn add(&mut self, place: usize, digits: i128) -> bool {
        if self.0.len() <= place {
            self.0.resize(place + 1, None);
        }
        let sum = self.of(place).checked_add(digits);
        if sum.is_some() {
            self.0[place] = sum;
        }
        sum.is_some()
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

/// How many texts are kept, and how long they may be in bytes.
const NAMES: usize = 1024;
const LONGEST: usize = 100;

impl Totals {
    /// Adds a row of data; `bad` says whether its value in a column could not be read.
    pub(super) fn add(&mut self, values: &[Option<Value>], bad: impl Fn(usize) -> bool) {
        for (place, value) in values.iter().enumerate() {
            if bad(place) {
                self.section_unknown.insert(place);
                self.unknown.insert(place);
            }
            let Some(Value::Number(digits)) = value else { continue };
            for (sums, unknown) in
                [(&mut self.section, &mut self.section_unknown), (&mut self.all, &mut self.unknown)]
            {
                if !sums.add(place, *digits) {
                    unknown.insert(place);
                }
            }
        }
    }

    /// Notes the texts of a row of data.
    pub(super) fn note(&mut self, cells: &[Cell]) {
        if self.names.len() >= NAMES {
            return;
        }
        for cell in cells {
            if let Cell::Text(text) = cell
                && text.len() <= LONGEST
                && self.names.len() < NAMES
                && !self.names.contains(text.as_str())
            {
                self.names.insert(text.to_string());
            }
        }
    }

    /// Whether a row since the last total has this folded name, or one that ends with it.
    pub(super) fn knows(&self, name: &str) -> bool {
        let has = |text: &String| {
            let text = fold(text);
            text.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with(' '))
        };
        self.names.iter().any(has)
    }

    /// Whether a total agrees with the rows since the last one, or with all; false where their sum is
    /// not known.
    ///
    /// # Errors
    /// It agrees with neither; the sums of all rows, and of those since the last total where that is
    /// another.
    pub(super) fn agrees(&self, place: usize, said: i128) -> Result<bool, (i128, Option<i128>)> {
        let known = |unknown: &BTreeSet<usize>| !unknown.contains(&place);
        let section = known(&self.section_unknown) && self.section.of(place) == said;
        let all = known(&self.unknown) && self.all.of(place) == said;
        match (section || all, known(&self.unknown)) {
            (true, _) => Ok(true),
            (false, false) => Ok(false),
            (false, true) => {
                let (all, section) = (self.all.of(place), self.section.of(place));
                // Below the last subtotal nothing follows but the grand total.
                Err((all, Some(section).filter(|section| !self.section.is_empty() && *section != all)))
            }
        }
    }

    /// Begins the next section.
    pub(super) fn close(&mut self) {
        self.section = Sums::default();
        self.section_unknown.clear();
        self.names.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(totals: &mut Totals, number: i128) {
        totals.add(&[Some(Value::Number(number))], |_| false);
    }

    #[test]
    fn subtotals_and_the_grand_total_agree() {
        let mut totals = Totals::default();
        add(&mut totals, 10);
        add(&mut totals, 20);
        assert_eq!(totals.agrees(0, 30), Ok(true));
        totals.close();
        add(&mut totals, 5);
        assert_eq!(totals.agrees(0, 5), Ok(true));
        assert_eq!(totals.agrees(0, 6), Err((35, Some(5))));
        totals.close();
        assert_eq!(totals.agrees(0, 35), Ok(true));
        assert_eq!(totals.agrees(0, 36), Err((35, None)));
    }

    #[test]
    fn a_sum_with_a_value_that_could_not_be_read_is_not_known() {
        let mut totals = Totals::default();
        add(&mut totals, 10);
        totals.add(&[None], |_| true);
        assert_eq!(totals.agrees(0, 30), Ok(false));
    }
}
