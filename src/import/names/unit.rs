//! The unit that stands in parentheses at the end of a header: `Kinh phí (triệu đồng)`.

use super::super::fold::fold;
use super::super::number::Decimal;

/// Says what the cells under a header count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// The unit as it is: `(đồng)`, `(người)`.
    Plain,
    /// So many of the unit: `(triệu đồng)`, `(1.000 người)`.
    Scaled(Decimal),
    /// Per cent.
    Percent,
}

/// What can stand before a unit, folded, with its power of ten.
const SCALES: &[(&str, u32)] = &[
    ("1 000 000 000", 9),
    ("1000000000", 9),
    ("1 000 000", 6),
    ("1000000", 6),
    ("1 000", 3),
    ("1000", 3),
    ("nghin ty", 12),
    ("ngan ty", 12),
    ("nghin", 3),
    ("ngan", 3),
    ("trieu", 6),
    ("ty", 9),
    ("ti", 9),
    ("thousand", 3),
    ("million", 6),
    ("billion", 9),
];

/// Abbreviations of scales, which only a currency makes clear: `trđ`, `tr.đ`.
const SHORT_SCALES: &[(&str, u32)] = &[("tr", 6), ("ng", 3)];

const CURRENCIES: &[&str] = &["dong", "d", "vnd"];

/// What may be left out: what is counted. A measure that converts (`năm`, `km`, `tấn`) is none of them,
/// nor is a word that tells two columns apart (`nam`, `nữ`, `tập thể`).
const COUNTED: &[&str] = &[
    "nguoi",
    "luot",
    "luot nguoi",
    "thang",
    "lop",
    "cong trinh",
    "phan viec",
    "hoat dong",
    "mo hinh",
    "du an",
    "people",
    "persons",
    "participations",
    "months",
    "dd mm yyyy",
    "ngay thang nam",
];

/// Parts a header into its name and its unit; `None` where it ends in no parenthesis that is a unit.
pub(super) fn split(header: &str) -> Option<(&str, Unit)> {
    let (name, inner) = parted(header)?;
    Some((name, unit(inner)?))
}

/// Gives the unit of a header of several rows, and its text: that of the lowest row that has one, in
/// `Kinh phí (triệu đồng) / Dự toán` the group's.
pub(super) fn of(header: &str) -> Option<(&str, Unit)> {
    let parts = header.rsplit(" / ").filter_map(parted);
    parts.filter_map(|(_, inner)| Some((inner.trim(), unit(inner)?))).next()
}

/// Whether a note above a table says that its numbers count so many: `Đơn vị tính: triệu đồng`.
pub fn is_scale_note(text: &str) -> bool {
    let bare = text.trim().trim_start_matches('(').trim_end_matches(')');
    let folded = fold(bare);
    let begins = ["don vi", "dvt"].iter().any(|prefix| folded.starts_with(prefix));
    begins && matches!(unit(bare), Some(Unit::Scaled(_)))
}

fn parted(header: &str) -> Option<(&str, &str)> {
    let (name, inner) = header.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let name = name.trim();
    (!name.is_empty()).then_some((name, inner))
}

fn unit(inner: &str) -> Option<Unit> {
    let folded = fold(inner);
    let text = ["don vi tinh", "don vi", "dvt"]
        .into_iter()
        .find_map(|prefix| folded.strip_prefix(prefix))
        .unwrap_or(&folded)
        .trim();
    let sign = inner.rsplit(':').next().unwrap_or(inner).trim();
    match sign {
        "%" => return Some(Unit::Percent),
        "₫" => return Some(Unit::Plain),
        _ => {}
    }
    if CURRENCIES.contains(&text) || COUNTED.contains(&text) {
        return Some(Unit::Plain);
    }
    let scaled = |scales: &[(&str, u32)], fits: fn(&str) -> bool| {
        scales.iter().find_map(|&(scale, power)| {
            let rest = text.strip_prefix(scale)?.trim_start();
            fits(rest).then(|| Unit::Scaled(Decimal::new(10_i128.pow(power), 0)))
        })
    };
    scaled(SCALES, |rest| rest.is_empty() || CURRENCIES.contains(&rest) || COUNTED.contains(&rest))
        .or_else(|| scaled(SHORT_SCALES, |rest| CURRENCIES.contains(&rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaled(header: &str) -> Option<String> {
        match split(header) {
            Some(("Kinh phí", Unit::Scaled(scale))) => Some(scale.to_string()),
            _ => None,
        }
    }

    #[test]
    fn a_scale_is_read_in_words_digits_and_abbreviations() {
        for (unit, scale) in [
            ("nghìn đồng", "1000"),
            ("ngàn đồng", "1000"),
            ("1.000 đồng", "1000"),
            ("1,000 VNĐ", "1000"),
            ("1000đ", "1000"),
            ("triệu đồng", "1000000"),
            ("Triệu VND", "1000000"),
            ("ĐVT: triệu đồng", "1000000"),
            ("đơn vị tính: triệu đồng", "1000000"),
            ("trđ", "1000000"),
            ("tr.đ", "1000000"),
            ("triệu ₫", "1000000"),
            ("1.000.000 đồng", "1000000"),
            ("tỷ đồng", "1000000000"),
            ("tỉ đồng", "1000000000"),
            ("nghìn tỷ đồng", "1000000000000"),
            ("million VND", "1000000"),
            ("1.000 người", "1000"),
            ("triệu", "1000000"),
        ] {
            assert_eq!(scaled(&format!("Kinh phí ({unit})")).as_deref(), Some(scale), "{unit}");
            assert_eq!(scaled(&format!("Kinh phí\n( {unit} ) ")).as_deref(), Some(scale), "{unit}");
        }
    }

    #[test]
    fn what_is_counted_is_no_scale() {
        for unit in ["đồng", "Đồng", "VNĐ", "₫", "ĐVT: đồng", "người", "lượt người", "dd/mm/yyyy"]
        {
            assert_eq!(split(&format!("Số ({unit})")), Some(("Số", Unit::Plain)), "{unit}");
        }
        assert_eq!(split("Lãi suất (%)"), Some(("Lãi suất", Unit::Percent)));
    }

    #[test]
    fn a_group_of_columns_gives_its_unit_to_those_that_have_none() {
        let of = |header| of(header).map(|(text, _)| text);
        assert_eq!(of("Kinh phí (triệu đồng) / Dự toán"), Some("triệu đồng"));
        assert_eq!(of("Kinh phí (triệu đồng) / So với dự toán (%)"), Some("%"));
        assert_eq!(of("Người (nam) / Số"), None);
    }

    #[test]
    fn a_note_above_a_table_may_scale_its_numbers() {
        for note in ["Đơn vị tính: triệu đồng", "ĐVT: 1.000 đồng", "(Đơn vị: tỷ đồng)"]
        {
            assert!(is_scale_note(note), "{note}");
        }
        for note in ["Đơn vị: người", "Đơn vị tính: đồng", "Đơn vị: Huyện đoàn Yên Mô", "triệu đồng", ""]
        {
            assert!(!is_scale_note(note), "{note}");
        }
    }

    #[test]
    fn another_parenthesis_is_part_of_the_name() {
        for header in
            ["Số (nữ)", "Thời hạn (năm)", "Kinh phí (tr)", "Tỷ lệ (tỷ lệ)", "(đồng)", "Số", "Số (người) nữ"]
        {
            assert_eq!(split(header), None, "{header}");
        }
    }
}
