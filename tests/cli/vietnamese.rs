//! Vietnamese in SQL: functions, and the order of text that `--collate` asks for.

use unicode_normalization::UnicodeNormalization;

use crate::env::TestEnv;

/// A table of names whose order by bytes is another than that of the alphabet.
const NAMES: &str = "CREATE VIEW n AS SELECT * FROM (VALUES ('Đông',1),('Dũng',2),('Ân',3),('An',1),('Ăn',2),\
                     ('dung',3),(NULL,4),('Đông',5)) t(name, k);";

/// One column of a result, its rows with `|` between them.
fn rows(env: &TestEnv, args: &[&str], sql: &str) -> String {
    let sql = format!("{NAMES} {sql}");
    let ran = env.run(&[&["--csv", "--null", "-"], args, &["-c", &sql]].concat());
    assert_eq!(ran.status, 0, "{sql}\n{ran}");
    ran.stdout.lines().skip(1).collect::<Vec<_>>().join("|")
}

#[test]
fn functions_work_in_queries_and_are_documented() {
    let env = TestEnv::workspace();
    assert_eq!(
        env.csv(
            "SELECT unaccent('Đoàn viên') AS a, format_number(1234567.5) AS b, format_vnd(2819000000) AS c, \
             format_date(DATE '2022-12-31') AS d, parse_number('2,819 tỷ đồng') AS e, \
             contains_vi('Nhà văn hoá', 'VĂN HÓA') AS f, label('loans.borrower_kind', 'group') AS g"
        ),
        "a,b,c,d,e,f,g\nDoan vien,\"1.234.567,5\",\"2,819 tỷ đồng\",31/12/2022,2819000000.000000,true,\"tổ, nhóm\"\n"
    );
    for name in [
        "unaccent",
        "normalize",
        "search_key",
        "contains_vi",
        "collation_key",
        "collation_order",
        "format_number",
        "format_vnd",
        "parse_number",
        "try_parse_number",
        "format_date",
        "label",
    ] {
        let page = env.run(&["-c", &format!("\\h {name}")]).stdout;
        assert!(page.starts_with(&format!("{name}(")), "{page}");
        assert!(page.contains("\narguments\n") && page.contains("\nexample\n"), "{page}");
        let line = env.run(&["--csv", "-c", &format!("\\df {name}")]).stdout;
        assert!(line.lines().any(|line| line.starts_with(&format!("{name},scalar,"))), "{line}");
    }
}

#[test]
fn faults_of_functions_say_what_and_what_next() {
    let env = TestEnv::workspace();
    for (sql, says) in [
        (
            "SELECT unaccent(5)",
            "error: `unaccent` takes text as `text`, and it is Int64\nhint: it is used as unaccent(text)\n",
        ),
        (
            "SELECT label('activites.category', 'x')",
            "error: the contract has no table `activites`\nhint: did you mean `activities.category`?\n",
        ),
        (
            "SELECT parse_number(x) FROM (VALUES ('6'), ('gần 5')) t(x)",
            "error: `gần 5` is no number: `gần` makes the number inexact: write the number alone\nhint: `try_parse_number` gives null for such texts\n",
        ),
        ("SET tongket.collate = 'fr'", "error: there is no collation `fr`: there are binary, vi and en\n"),
    ] {
        let ran = env.run(&["-c", sql]);
        assert!(ran.status != 0 && ran.stderr.ends_with(says), "{sql}\n{ran}");
    }
}

#[test]
fn constants_are_worked_out_while_planning() {
    let env = TestEnv::empty();
    let plan = env.csv("EXPLAIN SELECT a FROM (VALUES ('x')) t(a) WHERE a = unaccent('Đà')");
    assert!(plan.contains("Da") && !plan.contains("unaccent"), "{plan}");
}

