//! The front matter of a saved query: TOML in its leading comment.
//!
//! ```sql
//! -- ---
//! -- title = "Loans by channel"
//! -- [params.as_of]
//! -- type = "date"
//! -- ---
//! SELECT …
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;

use super::source::Source;
use super::value::{self, ParamType};
use super::year::{in_default, names_year};
use crate::error::{Error, Result};
use crate::language::{Language, Message};
use crate::say;

/// What a saved query says of itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Its title in English.
    pub title: Option<String>,
    /// Its title in Vietnamese.
    pub title_vi: Option<String>,
    /// The group that it is listed under; its folder where this is absent.
    pub topic: Option<String>,
    /// What a row is and what must not be read into it, in English.
    pub description: Option<String>,
    /// The same in Vietnamese.
    pub description_vi: Option<String>,
    /// The values that it asks for, by name, in the order of the names.
    #[serde(default)]
    pub params: BTreeMap<String, Param>,
    /// How its columns are worded for readers, by name.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnWords>,
    /// The chart that shows it best.
    pub chart: Option<Chart>,
    /// What was published, where the query computes a published figure.
    pub published: Option<Published>,
    /// The year that it is about, once that is settled; nothing where every year is the same to it.
    #[serde(skip)]
    pub year: Option<i32>,
}

/// A value that a saved query asks for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ParamType,
    /// Several values of the type.
    #[serde(default)]
    pub many: bool,
    /// Used where no value is given.
    pub default: Option<toml::Value>,
    /// Bound as NULL where no value is given.
    #[serde(default)]
    pub optional: bool,
    /// The values that it may have.
    pub values: Option<Values>,
    /// What it means, in English.
    pub description: Option<String>,
    /// What it means, in Vietnamese.
    pub description_vi: Option<String>,
}

/// How a column of a saved query is worded for readers, where the contract does not say it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnWords {
    /// Its title in English.
    pub title: Option<String>,
    /// Its title in Vietnamese.
    pub title_vi: Option<String>,
    /// What it is counted in, such as `VND`.
    pub unit: Option<String>,
    /// The column of a table whose codes it holds: `outputs.kind`.
    pub same_as: Option<String>,
    /// What codes of the query's own stand for, in English.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// The same in Vietnamese.
    #[serde(default)]
    pub labels_vi: BTreeMap<String, String>,
}

impl ColumnWords {
    /// What codes of the query's own stand for in a language; the English label where there is no other.
    pub fn labels(&self, language: Language) -> impl Iterator<Item = (&str, &str)> {
        let codes = self.labels.keys().chain(self.labels_vi.keys());
        codes.filter_map(move |code| {
            let (english, vietnamese) = (self.labels.get(code), self.labels_vi.get(code));
            let label = language.of(english.map(String::as_str), vietnamese.map(String::as_str))?;
            Some((code.as_str(), label))
        })
    }
}

impl Header {
    /// Its title in a language.
    pub fn title(&self, language: Language) -> Option<&str> {
        language.of(self.title.as_deref(), self.title_vi.as_deref())
    }

    /// What it says of itself in a language.
    pub fn description(&self, language: Language) -> Option<&str> {
        language.of(self.description.as_deref(), self.description_vi.as_deref())
    }

    /// Whether a default cannot be told without the year.
    pub fn needs_year(&self) -> bool {
        self.params.values().any(|param| param.default.as_ref().is_some_and(names_year))
    }

    /// Puts the year in the defaults that name it.
    pub fn fill_year(&mut self, year: i32) {
        for param in self.params.values_mut() {
            param.default = param.default.as_ref().map(|default| in_default(default, year));
        }
    }

    /// Whether the value of a parameter follows the year where none is given.
    pub fn follows_year(&self, name: &str) -> bool {
        self.params.get(name).and_then(|param| param.default.as_ref()).is_some_and(names_year)
    }

    /// Puts the year in the defaults that name it, and makes it that of a parameter `year`.
    pub fn settle_year(&mut self, year: i32) {
        let takes_it = self.needs_year() || self.params.iter().any(|(name, param)| is_year(name, param));
        self.year = takes_it.then_some(year);
        self.fill_year(year);
        for (name, param) in &mut self.params {
            if is_year(name, param) {
                param.default = Some(toml::Value::Integer(year.into()));
            }
        }
    }
}

