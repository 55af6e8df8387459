//! What goes wrong on the way to a bucket.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::server::{Bucket, Does, Line, Server};
use crate::env::{Ran, TestEnv};
use crate::pty::Terminal;

const SQL: &str = "SELECT count(*) AS n FROM units";

fn question(env: &TestEnv, bucket: &Bucket, place: &str) -> Ran {
    bucket.run(env, &["-C", place, "--csv", "-c", SQL])
}

#[test]
fn a_missing_bucket_and_a_missing_workspace_are_told() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    bucket.put("x", b"1");
    let mut told = String::new();
    for place in
        ["s3://no-such-bucket/w", &bucket.path("w"), &format!("s3://{}", bucket.name), "s3://", "s3://a/../b"]
    {
        told += &format!("{place}\n{}\n", question(&env, &bucket, place)).replace(&bucket.name, "[BUCKET]");
    }
    insta::assert_snapshot!(told);
}

#[test]
fn wrong_credentials_are_one_clear_error_and_the_right_ones_work() {
    let env = TestEnv::workspace();
    let Some(server) = Server::with_keys(&env) else { return };
    let (key, secret) = server.keys.clone().expect("keys");
    let bucket = Bucket { server: server.address.clone(), name: "kept".to_owned() };
    let run = |key: &str, secret: &str, args: &[&str]| {
        let mut command = bucket.command(&env, args);
        command.env("AWS_ACCESS_KEY_ID", key).env("AWS_SECRET_ACCESS_KEY", secret);
        let ran = env.finish(command, None).to_string();
        ran.replace(&server.address, "[SERVER]").replace(key, "[KEY]")
    };
    let path = bucket.path("w/datasets/a.csv");
    let put = run(&key, &secret, &["-c", "SELECT 1 AS n", "-o", &path]);
    assert!(put.starts_with("exit 0"), "{put}");
    let read = ["-C", "s3://kept/w", "--csv", "-c", "SELECT * FROM 's3://kept/w/datasets/a.csv'"];
    assert_eq!(run(&key, &secret, &read), "exit 0\n--- stdout\nn\n1\n--- stderr\n");
    let mut told = run("AKIAUNKNOWN", &secret, &read);
    told += &run(&key, "wrong", &read);
    told += &run(&key, "wrong", &["-c", "SELECT 1 AS n", "-o", &bucket.path("b.csv")]);
    insta::assert_snapshot!(told);
    // The same by a profile, as AWS's own tools keep them.
    env.write(
        ".aws/credentials",
        format!("[office]\naws_access_key_id={key}\naws_secret_access_key={secret}\n"),
    );
    env.write(
        ".aws/config",
        format!("[profile office]\nregion=us-east-1\nendpoint_url={}\n", server.address),
    );
    let mut command = env.command(crate::env::TONGKET);
    command.args(read).env("AWS_PROFILE", "office");
    let ran = env.finish(command, None);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "n\n1\n"), "{ran}");
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let env = TestEnv::empty();
    let nowhere = Bucket { server: "http://127.0.0.1:9".to_owned(), name: "b".to_owned() };
    let begun = Instant::now();
    let ran = question(&env, &nowhere, "s3://b/w");
    assert!(begun.elapsed() < Duration::from_secs(40));
    insta::assert_snapshot!(ran);
}

#[test]
fn a_connection_that_drops_is_made_again() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    let bytes = std::fs::read(env.path("datasets/outputs.parquet")).expect("reads").len();
    for (what, bad) in [
        ("no answer", Does::Drop),
        ("half of the head", Does::Cut(20)),
        ("half of the list or of the file", Does::Cut(bytes / 2)),
    ] {
        // Of each request the first two attempts.
        let count = AtomicUsize::new(0);
        let line = Line::to(&server.address, move |_| {
            if count.fetch_add(1, Ordering::Relaxed) % 3 < 2 { bad } else { Does::Pass }
        });
        let bad_bucket = bucket.by(&line);
        let ran = bad_bucket
            .run(&env, &["-C", &place, "--csv", "-c", "SELECT count(*), sum(benefit_vnd) FROM outputs"]);
        assert_eq!(ran.status, 0, "{what}: {ran}\n{:?}", line.requests());
        assert_eq!(ran.stdout, env.csv("SELECT count(*), sum(benefit_vnd) FROM outputs"), "{what}");
        assert!(line.requests().len() > 4, "{what}: {:?}", line.requests());
    }
}

