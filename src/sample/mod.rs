//! The synthetic year: every table of the contract, made so that the published figures hold.
//!
//! Nobody published the rows behind the article, so these are invented, by a fixed procedure: the
//! same year, seed and scale give the same bytes. At scale N each row has N copies with keys of
//! their own and amounts that sway around the original's in pairs, so every total is exactly N
//! times that of scale 1. The dimensions (`units`, `plan_tasks`) do not grow. People are anonymous
//! ids; there are no names.

mod activities;
mod awards;
mod calendar;
mod dice;
mod loans;
mod totals;
mod training;
mod units;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use self::totals::Totals;
use self::writer::AnyTable;
use crate::error::{Error, Result};
use crate::language::Language;
use crate::output::AtomicFile;
use crate::say;
use crate::ui::progress::Progress;

/// What every file of the sample says of itself.
pub const NOTICE: &str =
    "Synthetic data: made by `tongket sample` so that published totals hold; no row is a real record.";

/// No table has more rows than this at scale 1 in any year; gives ids their number of digits.
const LARGEST_TABLE_ROWS: u64 = 10_000;

/// The years that a sample can be of: from the first full year of the province to the end of the century.
pub const YEARS: std::ops::RangeInclusive<i32> = 1993..=2099;

/// The largest scale: two hundred million activities.
pub const LARGEST_SCALE: u64 = 100_000;

/// Which sample year to make.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The year that the rows are of; 2022 has the published totals.
    pub year: i32,
    /// How many times the rows of scale 1.
    pub scale: u64,
    /// The start of all chance.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { year: 2022, scale: 1, seed: 2022 }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Tables.
    pub tables: usize,
    /// Rows in all of them.
    pub rows: u64,
}

/// The contract of the tables, as committed beside the sample of 2022.
const CONTRACT: &str = include_str!("../../datasets/datapackage.json");

/// Writes every table and their contract into `folder`, which must exist.
///
/// All files take their names at the end, together: a run that stops half-way leaves nothing.
///
/// # Errors
/// A file exists and `replace` is false, the disk fails, or `cancelled` became true.
pub fn write(
    folder: &Path,
    options: Options,
    replace: bool,
    progress: Option<Language>,
    cancelled: &AtomicBool,
) -> Result<Written> {
    let Options { year, seed, .. } = options;
    let totals = Totals::of(year);
    let activities = activities::table(seed, year, &totals);
    let outputs = activities::outputs(seed, &totals, &activities.rows);
    let classes = training::table(seed, year, &totals);
    let trainees = training::trainees(seed, year, &totals, &classes.rows);
    let loans = loans::table(seed, year, &totals);
    let flows = loans::flows(seed, &loans.rows);
    let balances = loans::balances(seed, year, &totals, &flows.rows);
    let awards = awards::table(seed, year, &totals);
    let tables: [&dyn AnyTable; 10] = [
        &units::table(),
        &activities,
        &outputs,
        &classes,
        &trainees,
        &loans,
        &flows,
        &balances,
        &awards,
        &units::plan(year),
    ];

    let target = |name: &str| AtomicFile::create(&folder.join(name), replace);
    // Every target is opened before the first row is made: a name that is taken is found at once.
    let mut contract = target("datapackage.json")?;
    let mut files = tables
        .iter()
        .map(|table| target(&format!("{}.parquet", table.name())))
        .collect::<Result<Vec<_>>>()?;

    let rows = tables.iter().map(|table| table.len(options.scale)).sum();
    let progress = Progress::new(Some(rows), progress);
    for (table, file) in tables.iter().zip(&mut files) {
        table.write(file, &options, &progress, cancelled)?;
    }
    let text = contract_of(options)?;
    std::io::Write::write_all(&mut contract, text.as_bytes())
        .map_err(|error| Error::writing(contract.path(), &error))?;
    for file in files.into_iter().chain([contract]) {
        file.commit()?;
    }
    Ok(Written { tables: tables.len(), rows })
}

