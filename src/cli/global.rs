//! What every command understands, and the [`Config`] that it comes to.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::parser::ValueSource;

use crate::config::{Config, NamedFile, Output, Workspace};
use crate::error::{Error, Result};
use crate::output::{Format, Style};
use crate::ui::Color;

/// What every command understands.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// Folder of the workspace [default: the nearest one upwards that holds datasets/]
    #[arg(short = 'C', long, value_name = "DIR", global = true, env = "TONGKET_DIR", value_parser = folder)]
    dir: Option<PathBuf>,
    /// Name a file or folder as a table (in lower case, as SQL reads names); repeat it for more
    #[arg(long, value_name = "NAME=PATH", global = true)]
    table: Vec<NamedFile>,
    /// Write the result to a file, in the format of its ending (or, for some commands, into a folder)
    #[arg(short, long, value_name = "FILE", global = true, help_heading = "Output")]
    pub(super) output: Option<PathBuf>,
    /// Format of results [default: table on a terminal, csv elsewhere]
    #[arg(long, value_enum, global = true, help_heading = "Output")]
    format: Option<Format>,
    /// Short for --format csv
    #[arg(long, global = true, conflicts_with_all = ["format", "json"], help_heading = "Output")]
    csv: bool,
    /// Short for --format json
    #[arg(long, global = true, conflicts_with = "format", help_heading = "Output")]
    json: bool,
    /// Replace a file that exists
    #[arg(long, global = true, help_heading = "Output")]
    pub(super) force: bool,
    /// Write beside the export FILE what it was made of, as FILE.meta.json, for `tongket verify FILE`
    #[arg(long, global = true, conflicts_with = "write", help_heading = "Output")]
    pub(super) provenance: bool,
    /// Rows that a table on a terminal shows, 0 for all; files and pipes always get all
    #[arg(long, value_name = "N", default_value_t = 40, global = true, help_heading = "Output")]
    maxrows: usize,
    /// Text for null
    #[arg(long, value_name = "TEXT", global = true, help_heading = "Output")]
    null: Option<String>,
    /// Separator of CSV, one ASCII character, or `\t`
    #[arg(long, value_name = "CHAR", global = true, value_parser = delimiter, help_heading = "Output")]
    delimiter: Option<u8>,
    /// CSV for Excel: BOM, CRLF, `;`, decimal comma, formulas guarded, leading zeros kept
    #[arg(long, global = true, conflicts_with = "json", help_heading = "Output")]
    excel: bool,
    /// Say nothing but warnings and errors
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, global = true)]
    pub(super) color: Color,
    /// Let SQL write files: INSERT, COPY … TO, CREATE EXTERNAL TABLE
    #[arg(long, global = true, help_heading = "SQL")]
    write: bool,
    /// Write the times and plans of all statements to a JSON file
    #[arg(long, value_name = "FILE.json", global = true, help_heading = "SQL")]
    profile: Option<PathBuf>,
    /// Leave out config.toml and tongketrc
    #[arg(short = 'X', long, global = true)]
    no_rc: bool,
}

/// A folder; an empty name, as in `TONGKET_DIR=`, is left to be found out.
#[expect(clippy::unnecessary_wraps, reason = "the form that clap asks of a parser")]
fn folder(text: &str) -> std::result::Result<PathBuf, String> {
    Ok(PathBuf::from(text))
}

fn delimiter(text: &str) -> std::result::Result<u8, String> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(*byte),
        _ => Err("expected one ASCII character, not a quote or a line's end".to_owned()),
    }
}

impl Global {
    pub(super) fn dir(&self) -> Option<&Path> {
        self.dir.as_deref().filter(|dir| !dir.as_os_str().is_empty())
    }

    fn format(&self) -> Option<Format> {
        if self.csv {
            Some(Format::Csv)
        } else if self.json {
            Some(Format::Json)
        } else {
            self.format
        }
    }

    /// A format, and what only CSV has, that nobody typed gives way to what the name of a file says.
    pub(super) fn yield_to_names(&mut self, matches: &clap::ArgMatches) {
        let is_default = |id: &str| {
            let subs = std::iter::successors(Some(matches), |matches| Some(matches.subcommand()?.1));
            !subs
                .filter_map(|matches| matches.value_source(id))
                .any(|source| source == ValueSource::CommandLine)
        };
        if self.output.is_some() && is_default("format") {
            self.format = None;
        }
        let csv = match (&self.output, self.format()) {
            (_, Some(format)) => format == Format::Csv,
            (Some(path), None) => Format::of_path(path).is_ok_and(|format| format == Format::Csv),
            (None, None) => false,
        };
        if !csv {
            if is_default("delimiter") {
                self.delimiter = None;
            }
            self.excel &= !is_default("excel");
        }
    }

    pub(super) fn config(&self, shell: crate::config::Shell) -> Result<Config> {
        let here = std::env::current_dir().unwrap_or_default();
        let style = Style {
            null: self.null.clone(),
            delimiter: self.delimiter,
            excel: self.excel,
            max_rows: self.maxrows,
            ..Style::default()
        };
        let output = Output {
            format: self.format(),
            path: self.output.clone().filter(|path| path != Path::new("-")),
            force: self.force,
            style,
        };
        if self.provenance && output.path.is_none() {
            return Err(
                Error::usage("`--provenance` needs a file to write beside").hint("name it with `-o FILE`")
            );
        }
        Ok(Config {
            workspace: Workspace::find(self.dir(), &here)?,
            tables: named(&self.table)?,
            provenance: self.provenance,
            output,
            write: self.write,
            profile: self.profile.clone(),
            shell: crate::config::Shell { without_rc: self.no_rc, ..shell },
        })
    }
}

/// The files that have a name of their own, each name once.
fn named(files: &[NamedFile]) -> Result<Vec<NamedFile>> {
    for (i, file) in files.iter().enumerate() {
        if files[..i].iter().any(|other| other.name == file.name) {
            return Err(Error::usage(format!("`--table` gives the name `{}` twice", file.name)));
        }
    }
    Ok(files.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_one_character() {
        assert_eq!(delimiter(";"), Ok(b';'));
        assert_eq!(delimiter("\\t"), Ok(b'\t'));
        assert!(delimiter("ab").is_err() && delimiter("\"").is_err() && delimiter("…").is_err());
    }
}
