//! Our results against another engine: DuckDB, where Python has it.

use crate::env::{TestEnv, repository};
use crate::golden;

/// A Python that has these packages: that of `TONGKET_PYTHON`, else the usual one. Where there is none
/// the test is skipped with a word; CI has one.
pub(crate) fn python(env: &TestEnv, packages: &str) -> Option<String> {
    let python = std::env::var("TONGKET_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = env.command(&python);
    command.args(["-c", &format!("import {packages}")]);
    if command.output().is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    assert!(std::env::var_os("CI").is_none(), "CI has {packages}: see .ci/run");
    eprintln!("skipped: no Python with {packages}; name one in TONGKET_PYTHON");
    None
}

/// Every saved query, with its defaults and with other values, gives the same rows in DuckDB, in the
/// same order, to the last digit.
#[test]
fn duckdb_agrees_with_every_saved_query() {
    let env = TestEnv::workspace();
    let Some(python) = python(&env, "duckdb") else { return };
    let mut runs: Vec<(String, Vec<String>)> =
        golden::names(&env).into_iter().map(|name| (name, Vec::new())).collect();
    let others: [(&str, &[&str]); 17] = [
        ("activities/by-month", &["unit=yen_khanh"]),
        ("activities/by-month", &["unit=tinh_doan", "year=2021"]),
        ("awards/by-unit", &["kind=commendation"]),
        ("loans/by-channel", &["as_of=2022-06-30"]),
        ("loans/change", &["from=2022-03-31", "to=2022-04-30", "channel=resolution_43"]),
        ("loans/disbursed", &["from=2022-03-01", "to=2022-03-31"]),
        ("loans/outstanding", &["channel=national_employment_fund"]),
        ("loans/overdue", &["as_of=2022-01-31"]),
        ("outputs/largest", &["n=3"]),
        ("outputs/largest", &["n=0"]),
        ("overview", &["year=2021"]),
        ("overview", &["year=2023"]),
        ("plan/tasks", &["year=2021"]),
        ("training/completion", &["class=C2022-000003"]),
        ("units/league", &["measure=benefit_vnd"]),
        ("units/league", &["measure=trainees"]),
        ("units/share", &["measure=disbursed_vnd"]),
    ];
    runs.extend(
        others.map(|(name, params)| {
            (name.to_owned(), params.iter().map(|param| (*param).to_owned()).collect())
        }),
    );
    let mut jobs = Vec::new();
    for (i, (name, params)) in runs.iter().enumerate() {
        let file = format!("ours/{i}.csv");
        std::fs::create_dir_all(env.path("ours")).expect("makes");
        let mut args = vec!["run", name.as_str(), "-o", &file, "--null", "\\N"];
        params.iter().for_each(|param| args.extend(["-p", param]));
        let ran = env.run(&args);
        assert_eq!(ran.status, 0, "{name} {params:?}\n{ran}");
        jobs.push(
            serde_json::json!({"query": format!("queries/{name}.sql"), "params": params, "ours": file}),
        );
    }
    env.write("jobs.json", serde_json::to_string(&jobs).expect("JSON"));
    let mut command = env.command(&python);
    command.arg("-B").arg(repository().join("tests/peer/duckdb_compare.py")).arg("jobs.json");
    let ran = env.finish(command, None);
    assert_eq!(
        (ran.status, ran.stdout.as_str()),
        (0, format!("{} results agree\n", runs.len()).as_str()),
        "{ran}"
    );
}

/// Random statements give the same rows here and in DuckDB: joins, sub-queries, groups, windows, sets, nulls.
///
/// More of them: `tests/peer/duckdb_generated.py PROGRAM --seed N --count N` in a folder with `datasets/`.
#[test]
fn duckdb_agrees_with_generated_statements() {
    let env = TestEnv::workspace();
    let Some(python) = python(&env, "duckdb") else { return };
    let mut command = env.command(&python);
    command.arg("-B").arg(repository().join("tests/peer/duckdb_generated.py"));
    command.arg(env!("CARGO_BIN_EXE_tongket")).args(["--seed", "1", "--count", "2000"]);
    let ran = env.finish(command, None);
    let all = ran.stdout.starts_with("2000 generated statements agree (seed 1)\n");
    assert!(ran.status == 0 && all, "{ran}");
}

/// The comparison with other programs can be begun: it tells its parts, and all it imports is there.
#[test]
fn the_comparison_tells_what_it_compares() {
    let env = TestEnv::empty();
    let mut command = env.command("python3");
    command.arg(repository().join("benches/compare/run")).arg("--help");
    let Ok(output) = command.output() else {
        eprintln!("skipped: there is no python3");
        return;
    };
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for part in ["--quick", "--parts", "start", "saved", "tpch", "export", "import"] {
        assert!(told.contains(part), "{part}: {told}");
    }
}
