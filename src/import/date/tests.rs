use super::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn a_day_is_read_day_first_or_year_first() {
    for text in [
        "5/1/2023",
        "05/01/2023",
        "5-1-2023",
        "05.01.2023",
        " 5 / 1 / 2023 ",
        "2023-01-05",
        "2023/1/5",
        "2023.01.05",
        "ngày 5/1/2023",
        "ngày 5 tháng 1 năm 2023",
        "Ngày 05 tháng 01 năm 2023",
        "5 tháng 1 năm 2023",
        "5 tháng 1, năm 2023",
        "NGÀY 5 THÁNG 1 NĂM 2023",
    ] {
        assert_eq!(read(text), Ok(day(2023, 1, 5)), "{text}");
        assert_eq!(read(&text.nfd().collect::<String>()), Ok(day(2023, 1, 5)), "{text} in NFD");
    }
    assert_eq!(read("29/2/2024"), Ok(day(2024, 2, 29)));
    assert_eq!(read("31/12/9999"), Ok(day(9999, 12, 31)));
}

#[test]
fn midnight_is_dropped_and_another_time_is_a_fault() {
    for text in [
        "31/12/2022 00:00",
        "31/12/2022 0:00:00",
        "2022-12-31 00:00:00",
        "2022-12-31T00:00:00.000",
        "31/12/2022 12:00:00 AM",
        "31/12/2022 12:00:00 SA",
    ] {
        assert_eq!(read(text), Ok(day(2022, 12, 31)), "{text}");
    }
    for text in [
        "31/12/2022 07:30",
        "2022-12-31T00:00:01",
        "31/12/2022 12:00:00",
        "31/12/2022 12:00 PM",
        "31/12/2022 0:00 AM",
        "2022-12-31T00:00Z",
    ] {
        assert_eq!(read(text), Err(DateFault::TimeOfDay(text.to_owned())), "{text}");
    }
    assert_eq!(
        read("31/12/2022 07:30").unwrap_err().message().english(),
        "`31/12/2022 07:30` has a time of day: write the day alone"
    );
}

#[test]
fn a_date_is_never_read_month_first() {
    assert_eq!(read("01/25/2023"), Err(DateFault::MonthFirst("01/25/2023".to_owned())));
    assert_eq!(
        read("1/25/2023").unwrap_err().message().english(),
        "`1/25/2023` has no such month: dates are read day first, write day/month/year"
    );
    assert_eq!(read("3/4/2023"), Ok(day(2023, 4, 3)));
    assert_eq!(read("2023-25-01"), Err(DateFault::NoSuchDay("2023-25-01".to_owned())));
}

#[test]
fn a_day_that_the_calendar_lacks_is_a_fault() {
    for text in [
        "31/02/2023",
        "29/2/2023",
        "31/4/2023",
        "0/1/2023",
        "1/0/2023",
        "32/1/2023",
        "13/13/2023",
        "2023-02-30",
    ] {
        assert_eq!(read(text), Err(DateFault::NoSuchDay(text.to_owned())), "{text}");
    }
    assert_eq!(
        read("31/02/2023").unwrap_err().message().english(),
        "`31/02/2023` is no day of the calendar: mend it"
    );
}

#[test]
fn a_year_is_never_completed() {
    for text in ["5/1/23", "05-01-23", "23-01-05", "ngày 5 tháng 1 năm 23", "1/25/23"] {
        assert_eq!(read(text), Err(DateFault::TwoDigitYear(text.to_owned())), "{text}");
    }
    assert_eq!(
        read("5/1/23").unwrap_err().message().english(),
        "`5/1/23` has a year of two digits: write all four"
    );
    assert_eq!(read("5/1/0223"), Err(DateFault::Year(223)));
    assert_eq!(read("5/1/1899"), Err(DateFault::Year(1899)));
}

#[test]
fn other_texts_are_no_dates() {
    for text in [
        "2022",
        "tháng 1 năm 2023",
        "1/2023",
        "5/1-2023",
        "5/1/2023/4",
        "5/1/20223",
        "005/1/2023",
        "+5/1/2023",
        "5//2023",
        "hôm nay",
        "#REF!",
        "５/1/2023",
        "05012023",
        "44930.5",
        "5/1/2023 sáng",
        "5/1",
    ] {
        assert_eq!(read(text), Err(DateFault::NotADate(text.to_owned())), "{text}");
    }
    assert_eq!(read("  "), Err(DateFault::Empty));
    assert_eq!(read(&"/".repeat(10_000)), Err(DateFault::NotADate(format!("{}…", "/".repeat(40)))));
}

#[test]
fn five_digits_in_the_plausible_range_are_a_spreadsheet_s_day() {
    assert_eq!(read("44930"), Ok(day(2023, 1, 4)));
    assert_eq!(read("18264"), Ok(day(1950, 1, 1)));
    assert_eq!(read("73050"), Ok(day(2099, 12, 31)));
    for text in ["18263", "73051", "050123", "20230105", "99999999999"] {
        assert_eq!(read(text), Err(DateFault::NotADate(text.to_owned())), "{text}");
    }
}

#[test]
fn the_leap_day_of_1900_is_no_day() {
    assert_eq!(from_serial(1.0, false), Ok(day(1900, 1, 1)));
    assert_eq!(from_serial(59.0, false), Ok(day(1900, 2, 28)));
    assert_eq!(from_serial(60.0, false), Err(DateFault::NoSuchDay("60".to_owned())));
    assert_eq!(from_serial(61.0, false), Ok(day(1900, 3, 1)));
    assert_eq!(from_serial(44_930.0, false), Ok(day(2023, 1, 4)));
    assert_eq!(from_serial(2_958_465.0, false), Ok(day(9999, 12, 31)));
}

#[test]
fn the_system_of_1904_begins_at_0() {
    assert_eq!(from_serial(0.0, true), Ok(day(1904, 1, 1)));
    assert_eq!(from_serial(60.0, true), Ok(day(1904, 3, 1)));
    assert_eq!(from_serial(43_468.0, true), Ok(day(2023, 1, 4)));
    assert_eq!(from_serial(2_957_003.0, true), Ok(day(9999, 12, 31)));
}

#[test]
fn a_day_number_out_of_range_or_with_a_time_is_a_fault() {
    for serial in [0.0, -1.0, 2_958_466.0, f64::NAN, f64::INFINITY] {
        assert_eq!(from_serial(serial, false), Err(DateFault::NotADate(serial.to_string())));
    }
    assert_eq!(from_serial(44_930.5, false), Err(DateFault::TimeOfDay("44930.5".to_owned())));
    assert!(from_serial(2_957_004.0, true).is_err());
}

#[test]
fn the_short_way_through_a_regular_date_gives_what_the_long_one_does() {
    for (year, month, day) in [1899, 1900, 2022, 2024, 9999]
        .into_iter()
        .flat_map(|year| (0..=13).map(move |month| (year, month)))
        .flat_map(|(year, month)| (0..=32).map(move |day| (year, month, day)))
    {
        for text in [format!("{year:04}-{month:02}-{day:02}"), format!("{day:02}/{month:02}/{year:04}")] {
            assert_eq!(regular(&text), numeric(&text, &text).ok(), "{text}");
        }
    }
    for text in ["2022-1-05", "+022-01-05", "05/01-2022", "0x/01/2022", "05-01-2022"] {
        assert_eq!(regular(text), None, "{text}");
    }
}
