//! What SQL may do: read, and make views and tables for the session. Whatever else it plans needs
//! `--write`, and the stored tables are never its to change.
//!
//! The plan is judged, not the text, so there is no way of writing a statement that gets round it.

use std::path::Path;

use datafusion::common::TableReference;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::{DdlStatement, LogicalPlan, WriteOp};

use super::SCHEMA;
use crate::catalog::{self, Tables};
use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;

/// Refuses a plan that does more than it may.
///
/// # Errors
/// The statement would write and `write` is false, or would change a stored table, or is of a kind
/// that has no meaning here.
pub(super) fn check(plan: &LogicalPlan, write: bool, tables: &Tables) -> Result<()> {
    let mut verdict = Ok(());
    let walked = plan.apply_with_subqueries(|node| {
        verdict = check_node(node, write, tables);
        Ok(if verdict.is_ok() { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    });
    match walked {
        Ok(_) => verdict,
        Err(error) => Err(super::diagnose::plain(&error)),
    }
}

fn check_node(node: &LogicalPlan, write: bool, tables: &Tables) -> Result<()> {
    let needs_write = |what: Message| match write {
        true => Ok(()),
        false => Err(Error::usage(say!("{what} writes, and this session only reads", what))
            .hint(say!("allow it with `--write`; to write a result to a file, `-o FILE` is enough"))),
    };
    match node {
        LogicalPlan::Ddl(statement) => match statement {
            DdlStatement::CreateMemoryTable(made) => not_stored(&made.name, tables),
            DdlStatement::CreateView(made) => not_stored(&made.name, tables),
            DdlStatement::DropTable(dropped) => not_stored(&dropped.name, tables),
            DdlStatement::DropView(dropped) => not_stored(&dropped.name, tables),
            DdlStatement::CreateExternalTable(made) => {
                needs_write(Message::verbatim("CREATE EXTERNAL TABLE"))?;
                // INSERT would write there.
                made.locations.iter().try_for_each(|location| not_there(location, tables).map(drop))?;
                not_stored(&made.name, tables)
            }
            DdlStatement::CreateCatalogSchema(_)
            | DdlStatement::CreateCatalog(_)
            | DdlStatement::CreateIndex(_)
            | DdlStatement::DropCatalogSchema(_)
            | DdlStatement::CreateFunction(_)
            | DdlStatement::DropFunction(_) => {
                let name = statement.name();
                Err(Error::usage(say!("{name} is not supported", name)).hint(say!(
                    "SQL here can make views and tables for the session: CREATE VIEW, CREATE TABLE … AS"
                )))
            }
        },
        LogicalPlan::Dml(statement) => {
            let what = match statement.op {
                WriteOp::Insert(_) => Message::verbatim("INSERT"),
                WriteOp::Delete => Message::verbatim("DELETE"),
                WriteOp::Update => Message::verbatim("UPDATE"),
                WriteOp::Ctas => Message::verbatim("CREATE TABLE"),
                _ => say!("this statement"),
            };
            needs_write(what)?;
            not_stored(&statement.table_name, tables)
        }
        LogicalPlan::Copy(copy) => {
            needs_write(Message::verbatim("COPY … TO"))?;
            let target = not_there(&copy.output_url, tables)?;
            match target.exists() {
                true => Err(Error::data(say!("`{path}` exists already", path = target.display())).hint(
                    say!("choose another name; `-o FILE --force` replaces a file whole or not at all"),
                )),
                false => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Refuses to make, change or drop a stored table, or another of its name.
fn not_stored(table: &TableReference, tables: &Tables) -> Result<()> {
    let here = table.schema().is_none_or(|schema| schema == SCHEMA);
    if !here || !tables.is_stored(table.table()) {
        return Ok(());
    }
    let name = table.table();
    Err(Error::usage(say!("`{name}` is a stored table, and SQL never changes, replaces or drops one", name))
        .hint(say!("make a view or a table of another name: CREATE VIEW my_view AS SELECT …")))
}

/// The path that a statement writes to; refuses the stored tables, and URLs, for these have many
/// spellings of one place.
fn not_there<'a>(target: &'a str, tables: &Tables) -> Result<&'a Path> {
    if url::Url::parse(target).is_ok() {
        return Err(Error::usage(say!("`{target}` is a URL, and SQL writes to paths alone", target)));
    }
    let path = Path::new(target);
    if tables.holds(path) { Err(catalog::stored(path)) } else { Ok(path) }
}
