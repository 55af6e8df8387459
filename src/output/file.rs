//! A file that appears whole or not at all.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::say;
use crate::storage::{self, Put};

/// A file written beside its target and put in its place at the end.
///
/// Until [`AtomicFile::commit`] the target is untouched; dropped before that, nothing is left. A
/// target that is no file at all (a device, a named pipe) has no place to be put in: it is written
/// as the bytes come.
pub struct AtomicFile {
    target: PathBuf,
    /// The target as it was named.
    named: PathBuf,
    sink: Sink,
}

enum Sink {
    Temporary {
        file: NamedTempFile,
        replace: bool,
        written: Written,
    },
    /// On its way into a bucket: on this machine until all of it is there.
    Upload {
        file: File,
        put: Put,
    },
    Stream(File),
}

/// How much of a file is written, and how much of that is on its way to the disk.
///
/// The commit waits until all of it is there; what has gone there meanwhile it need not wait for.
#[derive(Default)]
struct Written {
    bytes: u64,
    /// Of them, those that the system was asked to write.
    sent: u64,
}

impl Written {
    /// Bytes that are sent together.
    const PORTION: u64 = 16 << 20;

    fn add(&mut self, file: &File, bytes: u64) {
        self.bytes += bytes;
        if self.bytes - self.sent < Self::PORTION {
            return;
        }
        // Linux begins to write pages that it is told are not needed any more. A system that does
        // not has the more to do at the commit.
        #[cfg(target_os = "linux")]
        {
            let portion = std::num::NonZeroU64::new(self.bytes - self.sent);
            let _ = rustix::fs::fadvise(file, self.sent, portion, rustix::fs::Advice::DontNeed);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = file;
        self.sent = self.bytes;
    }
}

impl AtomicFile {
    /// Opens a file for writing; `replace` allows an existing target to be replaced.
    ///
    /// # Errors
    /// The target exists and may not be replaced, is a folder, or its folder is missing or not
    /// writable. All this is found here, before any work is done.
    pub fn create(target: &Path, replace: bool) -> Result<Self> {
        if storage::is_object(target) {
            return Self::into_bucket(target, replace);
        }
        if target.is_dir() {
            return Err(is_folder(target));
        }
        if target.metadata().is_ok_and(|there| !there.is_file()) {
            let opened = File::options().write(true).open(target);
            let stream = opened.map_err(|error| Error::writing(target, &error))?;
            return Ok(Self {
                target: target.to_owned(),
                named: target.to_owned(),
                sink: Sink::Stream(stream),
            });
        }
        if !replace && target.symlink_metadata().is_ok() {
            return Err(already_there(target));
        }
        // A link goes on pointing to what it points to, and the place stays where it was named.
        let absolute = || std::path::absolute(target).unwrap_or_else(|_| target.to_owned());
        let named = target.to_owned();
        let given = folder_of(target);
        if !given.is_dir() {
            let (path, folder) = (target.display(), given.display());
            let error =
                Error::data(say!("cannot write `{path}`: there is no folder `{folder}`", path, folder));
            return Err(error.hint(say!("make it first: mkdir -p '{folder}'", folder)));
        }
        let target = &target.canonicalize().unwrap_or_else(|_| absolute());
        let folder = folder_of(target);
        let mut builder = tempfile::Builder::new();
        builder.prefix(".tongket-").suffix(".tmp");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // A new file gets what the umask leaves of 666, as from any program; a replaced one keeps its own.
            let mode = target.metadata().map_or(0o666, |old| old.permissions().mode() & 0o777);
            builder.permissions(std::fs::Permissions::from_mode(mode));
        }
        let file = builder.tempfile_in(folder).map_err(|error| Error::writing(target, &error))?;
        Ok(Self {
            target: target.to_owned(),
            named,
            sink: Sink::Temporary { file, replace, written: Written::default() },
        })
    }

