//! What the tables mean: the workspace's `datasets/datapackage.json`, a Frictionless Data Package
//! (v2, <https://datapackage.org>) with Table Schemas and a few properties of our own.
//!
//! Only what is shown or used is read; what else stands in the file is left to its other readers.

mod constraints;
mod keep;
mod lazy;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

pub use self::constraints::{
    Constraints, FieldsMatch, ForeignKey, Limit, Missing, Names, Reference, Rule, Severity,
};
pub use self::keep::keep_mapping;
pub use self::lazy::Lazy;
use crate::error::{Error, Excerpt, Result};
use crate::language::{Language, Message, money};
use crate::say;
use crate::storage;

/// The name of the contract's file in `datasets/`.
pub const FILE_NAME: &str = "datapackage.json";

/// The contract of a workspace's tables.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Contract {
    /// What the tables are about, in English.
    pub title: Option<String>,
    /// The same in Vietnamese.
    pub title_vi: Option<String>,
    /// The rows are invented: said wherever the tables are listed.
    #[serde(default)]
    pub synthetic: bool,
    /// The year that the workspace is about.
    pub year: Option<i32>,
    /// What things are counted in, with labels for readers: the codes of `unit` in contract and queries.
    #[serde(default)]
    pub units: Vec<Category>,
    /// The tables, in the order in which they are best read.
    #[serde(default, rename = "resources")]
    pub tables: Vec<Table>,
}

/// One table of the contract.
#[derive(Debug, Clone, Deserialize)]
pub struct Table {
    /// The name in SQL.
    pub name: String,
    /// A short name in English.
    pub title: Option<String>,
    /// The same in Vietnamese.
    pub title_vi: Option<String>,
    /// What a row is, in English.
    pub description: Option<String>,
    /// The same in Vietnamese.
    pub description_vi: Option<String>,
    /// The columns, keys and rules.
    #[serde(default)]
    pub schema: Schema,
    /// How its spreadsheets are read.
    #[serde(default)]
    pub import: Mapping,
}

/// The columns of a table, and what is asked of its rows.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    /// In the order of the table.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// Which columns there may be beside or instead of these.
    #[serde(default)]
    pub fields_match: FieldsMatch,
    /// The columns that tell a row from all others; none of them is missing.
    #[serde(default)]
    pub primary_key: Names,
    /// Further columns that tell rows apart, where none of them is missing.
    #[serde(default)]
    pub unique_keys: Vec<Names>,
    /// The columns whose values are found in other tables.
    #[serde(default)]
    pub foreign_keys: Vec<ForeignKey>,
    /// The texts that stand for a missing value; the empty text where nothing is said.
    pub missing_values: Option<Vec<Missing>>,
    /// Rules about a row, in SQL.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// How the spreadsheets of a table are read: what an import was told once, kept in the contract.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mapping {
    /// The column that a heading stands for; the empty name for a heading that is left out.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The decimal mark of its numbers: `,` or `.`.
    pub decimal_char: Option<String>,
}

/// One column.
#[derive(Debug, Clone, Deserialize)]
pub struct Field {
    /// The name in SQL.
    pub name: String,
    /// The type, in the words of Table Schema: `string`, `integer`, `date`; `any` where it is absent.
    #[serde(default, rename = "type")]
    pub kind: FieldType,
    /// How a text of the type is written; only the usual way is known here.
    pub format: Option<String>,
    /// A short name in English, as it heads a column of a spreadsheet.
    pub title: Option<String>,
    /// The same in Vietnamese.
    pub title_vi: Option<String>,
    /// What the value means, in English.
    pub description: Option<String>,
    /// The same in Vietnamese.
    pub description_vi: Option<String>,
    /// What it is counted in: `VND`, `persons`.
    pub unit: Option<String>,
    /// How it may be summed: a stock never over dates.
    pub measure: Option<Measure>,
    /// The codes that it may hold.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// What its values must be.
    #[serde(default)]
    pub constraints: Constraints,
    /// The texts that stand for a missing value, where they are others than the table's.
    #[serde(rename = "missingValues")]
    pub missing_values: Option<Vec<Missing>>,
}

