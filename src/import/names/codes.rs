//! From what a cell says to the code of a category.

use super::{Index, Names, listed, nearest};
use crate::language::Message;
use crate::say;
use crate::ui::text::trim;

/// Says why a text names no category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeFault {
    /// No code or label is like the text.
    Unknown {
        /// The text.
        text: String,
        /// The code or label nearest to it.
        nearest: Option<String>,
    },
    /// The text names several categories.
    Several {
        /// The text.
        text: String,
        /// Their codes.
        codes: Vec<String>,
    },
}

impl CodeFault {
    /// Says it to the user.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Unknown { text, nearest: Some(nearest) } => {
                say!("`{text}` is none of the column's values; the nearest is `{nearest}`", text, nearest)
            }
            Self::Unknown { text, nearest: None } => {
                say!("`{text}` is none of the column's values: write one of its codes or labels", text)
            }
            Self::Several { text, codes } => {
                say!("`{text}` can be any of {codes}: write the code", text, codes = listed(codes))
            }
        }
    }
}

/// Knows the categories of a column by their codes and labels.
#[derive(Debug, Clone)]
pub struct Codes {
    categories: Vec<Names>,
    index: Index,
    /// The codes that are found by themselves to the letter.
    own: Vec<String>,
}

impl Codes {
    /// Takes the categories: `name` is the code.
    #[must_use]
    pub fn new(categories: Vec<Names>) -> Self {
        let index = Index::new(&categories);
        let is_own = |(at, category): &(usize, &Names)| matches!(index.named(&category.name), Some([found]) if found == at);
        let own = categories.iter().enumerate().filter(is_own).map(|(_, own)| own.name.clone()).collect();
        Self { categories, index, own }
    }

    /// Whether a text is a code to the letter, and means nothing else.
    #[must_use]
    pub fn has(&self, text: &str) -> bool {
        // A few are looked through in the time that it takes to make a hash.
        const FEW: usize = 16;
        if self.own.len() <= FEW {
            return self.own.iter().any(|own| own == text);
        }
        matches!(self.index.named(text), Some([at]) if self.categories[*at].name == text)
    }

    /// Gives the code that a cell's text means: by the code, then by code or label in any case, then by
    /// either without accents.
    ///
    /// # Errors
    /// A [`CodeFault`] where it means none, or several.
    pub fn read(&self, text: &str) -> Result<&str, CodeFault> {
        let code = |at: usize| self.categories[at].name.as_str();
        let text = trim(text);
        match *self.index.find(text) {
            [at] => Ok(code(at)),
            [] => Err(CodeFault::Unknown {
                text: text.to_owned(),
                nearest: nearest(text, &self.categories).map(str::to_owned),
            }),
            ref several => Err(CodeFault::Several {
                text: text.to_owned(),
                codes: several.iter().map(|&at| code(at).to_owned()).collect(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn codes(categories: &[(&str, &[&str])]) -> Codes {
        let names = |&(name, labels): &(&str, &[&str])| Names {
            name: name.to_owned(),
            labels: labels.iter().map(|&label| label.to_owned()).collect(),
        };
        Codes::new(categories.iter().map(names).collect())
    }

    fn status() -> Codes {
        codes(&[
            ("done", &["Hoàn thành", "Done"]),
            ("under_way", &["Đang thực hiện", "Under way"]),
            ("cancelled", &["Đã huỷ", "Cancelled"]),
        ])
    }

    #[test]
    fn a_code_is_found_by_itself_and_by_its_labels() {
        let status = status();
        for text in
            ["under_way", " Under way ", "UNDER_WAY", "Đang thực hiện", "dang thuc hien", "ĐANG  THỰC HIỆN"]
        {
            assert_eq!(status.read(text), Ok("under_way"), "{text}");
            assert_eq!(status.read(&text.nfd().collect::<String>()), Ok("under_way"), "{text} in NFD");
        }
        assert_eq!(status.read("Đã hủy"), Ok("cancelled"), "the tone in its other place");
        assert_eq!(status.read("đã huỷ"), Ok("cancelled"));
    }

    #[test]
    fn accents_tell_labels_apart_where_they_are_written() {
        let places = codes(&[("a", &["Đông Hải"]), ("b", &["Đồng Hải"])]);
        assert_eq!(places.read("đồng hải"), Ok("b"));
        let fault = places.read("Dong Hai").unwrap_err();
        assert_eq!(fault.message().english(), "`Dong Hai` can be any of `a`, `b`: write the code");
    }

    #[test]
    fn a_code_that_is_another_s_label_is_meant_only_where_it_is_exact() {
        let kinds = codes(&[("other", &["Khác"]), ("x", &["Other"])]);
        assert_eq!(kinds.read("other"), Ok("other"));
        assert!(matches!(kinds.read("OTHER"), Err(CodeFault::Several { .. })));
    }

    #[test]
    fn an_unknown_value_names_the_nearest() {
        let fault = |text| status().read(text).unwrap_err().message().english();
        assert_eq!(
            fault("Hoàn thàn"),
            "`Hoàn thàn` is none of the column's values; the nearest is `Hoàn thành`"
        );
        assert_eq!(fault("12"), "`12` is none of the column's values: write one of its codes or labels");
        assert!(status().read("").is_err());
        assert!(status().read("***").is_err());
        assert!(status().read(&"a".repeat(100_000)).is_err());
    }
}
