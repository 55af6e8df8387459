//! From a cell to a value of a column, or to the reason why it is none.

use arrow::datatypes::DataType;
use chrono::{NaiveDate, NaiveTime};
use unicode_normalization::UnicodeNormalization;

use super::names::Codes;
use super::number::{self, Decimal, Mark};
use super::source::Cell;
use super::{date, fold, truth};

/// Words that multiply a number.
const SCALES: [&str; 5] = ["ty", "ti", "trieu", "nghin", "ngan"];

/// A value as a column holds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text, in NFC, without blanks at its ends.
    Text(String),
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

impl Column {
    /// Whether it holds numbers.
    pub fn is_number(&self) -> bool {
        self.data_type.is_numeric()
    }

    /// Reads a cell; `None` where nothing stands in it.
    ///
    /// # Errors
    /// The reason for the reader of the file.
    pub fn read(&self, cell: &Cell, context: Context) -> Result<Option<Value>, String> {
        match cell {
            Cell::Empty => return Ok(None),
            Cell::Text(text)
                if text.trim().is_empty() || self.missing.iter().any(|missing| missing == text.trim()) =>
            {
                return Ok(None);
            }
            Cell::Fault(reason) => return Err(reason.clone()),
            _ => {}
        }
        let value = match &self.data_type {
            DataType::Boolean => truth_of(cell)?,
            DataType::Date32 | DataType::Date64 => date_of(cell, context)?,
            data_type if data_type.is_numeric() => self.number(number_of(self, cell, context)?)?,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => self.text(&text_of(cell))?,
            other => return Err(format!("a column of the type {other} is not read from a file")),
        };
        Ok(Some(value))
    }

    fn text(&self, text: &str) -> Result<Value, String> {
        match &self.codes {
            Some(codes) => {
                codes.read(text).map(|code| Value::Text(code.to_owned())).map_err(|fault| fault.to_string())
            }
            None => Ok(Value::Text(text.to_owned())),
        }
    }

    /// A number as the column stores it.
    fn number(&self, value: Decimal) -> Result<Value, String> {
        let (scale, most) = match self.data_type {
            DataType::Decimal128(precision, scale) => {
                let scale = u32::try_from(scale).map_err(|_| "the column's scale is negative".to_owned())?;
                (scale, 10_i128.pow(u32::from(precision)) - 1)
            }
            DataType::Int8 => (0, i128::from(i8::MAX)),
            DataType::Int16 => (0, i128::from(i16::MAX)),
            DataType::Int32 => (0, i128::from(i32::MAX)),
            DataType::Int64 => (0, i128::from(i64::MAX)),
            DataType::Float32 | DataType::Float64 => {
                return value.to_string().parse().map(Value::Float).map_err(|_| "it is no number".to_owned());
            }
            ref other => return Err(format!("a column of the type {other} is not read from a file")),
        };
        let digits = value.to_scale(scale).ok_or_else(|| match scale {
            0 => format!("{value} is no whole number"),
            1 => format!("{value} has more than one decimal"),
            scale => format!("{value} has more than {scale} decimals"),
        })?;
        if digits.abs() > most {
            return Err(format!("{value} is too large for the column"));
        }
        Ok(Value::Number(digits))
    }
}

fn number_of(column: &Column, cell: &Cell, context: Context) -> Result<Decimal, String> {
    let large = || "the number is too large".to_owned();
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
            let own = fold::fold(text).split(' ').any(|word| SCALES.contains(&word));
            if own && context.scale.is_some() {
                return Err(format!(
                    "`{}` has a unit, and its header has one too: leave one out",
                    text.trim()
                ));
            }
            let read = number::read(text, context.mark).map_err(|fault| fault.to_string())?;
            if (read.percent || context.percent) && !column.percent {
                hundredth(read.value)?
            } else {
                read.value
            }
        }
        Cell::Bool(_) => return Err("a truth value is no number".to_owned()),
        Cell::Date(_) => return Err("a date is no number".to_owned()),
        Cell::Empty | Cell::Fault(_) => return Err("there is no number".to_owned()),
    };
    context.scale.map_or(Some(value), |scale| value.times(scale)).ok_or_else(large)
}

fn date_of(cell: &Cell, context: Context) -> Result<Value, String> {
    let date = match cell {
        Cell::Date(date) if date.time() == NaiveTime::MIN => date.date(),
        Cell::Date(date) => return Err(format!("{date} has a time of day, and a date is wanted")),
        Cell::Number(serial) => {
            date::from_serial(*serial, context.date1904).map_err(|fault| fault.to_string())?
        }
        Cell::Text(text) => date::read(text).map_err(|fault| fault.to_string())?,
        _ => return Err("it is no date".to_owned()),
    };
    Ok(Value::Date(date))
}

fn truth_of(cell: &Cell) -> Result<Value, String> {
    let truth = match cell {
        Cell::Bool(value) => *value,
        Cell::Number(0.0) => false,
        Cell::Number(1.0) => true,
        Cell::Text(text) => truth::read(text).map_err(|fault| fault.to_string())?,
        _ => return Err("it is neither yes nor no".to_owned()),
    };
    Ok(Value::Truth(truth))
}

/// A cell as a text, in NFC, without blanks at its ends.
pub fn text_of(cell: &Cell) -> String {
    let plain =
        |value: f64| number::from_f64(value).map_or_else(|| value.to_string(), |value| value.to_string());
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.trim().nfc().collect(),
        Cell::Number(value) => plain(*value),
        Cell::Percent(share) => format!("{} %", plain(share * 100.0)),
        Cell::Bool(value) => value.to_string(),
        Cell::Date(date) if date.time() == NaiveTime::MIN => date.format("%d/%m/%Y").to_string(),
        Cell::Date(date) => date.format("%d/%m/%Y %H:%M:%S").to_string(),
        Cell::Fault(reason) => reason.clone(),
    }
}

/// A cell as a text that is read again as the same: a number, where it was read as one, with this mark
/// and in no way that could be read otherwise.
pub fn again(column: Option<&Column>, cell: &Cell, mark: Mark) -> String {
    let number = match cell {
        _ if !column.is_some_and(Column::is_number) => None,
        Cell::Number(value) => number::from_f64(*value),
        Cell::Text(text) => number::read(text, Some(mark))
            .ok()
            .filter(|read| !read.percent && text.chars().all(|c| !c.is_alphabetic()))
            .map(|read| read.value),
        _ => None,
    };
    number.map_or_else(|| text_of(cell), |value| number::write(value, mark))
}
