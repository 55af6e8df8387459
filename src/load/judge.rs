//! Holding staged rows against the contract and against the rows that the table has.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Int32Type, Int64Type};
use arrow::record_batch::RecordBatch;

use super::Line;
use super::parquet::ParquetFile;
use super::pending::{BAD, FILE, ROW, fault_schema};
use super::staging::Staging;
use crate::check::{Check, Checked, How, Rows};
use crate::contract::Severity;
use crate::error::{Error, Result};
use crate::language::{Language, Message};
use crate::output::stored_properties;
use crate::query::words::{literal, quoted};
use crate::run::Session;
use crate::say;
use crate::ui::text;

/// The staged rows under the table's name, and the table as it will be.
pub(super) struct Judge<'a> {
    staging: &'a Staging,
    checks: Vec<Check>,
    replace: bool,
    language: Language,
}

/// What was found.
pub(super) struct Judged {
    /// Rows that are at fault.
    pub(super) rejected: u64,
    /// Rows whose key the table has already.
    pub(super) known: u64,
    /// What is at fault, by file, column and kind, and what is to be looked at.
    pub(super) lines: Vec<Line>,
}

impl<'a> Judge<'a> {
    /// Makes ready to judge.
    ///
    /// # Errors
    /// Another table that the contract leads to cannot be read, or the contract is at fault.
    pub(super) async fn new(session: &mut Session, staging: &'a Staging, replace: bool) -> Result<Self> {
        let checks = Checked::open(session).await?.checks(session, &staging.table, &staging.schema).await?;
        let replace = replace && staging.exists;
        if replace && staging.table.key().is_empty() {
            return Err(Error::usage(say!(
                "table `{table}` has no key by which rows could be replaced",
                table = staging.table.name
            )));
        }
        Ok(Self { staging, checks, replace, language: session.ui.language })
    }

    /// Finds the rows at fault, and writes why to the lists of faults.
    ///
    /// # Errors
    /// The rows cannot be read, a rule of the contract is at fault, or the disk fails.
    pub(super) async fn judge(&self, session: &Session) -> Result<Judged> {
        let (mut known, mut lines, mut lists) = (0, Vec::new(), 1);
        let mut faults = self.staging.faults;
        let (keys, checks): (Vec<Check>, Vec<Check>) =
            self.checks.iter().cloned().partition(|check| matches!(check.how, How::Repeats(_)));
        // Where each value could be read there is nothing to spare.
        let checks = match self.staging.faults {
            0 => checks,
            _ => checks.into_iter().map(spared).collect(),
        };
        for outcome in
            self.rows().outcomes(session, checks).await?.into_iter().filter(|outcome| !outcome.holds())
        {
            let check = &outcome.check;
            let (How::Row(fault) | How::Asks(fault)) = &check.how else {
                return Err(Error::data(say!(
                    "table `{table}`, rule `{rule}`: {meaning}",
                    table = self.staging.table.name,
                    rule = check.rule,
                    meaning = check.meaning
                )));
            };
            if check.severity == Severity::Warning {
                let first = outcome.first.clone().unwrap_or_else(|| Message::verbatim(""));
                lines.push(Line {
                    file: String::new(),
                    what: "warning",
                    rows: Some(outcome.rows),
                    detail: Message::joined([check.meaning.clone(), first], ": "),
                });
                continue;
            }
            let reason =
                say!("it breaks the rule `{rule}`: {meaning}", rule = check.rule, meaning = check.meaning);
            let sql = format!(
                "{} SELECT \"{FILE}\", \"{ROW}\", {} AS \"column\", {} AS \"value\", {}, {} AS \"kind\" FROM {} WHERE {fault}",
                self.with(),
                literal(&check.columns.join(" ")),
                self.staging.held_sql(&check.columns),
                self.reason_sql(&reason, &[]),
                literal(&check.rule),
                self.from()
            );
            faults += self.list(session, lists, sql).await?;
            lists += 1;
        }
        let mut judged: Vec<&[String]> = Vec::new();
        for check in &keys {
            let How::Repeats(values) = &check.how else { continue };
            // A key that is declared twice is one key.
            if judged.contains(&check.columns.as_slice()) {
                continue;
            }
            judged.push(&check.columns);
            let own = check.columns == self.staging.table.key();
            // Where each key is greater than the last, none stands twice.
            if !(own && self.staging.in_order) {
                faults += self.list(session, lists, self.repeated(check, values)).await?;
                lists += 1;
            }
            if self.staging.exists && !(self.replace && own) {
                let rows = self.list(session, lists, self.already(check, values)).await?;
                faults += rows;
                lists += 1;
                if own {
                    known = known.max(rows);
                }
            }
        }
        if faults == 0 {
            return Ok(Judged { rejected: 0, known, lines });
        }
        let distinct = format!(
            "SELECT count(*) FROM (SELECT DISTINCT \"file\", \"row\" FROM {})",
            self.staging.faults_sql()
        );
        let rejected = session.number("judging the rows", distinct).await?;
        lines.extend(self.summary(session).await?);
        Ok(Judged { rejected, known, lines })
    }

