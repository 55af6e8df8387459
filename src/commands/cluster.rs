//! `tongket cluster`: the servers of a Ballista cluster.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::whole;
use crate::cluster::{executor, log, scheduler, up};
use crate::config::cluster::{SCHEDULER_PORT, Scheduler, Tls};
use crate::error::{Error, Result};
use crate::say;
use crate::ui::Ui;

/// Serve statements on several machines: the servers of a Ballista cluster, with tongket's functions
///
/// A scheduler takes statements from `tongket --engine ballista://HOST:PORT`, executors work on them. All of
/// them, and whoever asks, must see the workspace under the same path. Without `--tls` there is no encryption and no
/// password: keep them on a network of their own.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    server: Server,
    /// Tell on standard error what is done, not only what goes wrong
    #[arg(short, long, global = true)]
    verbose: bool,
    /// End when standard input does
    #[arg(long, global = true, hide = true)]
    until_eof: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Server {
    Scheduler(SchedulerArgs),
    Executor(ExecutorArgs),
    Up(UpArgs),
}

/// Take statements, cut them into stages and hand these out
///
/// /healthz and /readyz on its port tell by HTTP whether it is there, and whether it has executors. Ended by
/// Ctrl-C or a polite kill, it waits for the statements that it has.
#[derive(Debug, clap::Args)]
struct SchedulerArgs {
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Port to listen on, 0 for a free one
    #[arg(long, value_name = "PORT", default_value_t = SCHEDULER_PORT)]
    port: u16,
    /// Name by which executors and clients reach it [default: the address]
    #[arg(long, value_name = "HOST")]
    advertise: Option<String>,
    /// How many executors make it ready
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole(1..=10_000_usize))]
    ready_executors: usize,
    /// Seconds that running statements are waited for at its end
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    drain: u64,
}

/// Work on stages of statements for a scheduler
///
/// Ended by Ctrl-C or a polite kill, it has thirty seconds for what it works on. `--memory-limit` is for all of its
/// work together.
#[derive(Debug, clap::Args)]
struct ExecutorArgs {
    /// The scheduler, as ballista://HOST:PORT
    scheduler: Scheduler,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Port from which rows are fetched, 0 for a free one
    #[arg(long, value_name = "PORT", default_value_t = 50051)]
    port: u16,
    /// Port at which the scheduler reaches it, 0 for a free one
    #[arg(long, value_name = "PORT", default_value_t = 50052)]
    grpc_port: u16,
    /// Port at which it tells its health by HTTP, at /healthz and /readyz, 0 for a free one [default: none]
    #[arg(long, value_name = "PORT")]
    health_port: Option<u16>,
    /// Name by which others reach it [default: the address]
    #[arg(long, value_name = "HOST")]
    advertise: Option<String>,
    /// Folder in which it makes one for the rows between two stages [default: that of temporary files]
    #[arg(long, value_name = "DIR")]
    work_dir: Option<PathBuf>,
    /// How much it does at a time [default: as many pieces as there are cores]
    #[arg(long, value_name = "N", value_parser = whole(1..=10_000_usize))]
    tasks: Option<usize>,
}

/// Try a cluster on this machine: a scheduler and executors as processes, until Ctrl-C
#[derive(Debug, clap::Args)]
struct UpArgs {
    /// How many executors
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = whole(1..=64_usize))]
    executors: usize,
    /// Port of the scheduler, 0 for a free one
    #[arg(long, value_name = "PORT", default_value_t = SCHEDULER_PORT)]
    port: u16,
    /// How much each executor does at a time [default: as many pieces as there are cores]
    #[arg(long, value_name = "N", value_parser = whole(1..=10_000_usize))]
    tasks: Option<usize>,
}

/// Runs the command; `memory` is the limit in bytes that the command line gives, `tls` the folder of certificates.
///
/// # Errors
/// A server cannot listen, cannot reach another, or fails.
pub async fn run(ui: &mut Ui, args: &Args, memory: Option<usize>, tls: Option<&Path>) -> Result<()> {
    let tls = tls.map(Tls::read).transpose()?;
    log::begin(args.verbose);
    if args.until_eof {
        end_with_input();
    }
    match &args.server {
        Server::Scheduler(args) => {
            let options = scheduler::Options {
                bind: args.bind,
                port: args.port,
                host: args.advertise.clone().unwrap_or_else(|| host(args.bind)),
                ready: args.ready_executors,
                tls,
                drain: Duration::from_secs(args.drain),
            };
            scheduler::run(&options, ui).await
        }
        Server::Executor(args) => {
            let options = executor::Options {
                scheduler: args.scheduler.clone(),
                bind: args.bind,
                port: args.port,
                grpc_port: args.grpc_port,
                health_port: args.health_port,
                host: args.advertise.clone().unwrap_or_else(|| host(args.bind)),
                work_dir: args.work_dir.clone(),
                tasks: args.tasks,
                tls,
                memory,
            };
            executor::run(&options, ui).await
        }
        Server::Up(_) if tls.is_some() => Err(Error::usage(say!(
            "`cluster up` has no encrypted lines: what it starts listens on this machine alone"
        ))),
        Server::Up(up) => {
            let mut arguments = Vec::new();
            arguments.extend(up.tasks.map(|tasks| format!("--tasks={tasks}")));
            arguments.extend(memory.map(|bytes| format!("--memory-limit={bytes}")));
            let (executors, port, verbose) = (up.executors, up.port, args.verbose);
            up::run(&up::Options { executors, port, arguments, verbose }, ui).await
        }
    }
}

/// The name of an address; one that stands for all of a machine's is no name of it.
fn host(bind: IpAddr) -> String {
    match bind {
        bind if bind.is_unspecified() => {
            sysinfo::System::host_name().unwrap_or_else(|_| "localhost".to_owned())
        }
        IpAddr::V6(bind) => format!("[{bind}]"),
        IpAddr::V4(bind) => bind.to_string(),
    }
}

/// Asks this process to end when its standard input does: its parent is gone then.
fn end_with_input() {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM);
    });
}
