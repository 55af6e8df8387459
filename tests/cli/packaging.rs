//! How what is shipped is built, with tools that only write down what they are asked.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use crate::env::{TestEnv, repository};

/// A program that makes the workspace it is asked for, does nothing else, and counts in a file of its own.
const PROGRAM: &str = r#"#!/bin/sh
for arg; do last=$arg; done
case " $* " in
*" init "*)
    mkdir -p "$last/datasets" "$last/queries/loans"
    touch "$last/datasets/activities.parquet" "$last/queries/figures.sql" "$last/queries/loans/size.sql" ;;
esac
[ -z "$LLVM_PROFILE_FILE" ] || { mkdir -p "${LLVM_PROFILE_FILE%/*}"; echo "$@" >>"${LLVM_PROFILE_FILE%/*}/1.profraw"; }
"#;

/// A compiler that links the program, and keeps the order that it is given.
const CC: &str = r#"#!/bin/sh
echo "$@" >>linked
for arg; do case $arg in *,--symbol-ordering-file=*) cat "${arg#*=}" >order ;; esac; done
cp program tongket-1
"#;

/// The functions of a run are named after its last argument: one is of all, one of the run alone.
const VALGRIND: &str = r#"#!/bin/sh
for arg; do case $arg in --callgrind-out-file=*) calls=${arg#*=} ;; esac; last=$arg; done
printf 'fn=all\nfn=all\n17 3\nfn=of_%s'\''2\n' "$(basename "$last" | tr -cd a-z)" >"$calls"
shift 4
exec "$@"
"#;

/// A folder of stand-ins by name and script, beside what the scripts themselves need.
fn stand_ins(env: &TestEnv, scripts: &[(&str, &str)]) -> String {
    let executable = |name: &str, script: &str| {
        env.write(name, script);
        std::fs::set_permissions(env.path(name), PermissionsExt::from_mode(0o755)).expect("sets");
    };
    executable("program", PROGRAM);
    scripts.iter().for_each(|(name, script)| executable(&format!("bin/{name}"), script));
    // No valgrind and no compiler that the machine may have.
    for name in
        ["bash", "sh", "mktemp", "rm", "dirname", "basename", "realpath", "sed", "sort", "awk", "wc", "cat"]
            .into_iter()
            .chain(["mkdir", "touch", "chmod", "tr", "cp", "find"])
    {
        let found = Command::new("sh").args(["-c", &format!("command -v {name}")]).output().expect("runs");
        let found = String::from_utf8(found.stdout).expect("a path");
        std::os::unix::fs::symlink(found.trim(), env.path(&format!("bin/{name}"))).expect("links");
    }
    env.path("bin").display().to_string()
}

fn link(env: &TestEnv, path: &str, args: &[&str]) -> Output {
    let script = repository().join("packaging/link-in-order");
    Command::new(script).args(args).current_dir(env.path(".")).env("PATH", path).output().expect("runs")
}

#[test]
fn what_is_shipped_is_linked_again_in_the_order_of_what_it_ran() {
    let env = TestEnv::empty();
    let path = stand_ins(&env, &[("cc", CC), ("valgrind", VALGRIND)]);
    let output = link(&env, &path, &["a.o", "-o", "tongket-1", "-Wl,--strip-all"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let linked = env.read("linked");
    let [first, second] = linked.lines().collect::<Vec<_>>()[..] else { panic!("{linked}") };
    assert_eq!(first, "a.o -o tongket-1");
    assert!(second.starts_with("a.o -o tongket-1 -Wl,--strip-all -Wl,--symbol-ordering-file="), "{second}");
    // What all runs call comes once, and with the first of them.
    let order = env.read("order");
    assert!(order.starts_with("all\nof_"), "{order}");
    assert_eq!(order.lines().filter(|line| *line == "all").count(), 1, "{order}");
    assert!(order.contains("\nof_figures\nof_size\n") && order.ends_with("of_activities\n"), "{order}");
}

#[test]
fn other_programs_are_linked_as_ever_and_so_is_ours_where_nobody_can_watch() {
    let env = TestEnv::empty();
    let path = stand_ins(&env, &[("cc", CC)]);
    let output = link(&env, &path, &["b.o", "-o", "deps/build_script_build-1", "-Wl,--strip-all"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let output = link(&env, &path, &["a.o", "-o", "tongket-1", "-Wl,--strip-all"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("there is no valgrind"), "{told}");
    let expected = "b.o -o deps/build_script_build-1 -Wl,--strip-all\na.o -o tongket-1 -Wl,--strip-all\n";
    assert_eq!(env.read("linked"), expected);
}

/// What is asked of rustc and of C, and a program at the end.
const CARGO: &str = r#"#!/bin/sh
echo "$CARGO_ENCODED_RUSTFLAGS | ${CFLAGS-} | $*" >>"$BUILT"
while [ "$1" != --target-dir ]; do shift; done
mkdir -p "$2/here/dist"
cp "${BUILT%/*}/program" "$2/here/dist/tongket"
"#;

const RUSTC: &str = r#"#!/bin/sh
case $1 in
-vV) printf 'rustc 1.95.0\nhost: here\nrelease: 1.95.0\nLLVM version: 99.1.2\n' ;;
*) echo /nowhere ;;
esac
"#;

const PROFDATA: &str = "#!/bin/sh\ncp \"$4\" \"$3\"\n";

fn build(env: &TestEnv, scripts: &[(&str, &str)]) -> Output {
    let path = stand_ins(env, scripts);
    Command::new(repository().join("packaging/build"))
        .env_clear()
        .env("PATH", path)
        .env("BUILT", env.path("built"))
        .env("CARGO_TARGET_DIR", env.path("target"))
        .output()
        .expect("runs")
}

#[test]
fn what_is_shipped_is_built_by_what_it_ran() {
    let env = TestEnv::empty();
    let output = build(&env, &[("cargo", CARGO), ("rustc", RUSTC), ("llvm-profdata-99", PROFDATA)]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let target = env.path("target").display().to_string();
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{target}/shipped/here/dist/tongket\n"));
    let built = env.read("built");
    let [counted, shipped] = built.lines().collect::<Vec<_>>()[..] else { panic!("{built}") };
    assert!(
        counted.starts_with(&format!("-Cprofile-generate={target}/prof |  | rustc --locked")),
        "{counted}"
    );
    let used =
        format!("-Cprofile-use={target}/tongket.profdata | -DMI_SKIP_COLLECT_ON_EXIT=1 | rustc --locked");
    assert!(shipped.starts_with(&used) && shipped.ends_with("/packaging/link-in-order"), "{shipped}");
    // What was run: two years, the saved queries of each, an import at the end.
    let counts = env.read("target/tongket.profdata");
    let runs = |what: &str| counts.lines().filter(|run| run.contains(what)).count();
    assert_eq!((runs("-q init"), runs("-q sample"), runs("run loans/size"), runs(" import ")), (2, 1, 2, 2));
}

#[test]
fn a_build_that_fails_leaves_no_program_of_old_counts() {
    let env = TestEnv::empty();
    let failing = format!("{CARGO}case $CARGO_ENCODED_RUSTFLAGS in *profile-generate*) exit 101 ;; esac\n");
    let output = build(&env, &[("cargo", &failing), ("rustc", RUSTC), ("llvm-profdata-99", PROFDATA)]);
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    assert_eq!(env.read("built").lines().count(), 1);
}

#[test]
fn who_has_nothing_to_read_counts_with_is_told_before_the_first_hour() {
    let env = TestEnv::empty();
    let output = build(&env, &[("cargo", CARGO), ("rustc", RUSTC)]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && told.contains("no llvm-profdata of LLVM 99"), "{told}");
    assert!(!env.path("built").exists());
}
