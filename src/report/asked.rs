//! What a template asks for, and the answers: saved queries run, all that are known to be wanted at
//! once.

use std::collections::BTreeMap;

use datafusion::common::ScalarValue;

use super::cell::{Cell, Cells};
use crate::check::figures::{self, Figure, Verdict};
use crate::engine::{Job, Wants};
use crate::error::{Error, Kind, Result};
use crate::language::{Language, Message};
use crate::query::params::{Bindings, Given};
use crate::query::value::{Bound, shown};
use crate::query::{Library, SavedQuery};
use crate::run::own::Whole;
use crate::run::{Session, job_of};
use crate::say;

/// The parameter that a saved query takes the year of the report by.
const YEAR: &str = "year";

/// What a template asks for: a saved query with values for some of its parameters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Question {
    /// The name of the saved query.
    pub(super) query: String,
    /// The values, in the order of the names of their parameters.
    pub(super) given: Vec<(String, String)>,
    /// Whether one value is asked for, and with it the rows behind it and the year before.
    pub(super) is_value: bool,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Answer {
    /// The saved query.
    pub(super) query: SavedQuery,
    /// Its parameters and their values, as they were bound.
    pub(super) parameters: Vec<(String, Vec<String>)>,
    /// Its result.
    pub(super) result: Whole,
    /// The result of the year before, and which year that is.
    pub(super) before: Option<(i32, Whole)>,
    /// What was published, and whether it holds.
    pub(super) figure: Option<Figure>,
}

/// The answers so far.
pub(super) type Answers = BTreeMap<Question, Result<Answer>>;

/// Answers questions, several at a time; what is wrong with one is its answer.
///
/// # Errors
/// The user stops the work, or there is no workspace.
pub(super) async fn answer(
    session: &mut Session,
    mut questions: Vec<Question>,
    answers: &mut Answers,
) -> Result<()> {
    let library = Library::open(session.workspace(say!("a report"))?)?;
    // Values take the least time, and fill what the others leave.
    questions.sort_by_key(|question| question.is_value);
    let work = questions.into_iter().map(|question| {
        let (session, library) = (&*session, &library);
        async move {
            let answer = answered(session, library, &question).await;
            (question, answer)
        }
    });
    for (question, answer) in session.at_once(work).await {
        match &answer {
            Err(error) if error.kind() == Kind::Interrupted => return Err(Error::interrupted()),
            Ok(answer) => {
                session.note(&answer.result);
                answer.before.iter().for_each(|(_, before)| session.note(before));
            }
            Err(_) => {}
        }
        answers.insert(question, answer);
    }
    Ok(())
}

async fn answered(session: &Session, library: &Library, question: &Question) -> Result<Answer> {
    let saved = library.find(&question.query)?;
    let given = |(name, value): &(String, String)| Given { name: name.clone(), value: value.clone() };
    let given: Vec<Given> = question.given.iter().map(given).collect();
    let mut query = session.in_year(saved.clone())?;
    if let Some(year) = session.year() {
        query.header.settle_year(year);
    }
    let bindings = session.bind(&query, &given).await?;
    // What was published is held against the defaults that the query was saved with.
    let has_defaults = saved.header.params.values().all(|param| param.optional || param.default.is_some());
    let is_published = saved.header.published.is_some()
        && has_defaults
        && session.bind(&session.as_published(saved.clone()), &[]).await? == bindings;
    let wants = if question.is_value { Wants::Counted } else { Wants::Result };
    let job = Job { wants, ..job_of(&query, bindings.clone()) };
    let before =
        async { if question.is_value { before(session, saved, given, &bindings).await } else { None } };
    let (result, before) = futures::join!(session.whole(job), before);
    let result = result?;
    let figure = if is_published { figures::judge(&query, &result.batches) } else { None };
    if let Some(figure) = figure.as_ref().filter(|figure| figure.verdict == Verdict::Contradicts) {
        return Err(contradicted(figure));
    }
    let parameters = bindings.iter().map(|(name, bound)| {
        let values: Vec<String> = bound.values().into_iter().map(shown).collect();
        (name.clone(), values)
    });
    let parameters = parameters.filter(|(_, values)| values.iter().any(|value| !value.is_empty())).collect();
    Ok(Answer { query, parameters, result, before, figure })
}

