//! What there is: the tables, one table's columns, the saved queries, as results like any other.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, StringArray};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::record_batch::RecordBatch;

use super::{Delivery, Outcome, Session};
use crate::contract::{Category, Contract, Measure};
use crate::error::{Error, Kind, Result};
use crate::query::header::{Header, Values};
use crate::query::params;
use crate::query::value::ParamType;
use crate::query::{Library, SavedQuery, Source};
use crate::ui::{Role, text};

impl Session {
    /// Lists the tables: rows, bytes, period, meaning.
    ///
    /// A table that cannot be read does not hide the others; its error comes after the list.
    ///
    /// # Errors
    /// No folder of tables can be read, or some tables cannot.
    pub async fn list_tables(&mut self, delivery: &mut Delivery) -> Result<()> {
        let contract = self.contract()?;
        let mut lines = Lines::default();
        let mut faults = Vec::new();
        for (name, location) in self.in_order(&contract)? {
            match self.extent(&name).await {
                Ok(extent) => lines.push(name, Some(location.bytes()), extent, &contract),
                Err(error) if error.kind() == Kind::Interrupted => return Err(error),
                Err(error) => faults.push(error),
            }
        }
        for name in self.engine.tables.made_here() {
            match self.extent(&name).await {
                Ok(extent) => lines.push(name, None, extent, &contract),
                Err(error) => faults.push(error),
            }
        }
        let nothing = lines.names.is_empty() && faults.is_empty();
        if nothing && self.config.workspace.is_none() {
            return Err(crate::config::no_workspace("the list of tables"));
        }
        self.show(lines.columns(), delivery)?;
        Error::many(faults).map_or(Ok(()), Err)
    }

    /// The stored tables in the order of the contract, the others after them by name.
    fn in_order(&self, contract: &Contract) -> Result<Vec<(String, crate::catalog::Location)>> {
        let mut tables: Vec<_> = self.engine.tables.stored()?.into_iter().collect();
        let place = |name: &str| contract.tables.iter().position(|table| table.name == name);
        tables.sort_by_key(|(name, _)| (place(name).unwrap_or(usize::MAX), name.clone()));
        Ok(tables)
    }

