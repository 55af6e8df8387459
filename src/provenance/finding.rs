//! What an export is found to be no longer.

use crate::language::Message;

/// What is no longer as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The thing.
    pub what: Message,
    /// What it was when the export was made; `None` where it was not there.
    pub was: Option<Message>,
    /// What it is; `None` where it is no longer there.
    pub now: Option<Message>,
}

impl Finding {
    pub(super) fn new(what: Message, was: Option<Message>, now: Option<Message>) -> Self {
        Self { what, was, now }
    }
}
