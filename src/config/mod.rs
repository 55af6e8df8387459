//! What was asked for, resolved once: nothing after this looks at flags.

pub mod cluster;
pub mod fence;
pub mod file;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use self::cluster::{Scheduler, Tls};
use self::fence::Fence;
use crate::error::{Error, Result};
use crate::language::Message;
use crate::language::collation::Collation;
use crate::output::{Format, Style};
use crate::say;
use crate::storage;
use crate::ui::text;

/// The folder that holds `datasets/` and `queries/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    root: PathBuf,
    fence: Fence,
}

impl Workspace {
    /// Finds the workspace: the folder asked for, else the nearest one from `here` upwards that
    /// holds `datasets/`; `None` where there is none and none was asked for.
    ///
    /// # Errors
    /// The folder asked for is no workspace.
    pub fn find(asked: Option<&Path>, here: &Path) -> Result<Option<Self>> {
        if let Some(root) = asked {
            let workspace = Self { root: root.to_owned(), fence: Fence::None };
            let path = root.display();
            if storage::is_object(root) {
                if root.components().nth(1).is_none() {
                    return Err(Error::usage(say!("`{path}` names no bucket", path)));
                }
                // What is in it is known from then on, and not asked for name by name.
                return match storage::list(&workspace.datasets()) {
                    Ok(_) => Ok(Some(workspace)),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::usage(say!(
                        "`{path}` is not a workspace: it has no folder `datasets`",
                        path
                    ))
                    .hint(say!("make one on a disk with `tongket init DIR`, and copy it there"))),
                    Err(error) => Err(Error::reading(root, &error)),
                };
            }
            if workspace.datasets().is_dir() {
                return Ok(Some(workspace));
            }
            let message = if root.is_dir() {
                say!("`{path}` is not a workspace: it has no folder `datasets`", path)
            } else {
                say!("there is no folder `{path}`", path)
            };
            return Err(Error::usage(message).hint(say!("make one with `tongket init '{path}'`", path)));
        }
        let found = here.ancestors().find(|folder| folder.join("datasets").is_dir());
        Ok(found.map(|root| Self { root: root.to_owned(), fence: Fence::None }))
    }

    /// The same, out of which nothing leads.
    ///
    /// # Errors
    /// Its contract is a link that leads out of it.
    pub fn fenced(self) -> Result<Self> {
        let fence = Fence::around(&self.root);
        fence.check(&self.datasets().join("datapackage.json"))?;
        Ok(Self { fence, ..self })
    }

    /// How far what is in it reaches.
    pub fn fence(&self) -> &Fence {
        &self.fence
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of the tables.
    pub fn datasets(&self) -> PathBuf {
        self.root.join("datasets")
    }

    /// The folder of the saved queries.
    pub fn queries(&self) -> PathBuf {
        self.root.join("queries")
    }
}

/// The error for work that cannot be done without a workspace; `what` begins it.
pub fn no_workspace(what: impl Into<Message>) -> Error {
    let what = what.into();
    Error::usage(say!(
        "{what} needs a workspace, and neither this folder nor one above it holds `datasets`",
        what
    ))
    .hint(say!("name one with `-C DIR`, or make one with `tongket init DIR`"))
}

/// A file that `--table NAME=PATH` gives a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedFile {
    /// The table's name in SQL.
    pub name: String,
    /// The file or folder.
    pub path: PathBuf,
}

impl std::str::FromStr for NamedFile {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once('=') {
            // As SQL reads a name without quotes.
            Some((name, path)) if !name.is_empty() && !path.is_empty() => {
                Ok(Self { name: text::nfc(&name.to_lowercase()).into_owned(), path: path.into() })
            }
            _ => Err(Error::usage(say!("expected NAME=PATH"))),
        }
    }
}

/// Where results go and in which form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// The format asked for; `None` chooses by the place.
    pub format: Option<Format>,
    /// The file; `None` is standard output.
    pub path: Option<PathBuf>,
    /// Whether an existing file may be replaced.
    pub force: bool,
    /// How values are written.
    pub style: Style,
}

impl Output {
    /// The same for results that come to the terminal: what is no text there was meant for a file.
    pub fn on_terminal(&self) -> Self {
        Self { path: None, format: self.format.filter(|format| !format.is_binary()), ..self.clone() }
    }

    /// The same in another format, without what only CSV has.
    pub fn in_format(&self, format: Format) -> Self {
        let mut output = Self { format: Some(format), ..self.clone() };
        if format != Format::Csv {
            (output.style.delimiter, output.style.excel) = (None, false);
        }
        output
    }

