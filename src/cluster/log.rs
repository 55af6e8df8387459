//! What Ballista does and warns of, on standard error.

use std::io::Write;

use log::{LevelFilter, Log, Metadata, Record};

struct Lines;

impl Log for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Of its own display it only says that it cannot show the numbers of some stages.
        metadata.level() <= log::max_level() && metadata.target() != "ballista_scheduler::display"
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let level = record.level().as_str().to_lowercase();
            // Where nobody reads it, it is lost, as all warnings are then.
            let _ = writeln!(std::io::stderr().lock(), "{level}: {}: {}", record.target(), record.args());
        }
    }

    fn flush(&self) {}
}

/// Begins to tell warnings, and all else that is done where that is wanted.
pub fn begin(verbose: bool) {
    // Another logger stays.
    if log::set_logger(&Lines).is_ok() {
        log::set_max_level(if verbose { LevelFilter::Info } else { LevelFilter::Warn });
    }
}
