//! A bucket: what is in it, and its objects as the engine reads them.
//!
//! An object is read in the version that its name was last found to be: one that was replaced meanwhile is an
//! error, and never half of each.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use datafusion::object_store::path::Path as Key;
use datafusion::object_store::{
    Attributes, CopyOptions, Error as StoreError, GetOptions, GetRange, GetResult, GetResultPayload,
    ListResult, MultipartUpload, OBJECT_STORE_COALESCE_DEFAULT, ObjectMeta, ObjectStore, ObjectStoreExt as _,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, coalesce_ranges,
};
use futures::future::try_join_all;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};

use super::address::Root;
use super::blocks::{Blocks, LARGE, WHOLE};
use super::client::{self, Client};
use super::faults::{Faults, STORE};
use super::names::{Found, Names};
use super::network;

/// A bucket that is connected to.
pub(super) struct Bucket {
    root: Root,
    pub(super) store: Arc<dyn ObjectStore>,
    names: Arc<Names>,
    blocks: Blocks,
    faults: Faults,
}

impl Bucket {
    /// The bucket of that name.
    ///
    /// # Errors
    /// What it takes to ask for it is not there.
    pub(super) async fn of(root: &Root) -> Result<Arc<Self>> {
        static BUCKETS: OnceLock<Mutex<HashMap<Root, Arc<Bucket>>>> = OnceLock::new();
        let buckets = || BUCKETS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets().get(root) {
            return Ok(bucket.clone());
        }
        let Client { store, at } = client::connect(root).await?;
        let bucket = Self {
            root: root.clone(),
            store,
            names: Arc::default(),
            blocks: Blocks::default(),
            faults: Faults::new(root, at),
        };
        Ok(buckets().entry(root.clone()).or_insert(Arc::new(bucket)).clone())
    }

    /// What a key stands for.
    pub(super) async fn look(&self, key: &Key) -> Result<Option<Found>> {
        let (names, store, sought) = (self.names.clone(), self.store.clone(), key.clone());
        let is_web = self.root.is_web();
        let found = network::there(async move { names.look(&store, &sought, is_web).await }).await;
        found.map_err(|error| self.faults.told(error, key))
    }

    /// The names in a folder, and whether each is a folder.
    pub(super) async fn children(&self, folder: &Key) -> Result<BTreeMap<String, bool>> {
        if self.root.is_web() {
            return Err(self.faults.untold());
        }
        let (names, store, sought) = (self.names.clone(), self.store.clone(), folder.clone());
        let objects = network::there(async move { names.below(&store, &sought).await }).await;
        let objects = objects.map_err(|error| self.faults.told(error, folder))?;
        let mut names = BTreeMap::new();
        for key in objects.keys() {
            let Some(mut inner) = key.prefix_match(folder) else { continue };
            if let Some(name) = inner.next() {
                let is_folder = inner.next().is_some();
                *names.entry(name.as_ref().to_owned()).or_default() |= is_folder;
            }
        }
        Ok(names)
    }

    /// What is known of an object, or found out now.
    async fn known(&self, key: &Key) -> Result<Option<ObjectMeta>> {
        match self.names.known_of(key) {
            Some(meta) => Ok(Some(meta)),
            None => Ok(match self.look(key).await? {
                Some(Found::File(meta)) => Some(meta),
                _ => None,
            }),
        }
    }

    /// Bytes of an object, in the version that is known.
    pub(super) async fn bytes(&self, key: &Key, range: Range<u64>) -> Result<Bytes> {
        match self.known(key).await? {
            Some(meta) => self.bytes_of(&meta, range).await,
            None => self.fetch(key, range, None).await,
        }
    }

