//! The command line: what was typed, turned into a [`Config`] and handed to a command.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::sql::Script;
use crate::commands::{completions, init, man, queries, run, sample, sql, tables};
use crate::config::file::{self, Settings};
use crate::config::{Config, NamedFile, Output, Workspace};
use crate::error::{Error, Result};
use crate::output::{Format, Style};
use crate::run::Session;
use crate::shell;
use crate::ui::{Color, Ui, interrupt, text, theme};

/// Ask a year's results: a shell, saved queries and exports over a folder of Parquet tables
///
/// The nearest folder that holds `datasets/` is the workspace: its Parquet files are the tables, the
/// .sql files in its `queries/` the saved queries. Without a command, `tongket` is an SQL shell; with
/// -c, -f or SQL on standard input it runs that and exits.
#[derive(Debug, Parser)]
#[command(name = "tongket", version, subcommand_negates_reqs = true, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    global: Global,
    /// Run SQL and exit; repeat it for more
    #[arg(short = 'c', long, value_name = "SQL", help_heading = "SQL", allow_hyphen_values = true)]
    command: Vec<String>,
    /// Run a file of SQL and exit, `-` for standard input; -c and -f run in the order given
    #[arg(short = 'f', long, value_name = "FILE", help_heading = "SQL")]
    file: Vec<PathBuf>,
    #[command(subcommand)]
    subcommand: Option<Sub>,
}

const EXAMPLES: &str = "\
Examples:
  tongket                                             the SQL shell
  tongket -c 'SELECT count(*) FROM activities'        one statement
  tongket -c \"SELECT * FROM 'some/file.csv' LIMIT 5\"  a file by its path
  tongket queries                                     the saved queries
  tongket run loans/by-channel -o channels.csv        one of them into a file
  tongket run --all -o out/                           all of them
  tongket run units/league --format chart             one of them as a chart (-o x.svg, -o x.png)
  tongket -c '\\d units'                               a command of the shell; '\\?' lists them

Files: config.toml (your defaults) and tongketrc (commands that the shell begins with) in
$XDG_CONFIG_HOME/tongket, the history in $XDG_STATE_HOME/tongket.

Environment: TONGKET_PAGER or PAGER, VISUAL or EDITOR, NO_COLOR, COLUMNS, LINES.

Exit codes: 0 done; 1 a query or a data file failed; 2 the command line or a parameter is wrong;
130 interrupted.";

/// What every command understands.
#[derive(Debug, Args)]
struct Global {
    /// Folder of the workspace [default: the nearest one upwards that holds datasets/]
    #[arg(short = 'C', long, value_name = "DIR", global = true, env = "TONGKET_DIR", value_parser = folder)]
    dir: Option<PathBuf>,
    /// Name a file or folder as a table (in lower case, as SQL reads names); repeat it for more
    #[arg(long, value_name = "NAME=PATH", global = true)]
    table: Vec<NamedFile>,
    /// Write the result to a file, in the format of its ending (or, for some commands, into a folder)
    #[arg(short, long, value_name = "FILE", global = true, help_heading = "Output")]
    output: Option<PathBuf>,
    /// Format of results [default: table on a terminal, csv elsewhere]
    #[arg(long, value_enum, global = true, help_heading = "Output")]
    format: Option<Format>,
    /// Short for --format csv
    #[arg(long, global = true, conflicts_with_all = ["format", "json"], help_heading = "Output")]
    csv: bool,
    /// Short for --format json
    #[arg(long, global = true, conflicts_with = "format", help_heading = "Output")]
    json: bool,
    /// Replace a file that exists
    #[arg(long, global = true, help_heading = "Output")]
    force: bool,
    /// Rows that a table on a terminal shows, 0 for all; files and pipes always get all
    #[arg(long, value_name = "N", default_value_t = 40, global = true, help_heading = "Output")]
    maxrows: usize,
    /// Text for null
    #[arg(long, value_name = "TEXT", global = true, help_heading = "Output")]
    null: Option<String>,
    /// Separator of CSV, one ASCII character, or `\t`
    #[arg(long, value_name = "CHAR", global = true, value_parser = delimiter, help_heading = "Output")]
    delimiter: Option<u8>,
    /// CSV for Excel: BOM, CRLF, `;`, decimal comma, formulas guarded, leading zeros kept
    #[arg(long, global = true, conflicts_with = "json", help_heading = "Output")]
    excel: bool,
    /// Say nothing but warnings and errors
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, global = true)]
    color: Color,
    /// Let SQL write files: INSERT, COPY … TO, CREATE EXTERNAL TABLE
    #[arg(long, global = true, help_heading = "SQL")]
    write: bool,
    /// Write the times and plans of all statements to a JSON file
    #[arg(long, value_name = "FILE.json", global = true, help_heading = "SQL")]
    profile: Option<PathBuf>,
    /// Leave out config.toml and tongketrc
    #[arg(short = 'X', long, global = true)]
    no_rc: bool,
}

