//! How statements went: what is said after each, and the profile of them all.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::engine::{Operator, Plan};
use crate::error::{Error, Result};
use crate::language::{Message, Piece};
use crate::output::{AtomicFile, Shown, io_fault};
use crate::{many, say};

/// How a statement went.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Its rows, where it gives any.
    pub(super) shown: Option<Shown>,
    /// How long it took; `None` for what the program lists itself.
    pub(super) took: Option<Took>,
    /// Rows that were read for it.
    pub(super) scanned: u64,
    /// The reader left before the end, so that there may be more rows.
    pub(super) left: bool,
}

/// The time of a statement.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    /// From its text to its plan.
    pub planning: Duration,
    /// From its plan to the last row written.
    pub execution: Duration,
}

impl Outcome {
    /// The outcome in a line: `3 rows (12 ms, 2,880 rows read)`; with the two parts of the time on request.
    pub(super) fn line(&self, timing: bool) -> Message {
        let counted = |rows: u64| many!(rows, "{n} row", "{n} rows");
        let done = match self.shown {
            Some(Shown { rows, hidden }) => {
                let all = match self.left {
                    true => say!("at least {rows}", rows = counted(rows)),
                    false => counted(rows),
                };
                let seen = Piece::Count(rows - hidden);
                if hidden > 0 { say!("{rows}, {seen} shown", rows = all, seen) } else { all }
            }
            None => say!("done"),
        };
        let Some(took) = self.took else { return done };
        let mut parts = vec![duration(took.planning + took.execution)];
        if timing {
            let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
            parts = vec![
                say!("planning {time}", time = ms(took.planning)),
                say!("execution {time}", time = ms(took.execution)),
            ];
        }
        if self.scanned > 0 {
            parts.push(say!("{rows} read", rows = counted(self.scanned)));
        }
        say!("{done} ({parts})", done, parts = Message::joined(parts, ", "))
    }
}

/// A time as people say it: `12 ms`, `3.4 s`, `2 min 5 s`.
fn duration(time: Duration) -> Message {
    let seconds = time.as_secs_f64();
    if seconds < 0.9995 {
        say!("{n} ms", n = format!("{:.0}", (seconds * 1000.0).max(1.0)))
    } else if seconds < 59.95 {
        say!("{n} s", n = format!("{seconds:.1}"))
    } else {
        let whole = seconds.round() as u64;
        say!("{minutes} min {seconds} s", minutes = whole / 60, seconds = whole % 60)
    }
}

/// What is written of every statement: `--profile FILE`.
pub struct Profile {
    file: AtomicFile,
    statements: Vec<Profiled>,
}

#[derive(Debug, Serialize)]
struct Profiled {
    sql: String,
    planning_ms: f64,
    execution_ms: f64,
    rows: Option<u64>,
    rows_read: u64,
    /// Why it did not come to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// How it was done, as far as it came.
    plan: Option<Operator>,
}

impl Profile {
    /// A profile for a file, which appears when [`Profile::write`] is called.
    ///
    /// # Errors
    /// The file cannot be written, which is found before any work.
    pub fn new(path: &Path, force: bool) -> Result<Self> {
        Ok(Self { file: AtomicFile::create(path, force)?, statements: Vec::new() })
    }

    pub(super) fn add(&mut self, sql: String, plan: Option<&Plan>, ran: &Result<Outcome>) {
        let ms = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1000.0;
        let outcome = ran.as_ref().ok();
        let took = outcome.and_then(|outcome| outcome.took);
        self.statements.push(Profiled {
            sql,
            planning_ms: took.map_or(0.0, |took| ms(took.planning)),
            execution_ms: took.map_or(0.0, |took| ms(took.execution)),
            rows: outcome.and_then(|outcome| outcome.shown).map(|shown| shown.rows),
            rows_read: plan.map_or(0, |plan| plan.scanned().rows),
            error: ran.as_ref().err().map(|error| error.message().english()),
            plan: plan.map(Plan::measured),
        });
    }

    /// Writes the statements so far: a JSON array, in the order in which they ran.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(mut self) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.statements)
            .map_err(|error| Error::data(say!("cannot write the profile: {reason}", reason = error)))?;
        writeln!(self.file, "{text}").map_err(|error| io_fault(&error))?;
        self.file.commit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_rows_time_and_reading() {
        let took = Took { planning: Duration::from_micros(1_250), execution: Duration::from_micros(10_750) };
        let outcome = Outcome {
            shown: Some(Shown { rows: 1752, hidden: 1712 }),
            took: Some(took),
            scanned: 2880,
            left: false,
        };
        let line = |outcome: Outcome, timing| outcome.line(timing).english();
        assert_eq!(line(outcome, false), "1,752 rows, 40 shown (12 ms, 2,880 rows read)");
        assert_eq!(
            line(outcome, true),
            "1,752 rows, 40 shown (planning 1.2 ms, execution 10.8 ms, 2,880 rows read)"
        );
        assert_eq!(line(Outcome { shown: None, scanned: 0, ..outcome }, false), "done (12 ms)");
        assert_eq!(line(Outcome { took: None, ..outcome }, true), "1,752 rows, 40 shown");
        let whole = Shown { rows: 1, hidden: 0 };
        assert_eq!(
            line(Outcome { shown: Some(whole), took: None, left: true, ..outcome }, true),
            "at least 1 row"
        );
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        let said = |seconds: f64| duration(Duration::from_secs_f64(seconds)).english();
        assert_eq!(
            [said(0.000_1), said(0.0123), said(3.44), said(125.2)],
            ["1 ms", "12 ms", "3.4 s", "2 min 5 s"]
        );
    }
}
