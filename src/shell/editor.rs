//! The line editor: when a statement is complete, what Tab offers, what is remembered.

use std::path::PathBuf;

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::config::{BellStyle, ColorMode, CompletionType};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{Config, Context, Helper};

use super::complete::{Names, Offer};
use super::{history, meta};
use crate::error::{Error, Result};
use crate::query::split;
use crate::run::Session;

/// Lines that are remembered.
const REMEMBERED: usize = 10_000;

/// The editor and what it knows of the session.
pub(super) struct Editor {
    inner: rustyline::Editor<Assistant, FileHistory>,
    history: Option<PathBuf>,
}

impl Editor {
    /// Sets the editor up; a history that cannot be used is a warning, not a failure.
    ///
    /// # Errors
    /// The terminal cannot be used.
    pub(super) fn new(session: &Session) -> Result<(Self, Option<String>)> {
        let fault =
            |error: rustyline::error::ReadlineError| Error::data(format!("cannot use the terminal: {error}"));
        let config = Config::builder()
            .max_history_size(REMEMBERED)
            .and_then(|config| config.history_ignore_dups(true))
            .map_err(fault)?
            .history_ignore_space(true)
            .completion_type(CompletionType::List)
            .bell_style(BellStyle::None)
            .bracketed_paste(true)
            .color_mode(if session.ui.terminal.color_out { ColorMode::Enabled } else { ColorMode::Disabled })
            .build();
        let mut inner = rustyline::Editor::with_config(config).map_err(fault)?;
        inner.set_helper(Some(Assistant {
            names: Names::of(session),
            above: String::new(),
            files: FilenameCompleter::new(),
        }));
        let path = history::path();
        let (history, warning) = match &path {
            None => (None, None),
            Some(path) => {
                let loaded = history::prepare(path)
                    .map_err(|error| error.to_string())
                    .and_then(|()| inner.load_history(path).map_err(|error| error.to_string()));
                match loaded {
                    Ok(()) => (Some(path.clone()), None),
                    Err(reason) => {
                        (None, Some(format!("no history: cannot use `{}`: {reason}", path.display())))
                    }
                }
            }
        };
        Ok((Self { inner, history }, warning))
    }

    /// Reads a line, which what is `above` it begins; what is pasted may be several.
    ///
    /// # Errors
    /// The user gave the line up or wants to leave, or the terminal failed.
    pub(super) fn read(&mut self, prompt: &str, above: &str) -> rustyline::Result<String> {
        if let Some(assistant) = self.inner.helper_mut() {
            above.clone_into(&mut assistant.above);
        }
        self.inner.readline(prompt)
    }

    /// Keeps a line for later sessions; gives a warning where that fails, once.
    pub(super) fn remember(&mut self, line: &str) -> Option<String> {
        let added = self.inner.add_history_entry(line.trim_end());
        let path = self.history.clone()?;
        match added.and_then(|added| if added { self.inner.append_history(&path) } else { Ok(()) }) {
            Ok(()) => None,
            Err(error) => {
                self.history = None;
                Some(format!("the history is no longer kept: cannot write `{}`: {error}", path.display()))
            }
        }
    }

    /// Learns the names that the last statement made or dropped.
    pub(super) fn refresh(&mut self, session: &Session) {
        if let Some(assistant) = self.inner.helper_mut() {
            assistant.names = Names::of(session);
        }
    }
}

/// What the editor asks while the user types.
struct Assistant {
    names: Names,
    /// The lines of the statement before the one that is typed.
    above: String,
    files: FilenameCompleter,
}

impl Helper for Assistant {}
impl Highlighter for Assistant {}

impl Hinter for Assistant {
    type Hint = String;
}

impl Validator for Assistant {}

/// Whether a line ends the input: a command does at once, SQL with its semicolon.
pub(super) fn is_complete(input: &str) -> bool {
    if input.trim().is_empty() || meta::parse(input).is_some() {
        return true;
    }
    if split::is_open(input) {
        return false;
    }
    // What cannot be split is complete: it will be refused, with its reason.
    split::split(&split::Source::new("shell", input)).map_or(true, |script| script.complete)
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        // A command stands alone; SQL goes on from the lines above.
        let above = if line.starts_with('\\') { "" } else { self.above.as_str() };
        match self.names.offer(&format!("{above}{}", &line[..at])) {
            Offer::Files => self.files.complete_path(line, at),
            Offer::Names { start, names } => {
                let start = start.saturating_sub(above.len());
                let pair = |name: String| Pair { display: name.clone(), replacement: name };
                Ok((start, names.into_iter().map(pair).collect()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_ends_with_its_semicolon_and_a_command_with_its_line() {
        for complete in
            ["SELECT 1;", "\\d", "\\run x a=b", "", "  ", "SELECT ';';", "quit", "SELECT 1; -- done"]
        {
            assert!(is_complete(complete), "{complete}");
        }
        for open in ["SELECT 1", "SELECT ';", "SELECT 1; SELECT 2", "/* ; ", "SELECT $$ ;"] {
            assert!(!is_complete(open), "{open}");
        }
    }
}
