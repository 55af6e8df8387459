//! A table with columns that line up.
//!
//! On a terminal it is fitted to the width, and a long one shows its first and last rows with a
//! count of those between. Written anywhere else it is whole: the widths come from the first rows,
//! the rest follows as it arrives, and a later value that is wider stands out of its column rather
//! than being cut.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::Write;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::cell::{Cells, Class};
use super::record::Records;
use super::{Expanded, Screen, Shown, Sink, Style, Wording, io_fault, widths};
use crate::error::Result;
use crate::language::Language;
use crate::many;
use crate::ui::{Role, text};

/// How null looks where a person reads: a sign that no text or number is taken for.
pub(super) const NULL: &str = "∅";

/// Rows that decide the widths where the whole table is written.
const MEASURED_ROWS: usize = 1000;

/// One row as text; `None` is null.
type Row = Vec<Option<String>>;

/// How rows stand.
enum Layout {
    /// A line a row, in columns of these widths.
    Columns(Vec<usize>),
    /// A line a column, row after row.
    Records(Records),
}

pub(super) struct Table {
    wording: Option<Wording>,
    null: String,
    max_rows: usize,
    screen: Option<Screen>,
    language: Language,
    /// Texts that do not fit are wrapped rather than cut.
    wrap: bool,
    named: bool,
    expanded: Expanded,
    names: Vec<String>,
    classes: Vec<Class>,
    /// The first rows: until the widths are known, or all that a terminal shows of the beginning.
    head: Vec<Row>,
    /// The last rows, where a terminal shows only the two ends.
    tail: VecDeque<Row>,
    /// Set once the head has been written.
    layout: Option<Layout>,
    rows: u64,
}

