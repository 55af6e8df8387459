//! x
pub mod error;
pub mod ui;
pub mod output;
pub mod sample;
pub mod config;
pub mod contract;
pub mod query;
pub mod catalog;
pub mod engine;
pub mod run;
pub mod shell;
pub mod commands;
pub mod cli;
