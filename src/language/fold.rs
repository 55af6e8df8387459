//! Text without accents and case: what people mean when they type a name without them.

use std::borrow::Cow;

use unicode_normalization::char::{decompose_canonical, decompose_compatible};

/// Says whether a character is an accent, which stands on the letter before it.
///
/// Only the blocks of diacritical marks count: the vowel signs of other scripts are letters to them.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Gives `d` for `đ` and for the letters that are taken for it: none of them has an accent in Unicode.
fn plain_d(c: char) -> char {
    match c {
        'đ' | 'ð' | 'ɖ' => 'd',
        'Đ' | 'Ð' | 'Ɖ' => 'D',
        c => c,
    }
}

/// Takes the accents off a text and keeps its case: `Đại hội` is `Dai hoi`, in NFC and NFD.
///
/// `đ` and its look-alikes `ð`, `ɖ` are `d`. Letters of other alphabets keep their form, as do `ø` and
/// `ł`, which are no letters with accents.
#[must_use]
pub fn unaccent(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut bare = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            bare.push(c);
        } else if !is_accent(c) {
            push_bare(plain_d(c), &mut bare);
        }
    }
    Cow::Owned(bare)
}

/// Pushes a character without the accents in it, and as it is where it has none.
fn push_bare(c: char, bare: &mut String) {
    let (start, mut dropped) = (bare.len(), false);
    decompose_canonical(c, |part| {
        if is_accent(part) {
            dropped = true;
        } else {
            bare.push(part);
        }
    });
    if !dropped {
        bare.truncate(start);
        bare.push(c);
    }
}

/// Gives the letters and signs of a text one by one: no accents, `đ` as `d`, lower case, and what is
/// only another form of a character (`ﬁ`, `²`, full width) as that.
pub fn letters(text: &str, mut take: impl FnMut(char)) {
    let mut lower = |c: char| {
        if c.is_ascii() {
            return take(c.to_ascii_lowercase());
        }
        for c in c.to_lowercase() {
            // Lower case can bring an accent of its own (`İ`).
            if !is_accent(c) {
                take(plain_d(c));
            }
        }
    };
    for c in text.chars() {
        if c.is_ascii() {
            lower(c);
        } else {
            decompose_compatible(c, |part| {
                if !is_accent(part) {
                    lower(part);
                }
            });
        }
    }
}

/// Gives the key that spellings of one text share: its [`letters`], with one space for each gap and
/// none at the ends.
///
/// `hoà` and `hòa` share theirs, as do `Lũ` and `lu`; `i` and `y` are two letters.
#[must_use]
pub fn search_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut gap = false;
    letters(text, |c| {
        if c.is_whitespace() {
            gap = true;
        } else {
            if gap && !key.is_empty() {
                key.push(' ');
            }
            gap = false;
            key.push(c);
        }
    });
    key
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn accents_go_and_case_stays() {
        for text in ["Đoàn viên Ưu tú HỌC GIỎI", "hoà hòa", "ðại Ðại ɖ Ɖ"] {
            let nfd: String = text.nfd().collect();
            assert_eq!(unaccent(text), unaccent(&nfd), "{text}");
        }
        assert_eq!(unaccent("Đoàn viên Ưu tú HỌC GIỎI"), "Doan vien Uu tu HOC GIOI");
        assert_eq!(unaccent("ðại Ðại ɖ Ɖ"), "dai Dai d D");
        assert!(matches!(unaccent("Yen Mo, 2022"), Cow::Borrowed(_)));
    }

    #[test]
    fn other_alphabets_keep_their_letters() {
        for text in ["한국", "が", "हिन्दी", "łø", "½ ﬁ", "中"] {
            assert_eq!(unaccent(text), text);
        }
        assert_eq!(unaccent("café Ñ й"), "cafe N и");
    }

    #[test]
    fn a_key_forgives_accents_case_and_gaps() {
        assert_eq!(search_key("  Nhà VĂN\u{a0}hoá\n"), "nha van hoa");
        assert_eq!(search_key("hoà"), search_key("hòa"));
        assert_eq!(search_key("50 %, ＡＢ ﬁ İ"), "50 %, ab fi i");
        assert_eq!(search_key(" \t"), "");
    }
}
