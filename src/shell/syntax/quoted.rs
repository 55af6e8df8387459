//! What the text in single quotes at the cursor is, by the tokens before it.

use datafusion::sql::sqlparser::keywords::Keyword as K;
use datafusion::sql::sqlparser::tokenizer::{Token, Word};

use super::scope::Stage;
use super::tokens::{Placed, is_reserved};

/// What a quoted text is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Quoted<'a> {
    /// The path of a file.
    Path,
    /// What `owner.column` is compared with.
    Value { owner: Option<&'a Word>, column: &'a Word },
}

/// What a quoted text after the tokens is; nothing where it can be any text.
pub(crate) fn quoted<'a>(seen: &[&'a Placed], stage: Stage) -> Option<Quoted<'a>> {
    match seen {
        _ if stage == Stage::Table => Some(Quoted::Path),
        [.., last] if is(last, K::LOCATION) => Some(Quoted::Path),
        [first, .., last] if is(first, K::COPY) && is(last, K::TO) => Some(Quoted::Path),
        _ => compared(seen),
    }
}

/// The column that the value after the tokens is compared with.
fn compared<'a>(seen: &[&'a Placed]) -> Option<Quoted<'a>> {
    let mut seen = match seen {
        [.., (Token::LParen | Token::Comma, _)] => {
            let opening = seen.iter().rposition(|(token, _)| !is_in_list(token))?;
            match seen.get(..=opening) {
                Some([before @ .., last, (Token::LParen, _)]) if is(last, K::IN) => before,
                _ => return None,
            }
        }
        [before @ .., (Token::Eq | Token::DoubleEq | Token::Neq, _)] => before,
        [before @ .., last] if is(last, K::LIKE) || is(last, K::ILIKE) => before,
        _ => return None,
    };
    if let [before @ .., last] = seen
        && is(last, K::NOT)
    {
        seen = before;
    }
    while let [before @ .., (Token::DoubleColon, _), (Token::Word(_), _)] = seen {
        seen = before;
    }
    match seen {
        [.., (Token::Word(owner), _), (Token::Period, _), (Token::Word(column), _)] => {
            Some(Quoted::Value { owner: Some(owner), column })
        }
        [.., (Token::Word(column), _)] if !is_reserved(column.keyword) => {
            Some(Quoted::Value { owner: None, column })
        }
        _ => None,
    }
}

/// Whether the token can stand between `IN (` and a later value.
fn is_in_list(token: &Token) -> bool {
    matches!(
        token,
        Token::Comma
            | Token::SingleQuotedString(_)
            | Token::Number(..)
            | Token::Minus
            | Token::Placeholder(_)
            | Token::Word(Word { keyword: K::NULL, .. })
    )
}

fn is((token, _): &Placed, keyword: K) -> bool {
    matches!(token, Token::Word(word) if word.keyword == keyword)
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn read(text: &str) -> String {
        let list = tokens(text).list;
        let seen: Vec<&Placed> =
            list.iter().filter(|(token, _)| !matches!(token, Token::Whitespace(_))).collect();
        match quoted(&seen, Stage::Rest) {
            Some(Quoted::Value { owner, column }) => {
                format!("{}.{}", owner.map_or("", |owner| &owner.value), column.value)
            }
            Some(Quoted::Path) => "path".to_owned(),
            None => "text".to_owned(),
        }
    }

    #[test]
    fn a_value_is_compared_with_its_column() {
        for value in ["=", "==", "<>", "!=", "LIKE", "not ilike", "IN (", "NOT IN ('a', -1, NULL, $x,"] {
            assert_eq!(read(&format!("a AND u.\"Tên\" {value}")), "u.Tên", "{value}");
            assert_eq!(read(&format!("a AND date::date {value}")), ".date", "{value}");
            assert_eq!(read(&format!("a AND lower(b) {value}")), "text", "{value}");
        }
        for text in ["a <", "f(", "f(a,", "IN (", "AND =", "a IN (b,", "a IN ((", "=", ""] {
            assert_eq!(read(text), "text", "{text}");
        }
        assert_eq!((read("COPY t TO"), read("b TO")), ("path".to_owned(), "text".to_owned()));
    }
}
