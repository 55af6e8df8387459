//! Which names there are in a bucket, as far as they were looked up.
//!
//! A folder is listed with all below it in one go, and whatever is asked of it or of what is in it is then
//! answered from the list. A name outside every list is asked for by itself.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use datafusion::object_store::path::Path as Key;
use datafusion::object_store::{Error as StoreError, ObjectMeta, ObjectStore, ObjectStoreExt as _, Result};
use futures::{StreamExt, TryStreamExt};

use super::super::FRESH;

/// What a name stands for.
#[derive(Debug, Clone)]
pub(super) enum Found {
    /// An object.
    File(ObjectMeta),
    /// The beginning of the keys of objects.
    Folder,
}

/// The objects below a folder, by their keys.
type Objects = BTreeMap<Key, ObjectMeta>;

/// What was looked up, and when.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: Mutex<Known>,
    /// Held while a list is made, so that those who need the same wait for it.
    listing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    folders: HashMap<Key, (Instant, Arc<Objects>)>,
    names: HashMap<Key, (Instant, Option<Found>)>,
}

/// What tells one version of an object from another.
pub(super) fn number(meta: &ObjectMeta) -> u64 {
    let mut hasher = DefaultHasher::new();
    meta.e_tag.hash(&mut hasher);
    hasher.finish()
}

impl Names {
    /// What a key stands for, known or asked for; where there are no lists to ask for it is a file or nothing.
    pub(super) async fn look(
        &self,
        store: &dyn ObjectStore,
        key: &Key,
        without_lists: bool,
    ) -> Result<Option<Found>> {
        if let Some(folder) = self.above(key) {
            return Ok(found(&*self.below(store, &folder).await?, key));
        }
        if let Some((at, found)) = self.known().names.get(key)
            && at.elapsed() < FRESH
        {
            return Ok(found.clone());
        }
        let found = ask(store, key, without_lists).await?;
        self.known().names.insert(key.clone(), (Instant::now(), found.clone()));
        Ok(found)
    }

    /// All objects below a folder.
    pub(super) async fn below(&self, store: &dyn ObjectStore, folder: &Key) -> Result<Arc<Objects>> {
        let folder = self.above(folder).unwrap_or_else(|| folder.clone());
        let fresh = || {
            let known = self.known();
            known
                .folders
                .get(&folder)
                .filter(|(at, _)| at.elapsed() < FRESH)
                .map(|(_, objects)| objects.clone())
        };
        if let Some(objects) = fresh() {
            return Ok(objects);
        }
        let _alone = self.listing.lock().await;
        if let Some(objects) = fresh() {
            return Ok(objects);
        }
        let objects = Arc::new(listed(store, &folder).await?);
        self.known().folders.insert(folder, (Instant::now(), objects.clone()));
        Ok(objects)
    }

    /// What is known of an object, however old.
    pub(super) fn known_of(&self, key: &Key) -> Option<ObjectMeta> {
        let known = self.known();
        let listed =
            known.folders.values().filter_map(|(at, objects)| Some((*at, objects.get(key)?.clone())));
        let asked = known.names.get(key).and_then(|(at, found)| match found {
            Some(Found::File(meta)) => Some((*at, meta.clone())),
            _ => None,
        });
        listed.chain(asked).max_by_key(|(at, _)| *at).map(|(_, meta)| meta)
    }

    /// Forgets all where something that was known is not so.
    pub(super) fn forget_where(&self, error: &StoreError) {
        if matches!(error, StoreError::Precondition { .. } | StoreError::NotFound { .. }) {
            self.forget();
        }
    }

    /// Forgets all: something was written.
    pub(super) fn forget(&self) {
        *self.known() = Known::default();
    }

