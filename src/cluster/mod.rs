//! The servers of a Ballista cluster, with our functions in them.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `scheduler` | takes statements, cuts them into stages and hands these out |
//! | `executor` | works stages off and keeps their rows until they are fetched |
//! | `health` | whether an executor is well, by HTTP |
//! | `up` | a scheduler and some executors as processes of this machine |
//! | `log` | what Ballista warns of, on standard error |
//!
//! They trust whoever reaches them: there is no encryption and no password, so they listen on the loopback
//! interface unless told otherwise.

pub mod executor;
mod health;
pub mod log;
pub mod scheduler;
pub mod up;

use std::net::{IpAddr, SocketAddr, TcpListener};

use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;
use crate::ui::{Ui, interrupt};

/// How long the rows of a statement are kept, in seconds: a day, for whoever fetches them slowly.
const KEPT: u64 = 86_400;

/// A port to listen on: the one asked for, or a free one where that is 0.
///
/// # Errors
/// It cannot be listened on.
fn port(bind: IpAddr, port: u16) -> Result<u16> {
    let address = SocketAddr::new(bind, port);
    let listener = TcpListener::bind(address).map_err(|error| taken(address, &error))?;
    // Let go at once: Ballista binds it itself.
    Ok(listener.local_addr().map_err(|error| taken(address, &error))?.port())
}

fn taken(address: SocketAddr, error: &std::io::Error) -> Error {
    Error::data(say!("cannot listen on {address}: {reason}", address, reason = crate::error::reason(error)))
        .hint(say!("another port is taken by `--port PORT`"))
}

/// Says on standard output that a server is there: whoever started it may wait for that line.
fn ready(ui: &mut Ui, message: &Message) -> Result<()> {
    let line = format!("{}\n", message.text(ui.language));
    ui.print(&line)?;
    ui.flush()
}

/// What Ballista says went wrong.
fn failed(what: &Message, error: &ballista_core::error::BallistaError) -> Error {
    Error::data(say!("{what}: {reason}", what, reason = error))
}

/// Runs a server until it fails or the user ends it; what the server still has to do is done by `drain`.
async fn until_asked<T>(serving: impl Future<Output = Result<T>>, drain: impl AsyncFnOnce()) -> Result<()> {
    // Served until the end: whoever waits for a statement asks for it all the time.
    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        done = &mut serving => return done.map(drop),
        () = interrupt::asked() => {}
    }
    tokio::select! {
        done = &mut serving => done.map(drop),
        () = drain() => Ok(()),
    }
}
