//! An import that is killed, that finds the disk full, that meets another: the table is whole.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::Office;
use crate::env::{TONGKET, TestEnv};

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
    office.env.write("more.csv", rows(600..4_000, 2));
    office.env.write("other.csv", rows(0..4_000, 3));
    office.env.write("last.csv", format!("{HEAD}LAST;nho_quan;;7\n"));
    office
}

/// Another with the same files.
fn copy(office: &Office) -> Office {
    let copy = Office { env: TestEnv::empty() };
    let copied = Command::new("cp").arg("-r").arg(office.env.path(".")).arg(copy.env.path(".")).status();
    assert!(copied.expect("runs").success());
    copy
}

/// Asks for the table's rows in short.
const STATE: &str = "SELECT count(*), count(DISTINCT item_id), sum(cost_vnd) FROM spending";

fn state(office: &Office) -> (u64, u64, u64) {
    numbers(&office.env.csv(STATE))
}

fn numbers(answer: &str) -> (u64, u64, u64) {
    let row = answer.lines().nth(1).expect("a row").split(',');
    let numbers: Vec<u64> = row.map(|number| number.parse().expect("a number")).collect();
    (numbers[0], numbers[1], numbers[2])
}

fn start(office: &Office, args: &[&str]) -> Child {
    let mut command = office.env.command(TONGKET);
    command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts")
}

/// What a change does: its arguments, the rows after it, and the list of what it puts aside.
struct Act {
    args: &'static [&'static str],
    new: (u64, u64, u64),
    list: Option<&'static str>,
}

const OLD: (u64, u64, u64) = (600, 600, 600);
const ADDED: (u64, u64, u64) = (4_000, 4_000, 600 + 2 * 3_400);
const REPLACED: (u64, u64, u64) = (4_000, 4_000, 3 * 4_000);

const ACTS: [Act; 3] = [
    Act {
        args: &["import", "more.csv", "--table", "spending"],
        new: ADDED,
        list: Some("more.csv.rejected.csv"),
    },
    Act {
        args: &["import", "other.csv", "--table", "spending", "--replace"],
        new: REPLACED,
        list: Some("other.csv.rejected.csv"),
    },
    Act { args: &["compact", "spending"], new: OLD, list: None },
];

/// Starts a change, kills it after a time, looks at what is left, and says whether the rows are new.
fn kill(template: &Office, Act { args, new, list }: &Act, after: Duration) -> bool {
    let office = copy(template);
    let mut child = start(&office, args);
    std::thread::sleep(after);
    child.kill().expect("kills");
    child.wait().expect("ends");
    let now = state(&office);
    assert!(now == OLD || now == *new, "{args:?} after {after:?}: {now:?}");
    // No row that is not in the table is lost.
    if let Some(list) = list.filter(|_| now == *new) {
        assert!(office.env.read(list).contains("nowhere"), "{args:?} after {after:?}");
    }
    let ran = office.env.run(&["import", "last.csv", "--table", "spending"]);
    assert_eq!(ran.status, 0, "{args:?} after {after:?}: {ran}");
    assert_eq!(state(&office), (now.0 + 1, now.1 + 1, now.2 + 7), "{args:?} after {after:?}");
    let left = office.env.list("datasets");
    assert!(left.iter().all(|name| !name.starts_with('.')), "{args:?} after {after:?}: {left:?}");
    now != OLD
}

#[test]
fn killed_at_a_hundred_moments_a_change_is_made_or_not() {
    const WORKERS: usize = 3;
    let template = office();
    let lengths = ACTS.map(|act| {
        // As many at once as there will be.
        let offices: Vec<Office> = (0..WORKERS).map(|_| copy(&template)).collect();
        let begun = Instant::now();
        let children: Vec<Child> = offices.iter().map(|office| start(office, act.args)).collect();
        for mut child in children {
            child.wait().expect("ends");
        }
        begun.elapsed()
    });
    let (next, made) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= 100 {
                        break;
                    }
                    // From the start to a little past the end, in steps that are not even.
                    let part = (number as f64 + (number * 37 % 10) as f64 / 10.0) / 80.0;
                    if kill(&template, &ACTS[number % 3], lengths[number % 3].mul_f64(part)) {
                        made.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let made = made.into_inner();
    // How many depends on how loaded the machine is.
    assert!(made > 0 && made < 67, "{made} of 67 imports were made: the moments are not spread");
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

/// Wherever the disk is full on the way, the change says so, the table is as it was, and nothing is left.
#[test]
fn a_disk_that_fills_leaves_the_table_whole() {
    let template = office();
    let mut full = 0;
    for (act, sizes) in
        ACTS.iter().zip([&[0, 8, 16, 24, 32, 40, 500][..], &[0, 8, 16, 24, 32, 40, 48, 500], &[0, 4, 8]])
    {
        for free in sizes {
            let office = copy(&template);
            // What is there, and so many KiB more.
            let files = office.env.list("datasets").len() + office.env.list("datasets/spending").len();
            let Some(_small) = Small::mount(&office.env.path("small"), 4 * files as u32 + 4 + free) else {
                return;
            };
            let datasets = office.env.path("datasets");
            let copied = Command::new("cp").arg("-r").arg(&datasets).arg(office.env.path("small")).status();
            assert!(copied.expect("runs").success(), "{free} KiB");
            std::fs::remove_dir_all(&datasets).expect("removes");
            std::os::unix::fs::symlink(office.env.path("small/datasets"), &datasets).expect("links");
            let names = office.env.list("datasets");
            let ran = office.env.run(act.args);
            eprintln!("{:?} {free}: {}", act.args, ran.status);
            if ran.status == 1 {
                full += 1;
                assert!(ran.stderr.contains("no space left"), "{free} KiB: {ran}");
                assert_eq!(state(&office), OLD, "{free} KiB");
                assert_eq!(office.env.list("datasets"), names, "{free} KiB");
                assert!(act.list.is_none_or(|list| !office.env.path(list).exists()), "{free} KiB");
            } else {
                assert!(matches!(ran.status, 0 | 3), "{free} KiB: {ran}");
                assert_eq!(state(&office), act.new, "{free} KiB");
            }
        }
    }
    assert!(full >= 6, "the disk was full {full} times");
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

/// Asks until a change has ended: each answer is the table as it was or as it will be. Whoever has
/// planned to read a file that goes may be told so, where files go.
fn watch(office: &Office, args: &[&str], before: (u64, u64, u64), after: (u64, u64, u64), files_go: bool) {
    let mut child = start(office, args);
    let mut seen = 0;
    while child.try_wait().expect("looks").is_none() || seen == 0 {
        let ran = office.env.run(&["--csv", "-c", STATE]);
        if ran.status == 0 {
            let now = numbers(&ran.stdout);
            assert!(now == before || now == after, "{args:?}: {now:?}");
        } else {
            assert!(files_go && ran.stderr.contains("spending"), "{args:?}: {ran}");
        }
        seen += 1;
    }
    assert_eq!(state(office), after, "{args:?}");
}

#[test]
fn readers_see_all_rows_that_are_added_or_none() {
    watch(&office(), ACTS[0].args, OLD, ADDED, false);
}

#[test]
fn readers_see_a_table_that_is_written_anew_whole() {
    let [add, replace, compact] = &ACTS;
    for _ in 0..5 {
        let office = office();
        assert_eq!(office.import(&[add.args[1]]).status, 3);
        watch(&office, compact.args, ADDED, ADDED, true);
        watch(&office, replace.args, ADDED, REPLACED, true);
    }
}
