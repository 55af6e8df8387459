//! `ORDER BY` on text in the order of a language: a rule on plans, and the option that it follows.
//!
//! `--collate vi`, `\set collate vi` and `SET tongket.collate = 'vi'` all set the option. The rule puts
//! `collation_order(text, 'vi')` in the place of each text that is sorted by: at the top, in sub-queries
//! and views, in windows and in aggregates. What compares (`<`, `min`, `max`, joins, groups) goes by bytes
//! as ever. The function keeps no order that its argument has, so a file that is sorted by its bytes is
//! sorted again.

use std::any::Any;
use std::sync::Arc;

use datafusion::common::config::{ConfigEntry, ConfigExtension, ConfigOptions, ExtensionOptions};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::expr::{AggregateFunction, NullTreatment, Sort as SortBy, WindowFunction};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{
    Distinct, Expr, ExprSchemable, LogicalPlan, ScalarUDF, SetVariable, Statement, lit,
};
use datafusion::optimizer::AnalyzerRule;

use crate::error::Error;
use crate::functions::collation::{collation_order, is_text};
use crate::functions::names::{Gathered, gather};
use crate::language::collation::Collation;
use crate::say;

/// The options that SQL calls `tongket.…`.
#[derive(Debug, Clone, Default)]
struct Options {
    collate: Collation,
}

impl ConfigExtension for Options {
    const PREFIX: &'static str = "tongket";
}

impl ExtensionOptions for Options {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        match (key, value.parse()) {
            ("collate", Ok(collate)) => self.collate = collate,
            ("collate", Err(error)) => return Err(fault(Error::usage(error.message()))),
            _ => {
                return Err(fault(
                    Error::usage(say!("there is no option `tongket.{key}`", key))
                        .hint(say!("there is `tongket.collate`")),
                ));
            }
        }
        Ok(())
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        vec![ConfigEntry {
            key: format!("{}.collate", Self::PREFIX),
            value: Some(self.collate.to_string()),
            description: "Order of text in ORDER BY: binary, vi or en",
        }]
    }
}

/// `RESET tongket.collate` as the SET that it means: the engine resets no option but its own.
pub(super) fn reset(plan: LogicalPlan, first: Collation) -> LogicalPlan {
    match plan {
        LogicalPlan::Statement(Statement::ResetVariable(reset)) if reset.variable == "tongket.collate" => {
            LogicalPlan::Statement(Statement::SetVariable(SetVariable {
                variable: reset.variable,
                value: first.to_string(),
            }))
        }
        plan => plan,
    }
}

/// An error of ours as one of the engine's, which its reader unwraps again.
fn fault(error: Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// The order of text that options ask for.
pub(super) fn of(options: &ConfigOptions) -> Collation {
    options.extensions.get::<Options>().map_or(Collation::Binary, |options| options.collate)
}

/// Asks for an order of text.
pub(super) fn set(options: &mut ConfigOptions, collate: Collation) {
    options.extensions.insert(Options { collate });
}

/// The rule.
#[derive(Debug)]
pub(super) struct Collate {
    order: Arc<ScalarUDF>,
}

impl Default for Collate {
    fn default() -> Self {
        Self { order: Arc::new(collation_order()) }
    }
}

impl AnalyzerRule for Collate {
    fn name(&self) -> &str {
        "collate"
    }

    fn analyze(&self, plan: LogicalPlan, options: &ConfigOptions) -> Result<LogicalPlan> {
        let collation = of(options);
        if collation == Collation::Binary {
            return Ok(plan);
        }
        let sorting = Sorting { order: &self.order, collation };
        plan.transform_up_with_subqueries(|plan| sorting.plan(plan)).map(|plan| plan.data)
    }
}

/// What is put in the place of texts that are sorted by.
struct Sorting<'a> {
    order: &'a Arc<ScalarUDF>,
    collation: Collation,
}

