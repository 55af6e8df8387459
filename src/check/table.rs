//! All that the contract asks of a table, as checks.

use arrow::datatypes::Schema;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::Token;

use super::column;
use super::{Check, How};
use crate::contract::{Contract, FieldsMatch, ForeignKey, Names, Severity, Table};
use crate::language::Message;
use crate::query::words::quoted;
use crate::say;

/// The checks of a table whose stored columns are these.
///
/// `stored` gives the columns of another table, where that can be read.
pub(super) fn checks<'a>(
    contract: &Contract,
    table: &Table,
    schema: &Schema,
    stored: &impl Fn(&str) -> Option<&'a Schema>,
) -> Vec<Check> {
    let mut checks = Vec::new();
    columns(table, schema, &mut checks);
    for field in &table.schema.fields {
        if let Ok(held) = schema.field_with_name(&field.name) {
            checks.extend(column::checks(table, field, held.data_type()));
        }
    }
    // What is asked of a column that is not there or of another type was said above.
    let sound = |names: &[String]| {
        let at_fault = |name: &String| {
            checks.iter().any(|check| {
                matches!(check.rule.as_str(), "type" | "missing column") && check.columns == [name.clone()]
            })
        };
        names.iter().all(|name| schema.field_with_name(name).is_ok() && !at_fault(name))
    };
    let mut more = Vec::new();
    let primary = (&table.schema.primary_key, "primaryKey");
    let unique = table.schema.unique_keys.iter().map(|key| (key, "uniqueKeys"));
    for (Names(key), rule) in std::iter::once(primary).chain(unique) {
        more.extend(unknown(table, key, rule));
        if !key.is_empty() && sound(key) {
            let values = key.iter().map(|name| value(table, schema, name)).collect();
            more.push(Check {
                rule: rule.to_owned(),
                columns: key.clone(),
                severity: Severity::Error,
                meaning: say!("no two rows may have the same {columns}", columns = listed(key)),
                how: How::Repeats(values),
            });
        }
    }
    for key in &table.schema.foreign_keys {
        more.extend(unknown(table, &key.fields.0, "foreignKey"));
        if sound(&key.fields.0) {
            more.extend(foreign(contract, table, schema, key, stored));
        }
    }
    checks.extend(more);
    checks.extend(table.schema.rules.iter().map(|rule| {
        let whole = condition(&rule.expression);
        // A condition on null is kept, as in a CHECK constraint of SQL. What stands in a line of its
        // own may end in a comment.
        let fault = format!("NOT (\n{}\n)", rule.expression);
        Check {
            rule: rule.name.clone(),
            columns: Vec::new(),
            severity: rule.severity,
            meaning: match &whole {
                Err(reason) => {
                    say!("the contract is at fault: the rule is no condition of SQL: {reason}", reason)
                }
                Ok(()) => rule.meaning(),
            },
            how: match whole {
                Err(_) => How::Known,
                Ok(()) if asks(&rule.expression) => How::Asks(fault),
                Ok(()) => How::Row(fault),
            },
        }
    }));
    checks
}

/// Columns that are missing or too many.
fn columns(table: &Table, schema: &Schema, checks: &mut Vec<Check>) {
    let fields_match = table.schema.fields_match;
    let mut at_fault = |rule: &str, name: &str, meaning: Message| {
        checks.push(Check {
            rule: rule.to_owned(),
            columns: vec![name.to_owned()],
            severity: Severity::Error,
            meaning,
            how: How::Known,
        });
    };
    for field in &table.schema.fields {
        let name = &field.name;
        let needed = match fields_match {
            FieldsMatch::Exact | FieldsMatch::Equal | FieldsMatch::Subset => true,
            // A column that is not there is null in every row.
            FieldsMatch::Superset | FieldsMatch::Partial => {
                field.constraints.required || table.schema.primary_key.0.contains(name)
            }
        };
        if needed && schema.field_with_name(name).is_err() {
            at_fault("missing column", name, say!("there must be a column `{name}`", name));
        }
    }
    if matches!(fields_match, FieldsMatch::Exact | FieldsMatch::Equal | FieldsMatch::Superset) {
        let surplus = schema.fields().iter().filter(|field| table.field(field.name()).is_none());
        for field in surplus {
            let name = field.name();
            at_fault("surplus column", name, say!("the contract does not know the column `{name}`", name));
        }
    }
}

