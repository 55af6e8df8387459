//! The wrapper that makes an SQL function of a function over columns.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, DocSection, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
    Signature, Volatility,
};

use crate::contract::Lazy;
use crate::error::Error;
use crate::language::Message;
use crate::{many, say};

/// Where the functions stand in the engine's documentation.
const SECTION: DocSection = DocSection { include: true, label: "Vietnamese Functions", description: None };

/// What an argument may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// A column of text, of any encoding.
    Text,
    /// A text, the same for all rows.
    Word,
    /// A column of numbers.
    Number,
    /// A column of whole numbers.
    Count,
    /// A column of dates or timestamps; a text is taken as a date of SQL.
    Date,
    /// A column of codes: text, numbers, truth values.
    Code,
}

/// An argument of a function: its name, what it may be, what it means.
pub(super) struct Argument(pub(super) &'static str, pub(super) Takes, pub(super) &'static str);

/// What a function looks at before it is run: its arguments where they are constants.
pub(super) type Check = Box<dyn Fn(&[Option<&ScalarValue>]) -> Result<()> + Send + Sync>;
/// What a function does.
pub(super) type Body = Box<dyn Fn(&ScalarFunctionArgs) -> Result<ColumnarValue> + Send + Sync>;

/// A function of SQL; two of one name are the same.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) arguments: &'static [Argument],
    /// How many of the arguments may be left out, from the last.
    pub(super) optional: usize,
    pub(super) says: &'static str,
    /// A query, and what it gives.
    pub(super) example: (&'static str, &'static str),
    pub(super) volatility: Volatility,
    /// The type of the result for that of the first argument.
    pub(super) gives: fn(&DataType) -> DataType,
    pub(super) check: Check,
    pub(super) body: Body,
}

/// The check of a function that has nothing to look at.
pub(super) fn unchecked() -> Check {
    Box::new(|_| Ok(()))
}

/// An error of ours as one of the engine's, which its reader unwraps again.
pub(super) fn fault(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// A constant argument as text; `None` where it is left out.
pub(super) fn word<'a>(
    function: &str,
    name: &str,
    value: Option<&'a ColumnarValue>,
) -> Result<Option<&'a str>> {
    match value {
        None => Ok(None),
        Some(ColumnarValue::Scalar(scalar)) => match scalar.try_as_str().flatten() {
            Some(text) => Ok(Some(text)),
            None => Err(fault(Error::usage(say!(
                "`{name}` of `{function}` is not given: it is null",
                name,
                function
            )))),
        },
        Some(ColumnarValue::Array(_)) => Err(not_constant(function, name)),
    }
}

fn not_constant(function: &str, name: &str) -> DataFusionError {
    fault(
        Error::usage(say!("`{name}` of `{function}` is not the same for all rows", name, function))
            .hint(say!("give it as a text in quotes, or as a parameter")),
    )
}

impl Function {
    /// The function as the engine takes it.
    pub(super) fn udf(self) -> ScalarUDF {
        self.reading(None)
    }

    /// The same of a function that reads a contract.
    pub(super) fn reading(self, contract: Option<Arc<Lazy>>) -> ScalarUDF {
        let required = self.arguments.len() - self.optional;
        let names = self.arguments.iter().enumerate().map(|(at, Argument(name, ..))| match at {
            0 => (*name).to_owned(),
            at if at < required => format!(", {name}"),
            _ => format!(" [, {name}]"),
        });
        let syntax = format!("{}({})", self.name, names.collect::<String>());
        let (query, result) = self.example;
        let mut documentation = Documentation::builder(SECTION, self.says, syntax)
            .with_sql_example(format!("```sql\n{query}\n-- {result}\n```"));
        for Argument(name, _, meaning) in self.arguments {
            documentation = documentation.with_argument(*name, *meaning);
        }
        let signature = Signature::user_defined(self.volatility);
        ScalarUDF::new_from_impl(Wrapped {
            signature,
            documentation: documentation.build(),
            function: self,
            contract,
        })
    }
}

/// The contract that a function reads, if it is one of ours that does.
#[cfg(feature = "cluster")]
pub(super) fn contract_of(function: &ScalarUDF) -> Option<&Lazy> {
    let inner: &dyn std::any::Any = function.inner().as_ref();
    inner.downcast_ref::<Wrapped>()?.contract.as_deref()
}

