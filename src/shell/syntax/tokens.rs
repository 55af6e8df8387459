//! SQL text as tokens with their bytes, also where the text is not finished or not SQL.

use std::borrow::Cow;
use std::ops::Range;

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Whitespace, Word};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

use crate::query::split::is_open;
use crate::ui::text;

/// A token and its bytes.
pub(crate) type Placed = (Token, Range<usize>);

/// A text's tokens.
#[derive(Debug)]
pub(crate) struct Tokens {
    /// The tokens with white space and comments, without gaps from the first byte on. Their values
    /// are in NFC; their bytes are the text's.
    pub(crate) list: Vec<Placed>,
    /// The byte at which a string, a quoted name or a comment begins that does not end.
    pub(crate) open: Option<usize>,
}

/// Splits a text into tokens. What is no SQL becomes `Token::Char`, and the rest is read on.
pub(crate) fn tokens(text: &str) -> Tokens {
    let (composed, widths) = composed(text);
    // The tokenizer reads what `/*! … */` holds as SQL, and its places are then wrong.
    let source = match composed.contains("/*!") {
        true => Cow::Owned(composed.replace("/*!", "/* ")),
        false => composed,
    };
    let mut reader = Reader { rest: &source, widths: widths.as_deref(), byte: 0 };
    let (mut list, mut found) = (Vec::new(), Vec::new());
    let dialect = GenericDialect {};
    let open = loop {
        let end = Tokenizer::new(&dialect, reader.rest).tokenize_with_location_into_buf(&mut found);
        let mut at = Location { line: 1, column: 1 };
        for TokenWithSpan { token, span } in found.drain(..) {
            let start = reader.byte;
            reader.pass(&mut at, span.end);
            list.push((token, start..reader.byte));
        }
        let Err(error) = end else { break None };
        // The tokens leave no gap, so the faulty one begins where the last good one ended.
        let start = reader.byte;
        if let Some(chars) = escaped(reader.rest) {
            (0..chars).for_each(|_| reader.skip());
            list.push((Token::EscapedStringLiteral(String::new()), start..reader.byte));
        } else if is_open(&error.message) {
            break Some(start);
        } else if let Some(c) = reader.rest.chars().next() {
            reader.skip();
            list.push((if c == '.' { Token::Period } else { Token::Char(c) }, start..reader.byte));
        } else {
            break None;
        }
    };
    if let Some((token @ Token::Char('\u{feff}'), Range { start: 0, .. })) = list.first_mut() {
        *token = Token::Whitespace(Whitespace::Space);
    }
    Tokens { list, open }
}

/// A name as SQL reads it: quoted as it is, otherwise in lower case.
pub(crate) fn name(word: &Word) -> String {
    if word.quote_style.is_some() { word.value.clone() } else { word.value.to_ascii_lowercase() }
}

/// Whether a keyword can name nothing unless it is quoted; `year`, `status` and the like can.
pub(crate) fn is_reserved(keyword: Keyword) -> bool {
    use Keyword as K;
    matches!(
        keyword,
        K::SELECT
            | K::FROM
            | K::WHERE
            | K::GROUP
            | K::BY
            | K::HAVING
            | K::ORDER
            | K::LIMIT
            | K::OFFSET
            | K::FETCH
            | K::UNION
            | K::EXCEPT
            | K::INTERSECT
            | K::WITH
            | K::AS
            | K::ON
            | K::USING
            | K::JOIN
            | K::INNER
            | K::LEFT
            | K::RIGHT
            | K::FULL
            | K::OUTER
            | K::CROSS
            | K::NATURAL
            | K::SEMI
            | K::ANTI
            | K::LATERAL
            | K::AND
            | K::OR
            | K::NOT
            | K::IN
            | K::IS
            | K::LIKE
            | K::ILIKE
            | K::BETWEEN
            | K::NULL
            | K::TRUE
            | K::FALSE
            | K::CASE
            | K::WHEN
            | K::THEN
            | K::ELSE
            | K::END
            | K::DISTINCT
            | K::ALL
            | K::EXISTS
            | K::VALUES
            | K::INTO
            | K::INSERT
            | K::UPDATE
            | K::DELETE
            | K::SET
            | K::CREATE
            | K::TABLE
            | K::DROP
            | K::ALTER
            | K::WINDOW
            | K::QUALIFY
            | K::OVER
            | K::PARTITION
            | K::RETURNING
            | K::CAST
            | K::ASC
            | K::DESC
            | K::EXPLAIN
            | K::DESCRIBE
            | K::TABLESAMPLE
            | K::TO
    )
}

