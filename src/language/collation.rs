//! The order of names: by bytes, or as a language sorts them.
//!
//! The rules are ICU's (CLDR). A Vietnamese name is compared letter by letter over its whole length in
//! the alphabet `a ă â b c d đ e ê … o ô ơ … u ư …`; only between names of the same letters do the tones
//! count, `a à ả ã á ạ`, and last the case. (Some dictionaries go syllable by syllable instead: there
//! `An Hoà` stands before `Án Ba`, here after it.)

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale_core::locale;

use super::Message;
use crate::say;

/// An order of texts.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Collation {
    /// By the bytes of UTF-8: `Z` before `a`, `đ` and every other accent after `z`.
    #[default]
    Binary,
    /// As Vietnamese dictionaries do.
    #[value(name = "vi")]
    #[serde(rename = "vi")]
    Vietnamese,
    /// As English dictionaries do: accents count only between words that are else the same.
    #[value(name = "en")]
    #[serde(rename = "en")]
    English,
}

/// Says that a text names no collation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownCollation(String);

impl UnknownCollation {
    /// Says so to the user.
    #[must_use]
    pub fn message(&self) -> Message {
        say!("there is no collation `{name}`: there are binary, vi and en", name = self.0)
    }
}

impl fmt::Display for UnknownCollation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message().english())
    }
}

impl std::error::Error for UnknownCollation {}

impl FromStr for Collation {
    type Err = UnknownCollation;

    fn from_str(text: &str) -> Result<Self, UnknownCollation> {
        let found = Self::ALL.into_iter().find(|collation| collation.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| UnknownCollation(text.to_owned()))
    }
}

impl fmt::Display for Collation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

type Rules = Option<CollatorBorrowed<'static>>;

static VIETNAMESE: LazyLock<Rules> =
    LazyLock::new(|| Collator::try_new(locale!("vi").into(), CollatorOptions::default()).ok());
static ENGLISH: LazyLock<Rules> =
    LazyLock::new(|| Collator::try_new(locale!("en").into(), CollatorOptions::default()).ok());

impl Collation {
    /// Lists all orders.
    pub const ALL: [Self; 3] = [Self::Binary, Self::Vietnamese, Self::English];

    /// Gives its name, as flags and SQL have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Vietnamese => "vi",
            Self::English => "en",
        }
    }

    /// The rules; the order by bytes has none. Those of the two languages are compiled in, so that they
    /// are always found.
    fn rules(self) -> Option<&'static CollatorBorrowed<'static>> {
        match self {
            Self::Binary => None,
            Self::Vietnamese => VIETNAMESE.as_ref(),
            Self::English => ENGLISH.as_ref(),
        }
    }

    /// Adds the sort key of a text: keys compared by their bytes give the order of the texts.
    ///
    /// Texts that differ in nothing that the language sorts by, such as NFC and NFD of one name, have
    /// the same key. Keys change with the version of CLDR: they are not to be stored.
    pub fn key(self, text: &str, key: &mut Vec<u8>) {
        match self.rules() {
            Some(rules) => {
                let Ok(()) = rules.write_sort_key_to(text, key);
            }
            None => key.extend_from_slice(text.as_bytes()),
        }
    }

    /// Adds the sort key of a text and then the text itself, so that no two texts are equal.
    pub fn total_key(self, text: &str, key: &mut Vec<u8>) {
        if self.rules().is_some() {
            self.key(text, key);
            // No key holds a zero, so a key that begins another stays before it.
            key.push(0);
        }
        key.extend_from_slice(text.as_bytes());
    }

    /// Compares two texts; those that differ in nothing that the language sorts by, by their bytes.
    #[must_use]
    pub fn compare(self, left: &str, right: &str) -> Ordering {
        let by_rules = self.rules().map_or(Ordering::Equal, |rules| rules.compare(left, right));
        by_rules.then_with(|| left.cmp(right))
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn key(collation: Collation, text: &str) -> Vec<u8> {
        let mut key = Vec::new();
        collation.key(text, &mut key);
        key
    }

    #[test]
    fn the_vietnamese_alphabet_is_in_order_with_all_its_tones() {
        let letters =
            "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ";
        let letters: Vec<String> = letters.chars().map(String::from).collect();
        for pair in letters.windows(2) {
            assert_eq!(Collation::Vietnamese.compare(&pair[0], &pair[1]), Ordering::Less, "{pair:?}");
            assert!(key(Collation::Vietnamese, &pair[0]) < key(Collation::Vietnamese, &pair[1]), "{pair:?}");
            let upper = pair[1].to_uppercase();
            assert!(key(Collation::Vietnamese, &pair[0]) < key(Collation::Vietnamese, &upper), "{pair:?}");
        }
        for text in &letters {
            let nfd: String = text.nfd().collect();
            assert_eq!(key(Collation::Vietnamese, text), key(Collation::Vietnamese, &nfd), "{text}");
        }
    }

    #[test]
    fn names_are_sorted_as_a_vietnamese_reader_expects() {
        let mut names = ["Đại", "đàn", "Dân", "Ưu", "Uy", "Ân", "An", "Ăn", "z"];
        names.sort_by(|left, right| Collation::Vietnamese.compare(left, right));
        assert_eq!(names, ["An", "Ăn", "Ân", "Dân", "Đại", "đàn", "Uy", "Ưu", "z"]);
        names.sort_by(|left, right| Collation::English.compare(left, right));
        assert_eq!(names, ["An", "Ăn", "Ân", "Đại", "Dân", "đàn", "Ưu", "Uy", "z"]);
        names.sort_by(|left, right| Collation::Binary.compare(left, right));
        assert_eq!(names, ["An", "Dân", "Uy", "z", "Ân", "Ăn", "Đại", "đàn", "Ưu"]);
    }

    #[test]
    fn a_total_key_tells_all_texts_apart_and_keeps_the_order() {
        let texts = ["", "a", "a\u{1}", "à", "a\u{300}", "á", "a b", "ab", "A", "đ", "d", "Đ", "\0"];
        for left in texts {
            for right in texts {
                let total = |text: &str| {
                    let mut key = Vec::new();
                    Collation::Vietnamese.total_key(text, &mut key);
                    key
                };
                let by_key = total(left).cmp(&total(right));
                assert_eq!(by_key, Collation::Vietnamese.compare(left, right), "{left:?} {right:?}");
            }
        }
    }
}
