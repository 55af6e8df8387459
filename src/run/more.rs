//! What else there is to say of tables and statements: where a table's rows are, its SQL, the views,
//! the columns of a statement that is not run.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::SchemaRef;
use datafusion::catalog::SchemaProvider as _;
use datafusion::logical_expr::TableType;

use super::{Delivery, Kept, Outcome, Session};
use crate::config::Workspace;
use crate::engine::{self, Job, Params, Wants};
use crate::error::{Error, Result};
use crate::language::collation::Collation;
use crate::language::{Message, Piece};
use crate::query::words::{quoted, type_name};
use crate::query::{Library, Source, Statement};
use crate::ui::{columns, interrupt, text};
use crate::{many, say};

impl Session {
    /// Lists the views of the session with the SQL that they stand for.
    ///
    /// # Errors
    /// The place cannot be written.
    pub async fn list_views(&mut self, delivery: &mut Delivery) -> Result<()> {
        let (mut names, mut definitions) = (Vec::new(), Vec::new());
        for name in self.made_here() {
            if let Ok(Some(table)) = self.engine.tables.table(&name).await
                && table.table_type() == TableType::View
            {
                definitions.push(table.get_table_definition().map(str::to_owned));
                names.push(name);
            }
        }
        self.show(
            vec![
                ("view", Arc::new(StringArray::from(names)) as ArrayRef),
                ("definition", Arc::new(StringArray::from(definitions))),
            ],
            delivery,
        )
    }

    /// Describes one table with all that is known of it.
    ///
    /// # Errors
    /// There is no such table, or it cannot be read.
    pub async fn describe_table_more(&mut self, name: &str, delivery: &mut Delivery) -> Result<()> {
        self.describe_columns(name, true, delivery).await?;
        let stored = self.engine.tables.stored()?.remove(name);
        let mut lines = Vec::new();
        if let Some(location) = stored {
            let extent = self.extent(name).await?;
            let files = location.files().len() as u64;
            lines.push(say!(
                "{path}: {files}, {rows} rows, {bytes} bytes",
                path = location.path().display(),
                files = many!(files, "{n} file", "{n} files"),
                rows = Piece::Count(u64::try_from(extent.rows).unwrap_or(0)),
                bytes = Piece::Count(location.bytes()),
            ));
            if let (Some(from), Some(to)) = (extent.from, extent.to) {
                lines.push(say!("from {from} to {to}", from = Message::date(from), to = Message::date(to)));
            }
        } else if let Ok(Some(table)) = self.engine.tables.table(name).await
            && let Some(definition) = table.get_table_definition()
        {
            lines.push(Message::verbatim(definition));
        }
        for line in lines {
            self.ui.note(line);
        }
        Ok(())
    }

    /// Writes tables as CREATE TABLE: one, or all.
    ///
    /// # Errors
    /// A table is not there or cannot be read.
    pub async fn schemas(&mut self, name: Option<&str>) -> Result<()> {
        let names = match name {
            Some(name) => vec![name.to_owned()],
            None => self.engine.tables.table_names(),
        };
        let mut page = String::new();
        for name in names {
            let schema = self.schema_of(&name).await?;
            let column = |field: &arrow::datatypes::FieldRef| {
                let null = if field.is_nullable() { "" } else { " NOT NULL" };
                format!("  {} {}{null}", bare(field.name()), type_name(field.data_type()))
            };
            let columns = schema.fields().iter().map(column).collect::<Vec<_>>().join(",\n");
            let _ = writeln!(page, "CREATE TABLE {} (\n{columns}\n);", bare(&name));
        }
        self.ui.page_data(&page)
    }

    /// Shows the columns of a statement without running it.
    ///
    /// # Errors
    /// It cannot be planned.
    pub async fn describe_statement(
        &mut self,
        source: &Source,
        statement: Statement,
        delivery: &mut Delivery,
    ) -> Result<()> {
        let params = Params::Variables(self.variables.clone());
        let job = Job { source: source.clone(), statement, params, advise: false, wants: Wants::Result };
        let schema: SchemaRef = self.plan(job).await?.schema();
        let fields = schema.fields();
        let names = fields.iter().map(|field| Some(field.name().clone())).collect::<StringArray>();
        let types = fields.iter().map(|field| Some(type_name(field.data_type()))).collect::<StringArray>();
        self.show(vec![("column", Arc::new(names) as ArrayRef), ("type", Arc::new(types))], delivery)
    }

