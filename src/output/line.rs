//! A record at a time, a line a column: for rows that are wider than the screen.

use std::io::Write;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::cell::Cells;
use super::{Screen, Shown, Sink, Style, Wording, io_fault};
use crate::error::Result;
use crate::ui::{Role, text};

pub(super) struct Line {
    wording: Option<Wording>,
    null: String,
    color: bool,
    names: Vec<String>,
    width: usize,
    rows: u64,
}

impl Line {
    pub(super) fn new(style: &Style, screen: Option<Screen>, wording: &Wording) -> Self {
        Self {
            wording: wording.wanted(style),
            null: style.null.clone().unwrap_or_else(|| super::table::NULL.to_owned()),
            color: screen.is_some_and(|screen| screen.color),
            names: Vec::new(),
            width: 0,
            rows: 0,
        }
    }
}

impl Sink for Line {
    fn begin(&mut self, schema: &SchemaRef, _out: &mut dyn Write) -> Result<()> {
        self.names = Wording::titles(self.wording.as_ref(), schema.fields());
        self.width = self.names.iter().map(|name| text::width(name)).max().unwrap_or(0);
        Ok(())
    }

    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        let cells = Cells::to_read(batch, self.wording.as_ref())?;
        for row in 0..batch.num_rows() {
            let mut record = String::new();
            if self.rows > 0 {
                record.push('\n');
            }
            self.rows += 1;
            for (column, name) in self.names.iter().enumerate() {
                let value = match cells.text(column, row)? {
                    Some(value) => text::visible(&value).into_owned(),
                    None => Role::Dim.paint(&self.null, self.color),
                };
                let pad = " ".repeat(self.width - text::width(name));
                record.push_str(&format!("{pad}{} = {value}\n", Role::Heading.paint(name, self.color)));
            }
            out.write_all(record.as_bytes()).map_err(|error| io_fault(&error))?;
        }
        Ok(())
    }

    fn finish(&mut self, _out: &mut dyn Write) -> Result<Shown> {
        Ok(Shown { rows: self.rows, hidden: 0 })
    }
}
