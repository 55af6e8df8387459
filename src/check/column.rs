//! What the contract asks of one column, as conditions in SQL.
//!
//! Constraints are held against logical values (Table Schema): a text that stands for a missing value
//! is null, and null passes everything but `required`.

use arrow::datatypes::DataType;
use chrono::NaiveDate;

use super::{Check, How};
use crate::contract::{Field, FieldType, Limit, Severity, Table};
use crate::query::words::{literal, quoted, type_name};
use crate::ui::text;

/// The constraints of Table Schema.
const CONSTRAINTS: [&str; 10] = [
    "required",
    "unique",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "enum",
];

/// The checks of a column that the stored table has, with the value that SQL sees.
pub(super) fn checks(table: &Table, field: &Field, stored: &DataType) -> Vec<Check> {
    let column = Column { table, field, stored };
    if !fits(field.kind, stored) {
        let how = How::Row(format!("{} IS NOT NULL", quoted(&field.name)));
        let meaning =
            format!("`{}` must be {}, and is stored as {}", field.name, field.kind.word(), type_name(stored));
        return vec![column.check("type", meaning, how)];
    }
    let mut checks = column.unknown();
    column.presence(&mut checks);
    column.values(&mut checks);
    column.texts(&mut checks);
    column.codes(&mut checks);
    checks
}

/// A column's value in SQL: null where a text in it stands for a missing value.
pub(super) fn value(table: &Table, field: &Field, stored: &DataType) -> String {
    let name = quoted(&field.name);
    let missing = table.missing(field);
    match (is_text(stored), missing.as_slice()) {
        (false, _) | (true, []) => name,
        (true, [one]) => format!("nullif({name}, {})", literal(one)),
        (true, many) => {
            let texts: Vec<String> = many.iter().map(|text| literal(text)).collect();
            format!("CASE WHEN {name} IN ({}) THEN NULL ELSE {name} END", texts.join(", "))
        }
    }
}

struct Column<'a> {
    table: &'a Table,
    field: &'a Field,
    stored: &'a DataType,
}

