//! Commands such as `\d`: the same in `-c`, in `-f` files and on standard input as in the shell.

use crate::env::TestEnv;

#[test]
fn commands_and_sql_follow_one_another() {
    let env = TestEnv::workspace();
    let script = "\\set unit yen_mo\n\
        SELECT kind FROM units WHERE unit_id = $unit;\n\
        .mode json\n\
        SELECT name_vi FROM units WHERE unit_id = $unit \\g\n\
        \\echo the unit is :unit\n\
        \\pset format csv\n\
        SELECT 1 AS a, NULL AS b\n\
        \\t on\n\
        , 3 AS c; \\null none\n\
        \\g\n";
    let expected = "\
exit 0
--- stdout
kind
district
[{\"name_vi\":\"Huyện đoàn Yên Mô\"}]
the unit is yen_mo
1,,3
1,none,3
--- stderr
";
    assert_eq!(env.run(&["-c", script]).to_string(), expected);
    assert_eq!(env.run_with_input(&[], script).to_string(), expected);
    env.write("x.sql", script);
    assert_eq!(env.run(&["-f", "x.sql"]).to_string(), expected);
    assert_eq!(env.run(&["-c", "\\i x.sql"]).to_string(), expected);
}

#[test]
fn the_last_result_is_shown_in_other_forms() {
    let env = TestEnv::workspace();
    let sql = "SELECT movement, status, count(*) AS n FROM activities WHERE status <> 'done' GROUP BY 1, 2 ORDER BY 1, 2;\n";
    insta::assert_snapshot!(
        env.run(&["-c", &format!("{sql}\\last markdown\n\\crosstabview\n\\crosstabview status movement\n\\last json\n\\chart bar movement n\n\\gdesc")]).stdout,
        @r#"
    movement,status,n
    creativity,cancelled,4
    creativity,under_way,6
    defence,cancelled,2
    defence,under_way,8
    volunteering,cancelled,16
    volunteering,under_way,16
    | movement | status | n |
    | --- | --- | ---: |
    | creativity | cancelled | 4 |
    | creativity | under_way | 6 |
    | defence | cancelled | 2 |
    | defence | under_way | 8 |
    | volunteering | cancelled | 16 |
    | volunteering | under_way | 16 |
    movement,cancelled,under_way
    creativity,4,6
    defence,2,8
    volunteering,16,16
    status,creativity,defence,volunteering
    cancelled,4,2,16
    under_way,6,8,16
    [{"movement":"creativity","status":"cancelled","n":4},{"movement":"creativity","status":"under_way","n":6},{"movement":"defence","status":"cancelled","n":2},{"movement":"defence","status":"under_way","n":8},{"movement":"volunteering","status":"cancelled","n":16},{"movement":"volunteering","status":"under_way","n":16}]
    synthetic rows
    n by movement
    creativity   │███████████████▊ 4
    creativity   │███████████████████████▋ 6
    defence      │███████▉ 2
    defence      │███████████████████████████████▌ 8
    volunteering │███████████████████████████████████████████████████████████████ 16
    volunteering │███████████████████████████████████████████████████████████████ 16
    column,type
    movement,text
    status,text
    n,bigint
    "#
    );
    // Columns have numbers too, as in psql.
    let vi =
        "SELECT kind, level, count(*) * 1000 AS n FROM outputs GROUP BY 1, 2 ORDER BY 1, 2 \\crosstabview";
    let crossed = env.run(&["--lang", "vi", "--format", "table", "-c", vi]).stdout;
    for word in ["cấp cơ sở", "phần việc thanh niên", "1.782.000"] {
        assert!(crossed.contains(word), "{word}: {crossed}");
    }
    let numbered = env.run(&["-c", &format!("{sql}\\crosstabview 2 1 3")]).stdout;
    assert!(numbered.ends_with("cancelled,4,2,16\nunder_way,6,8,16\n"), "{numbered}");
    let error =
        env.run(&["-c", "SELECT 1 AS a, 1 AS b, 1 AS c UNION ALL SELECT 1, 1, 2 \\crosstabview"]).stderr;
    assert!(error.contains("two rows meet at `1` and `1`"), "{error}");
    assert!(env.run(&["-c", "\\last"]).stderr.contains("there is no last result"));
}

#[test]
fn tables_functions_and_views_are_told() {
    let env = TestEnv::workspace();
    for (line, expected) in [
        (".tables loan", "\nloan_flows,"),
        ("\\dt", "\nplan_tasks,"),
        ("\\d units", "\nvalid_to,date,true"),
        ("\\d+ units", "\nvalid_to,date,true"),
        (".schema units", "CREATE TABLE units (\n  unit_id text NOT NULL,\n"),
        ("CREATE VIEW v AS SELECT 1 AS n; \\dv", "v,CREATE VIEW v AS SELECT 1 AS n"),
        ("\\df array_to", "array_to_string,scalar,"),
        ("\\h ABS", "Returns the absolute value of a number."),
        ("\\dq", "\nloans/by-channel,"),
        ("\\dq figures/f08", "count(DISTINCT"),
        ("\\run figures/f08", "value\n853\n"),
        ("SELECT 1 AS a, 'x' AS b \\gdesc", "column,type\na,bigint\nb,text\n"),
        ("\\?", "\\crosstabview"),
        ("\\pset", "expanded     auto"),
        ("\\! echo from the shell", "from the shell"),
    ] {
        let ran = env.run(&["-c", line]);
        assert!(ran.status == 0 && ran.stdout.contains(expected) && ran.stderr.is_empty(), "{line}\n{ran}");
    }
}

#[test]
fn a_slip_is_found_before_anything_runs() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1;\n\\tming on"]), @r"
    exit 2
    --- stdout
    --- stderr
    error: there is no command `\tming`
     --> -c:2:1
    2 | \tming on
      | ^^^^^^^^^
    hint: did you mean `\timing`?
    ");
    insta::assert_snapshot!(env.run(&["-c", "SELECT 1 AS n; \\x sometimes\nSELECT 2"]), @r"
    exit 2
    --- stdout
    n
    1
    --- stderr
    error: `\x` is used as `\x [on|off|auto]`
     --> -c:1:16
    1 | SELECT 1 AS n; \x sometimes
      |                ^^^^^^^^^^^^
    ");
    for (line, words) in [
        (".tabels", "did you mean `.tables`?"),
        ("\\pset formt csv", "did you mean `format`?"),
        (".mode jsn", "did you mean `json`?"),
        ("\\run loans/by-chanel", "did you mean `loans/by-channel`?"),
        ("\\h arry_append", "did you mean `array_append`?"),
        ("\\d unts", "did you mean `units`?"),
        ("SELECT 1 AS alpha; \\chart bar alpah", "did you mean `alpha`?"),
        ("SELECT $n", "`\\set n VALUE`"),
        ("\\set long 1\nSELECT $lnog", "did you mean `$long`?"),
        ("\\unset n", "`n` is not set"),
        ("\\g", "has nothing to run"),
        ("\\e", "is for the shell"),
        ("\\run loans/by-channel ?", "here is nobody to ask"),
        ("SELECT 1 AS a, 2 AS b \\chart pie", "the charts are `bar`, `line`"),
        ("\\i none.sql", "cannot read `none.sql`"),
        ("\\echo 'it", ""),
        ("\\d 'units", "a quote is not closed"),
    ] {
        let ran = env.run(&["-c", line]);
        assert!(ran.stderr.contains(words) && (ran.status == 0) == words.is_empty(), "{line}\n{ran}");
    }
}

/// A file runs another beside it, and one that runs itself comes to an end.
#[test]
fn files_run_files() {
    let env = TestEnv::empty();
    env.write("a/one.sql", "\\ir two.sql\nSELECT 'one' AS t;\n");
    env.write("a/two.sql", "SELECT 'two' AS t;\n\\q\nSELECT 'never' AS t;\n");
    assert_eq!(env.run(&["-f", "a/one.sql"]).stdout, "t\ntwo\nt\none\n");
    env.write("self.sql", "\\i self.sql\n");
    let ran = env.run(&["-f", "self.sql"]);
    assert!(ran.status == 1 && ran.stderr.contains("is run by a file that it runs"), "{ran}");
    // \q ends a script of -c, and what follows it.
    assert_eq!(env.run(&["-c", "SELECT 1 AS n; \\q", "-c", "SELECT 2 AS n"]).stdout, "n\n1\n");
}

#[test]
fn results_go_where_commands_send_them() {
    let env = TestEnv::workspace();
    let ran = env.run(&[
        "-c",
        "SELECT 1 AS n \\g one.csv\n.once two.json\nSELECT 2 AS n;\nSELECT 3 AS n;\n\\o four.md\nSELECT 4 AS n;\n\\o\nSELECT 5 AS n;",
    ]);
    assert!(ran.status == 0 && ran.stderr.is_empty(), "{ran}");
    assert_eq!(ran.stdout, "n\n3\nn\n5\n");
    let written = |name: &str| env.read(name);
    assert_eq!([written("one.csv"), written("two.json")], ["n\n1\n", "[{\"n\":2}]\n"]);
    assert_eq!(written("four.md"), "| n |\n| ---: |\n| 4 |\n");
    assert!(env.run(&["-c", "SELECT 1 AS n \\g one.csv"]).stderr.contains("exists already"));
    assert!(env.run(&["-c", "SELECT 1 AS n \\g datasets/x.csv"]).stderr.contains("stored tables"));
    // A script that fails leaves no file of \o.
    env.run(&["-c", "\\o five.csv\nSELECT 1 AS n; SELECT nothing;"]);
    assert!(!env.path("five.csv").exists());
}

#[test]
fn the_same_commands_lead_to_another_workspace_and_folder() {
    let env = TestEnv::workspace();
    env.write("other/datasets/t.csv", "");
    env.write("other/x.csv", "a\n7\n");
    let ran = env.run(&[
        "-C",
        ".",
        "-c",
        "\\cd other\nSELECT a FROM 'x.csv'; SELECT count(*) AS n FROM units; \\c .\nSELECT * FROM units;",
    ]);
    assert_eq!(ran.stdout, "a\n7\nn\n13\n");
    assert!(ran.stderr.contains("there is no table `units`"), "{ran}");
}

/// A column of a value is called as it was written, and a date is one.
#[test]
fn values_keep_their_names_and_types() {
    let env = TestEnv::empty();
    let script = "\\set d 2022-06-30\n\\set n 5\nSELECT $n, $n + 1, $d + INTERVAL '1 day' AS next;";
    assert_eq!(env.run(&["-c", script]).stdout, "$n,$n + 1,next\n5,6,2022-07-01\n");
    let twice = env.run(&["-c", "\\set n 5\nSELECT $n, $n"]).stderr;
    assert!(twice.contains("two columns are called `$n`"), "{twice}");
    assert!(env.run(&["-c", "SELECT $1"]).stderr.contains("values have names"));
}

/// A value is bound, never pasted: whatever it holds, it stays one value.
#[test]
fn variables_are_bound() {
    let env = TestEnv::workspace();
    let script = "\\set t \"x' OR 1=1 --\"\n\\set n 007\n\\set i 7\n\\set d 2022-12-31\n\\set s Huye\u{323}\u{302}n\n\
        SELECT $t AS t, $n AS n, $i + 1 AS i, $s = 'Huyện' AS same;\n\
        SELECT count(*) AS n FROM loan_balances WHERE as_of_date = $d;";
    assert_eq!(env.run(&["-c", script]).stdout, "t,n,i,same\nx' OR 1=1 --,007,8,true\nn\n240\n");
    let typed = "\\set q '5'\n\\set d 1.50\n\\set big 99999999999999999999\n\\set f 1e5\n\\set b true\n\
        SELECT arrow_typeof($q) AS q, $d AS d, $big AS big, $f + 1 AS f, NOT $b AS b;";
    assert_eq!(
        env.run(&["-c", typed]).stdout,
        "q,d,big,f,b\nUtf8,1.50,99999999999999999999,100001.0,false\n"
    );
}

/// A file keeps the place that it was named for, wherever the session goes; a stored table is never it.
#[test]
fn a_change_of_folder_moves_no_file() {
    let env = TestEnv::workspace();
    env.write("sub/there.txt", "");
    let ran = env.run(&["-o", "units.parquet", "-c", "SELECT 1 AS a;\n\\cd datasets\n"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(env.path("units.parquet").exists());
    assert_eq!(env.csv("SELECT count(*) AS n FROM units"), "n\n13\n");
    let script = "\\o o.csv\nSELECT 1 AS n;\n\\o\n\\once t.csv\n\\cd sub\nSELECT 2 AS n;\n\\ir ../two.sql\n";
    env.write("main.sql", script.replace("../two", "two"));
    env.write("two.sql", "SELECT 'two' AS t;\n");
    let ran = env.run(&["--profile", "p.json", "-f", "main.sql"]);
    assert_eq!(ran.to_string(), "exit 0\n--- stdout\nt\ntwo\n--- stderr\n");
    assert_eq!([env.read("o.csv"), env.read("t.csv")], ["n\n1\n", "n\n2\n"]);
    assert!(env.path("p.json").exists());
    assert_eq!(env.list("sub"), ["there.txt"]);
}

/// A setting that is refused stays as it was, and none locks the others.
#[test]
fn a_refused_setting_changes_nothing() {
    let env = TestEnv::workspace();
    let ran = |script: &str| env.run(&["-c", script]);
    let semicolon = ran(
        "\\pset fieldsep ';'\nSELECT 1 AS a, 2 AS b;\n\\format json\nSELECT 3 AS c;\n\\pset format csv\nSELECT 4 AS d, 5 AS e;",
    );
    assert_eq!(semicolon.to_string(), "exit 0\n--- stdout\na;b\n1;2\n[{\"c\":3}]\nd,e\n4,5\n--- stderr\n");
    assert!(ran("\\pset fieldsep ;\nSELECT 1 AS a, 2 AS b").stdout.starts_with("a;b\n"));
    assert!(ran("\\pset fieldsep ';'\nSELECT 1 AS a, 2 AS b \\chart").stdout.contains('█'));
    let refused = ran("\\null a,b");
    assert!(refused.status == 2 && refused.stderr.contains("the text for null"), "{refused}");
}

/// `\once` takes the next result, whoever gives it, and `\g` runs what was asked last.
#[test]
fn a_saved_query_is_asked_like_any_other() {
    let env = TestEnv::workspace();
    let ran = env.run(&[
        "-c",
        "\\once o.csv\n\\run figures/f08\nSELECT 7 AS x;\n\\run figures/f08\n\\g\n\\g again.csv",
    ]);
    assert_eq!(ran.to_string(), "exit 0\n--- stdout\nx\n7\nvalue\n853\nvalue\n853\n--- stderr\n");
    assert_eq!([env.read("o.csv"), env.read("again.csv")], ["value\n853\n", "value\n853\n"]);
    // Of several -c it is told which.
    assert!(env.run(&["-c", "SELECT 1 AS n", "-c", "SELECT nothing"]).stderr.contains(" --> -c (2):1:8"));
    // What one -c gave, the next shows again.
    assert_eq!(env.run(&["-c", "SELECT 1 AS a", "-c", "\\last json"]).stdout, "a\n1\n[{\"a\":1}]\n");
    let half = env.run(&["-c", "SELECT 1 AS a;", "-c", "\\last json", "-f", "-"]);
    assert!(half.status == 0, "{half}");
}

/// What is shown again goes where results go, and a file that waited in vain is told of.
#[test]
fn what_is_shown_again_goes_where_results_go() {
    let env = TestEnv::workspace();
    let sql = "SELECT 'a' AS x, 1 AS y;";
    let ran = env.run(&["-c", &format!("{sql}\n\\once c.svg\n\\chart\n\\once l.json\n\\last\n\\o o.svg\n\\chart\n\\o\n\\o o.csv\n\\last\n\\o\n\\last json")]);
    assert_eq!(ran.to_string(), "exit 0\n--- stdout\nx,y\na,1\n[{\"x\":\"a\",\"y\":1}]\n--- stderr\n");
    assert!(env.read("c.svg").starts_with("<svg") && env.read("o.svg").starts_with("<svg"));
    assert_eq!([env.read("l.json"), env.read("o.csv")], ["[{\"x\":\"a\",\"y\":1}]\n", "x,y\na,1\n"]);
    let unused = env.run(&["-c", "\\once q.csv"]);
    assert!(unused.status == 1 && unused.stderr.contains("no result came after \\once"), "{unused}");
    env.write("last.sql", "\\last json");
    assert_eq!(env.run(&["-c", "SELECT 1 AS a", "-c", "\\i last.sql"]).stdout, "a\n1\n[{\"a\":1}]\n");
    let parquet = env.run(&["-c", "\\format parquet\nSELECT 1 AS a"]);
    assert!(parquet.stdout.starts_with("PAR1"), "{parquet}");
}

/// COPY takes the session's values too, and numbers with an exponent.
#[test]
fn copy_takes_values() {
    let env = TestEnv::empty();
    let ran = env.run(&["--write", "-c", "\\set n 5\nCOPY (SELECT $n AS n, 1e3 AS e) TO 'x.csv' STORED AS CSV OPTIONS ('format.has_header' 'true')"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(env.csv("SELECT n, e FROM 'x.csv'"), "n,e\n5,1000.0\n");
}
