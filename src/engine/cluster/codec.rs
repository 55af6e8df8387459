//! How our functions travel in a plan.
//!
//! A function is known on every node by its name. `label` reads a contract too, and those that gather texts in
//! the order of a language have all that they were asked for in them: that travels beside the name.

use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use datafusion::catalog::TableProvider;
use datafusion::common::{TableReference, exec_datafusion_err};
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, Extension, LogicalPlan, ScalarUDF};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use serde::{Deserialize, Serialize};

use super::super::mends::{FORGETTING, GATHERING};
use crate::contract::Lazy;
use crate::functions;
use crate::functions::names::{Gathered, gather, gathered};
use crate::language::collation::Collation;

/// Stands for an operator that says something to the rules that plan: where rows flow it is not there. (One of the
/// two gathers texts, which are no views on a cluster, and so are gathered.)
const FOR_RULES: &[u8] = b"tongket: for rules";

/// Plans with our functions in them; all else is Ballista's.
#[derive(Debug, Default)]
pub(super) struct Plans {
    logical: BallistaLogicalExtensionCodec,
    physical: BallistaPhysicalExtensionCodec,
}

/// What a function that gathers texts was asked for.
#[derive(Serialize, Deserialize)]
struct Asked {
    collation: String,
    descending: bool,
    nulls_first: bool,
    without_nulls: bool,
    delimiter: Option<String>,
    /// Its type, by Arrow's own name.
    gives: String,
}

fn encode_function(function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
    if let Some(datasets) = functions::contract_of(function) {
        let path = crate::storage::absolute(datasets)?;
        bytes.extend_from_slice(path.as_os_str().as_encoded_bytes());
    }
    Ok(())
}

fn decode_function(name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
    let path = std::str::from_utf8(bytes).map_err(|_| exec_datafusion_err!("no path of a contract"))?;
    let contract = Arc::new(Lazy::of(Some(Path::new(path).to_owned())));
    match name {
        "label" => Ok(Arc::new(functions::label(contract))),
        name => Err(exec_datafusion_err!("no node knows the function {name}")),
    }
}

fn encode_aggregate(function: &AggregateUDF, bytes: &mut Vec<u8>) -> Result<()> {
    let Some(gathered) = gathered(function) else { return Ok(()) };
    let asked = Asked {
        collation: gathered.collation.to_string(),
        descending: gathered.descending,
        nulls_first: gathered.nulls_first,
        without_nulls: gathered.without_nulls,
        delimiter: gathered.delimiter.clone(),
        gives: gathered.gives.to_string(),
    };
    serde_json::to_writer(bytes, &asked).map_err(|error| exec_datafusion_err!("{error}"))
}

fn decode_aggregate(name: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
    let unknown = || exec_datafusion_err!("no node knows the function {name}");
    let asked: Asked = serde_json::from_slice(bytes).map_err(|_| unknown())?;
    let collation: Collation = asked.collation.parse().map_err(|_| unknown())?;
    let gives: DataType = asked.gives.parse()?;
    Ok(Arc::new(gather(Gathered {
        collation,
        descending: asked.descending,
        nulls_first: asked.nulls_first,
        without_nulls: asked.without_nulls,
        delimiter: asked.delimiter,
        gives,
    })))
}

impl LogicalExtensionCodec for Plans {
    fn try_decode(&self, bytes: &[u8], inputs: &[LogicalPlan], context: &TaskContext) -> Result<Extension> {
        self.logical.try_decode(bytes, inputs, context)
    }

    fn try_encode(&self, node: &Extension, bytes: &mut Vec<u8>) -> Result<()> {
        self.logical.try_encode(node, bytes)
    }

    fn try_decode_table_provider(
        &self,
        bytes: &[u8],
        name: &TableReference,
        schema: SchemaRef,
        context: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        self.logical.try_decode_table_provider(bytes, name, schema, context)
    }

    fn try_encode_table_provider(
        &self,
        name: &TableReference,
        table: Arc<dyn TableProvider>,
        bytes: &mut Vec<u8>,
    ) -> Result<()> {
        self.logical.try_encode_table_provider(name, table, bytes)
    }

    fn try_decode_file_format(
        &self,
        bytes: &[u8],
        context: &TaskContext,
    ) -> Result<Arc<dyn FileFormatFactory>> {
        self.logical.try_decode_file_format(bytes, context)
    }

    fn try_encode_file_format(&self, bytes: &mut Vec<u8>, format: Arc<dyn FileFormatFactory>) -> Result<()> {
        self.logical.try_encode_file_format(bytes, format)
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        decode_function(name, bytes)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        encode_function(function, bytes)
    }

    fn try_decode_udaf(&self, name: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
        decode_aggregate(name, bytes)
    }

    fn try_encode_udaf(&self, function: &AggregateUDF, bytes: &mut Vec<u8>) -> Result<()> {
        encode_aggregate(function, bytes)
    }
}

impl PhysicalExtensionCodec for Plans {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match (bytes, inputs) {
            (FOR_RULES, [input]) => Ok(input.clone()),
            _ => self.physical.try_decode(bytes, inputs, context, converter),
        }
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        if matches!(node.name(), FORGETTING | GATHERING) {
            bytes.extend_from_slice(FOR_RULES);
            return Ok(());
        }
        self.physical.try_encode(node, bytes, converter)
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        decode_function(name, bytes)
    }

    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        encode_function(function, bytes)
    }

    fn try_decode_udaf(&self, name: &str, bytes: &[u8]) -> Result<Arc<AggregateUDF>> {
        decode_aggregate(name, bytes)
    }

    fn try_encode_udaf(&self, function: &AggregateUDF, bytes: &mut Vec<u8>) -> Result<()> {
        encode_aggregate(function, bytes)
    }
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::DataType;

    use super::*;

    #[test]
    fn functions_come_back_as_they_were() {
        let contract = Arc::new(Lazy::of(Some("/a/năm 2023".into())));
        let mut bytes = Vec::new();
        encode_function(&functions::label(contract), &mut bytes).expect("travels");
        let back = decode_function("label", &bytes).expect("comes back");
        assert_eq!(functions::contract_of(&back), Some(Path::new("/a/năm 2023")));
        for gives in [DataType::Utf8, DataType::Utf8View, DataType::new_list(DataType::Utf8, true)] {
            let asked = Gathered {
                collation: Collation::Vietnamese,
                descending: true,
                nulls_first: false,
                without_nulls: true,
                delimiter: Some("; ".to_owned()),
                gives,
            };
            let mut bytes = Vec::new();
            encode_aggregate(&gather(asked.clone()), &mut bytes).expect("travels");
            let back = decode_aggregate("x", &bytes).expect("comes back");
            assert_eq!(super::gathered(&back), Some(&asked));
        }
    }
}
