//! What cannot be taken as it stands, and what the list of rejected rows says of it.

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

use super::Office;

/// Writes a workbook of one sheet: a heading and rows.
fn sheet(office: &Office, name: &str, heading: &[&str], make: impl FnOnce(&mut Worksheet)) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, heading.iter().copied()).expect("writes");
    make(sheet);
    book.save(office.env.path(name)).expect("saves");
}

/// The rows of the list of a file, without its heading.
fn list(office: &Office, name: &str) -> Vec<String> {
    office.env.read(&format!("{name}.rejected.csv")).lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn an_amount_that_is_merged_over_several_rows_is_not_multiplied() {
    let office = Office::new();
    sheet(&office, "a.xlsx", &["Mã khoản", "Đơn vị", "Kinh phí"], |sheet| {
        let plain = Format::new();
        sheet.merge_range(1, 1, 3, 1, "nho_quan", &plain).expect("merges");
        sheet.merge_range(1, 2, 3, 2, "", &plain).expect("merges");
        sheet.write_column(1, 0, ["A1", "A2", "A3", "A4", "Tổng cộng"]).expect("writes");
        sheet.write(1, 2, 900).expect("writes");
        sheet.write_column(4, 2, [100, 1000]).expect("writes");
    });
    let ran = office.import(&["a.xlsx"]);
    assert!(ran.stdout.contains(
        "rejected,3,cost_vnd `900`: one amount stands for rows 2 to 4: divide it or give it to one row (first: row 2)"
    ), "{ran}");
    assert!(ran.stdout.contains("row 6: `Tổng cộng` not checked"), "{ran}");
    assert_eq!(office.rows("item_id, cost_vnd"), "item_id,cost_vnd\nA4,100\n");
    let list = list(&office, "a.xlsx");
    assert!(list[1].starts_with("A2;nho_quan;900 (rows 2 to 4);"), "{list:?}");
    // Not mended, it is met again.
    let ran = office.import(&["a.xlsx.rejected.csv"]);
    assert_eq!((ran.status, office.count()), (3, 1), "{ran}");
}

#[test]
fn a_row_that_is_printed_as_high_as_two_is_one_row() {
    let office = Office::new();
    sheet(&office, "a.xlsx", &["Mã khoản", "Kinh phí"], |sheet| {
        let plain = Format::new();
        for (row, id) in [(1, "A1"), (3, "A2")] {
            sheet.merge_range(row, 0, row + 1, 0, id, &plain).expect("merges");
            sheet.merge_range(row, 1, row + 1, 1, "", &plain).expect("merges");
            sheet.write(row, 1, 900).expect("writes");
        }
    });
    assert_eq!(office.sound(&["a.xlsx"], "item_id, cost_vnd"), "item_id,cost_vnd\nA1,900\nA2,900\n");
}

#[test]
fn the_text_of_an_error_is_no_value_in_any_column() {
    let office = Office::new();
    sheet(&office, "a.xlsx", &["Mã khoản", "Nội dung", "Kinh phí"], |sheet| {
        sheet.write_row(1, 0, ["A1", "#N/A"]).expect("writes");
        sheet.write_formula(3, 0, Formula::new("=NA()").set_result("#N/A")).expect("writes");
        sheet.write_row(4, 0, ["A4", "giấy"]).expect("writes");
    });
    let ran = office.import(&["a.xlsx"]);
    assert_eq!(office.rows("item_id, content"), "item_id,content\nA4,giấy\n", "{ran}");
    assert_eq!(list(&office, "a.xlsx").len(), 2, "{ran}");
    let ran = office.import(&["a.xlsx.rejected.csv"]);
    assert!(!office.rows("item_id, content").contains(['#', '=']), "{ran}");
    office.env.write("b.csv", "Mã khoản,Nội dung\nB1,#REF!\n");
    assert_eq!(office.import(&["b.csv"]).status, 3);
}

#[test]
fn cells_beyond_the_heading_are_not_dropped_by_importing_the_list_as_it_is() {
    let office = Office::new();
    office.env.write("a.csv", "Mã khoản,Nội dung,Kinh phí\nA1,giấy,100\nA2,giấy, mực,200\n");
    office.import(&["a.csv"]);
    assert!(list(&office, "a.csv")[0].ends_with("the row has 4 cells, and the heading 3;200"));
    let ran = office.import(&["a.csv.rejected.csv"]);
    assert_eq!((ran.status, office.count()), (3, 1), "{ran}");
    let mended =
        office.env.read("a.csv.rejected.csv").replace("giấy;mực;", "giấy, mực;200;").replace("3;200", "3");
    office.env.write("a.csv.rejected.csv", mended);
    let ran = office.import(&["a.csv.rejected.csv", "--force"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!(office.rows("content, cost_vnd"), "content,cost_vnd\ngiấy,100\n\"giấy, mực\",200\n");
}

#[test]
fn a_number_with_more_digits_than_a_spreadsheet_keeps_is_put_aside() {
    let office = Office::new();
    let ids = ["A1", "A2", "A3", "A4"];
    sheet(&office, "a.xlsx", &["Mã khoản", "Nội dung", "Kinh phí"], |sheet| {
        sheet.write_column(1, 0, ids).expect("writes");
        sheet.write_column(1, 2, [999_999_999_999_999.0, 1_234_567_890_123_456.0, 1e15]).expect("writes");
        sheet.write(4, 1, 1_234_567_890_123_456_f64).expect("writes");
    });
    let ran = office.import(&["a.xlsx"]);
    assert!(
        ran.stdout.contains("`1234567890123456` has more than 15 digits, and spreadsheets keep 15"),
        "{ran}"
    );
    assert_eq!(office.rows("item_id, cost_vnd"), "item_id,cost_vnd\nA1,999999999999999\n");
    office.env.write("b.csv", "Mã khoản,Nội dung,Kinh phí\nB1,1234567890123456,1234567890123456\n");
    office.import(&["b.csv"]);
    assert!(office.rows("content, cost_vnd").contains("1234567890123456,1234567890123456"));
}

#[test]
fn faults_are_counted_by_their_kind() {
    let office = Office::new();
    office.env.write("a.csv", "Mã khoản;Kinh phí\nA1;nhiều\nA2;ít\nA3;(5)\nA4;-7\nA5;8\n");
    let ran = office.import(&["a.csv"]);
    let counted: Vec<&str> = ran.stdout.lines().filter(|line| line.contains(",rejected,")).collect();
    assert_eq!(counted.len(), 2, "{ran}");
    assert!(counted[0].contains(",rejected,2,cost_vnd `nhiều`: ") && counted[0].ends_with("(first: row 2)"));
    assert!(counted[1].contains(",rejected,2,cost_vnd `(5)`: ") && counted[1].ends_with("(first: row 4)"));
}

#[test]
fn a_rejected_value_is_what_the_file_holds() {
    let office = Office::new();
    office.env.write("a.csv", "Mã khoản;Kinh phí (nghìn đồng);Loại;Số người\nA1;(5);;\nA2;2,5;Ăn uống;0\n");
    office.import(&["a.csv"]);
    let list = list(&office, "a.csv");
    assert!(list[0].contains(";cost_vnd;(5);"), "{list:?}");
    assert!(list[1].contains(";Ăn uống"), "{list:?}");
}

#[test]
fn a_heading_that_no_file_has_is_told() {
    let office = Office::new();
    office.env.write("a.csv", "Mã khoản,Tiền\nA1,100\n");
    let before = office.bytes();
    let ran = office.import(&["a.csv", "--map", "Tiềnn=cost_vnd", "--save"]);
    assert!(ran.status == 2 && ran.stderr.contains("there is no heading `Tiềnn`"), "{ran}");
    assert!(ran.stderr.contains("did you mean `Tiền`?"), "{ran}");
    assert_eq!(office.import(&["a.csv", "--header-rows", "0"]).status, 2);
    assert_eq!(office.bytes(), before);
    assert_eq!(office.import(&["a.csv", "--map", "tien=cost_vnd"]).status, 0);
}

#[test]
fn a_heading_of_several_rows_is_known_by_its_last_part() {
    let office = Office::new();
    sheet(&office, "a.xlsx", &["", "Thời gian", "", "Tham gia", ""], |sheet| {
        let plain = Format::new();
        sheet.merge_range(0, 0, 1, 0, "Mã khoản", &plain).expect("merges");
        sheet.merge_range(0, 1, 0, 2, "Thời gian", &plain).expect("merges");
        sheet.merge_range(0, 3, 0, 4, "Tham gia", &plain).expect("merges");
        sheet.write_row(1, 1, ["Ngày chi", "Ngày thu", "Số người", "Lượt"]).expect("writes");
        sheet.write_row(2, 0, ["A1", "05/03/2022", "x", "7", "8"]).expect("writes");
    });
    let left_out = ["--map", "Thời gian Ngày thu=", "--map", "Tham gia / Lượt="];
    let ran = office.import(&[&["a.xlsx"], left_out.as_slice()].concat());
    assert!(ran.stdout.contains("`Thời gian / Ngày chi` is column `day`, by a part of its heading"), "{ran}");
    assert_eq!(office.rows("item_id, day, people"), "item_id,day,people\nA1,2022-03-05,7\n");
}

#[test]
fn a_subtotal_is_known_by_a_name_above_it_where_it_agrees() {
    let office = Office::new();
    let rows = "A1;nho_quan;100\nA2;nho_quan;50\nCộng Nho Quan;;150\nA3;yen_mo;7\nCộng Yên Mô;;8\n";
    office.env.write("a.csv", format!("Mã khoản;Đơn vị;Kinh phí\n{rows}"));
    let ran = office.import(&["a.csv"]);
    assert!(ran.stdout.contains("row 4: `Cộng Nho Quan` agrees with the rows above it"), "{ran}");
    assert_eq!(office.rows("item_id, cost_vnd").lines().count(), 5, "{ran}");
}

#[test]
fn the_list_says_that_a_row_is_a_total() {
    let office = Office::new();
    office.env.write("a.csv", "STT;Mã khoản;Kinh phí\n1;A1;100\n2;A2;50\nTổng cộng;;149\n");
    office.import(&["a.csv"]);
    assert!(list(&office, "a.csv")[0].starts_with("Tổng cộng;149;"));
}

#[test]
fn what_no_table_can_be_read_from_is_told_by_what_it_is() {
    let office = Office::new();
    std::fs::copy(office.env.path("datasets/units.parquet"), office.env.path("a.csv")).expect("copies");
    office.env.write("b.csv", "%PDF-1.7 \u{1}");
    for (name, what) in [("a.csv", "this is a Parquet file"), ("b.csv", "this is a PDF")] {
        let ran = office.import(&[name]);
        assert!(ran.status == 1 && ran.stderr.contains(what), "{ran}");
    }
}

#[test]
fn a_dash_and_a_row_that_is_there_are_told_what_helps() {
    let office = Office::new();
    office.env.write("a.csv", "Mã khoản;Kinh phí\nA1;100\nA2;-\n");
    assert!(office.import(&["a.csv"]).stdout.contains("add `-` to `missingValues`"));
    office.env.write("b.csv", "Mã khoản;Kinh phí\nA1;100\nA3;1\n");
    let ran = office.import(&["b.csv"]);
    assert!(ran.stdout.contains("has it already: `--replace` puts this row in its place"), "{ran}");
}

#[cfg(unix)]
#[test]
fn a_table_that_is_a_link_takes_rows_and_is_not_written_anew() {
    let office = Office::new();
    office.env.write("a.csv", "Mã khoản;Kinh phí\nA1;100\n");
    office.import(&["a.csv"]);
    let (link, real) = (office.env.path("datasets/spending.parquet"), office.env.path("real.parquet"));
    std::fs::rename(&link, &real).expect("moves");
    std::os::unix::fs::symlink(&real, &link).expect("links");
    office.env.write("a.csv", "Mã khoản;Kinh phí\nA1;200\n");
    let ran = office.import(&["a.csv", "--replace"]);
    assert!(ran.status == 1 && ran.stderr.contains("is a link, and is not written anew"), "{ran}");
    office.env.write("b.csv", "Mã khoản;Kinh phí\nB1;5\n");
    assert_eq!(office.import(&["b.csv"]).status, 0);
    assert!(link.is_symlink() && !real.is_symlink(), "{ran}");
    assert_eq!(office.rows("cost_vnd"), "cost_vnd\n100\n5\n");
}

/// The program's own names in a query are none that a table can have.
#[test]
fn a_table_may_call_its_columns_what_it_likes() {
    let env = crate::env::TestEnv::empty();
    let field = |name: &str| format!(r#"{{"name": "{name}", "type": "string"}}"#);
    let fields = ["k0", "n", "first", "last", "value", "row"].map(field).join(", ");
    env.write(
        "datasets/datapackage.json",
        format!(r#"{{"resources": [{{"name": "t", "schema": {{"fields": [{fields}], "primaryKey": ["n", "first"]}}}}]}}"#),
    );
    env.write("a.csv", "k0;n;first;last;value;row\na;1;x;;;\nb;1;x;;;\nc;2;x;;;\n");
    let ran = env.run(&["import", "a.csv", "--table", "t"]);
    assert_eq!(ran.status, 3, "{ran}");
    assert!(ran.stdout.contains("rejected,2,") && ran.stdout.contains("written,1,"), "{ran}");
    env.write("b.csv", "k0;n;first;last;value;row\nc;2;x;;;\nd;3;x;;;\n");
    assert_eq!(env.run(&["import", "b.csv", "--table", "t"]).status, 3);
    assert_eq!(env.csv("SELECT k0, n FROM t ORDER BY n"), "k0,n\nc,2\nd,3\n");
    assert_eq!(env.run(&["check", "t"]).status, 0);
}
