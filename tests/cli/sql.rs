//! SQL from the command line, files and standard input.

use crate::env::TestEnv;

#[test]
fn scripts_run_in_the_order_of_the_command_line() {
    let env = TestEnv::empty();
    env.write("b.sql", "SELECT 2 AS n;\nSELECT ';' AS n -- ; not here\n;");
    let ran = env.run(&["-c", "SELECT 1 AS n", "-f", "b.sql", "-c", "SELECT 3 AS n"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "n\n1\nn\n2\nn\n;\nn\n3\n"), "{ran}");
}

#[test]
fn standard_input_is_a_script() {
    let env = TestEnv::empty();
    for args in [&[][..], &["-f", "-"]] {
        let ran = env.run_with_input(args, "SELECT 1 AS n;\nSELECT 'Đoàn' AS n");
        assert_eq!((ran.status, ran.stdout.as_str()), (0, "n\n1\nn\nĐoàn\n"), "{ran}");
    }
    assert_eq!(env.run_with_input(&[], "").status, 0);
    assert_eq!(env.run_with_input(&[], " -- nothing\n").status, 0);
}

#[test]
fn the_first_failure_ends_a_script() {
    let env = TestEnv::empty();
    env.write("a.sql", "SELECT 1 AS n;\nSELECT nothing;\nSELECT 3 AS n;\n");
    let expected = "n\n1\n";
    for ran in [
        env.run(&["-f", "a.sql"]),
        env.run(&["-c", "SELECT 1 AS n", "-c", "SELECT nothing", "-c", "SELECT 3 AS n"]),
        env.run_with_input(&[], "SELECT 1 AS n; SELECT nothing; SELECT 3 AS n"),
    ] {
        assert_eq!((ran.status, ran.stdout.as_str()), (1, expected), "{ran}");
    }
    insta::assert_snapshot!(env.run(&["-f", "a.sql"]), @"");
}

/// An open string in the last line is found before the first line runs.
#[test]
fn a_script_that_cannot_be_split_does_not_begin() {
    let env = TestEnv::empty();
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1;\nSELECT 'abc"]), @"");
}

#[test]
fn names_with_a_slip_are_corrected() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["-c", "SELECT * FROM activites"]), @"");
    insta::assert_snapshot!(env.run(&["-c", "SELECT a.unit_i FROM activities AS a"]), @"");
    insta::assert_snapshot!(env.run(&["-c", "SELECT\n  'Đoàn viên', summ(cost_vnd)\nFROM activities"]), @"");
}

#[test]
fn an_error_shows_its_line_and_a_caret() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["-c", "SELECT count(* FROM activities"]), @"");
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1 +"]), @"");
    insta::assert_snapshot!(env.run(&["-c", "SELECT unit_id, count(*) FROM activities"]), @"");
    insta::assert_snapshot!(env.run(&["-c", "SELECT unit_id FROM activities, outputs"]), @"");
    insta::assert_snapshot!(env.run(&["-c", "SELECT name_vi FROM units WHERE kind = \"City\""]), @"");
}

#[test]
fn a_failure_while_running_is_told_and_writes_no_header() {
    let env = TestEnv::empty();
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1 / 0 AS n"]), @"");
    insta::assert_snapshot!(env.run(&["-c", "SELECT CAST('mười' AS INT) AS n"]), @"");
}

#[test]
fn money_is_exact() {
    let env = TestEnv::empty();
    assert_eq!(env.csv("SELECT 0.1 + 0.2 AS n"), "n\n0.3\n");
    assert_eq!(env.csv("SELECT CAST(397846500000 AS DECIMAL(18, 0)) * 3 AS n"), "n\n1193539500000\n");
}

#[test]
fn reading_is_the_default() {
    let env = TestEnv::workspace();
    let before = env.list("datasets");
    for sql in [
        "INSERT INTO units SELECT * FROM units",
        "COPY units TO 'x.csv'",
        "EXPLAIN ANALYZE COPY units TO 'x.csv'",
        "CREATE EXTERNAL TABLE e STORED AS CSV LOCATION 'x.csv'",
        "DELETE FROM units",
        "UPDATE units SET kind = 'x'",
        "CREATE SCHEMA s",
        "DROP TABLE units",
        "CREATE OR REPLACE VIEW units AS SELECT 1 AS a",
        "CREATE TABLE units AS SELECT 1 AS a",
    ] {
        let ran = env.run(&["-c", sql]);
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{sql}\n{ran}");
        assert!(!env.path("x.csv").exists());
    }
    insta::assert_snapshot!(env.run(&["-c", "COPY units TO 'x.csv'"]), @"");
    insta::assert_snapshot!(env.run(&["--write", "-c", "INSERT INTO units SELECT * FROM units"]), @"");
    assert_eq!(env.list("datasets"), before);
    assert_eq!(env.run(&["--write", "-c", "COPY units TO 'x.csv'"]).status, 0);
    assert_eq!(env.read("x.csv").lines().count(), 14);
}

#[test]
fn views_and_tables_last_for_the_session() {
    let env = TestEnv::workspace();
    let ran = env.run(&[
        "-c",
        "CREATE VIEW done AS SELECT * FROM activities WHERE status = 'done'; \
         CREATE TABLE few AS SELECT DISTINCT kind FROM units; \
         SELECT (SELECT count(*) FROM done) AS a, (SELECT count(*) FROM few) AS b; DROP VIEW done; DROP TABLE few;",
    ]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "a,b\n1948,4\n"), "{ran}");
}

#[test]
fn a_placeholder_needs_a_saved_query() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["-c", "SELECT * FROM units WHERE kind = $kind"]), @"");
    let prepared = env.run(&["-c", "PREPARE p(INT) AS SELECT $1 + 1 AS n; EXECUTE p(41)"]);
    assert_eq!((prepared.status, prepared.stdout.as_str()), (0, "n\n42\n"), "{prepared}");
}

#[test]
fn a_file_that_is_no_text_is_refused() {
    let env = TestEnv::empty();
    env.write("x.sql", [0x53, 0xff, 0xfe]);
    insta::assert_snapshot!(env.run(&["-f", "x.sql"]), @"");
    insta::assert_snapshot!(env.run(&["-f", "none.sql"]), @"");
}

#[test]
fn decomposed_text_finds_composed_data() {
    let env = TestEnv::workspace();
    let nfd = "SELECT count(*) AS n FROM units WHERE name_vi = 'Huye\u{323}\u{302}n đoa\u{300}n Yên Kha\u{301}nh'";
    assert_eq!(env.csv(nfd), "n\n1\n");
}

/// Ctrl-C ends a statement at once with 130, whatever the engine is doing, and leaves no file.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_with_130_and_leaves_nothing() {
    use std::time::{Duration, Instant};
    let env = TestEnv::empty();
    let endless = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b";
    let mut command = env.command(crate::env::TONGKET);
    let mut child = command.args(["-c", endless, "-o", "x.csv"]).spawn().expect("starts");
    let begun = Instant::now();
    // The statement is under way once its file is open.
    while env.list(".").is_empty() && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(500));
    let interrupted = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupted.is_ok_and(|status| status.success()));
    let asked = Instant::now();
    let status = child.wait().expect("ends");
    assert_eq!(status.code(), Some(130));
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    assert_eq!(env.list("."), Vec::<String>::new());
}
