//! Text on a screen: its width, and how much of it is shown.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::language::fold;

/// The columns that a text takes on a terminal.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// The columns that a text takes beside the colours in it.
pub fn painted_width(text: &str) -> usize {
    let mut parts = text.split('\x1b');
    let plain = parts.next().map_or(0, width);
    // A colour is `ESC [ … m`.
    plain + parts.map(|part| part.split_once('m').map_or(0, |(_, rest)| width(rest))).sum::<usize>()
}

/// The text in Unicode's composed form (NFC), so that one name has one spelling.
pub fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// The text without blanks at its ends. Most texts have none, which two bytes tell.
pub fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [only] if only.is_ascii_graphic() => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// The text with nothing in it that a terminal would act on.
///
/// Control characters become `\n`, `\t` or `\x1b`; characters that turn the reading direction or
/// are invisible become `\u{202e}`. A value cannot move the cursor, change colours, or pass for
/// another value.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            c if u32::from(c) < 0x100 && is_hidden(c) => {
                let _ = write!(shown, "\\x{:02x}", u32::from(c));
            }
            c if is_hidden(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Controls (C0, DEL, C1), line and paragraph separators, bidirectional controls, the BOM.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00ad}' | '\u{061c}' | '\u{200b}' | '\u{2060}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The text cut to `max` columns, with `…` as its last where something was cut.
pub fn fit(text: &str, max: usize) -> Cow<'_, str> {
    if width(text) <= max {
        return Cow::Borrowed(text);
    }
    let mut cut = String::new();
    let mut used = 0;
    for piece in text.graphemes(true) {
        let next = used + width(piece);
        if next + 1 > max {
            break;
        }
        cut.push_str(piece);
        used = next;
    }
    if max > 0 {
        cut.push('…');
    }
    Cow::Owned(cut)
}

/// The text in lines of at most `max` columns, broken between words where it can be; what it is
/// indented by stays before each line.
pub fn wrapped(text: &str, max: usize) -> Vec<String> {
    let max = max.max(1);
    let rest = text.trim_start_matches(' ');
    let indent = " ".repeat((text.len() - rest.len()).min(max / 2));
    let mut lines = vec![indent.clone()];
    for word in rest.split(' ') {
        let last = lines.len() - 1;
        let used = width(&lines[last]);
        if used > indent.len() && used + 1 + width(word) > max {
            lines.push(indent.clone());
        } else if used > indent.len() {
            lines[last].push(' ');
        }
        for piece in word.graphemes(true) {
            let last = lines.len() - 1;
            if width(&lines[last]) + width(piece) > max {
                lines.push(indent.clone());
            }
            let last = lines.len() - 1;
            lines[last].push_str(piece);
        }
    }
    lines
}

/// A count with its digits in groups of three: `1,234,567`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in the largest unit that they fill: `512 MiB`, `1.5 GiB`.
pub fn size(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = (0..units.len() - 1).take_while(|unit| bytes >> (10 * (unit + 1)) > 0).count();
    let whole = bytes >> (10 * unit);
    let tenths = (bytes - (whole << (10 * unit))).saturating_mul(10) >> (10 * unit);
    match tenths {
        0 => format!("{whole} {}", units[unit]),
        tenths => format!("{whole}.{tenths} {}", units[unit]),
    }
}

/// `1 row`, `2 rows`: a count with its noun.
pub fn count(n: u64, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(n))
}

/// The candidate that the user most likely meant, where one is near enough.
///
/// Case and Vietnamese accents do not count: `yen khanh` finds `Yên Khánh`.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = bare(word);
    let allowed = (wanted.chars().count().div_ceil(3)).clamp(1, 3);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other = bare(candidate);
        let tail = other.rsplit('/').next().unwrap_or(&other);
        let distance = [other.as_str(), tail]
            .map(|other| strsim::damerau_levenshtein(&wanted, other))
            .into_iter()
            .min()
            .unwrap_or(usize::MAX);
        let close = distance <= allowed || (wanted.len() >= 3 && other.starts_with(&wanted));
        if close && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Whether a name begins with what was typed; case and Vietnamese accents do not count.
pub fn begins(name: &str, typed: &str) -> bool {
    if name.is_ascii() && typed.is_ascii() {
        // By far the most names: no text is made for them.
        return name.len() >= typed.len()
            && name.as_bytes()[..typed.len()].eq_ignore_ascii_case(typed.as_bytes());
    }
    bare(name).starts_with(&bare(typed))
}

/// Lower case without accents, separators alike: for comparing what was meant.
fn bare(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    fold::letters(text, |c| bare.push(if matches!(c, '-' | ' ') { '_' } else { c }));
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_trimmed_as_the_standard_library_does() {
        for text in
            ["", " ", "a", "ab", " a", "a\u{a0}", "\u{3000}ă ", "ă", "\ta\n", "a b", "\u{feff}a", "\0"]
        {
            assert_eq!(trim(text), text.trim(), "{text:?}");
        }
    }

    #[test]
    fn vietnamese_takes_the_same_width_in_both_forms() {
        let nfc = "Huyện đoàn Yên Khánh";
        let nfd: String = nfc.nfd().collect();
        assert_ne!(nfc, nfd);
        assert_eq!((width(nfc), width(&nfd)), (20, 20));
        assert_eq!(super::nfc(&nfd), nfc);
    }

    #[test]
    fn nothing_in_a_value_reaches_the_terminal_as_a_command() {
        assert_eq!(visible("a\x1b[31mb\u{9b}c\nd\u{202e}e"), "a\\x1b[31mb\\x9bc\\nd\\u{202e}e");
        assert_eq!(visible("Đoàn viên"), "Đoàn viên");
    }

    #[test]
    fn a_cut_never_splits_a_letter_from_its_tone() {
        let nfd: String = "Yên Khánh".nfd().collect();
        let cut = fit(&nfd, 4);
        assert_eq!((nfc(&cut).as_ref(), width(&cut)), ("Yên…", 4));
        assert_eq!(fit("abc", 3), "abc");
        assert_eq!(fit("abcd", 1), "…");
    }

    #[test]
    fn long_texts_break_between_words() {
        assert_eq!(wrapped("Huyện đoàn Yên Khánh", 11), ["Huyện đoàn", "Yên Khánh"]);
        assert_eq!(wrapped("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrapped("", 3), [""]);
        assert_eq!(wrapped("  ab cd ef", 7), ["  ab cd", "  ef"]);
    }

    #[test]
    fn the_nearest_name_forgives_accents_and_slips() {
        let names = ["activities", "outputs", "loans/by-channel", "Yên Khánh"];
        assert_eq!(nearest("activites", names), Some("activities"));
        assert_eq!(nearest("by-chanel", names), Some("loans/by-channel"));
        assert_eq!(nearest("YEN KHANH", names), Some("Yên Khánh"));
        assert_eq!(nearest("zzz", names), None);
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!([0, 1023, 1 << 20, 3 << 29].map(size), ["0 B", "1023 B", "1 MiB", "1.5 GiB"]);
    }

    #[test]
    fn counts_read_well() {
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(1_234_567, "row"), "1,234,567 rows");
    }
}
