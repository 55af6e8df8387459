//! What `--safe` leaves to commands: to look and to ask, in the workspace alone.

use std::path::Path;

use super::commands::{Command, Verb};
use crate::config::fence::Fence;
use crate::error::{Error, Result};
use crate::query::library;
use crate::say;

/// Refuses a command that would run a program, write a file, or go elsewhere. Every command is named
/// here: a new one does not compile before it is known what it may.
///
/// # Errors
/// The command is none for `--safe`.
pub(super) fn check(command: &Command, words: &[&str], fence: &Fence) -> Result<()> {
    match (command.spec.verb, words) {
        (Verb::Shell | Verb::Edit, _) => Err(refused(command)),
        (Verb::Cd | Verb::Connect, _) => Err(refused(command)),
        // With words they write a file.
        (Verb::Output | Verb::Once | Verb::Go | Verb::GoExpanded, [_, ..]) => Err(refused(command)),
        // A file that holds a query; saved ones are in the workspace.
        (Verb::Run, [name, ..]) if library::is_file_name(name) => fence.check(Path::new(name)),
        // Where they lead is looked at when it is known.
        (Verb::Include | Verb::IncludeRelative, _) => Ok(()),
        (
            Verb::Help
            | Verb::FunctionHelp
            | Verb::Quit
            | Verb::Describe
            | Verb::DescribeMore
            | Verb::Tables
            | Verb::Views
            | Verb::Functions
            | Verb::Queries
            | Verb::Schema
            | Verb::Run
            | Verb::Output
            | Verb::Once
            | Verb::Go
            | Verb::GoExpanded
            | Verb::GoDescribe
            | Verb::Watch
            | Verb::Crosstab
            | Verb::Chart
            | Verb::Last
            | Verb::Print
            | Verb::Reset
            | Verb::Expanded
            | Verb::TuplesOnly
            | Verb::Unaligned
            | Verb::Pset
            | Verb::Format
            | Verb::Headers
            | Verb::MaxRows
            | Verb::NullValue
            | Verb::Timing
            | Verb::Set
            | Verb::Unset
            | Verb::Echo
            | Verb::ErrVerbose
            | Verb::Refresh,
            _,
        ) => Ok(()),
    }
}

fn refused(command: &Command) -> Error {
    let name = &command.name;
    Error::usage(say!("`{name}` is not for `--safe`", name)).hint(say!(
        "under `--safe` no program is run, no file is written, and nothing leads out of the workspace"
    ))
}
