//! The query engine: a DataFusion session over the workspace's tables, and what surrounds a plan.

mod advice;
mod behind;
#[cfg(feature = "cluster")]
pub mod cluster;
mod collate;
mod conditions;
mod depth;
mod diagnose;
mod embedded;
mod exhausted;
mod explain;
mod fault;
mod guard;
mod held;
mod kinds;
mod limits;
mod measures;
mod mends;
mod named;
mod numbers;
mod origin;
mod pages;
mod parts;
mod pauses;
mod plan;
mod plan_cache;
mod prefilter;
mod scan;
mod share;
mod spill;
mod sql;
mod start;
#[cfg(test)]
mod statements;
mod stop;
mod tree;
mod unsound;
mod wording;
mod workers;
mod written;

/// The name of the one catalog, as `information_schema` shows it.
const CATALOG: &str = "tongket";
/// The name of the one schema.
const SCHEMA: &str = "public";

pub use self::behind::{Wants, without_counts};
pub use self::embedded::{Engine, open};
pub use self::measures::{Finding, Kind as FindingKind};
pub use self::pages::{pages_for_bytes, small_pages};
pub use self::plan::{Job, Params, Planned};
pub use self::scan::Stored;
pub use self::start::Running;
pub use self::stop::Stop;
pub use self::tree::{Operator, Plan, Scanned};
pub use self::wording::Worded;
