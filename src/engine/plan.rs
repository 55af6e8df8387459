//! From a statement's text to a plan that may run: parsed, parameters bound, permissions checked.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::ParamValues;
use datafusion::common::metadata::ScalarAndMetadata;
use datafusion::execution::SessionState;
use datafusion::logical_expr::{LogicalPlan, Statement as PlanStatement};
use datafusion::sql::parser::{CopyToSource, CopyToStatement, Statement as Parsed};
use datafusion::sql::sqlparser::ast::{
    ArrayElemTypeDef, DataType as SqlType, ExactNumberInfo, Expr, Ident, Statement as Sql, TimezoneInfo,
    Value, VisitMut, VisitorMut,
};

use super::behind::Wants;
use super::explain::Explain;
use super::measures::{self, Finding};
use super::mends::{self, FromFirst, Precedence};
use super::numbers::Exponents;
use super::scan::{Scans, Stored};
use super::sql::{parse, visit};
use super::{Engine, advice, behind, collate, depth, diagnose, guard, kinds, unsound};
use crate::error::{Error, Result};
use crate::language::Message;
use crate::query::header::Header;
use crate::query::params::Bindings;
use crate::query::value::Bound;
use crate::query::{Source, Statement};
use crate::say;
use crate::ui::text;

/// A statement to be run.
#[derive(Debug, Clone)]
pub struct Job {
    /// The text that it stands in.
    pub source: Source,
    /// The statement.
    pub statement: Statement,
    /// The values of its parameters.
    pub params: Params,
    /// Whether its author wants to hear what may be meant otherwise.
    pub advise: bool,
    /// What of it is wanted.
    pub wants: Wants,
}

/// Where the values of a statement's parameters come from.
#[derive(Debug, Clone)]
pub enum Params {
    /// A saved query's own: what it declares, and the values bound to it.
    Declared(Box<Header>, Bindings),
    /// The variables of the session; a statement uses those that it names.
    Variables(Arc<Bindings>),
}

/// A statement that may run.
#[derive(Debug)]
pub struct Planned {
    pub(super) plan: LogicalPlan,
    pub(super) scans: Scans,
    pub(super) explain: Option<Explain>,
    /// What the author of the statement may not have meant.
    pub advice: Vec<Message>,
    /// What it does to measures that they do not bear, by the contract.
    pub findings: Vec<Finding>,
    /// Tables that were left out because they cannot be read; the user must be told.
    pub left_out: Vec<Error>,
}

impl Planned {
    /// The tables that it reads, each once.
    pub fn tables(&self) -> &[String] {
        &self.scans.tables
    }

    /// The stored ones among them.
    pub fn stored(&self) -> &[Stored] {
        &self.scans.stored
    }

    /// The functions in it whose value is another each time.
    pub fn volatile(&self) -> &[String] {
        &self.scans.volatile
    }

    /// The columns that it gives.
    pub fn schema(&self) -> SchemaRef {
        self.explain.map_or_else(|| self.plan.schema().inner().clone(), Explain::schema)
    }

    /// Whether running it gives rows, if perhaps none; a statement such as CREATE VIEW has no columns.
    pub fn has_result(&self) -> bool {
        self.explain.is_some()
            || !self.plan.schema().fields().is_empty()
                && !matches!(self.plan, LogicalPlan::Ddl(_) | LogicalPlan::Statement(_))
            || matches!(self.plan, LogicalPlan::Statement(PlanStatement::Execute(_)))
    }
}

impl Engine {
    /// Plans a statement.
    ///
    /// # Errors
    /// It does not parse, names what is not there, does more than it may, asks for a value that it
    /// is not given, or uses other parameters than its header declares.
    pub async fn plan(&self, job: &Job) -> Result<Planned> {
        let place = diagnose::Place::of_job(job);
        depth::check(&job.statement.text, &place)?;
        let mut parsed = parse(&job.statement.text).map_err(|error| diagnose::parse(&error, &place))?;
        kinds::check(&parsed)?;
        unsound::check(&mut parsed)?;
        visit(&mut parsed, &mut FromFirst);
        visit(&mut parsed, &mut Precedence);
        visit(&mut parsed, &mut Exponents);
        let (explain, mut parsed) = Explain::take(parsed);
        let values = match &job.params {
            Params::Declared(header, bindings) => {
                check_declared(&mut parsed, header, &place)?;
                bind(&mut parsed, bindings)
            }
            Params::Variables(variables) => {
                let used = used_variables(&mut parsed, variables, &place)?;
                bind(&mut parsed, &used)
            }
        };
        let state = self.context.state();
        let left_out = self.prepare_listings(&state, &parsed).await?;
        let fault = |error| self.fault(error, job);
        let mut plan = state.statement_to_plan(parsed).await.map_err(fault)?;
        if let Some(values) = values {
            let whole = match plan {
                LogicalPlan::Statement(PlanStatement::Prepare(prepared)) => prepared.input.as_ref().clone(),
                plan => plan,
            };
            plan = whole.replace_params_with_values(&values).map_err(fault)?;
        }
        let mut blind = None;
        let findings = measures::of(&plan, || {
            blind = self.contract_fault();
            self.contract()
        });
        let plan = behind::of(&mends::as_meant(plan).map_err(fault)?, job.wants)?;
        let plan = collate::reset(plan, self.first_collation());
        guard::check(&plan, self.access, &self.tables)?;
        let scans = Scans::of(&plan)?;
        scans.stored.iter().try_for_each(|stored| self.tables.check_file(&stored.path))?;
        let advice = if job.advise { advice::of(&plan) } else { Vec::new() };
        if let Params::Declared(header, _) = &job.params
            && header.published.is_some()
        {
            if let Some(fault) = blind {
                return Err(Error::data(say!("what its columns mean is not known: {fault}", fault)));
            }
            refuse(&findings, job)?;
        }
        let mut left_out = left_out;
        left_out
            .extend(blind.map(|fault| Error::data(say!("what columns mean is not known: {fault}", fault))));
        Ok(Planned { plan, scans, explain, advice, findings, left_out })
    }

