//! Rows in the order of their key, each key once: they need neither be compared nor sorted any more.

use std::thread::scope;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use arrow::compute::{concat, take};
use arrow::error::ArrowError;
use arrow::row::{RowConverter, SortField};

use super::pending::BATCH_ROWS;
use crate::error::{Error, Result};
use crate::import::value::Value;
use crate::language::Message;
use crate::output::on_all_cores;

/// The keys of rows, as they come.
#[derive(Debug)]
pub(super) struct Rising {
    /// The columns of the key, by their place among the values; none once a row came that did not follow.
    places: Vec<usize>,
    /// The key of the last row.
    last: Vec<Value>,
}

impl Rising {
    /// Watches the columns of a key.
    pub(super) fn new(places: Vec<usize>) -> Self {
        Self { places, last: Vec::new() }
    }

    /// Looks at the next row.
    pub(super) fn see(&mut self, values: &[Option<Value>]) {
        if self.places.is_empty() {
            return;
        }
        let key = self.places.iter().map(|place| values.get(*place).and_then(Option::as_ref));
        let is_first = self.last.is_empty();
        let after = || key.clone().zip(&self.last).find_map(|(new, last)| after(new, last));
        let follows = is_first || after().unwrap_or(false);
        let is_whole = key.clone().all(|part| part.is_some());
        self.last.clear();
        self.last.extend(key.flatten().cloned());
        if !(follows && is_whole) {
            self.places.clear();
        }
    }

    /// Whether there is a key, and each row had one that is greater than that of the row before it.
    pub(super) fn holds(&self) -> bool {
        !self.places.is_empty()
    }
}

/// Whether a value is greater than another; `None` where they are the same. Texts go by their bytes, as the
/// engine compares them.
fn after(new: Option<&Value>, last: &Value) -> Option<bool> {
    let order = match (new, last) {
        (Some(Value::Text(new)), Value::Text(last)) => new.as_bytes().cmp(last.as_bytes()),
        (Some(Value::Number(new)), Value::Number(last)) => new.cmp(last),
        (Some(Value::Date(new)), Value::Date(last)) => new.cmp(last),
        // A part that is missing; binary fractions and truth values are no keys worth a rule.
        _ => return Some(false),
    };
    (!order.is_eq()).then_some(order.is_gt())
}

/// The rows in the order of the columns with these names, and whether they are: where a key is missing or stands
/// twice, they stay as they are.
///
/// # Errors
/// The rows are too many for one array.
pub(super) fn in_order(rows: Vec<RecordBatch>, key: &[&str]) -> Result<(Vec<RecordBatch>, bool)> {
    sorted(rows, key).map_err(|error| Error::data(Message::verbatim(error.to_string())))
}

type Sorted<T> = std::result::Result<T, ArrowError>;

fn sorted(rows: Vec<RecordBatch>, key: &[&str]) -> Sorted<(Vec<RecordBatch>, bool)> {
    let Some(schema) = rows.first().map(RecordBatch::schema).filter(|_| !key.is_empty()) else {
        return Ok((rows, false));
    };
    let of_key = |name: &&str| {
        let column = schema.index_of(name)?;
        whole(rows.iter().map(|batch| batch.column(column)))
    };
    let keys = key.iter().map(of_key).collect::<Sorted<Vec<_>>>()?;
    let Some(places) = places(&keys)? else { return Ok((rows, false)) };
    drop(keys);
    let parts: Vec<UInt32Array> = (0..places.len())
        .step_by(BATCH_ROWS)
        .map(|from| places.slice(from, BATCH_ROWS.min(places.len() - from)))
        .collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // What a column took is free for those after it.
    let mut columns: Vec<Vec<ArrayRef>> = vec![Vec::with_capacity(rows.len()); schema.fields().len()];
    for batch in rows {
        columns.iter_mut().zip(batch.columns()).for_each(|(column, part)| column.push(part.clone()));
    }
    let size = |column: &Vec<ArrayRef>| column[0].get_array_memory_size();
    let columns = on_all_cores(cores, columns.into_iter(), size, |column| {
        let whole = whole(column.iter())?;
        drop(column);
        // One for all parts, of the size of the first, which is the largest.
        let alike =
            parts.first().filter(|_| is_alike(&whole)).map(|first| take(&whole, first, None)).transpose()?;
        let part = |part: &UInt32Array| match &alike {
            Some(alike) => Ok(alike.slice(0, part.len())),
            None => take(&whole, part, None),
        };
        parts.iter().map(part).collect::<Sorted<Vec<_>>>()
    });
    let columns = columns.into_iter().collect::<Sorted<Vec<_>>>()?;
    let batch = |at: usize| {
        RecordBatch::try_new(schema.clone(), columns.iter().map(|column| column[at].clone()).collect())
    };
    Ok(((0..parts.len()).map(batch).collect::<Sorted<Vec<_>>>()?, true))
}

