//! The comparison as one statement of SQL: a full join by key, and of its rows those that differ.

use arrow::datatypes::DataType;

use super::side::Side;
use super::text;
use crate::error::{Error, Result};
use crate::query::words::{quoted, type_name};
use crate::say;
use crate::ui::text::nearest;

/// What two columns of one name have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Number,
    Text,
    Time,
    Truth,
    /// Of no values at all.
    Null,
    /// Lists and the like, and what differs in kind: compared as texts.
    Other,
}

impl Class {
    fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Dictionary(_, values) => Self::of(values),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            DataType::Boolean => Self::Truth,
            DataType::Null => Self::Null,
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => Self::Time,
            number if number.is_numeric() => Self::Number,
            _ => Self::Other,
        }
    }

    /// That of two columns; `None` where they are of different kinds.
    fn both(a: Self, b: Self) -> Option<Self> {
        match (a, b) {
            (Self::Null, class) | (class, Self::Null) => Some(class),
            (a, b) => (a == b).then_some(a),
        }
    }
}

/// A column that both sides have.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    class: Class,
    /// The type of SQL in which two numbers are subtracted: exact where both are.
    subtracted_as: Option<String>,
    /// The types on both sides, where they are of different kinds.
    pub(super) mixed: Option<(String, String)>,
}

impl Column {
    fn of(a: &Side, b: &Side, name: &str) -> Option<Self> {
        let a = a.schema.field_with_name(name).ok()?.data_type();
        let b = b.schema.field_with_name(name).ok()?.data_type();
        let class = Class::both(Class::of(a), Class::of(b));
        let mixed = class.is_none().then(|| (type_name(a), type_name(b)));
        let class = class.unwrap_or(Class::Other);
        let subtracted_as = (class == Class::Number).then(|| match (scale(a), scale(b)) {
            (Some(a), Some(b)) if a.max(b) <= MOST_DIGITS => format!("DECIMAL(38, {})", a.max(b)),
            _ => "DOUBLE".to_owned(),
        });
        Some(Self { name: name.to_owned(), class, subtracted_as, mixed })
    }

    /// The value on one side, in the form in which it is compared.
    fn value(&self) -> String {
        let column = quoted(&self.name);
        match self.class {
            Class::Text | Class::Other => format!("{}({column})", text::NAME),
            _ => column,
        }
    }
}

/// Digits after the point up to which 19 digits fit before it.
const MOST_DIGITS: i8 = 18;

/// Digits after the point of a number's type; `None` where it is floating point.
fn scale(data_type: &DataType) -> Option<i8> {
    match data_type {
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => Some((*scale).max(0)),
        other => (!other.is_floating()).then_some(0),
    }
}

/// What is compared with what.
pub(super) struct Comparison {
    /// The columns that a row is found by.
    pub(super) key: Vec<Column>,
    /// The other columns of both.
    pub(super) cells: Vec<Column>,
    /// The names that only the first has, and only the second.
    pub(super) alone: [Vec<String>; 2],
    /// The largest difference that is none.
    tolerance: Option<String>,
}

impl Comparison {
    /// Sets the columns of two sides against each other.
    ///
    /// # Errors
    /// A column of the key or one to be left out is not there, or a key's types are of different kinds.
    pub(super) fn new(
        [a, b]: [&Side; 2],
        key: &[String],
        ignore: &[String],
        tolerance: Option<String>,
        key_as_text: bool,
    ) -> Result<Self> {
        let mut faults = Vec::new();
        let mut columns = Vec::new();
        for name in key {
            // The same twice is told once.
            for side in [a, b].into_iter().take(if a.name == b.name { 1 } else { 2 }) {
                if side.schema.field_with_name(name).is_err() {
                    faults.push(missing(side, name));
                }
            }
            let Some(mut column) = Column::of(a, b, name) else { continue };
            if let (Some((of_a, of_b)), false) = (&column.mixed, key_as_text) {
                let message = say!(
                    "the key `{name}` is {of_a} in `{a}` and {of_b} in `{b}`",
                    name,
                    of_a,
                    a = a.name,
                    of_b,
                    b = b.name
                );
                let hint = say!("compare keys as texts with `--key-as-text`");
                faults.push(Error::usage(message).hint(hint));
            }
            if key_as_text {
                column.class = Class::Text;
            }
            columns.push(column);
        }
        let names = |side: &Side| -> Vec<String> {
            side.schema.fields().iter().map(|field| field.name().clone()).collect()
        };
        let (of_a, of_b) = (names(a), names(b));
        for name in ignore.iter().filter(|name| !of_a.contains(name) && !of_b.contains(name)) {
            faults.push(missing(a, name));
        }
        if let Some(error) = Error::many(faults) {
            return Err(error);
        }
        let asked = |name: &&String| !key.contains(name) && !ignore.contains(name);
        let cells: Vec<Column> =
            of_a.iter().filter(asked).filter_map(|name| Column::of(a, b, name)).collect();
        let only = |here: &[String], there: &[String]| {
            here.iter().filter(asked).filter(|name| !there.contains(name)).cloned().collect()
        };
        Ok(Self { alone: [only(&of_a, &of_b), only(&of_b, &of_a)], key: columns, cells, tolerance })
    }

