//! A finished file into a bucket: it is there when the last of its bytes has come.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::sync::Arc;

use datafusion::object_store::path::Path as Key;
use datafusion::object_store::{
    Error as StoreError, MultipartUpload as _, ObjectStore as _, ObjectStoreExt as _, PutMode, Result,
};
use tokio::task::{JoinError, JoinSet};

use super::super::Put;
use super::address::Root;
use super::bucket::Bucket;
use super::lease::Held;
use super::names::Found;
use super::{faults, network};
use crate::error::{Error, reason};
use crate::language::Message;
use crate::ui::interrupt;

/// Up to how many bytes an object is sent in one request.
const AT_ONCE: u64 = 8 << 20;

/// The parts of a larger one, of which there may be ten thousand.
const PART: u64 = 16 << 20;
const PARTS: u64 = 9_000;

/// How many parts are on their way at the same time.
const IN_FLIGHT: usize = 4;

/// Sends a file, from its beginning; while a lock is `held`, if there is one.
///
/// # Errors
/// It cannot be read or written, is there already and may not be replaced, or the lock was lost; or the user gave it
/// up before the last of it was sent.
pub(super) fn upload(
    mut file: File,
    root: Root,
    key: Key,
    put: Put,
    held: Option<Arc<Held>>,
) -> io::Result<()> {
    file.rewind()?;
    let size = file.metadata()?.len();
    network::through(async move {
        let bucket = Bucket::of(&root).await?;
        bucket.check_writable()?;
        let sent = match size {
            0..=AT_ONCE => whole(&bucket, &key, &mut file, put, held.as_deref()).await,
            size => parts(&bucket, &key, &mut file, put, size, held.as_deref()).await,
        };
        bucket.forget();
        match sent {
            // The answer may have been lost, and what was sent be there: made again it is refused.
            Err(_) if holds(&bucket, &key, &mut file, size).await => Ok(()),
            sent => sent.map_err(|error| bucket.told(error, &key)),
        }
    })
}

/// Whether it is still to be done, at the last moment before it is.
async fn last_moment(held: Option<&Held>) -> Result<()> {
    if interrupt::is_asked() {
        return Err(faults::generic(Error::interrupted()));
    }
    match held {
        Some(held) => held.beat().await,
        None => Ok(()),
    }
}

/// Whether an object is that file.
async fn holds(bucket: &Bucket, key: &Key, file: &mut File, size: u64) -> bool {
    let Ok(Some(Found::File(meta))) = bucket.look(key).await else { return false };
    if meta.size != size || file.rewind().is_err() {
        return false;
    }
    let mut at = 0;
    while at < size {
        let end = size.min(at + PART);
        let mut ours = Vec::new();
        let read = file.by_ref().take(end - at).read_to_end(&mut ours);
        let theirs = bucket.bytes(key, at..end).await;
        if read.is_err() || theirs.map_or(true, |theirs| theirs != ours) {
            return false;
        }
        at = end;
    }
    true
}

async fn whole(bucket: &Bucket, key: &Key, file: &mut File, put: Put, held: Option<&Held>) -> Result<()> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| unread(&error))?;
    let mode = match put {
        Put::New => PutMode::Create,
        Put::Replacing => PutMode::Overwrite,
    };
    last_moment(held).await?;
    bucket.store.put_opts(key, bytes.into(), mode.into()).await.map(drop)
}

async fn parts(
    bucket: &Bucket,
    key: &Key,
    file: &mut File,
    put: Put,
    size: u64,
    held: Option<&Held>,
) -> Result<()> {
    let length = PART.max(size / PARTS);
    let mut upload = bucket.store.put_multipart(key).await?;
    let sent = async {
        let mut sending = JoinSet::new();
        loop {
            let mut part = Vec::new();
            file.by_ref().take(length).read_to_end(&mut part).map_err(|error| unread(&error))?;
            if part.is_empty() {
                break;
            }
            if sending.len() == IN_FLIGHT {
                sent(sending.join_next().await)?;
            }
            sending.spawn(upload.put_part(part.into()));
        }
        while let Some(part) = sending.join_next().await {
            sent(Some(part))?;
        }
        last_moment(held).await?;
        // Parts have no condition of their own.
        bucket.forget();
        match (put, bucket.look(key).await?) {
            (Put::New, Some(Found::File(_))) => {
                let source = "an object of that name".into();
                Err(StoreError::AlreadyExists { path: key.to_string(), source })
            }
            _ => Ok(()),
        }
    };
    let sent = async {
        tokio::select! {
            sent = sent => sent,
            () = interrupt::asked() => Err(faults::generic(Error::interrupted())),
        }
    };
    match sent.await {
        Ok(()) => upload.complete().await.map(drop),
        Err(error) => {
            // Parts that are left are paid for; the reason to stop is the one to be told.
            let _ = upload.abort().await;
            Err(error)
        }
    }
}

/// What became of a part.
fn sent(part: Option<std::result::Result<Result<()>, JoinError>>) -> Result<()> {
    match part {
        Some(Ok(sent)) => sent,
        Some(Err(error)) => Err(faults::generic(Error::bug(Message::verbatim(error.to_string())))),
        None => Ok(()),
    }
}

fn unread(error: &io::Error) -> StoreError {
    faults::generic(Error::data(reason(error)))
}
