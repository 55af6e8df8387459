//! Every saved query has the result that stands in `tests/golden/`, and the published figures hold.

use crate::env::{TestEnv, repository};

/// The names of the saved queries of the repository.
pub(crate) fn names(env: &TestEnv) -> Vec<String> {
    let ran = env.run(&["queries", "--csv"]);
    assert_eq!(ran.status, 0, "{ran}");
    let mut names: Vec<String> =
        ran.stdout.lines().skip(1).filter_map(|line| line.split(',').next().map(str::to_owned)).collect();
    names.sort();
    names
}

/// `TONGKET_UPDATE_GOLDEN=1 cargo test golden` writes the results anew; read the difference.
#[test]
fn every_saved_query_gives_its_golden_result() {
    let env = TestEnv::workspace();
    let ran = env.run(&["run", "--all", "-o", "out"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
    let golden = repository().join("tests/golden");
    let update = std::env::var_os("TONGKET_UPDATE_GOLDEN").is_some();
    let names = names(&env);
    assert!(names.len() >= 37, "{names:?}");
    for name in &names {
        let file = golden.join(format!("{name}.csv"));
        let result = env.read(&format!("out/{name}.csv"));
        if update {
            std::fs::create_dir_all(file.parent().expect("a parent")).expect("makes");
            std::fs::write(&file, &result).expect("writes");
        }
        let expected =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert_eq!(result, expected, "{name}");
    }
    let kept = count_files(&golden);
    assert_eq!(kept, names.len(), "tests/golden holds the result of a query that is gone");
}

fn count_files(folder: &std::path::Path) -> usize {
    let entries = folder.read_dir().expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.map(|path| if path.is_dir() { count_files(&path) } else { 1 }).sum()
}

/// The sample totals of the data behind the article of Báo Ninh Bình, 2023-01-05.
#[test]
fn the_published_figures_hold() {
    let env = TestEnv::workspace();
    for (figure, value) in [
        ("f02", "1712"),
        ("f03", "496"),
        ("f04", "2525"),
        ("f05", "7045500000"),
        ("f06", "14960"),
        ("f07", "8"),
        ("f08", "853"),
        ("f09", "2819000000"),
        ("f10", "397846500000"),
        ("f11", "10000000000"),
        ("f12", "168"),
    ] {
        let ran = env.run(&["run", &format!("figures/{figure}")]);
        assert_eq!(ran.stdout, format!("value\n{value}\n"), "{figure}: {ran}");
    }
    let verdicts = env.run(&["run", "figures", "--csv"]);
    assert!(verdicts.stdout.lines().skip(1).all(|line| line.ends_with(",holds")), "{verdicts}");
}

/// What `figures` says was published is what each figure's own file says.
#[test]
fn the_published_texts_are_the_same_everywhere() {
    let env = TestEnv::workspace();
    let ran = env.run(&["run", "figures", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let rows = rows.as_array().expect("rows");
    assert_eq!(rows.len(), 11);
    for row in rows {
        let id = row["id"].as_str().expect("an id").to_lowercase();
        let file = env.read(&format!("queries/figures/{id}.sql"));
        let says = |key: &str, value: &str| {
            assert!(file.contains(&format!("-- {key} = {value}\n")), "{id}: {key} = {value}");
        };
        says("text", &row["published_text"].to_string());
        says("value", &row["published_value"].to_string());
        says("unit", &row["unit"].to_string());
        says("qualifier", &row["qualifier"].to_string());
    }
}

/// The traps of the data model: what a careless query gives, the shipped ones do not.
#[test]
fn the_traps_are_not_fallen_into() {
    let env = TestEnv::workspace();
    // F09, F10 and F11 are two stocks and a flow: their sum stands nowhere.
    for name in names(&env) {
        let ran = env.run(&["run", &name]);
        assert!(!ran.stdout.contains("410619000000") && !ran.stdout.contains("410665500000"), "{name}");
    }
    // Joining activities to outputs multiplies participations; the overview has them once.
    let joined = env.run(&[
        "-c",
        "SELECT sum(participations) AS n FROM activities JOIN outputs USING (activity_id) \
         WHERE category = 'volunteering' AND status = 'done'",
    ]);
    assert_ne!(joined.stdout, "n\n14960\n");
    assert!(
        joined.stderr.starts_with("warning: `sum(participations)` counts a row of `activities`"),
        "{joined}"
    );
    let overview = env.run(&["run", "overview"]);
    assert!(overview.stdout.contains(",14960,,,participations,"), "{overview}");
}

/// The rules of the data model hold for every row of the sample.
#[test]
fn every_rule_of_the_contract_holds() {
    let env = TestEnv::workspace();
    let contract: serde_json::Value =
        serde_json::from_str(&env.read("datasets/datapackage.json")).expect("JSON");
    let mut checked = 0;
    for table in contract["resources"].as_array().expect("tables") {
        let name = table["name"].as_str().expect("a name");
        let schema = &table["schema"];
        let count = |condition: &str| {
            let counted = env.csv(&format!("SELECT count(*) AS n FROM {name} WHERE {condition}"));
            assert_eq!(counted, "n\n0\n", "{name}: {condition}");
        };
        for rule in schema["rules"].as_array().into_iter().flatten() {
            count(&format!("NOT ({})", rule["expression"].as_str().expect("an expression")));
            checked += 1;
        }
        for field in schema["fields"].as_array().expect("fields") {
            let column = field["name"].as_str().expect("a name");
            let constraints = &field["constraints"];
            if constraints["required"] == true {
                count(&format!("{column} IS NULL"));
            }
            if let Some(values) = constraints["enum"].as_array() {
                let values = values.iter().map(|value| format!("'{}'", value.as_str().expect("text")));
                count(&format!("{column} NOT IN ({})", values.collect::<Vec<_>>().join(", ")));
            }
            if constraints["unique"] == true {
                let repeated = format!("SELECT count(*) - count(DISTINCT {column}) AS n FROM {name}");
                assert_eq!(env.csv(&repeated), "n\n0\n", "{name}.{column}");
            }
            checked += 1;
        }
        for key in schema["foreignKeys"].as_array().into_iter().flatten() {
            let (column, reference) = (key["fields"][0].as_str().expect("a column"), &key["reference"]);
            let (other, target) = (
                reference["resource"].as_str().expect("a table"),
                reference["fields"][0].as_str().expect("a column"),
            );
            count(&format!("{column} NOT IN (SELECT {target} FROM {other})"));
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked}");
}
