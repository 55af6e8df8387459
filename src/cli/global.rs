//! What every command understands, and the [`Config`] that it comes to.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{Args, ValueEnum};

use crate::commands::whole;
use crate::config::cluster::{Scheduler, Tls};
use crate::config::{Access, Config, Limits, NamedFile, Output, Workspace};
use crate::error::{Error, Result};
use crate::language::Language;
use crate::language::collation::Collation;
use crate::output::{Format, Style};
use crate::say;
use crate::ui::Color;

/// What every command understands.
/// What `--table` takes: a name and a path, or for an import the name of its table.
#[derive(Debug, Clone)]
enum TableName {
    File(NamedFile),
    Bare(String),
}

impl std::str::FromStr for TableName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.contains('=') || text.is_empty() {
            true => text.parse().map(Self::File),
            false => Ok(Self::Bare(crate::ui::text::nfc(text).into_owned())),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Global {
    /// Folder of the workspace, or s3://BUCKET/NAME (in a build with object storage) [default: the nearest folder
    /// upwards that holds datasets/]
    #[arg(short = 'C', long, value_name = "DIR", global = true, env = "TONGKET_DIR", value_parser = folder)]
    dir: Option<PathBuf>,
    /// Name a file or folder as a table (in lower case, as SQL reads names); repeat it for more. For
    /// `import`, TABLE: the table that the rows go to
    #[arg(long, value_name = "NAME=PATH", global = true)]
    table: Vec<TableName>,
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
    /// Language of messages, titles, labels, numbers and dates for readers; csv, json and the like
    /// never change [default: that of LC_ALL, LC_MESSAGES or LANG]
    #[arg(
        long,
        value_name = "LANG",
        global = true,
        env = "TONGKET_LANG",
        value_parser = language(),
        help_heading = "Output"
    )]
    lang: Option<Chosen>,
    /// Say nothing but warnings and errors
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, global = true)]
    pub(super) color: Color,
    /// The year that saved queries are about [default: that of the workspace's contract]
    #[arg(long, value_name = "YEAR", global = true, value_parser = whole(1..=9999))]
    year: Option<i32>,
    /// Let SQL write files: INSERT, COPY … TO, CREATE EXTERNAL TABLE
    #[arg(long, global = true, conflicts_with = "safe", help_heading = "SQL")]
    write: bool,
    /// Keep SQL and the shell's commands inside the workspace: no other file is read, none is written,
    /// no program is run; what the command line itself names is allowed
    #[arg(long, global = true, help_heading = "SQL")]
    pub(super) safe: bool,
    /// Order of text in ORDER BY and in lists of names: by its bytes, or as Vietnamese or English sorts it
    #[arg(long, value_enum, value_name = "ORDER", default_value_t, global = true, help_heading = "SQL")]
    collate: Collation,
    /// Run statements on a Ballista cluster instead of in this process (in a build with clusters)
    #[arg(long, value_name = "ballista://HOST:PORT", global = true, help_heading = "SQL")]
    pub(super) engine: Option<Scheduler>,
    /// Folder with ca.pem, cert.pem and key.pem: the lines to the cluster are encrypted, and each end shows who it is
    /// (in a build with clusters)
    #[arg(long, value_name = "DIR", global = true, help_heading = "SQL")]
    pub(super) tls: Option<PathBuf>,
    /// Write the times and plans of all statements to a JSON file
    #[arg(long, value_name = "FILE.json", global = true, help_heading = "SQL")]
    profile: Option<PathBuf>,
    /// Memory that the rows of a statement may take, such as 512M or 2G; what is more goes to the disk
    /// [default: three quarters of what there is]
    #[arg(long, value_name = "SIZE", global = true, value_parser = memory, help_heading = "Limits")]
    pub(super) memory_limit: Option<usize>,
    /// Room on the disk that it may take then [default: nine tenths of what is free]
    #[arg(long, value_name = "SIZE", global = true, value_parser = size, help_heading = "Limits")]
    spill_limit: Option<u64>,
    /// Time that a statement may take, such as 30s, 5m or 1h
    #[arg(long, value_name = "TIME", global = true, value_parser = time, help_heading = "Limits")]
    timeout: Option<Duration>,
    /// Leave out config.toml and tongketrc
    #[arg(short = 'X', long, global = true)]
    no_rc: bool,
}

/// What is chosen, if it is: an empty text chooses nothing, as in `TONGKET_LANG=`.
type Chosen = Option<Language>;

fn language() -> impl TypedValueParser<Value = Chosen> {
    let known = Language::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let names = known.chain([PossibleValue::new("").hide(true)]);
    PossibleValuesParser::new(names).map(|name| Language::from_str(&name, true).ok())
}

/// A folder; an empty name, as in `TONGKET_DIR=`, is left to be found out.
#[expect(clippy::unnecessary_wraps, reason = "the form that clap asks of a parser")]
fn folder(text: &str) -> Result<PathBuf> {
    Ok(PathBuf::from(text))
}

/// Bytes, from a number with or without a unit of 1024, 1024² or 1024³ bytes.
fn size(text: &str) -> Result<u64> {
    let (number, unit) = parts(text);
    let factor = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => Some(1_u64),
        "K" | "KB" | "KIB" => Some(1 << 10),
        "M" | "MB" | "MIB" => Some(1 << 20),
        "G" | "GB" | "GIB" => Some(1 << 30),
        _ => None,
    };
    let bytes = number.zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    bytes.ok_or_else(|| Error::usage(say!("expected a size such as 512M or 2G")))
}

