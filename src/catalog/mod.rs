//! The tables that SQL can name, each opened only when a query names it.
//!
//! A name is looked up among the session's own views and tables, then the files given by
//! `--table`, then `datasets/`, and last as the path of a file. Listing names reads folders, never
//! files. Every table is a plain `ListingTable`, so that another engine can take over its plan.

mod csv;
mod files;
mod footer;
mod hive;
mod json;
mod opened;
mod paths;
mod records;
pub mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use datafusion::catalog::{MemorySchemaProvider, SchemaProvider, TableProvider};
use datafusion::error::{DataFusionError, Result as DfResult};
use datafusion::execution::SessionState;
use datafusion::logical_expr::TableType;

pub use self::files::{Location, is_path};
use self::opened::Opened;
use crate::config::Config;
use crate::config::fence::{Fence, real_path};
use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;
use crate::storage;
use crate::ui::text;

/// The schema provider behind every table name.
pub struct Tables {
    datasets: Option<PathBuf>,
    named: BTreeMap<String, PathBuf>,
    /// How far the others reach.
    fence: Fence,
    /// Views and in-memory tables that SQL made.
    session: MemorySchemaProvider,
    /// Tables of `datasets/` that could not be opened, left out of listings.
    unreadable: RwLock<BTreeSet<String>>,
    opened: Opened,
    /// Opens files: the session's runtime and settings without its functions, so that the session
    /// can own this provider.
    opener: SessionState,
}

/// The error for writing where stored tables are.
pub fn stored(path: &Path) -> Error {
    let path = path.display();
    Error::usage(say!("`{path}` is where stored tables are, and no result is written there", path))
        .hint(say!("write it elsewhere, and put it in its place yourself"))
}

/// The error for a file of data that cannot be read, for another reason than the disk's.
fn unreadable(path: &Path, reason: &Message) -> Error {
    Error::data(say!("cannot read `{path}`: {reason}", path = path.display(), reason))
}

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tables")
            .field("datasets", &self.datasets)
            .field("named", &self.named)
            .finish_non_exhaustive()
    }
}

impl Tables {
    /// The tables of a workspace, and the files that have a name of their own.
    pub fn new(config: &Config, opener: SessionState) -> Self {
        Self {
            datasets: config.workspace.as_ref().map(crate::config::Workspace::datasets),
            named: config.tables.iter().map(|file| (file.name.clone(), file.path.clone())).collect(),
            fence: config.fence(),
            session: MemorySchemaProvider::new(),
            unreadable: RwLock::default(),
            opened: Opened::default(),
            opener,
        }
    }

    /// The stored tables by name, without opening one.
    ///
    /// # Errors
    /// The folder `datasets` cannot be read.
    pub fn stored(&self) -> Result<BTreeMap<String, Location>> {
        let mut found = match &self.datasets {
            Some(folder) => files::of_folder(folder)?,
            None => BTreeMap::new(),
        };
        found.extend(self.named.iter().map(|(name, path)| (name.clone(), Location::of_path(path))));
        Ok(found)
    }

    /// The names of the session's own views and tables.
    pub fn made_here(&self) -> Vec<String> {
        let mut names = self.session.table_names();
        names.sort();
        names
    }

    /// Whether the name is that of a file or folder of data, rather than of this session's making.
    pub fn is_stored(&self, name: &str) -> bool {
        !self.session.table_exist(name) && (self.locate(name).is_some() || files::is_path(name))
    }

    /// Whether there is a folder of tables.
    pub fn has_workspace(&self) -> bool {
        self.datasets.is_some()
    }

    /// Whether a path lies where stored tables are: in `datasets/`, or in what `--table` names.
    pub fn holds(&self, path: &Path) -> bool {
        let real = real_path(path);
        let folders = self.datasets.iter().chain(self.named.values());
        folders.map(|folder| real_path(folder)).any(|folder| real.starts_with(folder))
    }

    /// Opens a stored table.
    ///
    /// # Errors
    /// A file of it is missing, corrupt or of another format, or lies where it may not be read; the
    /// message names the file.
    pub async fn open(&self, name: &str, location: &Location) -> Result<Arc<dyn TableProvider>> {
        self.check_reach(name, location)?;
        self.opened
            .open(location, &self.opener)
            .await
            .map_err(|error| error.context(say!("table `{name}`", name)))
    }

    /// Refuses a table whose files lie where they may not be read; those that the command line names may.
    fn check_reach(&self, name: &str, location: &Location) -> Result<()> {
        if self.named.contains_key(name) || self.fence == Fence::None {
            return Ok(());
        }
        self.fence.check(location.path())?;
        location.files().iter().try_for_each(|file| self.fence.check(file))
    }