    /// Bytes of an object in this version.
    pub(super) async fn bytes_of(&self, meta: &ObjectMeta, range: Range<u64>) -> Result<Bytes> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let key = &meta.location;
        self.faults.within(&range, meta.size)?;
        if meta.size > WHOLE && range.end - range.start > LARGE {
            return self.fetch(key, range, Some(meta)).await;
        }
        let fetched = self.blocks.missing(meta, &range).into_iter().map(async |run| {
            let bytes = self.fetch(key, run.clone(), Some(meta)).await?;
            self.blocks.keep(meta, run.start, &bytes);
            Ok::<(), StoreError>(())
        });
        try_join_all(fetched).await?;
        match self.blocks.read(meta, &range) {
            Some(bytes) => Ok(bytes),
            // Gone again to make room for others.
            None => self.fetch(key, range, Some(meta)).await,
        }
    }

    /// Bytes of an object in the version that is known, fetched now.
    async fn fetch(&self, key: &Key, range: Range<u64>, known: Option<&ObjectMeta>) -> Result<Bytes> {
        fetched(&*self.store, key, range, known).await.map_err(|error| self.replaced(error, key))
    }

    /// A range of a larger object, fetched a part at a time as it is read: nobody holds all of it, and a line that
    /// breaks is mended within a part.
    fn stream(&self, meta: ObjectMeta, range: Range<u64>) -> BoxStream<'static, Result<Bytes>> {
        let (store, faults, names) = (self.store.clone(), self.faults.clone(), self.names.clone());
        let parts = (range.start..range.end).step_by(usize::try_from(LARGE).unwrap_or(usize::MAX));
        let parts = futures::stream::iter(parts).map(move |start| {
            let (store, faults, names, meta) = (store.clone(), faults.clone(), names.clone(), meta.clone());
            let part = start..range.end.min(start + LARGE);
            async move {
                fetched(&*store, &meta.location, part, Some(&meta)).await.map_err(|error| {
                    names.forget_where(&error);
                    faults.reading(error, &meta.location)
                })
            }
        });
        parts.buffered(2).boxed()
    }

    /// The error of a read; what was replaced is looked up anew the next time.
    fn replaced(&self, error: StoreError, key: &Key) -> StoreError {
        self.names.forget_where(&error);
        self.faults.gone(error, key)
    }

    /// The error of a request about a key, in our words.
    pub(super) fn told(&self, error: StoreError, key: &Key) -> StoreError {
        self.faults.told(error, key)
    }

    /// Forgets what is known of names, for something was written.
    pub(super) fn forget(&self) {
        self.names.forget();
    }

    /// Refuses to write where nothing can be written.
    pub(super) fn check_writable(&self) -> Result<()> {
        if self.root.is_web() { Err(self.faults.untold()) } else { Ok(()) }
    }

    /// Removes an object.
    pub(super) async fn remove(&self, key: &Key) -> Result<()> {
        let removed = self.store.delete(key).await;
        self.names.forget();
        removed.map_err(|error| self.faults.told(error, key))
    }
}

/// A range of an object, asked for now.
async fn fetched(
    store: &dyn ObjectStore,
    key: &Key,
    range: Range<u64>,
    known: Option<&ObjectMeta>,
) -> Result<Bytes> {
    let is_whole = known.is_some_and(|meta| range == (0..meta.size));
    let range = (!is_whole).then_some(GetRange::Bounded(range));
    store.get_opts(key, GetOptions { range, ..version(known) }).await?.bytes().await
}

/// The options by which an object is got in the version that is known.
fn version(known: Option<&ObjectMeta>) -> GetOptions {
    let Some(meta) = known else { return GetOptions::default() };
    // A weak tag matches nothing, and tells nothing of bytes.
    match meta.e_tag.as_ref().filter(|tag| !tag.starts_with("W/")) {
        Some(tag) => GetOptions { if_match: Some(tag.clone()), ..GetOptions::default() },
        None => GetOptions { if_unmodified_since: Some(meta.last_modified), ..GetOptions::default() },
    }
}

