//! Paths as they are on disk, whatever characters, links and dots are in them.

use std::path::{Path, PathBuf};

use datafusion::datasource::listing::ListingTableUrl;

use crate::config::fence::real_path;
use crate::error::Result;
use crate::say;
use crate::storage;
use crate::ui::text;

/// The file of the same name in another Unicode form.
pub(super) fn namesake(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Who writes to a bucket has not had its names changed by a file system.
    let mut entries = folder.read_dir().ok()?.filter_map(std::result::Result::ok).map(|entry| entry.path());
    entries.find(|other| {
        let found = other.file_name().and_then(|found| found.to_str());
        other != path && found.is_some_and(|found| text::nfc(found) == text::nfc(name))
    })
}

/// The URL of a path as the engine takes it.
pub(super) fn url(path: &Path) -> Result<ListingTableUrl> {
    let fault = || super::unreadable(path, &say!("its path has no URL"));
    let url = storage::url(&real_path(path)).ok_or_else(fault)?;
    ListingTableUrl::try_new(url, None).map_err(|_| fault())
}