/// The parts of a column as one.
fn whole<'a>(parts: impl Iterator<Item = &'a ArrayRef>) -> Sorted<ArrayRef> {
    concat(&parts.map(AsRef::as_ref).collect::<Vec<_>>())
}

/// Whether all values are the same for certain: lists without anything in them, as what is told of rows
/// mostly is.
fn is_alike(column: &ArrayRef) -> bool {
    let lists = column.as_list_opt::<i32>();
    lists.is_some_and(|lists| lists.values().is_empty() && [0, lists.len()].contains(&lists.null_count()))
}

/// The rows of a key by their places, in its order.
fn places(key: &[ArrayRef]) -> Sorted<Option<UInt32Array>> {
    if key.iter().any(|column| column.null_count() > 0) {
        return Ok(None);
    }
    let fields = key.iter().map(|column| SortField::new(column.data_type().clone())).collect();
    let keys = RowConverter::new(fields)?.convert_columns(key)?;
    let Ok(count) = u32::try_from(keys.num_rows()) else { return Ok(None) };
    let key = |place: u32| keys.row(place as usize);
    let mut places: Vec<(u128, u32)> = (0..count).map(|place| (front(key(place).as_ref()), place)).collect();
    let order = |one: &(u128, u32), other: &(u128, u32)| {
        one.0.cmp(&other.0).then_with(|| key(one.1).cmp(&key(other.1)))
    };
    // Stable: it finds the parts that are in order already, which files that are put together have.
    let (left, right) = places.split_at_mut(count as usize / 2);
    scope(|threads| {
        threads.spawn(|| left.sort_by(order));
        right.sort_by(order);
    });
    places.sort_by(order);
    let is_once = places.windows(2).all(|pair| order(&pair[0], &pair[1]).is_lt());
    Ok(is_once.then(|| places.iter().map(|(_, place)| *place).collect()))
}