impl Sorting<'_> {
    fn plan(&self, plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Sort(mut sort) => {
                let changed = self.sorts(&mut sort.expr, sort.input.schema());
                let plan = LogicalPlan::Sort(sort);
                Ok(if changed { Transformed::yes(plan) } else { Transformed::no(plan) })
            }
            LogicalPlan::Distinct(Distinct::On(mut on)) => {
                let sort = on.sort_expr.as_mut();
                let changed = sort.is_some_and(|sort| self.sorts(sort, on.input.schema()));
                let plan = LogicalPlan::Distinct(Distinct::On(on));
                Ok(if changed { Transformed::yes(plan) } else { Transformed::no(plan) })
            }
            LogicalPlan::Window(_) | LogicalPlan::Aggregate(_) => {
                let schema = merge_schema(&plan.inputs());
                // The columns keep the names by which the plan above calls them.
                let names = NamePreserver::new(&plan);
                let changed = plan.map_expressions(|expr| {
                    let name = names.save(&expr);
                    let expr = expr.transform_up(|expr| Ok(self.call(expr, &schema)))?;
                    Ok(expr.update_data(|expr| name.restore(expr)))
                })?;
                changed.map_data(LogicalPlan::recompute_schema)
            }
            plan => Ok(Transformed::no(plan)),
        }
    }

    /// A call of a window or aggregate function, sorted in this order.
    fn call(&self, expr: Expr, schema: &DFSchema) -> Transformed<Expr> {
        match expr {
            Expr::WindowFunction(mut call) => {
                let WindowFunction { params, .. } = &mut *call;
                let changed = self.sorts(&mut params.order_by, schema);
                let expr = Expr::WindowFunction(call);
                if changed { Transformed::yes(expr) } else { Transformed::no(expr) }
            }
            Expr::AggregateFunction(call) if call.params.distinct => match self.distinct(&call, schema) {
                Some(gathered) => Transformed::yes(gathered),
                None => Transformed::no(Expr::AggregateFunction(call)),
            },
            Expr::AggregateFunction(mut call) => {
                let changed = self.sorts(&mut call.params.order_by, schema);
                let expr = Expr::AggregateFunction(call);
                if changed { Transformed::yes(expr) } else { Transformed::no(expr) }
            }
            expr => Transformed::no(expr),
        }
    }

    /// The aggregate of different texts, sorted by the texts themselves: the engine takes no other key
    /// there, so ours gathers them.
    fn distinct(&self, call: &AggregateFunction, schema: &DFSchema) -> Option<Expr> {
        let params = &call.params;
        let ([text, rest @ ..], [by]) = (params.args.as_slice(), params.order_by.as_slice()) else {
            return None;
        };
        if *text != by.expr || !is_text(&text.get_type(schema).ok()?) {
            return None;
        }
        let delimiter = match (call.func.name(), rest) {
            ("array_agg", []) => None,
            ("string_agg", []) => Some(String::new()),
            ("string_agg", [Expr::Literal(delimiter, _)]) => {
                let delimiter = if delimiter.is_null() { None } else { delimiter.try_as_str()? };
                Some(delimiter.unwrap_or_default().to_owned())
            }
            _ => return None,
        };
        let gathered = Gathered {
            collation: self.collation,
            descending: !by.asc,
            nulls_first: by.nulls_first,
            without_nulls: params.null_treatment == Some(NullTreatment::IgnoreNulls),
            delimiter,
            gives: Expr::AggregateFunction(call.clone()).get_type(schema).ok()?,
        };
        let func = Arc::new(gather(gathered));
        let args = vec![text.clone()];
        Some(Expr::AggregateFunction(AggregateFunction::new_udf(
            func,
            args,
            false,
            params.filter.clone(),
            Vec::new(),
            None,
        )))
    }

    /// Puts the key in the place of each text; true where there was one.
    fn sorts(&self, sorts: &mut [SortBy], schema: &DFSchema) -> bool {
        let mut changed = false;
        for sort in sorts {
            if sort.expr.get_type(schema).is_ok_and(|data_type| is_text(&data_type)) {
                let text = std::mem::replace(&mut sort.expr, Expr::Literal(ScalarValue::Null, None));
                sort.expr = self.order.call(vec![text, lit(self.collation.name())]);
                changed = true;
            }
        }
        changed
    }
}
