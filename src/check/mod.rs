//! Whether the tables keep their contract, and whether published figures hold.
//!
//! Every constraint becomes a condition in SQL. The conditions on single rows are counted together
//! in one pass over the table, those that ask other tables in another, and each key in one of its
//! own; rows are looked at one by one only where something was found.

mod column;
pub mod figures;
mod scan;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::{Schema, SchemaRef};

pub use self::scan::Rows;
use crate::contract::{Contract, FILE_NAME, Severity, Table};
use crate::error::{Error, Kind, Result};
use crate::language::Message;
use crate::run::Session;
use crate::say;
use crate::ui::text;

/// One constraint or rule, ready to be counted.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its name: that of Table Schema, or the rule's own.
    pub rule: String,
    /// The columns that it is about; none for a rule of its own.
    pub columns: Vec<String>,
    /// How bad it is when it does not hold.
    pub severity: Severity,
    /// What it says, for the reader of a finding.
    pub meaning: Message,
    /// How rows at fault are found.
    pub how: How,
}

/// How the rows that break a constraint are found.
#[derive(Debug, Clone)]
pub enum How {
    /// No rows are read: a column is missing or too much, or the contract asks for what cannot be.
    Known,
    /// By a condition on the row alone, true where it is at fault.
    Row(String),
    /// By a condition that asks for other rows, true where it is at fault; it can stand in WHERE alone.
    Asks(String),
    /// By values that stand in more than one row; a row where one of them is null is not counted.
    Repeats(Vec<String>),
}

/// How a check went.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The table.
    pub table: String,
    /// The check that was made.
    pub check: Check,
    /// Rows at fault; of rows with the same key, those after the first.
    pub rows: u64,
    /// The first rows at fault, by their keys, with the values in question.
    pub first: Option<Message>,
}

impl Outcome {
    /// Whether nothing is at fault.
    pub fn holds(&self) -> bool {
        self.rows == 0 && !matches!(self.check.how, How::Known)
    }
}

/// The tables that are checked: their contracts and what is stored.
pub struct Checked {
    contract: Contract,
    schemas: BTreeMap<String, SchemaRef>,
}

impl Checked {
    /// Opens the tables of the contract.
    ///
    /// # Errors
    /// There is no contract, or it does not parse.
    pub async fn open(session: &mut Session) -> Result<Self> {
        let workspace = session.workspace(Message::verbatim("`check`"))?;
        let file = workspace.datasets().join(FILE_NAME);
        let contract = Contract::read(&workspace.datasets())?;
        let mut seen = BTreeSet::new();
        if let Some(twice) = contract.tables.iter().find(|table| !seen.insert(&table.name)) {
            let message = say!(
                "the contract in `{file}` describes table `{table}` twice",
                file = file.display(),
                table = twice.name
            );
            let hint = say!("leave one of the two out: only the first would be held");
            return Err(Error::data(message).hint(hint));
        }
        if contract.tables.is_empty() {
            return Err(Error::data(say!(
                "there is no contract to check: `{file}` describes no table",
                file = file.display()
            ))
            .hint(say!("describe the tables there, as a Data Package (https://datapackage.org)")));
        }
        Ok(Self { contract, schemas: BTreeMap::new() })
    }

    /// The names of the tables that the contract describes.
    pub fn names(&self) -> Vec<String> {
        self.contract.tables.iter().map(|table| table.name.clone()).collect()
    }

    /// Stored tables that the contract does not describe.
    ///
    /// # Errors
    /// The folder of the tables cannot be read.
    pub fn undescribed(&self, session: &Session) -> Result<Vec<String>> {
        let stored = session.engine.tables.stored()?;
        Ok(stored.into_keys().filter(|name| self.contract.table(name).is_none()).collect())
    }

    /// Checks a table.
    ///
    /// # Errors
    /// The contract does not describe it, or the user stops the work. A table that cannot be read is
    /// an outcome.
    pub async fn table(&mut self, session: &mut Session, name: &str) -> Result<Vec<Outcome>> {
        let Some(table) = self.contract.table(name).cloned() else {
            let names = self.contract.tables.iter().map(|table| table.name.as_str());
            let near = text::nearest(name, names).map(|near| say!("did you mean `{near}`?", near));
            return Err(Error::usage(say!("the contract describes no table `{name}`", name)).hint_opt(near));
        };
        let unread = |rule: &str, meaning: Message| {
            let check = Check {
                rule: rule.to_owned(),
                columns: Vec::new(),
                severity: Severity::Error,
                meaning,
                how: How::Known,
            };
            Ok(vec![Outcome { table: name.to_owned(), check, rows: 0, first: None }])
        };
        if !session.engine.tables.is_stored(name) {
            return unread("missing file", say!("there must be rows of `{name}` in `datasets`", name));
        }
        match self.read(session, &table).await {
            Err(error) if error.kind() == Kind::Interrupted => Err(error),
            Err(error) => unread("readable", error.message().clone()),
            outcomes => outcomes,
        }
    }

    /// The checks of a table whose stored columns are these.
    ///
    /// # Errors
    /// The user stops the work. A table that a foreign key leads to and that cannot be read is left
    /// out: it is a finding of its own.
    pub async fn checks(
        &mut self,
        session: &mut Session,
        table: &Table,
        schema: &Schema,
    ) -> Result<Vec<Check>> {
        let targets = table.schema.foreign_keys.iter().map(|key| key.reference.resource.as_str());
        for other in targets.filter(|other| !other.is_empty() && *other != table.name) {
            if self.schemas.contains_key(other) {
                continue;
            }
            match session.schema_of(other).await {
                Ok(schema) => {
                    self.schemas.insert(other.to_owned(), schema);
                }
                Err(error) if error.kind() == Kind::Interrupted => return Err(error),
                Err(_) => {}
            }
        }
        let stored = |name: &str| self.schemas.get(name).map(AsRef::as_ref);
        Ok(table::checks(&self.contract, table, schema, &stored))
    }

    async fn read(&mut self, session: &mut Session, table: &Table) -> Result<Vec<Outcome>> {
        let schema = session.schema_of(&table.name).await?;
        let checks = self.checks(session, table, &schema).await?;
        Rows::stored(table, &schema).outcomes(session, checks).await
    }

    /// A statement that gives the rows at fault, whole; `None` where there are none to give.
    ///
    /// # Errors
    /// The table cannot be read.
    pub async fn rows_at_fault(
        &self,
        session: &mut Session,
        outcome: &Outcome,
        most: u64,
    ) -> Result<Option<String>> {
        let Some(table) = self.contract.table(&outcome.table) else { return Ok(None) };
        let schema = session.schema_of(&table.name).await?;
        Ok(Rows::stored(table, &schema).rows(&outcome.check, most))
    }
}
