use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Decimal128Array, Decimal256Array, DictionaryArray, Float64Array,
    Int64Array, LargeStringArray, StringArray, StringViewArray, TimestampSecondArray,
};
use arrow::datatypes::{DataType, Int32Type, i256};
use arrow::record_batch::RecordBatch;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::SessionContext;
use unicode_normalization::UnicodeNormalization;

use crate::contract::Lazy;

/// A table `t` of one column `x`, asked with our functions.
fn ask(column: ArrayRef, sql: &str) -> Result<ArrayRef, String> {
    let datasets = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets");
    let contract = Arc::new(Lazy::of(Some(datasets)));
    let mut state = SessionStateBuilder::new().with_default_features().build();
    super::register(&mut state, &contract).unwrap();
    let context = SessionContext::new_with_state(state);
    let batch = RecordBatch::try_from_iter([("x", column)]).unwrap();
    context.register_batch("t", batch).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let batches = runtime.block_on(async { context.sql(sql).await?.collect().await });
    let batches = batches.map_err(|error| error.to_string())?;
    let column = batches.iter().map(|batch| batch.column(0).as_ref()).collect::<Vec<_>>();
    Ok(arrow::compute::concat(&column).unwrap())
}

fn shown(array: &ArrayRef) -> Vec<Option<String>> {
    let texts = arrow::compute::cast(array, &DataType::Utf8).unwrap();
    texts.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
}

/// What an expression over these texts gives, the same for every encoding of them.
fn of_texts(texts: &[Option<&str>], expression: &str) -> Vec<Option<String>> {
    let sql = format!("SELECT {expression} FROM t");
    let strings: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
    let dictionary: DictionaryArray<Int32Type> = texts.iter().copied().collect();
    let views = arrow::compute::cast(&dictionary, &DataType::Utf8View).unwrap();
    let encodings: [ArrayRef; 4] = [
        Arc::new(LargeStringArray::from(texts.to_vec())),
        Arc::new(StringViewArray::from(texts.to_vec())),
        Arc::new(dictionary),
        views,
    ];
    let expected = shown(&ask(strings, &sql).unwrap());
    for column in encodings {
        let encoding = column.data_type().clone();
        assert_eq!(shown(&ask(column, &sql).unwrap()), expected, "{encoding} {expression}");
    }
    expected
}

fn of_text(text: &str, expression: &str) -> String {
    of_texts(&[Some(text)], expression).remove(0).unwrap()
}

fn fault(sql: &str) -> String {
    ask(Arc::new(StringArray::from(vec!["a"])), sql).expect_err(sql)
}

/// The twelve vowels with all their tones, and the letter without an accent that each is.
const VOWELS: [(&str, &str); 6] = [
    ("aàảãáạăằẳẵắặâầẩẫấậ", "a"),
    ("eèẻẽéẹêềểễếệ", "e"),
    ("iìỉĩíị", "i"),
    ("oòỏõóọôồổỗốộơờởỡớợ", "o"),
    ("uùủũúụưừửữứự", "u"),
    ("yỳỷỹýỵ", "y"),
];

/// Every letter of the alphabet in both cases and both forms, with its letter without an accent.
fn alphabet() -> Vec<(String, String)> {
    let vowels = VOWELS.iter().flat_map(|(letters, bare)| letters.chars().map(move |c| (c, *bare)));
    let lower = vowels.chain([('đ', "d"), ('b', "b")]).map(|(c, bare)| (c.to_string(), bare.to_owned()));
    let both = lower.flat_map(|(c, bare)| [(c.to_uppercase(), bare.to_uppercase()), (c, bare)]);
    both.flat_map(|(c, bare)| [(c.nfd().collect(), bare.clone()), (c, bare)]).collect()
}

