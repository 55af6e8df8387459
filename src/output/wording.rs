//! What readers see in the place of names and codes: titles, labels, units, in their language.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field};

use super::Style;
use crate::language::{Language, money, written};
use crate::say;
use crate::ui::text;

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

impl Column {
    /// Whether it holds sums of money.
    pub fn is_money(&self) -> bool {
        self.unit.as_deref() == Some(money::CODE)
    }
}

impl Wording {
    /// Itself, where readers are to have it.
    pub(super) fn wanted(&self, style: &Style) -> Option<Self> {
        style.worded.then(|| self.clone())
    }

    /// What stands above a column of that name.
    pub fn title<'a>(&'a self, index: usize, name: &'a str) -> &'a str {
        self.columns.get(index).and_then(|column| column.title.as_deref()).unwrap_or(name)
    }

    /// The titles of columns, made harmless for a terminal.
    pub(super) fn titles<'a>(
        wording: Option<&Self>,
        fields: impl IntoIterator<Item = &'a Arc<Field>>,
    ) -> Vec<String> {
        let title = |(index, field): (usize, &'a Arc<Field>)| {
            let title = wording.map_or(field.name().as_str(), |wording| wording.title(index, field.name()));
            text::visible(title).into_owned()
        };
        fields.into_iter().enumerate().map(title).collect()
    }

    /// A value of a column as a reader sees it; `plain` is its text for programs.
    pub fn written<'a>(&self, index: usize, data_type: &DataType, plain: &'a str) -> Cow<'a, str> {
        match data_type {
            DataType::Dictionary(_, values) => self.written(index, values, plain),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => match self.label(index, plain) {
                label if label == plain => Cow::Borrowed(plain),
                label => Cow::Owned(label.to_owned()),
            },
            DataType::Boolean => {
                let word = if plain == "true" { say!("yes") } else { say!("no") };
                Cow::Owned(word.text(self.language))
            }
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
                Cow::Owned(written::date(plain, self.language))
            }
            data_type if data_type.is_numeric() => {
                let is_plain = self.columns.get(index).is_some_and(|column| column.is_plain);
                Cow::Owned(match is_plain {
                    true => written::ungrouped(plain, self.language),
                    false => written::number(plain, self.language),
                })
            }
            _ => Cow::Borrowed(plain),
        }
    }

    /// What stands for a value of a column that holds codes; the value itself where it is none.
    pub fn label<'a>(&'a self, index: usize, value: &'a str) -> &'a str {
        self.columns.get(index).and_then(|column| column.labels.get(value)).map_or(value, String::as_str)
    }
}
