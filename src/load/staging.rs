//! Opening the files and staging their rows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::datatypes::SchemaRef;
use tempfile::TempDir;

use super::parquet::{ParquetFile, described, stored};
use super::pending::{FILE, ROW, fault_schema, row_schema};
use super::sink::{self, Sink};
use super::stage::{Done, Input, Stage, Staged, of_file};
use super::unused::Unused;
use super::{Line, Report, Request};
use crate::catalog::store::Change;
use crate::contract::{Contract, Table};
use crate::engine::pages_for_bytes;
use crate::error::{Error, Result};
use crate::import::columns::{Columns, targets};
use crate::import::file::{self, FileOptions};
use crate::import::number::Mark;
use crate::import::source::{HeaderOptions, Opened};
use crate::import::value::Column;
use crate::language::{Message, money};
use crate::query::words::quoted;
use crate::run::Session;
use crate::say;
use crate::storage;
use crate::ui::interrupt;
use crate::ui::progress::Progress;

/// The columns of a list of rejected rows that say where a row stood at first.
pub(super) const ORIGIN: [&str; 3] = ["source_file", "source_sheet", "source_row"];

/// The name that SQL has for staged rows in memory.
const HELD: &str = "#staged";

/// Staged rows, and what they are to be held against.
pub(super) struct Staging {
    /// The table.
    pub(super) table: Table,
    /// Its columns as they are stored.
    pub(super) schema: SchemaRef,
    /// Whether the table has rows.
    pub(super) exists: bool,
    /// The table's change, which this import is.
    pub(super) change: Change,
    /// Each file with its headings that are kept, and how it was read.
    pub(super) files: Vec<StagedFile>,
    /// Whether the rows are in the order of the table's key, each key once.
    pub(super) in_order: bool,
    /// How many faults were met while reading.
    pub(super) faults: u64,
    /// Whether they are in memory, and not in a file.
    is_held: bool,
    unused: Unused,
    workshop: TempDir,
}

/// A file whose rows are staged.
pub(super) struct StagedFile {
    /// Its path, as it was given.
    pub(super) path: PathBuf,
    /// The sheet that was read.
    pub(super) sheet: Option<String>,
    /// The headings of its cells as a list of rejected rows has them; `None` for a column that is left out.
    pub(super) headings: Vec<Option<String>>,
    /// For each of its cells the table's column, by its place there.
    pub(super) places: Vec<Option<usize>>,
    /// Where its cells say, as those of a list of rejected rows do, what [`ORIGIN`] names.
    pub(super) origin: [Option<usize>; 3],
    /// The columns that are the same in every row, and their values.
    pub(super) constants: Vec<(String, String)>,
    /// What was decided by looking.
    said: Vec<Message>,
    /// How it was read.
    pub(super) staged: Staged,
}

impl Staging {
    /// Opens all files, then reads them.
    ///
    /// # Errors
    /// The contract does not know the table, another process is changing it, a file cannot be read or
    /// its heading is at fault, or the disk fails. All faults of headings are told.
    pub(super) async fn begin(session: &mut Session, request: &Request) -> Result<Self> {
        let datasets = session.workspace(Message::verbatim("`import`"))?.datasets();
        let contract = Contract::read(&datasets)?;
        let Some(table) = contract.table(&request.table).cloned() else {
            let known = contract.tables.iter().map(|table| table.name.as_str());
            let near = crate::ui::text::nearest(&request.table, known);
            let error =
                Error::usage(say!("the contract does not know a table `{table}`", table = request.table));
            return Err(error.hint(match near {
                Some(near) => say!("did you mean `{near}`?", near),
                None => say!("describe its columns in datasets/datapackage.json first"),
            }));
        };
        let change = Change::begin(&datasets, &request.table)?;
        let exists = !change.files()?.is_empty();
        let schema = match exists {
            true => stored(session.schema_of(&request.table).await?.as_ref()),
            false => described(&table),
        };
        let workshop = change.workshop()?;
        let (files, unused, schema) = (Vec::new(), Unused::default(), Arc::new(schema));
        let (in_order, is_held, faults) = (false, false, 0);
        let mut staging =
            Self { table, schema, exists, change, files, in_order, faults, is_held, unused, workshop };
        staging.read(session, request).await?;
        Ok(staging)
    }

