//! From the heading of a file to the columns of a table.

use std::collections::BTreeMap;

use arrow::datatypes::Schema;

use super::fold::fold;
use super::names::{Codes, HeaderFault, Names, match_headers};
use super::number::Decimal;
use super::source::{Heading, column_name};
use super::value::Column;
use crate::contract::{Field, FieldType, Table};
use crate::language::Message;
use crate::say;

/// Headings of a running number, which is the paper's and no data.
const ORDINALS: [&str; 7] = ["stt", "tt", "so tt", "so thu tu", "thu tu", "no", "#"];

/// Headings that this program adds to rows that it puts aside.
pub const REJECTED: [&str; 4] = ["source_sheet", "rejected_column", "rejected_value", "rejected_reason"];

/// What stands under each heading of a file.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// For each heading the table's column, by its place there; `None` where it is left out.
    pub places: Vec<Option<usize>>,
    /// By what the numbers under each heading are multiplied.
    pub scale: Vec<Option<Decimal>>,
    /// Whether the numbers under each heading are per cent.
    pub percent: Vec<bool>,
    /// The unit that each heading has in parentheses.
    pub units: Vec<Option<String>>,
    /// Whether each heading was told what it is.
    pub mapped: Vec<bool>,
    /// Whether only a part of each heading names its column.
    pub by_part: Vec<bool>,
    /// What was told of headings that the file has not.
    pub unused: Vec<String>,
    /// Headings that are left out without having been told to, or are known by a part, as a sentence each.
    pub said: Vec<Message>,
    /// What is wrong with the headings.
    pub faults: Vec<Message>,
}

impl Columns {
    /// Finds the columns of a table under the headings of a file.
    pub fn find(
        heading: &Heading,
        table: &Table,
        stored: &Schema,
        mapping: &BTreeMap<String, String>,
    ) -> Self {
        let names = names(table, stored);
        let told = |header: &str| mapping.keys().any(|key| fold(key) == fold(header));
        let mut mapping = mapping.clone();
        let mut said = Vec::new();
        for header in &heading.names {
            let folded = fold(header);
            let known = names.iter().any(|names| {
                std::iter::once(&names.name).chain(&names.labels).any(|name| fold(name) == folded)
            });
            if !known && ORDINALS.contains(&folded.as_str()) && !told(header) {
                said.push(say!("`{header}` is the running number, and left out", header));
                mapping.insert(header.clone(), String::new());
            } else if !known
                && (REJECTED.contains(&header.as_str()) || header == "source_file" || header == "source_row")
            {
                mapping.insert(header.clone(), String::new());
            }
        }
        let matched = match_headers(&heading.names, &names, &mapping);
        // The file's own place of a heading is easier to find than a long text.
        let fault = |fault: &HeaderFault| match fault.place().and_then(|at| heading.columns.get(at)) {
            Some(column) => {
                say!("{fault} [{column}]", fault = fault.message(), column = column_name(*column))
            }
            None => fault.message(),
        };
        let faults = matched.faults.iter().map(fault).collect();
        for (at, column) in matched.columns.iter().enumerate().filter(|(at, _)| matched.by_part[*at]) {
            let Some(names) = column.and_then(|column| names.get(column)) else { continue };
            said.push(say!(
                "`{heading}` is column `{column}`, by a part of its heading",
                heading = heading.names[at],
                column = names.name
            ));
        }
        Self {
            mapped: matched.mapped,
            by_part: matched.by_part,
            unused: matched.unused,
            places: matched.columns,
            scale: matched.scale,
            percent: matched.percent,
            units: matched.units,
            said,
            faults,
        }
    }
}

/// The columns of a table by all names that they are known by, in the order of the stored table.
fn names(table: &Table, stored: &Schema) -> Vec<Names> {
    let labels = |name: &str| {
        let field = table.field(name);
        let titles = field.map(|field| [field.title.clone(), field.title_vi.clone()]);
        titles.into_iter().flatten().flatten().collect()
    };
    stored
        .fields()
        .iter()
        .map(|field| Names { name: field.name().clone(), labels: labels(field.name()) })
        .collect()
}

/// What the columns of a table take, in its order.
pub fn targets(table: &Table, stored: &Schema) -> Vec<Column> {
    let target = |stored: &arrow::datatypes::Field| {
        let field = table.field(stored.name());
        Column {
            name: stored.name().clone(),
            data_type: stored.data_type().clone(),
            codes: field.and_then(codes),
            missing: field
                .map(|field| table.missing(field).into_iter().map(str::to_owned).collect())
                .unwrap_or_default(),
            percent: field
                .and_then(|field| field.unit.as_deref())
                .is_some_and(|unit| unit == "%" || unit.starts_with("percent")),
            amounts: stored.data_type().is_numeric() && !field.is_some_and(names_things),
        }
    };
    stored.fields().iter().map(|field| target(field)).collect()
}

/// Whether the numbers of a column are names: years and codes.
fn names_things(field: &Field) -> bool {
    field.kind == FieldType::Year || !field.categories.is_empty()
}

fn codes(field: &Field) -> Option<Codes> {
    if field.categories.is_empty() {
        return None;
    }
    let names = field.categories.iter().map(|category| Names {
        name: category.value().to_string(),
        labels: category.labels().map(str::to_owned).collect(),
    });
    Some(Codes::new(names.collect()))
}
