//! Each call to the system that a write is made of fails in turn, or is the last before the process is
//! killed: the file is the old one or the new one, whole, and what was begun is gone.

use std::path::PathBuf;
use std::process::Command;

use super::habits::has_strace;
use crate::env::{Ran, TONGKET, TestEnv};

/// The calls by which files are made, filled, kept and named.
const CALLS: &str =
    "write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir";
/// Those of them that must succeed for a file to be there; a write is made to fail by other means.
const MUST: &str = "fsync,rename,renameat,renameat2,link,linkat";

/// Of the calls of one kind so many are tried.
const MOST_OF_ONE: usize = 12;

const OLD: &str = "old\n";

/// Rows for some writes.
const ROWS: &str = "SELECT value, repeat('x', 50) AS text FROM range(0, 20000) ORDER BY value";

/// Runs the program with a fault put into its calls; the second is whether the fault came.
fn run(env: &TestEnv, inject: &str, args: &[&str]) -> (Ran, bool) {
    let mut strace = env.command("strace");
    strace.args(["-f", "-qq", "-o", "trace.txt", "-e", &format!("trace={CALLS}")]);
    strace.args(["-e", &format!("inject={inject}"), TONGKET]).args(args);
    let ran = env.finish(strace, None);
    let trace = env.read("trace.txt");
    let came = trace.contains("(INJECTED)") || trace.contains("killed by SIGKILL");
    std::fs::remove_file(env.path("trace.txt")).expect("removes");
    (ran, came)
}

/// The files of the folder are these, and nothing else.
fn holds(env: &TestEnv, names: &[&str], context: &str) {
    assert_eq!(env.list("."), names, "{context}");
}

fn complete(env: &TestEnv, format: &str) -> Vec<u8> {
    let name = format!("whole.{format}");
    assert_eq!(env.run(&["-c", ROWS, "-o", &name]).status, 0);
    let bytes = std::fs::read(env.path(&name)).expect("reads");
    std::fs::remove_file(env.path(&name)).expect("removes");
    bytes
}

#[test]
fn an_export_killed_at_any_call_is_whole_or_not_there() {
    let env = TestEnv::empty();
    if !has_strace(&env) {
        return;
    }
    for format in ["csv", "parquet"] {
        let whole = complete(&env, format);
        let name = format!("x.{format}");
        let (mut killed, mut made) = (0, 0);
        for (call, at) in CALLS.split(',').flat_map(|call| (1..=MOST_OF_ONE).map(move |at| (call, at))) {
            env.write(&name, OLD);
            let inject = format!("{call}:signal=KILL:when={at}");
            let (ran, came) = run(&env, &inject, &["-c", ROWS, "-o", &name, "--force"]);
            let bytes = std::fs::read(env.path(&name)).expect("reads");
            assert!(
                bytes == OLD.as_bytes() || bytes == whole,
                "{format}, {call} {at}: {} bytes",
                bytes.len()
            );
            if !came {
                assert_eq!((ran.status, bytes == whole), (0, true), "{ran}");
                continue;
            }
            killed += 1;
            made += u32::from(bytes == whole);
            // What a kill leaves has a name that nobody takes for a result.
            for left in env.list(".").into_iter().filter(|left| *left != name) {
                assert!(left.starts_with(".tongket-") && left.ends_with(".tmp"), "{left}");
                std::fs::remove_file(env.path(&left)).expect("removes");
            }
        }
        assert!(killed >= 4 && made >= 1, "{format}: killed {killed} times, {made} of them after the rename");
        std::fs::remove_file(env.path(&name)).expect("removes");
    }
}

#[test]
fn an_export_whose_calls_fail_says_so_and_leaves_the_old_file() {
    let env = TestEnv::empty();
    if !has_strace(&env) {
        return;
    }
    let whole = complete(&env, "csv");
    let mut failed = Vec::new();
    for (error, said) in [("EIO", "input/output error"), ("ENOSPC", "no space left on device")] {
        for (call, at) in MUST.split(',').flat_map(|call| [(call, 1), (call, 2)]) {
            env.write("x.csv", OLD);
            let inject = format!("{call}:error={error}:when={at}");
            let (ran, _) = run(&env, &inject, &["-c", ROWS, "-o", "x.csv", "--force"]);
            let bytes = std::fs::read(env.path("x.csv")).expect("reads");
            holds(&env, &["x.csv"], &inject);
            if ran.status == 0 {
                // There is no such call, or it is that for the folder, which some file systems have not.
                assert!(bytes == whole, "{inject}");
                continue;
            }
            failed.push(inject);
            assert_eq!((ran.status, bytes.as_slice()), (1, OLD.as_bytes()), "{failed:?}\n{ran}");
            assert!(
                ran.stderr.starts_with("error: cannot write `x.csv`") && ran.stderr.contains(said),
                "{ran}"
            );
        }
    }
    // The file's own sync and its name.
    assert!(failed.len() >= 4, "{failed:?}");
}

