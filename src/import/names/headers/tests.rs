use unicode_normalization::UnicodeNormalization;

use super::*;

fn names(name: &str, labels: &[&str]) -> Names {
    Names { name: name.to_owned(), labels: labels.iter().map(|&label| label.to_owned()).collect() }
}

fn activities() -> Vec<Names> {
    vec![
        names("activity_id", &["Mã hoạt động", "Activity id"]),
        names("unit_id", &["Đơn vị", "Unit"]),
        names("start_date", &["Ngày bắt đầu", "Start date"]),
        names("participations", &["Số lượt tham gia", "Participations"]),
        names("cost_vnd", &["Kinh phí", "Cost"]),
        names("benefit_vnd", &["Giá trị làm lợi (đồng)", "Benefit (VND)"]),
        names("rate", &["Lãi suất", "Rate"]),
    ]
}

fn matched_with(headers: &[&str], mapping: &[(&str, &str)]) -> Matched {
    let headers: Vec<String> = headers.iter().map(|&header| header.to_owned()).collect();
    let mapping = mapping.iter().map(|&(header, column)| (header.to_owned(), column.to_owned())).collect();
    match_headers(&headers, &activities(), &mapping)
}

fn matched(headers: &[&str]) -> Matched {
    matched_with(headers, &[])
}

fn reasons(matched: &Matched) -> Vec<String> {
    matched.faults.iter().map(|fault| fault.message().english()).collect()
}

#[track_caller]
fn is(header: &str, column: usize, scale: Option<&str>) {
    for header in [header.nfc().collect::<String>(), header.nfd().collect()] {
        let matched = matched(&[&header]);
        assert_eq!((&matched.columns[..], &matched.faults[..]), (&[Some(column)][..], &[][..]), "{header}");
        assert_eq!(matched.scale[0].map(|scale| scale.to_string()).as_deref(), scale, "{header}");
    }
}

#[test]
fn a_header_is_matched_by_name_or_label_in_either_language() {
    for header in [
        "start_date",
        "Start date",
        "START DATE",
        "Ngày bắt đầu",
        "NGÀY BẮT ĐẦU",
        "ngay bat dau",
        " Ngày  bắt\nđầu: ",
    ] {
        is(header, 2, None);
    }
    let matched = matched(&["Đơn vị", "activity_id", "Kinh phi"]);
    assert_eq!(matched.columns, [Some(1), Some(0), Some(4)]);
    assert_eq!(matched.faults, []);
}

#[test]
fn a_unit_in_parentheses_may_be_left_out_on_either_side() {
    is("Kinh phí (đồng)", 4, None);
    is("Kinh phí (VNĐ)", 4, None);
    is("Giá trị làm lợi", 5, None);
    is("Giá trị làm lợi (đồng)", 5, None);
    is("Số lượt tham gia (người)", 3, None);
    is("Ngày bắt đầu (dd/mm/yyyy)", 2, None);
    is("Cost (VND)", 4, None);
}

#[test]
fn a_scale_in_parentheses_is_given_back() {
    is("Kinh phí (triệu đồng)", 4, Some("1000000"));
    is("KINH PHÍ (1.000 đồng)", 4, Some("1000"));
    is("cost_vnd (tỷ đồng)", 4, Some("1000000000"));
    is("Giá trị làm lợi (nghìn đồng)", 5, Some("1000"));
    is("Số lượt tham gia (nghìn lượt)", 3, Some("1000"));
}

#[test]
fn a_per_cent_in_parentheses_is_said() {
    let matched = matched(&["Lãi suất (%)", "Kinh phí"]);
    assert_eq!(matched.columns, [Some(6), Some(4)]);
    assert_eq!(matched.percent, [true, false]);
}

#[test]
fn a_column_kept_in_millions_is_not_scaled_twice() {
    let columns = [names("cost_m", &["Kinh phí (triệu đồng)", "Cost (million VND)"])];
    let scale = |header: &str| match_headers(&[header.to_owned()], &columns, &BTreeMap::new());
    assert_eq!(scale("Kinh phí (triệu đồng)").scale, [None]);
    assert_eq!(scale("Kinh phí").columns, [Some(0)]);
    assert_eq!(scale("Kinh phí (trđ)").scale, [None]);
    for header in ["Kinh phí (đồng)", "Kinh phí (tỷ đồng)"] {
        assert_eq!(
            reasons(&scale(header)),
            [format!("header `{header}` has another unit than column `cost_m`: write it in the column's")]
        );
    }
}

