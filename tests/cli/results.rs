//! Results on a terminal: the pager, rows that are too wide, the last result again, the footer.

use std::time::Duration;

use crate::env::{TONGKET, TestEnv};
use crate::pty::Terminal;

fn shell(env: &TestEnv, rows: u16, columns: u16, args: &[&str], variables: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::start_in(env, variables, args, rows, columns);
    terminal.prompt();
    terminal
}

/// A pager that keeps what it is given.
const KEEPER: &str = "cat > paged.txt";

#[test]
fn what_is_taller_than_the_screen_is_paged() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, 20, 100, &["-q"], &[("TONGKET_PAGER", KEEPER)]);
    terminal.enter("SELECT unit_id FROM units ORDER BY unit_id;");
    assert!(!env.path("paged.txt").exists());
    assert!(terminal.screen().contains("yen_mo"));
    let screen = terminal.enter("SELECT value FROM generate_series(1, 30);");
    assert!(screen.ends_with("generate_series(1, 30);\ntongket>"), "{screen}");
    assert_eq!(env.read("paged.txt").lines().count(), 32);
    // Also what the shell itself has to tell.
    terminal.enter("\\?");
    assert!(env.read("paged.txt").contains("\\crosstabview"));
    terminal.enter("\\dq figures/f08");
    assert!(env.read("paged.txt").contains("count(DISTINCT"));
    // Data is never paged.
    env.write("paged.txt", "");
    assert!(terminal.enter("SELECT value FROM generate_series(1, 30) \\g 30.csv").ends_with("tongket>"));
    terminal.enter("\\pset format csv");
    assert!(terminal.enter("SELECT value FROM generate_series(1, 30);").contains("\n30\n"));
    terminal.enter("\\pset format table");
    terminal.enter("\\pset pager off");
    assert!(terminal.enter("SELECT value FROM generate_series(1, 30);").contains("\n    30\n"));
    assert_eq!(env.read("paged.txt"), "");
}

#[test]
fn what_is_wider_than_the_screen_is_paged_where_it_may_not_expand() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, 40, 60, &["-q"], &[("TONGKET_PAGER", KEEPER)]);
    terminal.enter("\\x off");
    terminal
        .enter("SELECT 123456789012345678 AS a, 123456789012345678 AS b, 123456789012345678 AS c, 12 AS d;");
    assert!(env.read("paged.txt").lines().any(|line| line.chars().count() > 60));
}

#[test]
fn a_pager_may_be_left_or_missing() {
    let env = TestEnv::workspace();
    let mut terminal =
        shell(&env, 20, 100, &["--maxrows", "0"], &[("TONGKET_PAGER", "head -n 3; sleep 0.2")]);
    let screen = terminal.enter("SELECT value FROM generate_series(1, 3000000);");
    assert!(screen.contains("\n     1\nat least ") && screen.contains(" rows ("), "{screen}");
    assert!(terminal.enter("\\last json").contains("its pager was left"));
    // A pager that is not there, is no program or fails is none, and every row is seen.
    for pager in ["no-such-pager", "/etc/passwd", "false", "sh -c 'exit 3'"] {
        let mut terminal = shell(&env, 20, 100, &["--maxrows", "0"], &[("TONGKET_PAGER", pager)]);
        let screen = terminal.enter("SELECT value FROM generate_series(1, 20000);");
        assert!(screen.contains("\n 19999\n 20000\n20,000 rows ("), "{pager}\n{screen}");
    }
    // One that fails after more than is kept is told of.
    let failing = "head -c 2000000 >/dev/null; exit 3";
    let mut terminal = shell(&env, 20, 100, &["--maxrows", "0"], &[("TONGKET_PAGER", failing)]);
    let screen = terminal.enter("SELECT repeat('x', 90) AS t FROM generate_series(1, 40000);");
    assert!(screen.contains("at least ") || screen.contains("the pager failed"), "{screen}");
    // The time that somebody reads is not the statement's.
    let mut terminal =
        shell(&env, 20, 100, &["--maxrows", "0"], &[("TONGKET_PAGER", "sleep 3; cat > paged.txt")]);
    let screen = terminal.enter("SELECT value FROM generate_series(1, 30);");
    assert!(screen.contains("\n30 rows (") && screen.contains(" ms"), "{screen}");
}

