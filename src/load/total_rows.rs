//! Rows that sum up those above them: left out where they agree, put aside where they do not.

use super::cells::{labelled, shortened};
use super::reading::Reading;
use super::stage::{Stage, Staged};
use crate::error::Result;
use crate::import::source::Row;
use crate::import::value::{Value, text_of};
use crate::language::Message;
use crate::{many, say};

impl Stage {
    /// Whether a row sums up those with a name: `Cộng Nho Quan` under rows of Nho Quan, with their sums.
    /// Without them it is data.
    pub(super) fn is_subtotal(&self, row: &Row, name: &str, file: &Reading, staged: &Staged) -> bool {
        if !file.totals.knows(name) {
            return false;
        }
        let mut agree = false;
        for (i, cell) in row.cells.iter().enumerate().take(file.width).filter(|(_, cell)| !cell.is_blank()) {
            let Some(place) = file.columns.places.get(i).copied().flatten() else { continue };
            let column = &self.targets[place];
            if !column.is_number() {
                continue;
            }
            match column.read(cell, file.context(i, staged.mark)) {
                Ok(Some(Value::Number(said))) if file.totals.agrees(place, said) == Ok(true) => agree = true,
                _ => return false,
            }
        }
        agree
    }

    /// Takes a row that sums up those above it: left out where it agrees with them.
    pub(super) fn total(
        &mut self,
        row: &Row,
        text: &str,
        file: &mut Reading,
        staged: &mut Staged,
    ) -> Result<()> {
        let mut wrong = Vec::new();
        let mut compared = 0;
        for (i, cell) in row.cells.iter().enumerate().take(file.width) {
            let Some(place) = file.columns.places.get(i).copied().flatten() else { continue };
            let column = &self.targets[place];
            if !column.is_number() || cell.is_blank() {
                continue;
            }
            let said = match column.read(cell, file.context(i, staged.mark)) {
                Ok(Some(Value::Number(digits))) => digits,
                Ok(_) => continue,
                Err(reason) => {
                    wrong.push((column.name.clone(), text_of(cell).into_owned(), reason));
                    continue;
                }
            };
            match file.totals.agrees(place, said) {
                Ok(true) => compared += 1,
                Ok(false) => {}
                Err((all, section)) => {
                    let shown = |sum: i128| Message::number(file.as_headed(i, column, sum));
                    let (text, all) = (shortened(text), shown(all));
                    let reason = match section {
                        None => {
                            say!(
                                "`{text}` does not agree with the rows above it, which come to {all}",
                                text,
                                all
                            )
                        }
                        Some(section) => say!(
                            "`{text}` does not agree with the rows above it, which come to {all}, and those since \
                             the last total to {section}",
                            text,
                            all,
                            section = shown(section)
                        ),
                    };
                    wrong.push((column.name.clone(), text_of(cell).into_owned(), reason));
                }
            }
        }
        file.totals.close();
        if wrong.is_empty() {
            let (row, text) = (row.number, shortened(text));
            let checked = match compared {
                0 => say!("row {row}: `{text}` not checked, for there is no sum that is known", row, text),
                _ => many!(
                    compared,
                    "row {row}: `{text}` agrees with the rows above it in {n} column",
                    "row {row}: `{text}` agrees with the rows above it in {n} columns",
                    row,
                    text
                ),
            };
            staged.left_out.push(("total", checked));
            return Ok(());
        }
        staged.rows += 1;
        let mut values = vec![None; self.targets.len()];
        file.place(row.number, &self.targets, &mut values);
        let is_text =
            |cell: usize| self.target(&file.columns, cell).is_some_and(|column| !column.is_number());
        let row = &labelled(row, text, is_text);
        let cells = self.cells(row, file, staged.mark);
        self.push(row, file, Some(cells), &values, &self.all_names(), wrong)
    }
}
