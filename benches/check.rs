//! What it costs to hold a table against its contract: beside a plain scan of its columns, and beside
//! `frictionless` where a Python has it (`TONGKET_PYTHON` names one).
//!
//! `cargo bench --bench check` measures whole processes in turn, for this machine's own times mean
//! little: what counts is the ratio. `SCALE=5000` takes ten million rows instead of one.

#![allow(clippy::expect_used, clippy::print_stdout)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const TONGKET: &str = env!("CARGO_BIN_EXE_tongket");
const RUNS: usize = 7;

fn time(program: &str, args: &[&str], folder: &Path) -> Duration {
    let mut command = Command::new(program);
    command.args(args).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    assert!(command.status().expect("runs").success(), "{program} {args:?}");
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let scale = std::env::var("SCALE").unwrap_or_else(|_| "500".to_owned());
    time(TONGKET, &["sample", "--scale", &scale, "-o", "datasets"], folder.path());
    let columns = [
        "activity_id",
        "unit_id",
        "movement",
        "category",
        "level",
        "start_date",
        "end_date",
        "participations",
        "participants_distinct",
        "cost_vnd",
        "status",
        "source_file",
        "source_row",
    ];
    // As many passes over the values as any reader of all of them needs: one.
    let scan: Vec<String> = columns.iter().map(|column| format!("max({column})")).collect();
    let keys =
        "SELECT count(*) FROM (SELECT activity_id FROM activities GROUP BY activity_id HAVING count(*) > 1)";
    let scan = format!("SELECT {} FROM activities", scan.join(", "));
    let (mut checks, mut scans, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        checks.push(time(TONGKET, &["check", "activities"], folder.path()));
        scans.push(time(TONGKET, &["-c", &scan], folder.path()));
        groups.push(time(TONGKET, &["-c", keys], folder.path()));
    }
    let (check, scan, group) = (median(checks), median(scans), median(groups));
    let ratio = |other: Duration| check.as_secs_f64() / other.as_secs_f64();
    println!("check activities at scale {scale}: {check:?}");
    println!("a scan of its columns: {scan:?}, check takes {:.1} times as long", ratio(scan));
    println!("grouping by its key: {group:?}, check takes {:.1} times as long", ratio(group));
    let python = std::env::var("TONGKET_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let peer = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer/frictionless_speed.py");
    let ran = Command::new(python).arg(peer).arg("datasets").current_dir(folder.path()).output();
    match ran {
        Ok(ran) if ran.status.success() => {
            let said = String::from_utf8_lossy(&ran.stdout).trim().to_owned();
            println!("frictionless: {said}");
            let seconds =
                said.split(" s,").next().and_then(|words| words.rsplit(' ').next()?.parse::<f64>().ok());
            if let Some(seconds) = seconds {
                println!("check is {:.0} times as fast", seconds / check.as_secs_f64());
            }
        }
        _ => println!("frictionless: not found (name a Python that has it in TONGKET_PYTHON)"),
    }
}
