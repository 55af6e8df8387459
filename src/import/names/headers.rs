//! From the headers of a file to the columns of a table.

use std::collections::{BTreeMap, BTreeSet};

use super::super::fold::fold;
use super::super::number::Decimal;
use super::unit::{self, Unit};
use super::{Index, Names, listed, nearest, tidy};
use crate::language::Message;
use crate::say;

/// Says why a header cannot be given a column; `at` is its place in the file, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderFault {
    /// The header is empty, or has no letter and no digit.
    Nameless {
        /// The header's place.
        at: usize,
    },
    /// No column has such a name or label.
    Unknown {
        /// The header's place.
        at: usize,
        /// The header.
        header: String,
        /// The name or label nearest to it.
        nearest: Option<String>,
    },
    /// The header can be several columns.
    Several {
        /// The header's place.
        at: usize,
        /// The header.
        header: String,
        /// Those columns.
        columns: Vec<String>,
    },
    /// Several headers are the same column.
    Twice {
        /// The headers' places.
        at: Vec<usize>,
        /// The headers.
        headers: Vec<String>,
        /// The column.
        column: String,
    },
    /// The mapping names a column that the table has not.
    NoSuchColumn {
        /// The header's place.
        at: usize,
        /// The header.
        header: String,
        /// What the mapping names.
        column: String,
        /// The name or label nearest to that.
        nearest: Option<String>,
    },
    /// The header's unit and the unit in the column's label cannot be brought together.
    Unit {
        /// The header's place.
        at: usize,
        /// The header.
        header: String,
        /// The column.
        column: String,
    },
}

impl HeaderFault {
    /// Says it to the user.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Nameless { at } => say!(
                "column {number} of the file has no header: name it, or delete the column",
                number = at + 1
            ),
            Self::Unknown { header, nearest: None, .. } => {
                say!("header `{header}` is no column of the table: map it to a column, or to nothing", header)
            }
            Self::Unknown { header, nearest: Some(nearest), .. } => say!(
                "header `{header}` is no column of the table (the nearest is `{nearest}`): map it to a column, \
                 or to nothing",
                header,
                nearest
            ),
            Self::Several { header, columns, .. } => say!(
                "header `{header}` can be any of {columns}: map it to one of them",
                header,
                columns = listed(columns)
            ),
            Self::Twice { headers, column, .. } => say!(
                "headers {headers} are all column `{column}`: map all but one to nothing",
                headers = listed(headers),
                column
            ),
            Self::NoSuchColumn { header, column, nearest: None, .. } => say!(
                "header `{header}` is mapped to `{column}`, which is no column of the table: mend the mapping",
                header,
                column
            ),
            Self::NoSuchColumn { header, column, nearest: Some(nearest), .. } => say!(
                "header `{header}` is mapped to `{column}`, which is no column of the table (the nearest is \
                 `{nearest}`): mend the mapping",
                header,
                column,
                nearest
            ),
            Self::Unit { header, column, .. } => say!(
                "header `{header}` has another unit than column `{column}`: write it in the column's",
                header,
                column
            ),
        }
    }

    /// The place of the one header that it names.
    #[must_use]
    pub fn place(&self) -> Option<usize> {
        match self {
            Self::Unknown { at, .. }
            | Self::Several { at, .. }
            | Self::NoSuchColumn { at, .. }
            | Self::Unit { at, .. } => Some(*at),
            Self::Nameless { .. } | Self::Twice { .. } => None,
        }
    }
}

