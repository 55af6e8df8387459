//! Where the lines of earlier sessions are kept: the user's own state folder, readable by no other.

use std::path::{Path, PathBuf};

/// The history file: `$XDG_STATE_HOME/tongket/history`, else below `~/.local/state`; `None` where
/// there is no home.
pub(super) fn path() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
    state.map(|state| state.join("tongket/history"))
}

/// Makes the file where it is missing, for the user alone (mode 0600).
///
/// # Errors
/// The folder or the file cannot be made.
pub(super) fn prepare(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A file from elsewhere may be readable by others.
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}
