//! Where an object is: its bucket and its key there.

use std::io;
use std::path::{Component, Path};

use datafusion::object_store::path::Path as Key;

use super::super::is_object;
use super::faults;
use crate::error::Error;
use crate::say;

/// The bucket and the key of an object, or of a folder of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) bucket: String,
    pub(super) key: Key,
}

impl Address {
    /// The address that a path is: `s3://BUCKET/KEY`.
    ///
    /// # Errors
    /// It names no bucket, or its key is none that can be asked for.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let refuse = || {
            faults::of(
                Error::usage(say!("`{path}` is no place in a bucket", path = path.display()))
                    .hint(say!("a place is written s3://BUCKET/NAME, without `.` and `..` in it")),
            )
        };
        let mut parts = path.components().skip(1).map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        });
        let bucket = parts.next().flatten().filter(|_| is_object(path)).ok_or_else(refuse)?;
        let names = parts.collect::<Option<Vec<_>>>().ok_or_else(refuse)?;
        let key = Key::parse(names.join("/")).map_err(|_| refuse())?;
        Ok(Self { bucket: bucket.to_owned(), key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_bucket_and_a_key() {
        let of = |path: &str| Address::of(Path::new(path)).map(|at| (at.bucket, at.key.to_string())).ok();
        let at = |bucket: &str, key: &str| Some((bucket.to_owned(), key.to_owned()));
        assert_eq!(of("s3://b/a/đơn vị.parquet"), at("b", "a/đơn vị.parquet"));
        assert_eq!((of("s3://b"), of("s3:/b/")), (at("b", ""), at("b", "")));
        assert_eq!((of("s3://"), of("s3://b/../c"), of("/b/c")), (None, None, None));
    }
}
