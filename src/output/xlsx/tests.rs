//! What a workbook holds that is too large, or too small, for a test of the whole program.

use std::io::Cursor;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use calamine::{Data, Reader, Xlsx};

use super::*;
use crate::output::Sink;
use crate::output::wording::Column;

/// Writes results to a workbook of small sheets and reads it again; gives what is said of each result.
fn written(
    results: &[&RecordBatch],
    wording: &Wording,
    most_rows: u32,
) -> (Xlsx<Cursor<Vec<u8>>>, Vec<String>) {
    let mut book = Book { most_rows, ..Book::default() };
    let mut said = Vec::new();
    for batch in results {
        let about = About { name: "kết quả".to_owned(), ..About::default() };
        let mut sink = book.sheet(about, &Style::default(), wording);
        let out = &mut std::io::sink();
        sink.begin(&batch.schema(), out).expect("begins");
        sink.batch(batch, out).expect("writes");
        let shown = sink.finish(out).expect("ends");
        assert_eq!(shown.rows, batch.num_rows() as u64);
        said.extend(sink.remarks().iter().map(crate::language::Message::english));
    }
    let mut bytes = Vec::new();
    book.write(&mut bytes).expect("writes");
    (Xlsx::new(Cursor::new(bytes)).expect("a workbook"), said)
}

fn one(name: &str, column: ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter([(name, column)]).expect("a batch")
}

#[test]
fn a_result_of_more_rows_than_a_sheet_takes_goes_on_in_the_next() {
    let batch = one("n", Arc::new(Int64Array::from_iter_values(1..=7)));
    let (mut book, said) = written(&[&batch, &batch], &Wording::default(), 4);
    assert_eq!(
        book.sheet_names(),
        ["kết quả", "kết quả (2)", "kết quả (3)", "kết quả (4)", "kết quả (5)", "kết quả (6)"]
    );
    let says = |last: &str| format!("a sheet of Excel has 4 rows: the result goes on in `{last}`");
    assert_eq!(said, [says("kết quả (3)"), says("kết quả (6)")]);
    let mut rows: Vec<i64> = Vec::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).expect("a sheet");
        assert_eq!(range.get_value((0, 0)), Some(&Data::String("n".to_owned())), "{name}");
        rows.extend(
            range
                .rows()
                .skip(1)
                .filter_map(|row| row.first().and_then(|cell| cell.to_string().parse::<i64>().ok())),
        );
    }
    let twice: Vec<i64> = (1..=7).chain(1..=7).collect();
    assert_eq!(rows, twice);
}

#[test]
fn a_full_sheet_is_followed_by_none() {
    let batch = one("n", Arc::new(Int64Array::from_iter_values(1..=3)));
    let (book, said) = written(&[&batch], &Wording::default(), 4);
    assert_eq!((book.sheet_names(), said), (vec!["kết quả".to_owned()], Vec::new()));
}

#[test]
fn headers_hold_titles_and_cells_the_labels_of_codes() {
    let codes = one("status", Arc::new(StringArray::from(vec![Some("done"), Some("other"), None])));
    let labels = [("done".to_owned(), "đã xong".to_owned())].into();
    let column =
        Column { title: Some("Trạng thái".to_owned()), labels: Arc::new(labels), ..Column::default() };
    let wording = Wording { language: Language::Vietnamese, columns: vec![column] };
    let (mut book, _) = written(&[&codes], &wording, 10);
    let range = book.worksheet_range("kết quả").expect("a sheet");
    let texts: Vec<String> = range.rows().map(|row| row[0].to_string()).collect();
    assert_eq!(texts, ["Trạng thái", "đã xong", "other"]);
}

#[test]
fn a_text_that_is_too_long_is_cut_and_told() {
    let texts = one("t", Arc::new(StringArray::from(vec!["đ".repeat(32_767), "đ".repeat(32_768)])));
    let (mut book, said) = written(&[&texts], &Wording::default(), 10);
    let range = book.worksheet_range("kết quả").expect("a sheet");
    let lengths: Vec<usize> = range.rows().skip(1).map(|row| row[0].to_string().chars().count()).collect();
    assert_eq!(lengths, [32_767, 32_767]);
    assert_eq!(said, ["1 text is cut and ends with `…`: a cell of Excel holds 32,767 characters"]);
}

#[test]
fn a_result_of_too_many_columns_is_refused() {
    use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
    let begin = |columns: usize| {
        let fields: Vec<Field> =
            (0..columns).map(|n| Field::new(format!("c{n}"), DataType::Int64, true)).collect();
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let mut book = Book::default();
        let mut sink = book.sheet(About::default(), &Style::default(), &Wording::default());
        sink.begin(&schema, &mut std::io::sink())
    };
    begin(16_384).expect("a sheet has as many");
    let error = begin(16_385).expect_err("too many");
    assert_eq!(error.to_string(), "a sheet of Excel has 16,384 columns, and the result has 16,385");
}

#[test]
fn a_place_that_takes_no_more_is_an_error_of_its_own() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let error = Book::default().write(&mut Full).expect_err("full");
    assert!(error.to_string().contains("standard output"), "{error}");
}

#[test]
fn a_panic_of_the_library_is_an_error() {
    assert!(!panics_are_told());
    let ran: Result<()> = guard::guarded(|| {
        assert!(panics_are_told());
        panic!("{}", "no space".to_owned())
    });
    let error = ran.expect_err("failed");
    assert_eq!(error.to_string(), "cannot write the workbook's temporary file: no space");
    assert!(!panics_are_told());
}
