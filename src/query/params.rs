//! The values that a saved query asks for: typed, defaulted, checked, all faults at once.
//!
//! A value stays a value: it is bound to the plan and never becomes part of the SQL text.

use std::collections::BTreeMap;

use datafusion::common::ScalarValue;

use super::header::{Header, Param};
use super::value::{self, Bound, ParamType, data_type, of_text};
use crate::error::Error;
use crate::say;
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
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => {
                Ok(Self { name: name.trim().to_owned(), value: text::nfc(value).into_owned() })
            }
            _ => Err(Error::usage(say!("expected NAME=VALUE"))),
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
                let kind = param.kind.described();
                Error::usage(say!(
                    "parameter `{name}` of query `{query}` is not {kind}: `{text}`",
                    name,
                    query,
                    kind,
                    text
                ))
                .hint(reason)
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    match (values.len(), &param.default) {
        (0, Some(default)) => value::of_default(param.kind, param.many, default)
            .map_err(|reason| Error::data(reason).context(say!("the default of parameter `{name}`", name))),
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
            Err(Error::usage(say!(
                "query `{query}` needs parameter `{name}` ({kind})",
                query,
                name,
                kind = word
            ))
            .hint(say!("give it with `-p {name}={example}`", name, example)))
        }
        (_, _) if param.many => Ok(Bound::Many(data_type(param.kind), Some(values))),
        (1, _) => Ok(Bound::One(values.into_iter().next().unwrap_or(ScalarValue::Null))),
        (count, _) => Err(Error::usage(say!(
            "parameter `{name}` of query `{query}` takes one value, and {count} were given",
            name,
            query,
            count
        ))),
    }
}

fn unknown(query: &str, header: &Header, name: &str) -> Error {
    let error = Error::usage(say!("query `{query}` has no parameter `{name}`", query, name));
    let names = || header.params.keys().map(String::as_str);
    match text::nearest(name, names()) {
        Some(near) => error.hint(say!("did you mean `{near}`?", near)),
        None if header.params.is_empty() => error.hint(say!("it takes none")),
        None => error.hint(say!(
            "it takes {names}",
            names = names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::header;
    use super::super::source::Source;
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
        let messages: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            [
                "query `q` has no parameter `as_off`",
                "query `q` needs parameter `as_of` (date)",
                "parameter `n` of query `q` is not an integer: `ten`",
            ]
        );
        assert_eq!(faults[0].hints()[0].english(), "did you mean `as_of`?");
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
}