/// The result of the year before that of the values, and which year that is; a year for which a
/// parameter has no value is one that there is nothing of.
async fn before(
    session: &Session,
    mut saved: SavedQuery,
    mut given: Vec<Given>,
    bindings: &Bindings,
) -> Option<(i32, Whole)> {
    let year = match bindings.get(YEAR) {
        Some(Bound::One(ScalarValue::Int64(Some(year)))) => i32::try_from(*year).ok(),
        _ => session.year(),
    };
    let before = year?.checked_sub(1)?;
    // What was given in the place of a date that follows the year is the same in any year.
    if given.iter().any(|given| saved.header.follows_year(&given.name)) {
        return None;
    }
    saved.header.settle_year(before);
    saved.header.year?;
    given.retain(|given| given.name != YEAR);
    let bindings = session.bind(&saved, &given).await.ok()?;
    Some((before, session.whole(job_of(&saved, bindings)).await.ok()?))
}

fn contradicted(figure: &Figure) -> Error {
    let name = &figure.name;
    let computed = figure.computed.map(|value| value.to_string()).unwrap_or_default();
    let text = &figure.published.text;
    Error::findings(say!(
        "`{name}` is {computed}, which contradicts \"{text}\" as published",
        name,
        computed,
        text
    ))
    .hint(say!("see the rows behind it: tongket why {name}", name))
}

impl Answer {
    /// What the query is called.
    pub(super) fn title(&self, language: Language) -> &str {
        let header = &self.query.header;
        language.of(header.title.as_deref(), header.title_vi.as_deref()).unwrap_or(&self.query.name)
    }

    /// What a row is, and what must not be read into it.
    pub(super) fn description(&self, language: Language) -> Option<&str> {
        let header = &self.query.header;
        language.of(header.description.as_deref(), header.description_vi.as_deref())
    }

    /// The one value, or that of a column of the one row.
    ///
    /// # Errors
    /// There is not one row, not one column and none was named, or none of that name.
    pub(super) fn value(&self, column: Option<&str>) -> Result<Cell> {
        one_value(&self.result, column)
            .map_err(|error| error.context(Message::verbatim(format!("`{}`", self.query.name))))
    }

    /// The same of the year before, and which year that is; `None` where there is no number but 0.
    pub(super) fn before(&self, column: Option<&str>) -> Option<(i32, Cell)> {
        let (year, result) = self.before.as_ref()?;
        let value = one_value(result, column).ok()?;
        (value.is_number() && !value.is_zero()).then_some((*year, value))
    }
}

fn one_value(result: &Whole, column: Option<&str>) -> Result<Cell> {
    let rows = result.rows();
    if rows != 1 {
        return Err(Error::data(say!("a value is one row, and the query gives {n}", n = rows))
            .hint(say!("show them with table(…)")));
    }
    let names: Vec<&str> = result.schema.fields().iter().map(|field| field.name().as_str()).collect();
    let index = match column {
        Some(column) => {
            names.iter().position(|name| *name == column).ok_or_else(|| no_column(column, &names))?
        }
        None if names.len() == 1 => 0,
        None => {
            return Err(Error::data(say!("a value is one column, and the query gives {n}", n = names.len()))
                .hint(say!("name one of them: {names}", names = listed(&names))));
        }
    };
    let batch = result.batches.iter().find(|batch| batch.num_rows() == 1);
    batch.map_or(Ok(Cell::Null), |batch| Ok(Cells::of(batch)?.cell(index, 0)))
}

/// The error for a column that a result has not.
pub(super) fn no_column(column: &str, names: &[&str]) -> Error {
    let error = Error::data(say!("the result has no column `{column}`", column));
    match crate::ui::text::nearest(column, names.iter().copied()) {
        Some(near) => error.hint(say!("did you mean `{near}`?", near)),
        None => error.hint(say!("it has {names}", names = listed(names))),
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
