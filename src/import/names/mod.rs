//! Names that people write: headers to columns, category labels to codes.
//!
//! A written name is tried three ways: as the name itself, as a name or label in any case, and as one
//! without accents. The first way that finds anything decides; where it finds two, that is a fault.

mod codes;
mod headers;
mod unit;

use std::collections::HashMap;

use super::fold::{fold, tidy};

pub use codes::{CodeFault, Codes};
pub use headers::{HeaderFault, Matched, match_headers};
pub use unit::is_scale_note;

/// Holds the names of one thing: a column, or a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The name in the contract: a column's name, a category's code.
    pub name: String,
    /// What people call it, in either language.
    pub labels: Vec<String>,
}

impl Names {
    fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.labels).map(String::as_str)
    }
}

/// Finds which of some [`Names`] a text means.
#[derive(Debug, Clone)]
struct Index {
    names: HashMap<String, Vec<usize>>,
    spelled: HashMap<String, Vec<usize>>,
    folded: HashMap<String, Vec<usize>>,
}

impl Index {
    fn new(things: &[Names]) -> Self {
        let mut index = Self { names: HashMap::new(), spelled: HashMap::new(), folded: HashMap::new() };
        for (at, thing) in things.iter().enumerate() {
            enter(&mut index.names, tidy(&thing.name), at);
            for text in thing.all() {
                enter(&mut index.spelled, tidy(text).to_lowercase(), at);
                enter(&mut index.folded, fold(text), at);
            }
        }
        index
    }

    /// Gives the places of those whose name the text is, as it is written.
    fn named(&self, text: &str) -> Option<&[usize]> {
        self.names.get(text).map(Vec::as_slice)
    }

    /// Gives the places of those that the text can mean; none, one, or several.
    fn find(&self, text: &str) -> &[usize] {
        // A name as it is entered is the commonest text, and tidy.
        if let Some(places) = self.named(text) {
            return places;
        }
        let text = tidy(text);
        self.names
            .get(&text)
            .or_else(|| self.spelled.get(&text.to_lowercase()))
            .or_else(|| self.folded.get(&fold(&text)))
            .map_or(&[], Vec::as_slice)
    }
}

fn enter(map: &mut HashMap<String, Vec<usize>>, key: String, at: usize) {
    // A text without a letter or digit folds to nothing, which no name is to be found by.
    if !key.is_empty() {
        let places = map.entry(key).or_default();
        if places.last() != Some(&at) {
            places.push(at);
        }
    }
}

/// Gives the name or label nearest to a text, where one is near enough to have been meant.
fn nearest<'a>(text: &str, things: &'a [Names]) -> Option<&'a str> {
    /// Longer texts are no names, and the distance takes the product of both lengths.
    const LONGEST: usize = 200;
    const LEAST_LIKENESS: f64 = 0.5;
    let wanted = fold(text);
    if wanted.len() > LONGEST {
        return None;
    }
    let likeness = |name: &str| strsim::normalized_damerau_levenshtein(&wanted, &fold(name));
    things
        .iter()
        .flat_map(Names::all)
        .map(|name| (likeness(name), name))
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// Writes names in backticks, with commas.
fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
