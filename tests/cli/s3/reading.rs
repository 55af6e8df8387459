//! What is read from a bucket is what is read from a disk.

use super::server::{Bucket, Does, Line, Server};
use crate::env::{Ran, TestEnv, repository};
use crate::pty::Terminal;
use crate::{golden, readme};

/// Runs the program on the workspace of the disk and on that of the bucket; the two end alike.
fn alike(env: &TestEnv, bucket: &Bucket, args: &[&str]) -> Ran {
    let here = env.run(&[&["-C", "."], args].concat());
    let mut there = bucket.run(env, &[&["-C", &bucket.path("w")], args].concat());
    for text in [&mut there.stdout, &mut there.stderr] {
        *text = text.replace("s3://[BUCKET]/w/", "./");
    }
    assert_eq!(there.to_string(), here.to_string(), "{args:?}");
    there
}

#[test]
fn every_saved_query_gives_the_same_bytes() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    bucket.workspace(&env);
    let names = golden::names(&env);
    assert!(names.len() > 30, "{names:?}");
    for name in names {
        assert_eq!(alike(&env, &bucket, &["run", &name, "--csv"]).status, 0, "{name}");
    }
}

#[test]
fn every_command_reads_a_bucket() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    bucket.workspace(&env);
    for args in [
        &["tables"][..],
        &["queries"],
        &["check"],
        &["check", "--figures"],
        &["why", "overview", "--row", "1"],
        &["diff", "units", "units"],
        &["report", "--format", "html"],
        &["-c", "\\d activities", "-c", "\\dt", "-c", "\\q"],
        &["-c", "SELECT label('awards.kind', kind) AS kind, count(*) FROM awards GROUP BY 1 ORDER BY 1"],
        &["-c", "SELECT table_name, column_name, data_type FROM information_schema.columns"],
        &["run", "overviw"],
        &["-c", "SELECT * FROM activites"],
        &["--safe", "-c", "SELECT count(*) FROM units"],
        &["--engine", "ballista://127.0.0.1:1", "-c", "SELECT 1"],
    ] {
        alike(&env, &bucket, args);
    }
}

#[test]
fn files_of_all_formats_are_tables_by_their_paths() {
    let env = TestEnv::empty();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    env.write("a.csv", "mã,số\n007,1\n008,2\n");
    env.write("a.json", "[{\"n\": 1}, {\"n\": 2}]");
    env.write("a.ndjson", "{\"n\": 1}\n{\"n\": 3}\n");
    let made = "SELECT 1 AS n UNION ALL SELECT 5";
    for name in ["a.parquet", "a.arrow", "t/year=2022/1.parquet", "t/year=2023/1.parquet"] {
        std::fs::create_dir_all(env.path(name).parent().expect("a parent")).expect("makes");
        assert_eq!(env.run(&["-c", made, "-o", name]).status, 0);
    }
    bucket.copy(&env, ".", "thư mục một");
    for (name, sql) in [
        ("a.csv", "SELECT * FROM"),
        ("a.json", "SELECT * FROM"),
        ("a.ndjson", "SELECT * FROM"),
        ("a.parquet", "SELECT * FROM"),
        ("a.arrow", "SELECT * FROM"),
        ("t/", "SELECT year, sum(n) AS n FROM"),
        ("t", "SELECT year, sum(n) AS n FROM"),
    ] {
        let rest = if name.starts_with('t') { " WHERE year > 2022 GROUP BY year" } else { " ORDER BY 1" };
        let here = env.run(&["--csv", "-c", &format!("{sql} '{name}'{rest}")]);
        let path = bucket.path(&format!("thư mục một/{name}"));
        let there = bucket.run(&env, &["--csv", "-c", &format!("{sql} '{path}'{rest}")]);
        assert_eq!((there.to_string(), there.status), (here.to_string(), 0), "{name}");
        let there =
            bucket.run(&env, &["--csv", "--table", &format!("x={path}"), "-c", &format!("{sql} x{rest}")]);
        assert_eq!(there.to_string(), here.to_string(), "{name}");
    }
}

/// What a question costs where each request takes a while: the names, and the one file that it reads.
#[test]
fn a_question_takes_two_requests() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    let line = Line::to(&server.address, |_| Does::Pass);
    let ran = bucket.by(&line).run(&env, &["-C", &place, "--csv", "-c", "SELECT count(*) FROM units"]);
    assert_eq!((ran.stdout.as_str(), ran.status), ("count(*)\n13\n", 0), "{ran}");
    let requests = line.requests();
    assert_eq!(requests.len(), 2, "{requests:?}");
    assert!(requests[0].contains("list-type=2") && requests[1].contains("units.parquet"), "{requests:?}");
}

