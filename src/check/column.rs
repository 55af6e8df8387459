//! What the contract asks of one column, as conditions in SQL.
//!
//! Constraints are held against logical values (Table Schema): a text that stands for a missing value
//! is null, and null passes everything but `required`.

use arrow::datatypes::DataType;
use chrono::NaiveDate;

use super::{Check, How};
use crate::contract::{Field, FieldType, Limit, Severity, Table};
use crate::language::Message;
use crate::query::words::{literal, quoted, type_name};
use crate::say;
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
        let meaning = say!(
            "`{column}` must be {kind}, and is stored as {stored}",
            column = field.name,
            kind = field.kind.word(),
            stored = type_name(stored)
        );
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

/// What a constraint says that no value can be held against.
enum Mistake<'a> {
    /// No constraint is called so; the nearest that is.
    NoConstraint(Option<&'a str>),
    /// There is no such type.
    NoType,
    /// No value is allowed.
    Nothing,
    /// Values of the type have no order.
    NoOrder(FieldType),
    /// The bound is no value of the type.
    NoBound(&'a Limit, FieldType),
    /// A code is no value of the type.
    NoCode(FieldType),
    /// It is for texts, and the column holds none.
    ForText,
    /// The pattern cannot be read.
    NoPattern(&'a str),
}

impl Mistake<'_> {
    fn message(&self, rule: &str, column: &str) -> Message {
        match self {
            Self::NoConstraint(None) => {
                say!("the contract is at fault: `{rule}` of `{column}` is no constraint", rule, column)
            }
            Self::NoConstraint(Some(near)) => say!(
                "the contract is at fault: `{rule}` of `{column}` is no constraint (did you mean `{near}`?)",
                rule,
                column,
                near
            ),
            Self::NoType => {
                say!("the contract is at fault: `{rule}` of `{column}` is none that there is", rule, column)
            }
            Self::Nothing => {
                say!("the contract is at fault: `{rule}` of `{column}` allows nothing", rule, column)
            }
            Self::NoOrder(kind) => say!(
                "the contract is at fault: `{rule}` of `{column}` bounds values of the type {kind}",
                rule,
                column,
                kind = kind.word()
            ),
            Self::NoBound(bound, kind) => say!(
                "the contract is at fault: `{rule}` of `{column}` is {bound}, which is no {kind}",
                rule,
                column,
                bound,
                kind = kind.word()
            ),
            Self::NoCode(kind) => say!(
                "the contract is at fault: `{rule}` of `{column}` has a value that is no {kind}",
                rule,
                column,
                kind = kind.word()
            ),
            Self::ForText => {
                say!("the contract is at fault: `{rule}` of `{column}` is for text", rule, column)
            }
            Self::NoPattern(pattern) => say!(
                "the contract is at fault: `{rule}` of `{column}` is no regular expression: `{pattern}`",
                rule,
                column,
                pattern
            ),
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

    fn check(&self, rule: &str, meaning: Message, how: How) -> Check {
        Check {
            rule: rule.to_owned(),
            columns: vec![self.field.name.clone()],
            severity: Severity::Error,
            meaning,
            how,
        }
    }

    /// A constraint that says what no value can be held against.
    fn mistaken(&self, rule: &str, mistake: &Mistake<'_>) -> Check {
        self.check(rule, mistake.message(rule, &self.field.name), How::Known)
    }

    /// What the contract says that is no constraint, type or format which is known here: not to be
    /// passed over, for somebody thinks that it is held.
    fn unknown(&self) -> Vec<Check> {
        let mut checks = Vec::new();
        for name in self.field.constraints.unknown.keys() {
            checks.push(self.mistaken(name, &Mistake::NoConstraint(text::nearest(name, CONSTRAINTS))));
        }
        if self.field.kind == FieldType::Unknown {
            checks.push(self.mistaken("type", &Mistake::NoType));
        }
        if let Some(format) =
            self.field.format.as_deref().filter(|format| !["default", "any"].contains(format))
        {
            let column = &self.field.name;
            let meaning = say!("the format `{format}` of `{column}` is not checked", format, column);
            checks.push(Check { severity: Severity::Warning, ..self.check("format", meaning, How::Known) });
        }
        if self.field.constraints.one_of.as_ref().is_some_and(Vec::is_empty) {
            checks.push(self.mistaken("enum", &Mistake::Nothing));
        }
        checks
    }

    fn presence(&self, checks: &mut Vec<Check>) {
        let name = &self.field.name;
        if self.field.constraints.required || self.table.schema.primary_key.0.contains(name) {
            let how = How::Row(format!("{} IS NULL", self.value()));
            checks.push(self.check("required", say!("`{name}` must be given", name), how));
        }
        if self.field.constraints.unique {
            let how = How::Repeats(vec![self.value()]);
            checks.push(self.check("unique", say!("no value of `{name}` may stand in two rows", name), how));
        }
        let whole = matches!(self.field.kind, FieldType::Integer | FieldType::Year);
        if whole && !matches!(self.stored, DataType::Decimal128(_, 0)) && !self.stored.is_integer() {
            let value = self.value();
            let how = How::Row(format!("{value} <> floor({value})"));
            checks.push(self.check("type", say!("`{name}` must be a whole number", name), how));
        }
    }

    fn values(&self, checks: &mut Vec<Check>) {
        let limits = &self.field.constraints;
        let name = &self.field.name;
        let bounds = [
            ("minimum", &limits.minimum, "<"),
            ("maximum", &limits.maximum, ">"),
            ("exclusiveMinimum", &limits.exclusive_minimum, "<="),
            ("exclusiveMaximum", &limits.exclusive_maximum, ">="),
        ];
        for (rule, limit, fault) in bounds {
            let Some(limit) = limit else { continue };
            let written = self.field.written(limit);
            let meaning = match fault {
                "<" => say!("`{name}` must be at least {limit}", name, limit = written),
                ">" => say!("`{name}` must be at most {limit}", name, limit = written),
                "<=" => say!("`{name}` must be above {limit}", name, limit = written),
                _ => say!("`{name}` must be below {limit}", name, limit = written),
            };
            checks.push(match self.limit(limit) {
                _ if matches!(
                    self.field.kind,
                    FieldType::String | FieldType::Boolean | FieldType::Any | FieldType::Unknown
                ) =>
                {
                    self.mistaken(rule, &Mistake::NoOrder(self.field.kind))
                }
                Some(sql) => {
                    let how = How::Row(format!("{} {fault} {sql}", self.value()));
                    self.check(rule, meaning, how)
                }
                None => self.mistaken(rule, &Mistake::NoBound(limit, self.field.kind)),
            });
        }
    }

    fn texts(&self, checks: &mut Vec<Check>) {
        let limits = &self.field.constraints;
        let name = &self.field.name;
        let lengths = [("minLength", limits.min_length, "<"), ("maxLength", limits.max_length, ">")];
        for (rule, length, fault) in lengths {
            let Some(length) = length else { continue };
            let meaning = match fault {
                "<" => say!("`{name}` must have at least {length} characters", name, length),
                _ => say!("`{name}` must have at most {length} characters", name, length),
            };
            checks.push(if is_text(self.stored) {
                let how = How::Row(format!("character_length({}) {fault} {length}", self.value()));
                self.check(rule, meaning, how)
            } else {
                self.mistaken(rule, &Mistake::ForText)
            });
        }
        if let Some(pattern) = &limits.pattern {
            // As in XML Schema, the whole text fits.
            let whole = format!(r"\A(?:{pattern})\z");
            checks.push(if !is_text(self.stored) {
                self.mistaken("pattern", &Mistake::ForText)
            } else if subtracts(pattern) || regex::Regex::new(&whole).is_err() {
                self.mistaken("pattern", &Mistake::NoPattern(pattern))
            } else {
                let how = How::Row(format!("NOT regexp_like({}, {})", self.value(), literal(&whole)));
                self.check("pattern", say!("`{name}` must fit `{pattern}`", name, pattern), how)
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
                self.check(
                    rule,
                    say!("`{name}` must be one of {listed}", name = self.field.name, listed),
                    how,
                )
            }
            None => self.mistaken(rule, &Mistake::NoCode(self.field.kind)),
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
