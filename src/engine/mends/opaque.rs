//! A function that gives back what it is given: what stands in it is not looked into while a plan is made, and
//! may be null for all that is known.

use std::sync::Arc;

use arrow::datatypes::{DataType, FieldRef};
use datafusion::common::internal_datafusion_err;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

/// The function, under the name by which EXPLAIN shows it.
pub(super) fn opaque(name: &'static str) -> Arc<ScalarUDF> {
    let signature = Signature::any(1, Volatility::Immutable);
    Arc::new(ScalarUDF::new_from_impl(Opaque { name, signature }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Opaque {
    name: &'static str,
    signature: Signature,
}

/// The signature asks for one argument.
fn nothing() -> DataFusionError {
    internal_datafusion_err!("nothing to give back")
}

impl ScalarUDFImpl for Opaque {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        types.first().cloned().ok_or_else(nothing)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let field = args.arg_fields.first().ok_or_else(nothing)?;
        Ok(Arc::new(field.as_ref().clone().with_nullable(true)))
    }

    fn invoke_with_args(&self, mut args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        args.args.pop().ok_or_else(nothing)
    }
}
