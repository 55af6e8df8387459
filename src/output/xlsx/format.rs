//! How cells look: number formats by type, unit and language. Their marks are those of English, as
//! the file has it; Excel shows its user's own.

use arrow::datatypes::DataType;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

use super::cell::Kind;
use crate::language::Language;
use crate::output::wording::Column;

/// The most decimals that a number format has.
const MOST_DECIMALS: i8 = 30;

/// The format of a column's cells; `None` for Excel's own, which texts take.
pub(super) fn of(
    data_type: &DataType,
    kind: Kind,
    wording: Option<&Column>,
    language: Language,
) -> Option<Format> {
    let format = match kind {
        Kind::Exact | Kind::Float => {
            let is_plain = wording.is_some_and(|column| column.is_plain);
            number(data_type, is_plain, unit(wording, language))?
        }
        Kind::Date => date(language).to_owned(),
        Kind::Moment => moment(language, false),
        Kind::Time => "hh:mm:ss".to_owned(),
        Kind::Truth | Kind::Nested | Kind::Text => return None,
    };
    Some(Format::new().set_num_format(format))
}

/// Thousands are grouped, and there are as many decimals as the type has; a float has none of its
/// own, so that Excel shows the digits that fit.
fn number(data_type: &DataType, is_plain: bool, unit: &str) -> Option<String> {
    let scale = match data_type {
        DataType::Dictionary(_, values) => return number(values, is_plain, unit),
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => (*scale).clamp(0, MOST_DECIMALS),
        data_type if data_type.is_floating() && (is_plain || unit.is_empty()) => return None,
        _ => 0,
    };
    let whole = if is_plain { "0" } else { "#,##0" };
    let decimals = match scale {
        0 => String::new(),
        scale => format!(".{}", "0".repeat(usize::from(scale.unsigned_abs()))),
    };
    let unit = match unit.trim_start() {
        "" => String::new(),
        unit => format!(" \"{unit}\""),
    };
    Some(format!("{whole}{decimals}{unit}"))
}

/// From where on a float is grouped.
const LARGE: f64 = 1_000.0;

/// The format of large floats, in columns that have none. No condition in the column's own format does
/// it: LibreOffice then shows some negative numbers without their sign.
pub(super) fn of_large(kind: Kind, wording: Option<&Column>, column: Option<&Format>) -> Option<Format> {
    let is_plain = wording.is_some_and(|column| column.is_plain);
    let has_none = kind == Kind::Float && column.is_none() && !is_plain;
    has_none.then(|| Format::new().set_num_format("#,##0.00"))
}

pub(super) fn is_large(number: f64) -> bool {
    number.abs() >= LARGE
}

/// What stands behind the numbers of a column: the unit where it is money.
pub(super) fn unit(wording: Option<&Column>, language: Language) -> &'static str {
    match (wording.is_some_and(Column::is_money), language) {
        (true, Language::Vietnamese) => " đ",
        (true, Language::English) => " VND",
        (false, _) => "",
    }
}

fn date(language: Language) -> &'static str {
    match language {
        Language::Vietnamese => "dd/mm/yyyy",
        Language::English => "yyyy-mm-dd",
    }
}

fn moment(language: Language, in_thousandths: bool) -> String {
    format!("{} hh:mm:ss{}", date(language), if in_thousandths { ".000" } else { "" })
}

/// The format of a moment or time that is not of a whole second.
pub(super) fn in_thousandths(kind: Kind, language: Language) -> Format {
    Format::new().set_num_format(match kind {
        Kind::Time => "hh:mm:ss.000".to_owned(),
        _ => moment(language, true),
    })
}

/// The header's: bold, long titles over several lines.
pub(super) fn header() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_border_bottom(FormatBorder::Thin)
}

/// A text that would be a formula if it were typed: Excel keeps it a text when its cell is edited.
pub(super) fn guarded() -> Format {
    Format::new().set_quote_prefix()
}

/// A number or date that stands as a text, because a number of Excel does not hold it.
pub(super) fn as_text() -> Format {
    Format::new().set_num_format("@").set_align(FormatAlign::Right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_those_of_the_type_and_the_unit_is_that_of_money_alone() {
        let format = |data_type: DataType, is_plain, unit| number(&data_type, is_plain, unit);
        assert_eq!(format(DataType::Int64, false, "").as_deref(), Some("#,##0"));
        assert_eq!(format(DataType::Int32, true, "").as_deref(), Some("0"));
        assert_eq!(format(DataType::Decimal128(18, 0), false, " đ").as_deref(), Some("#,##0 \"đ\""));
        assert_eq!(format(DataType::Decimal128(18, 2), false, " VND").as_deref(), Some("#,##0.00 \"VND\""));
        assert_eq!(format(DataType::Decimal128(18, -2), false, "").as_deref(), Some("#,##0"));
        assert_eq!(format(DataType::Float64, true, ""), None);
        assert_eq!(format(DataType::Float64, false, " đ").as_deref(), Some("#,##0 \"đ\""));
        let column = |unit: &str| Column { unit: Some(unit.to_owned()), ..Column::default() };
        assert_eq!(unit(Some(&column("VND")), Language::Vietnamese), " đ");
        assert_eq!(unit(Some(&column("persons")), Language::Vietnamese), "");
    }
}
