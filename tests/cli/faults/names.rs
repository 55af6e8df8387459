//! Names and values that are meant to break something: shown as they are, or as what they are.

use crate::env::TestEnv;

/// Names of tables that are reserved words, code, paths, or cannot be seen.
#[test]
fn tables_of_any_name_are_asked() {
    let env = TestEnv::workspace();
    let units = std::fs::read(env.path("datasets/units.parquet")).expect("reads");
    let long = "x".repeat(240);
    let names = [
        "select",
        "from",
        "table",
        "null",
        "a b",
        "a;b",
        "a'b",
        "a--b",
        "$1",
        "$name",
        "%",
        "*",
        "[a]",
        "a.b",
        "{x}",
        "Đoàn viên",
        "🎌",
        "\u{202e}abc",
        "a\u{200b}b",
        "-rf",
        "~",
        "a,b",
        "C:",
        "con",
        &long,
    ];
    for name in names {
        env.write(&format!("datasets/{name}.parquet"), &units);
        let quoted = name.replace('"', "\"\"");
        let ran = env.run(&["--csv", "-c", &format!("SELECT count(*) AS n FROM \"{quoted}\"")]);
        assert_eq!((ran.status, ran.stdout.as_str()), (0, "n\n13\n"), "{name:?}\n{ran}");
        std::fs::remove_file(env.path(&format!("datasets/{name}.parquet"))).expect("removes");
    }
    // The engine knows no path with a control character: that is an error, which shows it.
    for name in ["a\tb", "a\nb", "\u{1b}[31m"] {
        env.write(&format!("datasets/{name}.parquet"), &units);
        let ran = env.run(&["-c", &format!("SELECT * FROM \"{name}\"")]);
        let errors = ran.stderr.lines().filter(|line| line.starts_with("error: ")).count();
        assert!(ran.status == 1 && errors == 1 && !ran.stderr.contains(['\t', '\u{1b}']), "{ran}");
        std::fs::remove_file(env.path(&format!("datasets/{name}.parquet"))).expect("removes");
    }
    // Told of in a list and in errors, they do nothing to a terminal.
    env.write("datasets/\u{1b}[31mred.parquet", "no table");
    env.write("datasets/\u{202e}turned.parquet", &units);
    let ran = env.run(&["tables"]);
    assert!(!ran.stderr.contains('\u{1b}') && ran.stderr.contains("\\x1b[31mred"), "{ran}");
    let ran = env.run(&[
        "--format",
        "table",
        "-c",
        "SELECT 'a\u{1b}]0;x\u{7}b\u{9b}c\u{202e}d\u{7f}' AS \"\u{1b}[2J\"",
    ]);
    let is_shown = |c: char| !c.is_control() || c == '\n';
    assert!(
        ran.stdout.chars().all(is_shown) && !ran.stdout.contains('\u{202e}'),
        "{ran:?}",
        ran = ran.stdout
    );
    let ran = env.run(&["-c", "SELECT \"\u{1b}[2J\u{202e}\" FROM units"]);
    assert!(ran.stderr.chars().all(is_shown) && !ran.stderr.contains('\u{202e}'), "{:?}", ran.stderr);
}

/// Numbers and dates at their ends come out as they went in, in every format that is text.
#[test]
fn values_at_their_ends() {
    let env = TestEnv::empty();
    let sql = "SELECT (-9223372036854775808)::bigint AS i, 18446744073709551615::bigint unsigned AS u, \
        arrow_cast('99999999999999999999999999999999999999', 'Decimal128(38, 0)') AS d, \
        arrow_cast('-0.99999999999999999999999999999999999999', 'Decimal128(38, 38)') AS e, \
        'NaN'::double AS n, 'Infinity'::double AS p, '-Infinity'::double AS m, '-0'::double AS z, \
        5e-324::double AS s, 1.7976931348623157e308::double AS l, \
        DATE '0001-01-01' AS first, DATE '9999-12-31' AS last, arrow_cast('9999-12-31T23:59:59', 'Timestamp(Second, None)') AS t";
    let ran = env.run(&["--format", "line", "-c", sql]);
    assert_eq!(ran.status, 0, "{ran}");
    let csv = env.csv(sql);
    let values: Vec<&str> = csv.lines().nth(1).expect("a row").split(',').collect();
    assert_eq!(
        values,
        [
            "-9223372036854775808",
            "18446744073709551615",
            "99999999999999999999999999999999999999",
            "-0.99999999999999999999999999999999999999",
            "NaN",
            "inf",
            "-inf",
            "-0.0",
            "5e-324",
            "1.7976931348623157e308",
            "0001-01-01",
            "9999-12-31",
            "9999-12-31T23:59:59",
        ]
    );
    for format in ["json", "ndjson", "markdown", "tsv", "table", "parquet", "arrow", "xlsx"] {
        let name = format!("x.{}", if format == "table" { "txt" } else { format });
        let ran = env.run(&["--format", format, "-o", &name, "-c", sql]);
        assert_eq!(ran.status, 0, "{format}\n{ran}");
    }
    for name in ["x.parquet", "x.arrow"] {
        assert_eq!(env.csv(&format!("SELECT * FROM '{name}'")), csv, "{name}");
    }
}
