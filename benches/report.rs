//! What the year's report costs: beside the start of the program, and beside every saved query run at
//! once, which is a part of the same work.
//!
//! `cargo bench --bench report` measures whole processes in turn, for this machine's own times mean
//! little: what counts is the ratio.

#![allow(clippy::expect_used, clippy::print_stdout)]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 21;

/// What is measured, and with which arguments.
const CASES: [(&str, &[&str]); 4] = [
    ("the report as HTML", &["report"]),
    ("the report in Vietnamese", &["report", "--lang", "vi"]),
    ("every saved query as CSV", &["run", "--all", "--force", "-o", "out/"]),
    ("the start of the program", &["-c", "SELECT 1"]),
];

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let time = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tongket"));
        command.args(args).current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let begun = Instant::now();
        assert!(command.status().expect("runs").success(), "{args:?}");
        begun.elapsed()
    };
    time(&["init", "."]);
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); CASES.len()];
    for _ in 0..RUNS {
        for (times, (_, args)) in times.iter_mut().zip(CASES) {
            times.push(time(args));
        }
    }
    let medians = times.iter_mut().map(|times| {
        times.sort();
        times[RUNS / 2].as_secs_f64() * 1e3
    });
    let medians: Vec<f64> = medians.collect();
    for ((name, _), median) in CASES.iter().zip(&medians) {
        println!("{name}: {median:.1} ms, the report takes {:.2} times as long", medians[0] / median);
    }
}
