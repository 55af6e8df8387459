//! `check` and `why`: the tables held against their contract, the published figures against the tables.

use crate::env::{TestEnv, repository};
use crate::peer;

/// Puts the result of a query in the place of a stored table.
fn alter(env: &TestEnv, table: &str, sql: &str) {
    let ran = env.run(&["-c", sql, "-o", "altered.parquet"]);
    assert_eq!(ran.status, 0, "{sql}\n{ran}");
    std::fs::rename(env.path("altered.parquet"), env.path(&format!("datasets/{table}.parquet")))
        .expect("moves");
}

/// Changes one column of the rows where a condition holds.
fn set(env: &TestEnv, table: &str, column: &str, value: &str, condition: &str) {
    let sql = format!(
        "SELECT * REPLACE (CASE WHEN {condition} THEN {value} ELSE {column} END AS {column}) FROM {table}"
    );
    alter(env, table, &sql);
}

/// Edits the contract.
fn edit(env: &TestEnv, from: &str, to: &str) {
    let text = env.read("datasets/datapackage.json");
    assert!(text.contains(from), "{from}");
    env.write("datasets/datapackage.json", text.replacen(from, to, 1));
}

#[test]
fn the_sample_keeps_its_contract_and_all_figures_hold() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["check"]), @"
    exit 0
    --- stdout
    table,rule,columns,verdict,rows,first,meaning
    --- stderr
    ");
    let all = env.run(&["check", "--all"]);
    assert!(all.stdout.lines().count() > 150 && !all.stdout.contains(",error,"), "{all}");
}