    /// The list that a key would be in.
    fn above(&self, key: &Key) -> Option<Key> {
        self.known().folders.keys().find(|folder| key.prefix_matches(folder)).cloned()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a key stands for, by a list that it would be in.
fn found(objects: &Objects, key: &Key) -> Option<Found> {
    if let Some(meta) = objects.get(key) {
        return Some(Found::File(meta.clone()));
    }
    let begins = |other: &&Key| other.as_ref().starts_with(key.as_ref());
    let mut after = objects.range(key.clone()..).map(|(other, _)| other).take_while(begins);
    after.any(|other| other.prefix_matches(key)).then_some(Found::Folder)
}

/// What a key stands for, asked for by itself.
async fn ask(store: &dyn ObjectStore, key: &Key, without_lists: bool) -> Result<Option<Found>> {
    if !key.is_root() {
        match store.head(key).await {
            Ok(meta) => return Ok(Some(Found::File(meta))),
            Err(StoreError::NotFound { .. }) => {}
            // It comes without a word about why; a list that is denied has one.
            Err(denied @ StoreError::PermissionDenied { .. }) if !without_lists => {
                return Err(store.list(Some(key)).next().await.and_then(Result::err).unwrap_or(denied));
            }
            Err(error) => return Err(error),
        }
    }
    if without_lists {
        return Ok(None);
    }
    let folder = Some(key).filter(|key| !key.is_root());
    Ok(store.list(folder).next().await.transpose()?.map(|_| Found::Folder))
}

/// All objects below a folder, asked for.
async fn listed(store: &dyn ObjectStore, folder: &Key) -> Result<Objects> {
    /// A list that breaks off is asked for again; all else that can be mended by that the client does.
    const TIMES: usize = 3;
    let prefix = Some(folder).filter(|folder| !folder.is_root());
    let mut times = 0;
    let metas: Vec<ObjectMeta> = loop {
        times += 1;
        match store.list(prefix).try_collect().await {
            Ok(metas) => break metas,
            Err(error) if times < TIMES && error.to_string().contains("response body") => {}
            Err(error) => return Err(error),
        }
    };
    let mut objects: Objects = metas.into_iter().map(|meta| (meta.location.clone(), meta)).collect();
    // Some tools mark a folder by an object of its name that holds nothing.
    let marks: Vec<Key> =
        objects.iter().filter(|(_, meta)| meta.size == 0).map(|(key, _)| key.clone()).collect();
    for key in marks {
        let meta = objects.remove(&key);
        let is_mark = key == *folder || found(&objects, &key).is_some();
        if let (false, Some(meta)) = (is_mark, meta) {
            objects.insert(key, meta);
        }
    }
    Ok(objects)
}

#[cfg(test)]
mod tests {
    use datafusion::object_store::memory::InMemory;

    use super::*;

    async fn bucket(keys: &[&str]) -> InMemory {
        let store = InMemory::new();
        for key in keys {
            store.put(&Key::from(*key), key.to_string().into()).await.expect("writes");
        }
        store
    }

    fn kind(found: Option<&Found>) -> &'static str {
        match found {
            Some(Found::File(_)) => "file",
            Some(Found::Folder) => "folder",
            None => "nothing",
        }
    }

    #[tokio::test]
    async fn a_name_is_the_same_asked_for_or_looked_up_in_a_list() {
        let store =
            bucket(&["w/data/t.parquet", "w/data/u/1.parquet", "w/data/u-old/1.parquet", "w/x"]).await;
        let (asked, listed) = (Names::default(), Names::default());
        listed.below(&store, &Key::from("w")).await.expect("lists");
        for (key, expected) in [
            ("w/data/t.parquet", "file"),
            ("w/data/u", "folder"),
            ("w/data/u-old", "folder"),
            ("w/data/u-", "nothing"),
            ("w/data", "folder"),
            ("w/da", "nothing"),
            ("w/x/y", "nothing"),
        ] {
            let key = Key::from(key);
            assert_eq!(
                kind(asked.look(&store, &key, false).await.expect("asks").as_ref()),
                expected,
                "asked for {key}"
            );
            assert_eq!(
                kind(listed.look(&store, &key, false).await.expect("asks").as_ref()),
                expected,
                "listed {key}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_known_is_asked_for_again_when_it_was_written() {
        let store = bucket(&["w/a"]).await;
        let names = Names::default();
        assert_eq!(names.below(&store, &Key::from("w")).await.expect("lists").len(), 1);
        store.put(&Key::from("w/b"), "b".into()).await.expect("writes");
        assert_eq!(names.below(&store, &Key::from("w")).await.expect("lists").len(), 1, "known");
        names.forget();
        assert_eq!(names.below(&store, &Key::from("w")).await.expect("lists").len(), 2);
    }

    #[tokio::test]
    async fn the_mark_of_a_folder_is_no_file_of_it() {
        let store = bucket(&["w/u/1.parquet"]).await;
        for key in ["w", "w/u", "w/empty"] {
            store.put(&Key::from(key), "".into()).await.expect("writes");
        }
        let objects = listed(&store, &Key::from("w")).await.expect("lists");
        let names: Vec<&str> = objects.keys().map(AsRef::as_ref).collect();
        assert_eq!(names, ["w/empty", "w/u/1.parquet"]);
    }
}
