//! What the program says has a Vietnamese twin in `src/language/vi.po`, and the twin fits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use polib::po_file::parse_from_reader;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use unicode_normalization::is_nfc;

use crate::env::{TestEnv, repository};
use crate::structure::sources;

/// English words of the code, made by `say!` or `many!`.
struct Said {
    place: String,
    one: String,
    more: Option<String>,
}

/// An entry of the catalogue.
struct Entry {
    place: String,
    one: String,
    more: Option<String>,
    vietnamese: String,
    /// The translator says that it is meant to be the same in both languages: `#, same`.
    is_same: bool,
}

/// The messages in the code, those of its tests aside, by file and line.
fn said() -> Vec<Said> {
    let root = repository().join("src");
    let mut files = sources(&root);
    files.retain(|path| {
        !path
            .components()
            .any(|part| ["tests", "tests.rs"].map(|name| part.as_os_str() == name).contains(&true))
    });
    files.sort();
    let mut found = Vec::new();
    for path in files {
        let name = path.strip_prefix(repository()).expect("inside").display().to_string();
        let text = std::fs::read_to_string(&path).expect("reads");
        let tokens = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        look(tokens, &name, &mut found);
    }
    found
}

/// Finds the messages in tokens, however deep: other macros too are made of tokens.
fn look(tokens: TokenStream, file: &str, found: &mut Vec<Said>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut before = String::new();
    while let Some(token) = tokens.next() {
        let text = token.to_string();
        if before == "#" && text == "[cfg (test)]" {
            tokens.find(|token| match token {
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                other => other.to_string() == ";",
            });
        }
        if let TokenTree::Group(group) = token {
            look(group.stream(), file, found);
        } else if text == "!"
            && ["say", "many"].contains(&before.as_str())
            && let Some(TokenTree::Group(group)) = tokens.peek()
        {
            let place = format!("{file}:{}", group.span_open().start().line);
            found.extend(message(group.stream(), before == "many", place));
        }
        before = text;
    }
}

/// The words in a macro's brackets; none in those of its definition.
fn message(tokens: TokenStream, is_plural: bool, place: String) -> Option<Said> {
    let mut parts = vec![Vec::new()];
    for token in tokens {
        match token.to_string() == "," {
            true => parts.push(Vec::new()),
            false => parts.last_mut().expect("never empty").push(token),
        }
    }
    // What is counted stands before the words of a plural, and may have commas of its own.
    let mut words = parts.iter().filter_map(|part| match part.as_slice() {
        [TokenTree::Literal(literal)] => syn::parse_str::<syn::LitStr>(&literal.to_string()).ok(),
        _ => None,
    });
    let one = words.next()?.value();
    let more = words.next().filter(|_| is_plural).map(|words| words.value());
    Some(Said { place, one, more })
}

fn catalogue_path() -> std::path::PathBuf {
    repository().join("src/language/vi.po")
}

/// The entries of the catalogue, each read alone, so that none hides another.
fn catalogue(path: &Path) -> Vec<Entry> {
    let text = std::fs::read_to_string(path).expect("reads");
    let mut entries = Vec::new();
    let mut line = 1;
    for part in text.split("\n\n") {
        let at = line + part.lines().take_while(|line| !line.starts_with("msgid ")).count();
        line += part.matches('\n').count() + 2;
        // A remark may stand alone or above an entry.
        let body: String = part
            .lines()
            .filter(|line| !line.starts_with('#') || line.starts_with("#,"))
            .map(|line| format!("{line}\n"))
            .collect();
        if body.trim().is_empty() || body.starts_with("msgid \"\"\nmsgstr \"\"\n\"Project-Id-Version") {
            continue;
        }
        let place = format!("src/language/vi.po:{at}");
        assert_eq!(body.matches("msgid ").count(), 1, "{place}: entries have an empty line between them");
        let header = "msgid \"\"\nmsgstr \"Language: vi\\n\"\n\n";
        let read = parse_from_reader(format!("{header}{body}").as_bytes());
        let read = read.unwrap_or_else(|error| panic!("{place}: {error}"));
        let message = read.messages().next().unwrap_or_else(|| panic!("{place}: no entry"));
        let vietnamese = match message.msgstr_plural() {
            Ok(forms) => forms.first().cloned().unwrap_or_default(),
            Err(_) => message.msgstr().expect("singular").to_owned(),
        };
        entries.push(Entry {
            place,
            one: message.msgid().to_owned(),
            more: message.msgid_plural().ok().map(str::to_owned),
            vietnamese,
            is_same: message.flags().entries.iter().any(|flag| flag == "same"),
        });
    }
    entries
}

