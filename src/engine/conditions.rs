//! Conditions in the order of what they cost: numbers and dates before texts, texts before patterns.
//!
//! The engine asks the conditions of a filter in the order in which they were written, and where few rows
//! are left after one, it asks the next of those alone. So the cheap ones come first. None that can fail
//! is moved, nor any that stands beside one: `b <> 0 AND a / b > 1` keeps its order.

use std::sync::Arc;

use arrow::datatypes::{DataType, Schema};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{
    BinaryExpr, Column, InListExpr, IsNotNullExpr, IsNullExpr, LikeExpr, Literal, NotExpr,
};
use datafusion::physical_expr::{PhysicalExpr, conjunction, split_conjunction};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::{FilterExec, FilterExecBuilder};

/// What a condition costs for a row, in classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cost {
    /// Values of one width are compared, or nothing but whether there is one.
    Number,
    /// One of several such.
    Numbers,
    /// Texts are compared.
    Text,
    /// A text is held against a pattern.
    Pattern,
}

/// Puts the conditions of filters in the order of what they cost.
#[derive(Debug)]
pub(super) struct CheapFirst;

impl PhysicalOptimizerRule for CheapFirst {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let order = |plan: Arc<dyn ExecutionPlan>| {
            let Some(filter) = plan.downcast_ref::<FilterExec>() else { return Ok(Transformed::no(plan)) };
            let Some(ordered) = ordered(filter.predicate(), &filter.input().schema()) else {
                return Ok(Transformed::no(plan));
            };
            let filter = FilterExecBuilder::from(filter).with_predicate(ordered).build()?;
            Ok(Transformed::yes(Arc::new(filter) as Arc<dyn ExecutionPlan>))
        };
        plan.transform_up(order).map(|transformed| transformed.data)
    }

    fn name(&self) -> &str {
        "cheap_conditions_first"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The conditions in another order; nothing where they are in theirs, or one of them can fail.
fn ordered(predicate: &Arc<dyn PhysicalExpr>, schema: &Schema) -> Option<Arc<dyn PhysicalExpr>> {
    let conditions = split_conjunction(predicate).into_iter();
    let mut costs = conditions
        .map(|condition| Some((cost(condition.as_ref(), schema)?, condition)))
        .collect::<Option<Vec<_>>>()?;
    if costs.is_sorted_by_key(|(cost, _)| *cost) {
        return None;
    }
    // Those of one class stay as they were written.
    costs.sort_by_key(|(cost, _)| *cost);
    Some(conjunction(costs.into_iter().map(|(_, condition)| condition.clone())))
}

/// What a condition costs; nothing where it may fail, or is not known not to.
fn cost(condition: &dyn PhysicalExpr, schema: &Schema) -> Option<Cost> {
    let value = |value: &Arc<dyn PhysicalExpr>| value_cost(value.as_ref(), schema);
    if let Some(binary) = condition.downcast_ref::<BinaryExpr>() {
        return match binary.op() {
            Operator::And | Operator::Or => {
                Some(cost(binary.left().as_ref(), schema)?.max(cost(binary.right().as_ref(), schema)?))
            }
            Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom => Some(value(binary.left())?.max(value(binary.right())?)),
            _ => None,
        };
    }
    if let Some(not) = condition.downcast_ref::<NotExpr>() {
        return cost(not.arg().as_ref(), schema);
    }
    if let Some(is_null) = condition.downcast_ref::<IsNullExpr>() {
        return value(is_null.arg()).map(|_| Cost::Number);
    }
    if let Some(is_not_null) = condition.downcast_ref::<IsNotNullExpr>() {
        return value(is_not_null.arg()).map(|_| Cost::Number);
    }
    if let Some(list) = condition.downcast_ref::<InListExpr>() {
        let literals = list.list().iter().all(|item| item.downcast_ref::<Literal>().is_some());
        return literals.then(|| value(list.expr())).flatten().map(|cost| cost.max(Cost::Numbers));
    }
    if let Some(like) = condition.downcast_ref::<LikeExpr>() {
        like.pattern().downcast_ref::<Literal>()?;
        return value(like.expr()).map(|_| Cost::Pattern);
    }
    // A column that is yes or no.
    value_cost(condition, schema)
}

/// What it costs to compare a value: a column or a literal, for all else may fail.
fn value_cost(value: &dyn PhysicalExpr, schema: &Schema) -> Option<Cost> {
    if value.downcast_ref::<Column>().is_none() && value.downcast_ref::<Literal>().is_none() {
        return None;
    }
    match value.data_type(schema).ok()? {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(Cost::Text),
        DataType::Boolean | DataType::Null => Some(Cost::Number),
        kind if kind.is_primitive() => Some(Cost::Number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::physical_plan::displayable;
    use datafusion::prelude::SessionContext;

    use super::*;

    /// The filter of a query over whole numbers `a` and `b` and texts `t` and `u`: in the engine's order, and
    /// in ours.
    async fn filters(condition: &str) -> [String; 2] {
        let context = SessionContext::new();
        let table = "CREATE TABLE x (a BIGINT, b BIGINT, t VARCHAR, u VARCHAR) AS VALUES (1, 2, 'a', 'b')";
        context.sql(table).await.expect("makes").collect().await.expect("runs");
        let sql = format!("SELECT * FROM x WHERE {condition}");
        let plan = context.sql(&sql).await.expect("plans").create_physical_plan().await.expect("plans");
        let ordered = CheapFirst.optimize(plan.clone(), &ConfigOptions::default()).expect("orders");
        [plan, ordered].map(|plan| {
            let told = displayable(plan.as_ref()).indent(false).to_string();
            let line = told.lines().find(|line| line.contains("FilterExec")).expect("a filter");
            let told = line.split_once("FilterExec: ").expect("a condition").1;
            told.replace("@0", "").replace("@1", "").replace("@2", "").replace("@3", "")
        })
    }

    #[tokio::test]
    async fn numbers_come_before_texts_and_texts_before_patterns() {
        let [_, told] =
            filters("t LIKE '%x%y' AND u = t AND a IN (1, 5, 9, 11) AND t IS NOT NULL AND b > a").await;
        assert_eq!(told, "t IS NOT NULL AND b > a AND a IN (SET) ([1, 5, 9, 11]) AND u = t AND t LIKE %x%y");
        let [_, told] = filters("(t = 'x' OR a = 1) AND (b > 3 OR NOT a < b) AND b = 1").await;
        assert_eq!(told, "(b > 3 OR b <= a) AND b = 1 AND (t = x OR a = 1)", "by the dearest of several");
    }

    #[tokio::test]
    async fn what_can_fail_and_what_stands_beside_it_stay() {
        for condition in [
            "u != t AND a / b > 1",
            "u != t AND CAST(t AS BIGINT) > 1 AND b > a",
            "u != t AND b > a AND t LIKE u",
        ] {
            let [engine, ours] = filters(condition).await;
            assert_eq!(engine, ours, "{condition}");
        }
    }
}