    /// For a statement that looks at every table: leaves out those that cannot be read, with reasons.
    async fn prepare_listings(&self, state: &SessionState, parsed: &Parsed) -> Result<Vec<Error>> {
        let shows = matches!(parsed, Parsed::Statement(sql) if is_show(sql));
        let named = || {
            let references = state.resolve_table_references(parsed).unwrap_or_default();
            references.iter().any(|reference| reference.schema() == Some("information_schema"))
        };
        if shows || named() { self.tables.leave_out_unreadable().await } else { Ok(Vec::new()) }
    }
}

/// A published figure must bear what is done to its measures.
fn refuse(findings: &[Finding], job: &Job) -> Result<()> {
    let faults = findings.iter().map(|finding| {
        let (name, reason) = (&job.source.origin, &finding.text);
        Error::data(say!("`{name}` is no figure to publish: {reason}", name, reason))
            .hint(say!("mend the query; without `[published]` it would run with a warning"))
    });
    Error::many(faults.collect()).map_or(Ok(()), Err)
}

fn is_show(sql: &Sql) -> bool {
    matches!(sql, Sql::ShowTables { .. } | Sql::ShowColumns { .. })
}

/// The placeholders of a statement, each with its place in the statement.
#[derive(Default)]
struct Placeholders(Vec<(String, u64, u64)>);

impl VisitorMut for Placeholders {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::Value(value) = expr
            && let Value::Placeholder(name) = &value.value
        {
            self.0.push((name.clone(), value.span.start.line, value.span.start.column));
        }
        ControlFlow::Continue(())
    }
}

impl Placeholders {
    fn of(sql: &mut impl VisitMut) -> Self {
        let mut found = Self::default();
        let _ = sql.visit(&mut found);
        found
    }
}

/// The variables that a statement uses; `$1` in PREPARE is SQL's own business.
fn used_variables(
    parsed: &mut Parsed,
    variables: &Bindings,
    place: &diagnose::Place<'_>,
) -> Result<Bindings> {
    let mut used = Bindings::new();
    let placeholders = match parsed {
        Parsed::Statement(sql) if matches!(**sql, Sql::Prepare { .. }) => return Ok(used),
        Parsed::Statement(sql) => Placeholders::of(&mut **sql),
        Parsed::CopyTo(CopyToStatement { source: CopyToSource::Query(query), .. }) => {
            Placeholders::of(&mut **query)
        }
        _ => return Ok(used),
    };
    for (name, line, column) in placeholders.0 {
        let bare = name.trim_start_matches('$');
        if let Some(value) = variables.get(bare) {
            used.insert(bare.to_owned(), value.clone());
            continue;
        }
        let length = name.chars().count();
        let error = Error::usage(say!("`{name}` has no value here", name)).at(place.excerpt(
            line as usize,
            column as usize,
            length,
        ));
        return Err(match text::nearest(bare, variables.keys().map(String::as_str)) {
            Some(near) => error.hint(say!("did you mean `${near}`?", near)),
            None if bare.starts_with(|c: char| c.is_ascii_digit()) => {
                error.hint(say!("values have names: `\\set n VALUE`, then $n"))
            }
            None => error.hint(say!(
                "give it one with `\\set {name} VALUE`; a saved query takes `tongket run NAME -p {name}=VALUE`",
                name = bare
            )),
        });
    }
    Ok(used)
}

/// Makes a prepared statement of one with parameters, and gives the values for its positions.
///
/// The types are declared to the planner, so that a value is never guessed at, and `IN ($units)`
/// of a parameter with several values stands for all of them.
fn bind(parsed: &mut Parsed, bindings: &Bindings) -> Option<ParamValues> {
    if bindings.is_empty() {
        return None;
    }
    let Parsed::Statement(sql) = parsed else {
        // COPY cannot be prepared: its values are bound by their names.
        let values = bindings.iter().map(|(name, bound)| (name.clone(), bound.scalar().into()));
        return Some(ParamValues::Map(values.collect()));
    };
    let mut binder = Binder { bindings, values: Vec::new(), types: Vec::new(), positions: BTreeMap::new() };
    let _ = sql.visit(&mut binder);
    let Binder { values, types, .. } = binder;
    let prepared =
        Sql::Prepare { name: Ident::new("saved_query"), data_types: types, statement: sql.clone() };
    **sql = prepared;
    Some(ParamValues::List(values))
}