    /// Shows a result that is there already.
    ///
    /// # Errors
    /// The place cannot be written.
    pub fn show_kept(&mut self, kept: &Kept, delivery: &mut Delivery) -> Result<()> {
        let mut result = delivery.begin(&kept.schema, kept.plot.as_ref(), &kept.wording, &mut self.ui)?;
        for batch in &kept.batches {
            result.batch(batch)?;
        }
        let shown = Some(result.finish()?);
        self.tell(Outcome { shown, took: None, scanned: 0, left: false });
        Ok(())
    }

    /// Goes to another workspace, or to none; the views and tables of the session do not come along.
    ///
    /// # Errors
    /// The engine cannot be set up.
    pub fn connect(&mut self, workspace: Option<Workspace>) -> Result<()> {
        let config = crate::config::Config { workspace, ..self.config.clone() };
        self.engine = engine::open(&config)?;
        self.config = config;
        Ok(())
    }

    /// Makes the paths that were given relative to this folder mean the same elsewhere; true where
    /// that cost the views and tables of the session.
    ///
    /// # Errors
    /// The engine cannot be set up.
    pub fn make_absolute(&mut self) -> Result<bool> {
        if !self.config.make_absolute() {
            return Ok(false);
        }
        let lost = !self.engine.tables.made_here().is_empty();
        self.engine = engine::open(&self.config)?;
        Ok(lost)
    }

    /// Sorts text in another order from now on.
    pub fn collate(&mut self, collation: Collation) {
        self.config.collate = collation;
        self.engine.collate(collation);
    }

    /// Where the session is, and what is there, in a line.
    pub fn place(&self) -> Message {
        let Some(workspace) = &self.config.workspace else {
            return say!("no workspace here: SQL over files works, FROM 'file.parquet'");
        };
        let tables = self.engine.tables.stored().map_or(0, |tables| tables.len());
        let queries = Library::open(workspace).map_or(0, |library| library.names().count());
        let synthetic = self.engine.contract().synthetic;
        let place = say!(
            "workspace `{path}`: {tables}, {queries}",
            path = workspace.root().display(),
            tables = many!(tables, "{n} table", "{n} tables"),
            queries = many!(queries, "{n} saved query", "{n} saved queries"),
        );
        if synthetic { say!("{place} (synthetic rows)", place) } else { place }
    }

    /// What somebody who is here for the first time finds and may begin with.
    pub fn welcome(&self) -> Vec<String> {
        let queries = self.config.workspace.as_ref().and_then(|workspace| Library::open(workspace).ok());
        let query =
            queries.as_ref().and_then(|library| library.names().find(|name| !name.starts_with("figures")));
        let table = self.engine.tables.stored().ok().and_then(|tables| tables.into_keys().next());
        let tries = [
            table.as_ref().map(|table| (format!("\\d {table}"), say!("what a table means"))),
            query.map(|name| (format!("\\run {name}"), say!("a question that was asked before"))),
            table.as_ref().map(|table| (format!("SELECT * FROM {table} LIMIT 5;"), say!("its first rows"))),
        ];
        let language = self.ui.language;
        let shown = |(what, why): (String, Message)| format!("  {what:<36} {}", why.text(language));
        let tries: Vec<String> = tries.into_iter().flatten().map(shown).collect();
        if tries.is_empty() {
            return tries;
        }
        let names =
            self.engine.tables.stored().map_or_else(|_| Vec::new(), |tables| tables.into_keys().collect());
        let tables = say!("Tables: {names}", names = names.join(", ")).text(language);
        let lines = text::wrapped(&tables, columns()).into_iter();
        lines.chain([say!("To begin with:").text(language)]).chain(tries).collect()
    }

    /// Writes the profile, where one was asked for.
    ///
    /// # Errors
    /// Its file cannot be written.
    pub fn write_profile(&mut self) -> Result<()> {
        self.profile.take().map_or(Ok(()), super::Profile::write)
    }

    /// Plans a job on the engine's threads.
    ///
    /// # Errors
    /// It cannot be planned, or the user pressed Ctrl-C.
    pub async fn plan(&self, job: Job) -> Result<engine::Planned> {
        let engine = self.engine.clone();
        let mut planning = self.engine.spawn(async move { engine.plan(&job).await });
        tokio::select! {
            planned = &mut planning => {
                planned.map_err(|_| Error::data(say!("the engine gave up on this statement")))?
            }
            () = interrupt::asked() => {
                self.engine.give_up(&planning);
                Err(Error::interrupted())
            }
        }
    }
}

/// A name as it is typed: quoted where SQL would read another.
fn bare(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if plain { name.to_owned() } else { quoted(name) }
}
