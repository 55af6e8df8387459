//! The shell on a real pseudo-terminal: keys typed, screens read back.

use std::time::{Duration, Instant};

use crate::env::{TONGKET, TestEnv};
use crate::pty::Terminal;

const CTRL_C: &str = "\u{3}";
const CTRL_D: &str = "\u{4}";
const CTRL_R: &str = "\u{12}";
const UP: &str = "\u{1b}[A";

fn shell(env: &TestEnv, args: &[&str]) -> Terminal {
    let terminal = Terminal::start(env, args, 40, 100);
    terminal.prompt();
    terminal
}

#[test]
fn it_greets_and_leaves() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &[]);
    let screen = terminal.screen();
    assert!(screen.contains("10 tables, 37 saved queries (synthetic rows)"), "{screen}");
    terminal.keys(CTRL_D);
    assert_eq!(terminal.end(), 0);
    for leave in ["\\q", "exit", "quit;"] {
        let mut terminal = shell(&env, &["-q"]);
        assert_eq!(terminal.screen(), "tongket>");
        terminal.line(leave);
        assert_eq!(terminal.end(), 0, "{leave}");
    }
}

#[test]
fn a_statement_runs_when_it_is_complete() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &["-q"]);
    terminal.begin("SELECT kind, count(*) AS n");
    terminal.begin("FROM units -- not yet ;");
    let screen = terminal.enter("GROUP BY kind ORDER BY kind;");
    insta::assert_snapshot!(screen, @"
    tongket> SELECT kind, count(*) AS n
          -> FROM units -- not yet ;
          -> GROUP BY kind ORDER BY kind;
     kind        n
     ──────────  ─
     affiliated  4
     city        2
     district    6
     provincial  1
    tongket>
    ");
}

/// A command acts in the middle of a statement too, and Ctrl-C gives the statement up.
#[test]
fn nobody_is_caught_in_an_open_statement() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &["-q"]);
    terminal.begin("SELECT 1");
    assert!(terminal.press(CTRL_C).ends_with("->\ntongket>"));
    terminal.begin("SELECT 40");
    terminal.line("\\timing");
    terminal.wait_until("a prompt for more", |screen| screen.ends_with("\\timing\n      ->"));
    assert!(terminal.enter("+ 2 AS n;").contains("\n 42\n"));
    terminal.begin("SELECT 1");
    terminal.line("\\q");
    assert_eq!(terminal.end(), 0);
}

/// A polite kill ends the shell at its prompt, and what `\o` had open goes with it.
#[cfg(unix)]
#[test]
fn a_kill_ends_the_shell() {
    let env = TestEnv::empty();
    let mut terminal = shell(&env, &["-q"]);
    terminal.enter("\\o x.csv");
    terminal.enter("SELECT 1 AS n;");
    terminal.signal(rexpect::process::Signal::SIGTERM);
    assert_eq!(terminal.end(), 130);
    assert_eq!(env.list("."), [".local"]);
}

/// What is typed or pasted while a statement runs is read after it.
#[test]
fn lines_typed_ahead_are_not_lost() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &["-q"]);
    terminal.keys("SELECT 1 AS first;\rSELECT 2 AS second;\r\\run figures/f08\r");
    terminal.wait("second");
    terminal.wait("853");
}

#[test]
fn vietnamese_can_be_typed_in_either_form() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &["-q"]);
    for (i, name) in
        ["Huyện đoàn Yên Khánh", "Huye\u{323}\u{302}n đoa\u{300}n Yên Kha\u{301}nh"].iter().enumerate()
    {
        let screen = terminal.enter(&format!("SELECT unit_id FROM units WHERE name_vi = '{name}';"));
        assert_eq!(screen.matches("\n yen_khanh").count(), i + 1, "{screen}");
    }
}

#[test]
fn commands_answer() {
    let env = TestEnv::workspace();
    env.write("x.sql", "SELECT 41 + 1 AS n;");
    let mut terminal = shell(&env, &["-q"]);
    for (line, expected) in [
        ("\\d", "loan_balances"),
        ("\\d units", "valid_from"),
        ("\\dq", "units/share"),
        ("\\dq figures/f08", "count(DISTINCT"),
        ("\\run figures/f08", "853"),
        ("\\run units/league measure=awards year=2022", "place"),
        ("\\i x.sql", "42"),
        ("\\run loans/by-chanel", "did you mean `loans/by-channel`?"),
        ("\\rnu", "did you mean `\\run`?"),
        ("\\run", "`\\run` is used as"),
        ("\\i none.sql", "cannot read `none.sql`"),
        ("\\?", "this list"),
        ("SELECT nothing;", "there is no column `nothing`"),
    ] {
        let screen = terminal.enter(line);
        assert!(screen.contains(expected), "{line}:\n{screen}");
    }
}

