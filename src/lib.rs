//! Ask a year's results: Parquet tables, saved queries and an SQL shell on Apache DataFusion.
//!
//! Data flows one way: arguments → config → query → plan → stream → sink. The modules stand here in
//! the order of their layers; each uses only those above it.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`language`] | what is said in Vietnamese and in English; numbers, dates, order and search of names |
//! | [`error`] | what went wrong, and the exit code that follows |
//! | [`ui`] | the two streams, the terminal, colour, progress |
//! | [`storage`] | files by their paths, on a disk or in a bucket (cargo feature `s3`) |
//! | [`output`] | results on their way out: a small sink for each format, files that appear whole |
//! | [`contract`] | what the tables and columns mean: `datasets/datapackage.json` |
//! | [`config`] | what was asked for, resolved once; the workspace |
//! | [`catalog`] | table names to files, opened when a query names them |
//! | [`query`] | queries as text: scripts, saved queries, front matter, parameters |
//! | [`import`] | bytes and cell texts of spreadsheets into values |
//! | [`sample`] | the synthetic year |
//! | [`functions`] | SQL functions for Vietnamese text, numbers and dates |
//! | [`engine`] | the DataFusion session; plans, permissions, errors with their place |
//! | [`run`] | the one path from a query to its result, which everything below takes |
//! | [`check`] | whether rows keep the contract and published figures hold |
//! | [`diff`] | two results compared, row by row and cell by cell |
//! | [`load`] | rows of files into a stored table, with nothing lost |
//! | [`meta`] | scripts of SQL and commands such as `\d`: the same in the shell, in files and in `-c` |
//! | [`provenance`] | what an export was made of, and whether it still comes out the same |
//! | [`report`] | the year's report: a template of figures, tables and charts as one page |
//! | [`shell`] | the interactive shell: editing, completion, highlighting |
//! | `cluster` | the servers of a Ballista cluster (cargo feature `cluster`) |
//! | [`commands`] | one subcommand a file |
//! | [`cli`] | the command line |

pub mod language;

pub mod error;

pub mod ui;

pub mod storage;

pub mod contract;
pub mod output;

pub mod config;

pub mod catalog;
pub mod import;
pub mod query;
pub mod sample;

pub mod functions;

pub mod engine;

#[cfg(feature = "cluster")]
pub mod cluster;
pub mod run;

pub mod check;
pub mod diff;

pub mod load;

pub mod meta;

pub mod provenance;

pub mod report;

pub mod shell;

pub mod commands;

pub mod cli;
