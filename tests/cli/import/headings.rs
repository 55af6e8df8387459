//! Headings: matched, mapped, kept for the next time; columns that are the same in every row.

use super::Office;

#[test]
fn headings_are_matched_in_either_language_without_accents() {
    let office = Office::new();
    office.env.write("vi.csv", "STT;mã khoản;ĐƠN VỊ;Kinh phi\n1;A1;nho_quan;5\n");
    office.env.write("en.csv", "item_id,Unit,COST\nB1,nho_quan,6\n");
    office.env.write("plain.csv", "Ma khoan,Don vi,Kinh Phí (đồng)\nC1,nho_quan,7\n");
    insta::assert_snapshot!(office.import(&["vi.csv", "en.csv", "plain.csv"]), @r#"
    exit 0
    --- stdout
    file,what,rows,detail
    vi.csv,said,,the text is utf-8
    vi.csv,said,,delimiter `;`: it cuts the lines into 4 cells
    vi.csv,said,,header: row 1
    vi.csv,said,,"`STT` is the running number, and left out"
    vi.csv,read,1,rows of data
    en.csv,said,,the text is utf-8
    en.csv,said,,"delimiter `,`: it cuts the lines into 3 cells"
    en.csv,said,,header: row 1
    en.csv,read,1,rows of data
    plain.csv,said,,the text is utf-8
    plain.csv,said,,"delimiter `,`: it cuts the lines into 3 cells"
    plain.csv,said,,header: row 1
    plain.csv,read,1,rows of data
    ,written,3,[DIR]/datasets/spending.parquet
    --- stderr
    "#);
    insta::assert_snapshot!(office.rows("item_id, unit_id, cost_vnd, source_file"), @"
    item_id,unit_id,cost_vnd,source_file
    B1,nho_quan,6,en.csv
    C1,nho_quan,7,plain.csv
    A1,nho_quan,5,vi.csv
    ");
}

/// All that is wrong with the headings is told at once, and nothing is written.
#[test]
fn headings_that_are_no_columns_are_faults() {
    let office = Office::new();
    office.env.write("a.csv", "Mã khỏan số;Đơn vị;Unit;Kinh phí (kg);Ghi chú\nA1;nho_quan;x;5;y\n");
    let before = office.bytes();
    insta::assert_snapshot!(office.import(&["a.csv"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `a.csv`: header `Mã khỏan số` is no column of the table (the nearest is `Mã khoản`): map it to a column, or to nothing [column 1 (A)]
    hint: `--map 'HEADING=COLUMN'` says what stands under a heading (`--map 'HEADING='` leaves it out), `--set COLUMN=VALUE` gives every row the same value
    error: `a.csv`: header `Kinh phí (kg)` is no column of the table (the nearest is `Kinh phí`): map it to a column, or to nothing [column 4 (D)]
    error: `a.csv`: header `Ghi chú` is no column of the table (the nearest is `Ngày chi`): map it to a column, or to nothing [column 5 (E)]
    error: `a.csv`: headers `Đơn vị`, `Unit` are all column `unit_id`: map all but one to nothing
    error: `a.csv`: there is no column `item_id` (Mã khoản), and no row can do without
    ");
    insta::assert_snapshot!(office.import(&["a.csv", "--map", "Ghi chú=notes", "--set", "colour=red"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `--set colour=…`: table `spending` has no column `colour`
    ");
    assert!(office.bytes() == before, "something was written");
}

#[test]
fn a_mapping_says_what_stands_under_a_heading() {
    let office = Office::new();
    office.env.write(
        "a.csv",
        "Số phiếu;Diễn giải;Thành tiền (nghìn đồng);Ghi chú\nP1;Xăng xe;120;x\nP2;;1,5 cái;y\n",
    );
    let maps = [
        "--map",
        "Số phiếu=item_id",
        "--map",
        "Diễn giải=content",
        "--map",
        "Thành tiền (nghìn đồng)=cost_vnd",
        "--map",
        "Ghi chú=",
    ];
    insta::assert_snapshot!(office.import(&[&["a.csv"], maps.as_slice()].concat()), @r#"
    exit 3
    --- stdout
    file,what,rows,detail
    a.csv,said,,the text is utf-8
    a.csv,said,,delimiter `;`: it cuts the lines into 4 cells
    a.csv,said,,header: row 1
    a.csv,read,2,rows of data
    a.csv,rejected,1,"cost_vnd `1,5 cái`: `cái` is neither a scale (`nghìn`, `triệu`, `tỷ`) nor a currency: write the number without it (row 3)"
    a.csv,put aside,1,a.csv.rejected.csv
    ,written,1,[DIR]/datasets/spending.parquet
    --- stderr
    error: 2 rows read: 1 written, 1 put aside
    hint: mend them in `a.csv.rejected.csv` and import that
    "#);
    insta::assert_snapshot!(office.rows("item_id, content, cost_vnd"), @"
    item_id,content,cost_vnd
    P1,Xăng xe,120000
    ");
    // The list has the columns' own names, so that it needs no mapping.
    insta::assert_snapshot!(office.env.read("a.csv.rejected.csv"), @"
    ﻿item_id;content;cost_vnd (nghìn đồng);source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    P2;;1,5 cái;a.csv;;3;cost_vnd;1,5 cái;`cái` is neither a scale (`nghìn`, `triệu`, `tỷ`) nor a currency: write the number without it
    ");
    office.env.write("b.csv", office.env.read("a.csv.rejected.csv").replace("1,5 cái;a.csv", "1,5;a.csv"));
    insta::assert_snapshot!(office.import(&["b.csv"]), @r#"
    exit 0
    --- stdout
    file,what,rows,detail
    b.csv,said,,the text is utf-8 with a byte order mark
    b.csv,said,,delimiter `;`: it cuts the lines into 9 cells
    b.csv,said,,header: row 1
    b.csv,decimal,,"the decimal mark is `,`: row 2 has `1,5`"
    b.csv,read,1,rows of data
    ,written,1,[DIR]/datasets/spending/import-0001.parquet
    --- stderr
    "#);
    insta::assert_snapshot!(office.rows("item_id, cost_vnd, source_file, source_row"), @"
    item_id,cost_vnd,source_file,source_row
    P1,120000,a.csv,2
    P2,1500,a.csv,3
    ");
}

/// What stands in parentheses is a part of the heading where it is no unit.
#[test]
fn a_mapped_heading_with_parentheses_comes_back_from_the_list() {
    let office = Office::new();
    office.env.write("a.csv", "Số (phiếu);Người (nam và nữ);Ngày chi\nP1;4;31/02/2022\n");
    let maps = ["--map", "Số (phiếu)=item_id", "--map", "Người (nam và nữ)=people"];
    assert_eq!(office.import(&[&["a.csv"], maps.as_slice()].concat()).status, 3);
    office.env.write(
        "b.csv",
        office.env.read("a.csv.rejected.csv").replace("31/02/2022;a.csv", "28/02/2022;a.csv"),
    );
    assert_eq!(office.sound(&["b.csv"], "item_id, people, day"), "item_id,people,day\nP1,4,2022-02-28\n");
}

#[test]
fn a_mapping_that_is_kept_need_not_be_said_again() {
    let office = Office::new();
    office.env.write("a.csv", "Số phiếu;Số người;Ghi chú\nP1;1.700;x\n");
    office.env.write("b.csv", "Số phiếu;Số người;Ghi chú\nP2;2.500;y\n");
    let args = ["--map", "Số phiếu=item_id", "--map", "Ghi chú=", "--decimal", ",", "--save"];
    assert_eq!(office.import(&[&["a.csv", "--dry-run"], args.as_slice()].concat()).status, 0);
    assert!(!office.env.read("datasets/datapackage.json").contains("Số phiếu"));
    assert_eq!(office.import(&[&["a.csv"], args.as_slice()].concat()).status, 0);
    let rows = office.sound(&["b.csv"], "item_id, people");
    assert_eq!(rows, "item_id,people\nP1,1700\nP2,2500\n");
}

/// `--strict` with a row at fault changes nothing, the contract neither.
#[test]
fn a_mapping_is_not_kept_where_nothing_was_written() {
    let office = Office::new();
    office.env.write("a.csv", "Số phiếu;Số người\nP1;một\n");
    let before = office.bytes();
    let ran = office.import(&["a.csv", "--map", "Số phiếu=item_id", "--save", "--strict"]);
    assert_eq!(ran.status, 3, "{ran}");
    assert!(office.bytes() == before, "something was written");
}

#[test]
fn a_column_can_be_the_same_in_every_row() {
    let office = Office::new();
    office.env.write("a.csv", "Mã khoản;Số người\nA1;1\nA2;hai\n");
    let set = [
        "--set",
        "unit_id=nho_quan",
        "--set",
        "kind=Đi lại",
        "--set",
        "day=31/12/2022",
        "--set",
        "cost_vnd=1500.0",
    ];
    insta::assert_snapshot!(office.import(&[&["a.csv"], set.as_slice()].concat()), @"
    exit 3
    --- stdout
    file,what,rows,detail
    a.csv,said,,the text is utf-8
    a.csv,said,,delimiter `;`: it cuts the lines into 2 cells
    a.csv,said,,header: row 1
    a.csv,read,2,rows of data
    a.csv,rejected,1,people `hai`: `hai` is not a number (row 3)
    a.csv,put aside,1,a.csv.rejected.csv
    ,written,1,[DIR]/datasets/spending.parquet
    --- stderr
    error: 2 rows read: 1 written, 1 put aside
    hint: mend them in `a.csv.rejected.csv` and import that
    ");
    insta::assert_snapshot!(office.env.read("a.csv.rejected.csv"), @"
    ﻿Mã khoản;Số người;unit_id;kind;day;cost_vnd;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    A2;hai;nho_quan;Đi lại;31/12/2022;1500.0;a.csv;;3;people;hai;`hai` is not a number
    ");
    office.env.write("b.csv", office.env.read("a.csv.rejected.csv").replace(";hai;", ";2;"));
    assert_eq!(office.import(&["b.csv"]).status, 0);
    insta::assert_snapshot!(office.rows("item_id, unit_id, kind, day, cost_vnd, people"), @"
    item_id,unit_id,kind,day,cost_vnd,people
    A1,nho_quan,travel,2022-12-31,1500,1
    A2,nho_quan,travel,2022-12-31,1500,2
    ");
    insta::assert_snapshot!(office.import(&["a.csv", "--set", "day=31/02/2022"]).stderr, @"error: `--set day=31/02/2022`: `31/02/2022` is no day of the calendar: mend it");
    insta::assert_snapshot!(office.import(&["a.csv", "--set", "people=3"]).stderr, @"
    error: `a.csv`: column `people` is in the file, and was set too
    hint: `--map 'HEADING=COLUMN'` says what stands under a heading (`--map 'HEADING='` leaves it out), `--set COLUMN=VALUE` gives every row the same value
    ");
}
