//! A physical plan as a tree of operators with what each did: for EXPLAIN, the progress bar, the
//! footer and `--profile`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{Float64Array, StringArray, UInt64Array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

use super::mends::{FORGETTING, GATHERING};
use super::share::SharedExec;

/// An operator of a plan, and those that it takes its rows from.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Operator {
    /// Its name, as in DataFusion.
    pub operator: String,
    /// What it works on.
    pub detail: String,
    /// Rows that it gave; before it has run, those that the statistics promise.
    pub rows: Option<u64>,
    /// Time that it computed, in milliseconds over all threads.
    pub time_ms: Option<f64>,
    /// Its part of the time of all operators, in percent.
    pub share_pct: Option<f64>,
    /// Bytes that it wrote to disk because memory was short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spilled_bytes: Option<u64>,
    /// Threads that it ran on.
    pub partitions: usize,
    /// Where its rows come from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Operator>,
}

/// How far a plan's reading has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Rows read so far.
    pub rows: u64,
    /// Rows there are to read, where all readers know; what is skipped unread counts.
    pub of: Option<u64>,
}

/// A plan that is running or has run.
#[derive(Debug, Clone)]
pub struct Plan(pub(super) Arc<dyn ExecutionPlan>);

impl Plan {
    /// The tree as it was planned.
    pub fn planned(&self) -> Operator {
        operator(self.0.as_ref(), false, &mut Walk::default())
    }

    /// The tree with what each operator has done so far.
    pub fn measured(&self) -> Operator {
        let mut tree = operator(self.0.as_ref(), true, &mut Walk::default());
        let all = tree.total_ms();
        tree.share(all);
        tree
    }

    /// Whether all that it has done is known, now that it has run.
    pub(super) fn is_told(&self) -> bool {
        told(self.0.as_ref()).is_none_or(|told| told.is_whole)
    }

    /// How far its reading has come.
    pub fn scanned(&self) -> Scanned {
        let mut scanned = Scanned { rows: 0, of: Some(0) };
        Walk::default().leaves(self.0.as_ref(), &mut |leaf| {
            if let Some(told) = told(leaf) {
                scanned.rows += told.operators.iter().map(Operator::rows_read).sum::<u64>();
                scanned.of = scanned.of.zip(told.of).map(|(sum, rows)| sum + rows);
                return;
            }
            let rows = leaf.metrics().and_then(|metrics| metrics.output_rows()).unwrap_or(0) as u64;
            scanned.rows += rows;
            scanned.of = scanned.of.zip(expected(leaf)).map(|(sum, rows)| sum + rows);
        });
        scanned
    }
}

/// What operators take their rows from; of a part that several read, the first of them in the plan.
#[derive(Default)]
struct Walk(BTreeSet<usize>);

impl Walk {
    fn inputs<'a>(&mut self, plan: &'a dyn ExecutionPlan) -> Vec<&'a Arc<dyn ExecutionPlan>> {
        match plan.downcast_ref::<SharedExec>() {
            Some(shared) if self.0.insert(shared.id()) => vec![shared.part()],
            Some(_) => Vec::new(),
            None => plan.children(),
        }
    }

    /// The leaves of a plan that read rows.
    fn leaves(&mut self, plan: &dyn ExecutionPlan, look: &mut impl FnMut(&dyn ExecutionPlan)) {
        let inputs = self.inputs(plan);
        let reads_none =
            ["PlaceholderRowExec", "EmptyExec", "SharedExec", "DistributedQueryExec"].contains(&plan.name());
        if inputs.is_empty() && !reads_none {
            look(plan);
        }
        for input in inputs {
            self.leaves(input.as_ref(), look);
        }
    }
}

/// Rows that the statistics promise.
fn expected(plan: &dyn ExecutionPlan) -> Option<u64> {
    let statistics = StatisticsContext::new().compute(plan, &StatisticsArgs::new()).ok()?;
    statistics.num_rows.get_value().map(|rows| *rows as u64)
}

/// What a cluster has told so far of a plan that is worked off there.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    /// What it has done.
    pub(super) operators: Vec<Operator>,
    /// Whether that is all.
    pub(super) is_whole: bool,
    /// Rows that it has to read, where that is known.
    pub(super) of: Option<u64>,
}

#[cfg(feature = "cluster")]
fn told(plan: &dyn ExecutionPlan) -> Option<Told> {
    plan.downcast_ref::<super::cluster::JobExec>().map(super::cluster::JobExec::told)
}

#[cfg(not(feature = "cluster"))]
fn told(_: &dyn ExecutionPlan) -> Option<Told> {
    None
}

/// A pause is not work, nor is forgetting or gathering; what it stands above is.
pub(super) fn is_passed_over(operator: &str) -> bool {
    ["CooperativeExec", FORGETTING, GATHERING].contains(&operator)
}

fn operator(plan: &dyn ExecutionPlan, measured: bool, walk: &mut Walk) -> Operator {
    if let (true, [child]) = (is_passed_over(plan.name()), plan.children().as_slice()) {
        return operator(child.as_ref(), measured, walk);
    }
    let line = DisplayableExecutionPlan::new(plan).one_line().to_string();
    let partitions = plan.output_partitioning().partition_count();
    let mut inputs: Vec<Operator> =
        walk.inputs(plan).into_iter().map(|input| operator(input.as_ref(), measured, walk)).collect();
    if measured {
        inputs.extend(told(plan).into_iter().flat_map(|told| told.operators));
        return Operator::measured(&line, plan.metrics().as_ref(), partitions, inputs);
    }
    Operator { rows: expected(plan), ..Operator::measured(&line, None, partitions, inputs) }
}

