//! The stored files behind a plan: whether they are still there, and how they may be read.

use std::path::PathBuf;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::listing::ListingTable;
use datafusion::datasource::source_as_provider;
use datafusion::error::Result as DfResult;
use datafusion::logical_expr::{Expr, LogicalPlan, Volatility};

use crate::catalog::Location;
use crate::error::{Error, Result};
use crate::say;
use crate::storage;

/// A stored table that a plan reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its name, or its path where that is how SQL names it.
    pub name: String,
    /// Its file or folder, absolute.
    pub path: PathBuf,
}

/// What must be known of the files that a plan reads.
#[derive(Debug, Default)]
pub(super) struct Scans {
    /// The tables, each once.
    pub(super) tables: Vec<String>,
    /// Those of them that are stored.
    pub(super) stored: Vec<Stored>,
    /// The functions whose value is another each time, such as `now`.
    pub(super) volatile: Vec<String>,
    /// A file can only be read from its beginning: a JSON array has no place to start within.
    pub(super) whole_files: bool,
    /// It reads files, and no rows from elsewhere.
    pub(super) only_files: bool,
}

/// Refuses files that are gone: the reader would take that for a table without rows.
///
/// # Errors
/// The first of them.
pub(super) fn still_there(stored: &[Stored]) -> Result<()> {
    for Stored { name, path } in stored {
        if storage::find(path).map_err(|error| Error::reading(path, &error))?.is_none() {
            let message = say!("cannot read `{path}`: it is no longer there", path = path.display());
            return Err(
                Error::data(message).hint(say!("where `{name}` was just changed, run this again", name))
            );
        }
    }
    Ok(())
}

impl Scans {
    /// Looks at every table of a plan, views included.
    ///
    /// # Errors
    /// A file is gone since its table was opened: the reader would take that for a table without rows.
    pub(super) fn of(plan: &LogicalPlan) -> Result<Self> {
        let mut scans = Self { only_files: true, ..Self::default() };
        let _ = plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                let name = scan.table_name.table().to_owned();
                let provider = source_as_provider(&scan.source).ok();
                let table = provider.as_ref().and_then(|provider| provider.downcast_ref::<ListingTable>());
                scans.only_files &= table.is_some();
                if let Some(table) = table {
                    let format: &dyn std::any::Any = table.options().format.as_ref();
                    scans.whole_files |= format
                        .downcast_ref::<JsonFormat>()
                        .is_some_and(|format| !format.is_newline_delimited());
                    let paths = table.table_paths().iter().filter_map(|url| storage::path_of(url.get_url()));
                    for path in paths {
                        let stored = Stored { name: name.clone(), path };
                        if !scans.stored.contains(&stored) {
                            scans.stored.push(stored);
                        }
                    }
                }
                if !scans.tables.contains(&name) {
                    scans.tables.push(name);
                }
            }
            node.apply_expressions(|expr| expr.apply(|expr| scans.note_volatile(expr)))
        });
        still_there(&scans.stored)?;
        Ok(scans)
    }

    /// How large the files are, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.stored.iter().map(|stored| Location::of_path(&stored.path).bytes()).sum()
    }

    fn note_volatile(&mut self, expr: &Expr) -> DfResult<TreeNodeRecursion> {
        if let Expr::ScalarFunction(call) = expr
            && call.func.signature().volatility != Volatility::Immutable
            && !self.volatile.iter().any(|name| name == call.func.name())
        {
            self.volatile.push(call.func.name().to_owned());
        }
        Ok(TreeNodeRecursion::Continue)
    }
}
