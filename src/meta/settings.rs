//! Commands that say how results look.

use clap::ValueEnum;

use super::Console;
use super::commands::{Command, Verb};
use crate::error::{Error, Result};
use crate::language::{Language, Message};
use crate::output::{Expanded, Format};
use crate::say;
use crate::ui::text;

/// What other shells call our formats.
const ALIASES: [(&str, Format); 12] = [
    ("aligned", Format::Table),
    ("wrapped", Format::Table),
    ("box", Format::Table),
    ("duckbox", Format::Table),
    ("column", Format::Table),
    ("unaligned", Format::Csv),
    ("list", Format::Csv),
    ("tabs", Format::Tsv),
    ("jsonlines", Format::Ndjson),
    ("nd-json", Format::Ndjson),
    ("vertical", Format::Line),
    ("md", Format::Markdown),
];

/// The names of `\pset`.
pub const NAMES: [&str; 12] = [
    "format",
    "expanded",
    "null",
    "tuples_only",
    "headers",
    "footer",
    "maxrows",
    "fieldsep",
    "pager",
    "timing",
    "lang",
    "titles",
];

/// The format of a name, ours or another shell's.
///
/// # Errors
/// There is none; the nearest is told.
pub(super) fn format_of(name: &str) -> Result<Format> {
    let name = name.to_lowercase();
    let ours =
        || Format::value_variants().iter().filter_map(|format| Some((format.to_possible_value()?, *format)));
    let found = ours().find(|(value, _)| value.matches(&name, true)).map(|(_, format)| format);
    let found = found.or_else(|| ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, format)| *format));
    found.ok_or_else(|| {
        let names: Vec<String> = ours().map(|(value, _)| value.get_name().to_owned()).collect();
        let error = Error::usage(say!("there is no format `{name}`", name = text::visible(&name)));
        match text::nearest(&name, names.iter().map(String::as_str)) {
            Some(near) => error.hint(say!("did you mean `{near}`?", near)),
            None => error.hint(say!("there are {names}", names = names.join(", "))),
        }
    })
}

