//! What a table's contract says that the rules go by.

use crate::contract::{Field, FieldType, Table};

/// The sets of columns that no two rows share.
pub(super) fn keys(table: &Table) -> Vec<Vec<&str>> {
    let schema = &table.schema;
    let declared = std::iter::once(&schema.primary_key).chain(&schema.unique_keys);
    let declared = declared.filter(|key| !key.0.is_empty());
    let declared = declared.map(|key| key.0.iter().map(String::as_str).collect());
    let single = schema.fields.iter().filter(|field| field.constraints.unique);
    declared.chain(single.map(|field| vec![field.name.as_str()])).collect()
}

/// The id of what a table is named after (`trainee_id` in `trainees`), where rows may share it.
pub(super) fn repeated_id(table: &Table) -> Option<&str> {
    let name = format!("{}_id", table.name.strip_suffix('s')?);
    let field = table.field(&name)?;
    let repeats = keys(table).iter().all(|key| *key != [field.name.as_str()]);
    repeats.then_some(field.name.as_str())
}

/// The column with the date of a table's stocks: the date in its key, or else its only date.
pub(super) fn stock_date(table: &Table) -> Option<&Field> {
    let dates = || table.schema.fields.iter().filter(|field| field.kind == FieldType::Date);
    let keys = keys(table);
    let in_key = |field: &&Field| keys.iter().flatten().any(|name| *name == field.name);
    let only = || dates().next().filter(|_| dates().count() == 1);
    dates().find(in_key).or_else(only)
}
