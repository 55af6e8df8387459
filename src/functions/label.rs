//! What a code stands for, by the contract of the workspace.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::DataType;
use clap::ValueEnum;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{ScalarUDF, Volatility};

use super::texts;
use super::udf::{Argument, Function, Takes, fault, word};
use crate::contract::{Category, Field, Lazy};
use crate::error::Error;
use crate::language::Language;
use crate::say;
use crate::ui::text::nearest;

/// `label(table_column, code [, language])`, by this contract.
pub(super) fn label(contract: Arc<Lazy>) -> ScalarUDF {
    let (checked, read) = (contract.clone(), contract.clone());
    Function {
        name: "label",
        arguments: &[
            Argument(
                "table_column",
                Takes::Word,
                "The column whose codes they are: `'activities.category'`.",
            ),
            Argument("code", Takes::Code, "The code."),
            Argument("language", Takes::Word, "`vi` (the default) or `en`."),
        ],
        optional: 1,
        says: "Gives what a code stands for, as the contract names it (`datasets/datapackage.json`). A code \
               without a name in that language is given back as it is: null would hide it.",
        example: ("SELECT label('loans.channel', channel) FROM loans;", "the names of the channels"),
        // The contract is read once in a session: nothing changes while a statement runs, nor after it.
        volatility: Volatility::Immutable,
        // The code stands second; text of any encoding comes out as plain text.
        gives: |_| DataType::Utf8,
        check: Box::new(move |scalars| {
            let constant = |at: usize| -> Option<&str> {
                let scalar: &ScalarValue = scalars.get(at).copied().flatten()?;
                scalar.try_as_str().flatten()
            };
            if let Some(name) = constant(2) {
                language_of(name)?;
            }
            constant(0).map_or(Ok(()), |name| field_of(&checked, name).map(drop))
        }),
        body: Box::new(move |args| {
            let column = word("label", "table_column", args.args.first())?.unwrap_or_default();
            let language =
                word("label", "language", args.args.get(2))?.map_or(Ok(Language::Vietnamese), language_of)?;
            let labels = labels(field_of(&contract, column)?, language);
            texts::over(&args.args[1], &|array| {
                texts::fold(array, &|codes| {
                    let named = codes.map(|code| Some(labels.get(code?).map_or(code?, String::as_str)));
                    Arc::new(named.collect::<arrow::array::StringArray>())
                })
            })
        }),
    }
    .reading(Some(read))
}

fn language_of(name: &str) -> Result<Language> {
    <Language as ValueEnum>::from_str(name, true).map_err(|_| {
        fault(
            Error::usage(say!("there is no language `{language}`", language = name))
                .hint(say!("there are vi and en")),
        )
    })
}

/// The column of the contract that a name such as `activities.category` leads to.
fn field_of<'a>(contract: &'a Lazy, name: &str) -> Result<&'a Field> {
    if let Some(reason) = contract.fault() {
        return Err(fault(Error::data(say!("what codes mean is not known: {reason}", reason))));
    }
    let contract = contract.get();
    let Some((table_name, column)) = name.split_once('.') else {
        return Err(fault(
            Error::usage(say!("`{name}` names no column of a table", name))
                .hint(say!("write it as 'TABLE.COLUMN'")),
        ));
    };
    let with_near = |error: Error, near: Option<String>| {
        fault(match near {
            Some(near) => error.hint(say!("did you mean `{near}`?", near)),
            None => error,
        })
    };
    let Some(table) = contract.table(table_name) else {
        let near = nearest(table_name, contract.tables.iter().map(|table| table.name.as_str()));
        let error = Error::usage(say!("the contract has no table `{table}`", table = table_name));
        return Err(with_near(error, near.map(|near| format!("{near}.{column}"))));
    };
    table.field(column).ok_or_else(|| {
        let near = nearest(column, table.schema.fields.iter().map(|field| field.name.as_str()));
        let error = Error::usage(say!(
            "table `{table}` has no column `{column}` in the contract",
            table = table_name,
            column
        ));
        with_near(error, near.map(|near| format!("{table_name}.{near}")))
    })
}

/// The names of a column's codes.
fn labels(field: &Field, language: Language) -> HashMap<String, String> {
    let named = field.categories.iter().filter_map(|category| match category {
        Category::Value(_) => None,
        Category::Labelled { value, label, label_vi } => {
            let name = if language == Language::Vietnamese { label_vi } else { label };
            Some((value.to_string(), name.clone()?))
        }
    });
    named.collect()
}
