//! The files of this machine, as the engine reads them.
//!
//! The reader of Parquet takes a damaged footer at its word and asks for as many bytes as it says; the
//! store of files makes room for all of them before it reads one. Without room the process is at its
//! end, and no error is told. So a range that is long is first held against the file.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use datafusion::object_store::local::LocalFileSystem;
use datafusion::object_store::path::Path;
use datafusion::object_store::{
    CopyOptions, Error as StoreError, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions,
    Result as StoreResult,
};
use futures::stream::BoxStream;

use crate::error::Error;
use crate::say;

/// How the store names itself in errors.
const NAME: &str = "LocalFileSystem";

/// Up to how many bytes room is made without asking whether the file has them: to ask takes a while.
const SHORT: u64 = 1 << 20;

/// The files of this machine, of which no more is read than there is.
#[derive(Debug)]
pub(super) struct Disk {
    files: LocalFileSystem,
    /// Whether a folder that is not there is an error, and not one without files.
    #[cfg(feature = "cluster")]
    is_strict: bool,
}

impl Disk {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            files: LocalFileSystem::new(),
            #[cfg(feature = "cluster")]
            is_strict: false,
        })
    }

    /// The files of a node, which is told by others which there are: one that it does not see would pass for
    /// no rows.
    #[cfg(feature = "cluster")]
    pub(super) fn of_node() -> Arc<Self> {
        Arc::new(Self { files: LocalFileSystem::new(), is_strict: true })
    }

    /// What cannot be listed on this node.
    #[cfg(feature = "cluster")]
    fn unseen(&self, prefix: Option<&Path>) -> Option<StoreError> {
        let path = self.files.path_to_filesystem(prefix.filter(|_| self.is_strict)?).ok()?;
        let error = Error::data(say!(
            "a machine of the cluster does not see `{path}`: each needs it under that path",
            path = path.display()
        ));
        (!path.exists()).then(|| StoreError::Generic { store: NAME, source: Box::new(error) })
    }

    /// Refuses ranges that end before they begin, and long ones that the file has not.
    fn check(&self, location: &Path, ranges: &[Range<u64>]) -> StoreResult<()> {
        let mut size = None;
        for Range { start, end } in ranges {
            let length = end.checked_sub(*start);
            if length.is_some_and(|length| length <= SHORT) {
                continue;
            }
            let size = match size {
                Some(size) => size,
                None => *size.insert(self.size(location)?),
            };
            if length.is_none() || *end > size {
                let error = damaged(&(*start..*end), size);
                return Err(StoreError::Generic { store: NAME, source: Box::new(error) });
            }
        }
        Ok(())
    }

    fn size(&self, location: &Path) -> StoreResult<u64> {
        let path = self.files.path_to_filesystem(location)?;
        let metadata = path.metadata();
        let metadata =
            metadata.map_err(|source| StoreError::Generic { store: NAME, source: source.into() })?;
        Ok(metadata.len())
    }
}

/// The error for a file that says that it is longer than it is.
pub(super) fn damaged(range: &Range<u64>, size: u64) -> Error {
    let Range { start, end } = range;
    Error::data(say!(
        "the file is damaged: it says that its bytes {start} to {end} are data, and it has {size}",
        start,
        end,
        size
    ))
}

impl fmt::Display for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.files.fmt(f)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl ObjectStore for Disk {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> StoreResult<PutResult> {
        self.files.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> StoreResult<Box<dyn MultipartUpload>> {
        self.files.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> StoreResult<GetResult> {
        // Held against the file there.
        self.files.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> StoreResult<Vec<Bytes>> {
        self.check(location, ranges)?;
        self.files.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, StoreResult<Path>>,
    ) -> BoxStream<'static, StoreResult<Path>> {
        self.files.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        #[cfg(feature = "cluster")]
        if let Some(error) = self.unseen(prefix) {
            return Box::pin(futures::stream::once(std::future::ready(Err(error))));
        }
        self.files.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        self.files.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> StoreResult<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> StoreResult<()> {
        self.files.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> StoreResult<()> {
        self.files.rename_opts(from, to, options).await
    }
}

#[cfg(all(test, feature = "cluster"))]
mod tests {
    use futures::StreamExt;

    use super::*;
    use crate::error::below;

    #[tokio::test]
    async fn a_node_that_does_not_see_a_folder_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| Path::from_filesystem_path(folder.path()).expect("a path").join(name);
        let error =
            Disk::of_node().list(Some(&path("gone"))).next().await.expect("a word").expect_err("unseen");
        assert!(below(&error).expect("ours").to_string().contains("does not see"), "{error}");
        assert!(Disk::new().list(Some(&path("gone"))).next().await.is_none());
        std::fs::create_dir(folder.path().join("here")).expect("makes");
        assert!(Disk::of_node().list(Some(&path("here"))).next().await.is_none());
    }
}
