//! The engine inside this process.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider};
use datafusion::execution::cache::cache_manager::CacheManagerConfig;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::collate::Collate;
use super::pauses::PauseInJoins;
use super::{CATALOG, SCHEMA, collate, diagnose};
use crate::catalog::Tables;
use crate::config::{Config, Workspace};
use crate::contract::{Contract, Lazy};
use crate::error::{Error, Result};
use crate::functions;
use crate::language::Message;
use crate::language::collation::Collation;
use crate::say;

/// The stack of an engine's thread. Planning descends once a term, so a sum of some thousand terms
/// needs more than the usual 2 MiB; what is not used costs only addresses.
const STACK_BYTES: usize = 128 << 20;

/// After that time the threads of a statement that was given up have let go of its memory.
const SETTLED: Duration = Duration::from_millis(1500);

/// What the allocator is asked for then; it is not touched.
const ASKED_BYTES: usize = 64 << 20;

/// A session of the engine and the tables it can name.
#[derive(Clone)]
pub struct Engine {
    /// The session: views, settings, functions.
    pub context: SessionContext,
    /// The tables.
    pub tables: Arc<Tables>,
    /// Whether SQL may write files.
    pub write: bool,
    workers: Arc<Workers>,
    contract: Arc<Lazy>,
}

/// The threads that plan and run statements, apart from the one that listens to the user.
///
/// An operator may compute for seconds without a pause. On threads of its own it keeps neither a
/// Ctrl-C nor the prompt waiting.
struct Workers(Mutex<Option<Runtime>>);

impl Drop for Workers {
    fn drop(&mut self) {
        // Nobody waits for a statement that was given up.
        if let Some(runtime) = self.0.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            runtime.shutdown_background();
        }
    }
}

fn threads() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .thread_name("engine")
        .thread_stack_size(STACK_BYTES)
        .enable_all()
        .build()
}

impl Engine {
    /// Runs work on the engine's threads.
    pub fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let threads = self.workers.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*threads {
            Some(runtime) => runtime.spawn(work),
            None => tokio::spawn(work),
        }
    }

    /// Gives work up. The next is done on threads of its own: it waits for nothing that cannot be
    /// stopped, and the old threads take their memory with them.
    pub fn give_up<T>(&self, work: &JoinHandle<T>) {
        work.abort();
        let Ok(fresh) = threads() else { return };
        // The allocator gives memory back to the system only when it is asked for more.
        fresh.spawn(async {
            for _ in 0..2 {
                tokio::time::sleep(SETTLED).await;
                // Seen from outside, so that the compiler does not take it for nothing.
                drop(std::hint::black_box(Vec::<u8>::with_capacity(ASKED_BYTES)));
            }
        });
        let old = self.workers.0.lock().unwrap_or_else(PoisonError::into_inner).replace(fresh);
        if let Some(old) = old {
            old.shutdown_background();
        }
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
    let runtime = runtime(config.memory_limit)?;
    let mut settings = settings(config.memory_limit);
    collate::set(settings.options_mut(), config.collate);
    let opener =
        SessionStateBuilder::new().with_config(settings.clone()).with_runtime_env(runtime.clone()).build();
    let tables = Arc::new(Tables::new(config, opener));
    let mut state = SessionStateBuilder::new()
        .with_config(settings)
        .with_runtime_env(runtime)
        .with_default_features()
        .with_analyzer_rule(Arc::new(Collate::default()))
        .with_physical_optimizer_rule(Arc::new(PauseInJoins))
        .build();
    let contract = Arc::new(Lazy::of(config.workspace.as_ref().map(Workspace::datasets)));
    functions::register(&mut state, &contract).map_err(|error| diagnose::plain(&error))?;
    let context = SessionContext::new_with_state(state);
    let catalog = MemoryCatalogProvider::new();
    catalog.register_schema(SCHEMA, tables.clone()).map_err(|error| diagnose::plain(&error))?;
    context.register_catalog(CATALOG, Arc::new(catalog));
    let runtime = threads()
        .map_err(|error| Error::data(say!("cannot start the engine's threads: {reason}", reason = error)))?;
    Ok(Engine {
        context,
        tables,
        write: config.write,
        workers: Arc::new(Workers(Mutex::new(Some(runtime)))),
        contract,
    })
}

/// How much of the memory limit there is for each row of a batch: 64 KiB.
const BYTES_A_ROW: usize = 64 << 10;
/// How much of the memory limit there is for each part of a query that runs at the same time: 16 MiB.
const BYTES_A_PARTITION: usize = 16 << 20;

fn runtime(memory_limit: Option<usize>) -> Result<Arc<RuntimeEnv>> {
    // Listings are not cached: a file that another process has just put in place is seen at once.
    // Footers are, for as long as size and time of the file stay the same.
    let caches = CacheManagerConfig::default().with_list_files_cache_limit(0);
    let mut runtime = RuntimeEnvBuilder::new().with_cache_manager(caches);
    if let Some(bytes) = memory_limit {
        // Operators that can go on on the disk share it evenly.
        runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(bytes)));
    }
    runtime.build_arc().map_err(|error| diagnose::plain(&error))
}

fn settings(memory_limit: Option<usize>) -> SessionConfig {
    let mut settings = SessionConfig::new()
        .with_default_catalog_and_schema(CATALOG, SCHEMA)
        .with_create_default_catalog_and_schema(false)
        .with_information_schema(true);
    if let Some(bytes) = memory_limit {
        // A sort takes in whole batches, twice over, and each of its merges holds one of each run: of
        // a small share they have to be small.
        let rows = (bytes / BYTES_A_ROW).clamp(128, settings.batch_size());
        let parts = (bytes / BYTES_A_PARTITION).clamp(1, settings.target_partitions());
        let merge = settings.options().execution.sort_spill_reservation_bytes.min(bytes / 16);
        settings = settings
            .with_batch_size(rows)
            .with_target_partitions(parts)
            .with_sort_spill_reservation_bytes(merge);
    }
    // Stored tables are small on the disk: rows that take a core a while are in a tenth of a megabyte.
    settings.options_mut().optimizer.repartition_file_min_size = 64 << 10;
    let parser = &mut settings.options_mut().sql_parser;
    // Faults are shown at their place in the text.
    parser.collect_spans = true;
    // Money: 0.1 is a tenth, not its nearest binary fraction.
    parser.parse_float_as_decimal = true;
    settings
}