    async fn read(&mut self, session: &Session, request: &Request) -> Result<()> {
        let (mut inputs, mut faults) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for path in &request.files {
            if !seen.insert(storage::canonical(path).unwrap_or_else(|_| path.clone())) {
                let error = Error::usage(say!("`{path}` is named twice", path = path.display()));
                return Err(error.hint(say!("name it once")));
            }
        }
        for path in &request.files {
            match self.open(path, request, inputs.len()) {
                Ok((file, input)) => {
                    self.files.push(file);
                    inputs.push(input);
                }
                Err(error) => faults.push(error),
            }
        }
        if let Some(error) = self.unused.error(request).or_else(|| Error::many(faults)) {
            return Err(error);
        }
        let size = |path: &PathBuf| path.metadata().map_or(0, |file| file.len());
        pages_for_bytes(request.files.iter().map(size).sum());
        let targets = self.targets();
        let columns = row_schema(&targets);
        let rows = Sink::new(&self.rows_path(), columns.clone(), sink::room(session.engine.memory_limit()));
        let faults = ParquetFile::create(&self.faults_path(0), fault_schema(), sink::properties())?;
        let key = self.table.key().iter().map(|name| self.schema.index_of(name).ok());
        let key = key.collect::<Option<Vec<_>>>().unwrap_or_default();
        let mut stage = Stage::new(rows, faults, targets, key, session.ui.language);
        let (cancelled, shown) =
            (Arc::new(AtomicBool::new(false)), session.ui.is_chatty().then_some(session.ui.language));
        let flag = cancelled.clone();
        let mut work = tokio::task::spawn_blocking(move || -> Result<(Vec<Staged>, Done)> {
            let progress = Progress::new(None, shown);
            let mut staged = Vec::new();
            for input in inputs {
                progress.part(&input.name);
                staged.push(stage.take(input, &flag, &|rows| progress.advance(rows))?);
            }
            Ok((staged, stage.finish()?))
        });
        let done = tokio::select! {
            done = &mut work => done,
            () = interrupt::asked() => {
                // The work looks at the flag after each row.
                cancelled.store(true, Ordering::Relaxed);
                work.await
            }
        };
        let (staged, done) =
            done.map_err(|error| Error::data(say!("the import stopped: {reason}", reason = error)))??;
        for (file, staged) in self.files.iter_mut().zip(staged) {
            file.staged = staged;
        }
        (self.in_order, self.faults) = (done.in_order, done.faults);
        if let Some(rows) = done.held {
            let order: &[&str] = match self.table.key() {
                [] => &[FILE, ROW],
                key if self.in_order => &key.iter().map(String::as_str).collect::<Vec<_>>(),
                _ => &[],
            };
            session.engine.give_rows(HELD, columns, rows, order)?;
            self.is_held = true;
        }
        Ok(())
    }

