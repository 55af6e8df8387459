//! The subcommands, one a file: its arguments above its function.

pub mod check;
#[cfg(feature = "cluster")]
pub mod cluster;
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

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::say;

/// The parser of a flag that takes a whole number of a range.
pub fn whole<T>(range: RangeInclusive<T>) -> impl Fn(&str) -> Result<T> + Clone + Send + Sync + 'static
where
    T: FromStr + PartialOrd + Display + Clone + Send + Sync + 'static,
{
    move |text| {
        let number = text.parse::<T>().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| {
            let (low, high) = (range.start(), range.end());
            Error::usage(say!("expected a whole number from {low} to {high}", low, high))
        })
    }
}
