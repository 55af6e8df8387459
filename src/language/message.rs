//! What the program says, before it is said: English words with named holes, and what fills them.

use std::fmt::{self, Display};

use super::{Language, catalogue, written};

/// Words for a reader, made by [`say!`](crate::say).
///
/// It is as small as a pointer, for every result that can fail carries room for one.
#[derive(Clone, PartialEq, Eq)]
pub struct Message(Box<Words>);

/// In English and in quotes: errors come from other machines of a cluster as Rust shows them.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.english())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Words {
    /// Words of the code: the key to their like in other languages, the English, and what fills the
    /// holes. The key differs from the English where they are about more than one thing.
    Said { key: &'static str, english: &'static str, pieces: Vec<(&'static str, Piece)> },
    /// Words of somebody else, the same in every language: the engine's, a file's.
    Verbatim(String),
    /// Words of a file that has them in English and in Vietnamese.
    Both(String, String),
    /// A number in its plain form.
    Number(String),
    /// A date in its plain form.
    Date(String),
    /// One after the other, with something between them.
    Joined(Vec<Message>, &'static str),
}

/// What fills a hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A name, a value: the same in every language.
    Text(String),
    /// A whole number, whose thousands are grouped as the language does it.
    Count(u64),
    /// Words that are in the reader's language too.
    Message(Message),
}

/// Makes a [`Message`]: `say!("there is no table `{name}`", name)` or `say!("… {n} …", n = rows.len())`.
///
/// The names in the text and those given must be the same, which the compiler sees to; the Vietnamese
/// twin of the text stands in `src/language/vi.po`, which a test sees to.
#[macro_export]
macro_rules! say {
    ($text:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        // Never called: `format_args!` refuses a hole without a piece, and a piece without a hole.
        #[allow(unused_variables, dead_code)]
        fn __holes() {
            $(let $name = "";)*
            let _ = format_args!($text $(, $name = $name)*);
        }
        $crate::language::Message::said($text, vec![$((stringify!($name), $crate::say!(@piece $name $(= $value)?))),*])
    }};
    (@piece $name:ident) => { $crate::language::Piece::from(&$name) };
    (@piece $name:ident = $value:expr) => { $crate::language::Piece::from(&$value) };
}

/// Makes a [`Message`] about a number of things: `many!(rows, "{n} row", "{n} rows")`.
///
/// The first text is for one, the second for all others; the number itself is `{n}`.
#[macro_export]
macro_rules! many {
    ($count:expr, $one:literal, $more:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        let count = $count as u64;
        $crate::say!($more, n = $crate::language::Piece::Count(count) $(, $name $(= $value)?)*).or_one(count, $one)
    }};
}

impl Message {
    /// Words of the code with what fills their holes; [`say!`](crate::say) calls it.
    #[doc(hidden)]
    pub fn said(text: &'static str, pieces: Vec<(&'static str, Piece)>) -> Self {
        Self(Box::new(Words::Said { key: text, english: text, pieces }))
    }

    /// The words for one thing besides those for more; [`many!`](crate::many) calls it.
    #[doc(hidden)]
    #[must_use]
    pub fn or_one(mut self, count: u64, one: &'static str) -> Self {
        if let Words::Said { key, english, .. } = self.0.as_mut() {
            *key = one;
            if count == 1 {
                *english = one;
            }
        }
        self
    }

    /// Words that are the same in every language: what the engine or a file says.
    pub fn verbatim(text: impl Into<String>) -> Self {
        Self(Box::new(Words::Verbatim(text.into())))
    }

    /// Words of a file that has them in both languages: a title of the contract.
    pub fn of_both(english: impl Into<String>, vietnamese: impl Into<String>) -> Self {
        Self(Box::new(Words::Both(english.into(), vietnamese.into())))
    }

    /// A number, `1234.5`, in the form of the language; in English it stays plain, for programs read that.
    pub fn number(plain: impl Display) -> Self {
        Self(Box::new(Words::Number(plain.to_string())))
    }

    /// A date, `2022-12-31`, in the form of the language; in English it stays plain, for programs read that.
    pub fn date(plain: impl Display) -> Self {
        Self(Box::new(Words::Date(plain.to_string())))
    }

    /// Messages one after the other.
    pub fn joined(messages: impl IntoIterator<Item = Self>, between: &'static str) -> Self {
        Self(Box::new(Words::Joined(messages.into_iter().collect(), between)))
    }

    /// The text for a reader of a language.
    pub fn text(&self, language: Language) -> String {
        match self.0.as_ref() {
            Words::Verbatim(text) => text.clone(),
            Words::Both(english, vietnamese) => {
                language.of(Some(english), Some(vietnamese)).unwrap_or_default().to_owned()
            }
            Words::Number(plain) | Words::Date(plain) if language == Language::English => plain.clone(),
            Words::Number(plain) => written::number(plain, language),
            Words::Date(plain) => written::date(plain, language),
            Words::Joined(messages, between) => {
                let texts: Vec<String> = messages.iter().map(|message| message.text(language)).collect();
                texts.join(between)
            }
            Words::Said { key, english, pieces } => {
                filled(catalogue::words(language, key, english), pieces, language)
            }
        }
    }

    /// The text in English: for machines, for tests.
    pub fn english(&self) -> String {
        self.text(Language::English)
    }
}

