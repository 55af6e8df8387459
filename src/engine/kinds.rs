//! The kinds of statements that SQL has here. What the parser can read and the engine cannot plan is
//! refused by its name, before anything looks at it.

use datafusion::sql::parser::Statement as Parsed;
use datafusion::sql::sqlparser::ast::{ObjectType, SetExpr, Statement as Sql};

use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;

/// Refuses a statement of a kind that nothing here plans. All kinds are named: one that the parser
/// learns does not compile.
///
/// # Errors
/// There is no such statement here.
pub(super) fn check(parsed: &Parsed) -> Result<()> {
    match parsed {
        Parsed::Statement(sql) => check_sql(sql),
        Parsed::Explain(explain) => check(&explain.statement),
        // Planned, and judged by the plan.
        Parsed::CreateExternalTable(_) | Parsed::CopyTo(_) | Parsed::Reset(_) => Ok(()),
    }
}

fn check_sql(sql: &Sql) -> Result<()> {
    match sql {
        Sql::Drop { object_type: ObjectType::Table | ObjectType::View, .. } => Ok(()),
        Sql::Query(query) if changes(&query.body) => {
            Err(unsupported(say!("WITH before a statement that writes")))
        }
        Sql::StartTransaction { .. }
        | Sql::Commit { .. }
        | Sql::Rollback { .. }
        | Sql::Savepoint { .. }
        | Sql::ReleaseSavepoint { .. } => {
            Err(Error::usage(say!("there are no transactions: each statement stands alone")))
        }
        Sql::Prepare { statement, .. } | Sql::Explain { statement, .. } => check_sql(statement),
        // Planned, and judged by the plan.
        Sql::Set(_)
        | Sql::Truncate(_)
        | Sql::Query(_)
        | Sql::Insert(_)
        | Sql::Update(_)
        | Sql::Delete(_)
        | Sql::CreateView(_)
        | Sql::CreateTable(_)
        | Sql::ShowFunctions { .. }
        | Sql::ShowVariable { .. }
        | Sql::ShowCreate { .. }
        | Sql::ShowColumns { .. }
        | Sql::ShowTables { .. }
        | Sql::Deallocate { .. }
        | Sql::Execute { .. }
        | Sql::ExplainTable { .. }
        | Sql::Merge(_)
        | Sql::Reset(_) => Ok(()),
        Sql::Analyze(_)
        | Sql::Msck(_)
        | Sql::Install { .. }
        | Sql::Load { .. }
        | Sql::Directory { .. }
        | Sql::Case(_)
        | Sql::If(_)
        | Sql::While(_)
        | Sql::Raise(_)
        | Sql::Call(_)
        | Sql::Copy { .. }
        | Sql::CopyIntoSnowflake { .. }
        | Sql::Open(_)
        | Sql::Close { .. }
        | Sql::CreateVirtualTable { .. }
        | Sql::CreateRole(_)
        | Sql::CreateSecret { .. }
        | Sql::CreateServer(_)
        | Sql::CreatePolicy(_)
        | Sql::CreateConnector(_)
        | Sql::CreateOperator(_)
        | Sql::CreateOperatorFamily(_)
        | Sql::CreateOperatorClass(_)
        | Sql::AlterTable(_)
        | Sql::AlterSchema(_)
        | Sql::AlterIndex { .. }
        | Sql::AlterView { .. }
        | Sql::AlterFunction(_)
        | Sql::AlterType(_)
        | Sql::AlterCollation(_)
        | Sql::AlterOperator(_)
        | Sql::AlterOperatorFamily(_)
        | Sql::AlterOperatorClass(_)
        | Sql::AlterRole { .. }
        | Sql::AlterPolicy(_)
        | Sql::AlterConnector { .. }
        | Sql::AlterSession { .. }
        | Sql::AttachDatabase { .. }
        | Sql::AttachDuckDBDatabase { .. }
        | Sql::DetachDuckDBDatabase { .. }
        | Sql::DropDomain(_)
        | Sql::DropProcedure { .. }
        | Sql::DropSecret { .. }
        | Sql::DropPolicy(_)
        | Sql::DropConnector { .. }
        | Sql::Declare { .. }
        | Sql::CreateExtension(_)
        | Sql::CreateCollation(_)
        | Sql::DropExtension(_)
        | Sql::DropOperator(_)
        | Sql::DropOperatorFamily(_)
        | Sql::DropOperatorClass(_)
        | Sql::Fetch { .. }
        | Sql::Flush { .. }
        | Sql::Discard { .. }
        | Sql::ShowStatus { .. }
        | Sql::ShowVariables { .. }
        | Sql::ShowCatalogs { .. }
        | Sql::ShowDatabases { .. }
        | Sql::ShowProcessList { .. }
        | Sql::ShowSchemas { .. }
        | Sql::ShowCharset(_)
        | Sql::ShowObjects(_)
        | Sql::ShowViews { .. }
        | Sql::ShowCollation { .. }
        | Sql::Use(_)
        | Sql::Comment { .. }
        | Sql::CreateTrigger(_)
        | Sql::DropTrigger(_)
        | Sql::CreateProcedure { .. }
        | Sql::CreateMacro { .. }
        | Sql::CreateStage { .. }
        | Sql::Assert { .. }
        | Sql::Grant(_)
        | Sql::Deny(_)
        | Sql::Revoke(_)
        | Sql::Kill { .. }
        | Sql::Cache { .. }
        | Sql::UNCache { .. }
        | Sql::CreateSequence { .. }
        | Sql::CreateDomain(_)
        | Sql::CreateType { .. }
        | Sql::Pragma { .. }
        | Sql::Lock(_)
        | Sql::LockTables { .. }
        | Sql::UnlockTables
        | Sql::Unload { .. }
        | Sql::OptimizeTable { .. }
        | Sql::LISTEN { .. }
        | Sql::UNLISTEN { .. }
        | Sql::NOTIFY { .. }
        | Sql::LoadData { .. }
        | Sql::RenameTable(_)
        | Sql::List(_)
        | Sql::Remove(_)
        | Sql::RaisError { .. }
        | Sql::Throw(_)
        | Sql::Print(_)
        | Sql::WaitFor(_)
        | Sql::Return(_)
        | Sql::ExportData(_)
        | Sql::CreateUser(_)
        | Sql::AlterUser(_)
        | Sql::Vacuum(_)
        | Sql::CreateFunction(_)
        | Sql::DropFunction(_)
        | Sql::CreateIndex(_)
        | Sql::CreateSchema { .. }
        | Sql::CreateDatabase { .. }
        | Sql::Drop { .. } => Err(unsupported(Message::verbatim(name(sql)))),
    }
}

/// The error for a statement that SQL does not have here.
pub(super) fn unsupported(name: impl Into<Message>) -> Error {
    let name = name.into();
    Error::usage(say!("{name} is not supported", name))
        .hint(say!("SQL here can make views and tables for the session: CREATE VIEW, CREATE TABLE … AS"))
}

/// Whether it is no query that stands where one does.
fn changes(body: &SetExpr) -> bool {
    match body {
        SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => true,
        SetExpr::Select(_)
        | SetExpr::Query(_)
        | SetExpr::SetOperation { .. }
        | SetExpr::Values(_)
        | SetExpr::Table(_) => false,
    }
}

/// The words that a statement begins with.
fn name(sql: &Sql) -> String {
    /// Verbs that say little without what they are done to.
    const WITH_OBJECT: [&str; 4] = ["CREATE", "ALTER", "DROP", "SHOW"];
    let text = sql.to_string();
    let mut words = text.split_whitespace();
    let verb = words.next().unwrap_or_default().to_owned();
    match words.next().filter(|_| WITH_OBJECT.contains(&verb.as_str())) {
        Some(object) => format!("{verb} {object}"),
        None => verb,
    }
}
