//! Objects in the buckets of S3, of what speaks as it does, and of its kin.
//!
//! A bucket is connected to when its name first comes up, with what its keeper's own tools are told. Its requests run on threads of their own, so that whoever needs an answer can
//! wait for it, be it on a thread of the engine.

mod address;
mod blocks;
mod bucket;
mod client;
mod faults;
mod lease;
mod names;
mod network;
mod reader;
mod upload;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::object_store::ObjectStore;
use url::Url;

use self::address::{Address, Root};
use self::bucket::Bucket;
pub(super) use self::lease::Lease;
use self::names::Found;
pub(super) use self::reader::Reader;
use super::{Entry, Look, Put};
use crate::error::{Error, Result};
use crate::say;

pub(super) fn look(path: &Path) -> io::Result<Look> {
    let Address { root, key } = Address::of(path)?;
    let found = network::wait(async move { Bucket::of(&root).await?.look(&key).await })?;
    Ok(match found {
        Some(Found::File(meta)) => Look {
            is_dir: false,
            bytes: meta.size,
            modified: Some(meta.last_modified.into()),
            version: names::number(&meta),
        },
        Some(Found::Folder) => Look { is_dir: true, bytes: 0, modified: None, version: 0 },
        None => return Err(io::ErrorKind::NotFound.into()),
    })
}

pub(super) fn list(folder: &Path) -> io::Result<Vec<Entry>> {
    let Address { root, key } = Address::of(folder)?;
    let names = network::wait(async move { Bucket::of(&root).await?.children(&key).await })?;
    if names.is_empty() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let entries = names.into_iter().map(|(name, is_dir)| Entry { path: folder.join(name), is_dir });
    Ok(entries.collect())
}

pub(super) fn look_ahead(files: &[PathBuf]) {
    let addresses: Vec<Address> = files.iter().filter_map(|file| Address::of(file).ok()).collect();
    let _ = network::wait(async move {
        let end = |Address { root, key }: Address| async move {
            let bucket = Bucket::of(&root).await?;
            if let Some(Found::File(meta)) = bucket.look(&key).await? {
                bucket.bytes(&key, meta.size.saturating_sub(1)..meta.size).await?;
            }
            Ok(())
        };
        futures::future::try_join_all(addresses.into_iter().map(end)).await
    });
}

pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let Address { root, key } = Address::of(path)?;
    let bytes = network::wait(async move {
        let bucket = Bucket::of(&root).await?;
        Ok(match bucket.look(&key).await? {
            Some(Found::File(meta)) => Some(bucket.bytes(&key, 0..meta.size).await?),
            _ => None,
        })
    })?;
    bytes.map(|bytes| bytes.to_vec()).ok_or_else(|| io::ErrorKind::NotFound.into())
}

pub(super) fn upload(
    finished: &mut std::fs::File,
    to: &Path,
    put: Put,
    lease: Option<&Lease>,
) -> io::Result<()> {
    let Address { root, key } = Address::of(to)?;
    upload::upload(finished.try_clone()?, root, key, put, lease.map(Lease::held))
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    let Address { root, key } = Address::of(path)?;
    network::wait(async move { Bucket::of(&root).await?.remove(&key).await })
}

/// The bucket of a URL as the engine reads it.
pub(super) fn store(url: &Url) -> Result<Arc<dyn ObjectStore>> {
    let root =
        Root::of(url).ok_or_else(|| Error::data(say!("`{path}` is no place in a bucket", path = url)))?;
    let bucket = network::wait(async move { Bucket::of(&root).await });
    Ok(bucket.map_err(|error| faults::ours(&error))?)
}