/// The characters of `E'…'` at the start of the text, where it ends: of a wrong escape in it the
/// tokenizer too says that it does not.
fn escaped(text: &str) -> Option<usize> {
    let mut chars = text.chars().enumerate().peekable();
    chars.next_if(|(_, c)| matches!(c, 'e' | 'E'))?;
    chars.next_if(|(_, c)| *c == '\'')?;
    while let Some((i, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '\'' if chars.next_if(|(_, c)| *c == '\'').is_none() => return Some(i + 1),
            _ => {}
        }
    }
    None
}

/// The text in NFC, for an accent alone is no part of a name to the tokenizer; and the bytes of the
/// text that each of its characters stands for, where those are not its own.
fn composed(text: &str) -> (Cow<'_, str>, Option<Vec<usize>>) {
    if let Cow::Borrowed(text) = text::nfc(text) {
        return (Cow::Borrowed(text), None);
    }
    let (mut composed, mut widths) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    let mut rest = text;
    while !rest.is_empty() {
        let next = rest.char_indices().skip(1).find(|(_, c)| canonical_combining_class(*c) == 0);
        let (letter, after) = rest.split_at(next.map_or(rest.len(), |(i, _)| i));
        composed.extend(letter.nfc());
        widths.extend(letter.nfc().enumerate().map(|(i, _)| if i == 0 { letter.len() } else { 0 }));
        rest = after;
    }
    (Cow::Owned(composed), Some(widths))
}

/// A place in the composed text and in the text itself.
struct Reader<'a> {
    rest: &'a str,
    widths: Option<&'a [usize]>,
    byte: usize,
}

impl Reader<'_> {
    /// Goes on to the tokenizer's `end`, which counts lines and characters as `at` does.
    fn pass(&mut self, at: &mut Location, end: Location) {
        while *at < end {
            match self.rest.chars().next() {
                Some('\n') => *at = Location { line: at.line + 1, column: 1 },
                Some(_) => at.column += 1,
                None => return,
            }
            self.skip();
        }
    }

    fn skip(&mut self) {
        let mut chars = self.rest.chars();
        let Some(c) = chars.next() else { return };
        self.rest = chars.as_str();
        self.byte += match &mut self.widths {
            Some(widths) => widths.split_off_first().copied().unwrap_or_default(),
            None => c.len_utf8(),
        };
    }
}

