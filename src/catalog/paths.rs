//! Paths as they are on disk, whatever characters, links and dots are in them.

use std::path::{Path, PathBuf};

use datafusion::datasource::listing::ListingTableUrl;
use url::Url;

use crate::config::fence::real_path;
use crate::error::Result;
use crate::say;
use crate::ui::text;

/// The file of the same name in another Unicode form.
pub(super) fn namesake(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut entries = folder.read_dir().ok()?.filter_map(std::result::Result::ok).map(|entry| entry.path());
    entries.find(|other| {
        let found = other.file_name().and_then(|found| found.to_str());
        other != path && found.is_some_and(|found| text::nfc(found) == text::nfc(name))
    })
}

/// The URL of a local path, made without parsing: no character of a name means anything in it.
pub(super) fn url(path: &Path) -> Result<ListingTableUrl> {
    let real = real_path(path);
    let made = if real.is_dir() { Url::from_directory_path(&real) } else { Url::from_file_path(&real) };
    let fault = || super::unreadable(path, &say!("its path has no URL"));
    ListingTableUrl::try_new(made.map_err(|()| fault())?, None).map_err(|_| fault())
}
