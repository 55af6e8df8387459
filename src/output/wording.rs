//! What readers see in the place of names and codes: titles, labels, units, in their language.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::language::Language;

/// How a result is worded for readers; formats for programs leave it aside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wording {
    /// The language of titles and labels, and of the marks in numbers and dates.
    pub language: Language,
    /// The columns, in the order of the result; those that are missing are worded as they are named.
    pub columns: Vec<Column>,
}

/// How a column is worded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    /// Its title, where it has one.
    pub title: Option<String>,
    /// The labels of its codes, where it holds codes.
    pub labels: Arc<BTreeMap<String, String>>,
    /// The unit of its numbers by the contract, such as `VND`, where it is known.
    pub unit: Option<String>,
    /// Whether its numbers are no quantities, such as years: their digits are not grouped.
    pub is_plain: bool,
}

impl Wording {
    /// What stands above a column of that name.
    pub fn title<'a>(&'a self, index: usize, name: &'a str) -> &'a str {
        self.columns.get(index).and_then(|column| column.title.as_deref()).unwrap_or(name)
    }

    /// What stands for a value of a column that holds codes; the value itself where it is none.
    pub fn label<'a>(&'a self, index: usize, value: &'a str) -> &'a str {
        self.columns.get(index).and_then(|column| column.labels.get(value)).map_or(value, String::as_str)
    }
}
