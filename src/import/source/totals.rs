//! Rows that are no data: totals, subtotals, signatures and notes under a table.
//!
//! Nothing is dropped here. Each row gets its [`RowKind`]; who drops it counts it and says so.

use super::{Cell, Row};
use crate::import::fold::{fold, plain, tidy};

/// Whole texts of a total's first cell, folded.
const TOTALS: [&str; 15] = [
    "tong cong",
    "tong",
    "cong",
    "tong so",
    "tong so chung",
    "tong chung",
    "toan tinh",
    "toan doan",
    "toan huyen",
    "total",
    "grand total",
    "sub total",
    "subtotal",
    "tong toan tinh",
    "cong toan tinh",
];
/// One of these words stands in each total, with its accents or in plain letters: `Công` is a name.
const WORDS: [&str; 9] = ["cộng", "cong", "tổng", "tong", "toàn", "toan", "total", "subtotal", "sub"];
/// What follows `cộng` or `tổng` in the name of a subtotal. Not just any word: `Cộng Hòa` is a commune.
const PARTS: [&str; 17] = [
    "huyen",
    "thanh pho",
    "tp",
    "tp.",
    "thi xa",
    "xa",
    "phuong",
    "khoi",
    "muc",
    "phan",
    "nhom",
    "cum",
    "trang",
    "don vi",
    "cac don vi",
    "theo",
    "toan",
];
/// How notes and signatures begin that nothing else begins like, folded.
const TAILS: [&str; 12] = [
    "ghi chu",
    "luu y",
    "noi nhan",
    "nguon:",
    "nguon so lieu",
    "nguoi lap",
    "nguoi tong hop",
    "nguoi bao cao",
    "(ky",
    "(da ky",
    "ky ten",
    "xac nhan cua",
];
/// Offices and titles under a signature. They stand in tables of people as well, so that they count
/// only behind a total or an empty row.
const OFFICES: [&str; 10] =
    ["tm.", "tm ", "t/m", "kt.", "tl.", "bi thu", "pho bi thu", "chu tich", "ke toan", "thu truong"];

/// What a row of a table is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// A row of the table.
    Data,
    /// One that may be the total of a thing by this name, folded: `Nho Quan` of `Cộng Nho Quan`. `Cộng Hòa` is a
    /// commune: who asks must know the name from the rows above. With what it calls itself.
    Perhaps {
        /// The whole text.
        text: String,
        /// The name.
        name: String,
    },
    /// A total or subtotal, with what it calls itself.
    Total(String),
    /// A signature, place and date, or note under the table, with what it says first.
    Tail(String),
}

/// Tells whether a row whose first text this is calls itself a total or a subtotal, and how.
///
/// The first text counts that is no number and no ordinal: `I. Tổng cộng`, `Cộng huyện Yên Mô`,
/// `TỔNG SỐ (I+II):`. `Tổng số đoàn viên` is an indicator, `Cộng Hòa` a commune.
fn is_total(text: &str) -> Option<String> {
    let folded = plain(text);
    let mut said = folded.as_str();
    // `I. Tổng cộng`, `1) Cộng`, `* Tổng`.
    if let Some((first, rest)) = said.split_once(' ')
        && is_ordinal(first)
    {
        said = rest;
    }
    // `(I+II)` or `(A + B):` behind it.
    let said = said.trim_end_matches([':', '.', ' ']);
    let said = if said.ends_with(')') { said.rsplit_once('(').map_or(said, |(name, _)| name) } else { said };
    let said = said.trim_end_matches([':', '.', ' ', '-']);
    let part = |text: &str| PARTS.iter().any(|part| text == *part || starts_with_word(text, part));
    let subtotal =
        ["tong cong ", "cong ", "tong "].iter().find_map(|word| said.strip_prefix(word)).is_some_and(part);
    if !subtotal && !TOTALS.contains(&said) {
        return None;
    }
    let spelled = tidy(text).to_lowercase();
    let meant = spelled.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word));
    meant.then(|| text.trim().to_owned())
}

/// The name of what a text calls itself the total of, folded.
fn total_of(text: &str) -> Option<String> {
    let folded = fold(text);
    let name = ["tong cong ", "cong ", "tong "].iter().find_map(|word| folded.strip_prefix(word))?;
    Some(name.to_owned())
}

/// The first text that is no number and no ordinal.
fn first_text(row: &Row) -> Option<&str> {
    texts(row).find(|text| !(may_be_ordinal(text) && is_ordinal(&plain(text))))
}

/// Whether a text may pass [`is_ordinal`], which asks for its folded form: two letters of which one is no
/// roman numeral do not.
fn may_be_ordinal(text: &str) -> bool {
    let is_other = |byte: u8| byte.is_ascii_alphabetic() && !b"ivxlcIVXLC".contains(&byte);
    !text.is_ascii()
        || !text.bytes().any(is_other)
        || text.bytes().filter(u8::is_ascii_alphanumeric).nth(1).is_none()
}