#[test]
fn an_unknown_header_is_reported_with_the_nearest_label() {
    let matched = matched(&["Ngày bắt dầu hđ", "Ghi chú", "Kinh phí (nam)"]);
    assert_eq!(matched.columns, [None; 3]);
    assert_eq!(
        reasons(&matched),
        [
            "header `Ngày bắt dầu hđ` is no column of the table (the nearest is `Ngày bắt đầu`): \
             map it to a column, or to nothing",
            "header `Ghi chú` is no column of the table: map it to a column, or to nothing",
            "header `Kinh phí (nam)` is no column of the table (the nearest is `Kinh phí`): \
             map it to a column, or to nothing",
        ]
    );
}

#[test]
fn two_headers_for_one_column_are_a_fault() {
    let matched = matched(&["Kinh phí", "Đơn vị", "cost_vnd"]);
    assert_eq!(matched.columns, [None, Some(1), None]);
    assert_eq!(
        reasons(&matched),
        ["headers `Kinh phí`, `cost_vnd` are all column `cost_vnd`: map all but one to nothing"]
    );
}

#[test]
fn one_header_that_could_be_two_columns_is_a_fault() {
    let columns = [names("a", &["Số người"]), names("b", &["Sổ người"])];
    let find = |header: &str| match_headers(&[header.to_owned()], &columns, &BTreeMap::new());
    assert_eq!(find("Sổ người").columns, [Some(1)], "accents tell them apart");
    assert_eq!(
        reasons(&find("So nguoi")),
        ["header `So nguoi` can be any of `a`, `b`: map it to one of them"]
    );
}

#[test]
fn the_mapping_wins() {
    let mapping = [("Kinh phí", ""), ("Chi (triệu đồng)", "cost_vnd"), ("Khác", "rate")];
    let matched = matched_with(&["Kinh phí", " Chi\n(triệu đồng)", "Đơn vị"], &mapping);
    assert_eq!(matched.columns, [None, Some(4), Some(1)]);
    assert_eq!(matched.scale, [None, Some(Decimal::new(1_000_000, 0)), None]);
    assert_eq!(matched.faults, []);
    assert_eq!(matched.unused, ["Khác"]);
    let decomposed: String = "Kinh phí".nfd().collect();
    assert_eq!(matched_with(&[&decomposed], &[("Kinh phí", "rate")]).columns, [Some(6)]);
}

#[test]
fn a_mapping_to_no_column_is_a_fault() {
    assert_eq!(
        reasons(&matched_with(&["Chi"], &[("Chi", "cost_vn")])),
        ["header `Chi` is mapped to `cost_vn`, which is no column of the table \
          (the nearest is `cost_vnd`): mend the mapping"]
    );
}

#[test]
fn a_header_without_a_name_is_a_fault_unless_it_is_mapped() {
    assert_eq!(
        reasons(&matched(&["Đơn vị", " "])),
        ["column 2 of the file has no header: name it, or delete the column"]
    );
    assert_eq!(matched_with(&["*"], &[("*", "")]).faults, []);
}

#[test]
fn the_last_part_of_a_header_names_its_column_where_no_other_header_does() {
    let parts = matched(&["Thời gian / Ngày bắt đầu", "Mã hoạt động"]);
    assert_eq!((parts.columns, parts.by_part), (vec![Some(2), Some(0)], vec![true, false]));
    let joined = matched(&["Số lượt / tham gia"]);
    assert_eq!((joined.columns, joined.by_part), (vec![Some(3)], vec![false]));
    for other in ["Kế hoạch / Kinh phí", "Kinh phí"] {
        let vague = matched(&["Thực hiện / Kinh phí", other]);
        assert_eq!(vague.columns[0], None);
        assert!(reasons(&vague)[0].starts_with("header `Thực hiện / Kinh phí` is no column"));
    }
}

#[test]
fn a_mapping_finds_its_header_without_accents_and_signs_and_tells_what_is_not_there() {
    let headers = ["Thời gian / Ngày bắt đầu", "Lũ", "Lu"];
    let mapping = [("thoi gian ngay bat dau", "start_date"), ("LU", ""), ("Lũ", ""), ("Tên", "")];
    let found = matched_with(&headers, &mapping);
    assert_eq!((found.columns[0], &found.mapped[..]), (Some(2), &[true, true, false][..]));
    assert_eq!(found.unused, ["LU", "Tên"]);
}
