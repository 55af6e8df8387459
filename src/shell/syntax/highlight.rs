//! What each part of SQL text is, for colouring it.

use std::ops::Range;

use datafusion::sql::sqlparser::keywords::Keyword as K;
use datafusion::sql::sqlparser::tokenizer::{Token, Whitespace, Word};

use super::tokens::{is_reserved, tokens};
use crate::ui::Role;

/// A part of a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shell) struct Span {
    /// Its first byte.
    pub(in crate::shell) start: usize,
    /// The byte after it.
    pub(in crate::shell) end: usize,
    /// What it is.
    pub(in crate::shell) role: Role,
}

/// The names that exist. They are asked for in NFC: unquoted ones in lower case, quoted ones as they
/// are.
pub(in crate::shell) trait Known {
    /// Whether there is such a function.
    fn function(&self, name: &str) -> bool;
    /// Whether there is such a table or column.
    fn name(&self, name: &str) -> bool;
}

/// The parts of a text in their order; what lies between them is nothing particular.
///
/// An opening bracket without its closing one is a fault once the statement ends, for while it is
/// typed, every bracket is open.
pub(in crate::shell) fn spans(text: &str, cursor: Option<usize>, known: &dyn Known) -> Vec<Span> {
    let tokens = tokens(text);
    let mut spans = Vec::new();
    let mut brackets = Brackets { open: Vec::new(), pairs: Pairs::default(), cursor };
    let mut last = Last { token: None, end: 0 };
    for (i, (token, range)) in tokens.list.iter().enumerate() {
        let role = match token {
            Token::Word(word) => {
                let (next, is_near) = following(&tokens.list[i + 1..]);
                let is_dotted = last.token == Some(&Token::Period) && last.end == range.start;
                let is_alias = last.keyword() == K::AS && !brackets.is_cast();
                role_of(&Around { word, is_dotted, is_alias, next, is_near }, known)
            }
            token => plain(&text[range.clone()], token),
        };
        let end = range.start + text[range.clone()].trim_end_matches(['\n', '\r']).len();
        let end = if role == Some(Role::Comment) { end } else { range.end };
        spans.extend(role.map(|role| Span { start: range.start, end, role }));
        brackets.read(token, range, last.keyword(), &mut spans);
        if !matches!(token, Token::Whitespace(_)) {
            last = Last { token: Some(token), end: range.end };
        }
    }
    spans.extend(tokens.open.map(|start| {
        let role = match &text[start..] {
            open if open.starts_with("/*") => Role::Comment,
            open if open.starts_with(['"', '`']) => Role::Name,
            _ => Role::Text,
        };
        Span { start, end: text.len(), role }
    }));
    let pair = brackets.pairs.at.or(brackets.pairs.before);
    let ends = pair.into_iter().flat_map(|(start, end)| [start, end]);
    spans.extend(ends.map(|start| Span { start, end: start + 1, role: Role::Bracket }));
    spans.retain(|span| span.start < span.end);
    spans.sort_by_key(|span| span.start);
    spans
}

/// The last token that is no white space.
struct Last<'a> {
    token: Option<&'a Token>,
    end: usize,
}

impl Last<'_> {
    fn keyword(&self) -> K {
        if let Some(Token::Word(word)) = self.token { word.keyword } else { K::NoKeyword }
    }
}

/// A word and what stands around it.
struct Around<'a> {
    word: &'a Word,
    is_dotted: bool,
    is_alias: bool,
    next: Option<&'a Token>,
    /// Whether `next` follows without white space.
    is_near: bool,
}

fn following(list: &[(Token, Range<usize>)]) -> (Option<&Token>, bool) {
    let next = list.iter().position(|(token, _)| !matches!(token, Token::Whitespace(_)));
    (next.map(|i| &list[i].0), next == Some(0))
}