/// Texts that are hard to read, for the tests of all that reads them.
#[cfg(test)]
pub(crate) const NASTY: [&str; 12] = [
    "SELECT u.\"Tên đoàn viên\", 'it''s; --' FROM units u -- hết; /*\r\nWHERE u.x='ă' AND y IN ('a', 'b');",
    "\u{feff}WITH a AS (SELECT $1, $tên, $$ x;' $$, $t$ ( $$ $t$), b (c) AS (TABLE a) SELECT * FROM b, (a JOIN c);",
    "/* a /* b */ c */ /*! SELECT 'x */ SELECT E'a\\'b', E'\\u12', N'đ', X'ff', U&'\\00e9', U&'\\zz', b'1', r'''q''';",
    "SELECT a::int, b->'c'->>'d', e._f, ._g, 1._h, 1e5, .5, 0xff, a||b, c<=>d, [1)], {a: 'b'}, ((] FROM t;;",
    "Se\u{302}\u{301}t u\u{31b}\u{300}ng FROM \"Huye\u{323}\u{302}n\" hu\u{1b0}\u{303} WHERE hu\u{1b0}\u{303}.te\u{302}n = 'Ye\u{302}n",
    "\\d units \\ q'[it's]' nq'{x}' Q' @x @( #( @@y ? ?1 $ $$ ` ~ \u{200b} \u{a0} \u{301}x \0 \t",
    "INSERT INTO s.t (a, b) SELECT x, y FROM 'f''g.parquet' AS f UNION ALL SELECT * EXCEPT (c) FROM `t u` v WHERE",
    "SELECT EXTRACT(YEAR FROM d), CAST(a AS INT), count(*) FILTER (WHERE x) OVER (PARTITION BY y ORDER BY z) FROM (SELECT",
    "\"a\"\"b\".\"c\" /* mở",
    "FROM a JOIN LATERAL (SELECT 1) b ON a.x IS DISTINCT FROM b.x, c AS \"d e\" (f, g) GROUP BY ALL LIMIT 5 OFFSET",
    "))) SELECT (((( FROM , , JOIN ON AS AS . .. ... WITH , AS ( ; UPDATE t SET a = 'b' ; DESCRIBE 'x",
    "SELECT '👨‍👩‍👧', \"ﬁ\", 한글, e\u{301}\u{325}x, \u{958} FROM 'đ\\",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<&str> {
        let tokens = tokens(text);
        let words = tokens.list.iter().filter(|(token, _)| !matches!(token, Token::Whitespace(_)));
        let mut read: Vec<&str> = words.map(|(_, range)| &text[range.clone()]).collect();
        read.extend(tokens.open.map(|open| &text[open..]));
        read
    }

    #[test]
    fn bytes_are_right_after_vietnamese_and_lines() {
        assert_eq!(
            read("SELECT 'Đoàn',\r\n\tệ.x\n, \"ừ\""),
            ["SELECT", "'Đoàn'", ",", "ệ", ".", "x", ",", "\"ừ\""]
        );
        assert_eq!(read("\u{feff}a -- đ\r\nb /* x /* y */ */ c"), ["a", "b", "c"]);
        assert_eq!(
            read("a::int->>'x' $1 $tên $$a;$$ $t$ $$ $t$"),
            ["a", "::", "int", "->>", "'x'", "$1", "$tên", "$$a;$$", "$t$ $$ $t$"]
        );
        assert_eq!(read("e'\\'' N'a' X'f' U&'a' \\d"), ["e'\\''", "N'a'", "X'f'", "U&'a'", "\\", "d"]);
    }

    #[test]
    fn an_accent_alone_belongs_to_its_letter() {
        let text = "Huye\u{323}\u{302}n1, \"Ye\u{302}n\"";
        assert_eq!(read(text), ["Huye\u{323}\u{302}n1", ",", "\"Ye\u{302}n\""]);
        let list = tokens(text).list;
        assert_eq!(
            (&list[0].0, &list[3].0),
            (&Token::make_word("Huyện1", None), &Token::make_word("Yên", Some('"')))
        );
    }

    #[test]
    fn what_does_not_end_is_open_and_what_is_no_sql_is_not() {
        for open in ["'a", "\"đ", "/* a /* b */", "$$ a", "$t$ $$", "E'\\'", "`x", "q'[a'"] {
            assert_eq!(tokens(&format!("SELECT ế, {open}")).open, Some(12), "{open}");
        }
        assert_eq!(
            read("a ._b )._c E'\\u1' U&'\\z' d"),
            ["a", ".", "_b", ")", ".", "_c", "E'\\u1'", "U", "&", "'\\z'", "d"]
        );
        assert_eq!(read("a /*! b */ c '"), ["a", "c", "'"]);
    }

    #[test]
    fn tokens_leave_no_gap() {
        for text in NASTY {
            for (i, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let tokens = tokens(&text[..i]);
                let end = tokens.list.iter().fold(0, |end, (_, range)| {
                    assert!(range.start == end && text.is_char_boundary(range.end), "{text}");
                    range.end
                });
                assert_eq!(end, tokens.open.unwrap_or(i), "{text}");
            }
        }
    }
}
