//! The catalog: lazy tables, folders, paths, `information_schema`.

use crate::env::TestEnv;

#[test]
fn tables_are_listed_with_their_meaning() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["tables"]), @"
    exit 0
    --- stdout
    table,rows,bytes,from,to,meaning
    units,13,2324,1992-04-01,1992-04-01,Units (synthetic)
    activities,2000,20782,2022-01-01,2022-12-31,Activities (synthetic)
    outputs,3021,25543,2022-01-01,2022-12-31,Outputs: works and tasks (synthetic)
    classes,8,3336,2022-03-07,2022-09-07,Training classes (synthetic)
    trainees,858,8233,,,Trainees (synthetic)
    loans,230,6424,2022-01-02,2022-12-29,Loans (synthetic)
    loan_flows,476,5917,2022-01-07,2022-12-31,Loan flows (synthetic)
    loan_balances,2880,17935,2022-01-31,2022-12-31,Loan balances (synthetic)
    awards,260,5495,2022-03-02,2023-01-31,Awards (synthetic)
    plan_tasks,12,3515,,,Plan tasks (synthetic)
    --- stderr
    ");
    insta::assert_snapshot!(env.run(&["tables", "loan_balances", "--format", "markdown"]), @"
    exit 0
    --- stdout
    | column | type | nullable | unit | measure | values | constraints | meaning |
    | --- | --- | --- | --- | --- | --- | --- | --- |
    | as_of_date | date | false |  |  |  | given | Last day of the month whose close the row describes. |
    | channel | text | false |  |  | national_employment_fund, vbsp_entrusted, resolution_43 | given | Source of the money lent; channels may overlap, so their balances are not added to one another. |
    | unit_id | text | false |  |  |  | given, in units | Unit in whose territory or organisation the money is lent. |
    | group_id | text | true |  |  |  |  | Code of the savings-and-credit group through which entrusted money is lent; null for the other channels. |
    | outstanding_vnd | decimal(18,0) | true | VND | stock |  | at least 0 | Debt still owed at the end of that day; null where it is unknown, 0 where nothing is owed. |
    | capital_vnd | decimal(18,0) | true | VND | stock |  | at least 0 | Capital from the National Employment Fund at the end of that day; null where it is unknown and for the other channels. |
    | overdue_vnd | decimal(18,0) | true | VND | stock |  | at least 0 | Part of the outstanding debt that is past its due date; null where it is unknown, 0 where none is overdue. |
    | borrowers | integer | true | borrowers | stock |  | at least 0 | Borrowers who still owe at the end of that day; null where they were not counted, 0 where there are none. |
    | source_file | text | true |  |  |  |  | Name of the file that the row was imported from; null where the row was not imported. |
    | source_row | bigint | true |  |  |  | at least 1 | Number of the row in the source file; null where the row was not imported. |
    --- stderr
    ");
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

/// What would silently lose rows is refused by name.
#[test]
fn files_that_the_reader_would_leave_out_are_refused() {
    let env = TestEnv::workspace();
    let rows = std::fs::read(env.path("datasets/units.parquet")).expect("reads");
    env.write("datasets/mixed/year=2022/a.parquet", &rows);
    env.write("datasets/mixed/b.parquet", &rows);
    insta::assert_snapshot!(env.run(&["-c", "SELECT count(*) FROM mixed"]), @"
    exit 1
    --- stdout
    --- stderr
    error: table `mixed`: cannot read `[DIR]/datasets/mixed`: `[DIR]/datasets/mixed/year=2022/a.parquet` does not lie in folders of the same keys as `[DIR]/datasets/mixed/b.parquet`
    hint: every file of a table lies below the same `key=value` folders
    ");
    env.write("v.sql", "CREATE VIEW v AS SELECT * FROM 'gone.csv'; SELECT count(*) AS n FROM v");
    env.write("gone.csv", "a\n1\n");
    let mut shell = crate::pty::Terminal::start(&env, &["-q"], 24, 100);
    shell.prompt();
    shell.enter("\\i v.sql");
    std::fs::remove_file(env.path("gone.csv")).expect("removes");
    assert!(shell.enter("SELECT count(*) FROM v;").contains("it is no longer there"));
}

#[test]
fn a_json_array_may_be_laid_out_in_any_way() {
    let env = TestEnv::empty();
    for text in [
        "[{\"a\":1},{\"a\":2}]",
        "[\n{\n\"a\":1},\n{\"a\":2}]\n",
        "\n [\n  {\n    \"a\": 1\n  },\n  {\"a\": 2}\n]",
    ] {
        env.write("x.json", text);
        assert_eq!(env.csv("SELECT sum(a) AS n FROM 'x.json'"), "n\n3\n", "{text}");
    }
    let many: Vec<String> = (0..3000).map(|i| format!("{{\n  \"a\": {i}\n}}")).collect();
    env.write("x.json", format!("[{}]", many.join(",\n")));
    assert_eq!(env.csv("SELECT count(*) AS n, max(a) AS m FROM 'x.json'"), "n,m\n3000,2999\n");
    env.write("x.json", "[1, 2]");
    assert_eq!(env.run(&["-c", "SELECT * FROM 'x.json'"]).status, 1);
}

/// The types of a CSV are found whatever byte its first blocks end at.
#[test]
fn line_breaks_in_quotes_may_stand_anywhere() {
    let env = TestEnv::empty();
    for rows in [10, 590, 600, 2000] {
        let body: String = (0..rows).map(|i| format!("{i},\"line {i}\nsecond {i}\",-01\n")).collect();
        env.write("x.csv", format!("\u{feff}id,note,code\n{body}"));
        let expected = format!("n,s,c\n{rows},{},-01\n", rows * (rows - 1) / 2);
        assert_eq!(env.csv("SELECT count(*) AS n, sum(id) AS s, max(code) AS c FROM 'x.csv'"), expected);
    }
}

/// A quoted value may hold a line's end wherever a large file is cut between readers.
#[test]
fn a_large_csv_with_line_breaks_comes_back_whole() {
    let env = TestEnv::empty();
    let sql = "SELECT value AS id, 'dòng 1' || chr(10) || CAST(value AS VARCHAR) || ',x' AS note FROM generate_series(1, 600000)";
    assert_eq!(env.run(&["-c", sql, "-o", "x.csv"]).status, 0);
    assert_eq!(env.csv("SELECT count(*) AS n, sum(id) AS s FROM 'x.csv'"), "n,s\n600000,180000300000\n");
    assert_eq!(env.run(&["-c", sql, "-o", "x.json"]).status, 0);
    assert_eq!(env.csv("SELECT count(*) AS n, sum(id) AS s FROM 'x.json'"), "n,s\n600000,180000300000\n");
}

#[test]
fn csv_is_read_as_offices_write_it() {
    let env = TestEnv::empty();
    env.write("x.csv", "mã;số\n007;1\n010;2\n");
    assert_eq!(env.csv("SELECT * FROM 'x.csv'"), "mã,số\n007,1\n010,2\n");
    env.write("ragged.csv", "a,b\n1,2\n3\n");
    insta::assert_snapshot!(env.run(&["-c", "SELECT * FROM 'ragged.csv'"]), @"
    exit 1
    --- stdout
    --- stderr
    error: cannot read `ragged.csv`: Csv error: Encountered unequal lengths between records on CSV file. Expected 2 records, found 1 records at line 3
    ");
}

#[test]
fn no_character_of_a_path_means_anything() {
    let env = TestEnv::empty();
    for name in ["h#1.csv", "q?.csv", "p%20q.csv", "a [1].csv", "s*.csv", "quo''te.csv"] {
        env.write(&name.replace("''", "'"), "a\n1\n");
        assert_eq!(env.csv(&format!("SELECT a FROM '{name}'")), "a\n1\n", "{name}");
    }
    env.write("sub/here.txt", "");
    env.write("khánh.csv".replace('á', "a\u{301}").as_str(), "a\n2\n");
    assert_eq!(env.csv("SELECT a FROM 'khánh.csv'"), "a\n2\n");
    assert_eq!(env.csv("SELECT a FROM 'sub/../q?.csv'"), "a\n1\n");
    let up = env.run(&["--csv", "--table", "T=sub/../q?.csv", "-c", "SELECT a FROM T"]);
    assert_eq!(up.stdout, "a\n1\n", "{up}");
}

#[test]
fn a_path_that_leads_nowhere_is_told() {
    let env = TestEnv::empty();
    env.write("x.txt", "text");
    insta::assert_snapshot!(env.run(&["-c", "SELECT * FROM 'none.parquet'"]), @"
    exit 1
    --- stdout
    --- stderr
    error: cannot read `none.parquet`: no such file or directory
    ");
    insta::assert_snapshot!(env.run(&["-c", "SELECT * FROM 'x.txt'"]), @"
    exit 1
    --- stdout
    --- stderr
    error: there is no table `x.txt`
    hint: the file `x.txt` is there, but its ending is not that of a data file
    ");
    insta::assert_snapshot!(env.run(&["--table", "t=none.csv", "-c", "SELECT * FROM t"]), @"
    exit 1
    --- stdout
    --- stderr
    error: table `t`: cannot read `none.csv`: no such file or directory
    ");
}

#[test]
fn the_schema_can_be_asked_for() {
    let env = TestEnv::workspace();
    let tables =
        env.csv("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1");
    assert_eq!(tables.lines().count(), 11, "{tables}");
    let columns = env.csv("SELECT column_name FROM information_schema.columns WHERE table_name = 'classes' ORDER BY ordinal_position");
    assert!(columns.starts_with("column_name\nclass_id\nhost_unit_id\n"), "{columns}");
    assert_eq!(env.csv("DESCRIBE units").lines().count(), 6);
    assert_eq!(env.csv("SHOW TABLES").lines().filter(|line| line.contains(",public,")).count(), 10);
}

#[test]
fn a_table_of_the_session_has_a_description_too() {
    let env = TestEnv::workspace();
    let ran =
        env.run(&["-c", "CREATE VIEW v AS SELECT kind, count(*) AS n FROM units GROUP BY 1; DESCRIBE v"]);
    assert_eq!(ran.status, 0, "{ran}");
    insta::assert_snapshot!(env.run(&["tables", "unit"]), @"
    exit 1
    --- stdout
    --- stderr
    error: there is no table `unit`
    hint: did you mean `units`?
    ");
}

#[test]
fn a_workspace_can_be_named_from_inside_it() {
    let env = TestEnv::workspace();
    let mut command = env.command(crate::env::TONGKET);
    command.args(["-C", "..", "-c", "SELECT count(*) AS n FROM units"]).current_dir(env.path("queries"));
    assert_eq!(env.finish(command, None).stdout, "n\n13\n");
    let mut command = env.command(crate::env::TONGKET);
    command.args(["run", "figures/f08"]).current_dir(env.path("queries/loans"));
    assert_eq!(env.finish(command, None).stdout, "value\n853\n");
}
