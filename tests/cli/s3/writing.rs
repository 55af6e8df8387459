//! What is written into a bucket is there whole, and once.

use std::time::{Duration, Instant};

use super::server::{Bucket, Does, Line, Server};
use crate::env::TestEnv;

const LOCK: &str = "w/datasets/.awards.lock";

/// Three awards that the sample year has not; the second is at fault where it is said so.
fn awards(env: &TestEnv, name: &str, first: u32, fault: bool) {
    let mut text =
        "award_id,kind,recipient_kind,recipient_id,unit_id,authority,decision_date,honoured_year\n"
            .to_owned();
    for number in first..first + 3 {
        let day = if fault && number == first + 1 { "soon" } else { "2022-03-04" };
        text += &format!("X{number},praise,collective,,ninh_binh,district_union,{day},2022\n");
    }
    env.write(name, text);
}

/// Whether nobody holds the lock.
fn is_free(bucket: &Bucket) -> bool {
    bucket.get(LOCK).is_none_or(|text| String::from_utf8_lossy(&text).contains("\"free\":true"))
}

fn count(env: &TestEnv, bucket: &Bucket) -> String {
    let ran = bucket.run(env, &["-C", &bucket.path("w"), "--csv", "-c", "SELECT count(*) AS n FROM awards"]);
    assert_eq!(ran.status, 0, "{ran}");
    ran.stdout.trim_start_matches("n\n").trim().to_owned()
}

#[test]
fn a_result_appears_whole_and_is_not_replaced_unasked() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    for name in ["a.csv", "a.parquet", "a.json", "a.xlsx", "sâu/hơn/a.arrow"] {
        let (path, sql) = (bucket.path(name), "SELECT unit_id, name_vi FROM units ORDER BY 1");
        let ran = bucket.run(&env, &["-c", sql, "-o", &path]);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
        let file = name.rsplit('/').next().expect("a name");
        assert_eq!(env.run(&["-c", sql, "-o", file]).status, 0);
        if !name.ends_with("xlsx") {
            assert_eq!(bucket.get(name), std::fs::read(env.path(file)).ok(), "{name}");
        }
        let ran = bucket.run(&env, &["-c", "SELECT 1", "-o", &path]);
        assert_eq!(ran.status, 1);
        assert!(ran.stderr.contains("exists already"), "{ran}");
    }
    let path = bucket.path("a.csv");
    assert_eq!(bucket.run(&env, &["-c", "SELECT 1 AS n", "-o", &path, "--force"]).status, 0);
    assert_eq!(bucket.get("a.csv").as_deref(), Some(&b"n\n1\n"[..]));
    // A statement that fails on the way leaves nothing.
    let sql = "SELECT CAST(name_vi AS INT) FROM units";
    let ran = bucket.run(&env, &["-c", sql, "-o", &bucket.path("b.csv")]);
    assert!(ran.status == 1 && bucket.get("b.csv").is_none(), "{ran}");
    let ran = bucket.run(&env, &["-c", "SELECT 1", "-o", &bucket.path("sâu/hơn")]);
    assert!(ran.status != 0, "{ran}");
}

/// What is larger than a request comes in parts, and is there when the last one has come.
#[test]
fn a_large_result_comes_in_parts() {
    let env = TestEnv::empty();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let sql = "SELECT value AS n, 'một hai ba bốn năm' AS text FROM generate_series(1, 1000000)";
    let line = Line::to(&server.address, |_| Does::Pass);
    let ran = bucket.by(&line).run(&env, &["-c", sql, "-o", &bucket.path("a.csv")]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
    let parts = line.requests().iter().filter(|request| request.contains("partNumber=")).count();
    assert!(parts > 1, "{:?}", line.requests());
    assert_eq!(env.run(&["-c", sql, "-o", "a.csv"]).status, 0);
    assert!(bucket.get("a.csv") == std::fs::read(env.path("a.csv")).ok(), "other bytes");
    // Made by another while the parts were on their way.
    let maker = bucket.by(&line);
    let (address, name) = (server.address.clone(), bucket.name.clone());
    let line = Line::to(&server.address, move |request| {
        if request.contains("partNumber=2") {
            Bucket { server: address.clone(), name: name.clone() }.put("b.csv", b"theirs");
        }
        Does::Pass
    });
    drop(maker);
    let ran = bucket.by(&line).run(&env, &["-c", sql, "-o", &bucket.path("b.csv")]);
    assert!(ran.status == 1 && ran.stderr.contains("exists already"), "{ran}");
    assert_eq!(bucket.get("b.csv").as_deref(), Some(&b"theirs"[..]));
}

#[test]
fn an_export_in_a_bucket_carries_its_proof() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    let there = bucket.path("out/channels.csv");
    for export in [there.as_str(), "channels.csv"] {
        let ran = bucket.run(&env, &["-C", &place, "run", "loans/by-channel", "-o", export, "--provenance"]);
        assert_eq!(ran.status, 0, "{ran}");
        let ran = bucket.run(&env, &["verify", export]);
        assert_eq!((ran.stdout.as_str(), ran.status), ("same\n", 0), "{ran}");
    }
    let record =
        String::from_utf8(bucket.get("out/channels.csv.meta.json").expect("a record")).expect("text");
    assert!(record.contains(&format!("\"workspace\": \"{place}\"")), "{record}");
    let query =
        String::from_utf8(bucket.get("w/queries/loans/by-channel.sql").expect("a query")).expect("text");
    bucket.put("w/queries/loans/by-channel.sql", query.replace("ORDER BY", "ORDER  BY").as_bytes());
    let ran = bucket.run(&env, &["verify", &there]);
    assert!(ran.status == 3 && ran.stdout.contains("loans/by-channel"), "{ran}");
}

