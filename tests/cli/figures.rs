//! `check --figures` and `why`: the published figures held against the tables, and the rows behind them.

use crate::check::{alter, set};
use crate::env::TestEnv;

#[test]
fn the_figures_say_what_was_printed_what_is_and_what_follows() {
    let env = TestEnv::workspace();
    let ran = env.run(&["check", "--figures"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(ran.stdout.lines().filter(|line| line.contains(",holds,")).count(), 11, "{ran}");
}

/// For each figure of the article: what brings it to the edge of its band, then the one row that
/// decides.
const DECIDED: [(&str, &[Change], Change); 11] = [
    (
        "f02",
        &[(
            "activities",
            "DELETE activity_id IN (SELECT activity_id FROM activities WHERE category = 'volunteering' AND status = 'done' ORDER BY activity_id LIMIT 11)",
            "",
        )],
        (
            "activities",
            "activity_id = (SELECT max(activity_id) FROM activities WHERE category = 'volunteering' AND status = 'done')",
            "'under_way' AS status",
        ),
    ),
    (
        "f03",
        &[(
            "outputs",
            "DELETE output_id IN (SELECT output_id FROM outputs WHERE kind = 'work' ORDER BY output_id LIMIT 21)",
            "",
        )],
        ("outputs", "output_id = (SELECT max(output_id) FROM outputs WHERE kind = 'work')", "'task' AS kind"),
    ),
    (
        "f04",
        &[],
        ("outputs", "output_id = (SELECT min(output_id) FROM outputs WHERE kind = 'task')", "'work' AS kind"),
    ),
    ("f05", &[], ("outputs", "output_id = 'O2022-002880'", "0 AS benefit_vnd")),
    ("f06", &[], ("activities", "activity_id = 'A2022-000001'", "participations + 40 AS participations")),
    ("f07", &[], ("classes", "class_id = 'C2022-000008'", "DATE '2021-12-31' AS start_date")),
    (
        "f08",
        &[(
            "trainees",
            "DELETE trainee_id IN (SELECT trainee_id FROM trainees GROUP BY trainee_id HAVING count(*) = 1 ORDER BY trainee_id LIMIT 2)",
            "",
        )],
        (
            "trainees",
            "trainee_id = (SELECT max(trainee_id) FROM (SELECT trainee_id FROM trainees GROUP BY trainee_id HAVING count(*) = 1))",
            "(SELECT min(trainee_id) FROM trainees) AS trainee_id",
        ),
    ),
    (
        "f09",
        &[],
        (
            "loan_balances",
            "capital_vnd > 0 AND as_of_date = DATE '2022-12-31' AND unit_id = (SELECT min(unit_id) FROM loan_balances WHERE capital_vnd > 0 AND as_of_date = DATE '2022-12-31')",
            "capital_vnd + 500000 AS capital_vnd",
        ),
    ),
    (
        "f10",
        &[],
        (
            "loan_balances",
            "group_id = 'G-000069' AND as_of_date = DATE '2022-12-31'",
            "outstanding_vnd - 46500000 AS outstanding_vnd",
        ),
    ),
    ("f11", &[], ("loan_flows", "flow_id = 'F2022-000382'", "flow_vnd + 500000000 AS flow_vnd")),
    (
        "f12",
        &[],
        (
            "loans",
            "loan_id = (SELECT min(loan_id) FROM loans WHERE channel = 'resolution_43')",
            "'vbsp_entrusted' AS channel",
        ),
    ),
];

/// A table, which of its rows, and what becomes of them: `expression AS column`, or nothing after
/// `DELETE`.
type Change = (&'static str, &'static str, &'static str);

/// Makes a change, and gives the number of rows that it met.
fn change(env: &TestEnv, (table, rows, to): Change) -> usize {
    if let Some(rows) = rows.strip_prefix("DELETE ") {
        alter(env, table, &format!("SELECT * FROM {table} WHERE NOT ({rows})"));
        return 0;
    }
    let (value, column) = to.rsplit_once(" AS ").expect("a column");
    let met = env.csv(&format!("SELECT count(*) AS n FROM {table} WHERE {rows}"));
    // Kept as it is stored: a sum of decimals is wider.
    let stored = env.csv(&format!("SELECT arrow_typeof({column}) AS t FROM {table} LIMIT 1"));
    let stored = stored.lines().nth(1).expect("a type").trim_matches('"').to_owned();
    set(env, table, column, &format!("arrow_cast({value}, '{stored}')"), rows);
    met.lines().nth(1).expect("a count").parse().expect("a number")
}

#[test]
fn each_figure_turns_red_when_one_row_that_decides_it_is_changed() {
    std::thread::scope(|scope| {
        for (figure, edge, decisive) in DECIDED {
            scope.spawn(move || {
                let env = TestEnv::workspace();
                let verdict = || {
                    let ran = env.run(&["check", "--figures", "--json"]);
                    let figures: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
                    let name = format!("figures/{figure}");
                    let of = figures
                        .as_array()
                        .expect("a list")
                        .iter()
                        .find(|found| found["figure"] == name.as_str());
                    (ran.status, of.expect("is there")["verdict"].as_str().expect("a word").to_owned())
                };
                for edge in edge {
                    change(&env, *edge);
                }
                assert_eq!(verdict().1, "holds", "{figure} before");
                assert_eq!(change(&env, decisive), 1, "{figure}: one row");
                assert_eq!(verdict(), (3, "contradicts".to_owned()), "{figure} after");
            });
        }
    });
}

#[test]
fn a_figure_that_cannot_be_decided_says_why() {
    let env = TestEnv::workspace();
    let figure = |name: &str, published: &str, sql: &str| {
        let lines: String = published.lines().map(|line| format!("-- {}\n", line.trim())).collect();
        env.write(
            &format!("queries/figures/{name}.sql"),
            format!("-- ---\n-- [published]\n{lines}-- ---\n{sql}\n"),
        );
    };
    std::fs::remove_dir_all(env.path("queries/figures")).expect("removes");
    let rest = "unit = \"x\"\nqualifier = \"exact\"\nsource = \"a paper\"";
    figure("none", &format!("text = \"nhiều cờ thi đua\"\n{rest}"), "SELECT count(*) FROM awards");
    figure("other", &format!("text = \"trên 1.700\"\nvalue = 1600\n{rest}"), "SELECT count(*) FROM awards");
    figure("rows", &format!("text = \"13\"\nvalue = 13\n{rest}"), "SELECT kind FROM awards GROUP BY kind");
    figure(
        "null",
        &format!("text = \"13\"\nvalue = 13\n{rest}"),
        "SELECT sum(cost_vnd) FROM classes WHERE false",
    );
    figure("text", &format!("text = \"13\"\nvalue = 13\n{rest}"), "SELECT min(kind) FROM awards");
    figure("rate", &format!("text = \"đạt 45,5 %\"\nvalue = 45.5\n{rest}"), "SELECT 45.46");
    insta::assert_snapshot!(env.run(&["check", "--figures"]), @r#"
    exit 0
    --- stdout
    figure,published,computed,unit,band,verdict,reason,source
    figures/none,nhiều cờ thi đua,260.00,x,,undecided,no number was published,a paper
    figures/null,13,,x,12.5 <= value < 13.5,undecided,the tables hold nothing to compute it from,a paper
    figures/other,trên 1.700,260.00,x,,undecided,the number 1600 does not stand in the text `trên 1.700`,a paper
    figures/rate,"đạt 45,5 %",45.46,x,45.45 <= value < 45.55,holds,,a paper
    figures/rows,13,,x,12.5 <= value < 13.5,undecided,"its query gives 4 rows, and a figure is one value",a paper
    figures/text,13,,x,12.5 <= value < 13.5,undecided,its query gives no number,a paper
    --- stderr
    warning: not to be decided, of 6 published figures: `figures/none`, `figures/null`, `figures/other`, `figures/rows`, `figures/text`
    "#);
}

#[test]
fn why_gives_the_rows_that_come_to_the_figure() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["why", "figures/f05", "--limit", "2"]), @"
    exit 0
    --- stdout
    output_id,activity_id,unit_id,kind,level,field,completed_date,benefit_vnd,benefit_basis,source_file,source_row
    O2022-002880,A2022-001411,ninh_binh,work,grassroots,education,2022-08-15,125500000,estimated,,
    O2022-002738,A2022-000812,kim_son,work,province,health,2022-06-04,118000000,estimated,,
    --- stderr
    ");
    for (figure, sum, value) in [
        ("f02", "count(*)", "1712"),
        ("f05", "sum(benefit_vnd)", "7045500000"),
        ("f06", "sum(participations)", "14960"),
        ("f08", "count(DISTINCT trainee_id)", "853"),
        ("f09", "sum(capital_vnd)", "2819000000"),
        ("f10", "sum(outstanding_vnd)", "397846500000"),
        ("f11", "sum(flow_vnd)", "10000000000"),
        ("f12", "count(*)", "168"),
    ] {
        let file = format!("{figure}.parquet");
        let ran = env.run(&["why", &format!("figures/{figure}"), "-o", &file]);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
        assert_eq!(env.csv(&format!("SELECT {sum} AS v FROM '{file}'")), format!("v\n{value}\n"), "{figure}");
    }
    insta::assert_snapshot!(env.run(&["why", "loans/by-channel"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `loans/by-channel`: the rows behind it cannot be told: its query is not one sum or count over rows
    ");
    env.write("q.sql", "SELECT sum(cost_vnd) FILTER (WHERE level = 'province') / 1000 AS x FROM activities");
    insta::assert_snapshot!(env.run(&["why", "q.sql", "--limit", "1"]), @"
    exit 0
    --- stdout
    activity_id,unit_id,movement,category,level,start_date,end_date,participations,participants_distinct,cost_vnd,status,source_file,source_row
    A2022-000211,nho_quan,defence,volunteering,province,2022-03-04,2022-03-05,9,8,74400000,done,,
    --- stderr
    ");
    env.write("q.sql", "SELECT sum(cost_vnd * 2) FILTER (WHERE level = 'province' AND cost_vnd > 70000000) AS x FROM activities");
    insta::assert_snapshot!(env.run(&["why", "q.sql", "--limit", "2"]), @"
    exit 0
    --- stdout
    activity_id,unit_id,movement,category,level,start_date,end_date,participations,participants_distinct,cost_vnd,status,source_file,source_row,value
    A2022-000211,nho_quan,defence,volunteering,province,2022-03-04,2022-03-05,9,8,74400000,done,,,148800000
    A2022-000972,co_quan_doanh_nghiep,volunteering,outreach,province,2022-06-22,2022-06-22,23,,74400000,done,,,148800000
    --- stderr
    ");
}
