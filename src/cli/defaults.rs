//! The user's own defaults of flags, from `config.toml`.

use super::slip;
use crate::config::file::{self, Settings};
use crate::error::Result;
use crate::language::Message;
use crate::say;
use crate::ui::text;

/// The definition of the command line with the user's own defaults.
///
/// # Errors
/// A setting names no flag, or gives a flag what it does not take.
pub(super) fn of(plain: &clap::Command, settings: &Settings) -> Result<clap::Command> {
    let mut command = plain.clone();
    for (name, values) in &settings.flags {
        // `csv` and `json` are short for a format; a file is named, and writing allowed, for one run.
        let flags = || {
            let shorthands = ["csv", "json", "output", "force", "provenance", "profile", "write", "no-rc"];
            let globals = plain.get_arguments().filter(|arg| arg.is_global_set());
            globals.filter_map(clap::Arg::get_long).filter(move |long| !shorthands.contains(long))
        };
        let wrong = |what: Message| {
            let name = Message::verbatim(format!("`{name}`"));
            file::wrong(&settings.path, Message::joined([name, what], ": "))
        };
        if !flags().any(|long| long == name) {
            return Err(match text::nearest(name, flags()) {
                Some(near) => wrong(say!("there is no such flag")).hint(say!("did you mean `{near}`?", near)),
                None => wrong(say!("there is no such flag")).hint(say!("`tongket --help` lists them")),
            });
        }
        let id =
            plain.get_arguments().find(|arg| arg.get_long() == Some(name)).map(|arg| arg.get_id().clone());
        let Some(id) = id else { continue };
        let takes = plain.get_arguments().any(|arg| *arg.get_id() == id && arg.get_action().takes_values());
        // Tried as if it had been typed, so that what is wrong is said of this file.
        let typed = match takes {
            true => values.iter().map(|value| format!("--{name}={value}")).collect(),
            false if values == &["true"] => vec![format!("--{name}")],
            false if values == &["false"] => Vec::new(),
            false => return Err(wrong(say!("it is true or false"))),
        };
        if let Err(error) =
            plain.clone().try_get_matches_from(std::iter::once("tongket".to_owned()).chain(typed))
        {
            return Err(wrong(slip::told(&error).message().clone()));
        }
        command = command.mut_arg(id, |arg| arg.default_values(values.clone()));
    }
    Ok(command)
}
