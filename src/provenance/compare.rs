//! Two exports of the same form held against each other, cell by cell.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use super::finding::Finding;
use super::rows::{self, Row, Rows};
use crate::error::Result;
use crate::language::{Message, Piece};
use crate::output::{Format, Style};
use crate::{many, say};

/// Cells that are told one by one.
const MOST: usize = 10;

/// How two exports differ.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Compared {
    /// Not in a cell; at most in how cells are written.
    Same,
    /// In the order of their rows alone.
    Order,
    /// In these findings.
    Different(Vec<Finding>),
    /// They are pictures, which have no cells.
    Picture,
}

/// Compares two exports, the earlier one first.
///
/// # Errors
/// One of them cannot be read.
pub(super) fn exports(was: &Path, now: &Path, format: Format, style: &Style) -> Result<Compared> {
    let (Some(mut was), Some(mut now)) = (rows::open(was, format, style)?, rows::open(now, format, style)?)
    else {
        return Ok(Compared::Picture);
    };
    let mut findings = headings(&was, &now);
    let columns = findings.is_empty();
    let mut cells = Cells::default();
    let (mut sum_was, mut sum_now) = (Sum::default(), Sum::default());
    loop {
        let (a, b) = (was.next().transpose()?, now.next().transpose()?);
        a.iter().for_each(|row| sum_was.add(row));
        b.iter().for_each(|row| sum_now.add(row));
        match (a, b) {
            (None, None) => break,
            (Some(a), Some(b)) if columns => cells.compare(&was, &a, &b),
            _ => {}
        }
    }
    if sum_was.rows != sum_now.rows {
        let rows = |sum: Sum| Some(many!(sum.rows, "{n} row", "{n} rows"));
        findings.push(Finding::new(say!("rows of the result"), rows(sum_was), rows(sum_now)));
    } else if columns && sum_was == sum_now {
        return Ok(if cells.differ == 0 { Compared::Same } else { Compared::Order });
    }
    let further = cells.differ - cells.findings.len() as u64;
    findings.append(&mut cells.findings);
    if further > 0 {
        let differ = say!("{count} differ", count = Piece::Count(further));
        findings.push(Finding::new(say!("further cells"), None, Some(differ)));
    }
    Ok(if findings.is_empty() { Compared::Same } else { Compared::Different(findings) })
}

/// The differences of the columns themselves.
fn headings(was: &Rows, now: &Rows) -> Vec<Finding> {
    if was.columns != now.columns {
        let names = |rows: &Rows| Some(Message::verbatim(rows.columns.join(", ")));
        return vec![Finding::new(say!("columns of the result"), names(was), names(now))];
    }
    let types = was.types.iter().zip(&now.types).zip(&was.columns);
    types
        .filter(|((was, now), _)| was != now)
        .map(|((was, now), name)| {
            let (was, now) = (Message::verbatim(was), Message::verbatim(now));
            Finding::new(say!("type of column `{name}`", name), Some(was), Some(now))
        })
        .collect()
}

/// The cells that differ: the first in full, all of them counted.
#[derive(Default)]
struct Cells {
    findings: Vec<Finding>,
    differ: u64,
}

impl Cells {
    fn compare(&mut self, rows: &Rows, was: &Row, now: &Row) {
        for column in 0..was.cells.len().max(now.cells.len()) {
            let (a, b) = (was.cells.get(column).cloned().flatten(), now.cells.get(column).cloned().flatten());
            if a == b {
                continue;
            }
            self.differ += 1;
            if self.findings.len() < MOST {
                let row = rows.unit.place(was.place);
                let what = match rows.columns.get(column).map(String::as_str) {
                    Some("") => row,
                    Some(name) => say!("{row}, column `{name}`", row, name),
                    None => say!("{row}, column {number}", row, number = column + 1),
                };
                self.findings.push(Finding::new(what, a.map(Message::verbatim), b.map(Message::verbatim)));
            }
        }
    }
}

/// All rows in one number, whatever their order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    hash: [u64; 2],
}

impl Sum {
    fn add(&mut self, row: &Row) {
        self.rows += 1;
        for (seed, hash) in self.hash.iter_mut().enumerate() {
            let mut hasher = DefaultHasher::new();
            seed.hash(&mut hasher);
            row.cells.hash(&mut hasher);
            *hash = hash.wrapping_add(hasher.finish());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(was: &str, now: &str) -> Compared {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = [folder.path().join("was.csv"), folder.path().join("now.csv")];
        std::fs::write(&paths[0], was).expect("writes");
        std::fs::write(&paths[1], now).expect("writes");
        exports(&paths[0], &paths[1], Format::Csv, &Style::default()).expect("reads")
    }

    fn told(compared: Compared) -> Vec<String> {
        let Compared::Different(findings) = compared else { panic!("{compared:?}") };
        let line = |finding: &Finding| {
            let value = |value: &Option<Message>| value.as_ref().map(Message::english);
            format!("{}: {:?} {:?}", finding.what.english(), value(&finding.was), value(&finding.now))
        };
        findings.iter().map(line).collect()
    }

    #[test]
    fn cells_that_differ_are_told_by_line_and_column() {
        let found = told(compare("k,n\na,1\nb,2\n", "k,n\na,1\nb,3\nc,4\n"));
        assert_eq!(
            found,
            [
                "rows of the result: Some(\"2 rows\") Some(\"3 rows\")",
                "line 3, column `n`: Some(\"2\") Some(\"3\")",
            ]
        );
        let found = told(compare("k,n\na,1\n", "k,m\na,2\n"));
        assert_eq!(found, ["columns of the result: Some(\"k, n\") Some(\"k, m\")"]);
    }

    #[test]
    fn many_cells_are_counted() {
        let rows = |n: u32| (0..50).map(|row| format!("{row},{n}\n")).collect::<String>();
        let found = told(compare(&format!("k,n\n{}", rows(1)), &format!("k,n\n{}", rows(2))));
        assert_eq!((found.len(), found[10].as_str()), (11, "further cells: None Some(\"40 differ\")"));
    }

    #[test]
    fn the_order_of_rows_is_told_from_their_cells() {
        assert_eq!(compare("k\na\nb\n", "k\nb\na\n"), Compared::Order);
        assert_eq!(compare("k\na\nb\n", "k\r\n\"a\"\nb"), Compared::Same);
        assert!(matches!(compare("k\na\nb\n", "k\na\na\n"), Compared::Different(_)));
    }
}
