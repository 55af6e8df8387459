//! Numbers as people write them: one that is read is written, and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    use tongket::import::number::{Mark, read, write};
    let Ok(text) = std::str::from_utf8(data) else { return };
    for mark in [None, Some(Mark::Comma), Some(Mark::Point)] {
        if let Ok(number) = read(text, mark) {
            for mark in Mark::BOTH {
                let written = write(number.value, mark);
                let again = read(&written, Some(mark)).map(|again| again.value);
                assert_eq!(again.ok(), Some(number.value), "{text:?} {written:?}");
            }
        }
    }
});