/// `less`, as most have it: it is left with q, and a Ctrl-C within it is its own.
/// Goes to the end of what a pager shows, which forgets keys that come while it hears of a Ctrl-C.
fn to_the_end(terminal: &mut Terminal, last: &str) {
    for _ in 0..10 {
        std::thread::sleep(Duration::from_millis(500));
        if terminal.screen().contains(last) {
            return;
        }
        terminal.keys("G");
    }
    terminal.wait(last);
}

#[test]
fn less_shows_a_long_result() {
    let env = TestEnv::workspace();
    if env.command("less").arg("--version").output().is_err() {
        eprintln!("skipped: there is no `less`");
        return;
    }
    let mut command = env.command("sh");
    command.args(["-c", "stty rows 20 cols 80; exec \"$0\"", TONGKET]).env_remove("TONGKET_PAGER");
    let mut terminal = Terminal::spawn(command, 20, 80);
    terminal.prompt();
    terminal.line("SELECT 'dòng ' || value AS t FROM generate_series(1, 40);");
    terminal.wait("dòng 17");
    assert!(!terminal.screen().contains("dòng 40"));
    terminal.keys("\u{3}");
    to_the_end(&mut terminal, "dòng 40");
    // Rows that come while it is read are not cut by its Ctrl-C.
    terminal.press("q");
    terminal.enter("\\maxrows 0");
    terminal.line("SELECT value FROM generate_series(1, 100000);");
    terminal.wait("    17\n:");
    terminal.keys("\u{3}");
    to_the_end(&mut terminal, "100000");
    let screen = terminal.press("q");
    assert!(screen.contains("100,000 rows ("), "{screen}");
    assert!(terminal.enter("SELECT 41 + 1 AS n;").contains(" 42\n"));
}

#[test]
fn a_row_that_is_too_wide_is_shown_as_a_record() {
    let env = TestEnv::workspace();
    let sql = "SELECT * FROM activities ORDER BY activity_id LIMIT 2;";
    for (columns, expanded) in [(24, true), (40, true), (80, true), (100, true), (200, false)] {
        let mut terminal = shell(&env, 50, columns, &["-q"], &[]);
        let screen = terminal.enter(sql);
        assert_eq!(screen.contains("── 2 ──"), expanded, "{columns}\n{screen}");
        assert!(screen.lines().skip(1).all(|line| line.chars().count() <= usize::from(columns)), "{screen}");
        let shown = screen.matches("A2022-00000").count();
        assert_eq!(shown, if columns == 24 { 1 } else { 2 }, "{columns}\n{screen}");
    }
    let mut terminal = shell(&env, 50, 80, &["-q"], &[]);
    assert!(terminal.enter("\\x").ends_with("tongket>"));
    let screen = terminal.enter("SELECT kind, valid_to FROM units WHERE unit_id = 'yen_mo';");
    assert!(screen.contains("── 1 ──") && screen.contains("     kind  district\n valid_to  ∅\n"), "{screen}");
    terminal.enter("\\x off");
    // It may not be a record now, so its texts are cut.
    let screen = terminal.enter(sql);
    assert!(screen.matches("── 1 ──").count() == 1 && screen.contains("mov…"), "{screen}");
    terminal.enter("\\x auto");
    assert!(terminal.enter("SELECT 'một' AS t, 1 AS n \\gx").contains("── 1 ──"));
    assert!(terminal.enter("SELECT 'hai' AS t, 2 AS n;").contains(" t    n\n ───  ─\n hai  2\n"));
}

