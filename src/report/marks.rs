//! Marks in a Markdown text, where something stands that is no Markdown; and text that is only text.

use crate::ui::text::visible;

/// What a mark begins and ends with: characters that no text has a meaning for.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// The mark of a piece.
pub(super) fn mark(piece: usize) -> String {
    format!("{OPEN}{piece}{CLOSE}")
}

/// A template's text without what could be taken for a mark.
pub(super) fn without_marks(text: &str) -> String {
    text.replace([OPEN, CLOSE], "\u{fffd}")
}

/// A part of a text with marks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Text(&'a str),
    Mark(usize),
}

impl Part<'_> {
    /// The bytes that it takes in the text.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Mark(piece) => mark(*piece).len(),
        }
    }
}

/// The parts of a text.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let Some((number, after)) = after.split_once(CLOSE) else { break };
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.extend(number.parse().ok().map(Part::Mark));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

/// A text as Markdown that stands for it, letter by letter: no character of it is markup, in CommonMark
/// or with the extensions of others.
pub(super) fn escaped(text: &str) -> String {
    let text = without_marks(text);
    let lines: Vec<&str> = text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect();
    let text = lines.join(" ");
    let text = visible(&text);
    let mut escaped = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        let (before, after) = (&text[..at], &text[at + c.len_utf8()..]);
        let is_markup = match c {
            ',' | ';' | '%' | '?' | '\'' | '"' => false,
            // Only what begins a text can begin a block, or go on with a link of the template.
            '-' | '+' | '=' | '(' | '/' => before.is_empty(),
            ':' => before.is_empty() || after.starts_with('/'),
            '.' => is_list(before, after) || before.to_ascii_lowercase().ends_with("www"),
            ')' => before.is_empty() || is_list(before, after),
            c => c.is_ascii_punctuation(),
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The same with the marks in a text left as they are.
pub(super) fn escaped_between(text: &str) -> String {
    let blank = |is_blank: bool| if is_blank { " " } else { "" };
    let part = |part: Part<'_>| match part {
        Part::Text(text) => {
            let (before, after) =
                (text.starts_with(char::is_whitespace), text.ends_with(char::is_whitespace));
            format!("{}{}{}", blank(before), escaped(text), blank(after))
        }
        Part::Mark(piece) => mark(piece),
    };
    parts(text.trim()).into_iter().map(part).collect()
}

/// Whether what stands between these is taken for the mark of a list's item.
fn is_list(before: &str, after: &str) -> bool {
    before.bytes().all(|byte| byte.is_ascii_digit()) && !after.starts_with(|next: char| next.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_between_texts() {
        let text = format!("a {} b{}", mark(0), mark(12));
        assert_eq!(parts(&text), [Part::Text("a "), Part::Mark(0), Part::Text(" b"), Part::Mark(12)]);
        assert_eq!(parts(&without_marks(&text)).len(), 1);
    }

    #[test]
    fn no_text_is_markdown_or_html() {
        let hostile =
            "  # <script>alert(1)</script> *b* | [x](javascript:a) `c` {{ y }} &lt;\n\n- 1\n    code";
        let mut html = String::new();
        pulldown_cmark::html::push_html(
            &mut html,
            pulldown_cmark::Parser::new_ext(&escaped(hostile), pulldown_cmark::Options::all()),
        );
        assert_eq!(
            html,
            "<p># &lt;script&gt;alert(1)&lt;/script&gt; *b* | [x](javascript:a) `c` {{ y }} &amp;lt; - 1 code</p>\n"
        );
    }

    #[test]
    fn plain_texts_stay_readable_and_plain() {
        for (text, written) in [
            ("1.234,5", "1.234,5"),
            ("Đoàn (tỉnh) 3-5", "Đoàn (tỉnh) 3-5"),
            ("1. x", "1\\. x"),
            ("12) x", "12\\) x"),
            ("- x", "\\- x"),
            ("(a:b)", "\\(a:b)"),
            ("https://www.example.org", "https\\://www\\.example.org"),
            ("a@b.c #", "a\\@b.c \\#"),
        ] {
            assert_eq!(escaped(text), written, "{text}");
        }
    }
}