struct Wrapped {
    signature: Signature,
    documentation: Documentation,
    function: Function,
    #[cfg_attr(not(feature = "cluster"), expect(dead_code, reason = "where functions go to other machines"))]
    contract: Option<Arc<Lazy>>,
}

impl std::fmt::Debug for Wrapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Function").field(&self.function.name).finish()
    }
}

impl PartialEq for Wrapped {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for Wrapped {}

impl Hash for Wrapped {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

/// Whether values of a type are texts, dictionaries of them included.
pub fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// The type without a dictionary around it.
fn plain(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Dictionary(_, values) => plain(values),
        data_type => data_type,
    }
}

/// The type in which an argument is handed over; `None` where the function does not take it.
fn taken(takes: Takes, given: &DataType) -> Option<DataType> {
    let inner = plain(given);
    match takes {
        Takes::Text if is_text(given) => Some(given.clone()),
        Takes::Text | Takes::Word if inner.is_null() || is_text(given) => Some(DataType::Utf8),
        Takes::Number if inner.is_null() => Some(DataType::Int64),
        Takes::Number => inner.is_numeric().then(|| match inner {
            DataType::Float16 => DataType::Float32,
            inner if inner.is_unsigned_integer() => DataType::UInt64,
            inner if inner.is_integer() => DataType::Int64,
            inner => inner.clone(),
        }),
        Takes::Count => (inner.is_null() || inner.is_integer()).then_some(DataType::Int64),
        Takes::Date => match inner {
            DataType::Date32 | DataType::Timestamp(..) => Some(inner.clone()),
            DataType::Null | DataType::Date64 => Some(DataType::Date32),
            _ => is_text(given).then_some(DataType::Date32),
        },
        Takes::Code if is_text(given) => Some(given.clone()),
        Takes::Code => {
            let is_code = inner.is_null() || inner.is_integer() || *inner == DataType::Boolean;
            is_code.then_some(DataType::Utf8)
        }
        Takes::Text | Takes::Word => None,
    }
}

fn wanted(takes: Takes) -> Message {
    match takes {
        Takes::Text | Takes::Word => say!("text"),
        Takes::Number => say!("a number"),
        Takes::Count => say!("a whole number"),
        Takes::Date => say!("a date"),
        Takes::Code => say!("a code (text, a whole number or a truth value)"),
    }
}

impl ScalarUDFImpl for Wrapped {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Takes over what fits; what does not is left as it is, and refused in our words below.
    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let arguments = self.function.arguments.iter().map(Some).chain(std::iter::repeat(None));
        let taken = given.iter().zip(arguments).map(|(given, argument)| {
            argument.and_then(|argument| taken(argument.1, given)).unwrap_or_else(|| given.clone())
        });
        Ok(taken.collect())
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        Ok((self.function.gives)(given.first().unwrap_or(&DataType::Utf8)))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let (function, given) = (&self.function, args.arg_fields);
        let most = function.arguments.len();
        let name = function.name;
        let refuse = |problem: Message| {
            let syntax = &self.documentation.syntax_example;
            fault(Error::usage(problem).hint(say!("it is used as {syntax}", syntax)))
        };
        if !(most - function.optional..=most).contains(&given.len()) {
            return Err(refuse(many!(
                given.len(),
                "`{name}` does not take {n} argument",
                "`{name}` does not take {n} arguments",
                name
            )));
        }
        for (Argument(argument, takes, _), field) in function.arguments.iter().zip(given) {
            let found = field.data_type();
            if taken(*takes, found).is_none() {
                let wanted = wanted(*takes);
                return Err(refuse(say!(
                    "`{name}` takes {wanted} as `{argument}`, and it is {found}",
                    name,
                    wanted,
                    argument,
                    found
                )));
            }
        }
        (function.check)(args.scalar_arguments)?;
        let types: Vec<DataType> = given.iter().map(|field| field.data_type().clone()).collect();
        Ok(Field::new(function.name, self.return_type(&self.coerce_types(&types)?)?, true).into())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        (self.function.body)(&args)
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}
