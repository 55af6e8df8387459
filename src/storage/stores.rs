//! Where the engine finds the files of a plan.

use std::sync::Arc;

use datafusion::error::{DataFusionError, Result};
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry, ObjectStoreUrl};
use datafusion::object_store::ObjectStore;
use url::Url;

use super::disk::Disk;
use super::{SCHEMES, object};

/// The disks of this machine, and each bucket from the first time that it is asked for.
#[derive(Debug)]
pub struct Stores(DefaultObjectStoreRegistry);

impl Stores {
    /// Those of a process of its own.
    pub fn new() -> Arc<Self> {
        Self::over(Disk::new())
    }

    /// Those of a node of a cluster.
    #[cfg(feature = "cluster")]
    pub fn of_node() -> Arc<Self> {
        Self::over(Disk::of_node())
    }

    fn over(disk: Arc<Disk>) -> Arc<Self> {
        let stores = DefaultObjectStoreRegistry::new();
        stores.register_store(ObjectStoreUrl::local_filesystem().as_ref(), disk);
        Arc::new(Self(stores))
    }
}

impl ObjectStoreRegistry for Stores {
    fn register_store(&self, url: &Url, store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        self.0.register_store(url, store)
    }

    fn deregister_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        self.0.deregister_store(url)
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        if SCHEMES.contains(&url.scheme()) {
            return object::store(url).map_err(|error| DataFusionError::External(Box::new(error)));
        }
        self.0.get_store(url)
    }
}
