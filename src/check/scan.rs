//! Counting the rows of a table that break its contract, in as few passes as can be.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Schema};
use arrow::record_batch::RecordBatch;

use super::{Check, How, Outcome};
use crate::contract::Table;
use crate::error::{Kind, Result};
use crate::language::{Language, Message};
use crate::query::words::quoted;
use crate::run::Session;
use crate::run::own::numbers;
use crate::say;

/// Rows at fault that a finding names.
const NAMED: usize = 3;

/// The rows that are looked at.
pub struct Rows<'a> {
    /// The table of the contract.
    pub table: &'a Table,
    /// Its stored columns.
    pub schema: &'a Schema,
    /// What stands before SELECT: other rows under the name of a table.
    pub with: String,
    /// What stands after FROM: rows under the name of the table.
    pub from: String,
}

impl<'a> Rows<'a> {
    /// The rows of a stored table.
    pub(super) fn stored(table: &'a Table, schema: &'a Schema) -> Self {
        Self { table, schema, with: String::new(), from: quoted(&table.name) }
    }

    /// Makes the checks: counts the rows at fault for each, and names the first of them.
    ///
    /// # Errors
    /// The rows cannot be read. A rule that is no SQL is a fault of the contract, and found.
    pub async fn outcomes(&self, session: &Session, mut checks: Vec<Check>) -> Result<Vec<Outcome>> {
        let mut counts = self.counts(session, &checks).await?;
        // A rule that cannot be planned cannot be counted either, and is looked for only then.
        if counts.iter().any(Result::is_err) {
            checks = self.sound(session, checks).await?;
            counts = self.counts(session, &checks).await?;
        }
        let mut outcomes = Vec::new();
        for (mut check, rows) in checks.into_iter().zip(counts) {
            let rows = rows.unwrap_or_else(|error| {
                check.meaning = unchecked(&error);
                check.how = How::Known;
                0
            });
            let first = if rows > 0 { Some(self.first(session, &check).await?) } else { None };
            outcomes.push(Outcome { table: self.table.name.clone(), check, rows, first });
        }
        Ok(outcomes)
    }

    /// The checks, where rules that cannot be planned are faults of the contract.
    async fn sound(&self, session: &Session, mut checks: Vec<Check>) -> Result<Vec<Check>> {
        for check in &mut checks {
            // Only what a person wrote can be wrong.
            let (How::Row(fault) | How::Asks(fault), true) = (&check.how, check.columns.is_empty()) else {
                continue;
            };
            let sql = format!("{} SELECT 1 FROM {} WHERE {fault}", self.with, self.from);
            match session.can_plan(sql).await {
                Ok(()) => {}
                Err(error) if error.kind() == Kind::Interrupted => return Err(error),
                Err(error) => {
                    check.meaning = unchecked(&error);
                    check.how = How::Known;
                }
            }
        }
        Ok(checks)
    }

    /// The rows at fault for each check, or why they cannot be counted.
    async fn counts(&self, session: &Session, checks: &[Check]) -> Result<Vec<Result<u64>>> {
        let mut counts: Vec<Result<u64>> = checks.iter().map(|_| Ok(0)).collect();
        let (mut alone, mut asking) = (Vec::new(), Vec::new());
        for (i, check) in checks.iter().enumerate() {
            match &check.how {
                How::Row(fault) => alone.push((i, fault.as_str())),
                How::Asks(fault) => asking.push((i, fault.as_str())),
                How::Known | How::Repeats(_) => {}
            }
        }
        self.count_alone(session, &alone, &mut counts).await?;
        self.count_asking(session, &asking, &mut counts).await?;
        self.count_repeats(session, checks, &mut counts).await?;
        Ok(counts)
    }