impl Table {
    pub(super) fn new(style: &Style, screen: Option<Screen>, wording: &Wording) -> Self {
        Self {
            wording: wording.wanted(style),
            null: style.null.clone().unwrap_or_else(|| NULL.to_owned()),
            max_rows: style.max_rows,
            screen,
            language: wording.language,
            wrap: style.wrap && screen.is_some(),
            named: style.header,
            expanded: style.expanded,
            names: Vec::new(),
            classes: Vec::new(),
            head: Vec::new(),
            tail: VecDeque::new(),
            layout: None,
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
        if let Some(layout) = &self.layout {
            let line = self.shown(&row, self.rows, layout);
            return out.write_all(line.as_bytes()).map_err(|error| io_fault(&error));
        }
        self.head.push(row);
        if self.head.len() == MEASURED_ROWS { self.start(out) } else { Ok(()) }
    }

    /// Settles the layout and writes the header and the rows held back so far.
    fn start(&mut self, out: &mut dyn Write) -> Result<()> {
        let layout = self.layout();
        let mut text = self.header(&layout);
        for (row, number) in self.head.iter().zip(1..) {
            text.push_str(&self.shown(row, number, &layout));
        }
        self.head.clear();
        self.layout = Some(layout);
        out.write_all(text.as_bytes()).map_err(|error| io_fault(&error))
    }

    /// Columns where they can be read, else a record a row.
    fn layout(&self) -> Layout {
        let mut held = vec![0; self.names.len()];
        for row in self.head.iter().chain(&self.tail) {
            for (width, cell) in held.iter_mut().zip(row) {
                let lines = cell.as_deref().unwrap_or(&self.null).lines();
                *width = lines.map(text::width).max().unwrap_or(0).max(*width);
            }
        }
        let columns = self.screen.map(|screen| screen.columns);
        let records = match (self.expanded, columns) {
            (Expanded::On, _) => true,
            (Expanded::Auto, Some(columns)) if !self.head.is_empty() => {
                !widths::is_readable(&held, &self.names, &self.classes, columns)
            }
            _ => false,
        };
        match records {
            true => Layout::Records(Records::new(&self.names, &self.null, self.screen, self.language)),
            false => Layout::Columns(widths::fitted(&held, &self.names, &self.classes, columns)),
        }
    }

    fn header(&self, layout: &Layout) -> String {
        match layout {
            Layout::Columns(widths) if self.named => self.names_above(widths),
            _ => String::new(),
        }
    }

    /// A row as it is shown; `number` counts the rows of the result from 1.
    fn shown(&self, row: &Row, number: u64, layout: &Layout) -> String {
        match layout {
            Layout::Columns(widths) => self.line(row, widths),
            Layout::Records(records) => records.record(row, number),
        }
    }

    fn names_above(&self, widths: &[usize]) -> String {
        let color = self.color();
        let broken: Vec<Vec<String>> =
            self.names.iter().zip(widths).map(|(name, width)| widths::lines_of(name, *width)).collect();
        let height = broken.iter().map(Vec::len).max().unwrap_or(0);
        let mut header = String::new();
        for line in 0..height {
            let mut names = String::from(" ");
            for (i, (lines, width)) in broken.iter().zip(widths).enumerate() {
                if i > 0 {
                    names.push_str("  ");
                }
                // Short names stand at the bottom, next to their values.
                let above = height - lines.len();
                let part =
                    line.checked_sub(above).and_then(|line| lines.get(line)).map_or("", String::as_str);
                names.push_str(&self.aligned(
                    part,
                    i,
                    *width,
                    i + 1 == self.names.len(),
                    Some(Role::Heading),
                ));
            }
            header.push_str(names.trim_end());
            header.push('\n');
        }
        let rule = widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().join("  ");
        header + &Role::Dim.paint(&format!(" {rule}"), color) + "\n"
    }

    /// A row as it is shown: as many lines as its longest value has, or takes where it is wrapped.
    fn line(&self, row: &Row, widths: &[usize]) -> String {
        let cells: Vec<Vec<Cow<'_, str>>> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| match cell {
                Some(text) if self.screen.is_some() && (self.wrap || text.contains('\n')) => {
                    text.split('\n').flat_map(|line| text::wrapped(line, *width)).map(Cow::Owned).collect()
                }
                Some(text) => text.split('\n').map(Cow::Borrowed).collect(),
                None => vec![Cow::Borrowed(self.null.as_str())],
            })
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(1);
        let mut lines = String::new();
        for n in 0..height {
            let mut line = String::from(" ");
            for (i, (parts, width)) in cells.iter().zip(widths).enumerate() {
                if i > 0 {
                    line.push_str("  ");
                }
                let role = row[i].is_none().then_some(Role::Dim);
                let part = parts.get(n).map_or("", |part| part.as_ref());
                line.push_str(&self.aligned(part, i, *width, i + 1 == row.len(), role));
            }
            lines.push_str(line.trim_end());
            lines.push('\n');
        }
        lines
    }

    /// A cell in its column; the last column of text is not padded.
    fn aligned(&self, cell: &str, column: usize, width: usize, last: bool, role: Option<Role>) -> String {
        // Only a screen cuts, and never a number; elsewhere a value that is wider than its column is
        // written whole.
        let cut =
            self.screen.is_some() && (self.classes[column] != Class::Number || role == Some(Role::Heading));
        let shown = if cut { text::fit(cell, width) } else { cell.into() };
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

/// A value with nothing in it that a terminal would act on; its lines stay lines, each but the last
/// marked, so that a broken value is told from two rows.
fn lines_shown(value: &str) -> String {
    let value = value.strip_suffix('\n').unwrap_or(value);
    if !value.contains('\n') {
        return text::visible(value).into_owned();
    }
    let lines: Vec<_> = value.split('\n').map(|line| text::visible(line.trim_end_matches('\r'))).collect();
    lines.join(" ↵\n")
}

impl Sink for Table {
    fn begin(&mut self, schema: &SchemaRef, _out: &mut dyn Write) -> Result<()> {
        self.names = Wording::titles(self.wording.as_ref(), schema.fields());
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
        let wording = self.wording.clone();
        let cells = Cells::to_read(batch, wording.as_ref())?;
        for row in first..batch.num_rows() {
            let row = (0..batch.num_columns())
                .map(|column| Ok(cells.text(column, row)?.map(|value| lines_shown(&value))))
                .collect::<Result<Row>>()?;
            self.take(row, out)?;
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> Result<Shown> {
        if self.layout.is_some() {
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
        let layout = self.layout();
        let mut text = self.header(&layout);
        for (row, number) in self.head.iter().zip(1..) {
            text.push_str(&self.shown(row, number, &layout));
        }
        if hidden > 0 {
            let gap = many!(hidden, "{n} row not shown", "{n} rows not shown").text(self.language);
            let gap = format!(" ⋮ {gap}");
            text.push_str(&Role::Dim.paint(&gap, self.color()));
            text.push('\n');
        }
        for (row, number) in self.tail.iter().zip(self.head.len() as u64 + hidden + 1..) {
            text.push_str(&self.shown(row, number, &layout));
        }
        out.write_all(text.as_bytes()).map_err(|error| io_fault(&error))?;
        Ok(Shown { rows: self.rows, hidden })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringArray};

    use super::*;

    /// The text of a table of one text and one number column on a screen of this width.
    fn shown(columns: Option<usize>, max_rows: usize, sizes: &[usize]) -> String {
        let screen = columns.map(|columns| Screen { columns, rows: 24, color: false });
        let mut table = Table::new(&Style { max_rows, ..Style::default() }, screen, &Wording::default());
        let mut out = Vec::new();
        let mut next = 0;
        for (i, size) in sizes.iter().enumerate() {
            let numbers: Vec<i64> = (next..).take(*size).collect();
            next += *size as i64;
            let texts: Vec<String> = numbers.iter().map(|n| format!("Đoàn viên số {n}")).collect();
            let batch = RecordBatch::try_from_iter([
                ("name_vi", Arc::new(StringArray::from(texts)) as ArrayRef),
                ("rows_counted_at_all", Arc::new(Int64Array::from(numbers))),
            ])
            .expect("a batch");
            if i == 0 {
                table.begin(&batch.schema(), &mut out).expect("begins");
            }
            table.batch(&batch, &mut out).expect("takes it");
        }
        table.finish(&mut out).expect("ends");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn names_break_before_texts_are_cut() {
        assert_eq!(
            shown(Some(28), 0, &[1]),
            "                      rows_\n                   counted_\n name_vi             at_all\n \
             ──────────────  ──────────\n Đoàn viên số 0           0\n"
        );
        assert!(shown(Some(22), 0, &[1]).contains("Đoàn viên …"), "{}", shown(Some(22), 0, &[1]));
    }

    /// Batches of any size give the same table.
    #[test]
    fn a_table_does_not_depend_on_its_batches() {
        for (columns, max_rows) in [(None, 40), (Some(80), 0), (Some(80), 40), (Some(80), 3), (Some(80), 1)] {
            let whole = shown(columns, max_rows, &[1000, 500]);
            for sizes in [&[1500][..], &[1, 2, 3, 994, 500], &[999, 1, 1, 499], &[20, 20, 1460]] {
                assert_eq!(shown(columns, max_rows, sizes), whole, "{columns:?} {max_rows} {sizes:?}");
            }
        }
    }

    #[test]
    fn a_cap_keeps_both_ends_and_hides_no_single_row() {
        let table = shown(Some(80), 4, &[100]);
        assert!(
            table.contains("số 1 ") && table.contains("⋮ 96 rows not shown") && table.contains("số 98 "),
            "{table}"
        );
        assert!(!shown(Some(80), 4, &[5]).contains('⋮'));
        assert!(shown(Some(80), 4, &[6]).contains("⋮ 2 rows not shown"));
    }
}
