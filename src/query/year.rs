//! The year that saved queries are about: `$year` in the default of a parameter stands for it.

/// What stands for the year in a default: `default = "$year-12-31"`.
const YEAR: &str = "$year";

/// A default with the year in it.
pub(super) fn in_default(default: &toml::Value, year: i32) -> toml::Value {
    match default {
        toml::Value::String(text) => toml::Value::String(text.replace(YEAR, &year.to_string())),
        toml::Value::Array(values) => {
            toml::Value::Array(values.iter().map(|value| in_default(value, year)).collect())
        }
        other => other.clone(),
    }
}

/// Whether a default has the year in it.
pub(super) fn names_year(default: &toml::Value) -> bool {
    match default {
        toml::Value::String(text) => text.contains(YEAR),
        toml::Value::Array(values) => values.iter().any(names_year),
        _ => false,
    }
}
