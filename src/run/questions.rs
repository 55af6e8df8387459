//! What was asked before: the saved queries as a result like any other, and one of them in full.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::datatypes::SchemaRef;

use super::{Delivery, Session};
use crate::error::{Error, Result};
use crate::language::collation::Collation;
use crate::language::{Language, Message};
use crate::output::{About, Plot, Wording};
use crate::query::header::{Header, Param, Values};
use crate::query::value::ParamType;
use crate::query::words::type_name;
use crate::query::{Library, SavedQuery, library, params};
use crate::say;
use crate::ui::{Role, text};

impl Session {
    /// Lists the saved queries by topic. One that does not parse does not hide the others.
    ///
    /// # Errors
    /// There is no workspace, or some files do not parse.
    pub fn list_queries(&mut self, delivery: &mut Delivery) -> Result<()> {
        let library = Library::open(self.workspace(say!("the list of saved queries"))?)?;
        let (queries, faults) = in_order(&library, self.engine.collation());
        // Where no year is known the defaults are told as they are written.
        let told = |query: SavedQuery| self.in_year(query.clone()).unwrap_or(query);
        let queries: Vec<SavedQuery> = queries.into_iter().map(told).collect();
        let text = |of: &dyn Fn(&SavedQuery) -> Option<String>| -> ArrayRef {
            Arc::new(queries.iter().map(of).collect::<StringArray>())
        };
        let mut columns = vec![
            ("query", text(&|query| Some(query.name.clone()))),
            ("topic", text(&|query| Some(topic(query)))),
        ];
        if delivery.format().is_for_reading() {
            let title = |query: &SavedQuery| query.header.title(self.ui.language).map(str::to_owned);
            columns.push(("title", text(&title)));
        } else {
            columns.push(("title", text(&|query| query.header.title.clone())));
            columns.push(("title_vi", text(&|query| query.header.title_vi.clone())));
        }
        columns.push(("params", text(&|query| Some(signature(&query.header)))));
        self.show(columns, delivery)?;
        Error::many(faults).map_or(Ok(()), Err)
    }

    /// Describes one saved query: title, meaning, parameters, columns, text.
    ///
    /// # Errors
    /// There is no such query, or it cannot be planned.
    pub async fn describe_query(&mut self, name: &str) -> Result<()> {
        let query = self.find(name)?;
        let (color, language) = (self.ui.terminal.color_out, self.ui.language);
        let heading = |words: &Message| Role::Heading.paint(&words.text(language), color);
        let name = |name: &str| heading(&Message::verbatim(name));
        let header = &query.header;
        let mut page = format!("{}\n", name(header.title(language).unwrap_or(&query.name)));
        let below = match language {
            Language::English => {
                [header.title_vi.as_deref(), header.description.as_deref(), header.description_vi.as_deref()]
            }
            Language::Vietnamese => [header.description(language), None, None],
        };
        for line in below.into_iter().flatten() {
            page.push_str(&format!("{}\n", text::visible(line)));
        }
        if let Some(published) = &query.header.published {
            page.push_str(&format!(
                "{}: “{}” ({})\n",
                heading(&say!("published")),
                text::visible(&published.text),
                text::visible(&published.source)
            ));
        }
        page.push_str(&format!("\n{}\n", heading(&say!("parameters"))));
        if query.header.params.is_empty() {
            page.push_str(&format!("  {}\n", say!("none").text(language)));
        }
        for (name, param) in &query.header.params {
            let mut line = format!("  {name}  {}", asks(param).text(language));
            let description = (param.description.as_deref(), param.description_vi.as_deref());
            if let Some(description) = language.of(description.0, description.1) {
                line.push_str(&format!("  {description}"));
            }
            page.push_str(&format!("{}\n", text::visible(&line)));
        }
        page.push_str(&format!("\n{}\n", heading(&say!("columns"))));
        let (schema, wording) = self.columns_of(&query).await?;
        for (index, field) in schema.fields().iter().enumerate() {
            let mut line = format!("  {}  {}", field.name(), type_name(field.data_type()));
            if let Some(title) = wording.columns.get(index).and_then(|column| column.title.as_deref()) {
                line.push_str(&format!("  {title}"));
            }
            page.push_str(&format!("{}\n", text::visible(&line)));
        }
        for (column, words) in &query.header.columns {
            if schema.field_with_name(column).is_err() {
                self.ui.warn(say!("`[columns.{column}]` is of no column of the result", column));
            }
            let named = words.same_as.as_deref().filter(|path| self.engine.contract().at(path).is_none());
            if let Some(path) = named {
                self.ui.warn(say!(
                    "`[columns.{column}]` is the same as `{path}`, which the contract has not",
                    column,
                    path
                ));
            }
        }
        page.push_str(&format!("\n{}\n", name(&query.source.origin)));
        for line in query.source.text.lines() {
            page.push_str(&format!("{}\n", text::visible(line)));
        }
        self.ui.page(&page)
    }

    /// The columns of a saved query's result and how they are worded, planned with stand-ins for what has
    /// no default.
    async fn columns_of(&mut self, query: &SavedQuery) -> Result<(SchemaRef, Wording)> {
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
        let job = super::job_of(query, bindings);
        let planned = self.plan(job.clone()).await?;
        let worded = planned.worded(&job).map(|worded| self.engine.wording(&worded, self.ui.language));
        Ok((planned.schema(), worded.unwrap_or_default()))
    }
}

/// What a parameter asks for: `date, default 2022-12-31`.
fn asks(param: &Param) -> Message {
    let mut parts = vec![Message::verbatim(param.kind.word())];
    if param.many {
        parts.push(say!("many"));
    }
    parts.push(match &param.default {
        Some(default) => say!("default {value}", value = plain(default)),
        None if param.optional => say!("optional"),
        None => say!("required"),
    });
    parts.extend(param.values.as_ref().map(|values| match values {
        Values::List(values) => {
            let values: Vec<String> = values.iter().map(plain).collect();
            say!("one of {values}", values = values.join(", "))
        }
        Values::Query(sql) => say!("one of: {sql}", sql),
    }));
    Message::joined(parts, ", ")
}

/// The saved queries that can be read, by topic and then by name, and what is wrong with the others.
pub fn in_order(library: &Library, order: Collation) -> (Vec<SavedQuery>, Vec<Error>) {
    let (mut queries, mut faults) = (Vec::new(), Vec::new());
    for name in library.names() {
        match library.find(name) {
            Ok(query) => queries.push(query),
            Err(error) => faults.push(error),
        }
    }
    queries.sort_by(|left, right| {
        let by_topic = order.compare(&topic(left), &topic(right));
        by_topic.then_with(|| order.compare(&left.name, &right.name))
    });
    (queries, faults)
}

/// The chart that a saved query says it is shown best in.
pub fn plot_of(query: &SavedQuery, language: Language) -> Option<Plot> {
    let chart = query.header.chart.as_ref()?;
    Some(Plot {
        kind: Some(chart.kind),
        x: Some(chart.x.clone()),
        y: Some(chart.y.clone()),
        log: chart.log,
        width: None,
        title: query.header.title(language).map(str::to_owned),
        synthetic: false,
    })
}

/// What a workbook tells of a saved query; one of a file has the file's name.
pub(super) fn about(query: &SavedQuery, language: Language) -> About {
    let header = &query.header;
    let name = match library::is_file_name(&query.name) {
        true => Path::new(&query.name).file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        false => query.name.clone(),
    };
    About {
        name,
        title: header.title(language).map(str::to_owned),
        description: header.description(language).map(str::to_owned),
    }
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
