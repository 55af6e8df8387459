//! Cells that their values tell: the text of one is that of the other, in the engine's words.
//!
//! Most cells are: a code, a day as `2022-12-31`, a whole number in plain digits, a text without blanks at
//! its ends. They are read without a closer look, and their texts need not be kept.

use std::borrow::Cow;

use arrow::datatypes::DataType;

use super::source::Cell;
use super::value::{Column, Context, Value};
use super::{date, number};
use crate::ui::text::{nfc, trim};

/// The value of a cell that is told by it; `None` of a cell that takes a closer look, told or not.
pub fn read_told(column: &Column, cell: &Cell, context: Context) -> Option<Value> {
    let Cell::Text(text) = cell else { return None };
    if text.starts_with('#') || column.missing.iter().any(|missing| missing == text) {
        return None;
    }
    match &column.data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let is_code = column.codes.as_ref().is_none_or(|codes| codes.has(text));
            (is_code && is_tidy(text)).then(|| Value::Text(text.clone()))
        }
        DataType::Date32 | DataType::Date64 if date::is_written(text) => {
            date::read(text).ok().map(Value::Date)
        }
        data_type if is_whole(data_type) && is_counted_in_ones(context) && number::is_written(text) => {
            let digits = text.parse::<i64>().ok().map(i128::from)?;
            (digits <= column.range().ok()?.1).then_some(Value::Number(digits))
        }
        _ => None,
    }
}

/// Whether the text of a cell is that of the value it was read as, in the engine's words: there is no
/// need to keep both.
pub fn is_told(column: &Column, cell: &Cell, value: Option<&Value>, context: Context) -> bool {
    match (cell, value) {
        (Cell::Empty, None) => true,
        (Cell::Text(text), Some(Value::Text(value))) => value == text && is_tidy(text),
        (Cell::Text(text), Some(Value::Number(_))) => {
            is_whole(&column.data_type) && is_counted_in_ones(context) && number::is_written(text)
        }
        (Cell::Text(text), Some(Value::Date(_))) => date::is_written(text),
        _ => false,
    }
}

/// Whether a text is one that is kept as it is: without blanks at its ends, in NFC.
fn is_tidy(text: &str) -> bool {
    !text.is_empty() && trim(text).len() == text.len() && matches!(nfc(text), Cow::Borrowed(_))
}

fn is_whole(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Decimal128(_, 0)) || data_type.is_integer()
}

fn is_counted_in_ones(context: Context) -> bool {
    context.scale.is_none() && !context.percent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::names::{Codes, Names};
    use crate::import::number::Decimal;

    #[test]
    fn a_cell_is_told_by_its_value_where_both_are_one_text() {
        let told = |data_type: DataType, text: &str, context: Context| {
            let column = Column::plain(data_type);
            let cell = if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) };
            let value = column.read(&cell, context).unwrap();
            is_told(&column, &cell, value.as_ref(), context)
        };
        let plain = Context::default();
        for (data_type, told_by, not) in [
            (DataType::Utf8, vec!["", "a", "Yên Mô", "a b"], vec![" a", "a ", "e\u{301}", " "]),
            (DataType::Int64, vec!["", "0", "15", "1000"], vec!["015", "1.000.000", " 5", "-5", "5 nghìn"]),
            (DataType::Decimal128(18, 0), vec!["3500000"], vec!["3.500.000", "3,5 triệu"]),
            (DataType::Decimal128(38, 9), vec![], vec!["5", "1,5"]),
            (DataType::Float64, vec![], vec!["5"]),
            (DataType::Boolean, vec![""], vec!["true", "có"]),
            (DataType::Date32, vec!["2022-07-30"], vec!["30/07/2022", "2022-7-30", "2022/07/30", "44930"]),
        ] {
            for text in told_by {
                assert!(told(data_type.clone(), text, plain), "{text:?} as {data_type}");
            }
            for text in not {
                assert!(!told(data_type.clone(), text, plain), "{text:?} as {data_type}");
            }
        }
        let scaled = Context { scale: Some(Decimal::new(1000, 0)), ..plain };
        let percent = Context { percent: true, ..plain };
        assert!(!told(DataType::Int64, "5", scaled));
        assert!(!told(DataType::Int64, "500", percent));
    }

    fn columns() -> Vec<Column> {
        let types = [
            DataType::Utf8,
            DataType::Int8,
            DataType::Int64,
            DataType::Decimal128(3, 0),
            DataType::Decimal128(18, 0),
            DataType::Decimal128(38, 9),
            DataType::Float64,
            DataType::Boolean,
            DataType::Date32,
        ];
        let missing =
            Column { missing: vec!["0".to_owned(), "-".to_owned()], ..Column::plain(DataType::Int64) };
        let names = |name: &str, label: &str| Names { name: name.to_owned(), labels: vec![label.to_owned()] };
        let codes = Codes::new(vec![names("done", "Xong"), names("xong", "done"), names("1", "a b")]);
        let codes = Column { codes: Some(codes), ..Column::plain(DataType::Utf8) };
        types.into_iter().map(Column::plain).chain([missing, codes]).collect()
    }

    /// What is read without a closer look is what the closer look gives, and is told by it.
    fn agrees(text: &str) -> usize {
        let cell = Cell::Text(text.into());
        let scaled = Context { scale: Some(Decimal::new(1000, 0)), ..Context::default() };
        let percent = Context { percent: true, ..Context::default() };
        let mut told = 0;
        for column in columns() {
            for context in [Context::default(), scaled, percent] {
                let Some(value) = read_told(&column, &cell, context) else { continue };
                told += 1;
                assert_eq!(column.read(&cell, context), Ok(Some(value.clone())), "{text:?} as {column:?}");
                assert!(is_told(&column, &cell, Some(&value), context), "{text:?} as {column:?}");
            }
        }
        told
    }

    #[test]
    fn what_is_told_is_read_as_by_a_closer_look() {
        for (text, least) in [
            ("0", 4),
            ("127", 4),
            ("128", 3),
            ("1000", 2),
            ("999999999999999999", 2),
            ("2022-02-28", 2),
            ("2022-02-30", 1),
            ("1800-01-01", 1),
            ("done", 4),
            ("xong", 4),
            ("1", 6),
            ("Đoàn viên", 1),
            ("", 0),
            (" 5", 0),
            ("-", 1),
            ("#N/A", 0),
            ("#5", 0),
            ("e\u{301}", 0),
        ] {
            let told = agrees(text);
            assert!(told >= least && (least > 0 || told == 0), "{text:?}: {told}");
        }
    }

    proptest::proptest! {
        #[test]
        fn texts_that_nobody_thought_of_are_read_as_by_a_closer_look(text in "[0-9a-z#/. ,đ\u{301}-]{0,12}|[0-9]{1,20}|[0-9]{4}-[01][0-9]-[0-3][0-9]|done|xong| done|Xong") {
            agrees(&text);
        }
    }
}
