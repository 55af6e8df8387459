//! Records: a line a column, for rows that are wider than the screen.

use super::Screen;
use crate::language::{Language, written};
use crate::ui::{Role, text};

/// Columns that a value needs beside its name.
const LEAST_ROOM: usize = 12;

/// How the records of a result stand.
pub(super) struct Records {
    /// The columns' names, each as wide as the widest.
    names: Vec<String>,
    null: String,
    screen: Option<Screen>,
    language: Language,
}

impl Records {
    pub(super) fn new(names: &[String], null: &str, screen: Option<Screen>, language: Language) -> Self {
        let width = names.iter().map(|name| text::width(name)).max().unwrap_or(0);
        let padded = |name: &String| " ".repeat(width - text::width(name)) + name;
        Self { names: names.iter().map(padded).collect(), null: null.to_owned(), screen, language }
    }

    /// A row under a line with its number, from 1; a text longer than the screen goes on below itself.
    pub(super) fn record(&self, row: &[Option<String>], number: u64) -> String {
        let color = self.screen.is_some_and(|screen| screen.color);
        let head = format!(" ── {} ", written::number(&number.to_string(), self.language));
        let width = self.screen.map_or(30, |screen| screen.columns.min(30));
        let rule = "─".repeat(width.saturating_sub(head.chars().count()));
        let mut record = Role::Dim.paint(&format!("{head}{rule}"), color);
        record.push('\n');
        for (name, value) in self.names.iter().zip(row) {
            let indent = text::width(name) + 3;
            record.push_str(&format!(" {}  ", Role::Heading.paint(name, color)));
            let shown = value.as_ref().unwrap_or(&self.null);
            let room = self.screen.map(|screen| screen.columns.saturating_sub(indent));
            // Where too little is left beside the name, the value goes below it.
            let below = room.is_some_and(|room| room < LEAST_ROOM && text::width(shown) > room);
            let (indent, room) = match self.screen {
                Some(screen) if below => (4, Some(screen.columns.saturating_sub(4).max(4))),
                _ => (indent, room),
            };
            if below {
                record = record.trim_end().to_owned() + "\n    ";
            }
            let lines = shown.split('\n').flat_map(|line| match room {
                Some(room) => text::wrapped(line, room),
                None => vec![line.to_owned()],
            });
            for (i, line) in lines.enumerate() {
                let before = if i > 0 { " ".repeat(indent) } else { String::new() };
                let line = if value.is_none() { Role::Dim.paint(&line, color) } else { line };
                record.push_str(&format!("{before}{line}\n"));
            }
        }
        record
    }
}
