//! A table with columns that line up.
//!
//! On a terminal it is fitted to the width, and a long one shows its first and last rows with a
//! count of those between. Written anywhere else it is whole: the widths come from the first rows,
//! the rest follows as it arrives, and a later value that is wider stands out of its column rather
//! than being cut.

use std::collections::VecDeque;
use std::io::Write;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::cell::{Cells, Class};
use super::{Screen, Shown, Sink, Style, io_fault};
use crate::error::Result;
use crate::ui::{Role, text};

/// How null looks where a person reads: a sign that no text or number is taken for.
pub(super) const NULL: &str = "∅";

/// Rows that decide the widths where the whole table is written.
const MEASURED_ROWS: usize = 1000;

/// A column narrower than this says nothing.
const LEAST_WIDTH: usize = 4;

/// One row as text; `None` is null.
type Row = Vec<Option<String>>;

pub(super) struct Table {
    null: String,
    max_rows: usize,
    screen: Option<Screen>,
    names: Vec<String>,
    classes: Vec<Class>,
    /// The first rows: until the widths are known, or all that a terminal shows of the beginning.
    head: Vec<Row>,
    /// The last rows, where a terminal shows only the two ends.
    tail: VecDeque<Row>,
    /// Set once the head has been written.
    widths: Option<Vec<usize>>,
    rows: u64,
}

impl Table {
    pub(super) fn new(style: &Style, screen: Option<Screen>) -> Self {
        Self {
            null: style.null.clone().unwrap_or_else(|| NULL.to_owned()),
            max_rows: style.max_rows,
            screen,
            names: Vec::new(),
            classes: Vec::new(),
            head: Vec::new(),
            tail: VecDeque::new(),
            widths: None,
            rows: 0,
        }
    }

    /// Rows kept at each end, where only the ends are shown.
    fn ends(&self) -> Option<(usize, usize)> {
        let capped = self.screen.is_some() && self.max_rows > 0;
        capped.then(|| (self.max_rows.div_ceil(2), self.max_rows / 2))
    }

    fn color(&self) -> bool {
        self.screen.is_some_and(|screen| screen.color)
    }

    fn take(&mut self, row: Row, out: &mut dyn Write) -> Result<()> {
        self.rows += 1;
        if let Some((first, last)) = self.ends() {
            // One more than the cap is kept, so that a cap never hides a single row.
            if self.head.len() < first {
                self.head.push(row);
            } else {
                self.tail.push_back(row);
                if self.tail.len() > last + 1 {
                    self.tail.pop_front();
                }
            }
            return Ok(());
        }
        if let Some(widths) = &self.widths {
            let line = self.line(&row, widths);
            return out.write_all(line.as_bytes()).map_err(|error| io_fault(&error));
        }
        self.head.push(row);
        if self.head.len() == MEASURED_ROWS { self.start(out) } else { Ok(()) }
    }

    /// Settles the widths and writes the header and the rows held back so far.
    fn start(&mut self, out: &mut dyn Write) -> Result<()> {
        let widths = self.fitted();
        let mut text = self.header(&widths);
        for row in &self.head {
            text.push_str(&self.line(row, &widths));
        }
        self.head.clear();
        self.widths = Some(widths);
        out.write_all(text.as_bytes()).map_err(|error| io_fault(&error))
    }

