//! The words and signs that stand beside numbers, in NFC and lower case.

/// Gives the power of ten of a scale word.
pub(super) fn scale(word: &str) -> Option<u32> {
    match word {
        "nghìn" | "ngàn" => Some(3),
        "triệu" => Some(6),
        "tỷ" | "tỉ" => Some(9),
        _ => None,
    }
}

/// Says whether a word is the currency, which is dropped.
pub(super) fn is_currency(word: &str) -> bool {
    matches!(word, "đồng" | "đ" | "₫" | "vnd" | "vnđ")
}

/// Says whether a word or sign makes a number inexact.
pub(super) fn is_vague(word: &str) -> bool {
    const VAGUE: &[&str] = &[
        "trên", "hơn", "quá", "gần", "ngót", "khoảng", "độ", "chừng", "cỡ", "dưới", "xấp", "xỉ", "ước",
        "tới", "over", "about", "nearly", "~", "≈", ">", "<", "≥", "≤", "±",
    ];
    VAGUE.contains(&word)
}

/// Says whether a word or sign between two numbers makes them a range.
pub(super) fn is_range(word: &str) -> bool {
    matches!(word, "-" | "–" | "—" | "−" | "đến" | "tới" | "to" | "…")
}