/// Bytes of memory.
fn memory(text: &str) -> Result<usize> {
    /// With less no sort can begin.
    const LEAST: u64 = 16 << 20;
    let bytes = size(text).ok().filter(|bytes| *bytes >= LEAST).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| Error::usage(say!("expected a size such as 512M or 2G, at least 16M")))
}

/// A time, from a number with or without a unit; without one it is seconds.
fn time(text: &str) -> Result<Duration> {
    let (number, unit) = parts(text);
    let factor = match unit.to_ascii_lowercase().as_str() {
        "ms" => Some(1),
        "" | "s" => Some(1000),
        "m" | "min" => Some(60 * 1000),
        "h" => Some(60 * 60 * 1000),
        _ => None,
    };
    let time = number.zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    let time = time.filter(|time| *time > 0).map(Duration::from_millis);
    time.ok_or_else(|| Error::usage(say!("expected a time such as 30s, 5m or 1h")))
}

/// A whole number and the letters after it.
fn parts(text: &str) -> (Option<u64>, &str) {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    (digits.trim().parse().ok(), &text[digits.len()..])
}

fn delimiter(text: &str) -> Result<u8> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(*byte),
        _ => Err(Error::usage(say!("expected one ASCII character, not a quote or a line's end"))),
    }
}

impl Global {
    pub(super) fn dir(&self) -> Option<&Path> {
        self.dir.as_deref().filter(|dir| !dir.as_os_str().is_empty())
    }

    /// The language that is asked for, by what was typed or by the environment.
    pub(super) fn language(&self) -> Option<Language> {
        self.lang.flatten().or_else(Language::of_environment)
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

    /// The names that `--table` gives without a path.
    pub(super) fn bare_tables(&self) -> Vec<String> {
        let name = |table: &TableName| match table {
            TableName::Bare(name) => Some(name.clone()),
            TableName::File(_) => None,
        };
        self.table.iter().filter_map(name).collect()
    }

    /// What was asked for; `bare` allows `--table` to give a name without a path.
    ///
    /// # Errors
    /// There is no such workspace, or a table's name is given twice or without a path.
    pub(super) fn config(&self, shell: crate::config::Shell, bare: bool) -> Result<Config> {
        if let (false, Some(name)) = (bare, self.bare_tables().first()) {
            return Err(Error::usage(say!("`--table {name}`: expected NAME=PATH", name)));
        }
        let files = self.table.iter().filter_map(|table| match table {
            TableName::File(file) => Some(file.clone()),
            TableName::Bare(_) => None,
        });
        let files: Vec<NamedFile> = files.collect();
        let here = std::env::current_dir().unwrap_or_default();
        let style = Style {
            null: self.null.clone(),
            delimiter: self.delimiter,
            excel: self.excel,
            max_rows: self.maxrows,
            worded: self.language().is_some(),
            ..Style::default()
        };
        let output = Output {
            format: self.format(),
            path: self.output.clone().filter(|path| path != Path::new("-")),
            force: self.force,
            style,
        };
        if self.provenance && output.path.is_none() {
            return Err(Error::usage(say!("`--provenance` needs a file to write beside"))
                .hint(say!("name it with `-o FILE`")));
        }
        Ok(Config {
            workspace: match Workspace::find(self.dir(), &here)? {
                Some(workspace) if self.safe => Some(workspace.fenced()?),
                found => found,
            },
            tables: named(&files)?,
            provenance: self.provenance,
            output,
            year: self.year,
            collate: self.collate,
            access: match (self.safe, self.write) {
                (true, _) => Access::Safe,
                (false, true) => Access::Write,
                (false, false) => Access::Read,
            },
            cluster: self.engine.clone(),
            tls: self.tls.as_deref().filter(|_| self.engine.is_some()).map(Tls::read).transpose()?,
            limits: Limits { memory: self.memory_limit, spill: self.spill_limit, time: self.timeout },
            profile: self.profile.clone(),
            shell: crate::config::Shell { without_rc: self.no_rc, ..shell },
        })
    }
}

/// The files that have a name of their own, each name once.
fn named(files: &[NamedFile]) -> Result<Vec<NamedFile>> {
    for (i, file) in files.iter().enumerate() {
        if files[..i].iter().any(|other| other.name == file.name) {
            return Err(Error::usage(say!("`--table` gives the name `{name}` twice", name = file.name)));
        }
    }
    Ok(files.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_one_character() {
        assert_eq!(delimiter(";").ok(), Some(b';'));
        assert_eq!(delimiter("\\t").ok(), Some(b'\t'));
        assert!(delimiter("ab").is_err() && delimiter("\"").is_err() && delimiter("…").is_err());
    }

    #[test]
    fn sizes_and_times_have_units() {
        assert_eq!(
            (size("64M").ok(), size("2GiB").ok(), size("7").ok()),
            (Some(64 << 20), Some(2 << 30), Some(7))
        );
        assert!(
            size("x").is_err() && size("M").is_err() && size("-1K").is_err() && size("99999999999G").is_err()
        );
        assert_eq!(memory("16M").ok(), Some(16 << 20));
        assert!(memory("1K").is_err());
        let seconds = |text: &str| time(text).ok().map(|time| time.as_secs_f64());
        assert_eq!(
            (seconds("30"), seconds("250ms"), seconds("2m"), seconds("1H")),
            (Some(30.0), Some(0.25), Some(120.0), Some(3600.0))
        );
        assert!(
            ["0", "s", "1d", "-1", "1.5s", "99999999999999999999h"].iter().all(|text| time(text).is_err())
        );
    }
}
