//! The template: Markdown with MiniJinja, rendered with what is known so far.
//!
//! A rendering never waits. What a template asks for and is not known yet is noted, answered, and the
//! template is rendered again; the rendering that asks for nothing new is the report. So all that is
//! asked for outright runs at once, and a value that decides what else is asked for is known by then.
//!
//! What the functions give stands in the Markdown as a mark, and nothing of it is ever read as Markdown.
//! A value that is reckoned with, compared or kept by the template is a plain number: what comes of it is
//! no figure of the saved query any more.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Object, ObjectRepr, Value};
use minijinja::{AutoEscape, Environment, Error as Fault, ErrorKind, UndefinedBehavior};

use super::asked::{Answer, Answers, Question, no_column};
use super::cell::{self, Cell, NOTHING, Style};
use super::chart::{self, Drawn};
use super::figures::{self, FIGURE};
use super::marks;
use crate::error::{Error, Kind, Result};
use crate::language::{Language, Message};
use crate::query::Source;
use crate::say;

/// What stands at a mark.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// A figure: its text, and how it has changed.
    Value { entry: usize, text: String, change: Option<Change> },
    /// A table with these columns of the result, in their order, and what it is called.
    Table { entry: usize, columns: Vec<usize>, title: String },
    /// A chart of these columns, as SVG for wide screens and for narrow ones, and what it is called.
    Chart { entry: usize, columns: Vec<usize>, svg: String, title: String },
}

/// How a figure has changed since a year: which way, and by how many tenths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) direction: Ordering,
    pub(super) tenths: i64,
    pub(super) since: i32,
}

/// What templates can name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Globals {
    pub(super) year: Option<i32>,
    pub(super) language: Language,
    pub(super) synthetic: bool,
}

/// A rendering.
pub(super) enum Rendered {
    /// The report: its Markdown with marks, what stands at them, and the questions behind.
    Whole { text: String, pieces: Vec<Piece>, entries: Vec<Question> },
    /// What must be known first.
    Wants(Vec<Question>),
}

/// What is on the table during a rendering.
#[derive(Default)]
struct Desk {
    answers: Answers,
    wanted: BTreeSet<Question>,
    pieces: Vec<Piece>,
    entries: Vec<Question>,
    /// Why the rendering was given up, where it was for a fault of ours.
    fault: Option<Error>,
}

/// What a table or chart is called in the report; all else that is named is a parameter of the query.
const TITLE: &str = "title";

type Shared = Arc<Mutex<Desk>>;

/// How a filter writes a number, with so many digits after the mark.
type Makes = fn(Option<usize>) -> Style;

/// More digits after the mark than this are no use to a reader.
const MOST_DECIMALS: usize = 20;

/// What a template may do, in steps of MiniJinja's: more than any report needs, and soon done.
const FUEL: u64 = 5_000_000;

/// What stands in the text as a mark.
#[derive(Debug)]
struct Marked {
    piece: usize,
    /// The value and how it has changed, where it is a figure: a filter may write it in another way.
    figure: Option<(usize, Cell, Option<Change>)>,
}

impl Object for Marked {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = marks::mark(self.piece);
        match self.figure {
            Some(_) => out.write_str(&mark),
            None => write!(out, "\n\n{mark}\n\n"),
        }
    }
}

impl Desk {
    /// Puts a piece on the table, for the mark that stands for it.
    fn marked(&mut self, piece: Piece) -> Value {
        self.pieces.push(piece);
        Value::from_object(Marked { piece: self.pieces.len() - 1, figure: None })
    }

    fn figure(&mut self, entry: usize, cell: Cell, change: Option<Change>, text: &str) -> Value {
        let text = marks::without_marks(text);
        self.pieces.push(Piece::Value { entry, text, change });
        Value::from_object(Marked { piece: self.pieces.len() - 1, figure: Some((entry, cell, change)) })
    }
}

/// Renders a template with the answers so far.
///
/// # Errors
/// It does not parse, or something that it asks for is wrong; with the place in it.
pub(super) fn render(source: &Source, globals: Globals, answers: &mut Answers) -> Result<Rendered> {
    let desk = Shared::default();
    open(&desk).answers = std::mem::take(answers);
    let rendered = environment(&desk, globals).render_str(&figures::named(&source.text), context(globals));
    let mut desk = open(&desk);
    let desk = &mut *desk;
    *answers = std::mem::take(&mut desk.answers);
    match rendered {
        // What is missing may be why it failed.
        _ if !desk.wanted.is_empty() => {
            Ok(Rendered::Wants(std::mem::take(&mut desk.wanted).into_iter().collect()))
        }
        Ok(text) => Ok(Rendered::Whole {
            text,
            pieces: std::mem::take(&mut desk.pieces),
            entries: std::mem::take(&mut desk.entries),
        }),
        Err(fault) => Err(placed(source, &fault, desk.fault.take())),
    }
}

