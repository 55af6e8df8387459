//! Where the scheduler of a cluster is reached.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::say;

/// How the address of a cluster begins.
const SCHEME: &str = "ballista://";

/// The port on which a scheduler listens where none is named.
pub const SCHEDULER_PORT: u16 = 50050;

/// The scheduler of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduler {
    /// The name or number of its machine; an IPv6 address stands in brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
}

impl FromStr for Scheduler {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let rest = text.strip_prefix(SCHEME).map(|rest| rest.trim_end_matches('/'));
        // The colons of an IPv6 address stand before its bracket.
        let parts = rest.map(|rest| match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
            _ => (rest, Some(SCHEDULER_PORT)),
        });
        match parts {
            Some((host, Some(port))) if is_host(host) && port > 0 => Ok(Self { host: host.to_owned(), port }),
            _ => Err(Error::usage(say!("expected ballista://HOST:PORT"))),
        }
    }
}

/// What a machine shows and asks for where the lines of a cluster are encrypted: each end is known to the other.
#[derive(Clone, PartialEq, Eq)]
pub struct Tls {
    /// The certificates of those who may sign, in PEM.
    pub authority: Vec<u8>,
    /// This machine's, with those between it and an authority, in PEM.
    pub certificate: Vec<u8>,
    /// The key to it, in PEM.
    pub key: Vec<u8>,
}

impl Tls {
    /// Reads a folder: `ca.pem`, `cert.pem` and `key.pem`.
    ///
    /// # Errors
    /// One of them is not there, or cannot be read.
    pub fn read(folder: &Path) -> Result<Self> {
        let file = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|error| {
                Error::reading(&path, &error)
                    .hint(say!("`--tls DIR` names a folder with ca.pem, cert.pem and key.pem"))
            })
        };
        Ok(Self { authority: file("ca.pem")?, certificate: file("cert.pem")?, key: file("key.pem")? })
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

fn is_host(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    match inner {
        Some(inner) => !inner.is_empty() && inner.chars().all(|c| c.is_ascii_hexdigit() || c == ':'),
        None => !text.is_empty() && text.chars().all(name),
    }
}

impl fmt::Display for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_and_perhaps_a_port() {
        let told = |text: &str| text.parse::<Scheduler>().map(|at| at.to_string()).ok();
        assert_eq!(told("ballista://may-1.tinh:7000/").as_deref(), Some("ballista://may-1.tinh:7000"));
        assert_eq!(told("ballista://10.0.0.1").as_deref(), Some("ballista://10.0.0.1:50050"));
        assert_eq!(told("ballista://[::1]:5").as_deref(), Some("ballista://[::1]:5"));
        assert_eq!(told("ballista://[::1]").as_deref(), Some("ballista://[::1]:50050"));
        for wrong in
            ["", "ballista://", "may-1:7000", "ballista://x:0", "ballista://x:70000", "ballista://a b:1"]
        {
            assert_eq!(told(wrong), None, "{wrong}");
        }
    }
}