/// The type of a column's values; those of Table Schema that a Parquet column can have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// A day and a time.
    Datetime,
    /// A time of day.
    Time,
    /// A calendar year.
    Year,
    /// Anything, or a type of Table Schema that no column here has.
    #[default]
    #[serde(alias = "list", alias = "object", alias = "array", alias = "duration", alias = "yearmonth")]
    #[serde(alias = "geopoint", alias = "geojson")]
    Any,
    /// No type at all.
    #[serde(other)]
    Unknown,
}

impl FieldType {
    /// The word in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Time => "time",
            Self::Year => "year",
            Self::Any => "any",
            Self::Unknown => "unknown",
        }
    }
}

/// How a column's values add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// The state at a date: sums over units, never over dates.
    Stock,
    /// What happened in a time: sums over both.
    Flow,
    /// A number of things.
    Count,
}

impl Measure {
    /// The word in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Flow => "flow",
            Self::Count => "count",
        }
    }

    /// The same for a reader.
    pub fn message(self) -> Message {
        match self {
            Self::Stock => say!("stock"),
            Self::Flow => say!("flow"),
            Self::Count => say!("count"),
        }
    }
}

/// One code of a column, bare or with its label.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "expected a code, or an object with `value`")]
pub enum Category {
    /// A code that says all.
    Value(Limit),
    /// A code and what it stands for.
    Labelled {
        /// The code.
        value: Limit,
        /// Its name in English.
        label: Option<String>,
        /// Its name in Vietnamese.
        label_vi: Option<String>,
    },
}

impl Field {
    /// A value of it in words: a number or a date in the form of the reader's language.
    pub fn written(&self, value: &Limit) -> Message {
        match self.kind {
            FieldType::Integer | FieldType::Number => Message::number(value),
            FieldType::Date | FieldType::Datetime => Message::date(value),
            _ => Message::verbatim(value.to_string()),
        }
    }

    /// What the value means, in a language.
    pub fn description(&self, language: Language) -> Option<&str> {
        language.of(self.description.as_deref(), self.description_vi.as_deref())
    }

    /// The codes that have a label in a language, each with it.
    pub fn labels(&self, language: Language) -> impl Iterator<Item = (String, &str)> {
        self.categories.iter().filter_map(move |category| category.labelled(language))
    }
}

impl Category {
    /// The code and its label in a language, where it has one.
    fn labelled(&self, language: Language) -> Option<(String, &str)> {
        match self {
            Self::Value(_) => None,
            Self::Labelled { value, label, label_vi } => {
                Some((value.to_string(), language.of(label.as_deref(), label_vi.as_deref())?))
            }
        }
    }

    /// The code as it stands in the table.
    pub fn value(&self) -> &Limit {
        match self {
            Self::Value(value) | Self::Labelled { value, .. } => value,
        }
    }

    /// Its names in both languages.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        let (label, label_vi) = match self {
            Self::Value(_) => (None, None),
            Self::Labelled { label, label_vi, .. } => (label.as_deref(), label_vi.as_deref()),
        };
        label.into_iter().chain(label_vi)
    }
}

