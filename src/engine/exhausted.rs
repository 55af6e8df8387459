//! What is said where the memory of a statement does not suffice.

use super::Engine;
use crate::error::Error;
use crate::language::Message;
use crate::say;
use crate::ui::text;

/// Words that are made when they are needed.
type Says = fn() -> Message;

/// Operators by how what they reserve memory for is called.
const OPERATORS: [(&str, Says); 9] = [
    ("ExternalSorter", || say!("a sort")),
    ("SortPreservingMerge", || say!("a sort")),
    ("TopK", || say!("a sort with a limit")),
    ("Aggregate", || say!("a grouping or DISTINCT")),
    ("CrossJoin", || say!("a join without a condition")),
    ("Join", || say!("a join")),
    ("SMJStream", || say!("a join")),
    ("RecursiveQuery", || say!("a recursive WITH")),
    ("Shared", || say!("a part that the statement uses twice")),
];

/// The engine's words about memory as an error of ours: which operator, and what to do.
pub(super) fn told(words: &str, engine: &Engine) -> Error {
    // "… for ExternalSorter[0] with …", "… for GroupedHashAggregateStream[0] (count(1)) with …"
    let consumer = words.split(" for ").nth(1).unwrap_or(words);
    let operator = OPERATORS.iter().find(|(name, _)| consumer.contains(name)).map(|(_, says)| says());
    let operator = operator.unwrap_or_else(|| say!("an operator"));
    let error = Error::data(match engine.memory_limit() {
        Some(limit) => {
            let limit = text::size(limit as u64);
            say!(
                "the memory does not suffice: {operator} needs more than is left of {limit}",
                operator,
                limit
            )
        }
        None => say!("the memory does not suffice for {operator}", operator),
    });
    let error = match engine.is_tight {
        true => error.hint(say!("give more by `--memory-limit`, or ask for fewer rows or columns")),
        // With a limit of its own a statement goes to the disk early.
        false => error.hint(say!(
            "ask for fewer rows or columns; with a `--memory-limit` that is given, more goes to the disk"
        )),
    };
    error.with_detail(words.to_owned())
}
