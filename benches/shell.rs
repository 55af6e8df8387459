//! How long the shell lets its user wait: for the first prompt, for a key among 1,000 tables and 10,000
//! lines of history, for Tab among 10,000 columns, for a saved query that is run again, for the prompt
//! after Ctrl-C; and whether the memory of a statement that was given up comes back.
//!
//! `cargo bench --bench shell` measures the whole program on a pseudo-terminal, from outside. A peer
//! in `PATH` (`duckdb`, `psql`, `datafusion-cli`) is started in turn with it, for this machine's own
//! times mean little: what counts is the ratio.

#![allow(clippy::expect_used, clippy::print_stdout)]

use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use rexpect::process::PtyProcess;

const PROMPT: &str = "tongket>";
const RUNS: usize = 21;

/// Nothing here takes that long.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the line editor writes when it begins to read.
const PASTE_ON: &str = "\u{1b}[?2004h";

/// Statements that run far longer than anybody waits.
const ENDLESS: [&str; 4] = [
    "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b;",
    "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b WHERE a.value + b.value = 3.5;",
    "SELECT value, random() AS r FROM generate_series(1, 3000000000) ORDER BY r;",
    "SELECT string_agg(CAST(value AS VARCHAR), ',') FROM generate_series(1, 3000000000);",
];

/// The program: `TONGKET` names another build of it.
static OURS: LazyLock<String> =
    LazyLock::new(|| std::env::var("TONGKET").unwrap_or_else(|_| env!("CARGO_BIN_EXE_tongket").to_owned()));

/// A program on a terminal, and what it has written.
struct Shell {
    process: PtyProcess,
    keyboard: std::fs::File,
    written: Arc<Mutex<String>>,
    begun: Instant,
}

impl Shell {
    fn start(program: &str, args: &[&str], home: &Path) -> Self {
        let mut command = Command::new("sh");
        command
            .args(["-c", "stty cols 160 rows 50; echo \"pid $$.\"; exec \"$0\" \"$@\"", program])
            .args(args);
        command.env("HOME", home).env("TERM", "xterm-256color").env_remove("XDG_STATE_HOME");
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        let begun = Instant::now();
        let mut process = PtyProcess::new(command).expect("a pseudo-terminal");
        process.set_kill_timeout(Some(100));
        let keyboard = process.get_file_handle().expect("a handle");
        let mut terminal = process.get_file_handle().expect("a handle");
        let written = Arc::<Mutex<String>>::default();
        let shared = written.clone();
        let mut answers = process.get_file_handle().expect("a handle");
        // A write that nobody reads would keep the program waiting.
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n) = terminal.read(&mut buffer) {
                if n == 0 {
                    break;
                }
                let text = String::from_utf8_lossy(&buffer[..n]);
                if text.contains("\u{1b}]11;?") {
                    // A peer asks the terminal for its colours, and waits for the answer.
                    let _ = answers.write_all(b"\x1b]11;rgb:0000/0000/0000\x07\x1b[?1;0c");
                }
                shared.lock().expect("a text").push_str(&text);
            }
        });
        Self { process, keyboard, written, begun }
    }

    /// Waits until a text has come; gives what came before it, and the time since the last key.
    fn until(&mut self, text: &str) -> (String, Duration) {
        loop {
            let mut written = self.written.lock().expect("a text");
            if let Some(at) = written.find(text) {
                let before = written[..at].to_owned();
                written.drain(..at + text.len());
                return (before, self.begun.elapsed());
            }
            drop(written);
            assert!(self.begun.elapsed() < PATIENCE, "`{text}` has not come");
            std::thread::sleep(Duration::from_micros(100));
        }
    }

    /// The memory that the program of that number holds.
    fn megabytes(pid: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1024
    }

    fn keys(&mut self, keys: &str) {
        self.begun = Instant::now();
        self.keyboard.write_all(keys.as_bytes()).expect("types");
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
    first_prompt(home.path());
    keys(home.path());
    again(home.path());
    tab(home.path());
    ENDLESS.iter().for_each(|sql| given_up(home.path(), sql));
}

fn first_prompt(home: &Path) {
    // DuckDB asks where the cursor stands just before it shows its prompt.
    let peers: [(&str, &[&str], &str); 2] = [("duckdb", &[], "\u{1b}[6n"), ("datafusion-cli", &[], "> ")];
    let there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let mut shells: Vec<(&str, &[&str], &str, Vec<Duration>)> =
        vec![(OURS.as_str(), &[], PROMPT, Vec::new())];
    shells.extend(
        peers.into_iter().filter(|(program, ..)| there(program)).map(|(a, b, c)| (a, b, c, Vec::new())),
    );
    // In turn, so that a noisy moment is everybody's.
    for _ in 0..RUNS {
        for (program, args, prompt, times) in &mut shells {
            times.push(Shell::start(program, args, home).until(prompt).1);
        }
    }
    let first = median(shells[0].3.clone());
    println!("first prompt: {first:.1} ms (median of {RUNS})");
    for (program, _, _, times) in &shells[1..] {
        let other = median(times.clone());
        println!("  {program}: {other:.1} ms, ratio {:.2}", first / other);
    }
}

