//! Records: a line a column, for rows that are wider than the screen.

use super::Screen;
use crate::ui::{Role, text};

/// How the records of a result stand.
pub(super) struct Records {
    /// The columns' names, each as wide as the widest.
    names: Vec<String>,
    null: String,
    screen: Option<Screen>,
}

impl Records {
    pub(super) fn new(names: &[String], null: &str, screen: Option<Screen>) -> Self {
        let width = names.iter().map(|name| text::width(name)).max().unwrap_or(0);
        let padded = |name: &String| " ".repeat(width - text::width(name)) + name;
        Self { names: names.iter().map(padded).collect(), null: null.to_owned(), screen }
    }

    /// A row under a line with its number, from 1; a text longer than the screen goes on below itself.
    pub(super) fn record(&self, row: &[Option<String>], number: u64) -> String {
        let color = self.screen.is_some_and(|screen| screen.color);
        let head = format!(" ── {} ", text::grouped(number));
        let mut record = Role::Dim
            .paint(&format!("{head}{}", "─".repeat(30_usize.saturating_sub(head.chars().count()))), color);
        record.push('\n');
        for (name, value) in self.names.iter().zip(row) {
            let indent = text::width(name) + 3;
            record.push_str(&format!(" {}  ", Role::Heading.paint(name, color)));
            let Some(value) = value else {
                record.push_str(&format!("{}\n", Role::Dim.paint(&self.null, color)));
                continue;
            };
            let room = self.screen.map(|screen| screen.columns.saturating_sub(indent).max(8));
            let lines = value.split('\n').flat_map(|line| match room {
                Some(room) => text::wrapped(line, room),
                None => vec![line.to_owned()],
            });
            for (i, line) in lines.enumerate() {
                let before = if i > 0 { " ".repeat(indent) } else { String::new() };
                record.push_str(&format!("{before}{line}\n"));
            }
        }
        record
    }
}