/// The names of the holes in words.
fn holes(words: &str) -> Result<BTreeSet<String>, String> {
    let words = words.replace("{{", "").replace("}}", "");
    let mut holes = BTreeSet::new();
    for part in words.split('{').skip(1) {
        let name = part.split_once('}').ok_or("an open brace")?.0;
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!("`{{{name}}}` is not a name alone"));
        }
        holes.insert(name.to_owned());
    }
    Ok(holes)
}

/// What stands in backticks, in any order: names, which no language changes.
fn names(words: &str) -> Vec<&str> {
    let mut names: Vec<&str> = words.split('`').skip(1).step_by(2).collect();
    names.sort_unstable();
    names
}

/// What a sentence begins or ends with that both languages share.
fn edges(words: &str) -> (bool, Option<char>) {
    let end = words.chars().last().filter(|c| c.is_whitespace() || ".:;?!…".contains(*c));
    (words.starts_with(char::is_whitespace), end)
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// `TONGKET_UPDATE_WORDS=1 cargo test language` adds what is missing to the catalogue, for a
/// translator to fill in.
#[test]
fn no_message_lacks_its_twin() {
    let entries = catalogue(&catalogue_path());
    let known: BTreeMap<&str, &Entry> = entries.iter().map(|entry| (entry.one.as_str(), entry)).collect();
    let said = said();
    assert!(!said.is_empty());
    let missing: Vec<&Said> = said.iter().filter(|said| !known.contains_key(said.one.as_str())).collect();
    if std::env::var_os("TONGKET_UPDATE_WORDS").is_some() {
        add(&missing);
    }
    let mut faults: Vec<String> =
        missing.iter().map(|said| format!("{}: no entry for {:?}", said.place, said.one)).collect();
    for entry in &entries {
        let (english, vietnamese) = (&entry.one, &entry.vietnamese);
        if vietnamese.is_empty() {
            faults.push(format!("{}: {english:?} is not translated", entry.place));
        } else if (english == vietnamese) != entry.is_same {
            faults.push(format!(
                "{}: {english:?} is the same in both languages, or `#, same` is wrong",
                entry.place
            ));
        }
    }
    none(&faults);
}

/// Appends entries without a translation, under the files that say them.
fn add(missing: &[&Said]) {
    let quoted = |words: &str| words.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let mut text = std::fs::read_to_string(catalogue_path()).expect("reads").trim_end().to_owned() + "\n";
    let (mut seen, mut last) = (BTreeSet::new(), "");
    for said in missing {
        let file = said.place.split(':').next().unwrap_or_default();
        if !seen.insert(&said.one) {
            continue;
        }
        text.push('\n');
        if file != last {
            text.push_str(&format!("# {file}\n"));
            last = file;
        }
        text.push_str(&format!("msgid \"{}\"\n", quoted(&said.one)));
        match &said.more {
            Some(more) => text.push_str(&format!("msgid_plural \"{}\"\nmsgstr[0] \"\"\n", quoted(more))),
            None => text.push_str("msgstr \"\"\n"),
        }
    }
    std::fs::write(catalogue_path(), text).expect("writes");
}

#[test]
fn nothing_in_the_catalogue_is_unused_or_stands_twice() {
    let said = said();
    let used: BTreeMap<&str, &Said> = said.iter().map(|said| (said.one.as_str(), said)).collect();
    let mut faults = Vec::new();
    for other in &said {
        if used[other.one.as_str()].more != other.more {
            faults.push(format!("{}: {:?} is said with another plural elsewhere", other.place, other.one));
        }
    }
    let mut seen = BTreeSet::new();
    for Entry { place, one: english, more, .. } in &catalogue(&catalogue_path()) {
        if !seen.insert(english) {
            faults.push(format!("{place}: {english:?} stands twice"));
        }
        match used.get(english.as_str()) {
            None => faults.push(format!("{place}: nothing says {english:?}")),
            Some(said) if said.more != *more => {
                faults.push(format!("{place}: {english:?} has another plural in {}", said.place));
            }
            Some(_) => {}
        }
    }
    none(&faults);
}

#[test]
fn both_languages_have_the_same_holes_names_and_edges() {
    let mut faults = Vec::new();
    for said in said() {
        for words in std::iter::once(&said.one).chain(&said.more) {
            if let Err(fault) = holes(words) {
                faults.push(format!("{}: {words:?}: {fault}", said.place));
            }
        }
    }
    for entry in catalogue(&catalogue_path()) {
        let (one, vietnamese) = (&entry.one, &entry.vietnamese);
        if vietnamese.is_empty() {
            continue;
        }
        for other in entry.more.iter().chain([vietnamese]) {
            if holes(one) != holes(other) {
                faults.push(format!("{}: {one:?} and {other:?} have other holes", entry.place));
            }
            if names(one) != names(other) {
                faults.push(format!("{}: {one:?} and {other:?} have other names in backticks", entry.place));
            }
            if edges(one) != edges(other) {
                faults.push(format!("{}: {one:?} and {other:?} begin or end otherwise", entry.place));
            }
        }
        if !is_nfc(vietnamese) {
            faults.push(format!("{}: {vietnamese:?} is not in NFC", entry.place));
        }
    }
    none(&faults);
}

#[test]
fn messages_are_found_in_every_way_to_write_them() {
    let code = r##"
        //! say!("in a remark")
        fn f() { vec![say!("one \"x\" \
            two", name)]; many!(n(1, 2), "{n} a", "{n} b"); say!(r#"raw " one"#); text("say!(no)") }
        #[cfg(test)] mod tests { fn g() { say!("of a test"); } }
        macro_rules! say { ($text:literal) => { $crate::say!($text, n) } }
    "##;
    let mut found = Vec::new();
    look(code.parse().expect("tokens"), "f.rs", &mut found);
    let found: Vec<_> =
        found.iter().map(|said| (said.place.as_str(), said.one.as_str(), said.more.as_deref())).collect();
    assert_eq!(
        found,
        [
            ("f.rs:3", "one \"x\" two", None),
            ("f.rs:4", "{n} a", Some("{n} b")),
            ("f.rs:4", "raw \" one", None)
        ]
    );
    assert_eq!(holes("{{a}} {b} {c_1}"), Ok(BTreeSet::from(["b".to_owned(), "c_1".to_owned()])));
    assert!(holes("{b:>3}").is_err() && holes("{}").is_err());
}

#[test]
fn what_is_said_is_in_the_language_asked_for() {
    let env = TestEnv::workspace();
    for (args, expected) in [
        (
            &["run", "loans/by-chanel"][..],
            "lỗi: không có truy vấn đã lưu `loans/by-chanel`\ngợi ý: có phải ý bạn là `loans/by-channel`?\n",
        ),
        (&["-c", "SELECT x FROM"], "lỗi: expected "),
        (&["-c", "SELECT nothing FROM units"], "lỗi: không có cột `nothing`\n --> -c:1:8\n"),
        (&["-c", "DROP TABLE units"], "lỗi: `units` là bảng lưu trữ, SQL không bao giờ sửa"),
    ] {
        let ran = env.run(&[&["--lang", "vi"], args].concat());
        assert!(ran.stderr.starts_with(expected), "{args:?} {ran}");
    }
    let help = env.run(&["--lang", "vi", "-c", "\\?"]);
    assert!(help.stdout.starts_with("Có những gì\n  \\d [NAME]"), "{help}");
}

#[test]
fn formats_for_programs_are_the_same_in_both_languages() {
    let env = TestEnv::workspace();
    for args in [
        &["tables"][..],
        &["tables", "units"],
        &["queries"],
        &["run", "units/league"],
        &["-c", "SELECT * FROM loans LIMIT 3"],
    ] {
        for format in ["csv", "tsv", "json", "ndjson"] {
            let [english, vietnamese] = ["en", "vi"].map(|language| {
                let ran = env.run(&[&["--lang", language, "--format", format], args].concat());
                assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{args:?} {ran}");
                ran.stdout
            });
            assert_eq!(english, vietnamese, "{args:?} {format}");
        }
    }
}
