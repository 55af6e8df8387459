//! What Ballista warns of, on standard error.

use std::io::Write;

use log::{Level, LevelFilter, Log, Metadata, Record};

struct Warnings;

impl Log for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Of its own display it only says that it cannot show the numbers of some stages.
        metadata.level() <= Level::Warn && metadata.target() != "ballista_scheduler::display"
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

/// Begins to tell warnings.
pub fn begin() {
    // Another logger stays.
    if log::set_logger(&Warnings).is_ok() {
        log::set_max_level(LevelFilter::Warn);
    }
}
