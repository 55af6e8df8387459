use std::io::{self, Read, Write};
use std::process::{Command, Stdio};

use unicode_normalization::UnicodeNormalization;

use super::*;

/// The accented letters of the language: 67, and đ among them.
const SMALL: &str = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ";

const TEXT: &str = "Tỉnh đoàn Ninh Bình; 1.700 hoạt động\r\nphần việc, giải ngân 10 tỷ đồng\n";

/// Gives its bytes a few at a time.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let taken = self.1.min(self.0.len()).min(into.len());
        into[..taken].copy_from_slice(&self.0[..taken]);
        self.0 = &self.0[taken..];
        Ok(taken)
    }
}

fn read(bytes: &[u8], encoding: Encoding) -> Result<String, Malformed> {
    let whole = read_in_pieces(bytes, encoding, usize::MAX);
    for size in [1, 2, 3] {
        assert_eq!(read_in_pieces(bytes, encoding, size), whole, "in pieces of {size}");
    }
    whole
}

fn read_in_pieces(bytes: &[u8], encoding: Encoding, size: usize) -> Result<String, Malformed> {
    let mut text = String::new();
    match Decoder::new(Pieces(bytes, size), encoding).read_to_string(&mut text) {
        Ok(_) => Ok(text),
        Err(e) => {
            assert_eq!(e.kind(), io::ErrorKind::InvalidData);
            Err(e.into_inner().unwrap().downcast_ref::<Malformed>().unwrap().clone())
        }
    }
}

/// Encodes a text by the command `iconv`, and says where there is none.
fn iconv(text: &str, charset: &str) -> Option<Vec<u8>> {
    let child = Command::new("iconv")
        .args(["-f", "UTF-8", "-t", charset])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        eprintln!("skipped: no command `iconv`");
        return None;
    };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    if !output.status.success() {
        eprintln!("skipped: this `iconv` does not know {charset}");
        return None;
    }
    Some(output.stdout)
}

