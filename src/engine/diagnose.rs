//! DataFusion's errors in the words and with the places that users need.

use datafusion::common::{Column, Diagnostic, SchemaError};
use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use super::{CATALOG, Engine, Job, SCHEMA, exhausted};
use crate::error::{Error, Excerpt, below, without_layers};
use crate::language::Message;
use crate::query::{Source, Statement};
use crate::say;
use crate::ui::text;

/// Which statement of which text an error belongs to.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The text.
    pub(super) source: &'a Source,
    /// The statement in it.
    pub(super) statement: &'a Statement,
}

impl<'a> Place<'a> {
    /// The place of a job.
    pub(super) fn of_job(job: &'a Job) -> Self {
        Self { source: &job.source, statement: &job.statement }
    }

    /// A place in the statement, shown in the user's text.
    pub(super) fn excerpt(&self, line: usize, column: usize, length: usize) -> Excerpt {
        let (line, column) = self.statement.locate(line.max(1), column.max(1));
        self.source.excerpt(line, column, column + length.max(1))
    }

    /// The place of the name that an error is about, where the statement has it once.
    fn of_name(&self, message: &str) -> Option<Excerpt> {
        let name = between(message, "there is no column `", "`")?;
        let dialect = GenericDialect {};
        let tokens = Tokenizer::new(&dialect, &self.statement.text).tokenize_with_location().ok()?;
        let mut named = tokens.iter().filter(
            |token| matches!(&token.token, Token::Word(word) if word.value.eq_ignore_ascii_case(name)),
        );
        let (Some(token), None) = (named.next(), named.next()) else { return None };
        let start = token.span.start;
        Some(self.excerpt(start.line as usize, start.column as usize, name.chars().count()))
    }

    fn of(&self, diagnostic: &Diagnostic) -> Option<Excerpt> {
        let span = diagnostic.span?;
        let one_line = span.start.line == span.end.line;
        let length = if one_line { span.end.column.saturating_sub(span.start.column) } else { 1 };
        Some(self.excerpt(span.start.line as usize, span.start.column as usize, length as usize))
    }
}

/// An error that has no place in a text.
pub(super) fn plain(error: &DataFusionError) -> Error {
    Error::data(Message::verbatim(words(error)))
}

/// The words of SQL that a slip is held against.
const WORDS: [&str; 24] = [
    "SELECT", "FROM", "WHERE", "GROUP", "ORDER", "BY", "HAVING", "LIMIT", "OFFSET", "JOIN", "LEFT", "INNER",
    "UNION", "WITH", "VALUES", "CREATE", "VIEW", "TABLE", "DROP", "DESCRIBE", "EXPLAIN", "DISTINCT",
    "BETWEEN", "SHOW",
];

/// A statement that does not parse.
pub(super) fn parse(error: &DataFusionError, place: &Place<'_>) -> Error {
    let message = words(error);
    // The parser says "… at Line: 1, Column: 8", sometimes without the comma's blank.
    let at = message.find(" at Line: ").or_else(|| message.find(" at line "));
    let (said, position) = message.split_at(at.unwrap_or(message.len()));
    let mut numbers =
        position.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse::<usize>().ok());
    let shown = match (numbers.next(), numbers.next()) {
        (Some(line), Some(column)) => {
            let length = said
                .rsplit("found: ")
                .next()
                .filter(|_| said.contains("found: "))
                .map_or(1, |found| found.chars().count());
            Some(place.excerpt(line, column, length))
        }
        _ => {
            // The end of the text has no position: the fault is what is missing after its last character.
            let last = place.statement.text.lines().count().max(1);
            let column = place.statement.text.lines().last().map_or(0, |line| line.chars().count()) + 1;
            Some(place.excerpt(last, column, 1))
        }
    };
    let said = said
        .trim_start_matches("sql parser error: ")
        .trim_start_matches("ParserError(\"")
        .trim_end_matches("\")");
    let said_shortly =
        said.replace("Expected: ", "expected ").replace(", found: EOF", ", and the statement ends");
    let error = Error::data(Message::verbatim(lower_first(&said_shortly)));
    // A word that is nearly one of SQL's own is most often meant as that.
    let found = said.rsplit("found: ").next().filter(|_| said.contains("found: "));
    let near = found.and_then(|word| text::nearest(word, WORDS)).filter(|near| Some(*near) != found);
    let error = error.hint_opt(near.map(|near| say!("did you mean `{near}`?", near)));
    match shown {
        Some(shown) => error.at(shown),
        None => error,
    }
}

