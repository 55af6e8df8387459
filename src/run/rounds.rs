//! Whatever a result holds, its file gives the same rows back.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringArray,
};
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use proptest::option;
use proptest::prelude::*;

use super::Session;
use super::own::collect;
use crate::config::{Config, Output};
use crate::output::Format;
use crate::query::{Source, split};
use crate::ui::{Terminal, Ui};

/// The days from 0001-01-01 to 9999-12-31, counted from 1970.
const DAYS: std::ops::RangeInclusive<i32> = -719_162..=2_932_896;

/// A row: each value may be null, but for the first, so that no row is a blank line.
type Row = (i64, Option<i64>, Option<f64>, Option<i128>, Option<String>, Option<i32>, Option<bool>);

/// Rows whose decimals have at most so many digits: a reader of text takes them for floating point.
fn rows(digits: u32) -> impl Strategy<Value = Vec<Row>> {
    let most = 10_i128.pow(digits) - 1;
    let digits = -most..=most;
    let float = prop_oneof![any::<f64>().prop_filter("finite", |x| x.is_finite()), Just(0.0), Just(-0.5)];
    // Any text; a letter before it keeps a reader from taking it for a number.
    let text = any::<String>().prop_map(|text| format!("x{}", text.replace('\0', "")));
    let row = (
        any::<i64>(),
        option::of(any::<i64>()),
        option::of(float),
        option::of(digits),
        option::of(text),
        option::of(DAYS),
        option::of(any::<bool>()),
    );
    prop::collection::vec(row, 1..12)
}

fn batch(rows: &[Row]) -> RecordBatch {
    let decimals: Decimal128Array = rows.iter().map(|row| row.3).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("k", Arc::new(rows.iter().map(|row| Some(row.0)).collect::<Int64Array>())),
        ("i", Arc::new(rows.iter().map(|row| row.1).collect::<Int64Array>())),
        ("f", Arc::new(rows.iter().map(|row| row.2).collect::<Float64Array>())),
        ("d", Arc::new(decimals.with_precision_and_scale(20, 4).expect("fits"))),
        ("t", Arc::new(rows.iter().map(|row| row.4.clone()).collect::<StringArray>())),
        ("day", Arc::new(rows.iter().map(|row| row.5).collect::<Date32Array>())),
        ("b", Arc::new(rows.iter().map(|row| row.6).collect::<BooleanArray>())),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
        .expect("a batch")
}

fn shown(batches: &[RecordBatch]) -> Vec<String> {
    let options = FormatOptions::default().with_null("NULL");
    let mut lines = Vec::new();
    for batch in batches {
        let columns: Vec<ArrayFormatter<'_>> = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column, &options).expect("a form"))
            .collect();
        let line = |row| {
            columns.iter().map(|column| format!("{:?}", column.value(row).to_string())).collect::<Vec<_>>()
        };
        lines.extend((0..batch.num_rows()).map(|row| line(row).join(" ")));
    }
    lines
}

/// The columns with the types that they had: a file of text tells no types.
const AGAIN: &str = "arrow_cast(k, 'Int64'), arrow_cast(i, 'Int64'), arrow_cast(f, 'Float64'), \
    arrow_cast(d, 'Decimal128(20, 4)'), arrow_cast(t, 'Utf8'), arrow_cast(day, 'Date32'), arrow_cast(b, 'Boolean')";

/// Writes the rows to a file as a result.
async fn write(rows: &[Row], format: Format, path: &Path) -> Session {
    let nobody = Terminal {
        stdin: false,
        stdout: false,
        stderr: false,
        color_out: false,
        color_err: false,
        dumb: true,
    };
    let ui = Ui::new(Box::new(std::io::sink()), Box::new(std::io::sink()), nobody, true);
    let output =
        Output { format: Some(format), path: Some(path.to_owned()), force: true, ..Output::default() };
    let mut session =
        Session::new(Config { output: output.clone(), ..Config::default() }, ui).expect("starts");
    session.engine.context.register_batch("made", batch(rows)).expect("takes");
    let source = Source::new("test", "SELECT * FROM made");
    let statement =
        split::split(&source).and_then(|script| script.statements(&source)).expect("splits").remove(0);
    let mut delivery = session.deliver(&output).expect("opens");
    session.statement(&source, statement, &mut delivery).await.expect("runs");
    delivery.finish().expect("writes");
    session
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn holds(rows: &[Row], format: Format, ending: &str, again: &str) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(format!("x.{ending}"));
    let read = runtime().block_on(async {
        let session = write(rows, format, &path).await;
        let sql = format!("SELECT {again} FROM '{}'", path.display());
        collect(&session.engine, &Source::new("test", sql)).await.expect("reads")
    });
    prop_assert_eq!(shown(&[batch(rows)]), shown(&read));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_parquet(rows in rows(20)) {
        holds(&rows, Format::Parquet, "parquet", "*")?;
    }

    #[test]
    fn of_arrow(rows in rows(20)) {
        holds(&rows, Format::Arrow, "arrow", "*")?;
    }

    #[test]
    fn of_csv(rows in rows(14)) {
        holds(&rows, Format::Csv, "csv", AGAIN)?;
    }

    #[test]
    fn of_lines_of_json(rows in rows(14)) {
        holds(&rows, Format::Ndjson, "ndjson", AGAIN)?;
    }

    #[test]
    fn of_json(rows in rows(14)) {
        holds(&rows, Format::Json, "json", AGAIN)?;
    }

    /// Nothing that is shown to people fails on any value.
    #[test]
    fn whatever_is_shown(rows in rows(20)) {
        for (format, ending) in [(Format::Table, "txt"), (Format::Line, "txt"), (Format::Markdown, "md"), (Format::Xlsx, "xlsx")] {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join(format!("x.{ending}"));
            runtime().block_on(write(&rows, format, &path));
            prop_assert!(path.metadata().is_ok_and(|file| file.len() > 0));
        }
    }
}
