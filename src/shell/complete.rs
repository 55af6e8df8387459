//! What Tab offers, by what stands before the cursor.

use clap::ValueEnum;
use datafusion::sql::sqlparser::keywords::ALL_KEYWORDS;

use super::names::Names;
use super::syntax::context::{Wanted, ctes, place};
use crate::meta;
use crate::output::Format;
use crate::output::chart::Kind;
use crate::query::Source;
use crate::query::split::{Piece, split};
use crate::ui::text;

/// What statements begin with.
const BEGINNINGS: [&str; 12] = [
    "SELECT", "WITH", "FROM", "EXPLAIN", "DESCRIBE", "SHOW", "VALUES", "TABLE", "CREATE", "DROP", "SET",
    "COPY",
];

/// What Tab offers at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// The names of files, for the word that begins at this byte.
    Files(usize),
    /// Names, which replace the text from `start` to the cursor.
    Names {
        /// The byte at which the word begins.
        start: usize,
        /// The names, in order.
        names: Vec<String>,
    },
}

impl Names {
    /// What fits between the text before the cursor and that after it.
    pub(super) fn offer(&self, before: &str, after: &str) -> Offer {
        if let Some(begin) = command_at(before) {
            return match self.offer_command(&before[begin..]) {
                Offer::Files(start) => Offer::Files(begin + start),
                Offer::Names { start, names } => Offer::Names { start: begin + start, names },
            };
        }
        let at = place(before, after);
        let typed = before[at.start..].trim_start_matches(['"', '`']);
        let names = match at.wanted {
            Wanted::Nothing => Vec::new(),
            Wanted::Path { typed_from } => return Offer::Files(typed_from),
            Wanted::Param => matching(typed, &self.variables),
            Wanted::Start => cased(typed, BEGINNINGS),
            Wanted::Table => {
                let with = ctes(&format!("{before}{after}"));
                matching(typed, with.iter().chain(&self.tables))
                    .into_iter()
                    .map(|name| quoted(&name))
                    .collect()
            }
            Wanted::ColumnOf { tables } if tables.is_empty() => Vec::new(),
            Wanted::ColumnOf { tables } => {
                matching(typed, &self.columns_of(&tables)).iter().map(|name| quoted(name)).collect()
            }
            Wanted::Value { column, tables } => {
                let close = if after.starts_with('\'') { "" } else { "'" };
                let codes = matching(typed, &self.codes_of(&column, &tables)).into_iter();
                codes.map(|code| format!("{code}{close}")).collect()
            }
            Wanted::Expression { tables } => self.expression(typed, &tables),
        };
        Offer::Names { start: at.start, names }
    }

    /// Columns of the tables in scope first, then functions, then keywords.
    fn expression(&self, typed: &str, tables: &[String]) -> Vec<String> {
        let columns = self.columns_of(tables);
        let mut names: Vec<String> = matching(typed, &columns).iter().map(|name| quoted(name)).collect();
        if typed.is_empty() {
            return names;
        }
        names.extend(matching(typed, &self.tables).into_iter().filter(|name| !columns.contains(name)));
        names.extend(matching(typed, &self.functions).into_iter().map(|name| format!("{name}(")));
        names.extend(cased(typed, ALL_KEYWORDS.iter().copied()));
        names
    }

    /// What fits at the end of a command, which begins with its backslash or dot.
    fn offer_command(&self, before: &str) -> Offer {
        let Some((command, rest)) = before.split_once(char::is_whitespace) else {
            let names = meta::names().filter(|name| name.starts_with(before)).map(str::to_owned).collect();
            return Offer::Names { start: 0, names };
        };
        let word = rest.rsplit(char::is_whitespace).next().unwrap_or_default();
        let start = before.len() - word.len();
        let first = rest.trim_start() == word;
        let formats = || Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let names = match command {
            "\\i" | "\\ir" | ".read" | "\\o" | "\\g" | "\\gx" | "\\once" | ".output" | ".once" | "\\cd"
            | "\\c" | ".open" | ".cd" => return Offer::Files(start),
            "\\d" | "\\d+" | "\\dt" | ".schema" | ".tables" if first => matching(word, &self.tables),
            "\\run" | "\\dq" if first => matching(word, &self.queries),
            "\\run" => {
                let query = rest.split_whitespace().next().unwrap_or_default();
                match word.split_once('=') {
                    Some((param, typed)) => {
                        let names = matching(typed, &self.values_of(query, param));
                        return Offer::Names { start: start + param.len() + 1, names };
                    }
                    None => {
                        let given = |param: &String| {
                            rest.split_whitespace().any(|word| word.starts_with(param.as_str()))
                        };
                        let open: Vec<String> =
                            self.params_of(query).into_iter().filter(|param| !given(param)).collect();
                        matching(word, &open)
                    }
                }
            }
            "\\h" | "\\df" if first => matching(word, &self.functions),
            "\\last" | ".last" | ".mode" | "\\format" if first => {
                matching(word, &formats().map(|format| format.get_name().to_owned()).collect::<Vec<_>>())
            }
            "\\chart" if first => {
                matching(word, Kind::ALL.map(|kind| kind.word().to_owned()).iter().chain(&self.last))
            }
            "\\chart" | "\\crosstabview" => matching(word, &self.last),
            "\\x" if first => matching(word, &["on", "off", "auto"].map(str::to_owned)),
            "\\t" | "\\timing" | ".timer" | ".headers" if first => {
                matching(word, &["on", "off"].map(str::to_owned))
            }
            "\\pset" if first => matching(word, &meta::SETTINGS.map(str::to_owned)),
            "\\pset" if rest.trim_start().starts_with("format ") => {
                matching(word, &formats().map(|format| format.get_name().to_owned()).collect::<Vec<_>>())
            }
            "\\pset" => matching(word, &["on", "off", "auto"].map(str::to_owned)),
            "\\unset" if first => matching(word, &self.variables),
            _ => Vec::new(),
        };
        Offer::Names { start, names }
    }
}

