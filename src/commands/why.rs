//! `tongket why`: the rows that a figure is made of.

use arrow::array::Array;
use arrow::util::display::ArrayFormatter;

use crate::check::figures;
use crate::error::{Error, Result};
use crate::language::{Message, Piece};
use crate::query::params::Given;
use crate::run::Session;
use crate::run::own::numbers;
use crate::{many, say};

/// Shows the rows that a figure is made of, and what they come to
///
/// The figure is a saved query whose value is one sum or count over rows. The rows that add most come
/// first; rows that add nothing, because their value is not known, are counted.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tongket why figures/f05 --limit 10
  tongket why figures/f05 -o f05.csv")]
pub struct Args {
    /// Name of a saved query, or path of any .sql file
    #[arg(value_name = "FIGURE")]
    name: String,
    /// Give only the first N rows
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Value of a parameter; repeat it for another
    #[arg(short, long = "param", value_name = "NAME=VALUE")]
    param: Vec<Given>,
}

/// Runs the command.
///
/// # Errors
/// There is no such query, it is not one aggregate over rows, it fails, or the place cannot be written.
pub async fn run(session: &mut Session, args: &Args) -> Result<()> {
    let query = session.find(&args.name)?;
    let mut delivery = session.deliver(&session.config.output)?;
    let in_query = |error: Error| error.context(Message::verbatim(format!("`{}`", query.name)));
    let (outcome, sum) =
        session.rows_behind(&query, &args.param, args.limit, &mut delivery).await.map_err(in_query)?;
    delivery.finish()?;
    session.tell(outcome);
    let Some(batch) = sum.iter().find(|batch| batch.num_rows() == 1) else { return Ok(()) };
    let counts = numbers(&sum);
    let (rows, known) = (counts.first().copied().unwrap_or(0), counts.get(1).copied().unwrap_or(0));
    let value = match batch.column(2) {
        column if column.is_null(0) => say!("nothing"),
        column => ArrayFormatter::try_new(column, &Default::default())
            .map(|column| Message::number(column.value(0)))
            .map_err(|error| Error::data(Message::verbatim(error.to_string())))?,
    };
    let come_to = match batch.schema().field(2).name().as_str() {
        "different" => {
            many!(
                known,
                "{n} row have {value} different values",
                "{n} rows have {value} different values",
                value
            )
        }
        _ => many!(known, "{n} row come to {value}", "{n} rows come to {value}", value),
    };
    session.ui.note(match rows - known.min(rows) {
        0 => come_to,
        unknown => {
            let unknown = Piece::Count(unknown);
            say!("{come_to}; {unknown} more have no known value", come_to, unknown)
        }
    });
    // What was published is held against the defaults that the query was saved with.
    if args.param.is_empty()
        && session.config.year.is_none()
        && let Some(figure) = figures::check(session, &query).await?
    {
        session.ui.note(Message::joined([figure.sentence(), figure.verdict.message()], ": "));
    }
    Ok(())
}
