//! The engine: a session inside this process, whose plans may be worked off on a cluster.

use std::sync::Arc;
use std::time::Duration;

use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::SessionContext;
use tokio::task::JoinHandle;

#[cfg(feature = "cluster")]
use super::cluster::Cluster;
use super::collate::Collate;
use super::conditions::CheapFirst;
use super::pauses::PauseInJoins;
use super::plan_cache::PlanCache;
use super::prefilter::Prefilter;
use super::workers::Workers;
use super::{CATALOG, SCHEMA, collate, diagnose, limits, mends};
use crate::catalog::Tables;
use crate::config::{Access, Config, Workspace};
use crate::contract::{Contract, Lazy};
use crate::error::{Error, Result};
use crate::functions;
use crate::language::Message;
use crate::language::collation::Collation;
use crate::say;

/// A session of the engine and the tables it can name.
#[derive(Clone)]
pub struct Engine {
    /// The session: views, settings, functions.
    pub context: SessionContext,
    /// The tables.
    pub tables: Arc<Tables>,
    /// What SQL may reach.
    pub access: Access,
    /// The time that a statement may take.
    pub time: Option<Duration>,
    /// Whether its memory was given by the user, and rows are to go to the disk early.
    pub(super) is_tight: bool,
    /// Plans that may come again.
    pub(super) plans: Arc<PlanCache>,
    workers: Arc<Workers>,
    #[cfg(feature = "cluster")]
    pub(super) cluster: Option<Arc<Cluster>>,
    contract: Arc<Lazy>,
    /// The order of text at the start.
    first_collation: Collation,
}

impl Engine {
    /// Runs work on the engine's threads.
    pub fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.workers.spawn(work)
    }

    /// Gives work up. The next is done on threads of its own: it waits for nothing that cannot be
    /// stopped, and the old threads take their memory with them.
    pub fn give_up<T>(&self, work: &JoinHandle<T>) {
        #[cfg(feature = "cluster")]
        if let Some(cluster) = &self.cluster {
            cluster.give_up();
        }
        work.abort();
        self.workers.replace();
    }

    /// What the stored tables mean, read when it is first asked for; nothing where it cannot be read,
    /// and [`Engine::contract_fault`] then says why.
    pub fn contract(&self) -> &Contract {
        self.contract.get()
    }

    /// Why it is not known what the stored tables mean.
    pub fn contract_fault(&self) -> Option<&Message> {
        self.contract.fault()
    }

    /// The order of text.
    pub fn collation(&self) -> Collation {
        collate::of(self.context.state_ref().read().config_options())
    }

    /// The order of text that RESET goes back to.
    pub(super) fn first_collation(&self) -> Collation {
        self.first_collation
    }

    /// Sorts text in another order from now on.
    pub fn collate(&self, collation: Collation) {
        collate::set(self.context.state_ref().write().config_mut().options_mut(), collation);
    }
}

/// Starts the engine; no table is opened.
///
/// # Errors
/// The engine's own parts cannot be set up, such as its temporary folder.
pub fn open(config: &Config) -> Result<Engine> {
    let runtime = limits::runtime(config.limits)?;
    let mut settings = limits::settings(&runtime);
    #[cfg(feature = "cluster")]
    let cluster = config.cluster.as_ref().map(|at| Cluster::new(at, config.tls.as_ref()).map(Arc::new));
    #[cfg(feature = "cluster")]
    let cluster = cluster.transpose()?;
    #[cfg(feature = "cluster")]
    if let Some(cluster) = &cluster {
        settings = cluster.settings(settings);
    }
    #[cfg(not(feature = "cluster"))]
    if config.cluster.is_some() {
        return Err(Error::usage(say!("`--engine`: this program was built without clusters"))
            .hint(say!("build it with them: cargo build --release --features cluster")));
    }
    collate::set(settings.options_mut(), config.collate);
    let opener =
        SessionStateBuilder::new().with_config(settings.clone()).with_runtime_env(runtime.clone()).build();
    let tables = Arc::new(Tables::new(config, opener));
    let mut rules = mends::physical_rules();
    rules.push(Arc::new(Prefilter));
    rules.push(Arc::new(CheapFirst));
    rules.push(Arc::new(PauseInJoins));
    let state = SessionStateBuilder::new()
        .with_config(settings.clone())
        .with_runtime_env(runtime)
        .with_default_features()
        .with_analyzer_rules(mends::analyzer_rules())
        .with_analyzer_rule(Arc::new(Collate::default()))
        .with_optimizer_rules(mends::optimizer_rules())
        .with_physical_optimizer_rules(rules);
    #[cfg(feature = "cluster")]
    let state = match &cluster {
        Some(cluster) => cluster.session(state, &settings),
        None => state,
    };
    let mut state = state.build();
    let contract = Arc::new(Lazy::of(config.workspace.as_ref().map(Workspace::datasets)));
    functions::register(&mut state, &contract).map_err(|error| diagnose::plain(&error))?;
    let context = SessionContext::new_with_state(state);
    let catalog = MemoryCatalogProvider::new();
    catalog.register_schema(SCHEMA, tables.clone()).map_err(|error| diagnose::plain(&error))?;
    context.register_catalog(CATALOG, Arc::new(catalog));
    let workers = Workers::start()
        .map_err(|error| Error::data(say!("cannot start the engine's threads: {reason}", reason = error)))?;
    Ok(Engine {
        context,
        tables,
        access: config.access,
        time: config.limits.time,
        is_tight: config.limits.memory.is_some(),
        plans: Arc::default(),
        workers: Arc::new(workers),
        #[cfg(feature = "cluster")]
        cluster,
        contract,
        first_collation: config.collate,
    })
}
