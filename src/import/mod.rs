//! What turns the bytes and cell texts of a file into values.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`encoding`] | bytes to UTF-8 |
//! | [`number`] | exact numbers, as Vietnamese offices write them |
//! | [`date`] | days, read day first |
//! | [`truth`] | yes and no |
//! | [`fold`] | text without accents, for matching |
//! | [`names`] | headers to columns, labels to codes |

pub mod date;
pub mod encoding;
pub mod fold;
pub mod names;
pub mod number;
pub mod truth;
