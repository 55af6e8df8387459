//! The file that tells of an export: `FILE.meta.json`.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::hash::Bytes;
use crate::error::{Error, Result};
use crate::language::collation::Collation;
use crate::language::{Language, Message};
use crate::output::{Format, Style};
use crate::query::SavedQuery;
use crate::query::Source;
use crate::query::params::{Bindings, Given};
use crate::query::value::shown;
use crate::say;
use crate::storage;

/// The form of the file; a later form has another name.
pub const FORM: &str = "tongket-provenance/1";

/// What follows the name of an export.
const ENDING: &str = ".meta.json";

/// What an export was made of. The fields stand in the file in this order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// [`FORM`].
    #[serde(rename = "$schema")]
    pub form: String,
    /// What made it.
    pub program: Program,
    /// When: RFC 3339, in UTC.
    pub time: String,
    /// The export.
    pub file: Bytes,
    /// Its rows, those of all results where it holds several.
    pub rows: u64,
    /// Whether tables that were read hold invented rows.
    pub synthetic: bool,
    /// How it is written.
    pub written: Written,
    /// What was run.
    pub ran: Ran,
    /// The order of text at its start.
    #[serde(default)]
    pub collate: Collation,
    /// The values of the saved query's parameters, defaults among them, by name.
    pub parameters: Vec<Parameter>,
    /// The workspace, seen from the folder of this file; an absolute path where there is no way.
    pub workspace: Option<String>,
    /// The folder that relative paths in SQL are seen from: seen from the workspace, or from the folder
    /// of this file where there is none.
    pub folder: String,
    /// The names that `--table` gave.
    pub named: Vec<Named>,
    /// The stored tables that were read, also through views, in the order in which they were.
    pub tables: Vec<Table>,
    /// Functions in it whose value is another each time, such as `now`.
    pub volatile: Vec<String>,
}

/// A program.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// How the export is written: what decides its bytes beside the rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Written {
    /// As `--format` names it.
    pub format: String,
    /// The text for null, where it is not the format's own.
    pub null: Option<String>,
    /// The separator of CSV, where it was given.
    pub delimiter: Option<char>,
    /// CSV for Excel.
    pub excel: bool,
    /// The language of titles, labels and formats, where it is a workbook: `vi` or `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// What was run.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ran {
    /// A saved query.
    Query(Text),
    /// SQL from `-c`, from files or from standard input, one after the other in one session.
    Scripts(Vec<Text>),
}

/// A text that was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The saved query's name, the file's path, or `-c`.
    pub name: String,
    /// SHA-256 of the text below as UTF-8, which is the file's where that is in NFC and has no BOM.
    pub sha256: String,
    /// All of it, in NFC.
    pub text: String,
}

/// A parameter of a saved query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type, as the front matter names it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it was given; else its default was used.
    pub given: bool,
    /// Its values as they are typed; none is NULL, and only a parameter of many values has several.
    pub values: Vec<String>,
}

/// A name that `--table` gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The name in SQL.
    pub name: String,
    /// The path as it was given.
    pub path: PathBuf,
}

/// A stored table that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name, or its path where that is how SQL named it.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Its files, in the order of their paths.
    pub files: Vec<TableFile>,
}

/// A file of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFile {
    /// The file.
    #[serde(flatten)]
    pub file: Bytes,
    /// Its rows.
    pub rows: u64,
}

impl Record {
    /// The place of the record of an export.
    pub fn place(export: &Path) -> PathBuf {
        let mut name = export.as_os_str().to_owned();
        name.push(ENDING);
        name.into()
    }

    /// The export and its record, whichever of the two is named.
    pub fn pair(named: &Path) -> (PathBuf, PathBuf) {
        match named.to_str().and_then(|name| name.strip_suffix(ENDING)) {
            Some(export) => (export.into(), named.to_owned()),
            None => (named.to_owned(), Self::place(named)),
        }
    }

