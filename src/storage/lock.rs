//! A lock that others see: a file whose holder alone changes something.

use std::fs::TryLockError;
use std::io;
use std::path::{Path, PathBuf};

use super::object::Lease;

/// A lock that is held until it is dropped, and given up by whoever dies with it.
#[derive(Debug)]
pub struct Lock(Held);

#[derive(Debug)]
enum Held {
    /// A file that the system unlocks when its holder ends in whatever way.
    Disk {
        path: PathBuf,
        /// Unlocked when it is closed.
        _file: std::fs::File,
    },
    /// An object that is written anew again and again while it is held.
    Object(Lease),
}

/// What became of a wish for a lock.
#[derive(Debug)]
pub enum Taken {
    /// It is held now.
    Ours(Lock),
    /// Another holds it; who, where the place tells.
    Others(Option<String>),
}

impl Lock {
    /// Takes the lock that a file is, made where it is not there.
    ///
    /// # Errors
    /// The file cannot be made or locked.
    pub fn take(path: &Path) -> io::Result<Taken> {
        if super::is_object(path) {
            return Ok(match Lease::take(path)? {
                Ok(lease) => Taken::Ours(Self(Held::Object(lease))),
                Err(holder) => Taken::Others(Some(holder)),
            });
        }
        loop {
            let file = std::fs::File::options().create(true).truncate(false).write(true).open(path)?;
            match file.try_lock() {
                // Whoever held it before may have removed it meanwhile: then this is no lock any more.
                Ok(()) if is_at(&file, path) => {
                    return Ok(Taken::Ours(Self(Held::Disk { path: path.to_owned(), _file: file })));
                }
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(Taken::Others(None)),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// That of a lock in a bucket.
    pub(super) fn lease(&self) -> Option<&Lease> {
        match &self.0 {
            Held::Disk { .. } => None,
            Held::Object(lease) => Some(lease),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Held::Disk { path, .. } = &self.0 {
            // While it is held, so that it is not another's. Windows keeps a file that is open.
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Whether an open file is the one that has this path.
#[cfg(unix)]
fn is_at(file: &std::fs::File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    file.metadata().map(place).ok() == path.metadata().map(place).ok()
}

/// Whether an open file is the one that has this path: nobody could have removed it.
#[cfg(not(unix))]
fn is_at(_file: &std::fs::File, _path: &Path) -> bool {
    true
}
