//! Slips on the command line, in our words: those of clap are English alone.

use std::error::Error as _;
use std::ffi::OsString;
use std::num::ParseIntError;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::config::file::Settings;
use crate::error::Error;
use crate::language::{Language, Message};
use crate::say;
use crate::ui::text::nearest;

/// What is wrong with a command line.
pub(super) fn told(slip: &clap::Error) -> Error {
    let text = |kind| texts(slip, kind).join(", ");
    let option = text(ContextKind::InvalidArg);
    let value = text(ContextKind::InvalidValue);
    let error = Error::usage(match slip.kind() {
        ErrorKind::UnknownArgument => say!("there is no option `{option}` here", option),
        ErrorKind::InvalidSubcommand => {
            say!("there is no command `{name}`", name = text(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidValue if value.is_empty() => say!("`{option}` needs a value", option),
        ErrorKind::InvalidValue => say!("`{option}` cannot be `{value}`", option, value),
        ErrorKind::ValueValidation => {
            let reason = slip.source().map_or_else(|| Message::verbatim(first_line(slip)), reason);
            say!("`{option}` cannot be `{value}`: {reason}", option, value, reason)
        }
        ErrorKind::ArgumentConflict => {
            let other = text(ContextKind::PriorArg);
            match other == option {
                true => say!("`{option}` is given more than once", option),
                false => say!("`{option}` and `{other}` do not go together", option, other),
            }
        }
        ErrorKind::MissingRequiredArgument => say!("`{option}` is missing", option),
        ErrorKind::InvalidUtf8 => say!("an argument is no text in UTF-8"),
        _ => Message::verbatim(first_line(slip)),
    });
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let near: Vec<String> = near.into_iter().flat_map(|kind| texts(slip, kind)).collect();
    let typed = text(ContextKind::InvalidSubcommand);
    let near = nearest(&typed, near.iter().map(String::as_str))
        .or(near.first().map(String::as_str))
        .map(str::to_owned);
    let known = texts(slip, ContextKind::ValidValue);
    match near {
        Some(near) => error.hint(say!("did you mean `{near}`?", near)),
        None if !known.is_empty() => error.hint(say!("there are {names}", names = known.join(", "))),
        None => error.hint(say!("`{command} --help` tells how it goes", command = command(slip))),
    }
}

fn texts(slip: &clap::Error, kind: ContextKind) -> Vec<String> {
    match slip.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

/// Why a value is none, in our words where the parser is ours.
fn reason(fault: &(dyn std::error::Error + 'static)) -> Message {
    match fault.downcast_ref::<Error>() {
        Some(error) => error.message().clone(),
        None if fault.is::<ParseIntError>() => say!("expected a whole number"),
        None => Message::verbatim(fault.to_string()),
    }
}

fn first_line(slip: &clap::Error) -> String {
    let words = slip.to_string();
    words.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// The command that was typed: what its usage begins with.
fn command(slip: &clap::Error) -> String {
    let usage = match slip.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    let words = usage.split_whitespace().skip_while(|word| *word != "tongket");
    let words: Vec<&str> = words.take_while(|word| word.chars().all(|c| c.is_ascii_lowercase())).collect();
    if words.is_empty() { "tongket".to_owned() } else { words.join(" ") }
}

/// The language of somebody whose command line cannot be read as a whole.
pub(super) fn language(args: &[OsString]) -> Language {
    let texts = || args.iter().filter_map(|arg| arg.to_str());
    let typed = texts().zip(texts().skip(1)).find_map(|(flag, value)| (flag == "--lang").then_some(value));
    let typed = typed.or_else(|| texts().find_map(|arg| arg.strip_prefix("--lang=")));
    let of_settings =
        || Settings::read().ok()?.flags.into_iter().find(|(name, _)| name == "lang")?.1.into_iter().next();
    let named = typed
        .map(str::to_owned)
        .or_else(|| std::env::var("TONGKET_LANG").ok().filter(|name| !name.is_empty()))
        .or_else(of_settings);
    named.and_then(|name| Language::of_locale(&name)).or_else(Language::of_environment).unwrap_or_default()
}
