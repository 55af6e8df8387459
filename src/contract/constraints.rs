//! What the contract asks of values, keys and rows: the constraints of Table Schema, and rules of our
//! own that are written in SQL.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::Visitor;

use super::Category;
use crate::language::Message;

/// What a column's values must be; each absent one asks for nothing.
///
/// The names are those of Table Schema (<https://datapackage.org/standard/table-schema/#field-constraints>).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Constraints {
    /// No value is missing.
    #[serde(default)]
    pub required: bool,
    /// No value stands in two rows; missing ones may.
    #[serde(default)]
    pub unique: bool,
    /// The least value, itself allowed.
    pub minimum: Option<Limit>,
    /// The largest value, itself allowed.
    pub maximum: Option<Limit>,
    /// A bound that values lie above.
    pub exclusive_minimum: Option<Limit>,
    /// A bound that values lie below.
    pub exclusive_maximum: Option<Limit>,
    /// The least number of characters.
    pub min_length: Option<u64>,
    /// The largest number of characters.
    pub max_length: Option<u64>,
    /// A regular expression that the whole text fits.
    pub pattern: Option<String>,
    /// The values that there may be.
    #[serde(rename = "enum")]
    pub one_of: Option<Vec<Limit>>,
    /// What else stands there, which no constraint is called.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, serde_json::Value>,
}

/// A value that others are compared with: a number, or a text such as a date.
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// Yes or no.
    Truth(bool),
    /// A number, with the digits that stand in the file.
    Number(serde_json::Number),
    /// A text, or a value written as one.
    Text(String),
}

// By hand: what derives it keeps each value for a second look, and a contract has hundreds.
impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seen;

        impl Visitor<'_> for Seen {
            type Value = Limit;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, a text, true or false")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Limit, E> {
                Ok(Limit::Truth(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Limit, E> {
                Ok(Limit::Number(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Limit, E> {
                Ok(Limit::Number(value.into()))
            }

            fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Limit, E> {
                let number = serde_json::Number::from_f64(value);
                number.map(Limit::Number).ok_or_else(|| E::custom("expected a number that is finite"))
            }

            fn visit_str<E>(self, value: &str) -> Result<Limit, E> {
                Ok(Limit::Text(value.to_owned()))
            }

            fn visit_string<E>(self, value: String) -> Result<Limit, E> {
                Ok(Limit::Text(value))
            }
        }

        deserializer.deserialize_any(Seen)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truth(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(value) => f.write_str(value),
        }
    }
}

impl Constraints {
    /// The codes that a column with these categories may hold, where they are limited: `enum`, else
    /// the categories themselves.
    pub fn allowed(&self, categories: &[Category]) -> Vec<Limit> {
        match &self.one_of {
            Some(values) => values.clone(),
            None => categories.iter().map(|category| category.value().clone()).collect(),
        }
    }
}

/// One column's name or several: Table Schema allows a bare name for a list of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected the name of a column, or a list of names")]
        enum Either {
            One(String),
            Many(Vec<String>),
        }
        Ok(Self(match Either::deserialize(deserializer)? {
            Either::One(name) => vec![name],
            Either::Many(names) => names,
        }))
    }
}

/// Columns whose values are found in another table.
#[derive(Debug, Clone, Deserialize)]
pub struct ForeignKey {
    /// The columns here.
    pub fields: Names,
    /// Where their values are.
    pub reference: Reference,
}

/// The columns that a foreign key leads to.
#[derive(Debug, Clone, Deserialize)]
pub struct Reference {
    /// The table; empty or absent for the same one.
    #[serde(default)]
    pub resource: String,
    /// The columns there.
    pub fields: Names,
}

/// A text that stands for a missing value, bare or with what it means.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "expected a text, or an object with `value`")]
pub enum Missing {
    /// The text.
    Value(String),
    /// The text and why the value is missing.
    Labelled {
        /// The text.
        value: String,
    },
}

impl Missing {
    /// The text.
    pub fn value(&self) -> &str {
        match self {
            Self::Value(value) | Self::Labelled { value } => value,
        }
    }
}

/// Which columns a table may have beside or instead of the contract's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldsMatch {
    /// Those of the contract, no more and no less, in its order.
    #[default]
    Exact,
    /// Those of the contract in any order.
    Equal,
    /// The contract's and perhaps others.
    Subset,
    /// Some of the contract's, and no others.
    Superset,
    /// At least one of the contract's.
    Partial,
}

/// How bad it is that a rule does not hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The rows are wrong.
    #[default]
    Error,
    /// The rows are to be looked at, and may be right.
    Warning,
}

impl Severity {
    /// The word in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A rule about a row, in SQL: true or null where the row keeps it.
#[derive(Debug, Clone, Deserialize)]
#[serde(expecting = "a rule: an object with `name` and `expression`")]
pub struct Rule {
    /// Its name, of its own in the table.
    pub name: String,
    /// A condition over the table's columns, which may ask other tables.
    pub expression: String,
    /// How bad a row is that breaks it.
    #[serde(default)]
    pub severity: Severity,
    /// What it says, in English.
    pub title: Option<String>,
    /// The same in Vietnamese.
    pub title_vi: Option<String>,
}

impl Rule {
    /// What it says, in both languages; its condition where nothing is said.
    pub fn meaning(&self) -> Message {
        let english = self.title.as_ref().unwrap_or(&self.expression);
        Message::of_both(english, self.title_vi.as_ref().unwrap_or(english))
    }
}
