//! `tongket run`: a saved query, or all of them into a folder.

use std::path::Path;

use crate::config::Output;
use crate::error::{Error, Result};
use crate::language::Message;
use crate::output::Format;
use crate::provenance::record::{Parameter, Text};
use crate::provenance::{Proof, Proofs, Ran};
use crate::query::params::Given;
use crate::query::{Library, SavedQuery};
use crate::run::{Outcome, Session, in_order};
use crate::{many, say, storage};

/// Runs a saved query
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tongket run loans/by-channel
  tongket run units/league -p measure=benefit_vnd -o league.csv
  tongket run loans/by-channel -o channels.csv --provenance
  tongket run ~/my-query.sql -p from=2022-03-01 -p to=2022-03-31
  tongket run --all -o out/
  tongket run --all -o year.xlsx")]
pub struct Args {
    /// Name of a saved query, or path of any .sql file
    #[arg(value_name = "NAME|FILE.sql", required_unless_present = "all")]
    name: Option<String>,
    /// Value of a parameter; repeat it for another, or for one that takes several values
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    param: Vec<Given>,
    /// Run every saved query with its defaults and write each to a file in the folder -o, or to a
    /// sheet of the workbook -o
    #[arg(long, conflicts_with_all = ["name", "param"], requires = "output")]
    all: bool,
}

/// Runs the command.
///
/// # Errors
/// The query fails, or with `--all`, some of them do.
pub async fn run(session: &mut Session, args: &Args) -> Result<()> {
    if args.all {
        return if is_workbook(&session.config.output) {
            workbook(session).await
        } else {
            run_all(session).await
        };
    }
    let query = session.find(args.name.as_deref().unwrap_or_default())?;
    if session.config.year.is_some() && query.header.year.is_none() {
        return Err(Error::usage(say!("query `{query}` is the same in every year", query = query.name))
            .hint(say!("leave out `--year`")));
    }
    let ran = run_one(session, &query, &args.param).await;
    let profiled = session.write_profile();
    ran.and(profiled)
}

async fn run_one(session: &mut Session, query: &SavedQuery, given: &[Given]) -> Result<()> {
    let output = session.config.output.clone();
    let outcome = write_one(session, query, given, &output, &mut Proofs::default()).await?;
    session.tell(outcome);
    Ok(())
}

/// Writes the result of a saved query, and its record where one is asked for.
async fn write_one(
    session: &mut Session,
    query: &SavedQuery,
    given: &[Given],
    output: &Output,
    proofs: &mut Proofs,
) -> Result<Outcome> {
    let mut delivery = session.deliver(output)?;
    let Some(proof) = Proof::begin(session, output)? else {
        let outcome = session.saved(query, given, &mut delivery).await?;
        return delivery.finish().map(|()| outcome);
    };
    let bindings = session.bind(query, given).await?;
    let parameters = Parameter::all(query, given, &bindings);
    let outcome = session.bound(query, bindings, &mut delivery).await?;
    let ran = Ran::Query(Text::new(&query.name, &query.source));
    proofs.finish(session, proof, ran, parameters, delivery).await.map(|()| outcome)
}

/// Whether all saved queries go to one workbook, rather than to a folder.
fn is_workbook(output: &Output) -> bool {
    let names = |path: &Path| {
        !storage::is_dir(path) && Format::of_path(path).is_ok_and(|format| format == Format::Xlsx)
    };
    output.path.as_deref().is_some_and(names) && output.format.is_none_or(|format| format == Format::Xlsx)
}

/// Writes the saved queries to a workbook, a sheet each. Where one fails there is none, and all that
/// fail are reported.
async fn workbook(session: &mut Session) -> Result<()> {
    if session.config.provenance {
        return Err(Error::usage(say!(
            "`--provenance` tells of one saved query, and the workbook holds all"
        ))
        .hint(say!("write a workbook of each to a folder: `run --all -o out/ --format xlsx --provenance`")));
    }
    let library = Library::open(session.workspace(Message::verbatim("`run --all`"))?)?;
    let output = session.config.output.clone();
    let mut delivery = session.deliver(&output)?;
    let (contract, language) = (session.engine.contract(), session.ui.language);
    let title = language.of(contract.title.as_deref(), contract.title_vi.as_deref()).map(str::to_owned);
    delivery.book().list_contents(title, language);
    let (queries, mut faults) = in_order(&library, session.engine.collation());
    let mut sheets = 0;
    for query in queries {
        let name = query.name.clone();
        let ran = match session.in_year(query) {
            Ok(query) => session.saved(&query, &[], &mut delivery).await,
            Err(error) => Err(error),
        };
        match ran {
            Ok(_) => sheets += 1,
            Err(error) if error.kind() == crate::error::Kind::Interrupted => return Err(error),
            Err(error) => faults.push(error.context(Message::verbatim(format!("`{name}`")))),
        }
    }
    let profiled = session.write_profile();
    if let Some(error) = Error::many(faults) {
        return Err(error);
    }
    delivery.finish()?;
    let path = output.path.unwrap_or_default();
    session.ui.note(many!(
        sheets,
        "{n} sheet written to `{path}`",
        "{n} sheets written to `{path}`",
        path = path.display()
    ));
    profiled
}

/// Writes each saved query to a file of its name. One that fails leaves no file, is reported, and
/// does not keep the others from being written.
async fn run_all(session: &mut Session) -> Result<()> {
    let library = Library::open(session.workspace(Message::verbatim("`run --all`"))?)?;
    let output = session.config.output.clone();
    let folder = output.path.clone().unwrap_or_default();
    let format = output.format.unwrap_or(Format::Csv);
    let (mut written, mut faults) = (0, Vec::new());
    if session.engine.tables.holds(&folder) {
        return Err(crate::catalog::stored(&folder));
    }
    // Every place is tried before the first query runs.
    storage::make_folder(&folder).map_err(|error| Error::making_folder(&folder, &error))?;
    let mut work = Vec::new();
    for name in library.names() {
        let path = folder.join(format!("{name}.{}", format.ending()));
        let inner = path.parent().unwrap_or(Path::new("."));
        storage::make_folder(inner).map_err(|error| Error::making_folder(inner, &error))?;
        let output = Output { path: Some(path), format: Some(format), ..output.clone() };
        // Opened and given up again: what cannot be written is known before the first query runs.
        session.deliver(&output)?;
        Proof::begin(session, &output)?;
        work.push((name, output));
    }
    let mut proofs = Proofs::default();
    for (name, output) in work {
        let ran = match session.find(name) {
            Ok(query) => write_one(session, &query, &[], &output, &mut proofs).await,
            Err(error) => Err(error),
        };
        match ran {
            Ok(_) => written += 1,
            Err(error) if error.kind() == crate::error::Kind::Interrupted => return Err(error),
            Err(error) => faults.push(error.context(Message::verbatim(format!("`{name}`")))),
        }
    }
    let folder = folder.display();
    session.ui.note(many!(
        written,
        "{n} file written to `{folder}`",
        "{n} files written to `{folder}`",
        folder
    ));
    match Error::many(faults) {
        Some(error) => Err(error),
        None => session.write_profile(),
    }
}
