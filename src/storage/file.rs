//! A file that is read in parts.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use super::object::Reader;

/// An open file, wherever it is.
#[derive(Debug)]
pub struct File(Place);

#[derive(Debug)]
enum Place {
    /// On a disk of this machine.
    Disk(std::fs::File),
    /// In a bucket.
    Object(Reader),
}

impl File {
    /// Opens a file.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        match super::is_object(path) {
            true => Reader::open(path).map(|reader| Self(Place::Object(reader))),
            false => std::fs::File::open(path).map(|file| Self(Place::Disk(file))),
        }
    }

    /// Its length in bytes.
    ///
    /// # Errors
    /// The disk fails.
    pub fn size(&self) -> io::Result<u64> {
        match &self.0 {
            Place::Disk(file) => Ok(file.metadata()?.len()),
            Place::Object(reader) => Ok(reader.size()),
        }
    }
}

impl Read for File {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Place::Disk(file) => file.read(into),
            Place::Object(reader) => reader.read(into),
        }
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match &mut self.0 {
            Place::Disk(file) => file.seek(to),
            Place::Object(reader) => reader.seek(to),
        }
    }
}

impl Length for File {
    fn len(&self) -> u64 {
        self.size().unwrap_or_default()
    }
}

impl ChunkReader for File {
    type T = Box<dyn Read>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        match &self.0 {
            Place::Disk(file) => Ok(Box::new(file.get_read(start)?)),
            Place::Object(reader) => Ok(reader.from(start)),
        }
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        match &self.0 {
            Place::Disk(file) => file.get_bytes(start, length),
            Place::Object(reader) => Ok(reader.range(start, length)?),
        }
    }
}
