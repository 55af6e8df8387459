//! Statements so deep that whatever walks them would end the process: refused before they are parsed.
//!
//! The parser counts what stands in brackets; a chain such as `1 + 1 + …` it takes in a loop, and its
//! tree is as deep as the chain is long.

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use super::diagnose::Place;
use crate::error::{Error, Result};
use crate::say;
use crate::ui::text;

/// Operators that may stand one in the other. The engine needs minutes to plan that many; a thread's
/// stack holds four times as many in a build without optimisation.
const MOST: usize = 10_000;

/// Refuses a statement that is too deep.
///
/// # Errors
/// It is; its place is that of the first operator that is too much.
pub(super) fn check(statement: &str, place: &Place<'_>) -> Result<()> {
    // An operator with an operand takes two bytes.
    if statement.len() < 2 * MOST {
        return Ok(());
    }
    let dialect = GenericDialect {};
    // What is no token is the parser's to tell.
    let Ok(tokens) = Tokenizer::new(&dialect, statement).tokenize_with_location() else { return Ok(()) };
    // Of each bracket that is open: the operators of the chain at hand, and the UNIONs before it.
    let mut chains = vec![(0_usize, 0_usize)];
    let mut depth = 0;
    for token in tokens {
        let Some((chain, sets)) = chains.last_mut() else { return Ok(()) };
        match &token.token {
            Token::LParen | Token::LBracket => chains.push((0, 0)),
            Token::RParen | Token::RBracket => {
                let (chain, sets) = chains.pop().unwrap_or_default();
                depth -= chain + sets;
                // `a[1][2]`: the bracket is an operator itself.
                if let (Some((chain, _)), Token::RBracket) = (chains.last_mut(), &token.token) {
                    (*chain, depth) = (*chain + 1, depth + 1);
                }
            }
            Token::Comma | Token::SemiColon => depth -= std::mem::take(chain),
            Token::Word(word) if parts(word.keyword) => depth -= std::mem::take(chain),
            Token::Word(word) if joins_queries(word.keyword) => {
                depth = depth + 1 - std::mem::take(chain);
                *sets += 1;
            }
            token if is_operator(token) => (*chain, depth) = (*chain + 1, depth + 1),
            _ => {}
        }
        if depth > MOST {
            let start = token.span.start;
            let most = text::grouped(MOST as u64);
            return Err(Error::data(say!("the statement is more than {most} operators deep", most))
                .hint(say!("put long lists into IN (…), or into a file that is read as a table"))
                .at(place.excerpt(start.line as usize, start.column as usize, 1)));
        }
    }
    Ok(())
}

/// Words between which chains of their own stand.
fn parts(keyword: Keyword) -> bool {
    matches!(keyword, Keyword::WHEN | Keyword::THEN | Keyword::ELSE)
}

fn joins_queries(keyword: Keyword) -> bool {
    matches!(keyword, Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT)
}

fn is_operator(token: &Token) -> bool {
    match token {
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::AND
                | Keyword::OR
                | Keyword::IS
                | Keyword::NOT
                | Keyword::LIKE
                | Keyword::ILIKE
                | Keyword::BETWEEN
                | Keyword::COLLATE
                | Keyword::JOIN
        ),
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::Whitespace(_)
        | Token::Placeholder(_)
        | Token::Period
        | Token::EOF => false,
        // Whatever else there is stands between two operands.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Source, split};

    fn checked(sql: &str) -> Result<()> {
        let source = Source::new("test", sql);
        let statement = split::split(&source)?.statements(&source)?.remove(0);
        check(&statement.text, &Place { source: &source, statement: &statement })
    }

    #[test]
    fn chains_are_counted_and_lists_are_not() {
        for (first, more) in [
            ("SELECT 1", "+1"),
            ("SELECT 1", "::int"),
            ("SELECT 1", " IS NULL"),
            ("SELECT a", "[1]"),
            ("SELECT true", " AND true"),
            ("SELECT 1", " UNION ALL SELECT 1"),
            ("SELECT 1 FROM a", " JOIN b USING (c)"),
        ] {
            let chain = |n: usize| format!("{first}{}", more.repeat(n));
            assert!(checked(&chain(MOST + 1)).is_err(), "{more}");
            assert!(checked(&chain(MOST - 1)).is_ok(), "{more}");
        }
        assert!(checked(&format!("SELECT {}", "(1 + 2), ".repeat(20_000) + "1")).is_ok());
        assert!(checked(&format!("SELECT CASE {} END", "WHEN a = 1 AND b THEN 2 ".repeat(20_000))).is_ok());
        assert!(checked(&format!("SELECT '{}'", "+ ".repeat(50_000))).is_ok());
        assert!(checked(&vec!["SELECT 1 + 1 + 1 + 1 + 1"; 5_000].join(" UNION ALL ")).is_ok());
    }
}
