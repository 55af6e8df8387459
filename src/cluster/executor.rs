//! An executor.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_executor::health::ExecutorHealth;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{failed, health, port, ready, taken};
use crate::config::cluster::Scheduler;
use crate::engine::cluster::node;
use crate::engine::cluster::stages::Stages;
use crate::error::{Error, Result};
use crate::say;
use crate::ui::Ui;

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
    /// The folder of the rows between two stages; a temporary one where it is absent.
    pub work_dir: Option<PathBuf>,
    /// How many pieces of work it does at a time; as many as there are cores where it is absent.
    pub tasks: Option<usize>,
    /// Bytes of memory for all of them together; seven tenths of what there is where it is absent.
    pub memory: Option<usize>,
}

/// How often it tells the scheduler that it is there, and how long it waits for it at its start, in seconds.
const HEARTBEAT: u64 = 3;
const PATIENCE: u16 = 30;

/// Runs an executor until it is ended: what it works on is done first.
///
/// # Errors
/// It cannot listen there, or its scheduler is not reached.
pub async fn run(options: &Options, ui: &mut Ui) -> Result<()> {
    let rows = port(options.bind, options.port)?;
    let grpc = port(options.bind, options.grpc_port)?;
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
    // A temporary folder is gone with this.
    let scratch = Folder::of(options)?;
    let work_dir = scratch.path()?;
    let functions = node::registry()
        .map_err(|error| Error::data(crate::language::Message::verbatim(error.to_string())))?;
    let stages = Stages::start()
        .map_err(|error| Error::data(say!("cannot start the engine's threads: {reason}", reason = error)))?;
    let (logical, physical) = node::codecs();
    let spilled = work_dir.clone();
    let config = ExecutorProcessConfig {
        bind_host: options.bind.to_string(),
        external_host: Some(options.host.clone()),
        port: rows,
        grpc_port: grpc,
        scheduler_host: options.scheduler.host.clone(),
        scheduler_port: options.scheduler.port,
        scheduler_connect_timeout_seconds: PATIENCE,
        vcores: options.tasks.unwrap_or(0),
        task_scheduling_policy: TaskSchedulingPolicy::PushStaged,
        work_dir: Some(work_dir),
        executor_heartbeat_interval_seconds: HEARTBEAT,
        // Rows between stages, an hour after their statement.
        job_data_ttl_seconds: 3600,
        job_data_clean_up_interval_seconds: 300,
        memory_pool_size: options.memory.map(|bytes| bytes as u64),
        override_execution_engine: Some(Arc::new(stages)),
        override_function_registry: Some(Arc::new(functions)),
        override_runtime_producer: Some(Arc::new(move |_| {
            node::runtime(RuntimeEnvBuilder::new().with_temp_file_path(spilled.clone()))
        })),
        health,
        override_logical_codec: Some(logical),
        override_physical_codec: Some(physical),
        ..ExecutorProcessConfig::default()
    };
    ready(ui, says)?;
    // It hears Ctrl-C and a polite kill itself.
    let done = start_executor_process(Arc::new(config)).await;
    done.map_err(|error| failed(say!("the executor failed"), &error))
}

/// Begins to tell its health, and gives the port.
async fn tell_health(options: &Options, port: u16, health: ExecutorHealth) -> Result<u16> {
    let address = SocketAddr::new(options.bind, port);
    let listener = TcpListener::bind(address).await.map_err(|error| taken(address, &error))?;
    let port = listener.local_addr().map_err(|error| taken(address, &error))?.port();
    tokio::spawn(health::tell(listener, health));
    Ok(port)
}

/// The folder of the rows between two stages.
enum Folder {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl Folder {
    fn of(options: &Options) -> Result<Self> {
        match &options.work_dir {
            Some(path) => {
                std::fs::create_dir_all(path).map_err(|error| Error::making_folder(path, &error))?;
                Ok(Self::Kept(path.clone()))
            }
            None => {
                let made = tempfile::Builder::new().prefix("tongket-").tempdir();
                made.map(Self::Temporary).map_err(|error| Error::making_folder(&std::env::temp_dir(), &error))
            }
        }
    }

    /// Its path, which Ballista takes as a text.
    fn path(&self) -> Result<String> {
        let path = match self {
            Self::Kept(path) => path.as_path(),
            Self::Temporary(folder) => folder.path(),
        };
        path.to_str().map(str::to_owned).ok_or_else(|| {
            Error::usage(say!("the name of folder `{path}` is no text", path = path.display()))
        })
    }
}
