//! The rows that are put aside: for each file a list beside it, as CSV that an office opens and mends,
//! and that is imported as it is.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Field, Int32Type, Int64Type};
use arrow::record_batch::RecordBatch;

use super::pending::{CELLS, FILE, ROW};
use super::staging::{ORIGIN, StagedFile, Staging, file_name};
use super::{Line, Report};
use crate::error::{Error, Result};
use crate::language::Message;
use crate::output::{AtomicFile, io_fault};
use crate::query::words::quoted;
use crate::run::Session;
use crate::say;
use crate::storage;

/// The columns that say why a row is here.
const REASONS: [&str; 3] = ["rejected_column", "rejected_value", "rejected_reason"];

/// The list of a file's rejected rows.
fn path_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".rejected.csv");
    PathBuf::from(name)
}

/// Lists that are written and have not got their names yet.
pub(super) struct Lists(Vec<(List, String)>);

impl Lists {
    /// Gives each list its name.
    ///
    /// # Errors
    /// The disk fails.
    pub(super) fn commit(self, report: &mut Report) -> Result<()> {
        for (list, file) in self.0 {
            let path = list.file.path().to_owned();
            list.file.commit()?;
            let detail = Message::verbatim(path.display().to_string());
            report.lines.push(Line { file, what: "put aside", rows: Some(list.rows), detail });
            report.lists.push(path);
        }
        Ok(())
    }
}

/// Writes the lists.
///
/// # Errors
/// A list is there already, perhaps half mended; or the disk fails.
pub(super) async fn write(session: &Session, staging: &Staging, force: bool, rejected: u64) -> Result<Lists> {
    let mut lists: Vec<Option<List>> = Vec::new();
    for file in &staging.files {
        let path = path_of(&file.path);
        if storage::exists(&path) && !force {
            return Err(Error::data(say!(
                "`{path}` is there already, and may hold rows that are being mended",
                path = path.display()
            ))
            .hint(say!("import it first, or replace it with `--force`")));
        }
        lists.push(None);
    }
    let faults = format!(
        "SELECT \"file\", \"row\", string_agg(nullif(\"column\", ''), '; ' ORDER BY \"column\", \"reason\") AS \"columns\", \
         string_agg(nullif(\"value\", ''), '; ' ORDER BY \"column\", \"reason\") AS \"values\", \
         string_agg(\"said\", '; ' ORDER BY \"column\", \"reason\") AS \"reasons\" FROM {} GROUP BY \"file\", \"row\"",
        staging.faults_sql()
    );
    let value = |field: &Arc<Field>| format!(", CAST(s.{} AS VARCHAR)", quoted(field.name()));
    let values: String = staging.schema.fields().iter().map(value).collect();
    let sql = format!(
        "SELECT s.\"{FILE}\", s.\"{ROW}\", s.\"{CELLS}\", f.\"columns\", f.\"values\", f.\"reasons\"{values} \
         FROM {} AS s JOIN ({faults}) AS f ON f.\"file\" = s.\"{FILE}\" AND f.\"row\" = s.\"{ROW}\" \
         ORDER BY s.\"{FILE}\", s.\"{ROW}\"",
        staging.rows_sql()
    );
    let mut rows = 0;
    session
        .each("writing the rejected rows", sql, |batch| {
            rows += batch.num_rows() as u64;
            add(batch, staging, force, &mut lists)
        })
        .await?;
    if rows != rejected {
        return Err(Error::data(say!(
            "{rejected} rows were to be put aside and {rows} were: nothing was changed",
            rejected,
            rows
        ))
        .hint(say!(
            "this is a fault of the program: please report it, with the contract and the file if you can"
        )));
    }
    let named = lists.into_iter().zip(&staging.files);
    Ok(Lists(named.filter_map(|(list, file)| Some((list?, file.path.display().to_string()))).collect()))
}

/// A list that is being written.
struct List {
    file: AtomicFile,
    rows: u64,
}