fn open(desk: &Shared) -> MutexGuard<'_, Desk> {
    // A rendering that panicked is not gone on with.
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

fn context(globals: Globals) -> Value {
    let mut names =
        vec![("lang", Value::from(globals.language.code())), ("synthetic", Value::from(globals.synthetic))];
    names.extend(globals.year.map(|year| ("year", Value::from(year))));
    Value::from(BTreeMap::from_iter(names))
}

fn environment(desk: &Shared, globals: Globals) -> Environment<'static> {
    let language = globals.language;
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // A line that holds a block alone leaves no line.
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment.set_debug(true);
    let shared = desk.clone();
    environment.add_function("value", move |query: String, column: Option<String>, given: Kwargs| {
        ask(&shared, query, &given, true, |_, _, answer| Ok(value_of(&answer.value(column.as_deref())?)))
    });
    let shared = desk.clone();
    environment.add_function(FIGURE, move |query: String, column: Option<String>, given: Kwargs| {
        ask(&shared, query, &given, true, |desk, entry, answer| {
            let cell = answer.value(column.as_deref())?;
            let change = answer.before(column.as_deref()).and_then(|(since, before)| {
                let (direction, tenths) = cell::change(&cell, &before)?;
                Some(Change { direction, tenths, since })
            });
            let text = cell.shown(Style::Number(None), language);
            Ok(desk.figure(entry, cell, change, &text))
        })
    });
    let shared = desk.clone();
    environment.add_function("table", move |query: String, columns: Option<Vec<String>>, given: Kwargs| {
        let title: Option<String> = given.get(TITLE)?;
        ask(&shared, query, &given, false, |desk, entry, answer| {
            let columns = chosen(answer, columns.as_deref())?;
            let title = title.unwrap_or_else(|| answer.title(language).to_owned());
            Ok(desk.marked(Piece::Table { entry, columns, title }))
        })
    });
    let shared = desk.clone();
    environment.add_function("chart", move |query: String, columns: Option<Vec<String>>, given: Kwargs| {
        let title: Option<String> = given.get(TITLE)?;
        ask(&shared, query, &given, false, |desk, entry, answer| {
            let title = title.unwrap_or_else(|| answer.title(language).to_owned());
            let axes = columns.as_deref().map(|columns| axes(answer, columns)).transpose()?;
            let Drawn { columns, svg } = chart::of(answer, axes, &title, language)?;
            Ok(desk.marked(Piece::Chart { entry, columns, svg, title }))
        })
    });
    let filters: [(&str, Makes); 3] =
        [("number", Style::Number), ("vnd", Style::Money), ("percent", Style::Percent)];
    for (name, style) in filters {
        let shared = desk.clone();
        environment.add_filter(name, move |value: Value, decimals: Option<usize>| {
            written(&mut open(&shared), &value, (style, decimals), language)
        });
    }
    // What a macro or a block gives has been formatted: it counts as safe where text is escaped at all.
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    environment.set_fuel(Some(FUEL));
    environment.set_formatter(move |out, _, value| {
        let text = shown(value, language)?;
        out.write_str(&text).map_err(|_| Fault::new(ErrorKind::WriteFailure, "no room for the text"))
    });
    environment
}

/// Gives what was asked for, or notes that it must be known first.
fn ask(
    shared: &Shared,
    query: String,
    given: &Kwargs,
    is_value: bool,
    give: impl FnOnce(&mut Desk, usize, &Answer) -> Result<Value>,
) -> std::result::Result<Value, Fault> {
    let mut names: Vec<String> = given.args().filter(|name| *name != TITLE).map(str::to_owned).collect();
    names.sort();
    let mut values = Vec::new();
    for name in names {
        let value: Value = given.get(&name)?;
        match value.kind() {
            minijinja::value::ValueKind::None => {}
            minijinja::value::ValueKind::Seq => {
                values.extend(value.try_iter()?.map(|value| (name.clone(), value.to_string())));
            }
            _ => values.push((name, value.to_string())),
        }
    }
    let question = Question { query, given: values, is_value };
    let mut desk = open(shared);
    let given = match desk.answers.remove(&question) {
        None => {
            desk.wanted.insert(question);
            return Ok(Value::from(()));
        }
        Some(Err(error)) => Err(error),
        Some(Ok(answer)) => {
            let known = desk.entries.iter().position(|known| *known == question);
            let entry = known.unwrap_or_else(|| {
                desk.entries.push(question.clone());
                desk.entries.len() - 1
            });
            let given = give(&mut desk, entry, &answer);
            desk.answers.insert(question, Ok(answer));
            given
        }
    };
    given.map_err(|error| {
        desk.fault = Some(error);
        Fault::new(ErrorKind::InvalidOperation, "an answer of ours")
    })
}

