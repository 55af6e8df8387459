//! The values of a saved query's parameters, held against those that are allowed.

use datafusion::common::ScalarValue;

use super::{Session, own};
use crate::error::{Error, Kind, Result};
use crate::language::Message;
use crate::query::header::{Param, Values};
use crate::query::params::{self, Bindings, Given};
use crate::query::{SavedQuery, Source, value};
use crate::say;
use crate::ui::text;

impl Session {
    /// Binds the values given to a saved query and holds them against those that are allowed.
    ///
    /// # Errors
    /// All faults together.
    pub async fn bind(&self, query: &SavedQuery, given: &[Given]) -> Result<Bindings> {
        let (bindings, mut faults) = params::bind(&query.name, &query.header, given);
        for (name, param) in &query.header.params {
            let (Some(allowed), Some(bound)) = (&param.values, bindings.get(name)) else { continue };
            let given = bound.values();
            if given.is_empty() {
                continue;
            }
            let allowed = match self.allowed(query, name, param, allowed).await {
                Ok(allowed) => allowed,
                Err(error) if error.kind() == Kind::Interrupted => return Err(error),
                Err(error) => {
                    faults.push(error);
                    continue;
                }
            };
            let texts: Vec<String> = allowed.iter().map(value::shown).collect();
            for value in given.into_iter().filter(|value| !allowed.contains(value)).map(value::shown) {
                let query = &query.name;
                let message =
                    say!("parameter `{name}` of query `{query}` cannot be `{value}`", name, query, value);
                let near = text::nearest(&value, texts.iter().map(String::as_str));
                faults.push(Error::usage(message).hint(match near {
                    Some(near) => say!("did you mean `{near}`?", near),
                    None if texts.is_empty() => say!("its list of values is empty"),
                    None => say!("it can be {values}", values = listed(&texts)),
                }));
            }
        }
        match Error::many(faults) {
            Some(error) => Err(error),
            None => Ok(bindings),
        }
    }

    /// The values that a parameter may have.
    async fn allowed(
        &self,
        query: &SavedQuery,
        name: &str,
        param: &Param,
        values: &Values,
    ) -> Result<Vec<ScalarValue>> {
        let allowed: std::result::Result<Vec<ScalarValue>, Message> = match values {
            Values::List(values) => values.iter().map(|value| value::of_toml(param.kind, value)).collect(),
            Values::Query(sql) => {
                let origin = format!("{}, values of `{name}`", query.source.origin);
                let texts = own::column(&self.engine, &Source::new(origin, sql.as_str())).await?;
                texts.iter().map(|text| value::of_text(param.kind, text)).collect()
            }
        };
        allowed.map_err(|reason| {
            let query = &query.name;
            Error::data(say!(
                "the values of parameter `{name}` of query `{query}`: {reason}",
                name,
                query,
                reason
            ))
        })
    }

    /// The values that a parameter may have, as they are typed; `None` where it may have any.
    ///
    /// # Errors
    /// The query that lists them fails, or they are not of its type.
    pub async fn choices(&self, query: &SavedQuery, name: &str) -> Result<Option<Vec<String>>> {
        let Some((param, values)) =
            query.header.params.get(name).and_then(|param| Some((param, param.values.as_ref()?)))
        else {
            return Ok(None);
        };
        let allowed = self.allowed(query, name, param, values).await?;
        Ok(Some(allowed.iter().map(value::shown).collect()))
    }
}

/// Values in a sentence, the first few of many.
fn listed(values: &[String]) -> Message {
    const MOST: usize = 20;
    let shown = values.iter().take(MOST).map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    match values.len() > MOST {
        true => say!("{shown}, … ({count} in all)", shown, count = values.len()),
        false => Message::verbatim(shown),
    }
}
