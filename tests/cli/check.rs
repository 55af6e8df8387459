//! `check`: the tables held against their contract.

use crate::env::{TestEnv, repository};
use crate::peer;

/// Puts the result of a query in the place of a stored table.
pub(crate) fn alter(env: &TestEnv, table: &str, sql: &str) {
    let ran = env.run(&["-c", sql, "-o", "altered.parquet"]);
    assert_eq!(ran.status, 0, "{sql}\n{ran}");
    std::fs::rename(env.path("altered.parquet"), env.path(&format!("datasets/{table}.parquet")))
        .expect("moves");
}

/// Changes one column of the rows where a condition holds.
pub(crate) fn set(env: &TestEnv, table: &str, column: &str, value: &str, condition: &str) {
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

/// The peer of contracts: the `frictionless` package of Python finds the same in the sample and in 37
/// copies that are broken each in its own way.
#[test]
fn frictionless_finds_the_same() {
    let env = TestEnv::empty();
    let Some(python) = peer::python(&env, "frictionless, duckdb") else { return };
    let script = |name: &str, args: &[&str]| {
        let mut command = env.command(&python);
        command.env("TONGKET", crate::env::TONGKET);
        // Nothing is left beside the scripts.
        command.arg("-B").arg(repository().join("tests/peer").join(name)).args(args);
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