fn foreign<'a>(
    contract: &Contract,
    table: &Table,
    schema: &Schema,
    key: &ForeignKey,
    stored: &impl Fn(&str) -> Option<&'a Schema>,
) -> Option<Check> {
    let other = if key.reference.resource.is_empty() { &table.name } else { &key.reference.resource };
    let (here, there) = (&key.fields.0, &key.reference.fields.0);
    let check = |meaning: Message, how: How| {
        Some(Check {
            rule: "foreignKey".to_owned(),
            columns: here.clone(),
            severity: Severity::Error,
            meaning,
            how,
        })
    };
    let mistaken = |meaning: Message| check(meaning, How::Known);
    let key = listed(here);
    let Some(target) = contract.table(other) else {
        return mistaken(say!(
            "the contract is at fault: the foreign key {key} leads to `{table}`, which is no table of the contract",
            key,
            table = other
        ));
    };
    if here.len() != there.len() {
        return mistaken(say!(
            "the contract is at fault: the foreign key {key} has {here} columns and leads to {there}",
            key,
            here = here.len(),
            there = there.len()
        ));
    }
    if let Some(name) = there.iter().find(|name| target.field(name).is_none()) {
        return mistaken(say!(
            "the contract is at fault: the foreign key {key} leads to `{table}.{name}`, which is not in the contract",
            key,
            table = other,
            name
        ));
    }
    let target_schema = match stored(other) {
        _ if *other == table.name => schema,
        Some(schema) => schema,
        None => {
            let why = say!("there are no rows of `{table}`", table = other);
            return check(say!("it cannot be checked: {reason}", reason = why), How::Known);
        }
    };
    if there.iter().any(|name| target_schema.field_with_name(name).is_err()) {
        return None;
    }
    let given = here.iter().map(|name| format!("{} IS NOT NULL", value(table, schema, name)));
    let same = here.iter().zip(there).map(|(name, key)| {
        let (mine, theirs) = (quoted(name), quoted(key));
        // Qualified by the table's own name, which is the outer one.
        format!("\"there\".{theirs} = {}.{mine}", quoted(&table.name))
    });
    let fault = format!(
        "{} AND NOT EXISTS (SELECT 1 FROM {} AS \"there\" WHERE {})",
        given.collect::<Vec<_>>().join(" AND "),
        quoted(other),
        same.collect::<Vec<_>>().join(" AND "),
    );
    check(say!("{columns} must be in `{table}`", columns = key, table = other), How::Asks(fault))
}

/// A key that names a column which the contract does not know.
fn unknown(table: &Table, key: &[String], rule: &str) -> Option<Check> {
    let name = key.iter().find(|name| table.field(name).is_none())?;
    Some(Check {
        rule: rule.to_owned(),
        columns: key.to_vec(),
        severity: Severity::Error,
        meaning: say!(
            "the contract is at fault: `{rule}` names the column `{name}`, which it does not know",
            rule,
            name
        ),
        how: How::Known,
    })
}

/// A column's value in SQL.
fn value(table: &Table, schema: &Schema, name: &str) -> String {
    match (table.field(name), schema.field_with_name(name)) {
        (Some(field), Ok(held)) => column::value(table, field, held.data_type()),
        _ => quoted(name),
    }
}

/// Whether a text is one whole condition: brackets that close more than they open would make another
/// of it.
fn condition(expression: &str) -> Result<(), String> {
    let words =
        |error: &dyn std::fmt::Display| error.to_string().trim_start_matches("sql parser error: ").to_owned();
    let dialect = GenericDialect {};
    let mut parser = Parser::new(&dialect).try_with_sql(expression).map_err(|error| words(&error))?;
    parser.parse_expr().map_err(|error| words(&error))?;
    parser.expect_token(&Token::EOF).map(drop).map_err(|error| words(&error))
}

/// Whether a condition asks for other rows than its own: it can then stand in WHERE alone.
fn asks(expression: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let is = |token: Option<&str>, name: &str| token.is_some_and(|token| token.eq_ignore_ascii_case(name));
    // `(FROM t)` asks too.
    let begins = |inner: &str| is(inner.trim_start().split(|c| !word(c)).next(), "from");
    expression.split(|c| !word(c)).any(|token| is(Some(token), "select"))
        || expression.split('(').skip(1).any(begins)
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_asks_for_other_rows_in_a_query_within_it() {
        for asking in [
            "EXISTS (SELECT 1 FROM t)",
            "a IN (select x from t)",
            "a IN ( FROM t)",
            "(a = 1) OR b IN (from t)",
        ] {
            assert!(asks(asking), "{asking}");
        }
        for alone in ["a IS DISTINCT FROM b", "extract(YEAR FROM (d)) = 2022", "(fromage) = 1", "selected"] {
            assert!(!asks(alone), "{alone}");
        }
    }

    #[test]
    fn a_rule_is_one_whole_condition() {
        assert!(condition("a >= 0 AND b IS NOT NULL -- both").is_ok());
        assert!(condition("NOT EXISTS (SELECT 1 FROM t WHERE t.x = a)").is_ok());
        for broken in ["a >= 50) AND (a < 0", "", "a >=", "a > 0; DROP TABLE t", "a b"] {
            assert!(condition(broken).is_err(), "{broken}");
        }
    }
}