#[derive(Debug, Subcommand)]
enum Sub {
    Run(run::Args),
    Queries(queries::Args),
    Tables(tables::Args),
    Sample(sample::Args),
    Init(init::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// A folder; an empty name, as in `TONGKET_DIR=`, is left to be found out.
#[expect(clippy::unnecessary_wraps, reason = "the form that clap asks of a parser")]
fn folder(text: &str) -> std::result::Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}

fn delimiter(text: &str) -> std::result::Result<u8, String> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(*byte),
        _ => Err("expected one ASCII character, not a quote or a line's end".to_owned()),
    }
}

impl Global {
    fn dir(&self) -> Option<&Path> {
        self.dir.as_deref().filter(|dir| !dir.as_os_str().is_empty())
    }

    fn format(&self) -> Option<Format> {
        if self.csv {
            Some(Format::Csv)
        } else if self.json {
            Some(Format::Json)
        } else {
            self.format
        }
    }

    /// A format, and what only CSV has, that nobody typed gives way to what the name of a file says.
    fn yield_to_names(&mut self, matches: &clap::ArgMatches) {
        let is_default = |id: &str| {
            let subs = std::iter::successors(Some(matches), |matches| Some(matches.subcommand()?.1));
            !subs
                .filter_map(|matches| matches.value_source(id))
                .any(|source| source == ValueSource::CommandLine)
        };
        if self.output.is_some() && is_default("format") {
            self.format = None;
        }
        let csv = match (&self.output, self.format()) {
            (_, Some(format)) => format == Format::Csv,
            (Some(path), None) => Format::of_path(path).is_ok_and(|format| format == Format::Csv),
            (None, None) => false,
        };
        if !csv {
            if is_default("delimiter") {
                self.delimiter = None;
            }
            self.excel &= !is_default("excel");
        }
    }

    fn config(&self, shell: crate::config::Shell) -> Result<Config> {
        let here = std::env::current_dir().unwrap_or_default();
        let style = Style {
            null: self.null.clone(),
            delimiter: self.delimiter,
            excel: self.excel,
            max_rows: self.maxrows,
            ..Style::default()
        };
        let output = Output {
            format: self.format(),
            path: self.output.clone().filter(|path| path != Path::new("-")),
            force: self.force,
            style,
        };
        Ok(Config {
            workspace: Workspace::find(self.dir(), &here)?,
            tables: named(&self.table)?,
            output,
            write: self.write,
            profile: self.profile.clone(),
            shell: crate::config::Shell { without_rc: self.no_rc, ..shell },
        })
    }
}

/// The files that have a name of their own, each name once.
fn named(files: &[NamedFile]) -> Result<Vec<NamedFile>> {
    for (i, file) in files.iter().enumerate() {
        if files[..i].iter().any(|other| other.name == file.name) {
            return Err(Error::usage(format!("`--table` gives the name `{}` twice", file.name)));
        }
    }
    Ok(files.to_vec())
}

/// Runs a command line to its end and gives the exit code; everything that is said is said here.
pub async fn main(args: impl IntoIterator<Item = OsString>) -> u8 {
    quiet_workers();
    if let Err(error) = interrupt::listen() {
        return finish(&mut Ui::process(Color::Auto, false), Err(error));
    }
    // Help, the version and a slip need no settings, and are the same with wrong ones.
    let args: Vec<OsString> = args.into_iter().collect();
    let mut matches = match Cli::command().try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => return usage(&error),
    };
    let settings = match matches.get_flag("no_rc") {
        true => Ok(Settings::default()),
        false => Settings::read(),
    };
    let settings = settings.and_then(|settings| {
        if !settings.flags.is_empty() {
            let command = with_defaults(&settings)?;
            matches = command.try_get_matches_from(&args).map_err(|error| Error::usage(error.to_string()))?;
        }
        Ok(settings)
    });
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => return finish(&mut Ui::process(Color::Auto, false), Err(error)),
    };
    let mut cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    cli.global.yield_to_names(&matches);
    theme::choose(settings.colors);
    let ui = Ui::process(cli.global.color, cli.global.quiet).with_pager(settings.shell.pager.clone());
    dispatch(cli, &matches, ui, settings.shell).await
}

