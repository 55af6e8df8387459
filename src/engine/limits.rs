//! What a statement may take: memory, and room on the disk for what the memory does not hold.

use std::sync::Arc;

use datafusion::execution::cache::cache_manager::CacheManagerConfig;
use datafusion::execution::disk_manager::DiskManager;
use datafusion::execution::memory_pool::{FairSpillPool, MemoryLimit};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::SessionConfig;
use sysinfo::{MemoryRefreshKind, ProcessRefreshKind, ProcessesToUpdate, System};

use super::spill::Unnamed;
use super::{CATALOG, Engine, SCHEMA, diagnose};
use crate::config::Limits;
use crate::error::Result;
use crate::storage::Stores;

/// How much of the memory limit there is for each row of a batch: 64 KiB.
const BYTES_A_ROW: usize = 64 << 10;
/// How much of the memory limit there is for each part of a query that runs at the same time: 16 MiB.
const BYTES_A_PARTITION: usize = 16 << 20;

/// Up to how many bytes and rows the smaller side of a join is gathered into one table, where two parts
/// work on a statement: the rows of the other side then stay where they are. To hash and move those of
/// both sides, as is done beyond that, takes longer on few cores; with more of them the one table, which
/// one core makes, is what the others wait for.
const GATHERED_BYTES: usize = 64 << 20;
const GATHERED_ROWS: usize = 2 << 20;

/// The least part of the whole numbers between the smallest and the largest key of a join's table that
/// are keys, for the table to be an array with a place for each: up to 80 bytes a row.
const DENSE: f64 = 0.05;

/// Where statements take memory and room on the disk.
///
/// # Errors
/// The engine's own parts cannot be set up.
pub(super) fn runtime(limits: Limits) -> Result<Arc<RuntimeEnv>> {
    // Listings are not cached: a file that another process has just put in place is seen at once.
    // Footers are, for as long as size and time of the file stay the same.
    let caches = CacheManagerConfig::default().with_list_files_cache_limit(0);
    let spilled = DiskManager::builder().with_temp_file_factory(Arc::new(Unnamed::new(limits.spill)));
    let mut runtime = RuntimeEnvBuilder::new().with_cache_manager(caches).with_disk_manager_builder(spilled);
    if let Some(bytes) = limits.memory.or_else(three_quarters) {
        // Operators that can go on on the disk share it evenly.
        runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(bytes)));
    }
    runtime.with_object_store_registry(Stores::new()).build_arc().map_err(|error| diagnose::plain(&error))
}

/// Three quarters of the memory that this process can have: of the machine, or of the group that it
/// runs in. The rest is for what no operator counts: the rows on their way, and other programs.
fn three_quarters() -> Option<usize> {
    let mut system = System::new().ok()?;
    system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
    let machine = Some(system.total_memory());
    let mut group = || {
        let this = sysinfo::get_current_pid().ok()?;
        system.refresh_processes_specifics(
            ProcessesToUpdate::Some(&[this]),
            false,
            ProcessRefreshKind::nothing(),
        );
        Some(system.process(this)?.cgroup_limits()?.total_memory)
    };
    let there = [machine, group()].into_iter().flatten().filter(|bytes| *bytes > 0).min()?;
    usize::try_from(there / 4 * 3).ok()
}

impl Engine {
    /// The bytes that the operators of statements may take in memory, where there is a limit.
    pub fn memory_limit(&self) -> Option<usize> {
        match self.context.runtime_env().memory_pool.memory_limit() {
            MemoryLimit::Finite(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// The settings of a session whose statements take memory there.
pub(super) fn settings(runtime: &RuntimeEnv) -> SessionConfig {
    let mut settings = SessionConfig::new()
        .with_default_catalog_and_schema(CATALOG, SCHEMA)
        .with_create_default_catalog_and_schema(false)
        .with_information_schema(true);
    if let MemoryLimit::Finite(bytes) = runtime.memory_pool.memory_limit() {
        // A sort takes in whole batches, twice over, and each of its merges holds one of each run: of
        // a small share they have to be small. What the merge of the rows in memory takes is set aside.
        let rows = (bytes / BYTES_A_ROW).clamp(128, settings.batch_size());
        let parts = (bytes / BYTES_A_PARTITION).clamp(1, settings.target_partitions());
        let merge = settings.options().execution.sort_spill_reservation_bytes.min(bytes / 3);
        settings = settings
            .with_batch_size(rows)
            .with_target_partitions(parts)
            .with_sort_spill_reservation_bytes(merge);
    }
    let parts = settings.target_partitions().max(2);
    let options = settings.options_mut();
    let gathered = |most: usize, usual: usize| (most / parts * 2).max(usual);
    let optimizer = &mut options.optimizer;
    optimizer.hash_join_single_partition_threshold =
        gathered(GATHERED_BYTES, optimizer.hash_join_single_partition_threshold);
    optimizer.hash_join_single_partition_threshold_rows =
        gathered(GATHERED_ROWS, optimizer.hash_join_single_partition_threshold_rows);
    options.execution.perfect_hash_join_min_key_density = DENSE;
    // Stored tables are small on the disk: rows that take a core a while are in a tenth of a megabyte.
    settings.options_mut().optimizer.repartition_file_min_size = 64 << 10;
    let parser = &mut settings.options_mut().sql_parser;
    // Faults are shown at their place in the text.
    parser.collect_spans = true;
    // Money: 0.1 is a tenth, not its nearest binary fraction.
    parser.parse_float_as_decimal = true;
    settings
}
