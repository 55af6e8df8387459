//! An import that is killed, that finds the disk full, that meets another: the table is whole.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::Office;
use crate::env::TONGKET;

const HEAD: &str = "Mã khoản;Đơn vị;Nội dung;Kinh phí\n";

/// Rows with these keys, all of one cost, and one row at fault behind them.
fn rows(keys: std::ops::Range<u32>, cost: u32) -> String {
    let row = |key| format!("K{key:06};nho_quan;Tập huấn kỹ năng cho đoàn viên, đợt {key};{cost}\n");
    format!("{HEAD}{}X;nowhere;;1\n", keys.map(row).collect::<String>())
}

/// An office whose table is a file and a folder of another, with a large file to come.
fn office() -> Office {
    let office = Office::new();
    office.env.write("a.csv", rows(0..300, 1));
    office.env.write("b.csv", rows(300..600, 1));
    for file in ["a.csv", "b.csv"] {
        assert_eq!(office.import(&[file]).status, 3);
    }
    office.env.write("more.csv", rows(600..8_000, 2));
    office.env.write("other.csv", rows(0..8_000, 3));
    office.env.write("last.csv", format!("{HEAD}LAST;nho_quan;;7\n"));
    office
}

/// The table's rows in short.
fn state(office: &Office) -> (u64, u64, u64) {
    let answer = office.env.csv("SELECT count(*), count(DISTINCT item_id), sum(cost_vnd) FROM spending");
    let numbers: Vec<u64> = answer
        .lines()
        .nth(1)
        .expect("a row")
        .split(',')
        .map(|number| number.parse().expect("a number"))
        .collect();
    (numbers[0], numbers[1], numbers[2])
}

fn start(office: &Office, args: &[&str]) -> Child {
    let mut command = office.env.command(TONGKET);
    command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts")
}

/// Starts a change of a fresh table, kills it after this part of the time that it takes, and looks.
fn kill(args: &[&str], list: Option<&str>, new: (u64, u64, u64), part: f64, length: Duration) -> bool {
    let old = (600, 600, 600);
    let office = office();
    let mut child = start(&office, args);
    std::thread::sleep(length.mul_f64(part));
    child.kill().expect("kills");
    child.wait().expect("ends");
    let after = state(&office);
    assert!(after == old || after == new, "{args:?} at {part}: {after:?}");
    // No row that is not in the table is lost.
    if let Some(list) = list.filter(|_| after == new) {
        assert!(office.env.read(list).contains("nowhere"), "{args:?} at {part}");
    }
    let ran = office.env.run(&["import", "last.csv", "--table", "spending"]);
    assert_eq!(ran.status, 0, "{args:?} at {part}: {ran}");
    assert_eq!(state(&office), (after.0 + 1, after.1 + 1, after.2 + 7), "{args:?} at {part}");
    let left = office.env.list("datasets");
    assert!(left.iter().all(|name| !name.starts_with('.')), "{args:?} at {part}: {left:?}");
    after == new
}

