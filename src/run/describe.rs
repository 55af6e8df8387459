//! What there is: the tables, and one table's columns, as results like any other.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow::record_batch::RecordBatch;

use super::{Delivery, Outcome, Session, headings, own};
use crate::contract::{self, Contract, Table};
use crate::error::{Error, Kind, Result};
use crate::language::{Language, Message};
use crate::query::Source;
use crate::query::words::{quoted, type_name};
use crate::say;

impl Session {
    /// Lists the tables, or those whose names have `part` in them: rows, bytes, period, meaning.
    ///
    /// A table that cannot be read does not hide the others; its error comes after the list.
    ///
    /// # Errors
    /// No folder of tables can be read, or some tables cannot.
    pub async fn list_tables(&mut self, part: Option<&str>, delivery: &mut Delivery) -> Result<()> {
        let contract = self.contract()?;
        let part = part.map(|part| part.trim_matches(['*', '%']).to_lowercase()).unwrap_or_default();
        let mut lines = Lines { language: delivery.language(&self.ui), ..Lines::default() };
        let mut faults = Vec::new();
        for (name, location) in self.in_order(&contract)?.into_iter().filter(|(name, _)| name.contains(&part))
        {
            match self.extent(&name).await {
                Ok(extent) => lines.push(name, Some(location.bytes()), extent, &contract),
                Err(error) if error.kind() == Kind::Interrupted => return Err(error),
                Err(error) => faults.push(error),
            }
        }
        for name in self.made_here().into_iter().filter(|name| name.contains(&part)) {
            match self.extent(&name).await {
                Ok(extent) => lines.push(name, None, extent, &contract),
                Err(error) => faults.push(error),
            }
        }
        let nothing = lines.names.is_empty() && faults.is_empty();
        if nothing && self.config.workspace.is_none() {
            return Err(crate::config::no_workspace(say!("the list of tables")));
        }
        let columns = lines.columns()?;
        self.show(columns, delivery)?;
        Error::many(faults).map_or(Ok(()), Err)
    }

    /// The stored tables in the order of the contract, the others after them by name.
    fn in_order(&self, contract: &Contract) -> Result<Vec<(String, crate::catalog::Location)>> {
        let mut tables: Vec<_> = self.engine.tables.stored()?.into_iter().collect();
        let place = |name: &str| contract.tables.iter().position(|table| table.name == name);
        let order = self.engine.collation();
        let place = |name: &str| place(name).unwrap_or(usize::MAX);
        tables.sort_by(|(left, _), (right, _)| {
            place(left).cmp(&place(right)).then_with(|| order.compare(left, right))
        });
        Ok(tables)
    }

    /// The names of the session's own views and tables, in the order of text.
    pub(super) fn made_here(&self) -> Vec<String> {
        let (mut names, order) = (self.engine.tables.made_here(), self.engine.collation());
        names.sort_by(|left, right| order.compare(left, right));
        names
    }

    /// Describes one table: columns, types, units, meaning.
    ///
    /// # Errors
    /// There is no such table, or it cannot be read.
    pub async fn describe_table(&mut self, name: &str, delivery: &mut Delivery) -> Result<()> {
        self.describe_columns(name, false, delivery).await
    }

    /// Describes the columns of a table; with `all`, each fact in a column of its own.
    pub(super) async fn describe_columns(
        &mut self,
        name: &str,
        all: bool,
        delivery: &mut Delivery,
    ) -> Result<()> {
        let contract = self.contract()?;
        let schema = self.schema_of(name).await?;
        let table = contract.table(name);
        if let Some(table) = table {
            let title = marked(table.title(self.ui.language).unwrap_or(name), contract.synthetic);
            let description = table.description(self.ui.language).unwrap_or_default();
            self.ui.note(Message::joined([title, Message::verbatim(description)], ": "));
        }
        let language = delivery.language(&self.ui);
        let columns = match delivery.is_for_reading() && !all {
            true => to_read(&schema, table, &contract, language),
            false => to_use(&schema, table, language),
        };
        self.show(columns, delivery)?;
        for rule in table.map(|table| rules(table, self.ui.language)).unwrap_or_default() {
            self.ui.note(rule);
        }
        Ok(())
    }

    /// The columns of a table or view.
    ///
    /// # Errors
    /// There is no such table, or it cannot be read.
    pub async fn schema_of(&mut self, name: &str) -> Result<SchemaRef> {
        let source = Source::new("table", format!("SELECT * FROM {}", quoted(name)));
        let job = own::job(&source)?;
        // The place would be in a statement that the user did not write.
        self.plan(job).await.map(|planned| planned.schema()).map_err(Error::without_place)
    }

