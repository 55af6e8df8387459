use std::io::Cursor;

use super::super::{Cell, HeaderOptions, Opened, Row, SourceFault};
use super::{CsvOptions, Records, open_csv};

fn open_with(text: &str, options: &CsvOptions<'_>) -> Result<Opened, SourceFault> {
    open_csv(Cursor::new(text.as_bytes().to_vec()), options, "t.csv")
}

fn open(text: &str) -> Result<Opened, SourceFault> {
    open_with(text, &CsvOptions::default())
}

fn rows(opened: Opened) -> Vec<(u64, Vec<String>)> {
    opened
        .rows
        .map(|row| {
            row.map(|Row { number, cells, .. }| (number, cells.into_iter().map(spell).collect())).unwrap()
        })
        .collect()
}

fn spell(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.into_string(),
        other => panic!("{other:?} in a text"),
    }
}

fn fault(text: &str) -> String {
    match open(text) {
        Err(fault) => fault.english(),
        Ok(opened) => opened.rows.filter_map(Result::err).next().expect("a fault").english(),
    }
}

fn row(number: u64, cells: &[&str]) -> (u64, Vec<String>) {
    (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

#[test]
fn quotes_and_line_breaks_in_them_are_read_and_lines_stay_physical() {
    let text = "tên,số\n\"Yên \"\"Mô\"\"\",\"1\n2\"\n\n,\nGia Viễn,3";
    let opened = open(text).unwrap();
    assert_eq!(opened.heading.names, ["tên", "số"]);
    assert_eq!(rows(opened), [row(2, &["Yên \"Mô\"", "1\n2"]), row(6, &["Gia Viễn", "3"])]);
}

#[test]
fn all_line_ends_count_as_one_line() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["\u{feff}a;b", "", "x;1", "\"y", "z\";2", ""].join(end);
        let expected = [row(3, &["x", "1"]), row(4, &[&format!("y{end}z"), "2"])];
        assert_eq!(rows(open(&text).unwrap()), expected, "{end:?}");
    }
    // An LF belongs to a CR only right behind it.
    let mixed = rows(open("a;b\n\"x\ry\nz\";1\nq;2\n").unwrap());
    assert_eq!(mixed, [row(2, &["x\ry\nz", "1"]), row(5, &["q", "2"])]);
}

#[test]
fn an_unclosed_quote_names_the_line_where_it_began() {
    assert!(fault("a,b\nx,1\ny,\"2\nz,3\n").starts_with("`t.csv`, line 3: a quote opens here"));
    assert!(
        fault("a,b\nx,\"1\n2\"3\n").starts_with("`t.csv`, line 3: text behind the closing quote of cell 2")
    );
}

#[test]
fn nul_bytes_bad_utf8_and_endless_records_are_faults() {
    assert!(fault("a,b\nx,1\n\ny,\0\n").starts_with("`t.csv`, line 4: a NUL byte"));
    let bytes = Cursor::new(b"a,b\nx,\xff\n".to_vec());
    let opened = open_csv(bytes, &CsvOptions { delimiter: Some(b','), ..Default::default() }, "t.csv");
    assert!(opened.err().unwrap().english().starts_with("`t.csv`, line 2: not UTF-8"));
    let options = CsvOptions { record_limit: Some(20), ..Default::default() };
    let fault = open_with(&format!("a,b\nx,\"{}\"\n", "1\n".repeat(20)), &options).err().unwrap();
    assert!(fault.english().starts_with("`t.csv`, line 2: a record of more than 20 bytes"));
}

#[test]
fn ragged_rows_come_out_as_they_are() {
    let opened = open("a,b,c\n1,x,2\n3,y\n4,z,5,6\n7,v,8,,\n").unwrap();
    let expected = [
        row(2, &["1", "x", "2"]),
        row(3, &["3", "y"]),
        row(4, &["4", "z", "5", "6"]),
        row(5, &["7", "v", "8"]),
    ];
    assert_eq!(rows(opened), expected);
}

#[test]
fn columns_without_a_name_are_dropped_where_they_are_empty() {
    let opened = open("a,,b,\nx,,1,\ny,,2,\nw,,2,\nz,note,3,\nv,note\n").unwrap();
    assert_eq!(
        (opened.heading.names.clone(), opened.heading.columns.clone()),
        (vec!["a".into(), "b".into()], vec![1, 3])
    );
    let expected = [
        row(2, &["x", "1"]),
        row(3, &["y", "2"]),
        row(4, &["w", "2"]),
        row(5, &["z", "3", "note"]),
        row(6, &["v", "", "note"]),
    ];
    assert_eq!(rows(opened), expected);
}

#[test]
fn empty_and_double_names_are_faults_that_name_the_columns() {
    let text = fault("tên,,số\nx,1,2\ny,3,4\n");
    assert!(text.starts_with("`t.csv`, line 1: the header has no name for column 2 (B)"), "{text}");
    let text = fault("Số,tên,số\n1,x,2\n");
    assert!(
        text.starts_with("`t.csv`, line 1: column 1 (A) and column 3 (C) have the same name `số`"),
        "{text}"
    );
}