fn add(batch: &RecordBatch, staging: &Staging, force: bool, lists: &mut [Option<List>]) -> Result<()> {
    let fault = || Error::data(say!("the rejected rows are not as they were staged"));
    let files = batch.column(0).as_primitive_opt::<Int32Type>().ok_or_else(fault)?;
    let numbers = batch.column(1).as_primitive_opt::<Int64Type>().ok_or_else(fault)?;
    let texts = |column: &ArrayRef| arrow::compute::cast(column, &DataType::Utf8).map_err(|_| fault());
    let [columns, faulty, reasons] =
        [texts(batch.column(3))?, texts(batch.column(4))?, texts(batch.column(5))?];
    let values = batch.columns()[6..].iter().map(texts).collect::<Result<Vec<_>>>()?;
    let cells = batch.column(2).as_list_opt::<i32>().ok_or_else(fault)?;
    for row in 0..batch.num_rows() {
        let place = usize::try_from(files.value(row)).map_err(|_| fault())?;
        let (file, list) = staging.files.get(place).zip(lists.get_mut(place)).ok_or_else(fault)?;
        let list = match list {
            Some(list) => list,
            None => list.insert(begin(file, force)?),
        };
        // The values tell the cells where there are none.
        let own: Vec<String> = if cells.is_valid(row) {
            let own = texts(&cells.value(row))?;
            (0..own.len()).map(|i| text(&own, i)).collect()
        } else {
            let value = |place: &Option<usize>| place.and_then(|place| values.get(place));
            file.places
                .iter()
                .map(|place| value(place).map_or_else(String::new, |texts| text(texts, row)))
                .collect()
        };
        let cell = |i: usize| own.get(i).cloned();
        let mut line: Vec<String> = Vec::new();
        for (i, heading) in file.headings.iter().enumerate() {
            if heading.is_some() {
                line.push(cell(i).unwrap_or_default());
            }
        }
        line.extend(file.constants.iter().map(|(_, value)| value.clone()));
        let here =
            [file_name(&file.path), file.sheet.clone().unwrap_or_default(), numbers.value(row).to_string()];
        // A row of such a list keeps the place that it had at first, if it has one.
        let stood = |i: usize| file.origin[i].and_then(cell);
        let known = (0..ORIGIN.len()).any(|i| stood(i).is_some_and(|text| !text.is_empty()));
        let place = |(i, here): (usize, String)| if known { stood(i).unwrap_or_default() } else { here };
        line.extend(here.into_iter().enumerate().map(place));
        line.extend([&columns, &faulty, &reasons].map(|texts| text(texts, row)));
        // Cells beyond the heading stay there: a row is not taken without them before it is mended.
        line.extend(own.into_iter().skip(file.headings.len()));
        write_line(&mut list.file, line.iter().map(String::as_str))?;
        list.rows += 1;
    }
    Ok(())
}

fn text(texts: &ArrayRef, row: usize) -> String {
    let texts = texts.as_string::<i32>();
    if texts.is_valid(row) { texts.value(row).to_owned() } else { String::new() }
}

/// Opens a list and writes its heading, so that Excel takes it for what it is: UTF-8, semicolons.
fn begin(file: &StagedFile, force: bool) -> Result<List> {
    let mut list = AtomicFile::create(&path_of(&file.path), force)?;
    list.write_all("\u{feff}".as_bytes()).map_err(|error| io_fault(&error))?;
    let headings = file.headings.iter().flatten().map(String::as_str);
    let constants = file.constants.iter().map(|(name, _)| name.as_str());
    write_line(&mut list, headings.chain(constants).chain(ORIGIN).chain(REASONS))?;
    Ok(List { file: list, rows: 0 })
}

fn write_line<'a>(file: &mut AtomicFile, cells: impl Iterator<Item = &'a str>) -> Result<()> {
    let quoted = |cell: &str| match cell.contains([';', '"', '\n', '\r']) || cell.trim() != cell {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    };
    let line = cells.map(quoted).collect::<Vec<_>>().join(";");
    writeln!(file, "{line}\r").map_err(|error| io_fault(&error))
}
