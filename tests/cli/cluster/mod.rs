//! Statements on a cluster: a real scheduler and real executors on the loopback interface.

mod alike;
mod encrypted;
mod killed;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::env::{Ran, TONGKET, TestEnv};

/// A process that ends when this does; killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// What it says when it is there.
    says: String,
}

impl Server {
    fn start(args: &[&str]) -> Self {
        Self::start_with(args, &[])
    }

    /// A cluster whose processes have these variables.
    #[cfg(feature = "s3")]
    pub(crate) fn up_with(variables: &[(&str, &str)]) -> Self {
        Self::start_with(&["up", "--port=0"], variables)
    }

    /// Where it is asked.
    fn engine(&self) -> &str {
        self.says.split([' ', ';']).find(|word| word.starts_with("ballista://")).expect("an address")
    }

    /// Runs the program with its statements on the cluster.
    #[cfg(feature = "s3")]
    pub(crate) fn on_it<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        [&["--engine", self.engine()], args].concat()
    }

    fn start_with(args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(TONGKET);
        command.envs(variables.iter().copied());
        command.args(["cluster", "--until-eof"]).args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().expect("starts");
        let mut says = String::new();
        BufReader::new(child.stdout.take().expect("its words")).read_line(&mut says).expect("a line");
        Self { child, says }
    }

    fn kill(&mut self) {
        self.child.kill().expect("kills");
        self.child.wait().expect("ends");
    }

    /// Ends it as a service manager does, and gives its exit code.
    fn end(&mut self) -> Option<i32> {
        drop(self.child.stdin.take());
        self.child.wait().expect("ends").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A scheduler and executors, each a process of the test's own.
struct Cluster {
    engine: String,
    scheduler: Server,
    executors: Vec<Server>,
}

impl Cluster {
    fn of(executors: usize, args: &[&str]) -> Self {
        let ready = format!("--ready-executors={executors}");
        let scheduler = Server::start(&["scheduler", "--port=0", "--drain=100", &ready]);
        let engine = scheduler.engine().to_owned();
        let place = ["executor", &engine, "--port=0", "--grpc-port=0"];
        let executors = (0..executors).map(|_| Server::start(&[&place, args].concat())).collect();
        let cluster = Self { engine, scheduler, executors };
        cluster.wait();
        cluster
    }

    /// Waits until it answers.
    fn wait(&self) {
        let begun = Instant::now();
        while self.ask("/readyz") != "200" {
            assert!(begun.elapsed() < Duration::from_secs(30), "no executor comes");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The status that the scheduler answers with by HTTP.
    fn ask(&self, path: &str) -> String {
        status_of(self.engine.trim_start_matches("ballista://"), path)
    }

    fn run(&self, env: &TestEnv, args: &[&str]) -> Ran {
        env.run(&[&["--engine", &self.engine], args].concat())
    }
}

/// The status of an answer by HTTP.
fn status_of(address: &str, path: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).expect("connects");
    let question = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).expect("asks");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// The cluster of tests that do it no harm.
fn shared() -> &'static str {
    static SHARED: OnceLock<Server> = OnceLock::new();
    let up = SHARED.get_or_init(|| Server::start(&["up", "--port=0"]));
    up.engine()
}
