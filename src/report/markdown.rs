//! The report as Markdown: the same text, with tables of Markdown and footnotes.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::Report;
use super::cell::NOTHING;
use super::entry::facts;
use super::grid::Grid;
use super::marks::{Part, escaped, parts};
use super::template::Piece;
use crate::say;

/// The Markdown of a report.
pub(super) fn page(report: &Report) -> String {
    let language = report.language;
    let mut page = String::new();
    if report.synthetic {
        page.push_str(&format!("> {}\n\n", escaped(&report.notice())));
    }
    let (mut tables, mut charts) = (0, 0);
    let plain = plain(&report.text);
    let mut at = 0;
    for part in parts(&report.text) {
        let place = at;
        at += part.len();
        match part {
            Part::Text(text) => page.push_str(text),
            Part::Mark(piece) => match report.pieces.get(piece) {
                None => {}
                Some(Piece::Value { text, .. }) if plain.iter().any(|range| range.contains(&place)) => {
                    page.push_str(text);
                }
                Some(Piece::Value { entry, text, change }) => {
                    let told = change.map(|change| super::told(change, language));
                    let told = told
                        .map_or(String::new(), |told| format!(" ({} {})", told.sign, escaped(&told.size)));
                    page.push_str(&format!("{}{told}[^{}]", escaped(text), entry + 1));
                }
                Some(Piece::Table { entry, columns, title }) => {
                    tables += 1;
                    let label = say!("Table {n}", n = tables).text(language);
                    page.push_str(&table(report, *entry, columns, &label, title));
                }
                Some(Piece::Chart { entry, columns, title, .. }) => {
                    charts += 1;
                    let label = say!("Chart {n}", n = charts).text(language);
                    page.push_str(&table(report, *entry, columns, &label, title));
                }
            },
        }
    }
    page.push_str("\n\n");
    for line in report.origin() {
        page.push_str(&format!("{}\n\n", escaped(&line)));
    }
    for entry in 0..report.entries.len() {
        page.push_str(&note(report, entry));
    }
    tidy(&page)
}

fn table(report: &Report, entry: usize, columns: &[usize], label: &str, title: &str) -> String {
    let title = escaped(title);
    let Grid { heads, rows, .. } = report.grid(entry, columns);
    let mut table = format!("**{}.** {title}[^{}]\n\n|", escaped(label), entry + 1);
    heads.iter().for_each(|head| table.push_str(&format!(" {} |", escaped(&head.title))));
    table.push_str("\n|");
    heads.iter().for_each(|head| table.push_str(if head.is_number { " ---: |" } else { " --- |" }));
    for row in rows {
        table.push_str("\n|");
        row.iter().for_each(|cell| {
            let text = cell.text.as_deref().map_or_else(|| NOTHING.to_owned(), escaped);
            table.push_str(&format!(" {text} |"));
        });
    }
    table
}

/// Where a text has no place for footnotes: code, images, and what links lead to.
fn plain(text: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    let of_event = |(event, range): (Event<'_>, Range<usize>)| match event {
        Event::Code(_) | Event::Start(Tag::CodeBlock(_) | Tag::Image { .. }) => Some(range),
        Event::Start(Tag::Link { .. }) => {
            let target = text[range.clone()].rfind("](")?;
            Some(range.start + target..range.end)
        }
        _ => None,
    };
    events.filter_map(of_event).collect()
}

/// What something was made of, as a footnote.
fn note(report: &Report, entry: usize) -> String {
    let answer = &report.entries[entry];
    let language = report.language;
    let fact = |fact: super::entry::Fact| {
        let (name, value) = (fact.name.text(language), fact.value.text(language));
        format!("{}: {}", escaped(&name), escaped(&value))
    };
    let facts: Vec<String> = facts(report, entry).into_iter().map(fact).collect();
    let sql: String =
        answer.query.statement.text.trim().lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "[^{}]: {}. {}.\n\n    ```sql\n{sql}    ```\n\n",
        entry + 1,
        escaped(answer.title(language)),
        facts.join("; ")
    )
}

/// The text with one empty line where there were several and none at its ends, and no blanks at the ends
/// of its lines but those that break one; code stays as it is.
fn tidy(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    let (mut code, mut breaks) = (Vec::new(), Vec::new());
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code.push(range),
            Event::HardBreak => breaks.push(range),
            _ => {}
        }
    }
    let mut tidy = String::with_capacity(text.len());
    let (mut at, mut empty) = (0, 0);
    for line in text.split_inclusive('\n') {
        let whole = at..at + line.len();
        at = whole.end;
        let within = |ranges: &[Range<usize>]| {
            ranges.iter().any(|range| range.start < whole.end && whole.start < range.end)
        };
        let is_code = within(&code);
        empty = if line.trim().is_empty() && !is_code { empty + 1 } else { 0 };
        if empty > 1 || (empty > 0 && tidy.is_empty()) {
            continue;
        }
        if is_code {
            tidy.push_str(line.trim_end_matches(['\n', '\r']));
        } else {
            tidy.push_str(line.trim_end());
            tidy.push_str(if line.trim_end_matches(['\n', '\r']).ends_with("  ") && within(&breaks) {
                "  "
            } else {
                ""
            });
        }
        tidy.push('\n');
    }
    tidy.truncate(tidy.trim_end().len());
    tidy + "\n"
}
