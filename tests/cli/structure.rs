//! The shape of the source: which module may use which, and how long a file may be.

use std::path::{Path, PathBuf};

use crate::env::repository;

/// The layers, lowest first; a module uses only those of lower layers, or of its own name.
const LAYERS: [&[&str]; 18] = [
    &["language"],
    &["error"],
    &["ui"],
    &["output"],
    &["contract"],
    &["config"],
    &["catalog", "import", "query", "sample"],
    &["functions"],
    &["engine"],
    &["run"],
    &["check", "diff"],
    &["load"],
    &["meta"],
    &["provenance"],
    &["report"],
    &["shell"],
    &["commands"],
    &["cli"],
];

const MOST_LINES: usize = 430;

/// The files of Rust in a folder and those below it.
pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false if path.extension().is_some_and(|ending| ending == "rs") => vec![path],
            false => Vec::new(),
        })
        .collect()
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

#[test]
fn modules_use_only_those_below_them() {
    let root = repository().join("src");
    let mut seen = 0;
    for path in sources(&root) {
        let inner = path.strip_prefix(&root).expect("below src");
        let module =
            inner.iter().next().expect("a name").to_string_lossy().trim_end_matches(".rs").to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        let own = layer(&module).unwrap_or_else(|| panic!("{module} is in no layer"));
        let text = std::fs::read_to_string(&path).expect("reads");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for used in code.split("crate::").skip(1) {
            let name: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some(below) = layer(&name) else { continue };
            seen += 1;
            assert!(
                name == module || below < own,
                "{} uses `{name}`, which is not below `{module}`",
                inner.display()
            );
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn no_file_is_too_long_to_be_read_alone() {
    for path in sources(&repository().join("src")) {
        let lines = std::fs::read_to_string(&path).expect("reads").lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines", path.display());
    }
}
