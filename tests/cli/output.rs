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
    insta::assert_snapshot!(of("csv"), @"");
    insta::assert_snapshot!(of("tsv"), @"");
    insta::assert_snapshot!(of("json"), @"");
    insta::assert_snapshot!(of("ndjson"), @"");
    insta::assert_snapshot!(of("markdown"), @"");
    insta::assert_snapshot!(of("table"), @"");
    insta::assert_snapshot!(of("line"), @"");
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
    for (file, start) in [("x.json", "[{\"n\":1"), ("x.csv", "n\n"), ("x.tsv", "n\n"), ("x.md", "| n |"), ("x.txt", " n")] {
        let ran = env.run(&["-c", "SELECT 1 AS n", "-o", file]);
        assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, "", ""), "{ran}");
        assert!(env.read(file).starts_with(start), "{file}: {}", env.read(file));
    }
    assert_eq!(env.run(&["-c", "SELECT 1 AS n", "-o", "y.json", "--csv"]).status, 0);
    assert_eq!(env.read("y.json"), "n\n1\n");
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1 AS n", "-o", "x.doc"]), @"");
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
    insta::assert_snapshot!(env.run(&["--excel", "--format", "tsv", "-c", "SELECT 1"]), @"");
}

#[test]
fn a_file_appears_whole_or_not_at_all() {
    let env = TestEnv::empty();
    let fails = "SELECT 1 / (value - 500000) AS n FROM generate_series(1, 1000000)";
    let ran = env.run(&["-c", fails, "-o", "x.csv"]);
    assert_eq!(ran.status, 1, "{ran}");
    assert_eq!(env.list("."), Vec::<String>::new());
    env.write("x.csv", "mine");
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1 AS n", "-o", "x.csv"]), @"");
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
    insta::assert_snapshot!(env.run(&["-c", endless, "-o", "none/x.csv"]), @"");
    insta::assert_snapshot!(env.run(&["-c", endless, "-o", "folder.csv"]), @"");
}

#[test]
fn one_data_file_holds_one_result() {
    let env = TestEnv::empty();
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1 AS a; SELECT 2 AS b", "-o", "x.csv"]), @"");
    assert_eq!(env.list("."), Vec::<String>::new());
    let ran = env.run(&["-c", "CREATE VIEW v AS SELECT 1 AS a; SELECT * FROM v", "-o", "x.csv"]);
    assert_eq!((ran.status, env.read("x.csv").as_str()), (0, "a\n1\n"), "{ran}");
    assert_eq!(env.run(&["-c", "SELECT 1 AS a; SELECT 2 AS b", "-o", "x.txt"]).status, 0);
    assert_eq!(env.read("x.txt"), " a\n ─\n 1\n\n b\n ─\n 2\n");
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
    let script = format!("'{TONGKET}' -c 'SELECT * FROM generate_series(1, 3000000)' | head -n 2; echo \"${{PIPESTATUS[0]}}\"");
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
    assert_eq!((output.status.code(), stderr.as_ref()), (Some(1), "error: cannot write to standard output: no space left on device\n"));
}

/// What a terminal would act on is shown, in values, names and errors; data formats carry it.
#[test]
fn values_cannot_reach_the_terminal_as_commands() {
    let env = TestEnv::empty();
    let sql = "SELECT 'a' || chr(27) || '[31m' || chr(8238) || 'b' AS \"x\u{1b}[1m\"";
    insta::assert_snapshot!(env.run(&["--format", "table", "-c", sql]).stdout, @"");
    assert!(env.run(&["--csv", "-c", sql]).stdout.contains("a\u{1b}[31m\u{202e}b"));
    let ran = env.run(&["-c", "SELECT * FROM \"x\u{1b}[31m\""]);
    assert!(!ran.stderr.contains('\u{1b}'), "{ran}");
}

#[test]
fn help_completions_and_the_manual_come_from_one_definition() {
    let env = TestEnv::empty();
    insta::assert_snapshot!(env.run(&["--help"]).stdout, @"");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(env.run(&["completions", shell]).stdout.contains("tongket"), "{shell}");
    }
    let man = env.run(&["man"]).stdout;
    assert!(man.contains(".TH tongket") && man.contains("TONGKET SAMPLE"), "{man}");
    assert_eq!(env.run(&["--version"]).stdout, format!("tongket {}\n", env!("CARGO_PKG_VERSION")));
}
