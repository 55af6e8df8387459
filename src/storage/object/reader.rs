//! An object that is read in parts.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::object_store::ObjectMeta;

use super::address::Address;
use super::blocks::END;
use super::bucket::Bucket;
use super::names::Found;
use super::network;

/// What is fetched first.
const FIRST: u64 = 64 << 10;

/// What is fetched at most, when an object is read on and on.
const MOST: u64 = 4 << 20;

/// An object that is read in parts, each of which is fetched when it is first needed.
#[derive(Clone)]
pub(in super::super) struct Reader {
    bucket: Arc<Bucket>,
    meta: ObjectMeta,
    at: u64,
    /// Bytes that were fetched, and where they begin.
    fetched: (u64, Bytes),
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.bucket, self.meta.location)
    }
}

impl Reader {
    /// Opens an object.
    ///
    /// # Errors
    /// It is not there, or cannot be asked for.
    pub(in super::super) fn open(path: &Path) -> io::Result<Self> {
        let Address { root, key } = Address::of(path)?;
        network::wait(async move {
            let bucket = Bucket::of(&root).await?;
            Ok(match bucket.look(&key).await? {
                Some(Found::File(meta)) => Some(Self { bucket, meta, at: 0, fetched: (0, Bytes::new()) }),
                _ => None,
            })
        })?
        .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The same object, read from a place on.
    pub(in super::super) fn from(&self, start: u64) -> Box<dyn Read> {
        Box::new(Self { at: start, ..self.clone() })
    }

    /// Its length.
    pub(in super::super) fn size(&self) -> u64 {
        self.meta.size
    }

    /// Bytes from a place on.
    ///
    /// # Errors
    /// There are not as many, or they cannot be fetched.
    pub(in super::super) fn range(&self, start: u64, length: usize) -> io::Result<Bytes> {
        let end = start.checked_add(length as u64).filter(|end| *end <= self.meta.size);
        let range = start..end.ok_or(io::ErrorKind::UnexpectedEof)?;
        let (bucket, meta) = (self.bucket.clone(), self.meta.clone());
        network::wait(async move { bucket.bytes_of(&meta, range).await })
    }

    /// The bytes fetched that stand here.
    fn here(&self) -> Option<&[u8]> {
        let skipped = usize::try_from(self.at.checked_sub(self.fetched.0)?).ok()?;
        self.fetched.1.get(skipped..).filter(|bytes| !bytes.is_empty())
    }
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.meta.size || into.is_empty() {
            return Ok(0);
        }
        if self.here().is_none() {
            let before = self.fetched.1.len() as u64;
            let goes_on = before > 0 && self.at == self.fetched.0 + before;
            let length = if goes_on { (before * 2).min(MOST) } else { FIRST };
            let last = self.meta.size.saturating_sub(END);
            let (start, end) = match self.at >= last && !goes_on {
                true => (last, self.meta.size),
                false => (self.at, self.at.saturating_add(length).min(self.meta.size)),
            };
            let length = usize::try_from(end - start).unwrap_or(usize::MAX);
            self.fetched = (start, self.range(start, length)?);
        }
        let bytes = self.here().ok_or(io::ErrorKind::UnexpectedEof)?;
        let length = bytes.len().min(into.len());
        into[..length].copy_from_slice(&bytes[..length]);
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.meta.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
