//! What a statement does to stocks, flows and persons that they do not bear: told on stderr, and in a
//! published figure refused.

use crate::env::TestEnv;

const OVER_DATES: &str = "warning: `sum(outstanding_vnd)` adds a stock over dates: `outstanding_vnd` is what there is at one date, \
     so fix `as_of_date` or group by it\n";

#[test]
fn a_stock_over_dates_is_warned_of_wherever_sql_is_run() {
    let env = TestEnv::workspace();
    let sql = "SELECT sum(outstanding_vnd) AS vnd FROM loan_balances WHERE channel = 'vbsp_entrusted'";
    env.write("a.sql", sql);
    env.write("queries/mine.sql", format!("-- ---\n-- title = \"x\"\n-- ---\n{sql}"));
    for arguments in [["-c", sql], ["-f", "a.sql"], ["run", "mine"]] {
        let ran = env.run(&arguments);
        assert_eq!(ran.status, 0, "{ran}");
        assert!(ran.stdout.starts_with("vnd\n4"), "{ran}");
        assert!(ran.stderr.contains(OVER_DATES), "{ran}");
    }
}

#[test]
fn a_view_hides_nothing_and_explain_still_explains() {
    let env = TestEnv::workspace();
    let ran = env.run(&[
        "-c",
        "CREATE VIEW v AS SELECT as_of_date AS d, outstanding_vnd AS owed FROM loan_balances; \
         SELECT sum(owed) AS vnd FROM v WHERE d = DATE '2022-12-31'",
    ]);
    assert!(ran.status == 0 && ran.stderr.is_empty(), "{ran}");
    let ran = env.run(&[
        "-c",
        "CREATE VIEW v AS SELECT as_of_date AS d, outstanding_vnd AS owed FROM loan_balances; \
         SELECT sum(owed) AS vnd FROM v",
    ]);
    assert!(
        ran.stderr
            .contains("`sum(owed)` adds a stock over dates: `owed` (`outstanding_vnd` of `loan_balances`)"),
        "{ran}"
    );
    for explain in ["EXPLAIN", "EXPLAIN ANALYZE", "EXPLAIN VERBOSE"] {
        let ran = env.run(&["-c", &format!("{explain} SELECT sum(outstanding_vnd) FROM loan_balances")]);
        assert_eq!(ran.status, 0, "{ran}");
        assert!(ran.stdout.to_lowercase().contains("aggregate") && ran.stderr.contains(OVER_DATES), "{ran}");
    }
}

#[test]
fn a_published_figure_with_a_finding_is_an_error() {
    let env = TestEnv::workspace();
    let name = "queries/figures/f10.sql";
    let right = env.read(name);
    let wrong = right.replace("\n  AND as_of_date = make_date($year, 12, 31)", "\n  AND $year = $year");
    assert_ne!(right, wrong);
    env.write(name, wrong);
    let ran = env.run(&["run", "figures/f10"]);
    assert!(ran.status == 1 && ran.stdout.is_empty(), "{ran}");
    assert!(
        ran.stderr.contains("is no figure to publish: `sum(outstanding_vnd)` adds a stock over dates"),
        "{ran}"
    );
    assert!(ran.stderr.contains("hint: mend the query"), "{ran}");
}

#[test]
fn no_saved_query_is_warned_of() {
    let env = TestEnv::workspace();
    let listed = env.run(&["queries", "--csv"]);
    let names: Vec<&str> = listed.stdout.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert!(names.len() > 30, "{listed}");
    for name in names {
        let ran = env.run(&["run", name]);
        assert!(ran.status == 0 && !ran.stderr.contains("warning"), "{name}\n{ran}");
    }
}

#[test]
fn without_a_contract_nothing_is_found() {
    let env = TestEnv::workspace();
    std::fs::remove_file(env.path("datasets/datapackage.json")).expect("removes");
    let ran = env.run(&["-c", "SELECT sum(outstanding_vnd) AS vnd FROM loan_balances"]);
    assert!(ran.status == 0 && ran.stderr.is_empty(), "{ran}");
}
