//! The last result, kept so that it can be shown again in another form.

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use crate::error::{Error, Result};
use crate::language::Message;
use crate::output::{Plot, Wording};
use crate::say;
use crate::ui::text;

/// Bytes of a result that are kept; a larger one is not.
const MOST_BYTES: usize = 64 << 20;

/// A result that is there to be shown again.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its columns.
    pub schema: SchemaRef,
    /// Its rows.
    pub batches: Vec<RecordBatch>,
    /// The chart that its saved query says it is shown best in.
    pub plot: Option<Plot>,
    /// How it is worded for readers.
    pub wording: Wording,
}

/// What is left of the last result.
#[derive(Debug, Clone, Default)]
pub enum Last {
    /// There was none yet.
    #[default]
    None,
    /// It is here, whole.
    Kept(Kept),
    /// It was larger than is kept, or not taken to its end.
    Gone(Message),
}

impl Last {
    /// The last result.
    ///
    /// # Errors
    /// There is none, or it was too large.
    pub fn get(&self) -> Result<&Kept> {
        match self {
            Self::Kept(kept) => Ok(kept),
            Self::None => {
                Err(Error::usage(say!("there is no last result")).hint(say!("run a statement first")))
            }
            Self::Gone(reason) => Err(Error::usage(say!("the last result is not kept: {reason}", reason))
                .hint(say!("run it again: `\\g` does"))),
        }
    }
}

/// A result that is being kept while it is shown.
pub(super) struct Keeper {
    kept: Option<Kept>,
    wanted: bool,
    bytes: usize,
}

impl Keeper {
    pub(super) fn new(schema: SchemaRef, plot: Option<Plot>, wording: Wording, wanted: bool) -> Self {
        let kept = wanted.then(|| Kept { schema, batches: Vec::new(), plot, wording });
        Self { kept, wanted, bytes: 0 }
    }

    pub(super) fn take(&mut self, batch: &RecordBatch) {
        let Some(kept) = &mut self.kept else { return };
        self.bytes += batch.get_array_memory_size();
        if self.bytes > MOST_BYTES {
            self.kept = None;
        } else {
            kept.batches.push(batch.clone());
        }
    }

    /// The result, once it is whole.
    pub(super) fn finish(self) -> Last {
        match (self.kept, self.wanted) {
            (Some(kept), _) => Last::Kept(kept),
            (None, true) => Last::Gone(say!("it was larger than 64 MB")),
            (None, false) => Last::Gone(say!("nothing was to show it again")),
        }
    }
}

impl Kept {
    /// The column of a name, or of a number from 1 where none has it for its name.
    ///
    /// # Errors
    /// There is none; the nearest is told.
    pub fn column(&self, name: &str) -> Result<usize> {
        let names = || self.schema.fields().iter().map(|field| field.name().as_str());
        let found = names().position(|known| known == name);
        let found = found.or_else(|| names().position(|known| known.eq_ignore_ascii_case(name)));
        let counted = name.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let found = found.or(counted.filter(|column| *column < self.schema.fields().len()));
        found.ok_or_else(|| {
            let error = Error::usage(say!("the last result has no column `{name}`", name));
            match text::nearest(name, names()) {
                Some(near) => error.hint(say!("did you mean `{near}`?", near)),
                None => error.hint(say!(
                    "it has {names}",
                    names = names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                )),
            }
        })
    }
}
