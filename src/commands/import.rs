//! `tongket import`: files of offices into a table.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};

use super::whole;
use crate::contract::{self, FILE_NAME};
use crate::error::{Error, Result};
use crate::import::encoding::Encoding;
use crate::import::number::Mark;
use crate::language::collation::Collation;
use crate::language::{Language, Message, Piece};
use crate::load::{self, Mode, Report, Request};
use crate::run::Session;
use crate::ui::text;
use crate::{many, say};

/// Takes the rows of CSV files and spreadsheets into a table, with nothing lost
///
/// Headings are matched with the columns' names and labels, in any case and without accents. Every row
/// is held against the contract; one that is at fault goes to FILE.rejected.csv with the reason, and is
/// imported from there once it is mended. What is said on standard output is what was decided, read, put
/// aside and written. The exit code is 3 where rows were put aside.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tongket import hoat-dong.xlsx --table activities
  tongket import hoat-dong.xlsx --table activities --set unit_id=nho_quan --map 'Tên=' --dry-run
  tongket import cu.csv --table loans --encoding tcvn3 --decimal ,
  tongket import hoat-dong.xlsx.rejected.csv --table activities")]
pub struct Args {
    /// CSV, TSV, XLSX, XLSM, ODS or XLS files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Encoding of delimited text: utf-8, utf-16le, utf-16be, windows-1258, tcvn3, tcvn1, vni, viscii
    #[arg(long, value_name = "NAME")]
    encoding: Option<Encoding>,
    /// Decimal mark of numbers that are written as text: `,` or `.`
    #[arg(long, value_name = "MARK")]
    decimal: Option<Mark>,
    /// Sheet of a workbook, by name or number
    #[arg(long, value_name = "SHEET")]
    sheet: Option<String>,
    /// Row of the file in which the heading begins
    #[arg(long, value_name = "N", value_parser = whole(1..=1_000_000_000_u64))]
    header_row: Option<u64>,
    /// Rows that the heading takes
    #[arg(long, value_name = "N", value_parser = whole(1..=1_000_000_000_u64))]
    header_rows: Option<u64>,
    /// Say which column a heading is, or that it is none (`HEADING=`); repeat it for more
    #[arg(long, value_name = "HEADING=COLUMN", value_parser = pair)]
    map: Vec<(String, String)>,
    /// Give a column the same value in every row; repeat it for more
    #[arg(long, value_name = "COLUMN=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// Keep --map and --decimal in the contract, for the next import into this table
    #[arg(long)]
    save: bool,
    /// Put rows in the place of those with the same key
    #[arg(long)]
    replace: bool,
    /// Write nothing where one row is at fault
    #[arg(long, conflicts_with = "dry_run")]
    strict: bool,
    /// Write nothing, and say what would be done
    #[arg(long)]
    dry_run: bool,
}

/// Two texts with `=` between them; a heading may have one in it.
fn pair(text: &str) -> Result<(String, String)> {
    let parts = text.rsplit_once('=');
    let (name, value) = parts.ok_or_else(|| Error::usage(say!("expected NAME=VALUE")))?;
    Ok((text::nfc(name).into_owned(), text::nfc(value).into_owned()))
}

/// Runs the command.
///
/// # Errors
/// Rows are at fault, the files or the disk are, or the table is being changed by another.
pub async fn run(session: &mut Session, args: &Args, tables: &[String]) -> Result<()> {
    let [table] = tables else {
        return Err(Error::usage(say!("`tongket import` needs to know the one table that the rows go to"))
            .hint(say!("name it: --table TABLE")));
    };
    // Rows are stored in the order of their bytes, by which they are read.
    session.collate(Collation::Binary);
    let request = Request {
        files: args.files.clone(),
        table: table.clone(),
        encoding: args.encoding,
        delimiter: session.config.output.style.delimiter,
        mark: args.decimal,
        sheet: args.sheet.clone(),
        header_row: args.header_row,
        header_rows: args.header_rows,
        headers: args.map.iter().cloned().collect::<BTreeMap<_, _>>(),
        constants: args.set.clone(),
        replace: args.replace,
        mode: match (args.strict, args.dry_run) {
            (true, _) => Mode::Strict,
            (_, true) => Mode::DryRun,
            _ => Mode::Sound,
        },
        force: session.config.output.force,
    };
    let report = load::import(session, &request).await?;
    let refused = request.mode == Mode::Strict && report.rejected > 0;
    if args.save && request.mode != Mode::DryRun && !refused {
        let datasets = session.workspace(Message::verbatim("`import`"))?.datasets();
        contract::keep_mapping(
            &datasets.join(FILE_NAME),
            table,
            &request.headers,
            args.decimal.map(Mark::char),
        )?;
    }
    let mut delivery = session.deliver(&session.config.output)?;
    let footer = std::mem::replace(&mut session.footer, false);
    let columns = columns(&report, delivery.language(&session.ui));
    let shown = session.show(columns, &mut delivery);
    session.footer = footer;
    shown?;
    delivery.finish()?;
    verdict(session, &report, request.mode)
}

/// What was done, in a sentence; an error where rows were put aside.
fn verdict(session: &mut Session, report: &Report, mode: Mode) -> Result<()> {
    let Report { read, written, rejected, .. } = report;
    let rows = many!(*read, "{n} row", "{n} rows");
    let (written, aside) = (Piece::Count(*written), Piece::Count(*rejected));
    let sum = match mode {
        Mode::DryRun => {
            say!("{rows} read: would be {written} written, {aside} put aside", rows, written, aside)
        }
        Mode::Sound | Mode::Strict => {
            say!("{rows} read: {written} written, {aside} put aside", rows, written, aside)
        }
    };
    if *rejected == 0 {
        session.ui.note(sum);
        return Ok(());
    }
    let error = Error::findings(match mode {
        Mode::Strict => many!(
            *rejected,
            "{n} row at fault of {read}: nothing was written",
            "{n} rows at fault of {read}: nothing was written",
            read
        ),
        Mode::Sound | Mode::DryRun => sum,
    });
    Err(match report.lists.first() {
        Some(list) => error.hint(say!("mend them in `{path}` and import that", path = list.display())),
        None => error,
    })
}

fn columns(report: &Report, language: Language) -> Vec<(&'static str, ArrayRef)> {
    let lines = &report.lines;
    let file = lines.iter().map(|line| (!line.file.is_empty()).then(|| line.file.clone()));
    let detail = lines.iter().map(|line| Some(line.detail.text(language)));
    let rows = lines.iter().map(|line| line.rows.and_then(|rows| i64::try_from(rows).ok()));
    vec![
        ("file", Arc::new(file.collect::<StringArray>())),
        ("what", Arc::new(lines.iter().map(|line| Some(line.what)).collect::<StringArray>())),
        ("rows", Arc::new(rows.collect::<Int64Array>())),
        ("detail", Arc::new(detail.collect::<StringArray>())),
    ]
}
