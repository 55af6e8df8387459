//! Numbers, dates, codes and texts as offices write them.

use unicode_normalization::UnicodeNormalization;

use super::Office;

#[test]
fn numbers_with_one_reading_are_read() {
    let office = Office::new();
    office.env.write(
        "a.csv",
        "Mã khoản;Kinh phí;Tỷ lệ;Số người\n\
         A1;2,819 tỷ;45 %;1.234.567\n\
         A2;12,5 triệu;0,5;(3)\n\
         A3;1.200.000 đ;12,5%;-3\n\
         A4;1 700 000;1,25;\n\
         A5;500 nghìn đồng;;-\n",
    );
    insta::assert_snapshot!(office.import(&["a.csv"]), @r#"
    exit 3
    --- stdout
    file,what,rows,detail
    a.csv,said,,the text is utf-8
    a.csv,said,,delimiter `;`: it cuts the lines into 4 cells
    a.csv,said,,header: row 1
    a.csv,decimal,,"the decimal mark is `,`: row 2 has `1.234.567`"
    a.csv,read,5,rows of data
    ,warning,1,a billion is much: A1
    a.csv,rejected,1,"people `-`: `-` is not a number; if it means nothing, add `-` to `missingValues` of the table (row 6)"
    a.csv,put aside,1,a.csv.rejected.csv
    ,written,4,[DIR]/datasets/spending.parquet
    --- stderr
    error: 5 rows read: 4 written, 1 put aside
    hint: mend them in `a.csv.rejected.csv` and import that
    "#);
    insta::assert_snapshot!(office.rows("item_id, cost_vnd, share, people"), @"
    item_id,cost_vnd,share,people
    A1,2819000000,0.450000000,1234567
    A2,12500000,0.500000000,-3
    A3,1200000,0.125000000,-3
    A4,1700000,1.250000000,
    ");
}

/// `1.700` is 1700 in Vietnamese and 1.7 in English: never guessed, read where the mark is known.
#[test]
fn a_number_with_two_readings_is_put_aside_until_the_mark_is_said() {
    let office = Office::new();
    office.env.write("a.csv", "Mã khoản;Số người\nA1;1.700\nA2;12\n");
    insta::assert_snapshot!(office.import(&["a.csv"]), @r#"
    exit 3
    --- stdout
    file,what,rows,detail
    a.csv,said,,the text is utf-8
    a.csv,said,,delimiter `;`: it cuts the lines into 2 cells
    a.csv,said,,header: row 1
    a.csv,read,2,rows of data
    a.csv,rejected,1,"people `1.700`: can be read as 1700 (`--decimal ,`) or as 1.7 (`--decimal .`): say which by `--decimal` (row 2)"
    a.csv,put aside,1,a.csv.rejected.csv
    ,written,1,[DIR]/datasets/spending.parquet
    --- stderr
    error: 2 rows read: 1 written, 1 put aside
    hint: mend them in `a.csv.rejected.csv` and import that
    "#);
    insta::assert_snapshot!(office.env.read("a.csv.rejected.csv"), @"
    ﻿Mã khoản;Số người;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    A1;1.700;a.csv;;2;people;1.700;can be read as 1700 (`--decimal ,`) or as 1.7 (`--decimal .`): say which by `--decimal`
    ");
    let mended = office.import(&["a.csv.rejected.csv", "--decimal", ","]);
    assert_eq!(mended.status, 0, "{mended}");
    insta::assert_snapshot!(office.rows("item_id, people, source_file, source_row"), @"
    item_id,people,source_file,source_row
    A1,1700,a.csv,2
    A2,12,a.csv,3
    ");
}

/// Where both marks are used nothing is settled, and what contradicts the mark that was said is put aside.
#[test]
fn marks_that_contradict_each_other_settle_nothing() {
    let office = Office::new();
    office.env.write("a.csv", "Mã khoản;Tỷ lệ\nA1;0,5\nA2;0.25\nA3;1.700\n");
    insta::assert_snapshot!(office.import(&["a.csv"]), @r#"
    exit 3
    --- stdout
    file,what,rows,detail
    a.csv,said,,the text is utf-8
    a.csv,said,,delimiter `;`: it cuts the lines into 2 cells
    a.csv,said,,header: row 1
    a.csv,decimal,,"both decimal marks are used (row 2 has `0,5`, row 3 has `0.25`): a number that can be read in two ways is put aside"
    a.csv,read,3,rows of data
    a.csv,rejected,1,"share `1.700`: can be read as 1700 (`--decimal ,`) or as 1.7 (`--decimal .`): say which by `--decimal` (row 4)"
    a.csv,put aside,1,a.csv.rejected.csv
    ,written,2,[DIR]/datasets/spending.parquet
    --- stderr
    error: 3 rows read: 2 written, 1 put aside
    hint: mend them in `a.csv.rejected.csv` and import that
    "#);
    office.env.write("b.csv", "Mã khoản;Tỷ lệ\nB1;0,5\nB2;0.25\nB3;1.700\n");
    insta::assert_snapshot!(office.import(&["b.csv", "--decimal", ","]), @r#"
    exit 3
    --- stdout
    file,what,rows,detail
    b.csv,said,,the text is utf-8
    b.csv,said,,delimiter `;`: it cuts the lines into 2 cells
    b.csv,said,,header: row 1
    b.csv,decimal,,"the decimal mark is `,`, as was said"
    b.csv,read,3,rows of data
    b.csv,rejected,1,"share `0.25`: is no number with the decimal mark `,`, but 0.25 with `.`: mend it, or give `--decimal .` (row 3)"
    b.csv,put aside,1,b.csv.rejected.csv
    ,written,2,[DIR]/datasets/spending/import-0001.parquet
    --- stderr
    error: 3 rows read: 2 written, 1 put aside
    hint: mend them in `b.csv.rejected.csv` and import that
    "#);
    office.env.write("c.csv", "Mã khoản;Tỷ lệ\nC1;1,234.5\nC2;1.700\n");
    insta::assert_snapshot!(office.import(&["c.csv"]), @r#"
    exit 0
    --- stdout
    file,what,rows,detail
    c.csv,said,,the text is utf-8
    c.csv,said,,delimiter `;`: it cuts the lines into 2 cells
    c.csv,said,,header: row 1
    c.csv,decimal,,"the decimal mark is `.`: row 2 has `1,234.5`"
    c.csv,read,2,rows of data
    ,written,2,[DIR]/datasets/spending/import-0002.parquet
    --- stderr
    "#);
    insta::assert_snapshot!(office.rows("item_id, share"), @"
    item_id,share
    A1,0.500000000
    A2,0.250000000
    B1,0.500000000
    B3,1700.000000000
    C1,1234.500000000
    C2,1.700000000
    ");
}

#[test]
fn what_is_no_number_is_put_aside_with_its_reason() {
    let office = Office::new();
    office.env.write(
        "a.csv",
        "Mã khoản;Số người;Kinh phí\n\
         A1;khoảng 20;1\nA2;20-30;1\nA3;1,5;1\nA4;4,12E+11;1\nA5;#REF!;1\nA6;20 nguời;1\nA7;1.2.3;1\n\
         A8;1;-5\nA9;99999999999999999999;1\nA10;2;0,5 đồng\nA11;3;100 USD\n",
    );
    insta::assert_snapshot!(office.import(&["a.csv"]), @r#"
    exit 3
    --- stdout
    file,what,rows,detail
    a.csv,said,,the text is utf-8
    a.csv,said,,delimiter `;`: it cuts the lines into 3 cells
    a.csv,said,,header: row 1
    a.csv,decimal,,"the decimal mark is `,`: row 4 has `1,5`"
    a.csv,read,11,rows of data
    a.csv,rejected,1,people `khoảng 20`: `khoảng` makes the number inexact: write the number alone (row 2)
    a.csv,rejected,1,people `20-30`: `20-30` is a range: write one number (row 3)
    a.csv,rejected,1,"people `1,5`: 1.5 is no whole number (row 4)"
    a.csv,rejected,1,"people `4,12E+11`: `4,12E+11` was shortened by a spreadsheet, its last digits are lost: give the column the format of whole numbers there and save again (row 5)"
    a.csv,rejected,1,people `#REF!`: `#REF!` is a formula without a value: mend it in the spreadsheet (row 6)
    a.csv,rejected,1,"people `20 nguời`: `nguời` is neither a scale (`nghìn`, `triệu`, `tỷ`) nor a currency: write the number without it (row 7)"
    a.csv,rejected,1,"people `1.2.3`: `1.2.3` has its marks in no place of a number: groups have three digits, and one decimal mark stands after them (row 8)"
    a.csv,rejected,1,cost_vnd `-5`: it breaks the rule `minimum`: `cost_vnd` must be at least 0 (row 9)
    a.csv,rejected,1,people `99999999999999999999`: 99999999999999999999 is too large for the column (row 10)
    a.csv,rejected,1,"cost_vnd `0,5 đồng`: 0.5 is no whole number (row 11)"
    a.csv,rejected,1,"cost_vnd `100 USD`: `usd` is neither a scale (`nghìn`, `triệu`, `tỷ`) nor a currency: write the number without it (row 12)"
    a.csv,put aside,11,a.csv.rejected.csv
    --- stderr
    error: 11 rows read: 0 written, 11 put aside
    hint: mend them in `a.csv.rejected.csv` and import that
    "#);
    insta::assert_snapshot!(office.env.read("a.csv.rejected.csv"), @"
    ﻿Mã khoản;Số người;Kinh phí;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    A1;khoảng 20;1;a.csv;;2;people;khoảng 20;`khoảng` makes the number inexact: write the number alone
    A2;20-30;1;a.csv;;3;people;20-30;`20-30` is a range: write one number
    A3;1,5;1;a.csv;;4;people;1,5;1.5 is no whole number
    A4;4,12E+11;1;a.csv;;5;people;4,12E+11;`4,12E+11` was shortened by a spreadsheet, its last digits are lost: give the column the format of whole numbers there and save again
    A5;#REF!;1;a.csv;;6;people;#REF!;`#REF!` is a formula without a value: mend it in the spreadsheet
    A6;20 nguời;1;a.csv;;7;people;20 nguời;`nguời` is neither a scale (`nghìn`, `triệu`, `tỷ`) nor a currency: write the number without it
    A7;1.2.3;1;a.csv;;8;people;1.2.3;`1.2.3` has its marks in no place of a number: groups have three digits, and one decimal mark stands after them
    A8;1;-5;a.csv;;9;cost_vnd;-5;it breaks the rule `minimum`: `cost_vnd` must be at least 0
    A9;99999999999999999999;1;a.csv;;10;people;99999999999999999999;99999999999999999999 is too large for the column
    A10;2;0,5 đồng;a.csv;;11;cost_vnd;0,5 đồng;0.5 is no whole number
    A11;3;100 USD;a.csv;;12;cost_vnd;100 USD;`usd` is neither a scale (`nghìn`, `triệu`, `tỷ`) nor a currency: write the number without it
    ");
    assert_eq!(office.count(), 0);
}

#[test]
fn the_unit_of_a_heading_multiplies() {
    let office = Office::new();
    office.env.write(
        "a.csv",
        "Mã khoản;Kinh phí (triệu đồng);Tỷ lệ (%);Số người (người)\nA1;12,5;45;30\nA2;0,25;12,5;4\nA3;3 tỷ;1;1\n",
    );
    insta::assert_snapshot!(office.import(&["a.csv"]), @r#"
    exit 3
    --- stdout
    file,what,rows,detail
    a.csv,said,,the text is utf-8
    a.csv,said,,delimiter `;`: it cuts the lines into 4 cells
    a.csv,said,,header: row 1
    a.csv,decimal,,"the decimal mark is `,`: row 2 has `12,5`"
    a.csv,read,3,rows of data
    a.csv,rejected,1,"cost_vnd `3 tỷ`: `3 tỷ` has a unit, and its header has one too: leave one out (row 4)"
    a.csv,put aside,1,a.csv.rejected.csv
    ,written,2,[DIR]/datasets/spending.parquet
    --- stderr
    error: 3 rows read: 2 written, 1 put aside
    hint: mend them in `a.csv.rejected.csv` and import that
    "#);
    insta::assert_snapshot!(office.rows("item_id, cost_vnd, share, people"), @"
    item_id,cost_vnd,share,people
    A1,12500000,0.450000000,30
    A2,250000,0.125000000,4
    ");
    insta::assert_snapshot!(office.env.read("a.csv.rejected.csv"), @"
    ﻿Mã khoản;Kinh phí (triệu đồng);Tỷ lệ (%);Số người (người);source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    A3;3 tỷ;1;1;a.csv;;4;cost_vnd;3 tỷ;`3 tỷ` has a unit, and its header has one too: leave one out
    ");
}

#[test]
fn dates_are_read_day_first_and_never_month_first() {
    let office = Office::new();
    office.env.write(
        "a.csv",
        "Mã khoản;Ngày chi\nA1;31/12/2022\nA2;4-1-2023\nA3;2022-12-31\nA4;44927\nA5;ngày 05 tháng 01 năm 2023\n\
         A6;05.01.2023\nA7;31/12/2022 00:00:00\nB1;31/02/2022\nB2;01/25/2023\nB3;5/1/23\nB4;quý I\nB5;2022-12-31T08:30\n",
    );
    insta::assert_snapshot!(office.import(&["a.csv"]), @r#"
    exit 3
    --- stdout
    file,what,rows,detail
    a.csv,said,,the text is utf-8
    a.csv,said,,delimiter `;`: it cuts the lines into 2 cells
    a.csv,said,,header: row 1
    a.csv,read,12,rows of data
    a.csv,rejected,1,day `31/02/2022`: `31/02/2022` is no day of the calendar: mend it (row 9)
    a.csv,rejected,1,"day `01/25/2023`: `01/25/2023` has no such month: dates are read day first, write day/month/year (row 10)"
    a.csv,rejected,1,day `5/1/23`: `5/1/23` has a year of two digits: write all four (row 11)
    a.csv,rejected,1,day `quý I`: `quý I` is not a date: write day/month/year (`31/12/2022`) or `2022-12-31` (row 12)
    a.csv,rejected,1,day `2022-12-31T08:30`: `2022-12-31T08:30` has a time of day: write the day alone (row 13)
    a.csv,put aside,5,a.csv.rejected.csv
    ,written,7,[DIR]/datasets/spending.parquet
    --- stderr
    error: 12 rows read: 7 written, 5 put aside
    hint: mend them in `a.csv.rejected.csv` and import that
    "#);
    insta::assert_snapshot!(office.rows("item_id, day"), @"
    item_id,day
    A1,2022-12-31
    A2,2023-01-04
    A3,2022-12-31
    A4,2023-01-01
    A5,2023-01-05
    A6,2023-01-05
    A7,2022-12-31
    ");
    insta::assert_snapshot!(office.env.read("a.csv.rejected.csv"), @"
    ﻿Mã khoản;Ngày chi;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    B1;31/02/2022;a.csv;;9;day;31/02/2022;`31/02/2022` is no day of the calendar: mend it
    B2;01/25/2023;a.csv;;10;day;01/25/2023;`01/25/2023` has no such month: dates are read day first, write day/month/year
    B3;5/1/23;a.csv;;11;day;5/1/23;`5/1/23` has a year of two digits: write all four
    B4;quý I;a.csv;;12;day;quý I;`quý I` is not a date: write day/month/year (`31/12/2022`) or `2022-12-31`
    B5;2022-12-31T08:30;a.csv;;13;day;2022-12-31T08:30;`2022-12-31T08:30` has a time of day: write the day alone
    ");
}

#[test]
fn codes_are_known_by_their_names_in_either_language() {
    let office = Office::new();
    office.env.write(
        "a.csv",
        "Mã khoản;Loại;Số người;Đã chi\nA1;travel;1;có\nA2;Đi lại;1;x\nA3;DI LAI;1;không\nA4;Printing;1;1\nA5;Ăn uống;2;\n\
         B1;ăn;1;có\nB2;Đi;1;chưa\nB3;;1;\n",
    );
    insta::assert_snapshot!(office.import(&["a.csv"]), @r#"
    exit 3
    --- stdout
    file,what,rows,detail
    a.csv,said,,the text is utf-8
    a.csv,said,,delimiter `;`: it cuts the lines into 4 cells
    a.csv,said,,header: row 1
    a.csv,read,8,rows of data
    a.csv,rejected,2,kind `ăn`: `ăn` is none of the column's values: write one of its codes or labels (first: row 7)
    a.csv,rejected,1,"paid `chưa`: `chưa` is neither yes nor no: write `có` or `không`, `true` or `false`, `1` or `0` (row 8)"
    a.csv,put aside,2,a.csv.rejected.csv
    ,written,6,[DIR]/datasets/spending.parquet
    --- stderr
    error: 8 rows read: 6 written, 2 put aside
    hint: mend them in `a.csv.rejected.csv` and import that
    "#);
    insta::assert_snapshot!(office.rows("item_id, kind, paid"), @"
    item_id,kind,paid
    A1,travel,true
    A2,travel,true
    A3,travel,false
    A4,print,true
    A5,food,
    B3,,
    ");
    insta::assert_snapshot!(office.env.read("a.csv.rejected.csv"), @r#"
    ﻿Mã khoản;Loại;Số người;Đã chi;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    B1;ăn;1;có;a.csv;;7;kind;ăn;`ăn` is none of the column's values: write one of its codes or labels
    B2;Đi;1;chưa;a.csv;;8;"kind; paid";"Đi; chưa";"`Đi` is none of the column's values: write one of its codes or labels; `chưa` is neither yes nor no: write `có` or `không`, `true` or `false`, `1` or `0`"
    "#);
}

/// macOS and some web forms write letters and accents apart.
#[test]
fn decomposed_text_is_composed_in_headings_values_codes_and_file_names() {
    let office = Office::new();
    let text: String = "Mã khoản;Loại;Nội dung\nA1;Đi lại;Đoàn phường Yên Mỹ\n".nfd().collect();
    let name: String = "tháng một.csv".nfd().collect();
    office.env.write(&name, text);
    let rows = office.sound(&[&name], "kind, content, source_file");
    assert_eq!(rows, "kind,content,source_file\ntravel,Đoàn phường Yên Mỹ,tháng một.csv\n");
}

#[test]
fn a_row_says_where_it_came_from_in_columns_of_every_type() {
    for (kind, told) in
        [("integer", "2\n3\n"), ("number", "2.000000000\n3.000000000\n"), ("string", "2\n3\n")]
    {
        let office = Office::new();
        let path = "datasets/datapackage.json";
        let mut contract: serde_json::Value =
            serde_json::from_str(&office.env.read(path)).expect("a contract");
        let spending = contract["resources"].as_array_mut().expect("tables").iter_mut();
        let spending = spending.filter(|table| table["name"] == "spending");
        for field in spending.flat_map(|table| table["schema"]["fields"].as_array_mut().expect("fields")) {
            if field["name"] == "source_row" {
                field["type"] = kind.into();
            }
        }
        office.env.write(path, contract.to_string());
        office.env.write("a.csv", "Mã khoản;Đơn vị\nA1;nho_quan\nA2;gia_vien\n");
        let rows = office.sound(&["a.csv"], "source_file, source_row");
        let lines: String = rows
            .lines()
            .skip(1)
            .map(|line| format!("{}\n", line.split(',').nth(1).expect("a row")))
            .collect();
        assert_eq!(lines, told, "{kind}: {rows}");
        assert!(rows.contains("a.csv,"), "{kind}: {rows}");
    }
}
