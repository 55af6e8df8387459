use super::super::{Cell, Row};
use super::{Ending, RowKind};

fn row(number: u64, cells: &[&str]) -> Row {
    let cell = |text: &&str| match text.parse() {
        Ok(value) => Cell::Number(value),
        Err(_) if text.is_empty() => Cell::Empty,
        Err(_) => Cell::Text((*text).into()),
    };
    Row::new(number, cells.iter().map(cell).collect())
}

/// What a row calls itself, where it is a total whatever stands above it.
fn total(row: &Row) -> Option<String> {
    match Ending::new(row.cells.len(), Vec::new()).kind(row) {
        RowKind::Total(text) => Some(text),
        _ => None,
    }
}

#[test]
fn totals_and_subtotals_are_recognised_whatever_stands_around_them() {
    for text in [
        "Tổng cộng",
        "TỔNG CỘNG:",
        "Tổng",
        "Cộng",
        "cộng",
        "Tổng số",
        "Toàn tỉnh",
        "Total",
        "Grand total",
        "I. Tổng cộng",
        "1) Cộng",
        "* Tổng số",
        "TỔNG CỘNG (I+II):",
        "Cộng huyện Yên Mô",
        "Cộng TP. Ninh Bình",
        "Tổng cộng toàn tỉnh",
        "Cộng khối xã",
        "To\u{302}\u{309}ng co\u{323}\u{302}ng",
    ] {
        assert_eq!(total(&row(9, &["", text, "5"])).as_deref(), Some(text), "{text}");
    }
    assert_eq!(total(&row(9, &["III", "Tổng số", "5"])).as_deref(), Some("Tổng số"));
    assert_eq!(total(&row(9, &["7", "Tổng số", "5"])).as_deref(), Some("Tổng số"));
}

#[test]
fn indicators_and_names_are_no_totals() {
    for text in [
        "Tổng số đoàn viên",
        "Cộng Hòa",
        "Xã Cộng Hòa",
        "Cộng đồng",
        "Tổng hợp",
        "Cộng tác viên",
        "Tổng đội",
        "Công",
        "Total Energies",
        "Toàn",
        "",
    ] {
        assert_eq!(total(&row(9, &["1", text, "5", "Tổng"][..3])), None, "{text}");
    }
    assert_eq!(total(&row(9, &["1", "Yên Mô", "5", "Tổng cộng"])), None);
}

#[test]
fn signatures_and_notes_below_a_total_are_the_tail() {
    let mut ending = Ending::new(6, vec![3, 4]);
    let kinds: Vec<RowKind> = [
        row(8, &["1", "Yên Mô", "Trại hè", "120", "100", ""]),
        row(9, &["2", "Yên Mô", "Bí thư nói chuyện", "", "", ""]),
        row(10, &["", "Tổng cộng", "", "120", "100", ""]),
        row(11, &["Số liệu đến ngày 31/12", "", "", "", "", ""]),
        row(13, &["", "", "", "", "", "Ninh Bình, ngày 05 tháng 01 năm 2023"]),
        row(14, &["", "NGƯỜI LẬP BIỂU", "", "", "", "TM. BAN THƯỜNG VỤ"]),
        row(15, &["", "(Ký, ghi rõ họ tên)", "", "", "", "Bí thư"]),
    ]
    .iter()
    .map(|row| ending.kind(row))
    .collect();
    let tail = |text: &str| RowKind::Tail(text.to_owned());
    let expected = [
        RowKind::Data,
        RowKind::Data,
        RowKind::Total("Tổng cộng".to_owned()),
        tail("Số liệu đến ngày 31/12"),
        tail("Ninh Bình, ngày 05 tháng 01 năm 2023"),
        tail("NGƯỜI LẬP BIỂU"),
        tail("(Ký, ghi rõ họ tên)"),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn rows_that_could_be_data_stay_data() {
    let mut ending = Ending::new(4, vec![2]);
    assert_eq!(ending.kind(&row(2, &["1", "Ghi chú viên", "5", ""])), RowKind::Data);
    assert_eq!(ending.kind(&row(3, &["Bí thư", "", "", ""])), RowKind::Data);
    assert_eq!(ending.kind(&row(4, &["", "Cộng", "5", ""])), RowKind::Total("Cộng".to_owned()));
    assert_eq!(ending.kind(&row(6, &["2", "Hoa Lư", "", ""])), RowKind::Data, "a row with an ordinal");
    assert_eq!(
        ending.kind(&row(7, &["Ghi chú: số ước", "", "7", ""])),
        RowKind::Data,
        "a number stands there"
    );
    let mut people = Ending::new(4, Vec::new());
    assert_eq!(people.kind(&row(2, &["", "Đoàn viên A", "Bí thư", ""])), RowKind::Data);
    assert_eq!(
        people.kind(&row(4, &["Đoàn viên B", "", "", ""])),
        RowKind::Data,
        "no column of numbers to tell"
    );
    assert_eq!(people.kind(&row(6, &["Ghi chú: A", "", "", ""])), RowKind::Tail("Ghi chú: A".to_owned()));
}
