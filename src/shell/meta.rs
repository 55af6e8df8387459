//! The shell's own commands, named as in psql.

use std::path::Path;

use crate::config::Output;
use crate::error::{Error, Result};
use crate::query::Source;
use crate::query::params::Given;
use crate::run::{Delivery, Session};
use crate::ui::text;

/// The commands' names, without the backslash.
pub(super) const NAMES: [&str; 9] = ["?", "d", "dt", "dq", "i", "o", "q", "run", "timing"];

const HELP: &str = "\
\\d              tables: rows, bytes, period
\\d NAME         a table's columns, types, units, meaning
\\dq             saved queries
\\dq NAME        a saved query's parameters, columns, text
\\run NAME [param=value]...
                a saved query
\\i FILE         runs a file of SQL
\\o FILE         results go to a file, in the format of its ending; the file appears
                with the next \\o, or when the shell ends
\\o              results come to the terminal again
\\timing [on|off]  the time of each statement
\\q              leaves, as do Ctrl-D, quit and exit
\\?              this list

SQL ends with a semicolon. Tab completes names, Ctrl-R searches the history, Ctrl-C stops
a running statement.
";

/// A command as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    name: String,
    rest: String,
}

impl Command {
    /// Whether it runs SQL, which may make or drop names.
    pub(super) fn runs_sql(&self) -> bool {
        self.name == "i"
    }
}

/// Whether the shell goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It does.
    Stay,
    /// The user wants to leave.
    Leave,
}

/// The command in a line; `None` for SQL.
pub(super) fn parse(line: &str) -> Option<Command> {
    let line = line.trim();
    let bare = line.trim_end_matches(';').trim_end();
    match bare.to_ascii_lowercase().as_str() {
        "quit" | "exit" => return Some(Command { name: "q".into(), rest: String::new() }),
        "help" => return Some(Command { name: "?".into(), rest: String::new() }),
        _ => {}
    }
    let typed = line.strip_prefix('\\')?;
    let (name, rest) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
    Some(Command { name: name.trim_end_matches(';').to_owned(), rest: rest.trim().to_owned() })
}

/// Runs a command.
///
/// # Errors
/// There is no such command, its arguments are wrong, or its work fails.
pub(super) async fn run(session: &mut Session, command: Command, delivery: &mut Delivery) -> Result<Next> {
    let words = shell_words::split(command.rest.trim_end_matches(';'))
        .map_err(|_| Error::usage(format!("`\\{}`: a quote is not closed", command.name)))?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let wrong = |usage: &str| Err(Error::usage(format!("`\\{}` is used as {usage}", command.name)));
    match (command.name.as_str(), words.as_slice()) {
        ("?", _) => {
            session.ui.print(HELP)?;
            session.ui.flush()?;
        }
        ("q", []) => return Ok(Next::Leave),
        ("d" | "dt", []) => session.list_tables(delivery).await?,
        ("d", [name]) => session.describe_table(name, delivery).await?,
        ("dq", []) => session.list_queries(delivery)?,
        ("dq", [name]) => session.describe_query(name).await?,
        ("run", [name, params @ ..]) => {
            let given =
                params.iter().map(|param| param.parse::<Given>()).collect::<std::result::Result<Vec<_>, _>>();
            let Ok(given) = given else { return wrong("`\\run NAME param=value`") };
            let query = session.find(name)?;
            let outcome = session.saved(&query, &given, delivery).await?;
            session.tell(outcome);
        }
        ("run", []) => return wrong("`\\run NAME param=value`; \\dq lists the names"),
        ("i", [path]) => {
            let path = Path::new(path);
            session.script(&Source::read(path)?, delivery).await?;
        }
        ("i", _) => return wrong("`\\i FILE`"),
        ("o", []) => redirect(session, None, delivery)?,
        ("o", [path]) => redirect(session, Some(path), delivery)?,
        ("o", _) => return wrong("`\\o FILE`, or `\\o` alone"),
        ("timing", words) => {
            session.timing = match words {
                [] => !session.timing,
                ["on"] => true,
                ["off"] => false,
                _ => return wrong("`\\timing`, `\\timing on` or `\\timing off`"),
            };
            session.ui.note(&format!("timing is {}", if session.timing { "on" } else { "off" }));
        }
        ("q" | "dt", _) => return wrong("itself alone"),
        ("d" | "dq", _) => return wrong("itself alone, or with one name"),
        (name, _) => {
            let error = Error::usage(format!("there is no command `\\{}`", text::visible(name)));
            return Err(match text::nearest(name, NAMES) {
                Some(near) => error.hint(format!("did you mean `\\{near}`?")),
                None => error.hint("`\\?` lists them"),
            });
        }
    }
    Ok(Next::Stay)
}

/// Sends results to another place; the file that they went to so far appears now.
fn redirect(session: &mut Session, path: Option<&str>, delivery: &mut Delivery) -> Result<()> {
    let output = match path {
        // A format asked for on the command line belongs to the terminal; a file's own name decides here.
        Some(path) => Output { path: Some(path.into()), format: None, ..session.config.output.clone() },
        None => session.config.output.on_terminal(),
    };
    let next = session.deliver(&output)?;
    std::mem::replace(delivery, next).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_command_or_sql() {
        let command = |name: &str, rest: &str| Some(Command { name: name.into(), rest: rest.into() });
        assert_eq!(parse("\\d loans"), command("d", "loans"));
        assert_eq!(parse(" \\run a/b x='y z' ;"), command("run", "a/b x='y z' ;"));
        assert_eq!(parse("\\q;"), command("q", ""));
        assert_eq!(parse("EXIT;"), command("q", ""));
        assert_eq!(parse("SELECT 1;"), None);
        assert_eq!(parse("quit_rate"), None);
    }
}
