//! What is told of where a figure, table or chart comes from.

use super::Report;
use crate::check::figures::{Figure, Verdict};
use crate::language::Message;
use crate::{many, say};

/// A fact about an entry of the appendix.
pub(super) struct Fact {
    pub(super) name: Message,
    pub(super) value: Message,
    /// Whether it is what one types.
    pub(super) is_code: bool,
    /// The word of the verdict, where it is one.
    pub(super) verdict: Option<&'static str>,
}

impl Fact {
    fn new(name: Message, value: Message) -> Self {
        Self { name, value, is_code: false, verdict: None }
    }
}

/// The facts about an entry.
pub(super) fn facts(report: &Report, entry: usize) -> Vec<Fact> {
    let answer = &report.entries[entry];
    let mut facts = vec![Fact {
        is_code: true,
        ..Fact::new(say!("Query"), Message::verbatim(answer.query.name.clone()))
    }];
    let parameters: Vec<String> =
        answer.parameters.iter().map(|(name, values)| format!("{name} = {}", values.join(", "))).collect();
    if !parameters.is_empty() {
        facts.push(Fact::new(say!("Parameters"), Message::verbatim(parameters.join("; "))));
    }
    facts.push(Fact::new(say!("Rows"), rows(report, entry)));
    match &answer.figure {
        Some(figure) => {
            let (text, source) = (&figure.published.text, &figure.published.source);
            facts.push(Fact::new(say!("Published"), say!("“{text}” ({source})", text, source)));
            facts.push(Fact {
                verdict: Some(figure.verdict.word()),
                ..Fact::new(say!("Verdict"), verdict(figure))
            });
        }
        None if answer.query.header.published.is_some() => {
            facts.push(Fact::new(
                say!("Published"),
                say!("for other parameters than these, so nothing is compared"),
            ));
        }
        None => {}
    }
    if answer.result.counts.is_some() {
        let given = answer.parameters.iter().flat_map(|(name, values)| {
            values.iter().flat_map(move |value| ["-p".to_owned(), format!("{name}={value}")])
        });
        let words = ["tongket", "why", &answer.query.name].map(str::to_owned);
        let line = shell_words::join(words.into_iter().chain(given));
        facts.push(Fact { is_code: true, ..Fact::new(say!("See the rows"), Message::verbatim(line)) });
    }
    facts
}

/// How many rows were counted for it.
fn rows(report: &Report, entry: usize) -> Message {
    let answer = &report.entries[entry];
    match answer.result.counts {
        Some([rows, known]) if known < rows => {
            many!(
                known,
                "{n} row with a known value, of {rows}",
                "{n} rows with a known value, of {rows}",
                rows = crate::language::Piece::Count(rows)
            )
        }
        Some([rows, _]) => many!(rows, "{n} row counted", "{n} rows counted"),
        None => {
            let result = many!(answer.result.rows(), "{n} row in the result", "{n} rows in the result");
            match answer.result.scanned {
                0 => result,
                scanned => Message::joined(
                    [result, many!(scanned, "{n} row read for it", "{n} rows read for it")],
                    "; ",
                ),
            }
        }
    }
}

fn verdict(figure: &Figure) -> Message {
    match &figure.verdict {
        Verdict::Holds => say!("holds"),
        Verdict::Contradicts => say!("contradicts"),
        Verdict::Undecided(reason) => say!("not to be decided: {reason}", reason),
        Verdict::Fails(reason) => say!("fails: {reason}", reason),
    }
}