    /// Describes one table: columns, types, units, meaning.
    ///
    /// # Errors
    /// There is no such table, or it cannot be read.
    pub async fn describe_table(&mut self, name: &str, delivery: &mut Delivery) -> Result<()> {
        let contract = self.contract()?;
        let schema = self.schema_of(name).await?;
        let table = contract.table(name);
        if let Some(table) = table {
            let title = table.title.as_deref().unwrap_or(name);
            let synthetic = if contract.synthetic { " (synthetic)" } else { "" };
            self.ui
                .note(&format!("{title}{synthetic}: {}", table.description.as_deref().unwrap_or_default()));
        }
        let field = |name: &str| table.and_then(|table| table.field(name));
        let fields = schema.fields();
        let text = |of: &dyn Fn(&str) -> Option<String>| -> ArrayRef {
            Arc::new(fields.iter().map(|column| of(column.name())).collect::<StringArray>())
        };
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("column", text(&|name| Some(name.to_owned()))),
            (
                "type",
                Arc::new(
                    fields.iter().map(|field| Some(type_name(field.data_type()))).collect::<StringArray>(),
                ),
            ),
            (
                "nullable",
                Arc::new(fields.iter().map(|field| Some(field.is_nullable())).collect::<BooleanArray>()),
            ),
            ("unit", text(&|name| field(name)?.unit.clone())),
            ("measure", text(&|name| field(name)?.measure.map(|measure: Measure| measure.word().to_owned()))),
            (
                "values",
                text(&|name| {
                    let codes: Vec<&str> = field(name)?.categories.iter().map(Category::value).collect();
                    (!codes.is_empty()).then(|| codes.join(", "))
                }),
            ),
            ("meaning", text(&|name| field(name)?.description.clone())),
        ];
        self.show(columns, delivery)
    }

    /// The columns of a table or view.
    ///
    /// # Errors
    /// There is no such table, or it cannot be read.
    async fn schema_of(&mut self, name: &str) -> Result<SchemaRef> {
        let source = Source::new("table", format!("SELECT * FROM {}", quoted(name)));
        let job = self.job_of_text(&source)?;
        let engine = self.engine.clone();
        let planned = self.engine.spawn(async move { engine.plan(&job).await }).await;
        let planned = planned.map_err(|_| Error::data(format!("the engine gave up on table `{name}`")))?;
        // The place would be in a statement that the user did not write.
        planned.map(|planned| planned.schema()).map_err(Error::without_place)
    }

    /// Rows of a table, and the first and last value of its first date column.
    async fn extent(&mut self, name: &str) -> Result<Extent> {
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
        let batches = self.collect(&Source::new(format!("table `{name}`"), sql)).await?;
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

    /// Lists the saved queries by topic. One that does not parse does not hide the others.
    ///
    /// # Errors
    /// There is no workspace, or some files do not parse.
    pub fn list_queries(&mut self, delivery: &mut Delivery) -> Result<()> {
        let library = Library::open(self.workspace("the list of saved queries")?)?;
        let (mut queries, mut faults) = (Vec::new(), Vec::new());
        for name in library.names() {
            match library.find(name) {
                Ok(query) => queries.push(query),
                Err(error) => faults.push(error),
            }
        }
        queries.sort_by_key(|query| (topic(query), query.name.clone()));
        let text = |of: &dyn Fn(&SavedQuery) -> Option<String>| -> ArrayRef {
            Arc::new(queries.iter().map(of).collect::<StringArray>())
        };
        let columns = vec![
            ("query", text(&|query| Some(query.name.clone()))),
            ("topic", text(&|query| Some(topic(query)))),
            ("title", text(&|query| query.header.title.clone())),
            ("title_vi", text(&|query| query.header.title_vi.clone())),
            ("params", text(&|query| Some(signature(&query.header)))),
        ];
        self.show(columns, delivery)?;
        Error::many(faults).map_or(Ok(()), Err)
    }

    /// Describes one saved query: title, meaning, parameters, columns, text.
    ///
    /// # Errors
    /// There is no such query, or it cannot be planned.
    pub async fn describe_query(&mut self, name: &str) -> Result<()> {
        let query = self.find(name)?;
        let color = self.ui.terminal.color_out;
        let heading = |word: &str| Role::Heading.paint(word, color);
        let mut page = format!("{}\n", heading(query.header.title.as_deref().unwrap_or(&query.name)));
        for line in [&query.header.title_vi, &query.header.description, &query.header.description_vi]
            .into_iter()
            .flatten()
        {
            page.push_str(&format!("{}\n", text::visible(line)));
        }
        if let Some(published) = &query.header.published {
            page.push_str(&format!(
                "{}: “{}” ({})\n",
                heading("published"),
                text::visible(&published.text),
                text::visible(&published.source)
            ));
        }
        page.push_str(&format!("\n{}\n", heading("parameters")));
        if query.header.params.is_empty() {
            page.push_str("  none\n");
        }
        for (name, param) in &query.header.params {
            let mut line = format!("  {name}  {}", param.kind.word());
            if param.many {
                line.push_str(", many");
            }
            match &param.default {
                Some(default) => line.push_str(&format!(", default {}", plain(default))),
                None if param.optional => line.push_str(", optional"),
                None => line.push_str(", required"),
            }
            match &param.values {
                Some(Values::List(values)) => {
                    let values: Vec<String> = values.iter().map(plain).collect();
                    line.push_str(&format!(", one of {}", values.join(", ")));
                }
                Some(Values::Query(sql)) => line.push_str(&format!(", one of: {sql}")),
                None => {}
            }
            if let Some(description) = &param.description {
                line.push_str(&format!("  {description}"));
            }
            page.push_str(&format!("{}\n", text::visible(&line)));
        }
        page.push_str(&format!("\n{}\n", heading("columns")));
        for (name, kind) in self.columns_of(&query).await? {
            page.push_str(&format!("  {}  {kind}\n", text::visible(&name)));
        }
        page.push_str(&format!("\n{}\n", heading(&query.source.origin)));
        for line in query.source.text.lines() {
            page.push_str(&format!("{}\n", text::visible(line)));
        }
        self.ui.print(&page)?;
        self.ui.flush()
    }

    /// The columns of a saved query's result, planned with stand-ins for what has no default.
    async fn columns_of(&mut self, query: &SavedQuery) -> Result<Vec<(String, String)>> {
        let stand_ins: Vec<params::Given> = query
            .header
            .params
            .iter()
            .filter(|(_, param)| param.default.is_none() && !param.optional)
            .map(|(name, param)| params::Given { name: name.clone(), value: stand_in(param.kind).to_owned() })
            .collect();
        let (bindings, faults) = params::bind(&query.name, &query.header, &stand_ins);
        if let Some(error) = Error::many(faults) {
            return Err(error);
        }
        let (engine, job) = (self.engine.clone(), super::job_of(query, bindings));
        let planned = self.engine.spawn(async move { engine.plan(&job).await }).await;
        let schema = planned.map_err(|_| Error::data("the engine gave up on this query"))??.schema();
        Ok(schema.fields().iter().map(|field| (field.name().clone(), type_name(field.data_type()))).collect())
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

    /// Writes columns of the program's own as a result.
    ///
    /// # Errors
    /// The place cannot be written.
    fn show(&mut self, columns: Vec<(&str, ArrayRef)>, delivery: &mut Delivery) -> Result<()> {
        let begun = std::time::Instant::now();
        // A column of nothing is of use to programs, and in a reader's way.
        let to_read = delivery.is_for_reading();
        let columns = columns
            .into_iter()
            .filter(|(_, array)| !to_read || array.is_empty() || array.null_count() < array.len());
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, array)| (name, array, true)),
        )
        .map_err(|error| Error::data(error.to_string()))?;
        // What is listed here is to be read to its end.
        delivery.wrap(true);
        let shown = delivery.begin(&batch.schema(), &mut self.ui).and_then(|mut result| {
            result.batch(&batch)?;
            result.finish()
        });
        delivery.wrap(false);
        let shown = shown?;
        self.tell(Outcome { shown: Some(shown), took: begun.elapsed() });
        Ok(())
    }
}

