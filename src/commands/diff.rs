//! `tongket diff`: two results compared.

use crate::diff::{self, Asked};
use crate::error::{Error, Result};
use crate::query::params::Given;
use crate::query::value::{self, ParamType};
use crate::run::Session;
use crate::say;
use crate::ui::text;

/// Compares two results by key, row by row and cell by cell
///
/// A and B are each a file of data, a table or a saved query. One line a change: the key, `added`
/// (in B alone), `removed` (in A alone) or `changed` with the column and both values, and for numbers
/// the difference B - A; in the order of the key. Null is the same as null, 1.50 as 1.5. The exit
/// code is 3 where something differs.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tongket diff loans/by-channel loans/by-channel --key channel --a as_of=2022-06-30 --b as_of=2022-12-31
  tongket diff yesterday.csv today.csv --key unit_id,month --ignore note
  tongket diff loans copy/datasets/loans.parquet
  tongket diff units/league units/league --key unit_id --ignore place --a year=2021 --b year=2022 -p measure=activities")]
pub struct Args {
    /// The first, what was: a file, a table or a saved query
    a: String,
    /// The second, what is
    b: String,
    /// Columns that tell a row from all others [default: the contract's key, where both are its table]
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    key: Vec<String>,
    /// Compare keys as texts, whatever their types
    #[arg(long)]
    key_as_text: bool,
    /// Columns that are not compared
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Numbers that differ by no more are the same
    #[arg(long, value_name = "X", value_parser = tolerance)]
    tolerance: Option<String>,
    /// Value of a parameter of both saved queries
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    param: Vec<Given>,
    /// Value of a parameter of A alone
    #[arg(long = "a", value_name = "NAME=VALUE")]
    for_a: Vec<Given>,
    /// Value of a parameter of B alone
    #[arg(long = "b", value_name = "NAME=VALUE")]
    for_b: Vec<Given>,
}

/// A number as SQL reads it.
fn tolerance(text: &str) -> Result<String> {
    match value::of_text(ParamType::Decimal, text) {
        Ok(_) if !text.starts_with('-') => Ok(text.to_owned()),
        Ok(_) => Err(Error::usage(say!("it cannot be below 0"))),
        Err(reason) => Err(Error::usage(reason)),
    }
}

/// Runs the command.
///
/// # Errors
/// Something differs; or what is asked for cannot be compared.
pub async fn run(session: &mut Session, args: &Args) -> Result<()> {
    let name = |name: &String| text::nfc(name).into_owned();
    let asked = Asked {
        names: [args.a.clone(), args.b.clone()],
        both: args.param.clone(),
        each: [args.for_a.clone(), args.for_b.clone()],
        key: args.key.iter().map(name).collect(),
        key_as_text: args.key_as_text,
        ignore: args.ignore.iter().map(name).collect(),
        tolerance: args.tolerance.clone(),
    };
    let mut delivery = session.deliver(&session.config.output)?;
    let compared = diff::run(session, &asked, &mut delivery).await?;
    delivery.finish()?;
    let words = compared.message();
    if !compared.is_same() {
        return Err(Error::findings(words));
    }
    session.ui.note(words);
    Ok(())
}