/// The columns that a table is to have; all where none is named.
fn chosen(answer: &Answer, names: Option<&[String]>) -> Result<Vec<usize>> {
    let fields = answer.result.schema.fields();
    let all: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
    let Some(names) = names else { return Ok((0..all.len()).collect()) };
    if names.is_empty() {
        return Err(Error::data(say!("no column is named")).hint(say!("leave the list out for all of them")));
    }
    let place = |name: &String| {
        let found = all.iter().position(|known| known == name);
        found.ok_or_else(|| {
            no_column(name, &all).context(Message::verbatim(format!("`{}`", answer.query.name)))
        })
    };
    names.iter().map(place).collect()
}

/// The columns that a chart is to draw.
fn axes(answer: &Answer, names: &[String]) -> Result<[String; 2]> {
    chosen(answer, Some(names))?;
    <[String; 2]>::try_from(names.to_vec()).map_err(|names| {
        Error::data(say!("a chart draws two columns, labels and values, and not {n}", n = names.len()))
    })
}

/// A value as templates reckon with it.
fn value_of(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::from(()),
        Cell::Number(digits) => match (digits.parse::<i64>(), digits.parse::<i128>(), cell.float()) {
            (Ok(whole), ..) => Value::from(whole),
            (_, Ok(whole), _) => Value::from(whole),
            (_, _, float) => float.map_or(Value::from(()), Value::from),
        },
        Cell::Float(value) => Value::from(*value),
        Cell::Truth(truth) => Value::from(*truth),
        Cell::Day(day) => Value::from(day.as_str()),
        Cell::Text(text) => Value::from(marks::without_marks(text)),
    }
}

/// A number as a filter writes it.
fn written(
    desk: &mut Desk,
    value: &Value,
    (style, decimals): (Makes, Option<usize>),
    language: Language,
) -> std::result::Result<Value, Fault> {
    let wrong = |words: &'static str| Err(Fault::new(ErrorKind::InvalidOperation, words));
    if decimals.is_some_and(|decimals| decimals > MOST_DECIMALS) {
        return wrong("a number has at most 20 digits after the mark");
    }
    let style = style(decimals);
    match value.downcast_object_ref::<Marked>() {
        Some(Marked { figure: Some((entry, cell, change)), .. }) => {
            Ok(desk.figure(*entry, cell.clone(), *change, &cell.shown(style, language)))
        }
        Some(_) => wrong("this filter is for numbers"),
        None if value.is_none() => Ok(Value::from(NOTHING)),
        None if value.is_number() => Ok(Value::from(reckoned(value).shown(style, language))),
        None => wrong("this filter is for numbers"),
    }
}

/// A number that the template itself holds or has reckoned.
fn reckoned(value: &Value) -> Cell {
    match f64::try_from(value.clone()) {
        Ok(float) if !value.is_integer() => Cell::Float(float),
        _ => Cell::Number(value.to_string()),
    }
}

/// The Markdown of what an expression gives: marks, or text that is nothing but text.
fn shown(value: &Value, language: Language) -> std::result::Result<String, Fault> {
    if value.is_undefined() {
        return Err(Fault::from(ErrorKind::UndefinedError));
    }
    if value.is_safe() || value.downcast_object_ref::<Marked>().is_some() {
        return Ok(value.to_string());
    }
    let text = match value.as_str() {
        Some(text) => text.to_owned(),
        None if value.is_none() => NOTHING.to_owned(),
        None if value.is_number() => reckoned(value).shown(Style::Plain, language),
        None if value.kind() == minijinja::value::ValueKind::Bool => {
            Cell::Truth(value.is_true()).shown(Style::Plain, language)
        }
        None => {
            return Err(Fault::new(ErrorKind::InvalidOperation, "only texts and numbers can be shown"));
        }
    };
    Ok(marks::escaped_between(&text))
}

/// A fault with its place in the template, and below it the fault of the query with its own.
fn placed(source: &Source, fault: &Fault, inner: Option<Error>) -> Error {
    let place = match fault.range().filter(|range| source.text.get(..range.start).is_some()) {
        Some(range) => {
            let before = &source.text[..range.start];
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            let length = source
                .text
                .get(range)
                .and_then(|part| part.lines().next())
                .map_or(1, |part| part.chars().count());
            source.excerpt(before.matches('\n').count() + 1, column, column + length)
        }
        None => source.excerpt(fault.line().unwrap_or(1), 1, 2),
    };
    let Some(inner) = inner else {
        let words = fault.detail().map_or_else(|| fault.kind().to_string(), str::to_owned);
        return Error::data(say!("the template: {reason}", reason = Message::verbatim(words))).at(place);
    };
    let message = say!("the report cannot be made: {reason}", reason = *inner.message());
    let outer = match inner.kind() {
        Kind::Findings => Error::findings(message),
        _ => Error::data(message),
    };
    let outer = outer.at(place);
    // Its own place is in the text of the query, and its hints are about that.
    match inner.place().is_some() {
        true => Error::many(vec![outer, inner]).unwrap_or_else(Error::interrupted),
        false => inner.hints().iter().fold(outer, Error::hint),
    }
}
