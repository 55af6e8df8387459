//! Workspaces, tables and results in a bucket: a real server on the loopback interface.

#[cfg(feature = "cluster")]
mod clustered;
mod faults;
mod reading;
mod server;
mod writing;
