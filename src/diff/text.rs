//! Values as texts that can be compared: one spelling for what looks the same.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringArray};
use arrow::datatypes::DataType;
use arrow::util::display::ArrayFormatter;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use crate::ui::text;

/// The name of the function in SQL.
pub(super) const NAME: &str = "tongket_text";

/// A function that gives any value as a text in NFC; null stays null.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Text(Signature);

impl Text {
    pub(super) fn new() -> Self {
        Self(Signature::any(1, Volatility::Immutable))
    }
}

impl ScalarUDFImpl for Text {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        Ok(ColumnarValue::Array(of(&arrays[0])?))
    }
}

fn of(array: &ArrayRef) -> Result<ArrayRef> {
    let words = ArrayFormatter::try_new(array, &Default::default())?;
    let one = |row| array.is_valid(row).then(|| words.value(row).to_string());
    let texts = (0..array.len()).map(|row| one(row).map(|word| text::nfc(&word).into_owned()));
    Ok(Arc::new(texts.collect::<StringArray>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{AsArray, Int64Array};

    #[test]
    fn both_unicode_forms_are_one_text() {
        let array: ArrayRef =
            Arc::new(StringArray::from(vec![Some("Yên Mô"), Some("Ye\u{302}n Mo\u{302}"), None]));
        let texts = of(&array).expect("texts");
        let texts = texts.as_string::<i32>();
        assert_eq!((texts.value(0), texts.value(1), texts.is_null(2)), ("Yên Mô", "Yên Mô", true));
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![7]));
        assert_eq!(of(&numbers).expect("texts").as_string::<i32>().value(0), "7");
    }
}
