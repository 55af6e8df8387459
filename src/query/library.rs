//! The saved queries of a workspace: one `.sql` file each, folders as groups.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::header::{self, Header};
use super::source::{Source, Statement};
use super::split;
use crate::config::Workspace;
use crate::config::fence::Fence;
use crate::error::{Error, Result};
use crate::say;
use crate::storage::{self, Entry};
use crate::ui::text;

/// The saved queries of a workspace, by name; none is read before it is asked for.
#[derive(Debug, Clone, Default)]
pub struct Library {
    paths: BTreeMap<String, PathBuf>,
    fence: Fence,
}

/// A saved query, read.
#[derive(Debug, Clone)]
pub struct SavedQuery {
    /// Its name: the path below `queries/` without the ending, or the path of a file elsewhere.
    pub name: String,
    /// The whole file.
    pub source: Source,
    /// What it says of itself.
    pub header: Header,
    /// Its one statement.
    pub statement: Statement,
}

impl Library {
    /// Lists the saved queries; a workspace without `queries/` has none.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn open(workspace: &Workspace) -> Result<Self> {
        let root = workspace.queries();
        let mut paths = BTreeMap::new();
        match storage::list(&root) {
            Ok(entries) => collect(entries, "", &mut paths)?,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => return Err(Error::reading(&root, &error)),
        }
        Ok(Self { paths, fence: workspace.fence().clone() })
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.paths.keys().map(String::as_str)
    }

    /// Reads the query of that name.
    ///
    /// # Errors
    /// There is none (with the nearest name), or its file does not parse.
    pub fn find(&self, name: &str) -> Result<SavedQuery> {
        let name = text::nfc(name);
        match self.paths.get(name.as_ref()) {
            Some(path) => self.fence.check(path).and_then(|()| read(&name, path)),
            None => {
                let error = Error::usage(say!("there is no saved query `{name}`", name));
                let group: Vec<&str> =
                    self.names().filter(|other| other.starts_with(&format!("{name}/"))).collect();
                if !group.is_empty() {
                    return Err(error.hint(say!(
                        "the group `{name}` holds {queries}",
                        name,
                        queries = group.join(", ")
                    )));
                }
                Err(match text::nearest(&name, self.names()) {
                    Some(near) => error.hint(say!("did you mean `{near}`?", near)),
                    None => error.hint(say!("`tongket queries` lists them")),
                })
            }
        }
    }
}

fn collect(entries: Vec<Entry>, prefix: &str, paths: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    for Entry { path, is_dir } in entries {
        let Some(name) = path.file_name().and_then(|name| name.to_str()).map(text::nfc) else { continue };
        if name.starts_with('.') {
            continue;
        }
        if is_dir {
            let inner = storage::list(&path).map_err(|error| Error::reading(&path, &error))?;
            collect(inner, &format!("{prefix}{name}/"), paths)?;
        } else if let Some(stem) = name.strip_suffix(".sql") {
            paths.insert(format!("{prefix}{stem}"), path);
        }
    }
    Ok(())
}

/// Reads a file that holds a query, anywhere; its name is its path.
///
/// # Errors
/// The file cannot be read or does not parse.
pub fn read_file(path: &Path) -> Result<SavedQuery> {
    read(&path.display().to_string(), path)
}

/// Whether what the user named is a file rather than a saved query.
pub fn is_file_name(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("sql"))
}

fn read(name: &str, path: &Path) -> Result<SavedQuery> {
    parse(name, Source::read(path)?)
}

/// A saved query from its text.
///
/// # Errors
/// It does not parse, or is not one statement.
pub fn parse(name: &str, source: Source) -> Result<SavedQuery> {
    let header = header::parse(&source)?;
    let mut statements = split::split(&source)?.statements(&source)?.into_iter();
    match (statements.next(), statements.next()) {
        (Some(statement), None) => Ok(SavedQuery { name: name.to_owned(), source, header, statement }),
        (None, _) => Err(Error::data(say!("`{name}` holds no statement", name = source.origin))),
        (Some(_), Some(second)) => {
            let place = source.excerpt(second.line, second.column, second.column + 1);
            Err(Error::data(say!("a saved query is one statement, and here a second begins"))
                .at(place)
                .hint(say!("run a file of several with `tongket -f FILE`")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library(files: &[(&str, &str)]) -> (tempfile::TempDir, Library) {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join("queries").join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("makes");
            std::fs::write(path, text).expect("writes");
        }
        std::fs::create_dir_all(folder.path().join("datasets")).expect("makes");
        let workspace = Workspace::find(Some(folder.path()), Path::new(".")).expect("looks").expect("found");
        let library = Library::open(&workspace).expect("opens");
        (folder, library)
    }

    #[test]
    fn folders_are_groups_and_the_nearest_name_is_offered() {
        let (_folder, library) =
            library(&[("a.sql", "SELECT 1"), ("loans/by-channel.sql", "SELECT 2;"), ("x.txt", "")]);
        assert_eq!(library.names().collect::<Vec<_>>(), ["a", "loans/by-channel"]);
        assert_eq!(library.find("loans/by-channel").expect("found").statement.text, "SELECT 2");
        let error = library.find("by-chanel").expect_err("none");
        assert_eq!(error.hints()[0].english(), "did you mean `loans/by-channel`?");
        assert!(library.find("../queries/a").is_err());
    }

    #[test]
    fn a_saved_query_is_one_statement() {
        let (_folder, library) = library(&[("two.sql", "SELECT 1;\nSELECT 2"), ("none.sql", "-- nothing")]);
        assert_eq!(library.find("two").expect_err("two").place().map(|place| place.line), Some(2));
        assert!(library.find("none").expect_err("none").to_string().ends_with("holds no statement"));
    }
}
