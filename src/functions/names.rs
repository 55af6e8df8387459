//! `array_agg` and `string_agg` of different texts in the order of a language.
//!
//! The engine sorts different values by themselves alone. What it would do with
//! `string_agg(DISTINCT name, ', ' ORDER BY name)`, this does in another order.

use std::collections::BTreeSet;
use std::hash::Hash;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};

use super::texts;
use crate::language::collation::Collation;

/// How different texts are gathered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Gathered {
    /// Their order.
    pub collation: Collation,
    /// From last to first.
    pub descending: bool,
    /// Whether null stands before the texts in a list.
    pub nulls_first: bool,
    /// Whether null stands in no list.
    pub without_nulls: bool,
    /// What stands between them in one text; a list is made where there is none.
    pub delimiter: Option<String>,
    /// The type of the result.
    pub gives: DataType,
}

/// What a function that gathers texts was asked for; nothing of any other.
#[cfg(feature = "cluster")]
pub fn gathered(function: &AggregateUDF) -> Option<&Gathered> {
    let inner: &dyn std::any::Any = function.inner().as_ref();
    inner.downcast_ref::<Gather>().map(|gather| &gather.gathered)
}

/// The aggregate that gathers different texts.
pub fn gather(gathered: Gathered) -> AggregateUDF {
    let signature = Signature::any(1, Volatility::Immutable);
    let name = match gathered.delimiter {
        Some(_) => format!("string_agg_{}", gathered.collation),
        None => format!("array_agg_{}", gathered.collation),
    };
    AggregateUDF::new_from_impl(Gather { name, gathered, signature })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Gather {
    name: String,
    gathered: Gathered,
    signature: Signature,
}

impl AggregateUDFImpl for Gather {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.gathered.gives.clone())
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let list = DataType::new_list(DataType::Utf8, true);
        Ok(vec![Field::new(format_state_name(args.name, "texts"), list, true).into()])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Gathering { how: self.gathered.clone(), ..Gathering::default() }))
    }
}

#[derive(Debug)]
struct Gathering {
    how: Gathered,
    /// Sort keys with the texts after them.
    keys: BTreeSet<Vec<u8>>,
    bytes: usize,
    null: bool,
}

impl Default for Gathering {
    fn default() -> Self {
        let how = Gathered {
            collation: Collation::Binary,
            descending: false,
            nulls_first: false,
            without_nulls: false,
            delimiter: None,
            gives: DataType::Null,
        };
        Self { how, keys: BTreeSet::new(), bytes: 0, null: false }
    }
}

impl Gathering {
    fn add(&mut self, array: &ArrayRef) -> Result<()> {
        let array = match array.data_type() {
            DataType::Dictionary(_, values) => &cast(array, values)?,
            _ => array,
        };
        let mut key = Vec::new();
        for text in texts::each(array) {
            let Some(text) = text else {
                self.null = true;
                continue;
            };
            key.clear();
            self.how.collation.total_key(text, &mut key);
            if !self.keys.contains(&key) {
                self.bytes += key.len();
                self.keys.insert(key.clone());
            }
        }
        Ok(())
    }

    /// The texts in order: what stands in a key after its first zero.
    fn texts(&self) -> Vec<String> {
        let text = |key: &Vec<u8>| {
            let start = match self.how.collation {
                Collation::Binary => 0,
                _ => key.iter().position(|byte| *byte == 0).map_or(0, |zero| zero + 1),
            };
            String::from_utf8_lossy(&key[start..]).into_owned()
        };
        match self.how.descending {
            true => self.keys.iter().rev().map(text).collect(),
            false => self.keys.iter().map(text).collect(),
        }
    }

    fn list(&self, with_null: bool) -> ScalarValue {
        let null = (with_null && self.null).then_some(ScalarValue::Utf8(None));
        let (first, last) = if self.how.nulls_first { (null, None) } else { (None, null) };
        let texts = self.texts().into_iter().map(|text| ScalarValue::Utf8(Some(text)));
        let values: Vec<ScalarValue> = first.into_iter().chain(texts).chain(last).collect();
        ScalarValue::List(ScalarValue::new_list_nullable(&values, &DataType::Utf8))
    }
}

impl Accumulator for Gathering {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.first().map_or(Ok(()), |texts| self.add(texts))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let nulls = self.null && !self.how.without_nulls;
        let gathered = match &self.how.delimiter {
            Some(delimiter) => {
                let joined = (!self.keys.is_empty()).then(|| self.texts().join(delimiter));
                ScalarValue::Utf8(joined)
            }
            None if self.keys.is_empty() && !nulls => return ScalarValue::try_from(&self.how.gives),
            None => self.list(nulls),
        };
        gathered.cast_to(&self.how.gives)
    }

    fn size(&self) -> usize {
        // Each key has a header beside its bytes.
        size_of_val(self) + self.bytes + self.keys.len() * size_of::<Vec<u8>>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.list(true)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let Some(lists) = states.first() else { return Ok(()) };
        let lists = lists.as_list::<i32>();
        (0..lists.len()).filter(|row| lists.is_valid(*row)).try_for_each(|row| self.add(&lists.value(row)))
    }
}