    /// The format: the one asked for, else by the file's name, else a table for a terminal and CSV
    /// for a file or a pipe.
    ///
    /// # Errors
    /// The file's name says no format, or something was asked for that the format has not.
    pub fn format(&self, stdout_is_terminal: bool) -> Result<Format> {
        // What only CSV has is a way of asking for it, even where a table would be shown.
        let wants_csv = self.style.excel || self.style.delimiter.is_some();
        let format = match (self.format, &self.path) {
            (Some(format), _) => format,
            (None, Some(path)) => Format::of_path(path)?,
            (None, None) if stdout_is_terminal && !wants_csv => Format::Table,
            (None, None) => Format::Csv,
        };
        if wants_csv && format != Format::Csv {
            let flag = if self.style.excel { "--excel" } else { "--delimiter" };
            return Err(Error::usage(say!("`{flag}` is for CSV, and another format is to be written", flag)));
        }
        let splits = |c: char| matches!(c, '"' | '\n' | '\r') || c == self.style.separator(format);
        if matches!(format, Format::Csv | Format::Tsv)
            && self.style.null.as_ref().is_some_and(|null| null.contains(splits))
        {
            let message = say!("the text for null cannot hold a quote, a line's end or the separator");
            return Err(Error::usage(message));
        }
        Ok(format)
    }
}

/// What SQL and the commands of the shell may reach; nothing that they do changes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Access {
    /// SQL reads any file and writes none.
    #[default]
    Read,
    /// SQL writes files too, and never a stored table: `--write`.
    Write,
    /// Nothing outside the workspace is read, written or run, but for what the command line names:
    /// `--safe`.
    Safe,
}

/// What a statement may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Memory in bytes for its rows; three quarters of what there is where it is absent.
    pub memory: Option<usize>,
    /// Bytes on the disk for rows that the memory does not hold; nine tenths of what is free where
    /// it is absent.
    pub spill: Option<u64>,
    /// Time until its last row; none where it is absent.
    pub time: Option<Duration>,
}

/// Everything that was asked for.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// What a statement may take.
    pub limits: Limits,
    /// The cluster that statements run on; this process where there is none.
    pub cluster: Option<Scheduler>,
    /// How the lines to it are encrypted, where they are.
    pub tls: Option<Tls>,
    /// The workspace, where there is one.
    pub workspace: Option<Workspace>,
    /// Files with a name of their own.
    pub tables: Vec<NamedFile>,
    /// Where results go.
    pub output: Output,
    /// The order of text.
    pub collate: Collation,
    /// Whether a record of what an export was made of is written beside it.
    pub provenance: bool,
    /// The year that saved queries are about; that of the workspace where it is absent.
    pub year: Option<i32>,
    /// What SQL and the commands of the shell may reach.
    pub access: Access,
    /// The file in which the times and plans of the statements are written.
    pub profile: Option<PathBuf>,
    /// How the shell is to be.
    pub shell: Shell,
}

/// How the shell is to be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shell {
    /// What keys mean.
    pub keys: Keys,
    /// What stands before a line.
    pub prompt: String,
    /// The command that shows what is larger than the terminal; empty for none.
    pub pager: Option<String>,
    /// Whether `tongketrc` is left out.
    #[serde(skip)]
    pub without_rc: bool,
}

impl Default for Shell {
    fn default() -> Self {
        Self { keys: Keys::Emacs, prompt: "tongket> ".to_owned(), pager: None, without_rc: false }
    }
}

/// What keys mean in the line editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keys {
    /// As in Emacs, and in most shells.
    Emacs,
    /// As in vi.
    Vi,
}

impl Config {
    /// How far SQL and the commands of the shell reach.
    pub fn fence(&self) -> Fence {
        match (&self.workspace, self.access) {
            (Some(workspace), _) => workspace.fence().clone(),
            (None, Access::Safe) => Fence::Shut,
            (None, Access::Read | Access::Write) => Fence::None,
        }
    }

    /// Makes the paths of tables absolute; true where one was not.
    pub fn make_absolute(&mut self) -> bool {
        let roots = self.workspace.iter_mut().map(|workspace| &mut workspace.root);
        let mut changed = false;
        for path in roots.chain(self.tables.iter_mut().map(|file| &mut file.path)) {
            if path.is_relative()
                && let Ok(absolute) = storage::absolute(path)
                && absolute != *path
            {
                *path = absolute;
                changed = true;
            }
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_with_datasets_is_the_workspace() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("a/b");
        std::fs::create_dir_all(&inner).expect("makes");
        assert_eq!(Workspace::find(None, &inner).expect("looks"), None);
        std::fs::create_dir(folder.path().join("datasets")).expect("makes");
        let found = Workspace::find(None, &inner).expect("looks").expect("found");
        assert_eq!(found.root(), folder.path());
    }

    #[test]
    fn a_folder_that_is_asked_for_must_be_a_workspace() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = Workspace::find(Some(folder.path()), Path::new("/")).expect_err("none");
        assert!(error.message().english().ends_with("it has no folder `datasets`"), "{error}");
    }

    #[test]
    fn the_place_chooses_the_format() {
        let to = |path: Option<&str>, format| Output {
            path: path.map(PathBuf::from),
            format,
            ..Output::default()
        };
        assert_eq!(to(None, None).format(true).expect("known"), Format::Table);
        assert_eq!(to(None, None).format(false).expect("known"), Format::Csv);
        assert_eq!(to(Some("x.json"), None).format(true).expect("known"), Format::Json);
        assert_eq!(to(Some("x.json"), Some(Format::Csv)).format(true).expect("known"), Format::Csv);
        assert!(to(Some("x.doc"), None).format(true).is_err());
    }
}