    /// The staged rows, under the name of their table.
    fn rows(&self) -> Rows<'_> {
        Rows {
            table: &self.staging.table,
            schema: &self.staging.schema,
            with: self.with(),
            from: self.from(),
        }
    }

    fn from(&self) -> String {
        format!("{} AS {}", self.staging.rows_sql(), quoted(&self.staging.table.name))
    }

    /// The table as it will be, for rules that ask for other rows of it.
    fn with(&self) -> String {
        let columns = self.columns();
        let mut parts = Vec::new();
        if self.staging.exists {
            parts.push(format!("SELECT {columns} FROM {}", self.kept()));
        }
        parts.push(format!("SELECT {columns} FROM {}", self.staging.rows_sql()));
        format!("WITH {} AS ({})", quoted(&self.staging.table.name), parts.join(" UNION ALL "))
    }

    /// The rows of the table that stay: those whose keys no new row has, where rows are replaced.
    pub(super) fn kept(&self) -> String {
        let table = quoted(&self.staging.table.name);
        if !self.replace {
            return table;
        }
        let key: Vec<String> = self.staging.table.key().iter().map(|name| quoted(name)).collect();
        let same = key.iter().map(|name| format!("\"new\".{name} = \"old\".{name}"));
        // The side that is held in memory is the left one: the keys of the new rows, and not the table.
        format!(
            "(SELECT \"old\".* FROM (SELECT {} FROM {} AS \"new\" WHERE {}) AS \"new\" RIGHT ANTI JOIN {table} AS \"old\" ON {})",
            key.join(", "),
            self.staging.rows_sql(),
            self.staging.sound_sql("new"),
            same.collect::<Vec<_>>().join(" AND ")
        )
    }

    /// Whether rows are replaced by key.
    pub(super) fn replaces(&self) -> bool {
        self.replace
    }

    fn columns(&self) -> String {
        let names = self.staging.schema.fields().iter().map(|field| quoted(field.name()));
        names.collect::<Vec<_>>().join(", ")
    }

    /// Rows whose values stand in another row of the files too.
    fn repeated(&self, check: &Check, values: &[String]) -> String {
        let keys: Vec<String> = (0..values.len()).map(|i| format!("\"#k{i}\"")).collect();
        let named: Vec<String> =
            values.iter().zip(&keys).map(|(value, key)| format!("{value} AS {key}")).collect();
        let given: Vec<String> = values.iter().map(|value| format!("{value} IS NOT NULL")).collect();
        let same = values.iter().zip(&keys).map(|(value, key)| format!("\"twice\".{key} = {value}"));
        let holes = [("{n}", "#n"), ("{first}", "#first"), ("{last}", "#last")];
        let reason = say!(
            "the same stands in {n} rows of the files (rows {first} to {last})",
            n = holes[0].0,
            first = holes[1].0,
            last = holes[2].0
        );
        format!(
            "SELECT \"{FILE}\", \"{ROW}\", {} AS \"column\", {} AS \"value\", {}, 'repeated' AS \"kind\" \
             FROM {} JOIN (SELECT {}, count(*) AS \"#n\", min(\"{ROW}\") AS \"#first\", max(\"{ROW}\") AS \"#last\" FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1) AS \"twice\" ON {}",
            literal(&check.columns.join(" ")),
            self.staging.held_sql(&check.columns),
            self.reason_sql(&reason, &holes),
            self.staging.rows_sql(),
            named.join(", "),
            self.staging.rows_sql(),
            given.join(" AND "),
            values.join(", "),
            same.collect::<Vec<_>>().join(" AND ")
        )
    }

    /// Rows whose values a row of the table has already.
    fn already(&self, check: &Check, values: &[String]) -> String {
        let named: Vec<String> =
            values.iter().enumerate().map(|(i, value)| format!("{value} AS \"#k{i}\"")).collect();
        let table = &self.staging.table.name;
        let reason = match check.columns == self.staging.table.key() {
            true => say!("table `{table}` has it already: `--replace` puts this row in its place", table),
            false => say!("table `{table}` has it already", table),
        };
        let same = check
            .columns
            .iter()
            .enumerate()
            .map(|(i, name)| format!("\"there\".{} = \"new\".\"#k{i}\"", quoted(name)));
        format!(
            "SELECT \"{FILE}\", \"{ROW}\", {} AS \"column\", {} AS \"value\", {}, 'known' AS \"kind\" FROM (SELECT *, {} FROM {}) AS \"new\" WHERE EXISTS (SELECT 1 FROM {} AS \"there\" WHERE {})",
            literal(&check.columns.join(" ")),
            self.staging.held_sql(&check.columns),
            self.reason_sql(&reason, &[]),
            named.join(", "),
            self.staging.rows_sql(),
            self.kept(),
            same.collect::<Vec<_>>().join(" AND ")
        )
    }

    /// In SQL, the two columns of a reason; in it each hole is a number that stands in this column.
    fn reason_sql(&self, reason: &Message, holes: &[(&str, &str)]) -> String {
        let filled = |sql: String, (hole, column): &(&str, &str)| {
            format!("replace({sql}, {}, CAST({} AS VARCHAR))", literal(hole), quoted(column))
        };
        let sql = |text: String| holes.iter().fold(literal(&text), filled);
        let (english, said) = (sql(reason.english()), sql(reason.text(self.language)));
        format!("{english} AS \"reason\", {said} AS \"said\"")
    }

    /// Writes a list of faults, and gives its rows.
    async fn list(&self, session: &Session, number: usize, sql: String) -> Result<u64> {
        let properties = stored_properties(std::iter::empty(), Vec::new())?;
        // The query may ask for the lists there are: this one is none before it is whole.
        let (begun, path) = (self.staging.list_path(), self.staging.faults_path(number));
        let mut file = ParquetFile::create(&begun, fault_schema(), properties)?;
        session.each("judging the rows", sql, |batch| file.write(batch)).await?;
        let rows = file.finish()?;
        std::fs::rename(&begun, &path).map_err(|error| Error::writing(&path, &error))?;
        Ok(rows)
    }

    /// What is at fault, by file, column and kind.
    async fn summary(&self, session: &Session) -> Result<Vec<Line>> {
        let sql = format!(
            "SELECT \"file\", \"column\", count(DISTINCT \"row\"), min(\"row\"), \
             CAST(first_value(\"value\" ORDER BY \"row\", \"reason\") AS VARCHAR), CAST(first_value(\"reason\" ORDER BY \"row\", \"reason\") AS VARCHAR), CAST(first_value(\"said\" ORDER BY \"row\", \"reason\") AS VARCHAR) \
             FROM {} GROUP BY \"file\", \"column\", \"kind\" ORDER BY \"file\", min(\"row\"), \"column\", \"kind\"",
            self.staging.faults_sql()
        );
        let mut lines = Vec::new();
        for batch in session.ask("judging the rows", sql).await? {
            for row in 0..batch.num_rows() {
                lines.extend(self.line(&batch, row));
            }
        }
        Ok(lines)
    }

    fn line(&self, batch: &RecordBatch, row: usize) -> Option<Line> {
        let text = |column: usize| {
            let texts = arrow::compute::cast(batch.column(column), &arrow::datatypes::DataType::Utf8).ok()?;
            let texts = texts.as_string_opt::<i32>()?.clone();
            texts.is_valid(row).then(|| texts.value(row).to_owned())
        };
        let file = batch.column(0).as_primitive_opt::<Int32Type>()?.value(row);
        let number = |column: usize| Some(batch.column(column).as_primitive_opt::<Int64Type>()?.value(row));
        let file = self.staging.files.get(usize::try_from(file).ok()?)?;
        let (column, value) = (text(1).unwrap_or_default(), text(4).unwrap_or_default());
        let named = if column.is_empty() { String::new() } else { format!("{column} ") };
        let shown = if value.is_empty() { String::new() } else { format!("`{}`: ", text::fit(&value, 40)) };
        let rows = u64::try_from(number(2)?).ok();
        let reason = Message::of_both(text(5).unwrap_or_default(), text(6).unwrap_or_default());
        let (place, row) = (format!("{named}{shown}"), number(3)?);
        Some(Line {
            file: file.path.display().to_string(),
            what: "rejected",
            rows,
            detail: match rows {
                Some(1) => say!("{place}{reason} (row {row})", place, reason, row),
                _ => say!("{place}{reason} (first: row {row})", place, reason, row),
            },
        })
    }
}

/// The check, without rows whose value in its columns could not be read: they are at fault already.
fn spared(mut check: Check) -> Check {
    if check.columns.is_empty() {
        return check;
    }
    let names: Vec<String> = check.columns.iter().map(|name| literal(name)).collect();
    let spared =
        |fault: &str| format!("({fault}) AND NOT array_has_any(\"{BAD}\", make_array({}))", names.join(", "));
    check.how = match check.how {
        How::Row(fault) => How::Row(spared(&fault)),
        How::Asks(fault) => How::Asks(spared(&fault)),
        other => other,
    };
    check
}