/// The definition of the command line with the user's own defaults.
fn with_defaults(settings: &Settings) -> Result<clap::Command> {
    let plain = Cli::command();
    let mut command = plain.clone();
    for (name, values) in &settings.flags {
        // `csv` and `json` are short for a format; a file is named, and writing allowed, for one run.
        let flags = || {
            let shorthands = ["csv", "json", "output", "force", "profile", "write", "no-rc"];
            let globals = plain.get_arguments().filter(|arg| arg.is_global_set());
            globals.filter_map(clap::Arg::get_long).filter(move |long| !shorthands.contains(long))
        };
        let wrong = |what: &str| file::wrong(&settings.path, &format!("`{name}`: {what}"));
        if !flags().any(|long| long == name) {
            return Err(match text::nearest(name, flags()) {
                Some(near) => wrong("there is no such flag").hint(format!("did you mean `{near}`?")),
                None => wrong("there is no such flag").hint("`tongket --help` lists them"),
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
            false => return Err(wrong("it is true or false")),
        };
        if let Err(error) =
            plain.clone().try_get_matches_from(std::iter::once("tongket".to_owned()).chain(typed))
        {
            let words = error.to_string();
            return Err(wrong(words.lines().next().unwrap_or_default().trim_start_matches("error: ")));
        }
        command = command.mut_arg(id, |arg| arg.default_values(values.clone()));
    }
    Ok(command)
}

/// Help and version go to standard output, faults of the command line to standard error.
fn usage(error: &clap::Error) -> u8 {
    // A closed pipe is a normal end here too.
    let _ = error.print();
    if error.use_stderr() { 2 } else { 0 }
}

async fn dispatch(cli: Cli, matches: &clap::ArgMatches, mut ui: Ui, settings: crate::config::Shell) -> u8 {
    let scripts = in_order(&cli, matches);
    let result = match &cli.subcommand {
        Some(Sub::Completions(_) | Sub::Man(_) | Sub::Init(_)) if cli.global.output.is_some() => {
            Err(Error::usage("`-o` is for results, and this command has none")
                .hint("its text goes to standard output: COMMAND > FILE"))
        }
        Some(_) if !scripts.is_empty() => {
            Err(Error::usage("-c and -f are for SQL alone, and a command was given too"))
        }
        Some(Sub::Completions(args)) => completions::run(&mut ui, args, Cli::command()),
        Some(Sub::Man(_)) => man::run(&mut ui, Cli::command()),
        Some(Sub::Init(args)) => init::run(&mut ui, args, cli.global.dir()).await,
        Some(Sub::Sample(args)) => {
            sample::run(&mut ui, args, cli.global.output.as_deref(), cli.global.force).await
        }
        _ => {
            return match cli.global.config(settings).map(|config| Session::new(config, ui)) {
                Ok(Ok(mut session)) => {
                    let result = with_session(&mut session, &cli, scripts).await;
                    finish(&mut session.ui, result)
                }
                Ok(Err(error)) | Err(error) => {
                    let mut ui = Ui::process(cli.global.color, cli.global.quiet);
                    finish(&mut ui, Err(error))
                }
            };
        }
    };
    finish(&mut ui, result)
}

async fn with_session(session: &mut Session, cli: &Cli, scripts: Vec<Script>) -> Result<()> {
    match &cli.subcommand {
        Some(Sub::Run(args)) => run::run(session, args).await,
        Some(Sub::Queries(args)) => queries::run(session, args).await,
        Some(Sub::Tables(args)) => tables::run(session, args).await,
        _ if !scripts.is_empty() => sql::run(session, &scripts).await,
        _ if session.ui.terminal.stdin => shell::run(session).await,
        _ => sql::run(session, &[Script::File("-".into())]).await,
    }
}

/// Reports what went wrong, if anything, and gives the exit code.
fn finish(ui: &mut Ui, result: Result<()>) -> u8 {
    let result = result.and_then(|()| ui.flush());
    match result {
        Ok(()) => 0,
        Err(error) => {
            ui.error(&error);
            error.kind().exit_code()
        }
    }
}

/// -c and -f as they stood on the command line, one after the other.
fn in_order(cli: &Cli, matches: &clap::ArgMatches) -> Vec<Script> {
    let texts = cli.command.iter().cloned().map(Script::Text);
    let files = cli.file.iter().cloned().map(Script::File);
    let at = |id: &str| matches.indices_of(id).into_iter().flatten().collect::<Vec<_>>();
    let mut scripts: Vec<(usize, Script)> =
        at("command").into_iter().zip(texts).chain(at("file").into_iter().zip(files)).collect();
    scripts.sort_by_key(|(index, _)| *index);
    scripts.into_iter().map(|(_, script)| script).collect()
}

/// A panic on one of the engine's threads becomes an error of its statement, told like any other;
/// the standard report would come on top of that.
fn quiet_workers() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() == Some("main") {
            usual(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn scripts_keep_the_order_of_the_command_line() {
        let matches = Cli::command().get_matches_from(["tongket", "-c", "a", "-f", "b.sql", "-c", "d"]);
        let cli = Cli::from_arg_matches(&matches).expect("parses");
        let scripts = in_order(&cli, &matches);
        assert_eq!(
            scripts,
            [Script::Text("a".into()), Script::File("b.sql".into()), Script::Text("d".into())]
        );
    }

    #[test]
    fn a_delimiter_is_one_character() {
        assert_eq!(delimiter(";"), Ok(b';'));
        assert_eq!(delimiter("\\t"), Ok(b'\t'));
        assert!(delimiter("ab").is_err() && delimiter("\"").is_err() && delimiter("…").is_err());
    }
}