/// The screen that counts is the one of the moment.
#[test]
fn a_resize_is_seen_by_the_next_result() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, 40, 200, &["-q"], &[]);
    let sql = "SELECT * FROM activities ORDER BY activity_id LIMIT 1;";
    assert!(!terminal.enter(sql).contains("── 1 ──"));
    terminal.resize(40, 60);
    std::thread::sleep(Duration::from_millis(200));
    assert!(terminal.enter(sql).contains("── 1 ──"));
}

#[test]
fn nested_values_and_moments_read_well() {
    let env = TestEnv::empty();
    let mut terminal = shell(&env, 40, 100, &["-q"], &[]);
    let screen = terminal.enter(
        "SELECT [1, NULL] AS list, {'tên': 'Đoàn', 'n': 1} AS struct, INTERVAL '1 day 2 hours' AS i, TIMESTAMP '2022-01-02 03:04:05.5' AS ts, 1.50 AS d \\gx",
    );
    insta::assert_snapshot!(screen.split_once("\\gx\n").expect("a result").1, @"
     ── 1 ────────────────────────
       list  [1, null]
     struct  {tên: Đoàn, n: 1}
          i  1 days 2 hours
         ts  2022-01-02 03:04:05.500
          d  1.50
    tongket>
    ");
}

#[test]
fn the_last_result_is_kept() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, 40, 100, &[], &[]);
    assert!(terminal.enter("\\last").contains("there is no last result"));
    terminal.enter("SELECT kind, count(*) AS n FROM units GROUP BY kind ORDER BY n;");
    let screen = terminal.enter("\\last json");
    assert!(
        screen.contains("[{\"kind\":\"provincial\",\"n\":1}") && screen.contains("\n4 rows\n"),
        "{screen}"
    );
    assert!(terminal.enter(".last markdown").contains("| provincial | 1 |"));
    assert!(terminal.enter("\\chart").contains("provincial │"));
    assert!(terminal.enter("\\last jsn").contains("did you mean `json`?"));
    // What is told of tables leaves it alone.
    terminal.enter("\\d");
    assert!(terminal.enter("\\last csv").contains("provincial,1"));
    // A large one is not kept, and that is said.
    terminal.enter("SELECT repeat('x', 1000) AS t FROM generate_series(1, 100000);");
    assert!(terminal.enter("\\last csv").contains("larger than 64 MB"));
}

#[test]
fn the_footer_says_rows_time_and_reading() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, 60, 100, &[], &[]);
    let footer = |screen: &str| screen.lines().rev().nth(1).expect("a footer").to_owned();
    let line = footer(&terminal.enter("SELECT kind FROM units ORDER BY kind;"));
    assert!(line.starts_with("13 rows (") && line.ends_with("s, 13 rows read)"), "{line}");
    let line = footer(&terminal.enter("CREATE VIEW v AS SELECT 1 AS n;"));
    assert!(line.starts_with("done ("), "{line}");
    let line = footer(&terminal.enter("SELECT activity_id FROM activities ORDER BY 1;"));
    assert!(line.starts_with("2,000 rows, 40 shown ("), "{line}");
    terminal.enter("\\timing");
    let line = footer(&terminal.enter("SELECT 1 AS n;"));
    assert!(line.starts_with("1 row (planning ") && line.contains(" ms, execution "), "{line}");
    terminal.enter("\\t");
    assert!(terminal.enter("SELECT 7 AS n;").ends_with("AS n;\n 7\ntongket>"));
}

#[test]
fn watch_repeats_until_it_is_stopped() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, 60, 100, &["-q"], &[]);
    assert_eq!(terminal.enter("SELECT 1 AS n \\watch 0.1 c=3").matches("\n 1\n").count(), 3);
    terminal.line("\\watch 0.1");
    terminal.wait_until("two more", |screen| screen.matches("\n 1\n").count() >= 5);
    terminal.press("\u{3}");
    assert!(terminal.enter("SELECT 41 + 1 AS n;").contains("\n 42\n"));
    assert!(terminal.enter("\\watch soon").contains("is used as `\\watch [SECONDS] [c=TIMES]`"));
}

