//! Buckets in a build without them: each is refused.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use datafusion::object_store::ObjectStore;
use url::Url;

use super::{Entry, Look, Put};
use crate::error::{Error, Result};
use crate::say;

fn refused() -> Error {
    Error::usage(say!("this program was built without object storage"))
        .hint(say!("build it with it: cargo build --release --features s3"))
}

fn no<T>() -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::Unsupported, refused()))
}

pub(super) fn look(_: &Path) -> io::Result<Look> {
    no()
}

pub(super) fn list(_: &Path) -> io::Result<Vec<Entry>> {
    no()
}

pub(super) fn look_ahead(_: &[PathBuf]) {}

pub(super) fn read(_: &Path) -> io::Result<Vec<u8>> {
    no()
}

pub(super) fn upload(_: &mut std::fs::File, _: &Path, _: Put, _: Option<&Lease>) -> io::Result<()> {
    no()
}

pub(super) fn remove(_: &Path) -> io::Result<()> {
    no()
}

pub(super) fn store(_: &Url) -> Result<Arc<dyn ObjectStore>> {
    Err(refused())
}

/// An object that is read in parts: there is none.
#[derive(Debug, Clone)]
pub(super) enum Reader {}

impl Reader {
    pub(super) fn open(_: &Path) -> io::Result<Self> {
        no()
    }

    pub(super) fn size(&self) -> u64 {
        match *self {}
    }

    pub(super) fn from(&self, _: u64) -> Box<dyn Read> {
        match *self {}
    }

    pub(super) fn range(&self, _: u64, _: usize) -> io::Result<Bytes> {
        match *self {}
    }
}

impl Read for Reader {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        match *self {}
    }
}

impl Seek for Reader {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        match *self {}
    }
}

/// The lease of a lock in a bucket: there is none.
#[derive(Debug)]
pub(super) enum Lease {}

impl Lease {
    pub(super) fn take(_: &Path) -> io::Result<std::result::Result<Self, String>> {
        no()
    }
}