/// Holds what each header of a file is; the lists have one entry a header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matched {
    /// The column's place in the table; `None` for a header that is ignored or at fault.
    pub columns: Vec<Option<usize>>,
    /// By what a number under the header is to be multiplied: 1000000 under `(triệu đồng)`.
    pub scale: Vec<Option<Decimal>>,
    /// Whether the header says that its numbers are per cent.
    pub percent: Vec<bool>,
    /// The unit that the header has in parentheses.
    pub units: Vec<Option<String>>,
    /// What is wrong, in the order of the headers, those with two headers of one column last.
    pub faults: Vec<HeaderFault>,
    /// The headers in the mapping that the file has not.
    pub unused: Vec<String>,
    /// Whether the mapping says what the header is.
    pub mapped: Vec<bool>,
    /// Whether only a part of the header names its column: `Thời gian / Ngày bắt đầu`.
    pub by_part: Vec<bool>,
}

/// Finds the column of each header.
///
/// `mapping` gives, for a header as it is written (or, where that is no other, without accents, case and
/// signs), the name of its column, or `""` to ignore it; it wins over what the header says. Other headers are matched by name or label, in any case, then without
/// accents; a unit in parentheses at the end may be on either side only. Columns under the header of a group
/// have the group's unit; where the whole names no column, the last part does, unless another header is
/// that column.
#[must_use]
pub fn match_headers(headers: &[String], columns: &[Names], mapping: &BTreeMap<String, String>) -> Matched {
    let table = Table::new(columns);
    let mapping: BTreeMap<String, &str> =
        mapping.iter().map(|(header, column)| (tidy(header), column.as_str())).collect();
    let tidied: Vec<String> = headers.iter().map(|header| tidy(header)).collect();
    let mut matched = Matched::default();
    let mut used = BTreeSet::new();
    for (at, header) in tidied.iter().enumerate() {
        let (text, unit) = unit::of(header).unzip();
        let key = mapped(header, &tidied, &mapping);
        used.extend(key.cloned());
        let mut by_part = false;
        let found = match key.and_then(|key| mapping.get(key)) {
            Some(&"") => Ok(None),
            Some(column) => table.named(at, header, column).map(Some),
            None => table
                .find(at, header)
                .or_else(|fault| {
                    by_part = true;
                    table.find_by_part(header).ok_or(fault)
                })
                .map(Some),
        };
        matched.mapped.push(key.is_some());
        matched.by_part.push(by_part && found.is_ok());
        let scaled = found.and_then(|column| match column {
            Some(column) => Ok((Some(column), table.scale(at, header, unit, column)?)),
            None => Ok((None, None)),
        });
        let (column, scale) = scaled.unwrap_or_else(|fault| {
            matched.faults.push(fault);
            (None, None)
        });
        matched.columns.push(column);
        matched.scale.push(scale);
        matched.percent.push(unit == Some(Unit::Percent));
        matched.units.push(text.map(str::to_owned));
    }
    matched.refuse_vague(&tidied, columns);
    matched.refuse_twice(headers, columns);
    matched.unused = mapping.into_keys().filter(|header| !used.contains(header)).collect();
    matched
}

/// The entry of the mapping that means a header: the same text, or the only one that is alike.
fn mapped<'a>(header: &str, headers: &[String], mapping: &'a BTreeMap<String, &str>) -> Option<&'a String> {
    if let Some((key, _)) = mapping.get_key_value(header) {
        return Some(key);
    }
    let folded = fold(header);
    let alike = |text: &&String| fold(text) == folded;
    let mut keys = mapping.keys().filter(|key| !headers.contains(key)).filter(alike);
    let (key, other) = (keys.next()?, keys.next());
    (other.is_none() && headers.iter().filter(alike).count() == 1).then_some(key)
}

impl Matched {
    /// A part of a header is not enough where another header is that column.
    fn refuse_vague(&mut self, headers: &[String], columns: &[Names]) {
        let taken = |column: Option<usize>| self.columns.iter().filter(|other| **other == column).count() > 1;
        let vague: Vec<usize> = (0..headers.len())
            .filter(|at| self.by_part[*at] && self.columns[*at].is_some() && taken(self.columns[*at]))
            .collect();
        for at in vague {
            (self.columns[at], self.scale[at], self.by_part[at]) = (None, None, false);
            let nearest = nearest(&headers[at], columns).map(str::to_owned);
            self.faults.push(HeaderFault::Unknown { at, header: headers[at].clone(), nearest });
        }
    }