/// The time of an operator over all its threads; a reader counts its own under other names.
fn computed(metrics: &MetricsSet) -> Duration {
    let named = |name: &str| metrics.sum_by_name(name).map_or(0, |value| value.as_usize());
    let nanoseconds = metrics.elapsed_compute().unwrap_or(0).max(named("time_elapsed_processing"));
    Duration::from_nanos(nanoseconds as u64)
}

impl Operator {
    /// One that has run, by the line in which the engine shows it, `NAME: DETAIL`, and what it counted.
    pub(super) fn measured(
        line: &str,
        metrics: Option<&MetricsSet>,
        partitions: usize,
        inputs: Vec<Self>,
    ) -> Self {
        let line = line.trim().replace('\n', " ");
        let (name, detail) = line.split_once(": ").unwrap_or((line.as_str(), ""));
        let spilled = metrics.and_then(MetricsSet::spilled_bytes).filter(|bytes| *bytes > 0);
        Self {
            operator: name.to_owned(),
            detail: detail.to_owned(),
            rows: metrics.and_then(MetricsSet::output_rows).map(|rows| rows as u64),
            time_ms: metrics.map(computed).map(|time| time.as_secs_f64() * 1000.0),
            share_pct: None,
            spilled_bytes: spilled.map(|bytes| bytes as u64),
            partitions,
            inputs,
        }
    }

    /// The rows that it and those below it have read of files.
    fn rows_read(&self) -> u64 {
        let own = if self.operator == "DataSourceExec" { self.rows } else { None };
        own.unwrap_or(0) + self.inputs.iter().map(Self::rows_read).sum::<u64>()
    }

    fn total_ms(&self) -> f64 {
        self.time_ms.unwrap_or(0.0) + self.inputs.iter().map(Self::total_ms).sum::<f64>()
    }

    fn share(&mut self, all: f64) {
        self.share_pct = self.time_ms.filter(|_| all > 0.0).map(|time| 100.0 * time / all);
        for input in &mut self.inputs {
            input.share(all);
        }
    }

    /// The columns of [`Operator::batch`]: the time only where the plan has run.
    pub(super) fn schema(measured: bool) -> SchemaRef {
        let mut fields = vec![
            Field::new("operator", DataType::Utf8, false),
            Field::new(if measured { "rows" } else { "rows_expected" }, DataType::UInt64, true),
        ];
        if measured {
            fields.push(Field::new("time_ms", DataType::Float64, true));
            fields.push(Field::new("share_pct", DataType::Float64, true));
        }
        fields.push(Field::new("detail", DataType::Utf8, false));
        Arc::new(Schema::new(fields))
    }

    /// The tree as a result: an operator a row, its depth drawn before its name.
    ///
    /// # Errors
    /// The columns do not fit together, which their making excludes.
    pub(super) fn batch(&self, measured: bool) -> Result<RecordBatch, arrow::error::ArrowError> {
        let mut lines = Vec::new();
        self.draw("", "", &mut lines);
        let round = |value: Option<f64>, digits: f64| value.map(|value| (value * digits).round() / digits);
        let names = StringArray::from_iter_values(lines.iter().map(|(line, _)| line));
        let mut columns: Vec<arrow::array::ArrayRef> = vec![
            Arc::new(names),
            Arc::new(lines.iter().map(|(_, operator)| operator.rows).collect::<UInt64Array>()),
        ];
        if measured {
            let times = lines.iter().map(|(_, operator)| round(operator.time_ms, 1000.0));
            let shares = lines.iter().map(|(_, operator)| round(operator.share_pct, 10.0));
            columns.push(Arc::new(times.collect::<Float64Array>()));
            columns.push(Arc::new(shares.collect::<Float64Array>()));
        }
        columns.push(Arc::new(StringArray::from_iter_values(
            lines.iter().map(|(_, operator)| operator.detail.as_str()),
        )));
        RecordBatch::try_new(Self::schema(measured), columns)
    }

    fn draw<'a>(&'a self, branch: &str, below: &str, lines: &mut Vec<(String, &'a Self)>) {
        lines.push((format!("{branch}{}", self.operator), self));
        for (i, input) in self.inputs.iter().enumerate() {
            let last = i + 1 == self.inputs.len();
            let (branch, more) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            input.draw(&format!("{below}{branch}"), &format!("{below}{more}"), lines);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(operator: &str, time_ms: f64, inputs: Vec<Operator>) -> Operator {
        Operator {
            operator: operator.into(),
            detail: String::new(),
            rows: Some(1),
            time_ms: Some(time_ms),
            share_pct: None,
            spilled_bytes: None,
            partitions: 1,
            inputs,
        }
    }

    #[test]
    fn a_tree_is_drawn_and_shared_out() {
        let scan = |time| node("Scan", time, Vec::new());
        let mut tree = node("Join", 5.0, vec![node("Filter", 2.0, vec![scan(1.0)]), scan(2.0)]);
        let all = tree.total_ms();
        tree.share(all);
        let mut lines = Vec::new();
        tree.draw("", "", &mut lines);
        let drawn: Vec<String> = lines
            .iter()
            .map(|(line, operator)| format!("{line} {}", operator.share_pct.expect("a share")))
            .collect();
        assert_eq!(drawn, ["Join 50", "├─ Filter 20", "│  └─ Scan 10", "└─ Scan 20"]);
    }
}
