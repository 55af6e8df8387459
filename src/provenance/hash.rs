//! SHA-256, as `sha256sum` writes it.

use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::language::Message;
use crate::storage::File;

fn hex(hash: &[u8]) -> String {
    hash.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The hash of a text as UTF-8.
pub(crate) fn of_text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// The length and hash of all that can be read.
fn of(mut bytes: impl Read) -> io::Result<(u64, String)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut length = 0;
    loop {
        match bytes.read(&mut buffer) {
            Ok(0) => return Ok((length, hex(&hasher.finalize()))),
            Ok(read) => {
                hasher.update(&buffer[..read]);
                length += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A file, by name and content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bytes {
    /// For the export, its name alone; for a file of a table, its path: seen from the workspace where
    /// it is below it, else from the record's `folder`, else absolute; always with `/`.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    pub sha256: String,
}

/// An open file at `path`, said as `name`; hashed on a thread of its own, so that Ctrl-C is heard.
///
/// # Errors
/// It cannot be read, or the user pressed Ctrl-C.
pub(super) async fn of_file(file: impl Read + Send + 'static, path: &Path, name: String) -> Result<Bytes> {
    let hashing = tokio::task::spawn_blocking(move || of(file));
    let read = tokio::select! {
        hashed = hashing => hashed.map_err(|error| Error::data(Message::verbatim(error.to_string())))?,
        () = crate::ui::interrupt::asked() => return Err(Error::interrupted()),
    };
    let (bytes, sha256) = read.map_err(|error| Error::reading(path, &error))?;
    Ok(Bytes { path: name, bytes, sha256 })
}

/// The file at `path`, said as `name`.
///
/// # Errors
/// As [`of_file`].
pub(crate) async fn of_path(path: &Path, name: String) -> Result<Bytes> {
    let file = File::open(path).map_err(|error| Error::reading(path, &error))?;
    of_file(file, path, name).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_standard() {
        // FIPS 180-4, the example of one block.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of_text("abc"), abc);
        assert_eq!(of(&b"abc"[..]).expect("reads"), (3, abc.to_owned()));
    }
}
