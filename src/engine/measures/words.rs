//! What the name of a column says that it counts, in English and in Vietnamese with or without accents.

use unicode_normalization::UnicodeNormalization;

/// Words for persons; a word of two parts is two words.
const PERSONS: [&str; 36] = [
    "persons",
    "person",
    "people",
    "members",
    "member",
    "participants",
    "participant",
    "attendees",
    "attendee",
    "individuals",
    "volunteers",
    "volunteer",
    "youths",
    "youngsters",
    "youth",
    "headcount",
    "heads",
    "humans",
    "trainees",
    "trainee",
    "learners",
    "learner",
    "students",
    "student",
    "nguoi",
    "so_nguoi",
    "songuoi",
    "doan_vien",
    "doanvien",
    "thanh_nien",
    "dvtn",
    "hoc_vien",
    "hocvien",
    "tinh_nguyen_vien",
    "thanh_vien",
    "nhan_khau",
];

/// Words that say otherwise, whoever is named beside them: *lượt người* are participations.
const TIMES: [&str; 16] = [
    "participation",
    "participations",
    "luot",
    "times",
    "turns",
    "attendance",
    "attendances",
    "visits",
    "enrolment",
    "enrolments",
    "enrollments",
    "per",
    "each",
    "moi",
    "not",
    "events",
];

/// Words for money that was paid or came in.
const CASH: [&str; 14] = [
    "cost",
    "costs",
    "spent",
    "spending",
    "expense",
    "expenses",
    "cash",
    "income",
    "revenue",
    "paid",
    "chi_phi",
    "kinh_phi",
    "tien_mat",
    "doanh_thu",
];

/// Words for money that was not.
const SPARED: [&str; 8] =
    ["saved", "saving", "savings", "avoided", "benefit", "benefits", "tiet_kiem", "lam_loi"];

/// Whether a name says that persons are counted.
pub(super) fn says_persons(name: &str) -> bool {
    let name = folded(name);
    any(&name, &PERSONS) && !any(&name, &TIMES)
}

/// Whether a name says that money was paid or came in.
pub(super) fn says_cash(name: &str) -> bool {
    let name = folded(name);
    any(&name, &CASH) && !any(&name, &SPARED)
}

/// Whether a name has a word.
pub(super) fn has(name: &str, word: &str) -> bool {
    any(&folded(name), &[word])
}

fn any(folded: &str, words: &[&str]) -> bool {
    words.iter().any(|word| folded.contains(&format!("_{word}_")))
}

/// The words of a name in small letters without accents, `_` around each.
fn folded(name: &str) -> String {
    let mut folded = String::from("_");
    let mut small = false;
    for c in name.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
        // soNguoi is two words.
        if !c.is_alphanumeric() || (c.is_uppercase() && small) {
            folded.push('_');
        }
        small = c.is_lowercase();
        match c {
            'đ' | 'Đ' | 'ð' => folded.push('d'),
            c if c.is_alphanumeric() => folded.extend(c.to_lowercase()),
            _ => {}
        }
    }
    folded.push('_');
    while folded.contains("__") {
        folded = folded.replace("__", "_");
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_say_persons_are_known_in_both_languages() {
        let decomposed: String = "Số người".nfd().collect();
        for name in ["persons", "TotalPeople", "so_nguoi", "Số người", "Đoàn viên", "ĐVTN", &decomposed]
        {
            assert!(says_persons(name), "{name}");
        }
        for name in
            ["lượt người", "participations", "so_luot_nguoi", "per_person", "personal", "value", "Lượt"]
        {
            assert!(!says_persons(name), "{name}");
        }
        assert!(says_cash("total_cost_vnd") && says_cash("Chi phí") && !says_cash("benefit"));
    }
}
