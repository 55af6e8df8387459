use super::*;
use crate::language::Language::{English, Vietnamese};

fn plain(text: &str) -> Number {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    Number::scaled(&format!("{whole}{fraction}"), i8::try_from(fraction.len()).unwrap())
}

#[test]
fn numbers_are_written_as_cldr_writes_them() {
    // CLDR 49, patterns `#,##0.###` of vi and en, at as many decimals as the number has.
    for (value, vi, en) in [
        ("0", "0", "0"),
        ("5", "5", "5"),
        ("123", "123", "123"),
        ("1234", "1.234", "1,234"),
        ("-1234", "-1.234", "-1,234"),
        ("1234.5", "1.234,5", "1,234.5"),
        ("1234567.5", "1.234.567,5", "1,234,567.5"),
        ("397800000000", "397.800.000.000", "397,800,000,000"),
        ("0.05", "0,05", "0.05"),
        ("-0.05", "-0,05", "-0.05"),
    ] {
        assert_eq!(number(plain(value), None, Vietnamese), vi);
        assert_eq!(number(plain(value), None, English), en);
    }
}

#[test]
fn decimals_are_filled_up_and_halves_go_away_from_zero() {
    for (value, decimals, written) in [
        ("2.5", 0, "3"),
        ("3.5", 0, "4"),
        ("-2.5", 0, "-3"),
        ("2.4999", 0, "2"),
        ("0.125", 2, "0,13"),
        ("999.995", 2, "1.000,00"),
        ("9.99", 1, "10,0"),
        ("1700", 2, "1.700,00"),
        ("-0.4", 0, "0"),
        ("0.5", 0, "1"),
        ("-0.5", 0, "-1"),
        (
            "99999999999999999999999999999999999999.5",
            0,
            "100.000.000.000.000.000.000.000.000.000.000.000.000",
        ),
    ] {
        assert_eq!(number(plain(value), Some(decimals), Vietnamese), written, "{value}");
    }
}

#[test]
fn every_digit_is_kept() {
    assert_eq!(number(i64::MIN, None, Vietnamese), "-9.223.372.036.854.775.808");
    assert_eq!(number(u64::MAX, None, English), "18,446,744,073,709,551,615");
    assert_eq!(number(plain("1.50"), None, Vietnamese), "1,5");
    assert_eq!(number(Number::scaled("-12", -3), None, Vietnamese), "-12.000");
    assert_eq!(number(Number::scaled("7", 5), None, Vietnamese), "0,00007");
    let digits = "12345678901234567890123456789012345678901234567890123456789012345678901234567";
    assert_eq!(number(Number::scaled(digits, 0), None, English).replace(',', ""), digits);
}

#[test]
fn a_float_is_its_shortest_decimal() {
    assert_eq!(number(0.1, None, Vietnamese), "0,1");
    assert_eq!(number(0.1_f32, None, Vietnamese), "0,1");
    assert_eq!(number(2.675, Some(2), Vietnamese), "2,68");
    assert_eq!(number(1e21, None, Vietnamese), "1.000.000.000.000.000.000.000");
    assert_eq!(number(-0.0, None, Vietnamese), "0");
    assert_eq!(number(f64::NAN, Some(2), Vietnamese), "NaN");
    assert_eq!(number(f64::NEG_INFINITY, Some(2), Vietnamese), "-∞");
    assert_eq!(number(f64::INFINITY, None, English), "∞");
}

#[test]
fn money_is_told_in_the_unit_that_reads_best() {
    for (value, exact) in [
        ("0", "0 đồng"),
        ("850000", "850.000 đồng"),
        ("12000000", "12 triệu đồng"),
        ("397800000000", "397,8 tỷ đồng"),
        ("2819000000", "2,819 tỷ đồng"),
        ("-2819000000", "-2,819 tỷ đồng"),
        ("2819500000", "2.819,5 triệu đồng"),
        ("1234567890", "1.234.567.890 đồng"),
        ("1234567.25", "1.234.567,25 đồng"),
        ("12345000000000", "12.345 tỷ đồng"),
    ] {
        assert_eq!(vnd(plain(value), None, Vietnamese), exact, "{value}");
    }
}

#[test]
fn money_is_rounded_to_the_digits_asked() {
    for (value, decimals, written) in [
        ("2819000000", 1, "2,8 tỷ đồng"),
        ("2819000000", 0, "3 tỷ đồng"),
        ("397800000000", 2, "397,80 tỷ đồng"),
        ("12345678", 1, "12,3 triệu đồng"),
        ("999960000", 1, "1,0 tỷ đồng"),
        ("999940000", 1, "999,9 triệu đồng"),
        ("999999.6", 1, "1,0 triệu đồng"),
        ("850000.4", 1, "850.000 đồng"),
        ("-999960000", 1, "-1,0 tỷ đồng"),
    ] {
        assert_eq!(vnd(plain(value), Some(decimals), Vietnamese), written, "{value}");
    }
    assert_eq!(vnd(2_819_000_000_i64, None, English), "2.819 billion VND");
    assert_eq!(vnd(12_000_000_i64, Some(1), English), "12.0 million VND");
    assert_eq!(vnd(f64::NAN, None, Vietnamese), "NaN đồng");
}