impl Contract {
    /// Reads the contract in `datasets`; a folder without one has an empty contract.
    ///
    /// # Errors
    /// The file cannot be read or is no Data Package; the place in it is given.
    pub fn read(datasets: &Path) -> Result<Self> {
        let path = datasets.join(FILE_NAME);
        let text = match storage::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Error::reading(&path, &error)),
        };
        let text = text.trim_start_matches('\u{feff}');
        let mut deserializer = serde_json::Deserializer::from_str(text);
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let inside = error.path().to_string();
            let error = error.into_inner();
            let words = error.to_string();
            let reason = words.split(" at line ").next().unwrap_or(&words);
            let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
            // Counted in bytes there, and in characters here.
            let before = line.get(..error.column().saturating_sub(1)).unwrap_or(line);
            let column = before.chars().count() + 1;
            let place = Excerpt {
                origin: path.display().to_string(),
                line: error.line(),
                column,
                end: column + 1,
                text: line.to_owned(),
            };
            let message = match inside.as_str() {
                "." => say!("the contract cannot be read: {reason}", reason),
                _ => say!("the contract cannot be read: `{inside}`: {reason}", inside, reason),
            };
            Error::data(message).at(place)
        })
    }

    /// The column that a path names: `outputs.kind`.
    pub fn at(&self, path: &str) -> Option<&Field> {
        let (table, column) = path.rsplit_once('.')?;
        self.table(table)?.field(column)
    }

    /// The units that have a label in a language, each with it.
    pub fn unit_labels(&self, language: Language) -> impl Iterator<Item = (String, &str)> {
        let money = (money::CODE.to_owned(), money::unit(language));
        std::iter::once(money).chain(self.units.iter().filter_map(move |unit| unit.labelled(language)))
    }

    /// A unit as a reader of a language sees it; its code where it has no label.
    pub fn unit<'a>(&'a self, code: &'a str, language: Language) -> &'a str {
        self.unit_labels(language).find(|(known, _)| known == code).map_or(code, |(_, label)| label)
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

impl Table {
    /// Its short name in a language.
    pub fn title(&self, language: Language) -> Option<&str> {
        language.of(self.title.as_deref(), self.title_vi.as_deref())
    }

    /// What a row is, in a language.
    pub fn description(&self, language: Language) -> Option<&str> {
        language.of(self.description.as_deref(), self.description_vi.as_deref())
    }

    /// The column of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.schema.fields.iter().find(|field| field.name == name)
    }

    /// The columns that a row is named by: the primary key, else the first unique key, else none.
    pub fn key(&self) -> &[String] {
        match &self.schema.primary_key.0 {
            key if !key.is_empty() => key,
            _ => self.schema.unique_keys.first().map_or(&[], |key| &key.0),
        }
    }

    /// The texts that stand for a missing value in a column.
    pub fn missing<'a>(&'a self, field: &'a Field) -> Vec<&'a str> {
        match field.missing_values.as_ref().or(self.schema.missing_values.as_ref()) {
            Some(missing) => missing.iter().map(Missing::value).collect(),
            None => vec![""],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_contract_reads() {
        let contract =
            Contract::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets")).expect("reads");
        assert!(contract.synthetic);
        assert_eq!(contract.tables.len(), 10);
        let balance =
            contract.table("loan_balances").and_then(|table| table.field("outstanding_vnd")).expect("there");
        assert_eq!((balance.unit.as_deref(), balance.measure), (Some("VND"), Some(Measure::Stock)));
        let kind = contract.table("outputs").and_then(|table| table.field("kind")).expect("there");
        assert_eq!(
            kind.categories.iter().map(|code| code.value().to_string()).collect::<Vec<_>>(),
            ["work", "task"]
        );
    }

    #[test]
    fn a_unit_is_told_by_its_label_else_by_its_code() {
        let contract: Contract =
            serde_json::from_str(r#"{"units": [{"value": "classes", "label_vi": "lớp"}]}"#).expect("reads");
        let units = ["classes", "VND", "trees"].map(|code| contract.unit(code, Language::Vietnamese));
        assert_eq!(units, ["lớp", "đồng", "trees"]);
        assert_eq!(contract.unit("classes", Language::English), "classes");
    }

    #[test]
    fn a_broken_contract_is_reported_with_its_place() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE_NAME), "{\n  \"resources\": [{\"title\": \"x\"}]\n}")
            .expect("writes");
        let error = Contract::read(folder.path()).expect_err("no name");
        assert!(error.message().english().contains("missing field `name`"), "{error}");
        assert_eq!(error.place().expect("a place").line, 2);
    }

    #[test]
    fn a_folder_without_a_contract_has_an_empty_one() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(Contract::read(folder.path()).expect("reads").tables.is_empty());
    }
}
