//! How the program behaves in odd surroundings: no network, no home, a closed output, a bug of its own.

use std::process::Stdio;

use crate::env::{TONGKET, TestEnv};
use crate::pty::Terminal;

/// Whether strace is there; CI has it.
pub(super) fn has_strace(env: &TestEnv) -> bool {
    let there = env.command("strace").arg("-V").output().is_ok_and(|output| output.status.success());
    if !there {
        assert!(std::env::var_os("CI").is_none(), "CI has strace: see .ci/run");
        eprintln!("skipped: strace is not installed");
    }
    there
}

/// Nothing speaks to the network, whatever is asked.
#[test]
fn no_socket_is_opened() {
    let env = TestEnv::workspace();
    if !has_strace(&env) {
        return;
    }
    for args in [
        &["-c", "SELECT count(*) FROM units"][..],
        &["-c", "SELECT * FROM 'http://127.0.0.1:9/x.parquet'"],
        &["run", "loans/by-channel", "-o", "x.xlsx"],
        &["check"],
        &["report", "-o", "x.html"],
        &["--help"],
    ] {
        let mut strace = env.command("strace");
        strace.args(["-f", "-qq", "-e", "trace=socket,connect", "-o", "trace.txt", TONGKET]).args(args);
        strace.output().expect("runs");
        let trace = env.read("trace.txt");
        // What the runtime wakes itself with is a pair of sockets without a name, and no connection.
        let speaks = trace.lines().filter(|line| line.contains("AF_INET") || line.contains("connect("));
        assert_eq!(speaks.collect::<Vec<_>>(), Vec::<&str>::new(), "{args:?}");
    }
}

/// Help and version to nobody, in a locale of C, without a home, are quiet ends.
#[test]
fn odd_surroundings_are_no_crash() {
    let env = TestEnv::workspace();
    for args in [
        &["--help"][..],
        &["--version"],
        &["man"],
        &["completions", "bash"],
        &["run", "--help"],
        &["-c", "SELECT 1"],
    ] {
        // A reader that has left before the first byte.
        let mut command = env.command("sh");
        command.args(["-c", "\"$0\" \"$@\" | true; exit ${PIPESTATUS:-0}", TONGKET]).args(args);
        let ran = env.finish(command, None);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{args:?}\n{ran}");
        // No output at all: the stream itself is closed.
        let mut command = env.command("sh");
        command.args(["-c", "exec \"$0\" \"$@\" >&-", TONGKET]).args(args);
        let ran = env.finish(command, None);
        assert!(!ran.stderr.contains("panicked") && !ran.stderr.contains("bug"), "{args:?}\n{ran}");
        assert!(matches!(ran.status, 0 | 1), "{args:?}\n{ran}");
    }
    let mut bare = env.command(TONGKET);
    bare.env_clear().env("LC_ALL", "C").args(["-c", "SELECT 'Đoàn' AS a"]);
    let ran = env.finish(bare, None);
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, "a\nĐoàn\n", ""), "{ran}");
    for home in ["", "/none", "relative"] {
        let mut command = env.command(TONGKET);
        command.env("HOME", home).args(["-c", "SELECT 1 AS a"]);
        let ran = env.finish(command, None);
        assert_eq!(
            (ran.status, ran.stdout.as_str(), ran.stderr.as_str()),
            (0, "a\n1\n", ""),
            "{home}\n{ran}"
        );
    }
    // All three streams closed.
    let mut command = env.command("sh");
    command.args(["-c", "exec \"$0\" -c 'SELECT 1' <&- >&- 2>&-", TONGKET]).stdin(Stdio::null());
    assert!(matches!(env.finish(command, None).status, 0 | 1));
}

/// A clock that jumps makes files old or young: their rows are what counts, and a file that was replaced
/// is seen in the same session.
#[test]
fn times_of_files_mean_nothing() {
    let env = TestEnv::workspace();
    for date in ["1970-01-01", "2100-01-01", "2022-12-31"] {
        let touched = env.command("touch").args(["-d", date, "datasets/units.parquet"]).status();
        assert!(touched.expect("runs").success());
        assert_eq!(env.csv("SELECT count(*) AS n FROM units"), "n\n13\n", "{date}");
    }
    // The same size and the same time, and other bytes.
    env.write("a.csv", "n\n1\n");
    env.write("b.csv", "n\n2\n");
    let script =
        "SELECT n FROM 'a.csv';\n\\! cp b.csv a.csv && touch -d 2022-12-31 a.csv\nSELECT n FROM 'a.csv';\n";
    let touched = env.command("touch").args(["-d", "2022-12-31", "a.csv"]).status();
    assert!(touched.expect("runs").success());
    let ran = env.run_with_input(&["--csv"], script);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "n\n1\nn\n2\n"), "{ran}");
}

/// What cannot happen is told as what it is, with what to send, and its own exit code. The variable is
/// there in debug builds alone.
#[test]
fn a_bug_is_told_as_one() {
    let env = TestEnv::empty();
    let mut command = env.command(TONGKET);
    command.env("TONGKET_TEST_PANIC", "1").args(["-c", "\\echo x"]);
    let ran = env.finish(command, None);
    let mut lines = ran.stderr.lines();
    assert_eq!((ran.status, ran.stdout.as_str()), (70, ""), "{ran}");
    let first = lines.next().unwrap_or_default();
    assert!(
        first.starts_with("error: this is a bug in tongket ") && first.contains("src/meta/mod.rs"),
        "{ran}"
    );
    assert!(lines.next().is_some_and(|hint| hint.starts_with("hint: please report it")), "{ran}");
    assert_eq!(lines.next(), None, "{ran}");
}

/// The terminal is as it was before: what is typed shows, and lines end as they should.
#[test]
fn a_bug_leaves_the_terminal_sane() {
    let env = TestEnv::empty();
    let mut command = env.command("sh");
    let script = "stty rows 24 cols 100; before=$(stty -g); \"$0\"; echo code=$?; \
                  [ \"$before\" = \"$(stty -g)\" ] && echo sane || echo changed; read -r _";
    command.args(["-c", script, TONGKET]).env("TONGKET_TEST_PANIC", "1");
    let mut terminal = Terminal::spawn(command, 24, 100);
    terminal.wait_until("a prompt", |screen| screen.ends_with("tongket>"));
    terminal.line("\\echo x");
    let screen = terminal.wait_until("the end", |screen| screen.contains("code="));
    assert!(screen.contains("this is a bug in tongket") && screen.contains("code=70"), "{screen}");
    terminal.wait_until("sane modes", |screen| screen.contains("\nsane"));
    terminal.line("");
}
