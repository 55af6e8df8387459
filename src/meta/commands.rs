//! The table of commands: names as in psql, aliases as in DuckDB and sqlite, and the help that is
//! made from it.

use crate::error::{Error, Result};
use crate::language::{Language, Message};
use crate::query::split;
use crate::say;
use crate::ui::{Role, text};

/// What a command does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Help,
    FunctionHelp,
    Quit,
    Describe,
    DescribeMore,
    Tables,
    Views,
    Functions,
    Queries,
    Schema,
    Run,
    Include,
    IncludeRelative,
    Output,
    Once,
    Go,
    GoExpanded,
    GoDescribe,
    Watch,
    Crosstab,
    Chart,
    Last,
    Edit,
    Print,
    Reset,
    Expanded,
    TuplesOnly,
    Unaligned,
    Pset,
    Format,
    Headers,
    MaxRows,
    NullValue,
    Timing,
    Set,
    Unset,
    Echo,
    ErrVerbose,
    Shell,
    Cd,
    Connect,
    Refresh,
}

/// Words that are made when they are needed.
type Says = fn() -> Message;

/// A command's names, arguments and meaning.
#[derive(Debug)]
pub(super) struct Spec {
    pub(super) verb: Verb,
    /// Its names with the backslash or dot; the first is the one that help and errors use.
    pub(super) names: &'static [&'static str],
    pub(super) args: &'static str,
    says: Says,
}

const fn spec(verb: Verb, names: &'static [&'static str], args: &'static str, says: Says) -> Spec {
    Spec { verb, names, args, says }
}

/// The commands by what they are for, in the order of the help.
#[rustfmt::skip]
const GROUPS: [(Says, &[Spec]); 6] = [
    (|| say!("What is there"), &[
        spec(Verb::Describe, &["\\d"], "[NAME]", || say!("tables; one table's columns, types, units, meaning")),
        spec(Verb::DescribeMore, &["\\d+"], "[NAME]", || say!("the same with all that is known: files, bytes, definition")),
        spec(Verb::Tables, &["\\dt", ".tables"], "[PART]", || say!("tables whose names have PART in them")),
        spec(Verb::Views, &["\\dv"], "", || say!("views of this session")),
        spec(Verb::Queries, &["\\dq"], "[NAME]", || say!("saved queries; one's parameters, columns, text")),
        spec(Verb::Functions, &["\\df"], "[PART]", || say!("functions of SQL whose names have PART in them")),
        spec(Verb::FunctionHelp, &["\\h"], "[FUNCTION]", || say!("what a function does")),
        spec(Verb::Schema, &[".schema"], "[TABLE]", || say!("tables as CREATE TABLE")),
    ]),
    (|| say!("Run"), &[
        spec(Verb::Run, &["\\run"], "NAME [PARAM=VALUE]...", || say!("a saved query; asks for what is missing, `?` for everything")),
        spec(Verb::Go, &["\\g"], "[FILE]", || say!("the statement before it, or the last one again; into a file")),
        spec(Verb::GoExpanded, &["\\gx"], "[FILE]", || say!("the same, a line a column")),
        spec(Verb::GoDescribe, &["\\gdesc"], "", || say!("its columns, without running it")),
        spec(Verb::Watch, &["\\watch"], "[SECONDS] [c=TIMES]", || say!("the same again and again, until Ctrl-C")),
        spec(Verb::Include, &["\\i", ".read"], "FILE", || say!("runs a file of SQL and commands")),
        spec(Verb::IncludeRelative, &["\\ir"], "FILE", || say!("the same, FILE seen from the file that says so")),
        spec(Verb::Edit, &["\\e"], "", || say!("the statement in your editor, as does Alt-E")),
        spec(Verb::Print, &["\\p"], "", || say!("shows the statement that is being written")),
        spec(Verb::Reset, &["\\r"], "", || say!("gives it up")),
    ]),
    (|| say!("The last result again, without running anything"), &[
        spec(Verb::Last, &["\\last", ".last"], "[FORMAT]", || say!("in another format")),
        spec(Verb::Chart, &["\\chart"], "[bar|line|hist|spark] [X [Y]] [log]", || say!("as a chart")),
        spec(Verb::Crosstab, &["\\crosstabview"], "[ROWS [COLUMNS [VALUES]]]", || say!("as a table of two dimensions")),
    ]),
    (|| say!("How results look, and where they go"), &[
        spec(Verb::Output, &["\\o", ".output"], "[FILE]", || say!("into a file, which appears with the next \\o; to the terminal")),
        spec(Verb::Once, &["\\once", ".once"], "FILE", || say!("the next result into a file")),
        spec(Verb::Format, &["\\format", ".mode"], "[FORMAT]", || say!("table, csv, json, markdown, chart and others")),
        spec(Verb::Expanded, &["\\x"], "[on|off|auto]", || say!("a line a column")),
        spec(Verb::TuplesOnly, &["\\t"], "[on|off]", || say!("rows alone: no names, no footer")),
        spec(Verb::Headers, &["\\headers", ".headers"], "on|off", || say!("the names of columns")),
        spec(Verb::Unaligned, &["\\a"], "", || say!("between table and csv")),
        spec(Verb::MaxRows, &["\\maxrows", ".maxrows"], "N", || say!("rows that a table on a terminal shows, 0 for all")),
        spec(Verb::NullValue, &["\\null", ".nullvalue"], "TEXT", || say!("the text for null")),
        spec(Verb::Pset, &["\\pset"], "[NAME [VALUE]]", || say!("all of these, the pager, the separator of csv")),
        spec(Verb::Timing, &["\\timing", ".timer"], "[on|off]", || say!("the time of planning and of execution")),
    ]),
    (|| say!("Values"), &[
        spec(Verb::Set, &["\\set"], "[NAME VALUE]", || say!("a value that SQL names as $NAME; `collate vi`: the order of text")),
        spec(Verb::Unset, &["\\unset"], "NAME", || say!("forgets it")),
        spec(Verb::Echo, &["\\echo", ".print"], "TEXT", || say!("writes TEXT; :NAME stands for its value")),
    ]),
    (|| say!("The shell"), &[
        spec(Verb::Connect, &["\\c", ".open"], "DIR", || say!("goes to another workspace")),
        spec(Verb::Cd, &["\\cd", ".cd"], "[DIR]", || say!("goes to another folder")),
        spec(Verb::Refresh, &["\\refresh"], "", || say!("reads the names of tables and queries again")),
        spec(Verb::Shell, &["\\!", ".shell"], "[COMMAND]", || say!("runs a command of the system")),
        spec(Verb::ErrVerbose, &["\\errverbose"], "", || say!("the last error with all that the engine said")),
        spec(Verb::Help, &["\\?", ".help", "help"], "", || say!("this list")),
        spec(Verb::Quit, &["\\q", ".quit", ".exit", "quit", "exit"], "", || say!("leaves, as does Ctrl-D")),
    ]),
];

