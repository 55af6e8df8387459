//! Workbooks: sheets, headings of several rows, merged cells, totals, signatures, errors.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::Office;

/// Writes a workbook into the office's folder.
fn workbook(office: &Office, name: &str, make: impl FnOnce(&mut Workbook)) {
    let mut book = Workbook::new();
    make(&mut book);
    book.save(office.env.path(name)).expect("saves");
}

/// Writes texts and numbers from a row on, both from 0; an empty text leaves the cell free.
fn fill(sheet: &mut Worksheet, row: u32, rows: &[&[&str]]) {
    for (down, cells) in rows.iter().enumerate() {
        for (right, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let (row, column) = (row + down as u32, right as u16);
            match text.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number).expect("writes"),
                Err(_) => sheet.write(row, column, *text).expect("writes"),
            };
        }
    }
}

/// As offices print it: an office and a title above, a header of two rows with merged cells, a row of
/// column numbers, units merged over their rows, subtotals, a total and signatures.
fn report(office: &Office, name: &str, total: &str) {
    workbook(office, name, |book| {
        let sheet = book.add_worksheet();
        sheet.set_name("Kinh phí").expect("names");
        let plain = Format::new();
        let mut merge = |top, left, bottom, right, text: &str| {
            sheet.merge_range(top, left, bottom, right, text, &plain).map(drop).expect("merges");
        };
        merge(0, 0, 0, 2, "TỈNH ĐOÀN NINH BÌNH");
        merge(2, 0, 2, 5, "BÁO CÁO KINH PHÍ NĂM 2022");
        merge(4, 0, 5, 0, "STT");
        merge(4, 1, 5, 1, "Đơn vị");
        merge(4, 2, 5, 2, "Mã khoản");
        merge(4, 3, 4, 4, "Kinh phí (triệu đồng)");
        merge(4, 5, 5, 5, "Số người");
        merge(7, 1, 8, 1, "yen_mo");
        fill(sheet, 5, &[&["", "", "", "Dự toán", "Thực hiện"]]);
        fill(sheet, 6, &[&["(1)", "(2)", "(3)", "(4)", "(5)", "(6)=(5)/(4)"]]);
        fill(sheet, 7, &[&["1", "", "K1", "120", "100", "5"], &["2", "", "K2", "80", "80.5", "6"]]);
        fill(sheet, 9, &[&["", "Cộng huyện Yên Mô", "", "200", "180.5", "11"]]);
        fill(sheet, 10, &[&["3", "gia_vien", "K3", "50", "45", "7"]]);
        fill(sheet, 11, &[&["TỔNG CỘNG (I+II):", "", "", "250", total, "18"]]);
        fill(sheet, 13, &[&["", "", "", "Ninh Bình, ngày 05 tháng 01 năm 2023"]]);
        fill(sheet, 14, &[&["", "NGƯỜI LẬP BIỂU", "", "TM. BAN THƯỜNG VỤ"]]);
    });
}

const MAPS: [&str; 4] =
    ["--map", "Kinh phí (triệu đồng) / Dự toán=", "--map", "Kinh phí (triệu đồng) / Thực hiện=cost_vnd"];

