//! A Markdown table (GitHub's form), for pasting into a document.

use std::io::Write;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::cell::{Cells, Class};
use super::{Shown, Sink, Style, Wording, io_fault};
use crate::error::Result;
use crate::ui::text;

pub(super) struct Markdown {
    wording: Option<Wording>,
    null: String,
    rows: u64,
}

impl Markdown {
    pub(super) fn new(style: &Style, wording: &Wording) -> Self {
        Self { wording: wording.wanted(style), null: style.null.clone().unwrap_or_default(), rows: 0 }
    }
}

/// A value that cannot end its cell or its row, or become markup.
fn escaped(value: &str) -> String {
    let mut cell = String::with_capacity(value.len());
    for c in text::visible(&value.replace('\n', "<br>")).chars() {
        if matches!(c, '|' | '\\' | '`' | '*' | '[' | '<') {
            cell.push('\\');
        }
        cell.push(c);
    }
    cell
}

impl Sink for Markdown {
    fn begin(&mut self, schema: &SchemaRef, out: &mut dyn Write) -> Result<()> {
        let mut header = String::from("|");
        let mut rule = String::from("|");
        let titles = Wording::titles(self.wording.as_ref(), schema.fields());
        for (title, class) in titles.iter().zip(Class::of_schema(schema)) {
            header.push_str(&format!(" {} |", escaped(title)));
            rule.push_str(if class == Class::Number { " ---: |" } else { " --- |" });
        }
        writeln!(out, "{header}\n{rule}").map_err(|error| io_fault(&error))
    }

    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        // Without wording the digits and dates are those of CSV.
        let cells = match &self.wording {
            Some(wording) => Cells::to_read(batch, Some(wording))?,
            None => Cells::new(batch)?,
        };
        for row in 0..batch.num_rows() {
            let mut line = String::from("|");
            for column in 0..batch.num_columns() {
                let value =
                    cells.text(column, row)?.map_or_else(|| self.null.clone(), |value| escaped(&value));
                line.push_str(&format!(" {value} |"));
            }
            writeln!(out, "{line}").map_err(|error| io_fault(&error))?;
        }
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    fn finish(&mut self, _out: &mut dyn Write) -> Result<Shown> {
        Ok(Shown { rows: self.rows, hidden: 0 })
    }
}
