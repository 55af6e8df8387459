//! What went wrong on a cluster, in our words.
//!
//! An error comes from there as a text: that in which Rust shows the error of the engine. What is told of it
//! is the same as where the engine in this process fails.

use arrow::error::ArrowError;
use ballista_core::error::BallistaError;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::object_store;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::TryStreamExt;
use parquet::errors::ParquetError;

use crate::config::cluster::Scheduler;
use crate::error::Error;
use crate::language::Message;
use crate::say;

/// Rows whose errors are told as those of the engine in this process are.
pub(super) fn in_our_words(rows: SendableRecordBatchStream, at: &Scheduler) -> SendableRecordBatchStream {
    let (schema, at) = (rows.schema(), at.clone());
    Box::pin(RecordBatchStreamAdapter::new(schema, rows.map_err(move |error| told(error, &at))))
}

fn told(error: DataFusionError, at: &Scheduler) -> DataFusionError {
    match &error {
        DataFusionError::Execution(text) => of_scheduler(text, at).unwrap_or(error),
        DataFusionError::External(inner) if inner.is::<BallistaError>() => {
            lost(&Message::verbatim(first_text(&inner.to_string())))
        }
        _ => error,
    }
}

fn ours(message: Message, hint: Option<Message>) -> DataFusionError {
    let error = Error::data(message);
    DataFusionError::External(Box::new(match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }))
}

/// What the scheduler, or the way to it, says.
fn of_scheduler(text: &str, at: &Scheduler) -> Option<DataFusionError> {
    if let Some((_, reason)) = text.strip_prefix("Job ").and_then(|text| text.split_once(" failed: ")) {
        return Some(of_engine(reason));
    }
    if let Some((_, said)) = text.split_once("PlanParsingFailure(") {
        let reason = literal(said).unwrap_or_else(|| said.to_owned());
        return Some(ours(
            say!(
                "the cluster cannot take this statement: {reason}",
                reason = Message::verbatim(reason.trim_start_matches("Could not parse plan: "))
            ),
            Some(say!("leave out `--engine` to run it in this process")),
        ));
    }
    if let Some((_, said)) = text.split_once("GrpcConnectionError(") {
        let reason = Message::verbatim(literal(said).unwrap_or_else(|| said.to_owned()));
        return Some(lost(&reason));
    }
    if let Some(said) = text.strip_prefix("Status { code: ") {
        let reason = literal(said.split_once("message: ")?.1).unwrap_or_default();
        return Some(match said.split_once(',')?.0 {
            "Unavailable" | "Unknown" | "Cancelled" => gone(at),
            "Internal" if text.contains("GoAway") => ours(
                say!(
                    "what answers at {at} is no scheduler: {reason}",
                    at,
                    reason = Message::verbatim(reason)
                ),
                // A scheduler that waits for a certificate answers so as well, if its answer is heard.
                Some(say!(
                    "its port is that of `tongket cluster scheduler`, which may ask for a certificate (`--tls`)"
                )),
            ),
            // The connection broke between two words.
            "Internal" if reason.contains("h2 protocol error") => gone(at),
            _ => ours(
                say!("the scheduler at {at} says: {reason}", at, reason = Message::verbatim(reason)),
                None,
            ),
        });
    }
    if let Some((_, said)) = text.split_once("InvalidCertificate(") {
        let reason = Message::verbatim(said.split([')', ' ', '{']).next().unwrap_or_default());
        return Some(ours(
            say!("the certificate of {at} is not accepted: {reason}", at, reason),
            Some(say!("it must be signed by who is in ca.pem, and name the host")),
        ));
    }
    if text.contains("ConnectError") || text.contains("TimedOut") || text.contains("Timeout") {
        let reason =
            Message::verbatim(first_text(text.rsplit_once("message: ").map_or(text, |(_, end)| end)));
        return Some(ours(
            say!("the scheduler at {at} is not reached: {reason}", at, reason),
            Some(say!("start one with `tongket cluster scheduler`, or try one with `tongket cluster up`")),
        ));
    }
    None
}

fn lost(reason: &Message) -> DataFusionError {
    ours(
        say!("rows of the result were lost on the cluster: {reason}", reason),
        Some(say!("an executor may have ended: run it again")),
    )
}

fn gone(at: &Scheduler) -> DataFusionError {
    ours(
        say!("the scheduler at {at} went away while the statement ran", at),
        Some(say!("run it again when it is back (with `--tls`, where it asks for a certificate)")),
    )
}

