//! Excel workbooks, opened again by calamine, by openpyxl and by LibreOffice.

use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};

use crate::env::{Ran, TONGKET, TestEnv, repository};
use crate::peer;

mod memory;

/// A value of every kind, and null.
const KINDS: &str =
    "SELECT 2022 AS n, CAST(1234567.5 AS DOUBLE) AS f, CAST(-12.50 AS DECIMAL(9,2)) AS d, true AS ok,
    DATE '2022-12-31' AS day, TIMESTAMP '2022-12-31 23:59:58' AS moment, TIME '06:30:00' AS time,
    'Đoàn xã' AS text, [1, 2] AS list, {'a': 1.5, 'b': 'x'} AS record, X'00ff' AS bytes,
    CAST(NULL AS BIGINT) AS nothing";

/// What would be a formula, a number or a link if it were typed.
const TRICKS: [&str; 10] = [
    "=1+1",
    "@SUM(A1)",
    "+1",
    "-1+2",
    "\t=1",
    "\r=1",
    "007",
    "https://example.org/x",
    "mailto:x@example.org",
    "=HYPERLINK(\"https://example.org\")",
];

fn done(ran: &Ran) {
    assert!(ran.status == 0 && ran.stderr.is_empty(), "{ran}");
}

fn open(path: &Path) -> Xlsx<std::io::BufReader<std::fs::File>> {
    calamine::open_workbook(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cells of a sheet below its header.
fn cells(env: &TestEnv, file: &str, sheet: &str) -> Vec<Vec<Data>> {
    let range = open(&env.path(file)).worksheet_range(sheet).expect("a sheet");
    range.rows().skip(1).map(<[Data]>::to_vec).collect()
}

/// What openpyxl sees in a workbook.
fn seen(env: &TestEnv, file: &str) -> Option<Value> {
    let python = peer::python(env, "openpyxl")?;
    let mut command = env.command(&python);
    command.arg("-B").arg(repository().join("tests/peer/openpyxl_read.py")).arg(file);
    let ran = env.finish(command, None);
    assert_eq!(ran.status, 0, "{ran}");
    Some(serde_json::from_str(&ran.stdout).expect("JSON"))
}

#[test]
fn values_are_those_of_excel() {
    let env = TestEnv::empty();
    done(&env.run(&["-c", KINDS, "-o", "x.xlsx"]));
    let rows = cells(&env, "x.xlsx", "result");
    let texts: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
    assert_eq!(&texts[..4], ["2022", "1234567.5", "-12.5", "true"]);
    assert!(
        matches!(rows[0][..4], [Data::Float(_), Data::Float(_), Data::Float(_), Data::Bool(true)]),
        "{rows:?}"
    );
    let serials: Vec<f64> = rows[0][4..7]
        .iter()
        .map(|cell| match cell {
            Data::DateTime(date) => date.as_f64(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(serials, [44_926.0, 44_926.0 + 86_398.0 / 86_400.0, 6.5 / 24.0]);
    assert_eq!(&texts[7..11], ["Đoàn xã", "[1,2]", "{\"a\":1.5,\"b\":\"x\"}", "00ff"]);
    assert!(rows[0].get(11).is_none_or(|cell| *cell == Data::Empty), "{rows:?}");
}

#[test]
fn formats_follow_the_type_and_the_language() {
    let env = TestEnv::empty();
    for (lang, day) in [("en", "yyyy-mm-dd"), ("vi", "dd/mm/yyyy")] {
        done(&env.run(&["--lang", lang, "-c", KINDS, "-o", "x.xlsx", "--force"]));
        let Some(book) = seen(&env, "x.xlsx") else { return };
        let sheet = &book["sheets"][0];
        let row = sheet["rows"][1].as_array().expect("a row");
        let of = |key: &str| row.iter().take(8).map(|cell| cell[key].clone()).collect::<Vec<_>>();
        let moment = format!("{day} hh:mm:ss");
        let formats = ["#,##0", "#,##0.00", "#,##0.00", "General", day, &moment, "hh:mm:ss", "General"];
        assert_eq!(of("format"), formats);
        assert_eq!(of("type"), ["n", "n", "n", "b", "d", "d", "d", "s"]);
        assert_eq!(of("value")[4..7], ["2022-12-31T00:00:00", "2022-12-31T23:59:58", "06:30:00"]);
        assert_eq!(
            (&sheet["frozen"], &sheet["filter"], &sheet["repeated"]),
            (&json!("A2"), &json!("A1:L2"), &json!("$1:$1"))
        );
        assert!(sheet["rows"][0].as_array().expect("a row").iter().all(|cell| cell["bold"] == true));
    }
}

#[test]
fn columns_are_as_wide_as_what_they_hold() {
    let env = TestEnv::empty();
    let sql = "SELECT 1 AS a, 'Huyện đoàn Yên Khánh' AS b, 1234567890123 AS c,
        'x' AS a_title_that_is_long_and_goes_over_lines";
    done(&env.run(&["-c", sql, "-o", "x.xlsx"]));
    let Some(book) = seen(&env, "x.xlsx") else { return };
    let width = |column: &str| book["sheets"][0]["widths"][column].as_f64().expect("a width");
    assert!((6.0..8.0).contains(&width("A")), "{}", width("A"));
    assert!((20.0..24.0).contains(&width("B")), "{}", width("B"));
    assert!(width("C") >= 17.0, "{}", width("C"));
    assert!(width("D") < 60.0, "{}", width("D"));
}

#[test]
fn texts_stay_texts_whatever_they_look_like() {
    let env = TestEnv::empty();
    let values: Vec<String> = TRICKS.iter().map(|text| format!("('{text}')")).collect();
    let sql = format!("SELECT column1 AS \"=title\" FROM (VALUES {})", values.join(", "));
    done(&env.run(&["-c", &sql, "-o", "x.xlsx"]));
    let rows = cells(&env, "x.xlsx", "result");
    let expected: Vec<Vec<Data>> = TRICKS.iter().map(|text| vec![Data::String((*text).to_owned())]).collect();
    assert_eq!(rows, expected);
    let formulas = open(&env.path("x.xlsx")).worksheet_formula("result").expect("a sheet");
    assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()), "{formulas:?}");
    let Some(book) = seen(&env, "x.xlsx") else { return };
    // The heading too.
    assert_eq!(book["sheets"][0]["rows"][0][0]["quoted"], json!(true), "{book}");
    for (row, text) in book["sheets"][0]["rows"].as_array().expect("rows").iter().skip(1).zip(TRICKS) {
        let cell = &row[0];
        assert_eq!((&cell["type"], &cell["link"]), (&json!("s"), &Value::Null), "{text}");
        // Typed into again, what begins like a formula stays what it is.
        assert_eq!(cell["quoted"], json!(text.starts_with(['=', '@', '+', '-', '\t', '\r'])), "{text}");
    }
}

#[test]
fn what_a_number_or_date_of_excel_does_not_hold_is_a_text_and_told() {
    let env = TestEnv::empty();
    let sql = "SELECT 12345678901234567 AS a, CAST('1234567890123.456' AS DECIMAL(20,3)) AS b,
        1000000000000000000 AS c, DATE '1900-02-28' AS d, DATE '1900-03-01' AS e,
        TIMESTAMP '2022-01-01 00:00:00.000001' AS f, CAST('NaN' AS DOUBLE) AS g";
    let ran = env.run(&["-c", sql, "-o", "x.xlsx"]);
    insta::assert_snapshot!(ran, @r"
    exit 0
    --- stdout
    --- stderr
    warning: 2 numbers are written as texts: Excel keeps 15 digits of a number
    warning: 2 dates or times are written as texts: Excel has none before 1 March 1900, after 9999, or finer than a millisecond
    ");
    let texts: Vec<String> = cells(&env, "x.xlsx", "result")[0].iter().map(ToString::to_string).collect();
    assert_eq!(texts[..2], ["12345678901234567", "1234567890123.456"]);
    assert_eq!(texts[2], "1000000000000000000");
    assert_eq!([&texts[3], &texts[5], &texts[6]], ["1900-02-28", "2022-01-01 00:00:00.000001", "NaN"]);
}

#[test]
fn control_characters_and_bidirectional_text_come_back() {
    let env = TestEnv::empty();
    let sql =
        "SELECT 'a' || chr(1) || 'b' AS t UNION ALL SELECT '_x0001_' UNION ALL SELECT 'a' || chr(8238) || 'b'
        UNION ALL SELECT 'a' || chr(10) || 'b' UNION ALL SELECT ' x ' UNION ALL SELECT chr(65535)";
    done(&env.run(&["-c", &format!("SELECT t FROM ({sql}) ORDER BY t"), "-o", "x.xlsx"]));
    let Some(book) = seen(&env, "x.xlsx") else { return };
    let rows = book["sheets"][0]["rows"].as_array().expect("rows");
    let texts: Vec<&str> = rows.iter().skip(1).map(|row| row[0]["value"].as_str().expect("a text")).collect();
    let escaped = |text: &str| text.replace("_x005F_", "_");
    let texts: Vec<String> = texts.iter().map(|text| escaped(text)).collect();
    assert_eq!(texts, [" x ", "_x0001_", "a_x0001_b", "a\nb", "a\u{202e}b", "_xFFFF_"]);
}

#[test]
fn several_results_are_several_sheets() {
    let env = TestEnv::empty();
    done(&env.run(&["-c", "SELECT 1 AS a; SELECT 2 AS b", "-c", "SELECT 3 AS c", "-o", "x.xlsx"]));
    assert_eq!(open(&env.path("x.xlsx")).sheet_names(), ["result", "result (2)", "result (3)"]);
    let script = "\\o y.xlsx\nSELECT 1 AS a;\nSELECT 2 AS b;\n\\o\nSELECT 3 AS c;\n";
    let ran = env.run_with_input(&["--csv"], script);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "c\n3\n"), "{ran}");
    assert_eq!(open(&env.path("y.xlsx")).sheet_names(), ["result", "result (2)"]);
    let broken = env.run(&["-c", "SELECT 1 AS a; SELECT 1/0 AS b", "-o", "z.xlsx"]);
    assert!(broken.status != 0 && !env.path("z.xlsx").exists(), "{broken}");
}

#[test]
fn standard_output_takes_a_workbook_of_one_result() {
    let env = TestEnv::empty();
    let mut command = env.command(TONGKET);
    command.args(["--format", "xlsx", "-c", "SELECT 7 AS n"]);
    let output = command.output().expect("runs");
    assert!(output.status.success() && output.stderr.is_empty());
    std::fs::write(env.path("x.xlsx"), output.stdout).expect("writes");
    assert_eq!(cells(&env, "x.xlsx", "result"), [[Data::Float(7.0)]]);
    done(&env.run(&["-c", "SELECT 7 AS n", "-o", "y.xlsx"]));
    let bytes = |name: &str| std::fs::read(env.path(name)).expect("reads");
    assert_eq!(bytes("x.xlsx"), bytes("y.xlsx"));
}

#[test]
fn a_result_without_rows_has_its_header() {
    let env = TestEnv::empty();
    done(&env.run(&["-c", "SELECT 1 AS a, 'x' AS b WHERE false", "-o", "x.xlsx"]));
    let range = open(&env.path("x.xlsx")).worksheet_range("result").expect("a sheet");
    let header: Vec<String> = range.rows().flatten().map(ToString::to_string).collect();
    assert_eq!(header, ["a", "b"]);
}

#[test]
fn a_workbook_holds_every_saved_query() {
    let env = TestEnv::workspace();
    done(&env.run(&["run", "--all", "-o", "out"]));
    let file = "year.xlsx";
    done(&env.run(&["--lang", "vi", "run", "--all", "-o", file]));
    let listed = env.run(&["queries", "--csv"]).stdout;
    let names: Vec<&str> = listed.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let mut book = open(&env.path(file));
    let sheets = book.sheet_names();
    let expected: Vec<String> = names.iter().map(|name| name.replace('/', "-")).collect();
    assert_eq!(sheets[1..], expected);
    for (name, sheet) in names.iter().zip(&expected) {
        let rows = env.read(&format!("out/{name}.csv")).lines().count();
        assert_eq!(book.worksheet_range(sheet).expect("a sheet").rows().count(), rows, "{name}");
    }
    let Some(book) = seen(&env, file) else { return };
    assert!(
        book["title"].as_str().is_some_and(|told| told.starts_with("Tỉnh đoàn Ninh Bình")),
        "{}",
        book["title"]
    );
    assert!(book["author"].as_str().is_some_and(|told| told.starts_with("tongket ")), "{}", book["author"]);
    assert!(book["note"].is_string() && book["made"] == "1980-01-01T00:00:00", "{book}");
    let rows = book["sheets"][0]["rows"].as_array().expect("rows");
    let links: Vec<&str> = rows.iter().filter_map(|row| row[0]["link"].as_str()).collect();
    let places: Vec<String> = expected.iter().map(|name| format!("'{name}'!A1")).collect();
    assert_eq!(links, places);
    insta::assert_snapshot!(env.run(&["run", "--all", "-o", "all.xlsx", "--provenance"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `--provenance` tells of one saved query, and the workbook holds all
    hint: write a workbook of each to a folder: `run --all -o out/ --format xlsx --provenance`
    ");
}

#[test]
fn synthetic_rows_say_so_in_the_workbook() {
    let env = TestEnv::workspace();
    done(&env.run(&["-c", "SELECT * FROM units", "-o", "one.xlsx"]));
    assert_eq!(open(&env.path("one.xlsx")).sheet_names(), ["result", "Contents"]);
    let contents = open(&env.path("one.xlsx")).worksheet_range("Contents").expect("a sheet");
    let said = contents.get((0, 0)).expect("a cell").to_string();
    assert_eq!(said, "synthetic data: its rows are invented");
    assert_eq!(contents.get((3, 0)).expect("a cell").to_string(), "result");
    done(&env.run(&["-c", "SELECT 1 AS a", "-o", "two.xlsx"]));
    assert_eq!(open(&env.path("two.xlsx")).sheet_names(), ["result"]);
}

#[test]
fn a_query_that_fails_leaves_no_workbook() {
    let env = TestEnv::workspace();
    env.write("queries/broken.sql", "SELECT 1/0 AS n");
    let ran = env.run(&["run", "--all", "-o", "year.xlsx"]);
    assert_eq!(ran.status, 1, "{ran}");
    assert!(ran.stderr.contains("`broken`") && !env.path("year.xlsx").exists(), "{ran}");
    assert!(env.list(".").iter().all(|name| !name.contains(".tmp")), "{:?}", env.list("."));
}

#[test]
fn the_same_result_gives_the_same_bytes() {
    let env = TestEnv::workspace();
    for file in ["a.xlsx", "b.xlsx"] {
        done(&env.run(&["run", "loans/by-channel", "-o", file, "--provenance", "--lang", "vi"]));
    }
    let bytes = |name: &str| std::fs::read(env.path(name)).expect("reads");
    assert_eq!(bytes("a.xlsx"), bytes("b.xlsx"));
    // Verified in another language than it was written in.
    assert_eq!(env.run(&["verify", "a.xlsx"]).stdout, "same\n");
    done(&env.run(&["-c", "SELECT 1 AS n", "-o", "c.xlsx", "--provenance"]));
    done(&env.run(&["-c", "SELECT 2 AS n", "-o", "d.xlsx"]));
    std::fs::copy(env.path("d.xlsx"), env.path("c.xlsx")).expect("copies");
    let ran = env.run(&["verify", "c.xlsx"]);
    assert!(ran.status == 3 && ran.stdout.contains("\"row 2, column `n`\",1,2"), "{ran}");
}

/// LibreOffice reads the workbook and shows what its cells hold as they are formatted.
#[test]
fn libreoffice_shows_what_was_written() {
    let env = TestEnv::empty();
    let office = ["soffice", "libreoffice"]
        .into_iter()
        .find(|name| env.command(name).arg("--version").output().is_ok_and(|output| output.status.success()));
    let Some(office) = office else {
        eprintln!("skipped: no LibreOffice");
        return;
    };
    let sql = "SELECT 1234567 AS n, CAST(-1234567.891 AS DOUBLE) AS f, CAST(-0.25 AS DOUBLE) AS g,
        CAST(5 AS DOUBLE) AS h, CAST(12.5 AS DECIMAL(9,2)) AS d, true AS ok,
        DATE '2022-12-31' AS day, TIMESTAMP '2022-12-31 23:59:58' AS moment, '=1+1' AS text, 2819000000 AS total_vnd";
    done(&env.run(&["--lang", "vi", "-c", sql, "-o", "x.xlsx"]));
    let mut command = env.command(office);
    command.args(["--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1", "x.xlsx"]);
    let ran = env.finish(command, None);
    assert_eq!(ran.status, 0, "{ran}");
    insta::assert_snapshot!(env.read("x.csv"), @r#"
    "n","f","g","h","d","ok","day","moment","text","total_vnd"
    "1,234,567","-1,234,567.89",-0.25,5,12.50,TRUE,31/12/2022,31/12/2022 23:59:58,"=1+1","2,819,000,000 đ"
    "#);
}
