//! Formats, files and the two streams.

use std::process::Stdio;

use crate::env::{TONGKET, TestEnv};

const ROWS: &str = "SELECT * FROM (VALUES
  (1, 'Đoàn', CAST('2022-12-31' AS DATE), CAST(2819000000 AS DECIMAL(18,0)), true),
  (2, '', NULL, NULL, NULL),
  (-3, 'a,\"b\"', CAST('0001-01-01' AS DATE), CAST(-1 AS DECIMAL(18,0)), false)
) AS t(n, text, day, vnd, ok) ORDER BY n DESC";

#[test]
fn each_format_writes_the_same_rows() {
    let env = TestEnv::empty();
    let of = |format: &str| env.run(&["--format", format, "-c", ROWS]).stdout;
    insta::assert_snapshot!(of("csv"), @r#"
    n,text,day,vnd,ok
    2,"",,,
    1,Đoàn,2022-12-31,2819000000,true
    -3,"a,""b""",0001-01-01,-1,false
    "#);
    insta::assert_snapshot!(of("tsv"), @r#"
    n	text	day	vnd	ok
    2	""			
    1	Đoàn	2022-12-31	2819000000	true
    -3	"a,""b"""	0001-01-01	-1	false
    "#);
    insta::assert_snapshot!(of("json"), @r#"[{"n":2,"text":"","day":null,"vnd":null,"ok":null},{"n":1,"text":"Đoàn","day":"2022-12-31","vnd":2819000000,"ok":true},{"n":-3,"text":"a,\"b\"","day":"0001-01-01","vnd":-1,"ok":false}]"#);
    insta::assert_snapshot!(of("ndjson"), @r#"
    {"n":2,"text":"","day":null,"vnd":null,"ok":null}
    {"n":1,"text":"Đoàn","day":"2022-12-31","vnd":2819000000,"ok":true}
    {"n":-3,"text":"a,\"b\"","day":"0001-01-01","vnd":-1,"ok":false}
    "#);
    insta::assert_snapshot!(of("markdown"), @r#"
    | n | text | day | vnd | ok |
    | ---: | --- | --- | ---: | --- |
    | 2 |  |  |  |  |
    | 1 | Đoàn | 2022-12-31 | 2819000000 | true |
    | -3 | a,"b" | 0001-01-01 | -1 | false |
    "#);
    insta::assert_snapshot!(of("table"), @r#"
     n  text   day                vnd  ok
    ──  ─────  ──────────  ──────────  ─────
     2         ∅                    ∅  ∅
     1  Đoàn   2022-12-31  2819000000  true
    -3  a,"b"  0001-01-01          -1  false
    "#);
    insta::assert_snapshot!(of("line"), @r#"
       n = 2
    text = 
     day = ∅
     vnd = ∅
      ok = ∅

       n = 1
    text = Đoàn
     day = 2022-12-31
     vnd = 2819000000
      ok = true

       n = -3
    text = a,"b"
     day = 0001-01-01
     vnd = -1
      ok = false
    "#);
    for format in ["parquet", "arrow"] {
        let file = format!("x.{format}");
        assert_eq!(env.run(&["-c", ROWS, "-o", &file]).status, 0);
        let again = env.csv(&format!("SELECT * FROM '{file}' ORDER BY n DESC"));
        assert_eq!(again, of("csv"), "{format}");
    }
}

#[test]
fn every_format_has_its_header_at_zero_rows() {
    let env = TestEnv::empty();
    let none = "SELECT 1 AS a, 'x' AS b WHERE false";
    let of = |format: &str| env.run(&["--format", format, "-c", none]).stdout;
    assert_eq!(of("csv"), "a,b\n");
    assert_eq!(of("tsv"), "a\tb\n");
    assert_eq!(of("json"), "[]\n");
    assert_eq!(of("ndjson"), "");
    assert_eq!(of("markdown"), "| a | b |\n| ---: | --- |\n");
    assert_eq!(of("table"), " a  b\n ─  ─\n");
    for format in ["parquet", "arrow"] {
        let file = format!("x.{format}");
        assert_eq!(env.run(&["-c", none, "-o", &file]).status, 0);
        assert_eq!(env.csv(&format!("SELECT * FROM '{file}'")), "a,b\n", "{format}");
    }
}

#[test]
fn a_file_takes_the_format_of_its_ending() {
    let env = TestEnv::empty();
    for (file, start) in
        [("x.json", "[{\"n\":1"), ("x.csv", "n\n"), ("x.tsv", "n\n"), ("x.md", "| n |"), ("x.txt", " n")]
    {
        let ran = env.run(&["-c", "SELECT 1 AS n", "-o", file]);
        assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""), "{ran}");
        assert!(env.read(file).starts_with(start), "{file}: {}", env.read(file));
    }
    assert_eq!(env.run(&["-c", "SELECT 1 AS n", "-o", "y.json", "--csv"]).status, 0);
    assert_eq!(env.read("y.json"), "n\n1\n");
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1 AS n", "-o", "x.doc"]), @"
    exit 2
    --- stdout
    --- stderr
    error: the name `x.doc` does not say which format to write
    hint: end it in .csv, .tsv, .json, .ndjson, .md, .txt, .parquet, .arrow, .xlsx, .svg or .png, or give --format
    ");
}

/// Null is an empty field, an empty text is `""`; a text that reads as null is quoted.
#[test]
fn csv_tells_null_from_an_empty_text() {
    let env = TestEnv::empty();
    let sql = "SELECT NULL AS a, '' AS b, 'NULL' AS c, 'x y' AS d, ' x' AS e, 'a' || chr(10) || 'b' AS f";
    assert_eq!(env.csv(sql), "a,b,c,d,e,f\n,\"\",NULL,x y,\" x\",\"a\nb\"\n");
    let ran = env.run(&["--csv", "--null", "NULL", "--delimiter", ";", "-c", sql]);
    assert_eq!(ran.stdout, "a;b;c;d;e;f\nNULL;\"\";\"NULL\";x y;\" x\";\"a\nb\"\n");
}

#[test]
fn excel_gets_what_it_can_open() {
    let env = TestEnv::empty();
    let sql = "SELECT '=1+1' AS formula, '+84' AS plus, '-x' AS minus, '@a' AS at, chr(9) || 'x' AS tab, -5 AS number,
               CAST(1234.5 AS DECIMAL(8,1)) AS decimal, '007' AS zeros, '12345678901234567' AS digits, 'a;b' AS text,
               'Đoàn' AS name, NULL AS nothing, 1.5e0 AS float";
    let ran = env.run(&["--excel", "-c", sql]);
    assert_eq!(
        ran.stdout,
        "\u{feff}formula;plus;minus;at;tab;number;decimal;zeros;digits;text;name;nothing;float\r\n\
         '=1+1;'+84;'-x;'@a;'\tx;-5;1234,5;\"=\"\"007\"\"\";\"=\"\"12345678901234567\"\"\";\"a;b\";Đoàn;;1,5\r\n"
    );
    insta::assert_snapshot!(env.run(&["--excel", "--format", "tsv", "-c", "SELECT 1"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `--excel` is for CSV, and another format is to be written
    ");
}

#[test]
fn a_file_appears_whole_or_not_at_all() {
    let env = TestEnv::empty();
    let fails = "SELECT 1 / (value - 500000) AS n FROM generate_series(1, 1000000)";
    let ran = env.run(&["-c", fails, "-o", "x.csv"]);
    assert_eq!(ran.status, 1, "{ran}");
    assert_eq!(env.list("."), Vec::<String>::new());
    env.write("x.csv", "mine");
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1 AS n", "-o", "x.csv"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `x.csv` exists already
    hint: replace it with `--force`, or choose another name
    ");
    assert_eq!(env.run(&["-c", fails, "-o", "x.csv", "--force"]).status, 1);
    assert_eq!(env.read("x.csv"), "mine");
    assert_eq!(env.run(&["-c", "SELECT 1 AS n", "-o", "x.csv", "--force"]).status, 0);
    assert_eq!((env.read("x.csv").as_str(), env.list(".").len()), ("n\n1\n", 1));
}

#[test]
fn a_place_that_cannot_be_written_is_found_before_the_query_runs() {
    let env = TestEnv::empty();
    env.write("folder.csv/x", "");
    let endless = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b";
    insta::assert_snapshot!(env.run(&["-c", endless, "-o", "none/x.csv"]), @"
    exit 1
    --- stdout
    --- stderr
    error: cannot write `none/x.csv`: there is no folder `none`
    hint: make it first: mkdir -p 'none'
    ");
    insta::assert_snapshot!(env.run(&["-c", endless, "-o", "folder.csv"]), @"
    exit 1
    --- stdout
    --- stderr
    error: cannot write `folder.csv`: it is a folder
    ");
}

#[test]
fn one_data_file_holds_one_result() {
    let env = TestEnv::empty();
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1 AS a; SELECT 2 AS b", "-o", "x.csv"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `x.csv` holds one CSV result, and a second statement gives rows
    hint: give each its own file, or write a format for reading, such as --format table
    ");
    assert_eq!(env.list("."), Vec::<String>::new());
    let ran = env.run(&["-c", "CREATE VIEW v AS SELECT 1 AS a; SELECT * FROM v", "-o", "x.csv"]);
    assert_eq!((ran.status, env.read("x.csv").as_str()), (0, "a\n1\n"), "{ran}");
    assert_eq!(env.run(&["-c", "SELECT 1 AS a; SELECT 2 AS b", "-o", "x.txt"]).status, 0);
    assert_eq!(env.read("x.txt"), " a\n ─\n 1\n\n b\n ─\n 2\n");
}

/// What would be an empty or a misleading file is none.
#[test]
fn a_file_without_a_result_or_with_a_hidden_column_is_refused() {
    let env = TestEnv::empty();
    insta::assert_snapshot!(env.run(&["-c", "CREATE VIEW v AS SELECT 1 AS a", "-o", "x.parquet"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `x.parquet` is not written: no statement gave a result
    ");
    let twice = "SELECT * FROM (VALUES (1, 2)) AS a(id, x) JOIN (VALUES (1, 3)) AS b(id, y) ON a.id = b.id";
    for file in ["x.json", "x.ndjson", "x.parquet", "x.arrow"] {
        let ran = env.run(&["-c", twice, "-o", file]);
        assert!(ran.status == 1 && ran.stderr.contains("two columns are called `id`"), "{ran}");
    }
    assert_eq!(env.list("."), Vec::<String>::new());
    assert_eq!(env.csv(twice), "id,x,id,y\n1,2,1,3\n");
    insta::assert_snapshot!(env.run(&["--json", "-c", "SELECT 1 AS a; SELECT 2 AS b"]), @r#"
    exit 2
    --- stdout
    [{"a":1}]
    --- stderr
    error: standard output holds one JSON result, and a second statement gives rows
    hint: give each its own file, or write a format for reading, such as --format table
    "#);
    for args in [
        &["--excel", "-c", "SELECT 1", "-o", "x.json"][..],
        &["--delimiter", ";", "--json", "-c", "SELECT 1"],
        &["--csv", "--null", "a,b", "-c", "SELECT 1"],
        &["man", "-o", "x.1"],
    ] {
        assert_eq!(env.run(args).status, 2, "{args:?}");
    }
    assert_eq!(env.list("."), Vec::<String>::new());
}

#[test]
fn nothing_is_capped_outside_a_terminal() {
    let env = TestEnv::empty();
    let sql = "SELECT value FROM generate_series(1, 5000)";
    for (format, lines) in [("csv", 5001), ("table", 5002), ("markdown", 5002), ("ndjson", 5000)] {
        let ran = env.run(&["--format", format, "-c", sql]);
        assert_eq!(ran.stdout.lines().count(), lines, "{format}");
    }
}

/// The widths come from the first thousand rows; a later, wider value is written whole.
#[test]
fn a_long_table_is_written_as_it_comes() {
    let env = TestEnv::empty();
    let sql = "SELECT value AS n, CASE WHEN value = 4000 THEN repeat('Đ', 60) ELSE 'x' END AS t, 'z' AS z FROM generate_series(1, 5000) ORDER BY 1";
    let ran = env.run(&["--format", "table", "-c", sql]);
    assert!(ran.stdout.contains(&format!("4000  {}  z\n", "Đ".repeat(60))), "{}", ran.stdout.len());
}

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    let env = TestEnv::empty();
    let script = format!(
        "'{TONGKET}' -c 'SELECT * FROM generate_series(1, 3000000)' | head -n 2; echo \"${{PIPESTATUS[0]}}\""
    );
    let mut command = env.command("bash");
    command.args(["-c", &script]);
    let ran = env.finish(command, None);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("value\n1\n0\n", ""), "{ran}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error() {
    let env = TestEnv::empty();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("opens");
    let mut command = env.command(TONGKET);
    command.args(["-c", "SELECT 1"]).stdout(Stdio::from(full)).stderr(Stdio::piped());
    let output = command.output().expect("ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        (output.status.code(), stderr.as_ref()),
        (Some(1), "error: cannot write to standard output: no space left on device\n")
    );
}

/// A value over several lines stays in its column; EXPLAIN can be read.
#[test]
fn lines_of_a_value_stay_lines_in_a_table() {
    let env = TestEnv::workspace();
    let sql = "SELECT 1 AS n, 'a' || chr(10) || '  b' || chr(10) AS text, 'z' AS z UNION ALL SELECT 2, 'c', 'y' ORDER BY n";
    insta::assert_snapshot!(env.run(&["--format", "table", "-c", sql]).stdout, @"
    n  text  z
    ─  ────  ─
    1  a ↵   z
         b
    2  c     y
    ");
    let sql = "EXPLAIN FORMAT INDENT SELECT count(*) FROM units WHERE kind = 'city'";
    let plan = env.run(&["--format", "table", "-c", sql]).stdout;
    assert!(
        plan.lines().any(|line| line.trim_start().starts_with("Filter") || line.contains("  Filter")),
        "{plan}"
    );
}

/// What a terminal would act on is shown, in values, names and errors; data formats carry it.
#[test]
fn values_cannot_reach_the_terminal_as_commands() {
    let env = TestEnv::empty();
    let sql = "SELECT 'a' || chr(27) || '[31m' || chr(8238) || 'b' AS \"x\u{1b}[1m\"";
    insta::assert_snapshot!(env.run(&["--format", "table", "-c", sql]).stdout, @r"
    x\x1b[1m
    ──────────────────
    a\x1b[31m\u{202e}b
    ");
    assert!(env.run(&["--csv", "-c", sql]).stdout.contains("a\u{1b}[31m\u{202e}b"));
    let ran = env.run(&["-c", "SELECT * FROM \"x\u{1b}[31m\""]);
    assert!(!ran.stderr.contains('\u{1b}'), "{ran}");
}
