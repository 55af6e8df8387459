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

/// Where the jobs of a question stand in the list of all.
struct Place {
    query: SavedQuery,
    bindings: Bindings,
    result: usize,
    before: Option<(i32, usize)>,
    is_published: bool,
}

/// Answers questions; what is wrong with one is its answer.
///
/// # Errors
/// The user stops the work, or there is no workspace.
pub(super) async fn answer(
    session: &mut Session,
    questions: Vec<Question>,
    answers: &mut Answers,
) -> Result<()> {
    let library = Library::open(session.workspace(say!("a report"))?)?;
    let mut jobs = Vec::new();
    let mut places = Vec::new();
    for question in questions {
        match place(session, &library, &question, &mut jobs).await {
            Ok(place) => places.push((question, place)),
            Err(error) if error.kind() == Kind::Interrupted => return Err(error),
            Err(error) => {
                answers.insert(question, Err(error));
            }
        }
    }
    let mut results: Vec<Option<Result<Whole>>> = session.all(jobs).await.into_iter().map(Some).collect();
    for (question, place) in places {
        let answered = answered(place, &mut results);
        if let Err(error) = &answered
            && error.kind() == Kind::Interrupted
        {
            return Err(Error::interrupted());
        }
        answers.insert(question, answered);
    }
    Ok(())
}

/// Binds the values of a question and adds what is to be run for it.
async fn place(
    session: &mut Session,
    library: &Library,
    question: &Question,
    jobs: &mut Vec<Job>,
) -> Result<Place> {
    let saved = library.find(&question.query)?;
    let given = |(name, value): &(String, String)| Given { name: name.clone(), value: value.clone() };
    let mut given: Vec<Given> = question.given.iter().map(given).collect();
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
    let mut add = |job| {
        jobs.push(job);
        jobs.len() - 1
    };
    let wants = if question.is_value { Wants::Counted } else { Wants::Result };
    let result = add(Job { wants, ..job_of(&query, bindings.clone()) });
    let mut place = Place { result, before: None, is_published, query, bindings };
    if question.is_value {
        let of_query = match place.bindings.get(YEAR) {
            Some(Bound::One(ScalarValue::Int64(Some(year)))) => i32::try_from(*year).ok(),
            _ => session.year(),
        };
        if let Some(before) = of_query.and_then(|year| year.checked_sub(1)) {
            // What was given in the place of a date that follows the year is the same in any year.
            let is_fixed = given.iter().any(|given| saved.header.follows_year(&given.name));
            let mut earlier = saved;
            earlier.header.settle_year(before);
            given.retain(|given| given.name != YEAR);
            // A year for which a parameter has no value is one that there is nothing of.
            if earlier.header.year.is_some()
                && !is_fixed
                && let Ok(bindings) = session.bind(&earlier, &given).await
            {
                place.before = Some((before, add(job_of(&earlier, bindings))));
            }
        }
    }
    Ok(place)
}

fn answered(place: Place, results: &mut [Option<Result<Whole>>]) -> Result<Answer> {
    let mut take =
        |at: usize| results.get_mut(at).and_then(Option::take).unwrap_or_else(|| Err(Error::interrupted()));
    let result = take(place.result)?;
    let before = place.before.and_then(|(year, at)| Some((year, take(at).ok()?)));
    let figure = if place.is_published { figures::judge(&place.query, &result.batches) } else { None };
    if let Some(figure) = figure.as_ref().filter(|figure| figure.verdict == Verdict::Contradicts) {
        let name = &figure.name;
        let computed = figure.computed.map(|value| value.to_string()).unwrap_or_default();
        let text = &figure.published.text;
        return Err(Error::findings(say!(
            "`{name}` is {computed}, which contradicts \"{text}\" as published",
            name,
            computed,
            text
        ))
        .hint(say!("see the rows behind it: tongket why {name}", name)));
    }
    let parameters = place.bindings.iter().map(|(name, bound)| {
        let values: Vec<String> = bound.values().into_iter().map(shown).collect();
        (name.clone(), values)
    });
    Ok(Answer {
        parameters: parameters.filter(|(_, values)| values.iter().any(|value| !value.is_empty())).collect(),
        query: place.query,
        result,
        before,
        figure,
    })
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
