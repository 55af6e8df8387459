use super::super::marks::Region;
use super::super::{Cell, HeaderOptions, Row};
use super::{Block, Window};

fn rows(lines: &[&str]) -> Vec<Row> {
    let cell = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) };
    let row = |(at, line): (usize, &&str)| Row::new(at as u64 + 1, line.split('|').map(cell).collect());
    lines.iter().enumerate().map(row).filter(|row| !row.is_blank()).collect()
}

fn find_merged(lines: &[&str], regions: &[Region]) -> Block {
    let rows = rows(lines);
    let window = Window { rows: &rows, regions, sheet: true };
    window.find(&HeaderOptions::default()).expect("a header")
}

fn find(lines: &[&str]) -> Block {
    find_merged(lines, &[])
}

fn region(top: u64, left: usize, bottom: u64, right: usize) -> Region {
    Region { top, left, bottom, right }
}

#[test]
fn two_rows_without_merged_cells_are_joined_where_gaps_ask_for_it() {
    let block = find(&[
        "STT|Đơn vị|Kinh phí||Ghi chú",
        "||Dự toán|Thực hiện|",
        "1|Yên Mô|120|100|đủ",
        "2|Gia Viễn|50|45|",
    ]);
    assert_eq!(block.names, ["STT", "Đơn vị", "Kinh phí / Dự toán", "Kinh phí / Thực hiện", "Ghi chú"]);
    assert_eq!((block.top, block.height), (0, 2));
}

#[test]
fn three_rows_of_merged_cells_are_joined() {
    let regions = [region(1, 0, 3, 0), region(1, 1, 1, 4), region(2, 1, 2, 2), region(2, 3, 2, 4)];
    let block = find_merged(
        &["Đơn vị|Đoàn viên|||", "|Nam||Nữ|", "|2021|2022|2021|2022", "Yên Mô|1|2|3|4"],
        &regions,
    );
    assert_eq!(block.height, 3);
    assert_eq!(block.names[0], "Đơn vị");
    assert_eq!(block.names[4], "Đoàn viên / Nữ / 2022");
}

#[test]
fn offices_side_by_side_are_no_groups_of_the_header_below() {
    let regions = [region(1, 0, 1, 1), region(1, 2, 1, 3)];
    let block = find_merged(
        &["TỈNH ĐOÀN||ĐOÀN TNCS|", "STT|Đơn vị|Số|Ghi chú", "1|Yên Mô|5|x", "2|Hoa Lư|6|"],
        &regions,
    );
    assert_eq!((block.top, block.height), (1, 1));
    assert_eq!(block.names, ["STT", "Đơn vị", "Số", "Ghi chú"]);
}

#[test]
fn groups_over_the_same_names_are_part_of_the_header() {
    let regions = [region(1, 0, 1, 1), region(1, 2, 1, 3)];
    let block = find_merged(&["Nam||Nữ|", "Số|Tỷ lệ|Số|Tỷ lệ", "1|2|3|4", "5|6|7|9"], &regions);
    assert_eq!(block.names, ["Nam / Số", "Nam / Tỷ lệ", "Nữ / Số", "Nữ / Tỷ lệ"]);
}

#[test]
fn rows_that_number_the_columns_are_told_from_data() {
    let head = "STT|Đơn vị|Số";
    for (line, numbering) in [
        ("(1)|(2)|(3)", Some(2)),
        ("A|B|1", Some(2)),
        ("1|2|3=1+2", Some(2)),
        ("1|2|3", Some(2)),
        ("1|Yên Mô|3", None),
        ("(1)|(2)|(4)", None),
        ("1||", None),
    ] {
        assert_eq!(find(&[head, line, "1|Yên Mô|5", "2|Gia Viễn|6"]).numbering, numbering, "{line}");
    }
    assert_eq!(find(&["a|b|c", "1|2|3", "4|5|6"]).numbering, None, "numbers over numbers may be data");
    assert_eq!(find(&["a|b|c", "A|B|C", "D|E|F"]).numbering, None, "letters over texts may be data");
}

#[test]
fn a_later_row_is_the_header_only_if_numbers_stand_below_it() {
    let block = find(&["TỈNH ĐOÀN||ĐOÀN TNCS", "", "Đơn vị|Số|Năm", "Yên Mô|5|2022", "Hoa Lư|6|2022"]);
    assert_eq!(block.top, 1);
    // All texts, one of them over a gap: the gap is a fault, and no row of data the header.
    let block = find(&["tên||loại", "A|x|B", "C|y|D"]);
    assert_eq!((block.top, block.names[1].as_str()), (0, ""));
}

#[test]
fn no_header_is_found_over_rows_of_numbers() {
    let rows = rows(&["Yên Mô|5|7", "Hoa Lư|6|8"]);
    assert_eq!(Window { rows: &rows, regions: &[], sheet: true }.find(&HeaderOptions::default()), None);
}

#[test]
fn as_many_header_rows_are_taken_as_are_asked_for() {
    let rows = rows(&["a|b", "x|y", "1|2"]);
    let window = Window { rows: &rows, regions: &[], sheet: true };
    let options = HeaderOptions { row: Some(1), rows: Some(2), known: None };
    assert_eq!(window.find(&options).unwrap().names, ["a / x", "b / y"]);
}

#[test]
fn names_may_begin_with_a_number() {
    let block = find(&["BÁO CÁO", "Đơn vị|6 tháng|Năm 2022|2021", "Yên Mô|5|6|7"]);
    assert_eq!((block.top, block.names[1].as_str()), (1, "6 tháng"));
}