/// Whether it is asked for under a condition already.
fn is_conditional(options: &GetOptions) -> bool {
    options.if_match.is_some()
        || options.if_none_match.is_some()
        || options.if_modified_since.is_some()
        || options.if_unmodified_since.is_some()
        || options.version.is_some()
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket").field("root", &self.root).finish_non_exhaustive()
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ObjectStore for Bucket {
    async fn put_opts(&self, key: &Key, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let put = self.store.put_opts(key, payload, options).await;
        self.names.forget();
        put.map_err(|error| self.faults.told(error, key))
    }

    async fn put_multipart_opts(
        &self,
        key: &Key,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.names.forget();
        self.store.put_multipart_opts(key, options).await.map_err(|error| self.faults.told(error, key))
    }

    async fn get_opts(&self, key: &Key, options: GetOptions) -> Result<GetResult> {
        if is_conditional(&options) {
            return self.store.get_opts(key, options).await.map_err(|error| self.faults.reading(error, key));
        }
        let known = match options.head {
            // Not older than it may be.
            true => match self.look(key).await? {
                Some(Found::File(meta)) => Some(meta),
                _ => None,
            },
            false => self.known(key).await?,
        };
        if let Some(meta) = known {
            let range = options.range.as_ref().map_or(Ok(0..meta.size), |range| range.as_range(meta.size));
            let range = range.map_err(|error| StoreError::Generic { store: STORE, source: error.into() })?;
            let bytes = match (options.head, meta.size) {
                (true, _) => futures::stream::empty().boxed(),
                (false, 0..=WHOLE) => {
                    let bytes = self.bytes_of(&meta, range.clone()).await;
                    let bytes = bytes.map_err(|error| self.faults.reading(error, key))?;
                    futures::stream::iter([Ok(bytes)]).boxed()
                }
                (false, _) => self.stream(meta.clone(), range.clone()),
            };
            let payload = GetResultPayload::Stream(bytes);
            return Ok(GetResult { payload, meta, range, attributes: Attributes::default() });
        }
        let is_head = options.head;
        self.store.get_opts(key, options).await.map_err(|error| match is_head {
            true => self.faults.told(error, key),
            false => self.faults.reading(self.replaced(error, key), key),
        })
    }

    async fn get_ranges(&self, key: &Key, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let fetched = coalesce_ranges(ranges, |range| self.bytes(key, range), OBJECT_STORE_COALESCE_DEFAULT);
        fetched.await.map_err(|error| self.faults.reading(error, key))
    }

    fn delete_stream(&self, keys: BoxStream<'static, Result<Key>>) -> BoxStream<'static, Result<Key>> {
        self.names.forget();
        self.store.delete_stream(keys)
    }

    fn list(&self, folder: Option<&Key>) -> BoxStream<'static, Result<ObjectMeta>> {
        let faults = self.faults.clone();
        let folder = folder.cloned().unwrap_or_default();
        let listed = self.store.list(Some(&folder).filter(|folder| !folder.is_root()));
        listed.map_err(move |error| faults.told(error, &folder)).boxed()
    }

    fn list_with_offset(&self, folder: Option<&Key>, offset: &Key) -> BoxStream<'static, Result<ObjectMeta>> {
        self.store.list_with_offset(folder, offset)
    }

    async fn list_with_delimiter(&self, folder: Option<&Key>) -> Result<ListResult> {
        self.store.list_with_delimiter(folder).await
    }

    async fn copy_opts(&self, from: &Key, to: &Key, options: CopyOptions) -> Result<()> {
        self.names.forget();
        self.store.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Key, to: &Key, options: RenameOptions) -> Result<()> {
        self.names.forget();
        self.store.rename_opts(from, to, options).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use datafusion::object_store::memory::InMemory;
    use datafusion::object_store::throttle::{ThrottleConfig, ThrottledStore};

    use super::*;

    /// An engine of one thread: a list is under way there when that thread begins to wait for the same list.
    #[test]
    fn a_thread_that_waits_keeps_no_list_from_being_made() {
        let slow =
            ThrottleConfig { wait_list_per_call: Duration::from_millis(300), ..ThrottleConfig::default() };
        let root = Root { scheme: "s3", name: "b".to_owned() };
        let bucket = Arc::new(Bucket {
            faults: Faults::new(&root, "nowhere".to_owned()),
            root,
            store: Arc::new(ThrottledStore::new(InMemory::new(), slow)),
            names: Arc::default(),
            blocks: Blocks::default(),
        });
        let (done, ended) = channel();
        std::thread::spawn(move || {
            let engine = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("starts");
            engine.block_on(async {
                let first = bucket.clone();
                let first = tokio::spawn(async move { first.children(&Key::from("w")).await.map(drop) });
                tokio::task::yield_now().await;
                network::wait(async move { bucket.children(&Key::from("w")).await }).expect("lists");
                first.await.expect("runs").expect("lists");
            });
            done.send(()).expect("is waited for");
        });
        ended.recv_timeout(Duration::from_secs(10)).expect("each waits for the other");
    }
}