#[test]
fn killed_at_a_hundred_moments_a_change_is_made_or_not() {
    let changes: [(&[&str], Option<&str>, (u64, u64, u64)); 3] = [
        (
            &["import", "more.csv", "--table", "spending"],
            Some("more.csv.rejected.csv"),
            (8_000, 8_000, 600 + 2 * 7_400),
        ),
        (
            &["import", "other.csv", "--table", "spending", "--replace"],
            Some("other.csv.rejected.csv"),
            (8_000, 8_000, 24_000),
        ),
        (&["compact", "spending"], None, (600, 600, 600)),
    ];
    let lengths = changes.map(|(args, ..)| {
        let office = office();
        let begun = Instant::now();
        start(&office, args).wait().expect("ends");
        begun.elapsed()
    });
    let (next, made) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= 100 {
                        break;
                    }
                    let (args, list, new) = changes[number % 3];
                    // Every part of the time once, a little off; beside three others it takes longer.
                    let part = (number as f64 + (number * 37 % 10) as f64 / 10.0) / 100.0;
                    if kill(args, list, new, 2.0 * part, lengths[number % 3]) {
                        made.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let made = made.into_inner();
    assert!(made > 33 && made < 100, "{made} of 100 changes were made: the moments are not spread");
}

/// A file system of its own, of so many KiB; `None` where none can be made.
struct Small(PathBuf);

impl Small {
    fn mount(path: &Path, kib: u32) -> Option<Self> {
        std::fs::create_dir_all(path).expect("makes");
        let size = format!("size={kib}k");
        let made = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(path).output();
        let made = made.is_ok_and(|output| output.status.success());
        if !made {
            eprintln!("skipped: no file system can be made here, which takes root");
        }
        made.then(|| Self(path.to_owned()))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// Wherever the disk is full on the way, the import says so, the table is as it was and nothing is left.
#[test]
fn a_disk_that_fills_leaves_the_table_whole() {
    let mut told = Vec::new();
    for (kib, args) in [
        (64, &["import", "more.csv", "--table", "spending"][..]),
        (128, &["import", "more.csv", "--table", "spending"]),
        (192, &["import", "more.csv", "--table", "spending"]),
        (256, &["import", "more.csv", "--table", "spending"]),
        (320, &["import", "more.csv", "--table", "spending"]),
        (384, &["import", "more.csv", "--table", "spending"]),
        (192, &["import", "other.csv", "--table", "spending", "--replace"]),
        (384, &["import", "other.csv", "--table", "spending", "--replace"]),
        (512, &["import", "other.csv", "--table", "spending", "--replace"]),
        (60, &["compact", "spending"]),
    ] {
        let office = office();
        let before = state(&office);
        let Some(_small) = Small::mount(&office.env.path("small"), kib) else { return };
        let copied = Command::new("cp")
            .arg("-r")
            .arg(office.env.path("datasets"))
            .arg(office.env.path("small"))
            .status();
        assert!(copied.expect("runs").success(), "{kib} KiB");
        let names = office.env.list("small/datasets");
        std::fs::remove_dir_all(office.env.path("datasets")).expect("removes");
        std::os::unix::fs::symlink(office.env.path("small/datasets"), office.env.path("datasets"))
            .expect("links");
        let ran = office.env.run(args);
        if ran.status == 1 {
            assert!(ran.stderr.contains("no space left"), "{kib} KiB: {ran}");
            assert_eq!(state(&office), before, "{kib} KiB");
            assert_eq!(office.env.list("small/datasets"), names, "{kib} KiB");
            assert!(!office.env.path("more.csv.rejected.csv").exists(), "{kib} KiB");
        } else {
            assert!(matches!(ran.status, 0 | 3), "{kib} KiB: {ran}");
        }
        told.push(ran.status);
    }
    assert!(told.iter().filter(|status| **status == 1).count() >= 5, "{told:?}");
}

#[test]
fn a_second_import_is_refused_while_one_runs() {
    let office = office();
    let before = state(&office);
    let lock = std::fs::File::create(office.env.path("datasets/.spending.lock")).expect("makes");
    lock.lock().expect("locks");
    for args in [&["import", "last.csv", "--table", "spending"][..], &["compact", "spending"]] {
        let ran = office.env.run(args);
        assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{ran}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(ran.stderr, @"
            error: table `spending` is being changed by another process
            hint: run this again when that is done
            ");
        }
    }
    assert_eq!(state(&office), before);
    drop(lock);
    assert_eq!(office.import(&["last.csv"]).status, 0);
}

/// Of imports at the same time each is made whole or refused.
#[test]
fn imports_at_once_do_not_mix() {
    let office = office();
    for name in 0..6 {
        office.env.write(&format!("{name}.csv"), format!("{HEAD}N{name};nho_quan;;1\nM{name};hoa_lu;;1\n"));
    }
    let children: Vec<Child> = (0..6)
        .map(|name| start(&office, &["import", &format!("{name}.csv"), "--table", "spending"]))
        .collect();
    let mut made = 0;
    for mut child in children {
        match child.wait().expect("ends").code() {
            Some(0) => made += 1,
            other => assert_eq!(other, Some(1)),
        }
    }
    assert!(made > 0);
    assert_eq!(state(&office), (600 + 2 * made, 600 + 2 * made, 600 + 2 * made));
    assert!(office.env.list("datasets").iter().all(|name| !name.starts_with('.')));
}

/// Whoever asks while the table is changed sees it as it was or as it will be.
#[test]
fn readers_see_all_of_a_change_or_nothing() {
    let office = office();
    let new = (8_000, 8_000, 600 + 2 * 7_400);
    let replaced = (8_000, 8_000, 24_000);
    for (args, before, after) in [
        (&["import", "more.csv", "--table", "spending"][..], (600, 600, 600), new),
        (&["compact", "spending"], new, new),
        (&["import", "other.csv", "--table", "spending", "--replace"], new, replaced),
    ] {
        let mut child = start(&office, args);
        let mut seen = 0;
        while child.try_wait().expect("looks").is_none() || seen == 0 {
            let now = state(&office);
            assert!(now == before || now == after, "{args:?}: {now:?}");
            seen += 1;
        }
        assert_eq!(state(&office), after, "{args:?}");
    }
}
