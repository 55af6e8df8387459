use std::path::Path;

use chrono::NaiveDate;

use super::super::fixtures::{
    edit, fill, kinds, ods, ods_report, ods_text, office_report, place, plain, workbook, zip,
};
use super::super::totals::{Ending, RowKind};
use super::super::{Cell, HeaderOptions, Opened, Row};
use super::{Caps, SheetOptions, open_sheet};

fn open(path: &Path) -> Opened {
    open_sheet(path, &SheetOptions::default()).unwrap_or_else(|fault| panic!("{}", fault.english()))
}

fn fault(path: &Path, options: &SheetOptions<'_>) -> String {
    let fault = open_sheet(path, options).err().expect("a fault").english();
    fault.replace(&path.display().to_string(), "FILE")
}

fn spelled(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.to_string(),
        Cell::Number(value) => value.to_string(),
        Cell::Percent(value) => format!("{}%", value * 100.0),
        Cell::Bool(value) => value.to_string(),
        Cell::Date(date) => date.date().to_string(),
        Cell::Error(error) => error.clone(),
        Cell::Fault(reason) => reason.english(),
    }
}

/// The rows, each as `number: cell|cell`.
fn rows(opened: Opened) -> Vec<String> {
    let line = |row: Row| {
        let cells: Vec<String> = row.cells.iter().map(spelled).collect();
        format!("{}: {}", row.number, cells.join("|"))
    };
    opened.rows.map(|row| line(row.unwrap())).collect()
}

#[test]
fn an_office_report_is_read_from_its_merged_header_to_its_signature() {
    let (_folder, path) = place("bao-cao.xlsx");
    office_report(&path);
    let opened = open(&path);
    let names = ["STT", "Đơn vị", "Nội dung", "Kinh phí / Dự toán", "Kinh phí / Thực hiện", "Ghi chú"];
    assert_eq!(opened.heading.names, names);
    assert_eq!((opened.heading.first_row, opened.heading.rows), (5, 2));
    assert_eq!(
        opened.told(),
        [
            "sheet `Kinh phí`: the only one that is not empty",
            "header: rows 5 to 6, joined with ` / `",
            "row 7 numbers the columns and is left out",
            "1 merged cell filled down into 1 row",
        ]
    );
    let mut ending = Ending::new(6, vec![3, 4]);
    let again = open(&path).rows.map(|row| ending.kind(&row.unwrap())).collect::<Vec<_>>();
    assert_eq!(
        rows(opened),
        [
            "8: 1|Yên Mô|Trại hè|120|100|",
            "9: 2|Yên Mô|Nhà nhân ái|80|80|đủ",
            "10: |Cộng huyện Yên Mô||200|180|",
            "11: 3|Gia Viễn|Trại hè|50|45|",
            "12: TỔNG CỘNG (I+II):|||250|225|",
            "14: |||Ninh Bình, ngày 05 tháng 01 năm 2023||",
            "15: |NGƯỜI LẬP BIỂU||TM. BAN THƯỜNG VỤ||",
        ]
    );
    let total = |text: &str| RowKind::Total(text.to_owned());
    assert_eq!(again[..3], [RowKind::Data, RowKind::Data, total("Cộng huyện Yên Mô")]);
    assert_eq!(again[3..5], [RowKind::Data, total("TỔNG CỘNG (I+II):")]);
    let tail = |text: &str| RowKind::Tail(text.to_owned());
    assert_eq!(again[5..], [tail("Ninh Bình, ngày 05 tháng 01 năm 2023"), tail("NGƯỜI LẬP BIỂU")]);
}

#[test]
fn each_kind_of_cell_comes_out_as_what_it_is() {
    let (_folder, path) = place("kinds.xlsx");
    kinds(&path);
    let rows: Vec<Row> = open(&path).rows.map(Result::unwrap).collect();
    let day = NaiveDate::from_ymd_opt(2023, 1, 4).unwrap().and_hms_opt(0, 0, 0).unwrap();
    let expected = [
        Cell::Text("Đoàn".into()),
        Cell::Number(1.5),
        Cell::Percent(0.45),
        Cell::Date(day),
        Cell::Bool(true),
        Cell::Number(2.0),
        Cell::Error("#DIV/0!".to_owned()),
    ];
    assert_eq!(rows[0].cells, expected);
    assert_eq!(rows[1].cells[2], Cell::Number(45.0), "a quoted `%` is a text behind the number");
    assert!(
        spelled(&rows[1].cells[5]).starts_with("a formula without a stored value"),
        "{:?}",
        rows[1].cells[5]
    );
}

