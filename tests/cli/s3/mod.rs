//! Workspaces, tables and results in a bucket: a real server on the loopback interface.

mod faults;
mod reading;
mod server;
mod writing;