#[test]
fn a_write_whose_answer_is_lost_is_made_again() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let count = AtomicUsize::new(0);
    let line = Line::to(&server.address, move |request| {
        let is_first = request.starts_with("PUT") && count.fetch_add(1, Ordering::Relaxed) == 0;
        if is_first { Does::Drop } else { Does::Pass }
    });
    let ran = bucket.by(&line).run(&env, &["-c", "SELECT 1 AS n", "-o", &bucket.path("a.csv")]);
    assert_eq!((ran.status, bucket.get("a.csv").as_deref()), (0, Some(&b"n\n1\n"[..])), "{ran}");
}

/// What was written is there although nobody said so: it is neither an error nor there twice.
#[test]
fn a_write_that_was_done_and_not_answered_is_done() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    let losing = |what: &'static str| {
        let count = AtomicUsize::new(0);
        Line::to(&server.address, move |request| {
            let is_it = request.starts_with("PUT") && request.contains(what);
            if is_it && count.fetch_add(1, Ordering::Relaxed) == 0 { Does::Lose } else { Does::Pass }
        })
    };
    let line = losing("a.csv");
    let ran = bucket.by(&line).run(&env, &["-c", "SELECT 1 AS n", "-o", &bucket.path("a.csv")]);
    assert_eq!((ran.status, bucket.get("a.csv").as_deref()), (0, Some(&b"n\n1\n"[..])), "{ran}");
    env.write(
        "b.csv",
        "award_id,kind,recipient_kind,recipient_id,unit_id,authority,decision_date,honoured_year\n\
         X1,praise,collective,,ninh_binh,district_union,2022-03-04,2022\n",
    );
    let line = losing("/awards/import-");
    let ran = bucket.by(&line).run(&env, &["-C", &place, "import", "b.csv", "--table", "awards"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(bucket.keys("w/datasets/awards/").len(), 1);
    // A lock whose making was not answered is nobody's, and comes to its maker in the end.
    let line = losing(".awards.lock");
    env.write("b.csv", env.read("b.csv").replace("X1", "X2"));
    let ran = bucket.by(&line).run(&env, &["-C", &place, "import", "b.csv", "--table", "awards"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(bucket.keys("w/datasets/awards/").len(), 2);
}

#[test]
fn a_file_that_is_replaced_while_it_is_read_is_an_error() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    let other = std::fs::read(env.path("datasets/classes.parquet")).expect("reads");
    let (address, name) = (server.address.clone(), bucket.name.clone());
    let line = Line::to(&server.address, move |request| {
        if request.contains("units.parquet") {
            Bucket { server: address.clone(), name: name.clone() }.put("w/datasets/units.parquet", &other);
        }
        Does::Pass
    });
    let ran = question(&env, &bucket.by(&line), &place);
    assert!(ran.status == 1 && ran.stderr.contains("it was changed while it was read"), "{ran}");
    assert_eq!(ran.stderr.matches("units.parquet").count(), 1, "{ran}");
}

#[test]
fn a_damaged_file_is_told_as_on_a_disk() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    let sound = std::fs::read(env.path("datasets/units.parquet")).expect("reads");
    for (what, bytes) in [
        ("empty", Vec::new()),
        ("short", b"PAR1".to_vec()),
        ("cut", sound[..sound.len() - 20].to_vec()),
        ("text", b"a,b\n1,2\n3,4\n5,6\n".to_vec()),
        ("footer", [&sound[..sound.len() - 8], &[255, 255, 0, 0], b"PAR1"].concat()),
    ] {
        env.write("datasets/units.parquet", &bytes);
        bucket.put("w/datasets/units.parquet", &bytes);
        let here = env.run(&["-C", ".", "--csv", "-c", SQL]);
        let there = question(&env, &bucket, &place);
        assert_eq!(there.to_string().replace("s3://[BUCKET]/w/", "./"), here.to_string(), "{what}");
        assert_eq!(there.status, 1, "{what}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_is_heard_while_a_server_says_nothing() {
    let env = TestEnv::empty();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let line = Line::to(&server.address, |_| Does::Hang);
    let mut command = bucket.by(&line).command(&env, &["-C", "s3://b/w", "-c", SQL]);
    let child = command.stderr(std::process::Stdio::piped()).spawn().expect("starts");
    let begun = Instant::now();
    while line.requests().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it asks nothing");
        std::thread::sleep(Duration::from_millis(20));
    }
    let asked = Instant::now();
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("asks");
    let ended = child.wait_with_output().expect("ends");
    assert_eq!(ended.status.code(), Some(130));
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
}

/// What cannot be found out is no absence: a table has no fewer rows while its bucket does not answer.
#[test]
fn names_that_cannot_be_looked_up_are_an_error() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    let units = std::fs::read(env.path("datasets/units.parquet")).expect("reads");
    bucket.put("w/datasets/units/import-0001.parquet", &units);
    let denies = Arc::new(AtomicBool::new(false));
    let asked = denies.clone();
    let line = Line::to(&server.address, move |request| {
        let is_list = request.contains("list-type");
        if is_list && asked.load(Ordering::Relaxed) { Does::Deny } else { Does::Pass }
    });
    let mut shell = Terminal::spawn(bucket.by(&line).command(&env, &["-C", &place]), 40, 120);
    shell.prompt();
    assert!(shell.enter("SELECT count(*) + 1000 AS n FROM units;").contains("1026"));
    denies.store(true, Ordering::Relaxed);
    std::thread::sleep(Duration::from_millis(2100));
    let screen = shell.enter("SELECT count(*) + 2000 AS n FROM units;");
    assert!(
        screen.contains("denies access") && !screen.contains("2013") && !screen.contains("2026"),
        "{screen}"
    );
    denies.store(false, Ordering::Relaxed);
    assert!(shell.enter("SELECT count(*) + 3000 AS n FROM units;").contains("3026"));
    shell.line("\\q");
    assert_eq!(shell.end(), 0);
}

/// Ctrl-C while the last of a change is on its way: it is made, and said to be.
#[cfg(unix)]
#[test]
fn ctrl_c_does_not_leave_a_change_untold() {
    let env = TestEnv::workspace();
    let Some(server) = Server::shared(&env) else { return };
    let bucket = server.bucket();
    let place = bucket.workspace(&env);
    env.write(
        "a.csv",
        "award_id,kind,recipient_kind,recipient_id,unit_id,authority,decision_date,honoured_year\n\
         X1,praise,collective,,ninh_binh,district_union,2022-03-04,2022\n",
    );
    let is_put = |request: &str| request.starts_with("PUT") && request.contains("/awards/import-");
    let line = Line::to(&server.address, move |request| {
        if is_put(request) {
            std::thread::sleep(Duration::from_secs(2));
        }
        Does::Pass
    });
    let mut command = bucket.by(&line).command(&env, &["-C", &place, "import", "a.csv", "--table", "awards"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().expect("starts");
    let begun = Instant::now();
    while !line.requests().iter().any(|request| is_put(request)) {
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", line.requests());
        std::thread::sleep(Duration::from_millis(20));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("asks");
    let ended = child.wait_with_output().expect("ends");
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(said.contains("import-0001.parquet") && ended.status.success(), "{:?} {said}", ended.status);
    assert_eq!(bucket.keys("w/datasets/awards/").len(), 1);
}
