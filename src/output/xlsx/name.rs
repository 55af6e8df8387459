//! Names of sheets that Excel takes: <https://support.microsoft.com/office/3f1f7148-ee83-404d-8ef0-9ff99fbad1f9>.

use std::collections::BTreeSet;

/// The most that a name holds, in units of UTF-16.
const MOST: usize = 31;

/// The names of a workbook's sheets, which differ in more than case.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A name that is legal and new, as near to the wanted one as can be: `loans-by-channel`, `result (2)`.
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let legal = legal(wanted);
        let mut name = cut(&legal, MOST).to_owned();
        let mut number = 1_u64;
        while !self.taken.insert(name.to_lowercase()) {
            number += 1;
            let ending = format!(" ({number})");
            name = format!("{}{ending}", cut(&legal, MOST - ending.len()));
        }
        name
    }
}

/// The text with what no name may hold written as `-`.
fn legal(wanted: &str) -> String {
    let kept = |c: char| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') { '-' } else { c };
    let text: String = wanted.chars().filter(|c| !c.is_control()).map(kept).collect();
    let text = text.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    match text {
        "" => "result".to_owned(),
        // Excel keeps this one for itself.
        text if text.eq_ignore_ascii_case("history") => format!("{text}_"),
        text => text.to_owned(),
    }
}

/// The beginning of a text that takes at most so many units of UTF-16, with nothing at its end that a
/// name may not end with.
fn cut(text: &str, most: usize) -> &str {
    super::cell::head(text, most).trim_end_matches(|c: char| c == '\'' || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_legal() {
        let mut names = Names::default();
        let mut take = |wanted: &str| names.take(wanted);
        assert_eq!(take("loans/by-channel"), "loans-by-channel");
        assert_eq!(take("[a]:*?/\\'"), "-a------");
        assert_eq!(take("'tổng kết'"), "tổng kết");
        assert_eq!(take(" '' "), "result");
        assert_eq!(take("History"), "History_");
        assert_eq!(take("a\u{1}b"), "ab");
        let long = take("Tổng hợp kết quả công tác Đoàn và phong trào thanh thiếu nhi");
        assert_eq!((long.as_str(), long.chars().count()), ("Tổng hợp kết quả công tác Đoàn", 30));
        assert_eq!(take(&"😀".repeat(31)), "😀".repeat(15));
    }

    #[test]
    fn names_differ_in_more_than_case() {
        let mut names = Names::default();
        let taken = ["a/b", "a-b", "A-B", "Đoàn", "đoàn"].map(|wanted| names.take(wanted));
        assert_eq!(taken, ["a-b", "a-b (2)", "A-B (3)", "Đoàn", "đoàn (2)"]);
        let long = "x".repeat(40);
        let twice = [names.take(&long), names.take(&long)];
        assert_eq!(twice, ["x".repeat(31), format!("{} (2)", "x".repeat(27))]);
    }
}
