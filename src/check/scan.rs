//! Counting the rows of a table that break its contract, in as few passes as can be.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Int64Type, Schema};
use arrow::record_batch::RecordBatch;

use super::{Check, How, Outcome};
use crate::contract::Table;
use crate::error::{Kind, Result};
use crate::query::words::quoted;
use crate::run::Session;

/// Rows at fault that a finding names.
const NAMED: usize = 3;

/// The rows that are looked at: a table, perhaps under another name in FROM and with more before it.
pub(super) struct Rows<'a> {
    /// The table of the contract.
    pub(super) table: &'a Table,
    /// Its stored columns.
    pub(super) schema: &'a Schema,
}

impl Rows<'_> {
    /// Makes the checks: counts the rows at fault for each, and names the first of them.
    ///
    /// # Errors
    /// The rows cannot be read. A rule that is no SQL is a fault of the contract, and found.
    pub(super) async fn outcomes(&self, session: &mut Session, checks: Vec<Check>) -> Result<Vec<Outcome>> {
        let checks = self.sound(session, checks).await?;
        let counts = self.counts(session, &checks).await?;
        let mut outcomes = Vec::new();
        for (check, rows) in checks.into_iter().zip(counts) {
            let first = if rows > 0 { Some(self.first(session, &check).await?) } else { None };
            outcomes.push(Outcome { table: self.table.name.clone(), check, rows, first });
        }
        Ok(outcomes)
    }

    /// The checks, where rules that cannot be planned are faults of the contract.
    async fn sound(&self, session: &mut Session, mut checks: Vec<Check>) -> Result<Vec<Check>> {
        for check in &mut checks {
            // Only what a person wrote can be wrong.
            let (How::Row(fault) | How::Asks(fault), true) = (&check.how, check.columns.is_empty()) else {
                continue;
            };
            let sql = format!("SELECT 1 FROM {} WHERE {fault}", self.from());
            match session.can_plan(sql).await {
                Ok(()) => {}
                Err(error) if error.kind() == Kind::Interrupted => return Err(error),
                Err(error) => {
                    check.meaning = format!("the contract is at fault: {}", error.message());
                    check.how = How::Known;
                }
            }
        }
        Ok(checks)
    }

    async fn counts(&self, session: &Session, checks: &[Check]) -> Result<Vec<u64>> {
        let mut counts = vec![0; checks.len()];
        self.count_alone(session, checks, &mut counts).await?;
        self.count_asking(session, checks, &mut counts).await?;
        self.count_repeats(session, checks, &mut counts).await?;
        Ok(counts)
    }

    /// The conditions on single rows, all in one pass.
    async fn count_alone(&self, session: &Session, checks: &[Check], counts: &mut [u64]) -> Result<()> {
        let alone = checks.iter().enumerate().filter_map(|(i, check)| match &check.how {
            How::Row(fault) => Some((i, format!("count(*) FILTER (WHERE {fault})"))),
            _ => None,
        });
        let (places, columns): (Vec<usize>, Vec<String>) = alone.unzip();
        if places.is_empty() {
            return Ok(());
        }
        let sql = format!("SELECT {} FROM {}", columns.join(", "), self.from());
        let found = numbers(&self.ask(session, sql).await?);
        for (place, count) in places.into_iter().zip(found) {
            counts[place] = count;
        }
        Ok(())
    }

    /// The conditions that ask for other rows: in one pass whether any row breaks any of them, and
    /// only then each by itself.
    async fn count_asking(&self, session: &Session, checks: &[Check], counts: &mut [u64]) -> Result<()> {
        let asking = checks.iter().enumerate().filter_map(|(i, check)| match &check.how {
            How::Asks(fault) => Some((i, fault.as_str())),
            _ => None,
        });
        let asking: Vec<(usize, &str)> = asking.collect();
        let count = |condition: String| format!("SELECT count(*) FROM {} WHERE {condition}", self.from());
        if asking.len() > 1 {
            let any: Vec<String> = asking.iter().map(|(_, fault)| format!("({fault})")).collect();
            let found = numbers(&self.ask(session, count(any.join(" OR "))).await?);
            if found == [0] {
                return Ok(());
            }
        }
        for (place, fault) in asking {
            counts[place] =
                numbers(&self.ask(session, count(fault.to_owned())).await?).first().copied().unwrap_or(0);
        }
        Ok(())
    }

    /// The keys, each once even where two constraints ask for it.
    async fn count_repeats(&self, session: &Session, checks: &[Check], counts: &mut [u64]) -> Result<()> {
        let mut known: BTreeMap<&[String], u64> = BTreeMap::new();
        for (check, count) in checks.iter().zip(counts) {
            let How::Repeats(values) = &check.how else { continue };
            *count = match known.get(values.as_slice()) {
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
            };
        }
        Ok(())
    }

    /// The values that stand in more than one row.
    fn repeated(&self, values: &[String], columns: &str) -> String {
        let given: Vec<String> = values.iter().map(|value| format!("{value} IS NOT NULL")).collect();
        format!(
            "SELECT {columns} FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1",
            self.from(),
            given.join(" AND "),
            values.join(", ")
        )
    }

    /// The first rows at fault: their keys, and the values in question.
    async fn first(&self, session: &Session, check: &Check) -> Result<String> {
        let as_text = |value: &String| format!("CAST({value} AS VARCHAR)");
        let sql = match &check.how {
            How::Known => return Ok(String::new()),
            How::Repeats(values) => {
                let columns: Vec<String> = values.iter().map(as_text).collect();
                let columns = format!("{}, CAST(count(*) AS VARCHAR)", columns.join(", "));
                format!("{} ORDER BY {} LIMIT {NAMED}", self.repeated(values, &columns), values.join(", "))
            }
            How::Row(fault) | How::Asks(fault) => {
                let (key, values) = self.named_by(check);
                let columns: Vec<String> = key.iter().chain(&values).map(as_text).collect();
                let order = if key.is_empty() { &values } else { &key };
                format!(
                    "SELECT {} FROM {} WHERE {fault} ORDER BY {} LIMIT {NAMED}",
                    columns.join(", "),
                    self.from(),
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
                    (How::Repeats(_), key, values) => {
                        format!("{} ({} rows)", key.join(" "), values.join(" "))
                    }
                    (_, key, []) => key.join(" "),
                    (_, [], values) => values.join(" "),
                    (_, key, values) => format!("{} ({})", key.join(" "), values.join(" ")),
                });
            }
        }
        Ok(rows.join(", "))
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
                let names: Vec<String> = (0..values.len()).map(|i| format!("\"k{i}\"")).collect();
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
            self.from(),
            order.join(", ")
        ))
    }

    fn from(&self) -> String {
        quoted(&self.table.name)
    }

    async fn ask(&self, session: &Session, sql: String) -> Result<Vec<RecordBatch>> {
        let origin = format!("checking table `{}`", self.table.name);
        session.ask(&origin, sql).await.map_err(|error| error.context(origin))
    }
}

/// The whole numbers of a result of one row.
fn numbers(batches: &[RecordBatch]) -> Vec<u64> {
    let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else { return Vec::new() };
    let number = |column: &arrow::array::ArrayRef| {
        column.as_primitive_opt::<Int64Type>().map_or(0, |column| column.value(0))
    };
    batch.columns().iter().map(|column| u64::try_from(number(column)).unwrap_or(0)).collect()
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