fn role_of(around: &Around<'_>, known: &dyn Known) -> Option<Role> {
    let Around { word, is_dotted, is_alias, next, is_near } = *around;
    if word.quote_style.is_some() {
        return known.name(&word.value).then_some(Role::Name);
    }
    let name = word.value.to_ascii_lowercase();
    let is_reserved = is_reserved(word.keyword);
    // `LEFT (` may be a join, `left(` is a function.
    if next == Some(&Token::LParen) && (is_near || !is_reserved) && known.function(&name) {
        return Some(Role::Function);
    }
    let is_owner = next == Some(&Token::Period) && is_near;
    if is_reserved && !is_dotted && !is_owner {
        return Some(Role::Keyword);
    }
    if known.name(&name) {
        return Some(Role::Name);
    }
    // The tokenizer has keywords such as `A` and `T`, which are usually aliases.
    let is_alias = is_dotted || is_owner || is_alias || name.len() == 1;
    (word.keyword != K::NoKeyword && !is_alias).then_some(Role::Keyword)
}

/// What a token is that is no word.
fn plain(text: &str, token: &Token) -> Option<Role> {
    use Token as T;
    match token {
        T::Number(..) => Some(Role::Number),
        T::HexStringLiteral(_) if text.starts_with('0') => Some(Role::Number),
        T::Placeholder(_) => Some(Role::Param),
        T::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => {
            Some(Role::Comment)
        }
        T::Char(_) | T::Backslash => Some(Role::Fault),
        // There are sixteen kinds of strings; nothing else ends so.
        _ => text.ends_with(['\'', '"', '$']).then_some(Role::Text),
    }
}

/// The brackets that were read.
struct Brackets {
    /// The closing bracket that each open one needs, its byte, and the keyword before it.
    open: Vec<(Token, usize, K)>,
    pairs: Pairs,
    cursor: Option<usize>,
}

/// The pairs of the bracket that begins at the cursor, and of the one that ends there.
#[derive(Default)]
struct Pairs {
    at: Option<(usize, usize)>,
    before: Option<(usize, usize)>,
}

impl Brackets {
    fn is_cast(&self) -> bool {
        matches!(self.open.last(), Some((_, _, K::CAST | K::TRY_CAST | K::SAFE_CAST)))
    }

    fn read(&mut self, token: &Token, range: &Range<usize>, opener: K, spans: &mut Vec<Span>) {
        let fault = |start| Span { start, end: start + 1, role: Role::Fault };
        match token {
            Token::LParen => self.open.push((Token::RParen, range.start, opener)),
            Token::LBracket => self.open.push((Token::RBracket, range.start, opener)),
            Token::LBrace => self.open.push((Token::RBrace, range.start, opener)),
            Token::RParen | Token::RBracket | Token::RBrace => {
                match self.open.pop_if(|(wanted, ..)| wanted == token) {
                    Some((_, start, _)) => self.pair(start, range.start),
                    None => spans.push(fault(range.start)),
                }
            }
            Token::SemiColon => spans.extend(self.open.drain(..).map(|(_, start, _)| fault(start))),
            _ => {}
        }
    }