fn is_year(name: &str, param: &Param) -> bool {
    name == "year" && param.kind == ParamType::Integer && !param.many
}

/// The values that a parameter may have: listed, or the first column of a query.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// A query.
    Query(String),
    /// The values themselves.
    List(Vec<toml::Value>),
}

/// The chart that shows a saved query best.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// `bar`, `line`, `hist` or `spark`.
    pub kind: crate::output::chart::Kind,
    /// The column of the labels.
    pub x: String,
    /// The column of the values.
    pub y: String,
    /// Whether values stand on a logarithmic scale.
    #[serde(default)]
    pub log: bool,
}

/// A figure as it was published.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// As printed.
    pub text: String,
    /// As a number; absent where none was printed, and nothing can be decided.
    pub value: Option<toml::Value>,
    /// What it counts.
    pub unit: String,
    /// How it bounds the true value: `exact`, `more_than`, `nearly`, `about`, `at_least`.
    pub qualifier: Qualifier,
    /// `count`, `flow` or `stock`.
    pub kind: Option<crate::contract::Measure>,
    /// Where it was printed.
    pub source: String,
    /// How far below the printed number `nearly` reaches, and `about` on both sides, as a share of it.
    #[serde(default = "margin")]
    pub margin: f64,
}

/// Five per cent: `gần 15.000` is at least 14.250.
fn margin() -> f64 {
    0.05
}

/// How a printed figure bounds the true value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Qualifier {
    /// The value at the printed precision.
    Exact,
    /// `trên`, `hơn`.
    MoreThan,
    /// `gần`.
    Nearly,
    /// `khoảng`.
    About,
    /// `ít nhất`.
    AtLeast,
}

impl Qualifier {
    /// The word in the front matter.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::MoreThan => "more_than",
            Self::Nearly => "nearly",
            Self::About => "about",
            Self::AtLeast => "at_least",
        }
    }
}

const FENCE: &str = "---";

/// A default that names the year is looked at as it is in this one.
const ANY_YEAR: i32 = 2000;

/// Reads the front matter of a query; a query without one has an empty header.
///
/// # Errors
/// The front matter has no end or is no valid TOML of this shape; the file and line are given.
pub fn parse(source: &Source) -> Result<Header> {
    let comment = |line: &str| -> Option<String> {
        let rest = line.trim_start().strip_prefix("--")?;
        Some(rest.strip_prefix(' ').unwrap_or(rest).trim_end().to_owned())
    };
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let mut lines = text.lines().enumerate().skip_while(|(_, line)| line.trim().is_empty());
    let Some((first, line)) = lines.next() else { return Ok(Header::default()) };
    if comment(line).as_deref() != Some(FENCE) {
        return Ok(Header::default());
    }
    let mut toml = String::new();
    for (number, line) in lines {
        match comment(line) {
            Some(line) if line == FENCE => return read(&toml, first + 1, source),
            Some(line) => {
                toml.push_str(&line);
                toml.push('\n');
            }
            None => {
                return Err(Error::data(say!("the front matter has no closing `-- ---`"))
                    .at(source.excerpt(number + 1, 1, 2))
                    .hint(say!("every line of it begins with `-- `, the last is `-- ---`")));
            }
        }
    }
    Err(Error::data(say!("the front matter has no closing `-- ---`")).at(source.excerpt(first + 1, 1, 2)))
}

/// Reads the TOML that begins after line `above` of the source.
fn read(toml: &str, above: usize, source: &Source) -> Result<Header> {
    let header: Header = toml::from_str(toml).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(toml.len());
        let before = &toml[..at];
        let line = above + before.matches('\n').count() + 1;
        // The comment's sign and its blank stand before the TOML.
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 4;
        let length = error
            .span()
            .map_or(1, |span| toml[at..span.end.max(at)].lines().next().unwrap_or("").chars().count());
        let words = error.message().lines().next();
        let words = words.map_or_else(|| say!("not valid TOML"), Message::verbatim);
        Error::data(say!("the front matter does not parse: {words}", words)).at(source.excerpt(
            line,
            column,
            column + length,
        ))
    })?;
    let faults =
        header.params.iter().filter_map(|(name, param)| fault(name, param, toml, above, source)).collect();
    match Error::many(faults) {
        Some(error) => Err(error),
        None => Ok(header),
    }
}