/// A statement that cannot be planned, started or run to its end.
pub(super) fn plan(error: DataFusionError, place: &Place<'_>, engine: &Engine) -> Error {
    if let DataFusionError::Collection(errors) = error {
        let faults = errors.into_iter().map(|error| plan(error, place, engine)).collect();
        return Error::many(faults).unwrap_or_else(|| Error::data(say!("the statement cannot be planned")));
    }
    let diagnostic = error.diagnostic().cloned();
    let said = error.to_string();
    let shown = diagnostic.as_ref().and_then(|diagnostic| place.of(diagnostic));
    let known = match root(error) {
        Root::Ours(error) => *error,
        Root::Theirs(root) => explain(&root, diagnostic.as_ref(), engine),
    };
    let known = known.with_detail(said);
    match shown.or_else(|| place.of_name(&known.message().english())) {
        Some(shown) if known.place().is_none() => quoted_text(known.at(shown)),
        _ => known,
    }
}

/// A name in double quotes that is not there was most likely meant as a text.
fn quoted_text(error: Error) -> Error {
    let fault = error.place().map(|place| {
        let fault: String =
            place.text.chars().skip(place.column - 1).take(place.end - place.column).collect();
        fault
    });
    match fault.as_deref().and_then(|fault| fault.strip_prefix('"')?.strip_suffix('"')) {
        Some(text) if error.message().english().starts_with("there is no column") => {
            error.only_hint(say!("a text stands in single quotes: '{text}'", text))
        }
        _ => error,
    }
}

/// What lies under the wrappings of an error: one of ours, or one of the engine's.
enum Root {
    Ours(Box<Error>),
    Theirs(DataFusionError),
}

fn root(error: DataFusionError) -> Root {
    match error {
        DataFusionError::Diagnostic(_, inner) | DataFusionError::Context(_, inner) => root(*inner),
        DataFusionError::External(inner) => match inner.downcast::<Error>() {
            Ok(ours) => Root::Ours(ours),
            Err(other) => shared(DataFusionError::External(other)),
        },
        DataFusionError::Shared(inner) => match std::sync::Arc::try_unwrap(inner) {
            Ok(inner) => root(inner),
            Err(inner) => shared(DataFusionError::Shared(inner)),
        },
        other => shared(other),
    }
}

/// The root of an error that others hold too, or that went through a reader or writer of bytes.
fn shared(error: DataFusionError) -> Root {
    match below(&error) {
        Some(ours) => {
            let copy = Error::data(ours.message());
            Root::Ours(Box::new(ours.hints().iter().fold(copy, |error, hint| error.hint(hint.clone()))))
        }
        None => Root::Theirs(error),
    }
}

