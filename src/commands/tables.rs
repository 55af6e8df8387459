//! `tongket tables`: the tables, and what one of them means.

use crate::error::Result;
use crate::run::Session;

/// Lists the tables with rows, bytes and period; with a name, its columns, types, units and meaning
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of a table
    name: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// There is no such table, or a file cannot be read; readable tables are listed all the same.
pub async fn run(session: &mut Session, args: &Args) -> Result<()> {
    let mut delivery = session.deliver(&session.config.output)?;
    let listed = match &args.name {
        Some(name) => session.describe_table(name, &mut delivery).await,
        None => session.list_tables(None, &mut delivery).await,
    };
    delivery.finish().and(listed)
}
