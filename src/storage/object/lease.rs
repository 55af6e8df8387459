//! A lock in a bucket: an object that only one can make, and that its holder writes anew again and again.
//!
//! Nobody unlocks for a holder that died. Who finds the object watches it for a while by its own clock: where
//! it is written anew the holder lives, and where it is not the lock is taken over. Each step is a write under
//! the condition that nobody else wrote meanwhile, so that of two only one can succeed. To let go is such a step
//! too, and no removal, which has no condition: the object stays, and says that it is free.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::object_store::path::Path as Key;
use datafusion::object_store::{
    Error as StoreError, ObjectStore as _, ObjectStoreExt as _, PutMode, Result, UpdateVersion,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::address::Address;
use super::bucket::Bucket;
use super::faults::generic;
use super::network;
use crate::error::Error;
use crate::say;

/// How often a holder writes the object anew.
const BEAT: Duration = Duration::from_secs(3);

/// How long an object that is not written anew is watched before the lock is taken over.
const DEAD: Duration = Duration::from_secs(15);

/// For how long a holder that cannot write may go on: it stops well before others take over.
const ALIVE: Duration = Duration::from_secs(10);

/// How often whoever wants the lock looks at the object.
const WATCH: Duration = Duration::from_secs(1);

/// What the object holds: who has the lock, in words for a reader.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Holder {
    held_by: String,
    since: String,
    /// Another in each writing.
    beat: u64,
    /// Whether the lock is nobody's any more.
    #[serde(default)]
    free: bool,
}

impl Holder {
    fn this() -> Self {
        let host = sysinfo::System::host_name().unwrap_or_else(|_| "?".to_owned());
        let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
        let since = now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        // Not the same as that of another process of the same name and number at the same time.
        let beat = u64::from(now.timestamp_subsec_nanos()) << 20;
        Self { held_by: format!("{host}, process {}", std::process::id()), since, beat, free: false }
    }

    fn next(&self) -> Self {
        Self { beat: self.beat + 1, ..self.clone() }
    }

    fn released(&self) -> Self {
        Self { free: true, ..self.next() }
    }

    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The lock, held.
#[derive(Debug)]
pub(in super::super) struct Lease {
    held: Arc<Held>,
    beats: JoinHandle<()>,
}

/// A lock that is held, for those who ask whether it is still.
#[derive(Debug)]
pub(in super::super) struct Held {
    bucket: Arc<Bucket>,
    key: Key,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    holder: Holder,
    version: UpdateVersion,
    /// When it was written last; nothing once another has taken it over.
    written: Option<Instant>,
}

impl Held {
    /// Writes the object anew: who can do that holds the lock.
    ///
    /// # Errors
    /// It was lost, or that cannot be found out.
    pub(super) async fn beat(&self) -> Result<()> {
        loop {
            let begun = Instant::now();
            self.write().await?;
            // An answer that was long on its way tells what was, and not what is.
            if begun.elapsed() < ALIVE {
                return Ok(());
            }
        }
    }

    async fn write(&self) -> Result<()> {
        let mut state = self.state.lock().await;
        let State { holder, version, written } = &mut *state;
        let lost = || generic(Error::data(say!("the lock was lost: another took it over")));
        let last = written.ok_or_else(lost)?;
        let next = holder.next();
        let mode = PutMode::Update(version.clone());
        let now = Instant::now();
        match self.bucket.store.put_opts(&self.key, next.text().into(), mode.into()).await {
            Ok(put) => {
                *version = put.into();
                *holder = next;
                *written = Some(now);
                Ok(())
            }
            Err(StoreError::Precondition { .. } | StoreError::NotFound { .. }) => {
                // An answer that was lost on the way: what stands there is what was written.
                if let Ok((there, at)) = read(&self.bucket, &self.key).await
                    && there.text() == next.text()
                {
                    (*holder, *version, *written) = (next, at, Some(now));
                    return Ok(());
                }
                *written = None;
                Err(lost())
            }
            Err(error) => {
                if last.elapsed() > ALIVE {
                    *written = None;
                }
                Err(self.bucket.told(error, &self.key))
            }
        }
    }
}

/// What the object holds, and its version.
async fn read(bucket: &Bucket, key: &Key) -> Result<(Holder, UpdateVersion)> {
    let got = bucket.store.get(key).await?;
    let version = UpdateVersion { e_tag: got.meta.e_tag.clone(), version: got.meta.version.clone() };
    let unknown = Holder { held_by: "?".to_owned(), since: "?".to_owned(), beat: 0, free: false };
    let holder = serde_json::from_slice(&got.bytes().await?).unwrap_or(unknown);
    Ok((holder, version))
}

impl Lease {
    /// Takes the lock, or gives who has it.
    ///
    /// # Errors
    /// The bucket cannot be written, or does not know conditions.
    pub(in super::super) fn take(path: &Path) -> io::Result<std::result::Result<Self, String>> {
        let Address { root, key } = Address::of(path)?;
        network::wait(async move {
            let bucket = Bucket::of(&root).await?;
            let taken = take(&bucket, &key).await.map_err(|error| bucket.told(error, &key))?;
            // Whoever held it before may have changed what is known.
            bucket.forget();
            Ok(taken.map(|state| {
                let held = Arc::new(Held { bucket, key, state: Mutex::new(state) });
                let beating = held.clone();
                let beats = tokio::spawn(async move {
                    loop {
                        tokio::time::sleep(BEAT).await;
                        // Whoever puts something in its place asks whether the lock is held still.
                        let _ = beating.beat().await;
                    }
                });
                Self { held, beats }
            }))
        })
    }

