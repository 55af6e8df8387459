//! The subcommands, one a file: its arguments above its function.

pub mod check;
pub mod compact;
pub mod completions;
pub mod diff;
pub mod import;
pub mod init;
pub mod man;
pub mod queries;
pub mod report;
pub mod run;
pub mod sample;
pub mod sql;
pub mod tables;
pub mod verify;
pub mod why;
