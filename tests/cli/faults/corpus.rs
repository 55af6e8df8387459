//! Files of other programs and damaged ones: the corpus of apache/parquet-testing, where it is, and our
//! own files damaged in hundreds of ways.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::env::{TONGKET, TestEnv};

/// Files of the corpus that cannot be read, and why; every other one is read that is not encrypted.
const UNREADABLE: [(&str, &str); 11] = [
    ("ARROW-GH-41317", "list element type"),
    ("ARROW-GH-41321", "RLE bit width"),
    ("ARROW-GH-45185", "repetition level"),
    ("ARROW-GH-47662", "insufficient values"),
    ("ARROW-RS-GH-6229-DICTHEADER", "out of range"),
    ("ARROW-RS-GH-6229-LEVELS", "repetition levels"),
    ("PARQUET-1481", "unexpected Type"),
    ("dict-page-offset-zero", "list element type"),
    ("large_string_map.brotli", "unpacks to 2 GiB from 3.2 KiB"),
    ("nation.dict-malformed", "page header"),
    ("repeated_no_annotation", "its footer says 0 rows, its row groups hold 6"),
];

/// What a run took at most: seconds, and memory in KiB.
struct Took {
    status: i32,
    stderr: String,
    time: Duration,
    memory: u64,
}

/// Runs a statement over a file and watches it.
fn read(env: &TestEnv, path: &Path, sql: &str) -> Took {
    let mut command = env.command(TONGKET);
    command.args(["--timeout", "10s", "--table"]).arg(format!("t={}", path.display()));
    command.args(["-c", sql]).stdout(Stdio::null()).stderr(Stdio::piped());
    let begun = Instant::now();
    let mut child = command.spawn().expect("starts");
    let status = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    let code = loop {
        if let Ok(text) = std::fs::read_to_string(&status) {
            let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let peak = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok());
            memory = peak.unwrap_or(memory).max(memory);
        }
        match child.try_wait().expect("looks") {
            Some(status) => break status.code().unwrap_or(-1),
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let mut stderr = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().expect("piped"), &mut stderr).expect("text");
    Took { status: code, stderr, time: begun.elapsed(), memory }
}

/// No crash, no hang, no flood of memory; an error is one line that names the file.
fn behaves(took: &Took, path: &Path) {
    let Took { status, stderr, time, memory } = took;
    let name = path.display();
    assert!(matches!(status, 0 | 1), "{name}: {status} {stderr}");
    assert!(!stderr.contains("panicked") && !stderr.contains("bug"), "{name}: {stderr}");
    assert!(*time < Duration::from_secs(10), "{name}: {time:?}");
    assert!(*memory < 1 << 20, "{name}: {memory} KiB");
    if *status == 1 {
        let errors = stderr.lines().filter(|line| line.starts_with("error: ")).count();
        assert!(
            errors == 1 && stderr.contains(&path.file_name().expect("a name").to_string_lossy()[..]),
            "{name}: {stderr}"
        );
    }
}

#[test]
fn the_corpus_of_parquet_is_read() {
    let Some(corpus) = std::env::var_os("PARQUET_TEST_DATA").map(PathBuf::from) else {
        eprintln!("skipped: PARQUET_TEST_DATA names no copy of apache/parquet-testing");
        return;
    };
    let env = TestEnv::empty();
    // It names the folder `data`, of which the others are neighbours.
    let root = if corpus.ends_with("data") { corpus.parent().expect("a folder").to_owned() } else { corpus };
    let (mut read_whole, mut refused) = (0, 0);
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("a folder").map(|entry| entry.expect("an entry").path()) {
            let name = entry.file_name().expect("a name").to_string_lossy().into_owned();
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let Some(stem) = name.strip_suffix(".parquet").or(name.strip_suffix(".parquet.encrypted")) else {
                continue;
            };
            // Read under a name that says what it holds.
            let path = env.path(&format!("{stem}.parquet"));
            let _ = std::fs::remove_file(&path);
            std::os::unix::fs::symlink(&entry, &path).expect("links");
            let why = match name.ends_with(".encrypted") {
                true => Some("encrypted"),
                false => UNREADABLE.iter().find(|(known, _)| stem.starts_with(known)).map(|(_, why)| *why),
            };
            for sql in ["SELECT * FROM t", "SELECT count(*) FROM t"] {
                let took = read(&env, &path, sql);
                behaves(&took, &path);
                match why {
                    // A count may be had where the rows cannot.
                    Some(why) if sql.contains('*') && !sql.contains("count") => {
                        refused += 1;
                        assert!(
                            took.status == 1 && took.stderr.to_lowercase().contains(&why.to_lowercase()),
                            "{stem}: {}",
                            took.stderr
                        );
                    }
                    Some(_) => {}
                    None => assert_eq!(took.status, 0, "{stem}: {}", took.stderr),
                }
            }
            read_whole += u32::from(why.is_none());
        }
    }
    eprintln!("{read_whole} files are read, {refused} are refused");
    assert!(read_whole > 150, "{read_whole}");
}

/// Every fifth of a file cut off, and bits turned all over it: an answer or one error, and the other
/// tables go on.
#[test]
fn damaged_files_are_errors() {
    let env = TestEnv::workspace();
    let good = std::fs::read(env.path("datasets/units.parquet")).expect("reads");
    let mut state = 20_221_231_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut wrong = 0;
    for round in 0..60 {
        let mut bad = good.clone();
        match round % 3 {
            // Cut short, with an end that pretends to be one.
            0 => {
                bad.truncate(good.len() * (round + 1) / 61);
                bad.extend_from_slice(&good[good.len() - 8..]);
            }
            // Bits turned in the footer, which tells sizes and places.
            1 => {
                for _ in 0..=round / 10 {
                    let at = good.len() - 9 - random(good.len() / 3);
                    bad[at] ^= 1 << random(8);
                }
            }
            _ => {
                for _ in 0..=round / 10 {
                    let at = random(good.len());
                    bad[at] ^= 1 << random(8);
                }
            }
        }
        let path = env.write("datasets/bad.parquet", &bad);
        let took = read(&env, &path, "SELECT * FROM t");
        behaves(&took, &path);
        wrong += u32::from(took.status == 1);
    }
    assert!(wrong > 25, "{wrong} of 60");
    assert_eq!(env.csv("SELECT count(*) AS n FROM activities"), "n\n2000\n");
}

/// Texts without end: a record is bounded, in memory and in time.
#[test]
fn endless_records_are_refused() {
    let env = TestEnv::empty();
    let file = std::fs::File::create(env.path("nul.csv")).expect("makes");
    file.set_len(2 << 30).expect("grows");
    let filled = |name: &str, begin: &str| {
        let mut bytes = begin.as_bytes().to_vec();
        bytes.resize(80 << 20, b'x');
        env.write(name, bytes)
    };
    for path in [
        env.path("nul.csv"),
        filled("line.csv", "a,b\n1,2\n"),
        filled("quote.csv", "a,b\n1,\"2\n"),
        filled("line.ndjson", "{\"a\":1}\n{\"a\":\""),
        filled("element.json", "[{\"a\":1},\n{\"a\":\""),
    ] {
        let took = read(&env, &path, "SELECT count(*) FROM t");
        behaves(&took, &path);
        assert!(
            took.status == 1 && took.stderr.contains("a record of more than 16 MiB begins in line"),
            "{}",
            took.stderr
        );
        assert!(took.memory < 200 << 10, "{} KiB", took.memory);
    }
}