    /// Rows of a table, and the first and last value of its first date column.
    pub(super) async fn extent(&mut self, name: &str) -> Result<Extent> {
        let schema = self.schema_of(name).await?;
        let date = schema.fields().iter().find(|field| matches!(field.data_type(), DataType::Date32));
        let period = match date {
            Some(field) => {
                let column = quoted(field.name());
                format!("CAST(min({column}) AS VARCHAR) AS first, CAST(max({column}) AS VARCHAR) AS last")
            }
            None => "CAST(NULL AS VARCHAR) AS first, CAST(NULL AS VARCHAR) AS last".to_owned(),
        };
        let sql = format!("SELECT CAST(count(*) AS VARCHAR), {period} FROM {}", quoted(name));
        let batches = own::collect(&self.engine, &Source::new(format!("table `{name}`"), sql)).await?;
        let cell = |column: usize| -> Option<String> {
            let batch = batches.first()?;
            let array = arrow::compute::cast(batch.column(column), &DataType::Utf8).ok()?;
            let array = array.as_any().downcast_ref::<StringArray>()?.clone();
            array.iter().next().flatten().map(str::to_owned)
        };
        Ok(Extent {
            rows: cell(0).and_then(|rows| rows.parse().ok()).unwrap_or(0),
            from: cell(1),
            to: cell(2),
        })
    }

    /// The contract of the workspace; an empty one without a workspace.
    ///
    /// # Errors
    /// Its file does not parse.
    pub fn contract(&self) -> Result<Contract> {
        match &self.config.workspace {
            Some(workspace) => Contract::read(&workspace.datasets()),
            None => Ok(Contract::default()),
        }
    }

    /// Whether rows of these tables are invented.
    pub fn is_synthetic(&self, tables: &[String]) -> bool {
        let contract = self.engine.contract();
        contract.synthetic && tables.iter().any(|name| contract.table(name).is_some())
    }

    /// Writes columns of the program's own as a result.
    ///
    /// # Errors
    /// The place cannot be written.
    pub fn show(&mut self, columns: Vec<(&str, ArrayRef)>, delivery: &mut Delivery) -> Result<()> {
        // A column of nothing is of use to programs, and in a reader's way.
        let to_read = delivery.is_for_reading();
        let columns = columns
            .into_iter()
            .filter(|(_, array)| !to_read || array.is_empty() || array.null_count() < array.len());
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, array)| (name, array, true)),
        )
        .map_err(|error| Error::data(Message::verbatim(error.to_string())))?;
        let wording = headings::wording(&batch, self.engine.contract(), self.ui.language);
        // What is listed here is to be read to its end.
        let before = delivery.show_all();
        let shown = delivery.begin(&batch.schema(), None, &wording, &mut self.ui).and_then(|mut result| {
            result.batch(&batch)?;
            result.finish()
        });
        delivery.show_as(before);
        self.tell(Outcome { shown: Some(shown?), took: None, scanned: 0, left: false });
        Ok(())
    }
}

/// A column of a description, made from each column of the table and what the contract says of it.
fn told(
    schema: &SchemaRef,
    table: Option<&Table>,
    tell: impl Fn(&Field, Option<&contract::Field>) -> Option<String>,
) -> ArrayRef {
    let fields = schema.fields().iter();
    let lines = fields.map(|field| tell(field, table.and_then(|table| table.field(field.name()))));
    Arc::new(lines.collect::<StringArray>())
}

/// The description of a table for programs: a fact a column.
fn to_use(schema: &SchemaRef, table: Option<&Table>, language: Language) -> Vec<(&'static str, ArrayRef)> {
    let nullable = schema.fields().iter().map(|field| Some(field.is_nullable())).collect::<BooleanArray>();
    vec![
        ("column", told(schema, table, |field, _| Some(field.name().clone()))),
        ("type", told(schema, table, |field, _| Some(type_name(field.data_type())))),
        ("nullable", Arc::new(nullable)),
        ("unit", told(schema, table, |_, says| says?.unit.clone())),
        ("measure", told(schema, table, |_, says| Some(says?.measure?.word().to_owned()))),
        ("values", told(schema, table, |_, says| codes(says?))),
        ("constraints", told(schema, table, |_, says| Some(constraints(table?, says?)?.text(language)))),
        ("meaning", told(schema, table, |_, says| says?.description(language).map(str::to_owned))),
    ]
}

/// The same for a reader, in as few columns as leave the meaning room.
fn to_read(
    schema: &SchemaRef,
    table: Option<&Table>,
    contract: &Contract,
    language: Language,
) -> Vec<(&'static str, ArrayRef)> {
    let unit = |says: &contract::Field| {
        let unit = contract.unit(says.unit.as_deref()?, language);
        let measure = says.measure.map(|measure| measure.message().text(language));
        Some(measure.map_or_else(|| unit.to_owned(), |measure| format!("{unit} ({measure})")))
    };
    let meaning = |says: &contract::Field| {
        let one_of = codes(says).map(|codes| say!("One of: {codes}.", codes));
        let must = table.and_then(|table| constraints(table, says)).map(|must| say!("Must be {must}.", must));
        let description = says.description(language).map(Message::verbatim);
        let parts: Vec<Message> = description.into_iter().chain(one_of).chain(must).collect();
        (!parts.is_empty()).then(|| Message::joined(parts, " ").text(language))
    };
    let null = |field: &Field| if field.is_nullable() { say!("yes") } else { say!("no") };
    vec![
        ("column", told(schema, table, |field, _| Some(field.name().clone()))),
        ("type", told(schema, table, |field, _| Some(type_name(field.data_type())))),
        ("null", told(schema, table, |field, _| Some(null(field).text(language)))),
        ("unit", told(schema, table, |_, says| unit(says?))),
        ("meaning", told(schema, table, |_, says| meaning(says?))),
    ]
}

