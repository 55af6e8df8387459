//! The engine inside this process.

use std::sync::Arc;

use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider};
use datafusion::execution::cache::cache_manager::CacheManagerConfig;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use super::diagnose;
use crate::catalog::Tables;
use crate::config::Config;
use crate::error::Result;

/// The name of the one catalog, as `information_schema` shows it.
pub(super) const CATALOG: &str = "tongket";
/// The name of the one schema.
pub(super) const SCHEMA: &str = "public";

/// A session of the engine and the tables it can name.
#[derive(Clone)]
pub struct Engine {
    /// The session: views, settings, functions.
    pub context: SessionContext,
    /// The tables.
    pub tables: Arc<Tables>,
    /// Whether SQL may write files.
    pub write: bool,
}

/// Starts the engine; no table is opened.
///
/// # Errors
/// The engine's own parts cannot be set up, such as its temporary folder.
pub fn open(config: &Config) -> Result<Engine> {
    let runtime = runtime()?;
    let settings = settings();
    let opener = SessionStateBuilder::new().with_config(settings.clone()).with_runtime_env(runtime.clone()).build();
    let tables = Arc::new(Tables::new(config, opener));
    let context = SessionContext::new_with_config_rt(settings, runtime);
    let catalog = MemoryCatalogProvider::new();
    catalog.register_schema(SCHEMA, tables.clone()).map_err(|error| diagnose::plain(&error))?;
    context.register_catalog(CATALOG, Arc::new(catalog));
    Ok(Engine { context, tables, write: config.write })
}

fn runtime() -> Result<Arc<RuntimeEnv>> {
    // Listings are not cached: a file that another process has just put in place is seen at once.
    // Footers are, for as long as size and time of the file stay the same.
    let caches = CacheManagerConfig::default().with_list_files_cache_limit(0);
    let runtime = RuntimeEnvBuilder::new().with_cache_manager(caches).build_arc();
    runtime.map_err(|error| diagnose::plain(&error))
}

fn settings() -> SessionConfig {
    let mut settings = SessionConfig::new()
        .with_default_catalog_and_schema(CATALOG, SCHEMA)
        .with_create_default_catalog_and_schema(false)
        .with_information_schema(true);
    let parser = &mut settings.options_mut().sql_parser;
    // Faults are shown at their place in the text.
    parser.collect_spans = true;
    // Money: 0.1 is a tenth, not its nearest binary fraction.
    parser.parse_float_as_decimal = true;
    settings
}
