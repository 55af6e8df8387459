//! The table of commands: names as in psql, aliases as in DuckDB and sqlite, and the help that is
//! made from it.

use crate::error::{Error, Result};
use crate::query::split;
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

/// A command's names, arguments and meaning.
#[derive(Debug)]
pub(super) struct Spec {
    pub(super) verb: Verb,
    /// Its names with the backslash or dot; the first is the one that help and errors use.
    pub(super) names: &'static [&'static str],
    pub(super) args: &'static str,
    says: &'static str,
}

const fn spec(verb: Verb, names: &'static [&'static str], args: &'static str, says: &'static str) -> Spec {
    Spec { verb, names, args, says }
}

/// The commands by what they are for, in the order of the help.
#[rustfmt::skip]
const GROUPS: [(&str, &[Spec]); 6] = [
    ("What is there", &[
        spec(Verb::Describe, &["\\d"], "[NAME]", "tables; one table's columns, types, units, meaning"),
        spec(Verb::DescribeMore, &["\\d+"], "[NAME]", "the same with all that is known: files, bytes, definition"),
        spec(Verb::Tables, &["\\dt", ".tables"], "[PART]", "tables whose names have PART in them"),
        spec(Verb::Views, &["\\dv"], "", "views of this session"),
        spec(Verb::Queries, &["\\dq"], "[NAME]", "saved queries; one's parameters, columns, text"),
        spec(Verb::Functions, &["\\df"], "[PART]", "functions of SQL whose names have PART in them"),
        spec(Verb::FunctionHelp, &["\\h"], "[FUNCTION]", "what a function does"),
        spec(Verb::Schema, &[".schema"], "[TABLE]", "tables as CREATE TABLE"),
    ]),
    ("Run", &[
        spec(Verb::Run, &["\\run"], "NAME [PARAM=VALUE]...", "a saved query; asks for what is missing, `?` for everything"),
        spec(Verb::Go, &["\\g"], "[FILE]", "the statement before it, or the last one again; into a file"),
        spec(Verb::GoExpanded, &["\\gx"], "[FILE]", "the same, a line a column"),
        spec(Verb::GoDescribe, &["\\gdesc"], "", "its columns, without running it"),
        spec(Verb::Watch, &["\\watch"], "[SECONDS] [c=TIMES]", "the same again and again, until Ctrl-C"),
        spec(Verb::Include, &["\\i", ".read"], "FILE", "runs a file of SQL and commands"),
        spec(Verb::IncludeRelative, &["\\ir"], "FILE", "the same, FILE seen from the file that says so"),
        spec(Verb::Edit, &["\\e"], "", "the statement in your editor, as does Alt-E"),
        spec(Verb::Print, &["\\p"], "", "shows the statement that is being written"),
        spec(Verb::Reset, &["\\r"], "", "gives it up"),
    ]),
    ("The last result again, without running anything", &[
        spec(Verb::Last, &["\\last", ".last"], "[FORMAT]", "in another format"),
        spec(Verb::Chart, &["\\chart"], "[bar|line|hist|spark] [X [Y]] [log]", "as a chart"),
        spec(Verb::Crosstab, &["\\crosstabview"], "[ROWS [COLUMNS [VALUES]]]", "as a table of two dimensions"),
    ]),
    ("How results look, and where they go", &[
        spec(Verb::Output, &["\\o", ".output"], "[FILE]", "into a file, which appears with the next \\o; to the terminal"),
        spec(Verb::Once, &["\\once", ".once"], "FILE", "the next result into a file"),
        spec(Verb::Format, &["\\format", ".mode"], "[FORMAT]", "table, csv, json, markdown, chart and others"),
        spec(Verb::Expanded, &["\\x"], "[on|off|auto]", "a line a column"),
        spec(Verb::TuplesOnly, &["\\t"], "[on|off]", "rows alone: no names, no footer"),
        spec(Verb::Headers, &["\\headers", ".headers"], "on|off", "the names of columns"),
        spec(Verb::Unaligned, &["\\a"], "", "between table and csv"),
        spec(Verb::MaxRows, &["\\maxrows", ".maxrows"], "N", "rows that a table on a terminal shows, 0 for all"),
        spec(Verb::NullValue, &["\\null", ".nullvalue"], "TEXT", "the text for null"),
        spec(Verb::Pset, &["\\pset"], "[NAME [VALUE]]", "all of these, the pager, the separator of csv"),
        spec(Verb::Timing, &["\\timing", ".timer"], "[on|off]", "the time of planning and of execution"),
    ]),
    ("Values", &[
        spec(Verb::Set, &["\\set"], "[NAME VALUE]", "a value that SQL names as $NAME; `collate vi`: the order of text"),
        spec(Verb::Unset, &["\\unset"], "NAME", "forgets it"),
        spec(Verb::Echo, &["\\echo", ".print"], "TEXT", "writes TEXT; :NAME stands for its value"),
    ]),
    ("The shell", &[
        spec(Verb::Connect, &["\\c", ".open"], "DIR", "goes to another workspace"),
        spec(Verb::Cd, &["\\cd", ".cd"], "[DIR]", "goes to another folder"),
        spec(Verb::Refresh, &["\\refresh"], "", "reads the names of tables and queries again"),
        spec(Verb::Shell, &["\\!", ".shell"], "[COMMAND]", "runs a command of the system"),
        spec(Verb::ErrVerbose, &["\\errverbose"], "", "the last error with all that the engine said"),
        spec(Verb::Help, &["\\?", ".help", "help"], "", "this list"),
        spec(Verb::Quit, &["\\q", ".quit", ".exit", "quit", "exit"], "", "leaves, as does Ctrl-D"),
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
pub fn help(color: bool) -> String {
    /// Columns before the meaning.
    const BEFORE: usize = 32;
    let mut page = String::new();
    for (group, specs) in GROUPS {
        page.push_str(&format!("{}\n", Role::Heading.paint(group, color)));
        for spec in specs {
            let called = format!("  {} {}", spec.names[0], spec.args);
            let called = called.trim_end();
            match text::width(called) < BEFORE {
                true => page.push_str(&format!("{called:<BEFORE$}{}", spec.says)),
                false => page.push_str(&format!("{called}\n{:<BEFORE$}{}", "", spec.says)),
            }
            if spec.names.len() > 1 {
                let others = spec.names[1..].join(", ");
                page.push_str(&Role::Dim.paint(&format!("  ({others})"), color));
            }
            page.push('\n');
        }
        page.push('\n');
    }
    page.push_str(
        "SQL ends with a semicolon. Tab completes names, Ctrl-R searches the history, the right arrow takes\n\
         what is offered from it, Ctrl-C stops a running statement.\n",
    );
    page
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
                let error = Error::usage(format!("there is no command `{}`", text::visible(name)));
                let bare = |name: &'static str| name.trim_start_matches(['\\', '.']);
                let wanted = name.trim_start_matches(['\\', '.']);
                let near = text::nearest(
                    wanted,
                    names().map(bare).filter(|name| name.len() > 1 || wanted.len() == 1),
                );
                let near = near.and_then(|near| names().find(|name| bare(name) == near));
                Err(match near {
                    Some(near) => error.hint(format!("did you mean `{near}`?")),
                    None => error.hint("`\\?` lists them"),
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
                Err(Error::usage(format!("`{}` is for the shell: here is nothing to edit", self.name)))
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
        shell_words::split(rest).map_err(|_| Error::usage(format!("`{}`: a quote is not closed", self.name)))
    }

    /// The error for arguments that it does not take.
    pub(super) fn misused(&self) -> Error {
        let usage = format!("{} {}", self.spec.names[0], self.spec.args);
        Error::usage(format!("`{}` is used as `{}`", self.name, usage.trim_end()))
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
        let page = help(false);
        for name in names() {
            assert!(seen.insert(name), "{name}");
            assert!(page.contains(name), "{name}");
        }
        assert!(page.lines().all(|line| text::width(line) <= 110), "{page}");
    }
}
