//! Spreadsheets as offices send them, made on the spot.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A folder for the files of one test, with the path of a file in it.
pub(crate) fn place(name: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    (folder, path)
}

/// Writes texts and numbers from a row and column on, both from 0; an empty text leaves the cell free,
/// and a text that is a number becomes one.
pub(crate) fn fill(sheet: &mut Worksheet, row: u32, column: u16, rows: &[&[&str]]) {
    for (down, cells) in rows.iter().enumerate() {
        for (right, text) in cells.iter().enumerate() {
            let (row, column) = (row + down as u32, column + right as u16);
            match text.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number).unwrap(),
                Err(_) if text.is_empty() => continue,
                Err(_) => sheet.write(row, column, *text).unwrap(),
            };
        }
    }
}

/// A workbook with one sheet that holds these cells from A1 on.
pub(crate) fn plain(path: &Path, rows: &[&[&str]]) {
    workbook(path, |book| fill(book.add_worksheet(), 0, 0, rows));
}

/// A workbook made by a closure.
pub(crate) fn workbook(path: &Path, make: impl FnOnce(&mut Workbook)) {
    let mut book = Workbook::new();
    make(&mut book);
    book.save(path).unwrap();
}

/// A report as offices print it: two offices and a title above, a unit in the corner, a header of two
/// rows with merged cells, a row of column numbers, units merged over their rows, a subtotal and a
/// total, signatures below.
pub(crate) fn office_report(path: &Path) {
    workbook(path, |book| {
        let sheet = book.add_worksheet();
        sheet.set_name("Kinh phí").unwrap();
        let plain = Format::new();
        sheet.merge_range(0, 0, 0, 2, "TỈNH ĐOÀN NINH BÌNH", &plain).unwrap();
        sheet.merge_range(0, 3, 0, 5, "ĐOÀN TNCS HỒ CHÍ MINH", &plain).unwrap();
        sheet.merge_range(2, 0, 2, 5, "BÁO CÁO KINH PHÍ NĂM 2022", &plain).unwrap();
        sheet.write(3, 5, "Đơn vị: triệu đồng").unwrap();
        sheet.merge_range(4, 0, 5, 0, "STT", &plain).unwrap();
        sheet.merge_range(4, 1, 5, 1, "Đơn vị", &plain).unwrap();
        sheet.merge_range(4, 2, 5, 2, "Nội dung", &plain).unwrap();
        sheet.merge_range(4, 3, 4, 4, "Kinh phí", &plain).unwrap();
        fill(sheet, 5, 3, &[&["Dự toán", "Thực hiện"]]);
        sheet.merge_range(4, 5, 5, 5, "Ghi\nchú", &plain).unwrap();
        fill(sheet, 6, 0, &[&["(1)", "(2)", "(3)", "(4)", "(5)", "(6)=(5)/(4)"]]);
        sheet.merge_range(7, 1, 8, 1, "Yên Mô", &plain).unwrap();
        fill(
            sheet,
            7,
            0,
            &[&["1", "", "Trại hè", "120", "100"], &["2", "", "Nhà nhân ái", "80", "80", "đủ"]],
        );
        fill(sheet, 9, 1, &[&["Cộng huyện Yên Mô", "", "200", "180"]]);
        fill(sheet, 10, 0, &[&["3", "Gia Viễn", "Trại hè", "50", "45"]]);
        fill(sheet, 11, 0, &[&["TỔNG CỘNG (I+II):", "", "", "250", "225"]]);
        sheet.write(13, 3, "Ninh Bình, ngày 05 tháng 01 năm 2023").unwrap();
        fill(sheet, 14, 1, &[&["NGƯỜI LẬP BIỂU", "", "TM. BAN THƯỜNG VỤ"]]);
    });
}

