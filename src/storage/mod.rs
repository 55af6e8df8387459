//! Files by their paths: on the disks of this machine, or in a bucket, where `s3://BUCKET/KEY` is a path as
//! any other; and `https://HOST/FILE`, which is read alone.
//!
//! What a workspace holds is read through here, so that it may lie in either place. A bucket has no folders:
//! there is one where a key goes on below it. Names in a bucket are looked up in a list of them that is no
//! older than [`FRESH`], and what is written from here is seen at once.

mod disk;
mod file;
mod lock;
#[cfg(feature = "s3")]
mod object;
#[cfg(not(feature = "s3"))]
#[path = "without.rs"]
mod object;
mod stores;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use url::Url;

pub use self::file::File;
pub use self::lock::{Lock, Taken};
pub use self::stores::Stores;

/// How old what is known of the names in a bucket may be.
pub const FRESH: Duration = Duration::from_secs(2);

/// How the path of an object begins, and its URL: S3, Google's and Microsoft's, and what a web server has.
const SCHEMES: [&str; 5] = ["s3", "gs", "az", "https", "http"];

/// What can be told of a file or folder without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether it is a folder.
    pub is_dir: bool,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it was last written.
    pub modified: Option<SystemTime>,
    /// What another file of the same path has otherwise, where the place tells: the number of the file on
    /// its disk, or what a bucket knows a version by.
    pub version: u64,
}

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path, the folder's included.
    pub path: PathBuf,
    /// Whether it is a folder.
    pub is_dir: bool,
}

/// Whether a file that is there may be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It may not: [`io::ErrorKind::AlreadyExists`].
    New,
    /// It may.
    Replacing,
}

/// Whether a path leads into a bucket.
pub fn is_object(path: &Path) -> bool {
    let text = path.as_os_str().as_encoded_bytes();
    SCHEMES
        .iter()
        .any(|scheme| text.strip_prefix(scheme.as_bytes()).is_some_and(|rest| rest.starts_with(b":/")))
}

/// The path from the root, or from its bucket.
///
/// # Errors
/// The system does not know the folder that this process is in.
pub fn absolute(path: &Path) -> io::Result<PathBuf> {
    if is_object(path) { Ok(path.to_owned()) } else { std::path::absolute(path) }
}

/// The path without links and dots; of objects, which have neither, as it is.
///
/// # Errors
/// There is no such file.
pub fn canonical(path: &Path) -> io::Result<PathBuf> {
    if is_object(path) { Ok(path.to_owned()) } else { path.canonicalize() }
}

/// A path seen from a folder: what is absolute or in a bucket is where it is.
pub fn seen_from(folder: &Path, path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    if is_object(path) { path.to_owned() } else { folder.join(path) }
}

/// The URL of a path without links, made without parsing: no character of a name means anything in it.
/// That of a folder ends in a slash.
pub fn url(path: &Path) -> Option<Url> {
    if is_object(path) {
        let mut parts = path.components().map(|part| part.as_os_str().to_str());
        let mut url = Url::parse(&format!("{}//{}", parts.next()??, parts.next()??)).ok()?;
        url.path_segments_mut().ok()?.clear().extend(parts.collect::<Option<Vec<_>>>()?);
        if is_dir(path) {
            url.path_segments_mut().ok()?.push("");
        }
        return Some(url);
    }
    if path.is_dir() { Url::from_directory_path(path).ok() } else { Url::from_file_path(path).ok() }
}

/// The path that a URL stands for.
pub fn path_of(url: &Url) -> Option<PathBuf> {
    if !SCHEMES.contains(&url.scheme()) {
        return url.to_file_path().ok();
    }
    let key = datafusion::object_store::path::Path::from_url_path(url.path()).ok()?;
    Some(PathBuf::from(format!("{}://{}/{key}", url.scheme(), url.authority())))
}

/// Looks at a file or folder.
///
/// # Errors
/// It is not there, or cannot be looked at.
pub fn look(path: &Path) -> io::Result<Look> {
    if is_object(path) {
        return object::look(path);
    }
    let metadata = path.metadata()?;
    #[cfg(unix)]
    let version = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let version = 0;
    Ok(Look { is_dir: metadata.is_dir(), bytes: metadata.len(), modified: metadata.modified().ok(), version })
}