    /// Reads the record of an export.
    ///
    /// # Errors
    /// There is none, or it is none of ours or of a later form.
    pub fn read(path: &Path) -> Result<Self> {
        let text = storage::read_to_string(path).map_err(|error| {
            let missing = error.kind() == std::io::ErrorKind::NotFound;
            let error = Error::reading(path, &error);
            if missing { error.hint(say!("`--provenance` writes it beside an export")) } else { error }
        })?;
        let no = |reason: Message| {
            Error::data(say!("`{path}` tells of no export: {reason}", path = path.display(), reason))
        };
        let broken = |error: serde_json::Error| no(Message::verbatim(error.to_string()));
        let json: serde_json::Value = serde_json::from_str(&text).map_err(broken)?;
        match json["$schema"].as_str() {
            Some(FORM) => serde_json::from_value(json).map_err(broken),
            Some(other) if other.starts_with("tongket-provenance/") => Err(Error::data(say!(
                "`{path}` is of the form `{other}`, and this program reads `{form}`",
                path = path.display(),
                other,
                form = FORM
            ))
            .hint(say!("a later version of tongket wrote it"))),
            _ => Err(no(say!("its `$schema` is not `{form}`", form = FORM))),
        }
    }
}

impl Written {
    /// The form of an export.
    pub fn new(format: Format, style: &Style, language: Language) -> Self {
        Self {
            format: clap::ValueEnum::to_possible_value(&format)
                .map_or_else(String::new, |value| value.get_name().to_owned()),
            null: style.null.clone(),
            delimiter: style.delimiter.map(char::from),
            excel: style.excel,
            language: (format == Format::Xlsx).then(|| language.code().to_owned()),
        }
    }

    /// The language that it was written in, where that is kept.
    pub fn language(&self) -> Option<Language> {
        self.language.as_deref().and_then(Language::of_locale)
    }

    /// The format and style that it was.
    ///
    /// # Errors
    /// The format is unknown here.
    pub fn form(&self) -> Result<(Format, Style)> {
        let format = <Format as clap::ValueEnum>::from_str(&self.format, false)
            .map_err(|_| Error::data(say!("the format `{format}` is unknown here", format = self.format)))?;
        let style = Style {
            null: self.null.clone(),
            delimiter: self.delimiter.and_then(|delimiter| u8::try_from(delimiter).ok()),
            excel: self.excel,
            ..Style::default()
        };
        Ok((format, style))
    }
}

impl Text {
    /// A text of a name.
    pub fn new(name: &str, source: &Source) -> Self {
        let text = source.text.to_string();
        Self { name: name.to_owned(), sha256: super::hash::of_text(&text), text }
    }
}

impl Parameter {
    /// The parameters of a saved query as they were bound.
    pub fn all(query: &SavedQuery, given: &[Given], bindings: &Bindings) -> Vec<Self> {
        let parameter = |name: &String| {
            Some(Self {
                name: name.clone(),
                kind: query.header.params.get(name)?.kind.word().to_owned(),
                given: given.iter().any(|given| given.name == *name),
                values: bindings.get(name)?.values().into_iter().map(shown).collect(),
            })
        };
        bindings.keys().filter_map(parameter).collect()
    }

    /// What one types to give them these values.
    pub fn given(parameters: &[Self]) -> Vec<Given> {
        let one =
            |parameter: &Self, value: &String| Given { name: parameter.name.clone(), value: value.clone() };
        let each =
            |parameter: &Self| parameter.values.iter().map(|value| one(parameter, value)).collect::<Vec<_>>();
        parameters.iter().flat_map(each).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_of_the_two_names_the_pair() {
        let pair = (PathBuf::from("out/a.csv"), PathBuf::from("out/a.csv.meta.json"));
        assert_eq!(Record::pair(Path::new("out/a.csv")), pair);
        assert_eq!(Record::pair(Path::new("out/a.csv.meta.json")), pair);
    }

    #[test]
    fn a_later_form_is_said_and_not_guessed_at() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv.meta.json");
        for (text, says) in [
            ("{\"$schema\":\"tongket-provenance/2\"}", "is of the form `tongket-provenance/2`"),
            ("{\"$schema\":\"other\"}", "tells of no export"),
            ("no JSON", "tells of no export"),
        ] {
            std::fs::write(&path, text).expect("writes");
            let error = Record::read(&path).expect_err(text);
            assert!(error.message().english().contains(says), "{error}");
        }
    }
}