#[test]
fn order_by_follows_the_collation_everywhere() {
    let env = TestEnv::empty();
    let vi = ["--collate", "vi"];
    for (sql, expected) in [
        ("SELECT name FROM n ORDER BY name", "An|Ăn|Ân|dung|Dũng|Đông|Đông|-"),
        ("SELECT name FROM n ORDER BY name DESC NULLS LAST LIMIT 3", "Đông|Đông|Dũng"),
        ("SELECT name FROM n ORDER BY name LIMIT 2 OFFSET 2", "Ân|dung"),
        ("SELECT DISTINCT name FROM n ORDER BY name", "An|Ăn|Ân|dung|Dũng|Đông|-"),
        ("SELECT name FROM n UNION SELECT 'Ẩn' ORDER BY 1", "An|Ăn|Ân|Ẩn|dung|Dũng|Đông|-"),
        ("SELECT DISTINCT ON (name) k FROM n ORDER BY name, k DESC", "1|2|3|3|2|5|4"),
        ("SELECT DISTINCT ON (k) name FROM n ORDER BY k, name DESC", "Đông|Dũng|dung|-|Đông"),
        ("SELECT name FROM n GROUP BY name HAVING count(*) = 1 ORDER BY name", "An|Ăn|Ân|dung|Dũng|-"),
        ("SELECT concat(name, '!') AS a FROM n WHERE k < 4 ORDER BY a", "An!|Ăn!|Ân!|dung!|Dũng!|Đông!"),
        ("SELECT row_number() OVER (ORDER BY name, k) FROM n ORDER BY k, name", "1|6|2|5|3|4|8|7"),
        ("SELECT rank() OVER (ORDER BY name) FROM n ORDER BY name", "1|2|3|4|5|6|6|8"),
        (
            "SELECT count(*) OVER (ORDER BY name RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM n ORDER BY name",
            "1|2|3|4|5|7|7|8",
        ),
        (
            "SELECT sum(k) OVER (ORDER BY name ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM n ORDER BY name LIMIT 4",
            "1|3|5|6",
        ),
        ("SELECT string_agg(name, ' ' ORDER BY name) FROM n", "An Ăn Ân dung Dũng Đông Đông"),
        ("SELECT array_agg(name ORDER BY name DESC) FROM n WHERE k < 3", "\"[Đông, Dũng, Ăn, An]\""),
        ("SELECT first_value(name ORDER BY name DESC NULLS LAST) FROM n", "Đông"),
        ("SELECT a FROM (SELECT name AS a FROM n ORDER BY name LIMIT 3) ORDER BY a DESC", "Ân|Ăn|An"),
        ("SELECT count(*) FROM n WHERE name IN (SELECT name FROM n ORDER BY name LIMIT 4)", "4"),
        ("SELECT (SELECT name FROM n ORDER BY name DESC NULLS LAST LIMIT 1)", "Đông"),
        // What compares goes by bytes.
        ("SELECT min(name) || ' ' || max(name) FROM n", "An Đông"),
        ("SELECT name FROM n WHERE name < 'z' ORDER BY name", "An|dung|Dũng"),
    ] {
        assert_eq!(rows(&env, &vi, sql), expected, "{sql}");
    }
    assert_eq!(rows(&env, &[], "SELECT name FROM n ORDER BY name"), "An|Dũng|dung|Ân|Ăn|Đông|Đông|-");
    let english = rows(&env, &["--collate", "en"], "SELECT name FROM n ORDER BY name");
    assert_eq!(english, "An|Ăn|Ân|Đông|Đông|dung|Dũng|-");
}

