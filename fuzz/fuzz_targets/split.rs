//! Statements and commands in a text: whatever it is, it is split or refused, and no piece lies outside it.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let source = tongket::query::Source::new("fuzz", text);
    if let Ok(script) = tongket::query::split::split(&source) {
        for piece in &script.pieces {
            if let tongket::query::split::Piece::Statement(statement) = piece {
                assert!(text.contains(&statement.text) || text.contains('\r'));
            }
        }
    }
});
