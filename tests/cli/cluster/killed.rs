//! What happens where a part of a cluster is not there, is ended or killed, or has little memory.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Cluster, status_of};
use crate::env::{TONGKET, TestEnv};

/// A scheduler that is ended waits for the statement that runs, and whoever asked hears of its end.
#[test]
fn a_scheduler_that_is_ended_finishes_what_it_has() {
    let env = large();
    let mut cluster = Cluster::of(2, &["--tasks=1"]);
    let child = begun(&env, &cluster, LONG);
    assert_eq!(cluster.scheduler.end(), Some(0));
    let (status, stdout, stderr) = finished(child);
    assert_eq!((status, stdout.lines().count()), (0, 14), "{stderr}");
}

#[test]
fn an_executor_without_a_scheduler_can_be_ended() {
    let mut command = Command::new(TONGKET);
    command.args(["cluster", "executor", "ballista://127.0.0.1:1", "--port=0", "--grpc-port=0"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    std::thread::sleep(Duration::from_secs(1));
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("interrupts");
    assert_eq!(child.wait().expect("ends").code(), Some(130));
}

#[test]
fn no_scheduler_is_told_at_once() {
    let env = TestEnv::workspace();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let begun = Instant::now();
    let ran =
        env.run(&["--engine", &format!("ballista://127.0.0.1:{port}"), "-c", "SELECT count(*) FROM units"]);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let stderr = ran.stderr.replace(&port.to_string(), "[PORT]");
    assert_eq!(ran.status, 1, "{ran}");
    insta::assert_snapshot!(stderr, @"
    error: the scheduler at ballista://127.0.0.1:[PORT] is not reached: Connection refused
    hint: start one with `tongket cluster scheduler`, or try one with `tongket cluster up`
    ");
}

/// Pairs of activities in the order of their dates: seconds of work in several stages.
const LONG: &str = "SELECT a.unit_id, count(*) AS n, max(b.activity_id) AS last FROM activities a \
                    JOIN activities b ON a.category = b.category AND a.start_date < b.start_date \
                    GROUP BY a.unit_id ORDER BY a.unit_id";

/// What takes longer than anybody waits, and gives no row on the way.
const ENDLESS: &str = "SELECT count(*) AS n FROM activities a, activities b, activities c \
                       WHERE a.participations + b.participations + c.participations < 0";

/// A workspace whose statements take seconds.
fn large() -> TestEnv {
    let env = TestEnv::empty();
    let ran = env.run(&["sample", "--scale", "4", "-o", "datasets"]);
    assert_eq!(ran.status, 0, "{ran}");
    env
}

/// A statement that has been at work on a cluster for a while.
fn begun(env: &TestEnv, cluster: &Cluster, sql: &str) -> Child {
    let mut command = env.command(TONGKET);
    command.args(["--engine", &cluster.engine, "-c", sql]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("starts");
    std::thread::sleep(Duration::from_secs(2));
    assert!(child.try_wait().expect("runs").is_none(), "it is done too early to be hurt");
    child
}

fn finished(child: Child) -> (i32, String, String) {
    let output = child.wait_with_output().expect("ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[test]
fn an_executor_may_be_killed_while_a_statement_runs() {
    let env = large();
    let mut cluster = Cluster::of(2, &["--tasks=1"]);
    let here = env.run(&["-c", LONG]);
    assert_eq!(here.status, 0, "{here}");
    let child = begun(&env, &cluster, LONG);
    cluster.executors[0].kill();
    let (status, stdout, stderr) = finished(child);
    assert_eq!((status, stderr), (0, here.stderr));
    assert_eq!(stdout, here.stdout);
}

#[test]
fn a_killed_scheduler_is_told_within_seconds() {
    let env = large();
    let mut cluster = Cluster::of(1, &["--tasks=1"]);
    let child = begun(&env, &cluster, ENDLESS);
    let killed = Instant::now();
    cluster.scheduler.kill();
    let (status, stdout, stderr) = finished(child);
    assert!(killed.elapsed() < Duration::from_secs(5), "{:?}", killed.elapsed());
    assert_eq!((status, stdout.as_str()), (1, ""));
    let said = stderr.replace(&cluster.engine, "[ENGINE]");
    insta::assert_snapshot!(said, @"
    error: the scheduler at [ENGINE] went away while the statement ran
    hint: run it again when it is back (with `--tls`, where it asks for a certificate)
    ");
}

/// What is interrupted here frees the cluster for others.
#[test]
fn an_interrupt_ends_the_job_on_the_cluster() {
    let env = large();
    let cluster = Cluster::of(1, &["--tasks=1"]);
    let child = begun(&env, &cluster, ENDLESS);
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("interrupts");
    let (status, ..) = finished(child);
    assert_eq!(status, 130);
    // The one task that the executor can do is free again.
    let begun = Instant::now();
    let ran =
        cluster.run(&env, &["--timeout", "20s", "-c", "SELECT count(DISTINCT unit_id) AS n FROM activities"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "n\n13\n"), "{ran}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

/// Some forty megabytes of rows to be sorted, where a node may hold sixteen.
#[test]
fn three_nodes_of_little_memory_answer_a_large_question() {
    let env = TestEnv::empty();
    let ran = env.run(&["sample", "--scale", "200", "-o", "datasets"]);
    assert_eq!(ran.status, 0, "{ran}");
    let sql = "SELECT count(*) AS n, sum(rank) AS r FROM (SELECT rank() OVER (PARTITION BY unit_id, category \
               ORDER BY start_date, activity_id) AS rank, * FROM activities)";
    let cluster = Cluster::of(3, &["--tasks=1", "--memory-limit=16M"]);
    let there = cluster.run(&env, &["-c", sql]);
    let here = env.run(&["-c", sql]);
    assert_eq!(here.status, 0, "{here}");
    assert_eq!(here.to_string(), there.to_string());
}

#[test]
fn servers_tell_their_health_and_end_in_order() {
    let mut cluster = Cluster::of(1, &["--health-port=0"]);
    let says = cluster.executors[0].says.clone();
    let health = says.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
    // The scheduler knows it a moment before it knows that.
    let begun = Instant::now();
    while status_of(health, "/readyz") != "200" {
        assert!(begun.elapsed() < Duration::from_secs(20), "the executor is not ready");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(["/healthz", "/"].map(|path| status_of(health, path)), ["200", "404"]);
    assert_eq!((cluster.ask("/healthz").as_str(), cluster.ask("/readyz").as_str()), ("200", "200"));
    assert_eq!(cluster.executors[0].end(), Some(0));
    let begun = Instant::now();
    while cluster.ask("/readyz") == "200" {
        assert!(begun.elapsed() < Duration::from_secs(20), "the executor is still counted");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(cluster.scheduler.end(), Some(0));
}
