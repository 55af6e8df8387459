//! A script into its pieces: statements that end with `;`, and commands that begin with a backslash
//! or a dot and end with their line.
//!
//! The SQL tokenizer says where texts and comments are: a `;` or a `\\` in one splits nothing.

use std::ops::Range;

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::source::{Source, Statement};
use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;

/// Commands that end the statement before them, as `;` does; all others leave it open.
const ENDING: [&str; 8] = ["g", "gx", "gdesc", "watch", "crosstabview", "chart", "e", "r"];

/// What a text begins with that may go on behind its line.
const OPENING: [char; 4] = ['\'', '"', '`', '$'];

/// Words that are a command where they stand alone in a line.
const BARE: [&str; 3] = ["help", "quit", "exit"];

/// What a text holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Its statements and commands, in order; comments alone are neither.
    pub pieces: Vec<Piece>,
    /// What stands after the last piece: a statement without its end.
    pub rest: Option<Rest>,
}

/// A piece of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// SQL.
    Statement(Statement),
    /// A command, such as `\\d units`.
    Command(Command),
}

/// A command as it stands in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its text with the backslash or dot; line and column are its place.
    pub text: Statement,
    /// The statement before it, where this command is what ends it.
    pub ends: Option<Statement>,
}

/// A statement that goes on where the text ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// As far as it goes.
    pub statement: Statement,
    /// The byte in [`Rest::text`] at which it begins.
    begin: usize,
    /// The whole text, with blanks in the place of the commands within the statement.
    text: String,
    /// Where a text, a quoted name or a comment in it is not closed: the byte, and the tokenizer's words.
    open: Option<(Location, String)>,
}

impl Rest {
    /// The open statement as it stands, to be gone on with.
    pub fn text(&self) -> &str {
        &self.text[self.begin..]
    }

    /// The error of a text that ends here: a quote or a comment is not closed.
    pub fn unclosed(&self, source: &Source) -> Option<Error> {
        let (at, words) = self.open.as_ref()?;
        let (line, column) = (at.line as usize, at.column as usize);
        Some(Error::data(Message::verbatim(words)).at(source.excerpt(line, column, column + 1)))
    }
}

impl Script {
    /// The statements of a text that has no commands, the last with or without its semicolon.
    ///
    /// # Errors
    /// A quote is not closed, or there is a command.
    pub fn statements(self, source: &Source) -> Result<Vec<Statement>> {
        if let Some(error) = self.rest.as_ref().and_then(|rest| rest.unclosed(source)) {
            return Err(error);
        }
        let mut statements = Vec::new();
        for piece in self.pieces {
            match piece {
                Piece::Statement(statement) => statements.push(statement),
                Piece::Command(Command { text, .. }) => {
                    let Statement { text: command, line, column } = text;
                    let place = source.excerpt(line, column, column + command.chars().count());
                    let message = say!("`{command}` is a command, and only SQL stands here", command);
                    return Err(Error::data(message).at(place));
                }
            }
        }
        statements.extend(self.rest.map(|rest| rest.statement));
        Ok(statements)
    }
}

/// Splits a text into its pieces.
///
/// # Errors
/// The text holds what no SQL does; the place is given.
pub fn split(source: &Source) -> Result<Script> {
    let mut splitter = Splitter {
        text: &source.text,
        masked: None,
        cursor: Cursor { text: &source.text, at: Location { line: 1, column: 1 }, byte: 0 },
        begin: None,
        end: 0,
        pieces: Vec::new(),
    };
    let open = splitter.run(source)?;
    let statement = splitter.begin.map(|(begin, at)| (begin, splitter.cut(begin, at)));
    let Splitter { masked, pieces, .. } = splitter;
    let rest = match (statement, open) {
        (Some((begin, statement)), open) => Some(Rest {
            statement,
            begin,
            text: masked.unwrap_or_else(|| source.text.to_string()),
            open: open.map(|(at, words, _)| (at, words)),
        }),
        // What is open is a comment, with nothing before it.
        (None, Some((at, words, byte))) => Some(Rest {
            statement: Statement { text: String::new(), line: at.line as usize, column: at.column as usize },
            begin: byte,
            text: source.text.to_string(),
            open: Some((at, words)),
        }),
        (None, None) => None,
    };
    Ok(Script { pieces, rest })
}

