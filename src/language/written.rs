//! Numbers and dates from their plain form into that of a language.

use super::Language;

/// A number as the language writes it, by CLDR: `1234567.5` as `1.234.567,5` or `1,234,567.5`.
///
/// What is no plain decimal number, such as `NaN`, stays as it is.
pub fn number(plain: &str, language: Language) -> String {
    let (group, point) = marks(language);
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", plain),
    };
    // A power of ten stands behind the digits.
    let (digits, power) = digits.find(['e', 'E']).map_or((digits, ""), |at| digits.split_at(at));
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !part.is_none_or(all_digits) {
        return plain.to_owned();
    }
    let mut text = String::with_capacity(plain.len() + whole.len() / 3 + 1);
    text.push_str(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if let Some(part) = part {
        text.push(point);
        text.push_str(part);
    }
    text + power
}

/// A number whose digits are not grouped, such as a year: only its decimal mark is the language's.
pub fn ungrouped(plain: &str, language: Language) -> String {
    match language {
        Language::Vietnamese => plain.replace('.', ","),
        Language::English => plain.to_owned(),
    }
}

/// The marks between groups of digits and before decimals.
pub fn marks(language: Language) -> (char, char) {
    match language {
        Language::Vietnamese => ('.', ','),
        Language::English => (',', '.'),
    }
}

/// A date, or a date and what follows it, as the language writes it: `2022-12-31` as `31/12/2022` or
/// `31 Dec 2022`, for the order of day and month is not the same wherever English is read.
///
/// What is no date of that form stays as it is.
pub fn date(plain: &str, language: Language) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let number = |at: std::ops::Range<usize>| plain.get(at).and_then(|part| part.parse::<usize>().ok());
    let (Some(year), Some(month), Some(day)) = (plain.get(..4), number(5..7), number(8..10)) else {
        return plain.to_owned();
    };
    let is_date = plain.get(4..5) == Some("-") && plain.get(7..8) == Some("-");
    let (Some(name), true) = (MONTHS.get(month.wrapping_sub(1)), is_date) else { return plain.to_owned() };
    // Between a date and its time ISO 8601 has a letter, and readers a blank.
    let rest = &plain[10..];
    let rest = rest.strip_prefix('T').map_or_else(|| rest.to_owned(), |time| format!(" {time}"));
    match language {
        Language::Vietnamese => format!("{day:02}/{month:02}/{year}{rest}"),
        Language::English => format!("{day} {name} {year}{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of CLDR for `#,##0.###` in `vi` and `en`.
    #[test]
    fn numbers_have_the_marks_of_cldr() {
        for (plain, vietnamese, english) in [
            ("0", "0", "0"),
            ("-123", "-123", "-123"),
            ("1234", "1.234", "1,234"),
            ("1234567.5", "1.234.567,5", "1,234,567.5"),
            ("-1234.567", "-1.234,567", "-1,234.567"),
            ("397846500000", "397.846.500.000", "397,846,500,000"),
            ("0.05", "0,05", "0.05"),
            ("1.5e300", "1,5e300", "1.5e300"),
            ("NaN", "NaN", "NaN"),
            ("inf", "inf", "inf"),
        ] {
            assert_eq!(number(plain, Language::Vietnamese), vietnamese);
            assert_eq!(number(plain, Language::English), english);
        }
        assert_eq!(ungrouped("2022", Language::Vietnamese), "2022");
    }

    #[test]
    fn dates_have_their_day_first() {
        assert_eq!(date("2022-03-01", Language::Vietnamese), "01/03/2022");
        assert_eq!(date("2022-03-01", Language::English), "1 Mar 2022");
        assert_eq!(date("2022-03-01 07:30:00", Language::Vietnamese), "01/03/2022 07:30:00");
        assert_eq!(date("2022-03-01T07:30:00", Language::Vietnamese), "01/03/2022 07:30:00");
        assert_eq!(date("+12022-03-01", Language::Vietnamese), "+12022-03-01");
        assert_eq!(date("2022-13-01", Language::English), "2022-13-01");
        assert_eq!(date("Đoàn", Language::Vietnamese), "Đoàn");
    }
}
