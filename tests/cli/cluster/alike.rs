//! What comes from a cluster is what this process gives.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::shared;
use crate::env::{Ran, TONGKET, TestEnv, repository};
use crate::pty::Terminal;

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";

/// Functions whose value is another each time, or that of a process, and such as take what no column of a
/// stored table is.
const LEFT_OUT: &str = "current_date current_time current_timestamp file_row_index grouping input_file_name \
                        now rand random today union_extract union_tag uuid version";

/// The same run in this process and on the cluster.
fn both(env: &TestEnv, args: &[&str]) -> (Ran, Ran) {
    (env.run(args), env.run(&[&["--engine", shared()], args].concat()))
}

fn files(env: &TestEnv, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let root = env.path(folder);
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let bytes = std::fs::read(&path).expect("reads");
                    found.insert(path.strip_prefix(&root).unwrap_or(&path).display().to_string(), bytes);
                }
            }
        }
    }
    found
}

#[test]
fn every_saved_query_gives_the_same_bytes() {
    let env = TestEnv::workspace();
    let ran = env.run(&["run", "--all", "--csv", "-o", "here"]);
    assert_eq!(ran.status, 0, "{ran}");
    let ran = env.run(&["--engine", shared(), "run", "--all", "--csv", "-o", "there"]);
    assert_eq!(ran.status, 0, "{ran}");
    let (here, there) = (files(&env, "here"), files(&env, "there"));
    assert!(here.len() > 36, "{}", here.len());
    assert_eq!(here.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>());
    for (name, bytes) in here {
        let (here, there) = (String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&there[&name]));
        assert_eq!(here, there, "{name}");
    }
}

#[test]
fn checks_and_figures_are_the_same() {
    let env = TestEnv::workspace();
    for args in [["check"].as_slice(), &["why", "figures/f05"], &["run", "loans/by-channel", "--json"]] {
        let (here, there) = both(&env, args);
        assert_eq!(here.to_string(), there.to_string(), "{args:?}");
    }
}

/// Each function of ours over a column, so that it is not worked out while planning.
#[test]
fn functions_of_ours_are_on_every_node() {
    let env = TestEnv::workspace();
    let calls = [
        "unaccent(name_vi)",
        "normalize(name_vi)",
        "normalize(name_vi, 'NFD')",
        "search_key(name_vi)",
        "contains_vi(name_vi, 'doan')",
        "collation_key(name_vi, 'vi')",
        "collation_order(name_vi, 'vi')",
        "format_number(length(name_vi) * 1234.5, 1)",
        "format_vnd(length(name_vi) * 1234567)",
        "parse_number(CAST(length(name_vi) AS text) || ',5')",
        "try_parse_number(name_vi)",
        "format_date(valid_from)",
        "label('units.kind', kind)",
        "label('units.kind', kind, 'en')",
        "repeat(name_vi, 2)",
        "lpad(name_vi, 40, '·')",
    ];
    let columns: Vec<String> =
        calls.iter().enumerate().map(|(at, call)| format!("{call} AS c{at}")).collect();
    let sql = format!("SELECT unit_id, {} FROM units ORDER BY unit_id", columns.join(", "));
    let (here, there) = both(&env, &["-c", &sql]);
    assert_eq!((here.status, here.stdout.lines().count()), (0, 14), "{here}");
    assert_eq!(here.to_string(), there.to_string());
    for collate in ["vi", "en"] {
        let sql = "SELECT kind, array_agg(DISTINCT name_vi ORDER BY name_vi DESC) AS a, \
                   string_agg(DISTINCT name_vi, '; ' ORDER BY name_vi) AS s FROM units GROUP BY kind ORDER BY kind; \
                   SELECT name_vi, rank() OVER (ORDER BY name_vi) AS r FROM units ORDER BY name_vi LIMIT 5";
        let (here, there) = both(&env, &["--collate", collate, "-c", sql]);
        assert_eq!(here.status, 0, "{here}");
        assert_eq!(here.to_string(), there.to_string());
    }
}

