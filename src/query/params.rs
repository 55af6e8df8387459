//! The values that a saved query asks for: typed, defaulted, checked, all faults at once.
//!
//! A value stays a value: it is bound to the plan and never becomes part of the SQL text.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field};
use datafusion::common::ScalarValue;

use super::header::{Header, Param, ParamType};
use crate::error::Error;
use crate::ui::text;

/// A value given on the command line: `-p name=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The parameter's name.
    pub name: String,
    /// Its value as typed, in NFC.
    pub value: String,
}

impl std::str::FromStr for Given {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => {
                Ok(Self { name: name.trim().to_owned(), value: text::nfc(value).into_owned() })
            }
            _ => Err("expected NAME=VALUE".to_owned()),
        }
    }
}

/// What a parameter is bound to.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// One value, NULL where an optional one is absent.
    One(ScalarValue),
    /// Several, of the type; `None` where an optional one is absent.
    Many(DataType, Option<Vec<ScalarValue>>),
}

impl Bound {
    /// The value as a whole; several are a list.
    pub fn scalar(&self) -> ScalarValue {
        match self {
            Self::One(value) => value.clone(),
            Self::Many(kind, Some(values)) => ScalarValue::List(ScalarValue::new_list_nullable(values, kind)),
            Self::Many(kind, None) => {
                let list = DataType::List(Arc::new(Field::new_list_field(kind.clone(), true)));
                ScalarValue::try_from(&list).unwrap_or(ScalarValue::Null)
            }
        }
    }

    /// The values one by one; none where it is NULL.
    pub fn values(&self) -> Vec<&ScalarValue> {
        match self {
            Self::One(value) if value.is_null() => Vec::new(),
            Self::One(value) => vec![value],
            Self::Many(_, values) => values.iter().flatten().collect(),
        }
    }
}

/// The bound parameters of a query, by name.
pub type Bindings = BTreeMap<String, Bound>;

/// Binds what was given to what a query declares; the faults come together, each with the nearest name.
pub fn bind(query: &str, header: &Header, given: &[Given]) -> (Bindings, Vec<Error>) {
    let mut faults = Vec::new();
    for given in given {
        if !header.params.contains_key(&given.name) {
            faults.push(unknown(query, header, &given.name));
        }
    }
    let mut bindings = Bindings::new();
    for (name, param) in &header.params {
        let texts: Vec<&str> =
            given.iter().filter(|given| given.name == *name).map(|given| given.value.as_str()).collect();
        match bind_one(query, name, param, &texts) {
            Ok(bound) => {
                bindings.insert(name.clone(), bound);
            }
            Err(error) => faults.push(error),
        }
    }
    (bindings, faults)
}

