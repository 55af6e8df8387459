//! An executor.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ballista_core::ConfigProducer;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::extension::SessionConfigExt;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_executor::health::ExecutorHealth;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::SessionConfig;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};

use super::{KEPT, behind, failed, health, port, ready, taken};
use crate::config::cluster::{Scheduler, Tls};
use crate::engine::cluster::stages::Stages;
use crate::engine::cluster::{node, tls};
use crate::error::{Error, Result};
use crate::say;
use crate::ui::{Ui, interrupt};

/// How an executor is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// The scheduler that it works for.
    pub scheduler: Scheduler,
    /// Where it listens.
    pub bind: IpAddr,
    /// The port from which rows are fetched; 0 for a free one.
    pub port: u16,
    /// The port at which the scheduler reaches it; 0 for a free one.
    pub grpc_port: u16,
    /// The port at which it tells its health, if it does; 0 for a free one.
    pub health_port: Option<u16>,
    /// The name by which others reach it.
    pub host: String,
    /// The folder in which it has one for the rows between two stages; that of temporary files where it is absent.
    pub work_dir: Option<PathBuf>,
    /// How many pieces of work it does at a time; as many as there are cores where it is absent.
    pub tasks: Option<usize>,
    /// How its lines are encrypted, where they are.
    pub tls: Option<Tls>,
    /// Bytes of memory for all of them together; seven tenths of what there is where it is absent.
    pub memory: Option<usize>,
}

/// How often it tells the scheduler that it is there, in seconds.
const HEARTBEAT: u64 = 3;
/// How long it waits for it at its start.
const PATIENCE: Duration = Duration::from_secs(30);
const STEP: Duration = Duration::from_millis(200);

/// How long it has for what it works on when it is ended.
const DRAIN: Duration = Duration::from_secs(30);

/// Runs an executor until it is ended: what it works on is done first.
///
/// # Errors
/// It cannot listen there, or its scheduler is not reached.
pub async fn run(options: &Options, ui: &mut Ui) -> Result<()> {
    let rows = port(options.bind, options.port)?;
    let grpc = port(options.bind, options.grpc_port)?;
    let (bind, lines) = match &options.tls {
        Some(tls) => (behind_tls(options.bind, &[rows, grpc], tls).await?, Some(tls::lines(tls)?)),
        None => (options.bind, None),
    };
    let health = ExecutorHealth::new();
    let mut says = say!(
        "executor at {host}:{port} for {scheduler}",
        host = options.host,
        port = rows,
        scheduler = options.scheduler
    );
    if let Some(port) = options.health_port {
        let port = tell_health(options, port, health.clone()).await?;
        says = say!(
            "{executor}; its health: http://{host}:{port}/healthz and /readyz",
            executor = says,
            host = options.host,
            port
        );
    }
    // Ballista removes what it finds in its folder: it has one that nobody else has, gone with this.
    let folder = folder(options)?;
    let (rows_dir, spill_dir) = (inner(&folder, "rows")?, inner(&folder, "spill")?);
    let functions = node::registry()
        .map_err(|error| Error::data(crate::language::Message::verbatim(error.to_string())))?;
    let stages = Stages::start()
        .map_err(|error| Error::data(say!("cannot start the engine's threads: {reason}", reason = error)))?;
    let (logical, physical) = node::codecs();
    let config = ExecutorProcessConfig {
        bind_host: written(bind),
        external_host: Some(options.host.clone()),
        port: rows,
        grpc_port: grpc,
        scheduler_host: options.scheduler.host.clone(),
        scheduler_port: options.scheduler.port,
        vcores: options.tasks.unwrap_or(0),
        task_scheduling_policy: TaskSchedulingPolicy::PushStaged,
        work_dir: Some(rows_dir),
        executor_heartbeat_interval_seconds: HEARTBEAT,
        job_data_ttl_seconds: KEPT,
        job_data_clean_up_interval_seconds: 300,
        memory_pool_size: options.memory.map(|bytes| bytes as u64),
        override_execution_engine: Some(Arc::new(stages)),
        override_function_registry: Some(Arc::new(functions)),
        override_runtime_producer: Some(Arc::new(move |_| {
            node::runtime(RuntimeEnvBuilder::new().with_temp_file_path(&spill_dir))
        })),
        health,
        override_config_producer: lines.clone().map(|lines| -> ConfigProducer {
            Arc::new(move || {
                let settings = SessionConfig::new_with_ballista();
                settings.with_ballista_override_create_grpc_client_endpoint(lines.clone())
            })
        }),
        override_create_grpc_client_endpoint: lines,
        override_logical_codec: Some(logical),
        override_physical_codec: Some(physical),
        ..ExecutorProcessConfig::default()
    };
    reach(&options.scheduler).await?;
    ready(ui, &says)?;
    tokio::select! {
        done = start_executor_process(Arc::new(config)) => {
            done.map_err(|error| {
                failed(&say!("the executor failed"), &error)
                    .hint(say!("a scheduler with `--tls` takes executors alone that show a certificate that it accepts"))
            })?;
        }
        // It hears the user too, and does first what it works on: not for ever.
        () = async { interrupt::asked().await; tokio::time::sleep(DRAIN).await } => {}
    }
    if interrupt::is_asked() {
        return Ok(());
    }
    let at = &options.scheduler;
    Err(Error::data(say!("the executor has lost its scheduler at {at}, or a port of its own", at))
        .hint(say!("`--verbose` tells which; start it again")))
}

