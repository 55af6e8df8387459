//! What the code costs that every value passes through, a piece at a time: encoders, readers of numbers
//! and dates, decoders, the splitter of scripts.
//!
//! `cargo bench --bench kernels [FILTER]` takes no other program: it is for seeing whether a change of one
//! of these is worth it. What the whole comes to, and beside whom, is told by `benches/compare`.

#![allow(clippy::expect_used)]

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use arrow::record_batch::RecordBatch;
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tongket::import::encoding::{Decoder, Encoding, sniff};
use tongket::import::number::Mark;
use tongket::import::source::{CsvOptions, open_csv};
use tongket::import::{date, fold, number};
use tongket::language::collation::Collation;
use tongket::language::fold::search_key;
use tongket::output::{Format, Style, encoder};
use tongket::query::Source;
use tongket::query::split::split;

/// How names, numbers and dates stand in the spreadsheets of offices.
const NAMES: [&str; 4] =
    ["Huyện đoàn Kim Sơn", "Thành đoàn Ninh Bình", "Đoàn Trường Đại học Hoa Lư", "Nguyễn Thị Hoà"];
const NUMBERS: [&str; 5] = ["1.234.567", "45,5", "397846500000", "0", "2,819 tỷ"];
const DATES: [&str; 4] = ["2022-03-26", "26/3/2022", "7/9/2022", "31.12.2022"];

fn main() {
    divan::main();
}

/// The two thousand activities of the sample.
fn activities() -> RecordBatch {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/activities.parquet");
    let file = File::open(file).expect("opens");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("reads").with_batch_size(1 << 20);
    reader.build().expect("reads").next().expect("rows").expect("reads")
}

/// The same as lines of CSV.
fn lines() -> Vec<u8> {
    let batch = activities();
    let names: Vec<_> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut text = (names.join(",") + "\n").into_bytes();
    text.extend(encoder(Format::Csv, &Style::default()).expect("encodes").encode(&batch).expect("encodes"));
    text
}

/// Rows to bytes.
#[divan::bench(args = ["csv", "excel", "json", "ndjson"])]
fn encode(bencher: Bencher<'_, '_>, form: &str) {
    let batch = activities();
    let style = Style { excel: form == "excel", ..Style::default() };
    let format = match form {
        "json" => Format::Json,
        "ndjson" => Format::Ndjson,
        _ => Format::Csv,
    };
    let encoder = encoder(format, &style).expect("encodes");
    let bytes = encoder.encode(&batch).expect("encodes").len();
    bencher.counter(BytesCount::new(bytes)).bench(|| encoder.encode(black_box(&batch)).expect("encodes"));
}

/// Lines of CSV to the cells of rows.
#[divan::bench]
fn cells(bencher: Bencher<'_, '_>) {
    let text = lines();
    bencher.counter(BytesCount::new(text.len())).with_inputs(|| Cursor::new(text.clone())).bench_values(
        |text| {
            let opened = open_csv(text, &CsvOptions::default(), "lines").expect("opens");
            opened.rows.map(|row| row.expect("a row").number).sum::<u64>()
        },
    );
}

#[divan::bench]
fn numbers(bencher: Bencher<'_, '_>) {
    let marks = [None, Some(Mark::Comma)];
    bencher.counter(ItemsCount::new(NUMBERS.len() * marks.len())).bench(|| {
        for mark in marks {
            for text in NUMBERS {
                let _ = black_box(number::read(black_box(text), mark));
            }
        }
    });
}

#[divan::bench]
fn dates(bencher: Bencher<'_, '_>) {
    bencher
        .counter(ItemsCount::new(DATES.len()))
        .bench(|| DATES.map(|text| black_box(date::read(black_box(text))).is_ok()));
}

/// What names are found by in headers, in searches and in sorting.
#[divan::bench(args = ["fold", "search_key", "collation key"])]
fn names(bencher: Bencher<'_, '_>, form: &str) {
    let mut key = Vec::new();
    bencher.counter(ItemsCount::new(NAMES.len())).bench_local(|| {
        for name in NAMES {
            match form {
                "fold" => drop(black_box(fold::fold(black_box(name)))),
                "search_key" => drop(black_box(search_key(black_box(name)))),
                _ => {
                    key.clear();
                    Collation::Vietnamese.key(black_box(name), &mut key);
                }
            }
        }
    });
}

/// Bytes of an office to text: what the encoding is, and the text.
#[divan::bench(args = Encoding::ALL)]
fn decode(bencher: Bencher<'_, '_>, encoding: Encoding) {
    let text = NAMES.join("\n").repeat(1_000).into_bytes();
    bencher.counter(BytesCount::new(text.len())).bench(|| {
        black_box(sniff(black_box(&text)));
        let mut decoded = String::new();
        // Bytes that are nothing in an encoding end it early; most hold whatever comes.
        let _ = Decoder::new(text.as_slice(), encoding).read_to_string(&mut decoded);
        decoded
    });
}

/// A script to its statements, as the shell does at each key.
#[divan::bench]
fn statements(bencher: Bencher<'_, '_>) {
    let overview = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries/overview.sql");
    let text = std::fs::read_to_string(overview).expect("reads");
    let source = Source::new("overview", text.as_str());
    bencher.counter(BytesCount::new(text.len())).bench(|| split(black_box(&source)).expect("splits"));
}