/// The same, where it may not be there: what cannot be found out is an error, and not that.
///
/// # Errors
/// It cannot be looked at.
pub fn find(path: &Path) -> io::Result<Option<Look>> {
    match look(path) {
        Ok(look) => Ok(Some(look)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether there is a file or folder of that path.
pub fn exists(path: &Path) -> bool {
    if is_object(path) { look(path).is_ok() } else { path.exists() }
}

/// Whether there is a folder of that path.
pub fn is_dir(path: &Path) -> bool {
    if is_object(path) { look(path).is_ok_and(|look| look.is_dir) } else { path.is_dir() }
}

/// Whether there is a file of that path.
pub fn is_file(path: &Path) -> bool {
    if is_object(path) { look(path).is_ok_and(|look| !look.is_dir) } else { path.is_file() }
}

/// What a folder holds, in no order.
///
/// # Errors
/// It is not there, or cannot be read.
pub fn list(folder: &Path) -> io::Result<Vec<Entry>> {
    if is_object(folder) {
        return object::list(folder);
    }
    let entry = |entry: io::Result<std::fs::DirEntry>| {
        let path = entry?.path();
        Ok(Entry { is_dir: path.is_dir(), path })
    };
    folder.read_dir()?.map(entry).collect()
}

/// Fetches the ends of files that are about to be opened, all at the same time, where each would else be waited
/// for by itself. What cannot be fetched is told when it is opened.
pub fn look_ahead(files: &[PathBuf]) {
    if files.len() > 1 && files.iter().all(|file| is_object(file)) {
        object::look_ahead(files);
    }
}

/// All of a file.
///
/// # Errors
/// It is not there, or cannot be read.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    if is_object(path) { object::read(path) } else { std::fs::read(path) }
}

/// All of a file of UTF-8 text.
///
/// # Errors
/// It is not there, cannot be read, or is no such text.
pub fn read_to_string(path: &Path) -> io::Result<String> {
    if !is_object(path) {
        return std::fs::read_to_string(path);
    }
    String::from_utf8(read(path)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// A file as one of this machine: itself, or a copy of an object in a folder.
///
/// # Errors
/// It is not there, or cannot be copied.
pub fn on_disk(path: &Path, folder: &Path) -> io::Result<PathBuf> {
    if !is_object(path) {
        return Ok(path.to_owned());
    }
    let mut object = File::open(path)?;
    std::fs::create_dir_all(folder)?;
    let copy = folder.join(path.file_name().unwrap_or_default());
    io::copy(&mut object, &mut std::fs::File::create(&copy)?)?;
    Ok(copy)
}

/// Puts a finished file of this machine into a bucket, whole or not at all, and only while a lock is held, if one
/// is given.
///
/// # Errors
/// It cannot be read or written there, is there already and may not be replaced, or the lock was lost.
pub fn upload(finished: &mut std::fs::File, to: &Path, put: Put, under: Option<&Lock>) -> io::Result<()> {
    object::upload(finished, to, put, under.and_then(Lock::lease))
}

/// Makes a folder and those above it; in a bucket there is nothing to make.
///
/// # Errors
/// The disk fails.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if is_object(path) { Ok(()) } else { std::fs::create_dir_all(path) }
}

/// Removes a file.
///
/// # Errors
/// It is not there, or cannot be removed.
pub fn remove(path: &Path) -> io::Result<()> {
    if is_object(path) { object::remove(path) } else { std::fs::remove_file(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_the_scheme_leads_into_a_bucket() {
        for path in
            ["s3://bucket/a/b.parquet", "s3://bucket", "s3:/bucket/a", "https://host:8080/a", "gs://b"]
        {
            assert!(is_object(Path::new(path)), "{path}");
            assert!(is_object(&Path::new(path).join("datasets")), "{path}");
        }
        for path in ["s3", "s3:", "a/s3://b", "/s3://b", "./s3:/b", "s3x://b", "https", "file:///a"] {
            assert!(!is_object(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn what_is_in_a_bucket_stays_where_it_is() {
        let object = Path::new("s3://bucket/a b/đơn vị.parquet");
        assert_eq!(seen_from(Path::new("/home"), object), object);
        assert_eq!(absolute(object).expect("a path"), object);
        assert_eq!(seen_from(Path::new("/home"), "x"), Path::new("/home/x"));
    }

    #[test]
    fn a_path_has_a_url_and_comes_back_from_it() {
        for path in
            ["s3://bucket", "https://host:8080", "/tmp"].map(|root| format!("{root}/a b/đơn vị 100%.parquet"))
        {
            let url = url(Path::new(&path)).expect("a URL");
            assert_eq!(path_of(&url).expect("a path"), Path::new(&path), "{url}");
        }
    }
}
