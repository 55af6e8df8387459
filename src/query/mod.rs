//! Queries as text: saved ones with their front matter and parameters, and scripts of statements.

pub mod header;
pub mod library;
pub mod params;
pub mod source;
pub mod split;
pub mod value;
pub mod words;
mod year;

pub use self::library::{Library, SavedQuery};
pub use self::source::{Source, Statement};