/// Words with their holes filled.
fn filled(words: &str, pieces: &[(&str, Piece)], language: Language) -> String {
    let mut text = String::with_capacity(words.len() + 16 * pieces.len());
    let mut rest = words;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        // A brace that is meant stands twice.
        if after.starts_with(&rest[at..=at]) {
            text.push_str(&rest[at..=at]);
            rest = &after[1..];
            continue;
        }
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some((_, piece)) = pieces.iter().find(|(known, _)| *known == name) {
            text.push_str(&piece.text(language));
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

impl Piece {
    fn text(&self, language: Language) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => written::number(&count.to_string(), language),
            Self::Message(message) => message.text(language),
        }
    }
}

// A `Message` has no `Display`, so that none becomes a text by accident; that makes room for both.
impl<T: Display + ?Sized> From<&T> for Piece {
    fn from(value: &T) -> Self {
        Self::Text(value.to_string())
    }
}

impl From<&Message> for Piece {
    fn from(message: &Message) -> Self {
        Self::Message(message.clone())
    }
}

impl From<&&Message> for Piece {
    fn from(message: &&Message) -> Self {
        Self::from(*message)
    }
}

impl From<&Piece> for Piece {
    fn from(piece: &Piece) -> Self {
        piece.clone()
    }
}

impl From<&Message> for Message {
    fn from(message: &Message) -> Self {
        message.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_with_names_values_and_other_messages() {
        let name = "loans";
        let inner = say!("no such file");
        let message = say!("cannot read `{name}`: {reason} {{sic}}", name, reason = inner);
        assert_eq!(message.english(), "cannot read `loans`: no such file {sic}");
    }

    #[test]
    fn one_thing_has_words_of_its_own() {
        let rows = |count: u64| many!(count, "{n} row", "{n} rows");
        assert_eq!((rows(1).english(), rows(1_234).english()), ("1 row".into(), "1,234 rows".into()));
        assert_eq!(rows(1_234).text(Language::Vietnamese), "1.234 dòng");
    }

    #[test]
    fn what_a_value_holds_is_never_taken_for_a_hole() {
        let name = "{reason}";
        assert_eq!(say!("no `{name}` {reason}", name, reason = "x").english(), "no `{reason}` x");
    }

    #[test]
    fn words_of_a_file_are_told_in_the_reader_s_language() {
        let title = Message::of_both("no loan before 2003", "không có khoản vay trước năm 2003");
        assert_eq!(title.english(), "no loan before 2003");
        assert_eq!(title.text(Language::Vietnamese), "không có khoản vay trước năm 2003");
    }

    #[test]
    fn numbers_and_dates_have_the_form_of_the_language_and_are_plain_in_english() {
        let both = |message: Message| (message.english(), message.text(Language::Vietnamese));
        assert_eq!(both(Message::number("7000000000.5")), ("7000000000.5".into(), "7.000.000.000,5".into()));
        assert_eq!(both(Message::date("2022-12-31")), ("2022-12-31".into(), "31/12/2022".into()));
    }

    #[test]
    fn messages_can_follow_one_another() {
        let all = Message::joined([say!("no such file"), Message::verbatim("x")], "; ");
        assert_eq!(all.english(), "no such file; x");
    }
}
