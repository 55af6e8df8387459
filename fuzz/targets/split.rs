//! Statements and commands in a text: whatever it is, it is split or refused, and each piece begins where it
//! says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tongket::query::Statement;
use tongket::query::split::{Piece, split};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let source = tongket::query::Source::new("fuzz", text);
    let Ok(script) = split(&source) else { return };
    let lines: Vec<&str> = text.split('\n').collect();
    let begins = |piece: &Statement| {
        let there = lines[piece.line - 1].chars().nth(piece.column - 1);
        assert_eq!(there, piece.text.chars().next(), "{piece:?}");
    };
    for piece in &script.pieces {
        match piece {
            Piece::Statement(statement) => begins(statement),
            Piece::Command(command) => {
                begins(&command.text);
                command.ends.iter().for_each(begins);
            }
        }
    }
});