    /// The width of each column: what it holds, and where a screen is too narrow, the widest text
    /// columns cut first; numbers are never cut.
    fn fitted(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.names.iter().map(|name| text::width(name)).collect();
        for row in self.head.iter().chain(&self.tail) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(text::width(cell.as_deref().unwrap_or(&self.null)));
            }
        }
        let Some(screen) = self.screen else { return widths };
        let least: Vec<usize> = self
            .classes
            .iter()
            .zip(&widths)
            .map(|(class, width)| if *class == Class::Number { *width } else { LEAST_WIDTH.min(*width) })
            .collect();
        let gaps = 2 * widths.len().saturating_sub(1) + 2;
        while widths.iter().sum::<usize>() + gaps > screen.columns {
            let widest = (0..widths.len()).filter(|i| widths[*i] > least[*i]).max_by_key(|i| (widths[*i], *i));
            match widest {
                Some(i) => widths[i] -= 1,
                None => break,
            }
        }
        widths
    }

    fn header(&self, widths: &[usize]) -> String {
        let color = self.color();
        let mut names = String::from(" ");
        let mut rule = String::from(" ");
        for (i, (name, width)) in self.names.iter().zip(widths).enumerate() {
            if i > 0 {
                names.push_str("  ");
                rule.push_str("  ");
            }
            let last = i + 1 == self.names.len();
            names.push_str(&self.aligned(name, i, *width, last, Some(Role::Heading)));
            rule.push_str(&"─".repeat(*width));
        }
        format!("{}\n{}\n", names.trim_end(), Role::Dim.paint(&rule, color))
    }

    fn line(&self, row: &Row, widths: &[usize]) -> String {
        let mut line = String::from(" ");
        for (i, (cell, width)) in row.iter().zip(widths).enumerate() {
            if i > 0 {
                line.push_str("  ");
            }
            let last = i + 1 == row.len();
            let role = cell.is_none().then_some(Role::Dim);
            line.push_str(&self.aligned(cell.as_deref().unwrap_or(&self.null), i, *width, last, role));
        }
        format!("{}\n", line.trim_end())
    }

    /// A cell in its column; the last column of text is not padded.
    fn aligned(&self, cell: &str, column: usize, width: usize, last: bool, role: Option<Role>) -> String {
        // Only a screen cuts; elsewhere a value that is wider than its column is written whole.
        let shown = if self.screen.is_some() { text::fit(cell, width) } else { cell.into() };
        let pad = " ".repeat(width.saturating_sub(text::width(&shown)));
        let painted = match role {
            Some(role) => role.paint(&shown, self.color()),
            None => shown.into_owned(),
        };
        match (self.classes[column] == Class::Number, last) {
            (true, _) => pad + &painted,
            (false, true) => painted,
            (false, false) => painted + &pad,
        }
    }
}

impl Sink for Table {
    fn begin(&mut self, schema: &SchemaRef, _out: &mut dyn Write) -> Result<()> {
        self.names = schema.fields().iter().map(|field| text::visible(field.name()).into_owned()).collect();
        self.classes = Class::of_schema(schema);
        Ok(())
    }

    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        let mut first = 0;
        if let Some((head, tail)) = self.ends() {
            // Rows that no end will show are counted, not turned into text.
            let room = head.saturating_sub(self.head.len());
            let middle = batch.num_rows().saturating_sub(room + tail + 1);
            if room == 0 && middle > 0 {
                self.rows += middle as u64;
                self.tail.clear();
                first = middle;
            }
        }
        let cells = Cells::new(batch)?;
        for row in first..batch.num_rows() {
            let row = (0..batch.num_columns())
                .map(|column| Ok(cells.text(column, row)?.map(|value| text::visible(&value).into_owned())))
                .collect::<Result<Row>>()?;
            self.take(row, out)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> Result<Shown> {
        if self.widths.is_some() {
            return Ok(Shown { rows: self.rows, hidden: 0 });
        }
        let hidden = match self.ends() {
            Some((_, last)) if self.rows > (self.head.len() + last + 1) as u64 => {
                while self.tail.len() > last {
                    self.tail.pop_front();
                }
                self.rows - (self.head.len() + self.tail.len()) as u64
            }
            _ => 0,
        };
        let widths = self.fitted();
        let mut text = self.header(&widths);
        for row in &self.head {
            text.push_str(&self.line(row, &widths));
        }
        if hidden > 0 {
            let gap = format!(" ⋮ {} not shown", text::count(hidden, "row"));
            text.push_str(&Role::Dim.paint(&gap, self.color()));
            text.push('\n');
        }
        for row in &self.tail {
            text.push_str(&self.line(row, &widths));
        }
        out.write_all(text.as_bytes()).map_err(|error| io_fault(&error))?;
        Ok(Shown { rows: self.rows, hidden })
    }
}
