//! Commands that show what there is.

use super::Console;
use super::commands::{self, Command, Verb};
use crate::error::Result;

impl Console<'_> {
    pub(super) async fn look(&mut self, command: &Command, words: &[&str]) -> Result<()> {
        let (session, delivery) = (&mut self.session, &mut self.delivery);
        match (command.spec.verb, words) {
            (Verb::Help, []) => {
                let page = commands::help(session.ui.terminal.color_out, session.ui.language);
                session.ui.page(&page)
            }
            (Verb::FunctionHelp | Verb::Functions, []) => session.list_functions(None, delivery),
            (Verb::FunctionHelp, [name]) => session.describe_function(name),
            (Verb::Functions, [part]) => session.list_functions(Some(part), delivery),
            (Verb::Describe | Verb::DescribeMore | Verb::Tables, []) => {
                session.list_tables(None, delivery).await
            }
            (Verb::Tables, [part]) => session.list_tables(Some(part), delivery).await,
            (Verb::Describe, [name]) => session.describe_table(name, delivery).await,
            (Verb::DescribeMore, [name]) => session.describe_table_more(name, delivery).await,
            (Verb::Views, []) => session.list_views(delivery).await,
            (Verb::Queries, []) => session.list_queries(delivery),
            (Verb::Queries, [name]) => session.describe_query(name).await,
            (Verb::Schema, []) => session.schemas(None).await,
            (Verb::Schema, [name]) => session.schemas(Some(name)).await,
            _ => Err(command.misused()),
        }
    }
}