/// `on` or `off`, or the other of the two where nothing is said.
fn switch(command: &Command, words: &[&str], now: bool) -> Result<bool> {
    match words.iter().map(|word| word.to_ascii_lowercase()).collect::<Vec<_>>().as_slice() {
        [] => Ok(!now),
        [word] if ["on", "true", "yes", "1"].contains(&word.as_str()) => Ok(true),
        [word] if ["off", "false", "no", "0"].contains(&word.as_str()) => Ok(false),
        _ => Err(command.misused()),
    }
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

impl Console<'_> {
    /// Changes a setting; one that is refused stays as it was.
    pub(super) fn settle(&mut self, command: &Command, words: &[&str]) -> Result<()> {
        let before = (self.settings.clone(), self.session.footer, self.session.timing);
        let settled = self.try_settle(command, words);
        if settled.is_err() {
            (self.settings, self.session.footer, self.session.timing) = before;
        }
        settled
    }

    fn try_settle(&mut self, command: &Command, words: &[&str]) -> Result<()> {
        match (command.spec.verb, words) {
            (Verb::Pset, []) => {
                let language = self.session.ui.language;
                let line = |name: &&str| format!("{name:<12} {}\n", self.setting(name).text(language));
                let lines: String = NAMES.iter().map(line).collect();
                self.session.ui.page_data(&lines)
            }
            (Verb::Pset, [name, words @ ..]) if words.len() <= 1 => self.set(command, name, words),
            (Verb::Expanded, words) => self.set(command, "expanded", words),
            (Verb::TuplesOnly, words) => self.set(command, "tuples_only", words),
            (Verb::Timing, words) => self.set(command, "timing", words),
            (Verb::Headers, words @ [_]) => self.set(command, "headers", words),
            (Verb::MaxRows, words @ [_]) => self.set(command, "maxrows", words),
            (Verb::NullValue, words @ [_]) => self.set(command, "null", words),
            (Verb::Format, []) => self.settled("format"),
            (Verb::Format, words @ [_]) => self.set(command, "format", words),
            (Verb::Unaligned, []) => {
                let table = matches!(self.settings.format, None | Some(Format::Table));
                self.choose_format(if table { Format::Csv } else { Format::Table })?;
                self.settled("format")
            }
            _ => Err(command.misused()),
        }
    }

    /// Gives one of [`NAMES`] a value; what is on or off changes where none is given.
    fn set(&mut self, command: &Command, name: &str, words: &[&str]) -> Result<()> {
        let style = &mut self.settings.style;
        let name = match name {
            "x" => "expanded",
            "t" => "tuples_only",
            name => name,
        };
        match (name, words) {
            ("format", [format]) => self.choose_format(format_of(format)?)?,
            ("expanded", ["auto"]) => style.expanded = Expanded::Auto,
            ("expanded", words) => {
                let on = switch(command, words, style.expanded == Expanded::On)?;
                style.expanded = match (on, words) {
                    (true, _) => Expanded::On,
                    // As it was at the start: by itself where a row is too wide.
                    (false, []) => Expanded::Auto,
                    (false, _) => Expanded::Off,
                };
            }
            ("null", [null]) => style.null = Some((*null).to_owned()),
            ("tuples_only", words) => {
                let only = switch(command, words, !style.header)?;
                style.header = !only;
                self.session.footer = !only;
            }
            ("headers", words) => style.header = switch(command, words, style.header)?,
            ("footer", words) => self.session.footer = switch(command, words, self.session.footer)?,
            ("maxrows", [rows]) => {
                style.max_rows = rows.parse().map_err(|_| {
                    Error::usage(say!("`{rows}` is no number of rows", rows))
                        .hint(say!("a whole number, 0 for all rows"))
                })?;
            }
            ("fieldsep", [separator]) => {
                let byte = match separator.as_bytes() {
                    b"\\t" => b'\t',
                    [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => *byte,
                    _ => return Err(Error::usage(say!("the separator is one ASCII character, not a quote"))),
                };
                style.delimiter = Some(byte);
                self.settings.format = Some(Format::Csv);
            }
            ("pager", words) => {
                self.session.ui.paging = switch(command, words, self.session.ui.paging)?;
            }
            ("timing", words) => self.session.timing = switch(command, words, self.session.timing)?,
            ("lang", [language]) => {
                let known = Language::from_str(language, true);
                self.session.ui.language = known.map_err(|_| {
                    Error::usage(say!("there is no language `{language}`", language))
                        .hint(say!("there are vi and en"))
                })?;
                if !self.titles_chosen {
                    style.worded = true;
                }
            }
            ("titles", words) => {
                style.worded = switch(command, words, style.worded)?;
                self.titles_chosen = true;
            }
            (name, _) if NAMES.contains(&name) => {
                return Err(Error::usage(say!("`\\pset {name}` needs a value", name))
                    .hint(say!("it is {value}", value = self.setting(name))));
            }
            (name, _) => {
                let error = Error::usage(say!("there is no setting `{name}`", name = text::visible(name)));
                return Err(match text::nearest(name, NAMES) {
                    Some(near) => error.hint(say!("did you mean `{near}`?", near)),
                    None => error.hint(say!("there are {names}", names = NAMES.join(", "))),
                });
            }
        }
        self.settled(name)
    }

    fn choose_format(&mut self, format: Format) -> Result<()> {
        if format.is_binary() && self.session.ui.terminal.stdout {
            let ending = format.ending();
            return Err(Error::usage(say!("this format is no text for a terminal"))
                .hint(say!("write it to a file: \\g result.{ending}", ending)));
        }
        self.settings = self.settings.in_format(format);
        Ok(())
    }

    /// What was set holds from the next result on, and is said.
    fn settled(&mut self, name: &str) -> Result<()> {
        self.delivery.restyle(&self.settings, self.session.ui.terminal)?;
        let line = say!("{name} is {value}", name, value = self.setting(name));
        self.session.ui.note(line);
        Ok(())
    }

    fn setting(&self, name: &str) -> Message {
        let style = &self.settings.style;
        if name == "null" && style.null.is_none() {
            return say!("that of the format");
        }
        Message::verbatim(match name {
            "format" => {
                let format = self.settings.on_terminal().format(self.session.ui.terminal.stdout);
                let name = format.ok().and_then(|format| format.to_possible_value());
                name.map_or_else(String::new, |name| name.get_name().to_owned())
            }
            "expanded" => style.expanded.word().to_owned(),
            "null" => format!("'{}'", style.null.as_deref().unwrap_or_default()),
            "tuples_only" => on_off(!style.header && !self.session.footer).to_owned(),
            "headers" => on_off(style.header).to_owned(),
            "footer" => on_off(self.session.footer).to_owned(),
            "maxrows" => style.max_rows.to_string(),
            "fieldsep" => format!("'{}'", style.separator(Format::Csv)),
            "pager" => on_off(self.session.ui.paging).to_owned(),
            "timing" => on_off(self.session.timing).to_owned(),
            "lang" => self.session.ui.language.code().to_owned(),
            "titles" => on_off(style.worded).to_owned(),
            _ => String::new(),
        })
    }
}
