//! The session of a scheduler, and what an executor has to know: our functions are on every node.

use std::sync::Arc;

use ballista_core::optimizer::with_ballista_optimizer_rules;
use ballista_core::registry::BallistaFunctionRegistry;
use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::prelude::SessionConfig;
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::PhysicalExtensionCodec;

use super::super::mends;
use super::super::pauses::PauseInJoins;
use super::codec::Plans;
use crate::contract::Lazy;
use crate::functions;
use crate::storage::Stores;

/// The codecs of a node.
pub fn codecs() -> (Arc<dyn LogicalExtensionCodec>, Arc<dyn PhysicalExtensionCodec>) {
    (Arc::new(Plans::default()), Arc::new(Plans::default()))
}

/// The session in which a scheduler plans: with the engine's mistakes mended as in a process of its own.
///
/// # Errors
/// The functions cannot be made known.
pub fn session(settings: SessionConfig) -> Result<SessionState> {
    let mut rules = mends::physical_rules();
    rules.push(Arc::new(PauseInJoins));
    let state = SessionStateBuilder::new()
        .with_config(settings)
        .with_runtime_env(runtime(RuntimeEnvBuilder::new())?)
        .with_default_features()
        // A plan comes analyzed; to do it again would be to look for types that have been settled.
        .with_analyzer_rules(Vec::new())
        .with_optimizer_rules(with_ballista_optimizer_rules(&mends::optimizer_rules()))
        .with_physical_optimizer_rules(rules);
    with_functions(state.build())
}

/// The functions of an executor.
///
/// # Errors
/// They cannot be made known.
pub fn registry() -> Result<BallistaFunctionRegistry> {
    let state = with_functions(SessionStateBuilder::new().with_default_features().build())?;
    Ok(BallistaFunctionRegistry::from(&state))
}

/// Where a node reads files.
///
/// # Errors
/// It cannot be set up.
pub fn runtime(builder: RuntimeEnvBuilder) -> Result<Arc<RuntimeEnv>> {
    builder.with_object_store_registry(Stores::of_node()).build_arc()
}

fn with_functions(mut state: SessionState) -> Result<SessionState> {
    // The contract that `label` reads comes with each plan.
    functions::register(&mut state, &Arc::new(Lazy::default()))?;
    for function in mends::functions() {
        state.register_udf(function)?;
    }
    Ok(state)
}