    /// Refuses a file that may not be read, for whoever has a plan that reads it.
    ///
    /// # Errors
    /// It lies outside the workspace, and the command line does not name it.
    pub fn check_file(&self, path: &Path) -> Result<()> {
        let real = real_path(path);
        let is_named = self.named.values().any(|named| real.starts_with(real_path(named)));
        if is_named { Ok(()) } else { self.fence.check(path) }
    }

    /// Leaves tables that cannot be opened out of listings from now on, and gives the reasons.
    ///
    /// For statements that look at every table, such as those on `information_schema`: one broken
    /// file must not take the others with it.
    ///
    /// # Errors
    /// The folder `datasets` cannot be read.
    pub async fn leave_out_unreadable(&self) -> Result<Vec<Error>> {
        let mut faults = Vec::new();
        let mut broken = BTreeSet::new();
        for (name, location) in self.stored()? {
            if let Err(error) = self.open(&name, &location).await {
                broken.insert(name);
                faults.push(error);
            }
        }
        *self.unreadable.write().unwrap_or_else(PoisonError::into_inner) = broken;
        Ok(faults)
    }

    /// Where a name of a stored table leads: without reading the whole folder. What cannot be looked at is found
    /// to be so when it is opened.
    fn locate(&self, name: &str) -> Option<Location> {
        self.find(name).ok().flatten()
    }

    fn find(&self, name: &str) -> Result<Option<Location>> {
        if let Some(path) = self.named.get(name) {
            return Ok(Some(Location::of_path(path)));
        }
        // A name with a separator is a path, not a table's name.
        match &self.datasets {
            Some(folder) if !name.contains(['/', '\\']) => files::in_folder(folder, name),
            _ => Ok(None),
        }
    }
}

/// An error of ours on its way through the engine.
fn external(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

fn refused(message: Message) -> DataFusionError {
    external(Error::data(message))
}

#[async_trait]
impl SchemaProvider for Tables {
    fn table_names(&self) -> Vec<String> {
        let unreadable = self.unreadable.read().unwrap_or_else(PoisonError::into_inner);
        let stored = self.stored().unwrap_or_default().into_keys().filter(|name| !unreadable.contains(name));
        let names: BTreeSet<String> = stored.chain(self.session.table_names()).collect();
        names.into_iter().collect()
    }

    async fn table(&self, name: &str) -> DfResult<Option<Arc<dyn TableProvider>>> {
        if let Some(table) = self.session.table(name).await? {
            return Ok(Some(table));
        }
        // A folder of tables that is not there has none of that name.
        let mut found = match self.find(name) {
            Err(_) if self.datasets.as_deref().is_some_and(|folder| !storage::is_object(folder)) => None,
            found => found.map_err(external)?,
        };
        while let Some(location) = found {
            // A change may take away files that were listed a moment ago: then there are others.
            let files = location.files();
            let opened = self.open(name, &location).await;
            found = self.locate(name).filter(|now| opened.is_err() && now.files() != files);
            if found.is_none() {
                return opened.map(Some).map_err(external);
            }
        }
        if !files::is_path(name) {
            return Ok(None);
        }
        // Before anything of it is looked at: whether it is there is not told either.
        self.check_file(Path::new(name)).map_err(external)?;
        let location = Location::of_path(Path::new(name));
        self.opened.open(&location, &self.opener).await.map(Some).map_err(external)
    }

    async fn table_type(&self, name: &str) -> DfResult<Option<TableType>> {
        if let Some(table) = self.session.table(name).await? {
            return Ok(Some(table.table_type()));
        }
        Ok(self.locate(name).map(|_| TableType::Base))
    }

    fn register_table(
        &self,
        name: String,
        table: Arc<dyn TableProvider>,
    ) -> DfResult<Option<Arc<dyn TableProvider>>> {
        if self.locate(&name).is_some() {
            return Err(refused(say!("`{name}` is a stored table: give the new one another name", name)));
        }
        self.session.register_table(text::nfc(&name).into_owned(), table)
    }

    fn deregister_table(&self, name: &str) -> DfResult<Option<Arc<dyn TableProvider>>> {
        if !self.session.table_exist(name) && self.locate(name).is_some() {
            return Err(refused(say!("`{name}` is a stored table, and SQL never removes one", name)));
        }
        self.session.deregister_table(name)
    }

    fn table_exist(&self, name: &str) -> bool {
        self.session.table_exist(name) || self.locate(name).is_some()
    }
}