#[test]
fn hints_come_where_the_cause_is_known() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, 60, 150, &[], &[]);
    for (sql, hint) in [
        (
            "SELECT unit_id FROM units WHERE valid_to = NULL;",
            "hint: `valid_to = NULL` is never true: write `valid_to IS NULL`",
        ),
        (
            "SELECT count(*) / 2 AS half FROM units;",
            "/ 2` divides whole numbers and drops the rest: write `1.0 * ",
        ),
        (
            "SELECT sum(b.outstanding_vnd) + sum(f.flow_vnd) AS n FROM loan_balances b CROSS JOIN loan_flows f;",
            "is a stock (what there is at a date) and `",
        ),
        (
            "WITH a AS (SELECT outstanding_vnd AS o FROM loan_balances), b AS (SELECT flow_vnd AS f FROM loan_flows) SELECT o + f FROM a, b LIMIT 1;",
            "`o` is a stock (what there is at a date) and `f` a flow (what happened in a time): their sum means nothing",
        ),
        (
            "SELECT unit_id FROM units WHERE name_vi = \"Yên Mô\";",
            "hint: a text stands in single quotes: 'Yên Mô'",
        ),
        ("SELECT kind, count(*) FROM units;", "hint: group by it: GROUP BY units.kind"),
        ("SELECT sum(kind) FROM units;", "hint: `\\h sum` tells what it takes"),
        ("SELCT 1;", "hint: did you mean `SELECT`?"),
    ] {
        let screen = terminal.enter(sql);
        let flat = screen.replace('\n', "");
        assert!(flat.contains(hint), "{sql}\n{screen}");
        terminal.keys("\u{c}");
    }
    // A script is not taught.
    let ran = env.run(&["-c", "SELECT 1 / 2 AS n, 1 = NULL AS m"]);
    assert!(ran.status == 0 && ran.stderr.is_empty(), "{ran}");
}

#[test]
fn the_last_error_is_told_in_full() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, 60, 150, &["-q"], &[]);
    assert!(terminal.enter("\\errverbose").contains("there was no error yet"));
    terminal.enter("SELECT nothing FROM units;");
    let screen = terminal.enter("\\errverbose");
    assert!(screen.contains("the engine said:\n") && screen.contains("No field named nothing"), "{screen}");
}

/// What a terminal would act on is shown, whichever way it comes.
#[test]
fn nothing_from_the_data_reaches_the_terminal_as_a_command() {
    let env = TestEnv::workspace();
    env.write("x.csv", "a\u{1b}]0;OWNED\u{7}b,c\n1,2\n");
    env.write(
        "queries/q.sql",
        "-- ---\n-- [params.p]\n-- type = \"text\"\n-- values = \"SELECT 'v' || chr(27) || ']0;OWNED'\"\n-- ---\nSELECT $p AS p",
    );
    let mut terminal = shell(&env, 60, 150, &["-q", "--table", "x=x.csv"], &[("NO_COLOR", "1")]);
    terminal.enter("SELECT CAST('1' || chr(27) || ']0;OWNED' AS INT);");
    for line in ["\\errverbose", ".schema x", "\\d x", "\\p"] {
        terminal.enter(line);
    }
    terminal.keys("SELECT x.\"a\t\t FROM x");
    terminal.press("\u{3}");
    terminal.line("\\run q");
    terminal.wait("one of");
    terminal.press("\u{3}");
    let screen = terminal.screen();
    assert!(!terminal.has_written(b"\x1b]0;OWNED"), "{screen}");
    assert!(screen.contains("\\x1b]0;OWNED"), "{screen}");
}
