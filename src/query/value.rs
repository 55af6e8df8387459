//! A parameter's value: its type, its one written form, what it is bound to.

use std::sync::Arc;

use arrow::datatypes::{DataType, DecimalType, Field};
use datafusion::common::ScalarValue;
use serde::Deserialize;

use crate::language::Message;
use crate::say;
use crate::ui::text;

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamType {
    /// A whole number of 64 bits.
    Integer,
    /// A binary floating-point number of 64 bits.
    Number,
    /// An exact number with up to 38 digits.
    Decimal,
    /// Text.
    Text,
    /// A day, as YYYY-MM-DD.
    Date,
    /// `true` or `false`.
    Boolean,
}

impl ParamType {
    /// The word in the front matter.
    pub fn word(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Decimal => "decimal",
            Self::Text => "text",
            Self::Date => "date",
            Self::Boolean => "boolean",
        }
    }

    /// What a value of the type is called in a sentence.
    pub fn described(self) -> Message {
        match self {
            Self::Integer => say!("an integer"),
            Self::Number => say!("a number"),
            Self::Decimal => say!("a decimal"),
            Self::Text => say!("a text"),
            Self::Date => say!("a date"),
            Self::Boolean => say!("a boolean"),
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

/// A value from a word: digits are a number, YYYY-MM-DD is a date, `true` and `false` are truth, all
/// else is text.
pub fn of_word(word: &str) -> ScalarValue {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let zeros = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if word.contains(['e', 'E'])
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && let Ok(number) = of_text(ParamType::Number, word)
    {
        return number;
    }
    if let Ok(date) = of_text(ParamType::Date, word) {
        return date;
    }
    let typed = of_text(ParamType::Integer, word).ok().or_else(|| as_written(word));
    let typed = typed.filter(|_| !zeros).or_else(|| of_text(ParamType::Boolean, word).ok());
    typed.unwrap_or_else(|| of_literal(word))
}

/// A text, whatever it looks like.
pub fn of_literal(text: &str) -> ScalarValue {
    ScalarValue::Utf8(Some(text::nfc(text).into_owned()))
}

/// An exact number with the digits that it was written with.
fn as_written(word: &str) -> Option<ScalarValue> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let length = whole.len() + part.len();
    if whole.is_empty() || !(1..=38).contains(&length) || !all_digits(whole) || !all_digits(part) {
        return None;
    }
    let value: i128 = format!("{whole}{part}").parse().ok()?;
    let value = if word.starts_with('-') { -value } else { value };
    Some(ScalarValue::Decimal128(Some(value), u8::try_from(length).ok()?, i8::try_from(part.len()).ok()?))
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
pub fn of_text(kind: ParamType, text: &str) -> Result<ScalarValue, Message> {
    match kind {
        ParamType::Text => Ok(ScalarValue::Utf8(Some(text.to_owned()))),
        ParamType::Integer => text
            .parse()
            .map(|value| ScalarValue::Int64(Some(value)))
            .map_err(|_| say!("an integer is digits alone, such as 2022, from -2^63 to 2^63-1")),
        ParamType::Number => match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(ScalarValue::Float64(Some(value))),
            _ => Err(say!("a number is digits with a point, such as 0.5")),
        },
        ParamType::Decimal => decimal(text).ok_or_else(|| {
            say!("a decimal is digits with a point, such as 2.819, at most 32 before and 6 after it")
        }),
        ParamType::Date => {
            // The one written form: a day and a month never change places.
            let form = text.bytes().enumerate().all(|(i, byte)| match i {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
            let date = (text.len() == 10 && form).then(|| text.parse::<chrono::NaiveDate>().ok()).flatten();
            let days =
                date.map(|date| date.signed_duration_since(chrono::NaiveDate::default()).num_days() as i32);
            days.map(|days| ScalarValue::Date32(Some(days)))
                .ok_or_else(|| say!("a date is written YYYY-MM-DD, such as 2022-12-31"))
        }
        ParamType::Boolean => match text {
            "true" => Ok(ScalarValue::Boolean(Some(true))),
            "false" => Ok(ScalarValue::Boolean(Some(false))),
            _ => Err(say!("a boolean is `true` or `false`")),
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

/// The bound value of a default in the front matter, or what is wrong with it.
pub(super) fn of_default(kind: ParamType, many: bool, default: &toml::Value) -> Result<Bound, Message> {
    let one = |value: &toml::Value| of_toml(kind, value);
    match default {
        toml::Value::Array(values) if many => {
            Ok(Bound::Many(data_type(kind), Some(values.iter().map(one).collect::<Result<_, _>>()?)))
        }
        value if many => Ok(Bound::Many(data_type(kind), Some(vec![one(value)?]))),
        value => one(value).map(Bound::One),
    }
}

/// A typed value from TOML, where numbers and texts are written as on the command line.
pub fn of_toml(kind: ParamType, value: &toml::Value) -> Result<ScalarValue, Message> {
    let text = match value {
        toml::Value::String(text) => text::nfc(text).into_owned(),
        toml::Value::Array(_) | toml::Value::Table(_) => return Err(Message::verbatim(format!("`{value}`"))),
        value => value.to_string(),
    };
    of_text(kind, &text).map_err(|hint| Message::joined([Message::verbatim(format!("`{text}`")), hint], "; "))
}

/// A bound value as the user would type it, for messages and listings.
pub fn shown(value: &ScalarValue) -> String {
    match value {
        ScalarValue::Utf8(Some(text)) => text.clone(),
        ScalarValue::Decimal128(Some(digits), _, scale) => {
            let text = datafusion::arrow::datatypes::Decimal128Type::format_decimal(*digits, 38, *scale);
            let short =
                if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
            short.to_owned()
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_one_written_form() {
        for (kind, bad) in [
            (ParamType::Date, "31/12/2022"),
            (ParamType::Date, "2022- 1- 1"),
            (ParamType::Date, "+2022-1-01"),
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
