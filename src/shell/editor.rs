//! The line editor: what Tab offers, what is remembered and offered again, how the line looks.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::config::{BellStyle, ColorMode, CompletionType, EditMode};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::history::{FileHistory, SearchDirection};
use rustyline::validate::Validator;
use rustyline::{Config, Context, EventHandler, Helper, KeyEvent};

use super::complete::Offer;
use super::history;
use super::keys::{Above, Tab, ToEditor};
use super::names::Names;
use crate::config::Keys;
use crate::error::{Error, Result};
use crate::language::Message;
use crate::run::Session;
use crate::say;
use crate::ui::{Role, text};

/// Lines that are remembered.
const REMEMBERED: usize = 10_000;

/// The editor and what it knows of the session.
pub(super) struct Editor {
    inner: rustyline::Editor<Assistant, FileHistory>,
    history: Option<PathBuf>,
    above: Above,
    edit_asked: Arc<AtomicBool>,
    asking: Arc<AtomicBool>,
}

/// An editor, and what is to be said of it.
pub(super) struct Made {
    pub(super) editor: Editor,
    /// Why there is no history, where there is none.
    pub(super) warning: Option<Message>,
    /// Nobody has used the shell here before.
    pub(super) first: bool,
}

impl Editor {
    /// Sets the editor up; a history that cannot be used is a warning, not a failure.
    ///
    /// # Errors
    /// The terminal cannot be used.
    pub(super) fn make(session: &Session) -> Result<Made> {
        let fault = |error: rustyline::error::ReadlineError| {
            Error::data(say!("cannot use the terminal: {reason}", reason = error))
        };
        let color = session.ui.terminal.color_out;
        let config = Config::builder()
            .max_history_size(REMEMBERED)
            .and_then(|config| config.history_ignore_dups(true))
            .map_err(fault)?
            .history_ignore_space(true)
            .completion_type(CompletionType::List)
            .bell_style(BellStyle::None)
            .bracketed_paste(true)
            .edit_mode(match session.config.shell.keys {
                Keys::Emacs => EditMode::Emacs,
                Keys::Vi => EditMode::Vi,
            })
            .color_mode(if color { ColorMode::Enabled } else { ColorMode::Disabled })
            .build();
        let mut inner = rustyline::Editor::with_config(config).map_err(fault)?;
        let above = Above::default();
        let edit_asked = Arc::<AtomicBool>::default();
        inner.set_helper(Some(Assistant {
            names: Names::of(session),
            above: above.clone(),
            files: FilenameCompleter::new(),
            choices: None,
            hints: color,
        }));
        let asking = Arc::<AtomicBool>::default();
        let tab = Tab { above: above.clone(), asking: asking.clone() };
        inner.bind_sequence(KeyEvent::from('\t'), EventHandler::Conditional(Box::new(tab)));
        for key in ['e', 'E'] {
            let to_editor = ToEditor { asked: edit_asked.clone() };
            inner.bind_sequence(KeyEvent::alt(key), EventHandler::Conditional(Box::new(to_editor)));
        }
        let path = history::path();
        let first = path.as_ref().is_some_and(|path| !path.exists());
        let (history, warning) = match &path {
            None => (None, None),
            Some(path) => {
                let loaded = history::prepare(path)
                    .map_err(|error| error.to_string())
                    .and_then(|()| inner.load_history(path).map_err(|error| error.to_string()));
                match loaded {
                    Ok(()) => (Some(path.clone()), None),
                    Err(reason) => {
                        let path = path.display();
                        (None, Some(say!("no history: cannot use `{path}`: {reason}", path, reason)))
                    }
                }
            }
        };
        Ok(Made { editor: Self { inner, history, above, edit_asked, asking }, warning, first })
    }

    /// Reads a line, which what is `above` it begins; what is pasted may be several. True where the
    /// user asked for the editor with it.
    ///
    /// # Errors
    /// The user gave the line up or wants to leave, or the terminal failed.
    pub(super) fn read(&mut self, prompt: &str, above: &str) -> rustyline::Result<(String, bool)> {
        above.clone_into(&mut *self.above.lock().unwrap_or_else(PoisonError::into_inner));
        self.edit_asked.store(false, Ordering::SeqCst);
        let line = self.inner.readline(prompt)?;
        Ok((line, self.edit_asked.load(Ordering::SeqCst)))
    }

