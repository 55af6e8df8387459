//! Commands on the values that SQL names as `$name`.

use std::sync::Arc;

use super::Console;
use super::commands::{Command, Verb};
use crate::error::{Error, Result};
use crate::language::collation::Collation;
use crate::query::value::{self, Bound};
use crate::say;
use crate::ui::text;

impl Console<'_> {
    pub(super) fn value(&mut self, command: &Command, words: &[&str]) -> Result<()> {
        match (command.spec.verb, words) {
            (Verb::Set, []) => {
                let lines: String = self
                    .session
                    .variables
                    .iter()
                    .map(|(name, value)| format!("{name} = {}\n", text::visible(&shown(value))))
                    .collect();
                let collate = match self.session.engine.collation() {
                    Collation::Binary => String::new(),
                    collation => format!("collate = {collation}\n"),
                };
                self.session.ui.page_data(&(lines + &collate))
            }
            (Verb::Set, ["collate", words @ ..]) => self.collate(command, words),
            (Verb::Set, [name, words @ ..]) if !words.is_empty() => {
                let usable = name.chars().all(|c| c.is_alphanumeric() || c == '_')
                    && name.chars().next().is_some_and(|c| !c.is_ascii_digit());
                if !usable {
                    let name = text::visible(name);
                    return Err(Error::usage(say!("`{name}` is no name for a value", name))
                        .hint(say!("letters, digits and `_`, a letter first; SQL names it as $name")));
                }
                // Quotes make a text of digits too.
                let typed = command.rest.trim_start().strip_prefix(*name).unwrap_or_default().trim_start();
                let words = words.join(" ");
                let value = match typed.starts_with(['\'', '"']) {
                    true => value::of_literal(&words),
                    false => value::of_word(&words),
                };
                let value = Bound::One(value);
                let name = text::nfc(name).into_owned();
                Arc::make_mut(&mut self.session.variables).insert(name, value);
                Ok(())
            }
            (Verb::Unset, ["collate"]) => self.collate(command, &["binary"]),
            (Verb::Unset, [name]) => match Arc::make_mut(&mut self.session.variables).remove(*name) {
                Some(_) => Ok(()),
                None => Err(Error::usage(say!("`{name}` is not set", name = text::visible(name)))),
            },
            (Verb::Echo, _) => {
                let words = command.rest.split(' ').map(|word| self.expanded(word));
                let line = words.collect::<Vec<_>>().join(" ") + "\n";
                self.session.ui.page_data(&line)
            }
            _ => Err(command.misused()),
        }
    }

    /// The order of text is no value that SQL names, and is set as one.
    fn collate(&mut self, command: &Command, words: &[&str]) -> Result<()> {
        match words {
            [] => {}
            [word] => {
                let chosen = word.parse::<Collation>();
                self.session.collate(chosen.map_err(|error| Error::usage(error.message()))?);
            }
            _ => return Err(command.misused()),
        }
        let collation = self.session.engine.collation();
        self.session.ui.note(say!("collate is {collation}", collation));
        Ok(())
    }

    /// `:name` is the value of that name.
    fn expanded(&self, word: &str) -> String {
        let value = word.strip_prefix(':').and_then(|name| self.session.variables.get(name));
        value.map_or_else(|| word.to_owned(), shown)
    }
}

fn shown(value: &Bound) -> String {
    value.values().into_iter().map(value::shown).collect::<Vec<_>>().join(", ")
}
