//! The report as a page: one file, which asks the network for nothing.

mod appendix;
mod body;
mod names;
mod table;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use self::body::Body;
use super::Report;
use crate::language::Language;
use crate::say;

/// How the page looks, on screens and on paper.
const STYLE: &str = include_str!("page.css");

/// What sorts and filters its tables, and opens what is folded before it is printed.
const SCRIPT: &str = include_str!("page.js");

/// The page of a report.
pub(super) fn page(report: &Report) -> String {
    let language = report.language;
    let Body { title, heading, contents, text } = body::of(report);
    let appendix = appendix::of(report);
    let title = title.unwrap_or_else(|| report.title());
    let heading = heading.unwrap_or_else(|| format!("<h1>{}</h1>", text_of(&title)));
    let notice = notice(report);
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    let version = env!("CARGO_PKG_VERSION");
    let office = report
        .office
        .as_deref()
        .map_or(String::new(), |office| format!("<p class=\"office\">{}</p>\n", text_of(office)));
    let skip = say!("Skip to the text").text(language);
    let nav = match contents.is_empty() {
        true => String::new(),
        false => format!(
            "<nav class=\"contents\" aria-labelledby=\"contents\">\n<h2 id=\"contents\">{}</h2>\n<ol>\n{contents}<li><a href=\"#appendix\">{}</a></li>\n</ol>\n</nav>\n",
            say!("Contents").text(language),
            appendix::heading(language),
        ),
    };
    let words =
        [("filter", say!("Filter the rows").text(language)), ("rows", say!("rows shown").text(language))];
    let words: String =
        words.iter().map(|(name, text)| format!(" data-{name}=\"{}\"", text_of(text))).collect();
    let foot = foot(report);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{style}'; script-src '{script}'; img-src data:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"generator\" content=\"tongket {version}\">\n\
         <title>{head}</title>\n<style>{STYLE}</style>\n</head>\n<body{words}>\n\
         <a class=\"skip\" href=\"#text\">{skip}</a>\n\
         <header>\n{office}{heading}\n{notice}</header>\n{nav}\
         <main id=\"text\" tabindex=\"-1\">\n{text}{appendix}</main>\n\
         <footer>\n{foot}</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        lang = language.code(),
        head = text_of(&title),
    )
}

/// That the rows are invented, where they are.
fn notice(report: &Report) -> String {
    if !report.synthetic {
        return String::new();
    }
    format!("<p class=\"notice\">{}</p>\n", text_of(&report.notice()))
}

fn foot(report: &Report) -> String {
    let said: String = report.origin().iter().map(|line| format!("<p>{}</p>\n", text_of(line))).collect();
    format!("{}{said}", notice(report))
}

/// What a policy names a text of the page by.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// A text as HTML, in a tag or in an attribute.
pub(super) fn text_of(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

/// Words that are heard and not seen.
fn heard(words: &str) -> String {
    format!("<span class=\"heard\">{}</span>", text_of(words))
}

/// The place of an entry in the appendix.
fn place_of(entry: usize) -> String {
    format!("n{}", entry + 1)
}

/// The change of a figure, seen and heard.
fn change(change: super::template::Change, language: Language) -> String {
    let super::Told { sign, size, words } = super::told(change, language);
    format!(
        " <span class=\"change\"><span aria-hidden=\"true\">{sign}&#160;{}</span>{}</span>",
        text_of(&size),
        heard(&words)
    )
}
