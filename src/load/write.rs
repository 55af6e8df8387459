//! The sound rows into the table: one new file, or the whole table anew where rows are replaced.

use std::path::PathBuf;

use super::judge::Judge;
use super::parquet::{ParquetFile, table_properties};
use super::pending::{FILE, ROW};
use super::staging::Staging;
use super::{Line, Report};
use crate::error::{Error, Result};
use crate::language::{Message, Piece};
use crate::output::stored_properties;
use crate::query::words::quoted;
use crate::run::Session;
use crate::{many, say};

/// A file of the table that is written and has not got its place yet.
pub(super) struct Finished {
    path: PathBuf,
    /// The rows of the table whose keys it has anew.
    replaced: u64,
}

impl Finished {
    /// Puts the file in its place.
    ///
    /// # Errors
    /// The disk fails; the table is then as it was.
    pub(super) fn place(self, staging: &Staging, judge: &Judge<'_>, report: &mut Report) -> Result<()> {
        let change = &staging.change;
        let placed = if judge.replaces() { change.replace(&self.path)? } else { change.add(&self.path)? };
        let mut line = |what: &'static str, rows: u64, detail: Message| {
            report.lines.push(Line { file: String::new(), what, rows: Some(rows), detail });
        };
        if self.replaced > 0 {
            line("replaced", self.replaced, say!("rows of the table, by their key"));
        }
        line("written", report.written, Message::verbatim(placed.display().to_string()));
        Ok(())
    }
}

/// Writes the sound rows.
///
/// # Errors
/// The rows cannot be read again, the disk fails, or rows were lost on the way.
pub(super) async fn write(
    session: &Session,
    staging: &Staging,
    judge: &Judge<'_>,
    new: u64,
    some_are_bad: bool,
) -> Result<Finished> {
    let names = staging.schema.fields().iter().map(|field| quoted(field.name()));
    let names = names.collect::<Vec<_>>().join(", ");
    let sound = format!(
        "SELECT {names} FROM {} AS \"new\"{}",
        staging.rows_sql(),
        if some_are_bad { format!(" WHERE {}", staging.sound_sql("new")) } else { String::new() }
    );
    let (rows, kept, replaced) = match judge.replaces() {
        true => {
            let kept = keep(session, staging, judge, &names).await?;
            let table = quoted(&staging.table.name);
            let before = session.number("counting the rows", format!("SELECT count(*) FROM {table}")).await?;
            let from = quoted(&staging.kept_path().display().to_string());
            (format!("SELECT {names} FROM {from} UNION ALL {sound}"), kept, before - kept)
        }
        false => (sound, 0, 0),
    };
    let key: Vec<String> = staging.table.key().iter().map(|name| quoted(name)).collect();
    let ordered = match key.as_slice() {
        // Nothing is kept then, and the rows stay in the order in which they came.
        [] => format!("{rows} ORDER BY \"new\".\"{FILE}\", \"new\".\"{ROW}\""),
        key => format!("SELECT * FROM ({rows}) ORDER BY {}", key.join(", ")),
    };
    let mut notes = match staging.change.files()?.first() {
        Some(first) => crate::catalog::store::notes(first)?,
        None => Vec::new(),
    };
    if judge.replaces() {
        notes.push(staging.change.replaces()?);
    }
    let path = staging.finished_path();
    let properties = table_properties(staging.table.key(), &staging.schema, notes)?;
    let mut file = ParquetFile::create(&path, staging.schema.clone(), properties)?;
    session.each("writing the rows", ordered, |batch| file.write(batch)).await?;
    let written = file.finish()?;
    let expected = new + kept;
    if written != expected {
        return Err(Error::data(say!(
            "{rows} were to be written and {written} were: nothing was changed",
            rows = many!(expected, "{n} row", "{n} rows"),
            written = Piece::Count(written)
        ))
        .hint(say!(
            "this is a fault of the program: please report it, with the contract and the file if you can"
        )));
    }
    Ok(Finished { path, replaced })
}

/// Writes the rows of the table that stay to a file of their own, so that the join that finds them and
/// the sort that follows do not share the memory; gives their number.
async fn keep(session: &Session, staging: &Staging, judge: &Judge<'_>, names: &str) -> Result<u64> {
    let properties = stored_properties(std::iter::empty(), Vec::new())?;
    let mut file = ParquetFile::create(&staging.kept_path(), staging.schema.clone(), properties)?;
    let sql = format!("SELECT {names} FROM {} AS \"kept\"", judge.kept());
    session.each("reading the rows that stay", sql, |batch| file.write(batch)).await?;
    file.finish()
}
