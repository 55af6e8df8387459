//! The library that writes workbooks panics where its temporary file cannot be written; here that
//! becomes an error like any other.

use std::cell::Cell;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rust_xlsxwriter::Workbook;

use super::fault;
use crate::error::{Error, Result};
use crate::output::io_fault;
use crate::say;
use crate::ui::interrupt;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread is told as an error, so that the standard report would come on top.
pub fn panics_are_told() -> bool {
    GUARDED.get()
}

/// Does work of the library.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    GUARDED.set(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(false);
    done.unwrap_or_else(|panic| {
        let reason = panic.downcast_ref::<String>().cloned().unwrap_or_default();
        let folder = std::env::temp_dir();
        let message = say!("cannot write the workbook's temporary file: {reason}", reason);
        Err(Error::data(message).hint(say!(
            "it is in `{folder}`, which may be full; `TMPDIR` names another",
            folder = folder.display()
        )))
    })
}

/// Writes a workbook to its place.
pub(super) fn save(workbook: &mut Workbook, out: &mut (dyn Write + Send)) -> Result<()> {
    let mut place = Place { out, fault: None };
    let saved = guarded(|| workbook.save_to_writer(&mut place).map_err(fault));
    match place.fault {
        Some(Fault::Asked) => Err(Error::interrupted()),
        Some(Fault::Io(error)) => Err(io_fault(&error)),
        None => saved,
    }
}

enum Fault {
    Asked,
    Io(io::Error),
}

/// A place that stops at Ctrl-C. Its first fault is kept; the library's last words after it go nowhere.
struct Place<'a> {
    out: &'a mut (dyn Write + Send),
    fault: Option<Fault>,
}

impl Place<'_> {
    fn fail<T>(&mut self, fault: Fault) -> io::Result<T> {
        self.fault = Some(fault);
        Err(io::Error::other("the workbook is given up"))
    }
}

impl Write for Place<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.fault.is_some() {
            return Ok(bytes.len());
        }
        if interrupt::is_asked() {
            return self.fail(Fault::Asked);
        }
        match self.out.write(bytes) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => self.fail(Fault::Io(error)),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match (&self.fault, self.out.flush()) {
            (None, Err(error)) => self.fail(Fault::Io(error)),
            _ => Ok(()),
        }
    }
}
