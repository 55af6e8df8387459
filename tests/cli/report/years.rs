//! Reports of a year beside the year before.

use crate::env::TestEnv;

#[test]
fn two_years_of_data_show_each_figures_change() {
    let env = two_years();
    env.write("t.md", "{{ value(\"figures/f02\") }}; {{ value(\"figures/f10\") | vnd(1) }}; {{ value(\"training/summary\", \"enrolments\") }}; {{ value(\"figures/f02\", year=2021) }}\n");
    let report = |args: &[&str]| {
        let ran = env.run(&[args, &["report", "--template", "t.md", "--format", "markdown"]].concat());
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
        ran.stdout.lines().find(|line| line.contains("[^1]")).expect("a line").to_owned()
    };
    insta::assert_snapshot!(report(&[]), @"1,712 (▲ 4.2%)[^1]; 397.8 billion VND (▲ 7.5%)[^2]; 858 (▲ 2.6%)[^3]; 1,643[^4]");
    insta::assert_snapshot!(report(&["--lang", "vi"]), @"1.712 (▲ 4,2%)[^1]; 397,8 tỷ đồng (▲ 7,5%)[^2]; 858 (▲ 2,6%)[^3]; 1.643[^4]");
    // Nothing is known of the year before: no change is shown, and none is published.
    insta::assert_snapshot!(report(&["--year", "2021"]), @"1,643[^1]; 370.0 billion VND[^2]; 836[^3]; 1,643[^4]");
    let ran = env.run(&["report", "--template", "t.md"]);
    assert!(ran.stdout.contains("<span class=\"heard\">, up 4.2% from 2021</span>"), "{ran}");
}

/// A workspace with the sample years 2021 and 2022.
fn two_years() -> TestEnv {
    let env = TestEnv::workspace();
    assert_eq!(env.run(&["sample", "--year", "2021", "-o", "2021"]).status, 0);
    for file in env.list("2021") {
        let Some(table) = file.strip_suffix(".parquet").filter(|table| *table != "units") else { continue };
        std::fs::create_dir(env.path(&format!("datasets/{table}"))).expect("makes");
        for (from, to) in [("2021", "2021"), ("datasets", "2022")] {
            let from = env.path(&format!("{from}/{file}"));
            std::fs::rename(from, env.path(&format!("datasets/{table}/{to}.parquet"))).expect("moves");
        }
    }
    env
}

#[test]
fn a_value_of_a_fixed_date_is_not_set_beside_itself() {
    let env = two_years();
    let query = "SELECT sum(outstanding_vnd) AS v FROM loan_balances WHERE as_of_date = $as_of\n";
    let header = "-- ---\n-- [params.as_of]\n-- type = \"date\"\n-- default = \"$year-12-31\"\n";
    env.write("queries/total.sql", format!("{header}-- ---\n{query}"));
    env.write(
        "t.md",
        "{{ value(\"total\") | vnd(1) }}; {{ value(\"total\", as_of=\"2022-06-30\") | vnd(1) }}\n",
    );
    let ran = env.run(&["report", "--template", "t.md", "--format", "markdown"]);
    let line = ran.stdout.lines().find(|line| line.contains("[^1]")).unwrap_or_default().to_owned();
    insta::assert_snapshot!(line, @"410.0 billion VND (▲ 7.4%)[^1]; 377.5 billion VND[^2]");
    // What was published at a date of the workspace's year is held against that date, and stops the report.
    let published = "-- [published]\n-- text = \"9 tỷ đồng\"\n-- value = 9000000000\n-- unit = \"VND\"\n-- qualifier = \"exact\"\n-- kind = \"stock\"\n-- source = \"a test\"\n";
    env.write("queries/total.sql", format!("{header}{published}-- ---\n{query}"));
    let ran = env.run(&["report", "--template", "t.md", "-o", "x.html"]);
    assert!(ran.status == 3 && ran.stderr.contains("which contradicts"), "{ran}");
    let ran = env.run(&["check", "--figures", "--csv"]);
    assert!(ran.status == 3 && ran.stdout.contains("total,9 tỷ đồng,4"), "{ran}");
    // The year before is not what was published.
    let ran = env.run(&["report", "--template", "t.md", "--year", "2021"]);
    assert_eq!(ran.status, 0, "{ran}");
}
