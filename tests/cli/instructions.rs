//! How many instructions the program takes: a count, which is the same whatever else the machine does.
//!
//! The bounds are a tenth above what the unoptimised build of these tests takes with the locked
//! dependencies, Rust 1.95 and x86-64. Whoever makes the program faster lowers them; whoever has a
//! reason to make it slower raises them and says why.

use crate::env::{TONGKET, TestEnv};

/// The instructions of a run that succeeds, in millions; `None` where nobody can count them.
fn millions(env: &TestEnv, args: &[&str]) -> Option<u64> {
    let mut valgrind = env.command("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", TONGKET]).args(args);
    let Ok(output) = valgrind.output() else {
        eprintln!("skipped: valgrind is not installed");
        return None;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let collected = told.lines().find_map(|line| line.split_once("Collected : "));
    let count: u64 = collected.and_then(|(_, count)| count.trim().parse().ok()).expect("a count");
    Some(count / 1_000_000)
}

/// Fails above a bound, and far below one that should be lowered.
fn at_most(bound: u64, counted: Option<u64>, what: &str) {
    let Some(counted) = counted else { return };
    eprintln!("{what}: {counted} million instructions of {bound}");
    assert!(counted <= bound, "{what} takes {counted} million instructions, more than {bound}");
    assert!(2 * counted > bound, "{what} takes {counted} million instructions: lower the bound of {bound}");
}

#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn a_start_takes_no_more_than_it_did() {
    let env = TestEnv::workspace();
    at_most(7, millions(&env, &["--version"]), "--version");
    at_most(28, millions(&env, &["-q", "-c", "SELECT count(*) FROM activities"]), "a count");
}

#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn an_export_takes_no_more_than_it_did() {
    let env = TestEnv::workspace();
    let all = millions(&env, &["-q", "-c", "SELECT * FROM outputs", "-o", "all.csv"]);
    let none = millions(&env, &["-q", "-c", "SELECT * FROM outputs LIMIT 0", "-o", "none.csv"]);
    at_most(97, all.zip(none).map(|(all, none)| all.saturating_sub(none)), "three thousand rows of CSV");
}

#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn an_import_takes_no_more_than_it_did() {
    let import = |rows: &str| {
        let env = TestEnv::workspace();
        let sql =
            format!("SELECT * EXCLUDE (source_file, source_row) FROM activities ORDER BY 1 LIMIT {rows}");
        assert_eq!(env.run(&["-q", "-c", &sql, "-o", "rows.csv"]).status, 0);
        std::fs::remove_file(env.path("datasets/activities.parquet")).expect("removes");
        millions(&env, &["-q", "import", "rows.csv", "--table", "activities"])
    };
    let (all, one) = (import("2000"), import("1"));
    at_most(538, all.zip(one).map(|(all, one)| all.saturating_sub(one)), "two thousand rows of an import");
}