#[test]
fn the_whole_alphabet_loses_its_accents_in_both_forms() {
    let alphabet = alphabet();
    assert_eq!(alphabet.len(), (72 + 2) * 4);
    let texts: Vec<Option<&str>> = alphabet.iter().map(|(text, _)| Some(text.as_str())).collect();
    let bare: Vec<Option<String>> = alphabet.iter().map(|(_, bare)| Some(bare.clone())).collect();
    assert_eq!(of_texts(&texts, "unaccent(x)"), bare);
    let keys: Vec<Option<String>> = alphabet.iter().map(|(_, bare)| Some(bare.to_lowercase())).collect();
    assert_eq!(of_texts(&texts, "search_key(x)"), keys);
    let found = of_texts(&texts, "contains_vi('một ' || x || ' chữ', x)");
    assert!(found.iter().all(|found| found.as_deref() == Some("true")));
    let composed: Vec<Option<String>> =
        texts.iter().map(|text| Some(text.unwrap().nfc().collect())).collect();
    assert_eq!(of_texts(&texts, "normalize(x)"), composed);
    assert_eq!(of_texts(&texts, "normalize(normalize(x, 'nfd'), 'NFC')"), composed);
}

#[test]
fn null_and_nothing_are_kept() {
    let texts = [None, Some(""), Some("Đà"), None];
    for (expression, empty, full) in [
        ("unaccent(x)", "", "Da"),
        ("normalize(x)", "", "Đà"),
        ("search_key(x)", "", "da"),
        ("contains_vi(x, 'd')", "false", "true"),
        ("encode(collation_key(x), 'hex') <> ''", "true", "true"),
        ("try_parse_number(x) IS NULL AND x IS NOT NULL", "true", "true"),
        ("label('activities.category', x)", "", "Đà"),
    ] {
        let given = of_texts(&texts, expression);
        assert_eq!(given[1..3], [Some(empty.to_owned()), Some(full.to_owned())], "{expression}");
        let nulls = [given[0].as_deref(), given[3].as_deref()];
        assert!(nulls == [None; 2] || nulls == [Some("false"); 2], "{expression} {nulls:?}");
    }
    assert_eq!(of_texts(&[], "unaccent(x)"), []);
    assert_eq!(of_texts(&[None], "contains_vi('a', NULL)"), [None]);
    assert_eq!(of_texts(&[None], "unaccent(NULL)"), [None]);
}

#[test]
fn encodings_of_text_stay_what_they_are() {
    let dictionary: DictionaryArray<Int32Type> = [Some("Hoà"), None, Some("Hoà")].into_iter().collect();
    let kept = ask(Arc::new(dictionary), "SELECT unaccent(x) FROM t").unwrap();
    assert!(matches!(kept.data_type(), DataType::Dictionary(..)), "{}", kept.data_type());
    assert_eq!(shown(&kept), [Some("Hoa".to_owned()), None, Some("Hoa".to_owned())]);
    let views = ask(Arc::new(StringViewArray::from(vec!["Hoà"])), "SELECT search_key(x) FROM t").unwrap();
    assert_eq!(views.data_type(), &DataType::Utf8View);
}

#[test]
fn spellings_of_one_name_are_found_under_each_other() {
    assert_eq!(of_text("Nhà văn hoá THÔN Đông", "contains_vi(x, 'văn hóa  thôn đong')"), "true");
    assert_eq!(of_text("Nhà văn hoá", "contains_vi('nha van hoa', x)"), "true");
    assert_eq!(of_text("Nhà văn hoá", "contains_vi(x, 'nhà vân hội')"), "false");
    assert_eq!(of_text("50 %", "contains_vi(x, '%')"), "true");
    assert_eq!(of_text("a", "contains_vi(x, '')"), "true");
}

