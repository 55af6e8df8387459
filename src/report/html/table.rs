//! Tables, and charts with the table behind each.

use unicode_width::UnicodeWidthChar as _;

use super::{heard, place_of, text_of};
use crate::report::Report;
use crate::report::cell::NOTHING;
use crate::report::grid::{Grid, Shown};
use crate::say;

/// The longest text without blanks that stays in a line.
const LONGEST_WHOLE: usize = 20;

/// How many letters in a row paper has room for, by the size of the letters; the last may break anywhere.
const ROOM: [(usize, &str); 4] =
    [(90, ""), (112, " class=\"dense\""), (140, " class=\"denser\""), (usize::MAX, " class=\"densest\"")];

/// What a column takes beside its letters, and what the names of rows take at least.
const PADDING: usize = 2;
const SUBJECT: usize = 12;

/// A table of a result, the n-th of the page.
pub(super) fn table(report: &Report, entry: usize, columns: &[usize], title: &str, n: usize) -> String {
    let label = say!("Table {n}", n).text(report.language);
    let caption = caption(entry, &label, title);
    let inner = inner(report, &report.grid(entry, columns), &caption);
    let name = format!("t{n}");
    format!("<div class=\"table\">\n{}</div>\n", scroll(&name, &inner))
}

/// A chart of a result, the n-th of the page, and its numbers.
pub(super) fn chart(
    report: &Report,
    (entry, columns): (usize, &[usize]),
    svg: &str,
    title: &str,
    n: usize,
) -> String {
    let language = report.language;
    let label = say!("Chart {n}", n).text(language);
    let caption = caption(entry, &label, title);
    let name = format!("c{n}");
    let numbers = say!("The numbers of the chart").text(language);
    let inner = inner(report, &report.grid(entry, columns), &text_of(title));
    let drawing = say!("{label}: {title}", label, title).text(language);
    format!(
        "<figure class=\"chart\">\n<figcaption>{caption}</figcaption>\n\
         <div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n{svg}</div>\n\
         <details><summary>{numbers}</summary>\n{}</details>\n</figure>\n",
        text_of(&drawing),
        scroll(&name, &inner),
    )
}

/// What a table or chart is called, with a link to what it was made of.
fn caption(entry: usize, label: &str, title: &str) -> String {
    let title = text_of(title);
    let n = entry + 1;
    format!(
        "<a class=\"figure\" href=\"#{}\" data-n=\"{n}\">{}</a>. {title}",
        place_of(entry),
        text_of(label)
    )
}

/// A table that a narrow screen moves sideways, by keys too.
fn scroll(name: &str, inner: &str) -> String {
    let inner = inner.replacen("<caption>", &format!("<caption id=\"{name}\">"), 1);
    format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{name}\">\n{inner}</div>\n"
    )
}

fn inner(report: &Report, grid: &Grid, caption: &str) -> String {
    let class = |is_number: bool| if is_number { " class=\"number\"" } else { "" };
    // A code or a date is not to be broken at its hyphens.
    let is_whole = |text: &str| !text.contains(char::is_whitespace) && text.chars().count() <= LONGEST_WHOLE;
    let is_long = |text: &str| longest_word(text) > LONGEST_WHOLE;
    let unknown = say!("not known").text(report.language);
    let heads: String = grid
        .heads
        .iter()
        .map(|head| format!("<th scope=\"col\"{}>{}</th>", class(head.is_number), text_of(&head.title)))
        .collect();
    let cell = |column: usize, shown: &Shown| {
        let key = shown.key.as_ref().map_or(String::new(), |key| format!(" data-key=\"{}\"", text_of(key)));
        let text = match &shown.text {
            Some(text) => text_of(text),
            None => format!("<span aria-hidden=\"true\">{NOTHING}</span>{}", heard(&unknown)),
        };
        let class = match (grid.heads[column].is_number, &shown.text) {
            (false, Some(text)) if is_whole(text) => " class=\"whole\"",
            (false, Some(text)) if is_long(text) => " class=\"long\"",
            (is_number, _) => class(is_number),
        };
        match column == grid.subject {
            true => format!("<th scope=\"row\"{class}{key}>{text}</th>"),
            false => format!("<td{class}{key}>{text}</td>"),
        }
    };
    let mut rows = String::new();
    for row in &grid.rows {
        rows.push_str("<tr>");
        rows.extend(row.iter().enumerate().map(|(column, shown)| cell(column, shown)));
        rows.push_str("</tr>\n");
    }
    format!(
        "<table{}>\n<caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
        density(grid),
    )
}

/// The class of a table by the letters of its widest cells that no line can break.
fn density(grid: &Grid) -> &'static str {
    let width = |column: usize| {
        let texts = grid.rows.iter().filter_map(|row| row[column].text.as_deref());
        let widest = match grid.heads[column].is_number {
            true => texts.map(letters).max(),
            false => texts.map(|text| longest_word(text).min(LONGEST_WHOLE)).max(),
        };
        let least = if column == grid.subject { SUBJECT } else { 0 };
        widest.unwrap_or(0).max(longest_word(&grid.heads[column].title)).max(least) + PADDING
    };
    let needed: usize = (0..grid.heads.len()).map(width).sum();
    ROOM.iter().find(|(room, _)| needed <= *room).map_or("", |(_, class)| class)
}

/// The room of the longest word of a text.
fn longest_word(text: &str) -> usize {
    text.split_whitespace().map(letters).max().unwrap_or(0)
}

/// The room that a text takes, in small letters; a capital takes a quarter more.
fn letters(text: &str) -> usize {
    let quarters = |c: char| c.width().unwrap_or(0) * 4 + usize::from(c.is_uppercase());
    text.chars().map(quarters).sum::<usize>().div_ceil(4)
}
