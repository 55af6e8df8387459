//! Delimited text in every encoding, delimiter and shape.

use std::io::Write;
use std::process::{Command, Stdio};

use super::Office;

const TEXT: &str = "Mã khoản;Đơn vị;Nội dung;Kinh phí\n\
                    A1;nho_quan;Tập huấn kỹ năng cho đoàn viên ở Yên Mô, đợt 1;1200000\n\
                    A2;gia_vien;Đường thắp sáng làng quê – thư ngỏ;950000\n";

const ROWS: &str = "item_id,content,cost_vnd,source_row\n\
                    A1,\"Tập huấn kỹ năng cho đoàn viên ở Yên Mô, đợt 1\",1200000,2\n\
                    A2,Đường thắp sáng làng quê – thư ngỏ,950000,3\n";

const COLUMNS: &str = "item_id, content, cost_vnd, source_row";

/// The text in another encoding, by the C library; `None` where it does not know the encoding.
fn iconv(text: &str, encoding: &str) -> Option<Vec<u8>> {
    let command = Command::new("iconv")
        .args(["-f", "UTF-8", "-t", encoding])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = command else {
        eprintln!("skipped: there is no `iconv`");
        return None;
    };
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    if !output.status.success() {
        eprintln!("skipped: `iconv` does not write {encoding}");
    }
    output.status.success().then_some(output.stdout)
}

/// VNI for Windows: a base letter and a byte for its marks.
fn vni(text: &str) -> Vec<u8> {
    let letters: [(char, &[u8]); 14] = [
        ('ã', b"a\xF5"),
        ('ả', b"a\xFB"),
        ('đ', b"\xF1"),
        ('Đ', b"\xD1"),
        ('ơ', b"\xF4"),
        ('ị', b"\xF2"),
        ('ộ', b"o\xE4"),
        ('í', b"\xED"),
        ('ậ', b"a\xE4"),
        ('ấ', b"a\xE1"),
        ('ỹ', b"y\xF5"),
        ('ă', b"a\xEA"),
        ('ê', b"e\xE2"),
        ('ở', b"\xF4\xFB"),
    ];
    let bytes = |c: char| match letters.iter().find(|(letter, _)| *letter == c) {
        Some((_, bytes)) => bytes.to_vec(),
        None => c.to_string().into_bytes(),
    };
    text.chars().flat_map(bytes).collect()
}

#[test]
fn unicode_is_recognised_with_and_without_a_byte_order_mark() {
    let utf16 = |order: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}{TEXT}").encode_utf16().flat_map(order).collect()
    };
    let files = [
        ("utf-8", TEXT.as_bytes().to_vec()),
        ("utf-8 with a byte order mark", format!("\u{feff}{TEXT}").into_bytes()),
        ("utf-16le with a byte order mark", utf16(u16::to_le_bytes, "\u{feff}")),
        ("utf-16be with a byte order mark", utf16(u16::to_be_bytes, "\u{feff}")),
        ("utf-16le", utf16(u16::to_le_bytes, "")),
        ("utf-16be", utf16(u16::to_be_bytes, "")),
    ];
    for (said, bytes) in files {
        let office = Office::new();
        office.env.write("a.csv", bytes);
        let ran = office.import(&["a.csv"]);
        assert!(ran.status == 0 && ran.stdout.contains(&format!("said,,the text is {said}\n")), "{ran}");
        assert_eq!(office.rows(COLUMNS), ROWS, "{said}");
    }
}

/// An old encoding is declared; taken for UTF-8, it is a fault that says so, and nothing is written.
#[test]
fn the_old_encodings_are_read_as_they_were_said_to_be() {
    let text = TEXT.replace('–', "-");
    let rows = ROWS.replace('–', "-");
    for (encoding, name) in
        [("windows-1258", "CP1258"), ("tcvn3", "TCVN5712-1"), ("tcvn1", "TCVN5712-1"), ("viscii", "VISCII")]
    {
        let Some(bytes) = iconv(&text, name) else { continue };
        let office = Office::new();
        office.env.write("a.csv", bytes);
        let ran = office.import(&["a.csv"]);
        assert_eq!(ran.status, 1, "{encoding}: {ran}");
        assert!(ran.stderr.contains("`--encoding windows-1258`"), "{ran}");
        assert_eq!(office.count(), 0);
        assert_eq!(office.sound(&["a.csv", "--encoding", encoding], COLUMNS), rows, "{encoding}");
    }
}