struct Splitter<'a> {
    text: &'a str,
    /// The text with blanks for the commands in the middle of statements, once there is one.
    masked: Option<String>,
    cursor: Cursor<'a>,
    /// Where the statement at hand begins.
    begin: Option<(usize, Location)>,
    /// The byte at which its last token ends.
    end: usize,
    pieces: Vec<Piece>,
}

impl Splitter<'_> {
    /// Goes through the text; gives the place and the reason where it ends inside a quote or a comment.
    fn run(&mut self, source: &Source) -> Result<Option<(Location, String, usize)>> {
        let mut from = Location { line: 1, column: 1 };
        loop {
            let start = self.cursor.byte(from);
            let Some(segment) = self.text.get(start..).filter(|segment| !segment.is_empty()) else {
                return Ok(None);
            };
            // A line that is a command needs no tokens of what follows it.
            let blank = segment.len() - segment.trim_start().len();
            let first = segment[blank..].chars().next();
            if first == Some('\\') || (first == Some('.') && self.begin.is_none()) {
                let line = segment[..blank].matches('\n').count() as u64;
                let column =
                    segment[..blank].rsplit('\n').next().map_or(0, |text| text.chars().count()) as u64;
                let before = if line == 0 { from.column - 1 } else { 0 };
                let at = Location { line: from.line + line, column: before + column + 1 };
                from = self.command(start + blank, at);
                continue;
            }
            let dialect = GenericDialect {};
            let mut tokens = Vec::new();
            let failed = Tokenizer::new(&dialect, segment).tokenize_with_location_into_buf(&mut tokens).err();
            let placed = |at: Location| Location {
                line: at.line + from.line - 1,
                column: if at.line == 1 { at.column + from.column - 1 } else { at.column },
            };
            match self.walk(tokens, placed) {
                Some(next) => from = next,
                None => {
                    let Some(error) = failed else { return Ok(None) };
                    let at = placed(error.location);
                    let words = sentence(&error.message);
                    if is_open(&words) {
                        let byte = self.cursor.byte(at);
                        self.end = self.text.trim_end().len();
                        return Ok(Some((at, words, byte)));
                    }
                    let (line, column) = (at.line as usize, at.column as usize);
                    return Err(Error::data(Message::verbatim(words)).at(source.excerpt(
                        line,
                        column,
                        column + 1,
                    )));
                }
            }
        }
    }

    /// Takes the tokens up to the first command; gives the place after that one.
    fn walk(
        &mut self,
        tokens: Vec<TokenWithSpan>,
        placed: impl Fn(Location) -> Location,
    ) -> Option<Location> {
        let mut command = None;
        for token in tokens {
            let at = placed(token.span.start);
            if command == Some(at.line) {
                continue;
            }
            match token.token {
                Token::Whitespace(_) | Token::EOF => continue,
                Token::SemiColon => {
                    if let Some((begin, at)) = self.begin.take() {
                        let statement = self.cut(begin, at);
                        self.pieces.push(Piece::Statement(statement));
                    }
                    continue;
                }
                _ => {}
            }
            let byte = self.cursor.byte(at);
            let alone = match &token.token {
                Token::Backslash => true,
                Token::Period => self.begin.is_none(),
                Token::Word(_) => self.begin.is_none() && is_bare(self.text, byte),
                _ => false,
            };
            if alone {
                let next = self.command(byte, at);
                let line = self.text[byte..].lines().next().unwrap_or_default();
                if line.contains(OPENING) || line.contains("--") || line.contains("/*") {
                    // What it opens is its own: what follows is read anew.
                    return Some(next);
                }
                command = Some(at.line);
                continue;
            }
            self.begin.get_or_insert((byte, at));
            self.end = self.cursor.byte(placed(token.span.end));
        }
        None
    }

    /// Takes the command that begins at a byte, to the end of its line; gives the place after it.
    fn command(&mut self, byte: usize, at: Location) -> Location {
        let line = self.text[byte..].lines().next().unwrap_or_default();
        let range = byte..byte + line.len();
        let name = line.trim_start_matches(['\\', '.']);
        let name = name.split(|c: char| c.is_whitespace() || c == ';').next().unwrap_or_default();
        let open = if ENDING.contains(&name) { self.begin.take() } else { None };
        let ends = open.map(|(begin, at)| self.cut(begin, at));
        if self.begin.is_some() {
            self.mask(range.clone());
        }
        let text = Statement {
            text: line.trim_end().to_owned(),
            line: at.line as usize,
            column: at.column as usize,
        };
        self.pieces.push(Piece::Command(Command { text, ends }));
        Location { line: at.line, column: at.column + line.chars().count() as u64 }
    }

    fn mask(&mut self, range: Range<usize>) {
        let blanks = " ".repeat(range.len());
        self.masked.get_or_insert_with(|| self.text.to_owned()).replace_range(range, &blanks);
    }

    /// The statement from a byte to the last token.
    fn cut(&self, begin: usize, at: Location) -> Statement {
        let text = self.masked.as_deref().unwrap_or(self.text);
        Statement {
            text: text[begin..self.end].to_owned(),
            line: at.line as usize,
            column: at.column as usize,
        }
    }
}