/// What is wrong with a declared parameter, beyond its shape.
fn fault(name: &str, param: &Param, toml: &str, above: usize, source: &Source) -> Option<Error> {
    let message = match &param.default {
        Some(_) if param.optional => {
            Some(say!("parameter `{name}` is optional and has a default: it can be only one", name))
        }
        Some(default) => {
            let bound = value::of_default(param.kind, param.many, &in_default(default, ANY_YEAR));
            bound.err().map(|reason| {
                let kind = param.kind.word();
                say!("the default of parameter `{name}` is not of type {kind}: {reason}", name, kind, reason)
            })
        }
        None => None,
    }?;
    let heading = format!("[params.{name}]");
    let line = above + 1 + toml.lines().position(|line| line.trim() == heading).unwrap_or(0);
    Some(Error::data(message).at(source.excerpt(line, 4, 4 + heading.chars().count())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Header> {
        parse(&Source::new("q.sql", text))
    }

    #[test]
    fn a_query_says_its_title_and_what_it_asks_for() {
        let header = parsed(
            "-- ---\n-- title = \"Vốn\"\n-- [params.as_of]\n-- type = \"date\"\n-- default = \"2022-12-31\"\n-- ---\nSELECT 1",
        )
        .expect("parses");
        assert_eq!(header.title.as_deref(), Some("Vốn"));
        assert_eq!(header.params["as_of"].kind, ParamType::Date);
    }

    #[test]
    fn a_query_needs_no_front_matter() {
        assert!(parsed("-- just a comment\nSELECT 1").expect("parses").title.is_none());
        assert!(parsed("").expect("parses").title.is_none());
    }

    #[test]
    fn a_fault_is_shown_in_its_line_of_the_file() {
        let error =
            parsed("-- ---\n-- title = \"x\"\n-- topic = loans\n-- ---\nSELECT 1").expect_err("no TOML");
        let place = error.place().expect("a place");
        assert_eq!((place.line, place.text.as_str()), (3, "-- topic = loans"));
    }

    #[test]
    fn an_unknown_key_or_type_is_a_fault() {
        let error = parsed("-- ---\n-- tittle = \"x\"\n-- ---\n").expect_err("unknown key");
        assert!(error.message().english().contains("unknown field `tittle`"), "{error}");
        let error = parsed("-- ---\n-- [params.a]\n-- type = \"day\"\n-- ---\n").expect_err("unknown type");
        assert_eq!(error.place().expect("a place").line, 3);
    }

    #[test]
    fn a_default_must_be_of_the_type() {
        let error =
            parsed("-- ---\n-- [params.a]\n-- type = \"date\"\n-- default = \"31/12/2022\"\n-- ---\n");
        let error = error.expect_err("no date");
        assert!(
            error.message().english().starts_with("the default of parameter `a` is not of type date"),
            "{error}"
        );
        assert_eq!(error.place().expect("a place").line, 2);
    }

    #[test]
    fn an_open_front_matter_is_a_fault() {
        assert!(parsed("-- ---\n-- title = \"x\"\nSELECT 1").is_err());
        assert!(parsed("-- ---\n-- title = \"x\"\n").is_err());
    }

    #[test]
    fn defaults_follow_the_year() {
        let text = "-- ---\n-- [params.as_of]\n-- type = \"date\"\n-- default = \"$year-12-31\"\n\
                    -- [params.year]\n-- type = \"integer\"\n-- default = 2022\n-- ---\nSELECT 1";
        let mut header = parse(&Source::new("q.sql", text)).expect("parses");
        assert!(header.needs_year());
        header.settle_year(2021);
        assert_eq!((header.needs_year(), header.year), (false, Some(2021)));
        let default = |name: &str| header.params[name].default.clone().expect("a default").to_string();
        assert_eq!((default("as_of").as_str(), default("year").as_str()), ("\"2021-12-31\"", "2021"));
    }

    #[test]
    fn a_default_is_checked_as_it_will_be() {
        let text =
            "-- ---\n-- [params.as_of]\n-- type = \"date\"\n-- default = \"$year-13-31\"\n-- ---\nSELECT 1";
        assert!(parse(&Source::new("q.sql", text)).is_err());
    }
}
