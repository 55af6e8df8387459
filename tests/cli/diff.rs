//! Two results compared, row by row and cell by cell.

use crate::env::TestEnv;

#[test]
fn two_times_of_a_saved_query_are_compared() {
    let env = TestEnv::workspace();
    let both = ["diff", "loans/by-channel", "loans/by-channel", "--key", "channel"];
    let times = ["--a", "as_of=2022-06-30", "--b", "as_of=2022-12-31"];
    insta::assert_snapshot!(env.run(&[&both[..], &times].concat()), @"
    exit 3
    --- stdout
    channel,change,column,a,b,difference
    national_employment_fund,changed,outstanding_vnd,1198000000,2470000000,1272000000
    national_employment_fund,changed,share_pct,0.3,0.6,0.3
    national_employment_fund,changed,borrowers,33,62,29
    resolution_43,changed,outstanding_vnd,5020000000,9675000000,4655000000
    resolution_43,changed,share_pct,1.3,2.4,1.1
    resolution_43,changed,borrowers,88,168,80
    vbsp_entrusted,changed,outstanding_vnd,371266400000,397846500000,26580100000
    vbsp_entrusted,changed,share_pct,98.4,97.0,-1.4
    --- stderr
    error: 3 rows in both, 3 of them changed in 8 cells; 0 added, 0 removed
    ");
    let same = env.run(&[&both[..], &["-p", "as_of=2022-06-30"]].concat());
    assert_eq!((same.status, same.stdout.lines().count()), (0, 1), "{same}");
}

#[test]
fn rows_that_came_went_and_changed_are_told_in_the_order_of_the_key() {
    let env = TestEnv::empty();
    env.write("a.csv", "unit,month,n,note\nYên Mô,1,1.50,x\nYên Mô,2,2,\nHoa Lư,1,5,y\n,1,7,z\n");
    env.write(
        "b.csv",
        "month,unit,n,note\n1,Ye\u{302}n Mo\u{302},1.5,x\n2,Yên Mô,3,w\n9,Kim Sơn,5,y\n1,,7,z\n",
    );
    insta::assert_snapshot!(env.run(&["diff", "a.csv", "b.csv", "--key", "unit,month"]), @"
    exit 3
    --- stdout
    unit,month,change,column,a,b,difference
    Hoa Lư,1,removed,,,,
    Kim Sơn,9,added,,,,
    Yên Mô,2,changed,n,2.0,3.0,1.0
    Yên Mô,2,changed,note,,w,
    --- stderr
    error: 3 rows in both, 1 of them changed in 2 cells; 1 added, 1 removed
    ");
    let ran = env.run(&[
        "diff",
        "a.csv",
        "b.csv",
        "--key",
        "unit",
        "--key",
        "month",
        "--ignore",
        "note",
        "--tolerance",
        "1",
        "--json",
    ]);
    assert_eq!(
        ran.stdout,
        "[{\"unit\":\"Hoa Lư\",\"month\":1,\"change\":\"removed\",\"column\":null,\"a\":null,\"b\":null,\"difference\":null},\
         {\"unit\":\"Kim Sơn\",\"month\":9,\"change\":\"added\",\"column\":null,\"a\":null,\"b\":null,\"difference\":null}]\n",
        "{ran}"
    );
}

#[test]
fn a_table_is_compared_by_the_key_of_its_contract() {
    let env = TestEnv::workspace();
    let same = env.run(&["diff", "loan_balances", "loan_balances"]);
    assert_eq!(same.status, 0, "{same}");
    std::fs::create_dir(env.path("copy")).expect("makes");
    let sql =
        "SELECT * EXCLUDE (kind), CASE unit_id WHEN 'yen_mo' THEN 'city' ELSE kind END AS kind FROM units";
    assert_eq!(env.run(&["-c", sql, "-o", "copy/units.parquet"]).status, 0);
    insta::assert_snapshot!(env.run(&["diff", "units", "copy/units.parquet"]), @"
    exit 3
    --- stdout
    unit_id,change,column,a,b,difference
    yen_mo,changed,kind,district,city,
    --- stderr
    error: 13 rows in both, 1 of them changed in 1 cell; 0 added, 0 removed
    ");
    insta::assert_snapshot!(env.run(&["diff", "units", "units/league", "--a", "x=1"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `units` is a table and takes no parameter `x`
    ");
    insta::assert_snapshot!(env.run(&["diff", "units", "units/league"]), @"
    exit 2
    --- stdout
    --- stderr
    error: which rows belong together? name the columns of their key with `--key`
    hint: perhaps `--key unit_id`
    ");
}

#[test]
fn a_key_must_be_one() {
    let env = TestEnv::empty();
    env.write("a.csv", "k,n\n1,1\n1,2\n2,3\n,4\n,5\n");
    env.write("b.csv", "k,n\nx,1\ny,2\n");
    insta::assert_snapshot!(env.run(&["diff", "a.csv", "a.csv", "--key", "k"]), @"
    exit 1
    --- stdout
    --- stderr
    error: in `a.csv`, `k` is no key: it stands `1` in 2 rows, `null` in 2 rows
    hint: add columns to `--key` until each row has its own
    ");
    insta::assert_snapshot!(env.run(&["diff", "a.csv", "b.csv", "--key", "k"]), @"
    exit 2
    --- stdout
    --- stderr
    error: the key `k` is bigint in `a.csv` and text in `b.csv`
    hint: compare keys as texts with `--key-as-text`
    ");
    insta::assert_snapshot!(env.run(&["diff", "b.csv", "b.csv", "--key", "kk"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `b.csv` has no column `kk`
    hint: did you mean `k`?
    ");
    env.write("c.csv", "k,n\n1,1\n2,2\n");
    let ran = env.run(&["diff", "b.csv", "c.csv", "--key", "k", "--key-as-text"]);
    assert_eq!((ran.status, ran.stdout.lines().count()), (3, 5), "{ran}");
}

#[test]
fn columns_that_one_side_lacks_and_other_types_are_told() {
    let env = TestEnv::empty();
    env.write("a.csv", "k,n,code,old\n1,1,01,x\n");
    env.write("b.json", "[{\"k\":1,\"n\":1.0,\"code\":\"01\",\"new\":null,\"list\":[1]}]");
    insta::assert_snapshot!(env.run(&["diff", "a.csv", "b.json", "--key", "k"]), @"
    exit 3
    --- stdout
    k,change,column,a,b,difference
    --- stderr
    warning: only `a.csv` has the columns `old`
    warning: only `b.json` has the columns `new`, `list`
    error: 1 row in both, 0 of them changed in 0 cells; 0 added, 0 removed; one side lacks `old`, `new`, `list`
    ");
    let ran = env.run(&["diff", "a.csv", "b.json", "--key", "k", "--ignore", "old,new,list"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
    env.write("c.csv", "k,n,code,old\n1,one,01,x\n");
    insta::assert_snapshot!(env.run(&["diff", "a.csv", "c.csv", "--key", "k"]), @"
    exit 3
    --- stdout
    k,change,column,a,b,difference
    1,changed,n,1,one,
    --- stderr
    warning: `n` is bigint in one and text in the other: compared as texts
    error: 1 row in both, 1 of them changed in 1 cell; 0 added, 0 removed
    ");
}

#[test]
fn a_column_may_be_called_as_ours_are() {
    let env = TestEnv::empty();
    env.write("x.csv", "a,change,k0\n1,x,1\n2,y,2\n");
    env.write("y.csv", "a,change,k0\n1,x,1\n2,z,3\n");
    insta::assert_snapshot!(env.run(&["diff", "x.csv", "y.csv", "--key", "a", "--format", "ndjson"]), @r#"
    exit 3
    --- stdout
    {"key_a":2,"change":"changed","column":"change","a":"y","b":"z","difference":null}
    {"key_a":2,"change":"changed","column":"k0","a":"2","b":"3","difference":"1"}
    --- stderr
    error: 2 rows in both, 1 of them changed in 2 cells; 0 added, 0 removed
    "#);
}

#[test]
fn what_is_not_there_is_said() {
    let env = TestEnv::workspace();
    insta::assert_snapshot!(env.run(&["diff", "unitz", "units", "--key", "unit_id"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `unitz` is no file, no table and no saved query
    hint: did you mean `units`?
    ");
    insta::assert_snapshot!(env.run(&["diff", "no.csv", "units", "--key", "unit_id"]), @"
    exit 1
    --- stdout
    --- stderr
    error: cannot read `no.csv`: no such file or directory
    ");
    env.write("queries/units.sql", "SELECT 1 AS n");
    insta::assert_snapshot!(env.run(&["diff", "units", "units"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `units` is a table, and a saved query too
    hint: the query is `queries/units.sql`, the table `datasets/units.parquet`
    ");
    insta::assert_snapshot!(env.run(&["diff", "loans", "loans", "-p", "year=2022"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `loans` has no parameter `year`
    hint: `tongket queries NAME` tells which there are
    ");
}
