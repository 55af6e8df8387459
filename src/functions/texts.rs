//! Columns of text, whatever their encoding: read, and mapped to others of the same encoding.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, GenericStringArray, GenericStringBuilder, OffsetSizeTrait, StringViewBuilder,
};
use arrow::compute::take;
use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::ColumnarValue;

/// The texts of a column that is no dictionary; none for a column of anything else.
pub(super) fn each(array: &dyn Array) -> Box<dyn Iterator<Item = Option<&str>> + '_> {
    match array.data_type() {
        DataType::Utf8 => Box::new(array.as_string::<i32>().iter()),
        DataType::LargeUtf8 => Box::new(array.as_string::<i64>().iter()),
        DataType::Utf8View => Box::new(array.as_string_view().iter()),
        _ => Box::new(std::iter::empty()),
    }
}

/// What a function does to one text.
pub(super) type Map<'a> = &'a dyn for<'t> Fn(&'t str) -> Cow<'t, str>;

/// Maps each text; what comes out has the encoding of what went in, and each entry of a dictionary is
/// worked on once. `ascii_as_is` says that a text of ASCII alone maps to itself.
pub(super) fn map(value: &ColumnarValue, ascii_as_is: bool, map: Map<'_>) -> Result<ColumnarValue> {
    over(value, &|array| map_array(array, ascii_as_is, map))
}

/// Applies what is done to a column to a constant too.
pub(super) fn over(
    value: &ColumnarValue,
    map: &dyn Fn(&ArrayRef) -> Result<ArrayRef>,
) -> Result<ColumnarValue> {
    match value {
        ColumnarValue::Array(array) => map(array).map(ColumnarValue::Array),
        ColumnarValue::Scalar(scalar) => {
            let mapped = map(&scalar.to_array()?)?;
            ScalarValue::try_from_array(&mapped, 0).map(ColumnarValue::Scalar)
        }
    }
}

fn map_array(array: &ArrayRef, ascii_as_is: bool, map: Map<'_>) -> Result<ArrayRef> {
    Ok(match array.data_type() {
        DataType::Utf8 => map_strings(array, array.as_string::<i32>(), ascii_as_is, map),
        DataType::LargeUtf8 => map_strings(array, array.as_string::<i64>(), ascii_as_is, map),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            dictionary.with_values(map_array(dictionary.values(), ascii_as_is, map)?)
        }
        _ => {
            let mut mapped = StringViewBuilder::with_capacity(array.len());
            each(array).for_each(|text| mapped.append_option(text.map(map)));
            Arc::new(mapped.finish())
        }
    })
}

fn map_strings<O: OffsetSizeTrait>(
    array: &ArrayRef,
    texts: &GenericStringArray<O>,
    ascii_as_is: bool,
    map: Map<'_>,
) -> ArrayRef {
    if ascii_as_is && texts.is_ascii() {
        return array.clone();
    }
    let mut mapped = GenericStringBuilder::<O>::with_capacity(texts.len(), texts.value_data().len());
    texts.iter().for_each(|text| mapped.append_option(text.map(map)));
    Arc::new(mapped.finish())
}

/// Makes a column of another type from the texts of a column; each entry of a dictionary is worked on
/// once, and the dictionary does not stay.
pub(super) fn fold(
    array: &ArrayRef,
    make: &dyn Fn(&mut dyn Iterator<Item = Option<&str>>) -> ArrayRef,
) -> Result<ArrayRef> {
    match array.data_type() {
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let made = fold(dictionary.values(), make)?;
            Ok(take(&made, dictionary.keys(), None)?)
        }
        _ => Ok(make(&mut *each(array))),
    }
}
