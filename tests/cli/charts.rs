//! Charts of characters, SVG and PNG; and plans as trees.

use crate::env::TestEnv;

#[test]
fn a_saved_query_knows_its_chart() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["run", "loans/by-channel", "--format", "chart"]), @"
    exit 0
    --- stdout
    Loans by channel (synthetic rows)
    outstanding_vnd by channel
    vbsp_entrusted           │█████████████████████████████████████████ 397846500000
    resolution_43            │█ 9675000000
    national_employment_fund │▎ 2470000000
    --- stderr
    ");
    // Every saved query that names a chart can be drawn.
    let mut drawn = 0;
    for line in env.run(&["queries", "--csv"]).stdout.lines().skip(1) {
        let name = line.split(',').next().expect("a name");
        if !env.read(&format!("queries/{name}.sql")).contains("-- [chart]") {
            continue;
        }
        let ran = env.run(&["run", name, "--format", "chart"]);
        // A result without rows has nothing to draw.
        let empty = ran.stderr.contains("there is nothing to draw");
        assert!((ran.status == 0 && ran.stdout.contains('│')) || empty, "{name}\n{ran}");
        drawn += usize::from(!empty);
    }
    assert!(drawn >= 15, "{drawn}");
}

#[test]
fn charts_are_drawn_from_any_result() {
    let env = TestEnv::workspace();
    let sql = "SELECT * FROM (VALUES ('Huyện đoàn Kim Sơn', 4.5), ('Thành đoàn Tam Điệp', -2.25), ('Đoàn khối', NULL)) AS t (đơn_vị, điểm)";
    insta::assert_snapshot!(env.run(&["--format", "chart", "-c", sql]).stdout, @"
    điểm by đơn_vị
    Huyện đoàn Kim Sơn                    │███████████████████████████████████ 4.50
    Thành đoàn Tam Điệp ▐█████████████████│ -2.25
    Đoàn khối                             │ ∅
    ");
    let months = "SELECT as_of_date, sum(outstanding_vnd) AS vnd FROM loan_balances GROUP BY 1 ORDER BY 1";
    let line = env.run(&["--format", "chart", "-c", months]).stdout;
    assert!(
        line.starts_with("synthetic rows\nvnd by as_of_date\n")
            && line.contains("2022-01-31")
            && line.contains('⣀'),
        "{line}"
    );
    let spark = env.run(&["-c", &format!("{months} \\chart spark as_of_date vnd")]).stdout;
    assert!(spark.contains('▁') && spark.contains('█'), "{spark}");
    let hist = env.run(&["-c", "SELECT approved_vnd FROM loans \\chart hist"]).stdout;
    assert!(hist.contains("[") && hist.lines().count() > 4, "{hist}");
    let log =
        env.run(&["-c", "SELECT 'a' AS x, 10 AS y UNION ALL SELECT 'b', 100000 \\chart bar x y log"]).stdout;
    assert!(log.contains("log scale"), "{log}");
}

#[test]
fn what_cannot_be_drawn_is_told() {
    let env = TestEnv::workspace();
    for (sql, words) in [
        ("SELECT 'a' AS x, 'b' AS y", "there is no column of numbers to draw"),
        ("SELECT unit_id, kind FROM units \\chart bar unit_id kind", "`kind` is not a column of numbers"),
        ("SELECT 1 AS a, 2 AS b \\chart bar a bb", "did you mean `b`?"),
        ("SELECT 1 AS a, 2 AS b \\chart bar a b c", "`c` is a third"),
        ("SELECT 'x' AS a, -1 AS b \\chart bar a b log", "a log scale has no place for -1"),
        ("SELECT 'x' AS a, NULL::int AS b", "there is nothing to draw: no row has a value"),
        ("SELECT unit_id AS a, 1 AS b FROM units WHERE false", "there is nothing to draw"),
    ] {
        let ran = env.run(&["--format", "chart", "-c", sql]);
        assert!(ran.status != 0 && ran.stderr.contains(words), "{sql}\n{ran}");
    }
}

#[test]
fn charts_are_written_as_images() {
    let env = TestEnv::workspace();
    assert_eq!(env.run(&["run", "units/league", "-o", "league.svg"]).status, 0);
    let svg = env.read("league.svg");
    assert!(
        svg.starts_with("<svg") && svg.contains("Thành đoàn Ninh Bình") && svg.contains("(synthetic rows)"),
        "{svg}"
    );
    assert_eq!(env.run(&["run", "units/league", "-o", "league.png"]).status, 0);
    let png = std::fs::read(env.path("league.png")).expect("reads");
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    // One image holds one chart.
    let two = env.run(&["-o", "two.svg", "-c", "SELECT 'a' AS x, 1 AS y; SELECT 'b' AS x, 2 AS y"]);
    assert!(two.status == 2 && two.stderr.contains("holds one SVG result"), "{two}");
    assert!(!env.path("two.svg").exists());
}

#[test]
fn a_plan_is_a_tree() {
    let env = TestEnv::workspace();
    let sql = "SELECT kind, count(*) AS n FROM units GROUP BY kind";
    let plan = env.csv(&format!("EXPLAIN {sql}"));
    let lines: Vec<&str> = plan.lines().collect();
    assert_eq!(lines[0], "operator,rows_expected,detail");
    assert!(lines[1].starts_with("ProjectionExec,") || lines[1].starts_with("AggregateExec,"), "{plan}");
    assert!(plan.contains("└─ DataSourceExec") && plan.contains(",13,"), "{plan}");
    let shares = "SELECT round(sum(share_pct)) AS share, max(rows) AS rows FROM 'plan.csv'";
    assert_eq!(env.run(&["-c", &format!("EXPLAIN ANALYZE {sql} \\g plan.csv")]).status, 0);
    assert_eq!(env.csv(shares), "share,rows\n100.0,13\n");
    // The engine's own forms are still there, and what is explained is not run.
    assert!(env.csv(&format!("EXPLAIN VERBOSE {sql}")).contains("initial_logical_plan"));
    let made = env.run(&["-c", "EXPLAIN CREATE VIEW v AS SELECT 1; SELECT * FROM v"]);
    assert!(made.stderr.contains("there is no table `v`"), "{made}");
}

#[test]
fn what_has_little_to_do_is_not_shared_out() {
    let env = TestEnv::workspace();
    let is_shared_out = |sql: &str| {
        let sql = format!("SET datafusion.execution.target_partitions = 4; EXPLAIN {sql}");
        let ran = env.run(&["--csv", "-c", &sql]);
        assert_eq!(ran.status, 0, "{ran}");
        ran.stdout.contains("RepartitionExec")
    };
    let by_unit = "SELECT unit_id, count(*) FROM activities a";
    for few in ["", "JOIN units USING (unit_id)", "WHERE cost_vnd > (SELECT avg(cost_vnd) FROM activities)"] {
        assert!(!is_shared_out(&format!("{by_unit} {few} GROUP BY unit_id")), "{few}");
    }
    // Few rows make many, or nobody knows how many there are.
    for many in [
        "SELECT a.level, count(*) FROM activities a JOIN activities b ON a.cost_vnd < b.cost_vnd GROUP BY a.level",
        "SELECT n % 7, count(*) FROM generate_series(1, 1000) t(n) GROUP BY 1",
        "SELECT n % 7, count(*) FROM (SELECT unnest(range(1000)) AS n) GROUP BY 1",
    ] {
        assert!(is_shared_out(many), "{many}");
    }
    let rows = "SELECT value % 7 AS n, random() AS r FROM generate_series(1, 200000) t(value)";
    let large = env.run(&["-o", "large.parquet", "-c", rows]);
    assert_eq!(large.status, 0, "{large}");
    assert!(is_shared_out("SELECT n, sum(r) FROM 'large.parquet' GROUP BY n"));
}

#[test]
fn a_profile_is_written_of_every_statement() {
    let env = TestEnv::workspace();
    let ran = env.run(&[
        "--profile",
        "p.json",
        "-c",
        "SELECT count(*) AS n FROM outputs WHERE kind = 'work'; SELECT 1;",
    ]);
    assert!(ran.status == 0, "{ran}");
    let profile: serde_json::Value = serde_json::from_str(&env.read("p.json")).expect("JSON");
    let first = &profile[0];
    assert_eq!(first["sql"], "SELECT count(*) AS n FROM outputs WHERE kind = 'work'");
    assert_eq!((first["rows"].as_u64(), first["rows_read"].as_u64()), (Some(1), Some(3021)));
    assert!(first["planning_ms"].as_f64().is_some_and(|ms| ms > 0.0), "{first}");
    assert!(first["plan"]["inputs"][0]["operator"].is_string(), "{first}");
    assert_eq!(profile.as_array().map(Vec::len), Some(2));
    assert_eq!(env.run(&["run", "figures/f08", "--profile", "q.json"]).status, 0);
    assert!(env.read("q.json").contains("trainees"));
    // What failed is in it too, with the reason.
    let ran = env.run(&["--profile", "f.json", "-c", "SELECT 1 AS a; SELECT CAST(kind AS INT) FROM units"]);
    assert_eq!(ran.status, 1, "{ran}");
    let profile: serde_json::Value = serde_json::from_str(&env.read("f.json")).expect("JSON");
    assert!(profile[1]["error"].as_str().is_some_and(|error| error.contains("cast error")), "{profile}");
    // A place that cannot be written is found before any work.
    for (path, words) in [("p.json", "exists already"), ("none/p.json", "there is no folder")] {
        let ran = env.run(&["--profile", path, "-c", "SELECT 1"]);
        assert!(ran.stdout.is_empty() && ran.stderr.contains(words), "{ran}");
    }
    assert!(!env.path("none").exists());
}
