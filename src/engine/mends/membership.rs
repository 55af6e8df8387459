//! `x IN (SELECT …)` within another condition, where there are nulls.
//!
//! DataFusion 55 joins the rows of the sub-query with a mark that is true or false
//! (`decorrelate_predicate_subquery`). By the standard it is null where `x` is not among the rows and one of
//! them is null, and where `x` is null and there are rows: `NOT` must not make true of it. What stands alone
//! under WHERE is joined rightly and left as it is.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Exists, InSubquery};
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlanBuilder, Subquery, lit, not};

/// What is said of null in the place where a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// One of the conditions of WHERE, all of which are to be met.
    Conjunct,
    /// Under AND and OR of WHERE or ON, to which null is no better than false.
    Condition,
    /// Under what tells null from false.
    Value,
}

/// The same by the standard, or nothing where it is that already.
///
/// # Errors
/// The rows that are null cannot be asked for, which a plan that has a column excludes.
pub(super) fn mended(member: &InSubquery, place: Place, schema: &DFSchema) -> Result<Option<Expr>> {
    if is_joined_rightly(member, place) {
        return Ok(None);
    }
    let InSubquery { expr, subquery, negated } = member;
    let Some(unknown) = unknown(member, schema)? else { return Ok(None) };
    let found = match place {
        // NOT IN would be joined again.
        Place::Conjunct => among(member, schema)?,
        _ => Expr::InSubquery(InSubquery::new(expr.clone(), subquery.clone(), false)),
    };
    Ok(Some(match place {
        Place::Value => value(found, unknown, *negated),
        _ => not(found).and(not(unknown)),
    }))
}

/// The same as a value, with EXISTS in the place of IN.
///
/// # Errors
/// As those of [`mended`].
pub(super) fn as_value(member: &InSubquery, schema: &DFSchema) -> Result<Expr> {
    let found = among(member, schema)?;
    Ok(match unknown(member, schema)? {
        Some(unknown) => value(found, unknown, member.negated),
        None if member.negated => not(found),
        None => found,
    })
}

fn value(found: Expr, unknown: Expr, negated: bool) -> Expr {
    let null = lit(ScalarValue::Boolean(None));
    if negated { not(found).and(null.or(not(unknown))) } else { found.or(null.and(unknown)) }
}

/// Whether it is null where no row is equal; nothing where it never is.
fn unknown(member: &InSubquery, schema: &DFSchema) -> Result<Option<Expr>> {
    let InSubquery { expr, subquery, .. } = member;
    let (relation, field) = subquery.subquery.schema().qualified_field(0);
    let mut unknown = Vec::new();
    if field.is_nullable() {
        let value = Expr::Column(Column::from((relation, field)));
        let nulls = LogicalPlanBuilder::from(subquery.subquery.clone()).filter(value.is_null())?.build()?;
        unknown.push(exists(subquery.with_plan(Arc::new(nulls))));
    }
    if expr.nullable(schema).unwrap_or(true) {
        unknown.push(expr.clone().is_null().and(exists(subquery.clone())));
    }
    Ok(unknown.into_iter().reduce(Expr::or))
}

/// Whether there is a row that is equal: EXISTS in the place of IN.
fn among(member: &InSubquery, schema: &DFSchema) -> Result<Expr> {
    let InSubquery { expr, subquery, .. } = member;
    let (relation, field) = subquery.subquery.schema().qualified_field(0);
    let row = Expr::Column(Column::from((relation, field)));
    let mut outer = subquery.outer_ref_columns.clone();
    let ours = expr.as_ref().clone().transform(|part| match part {
        Expr::Column(column) => {
            let field = schema.qualified_field_from_column(&column)?.1.clone();
            let reference = Expr::OuterReferenceColumn(field, column);
            outer.push(reference.clone());
            Ok(Transformed::yes(reference))
        }
        part => Ok(Transformed::no(part)),
    })?;
    let equal = LogicalPlanBuilder::from(subquery.subquery.clone()).filter(row.eq(ours.data))?.build()?;
    Ok(exists(Subquery {
        subquery: Arc::new(equal),
        outer_ref_columns: outer,
        spans: subquery.spans.clone(),
    }))
}

/// Whether nothing is made of null here, or the join of the engine knows of nulls: where rows are not picked
/// by the row outside, of which it says that it cannot.
pub(super) fn is_joined_rightly(member: &InSubquery, place: Place) -> bool {
    match place {
        Place::Conjunct => !member.negated || member.subquery.outer_ref_columns.is_empty(),
        Place::Condition => !member.negated,
        Place::Value => false,
    }
}

fn exists(subquery: Subquery) -> Expr {
    Expr::Exists(Exists::new(subquery, false))
}
