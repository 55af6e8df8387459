//! From a cell to a value of a column, or to the reason why it is none.

use std::borrow::Cow;

use arrow::datatypes::DataType;
use chrono::{NaiveDate, NaiveTime};
use compact_str::CompactString;

use super::names::Codes;
use super::number::{self, Decimal, Mark, NumberFault};
use super::source::Cell;
use super::{date, fold, truth};
use crate::language::Message;
use crate::say;
use crate::ui::text::{nfc, trim};

/// Words that multiply a number.
const SCALES: [&str; 5] = ["ty", "ti", "trieu", "nghin", "ngan"];

/// What spreadsheets show where a formula has no value.
const ERRORS: [&str; 8] = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"];
/// From here on a spreadsheet does not keep each digit: it has 15.
const INEXACT: f64 = 1e15;

/// A value as a column holds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text, in NFC, without blanks at its ends.
    Text(CompactString),
    /// The digits of a number at the column's scale.
    Number(i128),
    /// A number of a column that holds binary fractions.
    Float(f64),
    /// A day.
    Date(NaiveDate),
    /// Yes or no.
    Truth(bool),
}

/// What a column of a table takes.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The type that it is stored as.
    pub data_type: DataType,
    /// Its codes with their names, where it holds codes.
    pub codes: Option<Codes>,
    /// Texts that stand for a missing value.
    pub missing: Vec<String>,
    /// Whether its numbers are per cent: 45 % is then 45, and 0.45 elsewhere.
    pub percent: bool,
    /// Whether its numbers are amounts, which belong to one row each; a year is none.
    pub amounts: bool,
}

/// What the header above a cell and the file say about it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context {
    /// By what a number is multiplied: under `(triệu đồng)` by 1000000.
    pub scale: Option<Decimal>,
    /// Whether the header says that its numbers are per cent.
    pub percent: bool,
    /// The decimal mark, where it is known.
    pub mark: Option<Mark>,
    /// Whether the workbook counts days from 1904.
    pub date1904: bool,
}

#[cfg(test)]
impl Column {
    /// One of this type that the contract asks nothing of.
    pub(super) fn plain(data_type: DataType) -> Self {
        let name = "c".to_owned();
        Self { name, data_type, codes: None, missing: Vec::new(), percent: false, amounts: true }
    }
}

impl Column {
    /// Whether it holds numbers.
    pub fn is_number(&self) -> bool {
        self.data_type.is_numeric()
    }

    /// Reads a cell; `None` where nothing stands in it.
    ///
    /// # Errors
    /// The reason for the reader of the file.
    pub fn read(&self, cell: &Cell, context: Context) -> Result<Option<Value>, Message> {
        match cell {
            Cell::Empty => return Ok(None),
            Cell::Text(text) => {
                let text = trim(text);
                if text.is_empty() || self.missing.iter().any(|missing| missing == text) {
                    return Ok(None);
                }
                // Saved as CSV, it is a text.
                if text.starts_with('#') && ERRORS.contains(&text) {
                    return Err(NumberFault::FormulaError(text.to_owned()).message());
                }
            }
            Cell::Error(error) => return Err(NumberFault::FormulaError(error.clone()).message()),
            Cell::Fault(reason) => return Err(reason.clone()),
            Cell::Number(number) if is_inexact(*number, self.is_decimal()) => {
                return Err(say!(
                    "`{number}` has more than 15 digits, and spreadsheets keep 15: its last may be others than were \
                     typed; give the number as text",
                    number = text_of(cell)
                ));
            }
            _ => {}
        }
        let value = match &self.data_type {
            DataType::Boolean => truth_of(cell)?,
            DataType::Date32 | DataType::Date64 => date_of(cell, context)?,
            data_type if data_type.is_numeric() => self.number(number_of(self, cell, context)?)?,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => self.text(text_of(cell))?,
            other => return Err(unread(other)),
        };
        Ok(Some(value))
    }

    /// Whether it holds decimal numbers, which are exact.
    fn is_decimal(&self) -> bool {
        self.data_type.is_numeric() && !self.data_type.is_floating()
    }

    fn text(&self, text: Cow<'_, str>) -> Result<Value, Message> {
        match &self.codes {
            Some(codes) => {
                codes.read(&text).map(|code| Value::Text(code.into())).map_err(|fault| fault.message())
            }
            None => Ok(Value::Text(text.into())),
        }
    }

