//! The whole program, as its users meet it: arguments in; status, stdout, stderr and files out.
//!
//! One binary, for each would link DataFusion. Every test has a folder and an environment of its own.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::print_stderr)]

mod bad_input;
mod charts;
mod check;
#[cfg(feature = "cluster")]
mod cluster;
mod commands;
mod diff;
mod editing;
mod env;
mod faults;
mod figures;
mod golden;
mod help;
mod import;
mod instructions;
mod language;
mod language_listings;
mod language_rows;
mod logic;
mod measures;
mod output;
mod packaging;
mod peer;
mod postgres;
mod provenance;
mod pty;
mod queries;
mod readme;
mod report;
mod report_browser;
mod report_page;
mod results;
#[cfg(feature = "s3")]
mod s3;
mod sample;
mod settings;
mod shell;
mod sql;
mod structure;
mod tables;
mod vietnamese;
mod waiting;
mod worded;
mod xlsx;
