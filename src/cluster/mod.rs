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
//! They trust whoever reaches them, so they listen on the loopback interface unless told otherwise; with `--tls`
//! those alone reach them who show a certificate.

pub mod executor;
mod health;
pub mod log;
pub mod scheduler;
pub mod up;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

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

/// The address of this machine alone on which a server listens whose lines are encrypted: on the same port as they
/// are, for that is the one that it tells others.
///
/// # Errors
/// There is none that is free on all these ports.
fn behind(bind: IpAddr, ports: &[u16]) -> Result<IpAddr> {
    let addresses =
        [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into(), Ipv4Addr::new(127, 0, 0, 2).into()];
    let is_free = |address: &IpAddr| {
        *address != bind
            && ports.iter().all(|port| TcpListener::bind(SocketAddr::new(*address, *port)).is_ok())
    };
    addresses.into_iter().find(is_free).ok_or_else(|| {
        Error::data(say!("there is no address of this machine alone for what is behind {bind}", bind))
            .hint(say!("name one address to listen on: --bind ADDRESS"))
    })
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
