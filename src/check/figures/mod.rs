//! Whether published figures hold: what was printed, what the tables give, and the verdict.

mod band;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Decimal128Array, Float64Array, StringArray};
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use arrow::util::display::ArrayFormatter;

pub use self::band::{Band, Printed};
use crate::error::{Error, Kind, Result};
use crate::import::number::{self, Decimal, Mark};
use crate::language::{Language, Message};
use crate::query::header::Published;
use crate::query::{Library, SavedQuery};
use crate::run::Session;
use crate::{many, say};

/// A published figure held against the tables.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The saved query that computes it.
    pub name: String,
    /// What was published.
    pub published: Published,
    /// The values that the printed words and digits allow.
    pub band: Option<Band>,
    /// What the tables give.
    pub computed: Option<Decimal>,
    /// Whether it holds.
    pub verdict: Verdict,
}

/// What can be said of a published figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The tables give a value that the printed words allow.
    Holds,
    /// They give another.
    Contradicts,
    /// Nothing can be said, for this reason.
    Undecided(Message),
    /// Its query fails, for this reason.
    Fails(Message),
}

impl Verdict {
    /// The word for it in lists, the same in every language.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Contradicts => "contradicts",
            Self::Undecided(_) => "undecided",
            Self::Fails(_) => "fails",
        }
    }

    /// The same in a sentence.
    pub fn message(&self) -> Message {
        match self {
            Self::Holds => say!("holds"),
            Self::Contradicts => say!("contradicts"),
            Self::Undecided(_) => say!("undecided"),
            Self::Fails(_) => say!("fails"),
        }
    }
}

impl Figure {
    /// What was published, and what is to be said of it.
    pub fn sentence(&self) -> Message {
        let Published { text, source, .. } = &self.published;
        let printed = say!("published as \"{text}\" ({source})", text, source);
        match (&self.verdict, &self.band) {
            (Verdict::Undecided(reason) | Verdict::Fails(reason), _) => {
                Message::joined([printed, reason.clone()], ": ")
            }
            (_, Some(band)) => Message::joined([printed, band.message()], ": "),
            (_, None) => printed,
        }
    }
}

/// Computes all published figures of the workspace and holds them against what was printed; a query
/// that fails is a verdict.
///
/// # Errors
/// A file does not parse (all such are told), or the user stops the work.
pub async fn all(session: &mut Session) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for query in of_workspace(session)? {
        match check(session, &query).await {
            Ok(figure) => figures.extend(figure),
            Err(error) if error.kind() == Kind::Interrupted => return Err(error),
            Err(error) => figures.extend(query.header.published.map(|published| Figure {
                name: query.name,
                published,
                band: None,
                computed: None,
                verdict: Verdict::Fails(error.message().clone()),
            })),
        }
    }
    Ok(figures)
}

/// The figures as a list, with words in this language.
///
/// # Errors
/// A number has more digits than a column can hold.
pub fn columns(figures: &[Figure], language: Language) -> Result<Vec<(&'static str, ArrayRef)>> {
    let text = |of: &dyn Fn(&Figure) -> Option<String>| -> ArrayRef {
        Arc::new(figures.iter().map(of).collect::<StringArray>())
    };
    let number = |of: &dyn Fn(&Figure) -> Option<Decimal>| -> Result<ArrayRef> {
        let values: Vec<Option<Decimal>> = figures.iter().map(of).collect();
        let scale = values.iter().flatten().map(|value| value.scale()).max().unwrap_or(0);
        let digits = values.iter().map(|value| value.and_then(|value| value.to_scale(scale)));
        let column = digits.collect::<Decimal128Array>();
        let column = column.with_precision_and_scale(38, i8::try_from(scale).unwrap_or(i8::MAX));
        column
            .map(|column| -> ArrayRef { Arc::new(column) })
            .map_err(|error| Error::data(Message::verbatim(error.to_string())))
    };
    let reason = |figure: &Figure| match &figure.verdict {
        Verdict::Undecided(reason) | Verdict::Fails(reason) => Some(reason.text(language)),
        Verdict::Holds | Verdict::Contradicts => None,
    };
    Ok(vec![
        ("figure", text(&|figure| Some(figure.name.clone()))),
        ("published", text(&|figure| Some(figure.published.text.clone()))),
        ("computed", number(&|figure| figure.computed)?),
        ("unit", text(&|figure| Some(figure.published.unit.clone()))),
        ("band", text(&|figure| figure.band.map(|band| band.message().text(language)))),
        ("verdict", text(&|figure| Some(figure.verdict.word().to_owned()))),
        ("reason", text(&reason)),
        ("source", text(&|figure| Some(figure.published.source.clone()))),
    ])
}

