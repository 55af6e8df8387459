//! Rows are staged in memory while they are few and in a file from then on, and are sorted only where they
//! have to be: nobody sees which.

use std::fmt::Write;

use super::Office;

/// More than the part of the least `--memory-limit` that rows are staged in: 2 MiB.
const ROWS: usize = 30_000;

/// A file whose keys stand in this order.
fn file(keys: impl Iterator<Item = usize>) -> String {
    let mut text = String::from("Mã khoản;Đơn vị;Loại;Nội dung;Số người;Kinh phí\n");
    for (row, key) in keys.enumerate() {
        let unit = ["nho_quan", "gia_vien", "hoa_lu"][row % 3];
        writeln!(
            text,
            "K{key:05};{unit};travel;Tập huấn kỹ năng công tác Đoàn, Hội, Đội {row};{};{row}",
            row % 7
        )
        .expect("writes");
    }
    text
}

/// What an import says and leaves: its answer, the table's rows as they are stored, the list of rejected rows.
fn imported(text: &str, args: &[&str]) -> [String; 3] {
    let office = Office::new();
    office.env.write("a.csv", text);
    let ran = office.import(&[&["a.csv"], args].concat());
    let list = office.env.path("a.csv.rejected.csv");
    let list = if list.exists() { office.env.read("a.csv.rejected.csv") } else { String::new() };
    [ran.to_string(), office.env.csv("SELECT * FROM 'datasets/spending.parquet'"), list]
}

#[test]
fn many_rows_come_to_the_same_in_memory_and_in_a_file() {
    let in_order = file(0..ROWS);
    // Two files put together, each in order; the other way about; in no order.
    let in_runs = file((0..ROWS).step_by(2).chain((1..ROWS).step_by(2)));
    let reversed = file((0..ROWS).rev());
    let mixed = file((0..ROWS).map(|n| n * 7_919 % ROWS));
    for (name, text) in
        [("in order", in_order), ("in runs", in_runs), ("reversed", reversed), ("mixed", mixed)]
    {
        let held = imported(&text, &[]);
        assert!(held[0].contains("exit 0") && held[2].is_empty(), "{name}: {}", held[0]);
        let keys: Vec<&str> = held[1].lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert!(keys.len() == ROWS && keys.is_sorted(), "{name}");
        assert!(held == imported(&text, &["--memory-limit", "16M"]), "{name}");
    }
}

#[test]
fn faults_among_many_rows_are_the_same_in_memory_and_in_a_file() {
    // Keys that stand twice, one that is missing, a value that cannot be read, a unit that is none.
    let text = file((0..ROWS).chain([7, 7, 11]))
        .replace("K00100;", ";")
        .replace("K00201;nho_quan;travel", "K00201;nowhere;traval")
        .replace(";300\n", ";viết tay\n");
    let held = imported(&text, &[]);
    assert!(held[0].contains("the same stands in 3 rows of the files"), "{}", held[0]);
    assert_eq!(held[2].lines().count(), 1 + 3 + 2 + 1 + 1 + 1, "{}", held[2]);
    assert!(held == imported(&text, &["--memory-limit", "16M"]), "{}", held[0]);
}
