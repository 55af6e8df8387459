//! What was told of headings that no file has.

use std::collections::BTreeSet;

use super::Request;
use crate::error::Error;
use crate::import::fold::tidy;
use crate::say;
use crate::ui::text::nearest;

/// The headings of the files, and what was told of others.
#[derive(Debug, Default)]
pub(super) struct Unused {
    headings: Vec<String>,
    /// What no file has used so far.
    unused: Option<BTreeSet<String>>,
}

impl Unused {
    /// Notes the headings of a file, and what was told of headings that it has not.
    pub(super) fn note(&mut self, headings: &[String], unused: &[String]) {
        self.headings.extend_from_slice(headings);
        let unused: BTreeSet<String> = unused.iter().cloned().collect();
        self.unused = Some(match self.unused.take() {
            Some(before) => before.intersection(&unused).cloned().collect(),
            None => unused,
        });
    }

    /// Refuses what was told for this import and is of no use in it; what the contract keeps may be for others.
    pub(super) fn error(&self, request: &Request) -> Option<Error> {
        let unused = self.unused.as_ref()?;
        let faults = request.headers.iter().filter(|(heading, _)| unused.contains(&tidy(heading)));
        let faults = faults.map(|(heading, column)| {
            let near = nearest(heading, self.headings.iter().map(String::as_str));
            Error::usage(say!("`--map {heading}={column}`: there is no heading `{heading}`", heading, column))
                .hint_opt(near.map(|near| say!("did you mean `{near}`?", near)))
        });
        Error::many(faults.collect())
    }
}