/// Whether a text may be called a total: in plain letters `tong`, `cong`, `toan` or `total` stands in all
/// that are, and so does how these begin.
fn may_be_total(text: &str) -> bool {
    let begins = |at: &[u8]| matches!(at, [b't' | b'T' | b'c' | b'C', b'o' | b'O']);
    !text.is_ascii() || text.as_bytes().windows(2).any(begins)
}

/// Tells data from what stands below it, row by row in the order of the file.
#[derive(Debug, Clone)]
pub struct Ending {
    /// The columns that hold numbers, from 0 in [`Row::cells`].
    numbers: Vec<usize>,
    width: usize,
    last: Option<u64>,
    after_total: bool,
    begun: bool,
}

impl Ending {
    /// Watches a table with so many columns, of which these, from 0, hold numbers.
    pub fn new(width: usize, numbers: Vec<usize>) -> Self {
        Self { numbers, width, last: None, after_total: false, begun: false }
    }

    /// Tells what the next row is.
    ///
    /// A row with a value in a column of numbers is data or a total. Of the others those are a tail
    /// that begin like one, or that stand alone after a total or an empty row where the table has
    /// columns of numbers. A dropped tail is to be counted and said like a total.
    pub fn kind(&mut self, row: &Row) -> RowKind {
        let gap = self.last.is_some_and(|last| row.number > last + 1);
        self.last = Some(row.number);
        let perhaps = first_text(row).filter(|text| may_be_total(text));
        if let Some(text) = perhaps.and_then(is_total) {
            self.after_total = true;
            return RowKind::Total(text);
        }
        let numbered = self.numbers.iter().any(|column| self.could_be_number(row.cell(*column)));
        let all_texts = || row.cells.iter().all(|cell| cell.is_blank() || matches!(cell, Cell::Text(_)));
        let filled = if numbered { 0 } else { row.cells.iter().filter(|cell| !cell.is_blank()).count() };
        if filled > 0 && all_texts() {
            let few = filled == 1 || (filled <= 3 && 2 * filled <= self.width);
            let apart = self.after_total || gap || self.begun;
            let marked = texts(row).next().is_some_and(is_note) || (apart && texts(row).any(is_signature));
            let alone = filled == 1 && !self.numbers.is_empty() && apart;
            let goes_on = self.begun && few;
            if (marked && few) || alone || goes_on {
                self.begun |= marked;
                return RowKind::Tail(texts(row).next().unwrap_or_default().trim().to_owned());
            }
        }
        self.begun = false;
        self.after_total = false;
        match perhaps.and_then(|text| Some((text, total_of(text)?))) {
            Some((text, name)) => RowKind::Perhaps { text: text.trim().to_owned(), name },
            None => RowKind::Data,
        }
    }

    /// Whether what stands in a column of numbers may belong to a row of data. Signatures stand there
    /// as well, and the names below them.
    fn could_be_number(&self, cell: &Cell) -> bool {
        match cell {
            Cell::Text(text) => {
                let name = self.begun && !text.contains(|c: char| c.is_ascii_digit());
                !(cell.is_blank() || name || is_note(text) || is_signature(text))
            }
            other => !other.is_blank(),
        }
    }
}

fn texts(row: &Row) -> impl Iterator<Item = &str> {
    row.cells.iter().filter_map(|cell| match cell {
        Cell::Text(text) if !text.trim().is_empty() => Some(text.as_str()),
        _ => None,
    })
}

fn is_note(text: &str) -> bool {
    if !has_letters(text) {
        return false;
    }
    let folded = plain(text);
    TAILS.iter().any(|start| folded.starts_with(start))
}

/// Whether a text begins with an office, or gives a day as letters do: `ngày 5 tháng 1 năm 2023`.
fn is_signature(text: &str) -> bool {
    if !has_letters(text) {
        return false;
    }
    let folded = plain(text);
    let day = folded.find("ngay").zip(folded.find("thang")).zip(folded.find("nam"));
    let dated = day.is_some_and(|((day, month), year)| day < month && month < year);
    dated || OFFICES.iter().any(|start| folded.starts_with(start))
}

/// Whether there is a letter in a text; in a number is none, and most cells are numbers.
fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

/// Whether a folded text is a number, a letter or a roman numeral, or a mark such as `*` and `-`.
fn is_ordinal(folded: &str) -> bool {
    let core = folded.trim_matches(['.', ')', '(', ':', '/', '*', '-', '+', ' ']);
    let roman = core.chars().all(|c| matches!(c, 'i' | 'v' | 'x' | 'l' | 'c'));
    let number = core.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' '));
    roman || number || core.chars().count() == 1
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '))
}

#[cfg(test)]
mod tests;