#[test]
fn dates_follow_the_workbooks_calendar() {
    let (_folder, path) = place("kinds.xlsx");
    kinds(&path);
    edit(&path, "xl/workbook.xml", |xml| xml.replace("<workbookPr ", r#"<workbookPr date1904="1" "#));
    let opened = open(&path);
    assert!(opened.date1904);
    assert!(rows(opened)[0].contains("|2027-01-05|"));
    for (day, date) in [
        ("1", "1900-01-01"),
        ("59", "1900-02-28"),
        ("60", "no date: day 60 of the workbook's calendar"),
        ("61", "1900-03-01"),
        ("-1", "no date: day -1 of the workbook's calendar"),
        ("2958465.5", "9999-12-31"),
        ("1e300", "no date: day 1000"),
        ("0.25", "0.25"),
    ] {
        let (_folder, path) = place("day.xlsx");
        kinds(&path);
        edit(&path, "xl/worksheets/sheet1.xml", |xml| xml.replace("<v>44930</v>", &format!("<v>{day}</v>")));
        let rows: Vec<Row> = open(&path).rows.map(Result::unwrap).collect();
        assert!(spelled(&rows[0].cells[3]).starts_with(date), "{day}: {:?}", rows[0].cells[3]);
    }
}

#[test]
fn an_ods_gives_merged_cells_dates_and_percentages_too() {
    let (_folder, path) = place("bao-cao.ods");
    ods_report(&path);
    let opened = open(&path);
    assert_eq!(opened.heading.names, ["Đơn vị", "Kinh phí / Dự toán", "Kinh phí / Tỷ lệ", "Ngày"]);
    let expected =
        ["3: Yên Mô|120|45%|2023-01-04", "4: Yên Mô|80|100%|2023-01-04", "5: Gia Viễn|50|90%|2023-01-04"];
    assert_eq!(rows(opened), expected);
}

#[test]
fn a_hidden_sheet_and_hidden_rows_of_an_ods_are_said() {
    let (_folder, path) = place("an.ods");
    let row =
        |text: &str, more: &str| format!("<table:table-row {more}>{}</table:table-row>", ods_text(text, ""));
    let rows = [row("tên", ""), row("a", r#"table:visibility="filter""#), row("b", "")].concat();
    let hidden = row("x", "");
    ods(
        &path,
        &format!(
            r#"<table:table table:name="Ẩn" table:style-name="hidden">{hidden}</table:table><table:table table:name="Dữ liệu">{rows}</table:table>"#
        ),
    );
    let opened = open(&path);
    assert_eq!(
        opened.told()[..2],
        ["sheet `Dữ liệu`: the only one that is not empty (1 hidden)", "1 hidden row read like any other"]
    );
    let options = SheetOptions { sheet: Some("an"), ..Default::default() };
    assert_eq!(open_sheet(&path, &options).unwrap().told()[0], "sheet `Ẩn`, which is hidden");
}

#[test]
fn a_sheet_is_found_by_name_without_accents_or_by_number() {
    let (_folder, path) = place("nhieu.xlsx");
    workbook(&path, |book| {
        for name in ["Đoàn viên", "Đoan vien", "Kinh phí", "Trống"] {
            let sheet = book.add_worksheet();
            sheet.set_name(name).unwrap();
            if name != "Trống" {
                fill(sheet, 0, 0, &[&["tên", "số"], &[name, "1"], &["x", "2"]]);
            }
        }
    });
    for (asked, found) in [
        ("kinh phi", "Kinh phí"),
        ("Kinh phi\u{301}", "Kinh phí"),
        ("3", "Kinh phí"),
        ("Đoàn viên", "Đoàn viên"),
    ] {
        let options = SheetOptions { sheet: Some(asked), ..Default::default() };
        assert_eq!(open_sheet(&path, &options).unwrap().sheet.as_deref(), Some(found), "{asked}");
    }
    let named = |sheet| SheetOptions { sheet: Some(sheet), ..Default::default() };
    assert!(fault(&path, &named("doan vien")).starts_with("`FILE`: several sheets are called `doan vien`"));
    assert_eq!(
        fault(&path, &named("5")),
        "`FILE`: there is no sheet `5`; there are `Đoàn viên`, `Đoan vien`, `Kinh phí`, `Trống`"
    );
    assert_eq!(
        fault(&path, &SheetOptions::default()),
        "`FILE`: several sheets have rows: `Đoàn viên` (3 rows), `Đoan vien` (3 rows), `Kinh phí` (3 rows); name one with `--sheet`"
    );
}

#[test]
fn hidden_sheets_are_passed_over_unless_named() {
    let (_folder, path) = place("an.xlsx");
    workbook(&path, |book| {
        fill(book.add_worksheet(), 0, 0, &[&["tên", "số"], &["x", "1"]]);
        let hidden = book.add_worksheet();
        hidden.set_hidden(true);
        fill(hidden, 0, 0, &[&["mã", "số"], &["y", "2"]]);
    });
    assert_eq!(rows(open(&path)), ["2: x|1"]);
    let options = SheetOptions { sheet: Some("2"), ..Default::default() };
    assert_eq!(rows(open_sheet(&path, &options).unwrap()), ["2: y|2"]);
}

#[test]
fn the_contract_helps_to_find_the_header() {
    let (_folder, path) = place("kho.xlsx");
    // The first row looks like a header of texts as much as the third.
    plain(&path, &[&["Tỉnh đoàn", "Ban phong trào", "Mật"], &[], &["tên", "xã", "loại"], &["A", "B", "C"]]);
    assert_eq!(open(&path).heading.first_row, 1);
    let known =
        |names: &[String]| names.iter().filter(|name| ["tên", "loại"].contains(&name.as_str())).count();
    let header = HeaderOptions { known: Some(&known), ..Default::default() };
    let opened = open_sheet(&path, &SheetOptions { header, ..Default::default() }).unwrap();
    assert_eq!(opened.heading.first_row, 3);
    assert_eq!(rows(opened), ["4: A|B|C"]);
}

#[test]
fn what_stands_beside_the_table_comes_last_in_its_row() {
    let (_folder, path) = place("canh.xlsx");
    plain(&path, &[&["tên", "số"], &["a", "1"], &["b", "2", "", "xem lại"], &["c", "3"], &["d"]]);
    assert_eq!(rows(open(&path)), ["2: a|1", "3: b|2|xem lại", "4: c|3", "5: d|"]);
}

#[test]
fn a_file_that_is_not_what_its_name_says_is_refused_with_what_it_is() {
    for (name, content, what) in [
        ("a.xlsx", "tên,số\na,1\n", "plain text such as CSV, not a workbook; give it the ending .csv"),
        ("a.xls", "<html><body><table><tr><td>a</td></tr></table>", "a web page (HTML), not a workbook"),
        (
            "a.xls",
            "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
            "an XML Spreadsheet",
        ),
        ("a.ods", "%PDF-1.7", "a PDF, not a workbook"),
        ("a.xlsx", "", "an empty file"),
    ] {
        let (_folder, path) = place(name);
        std::fs::write(&path, content).unwrap();
        let fault = fault(&path, &SheetOptions::default());
        assert!(fault.starts_with(&format!("`FILE`: this is {what}")), "{fault}");
    }
    let (_folder, path) = place("a.docx");
    zip(&path, &[("word/document.xml".to_owned(), b"<w/>".to_vec())]);
    assert!(fault(&path, &SheetOptions::default()).starts_with("`FILE`: this is a Word document"));
    let (_folder, path) = place("a.xls");
    plain(&path, &[&["tên", "số"], &["a", "1"]]);
    assert_eq!(open(&path).told()[0], "read as xlsx, which its content is, though its name ends otherwise");
}

#[test]
fn an_encrypted_workbook_is_refused_by_name() {
    let (_folder, path) = place("mat.xlsx");
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    std::fs::write(&path, bytes).unwrap();
    let expected = "`FILE`: the workbook is encrypted; open it with its password and save it without one";
    assert_eq!(fault(&path, &SheetOptions::default()), expected);
}

#[test]
fn an_archive_that_would_swell_is_refused_before_it_is_read() {
    let (_folder, path) = place("bom.xlsx");
    plain(&path, &[&["tên", "số"], &["a", "1"]]);
    edit(&path, "xl/sharedStrings.xml", |xml| format!("{xml}{}", " ".repeat(100 << 20)));
    let text = fault(&path, &SheetOptions::default());
    assert!(text.starts_with("`FILE`: the workbook would unpack to more than 64 MiB"), "{text}");
    let caps = Caps { unpacked: 1 << 10, ..Caps::default() };
    let text = fault(&path, &SheetOptions { caps, ..Default::default() });
    assert!(text.contains("more than 0 MiB"), "{text}");
}

#[test]
fn an_empty_sheet_is_a_fault_and_a_header_alone_has_no_rows() {
    let (_folder, path) = place("trong.xlsx");
    plain(&path, &[]);
    assert!(fault(&path, &SheetOptions::default()).starts_with("`FILE`: no visible sheet has a cell"));
    let options = SheetOptions { sheet: Some("1"), ..Default::default() };
    assert!(fault(&path, &options).starts_with("`FILE`, sheet `Sheet1`: nothing in it"));
    plain(&path, &[&["tên", "số"]]);
    assert_eq!(rows(open(&path)), [""; 0]);
}
