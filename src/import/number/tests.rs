use unicode_normalization::UnicodeNormalization;

use super::*;

fn decimal(text: &str) -> Decimal {
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().unwrap();
    Decimal::new(sign * digits, u32::try_from(fraction.len()).unwrap())
}

fn value(text: &str, declared: Option<Mark>) -> Result<String, NumberFault> {
    let composed = read(&text.nfc().collect::<String>(), declared);
    let decomposed = read(&text.nfd().collect::<String>(), declared);
    assert_eq!(composed.as_ref().ok(), decomposed.as_ref().ok(), "{text} in NFC and NFD");
    composed.map(|read| read.value.to_string())
}

#[track_caller]
fn is(text: &str, expected: &str, shows: Option<Mark>) {
    let read = read(text, None);
    let expected = Read { value: decimal(expected), percent: text.contains('%'), shows };
    assert_eq!(read, Ok(expected), "{text}");
}

#[track_caller]
fn reason(text: &str) -> String {
    read(text, None).unwrap_err().message().english()
}

const COMMA: Option<Mark> = Some(Mark::Comma);
const POINT: Option<Mark> = Some(Mark::Point);

#[test]
fn a_number_without_marks_shows_none() {
    is("1700", "1700", None);
    is(" 0 ", "0", None);
    is("007", "7", None);
    is("+5", "5", None);
    is("1700 đồng", "1700", None);
}

#[test]
fn a_number_that_one_mark_only_can_make_proves_it() {
    is("1.234.567", "1234567", COMMA);
    is("1,234,567", "1234567", POINT);
    is("12,5", "12.5", COMMA);
    is("12.5", "12.5", POINT);
    is("1.234,5", "1234.5", COMMA);
    is("1,234.5", "1234.5", POINT);
    is("0,5", "0.5", COMMA);
    is("0,500", "0.5", COMMA);
    is("0.500", "0.5", POINT);
    is("1234,567", "1234.567", COMMA);
    is("1,2340", "1.234", COMMA);
    is("1.234.567,891", "1234567.891", COMMA);
    is(",5", "0.5", COMMA);
    is("012,345", "12.345", COMMA);
}

#[test]
fn a_text_that_is_two_numbers_is_a_fault_with_both() {
    let both =
        |comma: &str, point: &str| NumberFault::Ambiguous { comma: decimal(comma), point: decimal(point) };
    assert_eq!(read("1.700", None), Err(both("1700", "1.7")));
    assert_eq!(read("1,500", None), Err(both("1.5", "1500")));
    assert_eq!(read("2,819 tỷ", None), Err(both("2819000000", "2819000000000")));
    assert_eq!(read("(1.700)", None), Err(both("-1700", "-1.7")));
    assert_eq!(read("12.500 %", None), Err(both("12500", "12.5")));
    assert_eq!(
        reason("1.700"),
        "can be read as 1700 (`--decimal ,`) or as 1.7 (`--decimal .`): say which by `--decimal`"
    );
}

#[test]
fn a_declared_mark_decides() {
    assert_eq!(value("1.700", COMMA).unwrap(), "1700");
    assert_eq!(value("1.700", POINT).unwrap(), "1.7");
    assert_eq!(value("2,819 tỷ", COMMA).unwrap(), "2819000000");
    assert_eq!(value("397.800.000.000", COMMA).unwrap(), "397800000000");
    assert_eq!(read("1.700", COMMA).unwrap().shows, None);
}

#[test]
fn a_text_that_contradicts_the_declared_mark_is_a_fault() {
    for (text, declared) in [("1.5", COMMA), ("12,5", POINT), ("1,234,567", COMMA), ("1.234,5", POINT)] {
        assert!(matches!(read(text, declared), Err(NumberFault::Contradicts { .. })), "{text}");
    }
    assert_eq!(
        read("12,5", POINT).unwrap_err().message().english(),
        "is no number with the decimal mark `.`, but 12.5 with `,`: mend it, or give `--decimal ,`"
    );
}

#[test]
fn scales_are_exact() {
    is("12,5 triệu", "12500000", COMMA);
    is("3 nghìn", "3000", None);
    is("3 ngàn", "3000", None);
    is("397,8 tỷ đồng", "397800000000", COMMA);
    is("2 nghìn tỷ", "2000000000000", None);
    is("0,1 tỉ", "100000000", COMMA);
    is("5TỶ", "5000000000", None);
    is("0,29 triệu", "290000", COMMA);
    assert_eq!(value("2,819 TỶ ĐỒNG", COMMA).unwrap(), "2819000000");
}

#[test]
fn scales_in_turn_are_added() {
    is("1 tỷ 500 triệu", "1500000000", None);
    is("1 tỷ 500 triệu 250 nghìn đồng", "1500250000", None);
    is("1 triệu 2,5 nghìn", "1002500", COMMA);
    is("-1 tỷ 500 triệu", "-1500000000", None);
    is("1 tỷ 1,500 triệu", "1001500000", COMMA);
    is("1.234.567 tỷ 5 triệu", "1234567005000000", COMMA);
}

