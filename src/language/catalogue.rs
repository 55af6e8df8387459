//! The Vietnamese words of the program, as GNU gettext keeps them: `vi.po`.

use std::collections::HashMap;
use std::sync::LazyLock;

use polib::po_file::{POParseOptions, parse_from_reader_with_option};

use super::Language;

/// The catalogue; a test reads it too.
const VIETNAMESE: &str = include_str!("vi.po");

/// Read when the first words in Vietnamese are said.
static WORDS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let options = POParseOptions { message_body_only: true, translated_only: true, ..Default::default() };
    let catalogue = parse_from_reader_with_option(VIETNAMESE.as_bytes(), &options);
    let messages = catalogue.iter().flat_map(|catalogue| catalogue.messages());
    let words = messages.filter_map(|message| {
        // Vietnamese words do not change with a number: the one form is for all.
        let words = match message.is_plural() {
            true => message.msgstr_plural().ok()?.first()?.clone(),
            false => message.msgstr().ok()?.to_owned(),
        };
        Some((message.msgid().to_owned(), words))
    });
    words.collect()
});

/// The words of a language under a key; the English ones where there are no others.
pub(super) fn words(language: Language, key: &str, english: &'static str) -> &'static str {
    match language {
        Language::English => english,
        Language::Vietnamese => WORDS.get(key).map_or(english, String::as_str),
    }
}