    fn open(&mut self, path: &Path, request: &Request, number: usize) -> Result<(StagedFile, Input)> {
        let mut mapping = self.table.import.headers.clone();
        mapping.extend(request.headers.clone());
        let known = |names: &[String]| {
            let heading = crate::import::source::Heading {
                names: names.to_vec(),
                columns: (1..=names.len()).collect(),
                first_row: 1,
                rows: 1,
            };
            let found = Columns::find(&heading, &self.table, &self.schema, &mapping);
            // A title above a header may pass for a group of its columns: parts do not count.
            found.places.iter().zip(&found.by_part).filter(|(place, part)| place.is_some() && !**part).count()
        };
        let options = FileOptions {
            encoding: request.encoding,
            delimiter: request.delimiter,
            sheet: request.sheet.as_deref(),
            header: HeaderOptions { row: request.header_row, rows: request.header_rows, known: Some(&known) },
        };
        // A workbook is read here and there; one in a bucket is copied first.
        let copies = self.workshop.path().join(format!("input-{number}"));
        let here = storage::on_disk(path, &copies).map_err(|error| Error::reading(path, &error))?;
        let opened = file::open(&here, &options).map_err(|fault| of_file(&fault.of(path)))?;
        let columns = Columns::find(&opened.heading, &self.table, &self.schema, &mapping);
        self.unused.note(&opened.heading.names, &columns.unused);
        let constants = self.constants(request)?;
        self.sound(path, &columns, &constants)?;
        self.unscaled(path, &opened, &columns)?;
        let mark = request.mark.or(match self.table.import.decimal_char.as_deref() {
            Some(",") => Some(Mark::Comma),
            Some(".") => Some(Mark::Point),
            _ => None,
        });
        let origin = ORIGIN.map(|name| {
            let place = self.schema.index_of(name).ok();
            let is = |i: &usize| {
                opened.heading.names[*i] == name || (place.is_some() && columns.places[*i] == place)
            };
            (0..opened.heading.names.len()).find(is)
        });
        let headings = opened.heading.names.iter().enumerate().map(|(i, name)| {
            if origin.contains(&Some(i)) {
                return None;
            }
            let column = self.schema.fields().get(columns.places[i]?)?;
            // What was mapped by hand is named by its column, so that the list is read without being told again.
            Some(match (columns.mapped[i], columns.units[i].as_deref()) {
                (true, Some(unit)) => format!("{} ({unit})", column.name()),
                (true, None) => column.name().clone(),
                (false, _) => name.clone(),
            })
        });
        let mut said = opened.said.clone();
        said.extend(columns.said.iter().cloned());
        let file = StagedFile {
            path: path.to_owned(),
            sheet: opened.sheet.clone(),
            headings: headings.collect(),
            places: columns.places.clone(),
            origin,
            constants: request.constants.clone(),
            said,
            staged: Staged::default(),
        };
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        let (name, path) = (file_name(path), path.to_owned());
        Ok((file, Input { number, path, name, opened, columns, constants, mark }))
    }

    /// The places of the columns that are the same in every row.
    fn constants(&self, request: &Request) -> Result<BTreeMap<usize, String>> {
        let place = |(name, value): &(String, String)| match self.schema.index_of(name) {
            Ok(place) => Ok((place, value.clone())),
            Err(_) => {
                let near = crate::ui::text::nearest(
                    name,
                    self.schema.fields().iter().map(|field| field.name().as_str()),
                );
                Err(Error::usage(say!(
                    "`--set {name}=…`: table `{table}` has no column `{name}`",
                    name,
                    table = self.table.name
                ))
                .hint_opt(near.map(|near| say!("did you mean `{near}`?", near))))
            }
        };
        request.constants.iter().map(place).collect()
    }

    /// Refuses a heading that is at fault, or that leaves out a column which no row can do without.
    fn sound(&self, path: &Path, columns: &Columns, constants: &BTreeMap<usize, String>) -> Result<()> {
        let of_file = |what: Message| Error::data(say!("`{file}`: {what}", file = path.display(), what));
        let mut faults: Vec<Error> = columns.faults.iter().map(|fault| of_file(fault.clone())).collect();
        for (place, field) in self.schema.fields().iter().enumerate() {
            let there = columns.places.contains(&Some(place)) || constants.contains_key(&place);
            let Some(described) = self.table.field(field.name()) else { continue };
            let needed =
                described.constraints.required || self.table.schema.primary_key.0.contains(field.name());
            if needed && !there {
                let column = field.name();
                faults.push(of_file(match &described.title_vi {
                    None => say!("there is no column `{column}`, and no row can do without", column),
                    Some(title) => {
                        say!(
                            "there is no column `{column}` ({title}), and no row can do without",
                            column,
                            title
                        )
                    }
                }));
            }
            if columns.places.contains(&Some(place)) && constants.contains_key(&place) {
                let column = field.name();
                faults.push(of_file(say!("column `{column}` is in the file, and was set too", column)));
            }
        }
        let error = Error::many(faults);
        error.map_or(Ok(()), |error| {
            Err(error.hint(say!(
                "`--map 'HEADING=COLUMN'` says what stands under a heading (`--map 'HEADING='` leaves it out), \
                 `--set COLUMN=VALUE` gives every row the same value"
            )))
        })
    }

