//! Asking for what a saved query still needs: name, type, default and allowed values, one by one.

use rustyline::error::ReadlineError;

use super::Shell;
use crate::error::{Error, Result};
use crate::language::{Language, Message};
use crate::meta::Command;
use crate::query::header::Param;
use crate::query::value;
use crate::say;
use crate::ui::text;

/// Values that are shown beside a question; all are offered by Tab.
const SHOWN: usize = 8;

impl Shell<'_> {
    /// `\run` with values for what was not given, where a value is missing or `?` asks for all.
    pub(super) async fn with_answers(&mut self, command: Command) -> Result<Command> {
        let Some(words) = command.run_words() else { return Ok(command) };
        let mut words = words?;
        let Some((name, given)) = words.split_first() else { return Ok(command) };
        let asks_all = given.iter().any(|word| word == "?");
        let query = self.console.session.find(name)?;
        let is_given = |name: &str| {
            given.iter().any(|word| word.split_once('=').is_some_and(|(given, _)| given.trim() == name))
        };
        let open: Vec<(String, Param)> = query
            .header
            .params
            .iter()
            .filter(|(name, _)| !is_given(name))
            .map(|(name, param)| (name.clone(), param.clone()))
            .collect();
        let missing = open.iter().any(|(_, param)| param.default.is_none() && !param.optional);
        if !missing && !asks_all {
            return Ok(command);
        }
        words.retain(|word| word != "?");
        for (name, param) in open {
            let choices = self.console.session.choices(&query, &name).await?.unwrap_or_default();
            let values = self.answer(&name, &param, choices).await?;
            words.extend(values.iter().map(|value| format!("{name}={value}")));
        }
        Ok(command.with_words(&words))
    }

    /// Asks until there is an answer; no value takes the default, or leaves an optional one out.
    async fn answer(&mut self, name: &str, param: &Param, choices: Vec<String>) -> Result<Vec<String>> {
        let language = self.console.session.ui.language;
        let described = (param.description.as_deref(), param.description_vi.as_deref());
        if let Some(description) = language.of(described.0, described.1) {
            self.console.session.ui.note(Message::verbatim(description));
        }
        let prompt = question(name, param, &choices, language);
        loop {
            let (prompt, offered) = (prompt.clone(), choices.clone());
            let answer = match self.with_editor(move |editor| editor.ask(&prompt, offered)).await? {
                Ok(answer) => answer,
                Err(ReadlineError::Interrupted | ReadlineError::Eof) => return Err(Error::interrupted()),
                Err(error) => {
                    return Err(Error::data(say!("cannot read the terminal: {reason}", reason = error)));
                }
            };
            let answer = text::nfc(answer.trim()).into_owned();
            if answer.is_empty() && (param.default.is_some() || param.optional) {
                return Ok(Vec::new());
            }
            let values: Vec<String> = match param.many {
                true => answer.split(',').map(|value| value.trim().to_owned()).collect(),
                false => vec![answer],
            };
            match values.iter().find_map(|value| fault(name, param, &choices, value)) {
                Some(reason) => self.console.session.ui.echo(reason),
                None => return Ok(values),
            }
        }
    }
}

/// What is wrong with an answer.
fn fault(name: &str, param: &Param, choices: &[String], value: &str) -> Option<Message> {
    if value.is_empty() {
        return Some(say!("`{name}` needs a value; Ctrl-C gives up", name));
    }
    if let Err(reason) = value::of_text(param.kind, value) {
        return Some(reason);
    }
    if choices.is_empty() || choices.iter().any(|choice| choice == value) {
        return None;
    }
    let near = text::nearest(value, choices.iter().map(String::as_str));
    Some(match near {
        Some(near) => say!("it cannot be `{value}`; did you mean `{near}`?", value, near),
        None => say!("it cannot be `{value}`; Tab shows what it can be", value),
    })
}

/// `as_of (date, one of 2022-01-31, …) [2022-12-31]: `
fn question(name: &str, param: &Param, choices: &[String], language: Language) -> String {
    let mut about = vec![Message::verbatim(param.kind.word())];
    if param.many {
        about.push(say!("several with commas between"));
    }
    if param.optional {
        about.push(say!("may be left out"));
    }
    if !choices.is_empty() {
        let more = if choices.len() > SHOWN { ", …" } else { "" };
        let shown = choices.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        about.push(say!("one of {values}", values = shown + more));
    }
    let default = param
        .default
        .as_ref()
        .map(|default| default.as_str().map_or_else(|| default.to_string(), str::to_owned));
    let default = default.map_or_else(String::new, |default| format!(" [{default}]"));
    let about = Message::joined(about, ", ").text(language);
    text::visible(&format!("{name} ({about}){default}: ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::value::ParamType;

    #[test]
    fn a_question_says_type_values_and_default() {
        let param = Param {
            kind: ParamType::Date,
            many: false,
            default: Some("2022-12-31".into()),
            optional: false,
            values: None,
            description: None,
            description_vi: None,
        };
        let choices: Vec<String> = (1..=12).map(|month| format!("2022-{month:02}-28")).collect();
        assert_eq!(
            question("day", &param, &choices[..2], Language::English),
            "day (date, one of 2022-01-28, 2022-02-28) [2022-12-31]: "
        );
        assert!(question("day", &param, &choices, Language::English).contains("2022-08-28, …)"));
        let param = Param { default: None, optional: true, kind: ParamType::Integer, ..param };
        assert_eq!(question("n", &param, &[], Language::English), "n (integer, may be left out): ");
    }
}
