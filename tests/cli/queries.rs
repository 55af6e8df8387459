//! Saved queries: found by name or path, parameters bound, faults told together.

use crate::env::TestEnv;

#[test]
fn queries_are_listed_by_topic() {
    let env = TestEnv::workspace();
    let ran = env.run(&["queries", "--csv"]);
    assert_eq!(ran.stdout.lines().count(), 38, "{ran}");
    assert!(
        ran.stdout.contains("loans/by-channel,loans,Loans by channel,Cơ cấu kênh vay,as_of=2022-12-31\n"),
        "{ran}"
    );
}

#[test]
fn a_query_says_what_it_asks_for_and_gives() {
    let env = TestEnv::empty();
    env.write("datasets/readme.txt", "no tables");
    env.write(
        "queries/a/b.sql",
        "-- ---\n-- title = \"Title\"\n-- title_vi = \"Tựa\"\n-- [params.day]\n-- type = \"date\"\n\
         -- [params.n]\n-- type = \"integer\"\n-- default = 3\n-- ---\nSELECT $n + 1 AS next, $day AS day\n",
    );
    insta::assert_snapshot!(env.run(&["queries", "a/b"]), @r#"
    exit 0
    --- stdout
    Title
    Tựa

    parameters
      day  date, required
      n  integer, default 3

    columns
      next  bigint
      day  date

    [DIR]/queries/a/b.sql
    -- ---
    -- title = "Title"
    -- title_vi = "Tựa"
    -- [params.day]
    -- type = "date"
    -- [params.n]
    -- type = "integer"
    -- default = 3
    -- ---
    SELECT $n + 1 AS next, $day AS day
    --- stderr
    "#);
    insta::assert_snapshot!(env.run(&["queries"]), @"
    exit 0
    --- stdout
    query,topic,title,title_vi,params
    a/b,a,Title,Tựa,day n=3
    --- stderr
    ");
}

#[test]
fn words_for_what_the_result_has_not_are_told_of() {
    let env = TestEnv::workspace();
    let header = "-- ---\n-- [columns.kindd]\n-- title = \"Kind\"\n-- [columns.n]\n-- same_as = \"outputs.knd\"\n-- ---\n";
    env.write("queries/q.sql", format!("{header}SELECT kind, count(*) AS n FROM outputs GROUP BY kind\n"));
    let ran = env.run(&["queries", "q"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(
        ran.stderr,
        "warning: `[columns.kindd]` is of no column of the result\nwarning: `[columns.n]` is the same as `outputs.knd`, which the contract has not\n"
    );
    assert_eq!(env.run(&["queries", "units/league"]).stderr, "");
}

#[test]
fn values_are_bound_and_never_pasted() {
    let env = TestEnv::workspace();
    env.write(
        "queries/echo.sql",
        "-- ---\n-- [params.text]\n-- type = \"text\"\n-- ---\nSELECT $text AS text, count(*) AS n FROM units WHERE name_vi <> $text",
    );
    for hostile in ["'; DROP TABLE units; --", "x' OR '1'='1", "$text", "a\nb", "\\", ""] {
        let ran = env.run(&["run", "echo", "--json", "-p", &format!("text={hostile}")]);
        let rows: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran}"));
        assert_eq!((rows[0]["text"].as_str(), rows[0]["n"].as_i64()), (Some(hostile), Some(13)), "{ran}");
    }
}

#[test]
fn every_type_of_parameter_is_bound_as_what_it_is() {
    let env = TestEnv::empty();
    env.write(
        "q.sql",
        "-- ---\n-- [params.i]\n-- type = \"integer\"\n-- [params.x]\n-- type = \"number\"\n-- [params.d]\n-- type = \"decimal\"\n\
         -- [params.t]\n-- type = \"text\"\n-- [params.day]\n-- type = \"date\"\n-- [params.b]\n-- type = \"boolean\"\n\
         -- [params.none]\n-- type = \"date\"\n-- optional = true\n-- ---\n\
         SELECT $i + 1 AS i, $x / 2 AS x, $d * 2 AS d, $t || '!' AS t, $day + INTERVAL '1' DAY AS day, NOT $b AS b, $none IS NULL AS none\n\
         FROM generate_series(1, 5) LIMIT $i",
    );
    let ran = env.run(&[
        "run",
        "q.sql",
        "-p",
        "i=2",
        "-p",
        "x=0.5",
        "-p",
        "d=2.819",
        "-p",
        "t=Đ",
        "-p",
        "day=2022-12-31",
        "-p",
        "b=true",
    ]);
    insta::assert_snapshot!(ran, @"
    exit 0
    --- stdout
    i,x,d,t,day,b,none
    3,0.25,5.638000,Đ!,2023-01-01,false,true
    3,0.25,5.638000,Đ!,2023-01-01,false,true
    --- stderr
    ");
}

#[test]
fn a_parameter_can_have_many_values() {
    let env = TestEnv::workspace();
    env.write(
        "queries/some.sql",
        "-- ---\n-- [params.unit]\n-- type = \"text\"\n-- many = true\n-- optional = true\n-- values = \"SELECT unit_id FROM units\"\n-- ---\n\
         SELECT unit_id FROM units WHERE $unit IS NULL OR unit_id IN ($unit) ORDER BY unit_id",
    );
    let two = env.run(&["run", "some", "-p", "unit=yen_mo", "-p", "unit=hoa_lu"]);
    assert_eq!(two.stdout, "unit_id\nhoa_lu\nyen_mo\n", "{two}");
    let all = env.run(&["run", "some"]);
    assert_eq!(all.stdout.lines().count(), 14, "{all}");
    insta::assert_snapshot!(env.run(&["run", "some", "-p", "unit=yen_mo", "-p", "unit=hoa_lo", "-p", "unit=zzz"]), @"
    exit 2
    --- stdout
    --- stderr
    error: parameter `unit` of query `some` cannot be `hoa_lo`
    hint: did you mean `hoa_lu`?
    error: parameter `unit` of query `some` cannot be `zzz`
    hint: it can be `ninh_binh`, `tam_diep`, `nho_quan`, `gia_vien`, `hoa_lu`, `yen_khanh`, `yen_mo`, `kim_son`, `co_quan_doanh_nghiep`, `cong_an`, `quan_su`, `dai_hoc_hoa_lu`, `tinh_doan`
    ");
}

#[test]
fn all_faults_of_the_parameters_come_together() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["run", "loans/change", "-p", "form=2022-01-31", "-p", "to=31/12/2022", "-p", "channel=vbsp"]), @"
    exit 2
    --- stdout
    --- stderr
    error: query `loans/change` has no parameter `form`
    hint: did you mean `from`?
    error: parameter `to` of query `loans/change` is not a date: `31/12/2022`
    hint: a date is written YYYY-MM-DD, such as 2022-12-31
    error: parameter `channel` of query `loans/change` cannot be `vbsp`
    hint: did you mean `vbsp_entrusted`?
    ");
    env.write(
        "queries/day.sql",
        "-- ---\n-- [params.as_of]\n-- type = \"date\"\n-- ---\nSELECT $as_of AS day",
    );
    insta::assert_snapshot!(env.run(&["run", "day"]), @"
    exit 2
    --- stdout
    --- stderr
    error: query `day` needs parameter `as_of` (date)
    hint: give it with `-p as_of=2022-12-31`
    ");
}

#[test]
fn a_value_with_a_slip_is_corrected_without_accents() {
    let env = TestEnv::workspace();
    env.write(
        "queries/by-name.sql",
        "-- ---\n-- [params.name]\n-- type = \"text\"\n-- values = \"SELECT name_vi FROM units\"\n-- ---\nSELECT unit_id FROM units WHERE name_vi = $name",
    );
    insta::assert_snapshot!(env.run(&["run", "by-name", "-p", "name=huyen doan yen khanh"]), @"
    exit 2
    --- stdout
    --- stderr
    error: parameter `name` of query `by-name` cannot be `huyen doan yen khanh`
    hint: did you mean `Huyện đoàn Yên Khánh`?
    ");
}

#[test]
fn a_file_anywhere_can_be_run_without_a_workspace() {
    let env = TestEnv::empty();
    env.write("elsewhere/q.sql", "-- a comment\nSELECT 1 AS n;\n");
    assert_eq!(env.run(&["run", "elsewhere/q.sql"]).stdout, "n\n1\n");
}

#[test]
fn front_matter_that_does_not_parse_is_shown_in_its_file() {
    let env = TestEnv::workspace();
    env.write(
        "queries/bad.sql",
        "-- ---\n-- title = \"x\"\n-- [params.a]\n-- type = \"day\"\n-- ---\nSELECT $a\n",
    );
    insta::assert_snapshot!(env.run(&["run", "bad"]), @r#"
    exit 1
    --- stdout
    --- stderr
    error: the front matter does not parse: unknown variant `day`, expected one of `integer`, `number`, `decimal`, `text`, `date`, `boolean`
     --> [DIR]/queries/bad.sql:4:11
    4 | -- type = "day"
      |           ^^^^^
    "#);
    // The others are listed all the same, and `--all` writes them.
    let listed = env.run(&["queries", "--csv"]);
    assert_eq!((listed.status, listed.stdout.lines().count()), (1, 38), "{listed}");
    let all = env.run(&["run", "--all", "-o", "out"]);
    assert_eq!((all.status, env.path("out/loans/by-channel.csv").exists()), (1, true), "{all}");
    assert!(!env.path("out/bad.csv").exists());
    assert!(all.stderr.starts_with("error: `bad`: the front matter does not parse"), "{all}");
}

#[test]
fn what_is_declared_must_be_what_is_used() {
    let env = TestEnv::empty();
    env.write("q.sql", "-- ---\n-- [params.day]\n-- type = \"date\"\n-- default = \"2022-12-31\"\n-- ---\nSELECT $dya AS day");
    insta::assert_snapshot!(env.run(&["run", "q.sql"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `$dya` is not declared in the front matter
     --> q.sql:6:8
    6 | SELECT $dya AS day
      |        ^^^^
    hint: did you mean `$day`?
    error: `q.sql` declares parameter `day` and never uses it
    ");
}

#[test]
fn an_error_in_a_saved_query_has_its_place_in_the_file() {
    let env = TestEnv::workspace();
    env.write(
        "queries/q.sql",
        "-- ---\n-- title = \"Đ\"\n-- ---\nSELECT unit_id\nFROM units\nWHERE knd = 'city'\n",
    );
    insta::assert_snapshot!(env.run(&["run", "q"]), @"
    exit 1
    --- stdout
    --- stderr
    error: there is no column `knd`
     --> [DIR]/queries/q.sql:6:7
    6 | WHERE knd = 'city'
      |       ^^^
    hint: did you mean `kind`?
    ");
}

#[test]
fn run_all_replaces_nothing_unless_asked() {
    let env = TestEnv::workspace();
    env.write("out/overview.csv", "mine");
    let ran = env.run(&["run", "--all", "-o", "out"]);
    assert_eq!(ran.status, 1, "{ran}");
    assert_eq!(env.read("out/overview.csv"), "mine");
    assert!(!env.path("out/figures.csv").exists());
    assert_eq!(env.run(&["run", "--all", "-o", "out", "--force", "--json"]).status, 0);
    assert!(env.read("out/overview.json").starts_with("[{\"measure_id\""));
}

#[test]
fn values_are_compared_as_what_they_are() {
    let env = TestEnv::empty();
    env.write(
        "q.sql",
        "-- ---\n-- [params.d]\n-- type = \"decimal\"\n-- values = [2.5, \"3\"]\n-- default = 2.5\n\
         -- [params.x]\n-- type = \"number\"\n-- values = \"SELECT * FROM (VALUES (1.0), (2.5)) AS t(v)\"\n-- default = 1\n\
         -- [params.day]\n-- type = \"date\"\n-- values = \"SELECT CAST('2022-06-30' AS DATE)\"\n-- default = \"2022-06-30\"\n-- ---\n\
         SELECT $d AS d, $x AS x, $day AS day",
    );
    assert_eq!(env.run(&["run", "q.sql"]).stdout, "d,x,day\n2.500000,1.0,2022-06-30\n");
    assert_eq!(
        env.run(&["run", "q.sql", "-p", "d=3.0", "-p", "x=2.50"]).stdout,
        "d,x,day\n3.000000,2.5,2022-06-30\n"
    );
    insta::assert_snapshot!(env.run(&["run", "q.sql", "-p", "d=2.6", "-p", "x=9", "-p", "day=2022-06-29"]), @"
    exit 2
    --- stdout
    --- stderr
    error: parameter `d` of query `q.sql` cannot be `2.6`
    hint: did you mean `2.5`?
    error: parameter `day` of query `q.sql` cannot be `2022-06-29`
    hint: did you mean `2022-06-30`?
    error: parameter `x` of query `q.sql` cannot be `9`
    hint: did you mean `1`?
    ");
}

/// The same parameter twice is the same expression: GROUP BY sees that it is what is selected.
#[test]
fn a_parameter_may_be_grouped_by() {
    let env = TestEnv::workspace();
    env.write(
        "queries/by.sql",
        "-- ---\n-- [params.unit]\n-- type = \"text\"\n-- default = \"quarter\"\n-- ---\n\
         SELECT CAST(date_trunc($unit, start_date) AS DATE) AS first_day, count(*) AS n FROM activities\n\
         GROUP BY date_trunc($unit, start_date) ORDER BY 1",
    );
    let ran = env.run(&["run", "by"]);
    assert_eq!((ran.status, ran.stdout.lines().count()), (0, 5), "{ran}");
}

#[test]
fn a_name_that_nearly_fits_is_led_to_the_query() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["run", "training"]), @"
    exit 2
    --- stdout
    --- stderr
    error: there is no saved query `training`
    hint: the group `training` holds training/completion, training/gender-age, training/occupation, training/summary
    ");
    insta::assert_snapshot!(env.run(&["run", "loans/by-channel.sql"]), @"
    exit 1
    --- stdout
    --- stderr
    error: cannot read `loans/by-channel.sql`: no such file or directory
    hint: the saved query is called `loans/by-channel`
    ");
}

/// The second time its plan is known, and its tables are open.
#[test]
fn a_query_that_is_run_again_gives_the_same() {
    let env = TestEnv::workspace();
    let listed = env.run(&["queries", "--csv", "-q"]).stdout;
    let runs: String = listed
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .map(|name| format!("\\run {name}\n"))
        .collect();
    let once = env.run_with_input(&["-q", "--csv"], &runs);
    let twice = env.run_with_input(&["-q", "--csv"], &format!("{runs}{runs}"));
    assert_eq!(once.status, 0, "{once}");
    assert!(once.stdout.len() > 10_000, "{once}");
    assert_eq!(twice.stdout, once.stdout.repeat(2));
}

/// A table whose file has changed under the same statement is read anew, with other columns.
#[test]
fn a_statement_over_a_file_that_changes_sees_the_change() {
    let env = TestEnv::empty();
    env.write("old.csv", "a,b\n1,2\n");
    env.write("new.csv", "a,b,c\n1,2,x\n3,4,y\n");
    let sql = "SELECT *, (SELECT count(*) FROM 't.csv') AS n FROM 't.csv';\n";
    let script = format!("\\! cp old.csv t.csv\n{sql}{sql}\\! cp new.csv t.csv\n{sql}");
    let ran = env.run_with_input(&["-q", "--csv"], &script);
    assert_eq!(ran.stdout, "a,b,n\n1,2,1\na,b,n\n1,2,1\na,b,c,n\n1,2,x,2\n3,4,y,2\n", "{ran}");
}