    /// A file for a bucket, which is reached here and now; whether it may be written is seen at the end.
    fn into_bucket(target: &Path, replace: bool) -> Result<Self> {
        match storage::look(target) {
            Ok(look) if look.is_dir => return Err(is_folder(target)),
            Ok(_) if !replace => return Err(already_there(target)),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::writing(target, &error));
            }
            Ok(_) | Err(_) => {}
        }
        let folder = std::env::temp_dir();
        let file = tempfile::tempfile_in(&folder).map_err(|error| Error::writing_in(&folder, &error))?;
        let put = if replace { Put::Replacing } else { Put::New };
        let (target, named) = (target.to_owned(), target.to_owned());
        Ok(Self { target, named, sink: Sink::Upload { file, put } })
    }

    /// The path that the file will have, as it was named.
    pub fn path(&self) -> &Path {
        &self.named
    }

    /// What was written so far, to be read from its beginning; `None` where the bytes are gone, as into
    /// a pipe.
    ///
    /// # Errors
    /// The disk fails.
    pub fn written(&mut self) -> Result<Option<File>> {
        let fault = |error: io::Error| Error::reading(&self.named, &error);
        match &mut self.sink {
            Sink::Temporary { file, .. } => {
                file.flush().map_err(fault)?;
                file.reopen().map(Some).map_err(fault)
            }
            Sink::Upload { file, .. } => {
                let copy = file.try_clone().map_err(fault)?;
                (&copy).rewind().map_err(fault)?;
                Ok(Some(copy))
            }
            Sink::Stream(_) => Ok(None),
        }
    }

    /// Puts the file in its place, and beside it another that tells of it.
    ///
    /// Both are on the disk before either has its name, and an older companion goes first: whenever
    /// the process dies, no companion stands beside a file that it does not tell of.
    ///
    /// # Errors
    /// As [`AtomicFile::commit`].
    pub fn commit_with(mut self, mut companion: Self) -> Result<()> {
        companion.sync()?;
        self.sync()?;
        let replaces = matches!(
            companion.sink,
            Sink::Temporary { replace: true, .. } | Sink::Upload { put: Put::Replacing, .. }
        );
        if replaces
            && let Err(error) = storage::remove(&companion.target)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(Error::replacing(&companion.named, &error));
        }
        let place = self.named.clone();
        self.commit()?;
        companion
            .commit()
            .map_err(|error| error.hint(say!("`{path}` is written without it", path = place.display())))
    }

    /// Bytes written so far reach the disk.
    fn sync(&mut self) -> Result<()> {
        let Sink::Temporary { file, .. } = &mut self.sink else { return Ok(()) };
        let synced = file.flush().and_then(|()| file.as_file().sync_all());
        synced.map_err(|error| Error::writing(&self.named, &error))
    }

    /// Bytes written so far reach the disk, then the file takes its name.
    ///
    /// # Errors
    /// The disk is full or fails, or somebody made the target meanwhile and it may not be replaced.
    pub fn commit(mut self) -> Result<()> {
        self.sync()?;
        let Self { target, named, sink } = self;
        let fault = |error: &io::Error| Error::writing(&named, error);
        let (temporary, replace) = match sink {
            Sink::Temporary { file, replace, .. } => (file, replace),
            Sink::Upload { mut file, put } => {
                return storage::upload(&mut file, &target, put, None).map_err(|error| match error.kind() {
                    io::ErrorKind::AlreadyExists => already_there(&named),
                    _ => fault(&error),
                });
            }
            Sink::Stream(_) => return Ok(()),
        };
        if replace {
            temporary.persist(&target).map_err(|error| fault(&error.error))?;
        } else if let Err(error) = temporary.persist_noclobber(&target) {
            let taken = error.error.kind() == io::ErrorKind::AlreadyExists;
            return Err(if taken { already_there(&named) } else { fault(&error.error) });
        }
        // The new name is itself data of the folder. Some file systems cannot sync a folder: the
        // file is whole there all the same.
        if let Ok(folder) = File::open(folder_of(&target)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

fn is_folder(target: &Path) -> Error {
    Error::data(say!("cannot write `{path}`: it is a folder", path = target.display()))
}

fn already_there(target: &Path) -> Error {
    Error::data(say!("`{path}` exists already", path = target.display()))
        .hint(say!("replace it with `--force`, or choose another name"))
}

fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let fault = |error: io::Error| match error.kind() {
            io::ErrorKind::Interrupted | io::ErrorKind::BrokenPipe => error,
            kind => io::Error::new(kind, Error::writing(&self.named, &error)),
        };
        match &mut self.sink {
            Sink::Temporary { file, written, .. } => {
                file.write(bytes).inspect(|bytes| written.add(file.as_file(), *bytes as u64))
            }
            Sink::Upload { file: stream, .. } | Sink::Stream(stream) => stream.write(bytes),
        }
        .map_err(fault)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Temporary { file, .. } => file.flush(),
            Sink::Upload { file: stream, .. } | Sink::Stream(stream) => stream.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path) -> usize {
        folder.read_dir().expect("a folder").count()
    }

    #[test]
    fn nothing_appears_before_the_commit_and_nothing_stays_without_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("x.csv");
        let mut file = AtomicFile::create(&target, false).expect("opens");
        file.write_all(b"half").expect("writes");
        assert!(!target.exists());
        drop(file);
        assert_eq!(files(folder.path()), 0);
    }

    #[test]
    fn an_existing_file_is_replaced_only_on_request() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("x.csv");
        std::fs::write(&target, "old").expect("writes");
        let refused = AtomicFile::create(&target, false).err().expect("refused");
        assert!(refused.to_string().ends_with("exists already"), "{refused}");
        let mut file = AtomicFile::create(&target, true).expect("opens");
        file.write_all(b"new").expect("writes");
        file.commit().expect("commits");
        assert_eq!(std::fs::read_to_string(&target).expect("reads"), "new");
        assert_eq!(files(folder.path()), 1);
    }

    #[test]
    fn a_target_that_appears_meanwhile_is_not_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("x.csv");
        let file = AtomicFile::create(&target, false).expect("opens");
        std::fs::write(&target, "theirs").expect("writes");
        assert!(file.commit().is_err());
        assert_eq!(std::fs::read_to_string(&target).expect("reads"), "theirs");
    }

    #[test]
    fn a_companion_never_stands_beside_another_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (target, beside) = (folder.path().join("x.csv"), folder.path().join("x.csv.meta.json"));
        let pair = |text: &str, replace: bool| {
            [&target, &beside].map(|path| {
                let mut file = AtomicFile::create(path, replace).expect("opens");
                file.write_all(text.as_bytes()).expect("writes");
                file
            })
        };
        let read = |path: &Path| std::fs::read_to_string(path).ok();
        let [file, companion] = pair("old", false);
        file.commit_with(companion).expect("commits");
        let [file, companion] = pair("new", true);
        file.commit_with(companion).expect("commits");
        assert_eq!((read(&target), read(&beside)), (Some("new".into()), Some("new".into())));
        // The file cannot take its name: what told of the older one is gone before that.
        let [file, companion] = pair("newer", true);
        std::fs::remove_file(&target).expect("removes");
        std::fs::create_dir_all(target.join("taken")).expect("makes");
        assert!(file.commit_with(companion).is_err());
        assert_eq!((files(folder.path()), read(&beside)), (1, None));
    }

    #[test]
    fn a_missing_folder_is_found_before_the_work() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = AtomicFile::create(&folder.path().join("no/x.csv"), false).err().expect("refused");
        assert!(error.message().english().contains("there is no folder"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_and_a_link_is_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut device = AtomicFile::create(Path::new("/dev/null"), true).expect("opens");
        device.write_all(b"gone").expect("writes");
        device.commit().expect("commits");
        assert!(!Path::new("/dev/null").metadata().expect("there").is_file());

        let (real, link) = (folder.path().join("real.csv"), folder.path().join("link.csv"));
        std::fs::write(&real, "old").expect("writes");
        std::os::unix::fs::symlink(&real, &link).expect("links");
        assert!(AtomicFile::create(&link, false).is_err());
        let mut file = AtomicFile::create(&link, true).expect("opens");
        file.write_all(b"new").expect("writes");
        file.commit().expect("commits");
        assert_eq!(std::fs::read_to_string(&real).expect("reads"), "new");
        assert!(link.is_symlink());
    }
}