/// Each function that SQL knows, in `functions.txt` with arguments that it takes.
#[test]
fn every_function_is_on_every_node() {
    let env = TestEnv::workspace();
    let listed = include_str!("functions.txt");
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (kind, call) in listed.lines().filter_map(|line| line.split_once('\t')) {
        kinds.entry(kind).or_default().push(call);
    }
    let left_out = LEFT_OUT.split_whitespace();
    let named = kinds.values().flatten().map(|call| call.split('(').next().unwrap_or_default());
    let named: BTreeSet<&str> = named.chain(left_out).collect();
    let known = env.csv("SELECT DISTINCT routine_name FROM information_schema.routines");
    let unnamed: Vec<&str> = known.lines().skip(1).filter(|name| !named.contains(name)).collect();
    assert!(unnamed.is_empty(), "give them arguments: {unnamed:?}");
    let rows = "(SELECT *, length(unit_id) AS n, CAST(length(unit_id) AS double) AS f, kind = 'city' AS b, \
                CAST(valid_from AS timestamp) AS t, CAST(length(unit_id) AS decimal(10, 2)) AS d, \
                [unit_id, kind] AS l FROM units)";
    for (kind, calls) in kinds {
        // Many at once; the order of rows is part of what some aggregates and windows give.
        for calls in calls.chunks(40) {
            let columns = calls.iter().enumerate().map(|(at, call)| match kind {
                "WINDOW" => format!("{call} OVER (ORDER BY unit_id) AS c{at}"),
                _ => format!("{call} AS c{at}"),
            });
            let columns: Vec<String> = columns.collect();
            let order = if kind == "AGGREGATE" { "" } else { "ORDER BY unit_id" };
            let sql = format!("SELECT {} FROM {rows} {order}", columns.join(", "));
            let (here, there) = both(&env, &["--csv", "-c", &sql]);
            assert_eq!(here.status, 0, "{here}");
            for (here, there) in here.stdout.lines().zip(there.stdout.lines()) {
                assert_eq!(here, there, "{calls:?}");
            }
            assert_eq!(here.to_string(), there.to_string());
        }
    }
}

#[test]
fn errors_are_the_same() {
    let env = TestEnv::workspace();
    let good = std::fs::read(env.path("datasets/units.parquet")).expect("reads");
    let mut bad = good.clone();
    bad[10..600].fill(0);
    env.write("datasets/bad.parquet", &bad);
    for sql in [
        "SELECT 1 / (participations - participations) AS x FROM activities",
        "SELECT nope FROM activities",
        "SELECT CAST(name_vi AS int) AS x FROM units",
        "SELECT parse_number(name_vi) AS x FROM units",
        "SELECT repeat(name_vi, 1000000000) AS x FROM units",
        "SELECT count(DISTINCT name_vi) FROM bad",
        "SELECT label('units.knd', kind) FROM units",
        "INSERT INTO units SELECT * FROM units",
    ] {
        let (here, there) = both(&env, &["-c", sql]);
        assert_ne!(here.status, 0, "{here}");
        assert_eq!(here.to_string(), there.to_string(), "{sql}");
    }
}

/// What the scheduler tells of the stages: the rows that were read, and a tree as from this process.
#[test]
fn what_was_done_is_told() {
    let env = TestEnv::workspace();
    let sql = "SELECT u.name_vi, count(*) AS n FROM loans l JOIN units u ON u.unit_id = l.unit_id GROUP BY 1";
    let read = |args: &[&str]| {
        let ran = env.run(&[args, &["--profile", "p.json", "--force", "-c", sql]].concat());
        assert_eq!(ran.status, 0, "{ran}");
        let profile: serde_json::Value =
            serde_json::from_slice(&std::fs::read(env.path("p.json")).expect("reads")).expect("JSON");
        profile[0]["rows_read"].as_u64()
    };
    assert_eq!((read(&[]), read(&["--engine", shared()])), (Some(230 + 13), Some(230 + 13)));

    let ran = env.run(&["--engine", shared(), "--csv", "-c", &format!("EXPLAIN ANALYZE {sql}")]);
    assert_eq!(ran.status, 0, "{ran}");
    // (depth, operator, rows), of which each stage is one part.
    let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
    let tree: Vec<(usize, String, String)> = reader
        .records()
        .map(|row| {
            let row = row.expect("a row");
            let name = row[0].trim_start_matches([' ', '│', '├', '└', '─']);
            (row[0].chars().count() - name.chars().count(), name.to_owned(), row[1].to_owned())
        })
        .collect();
    let find = |operator: &str| tree.iter().filter(|(_, name, _)| name == operator).collect::<Vec<_>>();
    assert_eq!(tree[0], (0, "DistributedQueryExec".to_owned(), "8".to_owned()), "{ran}");
    assert_eq!(tree.iter().filter(|(depth, ..)| *depth == 3).count(), 1, "one part is the last: {ran}");
    let mut scans: Vec<&str> = find("DataSourceExec").iter().map(|(.., rows)| rows.as_str()).collect();
    scans.sort_unstable();
    assert_eq!(scans, ["13", "230"], "{ran}");
    assert!(!find("ShuffleReaderExec").is_empty(), "{ran}");
    assert!(find("CooperativeExec").is_empty(), "{ran}");
}

