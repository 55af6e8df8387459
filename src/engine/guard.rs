//! What SQL may do: read, and make views and tables for the session. Whatever else it plans needs
//! `--write`, and the stored tables are never its to change; under `--safe` it reads the workspace alone.
//!
//! The plan is judged, not the text, so there is no way of writing a statement that gets round it. Every
//! kind of statement and of plan is named here: one that the engine learns does not compile.

use std::path::Path;

use datafusion::common::TableReference;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::{DdlStatement, LogicalPlan, Statement as PlanStatement, WriteOp};

use super::{SCHEMA, kinds, unsound};
use crate::catalog::{self, Tables};
use crate::config::Access;
use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;

/// Refuses a plan that does more than it may.
///
/// # Errors
/// The statement would write where that is not allowed, would change a stored table, or is of a kind
/// that has no meaning here.
pub(super) fn check(plan: &LogicalPlan, access: Access, tables: &Tables) -> Result<()> {
    let mut verdict = Ok(());
    let walked = plan.apply_with_subqueries(|node| {
        verdict = check_node(node, access, tables).and_then(|()| unsound::check_node(node));
        Ok(if verdict.is_ok() { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    });
    match walked {
        Ok(_) => verdict,
        Err(error) => Err(super::diagnose::plain(&error)),
    }
}

fn check_node(node: &LogicalPlan, access: Access, tables: &Tables) -> Result<()> {
    let needs_write = |what: Message| match access {
        Access::Write => Ok(()),
        Access::Read => Err(Error::usage(say!("{what} writes, and this session only reads", what))
            .hint(say!("allow it with `--write`; to write a result to a file, `-o FILE` is enough"))),
        Access::Safe => Err(Error::usage(say!("{what} writes, and `--safe` only reads", what))),
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
            | DdlStatement::DropFunction(_) => Err(kinds::unsupported(Message::verbatim(statement.name()))),
        },
        LogicalPlan::Dml(statement) => {
            let what = match statement.op {
                WriteOp::Insert(_) => Message::verbatim("INSERT"),
                WriteOp::Delete => Message::verbatim("DELETE"),
                WriteOp::Update => Message::verbatim("UPDATE"),
                WriteOp::Ctas => Message::verbatim("CREATE TABLE"),
                WriteOp::Truncate => Message::verbatim("TRUNCATE"),
                WriteOp::MergeInto(_) => Message::verbatim("MERGE"),
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
        LogicalPlan::Statement(statement) => check_statement(statement, access),
        // What a table reads is looked at where it is opened, and in the finished plan.
        LogicalPlan::TableScan(_)
        | LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Aggregate(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Join(_)
        | LogicalPlan::Repartition(_)
        | LogicalPlan::Union(_)
        | LogicalPlan::EmptyRelation(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::Values(_)
        | LogicalPlan::Explain(_)
        | LogicalPlan::Analyze(_)
        | LogicalPlan::Extension(_)
        | LogicalPlan::Distinct(_)
        | LogicalPlan::DescribeTable(_)
        | LogicalPlan::Unnest(_)
        | LogicalPlan::RecursiveQuery(_) => Ok(()),
    }
}

/// Refuses settings that are not SQL's to change, and transactions, of which there are none.
fn check_statement(statement: &PlanStatement, access: Access) -> Result<()> {
    /// The limits of a session, and where it writes what does not fit into them.
    const LIMITS: &str = "datafusion.runtime.";
    /// What `--safe` leaves to SQL: how text is sorted, and in which zone a time is shown.
    const HARMLESS: [&str; 2] = ["tongket.collate", "datafusion.execution.time_zone"];
    let setting = |name: &str| {
        if name.starts_with(LIMITS) {
            let hint = say!("begin with `--memory-limit`, `--spill-limit` or `--timeout`");
            return Err(Error::usage(say!("`{name}` is not SQL's to change", name)).hint(hint));
        }
        match access == Access::Safe && !HARMLESS.contains(&name) {
            true => Err(Error::usage(say!("`{name}` cannot be changed under `--safe`", name))),
            false => Ok(()),
        }
    };
    match statement {
        PlanStatement::SetVariable(set) => setting(&set.variable),
        PlanStatement::ResetVariable(reset) => setting(&reset.variable),
        // What is prepared is part of the plan, and judged with it.
        PlanStatement::Prepare(_) | PlanStatement::Execute(_) | PlanStatement::Deallocate(_) => Ok(()),
        PlanStatement::TransactionStart(_) | PlanStatement::TransactionEnd(_) => {
            Err(Error::usage(say!("there are no transactions: each statement stands alone")))
        }
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
