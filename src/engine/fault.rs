//! Failures of the engine as errors: of a statement, or of a file that it reads.

use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;

use super::scan::Stored;
use super::{Engine, Job, diagnose};
use crate::error::Error;
use crate::say;

impl Engine {
    /// A failure of the engine in words, with its place in the statement where that is known.
    pub fn fault(&self, error: DataFusionError, job: &Job) -> Error {
        diagnose::plan(error, &diagnose::Place::of_job(job), self)
    }

    /// A failure while rows were being read; where a file is at fault, it is one of these.
    pub fn read_fault(&self, error: DataFusionError, job: &Job, stored: &[Stored]) -> Error {
        let of_a_file = is_of_a_file(&error);
        let fault = self.fault(error, job);
        match stored {
            _ if !of_a_file => fault,
            [] => fault,
            [Stored { path, .. }] => fault.context(say!("cannot read `{path}`", path = path.display())),
            several => {
                let paths = several.iter().map(|stored| format!("`{}`", stored.path.display()));
                let paths = paths.collect::<Vec<_>>().join(", ");
                fault.context(say!("cannot read one of {paths}", paths))
            }
        }
    }
}

/// Whether a failure is that of a file rather than of the query.
fn is_of_a_file(error: &DataFusionError) -> bool {
    match error.find_root() {
        DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) => {
            true
        }
        DataFusionError::ArrowError(error, _) => matches!(
            error.as_ref(),
            ArrowError::ParquetError(_)
                | ArrowError::ExternalError(_)
                | ArrowError::IoError(..)
                | ArrowError::IpcError(_)
                | ArrowError::CsvError(_)
                | ArrowError::JsonError(_)
                | ArrowError::ParseError(_)
        ),
        _ => false,
    }
}
