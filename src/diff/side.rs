//! The two results that are compared: found by name, planned, and given a name of their own.

use std::path::Path;

use arrow::datatypes::SchemaRef;
use datafusion::catalog::SchemaProvider as _;

use crate::catalog;
use crate::engine::{Job, Worded};
use crate::error::{Error, Result};
use crate::query::params::Given;
use crate::query::words::quoted;
use crate::query::{Library, SavedQuery, Source, library};
use crate::run::{Session, job_of, own};
use crate::say;
use crate::storage;
use crate::ui::text;

/// One of the two.
pub(super) struct Side {
    /// As it was named.
    pub(super) name: String,
    /// The view that it is in SQL.
    pub(super) view: &'static str,
    /// The table of the contract that it is, or seems to be by the name of its file.
    pub(super) table: Option<String>,
    /// Its columns.
    pub(super) schema: SchemaRef,
    /// What these are worded by.
    pub(super) worded: Option<Worded>,
}

/// What a name stands for.
pub(super) enum Found {
    /// A table, or a file or folder of data.
    Table(String),
    /// A saved query.
    Query(Box<SavedQuery>),
}

/// Finds what a name stands for.
///
/// # Errors
/// Nothing has it, or both a table and a saved query do.
pub(super) fn find(session: &Session, name: &str) -> Result<Found> {
    if library::is_file_name(name) {
        return session.find(name).map(|query| Found::Query(Box::new(query)));
    }
    let table = session.engine.tables.table_exist(name);
    let library = session.config.workspace.as_ref().map(Library::open).transpose()?;
    let query = library.is_some_and(|library| library.names().any(|known| known == name));
    match (table, query) {
        (true, true) => Err(Error::usage(say!("`{name}` is a table, and a saved query too", name))
            .hint(say!("the query is `queries/{name}.sql`, the table `datasets/{name}.parquet`", name))),
        (false, true) => session.find(name).map(|query| Found::Query(Box::new(query))),
        (true, false) => Ok(Found::Table(name.to_owned())),
        (false, false) if storage::exists(Path::new(name)) && catalog::is_path(name) => {
            Ok(Found::Table(name.to_owned()))
        }
        (false, false) => Err(nothing(session, name)),
    }
}

/// The error for a name that nothing has.
fn nothing(session: &Session, name: &str) -> Error {
    if let (true, Err(error)) = (Path::new(name).extension().is_some(), storage::look(Path::new(name))) {
        return Error::reading(Path::new(name), &error);
    }
    let error = Error::usage(say!("`{name}` is no file, no table and no saved query", name));
    let tables = session.engine.tables.table_names();
    let library = session.config.workspace.as_ref().and_then(|workspace| Library::open(workspace).ok());
    let names = tables.iter().map(String::as_str).chain(library.iter().flat_map(Library::names));
    match text::nearest(name, names) {
        Some(near) => error.hint(say!("did you mean `{near}`?", near)),
        None => error.hint(say!("`tongket tables` and `tongket queries` list what there is")),
    }
}

impl Found {
    /// Whether it asks for a value of that name.
    pub(super) fn takes(&self, param: &str) -> bool {
        matches!(self, Self::Query(query) if query.header.params.contains_key(param))
    }

    /// Plans it with the values given, as a view.
    ///
    /// # Errors
    /// A value is wrong, or it cannot be planned or gives no rows.
    pub(super) async fn open(
        self,
        session: &mut Session,
        view: &'static str,
        given: &[Given],
    ) -> Result<Side> {
        let (name, job, table) = match self {
            Self::Table(name) => {
                if let Some(given) = given.first() {
                    return Err(Error::usage(say!(
                        "`{name}` is a table and takes no parameter `{parameter}`",
                        name,
                        parameter = given.name
                    )));
                }
                let job: Job =
                    own::job(&Source::new(name.clone(), format!("SELECT * FROM {}", quoted(&name))))?;
                let stem = Path::new(&name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
                (name, job, stem)
            }
            Self::Query(query) => {
                let bindings = session.bind(&query, given).await?;
                (query.name.clone(), job_of(&query, bindings), None)
            }
        };
        let is_query = table.is_none();
        let planned = session.plan(job.clone()).await;
        let planned = if is_query { planned? } else { planned.map_err(Error::without_place)? };
        let schema = planned.schema();
        if !planned.has_result() {
            return Err(Error::usage(say!("`{name}` gives no rows to compare", name)));
        }
        let mut seen = std::collections::BTreeSet::new();
        if let Some(field) = schema.fields().iter().find(|field| !seen.insert(field.name())) {
            let column = field.name();
            return Err(Error::data(say!("two columns of `{name}` are called `{column}`", name, column)));
        }
        let worded = planned.worded(&job);
        session.engine.give_name(view, planned)?;
        Ok(Side { name, view, table, schema, worded })
    }
}