/// Whether the line of the word at this byte holds one of [`BARE`] and nothing else.
fn is_bare(text: &str, byte: usize) -> bool {
    let line = text[byte..].lines().next().unwrap_or_default();
    let before = text[..byte].rsplit('\n').next().unwrap_or_default();
    let word = line.trim_end().trim_end_matches(';').trim_end();
    before.trim().is_empty() && BARE.iter().any(|bare| bare.eq_ignore_ascii_case(word))
}

/// Whether the tokenizer's words say that the text ends too early, so that more may come.
pub(crate) fn is_open(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["unterminated", "unexpected eof", "expected close delimiter"].iter().any(|open| words.contains(open))
}

/// Lower case at the start, as in every error of ours.
fn sentence(message: &str) -> String {
    let mut chars = message.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// From the tokenizer's lines and columns, which count characters, to bytes; quick where each place
/// asked for is after the last.
struct Cursor<'a> {
    text: &'a str,
    at: Location,
    byte: usize,
}

impl Cursor<'_> {
    fn byte(&mut self, wanted: Location) -> usize {
        if (wanted.line, wanted.column) < (self.at.line, self.at.column) {
            (self.at, self.byte) = (Location { line: 1, column: 1 }, 0);
        }
        for c in self.text[self.byte..].chars() {
            if (self.at.line, self.at.column) >= (wanted.line, wanted.column) {
                break;
            }
            self.byte += c.len_utf8();
            match c {
                '\n' => self.at = Location { line: self.at.line + 1, column: 1 },
                _ => self.at.column += 1,
            }
        }
        self.byte
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces of a script, a command in `<>`, the statement that it ends before a `|`, then the rest.
    fn pieces(text: &str) -> Vec<String> {
        let script = split(&Source::new("-c", text)).expect("splits");
        let shown = script.pieces.into_iter().map(|piece| match piece {
            Piece::Statement(statement) => statement.text,
            Piece::Command(Command { text, ends: None }) => format!("<{}>", text.text),
            Piece::Command(Command { text, ends: Some(ends) }) => format!("{}|<{}>", ends.text, text.text),
        });
        shown.chain(script.rest.map(|rest| format!("{}…", rest.text()))).collect()
    }

    #[test]
    fn semicolons_split_only_between_statements() {
        assert_eq!(pieces("SELECT 1; SELECT 2"), ["SELECT 1", "SELECT 2…"]);
        assert_eq!(pieces("SELECT ';' -- a; b\n, \"x;y\" /* c; */;"), ["SELECT ';' -- a; b\n, \"x;y\""]);
        assert_eq!(pieces("SELECT $$a;b$$; ;; -- end;"), ["SELECT $$a;b$$"]);
        assert!(pieces(" -- only a comment\n").is_empty());
    }

    #[test]
    fn commands_stand_between_and_within_statements() {
        assert_eq!(
            pieces("\\d units\nSELECT 1;\n  .mode csv\nSELECT 2;"),
            ["<\\d units>", "SELECT 1", "<.mode csv>", "SELECT 2"]
        );
        assert_eq!(pieces("SELECT 'Đoàn' \\gx\nSELECT 2;"), ["SELECT 'Đoàn'|<\\gx>", "SELECT 2"]);
        assert_eq!(pieces("SELECT 40\n\\timing on\n+ 2;"), ["<\\timing on>", "SELECT 40\n          \n+ 2"]);
        assert_eq!(pieces("SELECT '\n\\d\n', \"\\x\" -- \\q\n;"), ["SELECT '\n\\d\n', \"\\x\""]);
        // A quote in a command opens nothing.
        assert_eq!(
            pieces("\\echo it's\nSELECT 1; \\echo 'x\nSELECT 2;"),
            ["<\\echo it's>", "SELECT 1", "<\\echo 'x>", "SELECT 2"]
        );
        assert_eq!(
            pieces("quit\nHELP ;\nexit_rate;\nSELECT\nhelp\n;"),
            ["<quit>", "<HELP ;>", "exit_rate", "SELECT\nhelp"]
        );
        assert_eq!(pieces("SELECT 1;\r\n\\x\r\n"), ["SELECT 1", "<\\x>"]);
    }

    #[test]
    fn what_is_open_can_be_gone_on_with() {
        assert_eq!(pieces("SELECT 1; SELECT\n 2 \\x\n"), ["SELECT 1", "<\\x>", "SELECT\n 2   \n…"]);
        for open in ["SELECT 'a", "SELECT \"a", "/* a", "SELECT $$ a", "SELECT 1; SELECT 'a;\n"] {
            let source = Source::new("-c", open);
            let rest = split(&source).expect("splits").rest.expect("open");
            assert!(rest.unclosed(&source).is_some(), "{open}");
            assert!(open.ends_with(rest.text()), "{open}");
        }
        assert_eq!(
            split(&Source::new("-c", "SELECT 1 -- x")).expect("splits").rest.expect("a rest").open,
            None
        );
    }

    #[test]
    fn pieces_keep_their_place_after_vietnamese_text() {
        let script =
            split(&Source::new("-c", "SELECT 'Đoàn'; SELECT\n  x; \\d\n\\x\n  SELECT 3")).expect("splits");
        let places: Vec<(usize, usize)> = script
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Statement(statement) | Piece::Command(Command { text: statement, .. }) => {
                    (statement.line, statement.column)
                }
            })
            .collect();
        assert_eq!(places, [(1, 1), (1, 16), (2, 6), (3, 1)]);
        let rest = script.rest.expect("a rest").statement;
        assert_eq!((rest.line, rest.column), (4, 3));
        let Piece::Statement(second) = &script.pieces[1] else { panic!("a statement") };
        assert_eq!((second.locate(1, 1), second.locate(2, 3)), ((1, 16), (2, 3)));
    }

    #[test]
    fn an_open_string_is_an_error_with_its_place() {
        let source = Source::new("-c", "SELECT 1;\nSELECT 'abc");
        let error = split(&source).and_then(|script| script.statements(&source)).expect_err("open");
        assert_eq!(error.message().english(), "unterminated string literal");
        assert_eq!(error.place().map(|place| (place.line, place.column)), Some((2, 8)));
    }

    /// Many statements in one line take no time that matters.
    #[test]
    fn a_long_line_of_statements_is_split_in_one_go() {
        let text = "SELECT 'Đoàn';".repeat(50_000);
        let script = split(&Source::new("-c", text)).expect("splits");
        assert_eq!(script.pieces.len(), 50_000);
        let commands = split(&Source::new("-c", "SELECT 1;\n\\timing on\n".repeat(20_000))).expect("splits");
        assert_eq!(commands.pieces.len(), 40_000);
    }
}
