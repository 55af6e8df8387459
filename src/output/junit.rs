//! JUnit XML, which build servers show: a suite for each table, a case for each rule.

use std::io::Write;

use arrow::array::{Array, AsArray, StringArray};
use arrow::datatypes::{Int64Type, SchemaRef};
use arrow::record_batch::RecordBatch;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Shown, Sink, io_fault};
use crate::error::{Error, Result};
use crate::{many, say};

/// The columns of the result that can be written so.
const COLUMNS: [&str; 7] = ["table", "rule", "columns", "verdict", "rows", "first", "meaning"];

/// The findings of a check as JUnit XML; a warning is a case that was skipped.
pub(super) struct Junit {
    suites: Vec<TestSuite>,
    rows: u64,
}

impl Junit {
    pub(super) fn new() -> Self {
        Self { suites: Vec::new(), rows: 0 }
    }

    fn add(&mut self, row: &Row<'_>) {
        let name = match row.columns {
            "" => row.rule.to_owned(),
            columns => format!("{}({columns})", row.rule),
        };
        let status = match row.verdict {
            "holds" => TestCaseStatus::success(),
            verdict => {
                let mut status = match verdict {
                    "error" => TestCaseStatus::non_success(NonSuccessKind::Failure),
                    _ => TestCaseStatus::skipped(),
                };
                // For programs, whatever the reader's language.
                let rows = |rows| many!(rows, "{n} row", "{n} rows").english();
                let rows = row.rows.map(|count| format!("{}: ", rows(count)));
                let first = if row.first.is_empty() { String::new() } else { format!(" [{}]", row.first) };
                status.set_message(format!("{}{}{first}", rows.unwrap_or_default(), row.meaning));
                status
            }
        };
        let mut case = TestCase::new(name, status);
        case.set_classname(row.table);
        match self.suites.last_mut() {
            Some(suite) if suite.name.as_str() == row.table => {
                suite.add_test_case(case);
            }
            _ => {
                let mut suite = TestSuite::new(row.table);
                suite.add_test_case(case);
                self.suites.push(suite);
            }
        }
    }
}

/// One line of the result.
struct Row<'a> {
    table: &'a str,
    rule: &'a str,
    columns: &'a str,
    verdict: &'a str,
    rows: Option<u64>,
    first: &'a str,
    meaning: &'a str,
}

fn text<'a>(batch: &'a RecordBatch, column: &str, row: usize) -> &'a str {
    let texts: Option<&StringArray> = batch.column_by_name(column).and_then(|column| column.as_string_opt());
    texts.filter(|texts| texts.is_valid(row)).map_or("", |texts| texts.value(row))
}

impl Sink for Junit {
    fn begin(&mut self, schema: &SchemaRef, _: &mut dyn Write) -> Result<()> {
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        if names == COLUMNS {
            return Ok(());
        }
        Err(Error::usage(say!("JUnit is the form of what `tongket check` finds, and of no other result")))
    }

    fn batch(&mut self, batch: &RecordBatch, _: &mut dyn Write) -> Result<()> {
        let counts = batch.column_by_name("rows").and_then(|column| column.as_primitive_opt::<Int64Type>());
        for row in 0..batch.num_rows() {
            let rows = counts.filter(|counts| counts.is_valid(row)).map(|counts| counts.value(row));
            self.add(&Row {
                table: text(batch, "table", row),
                rule: text(batch, "rule", row),
                columns: text(batch, "columns", row),
                verdict: text(batch, "verdict", row),
                rows: rows.and_then(|rows| u64::try_from(rows).ok()).filter(|rows| *rows > 0),
                first: text(batch, "first", row),
                meaning: text(batch, "meaning", row),
            });
            self.rows += 1;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> Result<Shown> {
        let mut report = Report::new("tongket check");
        report.add_test_suites(std::mem::take(&mut self.suites));
        let text = report
            .to_string()
            .map_err(|error| Error::data(say!("cannot write JUnit XML: {reason}", reason = error)))?;
        out.write_all(text.as_bytes()).map_err(|error| io_fault(&error))?;
        Ok(Shown { rows: self.rows, hidden: 0 })
    }
}
