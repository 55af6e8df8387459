//! The catalog: lazy tables, folders, paths, `information_schema`.

use crate::env::TestEnv;

#[test]
fn tables_are_listed_with_their_meaning() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["tables"]), @"");
    insta::assert_snapshot!(env.run(&["tables", "loan_balances", "--format", "markdown"]), @"");
}

/// A query over one table opens that one alone: the others may even be unreadable.
#[cfg(target_os = "linux")]
#[test]
fn a_query_over_one_table_opens_one_file() {
    let env = TestEnv::workspace();
    let mut strace = env.command("strace");
    strace.args(["-f", "-e", "trace=openat,open", "-o", "trace.txt", crate::env::TONGKET]);
    strace.args(["-c", "SELECT count(*) FROM units"]);
    if strace.output().is_err() {
        eprintln!("skipped: strace is not installed");
        return;
    }
    let trace = env.read("trace.txt");
    let opened: std::collections::BTreeSet<&str> = trace
        .lines()
        .filter_map(|line| line.split('"').nth(1))
        .filter(|path| path.ends_with(".parquet") || path.ends_with(".json"))
        .map(|path| path.rsplit('/').next().unwrap_or(path))
        .collect();
    assert_eq!(opened.into_iter().collect::<Vec<_>>(), ["units.parquet"], "{trace}");
}

#[test]
fn a_folder_of_files_is_a_table_and_its_keys_are_columns() {
    let env = TestEnv::workspace();
    for (unit, year) in [("a", "2022"), ("a", "2023"), ("b", "2023")] {
        let rows = std::fs::read(env.path("datasets/units.parquet")).expect("reads");
        env.write(&format!("datasets/by_year/year={year}/unit={unit}/1.parquet"), rows);
    }
    env.write("datasets/by_year/year=2023/.tongket-half.tmp", "half");
    assert_eq!(
        env.csv("SELECT year + 1 AS next, unit, count(*) AS n FROM by_year GROUP BY 1, 2 ORDER BY 1, 2"),
        "next,unit,n\n2023,a,13\n2024,a,13\n2024,b,13\n"
    );
    assert_eq!(env.csv("SELECT count(*) AS n FROM by_year WHERE year = 2022"), "n\n13\n");
}

#[test]
fn a_file_is_a_table_by_its_path() {
    let env = TestEnv::empty();
    env.write("một hai.csv", "unit,n\nĐoàn,1\n,2\n");
    env.write("x.tsv", "a\tb\n1\t2\n");
    env.write("x.json", "[{\"a\": 1}, {\"a\": null}]");
    env.write("x.ndjson", "{\"a\": 1}\n{\"a\": 2}\n");
    assert_eq!(env.csv("SELECT * FROM 'một hai.csv'"), "unit,n\nĐoàn,1\n,2\n");
    assert_eq!(env.csv("SELECT * FROM 'x.tsv'"), "a,b\n1,2\n");
    assert_eq!(env.csv("SELECT * FROM 'x.json'"), "a\n1\n\"\"\n".replace("\"\"", ""));
    assert_eq!(env.csv("SELECT sum(a) AS n FROM './x.ndjson'"), "n\n3\n");
    for format in ["parquet", "arrow"] {
        let file = format!("y.{format}");
        assert_eq!(env.run(&["-c", "SELECT 1 AS a, 'Đ' AS b", "-o", &file]).status, 0);
        assert_eq!(env.csv(&format!("SELECT * FROM '{file}'")), "a,b\n1,Đ\n");
    }
    let ran = env.run(&["--table", "t=x.tsv", "--csv", "-c", "SELECT b FROM t"]);
    assert_eq!(ran.stdout, "b\n2\n", "{ran}");
}

#[test]
fn a_path_that_leads_nowhere_is_told() {
    let env = TestEnv::empty();
    env.write("x.txt", "text");
    insta::assert_snapshot!(env.run(&["-c", "SELECT * FROM 'none.parquet'"]), @"");
    insta::assert_snapshot!(env.run(&["-c", "SELECT * FROM 'x.txt'"]), @"");
    insta::assert_snapshot!(env.run(&["--table", "t=none.csv", "-c", "SELECT * FROM t"]), @"");
}

#[test]
fn the_schema_can_be_asked_for() {
    let env = TestEnv::workspace();
    let tables = env.csv("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1");
    assert_eq!(tables.lines().count(), 11, "{tables}");
    let columns = env.csv("SELECT column_name FROM information_schema.columns WHERE table_name = 'classes' ORDER BY ordinal_position");
    assert!(columns.starts_with("column_name\nclass_id\nhost_unit_id\n"), "{columns}");
    assert_eq!(env.csv("DESCRIBE units").lines().count(), 6);
    assert_eq!(env.csv("SHOW TABLES").lines().filter(|line| line.contains(",public,")).count(), 10);
}

#[test]
fn a_table_of_the_session_has_a_description_too() {
    let env = TestEnv::workspace();
    let ran = env.run(&["-c", "CREATE VIEW v AS SELECT kind, count(*) AS n FROM units GROUP BY 1; DESCRIBE v"]);
    assert_eq!(ran.status, 0, "{ran}");
    insta::assert_snapshot!(env.run(&["tables", "unit"]), @"");
}