fn all() -> impl Iterator<Item = &'static Spec> {
    GROUPS.iter().flat_map(|(_, specs)| specs.iter())
}

/// Every name of a command, with its backslash or dot.
pub fn names() -> impl Iterator<Item = &'static str> {
    all().flat_map(|spec| spec.names.iter().copied())
}

/// The list of the commands.
pub fn help(color: bool, language: Language) -> String {
    /// Columns before the meaning.
    const BEFORE: usize = 32;
    let mut page = String::new();
    for (group, specs) in GROUPS {
        page.push_str(&format!("{}\n", Role::Heading.paint(&group().text(language), color)));
        for spec in specs {
            let called = format!("  {} {}", spec.names[0], spec.args);
            let (called, says) = (called.trim_end(), (spec.says)().text(language));
            match text::width(called) < BEFORE {
                true => page.push_str(&format!("{called:<BEFORE$}{says}")),
                false => page.push_str(&format!("{called}\n{:<BEFORE$}{says}", "")),
            }
            if spec.names.len() > 1 {
                let others = spec.names[1..].join(", ");
                page.push_str(&Role::Dim.paint(&format!("  ({others})"), color));
            }
            page.push('\n');
        }
        page.push('\n');
    }
    let keys = say!(
        "SQL ends with a semicolon. Tab completes names, Ctrl-R searches the history, the right arrow takes\n\
         what is offered from it, Ctrl-C stops a running statement."
    );
    page + &keys.text(language) + "\n"
}

/// A command as typed.
#[derive(Debug, Clone)]
pub struct Command {
    pub(super) spec: &'static Spec,
    /// The name that was typed.
    pub(super) name: String,
    /// What stands after it.
    pub(super) rest: String,
    /// The statement that it ends, if it is one that does and there is one.
    pub(super) ends: Option<crate::query::Statement>,
}

impl Command {
    /// Reads a command.
    ///
    /// # Errors
    /// There is none of that name; the nearest is told.
    pub fn parse(typed: &split::Command) -> Result<Self> {
        let line = typed.text.text.trim();
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let name = name.trim_end_matches(';');
        // Words alone are commands in any case; psql tells \t from \T, so do we.
        let key = if name.starts_with(['\\', '.']) { name.to_owned() } else { name.to_ascii_lowercase() };
        // `\!ls` and `\.` need no blank.
        let (key, rest) = match key.strip_prefix("\\!").filter(|rest| !rest.is_empty()) {
            Some(_) => ("\\!".to_owned(), &line[2..]),
            None => (key, rest),
        };
        match all().find(|spec| spec.names.contains(&key.as_str())) {
            Some(spec) => {
                Ok(Self { spec, name: key, rest: rest.trim().to_owned(), ends: typed.ends.clone() })
            }
            None => {
                let error = Error::usage(say!("there is no command `{name}`", name = text::visible(name)));
                let bare = |name: &'static str| name.trim_start_matches(['\\', '.']);
                let wanted = name.trim_start_matches(['\\', '.']);
                let near = text::nearest(
                    wanted,
                    names().map(bare).filter(|name| name.len() > 1 || wanted.len() == 1),
                );
                let near = near.and_then(|near| names().find(|name| bare(name) == near));
                Err(match near {
                    Some(near) => error.hint(say!("did you mean `{near}`?", near)),
                    None => error.hint(say!("`\\?` lists them")),
                })
            }
        }
    }