#[test]
fn a_printed_report_is_read_and_its_totals_hold() {
    let office = Office::new();
    report(&office, "a.xlsx", "225.5");
    insta::assert_snapshot!(office.import(&["a.xlsx"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `a.xlsx`: header `Kinh phí (triệu đồng) / Dự toán` is no column of the table: map it to a column, or to nothing [column 4 (D)]
    hint: `--map 'HEADING=COLUMN'` says what stands under a heading (`--map 'HEADING='` leaves it out), `--set COLUMN=VALUE` gives every row the same value
    error: `a.xlsx`: header `Kinh phí (triệu đồng) / Thực hiện` is no column of the table: map it to a column, or to nothing [column 5 (E)]
    ");
    insta::assert_snapshot!(office.import(&[&["a.xlsx"], MAPS.as_slice()].concat()), @r#"
    exit 0
    --- stdout
    file,what,rows,detail
    a.xlsx,said,,sheet `Kinh phí`: the only one that is not empty
    a.xlsx,said,,"header: rows 5 to 6, joined with ` / `"
    a.xlsx,said,,row 7 numbers the columns and is left out
    a.xlsx,said,,1 merged cell filled down into 1 row
    a.xlsx,said,,"`STT` is the running number, and left out"
    a.xlsx,total,1,row 10: `Cộng huyện Yên Mô` agrees with the rows above it in 2 columns
    a.xlsx,total,1,row 12: `TỔNG CỘNG (I+II):` agrees with the rows above it in 2 columns
    a.xlsx,note,1,"row 14: `Ninh Bình, ngày 05 tháng 01 năm 2023`"
    a.xlsx,note,1,row 15: `NGƯỜI LẬP BIỂU`
    a.xlsx,read,3,rows of data
    ,written,3,[DIR]/datasets/spending.parquet
    --- stderr
    "#);
    insta::assert_snapshot!(office.rows("item_id, unit_id, cost_vnd, people, source_row"), @"
    item_id,unit_id,cost_vnd,people,source_row
    K1,yen_mo,100000000,5,8
    K2,yen_mo,80500000,6,9
    K3,gia_vien,45000000,7,11
    ");
}

#[test]
fn a_total_that_is_wrong_is_put_aside_and_the_rows_are_written() {
    let office = Office::new();
    report(&office, "a.xlsx", "225");
    insta::assert_snapshot!(office.import(&[&["a.xlsx"], MAPS.as_slice()].concat()), @r#"
    exit 3
    --- stdout
    file,what,rows,detail
    a.xlsx,said,,sheet `Kinh phí`: the only one that is not empty
    a.xlsx,said,,"header: rows 5 to 6, joined with ` / `"
    a.xlsx,said,,row 7 numbers the columns and is left out
    a.xlsx,said,,1 merged cell filled down into 1 row
    a.xlsx,said,,"`STT` is the running number, and left out"
    a.xlsx,total,1,row 10: `Cộng huyện Yên Mô` agrees with the rows above it in 2 columns
    a.xlsx,note,1,"row 14: `Ninh Bình, ngày 05 tháng 01 năm 2023`"
    a.xlsx,note,1,row 15: `NGƯỜI LẬP BIỂU`
    a.xlsx,read,4,rows of data
    a.xlsx,rejected,1,"cost_vnd `225`: `TỔNG CỘNG (I+II):` does not agree with the rows above it, which come to 225.5, and those since the last total to 45 (row 12)"
    a.xlsx,put aside,1,a.xlsx.rejected.csv
    ,written,3,[DIR]/datasets/spending.parquet
    --- stderr
    error: 4 rows read: 3 written, 1 put aside
    hint: mend them in `a.xlsx.rejected.csv` and import that
    "#);
    insta::assert_snapshot!(office.env.read("a.xlsx.rejected.csv"), @"
    ﻿Đơn vị;Mã khoản;cost_vnd (triệu đồng);Số người;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    TỔNG CỘNG (I+II):;;225;18;a.xlsx;Kinh phí;12;cost_vnd;225;`TỔNG CỘNG (I+II):` does not agree with the rows above it, which come to 225.5, and those since the last total to 45
    ");
    assert_eq!(office.count(), 3);
}

/// A unit above the table does not say to which columns it belongs: it is asked for, not guessed.
#[test]
fn a_unit_above_the_table_is_asked_for() {
    let office = Office::new();
    workbook(&office, "a.xlsx", |book| {
        let sheet = book.add_worksheet();
        fill(
            sheet,
            0,
            &[
                &["BÁO CÁO"],
                &["", "Đơn vị tính: triệu đồng"],
                &["Mã khoản", "Kinh phí", "Số người"],
                &["A1", "12", "3"],
            ],
        );
    });
    workbook(&office, "b.xlsx", |book| {
        let sheet = book.add_worksheet();
        fill(
            sheet,
            0,
            &[&["BÁO CÁO"], &["", "ĐVT: triệu đồng"], &["Mã khoản", "Kinh phí (triệu đồng)"], &["B1", "12"]],
        );
    });
    insta::assert_snapshot!(office.import(&["a.xlsx"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `a.xlsx`: row 2 says `Đơn vị tính: triệu đồng`, but not for which columns; `Kinh phí`, `Số người` may be meant
    hint: write the unit into the heading of each column that counts in it, such as `Kinh phí (triệu đồng)`; or give `--header-row 3`, which leaves out what stands above
    ");
    assert_eq!(office.import(&["a.xlsx", "--header-row", "3"]).status, 0);
    assert_eq!(office.import(&["b.xlsx"]).status, 0);
    assert_eq!(office.rows("item_id, cost_vnd"), "item_id,cost_vnd\nA1,12\nB1,12000000\n");
}

#[test]
fn one_of_several_sheets_is_named() {
    let office = Office::new();
    workbook(&office, "a.xlsx", |book| {
        for (name, key) in [("Quý I", "Q1"), ("Quý II", "Q2")] {
            let sheet = book.add_worksheet();
            sheet.set_name(name).expect("names");
            fill(sheet, 0, &[&["Ghi chép", "của kế toán"], &[], &["Mã khoản", "Kinh phí"], &[key, "5"]]);
        }
        book.add_worksheet().set_name("Trống").expect("names");
    });
    insta::assert_snapshot!(office.import(&["a.xlsx"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `a.xlsx`: several sheets have rows: `Quý I` (3 rows), `Quý II` (3 rows)
    hint: name one with `--sheet`
    ");
    insta::assert_snapshot!(office.import(&["a.xlsx", "--sheet", "quy ii"]), @"
    exit 0
    --- stdout
    file,what,rows,detail
    a.xlsx,said,,sheet `Quý II`
    a.xlsx,said,,header: row 3; what stands above it is left out
    a.xlsx,read,1,rows of data
    ,written,1,[DIR]/datasets/spending.parquet
    --- stderr
    ");
    assert_eq!(office.import(&["a.xlsx", "--sheet", "1", "--header-row", "3"]).status, 0);
    insta::assert_snapshot!(office.import(&["a.xlsx", "--sheet", "Quý III"]).stderr, @"
    error: `a.xlsx`: there is no sheet `Quý III`
    hint: there are `Quý I`, `Quý II`, `Trống`
    ");
    insta::assert_snapshot!(office.import(&["a.xlsx", "--sheet", "1", "--header-row", "1"]).stderr, @"
    error: `a.xlsx`: header `Ghi chép` is no column of the table: map it to a column, or to nothing [column 1 (A)]
    hint: `--map 'HEADING=COLUMN'` says what stands under a heading (`--map 'HEADING='` leaves it out), `--set COLUMN=VALUE` gives every row the same value
    error: `a.xlsx`: header `của kế toán` is no column of the table (the nearest is `Mã khoản`): map it to a column, or to nothing [column 2 (B)]
    error: `a.xlsx`: there is no column `item_id` (Mã khoản), and no row can do without
    ");
    assert_eq!(office.rows("item_id, cost_vnd, source_row"), "item_id,cost_vnd,source_row\nQ1,5,4\nQ2,5,4\n");
}

/// Dates, percentages, truth values and formulas come as what they are; a formula's error is a fault.
#[test]
fn the_cells_of_a_workbook_come_as_what_they_are() {
    let office = Office::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let percent = Format::new().set_num_format("0.0%");
    workbook(&office, "a.xlsx", |book| {
        let sheet = book.add_worksheet();
        fill(sheet, 0, &[&["Mã khoản", "Ngày chi", "Tỷ lệ", "Đã chi", "Kinh phí", "Số người"]]);
        for (row, key) in [(1, "A1"), (2, "A2"), (3, "A3")] {
            sheet.write(row, 0, key).expect("writes");
            sheet
                .write_with_format(row, 1, ExcelDateTime::from_ymd(2022, 12, 31).expect("a day"), &day)
                .expect("writes");
            sheet.write_with_format(row, 2, 0.07, &percent).expect("writes");
            sheet.write(row, 3, true).expect("writes");
            sheet.write_formula(row, 4, Formula::new("=1200*1000").set_result("1200000")).expect("writes");
            sheet.write(row, 5, 3).expect("writes");
        }
        sheet.write_formula(2, 4, Formula::new("=1/0").set_result("#DIV/0!")).expect("writes");
        sheet.write(3, 5, 1.5).expect("writes");
        sheet.write_with_format(3, 2, 0.01125, &percent).expect("writes");
    });
    insta::assert_snapshot!(office.import(&["a.xlsx"]), @"
    exit 3
    --- stdout
    file,what,rows,detail
    a.xlsx,said,,sheet `Sheet1`: the only one that is not empty
    a.xlsx,said,,header: row 1
    a.xlsx,read,3,rows of data
    a.xlsx,rejected,1,cost_vnd `#DIV/0!`: `#DIV/0!` is a formula without a value: mend it in the spreadsheet (row 3)
    a.xlsx,rejected,1,people `1.5`: 1.5 is no whole number (row 4)
    a.xlsx,put aside,2,a.xlsx.rejected.csv
    ,written,1,[DIR]/datasets/spending.parquet
    --- stderr
    error: 3 rows read: 1 written, 2 put aside
    hint: mend them in `a.xlsx.rejected.csv` and import that
    ");
    insta::assert_snapshot!(office.env.read("a.xlsx.rejected.csv"), @"
    ﻿Mã khoản;Ngày chi;Tỷ lệ;Đã chi;Kinh phí;Số người;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    A2;31/12/2022;7 %;true;;3;a.xlsx;Sheet1;3;cost_vnd;#DIV/0!;`#DIV/0!` is a formula without a value: mend it in the spreadsheet
    A3;31/12/2022;1,1250 %;true;1200000;1,5;a.xlsx;Sheet1;4;people;1.5;1.5 is no whole number
    ");
    let list = office.env.read("a.xlsx.rejected.csv");
    office
        .env
        .write("b.csv", list.replace(";true;;3;", ";true;1500000;3;").replace(";1,5;a.xlsx", ";2;a.xlsx"));
    insta::assert_snapshot!(office.import(&["b.csv"]), @r#"
    exit 0
    --- stdout
    file,what,rows,detail
    b.csv,said,,the text is utf-8 with a byte order mark
    b.csv,said,,delimiter `;`: it cuts the lines into 12 cells
    b.csv,said,,header: row 1
    b.csv,decimal,,"the decimal mark is `,`: row 3 has `1,1250 %`"
    b.csv,read,2,rows of data
    ,written,2,[DIR]/datasets/spending/import-0001.parquet
    --- stderr
    "#);
    insta::assert_snapshot!(office.rows("item_id, day, share, paid, cost_vnd, people, source_file, source_row"), @"
    item_id,day,share,paid,cost_vnd,people,source_file,source_row
    A1,2022-12-31,0.070000000,true,1200000,3,a.xlsx,2
    A2,2022-12-31,0.070000000,true,1500000,3,a.xlsx,3
    A3,2022-12-31,0.011250000,true,1200000,2,a.xlsx,4
    ");
}

#[test]
fn a_sheet_of_libreoffice_is_read() {
    let office = Office::new();
    let text = |text: &str| {
        format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
    };
    let number =
        |value: &str| format!(r#"<table:table-cell office:value-type="float" office:value="{value}"/>"#);
    let day = r#"<table:table-cell office:value-type="date" office:date-value="2023-01-04"/>"#;
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let rows = [
        row(&["Mã khoản", "Kinh phí (nghìn đồng)", "Ngày chi"].map(text)),
        row(&[text("A1"), number("120"), day.to_owned()]),
        row(&[text("A2"), number("80"), day.to_owned()]),
        row(&[text("Tổng cộng"), number("200")]),
    ];
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="Tháng 1">{}</table:table></office:spreadsheet></office:body></office:document-content>"#,
        rows.concat()
    );
    let manifest = r#"<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>"#;
    let mut archive = zip::ZipWriter::new(std::fs::File::create(office.env.path("a.ods")).expect("makes"));
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", content.as_str()),
    ] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("begins");
        std::io::Write::write_all(&mut archive, text.as_bytes()).expect("writes");
    }
    archive.finish().expect("ends");
    insta::assert_snapshot!(office.import(&["a.ods"]), @"
    exit 0
    --- stdout
    file,what,rows,detail
    a.ods,said,,sheet `Tháng 1`: the only one that is not empty
    a.ods,said,,header: row 1
    a.ods,total,1,row 4: `Tổng cộng` agrees with the rows above it in 1 column
    a.ods,read,2,rows of data
    ,written,2,[DIR]/datasets/spending.parquet
    --- stderr
    ");
    insta::assert_snapshot!(office.rows("item_id, cost_vnd, day, source_row"), @"
    item_id,cost_vnd,day,source_row
    A1,120000,2023-01-04,2
    A2,80000,2023-01-04,3
    ");
}

/// Some programs give a workbook the name of a text.
#[test]
fn a_workbook_under_the_name_of_a_text_is_read_and_said() {
    let office = Office::new();
    report(&office, "a.csv", "225.5");
    let ran = office.import(&[&["a.csv"], MAPS.as_slice()].concat());
    assert!(ran.status == 0 && ran.stdout.contains("though its name ends otherwise"), "{ran}");
    let ran = office.import(&["a.csv", "--encoding", "tcvn3"]);
    assert!(ran.status == 1 && ran.stderr.contains("this is a workbook"), "{ran}");
}

/// What is no workbook that can be read is refused with its reason.
#[test]
fn a_workbook_that_cannot_be_read_changes_nothing() {
    let office = Office::new();
    report(&office, "good.xlsx", "225.5");
    let good = std::fs::read(office.env.path("good.xlsx")).expect("reads");
    office.env.write("cut.xlsx", &good[..good.len() / 2]);
    let mut garbled = good.clone();
    let middle = garbled.len() / 2;
    garbled[middle..middle + 200].fill(0x5a);
    office.env.write("garbled.xlsx", garbled);
    office.env.write("text.xlsx", "Mã khoản;Kinh phí\nA1;5\n");
    office.env.write("print.xlsx", "%PDF-1.7 and more");
    let mut compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    compound.resize(2048, 0);
    office.env.write("compound.xlsx", compound);
    office.env.write("empty.xlsx", "");
    workbook(&office, "bare.xlsx", |book| {
        book.add_worksheet();
    });
    let before = office.bytes();
    let mut told = String::new();
    for name in
        ["cut.xlsx", "garbled.xlsx", "text.xlsx", "print.xlsx", "compound.xlsx", "empty.xlsx", "bare.xlsx"]
    {
        let ran = office.import(&[name]);
        assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{name}: {ran}");
        told.push_str(&ran.stderr);
    }
    assert!(office.bytes() == before, "something was written");
    insta::assert_snapshot!(told, @"
    error: `cut.xlsx`: the workbook is damaged: invalid Zip archive: Could not find EOCD
    hint: ask for it again
    error: `garbled.xlsx`: the workbook is damaged: corrupt deflate stream
    hint: ask for it again
    error: `text.xlsx`: this is plain text such as CSV, not a workbook
    hint: give it the ending .csv
    error: `print.xlsx`: this is a PDF, not a workbook
    hint: ask for the workbook that it was printed from
    error: `compound.xlsx`: this is an Office document of another kind, not a workbook
    error: `empty.xlsx`: this is an empty file
    hint: check where it came from
    error: `bare.xlsx`: no visible sheet has a cell with content
    hint: check the file
    ");
}

/// A sheet streams: rows were read and judged where the fault comes.
#[test]
fn a_sheet_that_ends_in_nonsense_changes_nothing() {
    let office = Office::new();
    let rows: Vec<String> = (0..2000).map(|n| format!("A{n}")).collect();
    workbook(&office, "sound.xlsx", |book| {
        let sheet = book.add_worksheet();
        fill(sheet, 0, &[&["Mã khoản", "Kinh phí"]]);
        for (row, name) in (1..).zip(&rows) {
            fill(sheet, row, &[&[name, "5"]]);
        }
    });
    let sound = std::fs::File::open(office.env.path("sound.xlsx")).expect("opens");
    let mut sound = zip::ZipArchive::new(sound).expect("an archive");
    let late = std::fs::File::create(office.env.path("late.xlsx")).expect("creates");
    let mut late = zip::ZipWriter::new(late);
    for at in 0..sound.len() {
        let mut part = sound.by_index(at).expect("a part");
        let mut text = String::new();
        std::io::Read::read_to_string(&mut part, &mut text).expect("reads");
        let text =
            text.replace(r#"<row r="1900""#, r#"<row r="12"><c r="A12"><v>1</v></c></row><row r="1900""#);
        late.start_file(part.name().expect("a name"), zip::write::SimpleFileOptions::default())
            .expect("begins");
        std::io::Write::write_all(&mut late, text.as_bytes()).expect("writes");
    }
    late.finish().expect("ends");
    let before = office.bytes();
    insta::assert_snapshot!(office.import(&["late.xlsx"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `late.xlsx`, sheet `Sheet1`: the workbook cannot be read: the rows are out of order
    hint: open it in a spreadsheet program and save it anew
    ");
    assert!(office.bytes() == before, "something was written");
    assert_eq!(office.import(&["sound.xlsx"]).status, 0);
    assert_eq!(office.count(), 2000);
}