    /// The decimals of its numbers, and the greatest digits that it holds.
    ///
    /// # Errors
    /// It holds no numbers of so many decimals.
    pub(super) fn range(&self) -> Result<(u32, i128), Message> {
        Ok(match self.data_type {
            DataType::Decimal128(precision, scale) => {
                let scale = u32::try_from(scale).map_err(|_| say!("the column's scale is negative"))?;
                (scale, 10_i128.pow(u32::from(precision)) - 1)
            }
            DataType::Int8 => (0, i128::from(i8::MAX)),
            DataType::Int16 => (0, i128::from(i16::MAX)),
            DataType::Int32 => (0, i128::from(i32::MAX)),
            DataType::Int64 => (0, i128::from(i64::MAX)),
            ref other => return Err(unread(other)),
        })
    }

    /// A number as the column stores it.
    ///
    /// # Errors
    /// The column cannot hold it.
    pub fn number(&self, value: Decimal) -> Result<Value, Message> {
        if self.data_type.is_floating() {
            return value.to_string().parse().map(Value::Float).map_err(|_| say!("it is no number"));
        }
        let (scale, most) = self.range()?;
        let written = || Message::number(value);
        let digits = value.to_scale(scale).ok_or_else(|| match scale {
            0 => say!("{value} is no whole number", value = written()),
            1 => say!("{value} has more than one decimal", value = written()),
            scale => say!("{value} has more than {scale} decimals", value = written(), scale),
        })?;
        if digits.abs() > most {
            return Err(say!("{value} is too large for the column", value = written()));
        }
        Ok(Value::Number(digits))
    }
}

fn unread(data_type: &DataType) -> Message {
    say!("a column of the type {kind} is not read from a file", kind = data_type)
}

/// Whether a spreadsheet may have changed a number: it has more digits than those that are kept.
fn is_inexact(value: f64, is_decimal: bool) -> bool {
    let digits = number::from_f64(value).map_or(0, |value| value.digits().unsigned_abs());
    value.abs() >= INEXACT || (is_decimal && digits >= 10_u128.pow(15))
}

fn number_of(column: &Column, cell: &Cell, context: Context) -> Result<Decimal, Message> {
    let large = || say!("the number is too large");
    let hundredth = |value: Decimal| value.times(Decimal::new(1, 2)).ok_or_else(large);
    let value = match cell {
        Cell::Number(value) => {
            let value = number::from_f64(*value).ok_or_else(large)?;
            if context.percent && !column.percent { hundredth(value)? } else { value }
        }
        Cell::Percent(share) => {
            let share = number::from_f64(*share).ok_or_else(large)?;
            if column.percent { share.times(Decimal::new(100, 0)).ok_or_else(large)? } else { share }
        }
        Cell::Text(text) => {
            let own = || fold::fold(text).split(' ').any(|word| SCALES.contains(&word));
            if context.scale.is_some() && own() {
                let text = text.trim();
                return Err(say!("`{text}` has a unit, and its header has one too: leave one out", text));
            }
            let read = number::read(text, context.mark).map_err(|fault| match text.trim() {
                dash @ ("-" | "–" | "—") => say!(
                    "{fault}; if it means nothing, add `{dash}` to `missingValues` of the table",
                    fault = fault.message(),
                    dash
                ),
                _ => fault.message(),
            })?;
            if (read.percent || context.percent) && !column.percent {
                hundredth(read.value)?
            } else {
                read.value
            }
        }
        Cell::Bool(_) => return Err(say!("a truth value is no number")),
        Cell::Date(_) => return Err(say!("a date is no number")),
        Cell::Empty | Cell::Error(_) | Cell::Fault(_) => return Err(say!("there is no number")),
    };
    context.scale.map_or(Some(value), |scale| value.times(scale)).ok_or_else(large)
}

fn date_of(cell: &Cell, context: Context) -> Result<Value, Message> {
    let date = match cell {
        Cell::Date(date) if date.time() == NaiveTime::MIN => date.date(),
        Cell::Date(date) => {
            return Err(say!("{date} has a time of day, and a date is wanted", date = Message::date(date)));
        }
        Cell::Number(serial) => {
            date::from_serial(*serial, context.date1904).map_err(|fault| fault.message())?
        }
        Cell::Text(text) => date::read(text).map_err(|fault| fault.message())?,
        _ => return Err(say!("it is no date")),
    };
    Ok(Value::Date(date))
}