    fn pair(&mut self, start: usize, end: usize) {
        let Some(cursor) = self.cursor else { return };
        if cursor == start || cursor == end {
            self.pairs.at = Some((start, end));
        }
        if cursor == start + 1 || cursor == end + 1 {
            self.pairs.before = Some((start, end));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use unicode_normalization::UnicodeNormalization as _;

    use super::super::tokens::NASTY;
    use super::*;

    struct Names;

    impl Known for Names {
        fn function(&self, name: &str) -> bool {
            ["count", "left", "date_part", "replace"].contains(&name)
        }

        fn name(&self, name: &str) -> bool {
            ["units", "year", "status", "Tên đoàn", "huyện", "from", "count"].contains(&name)
        }
    }

    /// The parts as `kn` and the like: the first letter of what each is, with its text.
    fn painted(text: &str) -> String {
        let (before, after) = text.split_once('¦').unwrap_or((text, ""));
        let cursor = text.contains('¦').then_some(before.len());
        let text = format!("{before}{after}");
        let spans = spans(&text, cursor, &Names);
        let spans = spans.iter().map(|span| {
            let part = format!("{:?}", span.role);
            format!("{}:{}", &part[..2], &text[span.start..span.end])
        });
        spans.collect::<Vec<_>>().join(" ")
    }

    fn check(cases: &[(&str, &str)]) {
        for (text, wanted) in cases {
            assert_eq!(painted(text), *wanted, "{text}");
            let nfd: String = text.nfd().collect();
            assert_eq!(painted(&nfd).nfc().collect::<String>(), *wanted, "{text} in NFD");
        }
    }

    #[test]
    fn words_are_keywords_functions_or_names() {
        check(&[
            ("SELECT year FROM units", "Ke:SELECT Na:year Ke:FROM Na:units"),
            ("select value, status", "Ke:select Ke:value Na:status"),
            ("SELECT u.value, u.year, u.\"from\"", "Ke:SELECT Na:year Na:\"from\""),
            ("SELECT count (x), count, tính(y)", "Ke:SELECT Fu:count Na:count"),
            ("a LEFT (b), left(c)", "Ke:LEFT Fu:left"),
            ("x AS value, CAST(x AS date)", "Ke:AS Ke:CAST Ke:AS Ke:date"),
            ("FROM units t, name.x", "Ke:FROM Na:units"),
            ("HUYện, \"Tên đoàn\", \"tên đoàn\"", "Na:HUYện Na:\"Tên đoàn\""),
        ]);
    }

    #[test]
    fn texts_numbers_and_comments_are_seen_whole() {
        check(&[
            ("'ừ; SELECT' 1.5e3 0xff X'ff'", "Te:'ừ; SELECT' Nu:1.5e3 Nu:0xff Te:X'ff'"),
            ("E'\\'' N'a' $$ ( $$ $t$ $$ $t$", "Te:E'\\'' Te:N'a' Te:$$ ( $$ Te:$t$ $$ $t$"),
            ("1 -- hết\r\n/* a /* b */ */ $tên", "Nu:1 Co:-- hết Co:/* a /* b */ */ Pa:$tên"),
            ("x 'mở (", "Te:'mở ("),
            ("x /* mở '", "Co:/* mở '"),
            ("x \"mở", "Na:\"mở"),
            ("\u{feff}x \\ ~ \u{200b}", "Fa:\\ Fa:\u{200b}"),
        ]);
    }

    #[test]
    fn brackets_match_in_kind() {
        check(&[
            ("(a", ""),
            ("(a;", "Fa:("),
            ("a) (')'", "Fa:) Te:')'"),
            ("([)]; (", "Fa:( Fa:)"),
            ("(a, ¦[b])", "Br:[ Br:]"),
            ("(a, [b])¦", "Br:( Br:)"),
            ("(a¦)(b)", "Br:( Br:)"),
            ("(¦a", ""),
            ("x)¦", "Fa:)"),
        ]);
    }

    #[test]
    fn spans_never_overlap() {
        for text in NASTY {
            for (i, _) in text.char_indices().chain([(text.len(), ' ')]) {
                for (text, cursor) in [(&text[..i], i), (&text[i..], 0), (text, i)] {
                    spans(text, Some(cursor), &Names).iter().fold(0, |end, span| {
                        assert!(end <= span.start && span.start < span.end, "{text}");
                        assert!(text.get(span.start..span.end).is_some(), "{text}");
                        span.end
                    });
                }
            }
        }
    }

    #[test]
    fn long_texts_take_linear_time() {
        for piece in ["SELECT u.ệ, ", "(", "()]", "x ", "a                  ", "._", "'a' -- b\n", "E'\\u' "]
        {
            let text = piece.repeat(100_000 / piece.len());
            let begin = Instant::now();
            spans(&text, Some(0), &Names);
            assert!(begin.elapsed() < Duration::from_secs(5), "{piece}");
        }
    }
}
