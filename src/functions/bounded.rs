//! The engine's functions whose results can be far larger than what they are given, held to a bound.
//!
//! An allocation that fails ends the process, and no limit of memory covers what a function makes:
//! `repeat('x', 2000000000)` is refused before it is begun.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::compute::{cast, kernels::length::length};
use arrow::datatypes::{
    DataType, FieldRef, Float64Type, Int64Type, IntervalMonthDayNanoType, IntervalUnit, TimeUnit,
};
use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
};

use super::udf::fault;
use crate::error::Error;
use crate::say;
use crate::ui::text;

/// Bytes that a function may make of one batch of rows.
const MOST: u64 = 256 << 20;

/// About how many bytes a function makes of what it is given.
type Estimate = fn(&ScalarFunctionArgs) -> Result<f64>;

/// The functions, by name.
const BOUNDED: [(&str, Estimate); 9] = [
    ("repeat", |args| total(args, |row| Some(row.bytes(0)? * row.number(1)?))),
    // A character takes four bytes at most.
    ("lpad", |args| total(args, |row| Some(4.0 * row.number(1)?))),
    ("rpad", |args| total(args, |row| Some(4.0 * row.number(1)?))),
    ("replace", replaced),
    ("regexp_replace", replaced),
    ("array_repeat", |args| {
        let element = args.args[0].to_array(1)?;
        let bytes = element.get_array_memory_size() as f64 / element.len().max(1) as f64;
        total(args, |row| Some(bytes * row.number(1)?))
    }),
    ("array_resize", |args| total(args, |row| Some(16.0 * row.number(1)?))),
    ("range", |args| total(args, steps)),
    ("generate_series", |args| total(args, steps)),
];

fn replaced(args: &ScalarFunctionArgs) -> Result<f64> {
    total(args, |row| Some(row.bytes(0)? / row.bytes(1)?.max(1.0) * row.bytes(2)?))
}

/// Puts bounds around the functions that a session knows.
///
/// # Errors
/// The session takes no functions.
pub(super) fn register(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for (name, estimate) in BOUNDED {
        if let Ok(inner) = registry.udf(name) {
            registry.register_udf(Arc::new(ScalarUDF::new_from_impl(Bounded { inner, estimate })))?;
        }
    }
    Ok(())
}

/// A function with its bound.
#[derive(Debug)]
struct Bounded {
    inner: Arc<ScalarUDF>,
    estimate: Estimate,
}

impl PartialEq for Bounded {
    fn eq(&self, other: &Self) -> bool {
        self.inner == other.inner
    }
}

impl Eq for Bounded {}

impl Hash for Bounded {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner.hash(state);
    }
}

impl ScalarUDFImpl for Bounded {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }

    fn signature(&self) -> &Signature {
        self.inner.signature()
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(given)
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        self.inner.return_type(given)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        self.inner.return_field_from_args(args)
    }

    fn documentation(&self) -> Option<&Documentation> {
        self.inner.documentation()
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let bytes = (self.estimate)(&args)?;
        if bytes > MOST as f64 {
            let (name, most) = (self.name(), text::size(MOST));
            let size = text::size(bytes as u64);
            return Err(fault(
                Error::data(say!(
                    "`{name}` would make about {size} at once, and {most} is the most",
                    name,
                    size,
                    most
                ))
                .hint(say!("ask for shorter texts or fewer elements")),
            ));
        }
        self.inner.invoke_with_args(args)
    }
}

/// The arguments of a call, in one of its rows.
struct Row<'a> {
    columns: &'a [Column],
    row: usize,
}

/// What of an argument a size depends on: the length of a text or list, or a number.
struct Column {
    lengths: Option<arrow::array::PrimitiveArray<Float64Type>>,
    numbers: Option<arrow::array::PrimitiveArray<Float64Type>>,
    /// One value stands for all rows.
    constant: bool,
}

impl Column {
    fn of(value: &ColumnarValue) -> Result<Self> {
        let (array, constant) = match value {
            ColumnarValue::Scalar(scalar) => (scalar.to_array()?, true),
            ColumnarValue::Array(array) => (array.clone(), false),
        };
        let as_floats = |array: &dyn Array| {
            cast(array, &DataType::Float64).ok().map(|array| array.as_primitive::<Float64Type>().clone())
        };
        let numbers = match array.data_type() {
            DataType::Interval(IntervalUnit::MonthDayNano) => {
                Some(array.as_primitive::<IntervalMonthDayNanoType>().unary(|step| {
                    const DAY: f64 = 86_400e9;
                    // A month is not shorter than that.
                    f64::from(step.months) * 28.0 * DAY + f64::from(step.days) * DAY + step.nanoseconds as f64
                }))
            }
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
                // In nanoseconds, as the steps are; those out of their range are wider apart than any bound.
                let seconds = cast(&array, &DataType::Timestamp(TimeUnit::Second, None))?;
                as_floats(&cast(&seconds, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
                    .map(|seconds| seconds.unary(|seconds| seconds * 1e9))
            }
            data_type if data_type.is_numeric() => as_floats(&array),
            _ => None,
        };
        let lengths = length(&array).ok().and_then(|lengths| as_floats(&lengths));
        Ok(Self { lengths, numbers, constant })
    }
}

impl Row<'_> {
    fn value(
        &self,
        at: usize,
        of: fn(&Column) -> Option<&arrow::array::PrimitiveArray<Float64Type>>,
    ) -> Option<f64> {
        let column = self.columns.get(at)?;
        let values = of(column)?;
        let row = if column.constant { 0 } else { self.row };
        (!values.is_null(row)).then(|| values.value(row))
    }

    /// The bytes of a text, or the elements of a list.
    fn bytes(&self, at: usize) -> Option<f64> {
        self.value(at, |column| column.lengths.as_ref())
    }

    fn number(&self, at: usize) -> Option<f64> {
        self.value(at, |column| column.numbers.as_ref())
    }
}

/// The bytes of a list from one value to another.
fn steps(row: &Row<'_>) -> Option<f64> {
    let (from, to) = match row.columns.len() {
        1 => (0.0, row.number(0)?),
        _ => (row.number(0)?, row.number(1)?),
    };
    let step = if row.columns.len() > 2 { row.number(2)? } else { 1.0 };
    // A step of nothing, or away from the end, is the function's own to refuse.
    (step != 0.0).then(|| 8.0 * (to - from) / step)
}

/// What the rows come to; those with a null come to nothing.
fn total(args: &ScalarFunctionArgs, of: impl Fn(&Row<'_>) -> Option<f64>) -> Result<f64> {
    let columns = args.args.iter().map(Column::of).collect::<Result<Vec<_>>>()?;
    // A call with constants alone is made once.
    let rows = if columns.iter().all(|column| column.constant) { 1 } else { args.number_rows };
    Ok((0..rows).filter_map(|row| of(&Row { columns: &columns, row })).map(|bytes| bytes.max(0.0)).sum())
}
