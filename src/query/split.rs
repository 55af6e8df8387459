//! A script into statements, by the SQL tokenizer: a `;` in a string, a comment or `$$` splits
//! nothing.

use std::path::Path;
use std::sync::Arc;

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, Tokenizer};

use crate::error::{Error, Excerpt, Result};
use crate::ui::text;

/// SQL text that the user wrote, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// A file's path, or `-c`, `standard input`.
    pub origin: String,
    /// The text, whole; shared, for each statement keeps it to show its faults in.
    pub text: Arc<str>,
}

impl Source {
    /// Reads a file of SQL: UTF-8 with or without a BOM, brought to NFC.
    ///
    /// # Errors
    /// The file is missing, unreadable or not UTF-8.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| Error::file("read", path, &error))?;
        Self::decode(path.display().to_string(), bytes)
    }

    /// A text from bytes: UTF-8 with or without a BOM, brought to NFC.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub fn decode(origin: impl Into<String>, bytes: Vec<u8>) -> Result<Self> {
        let origin = origin.into();
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(origin, text::nfc(text.trim_start_matches('\u{feff}')).into_owned())),
            Err(_) => Err(Error::data(format!("cannot read `{origin}`: it is not UTF-8 text"))),
        }
    }

    /// A text from a place.
    pub fn new(origin: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { origin: origin.into(), text: text.into() }
    }

    /// The place of a fault: lines and columns from 1, `end` just after the last faulty character.
    pub fn excerpt(&self, line: usize, column: usize, end: usize) -> Excerpt {
        Excerpt {
            origin: self.origin.clone(),
            line,
            column,
            end: end.max(column + 1),
            text: self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default().to_owned(),
        }
    }
}

/// One statement of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its text, without the semicolon.
    pub text: String,
    /// The line that it begins on in its source, from 1.
    pub line: usize,
    /// The column that it begins at, from 1, in characters.
    pub column: usize,
}

impl Statement {
    /// A place in the statement as the place in its source.
    pub fn locate(&self, line: usize, column: usize) -> (usize, usize) {
        if line <= 1 { (self.line, self.column + column - 1) } else { (self.line + line - 1, column) }
    }
}

/// What a text holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Script {
    /// The statements, in order; comments alone are none.
    pub statements: Vec<Statement>,
    /// Whether the last one ends with a semicolon, or there is none.
    pub complete: bool,
}

/// Splits a script into its statements.
///
/// # Errors
/// The text ends inside a string or a comment, or holds what no SQL does; its place is given.
pub fn split(source: &Source) -> Result<Script> {
    let dialect = GenericDialect {};
    let tokens = Tokenizer::new(&dialect, &source.text).tokenize_with_location().map_err(|error| {
        let (line, column) = (error.location.line as usize, error.location.column as usize);
        Error::data(sentence(&error.message)).at(source.excerpt(line, column, column + 1))
    })?;
    let offsets = Offsets::new(&source.text);
    let mut statements = Vec::new();
    let mut begin: Option<Location> = None;
    let mut end = Location { line: 1, column: 1 };
    for token in tokens {
        match token.token {
            Token::SemiColon => {
                statements.extend(begin.take().map(|begin| cut(source, &offsets, begin, end)));
            }
            Token::Whitespace(_) | Token::EOF => {}
            _ => {
                begin.get_or_insert(token.span.start);
                end = token.span.end;
            }
        }
    }
    let complete = begin.is_none();
    statements.extend(begin.map(|begin| cut(source, &offsets, begin, end)));
    Ok(Script { statements, complete })
}

/// Whether the text ends inside a string, a quoted name or a comment, so that more must come.
pub fn is_open(text: &str) -> bool {
    let dialect = GenericDialect {};
    match Tokenizer::new(&dialect, text).tokenize() {
        Ok(_) => false,
        Err(error) => {
            let message = error.message.to_ascii_lowercase();
            ["unterminated", "unexpected eof", "expected close delimiter"]
                .iter()
                .any(|words| message.contains(words))
        }
    }
}

fn cut(source: &Source, offsets: &Offsets, begin: Location, end: Location) -> Statement {
    Statement {
        text: source.text[offsets.byte(begin)..offsets.byte(end)].to_owned(),
        line: begin.line as usize,
        column: begin.column as usize,
    }
}

/// Lower case at the start, as in every error of ours.
fn sentence(message: &str) -> String {
    let mut chars = message.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// From the tokenizer's lines and columns, which count characters, to bytes.
struct Offsets<'a> {
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Offsets<'a> {
    fn new(text: &'a str) -> Self {
        let starts = text.match_indices('\n').map(|(i, _)| i + 1);
        Self { text, lines: std::iter::once(0).chain(starts).collect() }
    }

    fn byte(&self, at: Location) -> usize {
        let line = (at.line as usize).saturating_sub(1);
        let Some(start) = self.lines.get(line) else { return self.text.len() };
        let skipped = (at.column as usize).saturating_sub(1);
        self.text[*start..].char_indices().nth(skipped).map_or(self.text.len(), |(i, _)| start + i)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(script: &str) -> Vec<String> {
        let script = split(&Source::new("-c", script)).expect("splits");
        script.statements.into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn semicolons_split_only_between_statements() {
        assert_eq!(texts("SELECT 1; SELECT 2"), ["SELECT 1", "SELECT 2"]);
        assert_eq!(texts("SELECT ';' -- a; b\n, \"x;y\" /* c; */;"), ["SELECT ';' -- a; b\n, \"x;y\""]);
        assert_eq!(texts("SELECT $$a;b$$; ;; -- end;"), ["SELECT $$a;b$$"]);
        assert!(texts(" -- only a comment\n").is_empty());
    }

    #[test]
    fn statements_keep_their_place_after_vietnamese_text() {
        let source = Source::new("-c", "SELECT 'Đoàn'; SELECT\n  x");
        let script = split(&source).expect("splits");
        assert!(!script.complete);
        let second = &script.statements[1];
        assert_eq!((second.text.as_str(), second.line, second.column), ("SELECT\n  x", 1, 16));
        assert_eq!(second.locate(1, 1), (1, 16));
        assert_eq!(second.locate(2, 3), (2, 3));
    }

    #[test]
    fn an_open_string_is_an_error_with_its_place_and_wants_more_in_the_shell() {
        let error = split(&Source::new("-c", "SELECT 1;\nSELECT 'abc")).expect_err("open");
        assert_eq!(error.message(), "unterminated string literal");
        assert_eq!(error.place().map(|place| (place.line, place.column)), Some((2, 8)));
        for open in ["SELECT 'a", "SELECT \"a", "/* a", "SELECT $$ a"] {
            assert!(is_open(open), "{open}");
        }
        assert!(!is_open("SELECT 1"));
    }
}
