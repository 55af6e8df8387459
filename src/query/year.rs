//! The year that saved queries are about: `$year` in the default of a parameter stands for it.

use super::header::{Header, Param};
use super::value::ParamType;

/// What stands for the year in a default: `default = "$year-12-31"`.
const YEAR: &str = "$year";

/// A default with the year in it.
pub(super) fn in_default(default: &toml::Value, year: i32) -> toml::Value {
    match default {
        toml::Value::String(text) => toml::Value::String(text.replace(YEAR, &year.to_string())),
        toml::Value::Array(values) => {
            toml::Value::Array(values.iter().map(|value| in_default(value, year)).collect())
        }
        other => other.clone(),
    }
}

fn names_year(default: &toml::Value) -> bool {
    match default {
        toml::Value::String(text) => text.contains(YEAR),
        toml::Value::Array(values) => values.iter().any(names_year),
        _ => false,
    }
}

fn is_year(name: &str, param: &Param) -> bool {
    name == "year" && param.kind == ParamType::Integer && !param.many
}

impl Header {
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

#[cfg(test)]
mod tests {
    use super::super::{header, source::Source};

    #[test]
    fn defaults_follow_the_year() {
        let text = "-- ---\n-- [params.as_of]\n-- type = \"date\"\n-- default = \"$year-12-31\"\n\
                    -- [params.year]\n-- type = \"integer\"\n-- default = 2022\n-- ---\nSELECT 1";
        let mut header = header::parse(&Source::new("q.sql", text)).expect("parses");
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
        assert!(header::parse(&Source::new("q.sql", text)).is_err());
    }
}