/// The first bytes of a key: they tell most pairs apart, and are compared in one step.
fn front(key: &[u8]) -> u128 {
    let mut front = [0; 16];
    key.iter().zip(&mut front).for_each(|(byte, place)| *place = *byte);
    u128::from_be_bytes(front)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int32Array, ListArray, StringArray};
    use arrow::datatypes::Int32Type;

    use super::*;

    fn holds<const N: usize>(places: &[usize], rows: &[[Option<Value>; N]]) -> bool {
        let mut rising = Rising::new(places.to_vec());
        rows.iter().for_each(|row| rising.see(row));
        rising.holds()
    }

    fn text(text: &str) -> Option<Value> {
        Some(Value::Text(text.into()))
    }

    fn number(digits: i128) -> Option<Value> {
        Some(Value::Number(digits))
    }

    #[test]
    fn keys_rise_where_each_is_greater_than_the_last() {
        assert!(holds(&[0], &[[text("A1")], [text("A2")], [text("Đ")]]));
        assert!(!holds(&[0], &[[text("A1")], [text("A1")]]));
        assert!(!holds(&[0], &[[text("A2")], [text("A1")], [text("A3")]]));
        // By bytes, and not as a reader of Vietnamese would put them.
        assert!(!holds(&[0], &[[text("Đ")], [text("E")]]));
        assert!(holds(&[0], &[[number(-5)], [number(10)], [number(100)]]));
    }

    #[test]
    fn a_key_of_several_columns_goes_by_the_first_that_differs() {
        let row = |first: &str, second: i128| [number(0), text(first), number(second)];
        assert!(holds(&[1, 2], &[row("a", 1), row("a", 2), row("b", 1)]));
        assert!(!holds(&[1, 2], &[row("a", 1), row("a", 1)]));
        assert!(!holds(&[1, 2], &[row("b", 1), row("a", 2)]));
        assert!(holds(&[2, 1], &[row("b", 1), row("a", 2)]));
    }

    #[test]
    fn a_key_that_is_missing_and_a_table_without_one_have_no_order() {
        assert!(!holds(&[0], &[[None], [text("a")]]));
        assert!(!holds(&[0], &[[text("a")], [None], [text("b")]]));
        assert!(!holds(&[0, 1], &[[text("a"), None], [text("b"), text("c")]]));
        assert!(!holds(&[], &[[text("a")]]));
        assert!(!holds(&[3], &[[text("a")]]));
    }

    fn batch(texts: &[Option<&str>], first: i32) -> RecordBatch {
        let numbers = Int32Array::from_iter_values((first..).take(texts.len()));
        let lists = texts.iter().map(|_| Some(std::iter::empty::<Option<i32>>()));
        RecordBatch::try_from_iter_with_nullable([
            ("text", Arc::new(StringArray::from(texts.to_vec())) as ArrayRef, true),
            ("number", Arc::new(numbers), false),
            ("list", Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists)), true),
        ])
        .unwrap()
    }

    fn numbers(rows: &[RecordBatch], key: &[&str]) -> Option<Vec<i32>> {
        let (sorted, are_sorted) = in_order(rows.to_vec(), key).unwrap();
        assert!(are_sorted || sorted == rows);
        let numbers = sorted.iter().map(|batch| batch["number"].as_primitive::<Int32Type>().values());
        are_sorted.then(|| numbers.flatten().copied().collect())
    }

    #[test]
    fn keys_that_begin_alike_are_told_apart_further_on() {
        let long = |end: &str| format!("{}{end}", "a".repeat(40));
        let texts = [long("b"), long(""), long("a\0"), long("a"), "a".to_owned()];
        let texts: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
        let rows = [batch(&texts[..2], 0), batch(&texts[2..], 2)];
        assert_eq!(numbers(&rows, &["text"]), Some(vec![4, 1, 3, 2, 0]));
        let twice = [batch(&texts, 0), batch(&texts[1..2], 5)];
        assert_eq!(numbers(&twice, &["text"]), None);
    }

    #[test]
    fn lists_go_with_their_rows() {
        let lists = |lists: Vec<Option<Vec<Option<i32>>>>| -> ArrayRef {
            Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists))
        };
        for list in [
            vec![None, None, None],
            vec![Some(vec![]), Some(vec![]), Some(vec![])],
            vec![Some(vec![]), None, Some(vec![])],
            vec![None, Some(vec![Some(5)]), Some(vec![])],
        ] {
            let numbers: ArrayRef = Arc::new(Int32Array::from(vec![2, 0, 1]));
            let rows = RecordBatch::try_from_iter_with_nullable([
                ("number", numbers, false),
                ("list", lists(list.clone()), true),
            ]);
            let (sorted, _) = in_order(vec![rows.unwrap()], &["number"]).unwrap();
            let expected = lists([1, 2, 0].map(|place: usize| list[place].clone()).to_vec());
            assert_eq!(sorted[0].column(1), &expected, "{list:?}");
        }
    }

    #[test]
    fn rows_are_put_in_the_order_of_their_key() {
        let rows =
            [batch(&[Some("b"), Some("đ"), Some("d")], 0), batch(&[Some("a"), Some("e"), Some("aa")], 3)];
        assert_eq!(numbers(&rows, &["text"]), Some(vec![3, 5, 0, 2, 4, 1]));
        assert_eq!(numbers(&rows, &["number"]), Some(vec![0, 1, 2, 3, 4, 5]));
        let twice = [batch(&[Some("b"), Some("a")], 0), batch(&[Some("b")], 2)];
        assert_eq!(numbers(&twice, &["text"]), None);
        assert_eq!(numbers(&twice, &["text", "number"]), Some(vec![1, 0, 2]));
        assert_eq!(numbers(&[batch(&[Some("b"), None], 0)], &["text"]), None);
        assert_eq!(numbers(&rows, &[]), None);
        assert_eq!(numbers(&[], &["text"]), None);
    }
}