/// A sheet of one cell of each kind below its name: text, number, percentage, date, truth value, a
/// formula, an error and, in the second row, a formula without a stored value.
pub(crate) fn kinds(path: &Path) {
    workbook(path, |book| {
        let sheet = book.add_worksheet();
        fill(sheet, 0, 0, &[&["chữ", "số", "tỷ lệ", "ngày", "đúng", "công thức", "lỗi"]]);
        let percent = Format::new().set_num_format("0.0%");
        let quoted = Format::new().set_num_format("0\" %\"");
        let day = Format::new().set_num_format("dd/mm/yyyy");
        for row in [1, 2] {
            sheet.write(row, 0, "Đoàn").unwrap();
            sheet.write(row, 1, 1.5).unwrap();
            sheet.write_with_format(row, 3, ExcelDateTime::from_ymd(2023, 1, 4).unwrap(), &day).unwrap();
            sheet.write(row, 4, true).unwrap();
            sheet.write_formula(row, 5, Formula::new("=1+1").set_result("2")).unwrap();
            sheet.write_formula(row, 6, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        }
        sheet.write_with_format(1, 2, 0.45, &percent).unwrap();
        sheet.write_with_format(2, 2, 45, &quoted).unwrap();
    });
    edit(path, "xl/worksheets/sheet1.xml", |xml| {
        let (before, behind) = xml.split_once(r#"<c r="F3">"#).unwrap();
        let behind = behind.replacen("<v>2</v>", "", 1);
        format!(r#"{before}<c r="F3">{behind}"#)
    });
}

/// Changes the text of one part of a zip archive.
pub(crate) fn edit(path: &Path, part: &str, mut change: impl FnMut(&str) -> String) {
    let mut archive = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if name == part {
            bytes = change(std::str::from_utf8(&bytes).unwrap()).into_bytes();
        }
        parts.push((name, bytes));
    }
    zip(path, &parts);
}

/// Writes a zip archive.
pub(crate) fn zip(path: &Path, parts: &[(String, Vec<u8>)]) {
    let mut archive = ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in parts {
        archive.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
}

/// Writes an ODS whose sheets are given as XML, `<table:table …>` and all within.
pub(crate) fn ods(path: &Path, tables: &str) {
    const CONTENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"><office:automatic-styles><style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>"#;
    const END: &str = "</office:spreadsheet></office:body></office:document-content>";
    const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>"#;
    let content = format!("{CONTENT}{tables}{END}");
    let parts = [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", MANIFEST),
        ("content.xml", content.as_str()),
    ];
    zip(path, &parts.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())));
}

/// The XML of an ODS cell with a text, with further attributes.
pub(crate) fn ods_text(text: &str, attributes: &str) -> String {
    format!(
        r#"<table:table-cell office:value-type="string" {attributes}><text:p>{text}</text:p></table:table-cell>"#
    )
}

/// An ODS with a header of two rows, a unit merged over two rows, a date and a percentage.
pub(crate) fn ods_report(path: &Path) {
    let covered = "<table:covered-table-cell/>";
    let number = |kind: &str, value: &str| {
        format!(r#"<table:table-cell office:value-type="{kind}" office:value="{value}"/>"#)
    };
    let day = r#"<table:table-cell office:value-type="date" office:date-value="2023-01-04"/>"#;
    let tall = r#"table:number-rows-spanned="2""#;
    let wide = r#"table:number-columns-spanned="2""#;
    let rows = [
        [ods_text("Đơn vị", tall), ods_text("Kinh phí", wide), covered.to_owned(), ods_text("Ngày", tall)]
            .concat(),
        [covered.to_owned(), ods_text("Dự toán", ""), ods_text("Tỷ lệ", ""), covered.to_owned()].concat(),
        [ods_text("Yên Mô", tall), number("float", "120"), number("percentage", "0.45"), day.to_owned()]
            .concat(),
        [covered.to_owned(), number("float", "80"), number("percentage", "1"), day.to_owned()].concat(),
        [ods_text("Gia Viễn", ""), number("float", "50"), number("percentage", "0.9"), day.to_owned()]
            .concat(),
    ];
    let rows: String = rows.iter().map(|row| format!("<table:table-row>{row}</table:table-row>")).collect();
    ods(path, &format!(r#"<table:table table:name="Báo cáo">{rows}</table:table>"#));
}