    /// Refuses a file whose numbers are so many of a unit, which is said above the table and not in the
    /// heading of each column that counts in it.
    fn unscaled(&self, path: &Path, opened: &Opened, columns: &Columns) -> Result<()> {
        let Some((row, note)) = &opened.note else { return Ok(()) };
        let concerned = |i: &usize| {
            let Some(stored) = columns.places[*i].and_then(|place| self.schema.fields().get(place)) else {
                return false;
            };
            let unit = self.table.field(stored.name()).and_then(|field| field.unit.as_deref());
            stored.data_type().is_numeric()
                && columns.units[*i].is_none()
                && matches!(unit, None | Some(money::CODE))
        };
        let names = (0..columns.places.len()).filter(concerned);
        let names: Vec<String> = names.map(|i| format!("`{}`", opened.heading.names[i])).collect();
        if names.is_empty() {
            return Ok(());
        }
        Err(Error::data(say!(
            "`{file}`: row {row} says `{note}`, but not for which columns; {columns} may be meant",
            file = path.display(),
            row,
            note,
            columns = names.join(", ")
        ))
        .hint(say!(
            "write the unit into the heading of each column that counts in it, such as `Kinh phí (triệu đồng)`; \
             or give `--header-row {row}`, which leaves out what stands above",
            row = opened.heading.first_row
        )))
    }

    /// What the table's columns take.
    pub(super) fn targets(&self) -> Vec<Column> {
        targets(&self.table, &self.schema)
    }

    /// Rows of data in all files.
    pub(super) fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.staged.rows).sum()
    }

    /// Whether there are rows that no fault was met in, few enough to be read twice at a time. Where there is a
    /// key, each has its own: the rows would be in its order else.
    pub(super) fn may_be_sound(&self) -> bool {
        let are_keys_sound = self.in_order || self.table.key().is_empty();
        self.is_held && self.faults == 0 && are_keys_sound && self.rows() > 0
    }

    /// Where the staged rows are, where they are not in memory.
    fn rows_path(&self) -> PathBuf {
        self.workshop.path().join("staged.parquet")
    }

    /// A list of faults: 0 is of those met while reading.
    pub(super) fn faults_path(&self, number: usize) -> PathBuf {
        let folder = self.workshop.path().join("faults");
        // The folder is ours, and made once; writing into it fails where it could not be.
        let _ = std::fs::create_dir_all(&folder);
        folder.join(format!("{number:04}.parquet"))
    }

    /// Where a list of faults is written before it is one.
    pub(super) fn list_path(&self) -> PathBuf {
        self.workshop.path().join("list.parquet")
    }

    /// All lists of faults, as a table in SQL.
    pub(super) fn faults_sql(&self) -> String {
        quoted(&self.workshop.path().join("faults").display().to_string())
    }

    /// The condition that a staged row, under this name, is not at fault.
    pub(super) fn sound_sql(&self, name: &str) -> String {
        format!(
            "NOT EXISTS (SELECT 1 FROM {} AS \"bad\" WHERE \"bad\".\"file\" = \"{name}\".\"{}\" AND \"bad\".\"row\" = \"{name}\".\"{}\")",
            self.faults_sql(),
            FILE,
            ROW
        )
    }

    /// The staged rows, as a table in SQL.
    pub(super) fn rows_sql(&self) -> String {
        if self.is_held { quoted(HELD) } else { quoted(&self.rows_path().display().to_string()) }
    }

    /// Where the rows of the table that stay are written, where others are replaced.
    pub(super) fn kept_path(&self) -> PathBuf {
        self.workshop.path().join("kept.parquet")
    }

    /// Where the finished file is written.
    pub(super) fn finished_path(&self) -> PathBuf {
        self.workshop.path().join("finished.parquet")
    }

    /// What was decided and left out, file by file.
    pub(super) fn report(&self) -> Report {
        let mut report = Report::default();
        for file in &self.files {
            let name = file.path.display().to_string();
            let mut line = |what: &'static str, rows: Option<u64>, detail: Message| {
                report.lines.push(Line { file: name.clone(), what, rows, detail });
            };
            file.said.iter().for_each(|said| line("said", None, said.clone()));
            file.staged.said.iter().for_each(|(what, said)| line(what, None, said.clone()));
            file.staged.left_out.iter().for_each(|(what, said)| line(what, Some(1), said.clone()));
            line("read", Some(file.staged.rows), say!("rows of data"));
        }
        report
    }
}

/// A file's name without its folder: what `source_file` holds.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| crate::ui::text::nfc(&name.to_string_lossy()).into_owned())
        .unwrap_or_default()
}