    /// One side with its columns as they are compared: `k0…`, `c0…`.
    fn side(&self, view: &str) -> String {
        let names = (0..).map(|i| format!("k{i}")).zip(&self.key);
        let names = names.chain((0..).map(|i| format!("c{i}")).zip(&self.cells));
        let values: Vec<String> =
            names.map(|(name, column)| format!("{} AS {name}", column.value())).collect();
        format!("SELECT {}, true AS here FROM {}", values.join(", "), quoted(view))
    }

    fn keys(&self, name: impl Fn(usize) -> String) -> Vec<String> {
        (0..self.key.len()).map(name).collect()
    }

    /// The rows that differ: the key (`k0…`), which sides have it (`a`, `b`), and for each column both
    /// values, whether they differ, and by how much (`a0, b0, x0, d0…`); in the order of the key.
    pub(super) fn sql(&self, a: &str, b: &str) -> String {
        let mut columns = self.keys(|i| format!("coalesce(a.k{i}, b.k{i}) AS k{i}"));
        columns.extend(["a.here AS a".to_owned(), "b.here AS b".to_owned()]);
        for (i, column) in self.cells.iter().enumerate() {
            let (of_a, of_b) = (format!("a.c{i}"), format!("b.c{i}"));
            let differs = match &self.tolerance {
                Some(most) if column.subtracted_as.is_some() => format!(
                    "(({of_a} IS NULL) <> ({of_b} IS NULL) OR coalesce(abs({of_b} - {of_a}) > {most}, false))"
                ),
                _ => format!("({of_a} IS DISTINCT FROM {of_b})"),
            };
            let by = match &column.subtracted_as {
                Some(kind) => {
                    format!("CAST(TRY_CAST({of_b} AS {kind}) - TRY_CAST({of_a} AS {kind}) AS {kind})")
                }
                None => "CAST(NULL AS VARCHAR)".to_owned(),
            };
            columns.push(format!("{of_a} AS a{i}, {of_b} AS b{i}, {differs} AS x{i}, {by} AS d{i}"));
        }
        // The parser takes all that follows, AND too, for the right side of DISTINCT FROM.
        let on = self.keys(|i| format!("(a.k{i} IS NOT DISTINCT FROM b.k{i})")).join(" AND ");
        let differs: String = (0..self.cells.len()).map(|i| format!(" OR x{i}")).collect();
        format!(
            "SELECT * FROM (SELECT {} FROM ({}) AS a FULL JOIN ({}) AS b ON {on}) \
             WHERE a IS NULL OR b IS NULL{differs} ORDER BY {}",
            columns.join(", "),
            self.side(a),
            self.side(b),
            self.keys(|i| format!("k{i}")).join(", "),
        )
    }

    /// The first keys that stand in several rows of a side, with how many they are.
    pub(super) fn twice(&self, view: &str) -> String {
        let columns: Vec<String> =
            self.key.iter().enumerate().map(|(i, column)| format!("{} AS k{i}", column.value())).collect();
        let keys = self.keys(|i| format!("k{i}")).join(", ");
        format!(
            "SELECT {keys}, count(*) AS n FROM (SELECT {} FROM {}) GROUP BY {keys} HAVING count(*) > 1 \
             ORDER BY {keys} LIMIT 3",
            columns.join(", "),
            quoted(view)
        )
    }
}

fn missing(side: &Side, name: &str) -> Error {
    let names = || side.schema.fields().iter().map(|field| field.name().as_str());
    let error = Error::usage(say!("`{side}` has no column `{name}`", side = side.name, name));
    match nearest(name, names()) {
        Some(near) => error.hint(say!("did you mean `{near}`?", near)),
        None => error.hint(say!("it has {columns}", columns = names().collect::<Vec<_>>().join(", "))),
    }
}
