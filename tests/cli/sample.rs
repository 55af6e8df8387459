//! `tongket sample` and `tongket init`.

use crate::env::TestEnv;

#[test]
fn totals_scale_exactly() {
    let env = TestEnv::empty();
    let ran = env.run(&["sample", "--scale", "7", "-o", "datasets"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
    let total = |sql: &str| {
        env.csv(&format!("SELECT CAST({sql} AS VARCHAR) AS n")).lines().nth(1).unwrap_or_default().to_owned()
    };
    let done = "FROM activities WHERE category = 'volunteering' AND status = 'done'";
    assert_eq!(total(&format!("(SELECT count(*) {done})")), (7 * 1_712).to_string());
    assert_eq!(total(&format!("(SELECT sum(participations) {done})")), (7 * 14_960).to_string());
    assert_eq!(total("(SELECT sum(benefit_vnd) FROM outputs)"), (7 * 7_045_500_000_u64).to_string());
    assert_eq!(total("(SELECT count(DISTINCT trainee_id) FROM trainees)"), (7 * 853).to_string());
    let december = "FROM loan_balances WHERE as_of_date = DATE '2022-12-31' AND channel =";
    assert_eq!(
        total(&format!("(SELECT sum(capital_vnd) {december} 'national_employment_fund')")),
        (7 * 2_819_000_000_u64).to_string()
    );
    assert_eq!(
        total(&format!("(SELECT sum(outstanding_vnd) {december} 'vbsp_entrusted')")),
        (7 * 397_846_500_000_u64).to_string()
    );
    let paid = "FROM loan_flows JOIN loans USING (loan_id) WHERE channel = 'resolution_43' AND loan_flows.kind = 'disbursement'";
    assert_eq!(total(&format!("(SELECT sum(flow_vnd) {paid})")), (7 * 10_000_000_000_u64).to_string());
    // Keys stay keys, and copies differ from one another.
    for (table, key) in [
        ("activities", "activity_id"),
        ("outputs", "output_id"),
        ("trainees", "enrolment_id"),
        ("loan_flows", "flow_id"),
    ] {
        assert_eq!(total(&format!("(SELECT count(*) - count(DISTINCT {key}) FROM {table})")), "0", "{table}");
    }
    assert_eq!(
        total("(SELECT count(*) FROM outputs WHERE activity_id NOT IN (SELECT activity_id FROM activities))"),
        "0"
    );
    assert_eq!(
        total(
            "(SELECT count(*) FROM (SELECT loan_id, sum(flow_vnd) AS paid FROM loan_flows WHERE kind = 'disbursement' GROUP BY 1) f JOIN loans USING (loan_id) WHERE paid > approved_vnd)"
        ),
        "0"
    );
    assert_eq!(
        total("(SELECT count(*) FROM loans WHERE channel = 'resolution_43' AND approved_vnd > 500000000)"),
        "0"
    );
    assert_eq!(
        total(
            "(SELECT count(*) FROM loan_balances WHERE overdue_vnd > outstanding_vnd OR outstanding_vnd < 0)"
        ),
        "0"
    );
}

/// The two ledgers known by loan agree with the money that moved.
#[test]
fn balances_are_what_was_paid_out_less_what_was_paid_back() {
    let env = TestEnv::empty();
    assert_eq!(env.run(&["sample", "--scale", "3", "-o", "datasets"]).status, 0);
    let differences = env.csv(
        "WITH moved AS (
           SELECT l.channel, l.unit_id, sum(CASE WHEN f.kind = 'disbursement' THEN flow_vnd ELSE -flow_vnd END) AS vnd
           FROM loan_flows f JOIN loans l USING (loan_id) WHERE f.flow_date <= DATE '2022-06-30' GROUP BY 1, 2)
         SELECT count(*) AS n FROM loan_balances b LEFT JOIN moved m ON m.channel = b.channel AND m.unit_id = b.unit_id
         WHERE b.as_of_date = DATE '2022-06-30' AND b.channel <> 'vbsp_entrusted'
           AND b.outstanding_vnd <> COALESCE(m.vnd, 0)",
    );
    assert_eq!(differences, "n\n0\n");
}

/// Fails where the rows of a Parquet file are not in the order that its footer says.
pub(crate) fn is_in_the_order_that_it_says(file: &std::path::Path) {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let reader = SerializedFileReader::new(std::fs::File::open(file).expect("opens")).expect("reads");
    let sorted = reader.metadata().row_group(0).sorting_columns().cloned().unwrap_or_default();
    let places: Vec<usize> =
        sorted.iter().map(|column| usize::try_from(column.column_idx).expect("a place")).collect();
    let keys = reader.get_row_iter(None).expect("rows").map(|row| {
        let row = row.expect("a row");
        let values: Vec<String> = row.get_column_iter().map(|(_, value)| value.to_string()).collect();
        places.iter().map(|place| values[*place].clone()).collect::<Vec<_>>()
    });
    assert!(keys.is_sorted(), "{} is not in the order of its columns {places:?}", file.display());
}

/// The order that a file says it is in is the one it is in: a reader that counts groups by a wrong one
/// finds the same group again and again.
#[test]
fn files_are_in_the_order_that_they_say() {
    let env = TestEnv::empty();
    for scale in ["1", "3"] {
        assert_eq!(env.run(&["sample", "--scale", scale, "-o", "datasets", "--force"]).status, 0);
        for file in env.list("datasets").iter().filter(|name| name.ends_with(".parquet")) {
            is_in_the_order_that_it_says(&env.path("datasets").join(file));
        }
    }
    let lone = "SELECT class_id FROM trainees GROUP BY class_id";
    assert_eq!(
        env.csv(&format!("SELECT count(*) AS n, count(DISTINCT class_id) AS d FROM ({lone})")),
        "n,d\n24,24\n"
    );
}

#[test]
fn another_year_says_that_its_totals_are_nobodys() {
    let env = TestEnv::empty();
    assert_eq!(env.run(&["sample", "--year", "2023", "-o", "datasets"]).status, 0);
    assert_eq!(env.csv("SELECT DISTINCT EXTRACT(YEAR FROM start_date) AS y FROM activities"), "y\n2023\n");
    let contract = env.read("datasets/datapackage.json");
    assert!(contract.contains("\"year\": 2023") && !contract.contains("Báo Ninh Bình"), "{contract}");
}

#[test]
fn nothing_is_replaced_unless_asked() {
    let env = TestEnv::empty();
    env.write("datasets/units.parquet", "mine");
    let ran = env.run(&["sample", "-o", "datasets"]);
    insta::assert_snapshot!(ran, @"
    exit 1
    --- stdout
    --- stderr
    error: `datasets/units.parquet` exists already
    hint: replace it with `--force`, or choose another name
    ");
    assert_eq!(env.list("datasets"), ["units.parquet"]);
    assert_eq!(env.run(&["sample", "-o", "datasets", "--force"]).status, 0);
    assert_eq!(env.list("datasets").len(), 11);
}

#[test]
fn init_makes_a_workspace_that_answers() {
    let env = TestEnv::empty();
    let ran = env.run(&["init", "year"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
    let answer = env.run(&["-C", "year", "run", "figures/f08"]);
    assert_eq!(answer.stdout, "value\n853\n");
    let again = env.run(&["init", "year"]);
    insta::assert_snapshot!(again, @"
    exit 1
    --- stdout
    --- stderr
    error: `year/datasets` exists already
    hint: a new workspace wants a folder without `datasets` and `queries`
    ");
}

/// An interrupted `init` leaves a folder in which `init` can be tried again.
#[cfg(unix)]
#[test]
fn init_is_whole_or_not_at_all() {
    let env = TestEnv::empty();
    for delay in [30, 60, 90, 120, 200] {
        let mut child = env.command(crate::env::TONGKET).args(["init", "year"]).spawn().expect("starts");
        std::thread::sleep(std::time::Duration::from_millis(delay));
        let _ = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        let status = child.wait().expect("ends");
        if status.success() {
            break;
        }
        let left = if env.path("year").exists() { env.list("year") } else { Vec::new() };
        assert!(left.is_empty(), "{delay} ms: {left:?}");
    }
    assert!(env.path("year/datasets").exists() || env.run(&["init", "year"]).status == 0);
}

#[test]
fn a_sample_needs_a_place() {
    let env = TestEnv::empty();
    insta::assert_snapshot!(env.run(&["sample"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `tongket sample` needs a folder to write to
    hint: name it with `-o DIR`
    ");
    assert_eq!(env.run(&["sample", "--scale", "0", "-o", "x"]).status, 2);
    assert_eq!(env.run(&["sample", "--year", "1900", "-o", "x"]).status, 2);
    assert_eq!(env.list("."), Vec::<String>::new());
}

/// On a terminal a bar shows how far it is; Ctrl-C leaves nothing, not even the folders it made.
#[test]
fn progress_is_shown_and_an_interrupt_leaves_nothing() {
    let env = TestEnv::empty();
    let mut terminal = crate::pty::Terminal::start(&env, &["sample", "--scale", "400", "-o", "a/b"], 24, 100);
    terminal.wait("rows");
    terminal.wait("outputs");
    terminal.keys("\u{3}");
    assert_eq!(terminal.end(), 130);
    terminal.wait("error: interrupted");
    assert_eq!(env.list("."), Vec::<String>::new());
}