/// The ends of many files are asked for at the same time, and each once.
#[test]
fn a_table_of_many_files_takes_a_request_each() {
    let env = TestEnv::empty();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    assert_eq!(env.run(&["-c", "SELECT 1 AS n", "-o", "1.parquet"]).status, 0);
    let bytes = std::fs::read(env.path("1.parquet")).expect("reads");
    (0..70).for_each(|number| bucket.put(&format!("w/datasets/t/{number:02}.parquet"), &bytes));
    let line = Line::to(&server.address, |_| Does::Pass);
    let place = bucket.path("w");
    let ran = bucket.by(&line).run(&env, &["-C", &place, "--csv", "-c", "SELECT sum(n) AS n FROM t"]);
    assert_eq!((ran.stdout.as_str(), ran.status), ("n\n70\n", 0), "{ran}");
    assert_eq!(line.requests().len(), 71);
}

#[test]
fn the_shell_sees_what_others_write() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    let mut shell = Terminal::spawn(bucket.command(&env, &["-C", &place]), 30, 100);
    shell.prompt();
    assert!(shell.enter("SELECT count(*) AS n FROM units;").contains("13"));
    let bytes = std::fs::read(env.path("datasets/units.parquet")).expect("reads");
    bucket.put("w/datasets/again.parquet", &bytes);
    // What is known of names is no older than that.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert!(shell.enter("SELECT count(*) + 100 AS n FROM again;").contains("113"));
    shell.line("\\q");
    assert_eq!(shell.end(), 0);
}

#[test]
fn safe_reads_the_bucket_of_the_workspace_alone() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let (bucket, other) = (server.bucket(), server.bucket());
    let place = bucket.workspace(&env);
    other.put("a.csv", b"n\n1\n");
    bucket.put("w2/a.csv", b"n\n1\n");
    bucket.put("w/a.csv", b"n\n1\n");
    let reads = |path: &str| {
        let sql = format!("SELECT * FROM '{path}'");
        bucket.run(&env, &["--safe", "-C", &place, "--csv", "-c", &sql])
    };
    assert_eq!(reads(&bucket.path("w/a.csv")).stdout, "n\n1\n");
    env.write("a.csv", "n\n1\n");
    for path in
        [other.path("a.csv"), bucket.path("w2/a.csv"), bucket.path("w/../w2/a.csv"), "a.csv".to_owned()]
    {
        let ran = reads(&path);
        assert!(ran.status != 0 && ran.stderr.contains("lies outside the workspace"), "{path}\n{ran}");
    }
    let here = env.run(&["--safe", "--csv", "-c", &format!("SELECT * FROM '{}'", other.path("a.csv"))]);
    assert!(here.status != 0 && here.stderr.contains("lies outside the workspace"), "{here}");
}

/// What a web server has is read by its address, and nothing else of it can be had.
#[test]
fn a_file_of_a_web_server_is_a_table() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let units = std::fs::read(env.path("datasets/units.parquet")).expect("reads");
    bucket.publish("units.parquet", &units);
    bucket.publish("a.csv", "mã;số\n007;1,5\n".as_bytes());
    let address = |name: &str| format!("{}/{}/{name}", server.address, bucket.name);
    let csv = |args: &[&str]| env.run(&[&["--csv"], args].concat());
    let ran = csv(&["-c", &format!("SELECT * FROM '{}'", address("a.csv"))]);
    assert_eq!((ran.stdout.as_str(), ran.status), ("mã,số\n007,\"1,5\"\n", 0), "{ran}");
    let ran =
        csv(&["--table", &format!("u={}", address("units.parquet")), "-c", "SELECT count(*) AS n FROM u"]);
    assert_eq!((ran.stdout.as_str(), ran.status), ("n\n13\n", 0), "{ran}");
    let mut told = String::new();
    for args in [
        &["-c", &format!("SELECT * FROM '{}'", address("none.csv"))][..],
        &["-C", &address("w"), "tables"],
        &["-c", "SELECT 1", "-o", &address("b.csv")],
        &["--safe", "-c", &format!("SELECT * FROM '{}'", address("a.csv"))],
        &["-c", "SELECT * FROM 'http://127.0.0.1:9/a.csv'"],
    ] {
        told += &csv(args).to_string().replace(&server.address, "[SERVER]").replace(&bucket.name, "[BUCKET]");
    }
    insta::assert_snapshot!(told);
}

#[test]
fn what_the_readme_shows_of_a_bucket_is_so() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.named("tinh");
    bucket.copy(&env, "datasets", "2022/datasets");
    bucket.copy(&env, "queries", "2022/queries");
    let fixture = "tests/fixtures/yen-mo.csv";
    env.write(fixture, std::fs::read(repository().join(fixture)).expect("reads"));
    for folder in ["datasets", "queries"] {
        std::fs::remove_dir_all(env.path(folder)).expect("removes");
    }
    let variables = [
        ("AWS_ENDPOINT_URL", server.address.as_str()),
        ("AWS_ACCESS_KEY_ID", "anyone"),
        ("AWS_SECRET_ACCESS_KEY", "anything"),
        ("AWS_REGION", "us-east-1"),
    ];
    readme::hold(&env, "console s3", &variables);
}
