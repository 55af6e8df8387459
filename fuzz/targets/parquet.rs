//! A Parquet file that is opened and read to its end: rows or an error, within bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    use std::sync::OnceLock;
    use tongket::engine::Engine;
    static PLACE: OnceLock<(tempfile::TempDir, Engine, tokio::runtime::Runtime)> = OnceLock::new();
    let (folder, engine, runtime) = PLACE.get_or_init(|| {
        // A reader that panics ends its statement: that is caught here as it is in the program.
        std::panic::set_hook(Box::new(|_| {}));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let config = tongket::config::Config {
            limits: tongket::config::Limits { memory: Some(256 << 20), ..Default::default() },
            ..Default::default()
        };
        let engine = {
            let _inside = runtime.enter();
            tongket::engine::open(&config).expect("opens")
        };
        (folder(), engine, runtime)
    });
    let path = folder.path().join("fuzz.parquet");
    std::fs::write(&path, data).expect("writes");
    let source = tongket::query::Source::new("fuzz", format!("SELECT * FROM '{}'", path.display()));
    // Rows and errors are both fine.
    let _ = runtime.block_on(tongket::run::own::collect(engine, &source));
});

fn folder() -> tempfile::TempDir {
    // In memory, where there is such a place.
    let shared = std::path::Path::new("/dev/shm");
    let folder = if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() };
    folder.expect("a folder")
}
