//! What a statement does that its author most likely did not mean, although it is valid SQL.

use std::cell::OnceCell;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, ScalarValue};
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator};

use crate::contract::{Contract, Measure};

/// The advice on a plan that has not been optimised yet, each piece once.
pub(super) fn of(plan: &LogicalPlan, contract: &Contract) -> Vec<String> {
    let mut advice = Vec::new();
    let _ = plan.apply_with_subqueries(|node| {
        let schema = merge_schema(&node.inputs());
        let adds = OnceCell::new();
        for expr in node.expressions() {
            let _ = expr.apply(|part| {
                if let Expr::BinaryExpr(binary) = part {
                    let found = null(binary).or_else(|| division(binary, &schema)).or_else(|| {
                        (binary.op == Operator::Plus)
                            .then_some(())
                            .and_then(|()| adds.get_or_init(|| Adds::below(node, contract)).mixed(binary))
                    });
                    advice.extend(found.filter(|found| !advice.contains(found)));
                }
                Ok(TreeNodeRecursion::Continue)
            });
        }
        Ok(TreeNodeRecursion::Continue)
    });
    advice
}

fn null(binary: &BinaryExpr) -> Option<String> {
    let is_null = |expr: &Expr| matches!(expr, Expr::Literal(ScalarValue::Null, _));
    let other = if is_null(&binary.right) { &binary.left } else { &binary.right };
    if !is_null(&binary.left) && !is_null(&binary.right) {
        return None;
    }
    let (sign, word) = match binary.op {
        Operator::Eq => ("=", "IS NULL"),
        Operator::NotEq => ("<>", "IS NOT NULL"),
        _ => return None,
    };
    let other = written(other);
    Some(format!("`{other} {sign} NULL` is never true: write `{other} {word}`"))
}

fn division(binary: &BinaryExpr, schema: &DFSchema) -> Option<String> {
    if binary.op != Operator::Divide {
        return None;
    }
    let whole = |expr: &Expr| expr.get_type(schema).is_ok_and(|data_type| data_type.is_integer());
    let (left, right) = (&binary.left, &binary.right);
    if matches!(right.as_ref(), Expr::Literal(ScalarValue::Int64(Some(0)), _)) {
        return None;
    }
    (whole(left) && whole(right)).then(|| {
        let (left, right) = (written(left), written(right));
        format!("`{left} / {right}` divides whole numbers and drops the rest: write `1.0 * {left} / {right}`")
    })
}

/// An expression as the user wrote it, or nearly.
fn written(expr: &Expr) -> String {
    match expr {
        Expr::Column(column) => column.name.clone(),
        Expr::Cast(cast) => written(&cast.expr),
        Expr::Alias(alias) => written(&alias.expr),
        Expr::Literal(value, _) => value.to_string(),
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => {
            format!("({} {op} {})", written(left), written(right))
        }
        other => other.human_display().to_string(),
    }
}

/// How the columns that a node works on add up, in the order of its inputs' columns.
struct Adds<'a> {
    columns: Vec<(Column, Option<Measure>)>,
    contract: &'a Contract,
}

impl<'a> Adds<'a> {
    fn below(node: &LogicalPlan, contract: &'a Contract) -> Self {
        let columns = node.inputs().into_iter().flat_map(|input| Self::given(input, contract)).collect();
        Self { columns, contract }
    }

    /// How the columns that a node gives add up.
    fn given(node: &LogicalPlan, contract: &'a Contract) -> Vec<(Column, Option<Measure>)> {
        let columns = node.schema().columns().into_iter();
        let below = || Self::below(node, contract);
        let found: Vec<Option<Measure>> = match node {
            LogicalPlan::TableScan(scan) => {
                let table = contract.table(scan.table_name.table());
                let measure = |column: &Column| table?.field(&column.name)?.measure;
                columns.clone().map(|column| measure(&column)).collect()
            }
            LogicalPlan::Projection(projection) => {
                let below = below();
                projection.expr.iter().map(|expr| below.measure(expr)).collect()
            }
            LogicalPlan::Aggregate(aggregate) => {
                let below = below();
                let exprs = aggregate.group_expr.iter().chain(&aggregate.aggr_expr);
                exprs.map(|expr| below.measure(expr)).collect()
            }
            // These give the columns that they take, perhaps under another table's name.
            node => below()
                .columns
                .into_iter()
                .map(|(_, measure)| measure)
                .chain(std::iter::repeat(None))
                .take(node.schema().fields().len())
                .collect(),
        };
        columns.zip(found.into_iter().chain(std::iter::repeat(None))).collect()
    }

    fn measure(&self, expr: &Expr) -> Option<Measure> {
        match expr {
            Expr::Column(column) => {
                self.columns.iter().find(|(known, _)| known == column).and_then(|(_, measure)| *measure)
            }
            Expr::Alias(alias) => self.measure(&alias.expr),
            Expr::Cast(cast) => self.measure(&cast.expr),
            // A sum, a least or a mean is of the kind of what it is made from; a count is not.
            Expr::AggregateFunction(call) if ["sum", "min", "max", "avg"].contains(&call.func.name()) => {
                call.params.args.first().and_then(|arg| self.measure(arg))
            }
            Expr::ScalarFunction(call) if call.func.name() == "coalesce" => {
                call.args.first().and_then(|arg| self.measure(arg))
            }
            Expr::BinaryExpr(BinaryExpr { left, op: Operator::Plus | Operator::Minus, right }) => {
                let (left, right) = (self.measure(left), self.measure(right));
                if left == right { left } else { None }
            }
            _ => None,
        }
    }

    /// A stock and a flow that are added.
    fn mixed(&self, binary: &BinaryExpr) -> Option<String> {
        if self.contract.tables.is_empty() {
            return None;
        }
        let (left, right) = (self.measure(&binary.left)?, self.measure(&binary.right)?);
        let (stock, flow) = match (left, right) {
            (Measure::Stock, Measure::Flow) => (&binary.left, &binary.right),
            (Measure::Flow, Measure::Stock) => (&binary.right, &binary.left),
            _ => return None,
        };
        Some(format!(
            "`{}` is a stock (what there is at a date) and `{}` a flow (what happened in a time): their sum means nothing",
            written(stock),
            written(flow)
        ))
    }
}