/// The parameters used must be those declared: a slip in either is a fault of the file.
fn check_declared(parsed: &mut Parsed, header: &Header, place: &diagnose::Place<'_>) -> Result<()> {
    let Parsed::Statement(sql) = parsed else {
        return match header.params.is_empty() {
            true => Ok(()),
            false => Err(Error::data(say!(
                "`{name}` has parameters, and only a query can have them",
                name = place.source.origin
            ))),
        };
    };
    let used = Placeholders::of(sql).0;
    let mut faults = Vec::new();
    for (name, line, column) in &used {
        let bare = name.trim_start_matches('$');
        if header.params.contains_key(bare) {
            continue;
        }
        let error = Error::data(say!("`{name}` is not declared in the front matter", name))
            .at(place.excerpt(*line as usize, *column as usize, name.chars().count()));
        faults.push(match text::nearest(bare, header.params.keys().map(String::as_str)) {
            Some(near) => error.hint(say!("did you mean `${near}`?", near)),
            None => error.hint(say!("declare it: -- [params.{name}]", name = bare)),
        });
    }
    let used: BTreeSet<&str> = used.iter().map(|(name, ..)| name.trim_start_matches('$')).collect();
    for name in header.params.keys().filter(|name| !used.contains(name.as_str())) {
        let query = &place.source.origin;
        faults.push(Error::data(say!(
            "`{query}` declares parameter `{name}` and never uses it",
            query,
            name
        )));
    }
    Error::many(faults).map_or(Ok(()), Err)
}

/// Replaces `$name` by the position of its value.
struct Binder<'a> {
    bindings: &'a Bindings,
    values: Vec<ScalarAndMetadata>,
    types: Vec<SqlType>,
    /// The position that each name has already: the same parameter is the same expression, as
    /// GROUP BY needs it to be.
    positions: BTreeMap<String, String>,
}

impl Binder<'_> {
    fn position(&mut self, name: &str, value: datafusion::common::ScalarValue) -> String {
        if let Some(position) = self.positions.get(name) {
            return position.clone();
        }
        self.types.push(sql_type(&value.data_type()));
        self.values.push(value.into());
        let position = format!("${}", self.values.len());
        self.positions.insert(name.to_owned(), position.clone());
        position
    }
}

/// The name in a placeholder that is a whole expression.
fn placeholder(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Placeholder(name) => Some(name.trim_start_matches('$')),
            _ => None,
        },
        _ => None,
    }
}

impl VisitorMut for Binder<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::InList { list, .. } = expr {
            let spread = list.iter().flat_map(|item| {
                match placeholder(item).and_then(|name| self.bindings.get(name)) {
                    // Marked with its number, so that the visit below finds which of the values it is.
                    Some(Bound::Many(_, Some(values))) => (0..values.len())
                        .map(|i| {
                            let name = placeholder(item).unwrap_or_default();
                            Expr::value(Value::Placeholder(format!("${name}:{i}")))
                        })
                        .collect(),
                    // NULL is in no list.
                    Some(Bound::Many(_, None)) => vec![Expr::value(Value::Null)],
                    _ => vec![item.clone()],
                }
            });
            *list = spread.collect();
            return ControlFlow::Continue(());
        }
        let value = match placeholder(expr) {
            Some(name) => match name.split_once(':') {
                Some((name, i)) => {
                    let value = self.bindings.get(name).map(Bound::values);
                    value
                        .zip(i.parse::<usize>().ok())
                        .and_then(|(values, i)| values.get(i).map(|value| (*value).clone()))
                }
                None => self.bindings.get(name).map(Bound::scalar),
            },
            None => None,
        };
        if let Some(value) = value {
            let name = placeholder(expr).unwrap_or_default().to_owned();
            let position = self.position(&name, value);
            if let Expr::Value(value) = expr {
                value.value = Value::Placeholder(position);
            }
        }
        ControlFlow::Continue(())
    }
}

/// The SQL type under which a value is declared.
fn sql_type(data_type: &DataType) -> SqlType {
    match data_type {
        DataType::Int64 => SqlType::BigInt(None),
        DataType::Float64 => SqlType::Double(ExactNumberInfo::None),
        DataType::Decimal128(precision, scale) => {
            SqlType::Decimal(ExactNumberInfo::PrecisionAndScale(u64::from(*precision), i64::from(*scale)))
        }
        DataType::Date32 => SqlType::Date,
        DataType::Boolean => SqlType::Boolean,
        DataType::Timestamp(..) => SqlType::Timestamp(None, TimezoneInfo::None),
        DataType::List(field) => {
            SqlType::Array(ArrayElemTypeDef::AngleBracket(Box::new(sql_type(field.data_type()))))
        }
        _ => SqlType::Text,
    }
}