#[test]
fn vni_is_read_letter_by_letter() {
    let office = Office::new();
    office
        .env
        .write("a.csv", vni("Mã khoản;Đơn vị;Nội dung;Kinh phí\nA1;nho_quan;Tập huấn kỹ năng ở đấy;5\n"));
    let rows = office.sound(&["a.csv", "--encoding", "vni"], COLUMNS);
    assert_eq!(rows, "item_id,content,cost_vnd,source_row\nA1,Tập huấn kỹ năng ở đấy,5,2\n");
}

#[test]
fn the_delimiter_is_found_and_said() {
    let office = Office::new();
    office.env.write("a.csv", "Mã khoản;Nội dung;Tỷ lệ\nA1;một, hai, ba;0,5\nA2;bốn;0,25\n");
    office.env.write("b.csv", "Mã khoản,Nội dung,Tỷ lệ\nB1,\"một, hai\",0.5\n");
    office.env.write("c.tsv", "Mã khoản\tNội dung\tTỷ lệ\nC1\tmột; hai\t0,75\n");
    office.env.write("d.csv", "sep=|\nMã khoản|Nội dung|Tỷ lệ\nD1|một; hai|1\n");
    office.env.write("e.csv", "Mã khoản:Nội dung\nE1:một\n");
    insta::assert_snapshot!(office.import(&["a.csv", "b.csv", "c.tsv", "d.csv"]), @r#"
    exit 0
    --- stdout
    file,what,rows,detail
    a.csv,said,,the text is utf-8
    a.csv,said,,delimiter `;`: it cuts the lines into 3 cells
    a.csv,said,,header: row 1
    a.csv,decimal,,"the decimal mark is `,`: row 2 has `0,5`"
    a.csv,read,2,rows of data
    b.csv,said,,the text is utf-8
    b.csv,said,,"delimiter `,`: it cuts the lines into 3 cells"
    b.csv,said,,header: row 1
    b.csv,decimal,,the decimal mark is `.`: row 2 has `0.5`
    b.csv,read,1,rows of data
    c.tsv,said,,the text is utf-8
    c.tsv,said,,header: row 1
    c.tsv,decimal,,"the decimal mark is `,`: row 2 has `0,75`"
    c.tsv,read,1,rows of data
    d.csv,said,,the text is utf-8
    d.csv,said,,delimiter `|`: declared by the file's first line
    d.csv,said,,header: row 2; what stands above it is left out
    d.csv,read,1,rows of data
    ,written,5,[DIR]/datasets/spending.parquet
    --- stderr
    "#);
    let ran = office.env.run(&["import", "e.csv", "--table", "spending", "--delimiter", ":"]);
    assert_eq!(ran.status, 0, "{ran}");
    insta::assert_snapshot!(office.rows("item_id, content, share, source_file, source_row"), @r#"
    item_id,content,share,source_file,source_row
    A1,"một, hai, ba",0.500000000,a.csv,2
    A2,bốn,0.250000000,a.csv,3
    B1,"một, hai",0.500000000,b.csv,2
    C1,một; hai,0.750000000,c.tsv,2
    D1,một; hai,1.000000000,d.csv,3
    E1,một,,e.csv,2
    "#);
}

#[test]
fn a_row_that_is_too_short_or_too_long_is_put_aside() {
    let office = Office::new();
    office.env.write(
        "a.csv",
        "Mã khoản;Nội dung;Số người\nA1;một;1\nA2;hai\nA3;ba;3;bốn;5\n\nA4;\"năm\n\"\"sáu\"\"\";6\n",
    );
    insta::assert_snapshot!(office.import(&["a.csv"]), @r#"
    exit 3
    --- stdout
    file,what,rows,detail
    a.csv,said,,the text is utf-8
    a.csv,said,,delimiter `;`: it cuts the lines into 3 cells
    a.csv,said,,header: row 1
    a.csv,read,4,rows of data
    a.csv,rejected,2,"the row has 2 cells, and the heading 3 (first: row 3)"
    a.csv,put aside,2,a.csv.rejected.csv
    ,written,2,[DIR]/datasets/spending.parquet
    --- stderr
    error: 4 rows read: 2 written, 2 put aside
    hint: mend them in `a.csv.rejected.csv` and import that
    "#);
    insta::assert_snapshot!(office.rows("item_id, content, people, source_row"), @r#"
    item_id,content,people,source_row
    A1,một,1,2
    A4,"năm
    ""sáu""",6,6
    "#);
    insta::assert_snapshot!(office.env.read("a.csv.rejected.csv"), @"
    ﻿Mã khoản;Nội dung;Số người;source_file;source_sheet;source_row;rejected_column;rejected_value;rejected_reason
    A2;hai;;a.csv;;3;;;the row has 2 cells, and the heading 3
    A3;ba;3;a.csv;;4;;bốn 5;the row has 5 cells, and the heading 3;bốn;5
    ");
}

/// What cannot be read to its end is refused whole.
#[test]
fn a_text_that_is_no_table_changes_nothing() {
    let office = Office::new();
    let head = "Mã khoản;Nội dung\nA1;một\n";
    office.env.write("quote.csv", format!("{head}A2;\"hai\nA3;ba\n"));
    office.env.write("behind.csv", format!("{head}A2;\"hai\"x\nA3;ba\n"));
    office.env.write("nul.csv", format!("{head}A2;h\0ai\n"));
    office.env.write("empty.csv", "");
    office.env.write("blank.csv", "\u{feff}\n\n");
    office.env.write("heading.csv", "Mã khoản;Nội dung\n");
    office.env.write("workbook.csv", "PK\u{3}\u{4}and more");
    office.env.write("page.xlsx", "<html><table><tr><td>Mã khoản</td></tr></table></html>");
    let before = office.bytes();
    let mut told = String::new();
    for name in [
        "quote.csv",
        "behind.csv",
        "nul.csv",
        "empty.csv",
        "blank.csv",
        "workbook.csv",
        "page.xlsx",
        "none.csv",
    ] {
        let ran = office.import(&[name]);
        assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{name}: {ran}");
        told.push_str(&ran.stderr);
    }
    assert!(office.bytes() == before, "something was written");
    insta::assert_snapshot!(told, @r#"
    error: `quote.csv`, line 3: a quote opens here and does not close before the end
    hint: close it, or write a quote inside a quoted cell twice: ""
    error: `behind.csv`, line 3: text behind the closing quote of cell 2
    hint: write a quote inside a quoted cell twice: ""
    error: `nul.csv`, line 3: a NUL byte: this is not text, or its encoding is not the one said
    hint: name the encoding with `--encoding`, or save the file anew
    error: `empty.csv`: nothing in it: no header and no rows
    error: `blank.csv`: nothing in it: no header and no rows
    error: `workbook.csv`: the workbook is damaged: invalid Zip archive: Could not find EOCD
    hint: ask for it again
    error: `page.xlsx`: this is a web page (HTML), not a workbook
    hint: open it in a spreadsheet program and save it as .xlsx
    error: `none.csv`: cannot be read: no such file or directory
    "#);
    insta::assert_snapshot!(office.import(&["heading.csv"]), @"
    exit 0
    --- stdout
    file,what,rows,detail
    heading.csv,said,,the text is utf-8
    heading.csv,said,,delimiter `;`: it cuts the lines into 2 cells
    heading.csv,said,,header: row 1
    heading.csv,read,0,rows of data
    --- stderr
    ");
    assert_eq!(office.count(), 0);
}
