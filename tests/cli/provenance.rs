//! Exports that carry their proof, and results compared.

use crate::env::{Ran, TestEnv};

/// A workspace with one table of the test's own, and a query over it.
fn small() -> TestEnv {
    let env = TestEnv::empty();
    put(&env, "Yên Mô", 12);
    env.write(
        "queries/tổng.sql",
        "-- ---\n-- [params.at_least]\n-- type = \"integer\"\n-- default = 1\n-- ---\n\
         SELECT unit, n FROM results WHERE n >= $at_least ORDER BY unit\n",
    );
    env
}

/// Puts the table in its place: a unit of this name and number beside two others.
fn put(env: &TestEnv, unit: &str, n: i32) {
    let sql =
        format!("SELECT * FROM (VALUES ('Hoa Lư', 3), ('{unit}', {n}), ('Kim Sơn', NULL)) AS t(unit, n)");
    std::fs::create_dir_all(env.path("datasets")).expect("makes");
    let made = env.run(&["-c", &sql, "-o", "results.parquet", "--force"]);
    assert_eq!(made.status, 0, "{made}");
    std::fs::rename(env.path("results.parquet"), env.path("datasets/results.parquet")).expect("moves");
}

fn record(env: &TestEnv, name: &str) -> serde_json::Value {
    serde_json::from_str(&env.read(&format!("{name}.meta.json"))).expect("JSON")
}

fn done(ran: &Ran) {
    assert!(ran.status == 0 && ran.stderr.is_empty(), "{ran}");
}

#[test]
fn an_export_tells_what_it_was_made_of() {
    let env = small();
    done(&env.run(&["run", "tổng", "-p", "at_least=5", "-o", "tổng.csv", "--null", "–", "--provenance"]));
    let mut record = record(&env, "tổng.csv");
    let time = record["time"].as_str().expect("a time");
    assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
    record["time"] = "[TIME]".into();
    for part in ["/file/sha256", "/ran/query/sha256", "/tables/0/files/0/sha256"] {
        let hash = record.pointer_mut(part).expect(part);
        assert_eq!(hash.as_str().map(str::len), Some(64), "{part}");
        *hash = "[SHA-256]".into();
    }
    let bytes = std::fs::metadata(env.path("datasets/results.parquet")).expect("there").len();
    assert_eq!(record.pointer("/tables/0/files/0/bytes"), Some(&bytes.into()));
    *record.pointer_mut("/tables/0/files/0/bytes").expect("bytes") = "[BYTES]".into();
    let program = env!("CARGO_PKG_VERSION");
    assert_eq!(record["program"]["version"], program);
    insta::assert_snapshot!(serde_json::to_string_pretty(&record).expect("JSON"), @r#"
    {
      "$schema": "tongket-provenance/1",
      "program": {
        "name": "tongket",
        "version": "0.1.0"
      },
      "time": "[TIME]",
      "file": {
        "path": "tổng.csv",
        "bytes": 19,
        "sha256": "[SHA-256]"
      },
      "rows": 1,
      "synthetic": false,
      "written": {
        "format": "csv",
        "null": "–",
        "delimiter": null,
        "excel": false
      },
      "ran": {
        "query": {
          "name": "tổng",
          "sha256": "[SHA-256]",
          "text": "-- ---\n-- [params.at_least]\n-- type = \"integer\"\n-- default = 1\n-- ---\nSELECT unit, n FROM results WHERE n >= $at_least ORDER BY unit\n"
        }
      },
      "collate": "binary",
      "parameters": [
        {
          "name": "at_least",
          "type": "integer",
          "given": true,
          "values": [
            "5"
          ]
        }
      ],
      "workspace": ".",
      "folder": ".",
      "named": [],
      "tables": [
        {
          "name": "results",
          "rows": 3,
          "files": [
            {
              "path": "datasets/results.parquet",
              "bytes": "[BYTES]",
              "sha256": "[SHA-256]",
              "rows": 3
            }
          ]
        }
      ],
      "volatile": []
    }
    "#);
}

#[test]
fn an_export_that_is_as_it_was_is_the_same() {
    let env = small();
    done(&env.run(&["run", "tổng", "-o", "tổng.csv", "--provenance"]));
    for args in [&["verify", "tổng.csv"][..], &["verify", "tổng.csv.meta.json"]] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(env.run(args), @"
            exit 0
            --- stdout
            same
            --- stderr
            ");
        }
    }
    assert_eq!(env.run(&["verify", "tổng.csv", "--format", "json"]).stdout, "[]\n");
    // Every format: what is written is text, columns or a picture.
    for ending in ["tsv", "json", "ndjson", "md", "txt", "parquet", "arrow", "xlsx", "svg", "png"] {
        let file = format!("tổng.{ending}");
        done(&env.run(&["run", "tổng", "-o", &file, "--provenance"]));
        assert_eq!(env.run(&["verify", &file]).stdout, "same\n", "{ending}");
    }
    done(&env.run(&["run", "tổng", "-o", "excel.csv", "--excel", "--provenance"]));
    assert_eq!(env.run(&["verify", "excel.csv"]).stdout, "same\n");
}

