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
    insta::assert_snapshot!(env.run(&["-f", "a.sql"]), @"
    exit 1
    --- stdout
    n
    1
    --- stderr
    error: there is no column `nothing`
     --> a.sql:2:8
    2 | SELECT nothing;
      |        ^^^^^^^
    hint: a text stands in single quotes: 'nothing'
    ");
}

/// An open string in the last line is found before the first line runs.
#[test]
fn a_script_that_cannot_be_split_does_not_begin() {
    let env = TestEnv::empty();
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1;\nSELECT 'abc"]), @"
    exit 1
    --- stdout
    --- stderr
    error: unterminated string literal
     --> -c:2:8
    2 | SELECT 'abc
      |        ^
    ");
}

#[test]
fn names_with_a_slip_are_corrected() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["-c", "SELECT * FROM activites"]), @"
    exit 1
    --- stdout
    --- stderr
    error: there is no table `activites`
     --> -c:1:15
    1 | SELECT * FROM activites
      |               ^^^^^^^^^
    hint: did you mean `activities`?
    ");
    insta::assert_snapshot!(env.run(&["-c", "SELECT a.unit_i FROM activities AS a"]), @"
    exit 1
    --- stdout
    --- stderr
    error: there is no column `unit_i` in `a`
     --> -c:1:8
    1 | SELECT a.unit_i FROM activities AS a
      |        ^^^^^^^^
    hint: did you mean `unit_id`?
    ");
    insta::assert_snapshot!(env.run(&["-c", "SELECT\n  'Đoàn viên', summ(cost_vnd)\nFROM activities"]), @"
    exit 1
    --- stdout
    --- stderr
    error: there is no function `summ`
     --> -c:2:16
    2 |   'Đoàn viên', summ(cost_vnd)
      |                ^^^^
    hint: did you mean `sum`?
    ");
}

#[test]
fn an_error_shows_its_line_and_a_caret() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["-c", "SELECT count(* FROM activities"]), @"
    exit 1
    --- stdout
    --- stderr
    error: expected ), found: FROM
     --> -c:1:16
    1 | SELECT count(* FROM activities
      |                ^^^^
    ");
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1 +"]), @"
    exit 1
    --- stdout
    --- stderr
    error: expected an expression, and the statement ends
     --> -c:1:11
    1 | SELECT 1 +
      |           ^
    ");
    insta::assert_snapshot!(env.run(&["-c", "SELECT unit_id, count(*) FROM activities"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `activities.unit_id` stands beside an aggregate and is not in GROUP BY
     --> -c:1:8
    1 | SELECT unit_id, count(*) FROM activities
      |        ^^^^^^^
    hint: group by it: GROUP BY activities.unit_id; or take one value of it: min(activities.unit_id)
    ");
    insta::assert_snapshot!(env.run(&["-c", "SELECT unit_id FROM activities, outputs"]), @"
    exit 1
    --- stdout
    --- stderr
    error: column `unit_id` is in more than one table
     --> -c:1:8
    1 | SELECT unit_id FROM activities, outputs
      |        ^^^^^^^
    hint: say which: TABLE.unit_id
    ");
    insta::assert_snapshot!(env.run(&["-c", "SELECT name_vi FROM units WHERE kind = \"City\""]), @r#"
    exit 1
    --- stdout
    --- stderr
    error: there is no column `City`
     --> -c:1:40
    1 | SELECT name_vi FROM units WHERE kind = "City"
      |                                        ^^^^^^
    hint: a text stands in single quotes: 'City'
    "#);
}

#[test]
fn a_failure_while_running_is_told_and_writes_no_header() {
    let env = TestEnv::empty();
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1 / 0 AS n"]), @"
    exit 1
    --- stdout
    --- stderr
    error: divide by zero error
    ");
    insta::assert_snapshot!(env.run(&["-c", "SELECT CAST('mười' AS INT) AS n"]), @"
    exit 1
    --- stdout
    --- stderr
    error: cast error: Cannot cast string 'mười' to value of Int32 type
    ");
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
    insta::assert_snapshot!(env.run(&["-c", "COPY units TO 'x.csv'"]), @"
    exit 2
    --- stdout
    --- stderr
    error: COPY … TO writes, and this session only reads
    hint: allow it with `--write`; to write a result to a file, `-o FILE` is enough
    ");
    insta::assert_snapshot!(env.run(&["--write", "-c", "INSERT INTO units SELECT * FROM units"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `units` is a stored table, and SQL never changes, replaces or drops one
    hint: make a view or a table of another name: CREATE VIEW my_view AS SELECT …
    ");
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
    insta::assert_snapshot!(env.run(&["-c", "SELECT * FROM units WHERE kind = $kind"]), @r"
    exit 2
    --- stdout
    --- stderr
    error: `$kind` has no value here
     --> -c:1:34
    1 | SELECT * FROM units WHERE kind = $kind
      |                                  ^^^^^
    hint: give it one with `\set kind VALUE`; a saved query takes `tongket run NAME -p kind=VALUE`
    ");
    let prepared = env.run(&["-c", "PREPARE p(INT) AS SELECT $1 + 1 AS n; EXECUTE p(41)"]);
    assert_eq!((prepared.status, prepared.stdout.as_str()), (0, "n\n42\n"), "{prepared}");
}

#[test]
fn a_file_that_is_no_text_is_refused() {
    let env = TestEnv::empty();
    env.write("x.sql", [0x53, 0xff, 0xfe]);
    insta::assert_snapshot!(env.run(&["-f", "x.sql"]), @"
    exit 1
    --- stdout
    --- stderr
    error: cannot read `x.sql`: it is not UTF-8 text
    ");
    insta::assert_snapshot!(env.run(&["-f", "none.sql"]), @"
    exit 1
    --- stdout
    --- stderr
    error: cannot read `none.sql`: no such file or directory
    ");
}

#[test]
fn decomposed_text_finds_composed_data() {
    let env = TestEnv::workspace();
    let nfd =
        "SELECT count(*) AS n FROM units WHERE name_vi = 'Huye\u{323}\u{302}n đoa\u{300}n Yên Kha\u{301}nh'";
    assert_eq!(env.csv(nfd), "n\n1\n");
}

/// Ctrl-C ends a statement at once with 130, whether it computes, writes or waits, and leaves no
/// file; so do a polite kill and the end of the terminal.
#[cfg(unix)]
#[test]
fn an_interrupt_ends_with_130_and_leaves_nothing() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    let computes = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b";
    let writes = "SELECT value FROM generate_series(1, 3000000000)";
    for (signal, args) in [
        ("-INT", &["-c", computes, "-o", "x.csv"][..]),
        ("-INT", &["-c", writes, "-o", "x.csv"]),
        ("-TERM", &["-c", writes, "-o", "x.json"]),
        ("-HUP", &["-c", writes, "-o", "x.parquet"]),
        ("-INT", &["-c", writes]),
        ("-INT", &["-o", "x.csv"]),
    ] {
        let env = TestEnv::empty();
        let mut command = env.command(crate::env::TONGKET);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("starts");
        // Held open: waiting for the program would close it.
        let _input = child.stdin.take();
        std::thread::sleep(Duration::from_millis(1200));
        let sent = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()));
        let asked = Instant::now();
        let status = child.wait().expect("ends");
        assert_eq!(status.code(), Some(130), "{signal} {args:?}");
        assert!(asked.elapsed() < Duration::from_secs(5), "{signal} {args:?}: {:?}", asked.elapsed());
        assert_eq!(env.list("."), Vec::<String>::new(), "{signal} {args:?}");
    }
}

/// A query never replaces a stored table: not by COPY, not by `-o`, not through a link or `..`.
#[test]
fn stored_tables_are_never_written() {
    let env = TestEnv::workspace();
    let before = std::fs::read(env.path("datasets/units.parquet")).expect("reads");
    std::fs::create_dir(env.path("x")).expect("makes");
    for target in [
        "datasets/units.parquet",
        "datasets/new.parquet",
        "x/../datasets/units.parquet",
        "datasets/new/a.parquet",
    ] {
        for args in [
            &["--write", "-c", &format!("COPY (SELECT 1 AS x) TO '{target}'")][..],
            &["--write", "-c", &format!("CREATE EXTERNAL TABLE e STORED AS PARQUET LOCATION '{target}'")],
            &["-c", "SELECT 1 AS x", "-o", target, "--force"],
            &["run", "figures/f08", "-o", target, "--force"],
        ] {
            let ran = env.run(args);
            assert_eq!(ran.status, 2, "{args:?}\n{ran}");
        }
    }
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1 AS x", "-o", "datasets/units.parquet", "--force"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `datasets/units.parquet` is where stored tables are, and no result is written there
    hint: write it elsewhere, and put it in its place yourself
    ");
    assert_eq!(env.list("datasets").len(), 11);
    assert!(std::fs::read(env.path("datasets/units.parquet")).expect("reads") == before);
    // A URL has many spellings of one place, and none of them is taken.
    let folder = env.path("datasets").display().to_string();
    for target in [
        format!("file://{folder}/c.csv"),
        format!("file:{folder}/c.csv"),
        format!("FILE://localhost{folder}/%63.csv"),
    ] {
        let copy = env.run(&["--write", "-c", &format!("COPY (SELECT 1 AS x) TO '{target}' STORED AS CSV")]);
        assert_eq!(copy.status, 2, "{copy}");
        let table = format!("CREATE EXTERNAL TABLE e(a INT) STORED AS CSV LOCATION '{target}'");
        assert_eq!(env.run(&["--write", "-c", &table]).status, 2, "{target}");
    }
    assert_eq!(env.run(&["run", "--all", "-o", "datasets/out"]).status, 2);
    assert_eq!(env.list("datasets").len(), 11);
    // With leave to write, an existing file is still not replaced.
    env.write("keep.csv", "mine");
    assert_eq!(env.run(&["--write", "-c", "COPY (SELECT 1 AS x) TO 'keep.csv'"]).status, 1);
    assert_eq!(env.read("keep.csv"), "mine");
}

#[test]
fn sql_may_begin_with_a_comment() {
    let env = TestEnv::empty();
    assert_eq!(env.csv("-- a question\nSELECT 1 AS n"), "n\n1\n");
}

/// An exponent makes a number floating point, as in standard SQL; a point alone an exact decimal.
#[test]
fn a_number_with_an_exponent_is_floating_point() {
    let env = TestEnv::empty();
    assert_eq!(
        env.csv("SELECT value * 1e3 AS a, value / 1e3 AS b, 1e308 AS c, -2.5e-3 AS d, 0.1 + 0.2 AS e, arrow_typeof(1e0) AS t FROM generate_series(3, 3)"),
        "a,b,c,d,e,t\n3000.0,0.003,1e308,-0.0025,0.3,Float64\n"
    );
    assert_eq!(env.csv("SELECT 1e3, 2 * 1E1"), "1e3,2 * 1E1\n1000.0,20.0\n");
}
