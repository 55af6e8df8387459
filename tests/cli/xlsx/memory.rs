//! Memory does not grow with the rows.

use std::io::Read;
use std::process::Stdio;

use crate::env::{TONGKET, TestEnv};

/// Writes so many rows of eight columns, and gives the most memory that the process had, in MiB.
fn write(rows: u64) -> u64 {
    let env = TestEnv::empty();
    let sql = format!(
        "SELECT i AS a, 'Đoàn viên số ' || i AS b, i * 1000 AS c_vnd, DATE '2022-01-01' + CAST(i % 365 AS INT) AS d,
            CAST(i AS DOUBLE) / 7 AS e, i % 2 = 0 AS f, 'Đoàn xã ' || (i % 100) AS g, CAST(i AS DECIMAL(18, 2)) AS h
        FROM generate_series(1, {rows}) AS t(i)"
    );
    let mut command = env.command(TONGKET);
    command.args(["-c", &sql, "-o", "x.xlsx"]).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("starts");
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
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("reads");
    assert!(ended.success(), "{ended}: {said}");
    most
}

#[test]
fn a_million_rows_take_no_more_memory() {
    let (few, many) = (100_000, 1_000_000);
    let (least, most) = (write(few), write(many));
    eprintln!("{few} rows took {least} MiB, {many} rows took {most} MiB");
    assert!(most < least + least / 5 + 8, "{most} MiB for {many} rows, and {least} MiB for {few}");
}
