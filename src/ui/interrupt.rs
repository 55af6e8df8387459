//! What asks the program to stop: Ctrl-C, the end of the terminal, a polite kill.
//!
//! They are heard on a thread of their own, so that no work on any other can keep them waiting; the
//! work looks here between its steps. A second one changes nothing: what was begun is given up in
//! order, and its temporary files go with it.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::error::{Error, Result};
use crate::say;

static ASKED: AtomicBool = AtomicBool::new(false);
static LEAVE: AtomicBool = AtomicBool::new(false);
static HEARD: Notify = Notify::const_new();

/// Begins to listen.
///
/// # Errors
/// The system gives no thread, or does not let us listen.
pub fn listen() -> Result<()> {
    let fault =
        |error: std::io::Error| Error::data(say!("cannot listen for Ctrl-C: {reason}", reason = error));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(fault)?;
    let listener = std::thread::Builder::new().name("signals".into());
    listener.spawn(move || runtime.block_on(hear())).map(drop).map_err(fault)
}

async fn hear() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).ok();
        let (Some(mut interrupt), Some(mut terminate), Some(mut hangup)) =
            (listen(SignalKind::interrupt()), listen(SignalKind::terminate()), listen(SignalKind::hangup()))
        else {
            return;
        };
        loop {
            let leave = tokio::select! {
                _ = interrupt.recv() => false,
                _ = terminate.recv() => true,
                _ = hangup.recv() => true,
            };
            ask(leave);
        }
    }
    #[cfg(not(unix))]
    while tokio::signal::ctrl_c().await.is_ok() {
        ask(false);
    }
}

fn ask(leave: bool) {
    LEAVE.fetch_or(leave, Ordering::SeqCst);
    ASKED.store(true, Ordering::SeqCst);
    HEARD.notify_waiters();
}

/// Whether the work at hand is to stop.
pub fn is_asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Whether the whole program is to end, the shell too.
pub fn must_leave() -> bool {
    LEAVE.load(Ordering::SeqCst)
}

/// Waits until the work at hand is to stop.
pub async fn asked() {
    loop {
        let heard = HEARD.notified();
        if is_asked() {
            return;
        }
        heard.await;
    }
}

/// Waits until the whole program is to end.
pub async fn leaving() {
    loop {
        let heard = HEARD.notified();
        if must_leave() {
            return;
        }
        heard.await;
    }
}

/// New work begins: what was asked of the last is settled.
pub fn clear() {
    ASKED.store(must_leave(), Ordering::SeqCst);
}