fn truth_of(cell: &Cell) -> Result<Value, Message> {
    let truth = match cell {
        Cell::Bool(value) => *value,
        Cell::Number(0.0) => false,
        Cell::Number(1.0) => true,
        Cell::Text(text) => truth::read(text).map_err(|fault| fault.message())?,
        _ => return Err(say!("it is neither yes nor no")),
    };
    Ok(Value::Truth(truth))
}

/// A cell as a text, in NFC, without blanks at its ends; of what cannot be read, nothing.
pub fn text_of(cell: &Cell) -> Cow<'_, str> {
    let plain =
        |value: f64| number::from_f64(value).map_or_else(|| value.to_string(), |value| value.to_string());
    match cell {
        Cell::Empty | Cell::Fault(_) => Cow::default(),
        Cell::Text(text) => nfc(trim(text)),
        Cell::Number(value) => plain(*value).into(),
        Cell::Percent(share) => match per_cent(*share) {
            Some(value) => format!("{value} %").into(),
            None => format!("{} %", share * 100.0).into(),
        },
        Cell::Bool(value) => value.to_string().into(),
        Cell::Date(date) if date.time() == NaiveTime::MIN => date.format("%d/%m/%Y").to_string().into(),
        Cell::Date(date) => date.format("%d/%m/%Y %H:%M:%S").to_string().into(),
        Cell::Error(error) => error.into(),
    }
}

/// A share as per cent, without the noise of binary fractions.
fn per_cent(share: f64) -> Option<Decimal> {
    number::from_f64(share)?.times(Decimal::new(100, 0))
}

/// Whether a cell is read again as the same from the text that it is, whatever the decimal mark.
pub fn is_plain(column: Option<&Column>, cell: &Cell) -> bool {
    match cell {
        Cell::Text(text) => !column.is_some_and(Column::is_number) || number::is_written(text),
        _ => false,
    }
}

/// A cell as a text that is read again as the same: a number, where it was read as one, with this mark
/// and in no way that could be read otherwise; a day as one, whatever year its workbook counts from.
/// An error is nothing.
pub fn again<'a>(column: Option<&Column>, cell: &'a Cell, mark: Mark, date1904: bool) -> Cow<'a, str> {
    let is_date = |column: &Column| matches!(column.data_type, DataType::Date32 | DataType::Date64);
    let text = match cell {
        Cell::Error(_) => Some(String::new()),
        Cell::Number(serial) if column.is_some_and(is_date) => {
            date::from_serial(*serial, date1904).ok().map(|day| day.format("%d/%m/%Y").to_string())
        }
        _ if !column.is_some_and(Column::is_number) => None,
        Cell::Number(value) => number::from_f64(*value).map(|value| number::write(value, mark)),
        Cell::Percent(share) => per_cent(*share).map(|value| format!("{} %", number::write(value, mark))),
        _ if is_plain(column, cell) => None,
        Cell::Text(text) => number::read(text, Some(mark))
            .ok()
            .filter(|read| !read.percent && text.chars().all(|c| !c.is_alphabetic()))
            .map(|read| number::write(read.value, mark)),
        _ => None,
    };
    text.map_or_else(|| text_of(cell), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `again` writes, read with that mark and with none.
    fn comes_back(column: &Column, cell: &Cell, date1904: bool) {
        let value = column.read(cell, Context { date1904, ..Context::default() }).unwrap();
        for mark in Mark::BOTH {
            let text = again(Some(column), cell, mark, date1904);
            for mark in [Some(mark), None] {
                let read =
                    column.read(&Cell::Text(text.clone().into()), Context { mark, ..Context::default() });
                assert_eq!(read.as_ref(), Ok(&value), "{text}");
            }
        }
    }

    #[test]
    fn cells_come_back_from_the_texts_that_they_are_written_as() {
        let number = Column::plain(DataType::Decimal128(38, 9));
        for value in [0.07, 1.125, 0.01125, 1234.567, -0.5, 1e9] {
            comes_back(&number, &Cell::Number(value), false);
            comes_back(&number, &Cell::Percent(value), false);
        }
        let day = Column::plain(DataType::Date32);
        for date1904 in [false, true] {
            comes_back(&day, &Cell::Number(44_927.0), date1904);
        }
        assert_eq!(text_of(&Cell::Percent(0.07)), "7 %");
    }
}
