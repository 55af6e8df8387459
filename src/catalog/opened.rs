//! Tables that were opened before, for as long as their files stay the same.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use datafusion::catalog::TableProvider;
use datafusion::execution::SessionState;

use super::Location;
use crate::error::Result;
use crate::storage;

/// What tells that a file is still the one that was opened: its path, its bytes and when it was written,
/// by which the reader tells it of the footers that it keeps.
type Stamp = (PathBuf, u64, SystemTime);

#[derive(Debug)]
struct Entry {
    stamps: Vec<Stamp>,
    table: Arc<dyn TableProvider>,
}

/// The tables that were opened, by where they are.
#[derive(Debug, Default)]
pub(super) struct Opened(Mutex<HashMap<Location, Entry>>);

impl Opened {
    /// The table as it was opened before, or opened now.
    ///
    /// # Errors
    /// Those of [`Location::open`].
    pub(super) async fn open(
        &self,
        location: &Location,
        opener: &SessionState,
    ) -> Result<Arc<dyn TableProvider>> {
        // Looked at before it is opened: what changes meanwhile is opened again the next time.
        let stamps = stamps(location);
        let known = |entry: &&Entry| Some(&entry.stamps) == stamps.as_ref();
        if let Some(entry) = self.entries().get(location).filter(known) {
            return Ok(entry.table.clone());
        }
        let table = location.open(opener).await?;
        if let Some(stamps) = stamps {
            self.entries().insert(location.clone(), Entry { stamps, table: table.clone() });
        }
        Ok(table)
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Location, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stamps of the files of a table; nothing where one of them cannot be looked at.
fn stamps(location: &Location) -> Option<Vec<Stamp>> {
    let stamp = |path: PathBuf| {
        let look = storage::look(&path).ok()?;
        // A path may be seen from a folder that the shell has left since.
        Some((storage::absolute(&path).ok()?, look.bytes, look.modified?))
    };
    location.files().into_iter().map(stamp).collect()
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::SessionContext;

    use super::*;

    #[tokio::test]
    async fn a_table_is_opened_again_when_its_file_is_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("t.csv");
        let (opened, opener) = (Opened::default(), SessionContext::new().state());
        let location = Location::File(path.clone());
        assert!(opened.open(&location, &opener).await.is_err(), "it is not there yet");
        std::fs::write(&path, "a\n1\n").expect("writes");
        let first = opened.open(&location, &opener).await.expect("opens");
        let second = opened.open(&location, &opener).await.expect("opens");
        assert!(Arc::ptr_eq(&first, &second));
        std::fs::write(&path, "a,b\n1,2\n").expect("writes");
        let third = opened.open(&location, &opener).await.expect("opens");
        assert_eq!(third.schema().fields().len(), 2);
        std::fs::remove_file(&path).expect("removes");
        assert!(opened.open(&location, &opener).await.is_err(), "it is gone");
    }

    #[tokio::test]
    async fn a_file_that_is_added_to_a_folder_is_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/units.parquet");
        let (opened, opener) = (Opened::default(), SessionContext::new().state());
        let location = Location::Folder(folder.path().to_owned());
        std::fs::copy(&sample, folder.path().join("a.parquet")).expect("copies");
        let first = opened.open(&location, &opener).await.expect("opens");
        std::fs::copy(&sample, folder.path().join("b.parquet")).expect("copies");
        let second = opened.open(&location, &opener).await.expect("opens");
        assert!(!Arc::ptr_eq(&first, &second));
    }
}