fn explain(root: &DataFusionError, diagnostic: Option<&Diagnostic>, engine: &Engine) -> Error {
    match root {
        DataFusionError::SchemaError(fault, _) => match fault.as_ref() {
            SchemaError::FieldNotFound { field, valid_fields } => unknown_column(field, valid_fields),
            SchemaError::AmbiguousReference { field } => {
                let name = &field.name;
                Error::data(say!("column `{name}` is in more than one table", name))
                    .hint(say!("say which: TABLE.{name}", name))
            }
            _ => plain(root),
        },
        DataFusionError::Plan(message) => {
            if let Some(name) = between(message, "table '", "' not found") {
                return unknown_table(name, engine);
            }
            if let Some(name) = between(message, "Invalid function '", "'") {
                return unknown_function(name, engine);
            }
            if let Some(twice) =
                between(message, "unique expression names but the expression \"", "\" at position")
            {
                // `x AS name`, and not `CAST(x AS type)`.
                let alias = twice.rsplit_once(" AS ").map(|(_, alias)| alias);
                let name = alias.filter(|alias| !alias.contains(')')).unwrap_or(twice);
                return Error::data(say!("two columns are called `{name}`", name))
                    .hint(say!("give them names of their own: SELECT a.x AS first, b.x AS second"));
            }
            if let Some(error) = not_grouped(diagnostic) {
                return error;
            }
            if let Some(error) = mismatched(message).or_else(|| out_of_place(message)) {
                return error;
            }
            // The diagnostic is the shorter and clearer of the two.
            let said = diagnostic.map_or(message.as_str(), |diagnostic| diagnostic.message.as_str());
            let said = Message::verbatim(lower_first(said.lines().next().unwrap_or_default()));
            let help = diagnostic.and_then(|diagnostic| diagnostic.helps.first());
            Error::data(said).hint_opt(help.map(|help| Message::verbatim(lower_first(&help.message))))
        }
        DataFusionError::Shared(inner) => explain(inner, diagnostic, engine),
        DataFusionError::ResourcesExhausted(words) => exhausted::told(words, engine),
        _ => {
            let said = root.to_string();
            mismatched(&said).or_else(|| out_of_place(&said)).unwrap_or_else(|| plain(root))
        }
    }
}

/// A query in the place of a value or of a condition, where the engine plans none.
fn out_of_place(message: &str) -> Option<Error> {
    let kinds = ["ScalarSubquery(", "Exists(", "InSubquery("];
    let left = between(message, "does not support logical expression ", "<subquery>");
    let found = left.is_some_and(|left| kinds.iter().any(|kind| left.contains(kind)))
        || ["subquery can only be used in", "scalar subquery must be aggregated"]
            .iter()
            .any(|words| message.contains(words));
    found.then(|| {
        Error::data(say!("a query stands where the engine cannot plan one")).hint(say!(
            "as a value it gives one row, such as max(…), and picks rows by the row outside with = alone; else join it"
        ))
    })
}

/// A column beside aggregates that is neither grouped nor aggregated.
fn not_grouped(diagnostic: Option<&Diagnostic>) -> Option<Error> {
    let message = diagnostic?.message.as_str();
    let column = between(message, "'", "' must appear in GROUP BY")?;
    Some(
        Error::data(say!("`{column}` stands beside an aggregate and is not in GROUP BY", column))
            .hint(say!("group by it: GROUP BY {column}; or take one value of it: min({column})", column)),
    )
}

/// A function that is given what it does not take.
fn mismatched(message: &str) -> Option<Error> {
    let name = between(message, "Function '", "' failed to match any signature")
        .or_else(|| between(message, "Failed to coerce arguments to satisfy a call to '", "'"))
        .or_else(|| between(message, "Function '", "' expects"))?;
    let said = match (between(message, "but received ", " (DataType"), between(message, "' expects ", ". ")) {
        (Some(given), _) => {
            say!("function `{name}` does not take {given}", name, given = given.to_lowercase())
        }
        (None, Some(counts)) => say!("function `{name}` expects {counts}", name, counts),
        (None, None) => say!("function `{name}` does not take these arguments", name),
    };
    let error = Error::data(said);
    Some(error.hint(say!("`\\h {name}` tells what it takes", name)))
}

