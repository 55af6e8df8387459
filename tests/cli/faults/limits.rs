//! Memory, disk and time that a statement may take: beyond them it is an error, never a kill.

use std::time::{Duration, Instant};

use crate::env::{TONGKET, TestEnv};

#[test]
fn a_statement_that_takes_too_long_is_stopped() {
    let env = TestEnv::empty();
    let begun = Instant::now();
    insta::assert_snapshot!(env.run(&["--timeout", "1s", "-c", "SELECT count(*) FROM range(0, 1000000000000)"]), @"
    exit 1
    --- stdout
    --- stderr
    error: the statement was stopped: it took more than 1 s
    hint: give it more time by `--timeout`, or ask for fewer rows
    ");
    // A join that finds no pair, and a plan that is long in the making.
    let join = "SELECT count(*) FROM range(0, 1000000) a JOIN range(0, 1000000) b ON a.value * b.value = -1";
    let long = format!("SELECT {}", vec!["1"; 4000].join(" + "));
    for sql in [join, &long] {
        let ran = env.run(&["--timeout", "500ms", "-c", sql]);
        assert!(ran.status == 1 && ran.stderr.contains("took more than 0.5 s"), "{ran}");
    }
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    // One that is soon done is not touched, and each has its own time.
    let quick = env.run(&["--timeout", "60", "-c", "SELECT 1 AS a", "-c", "SELECT 2 AS b"]);
    assert_eq!((quick.status, quick.stdout.as_str()), (0, "a\n1\nb\n2\n"), "{quick}");
    // A file of its rows does not appear.
    let ran = env.run(&["--timeout", "1s", "-o", "x.csv", "-c", "SELECT * FROM range(0, 1000000000000)"]);
    assert_eq!((ran.status, env.list(".")), (1, Vec::new()), "{ran}");
}

/// The message names the operator and what to do.
#[test]
fn too_little_memory_is_an_error_that_names_the_operator() {
    let env = TestEnv::empty();
    let needy = "SELECT count(*) FROM range(0, 3000000) a JOIN range(0, 3000000) b ON a.value = b.value";
    insta::assert_snapshot!(env.run(&["--memory-limit", "16M", "-c", needy]), @"
    exit 1
    --- stdout
    --- stderr
    error: the memory does not suffice: a join needs more than is left of 16 MiB
    hint: give more by `--memory-limit`, or ask for fewer rows or columns
    ");
    let list = "SELECT array_agg(value) AS a FROM range(0, 3000000)";
    let ran = env.run(&["--memory-limit", "16M", "-o", "x.csv", "-c", list]);
    let expected = "error: the memory does not suffice: a grouping or DISTINCT needs";
    assert!(ran.status == 1 && ran.stderr.starts_with(expected), "{ran}");
    assert_eq!(env.list("."), Vec::<String>::new());
}

/// A sort and a grouping of ten times the memory end, with all their rows, and leave nothing behind.
#[test]
fn what_the_memory_does_not_hold_goes_to_the_disk() {
    let env = TestEnv::empty();
    std::fs::create_dir(env.path("tmp")).expect("makes");
    let run = |args: &[&str]| {
        let mut command = env.command(TONGKET);
        command.env("TMPDIR", env.path("tmp")).args(args);
        env.finish(command, None)
    };
    let sort = "SELECT value % 1000003 AS a, value FROM range(0, 2000000) ORDER BY a, value";
    let ran = run(&["--memory-limit", "20M", "-o", "sorted.csv", "-c", sort]);
    assert_eq!(ran.status, 0, "{ran}");
    let sorted = env.read("sorted.csv");
    let rows: Vec<(u64, u64)> = sorted
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').expect("two"))
        .map(|(a, b)| (a.parse().expect("a number"), b.parse().expect("a number")))
        .collect();
    assert_eq!(rows.len(), 2_000_000);
    assert!(rows.windows(2).all(|two| two[0] < two[1]));
    let group = "SELECT count(*) AS n, sum(c) AS c FROM (SELECT value % 1000000 AS a, count(*) AS c FROM range(0, 3000000) GROUP BY 1)";
    let ran = run(&["--memory-limit", "32M", "-c", group]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "n,c\n1000000,3000000\n"), "{ran}");
    assert_eq!(env.list("tmp"), Vec::<String>::new());
    // There is less room than it takes.
    let ran = run(&["--memory-limit", "20M", "--spill-limit", "1M", "-o", "x.csv", "-c", sort]);
    insta::assert_snapshot!(ran, @"
    exit 1
    --- stdout
    --- stderr
    error: the rows that the memory does not hold take more than 1 MiB on the disk
    hint: give more by `--spill-limit` or `--memory-limit`, or ask for fewer rows or columns
    ");
    assert!(!env.path("x.csv").exists());
    // The folder for them is not there.
    let mut command = env.command(TONGKET);
    command.env("TMPDIR", env.path("none")).args(["--memory-limit", "20M", "-o", "x.csv", "-c", sort]);
    let ran = env.finish(command, None);
    assert!(ran.status == 1 && ran.stderr.contains("cannot be written in `[DIR]/none`"), "{ran}");
}

/// Killed in whatever way, a statement leaves no rows on the disk: its files have no names.
#[test]
fn a_kill_leaves_nothing_of_what_went_to_the_disk() {
    let env = TestEnv::empty();
    std::fs::create_dir(env.path("tmp")).expect("makes");
    let sort = "SELECT value % 1000003 AS a, value FROM range(0, 400000000) ORDER BY a, value";
    for signal in ["-KILL", "-INT", "-TERM"] {
        let mut command = env.command(TONGKET);
        command.env("TMPDIR", env.path("tmp")).args(["--memory-limit", "20M", "-o", "x.csv", "-c", sort]);
        let mut child = command.spawn().expect("starts");
        // It goes to the disk as soon as the memory is full.
        let opened = format!("/proc/{}/fd", child.id());
        let begun = Instant::now();
        let spills = || {
            let entries = std::fs::read_dir(&opened).into_iter().flatten().flatten();
            entries.filter_map(|entry| entry.path().read_link().ok()).any(|path| {
                path.starts_with(env.path("tmp")) && path.to_string_lossy().ends_with("(deleted)")
            })
        };
        while !spills() {
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing went to the disk");
            std::thread::sleep(Duration::from_millis(20));
        }
        let ended = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(ended.expect("runs").success());
        child.wait().expect("ends");
        assert_eq!(env.list("tmp"), Vec::<String>::new(), "{signal}");
    }
}

/// Functions that make much of little are held to a bound: an allocation that fails would end the process.
#[test]
fn functions_do_not_exhaust_the_memory() {
    let env = TestEnv::empty();
    for call in [
        "length(repeat('x', 2147483647))",
        "length(lpad('x', 2147483647, 'y'))",
        "length(rpad('x', 2000000000))",
        "cardinality(range(0, 10000000000))",
        "cardinality(generate_series(10000000000, 0, -1))",
        "cardinality(range(date '0001-01-01', date '9999-12-31', interval '1 second'))",
        "cardinality(array_repeat(1, 10000000000))",
        "cardinality(array_resize([1], 10000000000, 0))",
        "length(replace(repeat('a', 1000000), 'a', repeat('b', 10000)))",
        "length(regexp_replace(repeat('a', 1000000), 'a', repeat('b', 10000), 'g'))",
    ] {
        let ran = env.run(&["-c", &format!("SELECT {call} AS n")]);
        let told = ran.stderr.contains("at once, and 256 MiB is the most");
        assert!(ran.status == 1 && ran.stderr.starts_with("error: `") && told, "{call}\n{ran}");
    }
    // In a column too, and what is small goes on as ever.
    let column = "SELECT sum(length(repeat('xy', value::int))) AS n FROM range(0, 1000)";
    assert_eq!(env.csv(column), "n\n999000\n");
    let wide = "SELECT sum(length(repeat('x', 1000000))) AS n FROM (SELECT value FROM range(0, 1000)) WHERE repeat('x', (value * 1000000)::int) <> ''";
    assert_eq!(env.run(&["-c", wide]).status, 1);
    let rest = "SELECT lpad('a', 3, '-') AS a, rpad('b', 3, '-') AS b, replace('aXa', 'X', 'é') AS c, cardinality(range(1, 10, 2)) AS d, cardinality(generate_series(date '2022-01-01', date '2022-12-31', interval '1 month')) AS e, array_repeat('x', 2) AS f";
    let row = env.run(&["--format", "ndjson", "-c", rest]).stdout;
    assert_eq!(row.trim(), r#"{"a":"--a","b":"b--","c":"aéa","d":5,"e":12,"f":["x","x"]}"#);
}

/// A statement may be long, and not so deep that whatever walks it runs out of stack.
#[test]
fn a_statement_that_is_too_deep_is_refused() {
    let env = TestEnv::workspace();
    for (first, more) in [("SELECT 1", " + 1"), ("SELECT 1", " IS NULL"), ("SELECT 1", " UNION ALL SELECT 1")]
    {
        let ran = env.run_with_input(&[], &format!("{first}{}", more.repeat(50_000)));
        assert!(
            ran.status == 1 && ran.stderr.contains("is more than 10,000 operators deep"),
            "{}",
            ran.status
        );
    }
    let list = (0..20_000).map(|n| format!("'{n}'")).collect::<Vec<_>>().join(",");
    let ran =
        env.run_with_input(&["--csv"], &format!("SELECT count(*) AS n FROM units WHERE unit_id IN ({list})"));
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "n\n0\n"), "{ran}");
}

/// Texts that lie in the same buffers were counted once for each piece of a batch: this sort of what a
/// join gives asked for more than it was given.
#[test]
fn a_sort_of_texts_asks_for_what_they_take() {
    let env = TestEnv::workspace();
    let made = env.run(&["sample", "--scale", "100", "--force", "-q", "-o", "datasets"]);
    assert_eq!(made.status, 0, "{made}");
    let sql = "
        WITH
          measured (measure, peer_group, row_key, value) AS (
            SELECT 'participations', category, activity_id, CAST(participations AS DECIMAL(18, 0)) FROM activities
            UNION ALL
            SELECT 'cost_vnd', category, activity_id, cost_vnd FROM activities WHERE cost_vnd IS NOT NULL
            UNION ALL
            SELECT 'benefit_vnd', kind, output_id, benefit_vnd
            FROM outputs
            WHERE benefit_vnd IS NOT NULL AND activity_id IN (SELECT activity_id FROM activities)
          ),
          middles AS (
            SELECT measure, peer_group, (min(value) + max(value)) * 0.5 AS middle FROM measured GROUP BY measure, peer_group
          ),
          ordered AS (
            SELECT
              measure,
              row_number() OVER (
                PARTITION BY v.measure, v.peer_group ORDER BY abs(v.value - m.middle), v.row_key
              ) AS place
            FROM measured AS v
            JOIN middles AS m USING (measure, peer_group)
          )
        SELECT count(*) FILTER (WHERE place = 1) AS groups, count(*) > 150000 AS are_many FROM ordered";
    let ran = env.run(&["-q", "--csv", "--memory-limit", "300MB", "-c", sql]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "groups,are_many\n12,true\n"), "{}", ran.stderr);
}
