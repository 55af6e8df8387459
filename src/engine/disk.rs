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
pub(super) struct Disk(LocalFileSystem);

impl Disk {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(LocalFileSystem::new()))
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
                let error = Error::data(say!(
                    "the file is damaged: it says that its bytes {start} to {end} are data, and it has {size}",
                    start,
                    end,
                    size
                ));
                return Err(StoreError::Generic { store: NAME, source: Box::new(error) });
            }
        }
        Ok(())
    }

    fn size(&self, location: &Path) -> StoreResult<u64> {
        let path = self.0.path_to_filesystem(location)?;
        let metadata = path.metadata();
        let metadata =
            metadata.map_err(|source| StoreError::Generic { store: NAME, source: source.into() })?;
        Ok(metadata.len())
    }
}

impl fmt::Display for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
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
        self.0.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> StoreResult<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> StoreResult<GetResult> {
        // Held against the file there.
        self.0.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> StoreResult<Vec<Bytes>> {
        self.check(location, ranges)?;
        self.0.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, StoreResult<Path>>,
    ) -> BoxStream<'static, StoreResult<Path>> {
        self.0.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        self.0.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        self.0.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> StoreResult<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> StoreResult<()> {
        self.0.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> StoreResult<()> {
        self.0.rename_opts(from, to, options).await
    }
}