    /// Whether it may make, drop or bring other names of tables and queries.
    pub fn changes_names(&self) -> bool {
        matches!(self.spec.verb, Verb::Include | Verb::IncludeRelative | Verb::Connect | Verb::Refresh)
    }

    /// The text of the statement that it ends.
    pub fn statement(&self) -> Option<&str> {
        self.ends.as_ref().map(|statement| statement.text.as_str())
    }

    /// Refuses what only the shell can do.
    ///
    /// # Errors
    /// It is about a statement that is being written.
    pub(super) fn needs_no_shell(&self) -> Result<()> {
        match self.spec.verb {
            Verb::Edit | Verb::Print | Verb::Reset => {
                let name = &self.name;
                Err(Error::usage(say!("`{name}` is for the shell: here is nothing to edit", name)))
            }
            _ => Ok(()),
        }
    }

    /// Whether the editor is asked for.
    pub fn is_edit(&self) -> bool {
        self.spec.verb == Verb::Edit
    }

    /// Whether the statement being written is asked about: shown or given up.
    pub fn on_buffer(&self) -> Option<bool> {
        match self.spec.verb {
            Verb::Print => Some(true),
            Verb::Reset => Some(false),
            _ => None,
        }
    }

    /// The words after `\run`, where this is it.
    pub fn run_words(&self) -> Option<Result<Vec<String>>> {
        (self.spec.verb == Verb::Run).then(|| self.words())
    }

    /// The same command with these words after it.
    #[must_use]
    pub fn with_words(mut self, words: &[String]) -> Self {
        self.rest = shell_words::join(words);
        self
    }

    /// Its arguments: words, with quotes around those that hold blanks.
    ///
    /// # Errors
    /// A quote is not closed.
    pub(super) fn words(&self) -> Result<Vec<String>> {
        // A semicolon is no part of a word that it ends; where it stands alone it may be meant.
        let alone = self.rest.ends_with(" ;") || self.rest == ";";
        let takes_any = matches!(self.spec.verb, Verb::Pset | Verb::NullValue);
        let rest = if alone && takes_any { self.rest.as_str() } else { self.rest.trim_end_matches(';') };
        let name = &self.name;
        shell_words::split(rest).map_err(|_| Error::usage(say!("`{name}`: a quote is not closed", name)))
    }

    /// The error for arguments that it does not take.
    pub(super) fn misused(&self) -> Error {
        let usage = format!("{} {}", self.spec.names[0], self.spec.args);
        Error::usage(say!("`{name}` is used as `{usage}`", name = self.name, usage = usage.trim_end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Source;

    fn parsed(line: &str) -> Result<Command> {
        let script = split::split(&Source::new("shell", line)).expect("splits");
        match script.pieces.into_iter().next() {
            Some(split::Piece::Command(command)) => Command::parse(&command),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn names_of_other_shells_mean_the_same() {
        for (line, verb, rest) in [
            ("\\d loans", Verb::Describe, "loans"),
            ("\\d+ loans;", Verb::DescribeMore, "loans;"),
            (".tables", Verb::Tables, ""),
            (".mode json", Verb::Format, "json"),
            ("\\q;", Verb::Quit, ""),
            ("EXIT;", Verb::Quit, ""),
            ("help", Verb::Help, ""),
            ("\\!ls -l", Verb::Shell, "ls -l"),
            ("\\! ls", Verb::Shell, "ls"),
            (" \\run a/b x='y z' ;", Verb::Run, "a/b x='y z' ;"),
        ] {
            let command = parsed(line).expect(line);
            assert_eq!((command.spec.verb, command.rest.as_str()), (verb, rest), "{line}");
        }
    }

    #[test]
    fn an_unknown_name_brings_the_nearest() {
        let hint = |line: &str| parsed(line).expect_err(line).hints()[0].english();
        assert_eq!(hint("\\rnu x"), "did you mean `\\run`?");
        assert_eq!(hint(".tabels"), "did you mean `.tables`?");
        assert_eq!(hint("\\crosstab"), "did you mean `\\crosstabview`?");
        assert_eq!(hint("\\zzzzzz"), "`\\?` lists them");
    }

    #[test]
    fn each_name_stands_for_one_command_and_the_help_tells_them_all() {
        let mut seen = std::collections::BTreeSet::new();
        let page = help(false, Language::English);
        for name in names() {
            assert!(seen.insert(name), "{name}");
            assert!(page.contains(name), "{name}");
        }
        assert!(page.lines().all(|line| text::width(line) <= 110), "{page}");
    }
}