    /// The conditions on single rows, all in one pass; each by itself where one of them fails.
    async fn count_alone(
        &self,
        session: &Session,
        alone: &[(usize, &str)],
        counts: &mut [Result<u64>],
    ) -> Result<()> {
        if alone.is_empty() {
            return Ok(());
        }
        let columns = alone.iter().map(|(i, fault)| format!("count(*) FILTER (WHERE {fault}) AS \"{i}\""));
        let sql = format!("SELECT {} FROM {}", columns.collect::<Vec<_>>().join(", "), self.from);
        match self.ask(session, sql).await {
            Ok(batches) => {
                for ((place, _), count) in alone.iter().zip(numbers(&batches)) {
                    counts[*place] = Ok(count);
                }
                Ok(())
            }
            Err(error) if error.kind() == Kind::Interrupted => Err(error),
            Err(_) => self.count_each(session, alone, counts).await,
        }
    }

    /// The conditions that ask for other rows: in one pass whether any row breaks any of them, and
    /// only then each by itself.
    async fn count_asking(
        &self,
        session: &Session,
        asking: &[(usize, &str)],
        counts: &mut [Result<u64>],
    ) -> Result<()> {
        if asking.len() > 1 {
            let any: Vec<String> = asking.iter().map(|(_, fault)| format!("({fault})")).collect();
            match self.ask(session, self.count(&any.join(" OR "))).await {
                Ok(batches) if numbers(&batches) == [0] => return Ok(()),
                Err(error) if error.kind() == Kind::Interrupted => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        self.count_each(session, asking, counts).await
    }

    async fn count_each(
        &self,
        session: &Session,
        faults: &[(usize, &str)],
        counts: &mut [Result<u64>],
    ) -> Result<()> {
        for (place, fault) in faults {
            counts[*place] = match self.ask(session, self.count(fault)).await {
                Ok(batches) => Ok(numbers(&batches).first().copied().unwrap_or(0)),
                Err(error) if error.kind() == Kind::Interrupted => return Err(error),
                failed => failed.map(|_| 0),
            };
        }
        Ok(())
    }

    fn count(&self, fault: &str) -> String {
        format!("SELECT count(*) FROM {} WHERE {fault}", self.from)
    }

    /// The keys, each once even where two constraints ask for it.
    async fn count_repeats(
        &self,
        session: &Session,
        checks: &[Check],
        counts: &mut [Result<u64>],
    ) -> Result<()> {
        let mut known: BTreeMap<&[String], u64> = BTreeMap::new();
        for (check, count) in checks.iter().zip(counts) {
            let How::Repeats(values) = &check.how else { continue };
            *count = Ok(match known.get(values.as_slice()) {
                Some(count) => *count,
                None => {
                    let sql = format!(
                        "SELECT CAST(coalesce(sum(n - 1), 0) AS BIGINT) FROM ({})",
                        self.repeated(values, "count(*) AS n")
                    );
                    let found = numbers(&self.ask(session, sql).await?).first().copied().unwrap_or(0);
                    known.insert(values, found);
                    found
                }
            });
        }
        Ok(())
    }

    /// The values that stand in more than one row.
    fn repeated(&self, values: &[String], columns: &str) -> String {
        let given: Vec<String> = values.iter().map(|value| format!("{value} IS NOT NULL")).collect();
        format!(
            "SELECT {columns} FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1",
            self.from,
            given.join(" AND "),
            values.join(", ")
        )
    }

    /// The first rows at fault: their keys, and the values in question.
    async fn first(&self, session: &Session, check: &Check) -> Result<Message> {
        let as_text = |(i, value): (usize, &String)| format!("CAST({value} AS VARCHAR) AS \"{i}\"");
        let sql = match &check.how {
            How::Known => return Ok(Message::verbatim("")),
            How::Repeats(values) => {
                let columns: Vec<String> = values.iter().enumerate().map(as_text).collect();
                let columns = format!("{}, CAST(count(*) AS VARCHAR) AS \"n\"", columns.join(", "));
                format!("{} ORDER BY {} LIMIT {NAMED}", self.repeated(values, &columns), values.join(", "))
            }
            How::Row(fault) | How::Asks(fault) => {
                let (key, values) = self.named_by(check);
                let columns: Vec<String> = key.iter().chain(&values).enumerate().map(as_text).collect();
                let order = if key.is_empty() { &values } else { &key };
                format!(
                    "SELECT {} FROM {} WHERE {fault} ORDER BY {} LIMIT {NAMED}",
                    columns.join(", "),
                    self.from,
                    order.join(", ")
                )
            }
        };
        let key = match &check.how {
            How::Repeats(values) => values.len(),
            _ => self.named_by(check).0.len(),
        };
        let batches = self.ask(session, sql).await?;
        let mut rows = Vec::new();
        for batch in &batches {
            for row in 0..batch.num_rows() {
                let cells: Vec<String> =
                    (0..batch.num_columns()).map(|column| text(batch, column, row)).collect();
                let (key, values) = cells.split_at(key);
                rows.push(match (&check.how, key, values) {
                    (How::Repeats(_), key, count) => {
                        say!("{key} ({count} rows)", key = key.join(" "), count = count.join(" "))
                    }
                    (_, key, []) => Message::verbatim(key.join(" ")),
                    (_, [], values) => Message::verbatim(values.join(" ")),
                    (_, key, values) => {
                        Message::verbatim(format!("{} ({})", key.join(" "), values.join(" ")))
                    }
                });
            }
        }
        Ok(Message::joined(rows, ", "))
    }

    /// The columns that name a row, and those beside them that a check is about.
    fn named_by(&self, check: &Check) -> (Vec<String>, Vec<String>) {
        let there = |name: &&String| self.schema.field_with_name(name).is_ok();
        let key: Vec<String> = self.table.key().iter().filter(there).map(|name| quoted(name)).collect();
        let values = check.columns.iter().filter(there).map(|name| quoted(name));
        let values: Vec<String> = values.filter(|name| !key.contains(name)).collect();
        if key.is_empty() && values.is_empty() {
            let all = self.schema.fields().iter().take(NAMED).map(|field| quoted(field.name()));
            return (all.collect(), values);
        }
        (key, values)
    }

    /// A statement that gives the rows at fault, whole; `None` where no row is.
    pub(super) fn rows(&self, check: &Check, most: u64) -> Option<String> {
        let (condition, order) = match &check.how {
            How::Known => return None,
            How::Row(fault) | How::Asks(fault) => {
                let (key, values) = self.named_by(check);
                (fault.clone(), if key.is_empty() { values } else { key })
            }
            How::Repeats(values) => {
                let names: Vec<String> = (0..values.len()).map(|i| format!("\"#k{i}\"")).collect();
                let columns: Vec<String> =
                    values.iter().zip(&names).map(|(value, name)| format!("{value} AS {name}")).collect();
                let same =
                    values.iter().zip(&names).map(|(value, name)| format!("\"twice\".{name} = {value}"));
                let condition = format!(
                    "EXISTS (SELECT 1 FROM ({}) AS \"twice\" WHERE {})",
                    self.repeated(values, &columns.join(", ")),
                    same.collect::<Vec<_>>().join(" AND ")
                );
                (condition, values.clone())
            }
        };
        Some(format!(
            "SELECT * FROM {} WHERE {condition} ORDER BY {} LIMIT {most}",
            self.from,
            order.join(", ")
        ))
    }

    async fn ask(&self, session: &Session, sql: String) -> Result<Vec<RecordBatch>> {
        let origin = format!("checking table `{}`", self.table.name);
        let context = || say!("checking table `{table}`", table = self.table.name);
        session.ask(&origin, format!("{} {sql}", self.with)).await.map_err(|error| error.context(context()))
    }
}

/// Why a rule cannot be checked, in the engine's words where it has no better, and not in all of them.
fn unchecked(error: &crate::error::Error) -> Message {
    let cut = |language| crate::ui::text::fit(&error.message().text(language), 200).into_owned();
    let reason = Message::of_both(cut(Language::English), cut(Language::Vietnamese));
    say!("it cannot be checked: {reason}", reason)
}

/// A text of a result; `null` where there is none.
fn text(batch: &RecordBatch, column: usize, row: usize) -> String {
    let column = batch.column(column);
    if column.is_null(row) {
        return "null".to_owned();
    }
    match arrow::compute::cast(&column.slice(row, 1), &DataType::Utf8) {
        Ok(text) => text.as_string::<i32>().value(0).to_owned(),
        Err(_) => String::new(),
    }
}
