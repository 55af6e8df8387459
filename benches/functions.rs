//! What the SQL functions cost: rows a second of each over a million Vietnamese names, on one thread, and
//! beside DuckDB's nearest where a Python has it (`TONGKET_PYTHON` names one).
//!
//! `cargo bench --bench functions`; `ROWS=100000` takes fewer. Each query runs whole, from memory: its
//! scan is measured too, and taken off.

#![allow(clippy::expect_used, clippy::print_stdout)]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::array::{Float64Array, Int64Array, RecordBatch, StringArray};
use datafusion::catalog::MemTable;
use tongket::config::Config;
use tongket::engine::{Engine, open};
use tongket::language::collation::Collation;

const RUNS: usize = 5;
const FAMILIES: [&str; 12] =
    ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đinh", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Lương"];
const MIDDLES: [&str; 8] = ["Thị", "Văn", "Hữu", "Đức", "Ngọc", "Thuỳ", "Quốc", "Xuân"];
const GIVEN: [&str; 14] = [
    "Hoà", "Hòa", "Thuỷ", "Yến", "Ước", "Ánh", "Tuyết", "Khánh", "Mỹ", "Quý", "Dũng", "Đạt", "Bằng", "Nghĩa",
];
/// Each function with what DuckDB has for the same.
const QUERIES: [(&str, &str, Option<&str>); 12] = [
    ("unaccent", "unaccent(w) = '-'", Some("strip_accents(w) = '-'")),
    ("normalize", "normalize(w) = '-'", Some("nfc_normalize(w) = '-'")),
    ("normalize to NFD", "normalize(w, 'NFD') = '-'", None),
    ("search_key", "search_key(w) = '-'", Some("lower(strip_accents(w)) = '-'")),
    ("contains_vi", "contains_vi(w, 'văn hoà')", Some("contains(lower(strip_accents(w)), 'van hoa')")),
    ("collation_key", "collation_key(w) = X'00'", Some("icu_sort_key(w, 'vi') = '-'")),
    ("format_number", "format_number(n) = '-'", Some("format('{:,}', n) = '-'")),
    ("format_number of doubles", "format_number(x, 2) = '-'", Some("format('{:,.2f}', x) = '-'")),
    ("format_vnd", "format_vnd(n, 1) = '-'", None),
    ("parse_number", "parse_number(p) = 0.5", None),
    ("format_date", "format_date(arrow_cast(n % 40000, 'Date32')) = '-'", None),
    ("label", "label('loans.borrower_kind', w) = '-'", None),
];

/// Numbers that look thrown, and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// Names `w` with a number `n`, a double `x` and a written number `p`.
fn names(rows: usize) -> Vec<RecordBatch> {
    let mut dice = Dice(5);
    let batch = |rows: usize, dice: &mut Dice| {
        let mut names = Vec::with_capacity(rows);
        let mut sums = Vec::with_capacity(rows);
        for _ in 0..rows {
            let (family, middle) = (FAMILIES[dice.below(12)], MIDDLES[dice.below(8)]);
            names.push(format!("{family} {middle} {} {}", GIVEN[dice.below(14)], dice.below(100_000)));
            sums.push(dice.below(1 << 30) as i64 * 1000);
        }
        let doubles: Float64Array = sums.iter().map(|sum| Some(*sum as f64 / 7.0)).collect();
        let written: StringArray =
            sums.iter().map(|sum| Some(format!("{},5 triệu", sum / 1_000_000))).collect();
        RecordBatch::try_from_iter([
            ("w", Arc::new(StringArray::from(names)) as _),
            ("n", Arc::new(Int64Array::from(sums)) as _),
            ("x", Arc::new(doubles) as _),
            ("p", Arc::new(written) as _),
        ])
        .expect("columns of one length")
    };
    (0..rows.div_ceil(8192)).map(|at| batch(8192.min(rows - at * 8192), &mut dice)).collect()
}

fn time(engine: &Engine, threads: &tokio::runtime::Runtime, sql: &str) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            let ran = threads.block_on(async { engine.context.sql(sql).await?.collect().await });
            ran.expect(sql);
            begun.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

fn told(name: &str, rows: usize, took: Duration) {
    println!("{name:<26} {:>12.0} rows/s", rows as f64 / took.as_secs_f64().max(1e-9));
}

fn main() {
    let rows: usize = std::env::var("ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let batches = names(rows);
    let workspace =
        tongket::config::Workspace::find(Some(Path::new(env!("CARGO_MANIFEST_DIR"))), Path::new("/"));
    let config = Config { workspace: workspace.expect("the repository"), ..Config::default() };
    let engine = open(&config).expect("an engine");
    let threads = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("names.csv");
    let mut writer = datafusion::arrow::csv::Writer::new(std::fs::File::create(&csv).expect("a file"));
    batches.iter().for_each(|batch| writer.write(batch).expect("writes"));
    drop(writer);
    let table = MemTable::try_new(batches[0].schema(), vec![batches]).expect("a table");
    engine.context.register_table("names", Arc::new(table)).expect("registers");
    threads.block_on(engine.context.sql("SET datafusion.execution.target_partitions = 1")).expect("sets");
    println!("{rows} names, one thread");
    let count = |condition: &str| format!("SELECT count(*) FROM names WHERE {condition}");
    let scan = time(&engine, &threads, &count("w = '-' OR n = 1"));
    for (name, condition, _) in QUERIES {
        told(name, rows, time(&engine, &threads, &count(condition)).saturating_sub(scan));
    }
    let order = format!("SELECT w FROM names ORDER BY w OFFSET {}", rows - 1);
    for collation in Collation::ALL {
        engine.collate(collation);
        told(&format!("ORDER BY, {collation}"), rows, time(&engine, &threads, &order));
    }
    let peers: Vec<(&str, String)> =
        QUERIES.iter().filter_map(|(name, _, peer)| Some((*name, count((*peer)?)))).collect();
    let python = std::env::var("TONGKET_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer/duckdb_functions.py");
    let peers = serde_json::to_string(&peers).expect("JSON");
    match Command::new(python).arg("-B").arg(peer).arg(&csv).arg(peers).output() {
        Ok(ran) if ran.status.success() => print!("{}", String::from_utf8_lossy(&ran.stdout)),
        _ => println!("DuckDB: not found (name a Python that has it in TONGKET_PYTHON)"),
    }
}
