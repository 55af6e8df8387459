//! What may be reached under `--safe`: what lies in the workspace, wherever names, dots and links lead.

use std::path::{Component, Path, PathBuf};

use crate::error::{Error, Result};
use crate::say;
use crate::storage;

/// How far a session reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Fence {
    /// Everywhere.
    #[default]
    None,
    /// Into this folder alone, whose path is without links.
    Around(PathBuf),
    /// Nowhere: there is no workspace.
    Shut,
}

impl Fence {
    /// The fence around a folder.
    pub(super) fn around(folder: &Path) -> Self {
        Self::Around(real_path(folder))
    }

    /// Refuses what lies outside, whether it is there or not.
    ///
    /// # Errors
    /// The path leads out of the workspace.
    pub fn check(&self, path: &Path) -> Result<()> {
        let is_inside = match self {
            Self::None => true,
            Self::Around(folder) => {
                let real = real_path(path);
                // A name that is not there has no parent to go to.
                real.starts_with(folder) && !real.components().any(|part| part == Component::ParentDir)
            }
            Self::Shut => false,
        };
        match is_inside {
            true => Ok(()),
            false => Err(Error::usage(say!("`{path}` lies outside the workspace", path = path.display()))
                .hint(say!(
                    "`--safe` reads nothing there but what the command line names: --table NAME=PATH"
                ))),
        }
    }
}

/// A path without links and dots, as far as it exists: what is not there yet keeps its name.
pub fn real_path(path: &Path) -> PathBuf {
    if storage::is_object(path) {
        return path.to_owned();
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut missing = Vec::new();
    let mut there = absolute.as_path();
    loop {
        if let Ok(real) = there.canonicalize() {
            return missing.iter().rev().fold(real, |path, name| path.join(name));
        }
        match (there.parent(), there.file_name()) {
            (Some(parent), Some(name)) => {
                missing.push(name);
                there = parent;
            }
            _ => return absolute,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_and_missing_names_lead_nowhere_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).expect("makes");
        let fence = Fence::around(&inner);
        let reaches = |path: &str| fence.check(&inner.join(path)).is_ok();
        assert!(reaches("a.csv") && reaches("new/b.csv") && reaches("../inner/c.csv"));
        assert!(!reaches("../a.csv") && !reaches("/etc/passwd") && !reaches("../inner2/a.csv"));
        assert!(!reaches("none/../../a.csv"));
        assert!(Fence::None.check(Path::new("/etc/passwd")).is_ok());
        assert!(Fence::Shut.check(&inner).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).expect("makes");
        std::fs::write(folder.path().join("secret.csv"), "a\n1\n").expect("writes");
        std::os::unix::fs::symlink("../secret.csv", inner.join("link.csv")).expect("links");
        std::os::unix::fs::symlink("..", inner.join("up")).expect("links");
        let fence = Fence::around(&inner);
        assert!(fence.check(&inner.join("link.csv")).is_err());
        assert!(fence.check(&inner.join("up/secret.csv")).is_err());
        assert!(fence.check(&inner.join("up/inner/x.csv")).is_ok());
    }
}
