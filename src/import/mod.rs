//! What turns the bytes and cell texts of a file into values.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`encoding`] | bytes to UTF-8 |
//! | [`number`] | exact numbers, as Vietnamese offices write them |
//! | [`mod@file`] | a file on the disk, whatever it is |
//! | [`columns`] | which column of the table stands under which heading |
//! | [`value`] | a cell to a value of a column |
//! | [`told`] | the same for most cells, whose values tell all that stands in them |
//! | [`date`] | days, read day first |
//! | [`truth`] | yes and no |
//! | [`fold`] | text without accents, for matching |
//! | [`names`] | headers to columns, labels to codes |
//! | [`source`] | spreadsheets and delimited text as rows of cells under a heading |

pub mod columns;
pub mod date;
pub mod encoding;
pub mod file;
pub mod fold;
pub mod names;
pub mod number;
pub mod source;
pub mod told;
pub mod truth;
pub mod value;
