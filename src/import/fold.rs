//! Text without accents and case, for matching names that people type.

use crate::language::fold;
use crate::ui::text::nfc;

/// Folds a text so that spellings of one name are equal: marks dropped (`đ` and its look-alikes are
/// `d`), lower case, everything but letters and digits a single space, none at the ends.
///
/// `hoà` and `hòa` fold alike; so do `Lũ` and `Lu`: an exact match is to be tried first.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    fold::letters(text, |c| {
        if !c.is_alphanumeric() {
            gap = true;
            return;
        }
        if gap && !folded.is_empty() {
            folded.push(' ');
        }
        gap = false;
        folded.push(c);
    });
    folded
}

/// Folds a text likewise, and keeps its signs.
#[must_use]
pub fn plain(text: &str) -> String {
    fold::search_key(text)
}

/// Brings a text to NFC and every gap in it to one space: a name as it is printed.
#[must_use]
pub fn tidy(text: &str) -> String {
    let text = nfc(text);
    if is_spaced(&text) {
        return text.into_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether every gap in a text is one space, with none at its ends.
fn is_spaced(text: &str) -> bool {
    // A gap at the beginning is one too many.
    let mut gap = true;
    for c in text.chars() {
        if c.is_whitespace() && (gap || c != ' ') {
            return false;
        }
        gap = c == ' ';
    }
    !gap || text.is_empty()
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    #[test]
    fn accents_and_case_do_not_count() {
        assert_eq!(fold("Tỉnh Đoàn Ninh Bình"), "tinh doan ninh binh");
        assert_eq!(fold("TỈNH ĐOÀN"), fold("tỉnh đoàn"));
        let letters = "àảãáạăằẳẵắặâầẩẫấậ èẻẽéẹêềểễếệ ìỉĩíị òỏõóọôồổỗốộơờởỡớợ ùủũúụưừửữứự ỳỷỹýỵ";
        let plain = format!(
            "{} {} {} {} {} {}",
            "a".repeat(17),
            "e".repeat(11),
            "iiiii",
            "o".repeat(17),
            "u".repeat(11),
            "yyyyy"
        );
        assert_eq!(fold(letters), plain);
        assert_eq!(fold(&letters.to_uppercase()), plain);
    }

    #[test]
    fn composed_and_decomposed_text_fold_alike() {
        let name = "Huyện đoàn Yên Khánh";
        assert_eq!(fold(&name.nfd().collect::<String>()), fold(&name.nfc().collect::<String>()));
    }

    #[test]
    fn both_places_of_a_tone_fold_alike() {
        assert_eq!(fold("hoà"), fold("hòa"));
        assert_eq!(fold("Thuỷ"), fold("Thủy"));
    }

    #[test]
    fn the_look_alikes_of_d_are_d() {
        assert_eq!(fold("đĐðÐɖƉ"), "dddddd");
    }

    #[test]
    fn anything_but_letters_and_digits_is_one_space() {
        assert_eq!(fold("  Kinh phí\n(triệu – đồng)*  "), "kinh phi trieu dong");
        assert_eq!(fold("cost_vnd"), "cost vnd");
        assert_eq!(fold("1.000\u{A0}đ"), "1 000 d");
        assert_eq!(fold(" – "), "");
        assert_eq!(fold(""), "");
    }

    #[test]
    fn a_tidy_text_stays_as_it_is() {
        for (text, tidied) in [
            ("Huyện đoàn Yên Khánh", "Huyện đoàn Yên Khánh"),
            (" a", "a"),
            ("a ", "a"),
            ("a  b", "a b"),
            ("a\tb", "a b"),
            ("a\u{a0}b", "a b"),
            (" ", ""),
            ("", ""),
            ("e\u{301}", "é"),
        ] {
            assert_eq!(tidy(text), tidied, "{text:?}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in ["Đoàn viên (lượt)", "İstanbul", "ﬁ ½ m²"] {
            assert_eq!(fold(&fold(text)), fold(text));
        }
    }
}