    fn refuse_twice(&mut self, headers: &[String], columns: &[Names]) {
        for (column, names) in columns.iter().enumerate() {
            let at: Vec<usize> =
                (0..headers.len()).filter(|&header| self.columns[header] == Some(column)).collect();
            if at.len() < 2 {
                continue;
            }
            for &header in &at {
                self.columns[header] = None;
                self.scale[header] = None;
            }
            let headers = at.iter().map(|&header| headers[header].clone()).collect();
            self.faults.push(HeaderFault::Twice { at, headers, column: names.name.clone() });
        }
    }
}

/// The columns of a table, to be found by whole labels and by labels without their units.
struct Table<'a> {
    columns: &'a [Names],
    whole: Index,
    without_units: Index,
    /// The unit in each column's labels.
    units: Vec<Option<Unit>>,
}

impl<'a> Table<'a> {
    fn new(columns: &'a [Names]) -> Self {
        let without_unit = |label: &String| {
            let label = tidy(label);
            unit::split(&label).map_or_else(|| label.clone(), |(name, _)| name.to_owned())
        };
        let stems: Vec<Names> = columns
            .iter()
            .map(|names| Names {
                name: names.name.clone(),
                labels: names.labels.iter().map(without_unit).collect(),
            })
            .collect();
        let unit = |names: &Names| names.labels.iter().find_map(|label| Some(unit::split(&tidy(label))?.1));
        Self {
            columns,
            whole: Index::new(columns),
            without_units: Index::new(&stems),
            units: columns.iter().map(unit).collect(),
        }
    }

    /// Finds the column that the mapping names.
    fn named(&self, at: usize, header: &str, column: &str) -> Result<usize, HeaderFault> {
        let wanted = tidy(column);
        self.columns.iter().position(|names| names.name == wanted).ok_or_else(|| HeaderFault::NoSuchColumn {
            at,
            header: header.to_owned(),
            column: column.to_owned(),
            nearest: nearest(column, self.columns).map(str::to_owned),
        })
    }

    /// Finds the column that a header means.
    fn find(&self, at: usize, header: &str) -> Result<usize, HeaderFault> {
        if fold(header).is_empty() {
            return Err(HeaderFault::Nameless { at });
        }
        let name = unit::split(header).map_or(header, |(name, _)| name);
        let mut found = self.whole.find(header);
        if found.is_empty() {
            found = self.without_units.find(name);
        }
        match *found {
            [column] => Ok(column),
            [] => Err(HeaderFault::Unknown {
                at,
                header: header.to_owned(),
                nearest: nearest(name, self.columns).map(str::to_owned),
            }),
            ref several => Err(HeaderFault::Several {
                at,
                header: header.to_owned(),
                columns: several.iter().map(|&column| self.columns[column].name.clone()).collect(),
            }),
        }
    }

    /// Finds the column that the last part of a header names.
    fn find_by_part(&self, header: &str) -> Option<usize> {
        let (_, last) = header.rsplit_once(" / ")?;
        self.find(0, last).ok()
    }

    /// Gives the factor from a header's unit to its column's.
    fn scale(
        &self,
        at: usize,
        header: &str,
        unit: Option<Unit>,
        column: usize,
    ) -> Result<Option<Decimal>, HeaderFault> {
        match (unit, self.units[column]) {
            (None, _) | (Some(Unit::Plain | Unit::Percent), None | Some(Unit::Plain)) => Ok(None),
            (unit, own) if unit == own => Ok(None),
            (Some(Unit::Scaled(scale)), None | Some(Unit::Plain)) => Ok(Some(scale)),
            _ => Err(HeaderFault::Unit {
                at,
                header: header.to_owned(),
                column: self.columns[column].name.clone(),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
