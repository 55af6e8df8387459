//! The encodings that offices' files come in, and a reader that turns each into UTF-8.
//!
//! Byte order marks and the zeros of UTF-16 say what a file is. The 8-bit encodings say nothing:
//! detectors take TCVN3 for windows-1258, so those are declared, never guessed.
//!
//! windows-1258 writes some letters as a base letter and a combining mark; the reader gives them so,
//! and a value is brought to NFC where it is taken out of its cell.

mod decoder;
mod tables;
mod vni;

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::say;

pub use decoder::{Decoder, Malformed, unreadable};

/// Names the way in which a file writes its characters as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, low byte first: what Excel saves as "Unicode text".
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// The code page of Vietnamese Windows.
    Windows1258,
    /// TCVN 5712:1993 VN3, the encoding of the fonts `.VnTime` and their like (also called ABC).
    ///
    /// It has all small letters and seven capitals (`Ă Â Ê Ô Ơ Ư Đ`). A capital with a tone is a
    /// small letter shown in a capital font (`.VnTimeH`): a text file has lost that case, and this
    /// reader gives the small letter that the byte is.
    Tcvn3,
    /// TCVN 5712:1993 VN1, which adds to VN3 every capital with a tone; the C library's `TCVN`.
    ///
    /// The capitals take the positions of ASCII controls (0x01–0x17) and of 0x80–0x9F, where Windows
    /// programs put curly quotes and dashes: so VN1 is another encoding than [`Encoding::Tcvn3`].
    Tcvn1,
    /// VNI for Windows, the encoding of the fonts `VNI-Times` and their like: a base letter, then a
    /// byte for its marks.
    Vni,
    /// VISCII (RFC 1456). Six capitals take the positions of ASCII controls.
    Viscii,
}

impl Encoding {
    /// Lists every encoding, in the order in which messages name them.
    pub const ALL: [Self; 8] = [
        Self::Utf8,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Windows1258,
        Self::Tcvn3,
        Self::Tcvn1,
        Self::Vni,
        Self::Viscii,
    ];

    /// Gives the name that `--encoding` takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1258 => "windows-1258",
            Self::Tcvn3 => "tcvn3",
            Self::Tcvn1 => "tcvn1",
            Self::Vni => "vni",
            Self::Viscii => "viscii",
        }
    }

    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Utf8 => &["utf8"],
            Self::Utf16Le => &["utf16le"],
            Self::Utf16Be => &["utf16be"],
            Self::Windows1258 => &["cp1258", "windows1258"],
            Self::Tcvn3 => &["tcvn", "abc", "vn3"],
            Self::Tcvn1 => &["vn1"],
            Self::Vni => &["vni-windows"],
            Self::Viscii => &[],
        }
    }

    /// Gives the byte order mark that a file in this encoding may begin with, or nothing.
    fn bom(self) -> &'static [u8] {
        match self {
            Self::Utf8 => b"\xEF\xBB\xBF",
            Self::Utf16Le => b"\xFF\xFE",
            Self::Utf16Be => b"\xFE\xFF",
            _ => b"",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Encoding {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let name = text.trim().to_ascii_lowercase().replace('_', "-");
        Self::ALL
            .into_iter()
            .find(|encoding| encoding.name() == name || encoding.aliases().contains(&name.as_str()))
            .ok_or_else(|| {
                let names = Self::ALL.map(|encoding| format!("`{encoding}`")).join(", ");
                Error::usage(say!("unknown encoding `{text}`: the encodings are {names}", text, names))
            })
    }
}

/// Says what the beginning of a file shows about its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sniffed {
    /// The encoding; UTF-8 where nothing shows another.
    pub encoding: Encoding,
    /// How many bytes the byte order mark takes; 0 without one.
    pub bom_bytes: usize,
}

/// Looks at the first bytes of a file (some hundreds are enough) for a byte order mark or the zeros of
/// UTF-16, and never chooses among the 8-bit encodings.
#[must_use]
pub fn sniff(head: &[u8]) -> Sniffed {
    for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
        if head.starts_with(encoding.bom()) {
            return Sniffed { encoding, bom_bytes: encoding.bom().len() };
        }
    }
    // Digits, separators and line ends have a zero byte in UTF-16, and no text has one elsewhere. The
    // other half of a unit can be zero too (U+1E00, U+0100), but hardly ever in Vietnamese.
    let zeros_at = |offset| head.iter().skip(offset).step_by(2).filter(|&&byte| byte == 0).count();
    let (high_first, low_first) = (zeros_at(0), zeros_at(1));
    // A zero or two in a long text are a fault of that text.
    let many = |zeros: usize| zeros > (head.len() / 16).max(1);
    let encoding = if many(low_first) && low_first > 4 * high_first {
        Encoding::Utf16Le
    } else if many(high_first) && high_first > 4 * low_first {
        Encoding::Utf16Be
    } else {
        Encoding::Utf8
    };
    Sniffed { encoding, bom_bytes: 0 }
}

#[cfg(test)]
mod tests;
