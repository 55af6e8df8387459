//! The front matter of a saved query.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let source = tongket::query::Source::new("fuzz", text);
    let _ = tongket::query::header::parse(&source);
    let _ = tongket::query::library::parse("fuzz", source);
});
