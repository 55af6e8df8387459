//! What Tab offers, by what stands before the cursor.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use datafusion::catalog::SchemaProvider as _;
use datafusion::sql::sqlparser::keywords::ALL_KEYWORDS;

use super::meta;
use crate::engine::Engine;
use crate::query::Library;
use crate::run::Session;

/// What Tab offers at a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// The names of files.
    Files,
    /// Names, which replace the text from `start` to the cursor.
    Names {
        /// The byte at which the word begins.
        start: usize,
        /// The names, in order.
        names: Vec<String>,
    },
}

/// The names that the session knows; columns are read when they are first asked for.
pub(super) struct Names {
    engine: Engine,
    tables: Vec<String>,
    queries: Vec<String>,
    functions: Vec<String>,
    columns: OnceCell<BTreeMap<String, Vec<String>>>,
}

impl Names {
    /// The names of a session as it is now.
    pub(super) fn of(session: &Session) -> Self {
        let state = session.engine.context.state();
        let functions: BTreeSet<String> = state
            .scalar_functions()
            .keys()
            .chain(state.aggregate_functions().keys())
            .chain(state.window_functions().keys())
            .cloned()
            .collect();
        let library = session.config.workspace.as_ref().and_then(|workspace| Library::open(workspace).ok());
        Self {
            engine: session.engine.clone(),
            tables: session.engine.tables.table_names(),
            queries: library.iter().flat_map(Library::names).map(str::to_owned).collect(),
            functions: functions.into_iter().collect(),
            columns: OnceCell::new(),
        }
    }

    /// The columns of each table, read once. A table that cannot be read offers none.
    fn columns(&self) -> &BTreeMap<String, Vec<String>> {
        self.columns.get_or_init(|| {
            let (engine, tables) = (self.engine.clone(), self.tables.clone());
            let (sender, columns) = std::sync::mpsc::channel();
            // The editor waits here, on the thread that listens; the engine's threads do the work.
            self.engine.spawn(async move {
                let mut columns = BTreeMap::new();
                for name in tables {
                    if let Ok(Some(table)) = engine.tables.table(&name).await {
                        let fields =
                            table.schema().fields().iter().map(|field| field.name().clone()).collect();
                        columns.insert(name, fields);
                    }
                }
                let _ = sender.send(columns);
            });
            columns.recv().unwrap_or_default()
        })
    }

    /// What fits at the end of `before`.
    pub(super) fn offer(&self, before: &str) -> Offer {
        if before.starts_with('\\') {
            return self.offer_command(before);
        }
        let start = before
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_'))
            .map_or(0, |i| i + before[i..].chars().next().map_or(1, char::len_utf8));
        let word = &before[start..];
        let left = before[..start].trim_end();
        if let Some(owner) = before[..start].strip_suffix('.') {
            return Offer::Names { start, names: matching(word, self.columns_of(owner, before)) };
        }
        if in_text(before) {
            // Inside FROM '…' stands a path; in any other text there is nothing to offer.
            let opening = before.rfind('\'').unwrap_or(0);
            let of_table = ["from", "join"].contains(&last_word(before[..opening].trim_end()).as_str());
            return if of_table { Offer::Files } else { Offer::Names { start, names: Vec::new() } };
        }
        let names = match last_word(left).as_str() {
            "from" | "join" | "describe" | "table" => matching(word, self.tables.iter().cloned()),
            _ if word.is_empty() => Vec::new(),
            _ => {
                let columns: BTreeSet<String> = self.columns().values().flatten().cloned().collect();
                let functions = self.functions.iter().map(|name| format!("{name}("));
                let mut names = matching(word, columns.into_iter().chain(self.tables.iter().cloned()));
                names.extend(matching(word, functions));
                names.extend(keywords(word));
                names
            }
        };
        Offer::Names { start, names }
    }