#[test]
fn what_was_edited_in_an_export_is_found() {
    let env = small();
    done(&env.run(&["run", "tổng", "-o", "x.csv", "--provenance"]));
    env.write("x.csv", env.read("x.csv").replace("12", "21"));
    insta::assert_snapshot!(env.run(&["verify", "x.csv"]), @r#"
    exit 3
    --- stdout
    what,was,now
    export `x.csv`,"29 bytes, sha256 8228f98906ff9a33","29 bytes, sha256 922ed9b346ce31d2"
    "line 3, column `n`",12,21
    --- stderr
    error: `x.csv` is not as it was: 2 findings
    "#);
    std::fs::remove_file(env.path("x.csv")).expect("removes");
    insta::assert_snapshot!(env.run(&["verify", "x.csv"]), @r#"
    exit 3
    --- stdout
    what,was,now
    export `x.csv`,"29 bytes, sha256 8228f98906ff9a33",
    --- stderr
    error: `x.csv` is not as it was: 1 finding
    "#);
}

#[test]
fn a_table_that_changed_is_found_with_what_it_changes() {
    for ending in ["csv", "json", "parquet", "md"] {
        let env = small();
        let file = format!("x.{ending}");
        done(&env.run(&["run", "tổng", "-o", &file, "--provenance"]));
        put(&env, "Yên Mô", 13);
        let ran = env.run(&["verify", &file, "--json"]);
        let findings: serde_json::Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran}"));
        assert_eq!(
            (ran.status, findings[0]["what"].as_str()),
            (3, Some("table file `datasets/results.parquet`"))
        );
        let cell = match ending {
            "csv" => ("line 3, column `n`", "12", "13"),
            "md" => ("line 4", "| Yên Mô | 12 |", "| Yên Mô | 13 |"),
            _ => ("row 2, column `n`", "12", "13"),
        };
        let found = |part: &str| findings[1][part].as_str().unwrap_or_default().to_owned();
        assert_eq!((found("what").as_str(), found("was").as_str(), found("now").as_str()), cell, "{ran}");
    }
}

#[test]
fn a_table_that_is_gone_is_found() {
    let env = small();
    done(&env.run(&["run", "tổng", "-o", "x.csv", "--provenance"]));
    std::fs::remove_file(env.path("datasets/results.parquet")).expect("removes");
    let ran = env.run(&["verify", "x.csv", "--json"]);
    assert_eq!(ran.status, 3, "{ran}");
    assert!(ran.stdout.contains("\"what\":\"table file `datasets/results.parquet`\""), "{ran}");
    assert!(ran.stdout.contains("cannot be run again: there is no table `results`"), "{ran}");
}

#[test]
fn a_file_that_came_to_a_table_is_found() {
    let env = TestEnv::empty();
    let part = |name: &str, n: &str| {
        std::fs::create_dir_all(env.path("datasets/t")).expect("makes");
        done(&env.run(&["-c", &format!("SELECT {n} AS n"), "-o", "part.parquet", "--force"]));
        std::fs::rename(env.path("part.parquet"), env.path(&format!("datasets/t/{name}"))).expect("moves");
    };
    part("1.parquet", "1");
    done(&env.run(&["-c", "SELECT sum(n) AS n FROM t", "-o", "x.csv", "--provenance"]));
    part("2.parquet", "2");
    let ran = env.run(&["verify", "x.csv", "--json"]);
    assert!(ran.stdout.contains("{\"what\":\"table file `datasets/t/2.parquet`\",\"was\":null,"), "{ran}");
    assert!(ran.stdout.contains("{\"what\":\"line 2, column `n`\",\"was\":\"1\",\"now\":\"3\"}"), "{ran}");
}

#[test]
fn a_query_that_changed_is_found_and_its_record_is_run() {
    let env = small();
    done(&env.run(&["run", "tổng", "-o", "x.csv", "--provenance"]));
    env.write("queries/tổng.sql", env.read("queries/tổng.sql").replace("default = 1", "default = 9"));
    insta::assert_snapshot!(env.run(&["verify", "x.csv"]), @r#"
    exit 3
    --- stdout
    what,was,now
    "query `tổng`, line 4",-- default = 1,-- default = 9
    default of parameter `at_least`,1,9
    --- stderr
    error: `x.csv` is not as it was: 2 findings
    "#);
    std::fs::remove_file(env.path("queries/tổng.sql")).expect("removes");
    insta::assert_snapshot!(env.run(&["verify", "x.csv"]), @"
    exit 3
    --- stdout
    what,was,now
    query `tổng`,6 lines,there is no saved query `tổng`
    --- stderr
    error: `x.csv` is not as it was: 1 finding
    ");
}

#[test]
fn the_order_of_rows_that_a_query_leaves_open_is_no_finding() {
    let env = TestEnv::empty();
    env.write("a.csv", "k\nx\ny\n");
    done(&env.run(&["-c", "SELECT k FROM 'a.csv'", "-o", "x.csv", "--provenance"]));
    env.write("a.csv", "k\ny\nx\n");
    let ran = env.run(&["verify", "x.csv"]);
    // The file is another, and the rows of the result are the same.
    assert!(
        ran.stdout.starts_with("what,was,now\ntable file `a.csv`,") && ran.stdout.lines().count() == 2,
        "{ran}"
    );
    assert!(ran.stderr.starts_with("warning: the same rows came in another order"), "{ran}");
}

#[test]
fn a_script_is_kept_whole_and_run_again() {
    let env = small();
    env.write(
        "s.sql",
        "SET datafusion.execution.batch_size = 2;\n\\set least 3\n\
         CREATE VIEW seen AS SELECT * FROM results;\nSELECT unit FROM seen WHERE n >= $least ORDER BY unit;\n",
    );
    done(&env.run(&["-f", "s.sql", "-c", "\\headers on", "-o", "x.csv", "--provenance"]));
    let record = record(&env, "x.csv");
    assert_eq!(record["ran"]["scripts"][0]["text"], env.read("s.sql"));
    assert_eq!(record["ran"]["scripts"][1]["text"], "\\headers on");
    assert_eq!((record["tables"][0]["name"].as_str(), record["rows"].as_u64()), (Some("results"), Some(2)));
    // The text of the record is run, not the file of that name.
    std::fs::remove_file(env.path("s.sql")).expect("removes");
    assert_eq!(env.run(&["verify", "x.csv"]).stdout, "same\n");
}

#[test]
fn what_would_leave_the_record_open_is_refused() {
    let env = small();
    for (args, says) in [
        (&["-c", "\\i s.sql"][..], "`\\i s.sql` cannot stand in what is exported with its provenance"),
        (&["-c", "SELECT 1 \\g y.csv"], "cannot stand in what is exported"),
        (&["-c", "\\run tổng"], "hint: export the saved query itself"),
        (&["tables"], "`--provenance` is for `tongket run` and for SQL"),
        (&["-c", "SELECT 1", "--write"], "`--write` and `--provenance` do not go together"),
    ] {
        let ran = env.run(&[args, &["-o", "x.csv", "--provenance"]].concat());
        assert!(ran.status == 2 && ran.stderr.contains(says), "{ran}");
    }
    for place in [&["-o", "-"][..], &[]] {
        let ran = env.run(&[&["run", "tổng", "--provenance"], place].concat());
        assert!(ran.status == 2 && ran.stderr.contains("`--provenance` needs a file"), "{ran}");
    }
    assert!(!env.path("x.csv").exists() && !env.path("x.csv.meta.json").exists());
}

#[test]
fn both_files_appear_or_neither() {
    let env = small();
    env.write("x.csv.meta.json", "mine");
    let ran = env.run(&["run", "tổng", "-o", "x.csv", "--provenance"]);
    assert!(ran.status == 1 && ran.stderr.contains("`x.csv.meta.json` exists already"), "{ran}");
    assert_eq!((env.path("x.csv").exists(), env.read("x.csv.meta.json").as_str()), (false, "mine"));
    done(&env.run(&["run", "tổng", "-o", "x.csv", "--provenance", "--force"]));
    assert_eq!(env.run(&["verify", "x.csv"]).stdout, "same\n");
    // A run that fails leaves both as they were.
    let before = (env.read("x.csv"), env.read("x.csv.meta.json"));
    let ran = env.run(&["-c", "SELECT 1 / (n - n) FROM results", "-o", "x.csv", "--provenance", "--force"]);
    assert_eq!(ran.status, 1, "{ran}");
    assert_eq!((env.read("x.csv"), env.read("x.csv.meta.json")), before);
    assert!(env.list(".").iter().all(|name| !name.starts_with(".tongket-")), "{:?}", env.list("."));
}

#[test]
fn every_saved_query_of_the_sample_is_verified() {
    let env = TestEnv::workspace();
    done(&env.run(&["run", "--all", "-o", "out", "--provenance"]));
    for name in ["overview", "figures/f05", "loans/by-channel", "units/league"] {
        let ran = env.run(&["verify", &format!("out/{name}.csv")]);
        assert_eq!((ran.status, ran.stdout.as_str()), (0, "same\n"), "{ran}");
    }
}

#[test]
fn an_export_and_its_workspace_move_together() {
    let env = TestEnv::empty();
    let place = "một 'nơi' \"khác\"";
    let nfd = "Ngày Ye\u{302}n.csv";
    env.write(&format!("{place}/datasets/x.txt"), "no table");
    env.write(&format!("{place}/in/{nfd}"), "k,n\na,1\n");
    env.write("elsewhere/b.csv", "k\na\n");
    std::fs::create_dir_all(env.path(&format!("{place}/out"))).expect("makes");
    let mut command = env.command(crate::env::TONGKET);
    let sql = "SELECT n, b.k FROM 'in/Ngày Yên.csv' AS a JOIN b ON a.k = b.k";
    command.current_dir(env.path(place)).args(["-c", sql, "--table", "b=../elsewhere/b.csv"]);
    command.args(["-o", "out/x y.csv", "--provenance"]);
    done(&env.finish(command, None));
    let ran = env.run(&["verify", &format!("{place}/out/x y.csv")]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "same\n"), "{ran}");
    std::fs::create_dir_all(env.path("moved")).expect("makes");
    std::fs::rename(env.path(place), env.path("moved/here")).expect("moves");
    std::fs::rename(env.path("elsewhere"), env.path("moved/elsewhere")).expect("moves");
    let ran = env.run(&["verify", "moved/here/out/x y.csv", "--json"]);
    // What lies outside the workspace is found by its name, and known by its bytes.
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "[]\n"), "{ran}");
    // Alone, the export says what it needs.
    for ending in ["", ".meta.json"] {
        let from = env.path(&format!("moved/here/out/x y.csv{ending}"));
        std::fs::rename(from, env.path(&format!("x.csv{ending}"))).expect("moves");
    }
    insta::assert_snapshot!(env.run(&["verify", "x.csv"]), @"
    exit 2
    --- stdout
    --- stderr
    error: the workspace that `x y.csv` was made in is not where it was, `..` from there
    hint: name it with `-C DIR`
    ");
    let ran = env.run(&["-C", "moved/here", "--table", "b=moved/elsewhere/b.csv", "verify", "x.csv"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "same\n"), "{ran}");
}

#[test]
fn a_value_that_is_another_each_time_is_said() {
    let env = TestEnv::empty();
    let ran = env.run(&["-c", "SELECT now() AS t", "-o", "x.csv", "--provenance"]);
    assert!(ran.stderr.starts_with("warning: `now()` is another each time"), "{ran}");
    assert_eq!(record(&env, "x.csv")["volatile"], serde_json::json!(["now"]));
    assert_eq!(env.run(&["verify", "x.csv"]).status, 3);
}

#[test]
fn there_is_nothing_to_verify_without_a_record() {
    let env = TestEnv::empty();
    env.write("x.csv", "n\n1\n");
    insta::assert_snapshot!(env.run(&["verify", "x.csv"]), @"
    exit 1
    --- stdout
    --- stderr
    error: cannot read `x.csv.meta.json`: no such file or directory
    hint: `--provenance` writes it beside an export
    ");
    // A record runs no more than `--provenance` allows.
    done(&env.run(&["-c", "SELECT 1 AS n", "-o", "y.csv", "--provenance"]));
    env.write("y.csv.meta.json", env.read("y.csv.meta.json").replace("SELECT 1 AS n", "\\\\! touch made"));
    let ran = env.run(&["verify", "y.csv"]);
    assert!(ran.status == 3 && ran.stdout.contains("cannot stand in what is exported"), "{ran}");
    assert!(!env.path("made").exists());
}

#[test]
fn null_and_the_empty_text_are_not_the_same() {
    let env = TestEnv::empty();
    env.write("a.csv", "k,n\nx,\n");
    done(&env.run(&["-c", "SELECT k, n FROM 'a.csv'", "-o", "x.csv", "--provenance"]));
    env.write("a.csv", "k,n\nx,\"\"\n");
    let ran = env.run(&["verify", "x.csv", "--json"]);
    assert!(ran.status == 3 && ran.stdout.contains("table file `a.csv`"), "{ran}");
}