#[test]
fn scales_out_of_turn_are_a_fault() {
    for text in
        ["500 triệu 1 tỷ", "1 tỷ 500", "2,5 tỷ 300 triệu", "1 tỷ 1500 triệu", "1 tỷ 2 tỷ", "1 tỷ 1000 triệu"]
    {
        assert_eq!(read(text, None), Err(NumberFault::Parts(text.to_owned())));
    }
}

#[test]
fn a_currency_is_dropped_on_either_side() {
    for text in ["5000 đồng", "5000đ", "5000 ₫", "5000 VND", "5000VNĐ", "₫5000", "vnd 5000", "5000 Đồng"]
    {
        is(text, "5000", None);
    }
    is("-₫5000", "-5000", None);
    is("₫ -5000", "-5000", None);
    assert!(read("đồng", None).is_err());
    assert!(read("5 đồng đồng", None).is_err());
}

#[test]
fn a_per_cent_is_given_as_written() {
    is("45 %", "45", None);
    is("12,5%", "12.5", COMMA);
    is("-3%", "-3", None);
    for text in ["%", "%5", "5 % đồng", "5 triệu %", "5 %%"] {
        assert!(read(text, None).is_err(), "{text}");
    }
}

#[test]
fn a_negative_number_has_a_minus_or_parentheses() {
    for text in ["-1700", "−1700", "- 1700", "(1700)", "( 1700 )", "(1700 đ)", "(1700) đồng"] {
        is(text, "-1700", None);
    }
    is("-0", "0", None);
    for text in ["(-5)", "--5", "((5))", "(5", "5)", "()", "5-"] {
        assert!(read(text, None).is_err(), "{text}");
    }
}

#[test]
fn spaces_of_any_width_group() {
    for space in [' ', '\u{A0}', '\u{2009}', '\u{202F}', '\u{2007}'] {
        is(&format!("1{space}700"), "1700", None);
        is(&format!("1{space}234{space}567,500"), "1234567.5", COMMA);
        is(&format!("1{space}234.500"), "1234.5", POINT);
    }
}

#[test]
fn groups_are_of_three() {
    for text in [
        "1.70.0",
        "12.34.567",
        "1.234.56",
        "1 70",
        "0 500",
        "1.234,567,8",
        "5,",
        "5.",
        "1..5",
        "1 234\u{A0}567",
    ] {
        assert_eq!(read(text, None), Err(NumberFault::Groups(text.to_owned())), "{text}");
    }
    assert!(read("1.234 567,5", None).is_err(), "groups of two kinds");
    assert_eq!(
        reason("1.70.0"),
        "`1.70.0` has its marks in no place of a number: groups have three digits, \
         and one decimal mark stands after them"
    );
}

#[test]
fn digits_lost_by_a_spreadsheet_are_a_fault_of_its_own() {
    for text in ["4,12E+11", "4.12e+11", "4E5", "1E-05"] {
        assert_eq!(read(text, COMMA), Err(NumberFault::DigitsLost(text.to_owned())));
    }
    assert!(reason("4,12E+11").contains("its last digits are lost"));
}

#[test]
fn a_word_that_makes_a_number_inexact_is_named() {
    for (text, word) in [
        ("trên 1.700", "trên"),
        ("Hơn 850", "hơn"),
        ("gần 500", "gần"),
        ("khoảng 2,5 tỷ", "khoảng"),
        ("~5", "~"),
        ("> 5", ">"),
        ("tới 5", "tới"),
    ] {
        assert_eq!(read(text, None), Err(NumberFault::Vague(word.to_owned())), "{text}");
    }
    assert_eq!(reason("gần 500"), "`gần` makes the number inexact: write the number alone");
}

#[test]
fn a_range_is_no_number() {
    for text in ["5-7", "5 – 7", "5 đến 7", "5 tới 7", "5 tỷ - 7 tỷ", "5—7"] {
        assert_eq!(read(text, None), Err(NumberFault::Range(text.to_owned())), "{text}");
    }
}

#[test]
fn a_formula_error_is_no_number() {
    for text in ["#REF!", "#N/A", "#DIV/0!", "#####", "Err:502"] {
        assert_eq!(read(text, None), Err(NumberFault::FormulaError(text.to_owned())));
    }
}

#[test]
fn other_digits_are_a_fault() {
    for (text, c) in [("１７００", '１'), ("٣", '٣'), ("5²", '²'), ("½", '½')] {
        assert_eq!(read(text, None), Err(NumberFault::OtherDigit(c)));
    }
}

