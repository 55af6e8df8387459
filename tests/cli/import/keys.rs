//! Keys, other tables and rules; what is replaced, merged, and left alone.

use serde_json::json;

use super::Office;

const HEAD: &str = "Mã khoản;Đơn vị;Loại;Số người;Kinh phí\n";

fn office() -> Office {
    let office = Office::new();
    office.env.write("first.csv", format!("{HEAD}A1;nho_quan;travel;1;100\nA2;gia_vien;food;2;200\n"));
    assert_eq!(office.import(&["first.csv"]).status, 0);
    office
}

#[test]
fn rows_that_break_a_key_or_a_rule_are_put_aside_with_all_reasons() {
    let office = office();
    office.env.write(
        "second.csv",
        format!(
            "{HEAD}B1;nho_quan;travel;1;1\nB2;hoa_lu;food;0;1\nB3;nowhere;travel;1;1\nA2;hoa_lu;travel;1;1\n\
             B4;hoa_lu;travel;1;1\nB4;hoa_lu;print;1;2\nB5;nowhere;food;0;-1\n;hoa_lu;travel;1;1\n"
        ),
    );
    insta::assert_snapshot!(office.import(&["second.csv"]), @"
    exit 3
    --- stdout
    file,what,rows,detail
    second.csv,said,,the text is utf-8
    second.csv,said,,delimiter `;`: it cuts the lines into 5 cells
    second.csv,said,,header: row 1
    second.csv,read,8,rows of data
    second.csv,rejected,2,it breaks the rule `eaters`: food is for people (first: row 3)
    second.csv,rejected,2,unit_id `nowhere`: it breaks the rule `foreignKey`: `unit_id` must be in `units` (first: row 4)
    second.csv,rejected,1,item_id `A2`: table `spending` has it already: `--replace` puts this row in its place (row 5)
    second.csv,rejected,2,item_id `B4`: the same stands in 2 rows of the files (rows 6 to 7) (first: row 6)
    second.csv,rejected,1,cost_vnd `-1`: it breaks the rule `minimum`: `cost_vnd` must be at least 0 (row 8)
    second.csv,rejected,1,item_id it breaks the rule `required`: `item_id` must be given (row 9)
    second.csv,put aside,7,second.csv.rejected.csv
    ,written,1,[DIR]/datasets/spending/import-0001.parquet
    --- stderr
    error: 8 rows read: 1 written, 7 put aside
    hint: mend them in `second.csv.rejected.csv` and import that
    ");
    insta::assert_snapshot!(office.env.read("second.csv.rejected.csv"), @r#"
    ﻿Mã khoản;Đơn vị;Loại;Số người;Kinh phí;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    B2;hoa_lu;food;0;1;second.csv;;3;;;it breaks the rule `eaters`: food is for people
    B3;nowhere;travel;1;1;second.csv;;4;unit_id;nowhere;it breaks the rule `foreignKey`: `unit_id` must be in `units`
    A2;hoa_lu;travel;1;1;second.csv;;5;item_id;A2;table `spending` has it already: `--replace` puts this row in its place
    B4;hoa_lu;travel;1;1;second.csv;;6;item_id;B4;the same stands in 2 rows of the files (rows 6 to 7)
    B4;hoa_lu;print;1;2;second.csv;;7;item_id;B4;the same stands in 2 rows of the files (rows 6 to 7)
    B5;nowhere;food;0;-1;second.csv;;8;"cost_vnd; unit_id";"-1; nowhere";"it breaks the rule `eaters`: food is for people; it breaks the rule `minimum`: `cost_vnd` must be at least 0; it breaks the rule `foreignKey`: `unit_id` must be in `units`"
    ;hoa_lu;travel;1;1;second.csv;;9;item_id;;it breaks the rule `required`: `item_id` must be given
    "#);
    insta::assert_snapshot!(office.rows("item_id, source_file, source_row"), @"
    item_id,source_file,source_row
    A1,first.csv,2
    A2,first.csv,3
    B1,second.csv,2
    ");
}

#[test]
fn a_warning_is_said_and_the_row_written() {
    let office = Office::new();
    office.env.write("a.csv", format!("{HEAD}A1;nho_quan;travel;1;2 tỷ\nA2;nho_quan;travel;1;5\n"));
    insta::assert_snapshot!(office.import(&["a.csv"]), @"
    exit 0
    --- stdout
    file,what,rows,detail
    a.csv,said,,the text is utf-8
    a.csv,said,,delimiter `;`: it cuts the lines into 5 cells
    a.csv,said,,header: row 1
    a.csv,read,2,rows of data
    ,warning,1,a billion is much: A1
    ,written,2,[DIR]/datasets/spending.parquet
    --- stderr
    ");
    assert_eq!(office.rows("cost_vnd"), "cost_vnd\n2000000000\n5\n");
}

#[test]
fn the_same_file_twice_is_refused() {
    let office = office();
    let before = office.bytes();
    insta::assert_snapshot!(office.import(&["first.csv"]), @"
    exit 1
    --- stdout
    --- stderr
    error: all 2 rows are in table `spending` already, by item_id: nothing was imported
    hint: `--replace` puts them in the place of those with the same key
    ");
    assert!(office.bytes() == before, "something was written");
}

#[test]
fn rows_are_replaced_by_their_key_and_no_others() {
    let office = office();
    office.env.write(
        "new.csv",
        format!("{HEAD}A2;hoa_lu;food;3;300\nA3;hoa_lu;travel;1;400\nA1;hoa_lu;food;0;500\n"),
    );
    insta::assert_snapshot!(office.import(&["new.csv", "--replace"]), @r#"
    exit 3
    --- stdout
    file,what,rows,detail
    new.csv,said,,the text is utf-8
    new.csv,said,,delimiter `;`: it cuts the lines into 5 cells
    new.csv,said,,header: row 1
    new.csv,read,3,rows of data
    new.csv,rejected,1,it breaks the rule `eaters`: food is for people (row 4)
    new.csv,put aside,1,new.csv.rejected.csv
    ,replaced,1,"rows of the table, by their key"
    ,written,2,[DIR]/datasets/spending/whole-0001.parquet
    --- stderr
    error: 3 rows read: 2 written, 1 put aside
    hint: mend them in `new.csv.rejected.csv` and import that
    "#);
    insta::assert_snapshot!(office.rows("item_id, unit_id, cost_vnd, source_file"), @"
    item_id,unit_id,cost_vnd,source_file
    A1,nho_quan,100,first.csv
    A2,hoa_lu,300,new.csv
    A3,hoa_lu,400,new.csv
    ");
    assert_eq!(office.env.list("datasets"), ["datapackage.json", "spending", "units.parquet"]);
    office.env.write("units.csv", "unit_id\nnew\n");
    let other = office.env.run(&["import", "units.csv", "--table", "units", "--replace"]);
    insta::assert_snapshot!(other, @"
    exit 2
    --- stdout
    --- stderr
    error: table `units` has no key by which rows could be replaced
    ");
}

#[test]
fn strict_and_dry_run_change_nothing_on_the_disk() {
    let office = office();
    office.env.write("bad.csv", format!("{HEAD}B1;nho_quan;travel;1;1\nB2;nowhere;travel;1;1\n"));
    office.env.write("good.csv", format!("{HEAD}B1;nho_quan;travel;1;1\n"));
    let before = office.bytes();
    insta::assert_snapshot!(office.import(&["bad.csv", "--strict"]), @"
    exit 3
    --- stdout
    file,what,rows,detail
    bad.csv,said,,the text is utf-8
    bad.csv,said,,delimiter `;`: it cuts the lines into 5 cells
    bad.csv,said,,header: row 1
    bad.csv,read,2,rows of data
    bad.csv,rejected,1,unit_id `nowhere`: it breaks the rule `foreignKey`: `unit_id` must be in `units` (row 3)
    --- stderr
    error: 1 row at fault of 2: nothing was written
    ");
    insta::assert_snapshot!(office.import(&["bad.csv", "--dry-run"]), @"
    exit 3
    --- stdout
    file,what,rows,detail
    bad.csv,said,,the text is utf-8
    bad.csv,said,,delimiter `;`: it cuts the lines into 5 cells
    bad.csv,said,,header: row 1
    bad.csv,read,2,rows of data
    bad.csv,rejected,1,unit_id `nowhere`: it breaks the rule `foreignKey`: `unit_id` must be in `units` (row 3)
    --- stderr
    error: 2 rows read: would be 1 written, 1 put aside
    ");
    insta::assert_snapshot!(office.import(&["good.csv", "--dry-run", "--replace"]), @"
    exit 0
    --- stdout
    file,what,rows,detail
    good.csv,said,,the text is utf-8
    good.csv,said,,delimiter `;`: it cuts the lines into 5 cells
    good.csv,said,,header: row 1
    good.csv,read,1,rows of data
    --- stderr
    ");
    assert!(office.bytes() == before, "something was written");
    assert_eq!(office.import(&["good.csv", "--strict"]).status, 0);
    assert_eq!(office.count(), 3);
}

/// The list is imported as it is: its rows keep the place of the file that they came from, and what is
/// still at fault goes to a list of its own that is imported the same way.
#[test]
fn a_mended_list_is_imported_as_it_is_however_often() {
    let office = Office::new();
    office.env.write(
        "tháng 1.csv",
        format!("{HEAD}A1;nho_quan;travel;1;1\nA2;nowhere;travel;hai;1\nA3;hoa_lu;food;0;1\n"),
    );
    assert_eq!(office.import(&["tháng 1.csv"]).status, 3);
    let list = office.env.read("tháng 1.csv.rejected.csv");
    insta::assert_snapshot!(list, @r#"
    ﻿Mã khoản;Đơn vị;Loại;Số người;Kinh phí;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    A2;nowhere;travel;hai;1;tháng 1.csv;;3;"people; unit_id";"hai; nowhere";"`hai` is not a number; it breaks the rule `foreignKey`: `unit_id` must be in `units`"
    A3;hoa_lu;food;0;1;tháng 1.csv;;4;;;it breaks the rule `eaters`: food is for people
    "#);
    office
        .env
        .write("tháng 1.csv.rejected.csv", list.replace(";hai;1;", ";2;1;").replace("food;0;", "food;3;"));
    insta::assert_snapshot!(office.import(&["tháng 1.csv.rejected.csv"]), @"
    exit 3
    --- stdout
    file,what,rows,detail
    tháng 1.csv.rejected.csv,said,,the text is utf-8 with a byte order mark
    tháng 1.csv.rejected.csv,said,,delimiter `;`: it cuts the lines into 11 cells
    tháng 1.csv.rejected.csv,said,,header: row 1
    tháng 1.csv.rejected.csv,read,2,rows of data
    tháng 1.csv.rejected.csv,rejected,1,unit_id `nowhere`: it breaks the rule `foreignKey`: `unit_id` must be in `units` (row 2)
    tháng 1.csv.rejected.csv,put aside,1,tháng 1.csv.rejected.csv.rejected.csv
    ,written,1,[DIR]/datasets/spending/import-0001.parquet
    --- stderr
    error: 2 rows read: 1 written, 1 put aside
    hint: mend them in `tháng 1.csv.rejected.csv.rejected.csv` and import that
    ");
    let list = office.env.read("tháng 1.csv.rejected.csv.rejected.csv");
    insta::assert_snapshot!(list, @"
    ﻿Mã khoản;Đơn vị;Loại;Số người;Kinh phí;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    A2;nowhere;travel;2;1;tháng 1.csv;;3;unit_id;nowhere;it breaks the rule `foreignKey`: `unit_id` must be in `units`
    ");
    office.env.write("last.csv", list.replace("A2;nowhere", "A2;hoa_lu"));
    assert_eq!(office.import(&["last.csv"]).status, 0);
    insta::assert_snapshot!(office.rows("item_id, unit_id, people, source_file, source_row"), @"
    item_id,unit_id,people,source_file,source_row
    A1,nho_quan,1,tháng 1.csv,2
    A2,hoa_lu,2,tháng 1.csv,3
    A3,hoa_lu,3,tháng 1.csv,4
    ");
}

/// A list may be half mended: it is replaced only where that was asked for.
#[test]
fn a_list_that_is_there_is_not_replaced_unasked() {
    let office = office();
    office.env.write("bad.csv", format!("{HEAD}B1;nho_quan;travel;1;1\nB2;nowhere;travel;1;1\n"));
    office.env.write("bad.csv.rejected.csv", "mine");
    let before = office.bytes();
    insta::assert_snapshot!(office.import(&["bad.csv"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `bad.csv.rejected.csv` is there already, and may hold rows that are being mended
    hint: import it first, or replace it with `--force`
    ");
    assert!(office.bytes() == before, "something was written");
    assert_eq!(office.import(&["bad.csv", "--force"]).status, 3);
    assert!(office.env.read("bad.csv.rejected.csv").contains("nowhere"));
}

#[test]
fn several_files_are_one_change() {
    let office = office();
    office.env.write("b.csv", format!("{HEAD}B1;nho_quan;travel;1;1\nB2;nowhere;travel;1;1\n"));
    office.env.write(
        "c/b.csv",
        format!("{HEAD}B1;nho_quan;travel;1;1\nB3;hoa_lu;travel;1;1\nB4;hoa_lu;travel;x;1\n"),
    );
    insta::assert_snapshot!(office.import(&["b.csv", "c/b.csv"]), @"
    exit 3
    --- stdout
    file,what,rows,detail
    b.csv,said,,the text is utf-8
    b.csv,said,,delimiter `;`: it cuts the lines into 5 cells
    b.csv,said,,header: row 1
    b.csv,read,2,rows of data
    c/b.csv,said,,the text is utf-8
    c/b.csv,said,,delimiter `;`: it cuts the lines into 5 cells
    c/b.csv,said,,header: row 1
    c/b.csv,read,3,rows of data
    b.csv,rejected,1,item_id `B1`: the same stands in 2 rows of the files (rows 2 to 2) (row 2)
    b.csv,rejected,1,unit_id `nowhere`: it breaks the rule `foreignKey`: `unit_id` must be in `units` (row 3)
    c/b.csv,rejected,1,item_id `B1`: the same stands in 2 rows of the files (rows 2 to 2) (row 2)
    c/b.csv,rejected,1,people `x`: `x` is not a number (row 4)
    b.csv,put aside,2,b.csv.rejected.csv
    c/b.csv,put aside,2,c/b.csv.rejected.csv
    ,written,1,[DIR]/datasets/spending/import-0001.parquet
    --- stderr
    error: 5 rows read: 1 written, 4 put aside
    hint: mend them in `b.csv.rejected.csv` and import that
    ");
    insta::assert_snapshot!(office.rows("item_id, source_file, source_row"), @"
    item_id,source_file,source_row
    B3,b.csv,3
    A1,first.csv,2
    A2,first.csv,3
    ");
    insta::assert_snapshot!(office.env.read("b.csv.rejected.csv"), @"
    ﻿Mã khoản;Đơn vị;Loại;Số người;Kinh phí;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    B1;nho_quan;travel;1;1;b.csv;;2;item_id;B1;the same stands in 2 rows of the files (rows 2 to 2)
    B2;nowhere;travel;1;1;b.csv;;3;unit_id;nowhere;it breaks the rule `foreignKey`: `unit_id` must be in `units`
    ");
    insta::assert_snapshot!(office.env.read("c/b.csv.rejected.csv"), @"
    ﻿Mã khoản;Đơn vị;Loại;Số người;Kinh phí;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    B1;nho_quan;travel;1;1;b.csv;;2;item_id;B1;the same stands in 2 rows of the files (rows 2 to 2)
    B4;hoa_lu;travel;x;1;b.csv;;4;people;x;`x` is not a number
    ");
}

/// A table that was a folder of files from the start stays one, and is merged by `compact`.
#[test]
fn a_table_that_is_a_folder_takes_rows_and_is_merged_in_the_order_of_its_key() {
    let office = office();
    std::fs::create_dir(office.env.path("datasets/spending")).expect("makes");
    std::fs::rename(
        office.env.path("datasets/spending.parquet"),
        office.env.path("datasets/spending/part-7.parquet"),
    )
    .expect("renames");
    office.env.write("b.csv", format!("{HEAD}B2;nho_quan;travel;1;1\nA0;hoa_lu;travel;1;1\n"));
    assert_eq!(office.import(&["b.csv"]).status, 0);
    office.env.write("c.csv", format!("{HEAD}A3;nho_quan;travel;1;1\n"));
    assert_eq!(office.import(&["c.csv"]).status, 0);
    assert_eq!(
        office.env.list("datasets/spending"),
        ["import-0001.parquet", "import-0002.parquet", "part-7.parquet"]
    );
    let before = office.rows("*");
    let ran = office.env.run(&["compact", "spending"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""), "{ran}");
    assert_eq!(office.rows("*"), before);
    assert_eq!(office.env.list("datasets"), ["datapackage.json", "spending", "units.parquet"]);
    assert_eq!(office.env.list("datasets/spending"), ["whole-0003.parquet"]);
    assert_eq!(office.env.csv("SELECT item_id FROM spending"), "item_id\nA0\nA1\nA2\nA3\nB2\n");
    insta::assert_snapshot!(office.env.run(&["compact", "spending"]), @"
    exit 0
    --- stdout
    --- stderr
    ");
    insta::assert_snapshot!(office.env.run(&["compact", "spendings"]), @"
    exit 1
    --- stdout
    --- stderr
    error: there is no table `spendings`
    hint: did you mean `spending`?
    ");
    // Rows go on being added.
    office.env.write("d.csv", format!("{HEAD}D1;nho_quan;travel;1;1\n"));
    assert_eq!(office.import(&["d.csv"]).status, 0);
    assert_eq!(office.count(), 6);
}

/// Merged files that could not be removed are left out: no row is there twice.
#[test]
fn files_whose_rows_are_held_by_another_are_left_out() {
    let office = office();
    office.env.write("b.csv", format!("{HEAD}B1;nho_quan;travel;1;1\n"));
    assert_eq!(office.import(&["b.csv"]).status, 0);
    let added = std::fs::read(office.env.path("datasets/spending/import-0001.parquet")).expect("reads");
    assert_eq!(office.env.run(&["compact", "spending"]).status, 0);
    office.env.write("datasets/spending/import-0001.parquet", added);
    assert_eq!(office.count(), 3);
    // The next change removes it, and takes another name.
    office.env.write("c.csv", format!("{HEAD}C1;nho_quan;travel;1;1\n"));
    assert_eq!(office.import(&["c.csv"]).status, 0);
    assert_eq!(office.env.list("datasets/spending"), ["import-0003.parquet", "whole-0002.parquet"]);
    assert_eq!(office.count(), 4);
}

#[test]
fn a_file_is_imported_once_however_it_is_named() {
    let office = office();
    office.env.write("b.csv", format!("{HEAD}B1;nho_quan;travel;1;1\n"));
    insta::assert_snapshot!(office.import(&["b.csv", "./b.csv"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `./b.csv` is named twice
    hint: name it once
    ");
}

#[test]
fn what_cannot_be_asked_for_is_said() {
    let office = office();
    insta::assert_snapshot!(office.env.run(&["import", "first.csv"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `tongket import` needs to know the one table that the rows go to
    hint: name it: --table TABLE
    ");
    insta::assert_snapshot!(office.env.run(&["import", "first.csv", "--table", "spendings"]), @"
    exit 2
    --- stdout
    --- stderr
    error: the contract does not know a table `spendings`
    hint: did you mean `spending`?
    ");
    insta::assert_snapshot!(office.env.run(&["import", "first.csv", "--table", "spending", "--sheet", "1"]), @"
    exit 1
    --- stdout
    --- stderr
    error: `first.csv`: a sheet is for workbooks, and this is delimited text
    ");
    insta::assert_snapshot!(office.env.run(&["import", "first.csv", "--table", "spending", "--encoding", "vscii"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `--encoding <NAME>` cannot be `vscii`: unknown encoding `vscii`: the encodings are `utf-8`, `utf-16le`, `utf-16be`, `windows-1258`, `tcvn3`, `tcvn1`, `vni`, `viscii`
    hint: `tongket --help` tells how it goes
    ");
    insta::assert_snapshot!(office.env.run(&["import", "first.csv", "--table", "spending", "--strict", "--dry-run"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `--strict` and `--dry-run` do not go together
    hint: `tongket import --help` tells how it goes
    ");
}

/// The rows of a stage are read by several cores.
#[test]
fn rows_without_a_key_stay_in_the_order_in_which_they_came() {
    let office = office();
    let package = json!({ "$schema": "https://datapackage.org/profiles/2.0/datapackage.json", "resources": [{
        "name": "notes",
        "path": "notes.parquet",
        "schema": { "fields": [{ "name": "number", "type": "integer" }] },
    }] });
    office.env.write("datasets/datapackage.json", package.to_string());
    let numbers =
        |from: u32| (from..from + 200_000).map(|n| format!("{}\n", 500_000 - n)).collect::<String>();
    office.env.write("a.csv", format!("number\n{}", numbers(0)));
    office.env.write("b.csv", format!("number\n{}", numbers(200_000)));
    let ran = office.env.run(&["import", "a.csv", "b.csv", "--table", "notes"]);
    assert_eq!(ran.status, 0, "{ran}");
    let rows = || {
        let one_reader = "SET datafusion.execution.target_partitions = 1; SELECT number FROM notes";
        office.env.run(&["-c", one_reader]).stdout
    };
    let all = numbers(0) + &numbers(200_000);
    assert!(rows() == format!("number\n{all}"));
    // The file of the second import is called something that comes before that of the first merging.
    let mut all = all;
    for number in ["7", "8"] {
        all += &format!("{number}\n");
        office.env.write("c.csv", format!("number\n{number}\n"));
        for args in [["import", "c.csv", "--table", "notes"].as_slice(), &["compact", "notes"]] {
            let ran = office.env.run(args);
            assert_eq!(ran.status, 0, "{ran}");
        }
        assert!(rows() == format!("number\n{all}"), "{number}");
    }
}
