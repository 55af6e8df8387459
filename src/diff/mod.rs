//! Two results compared, row by row and cell by cell.
//!
//! Each is planned with its own values and becomes a view; the comparison is one full join of the two
//! by key, which the engine runs and whose rows are told as they come. Null is the same as null,
//! numbers are compared by value, texts in NFC.

mod cells;
mod side;
mod sql;
mod text;

use std::collections::BTreeMap;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::logical_expr::ScalarUDF;

use self::cells::Cells;
pub use self::cells::Counts;
use self::side::Side;
use self::sql::Comparison;
use crate::error::{Error, Result};
use crate::language::{Message, Piece};
use crate::output::wording::Column;
use crate::output::{Format, Wording};
use crate::query::Source;
use crate::query::params::Given;
use crate::query::words::quoted;
use crate::run::{Delivery, Session};
use crate::{many, say};

/// What is to be compared.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The two: files of data, tables or saved queries.
    pub names: [String; 2],
    /// Values for whichever of the two takes them.
    pub both: Vec<Given>,
    /// Values for each.
    pub each: [Vec<Given>; 2],
    /// The columns that tell a row from all others; where none is given, those of the contract.
    pub key: Vec<String>,
    /// Whether keys are compared as texts, whatever their types.
    pub key_as_text: bool,
    /// Columns that are not compared.
    pub ignore: Vec<String>,
    /// The largest difference of numbers that is none, as a number of SQL.
    pub tolerance: Option<String>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Rows that both have.
    pub rows: u64,
    /// What differs.
    pub counts: Counts,
    /// The columns that only the first has, and only the second.
    pub alone: [Vec<String>; 2],
}

const VIEWS: [&str; 2] = ["tongket_diff_a", "tongket_diff_b"];

impl Compared {
    /// Whether nothing differs.
    pub fn is_same(&self) -> bool {
        self.counts == Counts::default() && self.alone.iter().all(Vec::is_empty)
    }

    /// How much differs, in a sentence.
    pub fn message(&self) -> Message {
        let Counts { added, removed, changed, cells } = self.counts;
        let counted = say!(
            "{rows} in both, {changed} of them changed in {cells}; {added} added, {removed} removed",
            rows = many!(self.rows, "{n} row", "{n} rows"),
            changed = Piece::Count(changed),
            cells = many!(cells, "{n} cell", "{n} cells"),
            added = Piece::Count(added),
            removed = Piece::Count(removed)
        );
        let alone: Vec<String> = self.alone.concat();
        match alone.is_empty() {
            true => counted,
            false => say!("{counted}; one side lacks {columns}", counted, columns = listed(&alone)),
        }
    }
}

/// Compares, and writes a line for each change.
///
/// # Errors
/// A name, value or column is wrong, a key stands twice on a side, a query fails, or the place cannot
/// be written.
pub async fn run(session: &mut Session, asked: &Asked, delivery: &mut Delivery) -> Result<Compared> {
    session.engine.add_function(ScalarUDF::from(text::Text::new()));
    let [a, b] = sides(session, asked).await?;
    let key = if asked.key.is_empty() { key_of(session, [&a, &b])? } else { asked.key.clone() };
    let comparison =
        Comparison::new([&a, &b], &key, &asked.ignore, asked.tolerance.clone(), asked.key_as_text)?;
    for column in &comparison.cells {
        if let Some((of_a, of_b)) = &column.mixed {
            session.ui.warn(say!(
                "`{column}` is {of_a} in one and {of_b} in the other: compared as texts",
                column = column.name,
                of_a,
                of_b
            ));
        }
    }
    for (side, alone) in [&a, &b].into_iter().zip(&comparison.alone) {
        if !alone.is_empty() {
            let columns = listed(alone);
            session.ui.warn(say!("only `{name}` has the columns {columns}", name = side.name, columns));
        }
    }
    for side in [&a, &b] {
        once_each(session, &comparison, side).await?;
    }
    let sql = format!("SELECT count(*) FROM {}", quoted(a.view));
    let rows = session.ask(&a.name, sql).await?;
    let rows = rows.first().map_or(0, |batch| batch.column(0).as_primitive::<Int64Type>().value(0));
    let source = Source::new("the comparison", comparison.sql(a.view, b.view));
    // In a workbook too the values are texts, and those who compute with them want them plain.
    let is_worded = delivery.is_worded() && delivery.format() != Format::Xlsx;
    let wording = is_worded.then(|| wording(session, &comparison, [&a, &b]));
    let mut cells = Cells::new(&comparison, wording);
    session.give_shaped(&source, &mut cells, delivery).await?;
    let counts = cells.counts;
    let rows = u64::try_from(rows).unwrap_or(0).saturating_sub(counts.removed);
    Ok(Compared { rows, counts, alone: comparison.alone })
}

