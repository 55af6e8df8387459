//! A value of a result, and how a reader sees it.

use std::cmp::Ordering;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::error::{Error, Result};
use crate::language::money::{Number, number, vnd};
use crate::language::written;
use crate::language::{Language, Message};
use crate::say;
use crate::ui::text::visible;

/// What stands for a value that is not known.
pub(super) const NOTHING: &str = "–";

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// None is known.
    Null,
    /// A number with all its digits: `-123.45`.
    Number(String),
    /// A number in binary floating point.
    Float(f64),
    /// A day: `2022-12-31`.
    Day(String),
    /// True or false.
    Truth(bool),
    /// Anything else.
    Text(String),
}

/// How a number is to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// With its thousands in groups, and so many digits after the mark; all of them where not said.
    Number(Option<usize>),
    /// As money: `2,819 tỷ đồng`.
    Money(Option<usize>),
    /// With a percent sign.
    Percent(Option<usize>),
    /// As digits alone: a year.
    Plain,
}

impl Cell {
    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Number(_) | Self::Float(_))
    }

    pub(super) fn is_zero(&self) -> bool {
        match self {
            Self::Number(digits) => !digits.contains(|c: char| ('1'..='9').contains(&c)),
            Self::Float(value) => *value == 0.0,
            _ => false,
        }
    }

    fn number(&self) -> Option<Number> {
        match self {
            Self::Number(text) => {
                let scale = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                Some(Number::scaled(&text.replace('.', ""), i8::try_from(scale).ok()?))
            }
            Self::Float(value) => Some(Number::from(*value)),
            _ => None,
        }
    }

    /// The nearest binary floating-point number, for what needs no digit more.
    pub(super) fn float(&self) -> Option<f64> {
        match self {
            Self::Number(text) => text.parse().ok(),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// How many digits stand after the mark, without zeros at the end; of binary floating point at most
    /// four, as the rest is mostly noise.
    pub(super) fn decimals(&self) -> usize {
        let (text, most) = match self {
            Self::Number(digits) => (digits.clone(), usize::MAX),
            Self::Float(value) => (value.to_string(), 4),
            _ => return 0,
        };
        text.split_once('.').map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len()).min(most)
    }

    /// The value for a reader.
    pub(super) fn shown(&self, style: Style, language: Language) -> String {
        match (self, self.number()) {
            (Self::Null, _) => NOTHING.to_owned(),
            (Self::Day(day), _) => written::date(day, language),
            (Self::Truth(true), _) => say!("yes").text(language),
            (Self::Truth(false), _) => say!("no").text(language),
            // What a page or a terminal would act on is shown.
            (Self::Text(text), _) => visible(text).into_owned(),
            (Self::Number(digits), _) if style == Style::Plain => digits.clone(),
            (_, None) => NOTHING.to_owned(),
            (_, Some(value)) => match style {
                Style::Number(decimals) => number(value, decimals, language),
                Style::Money(decimals) => vnd(value, decimals, language),
                Style::Percent(decimals) => format!("{}%", number(value, decimals, language)),
                Style::Plain => number(value, None, language),
            },
        }
    }

    /// What a table is sorted by in the page; `None` where that is the text that is shown.
    pub(super) fn key(&self) -> Option<String> {
        match self {
            Self::Number(digits) => Some(digits.clone()),
            Self::Float(value) => Some(value.to_string()),
            Self::Day(day) => Some(day.clone()),
            Self::Null => Some(String::new()),
            Self::Truth(_) | Self::Text(_) => None,
        }
    }
}

/// The values of a batch.
pub(super) struct Cells<'a> {
    columns: Vec<(&'a ArrayRef, ArrayFormatter<'a>)>,
}

impl<'a> Cells<'a> {
    /// # Errors
    /// A column's type has no text.
    pub(super) fn of(batch: &'a RecordBatch) -> Result<Self> {
        const OPTIONS: FormatOptions<'static> = FormatOptions::new().with_display_error(true);
        let columns = batch.columns().iter().map(|column| {
            let formatter = ArrayFormatter::try_new(column.as_ref(), &OPTIONS);
            formatter
                .map(|formatter| (column, formatter))
                .map_err(|error| Error::data(Message::verbatim(error.to_string())))
        });
        Ok(Self { columns: columns.collect::<Result<_>>()? })
    }

    /// The value of a column in a row.
    pub(super) fn cell(&self, column: usize, row: usize) -> Cell {
        let (array, formatter) = &self.columns[column];
        if array.is_null(row) || matches!(array.data_type(), DataType::Null) {
            return Cell::Null;
        }
        let text = formatter.value(row).to_string();
        let data_type = match array.data_type() {
            DataType::Dictionary(_, values) => values.as_ref(),
            data_type => data_type,
        };
        match data_type {
            kind if kind.is_floating() => text.parse().map_or(Cell::Text(text), Cell::Float),
            kind if kind.is_numeric() => Cell::Number(text),
            DataType::Boolean => Cell::Truth(text == "true"),
            DataType::Date32 => Cell::Day(text),
            _ => Cell::Text(text),
        }
    }
}

/// How a value has changed: which way, and by how many tenths of a percent of what it was, halves away
/// from zero.
pub(super) fn change(now: &Cell, before: &Cell) -> Option<(Ordering, i64)> {
    let (now, before) = (now.float()?, before.float()?);
    let share = (now - before) / before.abs() * 1000.0;
    let is_known = before != 0.0 && share.is_finite() && share.abs() < 1e15;
    Some((now.partial_cmp(&before)?, share.round() as i64)).filter(|_| is_known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_its_reader_expects() {
        let cell = Cell::Number("2819000000".into());
        let shown = |style, language| cell.shown(style, language);
        assert_eq!(shown(Style::Number(None), Language::Vietnamese), "2.819.000.000");
        assert_eq!(shown(Style::Money(None), Language::Vietnamese), "2,819 tỷ đồng");
        assert_eq!(shown(Style::Money(Some(1)), Language::English), "2.8 billion VND");
        assert_eq!(shown(Style::Plain, Language::English), "2819000000");
        assert_eq!(
            Cell::Number("-93.90".into()).shown(Style::Percent(Some(1)), Language::Vietnamese),
            "-93,9%"
        );
        assert_eq!(Cell::Float(0.1).shown(Style::Number(None), Language::English), "0.1");
        assert_eq!(Cell::Null.shown(Style::Number(None), Language::English), NOTHING);
    }

    #[test]
    fn a_change_is_told_in_tenths_of_a_percent() {
        let number = |text: &str| Cell::Number(text.into());
        assert_eq!(change(&number("1712"), &number("1643")), Some((Ordering::Greater, 42)));
        assert_eq!(change(&number("-50"), &number("-100")), Some((Ordering::Greater, 500)));
        assert_eq!(change(&number("1002021"), &number("1002022")), Some((Ordering::Less, 0)));
        assert_eq!(change(&number("1"), &number("0")), None);
        assert!(number("0.00").is_zero() && !number("10").is_zero());
    }
}
