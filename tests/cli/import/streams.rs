//! Memory does not grow with the rows.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;

use super::Office;
use crate::env::TONGKET;

/// The least that `--memory-limit` takes, in MiB.
const LIMIT: u64 = 16;

/// A file of so many MiB with long texts, whose last row is at fault; gives the number of rows.
fn write(path: &Path, mib: u64) -> u64 {
    let mut file = BufWriter::new(std::fs::File::create(path).expect("makes"));
    let text = "Tập huấn kỹ năng công tác Đoàn, Hội, Đội cho cán bộ cơ sở, ".repeat(40);
    writeln!(file, "Mã khoản;Đơn vị;Nội dung;Kinh phí").expect("writes");
    let (mut bytes, mut rows) = (0, 0);
    while bytes < mib << 20 {
        // Keys in no order, so that the sort has something to do.
        let line = format!("K{:08};nho_quan;{rows} {text};1.200.000\n", rows * 7_919 % 99_991_u64);
        file.write_all(line.as_bytes()).expect("writes");
        bytes += line.len() as u64;
        rows += 1;
    }
    writeln!(file, "LAST;nowhere;;1").expect("writes");
    file.flush().expect("writes");
    rows
}

/// Imports a file within the limit, and gives the most memory that the process had, in MiB.
fn import(office: &Office, name: &str) -> u64 {
    let mut command = office.env.command(TONGKET);
    command.args(["import", name, "--table", "spending", "--memory-limit", &format!("{LIMIT}M")]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let ended = loop {
        let told = std::fs::read_to_string(&status).unwrap_or_default();
        let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        most = most.max(kib.unwrap_or(0) >> 10);
        if let Some(ended) = child.try_wait().expect("looks") {
            break ended;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    assert_eq!(ended.code(), Some(3));
    most
}

/// Imports a file of so many times the limit, and holds the memory that it takes against that of a
/// small file.
fn goes_through(times: u64) {
    let office = Office::new();
    let few = write(&office.env.path("small.csv"), 2);
    let least = import(&office, "small.csv");
    let begin = Office::new();
    let many = write(&begin.env.path("large.csv"), times * LIMIT);
    let most = import(&begin, "large.csv");
    eprintln!("{few} rows took {least} MiB, {many} rows of {} MiB took {most} MiB", times * LIMIT);
    assert_eq!((office.count(), begin.count()), (few, many));
    let list = begin.env.read("large.csv.rejected.csv");
    assert!(list.lines().count() == 2 && list.contains("LAST;nowhere"), "{list}");
    // What is held apart from the engine's share: batches on their way, row groups, the allocator's own.
    assert!(most < least + 12 * LIMIT, "{most} MiB, and {least} MiB for a small file");
}

#[test]
fn a_file_of_ten_times_the_memory_limit_goes_through() {
    goes_through(10);
}