    fn offer_command(&self, before: &str) -> Offer {
        let Some((command, rest)) = before.split_once(char::is_whitespace) else {
            let commands = meta::NAMES.iter().map(|name| format!("\\{name}"));
            return Offer::Names { start: 0, names: matching(before, commands) };
        };
        let word = rest.rsplit(char::is_whitespace).next().unwrap_or_default();
        let start = before.len() - word.len();
        let first = rest.trim_start() == word;
        match command {
            "\\i" | "\\o" => Offer::Files,
            "\\d" if first => Offer::Names { start, names: matching(word, self.tables.iter().cloned()) },
            "\\run" | "\\dq" if first => {
                Offer::Names { start, names: matching(word, self.queries.iter().cloned()) }
            }
            _ => Offer::Names { start, names: Vec::new() },
        }
    }

    /// The columns behind `owner.`: a table's, or those of the table that the statement calls so.
    fn columns_of(&self, owner: &str, statement: &str) -> Vec<String> {
        let owner = owner
            .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
            .next()
            .unwrap_or_default()
            .to_lowercase();
        let words: Vec<String> = statement
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let aliased = words.windows(3).find_map(|three| {
            let [table, middle, last] = three else { return None };
            let is_table = self.tables.contains(table);
            (is_table && (*middle == owner || (middle == "as" && *last == owner))).then(|| table.clone())
        });
        self.columns().get(&owner).or_else(|| self.columns().get(&aliased?)).cloned().unwrap_or_default()
    }
}

/// Whether the text ends inside a quoted one.
fn in_text(before: &str) -> bool {
    before.matches('\'').count() % 2 == 1
}

fn last_word(text: &str) -> String {
    text.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default().to_lowercase()
}

fn matching(word: &str, names: impl IntoIterator<Item = String>) -> Vec<String> {
    let word = word.to_lowercase();
    names.into_iter().filter(|name| name.to_lowercase().starts_with(&word)).collect()
}

/// SQL's keywords in the case that the user types.
fn keywords(word: &str) -> Vec<String> {
    let upper = word.chars().any(char::is_uppercase);
    let wanted = word.to_uppercase();
    let found = ALL_KEYWORDS.iter().filter(|keyword| keyword.starts_with(&wanted));
    found.map(|keyword| if upper { (*keyword).to_owned() } else { keyword.to_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Config, Workspace};
    use crate::ui::{Color, Ui};

    fn offered(before: &str) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let workspace = Workspace::find(Some(root), root).expect("looks");
            let config = Config { workspace, ..Config::default() };
            let session = Session::new(config, Ui::process(Color::Never, true)).expect("a session");
            match Names::of(&session).offer(before) {
                Offer::Files => vec!["FILES".to_owned()],
                Offer::Names { names, .. } => names,
            }
        })
    }

    #[test]
    fn tables_follow_from_and_columns_their_table() {
        assert_eq!(offered("SELECT * FROM act"), ["activities"]);
        assert_eq!(offered("SELECT outputs.bene"), ["benefit_vnd", "benefit_basis"]);
        assert_eq!(offered("SELECT * FROM loans l JOIN units AS u ON u.nam"), ["name_vi"]);
        assert_eq!(offered("SELECT * FROM loans l WHERE l.appr"), ["approved_vnd"]);
    }

    #[test]
    fn keywords_come_in_the_case_that_is_typed() {
        assert!(offered("SELE").contains(&"SELECT".to_owned()));
        assert!(offered("sele").contains(&"select".to_owned()));
    }

    #[test]
    fn commands_offer_what_they_take() {
        assert_eq!(offered("\\ru"), ["\\run"]);
        assert_eq!(offered("\\run loans/by"), ["loans/by-channel"]);
        assert_eq!(offered("\\d plan"), ["plan_tasks"]);
        assert_eq!(offered("\\i qu"), ["FILES"]);
        assert_eq!(offered("SELECT * FROM 'data"), ["FILES"]);
        assert!(offered("SELECT 'act").is_empty());
    }
}