/// A stage that is done counts at once, while another goes on for ever.
#[test]
fn the_progress_line_counts_what_was_read_there() {
    let env = TestEnv::workspace();
    let endless = "SELECT count(*) AS n FROM (SELECT unit_id, count(*) AS k FROM outputs GROUP BY unit_id) o, \
                   activities a, activities b, activities c WHERE o.k + a.participations < c.participations - \
                   b.participations * 1000000";
    let mut terminal = Terminal::start(&env, &["--engine", shared(), "-c", endless], 20, 100);
    let screen = terminal.wait("33% of 9,021 rows read  Ctrl-C stops");
    terminal.keys(CTRL_C);
    assert_eq!(terminal.end(), 130, "{screen}");
}

#[test]
fn what_a_cluster_cannot_do_is_refused_in_a_sentence() {
    let env = TestEnv::workspace();
    let run = |args: &[&str]| env.run(&[&["--engine", shared()], args].concat());
    insta::assert_snapshot!(run(&["-c", "CREATE TABLE t AS SELECT 1 AS a; SELECT count(*) FROM t, units"]), @"
    exit 1
    --- stdout
    --- stderr
    error: a cluster cannot read stored files together with `t`, which is in this session alone
    hint: leave out `--engine` to run it in this process
    ");
    insta::assert_snapshot!(run(&["--write", "-c", "COPY (SELECT * FROM units) TO 'x.csv'"]), @"
    exit 1
    --- stdout
    --- stderr
    error: a cluster writes nothing by SQL
    hint: leave out `--engine` to run it in this process
    ");
    insta::assert_snapshot!(run(&["import", "x.csv", "--table", "units"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `--engine` is for statements: tables are written by this process alone
    hint: leave it out
    ");
    insta::assert_snapshot!(run(&["compact", "units"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `--engine` is for statements: tables are written by this process alone
    hint: leave it out
    ");
    insta::assert_snapshot!(env.run(&["--engine", "localhost:1", "tables"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `--engine <ballista://HOST:PORT>` cannot be `localhost:1`: expected ballista://HOST:PORT
    hint: `tongket --help` tells how it goes
    ");
    assert_eq!(env.list("."), ["datasets", "queries"]);
}

/// Every format of a file, and rows that come in an order and no more of them than asked for.
#[test]
fn files_joins_and_limits_are_the_same() {
    let env = TestEnv::workspace();
    for ending in ["csv", "ndjson", "arrow", "json"] {
        let ran =
            env.run(&["-q", "-c", "SELECT * FROM units ORDER BY unit_id", "-o", &format!("u.{ending}")]);
        assert_eq!(ran.status, 0, "{ran}");
    }
    for sql in [
        "SELECT * FROM u_csv ORDER BY unit_id",
        "SELECT * FROM u_ndjson ORDER BY unit_id",
        "SELECT * FROM u_arrow ORDER BY unit_id",
        "SELECT unit_id FROM units INTERSECT SELECT unit_id FROM awards ORDER BY 1 LIMIT 2",
        "SELECT a.unit_id, b.award_id FROM units a JOIN awards b ON a.unit_id = b.unit_id ORDER BY 1, 2 LIMIT 5",
        "SELECT a.unit_id, b.award_id FROM units a LEFT JOIN awards b ON a.unit_id = b.unit_id AND b.award_id < 'A' \
         ORDER BY 2, 1 LIMIT 5",
        "SELECT unit_id FROM units WHERE unit_id NOT IN (SELECT unit_id FROM awards) ORDER BY 1 LIMIT 3",
        "SELECT n, max(activity_id) AS last FROM (SELECT row_number() OVER (PARTITION BY a.unit_id ORDER BY \
         b.kind NULLS FIRST, a.activity_id) AS n, a.activity_id FROM activities a LEFT JOIN (SELECT * FROM outputs \
         WHERE kind = 'work') b ON a.activity_id = b.activity_id) GROUP BY n ORDER BY n",
    ] {
        let names = ["--table", "u_csv=u.csv", "--table", "u_ndjson=u.ndjson", "--table", "u_arrow=u.arrow"];
        let (here, there) = both(&env, &[&names, ["-c", sql].as_slice()].concat());
        assert_eq!(here.status, 0, "{here}");
        assert_eq!(here.to_string(), there.to_string(), "{sql}");
    }
    insta::assert_snapshot!(both(&env, &["--table", "j=u.json", "-c", "SELECT * FROM j"]).1, @"
    exit 1
    --- stdout
    --- stderr
    error: a cluster cannot read `j`, a JSON array: its plans know only JSON of a row a line
    hint: leave out `--engine` to run it in this process
    ");
    insta::assert_snapshot!(both(&env, &["-c", "SELECT * FROM 'u.csv'"]).1, @"
    exit 1
    --- stdout
    --- stderr
    error: a cluster cannot read `u.csv` by that name: its plans take the point for that of a schema
    hint: leave out `--engine` to run it in this process
    ");
    insta::assert_snapshot!(both(&env, &["-c", "CREATE TABLE t AS SELECT * FROM units"]).1, @"
    exit 1
    --- stdout
    --- stderr
    error: a cluster makes no table of the session from stored files
    hint: leave out `--engine` to run it in this process
    ");
}

/// Texts of many megabytes in an order: what is sent holds no more than its rows.
#[test]
fn a_large_result_of_text_comes_whole() {
    let env = TestEnv::empty();
    let ran = env.run(&["sample", "--scale", "60", "-o", "datasets"]);
    assert_eq!(ran.status, 0, "{ran}");
    let sql =
        "SELECT start_date, activity_id, repeat(activity_id || md5(activity_id), 8) AS text FROM activities";
    let ran = env.run(&["-q", "-c", sql, "-o", "texts.parquet"]);
    assert_eq!(ran.status, 0, "{ran}");
    let sql = "SELECT activity_id, text FROM texts ORDER BY start_date, activity_id";
    for args in [
        ["-q", "--table", "texts=texts.parquet", "-c", sql, "-o", "here.csv"].as_slice(),
        &["--engine", shared(), "-q", "--table", "texts=texts.parquet", "-c", sql, "-o", "there.csv"],
    ] {
        let ran = env.run(args);
        assert_eq!(ran.status, 0, "{ran}");
    }
    assert!(env.read("here.csv").len() > 30_000_000);
    assert!(env.read("here.csv") == env.read("there.csv"));
}

#[test]
fn the_shell_asks_a_cluster() {
    let env = TestEnv::workspace();
    let mut terminal = Terminal::start(&env, &["-q", "--engine", shared()], 40, 100);
    terminal.prompt();
    assert!(terminal.enter("SELECT count(DISTINCT unit_id) AS n FROM activities;").contains("\n 13\n"));
    let endless = "FROM outputs a, outputs b, outputs c, outputs d WHERE length(a.unit_id || d.unit_id) < 0;";
    terminal.line(&format!("SELECT count(*) {endless}"));
    std::thread::sleep(Duration::from_secs(1));
    let begun = Instant::now();
    terminal.press(CTRL_C);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(terminal.enter("SELECT 41 + 1 AS n;").contains("\n 42\n"));
    terminal.keys(CTRL_D);
    assert_eq!(terminal.end(), 0);
}

/// The commands of the README that are for a cluster show what it says.
#[test]
fn the_readme_shows_a_cluster_as_it_is() {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("reads");
    let block = readme.split("```console cluster\n").nth(1).and_then(|rest| rest.split("```").next());
    let mut examples = block.expect("a block").split("$ tongket ").skip(1);
    let started = examples.next().expect("a cluster is started");
    assert!(started.starts_with("cluster up &\n"), "{started}");
    let env = TestEnv::workspace();
    let engine = shared();
    let port = engine.rsplit(':').next().expect("a port");
    let said = format!("cluster at {engine} with 2 executors; Ctrl-C ends it\n");
    assert_eq!(started, format!("cluster up &\n{said}").replace(port, "50050"));
    for example in examples {
        let (line, output) = example.split_once('\n').expect("a line");
        let mut command = env.command("sh");
        command.args(["-c", &format!("{TONGKET} --format table {}", line.replace("50050", port))]);
        let ran = env.finish(command, None);
        assert_eq!(format!("{}{}", ran.stdout, ran.stderr), output, "{line}");
    }
}
