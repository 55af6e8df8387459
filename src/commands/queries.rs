//! `tongket queries`: the saved queries, and what one of them is.

use crate::error::Result;
use crate::run::Session;

/// Lists the saved queries by topic; with a name, shows its parameters, columns and text
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of a saved query, or path of any .sql file
    name: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// There is no such query, or a file does not parse.
pub async fn run(session: &mut Session, args: &Args) -> Result<()> {
    match &args.name {
        Some(name) => session.describe_query(name).await,
        None => {
            let mut delivery = session.deliver(&session.config.output)?;
            let listed = session.list_queries(&mut delivery);
            delivery.finish().and(listed)
        }
    }
}
