//! The rows that a figure is made of: what stands below the one aggregate of its query.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::{Int64Type, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::tree_node::TreeNode;
use datafusion::common::{Column, plan_err};
use datafusion::error::{DataFusionError, Result as DfResult};
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, LogicalPlanBuilder, SortExpr, lit};

use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;

/// What of a statement is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wants {
    /// Its result.
    #[default]
    Result,
    /// Its result, and in two more columns, both whole numbers, how many rows its one value is made of
    /// and how many of them have a value; the result alone where that cannot be told.
    Counted,
    /// The rows that its one value is made of, those that add most first; no more than so many.
    RowsBehind(Option<usize>),
    /// One row: how many rows those are, how many of them have a value (both whole numbers), and the
    /// value that they come to; the last column is called `different` where it counts different values.
    SumBehind,
}

/// The columns that [`Wants::Counted`] adds; no column of a query is likely to be called so.
const COUNTS: [&str; 2] = ["rows behind", "values behind"];

/// The column of the value that each row adds, where that is no column of the table.
const VALUE: &str = "value";

/// Takes the columns of [`Wants::Counted`] out of a result: the result without them, and what they say.
pub fn without_counts(
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> Option<(SchemaRef, Vec<RecordBatch>, [u64; 2])> {
    let own = schema.fields().len().checked_sub(COUNTS.len())?;
    let is_counted = schema.fields()[own..].iter().map(|field| field.name()).eq(COUNTS);
    let row = batches.iter().find(|batch| batch.num_rows() > 0).filter(|_| is_counted)?;
    let count = |column| u64::try_from(row.column(column).as_primitive_opt::<Int64Type>()?.value(0)).ok();
    let counts = [count(own)?, count(own + 1)?];
    let own: Vec<usize> = (0..own).collect();
    let schema = schema.project(&own).ok()?;
    let batches = batches.iter().map(|batch| batch.project(&own).ok()).collect::<Option<_>>()?;
    Some((Arc::new(schema), batches, counts))
}

/// The one aggregate of a query that gives one value.
struct One<'a> {
    call: &'a AggregateFunction,
    input: LogicalPlan,
}

/// What is wanted of a plan in the place of its result.
///
/// # Errors
/// The query is not one aggregate over rows.
pub(super) fn of(plan: &LogicalPlan, wants: Wants) -> Result<LogicalPlan> {
    let engine = |error: DataFusionError| Error::data(say!("the rows behind it: {reason}", reason = error));
    match wants {
        Wants::Result => Ok(plan.clone()),
        Wants::Counted => match one(plan) {
            Ok(one) => counted(plan, &one).or_else(|_| Ok(plan.clone())),
            Err(_) => Ok(plan.clone()),
        },
        Wants::RowsBehind(limit) => rows(&one(plan)?, limit).map_err(engine),
        Wants::SumBehind => sum(&one(plan)?).map_err(engine),
    }
}

fn one(plan: &LogicalPlan) -> Result<One<'_>> {
    let no = |reason: Message| Error::data(say!("the rows behind it cannot be told: {reason}", reason));
    let neither = || no(say!("its query is not one sum or count over rows"));
    let aggregate = aggregate(plan).ok_or_else(neither)?;
    if !aggregate.group_expr.is_empty() {
        return Err(no(say!("its query gives a value for each group of rows")));
    }
    let [expr] = aggregate.aggr_expr.as_slice() else {
        let count = aggregate.aggr_expr.len();
        return Err(no(say!("its query is made of {count} aggregates", count)));
    };
    let Expr::AggregateFunction(call) = unaliased(expr) else {
        return Err(neither());
    };
    match (call.func.name(), call.params.distinct) {
        ("sum", false) | ("count", _) => {}
        (name, true) => {
            return Err(no(say!(
                "its query is the {name} of different values of its rows, and no sum or count of them",
                name
            )));
        }
        (name, false) => {
            return Err(no(say!("its query is the {name} of its rows, and no sum or count of them", name)));
        }
    }
    let input = LogicalPlanBuilder::from(aggregate.input.as_ref().clone());
    let input = match &call.params.filter {
        Some(filter) => input.filter(filter.as_ref().clone()),
        None => Ok(input),
    };
    let input = input
        .and_then(LogicalPlanBuilder::build)
        .map_err(|error| no(say!("its query {words}", words = error)))?;
    Ok(One { call, input })
}

fn unaliased(expr: &Expr) -> &Expr {
    match expr {
        Expr::Alias(alias) => unaliased(&alias.expr),
        Expr::Cast(cast) => unaliased(&cast.expr),
        other => other,
    }
}