#[test]
fn different_names_are_gathered_in_order() {
    let env = TestEnv::empty();
    for (sql, expected) in [
        ("SELECT string_agg(DISTINCT name, ' ' ORDER BY name) FROM n", "An Ăn Ân dung Dũng Đông"),
        ("SELECT string_agg(DISTINCT name, '' ORDER BY name DESC) FROM n WHERE k = 1", "ĐôngAn"),
        ("SELECT string_agg(DISTINCT name, ' ' ORDER BY name) FROM n WHERE k = 4", "-"),
        ("SELECT string_agg(DISTINCT name, NULL ORDER BY name) FROM n WHERE k < 4", "AnĂnÂndungDũngĐông"),
        ("SELECT array_agg(DISTINCT name ORDER BY name) FROM n WHERE k > 2", "\"[Ân, dung, Đông, null]\""),
        ("SELECT array_agg(DISTINCT name ORDER BY name NULLS FIRST) FROM n WHERE k > 3", "\"[null, Đông]\""),
        ("SELECT array_agg(DISTINCT name ORDER BY name) FROM n WHERE k > 9", "-"),
        (
            "SELECT string_agg(DISTINCT name, ' ' ORDER BY name) FILTER (WHERE k < 5) FROM n GROUP BY k % 2 ORDER BY k % 2",
            "Ăn Dũng|An Ân dung Đông",
        ),
    ] {
        assert_eq!(rows(&env, &["--collate", "vi"], sql), expected, "{sql}");
        // The rows are the same without it; only their order is another.
        let mut plain: Vec<char> = rows(&env, &[], sql).chars().collect();
        let mut sorted: Vec<char> = expected.chars().collect();
        plain.sort_unstable();
        sorted.sort_unstable();
        assert_eq!(plain, sorted, "{sql}");
    }
}

#[test]
fn the_order_is_total_where_forms_of_one_name_meet() {
    let env = TestEnv::empty();
    let nfd: String = "Đông".nfd().collect();
    env.write("names.csv", format!("name\nĐông\n{nfd}\nĐông\n{nfd}\nDân\n"));
    let ran = env.run(&["--collate", "vi", "--csv", "-c", "SELECT name FROM 'names.csv' ORDER BY name"]);
    // Those with the smaller bytes first, and never mixed.
    assert_eq!(ran.stdout, format!("name\nDân\n{nfd}\n{nfd}\nĐông\nĐông\n"), "{ran}");
}