/// Kinds of errors that have a text, as Rust shows them, and what they are here.
type Kind = (&'static str, fn(String) -> DataFusionError);

const KINDS: [Kind; 10] = [
    ("CastError(", |text| ArrowError::CastError(text).into()),
    ("ComputeError(", |text| ArrowError::ComputeError(text).into()),
    ("ParseError(", |text| ArrowError::ParseError(text).into()),
    ("InvalidArgumentError(", |text| ArrowError::InvalidArgumentError(text).into()),
    ("ArithmeticOverflow(", |text| ArrowError::ArithmeticOverflow(text).into()),
    ("ArrowError(ParquetError(", |text| ArrowError::ParquetError(text).into()),
    ("ParquetError(General(", |text| ParquetError::General(text).into()),
    ("ParquetError(EOF(", |text| ParquetError::EOF(text).into()),
    ("ResourcesExhausted(", DataFusionError::ResourcesExhausted),
    ("Execution(", DataFusionError::Execution),
];

/// The error of the engine that an executor has shown.
fn of_engine(text: &str) -> DataFusionError {
    if let Some(error) = error_of_ours(text) {
        return error;
    }
    if text.contains("ArrowError(DivideByZero") {
        return ArrowError::DivideByZero.into();
    }
    // The first is the outermost that has a text; what looks like one further on is within that text.
    let found = KINDS.iter().filter_map(|(name, make)| Some((text.find(&format!("{name}\""))?, name, make)));
    if let Some((at, name, make)) = found.min_by_key(|(at, ..)| *at)
        && let Some(said) = literal(&text[at + name.len()..])
    {
        return make(said);
    }
    let said = ["Job failed due to ", "Task failed due to runtime execution error: "].into_iter();
    let said = said.fold(text.trim(), |text, start| text.strip_prefix(start).unwrap_or(text));
    ours(say!("the statement failed on the cluster: {reason}", reason = Message::verbatim(said)), None)
}

/// An [`Error`] as it is shown, and whether it is one of a file.
fn error_of_ours(text: &str) -> Option<DataFusionError> {
    let (before, shown) = text.split_once("Error { kind: ")?;
    let (_, shown) = shown.split_once("message: ")?;
    let (message, mut rest) = quoted(shown)?;
    let mut error = Error::data(Message::verbatim(message));
    rest = rest.split_once("hints: [").map_or("", |(_, hints)| hints);
    while let Some((hint, after)) = quoted(rest) {
        error = error.hint(Message::verbatim(hint));
        rest = after.trim_start_matches(", ");
    }
    Some(match before.contains("Generic { store: ") {
        true => object_store::Error::Generic { store: "LocalFileSystem", source: Box::new(error) }.into(),
        false => DataFusionError::External(Box::new(error)),
    })
}

/// The text in quotes that begins here, as Rust writes it.
fn literal(text: &str) -> Option<String> {
    quoted(text).map(|(said, _)| said)
}

/// The same, and what comes after it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut chars = text.strip_prefix('"')?.chars();
    let mut said = String::new();
    loop {
        match chars.next()? {
            '"' => return Some((said, chars.as_str())),
            '\\' => match chars.next()? {
                'n' => said.push('\n'),
                'r' => said.push('\r'),
                't' => said.push('\t'),
                '0' => said.push('\0'),
                'u' => {
                    let digits: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                    said.push(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)?);
                }
                other => said.push(other),
            },
            other => said.push(other),
        }
    }
}

/// The first text in quotes, or all of it.
fn first_text(text: &str) -> String {
    text.find('"').and_then(|at| literal(&text[at..])).unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::below;

    fn at() -> Scheduler {
        "ballista://may-1:7000".parse().expect("an address")
    }

    /// As an executor sends it.
    fn failed(error: DataFusionError) -> DataFusionError {
        let task = BallistaError::from(error);
        let text = format!(
            "Job 03 failed: Job failed due to stage 1 failed: Task failed due to runtime execution error: {task:?}\n"
        );
        told(DataFusionError::Execution(text), &at())
    }

    #[test]
    fn errors_of_the_engine_come_back_as_they_were() {
        let cast = || ArrowError::CastError("Cannot cast 'đ \"x\"\n\u{202e}' to Int32".to_owned());
        let wrapped = DataFusionError::Shared(std::sync::Arc::new(cast().into()));
        for (sent, words) in [
            (ArrowError::DivideByZero.into(), ArrowError::DivideByZero.to_string()),
            (cast().into(), cast().to_string()),
            (wrapped, cast().to_string()),
            (DataFusionError::Execution("a CastError(\"b\")".into()), "a CastError(\"b\")".to_owned()),
        ] {
            let back = failed(sent).strip_backtrace();
            assert!(back.ends_with(&words), "{back} | {words}");
        }
    }

    #[test]
    fn errors_of_ours_keep_their_words_and_hints() {
        let sent = Error::data(say!("`{text}` is not a number", text = "\"đ\""));
        let sent = sent.hint(Message::verbatim("one, \"two\"")).hint(Message::verbatim("three"));
        let back = failed(DataFusionError::External(Box::new(sent)));
        let back = below(&back).expect("ours");
        assert_eq!(back.message().english(), "`\"đ\"` is not a number");
        let hints: Vec<_> = back.hints().iter().map(Message::english).collect();
        assert_eq!(hints, ["one, \"two\"", "three"]);
    }
}
