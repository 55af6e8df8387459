//! What may stand at the cursor in SQL text.

use datafusion::sql::sqlparser::tokenizer::{Token, Whitespace, Word};

use super::quoted::{Quoted, quoted};
pub(in crate::shell) use super::scope::ctes;
use super::scope::{Scope, Stage};
use super::tokens::{Placed, name, tokens};

/// The word at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::shell) struct Place {
    /// The byte at which it begins, in the text before the cursor; a quoted name with its quote.
    pub(in crate::shell) start: usize,
    /// What it may be.
    pub(in crate::shell) wanted: Wanted,
}

/// What may stand at a place. Tables are named as SQL reads them: unquoted in lower case, without
/// their schema; a file by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::shell) enum Wanted {
    /// Nothing that is known: a comment, a text, a number, a new name.
    Nothing,
    /// The first word of a statement or of a query.
    Start,
    /// A table.
    Table,
    /// A column after `owner.`.
    ColumnOf {
        /// The tables that the owner can stand for.
        tables: Vec<String>,
    },
    /// A column, a function or a keyword.
    Expression {
        /// The tables in scope, the nearest first.
        tables: Vec<String>,
    },
    /// The path of a file that is read as a table, inside its quotes.
    Path {
        /// The byte after the quote.
        typed_from: usize,
    },
    /// A value that a column is compared with, inside its quotes.
    Value {
        /// The column.
        column: String,
        /// The tables that may hold it.
        tables: Vec<String>,
    },
    /// A parameter, after its `$`.
    Param,
}

/// What may stand between a text before the cursor and one after it.
pub(in crate::shell) fn place(before: &str, after: &str) -> Place {
    let left = tokens(before);
    let first = left.list.iter().rposition(|(token, _)| *token == Token::SemiColon).map_or(0, |i| i + 1);
    let mut seen: Vec<&Placed> = left.list[first..].iter().collect();
    let start = match (left.open, seen.last()) {
        (Some(open), _) if before[open..].starts_with(['\'', '"', '`']) => open,
        (None, Some((Token::Word(Word { quote_style: None, .. }), range))) => range.start,
        (None, Some((Token::Placeholder(param), range))) if param.starts_with('$') => {
            return Place { start: range.start + 1, wanted: Wanted::Param };
        }
        (open, last) if open.is_some() || is_done(before, last) => return nothing(before),
        _ => before.len(),
    };
    seen.pop_if(|(_, range)| range.start == start);
    if start < before.len() && left.open.is_none() && is_done(before, seen.last()) {
        return nothing(before);
    }
    seen.retain(|(token, _)| !matches!(token, Token::Whitespace(_)));
    if seen.first().is_some_and(|(token, _)| *token == Token::Backslash) {
        return nothing(before);
    }

    let mut scope = Scope::new();
    seen.iter().for_each(|(token, range)| scope.read(token, range));
    let (stage, block) = scope.here();
    scope.pass_cursor(start < before.len());
    for (token, range) in right(before, after, left.open.is_some()) {
        match token {
            Token::SemiColon => break,
            Token::Whitespace(_) => {}
            token => scope.read(&token, &range),
        }
    }
    if before[start..].starts_with('\'') {
        let start = start + 1;
        return match quoted(&seen, stage) {
            Some(Quoted::Path) => Place { start, wanted: Wanted::Path { typed_from: start } },
            Some(Quoted::Value { owner, column }) => {
                let tables = match owner {
                    Some(owner) => scope.blocks.owner(block, name(owner)),
                    None => scope.blocks.tables(block),
                };
                Place { start, wanted: Wanted::Value { column: name(column), tables } }
            }
            None => nothing(before),
        };
    }
    let wanted = match (seen.as_slice(), stage) {
        ([.., (Token::Period, _)], Stage::Named) | (_, Stage::Table) => Wanted::Table,
        ([.., (Token::Word(owner), _), (Token::Period, _)], _) => {
            Wanted::ColumnOf { tables: scope.blocks.owner(block, name(owner)) }
        }
        ([.., (Token::Period, _)], _) | (_, Stage::Alias | Stage::NewName | Stage::Body) => Wanted::Nothing,
        ([.., (Token::DoubleColon, _)], _) | (_, Stage::Type) => Wanted::Expression { tables: Vec::new() },
        (_, Stage::Start) => Wanted::Start,
        (_, Stage::Named | Stage::Rest) => Wanted::Expression { tables: scope.blocks.tables(block) },
    };
    Place { start, wanted }
}

/// The tokens that begin after the cursor.
fn right(before: &str, after: &str, is_open: bool) -> Vec<Placed> {
    let all = tokens(&format!("{before}{after}"));
    if is_open && all.open.is_some() {
        // The text at the cursor is not closed yet; what follows belongs to the statement.
        return tokens(after).list;
    }
    let begin = all.list.partition_point(|(_, range)| range.start < before.len());
    all.list.into_iter().skip(begin).collect()
}

