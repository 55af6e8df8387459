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

/// Begins to listen: once this returns, no signal ends the program any more.
///
/// The line editor puts back, after each line, what it found done about Ctrl-C before its first: that
/// has to be this.
///
/// # Errors
/// The system gives no thread, or does not let us listen.
pub fn listen() -> Result<()> {
    let fault =
        |error: std::io::Error| Error::data(say!("cannot listen for Ctrl-C: {reason}", reason = error));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(fault)?;
    let signals = {
        let _inside = runtime.enter();
        Signals::caught().map_err(fault)?
    };
    let listener = std::thread::Builder::new().name("signals".into());
    listener.spawn(move || runtime.block_on(signals.hear())).map(drop).map_err(fault)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn caught() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn hear(mut self) {
        loop {
            let leave = tokio::select! {
                _ = self.interrupt.recv() => false,
                _ = self.terminate.recv() => true,
                _ = self.hangup.recv() => true,
            };
            ask(leave);
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn caught() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn hear(mut self) {
        while self.0.recv().await.is_some() {
            ask(false);
        }
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    /// A shell whose first prompt came before the signals were caught was ended by its first Ctrl-C.
    #[test]
    fn signals_are_caught_from_the_moment_that_it_listens() {
        const INTERRUPT_TERMINATE_HANGUP: u64 = 1 << (2 - 1) | 1 << (15 - 1) | 1 << (1 - 1);
        super::listen().expect("listens");
        let status = std::fs::read_to_string("/proc/self/status").expect("readable");
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:\t")).expect("a line");
        let caught = u64::from_str_radix(caught, 16).expect("a set of signals");
        assert_eq!(caught & INTERRUPT_TERMINATE_HANGUP, INTERRUPT_TERMINATE_HANGUP, "{caught:x}");
    }
}
