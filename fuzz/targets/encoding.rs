//! Bytes of every encoding that offices use: text or a fault, and never more text than they can hold.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    use std::io::Read;
    use tongket::import::encoding::{Decoder, Encoding, sniff};
    std::hint::black_box(sniff(data));
    for encoding in Encoding::ALL {
        let mut text = String::new();
        if Decoder::new(data, encoding).read_to_string(&mut text).is_ok() {
            // A byte becomes a letter with its marks at most.
            assert!(text.len() <= 3 * data.len() + 3, "{encoding:?}");
        }
    }
});
