//! `tongket check`: whether the tables keep their contract, and published figures hold.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};

use crate::check::figures::{self, Figure, Verdict};
use crate::check::{Checked, Outcome};
use crate::contract::Severity;
use crate::error::{Error, Result};
use crate::language::{Language, Message};
use crate::output::Format;
use crate::query::Source;
use crate::run::{Delivery, Session};
use crate::{many, say};

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
  tongket check --figures
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
    /// The published figures alone: what was printed, what the tables give, the band that the words allow
    #[arg(long, conflicts_with_all = ["tables", "show", "all"])]
    figures: bool,
}

/// Runs the command.
///
/// # Errors
/// Something is at fault; or there is no contract, no such table, or the place cannot be written.
pub async fn run(session: &mut Session, args: &Args) -> Result<()> {
    let mut delivery = session.deliver(&session.config.output)?;
    let language = delivery.language(&session.ui);
    if args.figures {
        let figures = figures::all(session).await?;
        list(session, figures::columns(&figures, language)?, &mut delivery)?;
        delivery.finish()?;
        return figures::verdict(session, &figures);
    }
    let mut checked = Checked::open(session).await?;
    let whole = args.tables.is_empty();
    let mut names = if whole { checked.names() } else { args.tables.clone() };
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let mut outcomes = Vec::new();
    for name in &names {
        outcomes.extend(checked.table(session, name).await?);
    }
    let figures = if whole { figures::all(session).await? } else { Vec::new() };
    let all = args.all || delivery.format() == Format::Junit;
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(outcomes.iter().filter(|outcome| all || !outcome.holds()).map(Line::of_table));
    lines
        .extend(figures.iter().filter(|figure| all || figure.verdict != Verdict::Holds).map(Line::of_figure));
    // A reader is told in words that nothing was found.
    if !(lines.is_empty() && delivery.is_for_reading()) {
        list(session, columns(&lines, language), &mut delivery)?;
    }
    if let Some(most) = args.show {
        for outcome in outcomes.iter().filter(|outcome| !outcome.holds()) {
            show_rows(session, &checked, outcome, most, &mut delivery).await?;
        }
    }
    delivery.finish()?;
    if whole {
        for name in checked.undescribed(session)? {
            session.ui.warn(say!("table `{name}` is not in the contract, and was not checked", name));
        }
    }
    let of_tables = verdict(session, &outcomes, names.len());
    let of_figures = if whole { figures::verdict(session, &figures) } else { Ok(()) };
    Error::many(of_tables.err().into_iter().chain(of_figures.err()).collect()).map_or(Ok(()), Err)
}

/// Shows a list that is told about in words of its own.
fn list(session: &mut Session, columns: Vec<(&str, ArrayRef)>, delivery: &mut Delivery) -> Result<()> {
    let footer = std::mem::replace(&mut session.footer, false);
    let shown = session.show(columns, delivery);
    session.footer = footer;
    shown
}

async fn show_rows(
    session: &mut Session,
    checked: &Checked,
    outcome: &Outcome,
    most: u64,
    delivery: &mut Delivery,
) -> Result<()> {
    let Some(sql) = checked.rows_at_fault(session, outcome, most).await? else { return Ok(()) };
    session.ui.note(Message::verbatim(format!("{}: {}", outcome.table, outcome.check.rule)));
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
    let rules = many!(outcomes.len(), "{n} rule", "{n} rules");
    let tables = many!(tables, "{n} table", "{n} tables");
    let also = |words: Message| match warnings {
        0 => words,
        n => Message::joined([words, many!(n, "{n} warning", "{n} warnings")], ", "),
    };
    if errors > 0 {
        let found = also(many!(errors, "{n} rule does not hold", "{n} rules do not hold"));
        return Err(Error::findings(say!("{found} (of {rules} in {tables})", found, rules, tables)));
    }
    session.ui.note(also(say!("{rules} hold in {tables}", rules, tables)));
    Ok(())
}

/// One line of the findings.
struct Line {
    table: String,
    rule: String,
    columns: Option<String>,
    verdict: &'static str,
    rows: Option<u64>,
    first: Option<Message>,
    meaning: Message,
}

impl Line {
    fn of_table(outcome: &Outcome) -> Self {
        let names = &outcome.check.columns;
        Self {
            table: outcome.table.clone(),
            rule: outcome.check.rule.clone(),
            columns: (!names.is_empty()).then(|| names.join(",")),
            verdict: if outcome.holds() { "holds" } else { outcome.check.severity.word() },
            rows: Some(outcome.rows),
            first: outcome.first.clone(),
            meaning: outcome.check.meaning.clone(),
        }
    }

    fn of_figure(figure: &Figure) -> Self {
        Self {
            table: figure.name.clone(),
            rule: "published".to_owned(),
            columns: None,
            verdict: match figure.verdict {
                Verdict::Holds => "holds",
                Verdict::Contradicts | Verdict::Fails(_) => "error",
                Verdict::Undecided(_) => "warning",
            },
            rows: None,
            first: figure.computed.map(Message::number),
            meaning: figure.sentence(),
        }
    }
}

fn columns(lines: &[Line], language: Language) -> Vec<(&'static str, ArrayRef)> {
    let text = |of: &dyn Fn(&Line) -> Option<String>| -> ArrayRef {
        Arc::new(lines.iter().map(of).collect::<StringArray>())
    };
    let rows = lines.iter().map(|line| line.rows.and_then(|rows| i64::try_from(rows).ok()));
    vec![
        ("table", text(&|line| Some(line.table.clone()))),
        ("rule", text(&|line| Some(line.rule.clone()))),
        ("columns", text(&|line| line.columns.clone())),
        ("verdict", text(&|line| Some(line.verdict.to_owned()))),
        ("rows", Arc::new(rows.collect::<Int64Array>())),
        ("first", text(&|line| line.first.as_ref().map(|first| first.text(language)))),
        ("meaning", text(&|line| Some(line.meaning.text(language)))),
    ]
}