/// The names of the files that [`write()`] makes.
pub fn file_names() -> Vec<PathBuf> {
    let tables = [
        "units",
        "activities",
        "outputs",
        "classes",
        "trainees",
        "loans",
        "loan_flows",
        "loan_balances",
        "awards",
        "plan_tasks",
    ];
    let tables = tables.iter().map(|name| PathBuf::from(format!("{name}.parquet")));
    tables.chain([PathBuf::from("datapackage.json")]).collect()
}

/// The contract for a sample: that of 2022 says which article its totals come from; another says
/// that its totals are nobody's.
fn contract_of(options: Options) -> Result<String> {
    let Options { year, scale, seed } = options;
    if year == 2022 && scale == 1 {
        return Ok(CONTRACT.to_owned());
    }
    let fault =
        |error: serde_json::Error| Error::data(say!("the contract of the sample: {reason}", reason = error));
    let mut package: serde_json::Value = serde_json::from_str(CONTRACT).map_err(fault)?;
    package["title"] = format!("Synthetic results of the year {year} at scale {scale}").into();
    package["title_vi"] = format!("Kết quả năm {year} (dữ liệu mô phỏng, quy mô gấp {scale} lần)").into();
    package["description"] = format!(
        "{NOTICE} The tables have the shape of the sample year 2022; their totals are not those of any published \
         report. Made with --year {year} --scale {scale} --seed {seed}."
    )
    .into();
    package["description_vi"] = format!(
        "Dữ liệu mô phỏng do chương trình tạo ra, không dòng nào là hồ sơ thật; các tổng số không lấy từ báo cáo nào. \
         Tạo với --year {year} --scale {scale} --seed {seed}."
    )
    .into();
    package["year"] = year.into();
    serde_json::to_string_pretty(&package).map(|text| text + "\n").map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(options: Options) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), options, false, None, &AtomicBool::new(false)).expect("a sample");
        folder
    }

    fn bytes(folder: &Path) -> Vec<Vec<u8>> {
        file_names().iter().map(|name| std::fs::read(folder.join(name)).expect("a file")).collect()
    }

    #[test]
    fn the_committed_sample_is_what_the_generator_makes() {
        let made = sample(Options::default());
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets");
        for name in file_names() {
            let (made, committed) = (made.path().join(&name), committed.join(&name));
            let same = std::fs::read(made).expect("made") == std::fs::read(committed).expect("committed");
            assert!(
                same,
                "{} differs: make it again with `tongket sample -o datasets --force`",
                name.display()
            );
        }
    }

    #[test]
    fn the_committed_sample_is_small() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets");
        let size: u64 =
            file_names().iter().map(|name| committed.join(name).metadata().expect("a file").len()).sum();
        assert!(size < 500_000, "{size} bytes");
    }

    #[test]
    fn another_seed_gives_other_rows_and_the_same_seed_the_same() {
        let a = sample(Options { seed: 1, ..Options::default() });
        let b = sample(Options { seed: 1, ..Options::default() });
        let c = sample(Options { seed: 2, ..Options::default() });
        assert!(bytes(a.path()) == bytes(b.path()));
        assert!(bytes(a.path()) != bytes(c.path()));
    }

    #[test]
    fn nothing_is_left_of_a_sample_that_was_cancelled() {
        let folder = tempfile::tempdir().expect("a folder");
        let result = write(folder.path(), Options::default(), false, None, &AtomicBool::new(true));
        assert_eq!(result.expect_err("cancelled").kind(), crate::error::Kind::Interrupted);
        assert_eq!(folder.path().read_dir().expect("a folder").count(), 0);
    }

    #[test]
    fn every_year_and_large_scales_have_rows() {
        for year in [1993, 2010, 2050, 2099] {
            sample(Options { year, ..Options::default() });
        }
        let large = Options { scale: LARGEST_SCALE, ..Options::default() };
        assert!(activities::table(1, 2022, &Totals::of(2022)).len(large.scale) == 200_000_000);
    }
}
