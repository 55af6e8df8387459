//! A result as a table for readers: titles, labels, numbers in their language.

use arrow::datatypes::DataType;

use super::asked::Answer;
use super::cell::{Cell, Cells, Style};
use crate::language::{Language, money};
use crate::output::wording::Column;
use crate::ui::text::visible;

/// A table.
#[derive(Debug)]
pub(super) struct Grid {
    /// The columns.
    pub(super) heads: Vec<Head>,
    /// The rows: what is shown, and what is sorted by where that is something else.
    pub(super) rows: Vec<Vec<Shown>>,
    /// The column that says what a row is about.
    pub(super) subject: usize,
}

/// What stands above a column.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) title: String,
    pub(super) is_number: bool,
}

/// A value in a table.
#[derive(Debug)]
pub(super) struct Shown {
    /// `None` where nothing is known.
    pub(super) text: Option<String>,
    pub(super) key: Option<String>,
}

impl Grid {
    /// The columns of a result, in this order.
    pub(super) fn of(answer: &Answer, columns: &[usize], language: Language) -> Self {
        let schema = &answer.result.schema;
        let wording = &answer.result.wording;
        let cells: Vec<Vec<Cell>> = columns.iter().map(|column| values(answer, *column)).collect();
        let style = |column: usize, values: &[Cell]| {
            let is_plain = wording.columns.get(column).is_some_and(|column| column.is_plain);
            match is_plain || is_year(schema.field(column).name()) {
                true => Style::Plain,
                false => Style::Number(Some(values.iter().map(Cell::decimals).max().unwrap_or(0))),
            }
        };
        let shown = columns.iter().zip(&cells).map(|(column, values)| -> Vec<Shown> {
            let style = style(*column, values);
            let show = |cell: &Cell| {
                let text = match cell {
                    Cell::Null => None,
                    Cell::Text(text) => Some(visible(wording.label(*column, text)).into_owned()),
                    cell => Some(cell.shown(style, language)),
                };
                Shown { text, key: cell.key() }
            };
            values.iter().map(show).collect()
        });
        let mut columns_shown: Vec<std::vec::IntoIter<Shown>> = shown.map(Vec::into_iter).collect();
        let rows = (0..answer.result.rows())
            .map(|_| columns_shown.iter_mut().filter_map(Iterator::next).collect())
            .collect();
        let heads: Vec<Head> = columns
            .iter()
            .map(|column| {
                let field = schema.field(*column);
                let mut title = visible(wording.title(*column, field.name())).into_owned();
                if wording.columns.get(*column).is_some_and(Column::is_money) && !title.ends_with(')') {
                    title = format!("{title} ({})", money::unit(language));
                }
                Head { title, is_number: is_number(field.data_type()) }
            })
            .collect();
        let subject = heads.iter().position(|head| !head.is_number).unwrap_or(0);
        Self { heads, rows, subject }
    }
}

fn values(answer: &Answer, column: usize) -> Vec<Cell> {
    let batches = answer.result.batches.iter();
    let of_batch = batches.filter_map(|batch| Some((batch.num_rows(), Cells::of(batch).ok()?)));
    of_batch
        .flat_map(|(rows, cells)| (0..rows).map(move |row| cells.cell(column, row)).collect::<Vec<_>>())
        .collect()
}

fn is_number(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => is_number(values),
        kind => kind.is_numeric(),
    }
}

/// Whether a column holds years, by its name.
fn is_year(name: &str) -> bool {
    name == "year" || name.ends_with("_year")
}