#[test]
fn other_words_and_signs_are_faults() {
    assert_eq!(read("1700 người", None), Err(NumberFault::Word("người".to_owned())));
    assert_eq!(read("hai triệu", None), Err(NumberFault::NotANumber("hai triệu".to_owned())));
    for text in ["5/1/2023", "-", "–", ".", "1'700", "5  7 *", "a", "triệu", "5 * 2", "12:30"] {
        assert!(read(text, None).is_err(), "{text}");
    }
    assert_eq!(read(" \u{A0}", None), Err(NumberFault::Empty));
    let long = "đ".repeat(10_000);
    assert_eq!(reason(&long), format!("`{}…` is not a number", "đ".repeat(40)));
}

#[test]
fn a_number_too_large_is_a_fault() {
    assert_eq!(read(&"9".repeat(40), None), Err(NumberFault::TooLarge));
    assert_eq!(read(&format!("{} nghìn tỷ", "9".repeat(30)), None), Err(NumberFault::TooLarge));
    is(&"9".repeat(38), &"9".repeat(38), None);
}

#[test]
fn a_scale_is_exact_or_nothing() {
    assert_eq!(decimal("12.5").to_scale(1), Some(125));
    assert_eq!(decimal("12.5").to_scale(3), Some(12500));
    assert_eq!(decimal("12.5").to_scale(0), None);
    assert_eq!(decimal("12.50").to_scale(1), Some(125));
    assert_eq!(decimal("0").to_scale(50), Some(0));
    assert_eq!(decimal("1").to_scale(39), None);
}

#[test]
fn equal_numbers_are_equal_and_shown_plainly() {
    assert_eq!(decimal("1.50"), decimal("1.5"));
    for text in ["0", "-0.05", "1234567.891", "0.001", "-12"] {
        assert_eq!(decimal(text).to_string(), text);
    }
    assert_eq!(decimal("0.1").plus(decimal("0.2")), Some(decimal("0.3")));
    assert_eq!(decimal("2.5").times(decimal("1000")), Some(decimal("2500")));
    assert_eq!(Decimal::new(i128::MAX, 0).plus(decimal("1")), None);
    assert_eq!(Decimal::new(i128::MAX, 0).times(decimal("2")), None);
}

#[test]
fn a_spreadsheet_s_number_is_its_shortest_decimal() {
    let shown = |value| from_f64(value).map(|number| number.to_string());
    assert_eq!(shown(0.1).unwrap(), "0.1");
    assert_eq!(shown(0.29).unwrap(), "0.29");
    assert_eq!(shown(-2.819).unwrap(), "-2.819");
    assert_eq!(shown(397_800_000_000.0).unwrap(), "397800000000");
    assert_eq!(shown(-0.0).unwrap(), "0");
    assert_eq!(shown(1e-7).unwrap(), "0.0000001");
    assert_eq!(from_f64(1e-300), Some(Decimal::new(1, 300)));
    for value in [f64::NAN, f64::INFINITY, 1e300] {
        assert_eq!(from_f64(value), None, "{value}");
    }
}

#[test]
fn a_written_number_is_read_back_with_its_mark_declared_or_not() {
    assert_eq!(write(decimal("1.234"), Mark::Comma), "1,2340");
    assert_eq!(write(decimal("-0.5"), Mark::Comma), "-0,5");
    assert_eq!(write(decimal("1700"), Mark::Comma), "1700");
    let numbers = (0..=6).flat_map(|scale| {
        [0, 1, 5, 12, 123, 1_234, 12_345, 123_456, 1_234_567, 10_000, i128::from(i64::MAX), i128::MAX]
            .map(|digits| (digits, scale))
    });
    for (digits, scale) in numbers {
        for number in [Decimal::new(digits, scale), Decimal::new(-digits, scale)] {
            for mark in Mark::BOTH {
                let text = write(number, mark);
                for declared in [None, Some(mark)] {
                    assert_eq!(read(&text, declared).map(|read| read.value), Ok(number), "{text}");
                }
            }
        }
    }
}

#[test]
fn digits_alone_are_written_as_they_are_unless_a_zero_leads() {
    for text in ["0", "7", "10", "120000000000", "007", "00", "", "-1", "1.5", "1 000", "x"] {
        let stays = |mark| read(text, Some(mark)).is_ok_and(|read| write(read.value, mark) == text);
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        assert_eq!(is_written(text), digits && Mark::BOTH.into_iter().all(stays), "{text}");
    }
    assert_eq!(value("007", None), Ok("7".to_owned()));
}

#[test]
fn a_mark_is_named_by_its_character() {
    assert_eq!(",".parse().ok(), Some(Mark::Comma));
    assert_eq!(".".parse().ok(), Some(Mark::Point));
    assert_eq!(";".parse::<Mark>().unwrap_err().to_string(), "`;` is no decimal mark: give `,` or `.`");
}
