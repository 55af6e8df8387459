//! SQL functions for Vietnamese text, numbers and dates: each a pure function under a thin wrapper.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `bounded` | bounds around functions of the engine that make much of little |
//! | `text` | `unaccent`, `normalize`, `search_key`, `contains_vi` |
//! | `collation` | `collation_key`, and the key that `--collate` sorts by |
//! | `number` | `format_number`, `format_vnd`, `parse_number`, `try_parse_number` |
//! | `date` | `format_date` |
//! | `label` | `label`: what a code of the contract stands for |
//! | `names` | `array_agg` and `string_agg` of different texts, in the order of a language |
//!
//! All take text of any encoding (`Utf8`, `LargeUtf8`, `Utf8View`, dictionaries) and give null for null.

mod bounded;
pub mod collation;
mod date;
mod label;
pub mod names;
mod number;
mod text;
mod texts;
mod udf;

#[cfg(test)]
mod tests;

#[cfg(feature = "cluster")]
use std::path::Path;
use std::sync::Arc;

use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
#[cfg(feature = "cluster")]
use datafusion::logical_expr::ScalarUDF;

use crate::contract::Lazy;

/// `label` by a contract.
#[cfg(feature = "cluster")]
pub fn label(contract: Arc<Lazy>) -> ScalarUDF {
    label::label(contract)
}

/// The folder of the contract that a function reads, if it does.
#[cfg(feature = "cluster")]
pub fn contract_of(function: &ScalarUDF) -> Option<&Path> {
    udf::contract_of(function)?.datasets()
}

/// Makes the functions known to a session; `label` reads its contract when it is first asked.
///
/// # Errors
/// The session takes no functions.
pub fn register(registry: &mut dyn FunctionRegistry, contract: &Arc<Lazy>) -> Result<()> {
    let functions = [
        text::unaccent(),
        text::normalize(),
        text::search_key(),
        text::contains_vi(),
        collation::collation_key(),
        collation::collation_order(),
        number::format_number(),
        number::format_vnd(),
        number::parse_number(),
        number::try_parse_number(),
        date::format_date(),
        label::label(contract.clone()),
    ];
    for function in functions {
        registry.register_udf(Arc::new(function))?;
    }
    bounded::register(registry)
}