/// The codes that a column may hold.
fn codes(says: &contract::Field) -> Option<String> {
    let codes: Vec<String> = says.categories.iter().map(|code| code.value().to_string()).collect();
    (!codes.is_empty()).then(|| codes.join(", "))
}

/// What the contract asks of a column's values beyond its codes: `given, unique, at least 0, in units`.
fn constraints(table: &Table, says: &contract::Field) -> Option<Message> {
    let limits = &says.constraints;
    let leads = table.schema.foreign_keys.iter().filter(|key| key.fields.0.contains(&says.name)).map(|key| {
        let other = &key.reference.resource;
        say!("in {table}", table = if other.is_empty() { &table.name } else { other })
    });
    let is_key = table.schema.primary_key.0.contains(&says.name);
    let is_alone = table.schema.primary_key.0 == [says.name.clone()];
    let parts = [
        (limits.required || is_key).then(|| say!("given")),
        (limits.unique || is_alone).then(|| say!("unique")),
        limits.minimum.as_ref().map(|limit| say!("at least {limit}", limit = says.written(limit))),
        limits.maximum.as_ref().map(|limit| say!("at most {limit}", limit = says.written(limit))),
        limits.exclusive_minimum.as_ref().map(|limit| say!("above {limit}", limit = says.written(limit))),
        limits.exclusive_maximum.as_ref().map(|limit| say!("below {limit}", limit = says.written(limit))),
        limits.min_length.map(|length| say!("at least {length} characters long", length)),
        limits.max_length.map(|length| say!("at most {length} characters long", length)),
        limits.pattern.as_ref().map(|pattern| say!("like `{pattern}`", pattern)),
    ];
    let parts: Vec<Message> = parts.into_iter().flatten().chain(leads).collect();
    (!parts.is_empty()).then(|| Message::joined(parts, ", "))
}

/// What the contract asks of whole rows, a sentence each.
fn rules(table: &Table, language: Language) -> Vec<Message> {
    let keys = std::iter::once(&table.schema.primary_key).chain(&table.schema.unique_keys);
    let keys = keys
        .filter(|key| key.0.len() > 1)
        .map(|key| say!("unique together: {columns}", columns = key.0.join(", ")));
    let rules = table.schema.rules.iter().map(|rule| {
        let title = language.of(rule.title.as_deref(), rule.title_vi.as_deref()).unwrap_or(&rule.expression);
        match rule.severity {
            contract::Severity::Warning => say!("{rule}: {title} (a warning)", rule = rule.name, title),
            _ => Message::verbatim(format!("{}: {title}", rule.name)),
        }
    });
    keys.chain(rules).collect()
}

/// A title that says where its rows are synthetic, as they do wherever they show.
fn marked(title: &str, synthetic: bool) -> Message {
    if synthetic { say!("{title} (synthetic)", title) } else { Message::verbatim(title) }
}

/// How much a table holds.
pub(super) struct Extent {
    pub(super) rows: i64,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
}

/// The lines of the list of tables, column by column.
#[derive(Default)]
struct Lines {
    language: Language,
    names: Vec<String>,
    rows: Vec<i64>,
    bytes: Vec<Option<i64>>,
    from: Vec<Option<String>>,
    to: Vec<Option<String>>,
    meaning: Vec<Option<String>>,
}

impl Lines {
    fn push(&mut self, name: String, bytes: Option<u64>, extent: Extent, contract: &Contract) {
        let title = contract.table(&name).and_then(|table| table.title(self.language));
        let marked = title.map(|title| marked(title, contract.synthetic).text(self.language));
        self.names.push(name);
        self.rows.push(extent.rows);
        self.bytes.push(bytes.and_then(|bytes| i64::try_from(bytes).ok()));
        self.from.push(extent.from);
        self.to.push(extent.to);
        self.meaning.push(marked);
    }

    fn columns(self) -> Result<Vec<(&'static str, ArrayRef)>> {
        let dates = |texts: Vec<Option<String>>| {
            arrow::compute::cast(&StringArray::from(texts), &DataType::Date32)
                .map_err(|error| Error::data(Message::verbatim(error.to_string())))
        };
        Ok(vec![
            ("table", Arc::new(StringArray::from(self.names))),
            ("rows", Arc::new(Int64Array::from(self.rows))),
            ("bytes", Arc::new(Int64Array::from(self.bytes))),
            ("from", dates(self.from)?),
            ("to", dates(self.to)?),
            ("meaning", Arc::new(StringArray::from(self.meaning))),
        ])
    }
}