#[test]
fn names_are_sorted_in_every_encoding() {
    let names = ["Đông", "Dũng", "Ân", "An", "Ăn", "Dung", "em", "Êm", "ƯU", "uy"].map(Some);
    let sorted = of_texts(&names, "string_agg(x, ' ' ORDER BY collation_key(x))").remove(0).unwrap();
    assert_eq!(sorted, "An Ăn Ân Dung Dũng Đông em Êm uy ƯU");
    let english = of_texts(&names, "string_agg(x, ' ' ORDER BY collation_key(x, 'en'))").remove(0).unwrap();
    assert_eq!(english, "An Ăn Ân Đông Dung Dũng em Êm ƯU uy");
    let nfd: String = "Đông".nfd().collect();
    assert_eq!(of_text(&nfd, "collation_key(x) = collation_key('Đông')"), "true");
    assert_eq!(of_text(&nfd, "collation_order(x) = collation_order('Đông')"), "false");
}

#[test]
fn numbers_of_every_type_are_written_exactly() {
    let written =
        |column: ArrayRef, call: &str| shown(&ask(column, &format!("SELECT {call} FROM t")).unwrap());
    let some = |texts: &[&str]| texts.iter().map(|text| Some((*text).to_owned())).collect::<Vec<_>>();
    let digits = i128::pow(10, 38) - 1;
    let decimals = Decimal128Array::from(vec![digits, -15]).with_precision_and_scale(38, 1).unwrap();
    assert_eq!(
        written(Arc::new(decimals.clone()), "format_number(x)"),
        some(&["9.999.999.999.999.999.999.999.999.999.999.999.999,9", "-1,5"])
    );
    assert_eq!(written(Arc::new(decimals), "format_number(x, 0)")[1..], some(&["-2"]));
    let wide = Decimal256Array::from(vec![i256::from_i128(digits).wrapping_mul(i256::from(1000))]);
    let wide: ArrayRef = Arc::new(wide.with_precision_and_scale(76, 3).unwrap());
    let text = written(wide, "format_number(x, 2)").remove(0).unwrap();
    assert_eq!(text.replace('.', ""), format!("{digits},00"));
    let floats =
        Float64Array::from(vec![Some(0.1), Some(f64::NAN), None, Some(f64::INFINITY), Some(-1234.5)]);
    let mut expected = some(&["0,10", "NaN", "", "∞", "-1.234,50"]);
    expected[2] = None;
    assert_eq!(written(Arc::new(floats), "format_number(x, 2)"), expected);
    let whole: ArrayRef = Arc::new(Int64Array::from(vec![Some(i64::MIN), None]));
    assert_eq!(written(whole.clone(), "format_number(x)")[0].as_deref(), Some("-9.223.372.036.854.775.808"));
    assert_eq!(written(whole.clone(), "format_number(CAST(x AS DECIMAL(20,0)))")[1], None);
    assert_eq!(
        written(whole, "format_vnd(CAST(2819000000 AS INT UNSIGNED))")[0].as_deref(),
        Some("2,819 tỷ đồng")
    );
    let sums: ArrayRef = Arc::new(Int64Array::from(vec![397_812_345_678, 850_000]));
    assert_eq!(written(sums.clone(), "format_vnd(x, 1)"), some(&["397,8 tỷ đồng", "850.000 đồng"]));
    assert_eq!(
        written(sums, "format_number(x, CASE WHEN x < 1000000 THEN 1 END)")[1..],
        some(&["850.000,0"])
    );
}

#[test]
fn what_is_written_is_read_again() {
    let read = |text: &str| of_text(text, "parse_number(x)");
    for (text, number) in [
        ("1.700", "1700.000000"),
        ("2,819 tỷ đồng", "2819000000.000000"),
        ("1 tỷ 500 triệu", "1500000000.000000"),
        ("(1 700,5)", "-1700.500000"),
        ("45 %", "0.450000"),
        ("1.234.567,5", "1234567.500000"),
    ] {
        assert_eq!(read(text), number, "{text}");
        let nfd: String = text.nfd().collect();
        assert_eq!(read(&nfd), number, "{text}");
    }
    assert_eq!(of_text("1,234.5", "parse_number(x, '.')"), "1234.500000");
    let sums: ArrayRef =
        Arc::new(Int64Array::from(vec![0, 12_000_000, 2_819_000_000, 1_234_567_890, -850_000]));
    let same = ask(sums, "SELECT parse_number(format_vnd(x)) = x FROM t").unwrap();
    assert!(shown(&same).iter().all(|same| same.as_deref() == Some("true")));
}

