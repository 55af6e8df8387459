//! Delimited text of an office, from its bytes to its rows; no row has more cells than its heading has columns.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    use std::io::Cursor;
    let options = tongket::import::source::CsvOptions { record_limit: Some(1 << 12), ..Default::default() };
    if let Ok(opened) = tongket::import::source::open_csv(Cursor::new(data.to_vec()), &options, "fuzz") {
        for row in opened.rows.take_while(Result::is_ok).flatten() {
            std::hint::black_box(row.is_blank());
        }
    }
});
