//! What the files hold in the cells of staged rows, for lists of faults: `(5)`, not the -5 that it means.

use std::collections::BTreeMap;

use super::pending::{CELLS, FILE, RAW};
use super::staging::Staging;
use crate::query::words::quoted;

impl Staging {
    /// In SQL, what the files hold in columns, as one text; the columns' values where they hold none.
    pub(super) fn held_sql(&self, columns: &[String]) -> String {
        let texts: Vec<String> = columns.iter().map(|name| self.held_in(name)).collect();
        match texts.as_slice() {
            [] => "''".to_owned(),
            [one] => one.clone(),
            many => format!("concat_ws(' ', {})", many.join(", ")),
        }
    }

    fn held_in(&self, name: &str) -> String {
        let value = format!("CAST({} AS VARCHAR)", quoted(name));
        let Ok(place) = self.schema.index_of(name) else { return value };
        let mut files: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (number, file) in self.files.iter().enumerate() {
            if let Some(cell) = file.places.iter().position(|at| *at == Some(place)) {
                files.entry(cell + 1).or_default().push(number.to_string());
            }
        }
        if files.is_empty() {
            return value;
        }
        let case = |(cell, files): (usize, Vec<String>)| {
            let files = files.join(", ");
            format!(
                "WHEN \"{FILE}\" IN ({files}) THEN coalesce(\"{RAW}\"[{cell}], \"{CELLS}\"[{cell}], {value}, '')"
            )
        };
        format!("CASE {} ELSE {value} END", files.into_iter().map(case).collect::<Vec<_>>().join(" "))
    }
}