/// From a key to its letter on the screen.
fn keys(home: &Path) {
    const STATEMENT: &str =
        "SELECT unit_id, count(*) AS n FROM table_0500 WHERE name_vi LIKE 'Huyện%' GROUP BY 1";
    let datasets = home.join("many/datasets");
    std::fs::create_dir_all(&datasets).expect("makes");
    let units = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/units.parquet");
    for n in 0..1_000 {
        std::fs::copy(&units, datasets.join(format!("table_{n:04}.parquet"))).expect("copies");
    }
    let lines: String =
        (0..10_000).map(|n| format!("SELECT count(*) FROM table_{:04} -- {n}\n", n % 1_000)).collect();
    let state = home.join("typist/.local/state/tongket");
    std::fs::create_dir_all(&state).expect("makes");
    std::fs::write(state.join("history"), format!("#V2\n{lines}")).expect("writes");
    let folder = home.join("many").display().to_string();
    let mut shell = Shell::start(&OURS, &["-C", &folder], &home.join("typist"));
    shell.until(PROMPT);
    std::thread::sleep(Duration::from_secs(1));
    let mut times = Vec::new();
    for _ in 0..5 {
        for key in STATEMENT.chars() {
            // What the key before it has left to write is not for this one.
            std::thread::sleep(Duration::from_millis(10));
            shell.written.lock().expect("a text").clear();
            shell.keys(&key.to_string());
            times.push(shell.until(&key.to_string()).1);
        }
        shell.keys("\u{3}");
        shell.until(PROMPT);
    }
    times.sort();
    let worst = times[times.len() - 1].as_secs_f64() * 1e3;
    let most = times[times.len() * 99 / 100].as_secs_f64() * 1e3;
    println!(
        "a key among 1,000 tables and 10,000 lines of history: {:.2} ms (median of {}), 99 of 100 within {most:.2}, all within {worst:.2}",
        median(times.clone()),
        times.len()
    );
}

/// A saved query that is run for the first time, and again.
fn again(home: &Path) {
    let folder = env!("CARGO_MANIFEST_DIR");
    for query in ["loans/by-channel", "units/league", "overview"] {
        let (mut first, mut later) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            let mut shell = Shell::start(&OURS, &["-C", folder], home);
            shell.until(PROMPT);
            // What is done behind the first prompt is done.
            std::thread::sleep(Duration::from_millis(300));
            for n in 0..6 {
                shell.keys(&format!("\\run {query}\r"));
                let (_, time) = shell.until(" read)");
                shell.until(PROMPT);
                if n == 0 { first.push(time) } else { later.push(time) }
            }
        }
        let (first, later) = (median(first), median(later));
        println!("\\run {query}: {first:.1} ms, and again {later:.1} ms, ratio {:.2}", later / first);
    }
}

fn tab(home: &Path) {
    let wide = home.join("wide.csv");
    let names: Vec<String> = (0..10_000).map(|n| format!("column_{n:05}_x")).collect();
    let values = vec!["1"; names.len()].join(",");
    std::fs::write(&wide, format!("{}\n{values}\n", names.join(","))).expect("writes");
    let table = format!("wide={}", wide.display());
    let mut shell = Shell::start(&OURS, &["-q", "--table", &table], home);
    shell.until(PROMPT);
    let mut times = Vec::new();
    for n in 0..RUNS {
        let name = format!("column_{:05}", 4000 + n * 7);
        shell.keys(&format!("SELECT * FROM wide WHERE {name}"));
        // Typing is read before the clock starts.
        std::thread::sleep(Duration::from_millis(if n == 0 { 3000 } else { 300 }));
        shell.keys("\t");
        let (_, time) = shell.until("_x");
        if n > 0 {
            times.push(time);
        }
        shell.keys("\u{3}");
        shell.until(PROMPT);
    }
    println!("Tab among 10,000 columns: {:.1} ms (median of {})", median(times), RUNS - 1);
}

fn given_up(home: &Path, sql: &str) {
    let mut shell = Shell::start(&OURS, &[], home);
    let (pid, _) = {
        shell.until("pid ");
        shell.until(".")
    };
    shell.until(PASTE_ON);
    let before = Shell::megabytes(&pid);
    shell.keys(&format!("{sql}\r"));
    shell.until("Ctrl-C stops");
    std::thread::sleep(Duration::from_secs(3));
    let most = Shell::megabytes(&pid);
    shell.keys("\u{3}");
    let (_, prompt) = shell.until(PASTE_ON);
    shell.keys("SELECT 1;\r");
    shell.until(PASTE_ON);
    std::thread::sleep(Duration::from_secs(4));
    let after = Shell::megabytes(&pid);
    let prompt = prompt.as_secs_f64() * 1000.0;
    println!("Ctrl-C: {prompt:.1} ms to the prompt; {before} MB, {most} MB, then {after} MB: {sql}");
}