fn nothing(before: &str) -> Place {
    Place { start: before.len(), wanted: Wanted::Nothing }
}

/// Whether the last token is neither a part of a word nor lets one follow at once.
fn is_done(before: &str, last: Option<&&Placed>) -> bool {
    last.is_some_and(|(token, range)| match token {
        Token::Whitespace(Whitespace::SingleLineComment { comment, .. }) => !comment.ends_with('\n'),
        Token::Word(word) => word.quote_style.is_some(),
        Token::Number(..) | Token::Placeholder(_) | Token::HexStringLiteral(_) => true,
        _ => before[range.clone()].ends_with(['\'', '"', '$']),
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use unicode_normalization::UnicodeNormalization as _;

    use super::super::tokens::NASTY;
    use super::*;

    /// What is wanted at `|`, and after a colon the word that is typed there.
    fn at(text: &str) -> String {
        let (before, after) = text.split_once('|').expect("a cursor");
        let place = place(before, after);
        let wanted = match place.wanted {
            Wanted::ColumnOf { tables } => format!("of {}", tables.join(",")),
            Wanted::Expression { tables } => format!("in {}", tables.join(",")),
            Wanted::Value { column, tables } => format!("value of {column} in {}", tables.join(",")),
            Wanted::Path { typed_from } if typed_from == place.start => "path".to_owned(),
            wanted => format!("{wanted:?}").to_lowercase(),
        };
        format!("{wanted}:{}", &before[place.start..])
    }

    fn check(cases: &[(&str, &str)]) {
        for (text, wanted) in cases {
            assert_eq!(at(text), *wanted, "{text}");
            let (nfd, wanted): (String, String) = (text.nfd().collect(), wanted.nfc().collect());
            assert_eq!(at(&nfd).nfc().collect::<String>(), wanted, "{text} in NFD");
        }
    }

    #[test]
    fn statements_and_queries_start_with_keywords() {
        check(&[
            ("|", "start:"),
            ("sel|", "start:sel"),
            ("SELECT ';' -- ;\n; wi|; SELECT", "start:wi"),
            ("|SELECT 1", "start:"),
            ("EXPLAIN ANALYZE s|", "start:s"),
            ("SELECT 1 UNION ALL |", "start:"),
            ("WITH a AS (|", "start:"),
            ("WITH a AS (SELECT 1) S|", "start:S"),
            ("SELECT * FROM (|) x", "start:"),
            ("SELECT 1 WHERE NOT EXISTS (|", "start:"),
            ("CREATE VIEW v AS |", "start:"),
        ]);
    }

    #[test]
    fn tables_follow_from_join_and_the_commas_of_their_list() {
        check(&[
            ("SELECT * FROM |", "table:"),
            ("SELECT * FROM đoàn_v|", "table:đoàn_v"),
            ("SELECT * FROM\r\n -- bảng\r\n un|", "table:un"),
            ("SELECT * FROM \"Đoàn v|", "table:\"Đoàn v"),
            ("SELECT * FROM public.|", "table:"),
            ("SELECT * FROM a LEFT JOIN |", "table:"),
            ("SELECT * FROM a, |", "table:"),
            ("SELECT * FROM a x JOIN b ON x.c = b.c, |", "table:"),
            ("SELECT * FROM a ORDER BY b, |", "in a:"),
            ("DESCRIBE un|", "table:un"),
            ("INSERT INTO |", "table:"),
            ("UPDATE |", "table:"),
            ("DROP TABLE IF EXISTS |", "table:"),
            ("SELECT EXTRACT(YEAR FROM |) FROM a", "in a:"),
            ("SELECT * FROM a WHERE b IS DISTINCT FROM |", "in a:"),
            ("WITH a AS (SELECT 1), b AS (SELECT * FROM |", "table:"),
        ]);
    }

    #[test]
    fn owners_stand_for_their_tables() {
        check(&[
            ("SELECT u.| FROM units u", "of units:"),
            ("SELECT U.na| FROM Units AS u", "of units:na"),
            ("SELECT u.\"Tên| FROM \"Đoàn viên\" u", "of Đoàn viên:\"Tên"),
            ("SELECT \"Đơn vị\".| FROM units \"Đơn vị\"", "of units:"),
            ("SELECT ệ.| FROM huyện ệ;", "of huyện:"),
            ("SELECT units.| FROM units", "of units:"),
            ("SELECT x.|", "of x:"),
            ("SELECT * FROM s.units u\nWHERE '' = u.|", "of units:"),
            ("SELECT f.| FROM 'data/f.parquet' f", "of data/f.parquet:"),
            ("SELECT u.| FROM units u UNION SELECT u.x FROM loans u", "of units:"),
            ("SELECT 1 FROM units u WHERE x IN (SELECT u.| FROM loans u)", "of loans:"),
            ("SELECT 1 FROM units u WHERE x IN (SELECT u.| FROM loans l)", "of units:"),
            ("SELECT s.| FROM (SELECT a FROM units JOIN loans) AS s", "of units,loans:"),
            ("SELECT s.| FROM generate_series(1, 3) s", "of :"),
            ("SELECT u.| FROM units u; SELECT 1 FROM loans u", "of units:"),
            ("SELECT 1 FROM loans u; SELECT u.|\n FROM units u", "of units:"),
            ("SELECT sum(u.| FROM units u", "of units:"),
            ("SELECT u.| FROM (units u JOIN loans l ON true)", "of units:"),
            ("SELECT 'FROM x u' /* FROM x u */, u.| FROM units u", "of units:"),
        ]);
    }

    #[test]
    fn columns_come_from_the_nearest_tables_first() {
        check(&[
            ("SELECT | FROM units u, loans", "in units,loans:"),
            ("SELECT a, na|me FROM units", "in units:na"),
            ("SELECT * FROM units WHERE lower(|", "in units:"),
            ("SELECT * FROM units u |", "in units:"),
            ("SELECT * FROM a WHERE x IN (SELECT | FROM b)", "in b,a:"),
            ("SELECT * FROM a WHERE x IN (SELECT 1 FROM b) AND |", "in a:"),
            ("WITH c AS (SELECT | FROM a) SELECT * FROM c", "in a:"),
            ("WITH c AS (SELECT 1 FROM a) SELECT | FROM c", "in c:"),
            ("SELECT * EXCEPT (|) FROM a", "in a:"),
            ("SELECT count(*) FILTER (WHERE |) FROM a", "in a:"),
            ("SELECT a AS năm, | FROM a", "in a:"),
            ("SELECT (| FROM a WHERE b", "in a:"),
            ("UPDATE units SET |", "in units:"),
            ("INSERT INTO units (|) SELECT a FROM b", "in units:"),
            ("INSERT INTO units (a) SELECT | FROM b", "in b:"),
            ("SELECT CAST(a AS |) FROM b", "in :"),
            ("SELECT a::i| FROM b", "in :i"),
            ("FROM units SELECT |", "in units:"),
        ]);
    }

    #[test]
    fn texts_hold_paths_and_values() {
        check(&[
            ("SELECT * FROM 'dữ liệu/a|", "path:dữ liệu/a"),
            ("SELECT * FROM a JOIN '|' b", "path:"),
            ("COPY a TO '|", "path:"),
            ("SELECT * FROM a WHERE tên = 'Yên Kh|'", "value of tên in a:Yên Kh"),
            ("SELECT * FROM a x, b WHERE X.Status <> '|", "value of status in a:"),
            ("SELECT * FROM a WHERE \"Họ tên\" != 'it''s |", "value of Họ tên in a:it''s "),
            ("SELECT * FROM a WHERE b NOT IN ('x', 2, '|') AND c", "value of b in a:"),
            ("SELECT * FROM a WHERE b::text NOT LIKE '|", "value of b in a:"),
            ("SELECT b = '| FROM a", "value of b in a:"),
            ("SELECT * FROM a WHERE lower(b) = '|", "nothing:"),
            ("SELECT * FROM a WHERE f(b, '|", "nothing:"),
            ("SELECT 'u.|", "nothing:"),
        ]);
    }

    #[test]
    fn new_names_comments_and_numbers_want_nothing() {
        check(&[
            ("SELECT a AS |", "nothing:"),
            ("SELECT a AS x|, b", "nothing:x"),
            ("SELECT * FROM a AS |", "nothing:"),
            ("WITH |", "nothing:"),
            ("SELECT 1 -- FROM |", "nothing:"),
            ("SELECT 1 /* FROM |", "nothing:"),
            ("SELECT 12|", "nothing:"),
            ("SELECT 12a|", "nothing:"),
            ("SELECT 'a'|", "nothing:"),
            ("\\d un|", "nothing:"),
            ("SELECT $|", "param:"),
            ("SELECT * FROM a WHERE b = $tê| AND", "param:tê"),
        ]);
    }

    #[test]
    fn no_text_and_no_cursor_is_too_much() {
        for text in NASTY {
            let ends: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
            for &cursor in &ends {
                for &end in &[cursor, text.len(), usize::midpoint(cursor, text.len())] {
                    let after = text.get(cursor..end).unwrap_or_default();
                    let place = place(&text[..cursor], after);
                    assert!(text.is_char_boundary(place.start) && place.start <= cursor, "{text} {cursor}");
                }
                super::ctes(&text[..cursor]);
            }
        }
    }

    #[test]
    fn long_texts_take_linear_time() {
        for piece in [
            "SELECT u.ệ, ",
            "(",
            "FROM a, b JOIN (",
            "('a', ",
            "._",
            "x IN ('a', 'ế",
            "FROM (SELECT b FROM a, ",
        ] {
            let text = piece.repeat(100_000 / piece.len());
            let begin = Instant::now();
            place(&text, &text);
            place(&text, &")".repeat(50_000));
            assert!(begin.elapsed() < Duration::from_secs(5), "{piece}");
        }
    }
}