/// Where the command begins that the text ends in, if it ends in one.
pub(super) fn command_at(before: &str) -> Option<usize> {
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    if !before[line..].contains(['\\', '.']) {
        return None;
    }
    // A quote that a command leaves open opens nothing.
    let script = split(&Source::new("shell", before)).ok()?;
    let Some(Piece::Command(command)) = script.pieces.last() else { return None };
    let last = before.matches('\n').count() + 1;
    let offset = before[line..].char_indices().nth(command.text.column - 1).map(|(at, _)| at);
    offset.filter(|_| command.text.line == last).map(|at| line + at)
}

/// A name as SQL takes it.
fn quoted(name: &str) -> String {
    let plain = name.chars().all(|c| {
        c.is_lowercase() || c.is_ascii_digit() || c == '_' || c.is_alphabetic() && !c.is_uppercase()
    }) && !name.starts_with(|c: char| c.is_ascii_digit());
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// The names that begin with what was typed; accents and case do not count.
fn matching<'a>(typed: &str, names: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    // What the line would carry to the terminal as a command is not offered.
    let fits = |name: &&String| text::begins(name, typed) && text::visible(name) == name.as_str();
    names.into_iter().filter(fits).cloned().collect()
}

/// SQL's words in the case that the user types.
fn cased<'a>(typed: &str, words: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let upper = typed.is_empty() || typed.chars().any(char::is_uppercase);
    let wanted = typed.to_uppercase();
    let found = words.into_iter().filter(|word| word.starts_with(&wanted));
    found.map(|word| if upper { word.to_owned() } else { word.to_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Config, NamedFile, Workspace};
    use crate::run::Session;
    use crate::ui::{Color, Ui};

    fn names(tables: Vec<NamedFile>) -> Names {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let workspace = Workspace::find(Some(root), root).expect("looks");
        let config = Config { workspace, tables, ..Config::default() };
        let session = Session::new(config, Ui::process(Color::Never, true)).expect("a session");
        let names = Names::of(&session);
        // Waits for the columns while the engine is there.
        names.columns_of(&[]);
        names
    }

    fn offered(names: &Names, text: &str) -> Vec<String> {
        let (before, after) = text.split_once('|').unwrap_or((text, ""));
        match names.offer(before, after) {
            Offer::Files(start) => vec![format!("FILES {}", &before[start..])],
            Offer::Names { names, .. } => names,
        }
    }

    #[test]
    fn names_fit_their_place() {
        let names = names(Vec::new());
        for (text, expected) in [
            ("SELECT * FROM act", "activities"),
            ("SELECT outputs.bene| FROM outputs", "benefit_vnd benefit_basis"),
            ("SELECT o.bene| FROM outputs o", "benefit_vnd benefit_basis"),
            ("SELECT * FROM loans l JOIN units AS u ON u.nam", "name_vi"),
            ("WITH mine AS (SELECT 1) SELECT * FROM mi", "mine"),
            ("SELECT * FROM units WHERE kind = 'pro", "provincial'"),
            ("SELECT * FROM units WHERE kind = 'pro|'", "provincial"),
            ("SELECT * FROM outputs WHERE kind IN ('work', 't", "task'"),
            ("SELECT 'act", ""),
            ("SELECT * FROM 'data", "FILES data"),
            ("SELECT * FROM 'q.csv' WHERE ", ""),
            ("\\ru", "\\run"),
            (".ta", ".tables"),
            ("\\run loans/by", "loans/by-channel"),
            ("\\run loans/by-channel a", "as_of="),
            ("\\run units/league measure=aw", "awards"),
            ("\\d plan", "plan_tasks"),
            ("\\i qu", "FILES qu"),
            ("\\last mark", "markdown"),
            ("\\chart h", "hist"),
            ("SELECT 1 AS a \\last mark", "markdown"),
            ("\\pset expa", "expanded"),
            ("\\pset format js", "json"),
            ("\\run units/league measure=awards y", "year="),
            ("\\h array_app", "array_append"),
        ] {
            assert_eq!(offered(&names, text).join(" "), expected, "{text}");
        }
        let all = offered(&names, "SELECT kin| FROM units");
        assert_eq!(all.first().map(String::as_str), Some("kind"), "{all:?}");
        assert!(offered(&names, "SELE").contains(&"SELECT".to_owned()));
        assert!(offered(&names, "sele").contains(&"select".to_owned()));
    }

    #[test]
    fn names_are_found_without_their_accents() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.csv");
        std::fs::write(&path, "Đơn vị,số_lượng,hoạt_động\na,1,2\n").expect("writes");
        let names = names(vec![NamedFile { name: "tổng_kết".into(), path }]);
        assert_eq!(offered(&names, "SELECT * FROM tong"), ["tổng_kết"]);
        assert_eq!(offered(&names, "SELECT t.so| FROM tổng_kết t"), ["số_lượng"]);
        assert_eq!(offered(&names, "SELECT t.ho| FROM tổng_kết t"), ["hoạt_động"]);
        assert_eq!(offered(&names, "SELECT t.\"don| FROM tổng_kết t"), ["\"Đơn vị\""]);
        // In the other Unicode form it is the same.
        assert_eq!(offered(&names, "SELECT t.so\u{302}\u{301}| FROM tổng_kết t"), ["số_lượng"]);
    }
}
