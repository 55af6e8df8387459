//! The encodings of one byte a character.

use std::sync::LazyLock;

/// Holds the character of each byte, `None` where the encoding has none.
pub(super) type Table = [Option<char>; 256];

/// VISCII (RFC 1456), 0x80–0xFF. The six capitals below are in [`VISCII_LOW`].
const VISCII_HIGH: &str = "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ\
                           ÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ\
                           ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư\
                           àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ";

/// The letters for which VISCII gives up ASCII controls (STX, ENQ, ACK, DC4, EM, RS).
const VISCII_LOW: [(u8, char); 6] =
    [(0x02, 'Ẳ'), (0x05, 'Ẵ'), (0x06, 'Ẫ'), (0x14, 'Ỷ'), (0x19, 'Ỹ'), (0x1E, 'Ỵ')];

/// TCVN 5712:1993 VN1, 0x80–0xFF: at 0xA0 the no-break space, at 0xB0–0xB4 the five tones as combining
/// marks. The C library's `TCVN` is this table.
const TCVN_HIGH: &str = "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ\
                         \u{A0}ĂÂÊÔƠƯĐăâêôơưđẰ\u{300}\u{309}\u{303}\u{301}\u{323}àảãáạẲằẳẵắẴ\
                         ẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịò\
                         ỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ";

/// The letters for which VN1 gives up ASCII controls (SOH, STX, EOT, ENQ, ACK, DC1–DC4, NAK, SYN, ETB).
const TCVN1_LOW: [(u8, char); 12] = [
    (0x01, 'Ú'),
    (0x02, 'Ụ'),
    (0x04, 'Ừ'),
    (0x05, 'Ử'),
    (0x06, 'Ữ'),
    (0x11, 'Ứ'),
    (0x12, 'Ự'),
    (0x13, 'Ỳ'),
    (0x14, 'Ỷ'),
    (0x15, 'Ỹ'),
    (0x16, 'Ý'),
    (0x17, 'Ỵ'),
];

/// VN3 has no capitals but these, and no combining marks.
const TCVN3_CAPITALS: &str = "ĂÂÊÔƠƯĐ";

pub(super) static VISCII: LazyLock<Table> = LazyLock::new(|| table(VISCII_HIGH, &VISCII_LOW));

pub(super) static TCVN1: LazyLock<Table> = LazyLock::new(|| table(TCVN_HIGH, &TCVN1_LOW));

pub(super) static TCVN3: LazyLock<Table> = LazyLock::new(|| {
    let in_vn3 = |c: &char| *c == '\u{A0}' || c.is_lowercase() || TCVN3_CAPITALS.contains(*c);
    let mut vn3 = table(TCVN_HIGH, &[]);
    for entry in &mut vn3[0x80..] {
        *entry = entry.filter(in_vn3);
    }
    vn3
});

/// The C1 controls that the WHATWG index gives for the holes of windows-1258 are no text.
pub(super) static WINDOWS_1258: LazyLock<Table> =
    LazyLock::new(|| library(encoding_rs::WINDOWS_1258, |c| !('\u{80}'..='\u{9F}').contains(&c)));

/// The bytes of VNI that stand for themselves: ASCII and, below the letters, the punctuation of Windows.
pub(super) static VNI_SINGLE: LazyLock<Table> = LazyLock::new(|| {
    library(encoding_rs::WINDOWS_1252, |c| {
        !('\u{80}'..='\u{9F}').contains(&c) && !('\u{C0}'..='\u{FF}').contains(&c)
    })
});

fn table(high: &str, low: &[(u8, char)]) -> Table {
    let mut table = [None; 256];
    for (entry, c) in table.iter_mut().zip(('\0'..='\x7F').chain(high.chars())) {
        *entry = Some(c);
    }
    for &(byte, c) in low {
        table[usize::from(byte)] = Some(c);
    }
    table
}

fn library(encoding: &'static encoding_rs::Encoding, is_text: impl Fn(char) -> bool) -> Table {
    let mut table = [None; 256];
    for (entry, byte) in table.iter_mut().zip(0..=u8::MAX) {
        let bytes = [byte];
        let character = encoding.decode_without_bom_handling_and_without_replacement(&bytes);
        *entry = character.and_then(|text| text.chars().next()).filter(|&c| is_text(c));
    }
    table
}