    /// What tells whether it is held still.
    pub(in super::super) fn held(&self) -> Arc<Held> {
        self.held.clone()
    }
}

async fn take(bucket: &Bucket, key: &Key) -> Result<std::result::Result<State, String>> {
    let holder = Holder::this();
    let state =
        |version: UpdateVersion, at: Instant| State { holder: holder.clone(), version, written: Some(at) };
    loop {
        let now = Instant::now();
        match bucket.store.put_opts(key, holder.text().into(), PutMode::Create.into()).await {
            Ok(put) => {
                knows_conditions(bucket, key, &holder).await?;
                return Ok(Ok(state(put.into(), now)));
            }
            Err(StoreError::AlreadyExists { .. }) => {}
            Err(error) => return Err(error),
        }
        let Some((other, version)) = watched(bucket, key, &holder).await? else { continue };
        if let (true, Some(version)) = (other.text() == holder.text(), &version) {
            // It was made, and the answer was lost.
            return Ok(Ok(state(version.clone(), now)));
        }
        let Some(version) = version else {
            return Ok(Err(format!("{}, {}", other.held_by, other.since)));
        };
        let now = Instant::now();
        match bucket.store.put_opts(key, holder.text().into(), PutMode::Update(version).into()).await {
            Ok(put) => return Ok(Ok(state(put.into(), now))),
            // Another was faster.
            Err(StoreError::Precondition { .. } | StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Watches the object: who holds it, and its version where nobody does any more, or `this` does; `None` where it is
/// gone.
async fn watched(
    bucket: &Bucket,
    key: &Key,
    this: &Holder,
) -> Result<Option<(Holder, Option<UpdateVersion>)>> {
    let (holder, first) = match read(bucket, key).await {
        Ok(there) => there,
        Err(StoreError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    if holder.free || holder.text() == this.text() {
        return Ok(Some((holder, Some(first))));
    }
    let begun = Instant::now();
    while begun.elapsed() < DEAD {
        tokio::time::sleep(WATCH).await;
        match bucket.store.head(key).await {
            Ok(meta) if meta.e_tag != first.e_tag => return Ok(Some((holder, None))),
            Ok(_) => {}
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(Some((holder, Some(first))))
}

/// Refuses a bucket that makes an object twice although it must be new: there a lock is none.
async fn knows_conditions(bucket: &Bucket, key: &Key, holder: &Holder) -> Result<()> {
    let none = UpdateVersion { e_tag: Some("\"none\"".to_owned()), version: None };
    let mut known = 0;
    for mode in [PutMode::Create, PutMode::Update(none)] {
        match bucket.store.put_opts(key, holder.text().into(), mode.into()).await {
            Err(StoreError::AlreadyExists { .. } | StoreError::Precondition { .. }) => known += 1,
            Err(error) => return Err(error),
            // The same text once more.
            Ok(_) => {}
        }
    }
    match known {
        2 => Ok(()),
        _ => {
            let _ = bucket.store.delete(key).await;
            Err(generic(
                Error::data(say!(
                    "the bucket does not know conditional writes, without which nothing can be locked"
                ))
                .hint(say!("change the table on a disk, and copy it there")),
            ))
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.beats.abort();
        let held = self.held.clone();
        let _ = network::tidy(async move {
            let state = held.state.lock().await;
            let free = state.holder.released();
            let mode = PutMode::Update(state.version.clone());
            // Where it was lost it is another's, and stays as it is.
            let _ = held.bucket.store.put_opts(&held.key, free.text().into(), mode.into()).await;
            held.bucket.forget();
            Ok(())
        });
    }
}