#[test]
fn a_finding_names_table_rule_count_and_first_rows() {
    let env = TestEnv::workspace();
    set(
        &env,
        "loans",
        "term_months",
        "72",
        "loan_id = (SELECT min(loan_id) FROM loans WHERE channel = 'resolution_43')",
    );
    set(&env, "outputs", "unit_id", "'khong_co'", "output_id = 'O2022-000007'");
    set(&env, "trainees", "birth_year", "1980", "enrolment_id = 'E2022-000001'");
    insta::assert_snapshot!(env.run(&["check"]), @r#"
    exit 3
    --- stdout
    table,rule,columns,verdict,rows,first,meaning
    outputs,foreignKey,unit_id,error,1,O2022-000007 (khong_co),`unit_id` must be in `units`
    outputs,unit_of_activity,,error,1,O2022-000007,The unit is the unit of the activity
    trainees,one_birth_year,,error,2,"E2022-000001, E2022-000854",One person keeps one birth year
    trainees,age_of_youth,,warning,1,E2022-000001,The age in the year of the class is 16 to 30
    loans,resolution_43_term,,error,1,L2022-000063,A loan of Resolution 43 lasts at most 60 months
    --- stderr
    error: 4 rules do not hold, 1 warning (of 164 rules in 10 tables)
    "#);
    insta::assert_snapshot!(env.run(&["check", "trainees"]), @r#"
    exit 3
    --- stdout
    table,rule,columns,verdict,rows,first,meaning
    trainees,one_birth_year,,error,2,"E2022-000001, E2022-000854",One person keeps one birth year
    trainees,age_of_youth,,warning,1,E2022-000001,The age in the year of the class is 16 to 30
    --- stderr
    error: 1 rule does not hold, 1 warning (of 19 rules in 1 table)
    "#);
    insta::assert_snapshot!(env.run(&["check", "loans", "--show", "1"]), @"
    exit 3
    --- stdout
    table,rule,columns,verdict,rows,first,meaning
    loans,resolution_43_term,,error,1,L2022-000063,A loan of Resolution 43 lasts at most 60 months
    loan_id,channel,unit_id,borrower_id,borrower_kind,sector,contract_date,approved_vnd,term_months,annual_rate,source_file,source_row
    L2022-000063,resolution_43,yen_khanh,B2022-000063,person,crops,2022-01-02,71000000,72,6.60,,
    --- stderr
    error: 1 rule does not hold (of 22 rules in 1 table)
    ");
}

#[test]
fn rows_with_the_same_key_are_found() {
    let env = TestEnv::workspace();
    alter(
        &env,
        "units",
        "SELECT * FROM units UNION ALL SELECT * FROM units WHERE unit_id IN ('hoa_lu', 'yen_mo')",
    );
    insta::assert_snapshot!(env.run(&["check", "units", "--show", "9"]), @r#"
    exit 3
    --- stdout
    table,rule,columns,verdict,rows,first,meaning
    units,unique,unit_id,error,2,"hoa_lu (2 rows), yen_mo (2 rows)",no value of `unit_id` may stand in two rows
    units,primaryKey,unit_id,error,2,"hoa_lu (2 rows), yen_mo (2 rows)",no two rows may have the same `unit_id`
    unit_id,name_vi,kind,valid_from,valid_to
    hoa_lu,Huyện đoàn Hoa Lư,district,1992-04-01,
    hoa_lu,Huyện đoàn Hoa Lư,district,1992-04-01,
    yen_mo,Huyện đoàn Yên Mô,district,1992-04-01,
    yen_mo,Huyện đoàn Yên Mô,district,1992-04-01,
    unit_id,name_vi,kind,valid_from,valid_to
    hoa_lu,Huyện đoàn Hoa Lư,district,1992-04-01,
    hoa_lu,Huyện đoàn Hoa Lư,district,1992-04-01,
    yen_mo,Huyện đoàn Yên Mô,district,1992-04-01,
    yen_mo,Huyện đoàn Yên Mô,district,1992-04-01,
    --- stderr
    error: 2 rules do not hold (of 8 rules in 1 table)
    "#);
}

#[test]
fn findings_for_machines() {
    let env = TestEnv::workspace();
    set(&env, "classes", "capacity", "0", "class_id = 'C2022-000003'");
    insta::assert_snapshot!(env.run(&["check", "classes", "--json"]), @r#"
    exit 3
    --- stdout
    [{"table":"classes","rule":"minimum","columns":"capacity","verdict":"error","rows":1,"first":"C2022-000003 (0)","meaning":"`capacity` must be at least 1"}]
    --- stderr
    error: 1 rule does not hold (of 14 rules in 1 table)
    "#);
    let junit = env.run(&["check", "classes", "--format", "junit"]);
    insta::assert_snapshot!(junit, @r#"
    exit 3
    --- stdout
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="tongket check" tests="14" skipped="0" failures="1" errors="0">
        <testsuite name="classes" tests="14" skipped="0" errors="0" failures="1">
            <testcase name="required(class_id)" classname="classes"/>
            <testcase name="unique(class_id)" classname="classes"/>
            <testcase name="required(host_unit_id)" classname="classes"/>
            <testcase name="required(topic)" classname="classes"/>
            <testcase name="enum(topic)" classname="classes"/>
            <testcase name="required(start_date)" classname="classes"/>
            <testcase name="required(end_date)" classname="classes"/>
            <testcase name="minimum(capacity)" classname="classes">
                <failure message="1 row: `capacity` must be at least 1 [C2022-000003 (0)]"/>
            </testcase>
            <testcase name="minimum(cost_vnd)" classname="classes"/>
            <testcase name="minimum(source_row)" classname="classes"/>
            <testcase name="primaryKey(class_id)" classname="classes"/>
            <testcase name="foreignKey(host_unit_id)" classname="classes"/>
            <testcase name="date_in_unit_validity" classname="classes"/>
            <testcase name="dates_in_order" classname="classes"/>
        </testsuite>
    </testsuites>
    --- stderr
    error: 1 rule does not hold (of 14 rules in 1 table)
    "#);
    insta::assert_snapshot!(env.run(&["tables", "--format", "junit"]), @"
    exit 2
    --- stdout
    --- stderr
    error: JUnit is the form of what `tongket check` finds, and of no other result
    ");
}

#[test]
fn a_contract_that_asks_for_nonsense_is_at_fault_itself() {
    let env = TestEnv::workspace();
    edit(&env, r#""minimum": 0"#, r#""minimum": "nought""#);
    edit(&env, "(start_date <= end_date) IS NOT FALSE", "start_date <= no_such_column");
    edit(&env, r#""unique": true"#, r#""unique": true, "pattern": "[a-z-[aeiou]]+", "minLength": 2"#);
    insta::assert_snapshot!(env.run(&["check", "units", "activities"]), @r#"
    exit 3
    --- stdout
    table,rule,columns,verdict,rows,first,meaning
    units,pattern,unit_id,error,0,,the contract is at fault: `pattern` of `unit_id` is no regular expression: `[a-z-[aeiou]]+`
    activities,minimum,participations,error,0,,"the contract is at fault: `minimum` of `participations` is nought, which is no integer"
    activities,dates_in_order,,error,0,,it cannot be checked: there is no column `no_such_column`
    --- stderr
    error: 3 rules do not hold (of 34 rules in 2 tables)
    "#);
}

#[test]
fn a_table_that_is_missing_damaged_or_unknown_does_not_hide_the_others() {
    let env = TestEnv::workspace();
    std::fs::remove_file(env.path("datasets/awards.parquet")).expect("removes");
    env.write("datasets/loans.parquet", "no Parquet");
    env.write("datasets/more/x.txt", "nothing");
    std::fs::copy(env.path("datasets/units.parquet"), env.path("datasets/towns.parquet")).expect("copies");
    insta::assert_snapshot!(env.run(&["check"]), @r#"
    exit 3
    --- stdout
    table,rule,columns,verdict,rows,first,meaning
    loans,readable,,error,0,,table `loans`: cannot read `[DIR]/datasets/loans.parquet`: it is not a Parquet file
    loan_flows,foreignKey,loan_id,error,0,,it cannot be checked: there are no rows of `loans`
    loan_flows,date_in_unit_validity,,warning,0,,it cannot be checked: table `loans`: cannot read `[DIR]/datasets/loans.parquet`: it is not a Parquet file
    loan_flows,not_before_contract,,error,0,,it cannot be checked: table `loans`: cannot read `[DIR]/datasets/loans.parquet`: it is not a Parquet file
    loan_flows,disbursed_within_approved,,error,0,,it cannot be checked: table `loans`: cannot read `[DIR]/datasets/loans.parquet`: it is not a Parquet file
    awards,missing file,,error,0,,there must be rows of `awards` in `datasets`
    figures/f11,published,,error,,,"published as ""Nghị quyết 43/2018/NQ-HĐND: năm 2022 giải ngân 10 tỷ đồng"" (Báo Ninh Bình, 2023-01-05): table `loans`: cannot read `[DIR]/datasets/loans.parquet`: it is not a Parquet file"
    figures/f12,published,,error,,,"published as ""cho 168 mô hình dự án"" (Báo Ninh Bình, 2023-01-05): table `loans`: cannot read `[DIR]/datasets/loans.parquet`: it is not a Parquet file"
    --- stderr
    warning: table `towns` is not in the contract, and was not checked
    error: 5 rules do not hold, 1 warning (of 126 rules in 10 tables)
    error: not as published, of 11 published figures: `figures/f11`, `figures/f12`
    hint: see the rows behind a figure: tongket why FIGURE
    "#);
    insta::assert_snapshot!(env.run(&["check", "activitys"]), @"
    exit 2
    --- stdout
    --- stderr
    error: the contract describes no table `activitys`
    hint: did you mean `activities`?
    ");
    let without = TestEnv::empty();
    insta::assert_snapshot!(without.run(&["check"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `check` needs a workspace, and neither this folder nor one above it holds `datasets`
    hint: name one with `-C DIR`, or make one with `tongket init DIR`
    ");
}

#[test]
fn columns_of_another_type_missing_or_too_many_are_found() {
    let env = TestEnv::workspace();
    alter(
        &env,
        "classes",
        "SELECT * EXCEPT (topic, capacity), CAST(capacity AS VARCHAR) AS capacity, 1 AS extra FROM classes",
    );
    insta::assert_snapshot!(env.run(&["check", "classes"]), @r#"
    exit 3
    --- stdout
    table,rule,columns,verdict,rows,first,meaning
    classes,missing column,topic,error,0,,there must be a column `topic`
    classes,surplus column,extra,error,0,,the contract does not know the column `extra`
    classes,type,capacity,error,7,"C2022-000002 (130), C2022-000003 (120), C2022-000004 (120)","`capacity` must be integer, and is stored as text"
    --- stderr
    error: 3 rules do not hold (of 14 rules in 1 table)
    "#);
}

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
    insta::assert_snapshot!(env.run(&["why", "q.sql"]), @"
    exit 0
    --- stdout
    activity_id,unit_id,movement,category,level,start_date,end_date,participations,participants_distinct,cost_vnd,status,source_file,source_row
    A2022-000211,nho_quan,defence,volunteering,province,2022-03-04,2022-03-05,9,8,74400000,done,,
    A2022-000972,co_quan_doanh_nghiep,volunteering,outreach,province,2022-06-22,2022-06-22,23,,74400000,done,,
    A2022-000812,kim_son,creativity,volunteering,province,2022-06-04,2022-06-04,3,2,73200000,done,,
    A2022-001551,hoa_lu,volunteering,volunteering,province,2022-09-02,2022-09-02,7,5,73200000,done,,
    A2022-000593,yen_mo,creativity,volunteering,province,2022-04-20,2022-04-21,9,6,72000000,done,,
    A2022-001262,yen_khanh,volunteering,volunteering,province,2022-07-24,2022-07-24,9,,70800000,done,,
    A2022-000592,hoa_lu,volunteering,volunteering,province,2022-04-20,2022-04-20,4,,69600000,done,,
    A2022-001039,ninh_binh,volunteering,education,province,2022-06-30,2022-06-30,12,,69600000,done,,
    A2022-000407,tam_diep,creativity,volunteering,province,2022-03-22,2022-03-22,5,,68400000,done,,
    A2022-001216,yen_khanh,volunteering,volunteering,province,2022-07-19,2022-07-20,9,7,68400000,done,,
    A2022-001063,gia_vien,volunteering,volunteering,province,2022-07-03,2022-07-09,4,3,64800000,done,,
    A2022-001507,kim_son,volunteering,volunteering,province,2022-08-26,2022-08-26,7,,64800000,done,,
    A2022-001723,yen_khanh,volunteering,volunteering,province,2022-10-15,2022-10-15,9,7,64800000,done,,
    A2022-000170,co_quan_doanh_nghiep,creativity,volunteering,province,2022-02-26,2022-03-27,9,9,63600000,done,,
    A2022-001905,yen_khanh,defence,volunteering,province,2022-12-05,2022-12-31,14,,62400000,under_way,,
    A2022-000299,yen_khanh,defence,volunteering,province,2022-03-14,2022-04-12,7,,61200000,done,,
    A2022-001369,tinh_doan,defence,volunteering,province,2022-08-09,2022-08-10,10,8,61200000,done,,
    A2022-000024,tinh_doan,creativity,volunteering,province,2022-01-08,2022-01-09,7,6,60000000,done,,
    A2022-000689,yen_khanh,volunteering,volunteering,province,2022-05-11,2022-05-11,64,52,54000000,done,,
    A2022-001540,tam_diep,creativity,volunteering,province,2022-08-30,2022-09-01,6,5,46800000,done,,
    A2022-000609,yen_khanh,creativity,volunteering,province,2022-04-26,2022-04-28,9,7,43200000,done,,
    A2022-001518,tinh_doan,volunteering,volunteering,province,2022-08-28,2022-08-28,10,8,43200000,done,,
    A2022-001611,tinh_doan,defence,volunteering,province,2022-09-18,2022-09-18,3,2,38400000,done,,
    A2022-000566,ninh_binh,volunteering,volunteering,province,2022-04-14,2022-04-14,10,8,36000000,done,,
    A2022-000020,nho_quan,volunteering,volunteering,province,2022-01-06,2022-01-06,9,8,34800000,done,,
    A2022-001186,tinh_doan,defence,volunteering,province,2022-07-16,2022-07-22,9,7,33600000,done,,
    A2022-001304,tinh_doan,volunteering,outreach,province,2022-07-29,2022-07-30,16,,33600000,done,,
    A2022-000385,yen_khanh,volunteering,volunteering,province,2022-03-20,2022-03-22,5,,31200000,done,,
    A2022-001255,yen_mo,creativity,volunteering,province,2022-07-24,2022-07-24,9,6,31200000,done,,
    A2022-001843,yen_mo,defence,volunteering,province,2022-11-19,2022-11-19,9,8,30000000,done,,
    A2022-000749,hoa_lu,creativity,volunteering,province,2022-05-25,2022-05-25,10,8,28800000,done,,
    A2022-001412,gia_vien,defence,volunteering,province,2022-08-14,2022-08-14,24,,28800000,done,,
    A2022-001712,gia_vien,volunteering,volunteering,province,2022-10-11,2022-10-11,5,4,28800000,done,,
    A2022-001927,tam_diep,volunteering,volunteering,province,2022-12-11,2022-12-11,6,,27600000,done,,
    A2022-000753,yen_mo,volunteering,volunteering,province,2022-05-25,2022-05-27,3,,26400000,done,,
    A2022-000479,yen_mo,volunteering,volunteering,province,2022-03-28,2022-03-28,4,,25200000,done,,
    A2022-000102,tam_diep,volunteering,volunteering,province,2022-02-07,2022-02-08,9,8,24000000,done,,
    A2022-000448,kim_son,volunteering,volunteering,province,2022-03-25,2022-03-26,4,,24000000,done,,
    A2022-000694,nho_quan,defence,volunteering,province,2022-05-13,2022-05-13,5,,24000000,done,,
    A2022-000872,ninh_binh,volunteering,volunteering,province,2022-06-10,2022-06-10,12,,21600000,done,,
    A2022-000464,tinh_doan,volunteering,volunteering,province,2022-03-27,2022-03-27,4,3,18000000,done,,
    A2022-000717,hoa_lu,volunteering,volunteering,province,2022-05-17,2022-05-18,4,,18000000,done,,
    A2022-001578,yen_mo,volunteering,volunteering,province,2022-09-10,2022-09-11,10,,15600000,done,,
    A2022-000007,ninh_binh,creativity,volunteering,province,2022-01-02,2022-01-04,9,8,14400000,done,,
    A2022-000288,tinh_doan,volunteering,volunteering,province,2022-03-12,2022-03-12,10,8,13200000,done,,
    A2022-000442,tinh_doan,volunteering,volunteering,province,2022-03-25,2022-03-25,5,,13200000,done,,
    A2022-000563,ninh_binh,volunteering,volunteering,province,2022-04-14,2022-04-14,6,5,12000000,done,,
    A2022-001538,tinh_doan,defence,volunteering,province,2022-08-30,2022-08-30,11,11,9600000,done,,
    A2022-000337,gia_vien,creativity,volunteering,province,2022-03-16,2022-03-18,5,4,8400000,done,,
    A2022-000400,cong_an,volunteering,volunteering,province,2022-03-21,2022-03-21,5,4,8400000,done,,
    A2022-000544,tinh_doan,defence,volunteering,province,2022-04-10,2022-04-10,9,,8400000,done,,
    A2022-000747,hoa_lu,creativity,volunteering,province,2022-05-23,2022-05-23,10,,8400000,done,,
    A2022-001870,ninh_binh,volunteering,volunteering,province,2022-11-26,2022-11-26,3,2,8400000,done,,
    A2022-000053,kim_son,defence,volunteering,province,2022-01-21,2022-01-21,9,8,7200000,done,,
    A2022-000455,yen_khanh,defence,volunteering,province,2022-03-26,2022-03-26,9,6,6000000,done,,
    A2022-001497,co_quan_doanh_nghiep,volunteering,volunteering,province,2022-08-25,2022-08-25,9,6,4800000,done,,
    A2022-000335,tinh_doan,creativity,volunteering,province,2022-03-16,2022-03-16,7,,0,done,,
    A2022-000422,tam_diep,creativity,volunteering,province,2022-03-23,2022-03-23,9,,0,done,,
    A2022-000618,ninh_binh,volunteering,education,province,2022-04-28,2022-04-29,23,,0,done,,
    A2022-000711,quan_su,creativity,volunteering,province,2022-05-15,2022-05-15,7,,0,done,,
    A2022-000951,yen_mo,volunteering,volunteering,province,2022-06-20,2022-06-22,12,,0,done,,
    A2022-001273,ninh_binh,defence,volunteering,province,2022-07-26,2022-07-26,3,,0,done,,
    A2022-001361,tinh_doan,volunteering,volunteering,province,2022-08-08,2022-08-08,6,5,0,done,,
    A2022-001509,nho_quan,defence,volunteering,province,2022-08-27,2022-09-02,5,5,0,done,,
    A2022-001568,kim_son,volunteering,outreach,province,2022-09-06,2022-09-06,18,,0,done,,
    A2022-001667,gia_vien,volunteering,culture_sport,province,2022-09-30,2022-09-30,17,,0,done,,
    A2022-001685,cong_an,volunteering,volunteering,province,2022-10-06,2022-10-06,5,3,0,done,,
    A2022-001717,ninh_binh,volunteering,volunteering,province,2022-10-13,2022-10-13,4,4,0,done,,
    A2022-001764,hoa_lu,volunteering,volunteering,province,2022-10-29,2022-10-29,3,2,0,done,,
    A2022-001807,ninh_binh,volunteering,culture_sport,province,2022-11-08,2022-11-10,13,,0,done,,
    A2022-001860,yen_khanh,volunteering,outreach,province,2022-11-23,2022-11-24,10,8,0,done,,
    A2022-001871,tinh_doan,volunteering,volunteering,province,2022-11-26,2022-11-26,5,3,0,done,,
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

/// The peer of contracts: the `frictionless` package of Python finds the same in the sample and in 37
/// copies that are broken each in its own way.
#[test]
fn frictionless_finds_the_same() {
    let env = TestEnv::empty();
    let Some(python) = peer::python(&env, "frictionless, duckdb") else { return };
    let script = |name: &str, args: &[&str]| {
        let mut command = env.command(&python);
        command.env("TONGKET", crate::env::TONGKET);
        command.arg(repository().join("tests/peer").join(name)).args(args);
        env.finish(command, None)
    };
    let datasets = repository().join("datasets");
    std::fs::create_dir(env.path("broken")).expect("makes");
    let made = script("broken_packages.py", &[datasets.to_str().expect("UTF-8"), "broken"]);
    assert_eq!(made.status, 0, "{made}");
    let folders: Vec<String> = env.list("broken").into_iter().map(|name| format!("broken/{name}")).collect();
    let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
    let compared = script("check_compare.py", &folders);
    assert_eq!((compared.status, compared.stdout.as_str()), (0, "38 packages agree\n"), "{compared}");
}