#[test]
fn an_empty_file_is_a_fault_and_a_header_alone_has_no_rows() {
    for text in ["", "\n\n", "\u{feff}", ",,\n"] {
        assert!(fault(text).starts_with("`t.csv`: nothing in it"), "{text:?}");
    }
    for text in ["a,b", "a,b\n"] {
        assert_eq!(rows(open(text).unwrap()), []);
    }
}

#[test]
fn titles_above_the_header_are_left_out_and_said() {
    let text = "TỈNH ĐOÀN NINH BÌNH,,,\nBÁO CÁO NĂM 2022,,,\n,,,\nSTT,Đơn vị,2021,2022\n1,Yên Mô,5,6\n";
    let opened = open(text).unwrap();
    assert_eq!(opened.heading.names, ["STT", "Đơn vị", "2021", "2022"]);
    assert_eq!(opened.heading.first_row, 4);
    assert!(
        opened.told().contains(&"header: row 4; what stands above it is left out".to_owned()),
        "{:?}",
        opened.told()
    );
    assert_eq!(rows(opened), [row(5, &["1", "Yên Mô", "5", "6"])]);
}

#[test]
fn a_header_row_that_is_named_is_taken() {
    let header = HeaderOptions { row: Some(3), ..Default::default() };
    let options = CsvOptions { header, ..Default::default() };
    assert_eq!(rows(open_with("a,b\nc,d\ne,f\n1,2\n", &options).unwrap()), [row(4, &["1", "2"])]);
    let fault = open_with("a,b\nc,d\n", &options).err().unwrap().english();
    assert!(fault.starts_with("`t.csv`, line 3: the header was to stand here"), "{fault}");
}

#[test]
fn numbers_below_a_header_are_not_taken_for_column_numbers() {
    assert_eq!(rows(open("a,b,c\n1,2,3\n4,5,6\n").unwrap()).len(), 2);
}

/// A text that comes in pieces of so many bytes.
struct Drip<'a>(&'a [u8], usize);

impl std::io::Read for Drip<'_> {
    fn read(&mut self, block: &mut [u8]) -> std::io::Result<usize> {
        let length = self.1.min(block.len());
        self.0.read(&mut block[..length])
    }
}

#[test]
fn records_agree_with_the_csv_crate() {
    // Small texts of the characters that matter, all of them.
    let letters = ['a', ',', '"', '\n', '\r'];
    for code in 0..5_u32.pow(5) {
        let text: String = (0..5).map(|place| letters[(code / 5_u32.pow(place) % 5) as usize]).collect();
        let read = |block| {
            let mut ours: Vec<Vec<String>> = Vec::new();
            let mut records = Records::new(Drip(text.as_bytes(), block), b',', "");
            loop {
                match records.next_record() {
                    Ok(Some(record)) => ours.push(record.cells.into_iter().map(spell).collect()),
                    Ok(None) => break Some(ours),
                    Err(_) => break None,
                }
            }
        };
        let ours = read(5);
        for block in 1..5 {
            assert_eq!(read(block), ours, "{text:?} in pieces of {block}");
        }
        if let Some(ours) = ours {
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> =
                reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            assert_eq!(ours, theirs, "{text:?}");
        }
    }
}

mod sniffing {
    use super::{fault, open, row, rows};

    #[test]
    fn each_delimiter_is_found_and_said() {
        for (delimiter, spelled) in [(",", "`,`"), (";", "`;`"), ("\t", "tab"), ("|", "`|`")] {
            let text = "tên,số,năm\nYên Mô,1,2\n\"Gia, Viễn;\t|\",3,4\n".replace(",", delimiter);
            let opened = open(&text).unwrap();
            let said = format!("delimiter {spelled}: it cuts the lines into 3 cells");
            assert_eq!(opened.told()[0], said);
            assert_eq!(opened.heading.names.len(), 3);
        }
    }

    #[test]
    fn decimal_commas_do_not_hide_the_semicolon() {
        let opened = open("tên;số\nYên Mô;1,5\nGia Viễn;2,5\nHoa Lư\n").unwrap();
        assert_eq!(opened.told()[0], "delimiter `;`: it cuts the lines into 2 cells");
    }

    #[test]
    fn two_delimiters_that_fit_equally_well_are_a_fault() {
        let text = fault("a;b,c\nx;1,2\ny;3,4\n");
        assert_eq!(
            text,
            "`t.csv`: the delimiter cannot be told: `,` and `;` fit equally well; name it with `--delimiter`"
        );
    }

    #[test]
    fn a_single_column_and_a_declared_delimiter_are_read() {
        let opened = open("tên\nYên Mô\nGia Viễn, Ninh Bình\nHoa Lư\n").unwrap();
        assert_eq!(opened.told()[0], "no delimiter found: read as a single column");
        let opened = open("sep=;\na;b\n1,5;2,5\n").unwrap();
        assert_eq!(opened.told()[0], "delimiter `;`: declared by the file's first line");
        assert_eq!(rows(opened), [row(3, &["1,5", "2,5"])]);
    }
}