#[test]
fn all_saved_queries_go_into_a_folder_of_a_bucket() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    let ran = bucket.run(&env, &["-C", &place, "run", "--all", "-o", &bucket.path("out")]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(
        bucket.keys("out/").len(),
        bucket.keys("w/queries/").iter().filter(|key| key.ends_with(".sql")).count()
    );
    let ran =
        bucket.run(&env, &["-C", &place, "run", "overview", "-o", &bucket.path("w/datasets/x.parquet")]);
    assert!(ran.status != 0 && ran.stderr.contains("where stored tables are"), "{ran}");
}

#[test]
fn rows_are_imported_into_a_bucket_as_into_a_folder() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    awards(&env, "a.csv", 1, false);
    awards(&env, "b.csv", 10, true);
    let steps: [&[&str]; 6] = [
        &["import", "a.csv", "--table", "awards"],
        &["import", "a.csv", "--table", "awards"],
        &["import", "b.csv", "--table", "awards", "--strict"],
        &["import", "b.csv", "--table", "awards", "--force"],
        &["import", "a.csv", "--table", "awards", "--replace"],
        &["compact", "awards"],
    ];
    for step in steps {
        let there = bucket.run(&env, &[&["-C", &place], step].concat());
        let _ = std::fs::remove_file(env.path("b.csv.rejected.csv"));
        let here = env.run(step);
        assert_eq!(there.to_string().replace("s3://[BUCKET]/w/", "[DIR]/"), here.to_string(), "{step:?}");
        let keys: Vec<String> =
            bucket.keys("w/datasets/awards").iter().map(|key| key[2..].to_owned()).collect();
        let folder = env.path("datasets/awards");
        let mut files: Vec<String> = if folder.is_dir() { env.list("datasets/awards") } else { Vec::new() };
        files.iter_mut().for_each(|name| *name = format!("datasets/awards/{name}"));
        files.extend(
            env.path("datasets/awards.parquet").is_file().then(|| "datasets/awards.parquet".to_owned()),
        );
        files.sort();
        assert_eq!(keys, files, "{step:?}");
        assert!(is_free(&bucket), "{step:?}");
    }
    assert_eq!(count(&env, &bucket), "265");
    let all = "SELECT * FROM awards ORDER BY award_id";
    let there = bucket.run(&env, &["-C", &place, "--csv", "-c", all]);
    assert_eq!(there.stdout, env.csv(all));
}

/// What the districts send may lie in a bucket too; what is put aside is put beside it.
#[test]
fn a_spreadsheet_in_a_bucket_is_imported() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    awards(&env, "a.csv", 1, true);
    assert_eq!(env.run(&["-c", "SELECT * FROM 'a.csv'", "-o", "a.xlsx"]).status, 0);
    bucket.put("in/a.xlsx", &std::fs::read(env.path("a.xlsx")).expect("reads"));
    bucket.put("in/b.csv", b"\x89PNG\r\n");
    let sheet = bucket.path("in/a.xlsx");
    let ran = bucket.run(&env, &["import", &sheet, "--table", "awards"]);
    assert!(ran.status == 3 && ran.stdout.contains("s3://[BUCKET]/in/a.xlsx,read,3"), "{ran}");
    let list = String::from_utf8(bucket.get("in/a.xlsx.rejected.csv").expect("a list")).expect("text");
    assert!(list.contains("X2;") && list.contains("soon"), "{list}");
    assert_eq!(
        env.csv("SELECT DISTINCT source_file FROM awards WHERE award_id = 'X1'"),
        "source_file\na.xlsx\n"
    );
    let ran = bucket.run(&env, &["import", &bucket.path("in/b.csv"), "--table", "awards"]);
    assert!(ran.stderr.starts_with("error: `s3://[BUCKET]/in/b.csv`: this is a picture"), "{ran}");
    let ran = bucket.run(&env, &["import", &bucket.path("in/c.csv"), "--table", "awards"]);
    assert!(ran.stderr.contains("cannot read `s3://[BUCKET]/in/c.csv`: no such file"), "{ran}");
}

