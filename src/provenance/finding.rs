//! What an export is found to be no longer.

/// What is no longer as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The thing.
    pub what: String,
    /// What it was when the export was made; `None` where it was not there.
    pub was: Option<String>,
    /// What it is; `None` where it is no longer there.
    pub now: Option<String>,
}

impl Finding {
    pub(super) fn new(what: impl Into<String>, was: Option<String>, now: Option<String>) -> Self {
        Self { what: what.into(), was, now }
    }
}
