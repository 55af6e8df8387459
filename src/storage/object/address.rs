//! Where an object is: its bucket and its key there.

use std::fmt;
use std::io;
use std::path::{Component, Path};

use datafusion::object_store::path::Path as Key;
use url::Url;

use super::super::{SCHEMES, is_object};
use crate::error::Error;
use crate::say;

/// Where objects are, under one name: a bucket, a container, a web server.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Root {
    /// How it is spoken to.
    pub(super) scheme: &'static str,
    /// What it is called: of a web server the host, and the port if there is one.
    pub(super) name: String,
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.name)
    }
}

impl Root {
    /// That of a URL.
    pub(super) fn of(url: &Url) -> Option<Self> {
        let scheme = *SCHEMES.iter().find(|scheme| **scheme == url.scheme())?;
        Some(Self { scheme, name: url.authority().to_owned() })
    }

    /// Whether it is a web server: of its files one knows that they are there, and which there are it does not tell.
    pub(super) fn is_web(&self) -> bool {
        self.scheme.starts_with("http")
    }
}

/// Where an object is, or a folder of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) root: Root,
    pub(super) key: Key,
}

impl Address {
    /// The address that a path is: `s3://BUCKET/KEY`.
    ///
    /// # Errors
    /// It names no bucket, or its key is none that can be asked for.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let refuse = || {
            io::Error::other(
                Error::usage(say!("`{path}` is no place in a bucket", path = path.display()))
                    .hint(say!("a place is written s3://BUCKET/NAME, without `.` and `..` in it")),
            )
        };
        let mut parts = path.components().map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        });
        let scheme = parts.next().flatten().filter(|_| is_object(path)).ok_or_else(refuse)?;
        let scheme =
            SCHEMES.iter().find(|known| scheme.strip_suffix(':') == Some(known)).ok_or_else(refuse)?;
        let name = parts.next().flatten().ok_or_else(refuse)?.to_owned();
        let names = parts.collect::<Option<Vec<_>>>().ok_or_else(refuse)?;
        let key = Key::parse(names.join("/")).map_err(|_| refuse())?;
        Ok(Self { root: Root { scheme, name }, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_bucket_and_a_key() {
        let of = |path: &str| {
            Address::of(Path::new(path)).map(|at| (at.root.to_string(), at.key.to_string())).ok()
        };
        let at = |root: &str, key: &str| Some((root.to_owned(), key.to_owned()));
        assert_eq!(of("s3://b/a/đơn vị.parquet"), at("s3://b", "a/đơn vị.parquet"));
        assert_eq!(of("https://host:80/a.csv"), at("https://host:80", "a.csv"));
        assert_eq!((of("s3://b"), of("s3:/b/")), (at("s3://b", ""), at("s3://b", "")));
        assert_eq!((of("s3://"), of("s3://b/../c"), of("/b/c")), (None, None, None));
    }
}
