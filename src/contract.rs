//! What the tables mean: the workspace's `datasets/datapackage.json`, a Frictionless Data Package
//! (v2, <https://datapackage.org>) with Table Schemas and a few properties of our own.
//!
//! Only what is shown or used is read; what else stands in the file is left to its other readers.

use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Excerpt, Result};

/// The name of the contract's file in `datasets/`.
pub const FILE_NAME: &str = "datapackage.json";

/// The contract of a workspace's tables.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Contract {
    /// The rows are invented: said wherever the tables are listed.
    #[serde(default)]
    pub synthetic: bool,
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
    /// What a row is, in English.
    pub description: Option<String>,
    /// The columns.
    #[serde(default)]
    pub schema: Schema,
}

/// The columns of a table.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Schema {
    /// In the order of the table.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// The columns that together are unique and never null.
    #[serde(default, rename = "primaryKey", deserialize_with = "one_or_many")]
    pub primary_key: Vec<String>,
    /// Further sets of columns that are unique.
    #[serde(default, rename = "uniqueKeys")]
    pub unique_keys: Vec<Vec<String>>,
}

/// Reads a list that may be written as its one member.
fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Written::deserialize(from)? {
        Written::One(one) => vec![one],
        Written::Many(many) => many,
    })
}

/// One column.
#[derive(Debug, Clone, Deserialize)]
pub struct Field {
    /// The name in SQL.
    pub name: String,
    /// The type of its values: `date`, `integer`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What each value must be.
    #[serde(default)]
    pub constraints: Constraints,
    /// What the value means, in English.
    pub description: Option<String>,
    /// What it is counted in: `VND`, `persons`.
    pub unit: Option<String>,
    /// How it may be summed: a stock never over dates.
    pub measure: Option<Measure>,
    /// The codes that it may hold.
    #[serde(default)]
    pub categories: Vec<Category>,
}

/// What each value of a column must be.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Constraints {
    /// No two rows have the same.
    #[serde(default)]
    pub unique: bool,
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
}

/// One code of a column, bare or with its label.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Category {
    /// A code that says all.
    Value(String),
    /// A code and what it stands for.
    Labelled {
        /// The code.
        value: String,
    },
}

impl Category {
    /// The code as it stands in the table.
    pub fn value(&self) -> &str {
        match self {
            Self::Value(value) | Self::Labelled { value } => value,
        }
    }
}

impl Contract {
    /// Reads the contract in `datasets`; a folder without one has an empty contract.
    ///
    /// # Errors
    /// The file cannot be read or is no Data Package; the place in it is given.
    pub fn read(datasets: &Path) -> Result<Self> {
        let path = datasets.join(FILE_NAME);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Error::file("read", &path, &error)),
        };
        let text = text.trim_start_matches('\u{feff}');
        serde_json::from_str(text).map_err(|error| {
            let words = error.to_string();
            let reason = words.split(" at line ").next().unwrap_or(&words);
            let (line, column) = (error.line(), error.column().max(1));
            let place = Excerpt {
                origin: path.display().to_string(),
                line,
                column,
                end: column + 1,
                text: text.lines().nth(line.saturating_sub(1)).unwrap_or_default().to_owned(),
            };
            Error::data(format!("the contract cannot be read: {reason}")).at(place)
        })
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

impl Table {
    /// The column of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.schema.fields.iter().find(|field| field.name == name)
    }

    /// The sets of columns that no two rows share.
    pub fn keys(&self) -> Vec<Vec<&str>> {
        let schema = &self.schema;
        let declared = std::iter::once(&schema.primary_key).chain(&schema.unique_keys);
        let declared = declared.filter(|key| !key.is_empty());
        let declared = declared.map(|key| key.iter().map(String::as_str).collect());
        let single = schema.fields.iter().filter(|field| field.constraints.unique);
        declared.chain(single.map(|field| vec![field.name.as_str()])).collect()
    }

    /// The id of what the table is named after (`trainee_id` in `trainees`), where rows may share it.
    pub fn repeated_id(&self) -> Option<&str> {
        let name = format!("{}_id", self.name.strip_suffix('s')?);
        let field = self.field(&name)?;
        let repeats = self.keys().iter().all(|key| *key != [field.name.as_str()]);
        repeats.then_some(field.name.as_str())
    }

    /// The column with the date of the table's stocks: the date in its key, or else its only date.
    pub fn stock_date(&self) -> Option<&Field> {
        let dates = || self.schema.fields.iter().filter(|field| field.kind.as_deref() == Some("date"));
        let keys = self.keys();
        let in_key = |field: &&Field| keys.iter().flatten().any(|name| *name == field.name);
        let only = || dates().next().filter(|_| dates().count() == 1);
        dates().find(in_key).or_else(only)
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
        assert_eq!(kind.categories.iter().map(Category::value).collect::<Vec<_>>(), ["work", "task"]);
    }

    #[test]
    fn a_broken_contract_is_reported_with_its_place() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE_NAME), "{\n  \"resources\": [{\"title\": \"x\"}]\n}")
            .expect("writes");
        let error = Contract::read(folder.path()).expect_err("no name");
        assert!(error.message().contains("missing field `name`"), "{error}");
        assert_eq!(error.place().expect("a place").line, 2);
    }

    #[test]
    fn a_folder_without_a_contract_has_an_empty_one() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(Contract::read(folder.path()).expect("reads").tables.is_empty());
    }
}