fn both_cases() -> String {
    format!("{SMALL}{}", SMALL.to_uppercase())
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn the_alphabet_has_134_accented_letters() {
    assert_eq!(both_cases().chars().count(), 134);
}

#[test]
fn every_letter_of_both_cases_agrees_with_iconv() {
    for (charset, encoding) in
        [("VISCII", Encoding::Viscii), ("TCVN", Encoding::Tcvn1), ("CP1258", Encoding::Windows1258)]
    {
        for text in [both_cases(), TEXT.to_owned(), (' '..='~').collect()] {
            let Some(bytes) = iconv(&text, charset) else { continue };
            let read = read(&bytes, encoding).unwrap();
            assert_eq!(read.nfc().collect::<String>(), text, "{charset}");
        }
    }
}

#[test]
fn windows_1258_comes_as_letters_and_combining_marks_that_nfc_joins() {
    let text = read(b"T\xECnh, B\xF2, \xE2\xF2, \xF0, \xFD\xEC, \xEA\xD2", Encoding::Windows1258).unwrap();
    assert_eq!(text, "T\u{301}nh, B\u{323}, â\u{323}, đ, ư\u{301}, ê\u{309}");
    assert_eq!(text.nfc().collect::<String>(), "T\u{301}nh, Ḅ, ậ, đ, ứ, ể");
}

#[test]
fn tcvn3_has_the_small_letters_and_seven_capitals_where_iconv_has_them() {
    let letters = format!("{SMALL}ĂÂÊÔƠƯĐ\u{A0}");
    let Some(bytes) = iconv(&letters, "TCVN") else { return };
    assert_eq!(read(&bytes, Encoding::Tcvn3).unwrap(), letters);
}

#[test]
fn tcvn3_reads_what_the_fonts_show() {
    // As the bytes look in a program that takes them for windows-1252.
    let shown = "TØnh §oµn Ninh B×nh";
    let bytes: Vec<u8> = shown.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert_eq!(read(&bytes, Encoding::Tcvn3).unwrap(), "Tỉnh Đoàn Ninh Bình");
}

#[test]
fn tcvn3_does_not_take_a_curly_quote_for_a_capital_of_vn1() {
    let bytes = b"so\n\x93abc\x94";
    let fault = read(bytes, Encoding::Tcvn3).unwrap_err();
    assert_eq!((fault.line, fault.column_bytes, fault.byte), (2, 1, 0x93));
    assert_eq!(
        fault.to_string(),
        "line 2, byte 1: 0x93 is not tcvn3 here: replace the curly quote, dash or symbol in the file, \
         or give `--encoding tcvn1` where it is a capital with a tone"
    );
    assert_eq!(read(bytes, Encoding::Tcvn1).unwrap(), "so\nỎabcÕ");
}

#[test]
fn ascii_controls_are_letters_in_viscii_and_vn1_only() {
    assert_eq!(read(b"\x02\x1E\t\n", Encoding::Viscii).unwrap(), "ẲỴ\t\n");
    assert_eq!(read(b"\x01\x17\t\n", Encoding::Tcvn1).unwrap(), "ÚỴ\t\n");
    assert_eq!(read(b"\x01\x17\t\n", Encoding::Tcvn3).unwrap(), "\x01\x17\t\n");
}

/// VNI by the letters that windows-1252 shows for its bytes.
fn vni(shown: &str) -> Vec<u8> {
    shown.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

#[test]
fn every_letter_of_vni_is_read_in_both_cases() {
    let shown = "aø aû aõ aù aï aê aè aú aü aé aë aâ aà aå aã aá aä ñ eø eû eõ eù eï eâ eà eå eã eá eä \
                 ì æ ó í ò oø oû oõ où oï oâ oà oå oã oá oä ô ôø ôû ôõ ôù ôï uø uû uõ uù uï \
                 ö öø öû öõ öù öï yø yû yõ yù î";
    let letters: Vec<String> = SMALL.chars().map(String::from).collect();
    let spaced = letters.join(" ");
    assert_eq!(read(&vni(shown), Encoding::Vni).unwrap(), spaced);
    assert_eq!(read(&vni(&shown.to_uppercase()), Encoding::Vni).unwrap(), spaced.to_uppercase());
}

#[test]
fn vni_letters_that_touch_are_told_apart() {
    let bytes = vni("Tænh ñoaøn: löu tröõ, khuyû, tuòa aâaâ, caùn boä, TOÅNG COÄNG, Aùa");
    assert_eq!(
        read(&bytes, Encoding::Vni).unwrap(),
        "Tỉnh đoàn: lưu trữ, khuỷ, tuịa ââ, cán bộ, TỔNG CỘNG, Áa"
    );
}

#[test]
fn a_mark_of_vni_without_its_letter_is_a_fault() {
    let fault = read(b"ngo\xE2i\nb\xF9", Encoding::Vni).unwrap_err();
    assert_eq!((fault.line, fault.column_bytes, fault.byte), (2, 2, 0xF9));
    assert!(read(b"e\xEA", Encoding::Vni).is_err(), "no breve on e");
    assert_eq!(read(b"\x93a\x94 \x96", Encoding::Vni).unwrap(), "“a” –");
}

#[test]
fn utf_16_is_read_with_pairs_across_pieces() {
    let text = "Đoàn,1\n🌾 ậ";
    assert_eq!(read(&utf16(text, u16::to_le_bytes), Encoding::Utf16Le).unwrap(), text);
    assert_eq!(read(&utf16(text, u16::to_be_bytes), Encoding::Utf16Be).unwrap(), text);
    let marked = utf16(&format!("\u{FEFF}{text}"), u16::to_le_bytes);
    assert_eq!(read(&marked, Encoding::Utf16Le).unwrap(), text);
}

#[test]
fn half_a_character_of_utf_16_is_a_fault_with_its_place() {
    let mut lone = utf16("a\nb", u16::to_le_bytes);
    lone.extend([0x00, 0xD8, 0x0A, 0x00]);
    let fault = read(&lone, Encoding::Utf16Le).unwrap_err();
    assert_eq!((fault.line, fault.column_bytes), (2, 3));
    assert!(read(b"a\0b", Encoding::Utf16Le).is_err(), "an odd byte at the end");
    assert!(read(b"a\0\x00\xD8", Encoding::Utf16Le).is_err(), "a first half at the end");
}

#[test]
fn a_byte_order_mark_is_dropped_once() {
    assert_eq!(read("\u{FEFF}a\u{FEFF}".as_bytes(), Encoding::Utf8).unwrap(), "a\u{FEFF}");
    assert_eq!(read(b"", Encoding::Utf8).unwrap(), "");
    assert_eq!(read("\u{FEFF}".as_bytes(), Encoding::Utf8).unwrap(), "");
    assert_eq!(read(b"\xEF\xBB", Encoding::Utf8).unwrap_err().column_bytes, 1);
}

#[test]
fn a_byte_that_utf_8_has_not_names_its_line_and_the_encodings_to_try() {
    let fault = read(b"\xEF\xBB\xBFmot\nhai\xA7oan", Encoding::Utf8).unwrap_err();
    assert_eq!((fault.line, fault.column_bytes, fault.byte), (2, 4, 0xA7));
    assert_eq!(
        fault.to_string(),
        "line 2, byte 4: 0xA7 is not utf-8 here: \
         name the file's encoding: `--encoding windows-1258`, `tcvn3`, `tcvn1`, `vni` or `viscii`"
    );
}

#[test]
fn the_text_before_a_fault_is_given_and_the_fault_stays() {
    let mut decoder = Decoder::new(&b"abc\xFFdef"[..], Encoding::Utf8);
    let mut into = [0; 8];
    assert_eq!(decoder.read(&mut into).unwrap(), 3);
    assert!(decoder.read(&mut into).is_err());
    assert!(decoder.read(&mut into).is_err());
}

#[test]
fn a_hole_of_windows_1258_is_a_fault() {
    assert_eq!(read(b"a\x8Ab", Encoding::Windows1258).unwrap_err().byte, 0x8A);
}

#[test]
fn a_file_of_many_chunks_is_read_with_a_bounded_buffer() {
    let text = TEXT.repeat(5_000);
    let bytes = utf16(&text, u16::to_be_bytes);
    let mut decoder = Decoder::new(&bytes[..], Encoding::Utf16Be);
    let mut read = Vec::new();
    let mut piece = [0; 1000];
    loop {
        let count = decoder.read(&mut piece).unwrap();
        if count == 0 {
            break;
        }
        read.extend_from_slice(&piece[..count]);
    }
    assert_eq!(String::from_utf8(read).unwrap(), text);
    let mut broken = text.into_bytes();
    broken.push(0xFF);
    assert_eq!(read_in_pieces(&broken, Encoding::Utf8, usize::MAX).unwrap_err().line, 10_001);
}

#[test]
fn a_byte_order_mark_and_the_zeros_of_utf_16_are_seen() {
    let seen = |bytes: &[u8]| {
        let Sniffed { encoding, bom_bytes } = sniff(bytes);
        (encoding, bom_bytes)
    };
    assert_eq!(seen("\u{FEFF}a".as_bytes()), (Encoding::Utf8, 3));
    assert_eq!(seen(b"\xFF\xFEa\0"), (Encoding::Utf16Le, 2));
    assert_eq!(seen(b"\xFE\xFF\0a"), (Encoding::Utf16Be, 2));
    assert_eq!(seen(&utf16(TEXT, u16::to_le_bytes)), (Encoding::Utf16Le, 0));
    assert_eq!(seen(&utf16(TEXT, u16::to_be_bytes)), (Encoding::Utf16Be, 0));
    assert_eq!(seen(TEXT.as_bytes()), (Encoding::Utf8, 0));
    assert_eq!(seen(b""), (Encoding::Utf8, 0));
    // A single zero is no encoding.
    assert_eq!(seen(b"Ma khoan;Noi dung\nA1;ha\0i\n"), (Encoding::Utf8, 0));
}

#[test]
fn no_8_bit_encoding_is_guessed() {
    assert_eq!(sniff(b"T\xD8nh \xA7o\xB5n").encoding, Encoding::Utf8);
}

#[test]
fn every_name_is_read_back_and_another_lists_them() {
    for encoding in Encoding::ALL {
        assert_eq!(encoding.to_string().parse().ok(), Some(encoding));
        assert_eq!(encoding.name().to_uppercase().parse().ok(), Some(encoding));
    }
    assert_eq!("ABC".parse().ok(), Some(Encoding::Tcvn3));
    assert_eq!("tcvn".parse().ok(), Some(Encoding::Tcvn3));
    assert_eq!("UTF_8".parse().ok(), Some(Encoding::Utf8));
    assert_eq!(
        "latin1".parse::<Encoding>().unwrap_err().to_string(),
        "unknown encoding `latin1`: the encodings are `utf-8`, `utf-16le`, `utf-16be`, `windows-1258`, \
         `tcvn3`, `tcvn1`, `vni`, `viscii`"
    );
}
