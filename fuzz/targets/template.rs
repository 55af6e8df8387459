//! The template of a report.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = tongket::report::look(&tongket::query::Source::new("fuzz", text));
});
