//! Yes and no, in Vietnamese and English.

use unicode_normalization::UnicodeNormalization;

use crate::language::Message;
use crate::say;

/// Says that a text is neither yes nor no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TruthFault(String);

impl TruthFault {
    /// Says it to the user, and what to write.
    #[must_use]
    pub fn message(&self) -> Message {
        let text = &self.0;
        say!("`{text}` is neither yes nor no: write `có` or `không`, `true` or `false`, `1` or `0`", text)
    }
}

/// Reads yes or no, in either case and normal form; `x` marks a yes in a form.
///
/// # Errors
/// A [`TruthFault`] for any other text, the empty one and words without their accents too: `dung` is
/// `đúng` (right) or `dừng` (stop).
pub fn read(text: &str) -> Result<bool, TruthFault> {
    let word: String = text.trim().nfc().flat_map(char::to_lowercase).collect();
    match word.as_str() {
        "có" | "đúng" | "true" | "yes" | "1" | "x" => Ok(true),
        "không" | "sai" | "false" | "no" | "0" => Ok(false),
        _ => Err(TruthFault(text.trim().to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_and_marks_of_forms_are_read() {
        for (yes, no) in [("có", "không"), ("Đúng", "Sai"), ("TRUE", "False"), ("yes", "no"), ("1", "0")]
        {
            assert_eq!(read(yes), Ok(true), "{yes}");
            assert_eq!(read(no), Ok(false), "{no}");
            let (yes, no): (String, String) = (yes.nfd().collect(), no.nfd().collect());
            assert_eq!((read(&yes), read(&no)), (Ok(true), Ok(false)));
        }
        assert_eq!(read(" X\u{A0}"), Ok(true));
        assert_eq!(read("KHÔNG"), Ok(false));
    }

    #[test]
    fn anything_else_is_a_fault_that_says_what_to_write() {
        for text in ["", "2", "dung", "có thể", "x x", "-"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(
            read("chưa").unwrap_err().message().english(),
            "`chưa` is neither yes nor no: write `có` or `không`, `true` or `false`, `1` or `0`"
        );
    }
}