    /// Asks for a value, with these to choose from; it is not remembered.
    ///
    /// # Errors
    /// The user gave up, or the terminal failed.
    pub(super) fn ask(&mut self, prompt: &str, choices: Vec<String>) -> rustyline::Result<String> {
        self.choose(Some(choices));
        let answer = self.inner.readline(prompt);
        self.choose(None);
        answer
    }

    fn choose(&mut self, choices: Option<Vec<String>>) {
        self.asking.store(choices.is_some(), Ordering::SeqCst);
        if let Some(assistant) = self.inner.helper_mut() {
            assistant.choices = choices;
        }
    }

    /// Keeps a line for later sessions; gives a warning where that fails, once.
    pub(super) fn remember(&mut self, line: &str) -> Option<Message> {
        let added = self.inner.add_history_entry(line.trim_end());
        let path = self.history.clone()?;
        match added.and_then(|added| if added { self.inner.append_history(&path) } else { Ok(()) }) {
            Ok(()) => None,
            Err(error) => {
                self.history = None;
                let path = path.display();
                Some(say!(
                    "the history is no longer kept: cannot write `{path}`: {reason}",
                    path,
                    reason = error
                ))
            }
        }
    }

    /// Learns the names that the last statement made or dropped.
    pub(super) fn refresh(&mut self, session: &Session) {
        if let Some(assistant) = self.inner.helper_mut() {
            assistant.names = Names::of(session);
        }
    }

    /// Learns the values that were set, and the columns of the last result.
    pub(super) fn learn(&mut self, session: &Session) {
        if let Some(assistant) = self.inner.helper_mut() {
            assistant.names.learn(session);
        }
    }
}

/// What the editor asks while the user types.
struct Assistant {
    names: Names,
    above: Above,
    files: FilenameCompleter,
    /// What a question is answered with.
    choices: Option<Vec<String>>,
    /// Whether the history is offered: only where an offer can be told from what was typed.
    hints: bool,
}

impl Assistant {
    /// The lines before the one that is typed; a command stands alone.
    fn above(&self, line: &str) -> String {
        if line.trim_start().starts_with('\\') {
            return String::new();
        }
        self.above.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Helper for Assistant {}
impl Validator for Assistant {}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, cursor: usize) -> Cow<'l, str> {
        if self.choices.is_some() {
            return Cow::Borrowed(line);
        }
        Cow::Owned(self.names.painted(&self.above(line), line, cursor))
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _default: bool) -> Cow<'b, str> {
        Cow::Owned(Role::Prompt.paint(prompt, true))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(Role::Dim.paint(hint, true))
    }

    fn highlight_char(&self, _line: &str, _cursor: usize, _kind: CmdKind) -> bool {
        true
    }
}

/// An entry of the history that begins with what was typed.
struct Remembered {
    /// What it goes on with.
    rest: String,
    /// As much of that as its first line holds.
    shown: usize,
}

impl Hint for Remembered {
    fn display(&self) -> &str {
        &self.rest[..self.shown]
    }

    fn completion(&self) -> Option<&str> {
        Some(&self.rest)
    }
}

impl Hinter for Assistant {
    type Hint = Remembered;

    fn hint(&self, line: &str, cursor: usize, context: &Context<'_>) -> Option<Remembered> {
        if !self.hints || self.choices.is_some() || line.trim().is_empty() || cursor < line.len() {
            return None;
        }
        let typed = format!("{}{line}", self.above(line));
        let last = context.history().len().checked_sub(1)?;
        let found = context.history().starts_with(&typed, last, SearchDirection::Reverse).ok()??;
        let rest = found.entry.get(typed.len()..)?.to_owned();
        let shown = rest.find('\n').unwrap_or(rest.len());
        (shown > 0).then_some(Remembered { rest, shown })
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let pairs = |names: Vec<String>| {
            let shown = |name: &str| text::visible(name).into_owned();
            names.into_iter().map(|name| Pair { display: shown(&name), replacement: name }).collect()
        };
        if let Some(choices) = &self.choices {
            let fitting = choices.iter().filter(|choice| text::begins(choice, &line[..at])).cloned();
            return Ok((0, pairs(fitting.collect())));
        }
        let above = self.above(line);
        match self.names.offer(&format!("{above}{}", &line[..at]), &line[at..]) {
            Offer::Files(_) => self.files.complete_path(line, at),
            Offer::Names { start, names } => Ok((start.saturating_sub(above.len()), pairs(names))),
        }
    }
}
