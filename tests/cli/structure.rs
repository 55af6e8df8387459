//! The shape of the source: which module may use which, and how long a file may be.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::env::repository;

/// The layers, lowest first; a module uses only those of lower layers, or of its own name.
const LAYERS: [&[&str]; 19] = [
    &["language"],
    &["error"],
    &["ui"],
    &["storage"],
    &["output"],
    &["contract"],
    &["config"],
    &["catalog", "import", "query", "sample"],
    &["functions"],
    &["engine"],
    &["run", "cluster"],
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

/// The crates that the program is made of, each with the features that it is built with.
fn built(edges: &str) -> Option<BTreeSet<String>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut tree = std::process::Command::new(cargo);
    tree.args([
        "tree",
        "--locked",
        "--offline",
        "--edges",
        edges,
        "--prefix",
        "none",
        "--format",
        "{p} [{f}]",
    ]);
    let ran = tree.current_dir(repository()).output().ok().filter(|ran| ran.status.success())?;
    let text = String::from_utf8(ran.stdout).ok()?;
    Some(text.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect())
}

/// The README's two commands are a build apart only in what the tests alone use: one other feature of a
/// crate far below, and DataFusion is built twice.
#[test]
fn cargo_test_builds_on_what_cargo_run_has_built() {
    let (Some(run), Some(test)) = (built("normal,build"), built("normal,build,dev")) else {
        eprintln!("skipped: cargo does not tell");
        return;
    };
    let other: Vec<_> = run.difference(&test).collect();
    assert!(other.is_empty(), "built again for the tests: {other:?}");
}

/// What a build with clusters brings is in no other: neither its crates, nor what they ask of those that the
/// usual build has too.
#[test]
fn the_usual_build_has_no_network() {
    let Some(built) = built("normal,build") else {
        eprintln!("skipped: cargo does not tell");
        return;
    };
    let of_a_network =
        ["ballista", "tonic", "hyper", "axum", "reqwest", "rustls", "arrow-flight", "prost", "aws-"];
    let found: Vec<_> =
        built.iter().filter(|name| of_a_network.iter().any(|part| name.starts_with(part))).collect();
    assert!(found.is_empty(), "{found:?}");
    let stores = built.iter().find(|name| name.starts_with("object_store ")).expect("the store of files");
    assert!(!["aws", "http", "cloud"].iter().any(|feature| stores.contains(feature)), "{stores}");
}
