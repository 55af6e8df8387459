//! A cluster on this machine, for trying it: a scheduler and some executors as processes of their own.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{port, ready as say_ready};
use crate::error::{Error, Result};
use crate::language::Message;
use crate::ui::{Ui, interrupt};
use crate::{many, say};

/// How a cluster is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many executors it has.
    pub executors: usize,
    /// The port of the scheduler; 0 for a free one.
    pub port: u16,
    /// What each executor is told beside its place.
    pub arguments: Vec<String>,
    /// Whether its parts tell what they do.
    pub verbose: bool,
}

/// How long is waited for it to be ready, and for its parts to end: longer than they take themselves.
const PATIENCE: Duration = Duration::from_secs(30);
const ENDING: Duration = Duration::from_secs(35);
const STEP: Duration = Duration::from_millis(50);

/// The processes of a cluster, and what each is; dropped, they are ended.
struct Parts(Vec<(String, Child)>);

impl Parts {
    /// Starts another; it ends itself when this process is gone, in whatever way.
    fn start(&mut self, arguments: &[String], verbose: bool) -> Result<()> {
        let program = std::env::current_exe().map_err(|error| fault(&error))?;
        let mut command = Command::new(program);
        command
            .args(["-q", "cluster"])
            .args(arguments)
            .arg("--until-eof")
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        command.args(verbose.then_some("--verbose"));
        // Ctrl-C at the terminal is ours to pass on.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().map_err(|error| fault(&error))?;
        self.0.push((arguments.first().cloned().unwrap_or_default(), child));
        Ok(())
    }

    /// What is told of the first that has ended.
    fn ended(&mut self) -> Option<Message> {
        let ended = |(what, child): &mut (String, Child)| match child.try_wait() {
            Ok(None) => None,
            Ok(Some(status)) => Some(say!("the {what} of the cluster has ended: {status}", what, status)),
            Err(error) => Some(say!("the {what} of the cluster has ended: {status}", what, status = error)),
        };
        self.0.iter_mut().find_map(ended)
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        // All are told at once, and then waited for.
        self.0.iter_mut().for_each(|(_, child)| drop(child.stdin.take()));
        let begun = Instant::now();
        for (_, child) in &mut self.0 {
            while matches!(child.try_wait(), Ok(None)) && begun.elapsed() < ENDING {
                std::thread::sleep(STEP);
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn fault(error: &std::io::Error) -> Error {
    Error::data(say!("the cluster cannot start: {reason}", reason = crate::error::reason(error)))
}

/// Runs a cluster until it is ended.
///
/// # Errors
/// One of its processes fails.
pub async fn run(options: &Options, ui: &mut Ui) -> Result<()> {
    let port = port(Ipv4Addr::LOCALHOST.into(), options.port)?;
    let mut parts = Parts(Vec::new());
    let count = options.executors;
    parts.start(
        &["scheduler".to_owned(), format!("--port={port}"), format!("--ready-executors={count}")],
        options.verbose,
    )?;
    for _ in 0..count {
        let place = [
            "executor".to_owned(),
            format!("ballista://127.0.0.1:{port}"),
            "--port=0".into(),
            "--grpc-port=0".into(),
        ];
        parts.start(&[&place, options.arguments.as_slice()].concat(), options.verbose)?;
    }
    let begun = Instant::now();
    let mut ready = false;
    while !interrupt::is_asked() {
        if let Some(ended) = parts.ended() {
            return Err(Error::data(ended).hint(say!("what it said stands above")));
        }
        if !ready && is_ready(port) {
            ready = true;
            say_ready(
                ui,
                &say!(
                    "cluster at ballista://127.0.0.1:{port} with {executors}; Ctrl-C ends it",
                    port,
                    executors = many!(count as u64, "{n} executor", "{n} executors")
                ),
            )?;
        }
        if !ready && begun.elapsed() > PATIENCE {
            return Err(Error::data(say!("the cluster is not ready after {n} s", n = PATIENCE.as_secs())));
        }
        tokio::time::sleep(STEP).await;
    }
    Ok(())
}

/// Whether a scheduler says that it has the executors that it waits for.
fn is_ready(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, STEP)?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(&status == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}
