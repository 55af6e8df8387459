//! The appendix: what every figure, table and chart was made of.

use super::{heard, place_of, text_of};
use crate::language::Language;
use crate::report::Report;
use crate::report::entry::{Fact, facts};
use crate::say;

/// A query of more lines is printed in two columns.
const LONG: usize = 12;

/// What the appendix is called.
pub(super) fn heading(language: Language) -> String {
    say!("Appendix: where the figures come from").text(language)
}

/// The appendix of a report.
pub(super) fn of(report: &Report) -> String {
    let language = report.language;
    let explained = say!(
        "Each number in the text leads to its entry here: the query that gave it, its parameters, the rows that were counted, and what was published."
    );
    let entries: String = (0..report.entries.len()).map(|entry| one(report, entry)).collect();
    let (file, sum, sources) = (say!("File"), say!("SHA-256"), say!("Source data"));
    let rows: String = report
        .files
        .iter()
        .map(|(name, hash)| {
            format!(
                "<tr><th scope=\"row\">{}</th><td><code>{}</code></td></tr>\n",
                text_of(name),
                text_of(hash)
            )
        })
        .collect();
    format!(
        "<section class=\"appendix\" aria-labelledby=\"appendix\">\n<h2 id=\"appendix\">{}</h2>\n<p>{}</p>\n{entries}\
         <h3 id=\"sources\">{sources}</h3>\n\
         <div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"sources\">\n<table class=\"files\">\n\
         <thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n</section>\n",
        text_of(&heading(language)),
        text_of(&explained.text(language)),
        text_of(&file.text(language)),
        text_of(&sum.text(language)),
        sources = text_of(&sources.text(language)),
    )
}

fn one(report: &Report, entry: usize) -> String {
    let language = report.language;
    let answer = &report.entries[entry];
    let (n, place) = (entry + 1, place_of(entry));
    let facts: String = facts(report, entry).into_iter().map(|fact| shown(&fact, language)).collect();
    let description = answer.description(language);
    let description = description.map_or(String::new(), |text| format!("<p>{}</p>\n", text_of(text)));
    let sql = text_of(answer.query.statement.text.trim());
    let class = if sql.lines().count() > LONG { " class=\"long\"" } else { "" };
    let of_query = heard(&say!("of entry {n}", n).text(language));
    format!(
        "<div class=\"entry\" id=\"{place}\" tabindex=\"-1\">\n<h3><span class=\"n\">{n}.</span> {}</h3>\n{description}\
         <dl>\n{facts}</dl>\n<details><summary>SQL {of_query}</summary>\n<pre{class}><code>{sql}</code></pre>\n</details>\n</div>\n",
        text_of(answer.title(language)),
    )
}

fn shown(fact: &Fact, language: Language) -> String {
    let value = match fact.is_code {
        true => format!("<code>{}</code>", text_of(&fact.value.text(language))),
        false => text_of(&fact.value.text(language)),
    };
    let verdict = fact.verdict.map_or(String::new(), |verdict| format!(" class=\"{verdict}\""));
    format!("<div><dt>{}</dt><dd{verdict}>{value}</dd></div>\n", text_of(&fact.name.text(language)))
}