#[test]
fn time_is_told_on_request() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &[]);
    terminal.enter("\\timing");
    let screen = terminal.enter("SELECT 1 AS n;");
    assert!(
        screen.contains("timing is on")
            && screen.contains("1 row (planning ")
            && screen.contains(" ms, execution "),
        "{screen}"
    );
    assert!(terminal.enter("\\timing off").contains("timing is off"));
}

#[test]
fn results_go_to_a_file_that_appears_whole() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &["-q"]);
    terminal.enter("\\o out.csv");
    terminal.enter("SELECT kind, 1 AS n FROM units WHERE unit_id = 'yen_mo';");
    assert!(terminal.enter("SELECT 2 AS two;").contains("holds one CSV result"));
    assert!(!env.path("out.csv").exists());
    terminal.enter("\\o");
    assert_eq!(env.read("out.csv"), "kind,n\ndistrict,1\n");
    assert!(terminal.enter("SELECT 'here' || 'again' AS t;").contains("hereagain"));
    assert!(terminal.enter("\\o out.csv").contains("exists already"));
    terminal.enter("\\o two.txt");
    terminal.enter("SELECT 1 AS a;");
    terminal.enter("SELECT 2 AS b;");
    terminal.keys(CTRL_D);
    assert_eq!(terminal.end(), 0);
    assert_eq!(env.read("two.txt"), " a\n ─\n 1\n\n b\n ─\n 2\n");
}

/// A statement that fails half-way leaves no half result, and the next one is seen.
#[test]
fn half_a_result_is_no_file() {
    let env = TestEnv::empty();
    let mut terminal = shell(&env, &[]);
    terminal.enter("\\o part.csv");
    let screen = terminal.enter("SELECT 1 / (value - 20000) AS n FROM generate_series(1, 30000);");
    assert!(screen.contains("divide by zero") && screen.contains("is given up"), "{screen}");
    assert!(terminal.enter("SELECT 41 + 1 AS n;").contains("\n 42\n"));
    terminal.enter("\\o empty.parquet");
    assert!(terminal.enter("\\o").contains("no statement gave a result"));
    terminal.enter("\\o stopped.csv");
    terminal.line("SELECT value FROM generate_series(1, 300000000);");
    terminal.wait_until("a bar", |screen| screen.ends_with("Ctrl-C stops"));
    let begun = Instant::now();
    assert!(terminal.press(CTRL_C).contains("is given up"));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    terminal.keys(CTRL_D);
    assert_eq!(terminal.end(), 0);
    assert_eq!(env.list("."), [".local"]);
}

/// A format that is no text was meant for the file: without it the shell goes on in tables.
#[test]
fn a_file_of_parquet_given_up_does_not_end_the_shell() {
    let env = TestEnv::empty();
    let mut terminal = shell(&env, &["-q", "--format", "parquet", "-o", "x.bin"]);
    terminal.enter("SELECT 1 / (value - 20000) AS n FROM generate_series(1, 30000);");
    assert!(terminal.enter("SELECT 41 + 1 AS n;").contains("\n 42\n"));
    terminal.keys(CTRL_D);
    assert_eq!(terminal.end(), 0);
    assert_eq!(env.list("."), [".local"]);
}

#[test]
fn a_long_result_shows_its_ends() {
    let env = TestEnv::empty();
    let mut terminal = Terminal::start(&env, &[], 60, 80);
    terminal.prompt();
    let screen = terminal.enter("SELECT value AS n FROM generate_series(1, 1752) ORDER BY 1;");
    assert!(screen.contains("1,752 rows, 40 shown ("), "{screen}");
    assert!(screen.contains("   20\n ⋮ 1,712 rows not shown\n 1733\n"), "{screen}");
}

