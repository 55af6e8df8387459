//! Waiting for long statements: the bar, Ctrl-C, a kill.

use std::time::{Duration, Instant};

use crate::env::{TONGKET, TestEnv};
use crate::pty::Terminal;
use rexpect::process::Signal;

const CTRL_C: &str = "\u{3}";
const CTRL_L: &str = "\u{c}";

/// Runs far longer than any test waits.
const ENDLESS: &str =
    "SELECT count(*) AS n FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b;";

fn shell(env: &TestEnv) -> Terminal {
    let terminal = Terminal::start(env, &[], 30, 100);
    terminal.prompt();
    terminal
}

#[test]
fn a_bar_comes_after_a_second_and_goes() {
    let env = TestEnv::empty();
    let mut terminal = shell(&env);
    terminal.line(ENDLESS);
    let screen = terminal.wait("rows read  Ctrl-C stops");
    assert!(screen.contains("00:0"), "{screen}");
    let screen = terminal.press(CTRL_C);
    assert!(!screen.contains("Ctrl-C stops") && screen.contains("cancelled"), "{screen}");
    // Of a stored table it is known how much there is to read.
    let sample = env.run(&["sample", "--scale", "1", "-o", "w/datasets"]);
    assert_eq!(sample.status, 0, "{sample}");
    terminal.enter("\\c w");
    terminal.line("SELECT count(*) AS n FROM outputs a, outputs b, outputs c WHERE a.output_id || b.output_id || c.output_id LIKE '%no';");
    let screen = terminal.wait("% of ");
    assert!(screen.contains("rows read  Ctrl-C stops"), "{screen}");
    assert!(!terminal.press(CTRL_C).contains("Ctrl-C stops"));
    // On a narrow terminal there is less of it, and it goes all the same.
    let mut terminal = Terminal::start(&env, &[], 30, 40);
    terminal.prompt();
    terminal.line(ENDLESS);
    let screen = terminal.wait(" rows read");
    assert!(!screen.contains("Ctrl-C stops"), "{screen}");
    assert!(!terminal.press(CTRL_C).contains(" rows read\n"));
    // A quick one shows none, and where nothing is said there is none.
    let mut terminal = Terminal::start(&env, &["-q", "-c", ENDLESS], 30, 100);
    std::thread::sleep(Duration::from_millis(1800));
    assert_eq!(terminal.screen(), "");
    terminal.keys(CTRL_C);
    assert_eq!(terminal.end(), 130);
}

/// The time that a process has computed, in hundredths of a second, where the system tells.
fn ticks(process: &str) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The fields after the name, which stands in brackets: user and system time are the 12th and 13th.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

/// Whatever the statement does, the prompt is back at once: the time is that of a debug build on a
/// loaded machine. Further ones change nothing.
#[test]
fn ctrl_c_brings_the_prompt_back() {
    let env = TestEnv::empty();
    let mut terminal = shell(&env);
    let screen = terminal.enter("\\! echo process $PPID.");
    let process =
        screen.split_once("\nprocess ").and_then(|(_, rest)| rest.split_once('.')).expect("a number").0;
    let process = process.to_owned();
    for sql in [
        ENDLESS,
        "SELECT value, random() AS r FROM generate_series(1, 3000000000) ORDER BY r;",
        "SELECT count(DISTINCT value % 100000007) FROM generate_series(1, 3000000000);",
        // No pair fits, so that the join gives no row and pauses nowhere.
        "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b WHERE a.value + b.value = 3.5;",
        "SELECT count(*) FROM generate_series(1, 300000) a JOIN generate_series(1, 300000) b ON a.value % 2 = b.value % 2 AND a.value + b.value < 0;",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r;",
    ] {
        terminal.line(sql);
        terminal.wait("Ctrl-C stops");
        let begun = Instant::now();
        assert!(terminal.press(CTRL_C).contains("cancelled"), "{sql}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{sql}: {:?}", begun.elapsed());
        terminal.press(CTRL_C);
        terminal.press(CTRL_C);
        assert!(terminal.enter("SELECT 41 + 1 AS n;").contains(" 42\n"));
        assert!(terminal.enter("\\dv").contains("0 rows"));
        // The work stops, and not only the wait for it.
        let begun = Instant::now();
        while let Some(before) = ticks(&process) {
            std::thread::sleep(Duration::from_millis(700));
            let used = ticks(&process).expect("still there") - before;
            if used < 20 {
                break;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{sql}: {used} hundredths of a second in 0.7 s"
            );
        }
        terminal.keys(CTRL_L);
    }
    terminal.line("\\q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn an_interrupt_from_outside_is_a_ctrl_c() {
    let env = TestEnv::empty();
    let mut terminal = shell(&env);
    terminal.line(ENDLESS);
    terminal.wait("Ctrl-C stops");
    terminal.signal(Signal::SIGINT);
    terminal.wait("cancelled");
    terminal.prompt();
    terminal.signal(Signal::SIGINT);
    // At the prompt it shows nothing; it is not to come after the next line.
    std::thread::sleep(Duration::from_millis(500));
    assert!(terminal.enter("SELECT 41 + 1 AS n;").contains(" 42\n"));
}

/// At its prompt or at work, a kill ends the shell and leaves the terminal as it was.
#[test]
fn a_kill_leaves_the_terminal_as_it_was() {
    let env = TestEnv::empty();
    for typed in ["SELECT half a line", &format!("{ENDLESS}\r")] {
        let mut command = env.command("sh");
        // The shell around it tells what the program left behind.
        let script = "stty rows 60 cols 100; \"$0\"; echo \"exit $?\"; stty -a; sleep 60";
        command.args(["-c", script, TONGKET]);
        let mut terminal = Terminal::spawn(command, 60, 100);
        terminal.prompt();
        terminal.enter("\\! (sleep 2; kill -TERM $PPID) >/dev/null &");
        terminal.keys(typed);
        let screen = terminal.wait("-echonl");
        assert!(screen.contains("\nerror: interrupted\nexit 130\n"), "{screen}");
        for mode in [" icanon ", " isig ", " icrnl "] {
            assert!(screen.replace('\n', " ").contains(mode), "{mode}\n{screen}");
        }
        assert!(!screen.contains("-icanon"), "{screen}");
    }
}

/// A pager or an editor does not keep the shell from leaving.
#[test]
fn a_kill_ends_what_the_shell_waits_for() {
    let env = TestEnv::empty();
    for (line, waits) in [
        ("SELECT value FROM generate_series(1, 60);", "TONGKET_PAGER='cat >paged; sleep 50'"),
        // More than a pipe holds, for a pager that reads none of it.
        ("SELECT repeat('x', 90) AS t FROM generate_series(1, 100000);", "TONGKET_PAGER='sleep 50'"),
        ("\\e", "VISUAL='sleep 50;'"),
        ("\\! sleep 50", "A=b"),
    ] {
        let mut command = env.command("sh");
        let script = format!(
            "stty rows 30 cols 100; export {waits}; \"$0\" -q --maxrows 0; echo \"exit $?\"; sleep 60"
        );
        command.args(["-c", &script, TONGKET]);
        let mut terminal = Terminal::spawn(command, 30, 100);
        terminal.prompt();
        terminal.enter("\\! (sleep 2; kill -TERM $PPID) >/dev/null &");
        terminal.line(line);
        let begun = Instant::now();
        terminal.wait("exit 130");
        assert!(begun.elapsed() < Duration::from_secs(20), "{line}: {:?}", begun.elapsed());
    }
}
