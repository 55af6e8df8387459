//! The command line: what was typed, turned into a [`Config`](crate::config::Config) and handed to a command.

mod bug;
mod defaults;
mod global;
mod slip;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use self::global::Global;

#[cfg(feature = "cluster")]
use crate::commands::cluster;
use crate::commands::sql::Script;
use crate::commands::{
    check, compact, completions, diff, import, init, man, queries, report, run, sample, sql, tables, verify,
    why,
};
use crate::config::file::Settings;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::run::Session;
use crate::say;
use crate::shell;
use crate::ui::{Color, Ui, interrupt, theme};

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
  tongket check                                       are the rows valid, do published figures hold?
  tongket report -o report.html                       the year's report as a page
  tongket why figures/f05                             the rows that a figure is made of
  tongket import bao-cao.xlsx --table activities      a spreadsheet into a table
  tongket verify channels.csv                         whether an export comes out the same
  tongket diff old.csv new.csv --key unit_id          what changed between two results
  tongket run units/league --format chart             one of them as a chart (-o x.svg, -o x.png)
  tongket -c '\\d units'                               a command of the shell; '\\?' lists them

Files: config.toml (your defaults) and tongketrc (commands that the shell begins with) in
$XDG_CONFIG_HOME/tongket, the history in $XDG_STATE_HOME/tongket.

Environment: TONGKET_PAGER or PAGER, TONGKET_CHROMIUM, VISUAL or EDITOR, NO_COLOR, COLUMNS, LINES.

Exit codes: 0 done; 1 a query or a data file failed; 2 the command line or a parameter is wrong;
3 something was found: a rule or a published figure that does not hold, rows put aside, a
result that is another; 70 a fault of tongket itself; 130 interrupted.";

#[derive(Debug, Subcommand)]
enum Sub {
    Run(run::Args),
    Queries(queries::Args),
    Report(report::Args),
    Tables(tables::Args),
    Check(check::Args),
    Diff(diff::Args),
    Verify(verify::Args),
    Import(import::Args),
    Compact(compact::Args),
    Why(why::Args),
    Sample(sample::Args),
    Init(init::Args),
    #[cfg(feature = "cluster")]
    Cluster(cluster::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Runs a command line to its end and gives the exit code; everything that is said is said here.
pub async fn main(args: impl IntoIterator<Item = OsString>) -> u8 {
    bug::listen();
    // What it holds of the terminal is given back before anything is said.
    match bug::caught(run_to_end(args)).await {
        Ok(code) => code,
        Err(error) => finish(&mut plain_ui(), Err(error)),
    }
}

async fn run_to_end(args: impl IntoIterator<Item = OsString>) -> u8 {
    if let Err(error) = interrupt::listen() {
        return finish(&mut plain_ui(), Err(error));
    }
    // Help, the version and a slip need no settings, and are the same with wrong ones.
    let args: Vec<OsString> = args.into_iter().collect();
    let mut matches = match Cli::command().try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => return usage(&error, &args),
    };
    let settings = match matches.get_flag("no_rc") {
        true => Ok(Settings::default()),
        false => Settings::read(),
    };
    let settings = settings.and_then(|settings| {
        if !settings.flags.is_empty() {
            let command = defaults::of(&Cli::command(), &settings)?;
            matches = command.try_get_matches_from(&args).map_err(|error| slip::told(&error))?;
        }
        Ok(settings)
    });
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => return finish(&mut plain_ui(), Err(error)),
    };
    let mut cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, &args),
    };
    cli.global.yield_to_names(&matches);
    theme::choose(settings.colors);
    let ui = cli.ui().with_pager(settings.shell.pager.clone(), cli.global.safe);
    dispatch(cli, &matches, ui, settings.shell).await
}

impl Cli {
    /// The streams, as the command line wants them.
    fn ui(&self) -> Ui {
        let language = self.global.language().unwrap_or_default();
        Ui::process(self.global.color, self.global.quiet).in_language(language)
    }
}

/// The streams before it is known how they are wanted.
fn plain_ui() -> Ui {
    Ui::process(Color::Auto, false).in_language(Language::of_environment().unwrap_or_default())
}

/// Help and version go to standard output, faults of the command line to standard error.
fn usage(error: &clap::Error, args: &[OsString]) -> u8 {
    if error.use_stderr() {
        let mut ui = Ui::process(Color::Auto, false).in_language(slip::language(args));
        return finish(&mut ui, Err(slip::told(error)));
    }
    // A closed pipe is a normal end here too.
    let _ = error.print();
    0
}

async fn dispatch(cli: Cli, matches: &clap::ArgMatches, mut ui: Ui, settings: crate::config::Shell) -> u8 {
    let scripts = in_order(&cli, matches);
    let result = match &cli.subcommand {
        Some(Sub::Completions(_) | Sub::Man(_) | Sub::Init(_)) if cli.global.output.is_some() => {
            Err(Error::usage(say!("`-o` is for results, and this command has none"))
                .hint(say!("its text goes to standard output: COMMAND > FILE")))
        }
        Some(sub) if cli.global.provenance && !matches!(sub, Sub::Run(_)) => {
            let message = say!("`--provenance` is for `tongket run` and for SQL by -c, -f or standard input");
            Err(Error::usage(message))
        }
        Some(Sub::Import(_) | Sub::Compact(_)) if cli.global.engine.is_some() => {
            Err(Error::usage(say!("`--engine` is for statements: tables are written by this process alone"))
                .hint(say!("leave it out")))
        }
        Some(_) if !scripts.is_empty() => {
            Err(Error::usage(say!("-c and -f are for SQL alone, and a command was given too")))
        }
        Some(Sub::Completions(args)) => completions::run(&mut ui, args, Cli::command()),
        Some(Sub::Man(_)) => man::run(&mut ui, Cli::command()),
        Some(Sub::Init(args)) => init::run(&mut ui, args, cli.global.dir()).await,
        #[cfg(feature = "cluster")]
        Some(Sub::Cluster(args)) => {
            let tls = cli.global.tls.as_deref();
            cluster::run(&mut ui, args, cli.global.memory_limit, tls).await
        }
        Some(Sub::Sample(args)) => {
            sample::run(&mut ui, args, cli.global.output.as_deref(), cli.global.force).await
        }
        _ => {
            let bare = matches!(cli.subcommand, Some(Sub::Import(_)));
            return match cli.global.config(settings, bare).map(|config| Session::new(config, ui)) {
                Ok(Ok(mut session)) => {
                    let result = with_session(&mut session, &cli, scripts).await;
                    finish(&mut session.ui, result)
                }
                Ok(Err(error)) | Err(error) => {
                    let mut ui = cli.ui();
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
        Some(Sub::Report(args)) => report::run(session, args).await,
        Some(Sub::Tables(args)) => tables::run(session, args).await,
        Some(Sub::Check(args)) => check::run(session, args).await,
        Some(Sub::Diff(args)) => diff::run(session, args).await,
        Some(Sub::Verify(args)) => verify::run(session, args, cli.global.dir().is_some()).await,
        Some(Sub::Import(args)) => import::run(session, args, &cli.global.bare_tables()).await,
        Some(Sub::Compact(args)) => compact::run(session, args).await,
        Some(Sub::Why(args)) => why::run(session, args).await,
        _ if !scripts.is_empty() => sql::run(session, &scripts).await,
        _ if session.ui.terminal.stdin && session.config.provenance => {
            Err(Error::usage(say!("`--provenance` is for what can be run again, and a shell cannot"))
                .hint(say!("give the SQL by -c or -f")))
        }
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
}
