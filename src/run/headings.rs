//! How the listings of the program's own are worded for readers.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;

use crate::contract::{Contract, Measure};
use crate::language::{Language, Message};
use crate::output::Wording;
use crate::output::wording::Column;
use crate::say;

/// The titles of a listing's columns, and the words for the codes in them.
pub(super) fn wording(batch: &RecordBatch, contract: &Contract, language: Language) -> Wording {
    let schema = batch.schema();
    let labels = |name: &str| match name {
        "unit" => contract.unit_labels(language).map(|(code, label)| (code, label.to_owned())).collect(),
        _ => codes(name).into_iter().map(|(code, label)| (code.to_owned(), label.text(language))).collect(),
    };
    let column = |name: &str| Column {
        title: title(name).map(|title| title.text(language)),
        labels: Arc::new(labels(name)),
        ..Column::default()
    };
    Wording { language, columns: schema.fields().iter().map(|field| column(field.name())).collect() }
}

/// What stands above a column of a listing.
fn title(name: &str) -> Option<Message> {
    Some(match name {
        "band" => say!("band"),
        "bytes" => say!("bytes"),
        "column" => say!("column"),
        "columns" => say!("columns"),
        "computed" => say!("computed"),
        "constraints" => say!("constraints"),
        "default" => say!("default"),
        "description" => say!("description"),
        "detail" => say!("detail"),
        "does" => say!("does"),
        "figure" => say!("figure"),
        "file" => say!("file"),
        "first" => say!("first"),
        "from" => say!("from"),
        "function" => say!("function"),
        "kind" => say!("kind"),
        "meaning" => say!("meaning"),
        "measure" => say!("measure"),
        "name" => say!("name"),
        "now" => say!("now"),
        "null" | "nullable" => say!("may be null"),
        "params" => say!("parameters"),
        "published" => say!("published"),
        "query" => say!("query"),
        "reason" => say!("reason"),
        "row" => say!("row"),
        "rows" => say!("rows"),
        "rule" => say!("rule"),
        "source" => say!("source"),
        "syntax" => say!("syntax"),
        "table" => say!("table"),
        "title" => say!("title"),
        "to" => say!("to"),
        "topic" => say!("topic"),
        "type" => say!("type"),
        "unit" => say!("unit"),
        "value" => say!("value"),
        "values" => say!("values"),
        "verdict" => say!("verdict"),
        "was" => say!("was"),
        "what" => say!("what"),
        _ => return None,
    })
}

/// The words for the codes in a column of a listing.
fn codes(name: &str) -> Vec<(&'static str, Message)> {
    match name {
        "verdict" => vec![
            ("holds", say!("holds")),
            ("error", say!("error")),
            ("warning", say!("warning")),
            ("contradicts", say!("contradicts")),
            ("undecided", say!("undecided")),
            ("fails", say!("fails")),
        ],
        // Of an import.
        "what" => vec![
            ("said", say!("said")),
            ("decimal", say!("decimal")),
            ("total", say!("total")),
            ("note", say!("note")),
            ("read", say!("read")),
            ("warning", say!("warning")),
            ("rejected", say!("rejected")),
            ("put aside", say!("put aside")),
            ("replaced", say!("replaced")),
            ("written", say!("written")),
        ],
        "measure" => {
            [Measure::Stock, Measure::Flow, Measure::Count].map(|of| (of.word(), of.message())).into()
        }
        _ => Vec::new(),
    }
}
