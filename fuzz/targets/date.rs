//! Dates as people write them: one that is read is read again from its ISO form.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(date) = tongket::import::date::read(text) {
        assert_eq!(tongket::import::date::read(&date.to_string()), Ok(date), "{text:?}");
    }
});
