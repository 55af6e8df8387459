//! A panic that nothing tells as an error: a fault of this program.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};

use crate::error::Error;
use crate::say;

/// Where the last panic on the main thread was.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Replaces the standard report of panics.
///
/// One on the engine's threads becomes an error of its statement, told like any other; so does one
/// that a workbook's library is known for. One on the main thread is told when the terminal is sane
/// again, by [`caught`].
pub(super) fn listen() {
    std::panic::set_hook(Box::new(|panic| {
        if std::thread::current().name() == Some("main") && !crate::output::panics_are_told() {
            let place = panic.location().map(ToString::to_string);
            *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = place;
        }
    }));
}

/// Does work that may panic; the fault is one of the program.
pub(super) async fn caught<T>(work: impl Future<Output = T>) -> Result<T, Error> {
    futures::FutureExt::catch_unwind(AssertUnwindSafe(work)).await.map_err(|panic| told(panic.as_ref()))
}

/// The error for a panic.
fn told(panic: &(dyn Any + Send)) -> Error {
    let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    let words = words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    Error::bug(say!("this is a bug in tongket {version}: {words} ({place})", version, words, place)).hint(say!(
        "please report it with this message, what was run and, where that is possible, the file that was read; stored tables are as they were"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_that_says_what_to_send() {
        let error =
            caught(async { panic!("index {} of {}", 3, 2) }).await.map(|(): ()| ()).expect_err("panics");
        assert_eq!(error.kind().exit_code(), 70);
        assert!(
            error.to_string().contains("this is a bug in tongket")
                && error.to_string().contains("index 3 of 2"),
            "{error}"
        );
        assert!(error.hints()[0].english().starts_with("please report it"));
        assert_eq!(caught(async { 7 }).await.ok(), Some(7));
    }
}