fn bind_one(query: &str, name: &str, param: &Param, texts: &[&str]) -> Result<Bound, Error> {
    let word = param.kind.word();
    let values = texts
        .iter()
        .map(|text| {
            of_text(param.kind, text).map_err(|reason| {
                let message =
                    format!("parameter `{name}` of query `{query}` is not {}: `{text}`", article(word));
                Error::usage(message).hint(reason)
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    match (values.len(), &param.default) {
        (0, Some(default)) => of_default(param, default)
            .map_err(|reason| Error::data(format!("the default of parameter `{name}`: {reason}"))),
        (0, None) if param.optional && param.many => Ok(Bound::Many(data_type(param.kind), None)),
        (0, None) if param.optional => {
            Ok(Bound::One(ScalarValue::try_from(&data_type(param.kind)).unwrap_or(ScalarValue::Null)))
        }
        (0, None) => {
            let example = match param.kind {
                ParamType::Date => "2022-12-31",
                ParamType::Boolean => "true",
                ParamType::Text => "…",
                _ => "1",
            };
            Err(Error::usage(format!("query `{query}` needs parameter `{name}` ({word})"))
                .hint(format!("give it with `-p {name}={example}`")))
        }
        (_, _) if param.many => Ok(Bound::Many(data_type(param.kind), Some(values))),
        (1, _) => Ok(Bound::One(values.into_iter().next().unwrap_or(ScalarValue::Null))),
        (_, _) => Err(Error::usage(format!(
            "parameter `{name}` of query `{query}` takes one value, and {} were given",
            texts.len()
        ))),
    }
}

fn unknown(query: &str, header: &Header, name: &str) -> Error {
    let error = Error::usage(format!("query `{query}` has no parameter `{name}`"));
    let names = || header.params.keys().map(String::as_str);
    match text::nearest(name, names()) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None if header.params.is_empty() => error.hint("it takes none"),
        None => error.hint(format!(
            "it takes {}",
            names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        )),
    }
}

/// The Arrow type of a parameter's value; a decimal's scale is that of its digits.
pub fn data_type(kind: ParamType) -> DataType {
    match kind {
        ParamType::Integer => DataType::Int64,
        ParamType::Number => DataType::Float64,
        ParamType::Decimal => DataType::Decimal128(38, 6),
        ParamType::Text => DataType::Utf8,
        ParamType::Date => DataType::Date32,
        ParamType::Boolean => DataType::Boolean,
    }
}

/// A typed value from its text, or how it should have been written.
pub fn of_text(kind: ParamType, text: &str) -> Result<ScalarValue, String> {
    let hint = |what: &str| format!("{} {what}", article(kind.word()));
    match kind {
        ParamType::Text => Ok(ScalarValue::Utf8(Some(text.to_owned()))),
        ParamType::Integer => text
            .parse()
            .map(|value| ScalarValue::Int64(Some(value)))
            .map_err(|_| hint("is digits alone, such as 2022, from -2^63 to 2^63-1")),
        ParamType::Number => match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(ScalarValue::Float64(Some(value))),
            _ => Err(hint("is digits with a point, such as 0.5")),
        },
        ParamType::Decimal => decimal(text)
            .ok_or_else(|| hint("is digits with a point, such as 2.819, at most 32 before and 6 after it")),
        ParamType::Date => {
            // The one written form: a day and a month never change places.
            let date = if text.len() == 10 { text.parse::<chrono::NaiveDate>().ok() } else { None };
            let days =
                date.map(|date| date.signed_duration_since(chrono::NaiveDate::default()).num_days() as i32);
            days.map(|days| ScalarValue::Date32(Some(days)))
                .ok_or_else(|| hint("is written YYYY-MM-DD, such as 2022-12-31"))
        }
        ParamType::Boolean => match text {
            "true" => Ok(ScalarValue::Boolean(Some(true))),
            "false" => Ok(ScalarValue::Boolean(Some(false))),
            _ => Err(hint("is `true` or `false`")),
        },
    }
}

fn decimal(text: &str) -> Option<ScalarValue> {
    const SCALE: usize = 6;
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 32 || part.len() > SCALE || !all_digits(whole) || !all_digits(part) {
        return None;
    }
    let value: i128 = format!("{whole}{part:0<SCALE$}").parse().ok()?;
    Some(ScalarValue::Decimal128(Some(sign * value), 38, SCALE as i8))
}

fn article(word: &str) -> String {
    let article = if word.starts_with('i') { "an" } else { "a" };
    format!("{article} {word}")
}

/// The bound value of a default in the front matter, or what is wrong with it.
pub(super) fn of_default(param: &Param, default: &toml::Value) -> Result<Bound, String> {
    let one = |value: &toml::Value| -> Result<ScalarValue, String> {
        let text = match value {
            toml::Value::String(text) => text::nfc(text).into_owned(),
            toml::Value::Array(_) | toml::Value::Table(_) => return Err(format!("`{value}`")),
            value => value.to_string(),
        };
        of_text(param.kind, &text).map_err(|hint| format!("`{text}`; {hint}"))
    };
    match default {
        toml::Value::Array(values) if param.many => {
            Ok(Bound::Many(data_type(param.kind), Some(values.iter().map(one).collect::<Result<_, _>>()?)))
        }
        value if param.many => Ok(Bound::Many(data_type(param.kind), Some(vec![one(value)?]))),
        value => one(value).map(Bound::One),
    }
}

/// A bound value as the user would type it, for messages and listings.
pub fn shown(value: &ScalarValue) -> String {
    match value {
        ScalarValue::Utf8(Some(text)) => text.clone(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::header;
    use super::super::split::Source;
    use super::*;

    fn header(params: &str) -> Header {
        let text: String = params.lines().map(|line| format!("-- {line}\n")).collect();
        header::parse(&Source::new("q.sql", format!("-- ---\n{text}-- ---\n"))).expect("parses")
    }

    fn given(pairs: &[&str]) -> Vec<Given> {
        pairs.iter().map(|pair| pair.parse().expect("a pair")).collect()
    }

    #[test]
    fn all_faults_come_together_with_the_nearest_name() {
        let header = header("[params.as_of]\ntype = \"date\"\n[params.n]\ntype = \"integer\"");
        let (_, faults) = bind("q", &header, &given(&["as_off=2022-12-31", "n=ten"]));
        let messages: Vec<&str> = faults.iter().map(Error::message).collect();
        assert_eq!(
            messages,
            [
                "query `q` has no parameter `as_off`",
                "query `q` needs parameter `as_of` (date)",
                "parameter `n` of query `q` is not an integer: `ten`",
            ]
        );
        assert_eq!(faults[0].hints(), ["did you mean `as_of`?"]);
    }

    #[test]
    fn defaults_and_absent_values_are_typed() {
        let header = header(
            "[params.day]\ntype = \"date\"\ndefault = \"2022-12-31\"\n[params.unit]\ntype = \"text\"\noptional = true",
        );
        let (bindings, faults) = bind("q", &header, &[]);
        assert!(faults.is_empty());
        assert_eq!(bindings["day"], Bound::One(ScalarValue::Date32(Some(19_357))));
        assert_eq!(bindings["unit"], Bound::One(ScalarValue::Utf8(None)));
    }

    #[test]
    fn a_parameter_takes_one_value_unless_it_is_many() {
        let header = header("[params.a]\ntype = \"text\"\n[params.b]\ntype = \"integer\"\nmany = true");
        let (bindings, faults) = bind("q", &header, &given(&["a=x", "a=y", "b=1", "b=2"]));
        assert_eq!(faults.len(), 1);
        assert_eq!(bindings["b"].values().len(), 2);
    }

    #[test]
    fn values_have_one_written_form() {
        for (kind, bad) in [
            (ParamType::Date, "31/12/2022"),
            (ParamType::Date, "2022-02-30"),
            (ParamType::Integer, "1.700"),
            (ParamType::Integer, "9223372036854775808"),
            (ParamType::Decimal, "2,819"),
            (ParamType::Number, "NaN"),
            (ParamType::Boolean, "yes"),
        ] {
            assert!(of_text(kind, bad).is_err(), "{bad}");
        }
        assert_eq!(
            of_text(ParamType::Decimal, "-2.819"),
            Ok(ScalarValue::Decimal128(Some(-2_819_000), 38, 6))
        );
        assert_eq!(shown(&of_text(ParamType::Date, "2022-12-31").expect("a date")), "2022-12-31");
    }
}