#[test]
fn a_file_sorted_by_its_bytes_is_sorted_again() {
    let env = TestEnv::empty();
    env.write("names.csv", "name\nĐông\nAn\nÂn\nDũng\n");
    let sorted = "CREATE EXTERNAL TABLE s (name VARCHAR) STORED AS CSV LOCATION 'sorted.csv' \
                  OPTIONS ('format.has_header' 'true') WITH ORDER (name ASC);";
    let ran = env.run(&["-o", "sorted.csv", "-c", "SELECT name FROM 'names.csv' ORDER BY name"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(env.read("sorted.csv"), "name\nAn\nDũng\nÂn\nĐông\n");
    let ask = |collate: &str, sql: &str| {
        let sql = format!("{sorted} {sql}");
        env.run(&["--write", "--collate", collate, "--csv", "-c", &sql]).stdout
    };
    let sql = "SELECT name FROM s ORDER BY name";
    assert_eq!(ask("binary", sql), "name\nAn\nDũng\nÂn\nĐông\n");
    assert_eq!(ask("vi", sql), "name\nAn\nÂn\nDũng\nĐông\n");
    let explain = format!("EXPLAIN {sql}");
    assert!(!ask("binary", &explain).contains("SortExec"), "{}", ask("binary", &explain));
    assert!(ask("vi", &explain).contains("collation_order(name@0, vi)"), "{}", ask("vi", &explain));
}

#[test]
fn every_way_of_asking_for_an_order_is_the_same() {
    let env = TestEnv::workspace();
    let sql = "SELECT a FROM (VALUES ('z'), ('đ')) t(a) ORDER BY a";
    let sorted = "a\nđ\nz\n";
    assert_eq!(env.csv(sql), "a\nz\nđ\n");
    assert_eq!(env.csv(&format!("SET tongket.collate = 'vi'; {sql}")), sorted);
    assert_eq!(env.csv(&format!("\\set collate vi\n{sql}")), sorted);
    assert_eq!(env.csv(&format!("\\set collate vi\n\\unset collate\n{sql}")), "a\nz\nđ\n");
    assert_eq!(env.csv("\\set collate vi\nSHOW tongket.collate").lines().nth(1), Some("tongket.collate,vi"));
    assert_eq!(env.run(&["-c", "\\set collate en\n\\set"]).stdout, "collate = en\n");
    let ran = env.run(&["--collate", "fr", "-c", sql]);
    assert!(ran.status == 2 && ran.stderr.contains("binary, vi, en"), "{ran}");
    let ran = env.run(&["-c", "\\set collate fr"]);
    assert!(ran.status == 2 && ran.stderr.contains("there is no collation `fr`"), "{ran}");
    env.write(".config/tongket/config.toml", "collate = \"vi\"\n");
    assert_eq!(env.csv(sql), sorted);
    assert_eq!(env.run(&["--collate", "binary", "--csv", "-c", sql]).stdout, "a\nz\nđ\n");
    // It goes along to another folder.
    assert_eq!(env.csv(&format!("\\c .\n{sql}")), sorted);
}

#[test]
fn exports_and_their_proof_follow_it() {
    let env = TestEnv::workspace();
    let sql = "SELECT name_vi FROM units ORDER BY name_vi";
    let ran = env.run(&["--collate", "vi", "--provenance", "-o", "units.csv", "-c", sql]);
    assert_eq!(ran.status, 0, "{ran}");
    let vi = env.read("units.csv");
    assert_eq!(env.run(&["--collate", "vi", "--csv", "-c", sql]).stdout, vi);
    assert_ne!(env.csv(sql), vi);
    // The proof knows the order that it was made in.
    let ran = env.run(&["verify", "units.csv"]);
    assert!(ran.status == 0 && !ran.stderr.contains("another order"), "{ran}");
}

#[test]
fn lists_of_names_follow_it() {
    let env = TestEnv::workspace();
    let views = "CREATE VIEW \"zz\" AS SELECT 1; CREATE VIEW \"đơn\" AS SELECT 1; CREATE VIEW \"ăn\" AS SELECT 1; \
                 CREATE VIEW \"dân\" AS SELECT 1;";
    let made = |collate: &str, command: &str| {
        let ran = env.run(&["--csv", "--collate", collate, "-c", &format!("{views}\n{command}")]);
        let names = ran.stdout.lines().filter_map(|line| line.split(',').next());
        names.filter(|name| ["zz", "đơn", "ăn", "dân"].contains(name)).collect::<Vec<_>>().join(" ")
    };
    for command in ["\\d", "\\dt", "\\dv"] {
        assert_eq!(made("binary", command), "dân zz ăn đơn", "{command}");
        assert_eq!(made("vi", command), "ăn dân đơn zz", "{command}");
    }
}

/// Imported rows are sorted by their key as all text is, and the file then claims no order of bytes.
#[test]
fn imported_rows_are_in_the_order_that_their_file_says() {
    let env = TestEnv::workspace();
    env.write("a.csv", "task_id,plan_year,area,task_vi,task_en\na1,2024,digital,x,x\nB1,2024,digital,x,x\n");
    env.write("b.csv", "task_id,plan_year,area,task_vi,task_en\nc1,2024,digital,x,x\nD1,2024,digital,x,x\n");
    let folder = "datasets/plan_tasks";
    for file in ["a.csv", "b.csv"] {
        let ran = env.run(&["--collate", "vi", "import", file, "--table", "plan_tasks"]);
        assert_eq!(ran.status, 0, "{ran}");
    }
    crate::sample::is_in_the_order_that_it_says(&env.path(folder).join("import-0001.parquet"));
    assert_eq!(env.run(&["--collate", "vi", "compact", "plan_tasks"]).status, 0);
    let [whole] = &env.list(folder)[..] else { panic!("{:?}", env.list(folder)) };
    crate::sample::is_in_the_order_that_it_says(&env.path(folder).join(whole));
}
