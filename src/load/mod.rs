//! Rows of files into a stored table, with nothing lost on the way.
//!
//! The files are read once into a *stage*, which is in memory or, where it is large, a Parquet file out of
//! readers' sight: each row as it came, beside the values that it was read as. The engine then holds the
//! staged rows against the contract and against the rows that the table has, with the conditions that
//! `check` counts; where nothing was at fault until then they are written at the same time, which is for
//! nothing where a fault is found. What is at fault is written to `FILE.rejected.csv`, the rest becomes one
//! new file of the table, put in its place last of all. Memory does not grow with the rows.

mod ahead;
mod arrays;
mod cells;
mod compact;
mod held;
mod judge;
mod order;
mod parquet;
mod pending;
mod reading;
mod rejected;
mod sink;
mod stage;
mod staging;
mod total_rows;
mod totals;
mod unused;
mod write;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::pin;

use futures::future::{Either, select};

use crate::error::{Error, Result};
use crate::import::encoding::Encoding;
use crate::import::number::Mark;
use crate::language::Message;
use crate::run::Session;
use crate::{many, say};

pub use self::compact::{Compacted, compact};
use self::judge::{Judge, Judged};
use self::staging::Staging;
use self::write::Finished;

/// What is to be imported, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The files.
    pub files: Vec<PathBuf>,
    /// The table.
    pub table: String,
    /// The encoding of delimited texts.
    pub encoding: Option<Encoding>,
    /// The byte between the cells of delimited texts.
    pub delimiter: Option<u8>,
    /// The decimal mark of numbers that are written as text.
    pub mark: Option<Mark>,
    /// The sheet of workbooks, by name or number.
    pub sheet: Option<String>,
    /// The first row of the header.
    pub header_row: Option<u64>,
    /// The rows that the header takes.
    pub header_rows: Option<u64>,
    /// The column under a heading; the empty name leaves it out.
    pub headers: BTreeMap<String, String>,
    /// Columns that are the same in every row, and their values.
    pub constants: Vec<(String, String)>,
    /// Whether rows take the place of those with the same key.
    pub replace: bool,
    /// What is done with rows that are at fault.
    pub mode: Mode,
    /// Whether lists of rejected rows that exist may be replaced.
    pub force: bool,
}

/// What is done with rows that are at fault, and with the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// The sound rows are written, the others put aside.
    #[default]
    Sound,
    /// Nothing is written where one row is at fault.
    Strict,
    /// Nothing is written.
    DryRun,
}

/// A line of what was done.
#[derive(Debug, Clone)]
pub struct Line {
    /// The file that it is about.
    pub file: String,
    /// What it tells: `encoding`, `read`, `rejected`, `written`.
    pub what: &'static str,
    /// How many rows, where it counts any.
    pub rows: Option<u64>,
    /// In words.
    pub detail: Message,
}

/// What an import did.
#[derive(Debug, Default)]
pub struct Report {
    /// The lines, file by file.
    pub lines: Vec<Line>,
    /// Rows that were read.
    pub read: u64,
    /// Rows that were written, or would be.
    pub written: u64,
    /// Rows that were put aside, or would be.
    pub rejected: u64,
    /// The lists of rows put aside.
    pub lists: Vec<PathBuf>,
}

/// Imports files into a table.
///
/// # Errors
/// A file cannot be read or its heading is at fault, the table is being changed by another, every row
/// is in the table already, or the disk fails; the table is then as it was.
pub async fn import(session: &mut Session, request: &Request) -> Result<Report> {
    let staging = Staging::begin(session, request).await?;
    let mut report = staging.report();
    let judge = Judge::new(session, &staging, request.replace).await?;
    let (judged, finished) = judged(session, &staging, &judge, request.mode).await?;
    report.read = staging.rows();
    report.rejected = judged.rejected;
    report.lines.extend(judged.lines);
    if judged.known > 0 && judged.known == report.read {
        let key = staging.table.key().join(", ");
        return Err(Error::data(say!(
            "all {rows} are in table `{table}` already, by {key}: nothing was imported",
            rows = many!(report.read, "{n} row", "{n} rows"),
            table = request.table,
            key
        ))
        .hint(say!("`--replace` puts them in the place of those with the same key")));
    }
    report.written = report.read - report.rejected;
    let stop = match request.mode {
        Mode::Sound => false,
        Mode::Strict => report.rejected > 0,
        Mode::DryRun => true,
    };
    if stop {
        report.written = if request.mode == Mode::Strict { 0 } else { report.written };
        return Ok(report);
    }
    // What takes room on the disk comes first, then the names: those of the lists before the table's,
    // so that whoever is killed between them has lost no row.
    let lists = match report.rejected {
        0 => None,
        rejected => Some(rejected::write(session, &staging, request.force, rejected).await?),
    };
    let finished = match report.written {
        0 => None,
        _ if finished.is_some() => finished,
        written => Some(write::write(session, &staging, &judge, written, report.rejected > 0).await?),
    };
    if let Some(lists) = lists {
        lists.commit(&mut report)?;
    }
    if let Some(finished) = finished {
        finished.place(&staging, &judge, &mut report)?;
    }
    Ok(report)
}

/// Judges the rows, and writes them at the same time where all may be sound, as those of most files are.
async fn judged(
    session: &Session,
    staging: &Staging,
    judge: &Judge<'_>,
    mode: Mode,
) -> Result<(Judged, Option<Finished>)> {
    let judging = judge.judge(session);
    if mode == Mode::DryRun || judge.replaces() || !staging.may_be_sound() {
        return Ok((judging.await?, None));
    }
    let writing = write::write(session, staging, judge, staging.rows(), false);
    let (judged, finished) = match select(pin!(judging), pin!(writing)).await {
        Either::Left((judged, writing)) => {
            let judged = judged?;
            if judged.rejected > 0 {
                return Ok((judged, None));
            }
            (judged, writing.await)
        }
        Either::Right((finished, judging)) => (judging.await?, finished),
    };
    let finished = if judged.rejected > 0 { None } else { Some(finished?) };
    Ok((judged, finished))
}
