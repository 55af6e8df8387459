//! The query engine: a DataFusion session over the workspace's tables, and what surrounds a plan.

mod diagnose;
mod embedded;
mod guard;
mod pauses;
mod plan;

pub use self::embedded::{Engine, open};
pub use self::plan::{Job, Planned};