/// How the compared columns are worded, those of the key first: as in the first side, else as in the
/// second.
fn wording(session: &Session, comparison: &Comparison, sides: [&Side; 2]) -> Wording {
    let language = session.ui.language;
    let mut known = BTreeMap::new();
    for side in sides {
        let Some(worded) = &side.worded else { continue };
        let columns = session.engine.wording(worded, language).columns;
        for (field, column) in side.schema.fields().iter().zip(columns) {
            if column != Column::default() {
                known.entry(field.name().clone()).or_insert(column);
            }
        }
    }
    let compared = comparison.key.iter().chain(&comparison.cells);
    let columns = compared.map(|column| known.get(&column.name).cloned().unwrap_or_default());
    Wording { language, columns: columns.collect() }
}

async fn sides(session: &mut Session, asked: &Asked) -> Result<[Side; 2]> {
    let [a, b] = &asked.names;
    let (a, b) = (side::find(session, a)?, side::find(session, b)?);
    if let Some(given) = asked.both.iter().find(|given| !a.takes(&given.name) && !b.takes(&given.name)) {
        let [a, b] = &asked.names;
        let name = &given.name;
        let message = match a == b {
            true => say!("`{a}` has no parameter `{name}`", a, name),
            false => say!("neither `{a}` nor `{b}` has a parameter `{name}`", a, b, name),
        };
        return Err(Error::usage(message).hint(say!("`tongket queries NAME` tells which there are")));
    }
    let of = |found: &side::Found, own: &[Given]| -> Vec<Given> {
        // A value of its own stands for the common one.
        let common = asked.both.iter().filter(|given| found.takes(&given.name));
        let common = common.filter(|given| !own.iter().any(|own| own.name == given.name));
        common.chain(own).cloned().collect()
    };
    let (for_a, for_b) = (of(&a, &asked.each[0]), of(&b, &asked.each[1]));
    Ok([a.open(session, VIEWS[0], &for_a).await?, b.open(session, VIEWS[1], &for_b).await?])
}

/// The key of the contract's table that both sides are.
fn key_of(session: &Session, [a, b]: [&Side; 2]) -> Result<Vec<String>> {
    let has = |key: &[String]| {
        key.iter().all(|name| [a, b].iter().all(|side| side.schema.field_with_name(name).is_ok()))
    };
    let contract = session.engine.contract();
    let key = |side: &Side| {
        let table = side.table.as_deref().and_then(|name| contract.table(name))?;
        Some(table.key().to_vec()).filter(|key| !key.is_empty() && has(key))
    };
    if let (Some(key), true) = (key(a), a.table == b.table) {
        return Ok(key);
    }
    let error = Error::usage(say!("which rows belong together? name the columns of their key with `--key`"));
    let common = || a.schema.fields().iter().filter(|field| b.schema.field_with_name(field.name()).is_ok());
    let guess = key(a).or_else(|| key(b)).or_else(|| {
        let first = common().find(|field| !field.data_type().is_floating());
        first.map(|field| vec![field.name().clone()])
    });
    Err(match guess {
        Some(key) => error.hint(say!("perhaps `--key {columns}`", columns = key.join(","))),
        None => error.hint(say!("the two have no column in common")),
    })
}

/// Refuses a side on which a key stands in several rows.
async fn once_each(session: &Session, comparison: &Comparison, side: &Side) -> Result<()> {
    let batches = session.ask(&side.name, comparison.twice(side.view)).await?;
    let mut found = Vec::new();
    let options = FormatOptions::default().with_null("null");
    for batch in &batches {
        let columns = batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options));
        let columns = columns
            .collect::<std::result::Result<Vec<_>, _>>()
            .map_err(|error| Error::data(Message::verbatim(error.to_string())))?;
        for row in 0..batch.num_rows() {
            let values: Vec<String> = columns.iter().map(|column| column.value(row).to_string()).collect();
            if let Some((count, key)) = values.split_last() {
                found.push(say!("`{key}` in {count} rows", key = key.join(", "), count));
            }
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = comparison.key.iter().map(|column| column.name.clone()).collect();
    Err(Error::data(say!(
        "in `{name}`, {columns} is no key: it stands {places}",
        name = side.name,
        columns = listed(&names),
        places = Message::joined(found, ", ")
    ))
    .hint(say!("add columns to `--key` until each row has its own")))
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