#[test]
fn a_text_that_is_no_number_is_named() {
    let words = fault("SELECT parse_number('trên 1.700') FROM t");
    assert!(words.contains("`trên 1.700` is no number"), "{words}");
    let words = fault("SELECT parse_number('1,234.5') FROM t");
    assert!(words.contains("`1,234.5` is no number with the decimal mark `,`"), "{words}");
    assert!(fault("SELECT parse_number('0,1234567') FROM t").contains("more than 6 digits"));
    assert!(fault("SELECT parse_number('1', ';') FROM t").contains("`;` is no decimal mark"));
    assert_eq!(of_texts(&[Some("x"), Some("5")], "try_parse_number(x)"), [None, Some("5.000000".into())]);
}

#[test]
fn days_are_written_day_first() {
    let written =
        |column: ArrayRef, call: &str| shown(&ask(column, &format!("SELECT {call} FROM t")).unwrap());
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(19_357), None, Some(0)]));
    let expected = [Some("31/12/2022".to_owned()), None, Some("01/01/1970".to_owned())];
    assert_eq!(written(days, "format_date(x)"), expected);
    let late = TimestampSecondArray::from(vec![1_672_509_600]);
    let here: ArrayRef = Arc::new(late.clone().with_timezone("+07:00"));
    assert_eq!(written(Arc::new(late), "format_date(x)"), [Some("31/12/2022".to_owned())]);
    assert_eq!(written(here, "format_date(x)"), [Some("01/01/2023".to_owned())]);
    assert_eq!(of_text("2022-12-31", "format_date(x)"), "31/12/2022");
    assert!(fault("SELECT format_date(1) FROM t").contains("takes a date as `d`"));
}

#[test]
fn codes_are_named_by_the_contract() {
    let codes = [Some("volunteering"), Some("no such"), None];
    let vi = of_texts(&codes, "label('activities.category', x)");
    assert_eq!(vi[1..], [Some("no such".to_owned()), None]);
    let en = of_texts(&codes, "label('activities.category', x, 'en')");
    assert_ne!(vi[0], en[0]);
    assert_ne!(vi[0].as_deref(), Some("volunteering"));
    for (sql, says) in [
        ("SELECT label('activites.category', x) FROM t", "the contract has no table `activites`"),
        ("SELECT label('activities.categroy', x) FROM t", "has no column `categroy` in the contract"),
        ("SELECT label('category', x) FROM t", "`category` names no column of a table"),
        ("SELECT label('activities.category', x, 'fr') FROM t", "there is no language `fr`"),
        ("SELECT label(x, x) FROM t", "`table_column` of `label` is not the same for all rows"),
    ] {
        let words = fault(sql);
        assert!(words.contains(says), "{words}");
    }
}

#[test]
fn what_a_function_does_not_take_is_said_in_its_words() {
    for (sql, says) in [
        ("SELECT unaccent(1) FROM t", "`unaccent` takes text as `text`, and it is Int64"),
        ("SELECT unaccent(x, x) FROM t", "`unaccent` does not take 2 arguments"),
        ("SELECT normalize(x, 'NFX') FROM t", "there is no form `NFX` of Unicode"),
        ("SELECT collation_key(x, 'fr') FROM t", "`collation_key` knows no locale `fr`"),
        ("SELECT collation_key(x, NULL) FROM t", "`locale` of `collation_key` is not given: it is null"),
        ("SELECT format_number('5') FROM t", "`format_number` takes a number as `x`"),
        ("SELECT format_number(5, -1) FROM t", "-1 digits after the comma cannot be written"),
    ] {
        let words = fault(sql);
        assert!(words.contains(says), "{words}");
    }
}
