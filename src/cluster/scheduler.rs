//! The scheduler.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ballista_core::config::TaskSchedulingPolicy;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use tokio::net::TcpListener;

use super::{KEPT, failed, ready, taken, until_asked};
use crate::config::cluster::Tls;
use crate::engine::cluster::{node, tls};
use crate::error::Result;
use crate::language::Message;
use crate::say;
use crate::ui::Ui;

/// How a scheduler is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens.
    pub bind: IpAddr,
    /// Its port; 0 for a free one.
    pub port: u16,
    /// The name by which executors and clients reach it.
    pub host: String,
    /// How many executors make it ready.
    pub ready: usize,
    /// How its lines are encrypted, where they are.
    pub tls: Option<Tls>,
    /// How long running statements are waited for at its end.
    pub drain: Duration,
}

/// After how many seconds without a word an executor is taken for dead.
const SILENCE: u64 = 10;
const LOOK: u64 = 1;

/// How often it is looked whether statements are done.
const STEP: Duration = Duration::from_millis(100);

/// How long it is there after the last.
const LINGER: Duration = Duration::from_secs(1);

/// Runs a scheduler until it is ended: then it waits for the statements that it has.
///
/// # Errors
/// It cannot listen there.
pub async fn run(options: &Options, ui: &mut Ui) -> Result<()> {
    let address = SocketAddr::new(options.bind, options.port);
    let listener = TcpListener::bind(address).await.map_err(|error| taken(address, &error))?;
    let bound = listener.local_addr().map_err(|error| taken(address, &error))?;
    let (listener, lines) = match &options.tls {
        Some(tls) => (behind_tls(listener, tls).await?, Some(tls::lines(tls)?)),
        None => (listener, None),
    };
    let scheme = if lines.is_some() { "https" } else { "http" };
    let (logical, physical) = node::codecs();
    let config = SchedulerConfig {
        external_host: options.host.clone(),
        bind_host: options.bind.to_string(),
        bind_port: bound.port(),
        // Stages are handed out as soon as an executor is free: asking for them would take a while each time.
        scheduling_policy: TaskSchedulingPolicy::PushStaged,
        executor_timeout_seconds: SILENCE,
        expire_dead_executor_interval_seconds: LOOK,
        no_executors_grace_period_seconds: SILENCE,
        override_session_builder: Some(Arc::new(node::session)),
        override_logical_codec: Some(logical),
        override_physical_codec: Some(physical),
        finished_job_data_clean_up_interval_seconds: KEPT,
        // Whoever asks has to reach the scheduler alone.
        enable_embedded_flight_proxy: true,
        min_ready_executors: options.ready,
        override_create_grpc_client_endpoint: lines,
        ..SchedulerConfig::default()
    };
    let fault = |what: Message| move |error| failed(&what, &error);
    let cluster = BallistaCluster::new_from_config(&config).await;
    let cluster = cluster.map_err(fault(say!("the scheduler cannot start")))?;
    let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, Arc::new(config)).await;
    let scheduler = scheduler.map_err(fault(say!("the scheduler cannot start")))?;
    ready(
        ui,
        &say!(
            "scheduler at ballista://{host}:{port}; its health: {scheme}://{host}:{port}/healthz and /readyz",
            scheme,
            host = options.host,
            port = bound.port()
        ),
    )?;
    let serving = start_grpc_service_with_listener(listener, scheduler.clone());
    let serving = async { serving.await.map_err(fault(say!("the scheduler failed"))) };
    until_asked(serving, async || {
        let begun = Instant::now();
        while scheduler.running_job_number() + scheduler.pending_job_number() > 0
            && begun.elapsed() < options.drain
        {
            tokio::time::sleep(STEP).await;
        }
        // Whoever waits for the last of them hears of its end.
        tokio::time::sleep(LINGER).await;
    })
    .await
}

/// Where a server listens that is reached by the encrypted lines to a place.
async fn behind_tls(lines: TcpListener, tls: &Tls) -> Result<TcpListener> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = TcpListener::bind(address).await.map_err(|error| taken(address, &error))?;
    let inner = listener.local_addr().map_err(|error| taken(address, &error))?;
    tokio::spawn(tls::hand_over(lines, tls::acceptor(tls)?, inner));
    Ok(listener)
}