impl Column<'_> {
    fn value(&self) -> String {
        value(self.table, self.field, self.stored)
    }

    fn check(&self, rule: &str, meaning: String, how: How) -> Check {
        Check {
            rule: rule.to_owned(),
            columns: vec![self.field.name.clone()],
            severity: Severity::Error,
            meaning,
            how,
        }
    }

    /// A constraint that says what no value can be held against.
    fn mistaken(&self, rule: &str, why: &str) -> Check {
        let meaning = format!("the contract is at fault: `{rule}` of `{}` {why}", self.field.name);
        self.check(rule, meaning, How::Known)
    }

    /// What the contract says that is no constraint, type or format which is known here: not to be
    /// passed over, for somebody thinks that it is held.
    fn unknown(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        for name in self.field.constraints.unknown.keys() {
            let near = text::nearest(name, CONSTRAINTS).map(|near| format!(" (did you mean `{near}`?)"));
            checks.push(self.mistaken(name, &format!("is no constraint{}", near.unwrap_or_default())));
        }
        if self.field.kind == FieldType::Unknown {
            checks.push(self.mistaken("type", "is none that there is"));
        }
        if let Some(format) =
            self.field.format.as_deref().filter(|format| !["default", "any"].contains(format))
        {
            let meaning = format!("the format `{format}` of `{}` is not checked", self.field.name);
            checks.push(Check { severity: Severity::Warning, ..self.check("format", meaning, How::Known) });
        }
        if self.field.constraints.one_of.as_ref().is_some_and(Vec::is_empty) {
            checks.push(self.mistaken("enum", "allows nothing"));
        }
        checks
    }

    fn presence(&self, checks: &mut Vec<Check>) {
        let name = &self.field.name;
        if self.field.constraints.required || self.table.schema.primary_key.0.contains(name) {
            let how = How::Row(format!("{} IS NULL", self.value()));
            checks.push(self.check("required", format!("`{name}` must be given"), how));
        }
        if self.field.constraints.unique {
            let how = How::Repeats(vec![self.value()]);
            checks.push(self.check("unique", format!("no value of `{name}` may stand in two rows"), how));
        }
        let whole = matches!(self.field.kind, FieldType::Integer | FieldType::Year);
        if whole && !matches!(self.stored, DataType::Decimal128(_, 0)) && !self.stored.is_integer() {
            let value = self.value();
            let how = How::Row(format!("{value} <> floor({value})"));
            checks.push(self.check("type", format!("`{name}` must be a whole number"), how));
        }
    }

    fn values(&self, checks: &mut Vec<Check>) {
        let limits = &self.field.constraints;
        let name = &self.field.name;
        let bounds = [
            ("minimum", &limits.minimum, "<", "at least"),
            ("maximum", &limits.maximum, ">", "at most"),
            ("exclusiveMinimum", &limits.exclusive_minimum, "<=", "above"),
            ("exclusiveMaximum", &limits.exclusive_maximum, ">=", "below"),
        ];
        for (rule, limit, fault, words) in bounds {
            let Some(limit) = limit else { continue };
            checks.push(match self.limit(limit) {
                _ if matches!(
                    self.field.kind,
                    FieldType::String | FieldType::Boolean | FieldType::Any | FieldType::Unknown
                ) =>
                {
                    self.mistaken(rule, &format!("bounds values of the type {}", self.field.kind.word()))
                }
                Some(sql) => {
                    let how = How::Row(format!("{} {fault} {sql}", self.value()));
                    self.check(rule, format!("`{name}` must be {words} {limit}"), how)
                }
                None => self.mistaken(rule, &format!("is {limit}, which is no {}", self.field.kind.word())),
            });
        }
    }

    fn texts(&self, checks: &mut Vec<Check>) {
        let limits = &self.field.constraints;
        let name = &self.field.name;
        let lengths = [
            ("minLength", limits.min_length, "<", "at least"),
            ("maxLength", limits.max_length, ">", "at most"),
        ];
        for (rule, length, fault, words) in lengths {
            let Some(length) = length else { continue };
            checks.push(if is_text(self.stored) {
                let how = How::Row(format!("character_length({}) {fault} {length}", self.value()));
                self.check(rule, format!("`{name}` must have {words} {length} characters"), how)
            } else {
                self.mistaken(rule, "is for text")
            });
        }
        if let Some(pattern) = &limits.pattern {
            // As in XML Schema, the whole text fits.
            let whole = format!(r"\A(?:{pattern})\z");
            checks.push(if !is_text(self.stored) {
                self.mistaken("pattern", "is for text")
            } else if subtracts(pattern) || regex::Regex::new(&whole).is_err() {
                self.mistaken("pattern", &format!("is no regular expression: `{pattern}`"))
            } else {
                let how = How::Row(format!("NOT regexp_like({}, {})", self.value(), literal(&whole)));
                self.check("pattern", format!("`{name}` must fit `{pattern}`"), how)
            });
        }
    }

    fn codes(&self, checks: &mut Vec<Check>) {
        let codes = self.field.constraints.allowed(&self.field.categories);
        if codes.is_empty() {
            return;
        }
        let listed = codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let literals: Option<Vec<String>> = codes.iter().map(|code| self.limit(code)).collect();
        let rule = if self.field.constraints.one_of.is_some() { "enum" } else { "categories" };
        checks.push(match literals {
            Some(literals) => {
                let how = How::Row(format!("{} NOT IN ({})", self.value(), literals.join(", ")));
                self.check(rule, format!("`{}` must be one of {listed}", self.field.name), how)
            }
            None => self.mistaken(rule, &format!("has a value that is no {}", self.field.kind.word())),
        });
    }

    /// A value of the contract as a literal of the column's type.
    fn limit(&self, limit: &Limit) -> Option<String> {
        match self.field.kind {
            FieldType::String | FieldType::Any | FieldType::Unknown => Some(literal(&limit.to_string())),
            FieldType::Integer | FieldType::Number | FieldType::Year => {
                let text = limit.to_string();
                text.parse::<f64>().ok().filter(|number| number.is_finite())?;
                // Written out: an exponent would make a number of the other kind of it.
                Some(if text.contains(['e', 'E']) { format!("CAST({text} AS DOUBLE)") } else { text })
            }
            FieldType::Boolean => match limit {
                Limit::Truth(value) => Some(value.to_string()),
                _ => None,
            },
            FieldType::Date => {
                let day = NaiveDate::parse_from_str(&limit.to_string(), "%Y-%m-%d").ok()?;
                Some(format!("DATE '{day}'"))
            }
            FieldType::Datetime => Some(format!("TIMESTAMP {}", literal(&limit.to_string()))),
            FieldType::Time => Some(format!("TIME {}", literal(&limit.to_string()))),
        }
    }
}

/// Whether a stored type holds values of a type of the contract.
fn fits(kind: FieldType, stored: &DataType) -> bool {
    let stored = match stored {
        DataType::Dictionary(_, values) => values,
        stored => stored,
    };
    match kind {
        FieldType::Any | FieldType::Unknown => true,
        FieldType::String => is_text(stored),
        FieldType::Integer | FieldType::Year | FieldType::Number => stored.is_numeric(),
        FieldType::Boolean => matches!(stored, DataType::Boolean),
        FieldType::Date => matches!(stored, DataType::Date32 | DataType::Date64),
        FieldType::Datetime => matches!(stored, DataType::Timestamp(..)),
        FieldType::Time => matches!(stored, DataType::Time32(_) | DataType::Time64(_)),
    }
}

/// Whether a class in a pattern takes another away, `[a-z-[aeiou]]`: so it is written in XML Schema,
/// and here it would silently mean something else.
fn subtracts(pattern: &str) -> bool {
    let (mut in_class, mut last) = (false, ' ');
    for c in pattern.chars() {
        match (last, c) {
            ('\\', _) => {
                last = ' ';
                continue;
            }
            ('-', '[') if in_class => return true,
            (_, '[') => in_class = true,
            (_, ']') => in_class = false,
            _ => {}
        }
        last = c;
    }
    false
}

fn is_text(stored: &DataType) -> bool {
    match stored {
        DataType::Dictionary(_, values) => is_text(values),
        stored => matches!(stored, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_takes_another_away_is_seen() {
        assert!(subtracts("[a-z-[aeiou]]+"));
        assert!(!subtracts("[AB][0-9]{4}-[0-9]{6}") && !subtracts(r"[a\]-]x\[-[y]") && !subtracts("a-b"));
    }
}