/// How much a table holds.
struct Extent {
    rows: i64,
    from: Option<String>,
    to: Option<String>,
}

/// The lines of the list of tables, column by column.
#[derive(Default)]
struct Lines {
    names: Vec<String>,
    rows: Vec<i64>,
    bytes: Vec<Option<i64>>,
    from: Vec<Option<String>>,
    to: Vec<Option<String>>,
    meaning: Vec<Option<String>>,
}

impl Lines {
    fn push(&mut self, name: String, bytes: Option<u64>, extent: Extent, contract: &Contract) {
        let title = contract.table(&name).and_then(|table| table.title.clone());
        // Synthetic rows say so wherever they show.
        let marked =
            title.map(|title| if contract.synthetic { format!("{title} (synthetic)") } else { title });
        self.names.push(name);
        self.rows.push(extent.rows);
        self.bytes.push(bytes.and_then(|bytes| i64::try_from(bytes).ok()));
        self.from.push(extent.from);
        self.to.push(extent.to);
        self.meaning.push(marked);
    }

    fn columns(self) -> Vec<(&'static str, ArrayRef)> {
        vec![
            ("table", Arc::new(StringArray::from(self.names))),
            ("rows", Arc::new(Int64Array::from(self.rows))),
            ("bytes", Arc::new(Int64Array::from(self.bytes))),
            ("from", Arc::new(StringArray::from(self.from))),
            ("to", Arc::new(StringArray::from(self.to))),
            ("meaning", Arc::new(StringArray::from(self.meaning))),
        ]
    }
}

/// A name as SQL takes it, whatever characters are in it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn topic(query: &SavedQuery) -> String {
    let folder = query.name.rsplit_once('/').map_or("", |(folder, _)| folder);
    query.header.topic.clone().unwrap_or_else(|| folder.to_owned())
}

/// The parameters in a few words: `as_of=2022-12-31 unit?`.
fn signature(header: &Header) -> String {
    let params = header.params.iter().map(|(name, param)| match &param.default {
        Some(default) => format!("{name}={}", plain(default)),
        None if param.optional => format!("{name}?"),
        None => name.clone(),
    });
    params.collect::<Vec<_>>().join(" ")
}

/// A TOML value as it is typed on the command line: a text without its quotes.
fn plain(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn stand_in(kind: ParamType) -> &'static str {
    match kind {
        ParamType::Integer | ParamType::Number | ParamType::Decimal => "1",
        ParamType::Text => "x",
        ParamType::Date => "2000-01-01",
        ParamType::Boolean => "true",
    }
}

/// A column's type in the words of SQL.
pub(super) fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".into(),
        DataType::Int8 | DataType::Int16 => "smallint".into(),
        DataType::Int32 => "integer".into(),
        DataType::Int64 => "bigint".into(),
        DataType::Float32 => "real".into(),
        DataType::Float64 => "double".into(),
        DataType::Boolean => "boolean".into(),
        DataType::Date32 | DataType::Date64 => "date".into(),
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => format!("decimal({precision},{scale})"),
        DataType::Timestamp(_, None) => "timestamp".into(),
        DataType::Timestamp(_, Some(_)) => "timestamptz".into(),
        DataType::Dictionary(_, values) => type_name(values),
        DataType::List(field) | DataType::LargeList(field) => format!("{}[]", type_name(field.data_type())),
        other => other.to_string(),
    }
}