/// Where servers listen that are reached by the encrypted lines to these ports.
async fn behind_tls(bind: IpAddr, ports: &[u16], tls: &Tls) -> Result<IpAddr> {
    let mut lines = Vec::new();
    for port in ports {
        let address = SocketAddr::new(bind, *port);
        lines.push((*port, TcpListener::bind(address).await.map_err(|error| taken(address, &error))?));
    }
    // Once they are there: an address that stands for all of a machine's takes others with it.
    let inner = behind(bind, ports)?;
    for (port, lines) in lines {
        tokio::spawn(tls::hand_over(lines, tls::acceptor(tls)?, SocketAddr::new(inner, port)));
    }
    Ok(inner)
}

/// An address as it stands before a port.
fn written(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// Waits for the scheduler, which may start at the same time.
async fn reach(at: &Scheduler) -> Result<()> {
    let begun = Instant::now();
    loop {
        match TcpStream::connect((at.host.trim_matches(['[', ']']), at.port)).await {
            Ok(_) => return Ok(()),
            Err(_) if interrupt::is_asked() => return Err(Error::interrupted()),
            Err(error) if begun.elapsed() > PATIENCE => {
                let reason = crate::error::reason(&error);
                return Err(Error::data(say!("the scheduler at {at} is not reached: {reason}", at, reason)));
            }
            Err(_) => tokio::time::sleep(STEP).await,
        }
    }
}

/// Begins to tell its health, and gives the port.
async fn tell_health(options: &Options, port: u16, health: ExecutorHealth) -> Result<u16> {
    let address = SocketAddr::new(options.bind, port);
    let listener = TcpListener::bind(address).await.map_err(|error| taken(address, &error))?;
    let port = listener.local_addr().map_err(|error| taken(address, &error))?.port();
    tokio::spawn(health::tell(listener, health));
    Ok(port)
}

/// A folder for what goes to the disk, removed when it is dropped.
fn folder(options: &Options) -> Result<TempDir> {
    let place = options.work_dir.clone().unwrap_or_else(std::env::temp_dir);
    let made = std::fs::create_dir_all(&place)
        .and_then(|()| tempfile::Builder::new().prefix("tongket-").tempdir_in(&place));
    made.map_err(|error| Error::making_folder(&place, &error))
}

/// A folder in it, which Ballista takes as a text.
fn inner(folder: &TempDir, name: &str) -> Result<String> {
    let path = folder.path().join(name);
    std::fs::create_dir_all(&path).map_err(|error| Error::making_folder(&path, &error))?;
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| Error::usage(say!("the name of folder `{path}` is no text", path = path.display())))
}
