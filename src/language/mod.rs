//! The two languages of the program: what it says in them, and how they write numbers and dates.
//!
//! A [`Message`] is made where something happened, from English words in the code with holes for
//! names and numbers; it becomes a text at the last moment, in the reader's language. The Vietnamese
//! words stand in `vi.po`, under the English ones, as GNU gettext has it.

mod catalogue;
mod message;
pub mod number;
pub mod written;

pub use self::message::{Message, Piece};

/// A language that the program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, clap::ValueEnum)]
pub enum Language {
    /// Vietnamese.
    #[value(name = "vi")]
    Vietnamese,
    /// English.
    #[default]
    #[value(name = "en")]
    English,
}

impl Language {
    /// The code of the language, by ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::English => "en",
        }
    }

    /// The language of a locale's name, such as `vi_VN.UTF-8`; `None` where it is not one of ours.
    pub fn of_locale(name: &str) -> Option<Self> {
        let code = name.split(['_', '.', '@', '-']).next().unwrap_or_default();
        [Self::Vietnamese, Self::English].into_iter().find(|language| language.code() == code)
    }

    /// The language that the environment asks for, as POSIX has it: `LC_ALL`, else `LC_MESSAGES`, else
    /// `LANG`. English is what is spoken anyway, so only Vietnamese is asked for in this way.
    pub fn of_environment() -> Option<Self> {
        let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set)?;
        Self::of_locale(&locale).filter(|language| *language == Self::Vietnamese)
    }

    /// The text of the two that is in this language; the English one where the other is missing.
    pub fn of<'a>(self, english: Option<&'a str>, vietnamese: Option<&'a str>) -> Option<&'a str> {
        match self {
            Self::Vietnamese => vietnamese.or(english),
            Self::English => english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_tells_its_language() {
        assert_eq!(Language::of_locale("vi_VN.UTF-8"), Some(Language::Vietnamese));
        assert_eq!(Language::of_locale("vi"), Some(Language::Vietnamese));
        assert_eq!(Language::of_locale("en-GB"), Some(Language::English));
        assert_eq!(Language::of_locale("C.UTF-8"), None);
        assert_eq!(Language::of_locale("vie_VN"), None);
    }
}
