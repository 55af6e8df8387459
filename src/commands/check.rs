//! `tongket check`: whether the tables keep their contract, and published figures hold.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};

use crate::check::{Checked, Outcome};
use crate::contract::Severity;
use crate::error::{Error, Result};
use crate::output::Format;
use crate::query::Source;
use crate::run::{Delivery, Session};
use crate::ui::text;

/// Says which rows break the contract, and which published figures do not hold
///
/// Without a table, all that the contract describes, and the published figures; one line a finding.
/// The exit code is 3 where something is at fault, and 0 where nothing or only warnings are found.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tongket check
  tongket check loans loan_flows
  tongket check activities --show 10
  tongket check --format junit -o check.xml")]
pub struct Args {
    /// Names of tables
    #[arg(value_name = "TABLE")]
    tables: Vec<String>,
    /// Show up to N of the rows that each finding is about
    #[arg(long, value_name = "N")]
    show: Option<u64>,
    /// List what holds too
    #[arg(long)]
    all: bool,
}

/// Runs the command.
///
/// # Errors
/// Something is at fault; or there is no contract, no such table, or the place cannot be written.
pub async fn run(session: &mut Session, args: &Args) -> Result<()> {
    let mut delivery = session.deliver(&session.config.output)?;
    let mut checked = Checked::open(session).await?;
    let names = if args.tables.is_empty() { checked.names() } else { args.tables.clone() };
    let mut outcomes = Vec::new();
    for name in &names {
        outcomes.extend(checked.table(session, name).await?);
    }
    let listed: Vec<&Outcome> = outcomes
        .iter()
        .filter(|outcome| args.all || delivery.format() == Format::Junit || !outcome.holds())
        .collect();
    // A reader is told in words that nothing was found.
    if !(listed.is_empty() && delivery.is_for_reading()) {
        let footer = std::mem::replace(&mut session.footer, false);
        let shown = session.show(columns(&listed), &mut delivery);
        session.footer = footer;
        shown?;
    }
    if let Some(most) = args.show {
        for outcome in listed {
            show_rows(session, &checked, outcome, most, &mut delivery).await?;
        }
    }
    delivery.finish()?;
    if args.tables.is_empty() {
        for name in checked.undescribed(session)? {
            session.ui.warn(&format!("table `{name}` is not in the contract, and was not checked"));
        }
    }
    verdict(session, &outcomes, names.len())
}

async fn show_rows(
    session: &mut Session,
    checked: &Checked,
    outcome: &Outcome,
    most: u64,
    delivery: &mut Delivery,
) -> Result<()> {
    let Some(sql) = checked.rows_at_fault(session, outcome, most).await? else { return Ok(()) };
    session.ui.note(&format!("{}: {}", outcome.table, outcome.check.rule));
    let outcome = session.give(&Source::new("rows at fault", sql), delivery).await?;
    session.tell(outcome);
    Ok(())
}

/// What was found, in a sentence; an error where rows are wrong.
fn verdict(session: &mut Session, outcomes: &[Outcome], tables: usize) -> Result<()> {
    let count = |severity: Severity| {
        let found = |outcome: &&Outcome| !outcome.holds() && outcome.check.severity == severity;
        outcomes.iter().filter(found).count() as u64
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let (rules, tables) = (text::count(outcomes.len() as u64, "rule"), text::count(tables as u64, "table"));
    let also = if warnings > 0 { format!(", {}", text::count(warnings, "warning")) } else { String::new() };
    if errors > 0 {
        let do_not = if errors == 1 { "does not" } else { "do not" };
        let found = text::count(errors, "rule");
        return Err(Error::findings(format!("{found} {do_not} hold{also} (of {rules} in {tables})")));
    }
    let words = format!("{rules} hold in {tables}{also}");
    session.ui.note(&words);
    Ok(())
}

fn columns(outcomes: &[&Outcome]) -> Vec<(&'static str, ArrayRef)> {
    let text = |of: &dyn Fn(&Outcome) -> Option<String>| -> ArrayRef {
        Arc::new(outcomes.iter().map(|outcome| of(outcome)).collect::<StringArray>())
    };
    let word = |outcome: &Outcome| match outcome.holds() {
        true => "holds",
        false => outcome.check.severity.word(),
    };
    let rows = outcomes.iter().map(|outcome| i64::try_from(outcome.rows).ok());
    let columns = |outcome: &Outcome| {
        let names = &outcome.check.columns;
        (!names.is_empty()).then(|| names.join(","))
    };
    vec![
        ("table", text(&|outcome| Some(outcome.table.clone()))),
        ("rule", text(&|outcome| Some(outcome.check.rule.clone()))),
        ("columns", text(&columns)),
        ("verdict", text(&|outcome| Some(word(outcome).to_owned()))),
        ("rows", Arc::new(rows.collect::<Int64Array>())),
        ("first", text(&|outcome| outcome.first.clone())),
        ("meaning", text(&|outcome| Some(outcome.check.meaning.clone()))),
    ]
}