/// The aggregate below what only names, orders or casts its value.
fn aggregate(plan: &LogicalPlan) -> Option<&Aggregate> {
    match plan {
        LogicalPlan::Aggregate(found) => Some(found),
        LogicalPlan::Projection(projection) => match projection.expr.as_slice() {
            // Divided by a billion, rounded, zero where it is null: the rows are the same.
            [expr] if expr.column_refs().len() == 1 && !has_query(expr) => aggregate(&projection.input),
            _ => None,
        },
        LogicalPlan::SubqueryAlias(alias) => aggregate(&alias.input),
        LogicalPlan::Sort(sort) => aggregate(&sort.input),
        _ => None,
    }
}

fn has_query(expr: &Expr) -> bool {
    let asks = |part: &Expr| matches!(part, Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_));
    expr.exists(|part| Ok(asks(part))).unwrap_or(true)
}

/// The rows that count, those that add most first.
fn rows(one: &One<'_>, limit: Option<usize>) -> DfResult<LogicalPlan> {
    let columns: Vec<Expr> = one.input.schema().columns().into_iter().map(Expr::Column).collect();
    let value = value(one);
    let plain = matches!(value, None | Some(Expr::Column(_)));
    let names: Vec<&str> = columns.iter().filter_map(|expr| expr.try_as_col().map(Column::name)).collect();
    let named = |expr: &Expr| match expr {
        // Of two columns of one name each is told by its table.
        Expr::Column(column) if names.iter().filter(|name| **name == column.name()).count() > 1 => {
            expr.clone().alias(column.flat_name())
        }
        other => other.clone(),
    };
    let mut shown: Vec<Expr> = columns.iter().map(named).collect();
    let mut order: Vec<SortExpr> = Vec::new();
    let mut plan = LogicalPlanBuilder::from(one.input.clone());
    if let Some(value) = &value {
        plan = plan.filter(value.clone().is_not_null())?;
        if one.call.func.name() == "sum" {
            order.push(value.clone().sort(false, false));
        }
    }
    // Rows that add the same come in the order of their columns, so that it is always the same.
    order.extend(columns.into_iter().map(|column| column.sort(true, true)));
    plan = plan.sort_with_limit(order, limit)?.limit(0, limit)?;
    if let (Some(value), false) = (value, plain) {
        shown.push(value.alias(VALUE));
    }
    plan.project(shown)?.build()
}

/// Calls that count the rows: all of them, and those that add something.
fn counts(one: &One<'_>) -> [Expr; 2] {
    [count(lit(1_i64)), value(one).map_or_else(|| count(lit(1_i64)), count)]
}

/// The plan with the counts beside its value, which are worked out in the same pass over the rows.
fn counted(plan: &LogicalPlan, one: &One<'_>) -> DfResult<LogicalPlan> {
    let builder = match plan {
        LogicalPlan::Aggregate(aggregate) => {
            let counts = counts(one).into_iter().zip(COUNTS).map(|(mut call, name)| {
                if let Expr::AggregateFunction(call) = &mut call {
                    call.params.filter.clone_from(&one.call.params.filter);
                }
                call.alias(name)
            });
            let calls = aggregate.aggr_expr.iter().cloned().chain(counts);
            LogicalPlanBuilder::from(aggregate.input.clone()).aggregate(Vec::<Expr>::new(), calls)?
        }
        LogicalPlan::Projection(projection) => {
            let input = counted(&projection.input, one)?;
            let columns = input.schema().columns();
            let (_, counts) = columns.split_at(columns.len().saturating_sub(COUNTS.len()));
            let counts = counts.iter().cloned().map(Expr::Column);
            LogicalPlanBuilder::from(input).project(projection.expr.iter().cloned().chain(counts))?
        }
        LogicalPlan::SubqueryAlias(alias) => {
            LogicalPlanBuilder::from(counted(&alias.input, one)?).alias(alias.alias.clone())?
        }
        // One row is in order.
        LogicalPlan::Sort(sort) => return counted(&sort.input, one),
        // The way to the aggregate leads through nothing else.
        other => return plan_err!("no aggregate below {}", other.display()),
    };
    builder.build()
}

/// One row: rows in all, rows that add something, and the value itself.
fn sum(one: &One<'_>) -> DfResult<LogicalPlan> {
    let [all, known] = counts(one);
    let mut call = one.call.clone();
    call.params.filter = None;
    let distinct = call.params.distinct;
    LogicalPlanBuilder::from(one.input.clone())
        .aggregate(
            Vec::<Expr>::new(),
            vec![
                all.alias("rows"),
                known.alias("known"),
                Expr::AggregateFunction(call).alias(if distinct { "different" } else { "value" }),
            ],
        )?
        .build()
}

/// What the aggregate adds of a row; `None` where it counts rows whatever is in them.
fn value(one: &One<'_>) -> Option<Expr> {
    one.call.params.args.first().filter(|arg| !matches!(arg, Expr::Literal(..))).cloned()
}
