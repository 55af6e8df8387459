//! The contract of the tables.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    static FOLDER: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    let folder = FOLDER.get_or_init(folder);
    std::fs::write(folder.path().join("datapackage.json"), data).expect("writes");
    let _ = tongket::contract::Contract::read(folder.path());
});

fn folder() -> tempfile::TempDir {
    // In memory, where there is such a place.
    let shared = std::path::Path::new("/dev/shm");
    let folder = if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() };
    folder.expect("a folder")
}
