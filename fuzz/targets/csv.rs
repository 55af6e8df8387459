//! Delimited text of an office, from its bytes to its rows, whose numbers grow.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    use std::io::Cursor;
    let options = tongket::import::source::CsvOptions { record_limit: Some(1 << 12), ..Default::default() };
    if let Ok(opened) = tongket::import::source::open_csv(Cursor::new(data.to_vec()), &options, "fuzz") {
        let mut last = 0;
        for row in opened.rows.take_while(Result::is_ok).flatten() {
            assert!(row.number > last, "row {} after row {last}", row.number);
            last = row.number;
        }
    }
});