/// A library that makes writes fail; `None` where there is no C compiler.
fn library(env: &TestEnv) -> Option<PathBuf> {
    let source = crate::env::repository().join("tests/cli/faults/write_fault.c");
    let made = env.path("fault.so");
    let built =
        env.command("cc").args(["-shared", "-fPIC", "-o"]).arg(&made).arg(&source).arg("-ldl").output();
    let built = built.is_ok_and(|output| output.status.success());
    if !built {
        eprintln!("skipped: there is no C compiler");
    }
    built.then_some(made)
}

#[test]
fn an_export_whose_writes_fail_or_are_short() {
    let place = TestEnv::empty();
    let Some(library) = library(&place) else { return };
    let env = TestEnv::empty();
    let faulty = |fault: &str, args: &[&str]| {
        let mut command = env.command(TONGKET);
        let folder = env.path(".").canonicalize().expect("there");
        command.env("LD_PRELOAD", &library).env("WRITE_FAULT", format!("{fault} {}", folder.display()));
        command.args(args);
        env.finish(command, None)
    };
    for format in ["csv", "json", "ndjson", "markdown", "parquet", "arrow", "svg"] {
        let name = format!("x.{format}");
        let name = name.as_str();
        let sql = if format == "svg" { "SELECT 'a' AS x, 1 AS y" } else { ROWS };
        let name = if format == "markdown" { "x.md" } else { name };
        let whole = {
            assert_eq!(env.run(&["-c", sql, "-o", name]).status, 0);
            std::fs::read(env.path(name)).expect("reads")
        };
        // Short writes are gone on with.
        let ran = faulty("0 1", &["-c", sql, "-o", name, "--force"]);
        assert_eq!(ran.status, 0, "{format}\n{ran}");
        assert!(std::fs::read(env.path(name)).expect("reads") == whole, "{format}");
        for (errno, said) in [(5, "input/output error"), (28, "no space left on device")] {
            for at in [1, 2, 7] {
                env.write(name, OLD);
                let ran = faulty(&format!("{errno} {at}"), &["-c", sql, "-o", name, "--force"]);
                if ran.status == 0 {
                    // There are fewer writes than that.
                    assert!(at > 1 && std::fs::read(env.path(name)).expect("reads") == whole, "{format}");
                    continue;
                }
                assert_eq!((ran.status, env.read(name).as_str()), (1, OLD), "{format} {at}\n{ran}");
                assert!(ran.stderr.contains(said), "{format} {at}\n{ran}");
                holds(&env, &[name], format);
            }
        }
        std::fs::remove_file(env.path(name)).expect("removes");
    }
}

/// A change of a stored table, killed at each of its calls: the rows are the old ones or the new ones,
/// and the next change finds nothing in its way.
#[test]
fn a_change_killed_at_any_call_is_made_or_not() {
    let template = TestEnv::workspace();
    if !has_strace(&template) {
        return;
    }
    let count = |env: &TestEnv| env.csv("SELECT count(*) AS n, count(DISTINCT unit_id) AS u FROM copied");
    let contract = template.read("datasets/datapackage.json").replace("\"units\"", "\"copied\"");
    template.write("datasets/datapackage.json", contract);
    std::fs::rename(template.path("datasets/units.parquet"), template.path("datasets/copied.parquet"))
        .expect("renames");
    std::fs::create_dir_all(template.path("datasets/copied")).expect("makes");
    for part in ["import-0001.parquet", "import-0002.parquet"] {
        std::fs::copy(template.path("datasets/copied.parquet"), template.path("datasets/copied").join(part))
            .expect("copies");
    }
    let old = count(&template);
    let (mut killed, mut made) = (0, 0);
    for (call, at) in CALLS.split(',').flat_map(|call| [1, 2, 3, 5, 8].map(|at| (call, at))) {
        let env = TestEnv::empty();
        for folder in ["datasets", "queries"] {
            let copied = Command::new("cp").arg("-r").arg(template.path(folder)).arg(env.path(".")).status();
            assert!(copied.expect("runs").success());
        }
        let (ran, came) = run(&env, &format!("{call}:signal=KILL:when={at}"), &["compact", "copied"]);
        if !came {
            assert_eq!(ran.status, 0, "{ran}");
            continue;
        }
        killed += 1;
        assert_eq!(count(&env), old, "{call} {at}\n{ran}");
        made += u32::from(env.list("datasets/copied").iter().any(|name| name.starts_with("whole-")));
        let again = env.run(&["compact", "copied"]);
        assert_eq!((again.status, count(&env)), (0, old.clone()), "{call} {at}\n{again}");
        assert!(env.list("datasets").iter().all(|name| !name.starts_with('.')), "{call} {at}");
    }
    assert!(killed >= 8 && made >= 2, "killed {killed} times, {made} of them after the change");
}
