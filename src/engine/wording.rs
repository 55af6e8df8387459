//! How the columns of a result are worded for readers: by its saved query, else by the contract.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::logical_expr::LogicalPlan;

use super::plan::{Job, Params, Planned};
use super::{Engine, origin};
use crate::contract::{Contract, Field, FieldType};
use crate::language::{Language, money};
use crate::output::Wording;
use crate::output::wording::Column;
use crate::query::header::Header;

/// What a column is called that says in what the numbers of its row are counted.
const UNIT: &str = "unit";

/// A result whose columns can be worded.
#[derive(Debug, Clone)]
pub struct Worded {
    plan: LogicalPlan,
    tables: Vec<String>,
    header: Option<Box<Header>>,
}

impl Planned {
    /// What of it the columns of its result are worded by; nothing where it is only explained.
    pub fn worded(&self, job: &Job) -> Option<Worded> {
        let header = match &job.params {
            Params::Declared(header, _) => Some(header.clone()),
            Params::Variables(_) => None,
        };
        match self.explain {
            Some(_) => None,
            None => Some(Worded { plan: self.plan.clone(), tables: self.scans.tables.clone(), header }),
        }
    }
}

impl Engine {
    /// How the columns of a result are worded.
    ///
    /// A column that is one of a table's, under its name or another, has that one's codes; it has its
    /// title too where it has its name. A computed one is taken for those of its name in the tables
    /// that are read, as far as these agree; one that is called `unit` and of no table holds units of the
    /// contract. What the saved query says of it goes before.
    pub fn wording(&self, result: &Worded, language: Language) -> Wording {
        let contract = self.contract();
        let fields = result.plan.schema().fields().iter().enumerate();
        let columns = fields.map(|(index, field)| {
            let name = field.name();
            let said = result.header.as_ref().and_then(|header| header.columns.get(name));
            let traced = match said.and_then(|said| said.same_as.as_deref()) {
                Some(path) => contract.at(path),
                None => origin::of(&result.plan, index)
                    .and_then(|origin| contract.table(&origin.table)?.field(&origin.column)),
            };
            let known: Vec<&Field> = match traced {
                Some(field) => vec![field],
                None => named(contract, &result.tables, name),
            };
            let mut column = of_fields(&known, name, language);
            if known.is_empty() && name == UNIT {
                let labels = contract.unit_labels(language).map(|(code, label)| (code, label.to_owned()));
                column.labels = Arc::new(labels.collect());
            }
            if let Some(said) = said {
                let title = language.of(said.title.as_deref(), said.title_vi.as_deref());
                column.title = title.map(str::to_owned).or(column.title);
                column.unit = said.unit.clone().or(column.unit);
                let own = said.labels(language).map(|(code, label)| (code.to_owned(), label.to_owned()));
                Arc::make_mut(&mut column.labels).extend(own);
            }
            column
        });
        Wording { language, columns: columns.collect() }
    }
}

/// The columns of that name in some tables.
fn named<'a>(contract: &'a Contract, tables: &[String], name: &str) -> Vec<&'a Field> {
    let tables = tables.iter().filter_map(|table| contract.table(table));
    tables.filter_map(|table| table.field(name)).collect()
}

/// What all these say of a column of that name.
fn of_fields(fields: &[&Field], name: &str, language: Language) -> Column {
    let agreed = |of: &dyn Fn(&Field) -> Option<String>| -> Option<String> {
        let first = fields.first().and_then(|field| of(field))?;
        fields.iter().all(|field| of(field).as_ref() == Some(&first)).then_some(first)
    };
    let title = |field: &Field| {
        let title = language.of(field.title.as_deref(), field.title_vi.as_deref())?;
        // Under another name it may mean something else.
        (field.name == name).then(|| title.to_owned())
    };
    let mut labels: BTreeMap<String, Option<String>> = BTreeMap::new();
    for (code, label) in fields.iter().flat_map(|field| field.labels(language)) {
        let known = labels.entry(code).or_insert_with(|| Some(label.to_owned()));
        if known.as_deref() != Some(label) {
            // One code with two meanings is best left as it is.
            *known = None;
        }
    }
    let labels = labels.into_iter().filter_map(|(code, label)| Some((code, label?)));
    let is_year = fields.iter().any(|field| field.kind == FieldType::Year);
    Column {
        title: agreed(&title),
        labels: Arc::new(labels.collect()),
        unit: agreed(&|field| field.unit.clone())
            .or_else(|| name.ends_with("_vnd").then(|| money::CODE.to_owned())),
        is_plain: is_year || name == "year" || name.ends_with("_year"),
    }
}
