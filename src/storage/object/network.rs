//! The threads that requests run on, and how others wait for them.

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::sync::OnceLock;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use datafusion::object_store::Result as StoreResult;
use tokio::runtime::{Builder, Handle, Runtime};

use super::faults;
use crate::error::Error;
use crate::language::Message;
use crate::say;
use crate::ui::interrupt;

/// How often whoever waits looks whether the user has given it up.
const LOOK: Duration = Duration::from_millis(20);

/// How long what was given up has for the last of it.
const GIVEN_UP: Duration = Duration::from_secs(30);

/// The threads of the network, started when they are first needed.
///
/// # Errors
/// The system gives none.
pub(super) fn threads() -> io::Result<Handle> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread().worker_threads(2).thread_name("network").enable_all().build()
    });
    match runtime {
        Ok(runtime) => Ok(runtime.handle().clone()),
        Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
    }
}

/// Does work on the threads of the network for whoever awaits it elsewhere: what holds a lock there is never left
/// unpolled by threads that wait for it.
///
/// # Errors
/// Those of the work.
pub(super) async fn there<T: Send + 'static>(
    work: impl Future<Output = StoreResult<T>> + Send + 'static,
) -> StoreResult<T> {
    let threads = threads().map_err(|error| faults::generic(faults::ours(&error)))?;
    match threads.spawn(work).await {
        Ok(done) => done,
        Err(error) => Err(faults::generic(Error::data(Message::verbatim(error.to_string())))),
    }
}

/// Waits for work on the network, until the user presses Ctrl-C.
///
/// # Errors
/// Those of the work, in our words; it was interrupted.
pub(super) fn wait<T: Send + 'static>(
    work: impl Future<Output = StoreResult<T>> + Send + 'static,
) -> io::Result<T> {
    wait_while(work, Error::interrupted, || !interrupt::is_asked())
}

/// Waits for work that looks itself whether the user has given it up, and that is not to be left in the middle.
///
/// # Errors
/// Those of the work, in our words; it did not end within half a minute after it was given up, and what became of
/// it is not known.
pub(super) fn through<T: Send + 'static>(
    work: impl Future<Output = StoreResult<T>> + Send + 'static,
) -> io::Result<T> {
    let asked = Cell::new(None::<Instant>);
    let unknown = || {
        Error::data(say!("it was given up while the last of it was on its way"))
            .hint(say!("look whether it is there before it is done again"))
    };
    wait_while(work, unknown, || {
        if !interrupt::is_asked() {
            return true;
        }
        let since = asked.get().unwrap_or_else(Instant::now);
        asked.set(Some(since));
        since.elapsed() < GIVEN_UP
    })
}

/// Waits for work that is done after an interrupt too, but not for ever.
///
/// # Errors
/// Those of the work, in our words; it took too long.
pub(super) fn tidy<T: Send + 'static>(
    work: impl Future<Output = StoreResult<T>> + Send + 'static,
) -> io::Result<T> {
    let begun = Instant::now();
    wait_while(work, Error::interrupted, || begun.elapsed() < Duration::from_secs(5))
}

fn wait_while<T: Send + 'static>(
    work: impl Future<Output = StoreResult<T>> + Send + 'static,
    ended: impl Fn() -> Error,
    goes_on: impl Fn() -> bool,
) -> io::Result<T> {
    let (send, receive) = sync_channel(1);
    let task = threads()?.spawn(async move {
        let _ = send.send(work.await);
    });
    loop {
        match receive.recv_timeout(LOOK) {
            Ok(done) => return done.map_err(|error| faults::of_store(&error)),
            Err(RecvTimeoutError::Timeout) if goes_on() => {}
            Err(RecvTimeoutError::Timeout) => {
                task.abort();
                return Err(faults::of(ended()));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other("the work on the network ended early"));
            }
        }
    }
}