#[test]
fn a_table_is_fitted_to_the_screen() {
    let env = TestEnv::workspace();
    for columns in [60, 80, 260] {
        let mut terminal = Terminal::start(&env, &["-q"], 50, columns);
        terminal.prompt();
        let screen = terminal.enter("SELECT * FROM plan_tasks ORDER BY task_id;");
        let rows = screen.lines().filter(|line| line.contains("K2023-")).count();
        assert_eq!(rows, 12, "{columns}:\n{screen}");
        assert_eq!(screen.contains('…'), columns < 260, "{columns}:\n{screen}");
    }
}

#[test]
fn tab_completes_names() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &["-q"]);
    terminal.keys("SELECT count(*) AS n FROM plan_t\t");
    terminal.wait("FROM plan_tasks");
    assert!(terminal.enter(";").contains("\n 12\n"));
    terminal.keys("\\run loans/by-c\t");
    terminal.wait("\\run loans/by-channel");
    assert!(terminal.enter("").contains("resolution_43"));
    terminal.keys("SELECT outputs.benefit_b\t");
    terminal.wait("outputs.benefit_basis");
}

#[test]
fn history_is_private_and_comes_back() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &["-q"]);
    terminal.enter("SELECT 4711 AS remembered;");
    terminal.line("\\q");
    terminal.end();
    assert!(env.read(".local/state/tongket/history").contains("4711 AS remembered"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = env.path(".local/state/tongket/history").metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let mut terminal = shell(&env, &["-q"]);
    // Past the \q.
    terminal.keys(&UP.repeat(2));
    terminal.wait("SELECT 4711 AS remembered;");
    terminal.press(CTRL_C);
    terminal.keys(&format!("{CTRL_R}remem"));
    terminal.wait("search");
    terminal.wait("4711 AS remembered;");
}

/// Ctrl-C stops the statement and keeps the shell; a second one changes nothing. The time is that of
/// a debug build on a loaded machine.
#[test]
fn an_interrupt_stops_the_statement_and_keeps_the_shell() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &[]);
    for _ in 0..2 {
        terminal
            .line("SELECT count(*) AS n FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b;");
        terminal.wait("Ctrl-C stops");
        let begun = Instant::now();
        let screen = terminal.press(CTRL_C);
        assert!(screen.contains("cancelled"), "{screen}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        terminal.press(CTRL_C);
        // The stopped statement gives its thread back: two such would otherwise hold both of a laptop's.
        let begun = Instant::now();
        assert!(terminal.enter("SELECT 20 + 1 AS n;").contains(" 21\n"));
        assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    }
    terminal.keys("half a line");
    terminal.press(CTRL_C);
    terminal.line("\\q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let env = TestEnv::workspace();
    let screen = |args: &[&str], variable: Option<(&str, &str)>| {
        let mut command = env.command("sh");
        command.args(["-c", "stty rows 40 cols 100; exec \"$0\" \"$@\"", TONGKET]).args(args);
        command.args(["-q", "-c", "SELECT NULL AS nothing"]);
        command.envs(variable);
        let mut terminal = Terminal::spawn(command, 40, 100);
        terminal.wait("∅");
        terminal.end();
        terminal.formatted()
    };
    let coloured = |formatted: &str| formatted.contains("\u{1b}[1m") || formatted.contains("\u{1b}[2m");
    assert!(coloured(&screen(&[], None)));
    assert!(!coloured(&screen(&[], Some(("NO_COLOR", "1")))));
    assert!(!coloured(&screen(&[], Some(("TERM", "dumb")))));
    assert!(!coloured(&screen(&["--color", "never"], None)));
    assert!(coloured(&screen(&["--color", "always"], Some(("NO_COLOR", "1")))));
}

#[test]
fn a_terminal_that_can_nothing_still_has_a_shell() {
    let env = TestEnv::workspace();
    let mut command = env.command("sh");
    command.args(["-c", "stty rows 40 cols 100; exec \"$0\" -q", TONGKET]).env("TERM", "dumb");
    let mut terminal = Terminal::spawn(command, 40, 100);
    terminal.wait("tongket>");
    terminal.line("SELECT 6 * 7 AS n;");
    terminal.wait(" 42");
    terminal.line("\\q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn a_home_that_cannot_be_written_costs_only_the_history() {
    let env = TestEnv::workspace();
    env.write(".local", "a file where the folder should be");
    let mut terminal = Terminal::start(&env, &[], 40, 100);
    terminal.wait("warning: no history");
    terminal.prompt();
    assert!(terminal.enter("SELECT 6 * 7 AS n;").contains(" 42"));
}