/// The contract keeps what an import was told.
#[test]
fn a_mapping_is_kept_in_the_contract_of_a_bucket() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    awards(&env, "a.csv", 1, false);
    let text = env.read("a.csv").replace(",kind,", ",loại hình,");
    env.write("a.csv", text);
    let args = ["import", "a.csv", "--table", "awards", "--map", "loại hình=kind", "--save"];
    let ran = bucket.run(&env, &[&["-C", &place], &args[..]].concat());
    let contract =
        String::from_utf8(bucket.get("w/datasets/datapackage.json").expect("a contract")).expect("text");
    assert!(ran.status == 0 && contract.contains("\"loại hình\""), "{ran}");
}

/// Whoever holds the lock writes it anew; whoever wants it sees that, and who it is.
#[test]
fn a_table_that_another_changes_is_left_alone() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    awards(&env, "a.csv", 1, false);
    let holder = |beat: u32| {
        format!("{{\"held_by\":\"máy-ba, process 7\",\"since\":\"2022-12-31T00:00:00Z\",\"beat\":{beat}}}")
    };
    bucket.put(LOCK, holder(0).as_bytes());
    let ran = std::thread::scope(|scope| {
        let import =
            scope.spawn(|| bucket.run(&env, &["-C", &place, "import", "a.csv", "--table", "awards"]));
        let mut beat = 0;
        while !import.is_finished() {
            std::thread::sleep(Duration::from_millis(500));
            beat += 1;
            bucket.put(LOCK, holder(beat).as_bytes());
        }
        import.join().expect("ends")
    });
    assert_eq!(ran.status, 1, "{ran}");
    assert!(ran.stderr.contains("is being changed by another process: máy-ba, process 7"), "{ran}");
    assert_eq!(bucket.keys("w/datasets/awards/"), Vec::<String>::new());
}

/// A holder that is gone does not write the lock anew, and it is taken over.
#[test]
fn the_lock_of_one_that_was_killed_is_taken_over() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    awards(&env, "a.csv", 1, false);
    // The first is killed when it would put the file in its place.
    let line = Line::to(&server.address, |request| {
        let puts = request.starts_with("PUT") && request.contains("/awards/");
        if puts { Does::Hang } else { Does::Pass }
    });
    let import = ["-C", &place, "import", "a.csv", "--table", "awards"];
    let mut first = bucket.by(&line).command(&env, &import).spawn().expect("starts");
    let begun = Instant::now();
    while !line.requests().iter().any(|request| request.starts_with("PUT") && request.contains("/awards/")) {
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", line.requests());
        std::thread::sleep(Duration::from_millis(50));
    }
    first.kill().expect("kills");
    first.wait().expect("ends");
    assert!(!is_free(&bucket) && count(&env, &bucket) == "260");
    let begun = Instant::now();
    let ran = bucket.run(&env, &import);
    assert!(ran.status == 0 && begun.elapsed() > Duration::from_secs(10), "{ran}");
    assert!(count(&env, &bucket) == "263" && is_free(&bucket));
}

/// Cut off for so long that another took its lock over, an import does not put its file in its place.
#[test]
fn who_has_lost_the_lock_changes_nothing() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    awards(&env, "a.csv", 1, false);
    let (address, name) = (server.address.clone(), bucket.name.clone());
    let line = Line::to(&server.address, move |request| {
        // The second writing of the lock is that before the file is put in its place.
        if request.starts_with("GET") && request.contains("awards.parquet") {
            Bucket { server: address.clone(), name: name.clone() }.put(LOCK, b"{}");
        }
        Does::Pass
    });
    let ran = bucket.by(&line).run(&env, &["-C", &place, "import", "a.csv", "--table", "awards"]);
    assert!(ran.status == 1 && ran.stderr.contains("the lock was lost"), "{ran}");
    assert_eq!(bucket.keys("w/datasets/awards/"), Vec::<String>::new());
    assert_eq!(bucket.get(LOCK).as_deref(), Some(&b"{}"[..]), "it is another's");
}