/// What is to be said of all figures; an error where one does not hold.
///
/// # Errors
/// A figure contradicts what was published.
pub fn verdict(session: &mut Session, figures: &[Figure]) -> Result<()> {
    let all = || many!(figures.len(), "{n} published figure", "{n} published figures");
    let names = |verdict: fn(&Verdict) -> bool| {
        let found = figures.iter().filter(|figure| verdict(&figure.verdict));
        found.map(|figure| format!("`{}`", figure.name)).collect::<Vec<_>>().join(", ")
    };
    let undecided = names(|verdict| matches!(verdict, Verdict::Undecided(_)));
    let contradicted = names(|verdict| matches!(verdict, Verdict::Contradicts | Verdict::Fails(_)));
    if !undecided.is_empty() {
        session.ui.warn(say!("not to be decided, of {all}: {undecided}", all = all(), undecided));
    }
    if !contradicted.is_empty() {
        return Err(Error::findings(say!(
            "not as published, of {all}: {contradicted}",
            all = all(),
            contradicted
        ))
        .hint(say!("see the rows behind a figure: tongket why FIGURE")));
    }
    if undecided.is_empty() && !figures.is_empty() {
        session.ui.note(many!(figures.len(), "{n} published figure holds", "{n} published figures hold"));
    }
    Ok(())
}

/// The saved queries that compute published figures, by name.
///
/// # Errors
/// There is no workspace, or a file does not parse; all such files are told.
pub fn of_workspace(session: &Session) -> Result<Vec<SavedQuery>> {
    let library = Library::open(session.workspace(Message::verbatim("`check`"))?)?;
    let (mut figures, mut faults) = (Vec::new(), Vec::new());
    for name in library.names() {
        match library.find(name) {
            Ok(query) if query.header.published.is_some() => figures.push(query),
            Ok(_) => {}
            Err(error) => faults.push(error),
        }
    }
    Error::many(faults).map_or(Ok(figures), Err)
}

/// Computes a published figure with its defaults and holds it against what was printed.
///
/// # Errors
/// Its query fails.
pub async fn check(session: &mut Session, query: &SavedQuery) -> Result<Option<Figure>> {
    if query.header.published.is_none() {
        return Ok(None);
    }
    let query = session.as_published(query.clone());
    Ok(judge(&query, &session.rows_of(&query, &[]).await?))
}

/// Holds the result of a query with its defaults against what was printed; `None` where nothing was.
pub fn judge(query: &SavedQuery, result: &[RecordBatch]) -> Option<Figure> {
    let published = query.header.published.clone()?;
    let computed = computed(result);
    let band = band(&published);
    let verdict = match (&band, &computed) {
        (Err(reason), _) | (_, Err(reason)) => Verdict::Undecided(reason.clone()),
        (Ok(band), Ok(value)) => match band.holds(*value) {
            Some(true) => Verdict::Holds,
            Some(false) => Verdict::Contradicts,
            None => Verdict::Undecided(say!("the numbers are too large to be compared")),
        },
    };
    let name = query.name.clone();
    Some(Figure { name, published, band: band.ok(), computed: computed.ok(), verdict })
}

/// The values that a published figure allows, or why that cannot be said.
fn band(published: &Published) -> std::result::Result<Band, Message> {
    let value = match &published.value {
        None => return Err(say!("no number was published")),
        Some(toml::Value::Integer(value)) => Some(Decimal::new(i128::from(*value), 0)),
        Some(toml::Value::Float(value)) => number::from_f64(*value),
        Some(_) => None,
    };
    let value = value.ok_or_else(|| say!("its `value` is no number"))?;
    let text = &published.text;
    let printed = Printed::find(text, value).ok_or_else(|| {
        say!("the number {value} does not stand in the text `{text}`", value = Message::number(value), text)
    })?;
    if let Some(said) = printed.said.filter(|said| *said != published.qualifier) {
        let (said, declared) = (said.word(), published.qualifier.word());
        return Err(say!("the text says `{said}`, and `qualifier` is `{declared}`", said, declared));
    }
    let margin = number::from_f64(published.margin).ok_or_else(|| say!("its `margin` is no number"))?;
    let band = printed.band(published.qualifier, margin).ok_or_else(|| say!("its number is too large"))?;
    match band.high {
        Some(high) if high == band.low => Err(say!("no number is nearly that")),
        _ => Ok(band),
    }
}

/// The one value of a result, or why there is none.
pub(super) fn computed(batches: &[RecordBatch]) -> std::result::Result<Decimal, Message> {
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let batch = batches.iter().find(|batch| batch.num_rows() > 0);
    let (Some(batch), 1) = (batch, rows) else {
        return Err(say!("its query gives {rows} rows, and a figure is one value", rows));
    };
    if batch.num_columns() != 1 {
        let columns = batch.num_columns();
        return Err(say!("its query gives {columns} columns, and a figure is one value", columns));
    }
    let column = batch.column(0);
    if column.is_null(0) {
        return Err(say!("the tables hold nothing to compute it from"));
    }
    let value = match column.data_type() {
        kind if kind.is_floating() => {
            arrow::compute::cast(column, &DataType::Float64).ok().and_then(|column| {
                let column = column.as_any().downcast_ref::<Float64Array>()?.clone();
                number::from_f64(column.value(0))
            })
        }
        kind if kind.is_numeric() => ArrayFormatter::try_new(column, &Default::default())
            .ok()
            .and_then(|column| number::read(&column.value(0).to_string(), Some(Mark::Point)).ok())
            .map(|read| read.value),
        _ => None,
    };
    value.ok_or_else(|| say!("its query gives no number"))
}
