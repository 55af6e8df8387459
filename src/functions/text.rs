//! Text compared and searched as people mean it: accents, forms of Unicode, spellings.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray};
use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility};
use unicode_normalization::{
    IsNormalized, UnicodeNormalization, is_nfc_quick, is_nfd_quick, is_nfkc_quick, is_nfkd_quick,
};

use super::texts;
use super::udf::{Argument, Function, Takes, fault, unchecked, word};
use crate::error::Error;
use crate::language::fold;
use crate::say;

/// `unaccent(text)`.
pub(super) fn unaccent() -> ScalarUDF {
    Function {
        name: "unaccent",
        arguments: &[Argument("text", Takes::Text, "The text, composed or not.")],
        optional: 0,
        says: "Takes the accents off a text and keeps its case. `đ` and the letters taken for it (`ð`, `ɖ`) \
               become `d`.",
        example: ("SELECT unaccent('Đoàn viên ưu tú');", "Doan vien uu tu"),
        volatility: Volatility::Immutable,
        gives: DataType::clone,
        check: unchecked(),
        body: Box::new(|args| texts::map(&args.args[0], true, &fold::unaccent)),
    }
    .udf()
}

/// `search_key(text)`.
pub(super) fn search_key() -> ScalarUDF {
    Function {
        name: "search_key",
        arguments: &[Argument("text", Takes::Text, "The text.")],
        optional: 0,
        says: "Gives the key that spellings of one text share: no case, no accents (`hoà` = `hòa`), one space \
               for each gap. For matching what people type; `Lũ` and `lu` share theirs too.",
        example: (
            "SELECT name FROM units WHERE search_key(name) = search_key('yen khanh');",
            "a unit called Yên Khánh",
        ),
        volatility: Volatility::Immutable,
        gives: DataType::clone,
        check: unchecked(),
        body: Box::new(|args| texts::map(&args.args[0], false, &|text| fold::search_key(text).into())),
    }
    .udf()
}

/// `contains_vi(haystack, needle)`.
pub(super) fn contains_vi() -> ScalarUDF {
    Function {
        name: "contains_vi",
        arguments: &[
            Argument("haystack", Takes::Text, "The text that is searched."),
            Argument("needle", Takes::Text, "What is looked for; nothing is in every text."),
        ],
        optional: 0,
        says: "Says whether a text has another in it, however either is spelt. Both are compared by their \
               `search_key`.",
        example: ("SELECT contains_vi('Nhà văn hoá xã', 'VĂN HÓA');", "true"),
        volatility: Volatility::Immutable,
        gives: |_| DataType::Boolean,
        check: unchecked(),
        body: Box::new(|args| contains(&args.args[0], &args.args[1], args.number_rows)),
    }
    .udf()
}

fn contains(haystack: &ColumnarValue, needle: &ColumnarValue, rows: usize) -> Result<ColumnarValue> {
    if let ColumnarValue::Scalar(needle) = needle {
        let Some(needle) = text_of(needle) else {
            return Ok(ColumnarValue::Scalar(ScalarValue::Boolean(None)));
        };
        let needle = fold::search_key(&needle);
        return texts::over(haystack, &|array| {
            texts::fold(array, &|texts| {
                let found = texts.map(|text| Some(fold::search_key(text?).contains(&needle)));
                Arc::new(found.collect::<BooleanArray>())
            })
        });
    }
    let keys = |value: &ColumnarValue| {
        let mapped = texts::map(value, false, &|text| fold::search_key(text).into())?.into_array(rows)?;
        Ok::<_, datafusion::error::DataFusionError>(arrow::compute::cast(&mapped, &DataType::Utf8View)?)
    };
    let (haystacks, needles) = (keys(haystack)?, keys(needle)?);
    let pairs = haystacks.as_string_view().iter().zip(needles.as_string_view().iter());
    let found = pairs.map(|(haystack, needle)| Some(haystack?.contains(needle?)));
    Ok(ColumnarValue::Array(Arc::new(found.collect::<BooleanArray>())))
}

/// A constant as text, also out of a dictionary.
fn text_of(scalar: &ScalarValue) -> Option<String> {
    scalar.try_as_str().flatten().map(str::to_owned)
}

/// A form of Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

impl Form {
    fn of(name: &str) -> Result<Self> {
        match name.to_ascii_uppercase().as_str() {
            "NFC" => Ok(Self::Nfc),
            "NFD" => Ok(Self::Nfd),
            "NFKC" => Ok(Self::Nfkc),
            "NFKD" => Ok(Self::Nfkd),
            _ => Err(fault(
                Error::usage(say!("there is no form `{name}` of Unicode", name))
                    .hint(say!("there are NFC, NFD, NFKC and NFKD")),
            )),
        }
    }

    fn apply(self, text: &str) -> Cow<'_, str> {
        let chars = text.chars();
        let quick = match self {
            Self::Nfc => is_nfc_quick(chars),
            Self::Nfd => is_nfd_quick(chars),
            Self::Nfkc => is_nfkc_quick(chars),
            Self::Nfkd => is_nfkd_quick(chars),
        };
        if quick == IsNormalized::Yes {
            return Cow::Borrowed(text);
        }
        Cow::Owned(match self {
            Self::Nfc => text.nfc().collect(),
            Self::Nfd => text.nfd().collect(),
            Self::Nfkc => text.nfkc().collect(),
            Self::Nfkd => text.nfkd().collect(),
        })
    }
}

/// `normalize(text [, form])`.
pub(super) fn normalize() -> ScalarUDF {
    Function {
        name: "normalize",
        arguments: &[
            Argument("text", Takes::Text, "The text."),
            Argument("form", Takes::Word, "`NFC` (composed, the default), `NFD`, `NFKC` or `NFKD`."),
        ],
        optional: 1,
        says: "Brings a text to a form of Unicode, in which one text has one spelling. Texts in NFC and NFD \
               look alike and are not equal.",
        example: ("SELECT length(normalize('hoà', 'NFD'));", "4"),
        volatility: Volatility::Immutable,
        gives: DataType::clone,
        check: Box::new(|scalars| match scalars.get(1).and_then(|form| form.as_ref()?.try_as_str()?) {
            Some(form) => Form::of(form).map(drop),
            None => Ok(()),
        }),
        body: Box::new(|args| {
            let form = word("normalize", "form", args.args.get(1))?.map_or(Ok(Form::Nfc), Form::of)?;
            texts::map(&args.args[0], true, &|text| form.apply(text))
        }),
    }
    .udf()
}
