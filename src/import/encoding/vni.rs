//! VNI for Windows: most accented letters are a base letter and a byte that holds all its marks.

use super::tables::VNI_SINGLE;

/// The bytes that mark a small letter: acute, grave, hook, tilde, dot; the same with a circumflex,
/// which comes first; the same with a breve, likewise. Under a capital they are 0x20 less.
const MARKS: [u8; 17] = [
    0xF9, 0xF8, 0xFB, 0xF5, 0xEF, // ù ø û õ ï
    0xE2, 0xE1, 0xE0, 0xE5, 0xE3, 0xE4, // â á à å ã ä
    0xEA, 0xE9, 0xE8, 0xFA, 0xFC, 0xEB, // ê é è ú ü ë
];

/// A byte's small letter, and that letter under each of [`MARKS`] as far as the language has it.
const LETTERS: [(u8, char, &str); 14] = [
    (b'a', 'a', "áàảãạâấầẩẫậăắằẳẵặ"),
    (b'e', 'e', "éèẻẽẹêếềểễệ"),
    (b'o', 'o', "óòỏõọôốồổỗộ"),
    (b'u', 'u', "úùủũụ"),
    (b'y', 'y', "ýỳỷỹỵ"),
    (0xF4, 'ơ', "ớờởỡợ"),
    (0xF6, 'ư', "ứừửữự"),
    (0xED, 'í', ""),
    (0xEC, 'ì', ""),
    (0xE6, 'ỉ', ""),
    (0xF3, 'ĩ', ""),
    (0xF2, 'ị', ""),
    (0xEE, 'ỵ', ""),
    (0xF1, 'đ', ""),
];

/// What the next bytes are.
pub(super) enum Step {
    /// A character of so many bytes.
    Char(char, usize),
    /// A base letter whose mark may follow: more bytes are needed to know.
    Wait,
    /// A byte that VNI does not have, or not here.
    Bad,
}

/// Reads one character; `last` says that nothing follows `input`, which has at least one byte.
///
/// The letter's byte decides the case: a small mark on a capital, which the capital fonts show alike,
/// is taken.
pub(super) fn step(input: &[u8], last: bool) -> Step {
    let byte = input[0];
    let Some((letter, marked, capital)) = letter(byte) else {
        return VNI_SINGLE[usize::from(byte)].map_or(Step::Bad, |c| Step::Char(c, 1));
    };
    let cased = |c: char| if capital { c.to_uppercase().next().unwrap_or(c) } else { c };
    match input.get(1) {
        None if !last && !marked.is_empty() => Step::Wait,
        Some(&next) => match mark(next).and_then(|at| marked.chars().nth(at)) {
            Some(c) => Step::Char(cased(c), 2),
            None => Step::Char(cased(letter), 1),
        },
        None => Step::Char(cased(letter), 1),
    }
}

/// Gives the small letter of a byte, its marked forms, and whether the byte is the capital.
fn letter(byte: u8) -> Option<(char, &'static str, bool)> {
    LETTERS.iter().find_map(|&(small, letter, marked)| {
        (byte == small || byte == small - 0x20).then_some((letter, marked, byte != small))
    })
}

fn mark(byte: u8) -> Option<usize> {
    MARKS.iter().position(|&small| byte == small || byte == small - 0x20)
}
