//! How long the shell lets its user wait: for the first prompt, and for Tab among 10,000 columns.
//!
//! `cargo bench --bench shell` measures the whole program on a pseudo-terminal, from outside. A peer
//! in `PATH` (`duckdb`, `psql`, `datafusion-cli`) is started in turn with it, for this machine's own
//! times mean little: what counts is the ratio.

#![allow(clippy::expect_used, clippy::print_stdout)]

use std::io::{Read, Write};
use std::process::Command;
use std::time::{Duration, Instant};

use rexpect::process::PtyProcess;

const RUNS: usize = 21;

/// A program on a terminal, and what it has written.
struct Shell {
    process: PtyProcess,
    terminal: std::fs::File,
    begun: Instant,
}

impl Shell {
    fn start(program: &str, args: &[&str], home: &std::path::Path) -> Self {
        let mut command = Command::new(program);
        command.args(args).env("HOME", home).env("TERM", "xterm-256color").env_remove("XDG_STATE_HOME");
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        let begun = Instant::now();
        let mut process = PtyProcess::new(command).expect("a pseudo-terminal");
        process.set_kill_timeout(Some(100));
        let terminal = process.get_file_handle().expect("a handle");
        Self { process, terminal, begun }
    }

    /// The time from the start until a text has come.
    fn until(&mut self, text: &str) -> Duration {
        let mut seen = Vec::new();
        let mut buffer = [0; 4096];
        while !String::from_utf8_lossy(&seen).contains(text) {
            match self.terminal.read(&mut buffer) {
                Ok(n) if n > 0 => seen.extend_from_slice(&buffer[..n]),
                _ => panic!("ended before `{text}` came: {}", String::from_utf8_lossy(&seen)),
            }
        }
        self.begun.elapsed()
    }

    fn keys(&mut self, keys: &str) {
        self.begun = Instant::now();
        self.terminal.write_all(keys.as_bytes()).expect("types");
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.process.kill(rexpect::process::Signal::SIGKILL);
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

fn main() {
    let home = tempfile::tempdir().expect("a folder");
    let ours = env!("CARGO_BIN_EXE_tongket");
    let peers: [(&str, &[&str], &str); 2] = [("duckdb", &[], "D "), ("datafusion-cli", &[], "> ")];
    let there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let mut shells: Vec<(&str, &[&str], &str, Vec<Duration>)> = vec![(ours, &[], "tongket>", Vec::new())];
    shells.extend(
        peers.into_iter().filter(|(program, ..)| there(program)).map(|(a, b, c)| (a, b, c, Vec::new())),
    );
    // In turn, so that a noisy moment is everybody's.
    for _ in 0..RUNS {
        for (program, args, prompt, times) in &mut shells {
            times.push(Shell::start(program, args, home.path()).until(prompt));
        }
    }
    let first = median(shells[0].3.clone());
    println!("first prompt: {first:.1} ms (median of {RUNS})");
    for (program, _, _, times) in &shells[1..] {
        let other = median(times.clone());
        println!("  {program}: {other:.1} ms, ratio {:.2}", first / other);
    }

    let wide = home.path().join("wide.csv");
    let names: Vec<String> = (0..10_000).map(|n| format!("column_{n:05}_x")).collect();
    let values = vec!["1"; names.len()].join(",");
    std::fs::write(&wide, format!("{}\n{values}\n", names.join(","))).expect("writes");
    let table = format!("wide={}", wide.display());
    let mut shell = Shell::start(ours, &["-q", "--table", &table], home.path());
    shell.until("tongket>");
    let mut times = Vec::new();
    for n in 0..RUNS {
        let name = format!("column_{:05}", 4000 + n * 7);
        shell.keys(&format!("SELECT * FROM wide WHERE {name}"));
        // Typing is read before the clock starts.
        std::thread::sleep(Duration::from_millis(if n == 0 { 3000 } else { 300 }));
        shell.keys("\t");
        shell.until("_x");
        if n > 0 {
            times.push(shell.begun.elapsed());
        }
        shell.keys("\u{3}");
        shell.until("tongket>");
    }
    println!("Tab among 10,000 columns: {:.1} ms (median of {})", median(times), RUNS - 1);
}