fn unknown_column(field: &Column, valid: &[Column]) -> Error {
    let name = &field.name;
    let error = Error::data(match &field.relation {
        Some(relation) => say!("there is no column `{name}` in `{table}`", name, table = relation.table()),
        None => say!("there is no column `{name}`", name),
    });
    let same = valid.iter().find(|column| column.name.eq_ignore_ascii_case(&field.name));
    if let Some(column) = same {
        return error.hint(say!("did you mean `{near}`?", near = column.name));
    }
    let names = valid.iter().map(|column| column.name.as_str());
    if let Some(near) = text::nearest(&field.name, names) {
        return error.hint(say!("did you mean `{near}`?", near));
    }
    if valid.is_empty() {
        return error.hint(say!("a text stands in single quotes: '{text}'", text = name));
    }
    let mut names: Vec<&str> = valid.iter().map(|column| column.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let more = if names.len() > 12 { ", …" } else { "" };
    let listed = names.iter().take(12).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    error.hint(say!("there are {names}", names = listed + more))
}

fn unknown_table(name: &str, engine: &Engine) -> Error {
    let here = format!("{CATALOG}.{SCHEMA}.");
    let bare = name.strip_prefix(&here).unwrap_or(name);
    let stored = engine.tables.stored().unwrap_or_default();
    let made = engine.tables.made_here();
    let names = || stored.keys().map(String::as_str).chain(made.iter().map(String::as_str));
    let error = Error::data(say!("there is no table `{name}`", name = bare));
    if let Some(name) = names().find(|name| name.to_lowercase() == bare.to_lowercase()) {
        return error.hint(say!("a name with capitals stands in double quotes: \"{name}\"", name));
    }
    if crate::catalog::is_path(bare) {
        return error.hint(say!("a path stands in single quotes: FROM '{path}'", path = bare));
    }
    if let Some(near) = text::nearest(bare, names()) {
        return error.hint(say!("did you mean `{near}`?", near));
    }
    if crate::storage::is_file(std::path::Path::new(bare)) {
        return error.hint(say!(
            "the file `{path}` is there, but its ending is not that of a data file",
            path = bare
        ));
    }
    if names().next().is_none() && !engine.tables.has_workspace() {
        return error.hint(say!(
            "this is no workspace: name one with `-C DIR`, make one with `tongket init DIR`, or read a file with FROM 'file.parquet'"
        ));
    }
    error.hint(say!("`tongket tables` lists them"))
}

/// Functions of other engines, and what they are called here.
const ELSEWHERE: [(&str, &str); 10] = [
    ("year", "date_part('year', x)"),
    ("month", "date_part('month', x)"),
    ("day", "date_part('day', x)"),
    ("quarter", "date_part('quarter', x)"),
    ("ifnull", "coalesce(x, y)"),
    ("isnull", "x IS NULL"),
    ("group_concat", "string_agg(x, ', ')"),
    ("listagg", "string_agg(x, ', ')"),
    ("len", "length(x)"),
    ("getdate", "current_date"),
];

fn unknown_function(name: &str, engine: &Engine) -> Error {
    let state = engine.context.state();
    let mut names: Vec<&String> = state
        .scalar_functions()
        .keys()
        .chain(state.aggregate_functions().keys())
        .chain(state.window_functions().keys())
        .collect();
    names.sort();
    let error = Error::data(say!("there is no function `{name}`", name));
    if let Some((_, here)) = ELSEWHERE.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)) {
        return error.hint(say!("here it is `{here}`", here));
    }
    let near = text::nearest(name, names.into_iter().map(String::as_str));
    error.hint_opt(near.map(|near| say!("did you mean `{near}`?", near)))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = &text[text.find(before)? + before.len()..];
    rest.find(after).map(|end| &rest[..end])
}

/// The engine's message without its label and backtrace.
fn words(error: &DataFusionError) -> String {
    let message = match error {
        DataFusionError::Diagnostic(_, inner) => return words(inner),
        DataFusionError::Context(context, inner) => format!("{context}: {}", words(inner)),
        DataFusionError::Shared(inner) => return words(inner),
        DataFusionError::External(inner) => inner.to_string(),
        DataFusionError::SQL(inner, _) => inner.to_string(),
        other => other.message().into_owned(),
    };
    let message = message.split("\n\nbacktrace:").next().unwrap_or_default().trim();
    let message = without_layers(message);
    lower_first(message.trim_end_matches(". This issue was likely caused by a bug in DataFusion's code. Please help us to resolve this by filing a bug report in our issue tracker: https://github.com/apache/datafusion/issues"))
}

/// Errors begin in lower case, unless their first word is a name or an abbreviation.
fn lower_first(message: &str) -> String {
    let mut chars = message.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(message.chars().skip(1)).collect()
        }
        _ => message.to_owned(),
    }
}
