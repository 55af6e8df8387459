//! Every kind of statement, and what it may do: the table in `statements.txt` is held here.
//!
//! `TONGKET_UPDATE_STATEMENTS=1 cargo test statements` writes down what is; what changed is then read
//! line by line.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::sql::parser::{DFParserBuilder, Statement as Parsed};
use datafusion::sql::sqlparser::dialect::GenericDialect;

use super::{Engine, Job, Params, Wants, open};
use crate::config::{Access, Config, NamedFile, Workspace};
use crate::error::{Error, Kind};
use crate::query::{Source, split};

const TABLE: &str = include_str!("statements.txt");

/// A line of the table: the kind, what the three modes do, the statement.
fn lines() -> Vec<(&'static str, [&'static str; 3], &'static str)> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let cells = lines.map(|line| {
        let cells: Vec<&str> = line.splitn(5, '|').map(str::trim).collect();
        (cells[0], [cells[1], cells[2], cells[3]], cells[4])
    });
    cells.collect()
}

/// A workspace with a link that leads out of it, and a folder beside it.
struct Places {
    folder: tempfile::TempDir,
}

impl Places {
    fn make() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("workspace/datasets");
        std::fs::create_dir_all(&inner).expect("makes");
        std::fs::create_dir_all(folder.path().join("elsewhere")).expect("makes");
        let units = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/units.parquet");
        std::fs::copy(&units, inner.join("units.parquet")).expect("copies");
        for name in ["secret", "named"] {
            std::fs::copy(&units, folder.path().join(format!("elsewhere/{name}.parquet"))).expect("copies");
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("../../elsewhere/secret.parquet", inner.join("linked.parquet"))
            .expect("links");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self, access: Access) -> Config {
        let workspace = Workspace::find(Some(&self.path("workspace")), Path::new("/")).expect("looks");
        let workspace = workspace.map(|found| match access {
            Access::Safe => found.fenced().expect("nothing leads out"),
            Access::Read | Access::Write => found,
        });
        let named = NamedFile { name: "named".into(), path: self.path("elsewhere/named.parquet") };
        Config { workspace, tables: vec![named], access, ..Config::default() }
    }

    fn filled(&self, statement: &str) -> String {
        let path = |name: &str| self.path(name).display().to_string();
        statement
            .replace("{folder}", &path("workspace"))
            .replace("{inside}", &path("workspace/datasets/units.parquet"))
            .replace("{link}", &path("workspace/datasets/linked.parquet"))
            .replace("{outside_folder}", &path("elsewhere"))
            .replace("{outside_name}", "elsewhere/secret.parquet")
            .replace("{outside}", &path("elsewhere/secret.parquet"))
    }
}

fn job(sql: &str) -> Result<Job, Error> {
    let source = Source::new("test", sql);
    let statement = split::split(&source)?.statements(&source)?.into_iter().next();
    let statement =
        statement.ok_or_else(|| Error::data(crate::language::Message::verbatim("no statement")))?;
    Ok(Job {
        source,
        statement,
        params: Params::Variables(Arc::default()),
        advise: false,
        wants: Wants::Result,
    })
}

async fn plan_and_run(engine: &Engine, sql: &str) {
    let job = job(sql).expect("a statement");
    let planned = engine.plan(&job).await.expect("plans");
    engine.start(planned, &job, &super::Stop::default()).await.expect("runs");
}

async fn verdict(engine: &Engine, sql: &str) -> &'static str {
    let planned = match job(sql) {
        Ok(job) => engine.plan(&job).await.map(drop),
        Err(error) => Err(error),
    };
    match planned.map_err(|error| error.kind()) {
        Ok(()) => "runs",
        Err(Kind::Usage) => "refused",
        Err(_) => "no SQL",
    }
}

/// The name of a statement's kind, as the parser's source has it.
fn kind(sql: &str) -> Option<String> {
    let parsed =
        DFParserBuilder::new(sql).with_dialect(&GenericDialect {}).build().ok()?.parse_statements().ok()?;
    let (own, shown) = match parsed.front()? {
        Parsed::Statement(statement) => ("", format!("{statement:?}")),
        other => ("+", format!("{other:?}")),
    };
    let name = shown.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    Some(format!("{own}{name}"))
}

#[test]
fn each_mode_does_what_the_table_says() {
    let places = Places::make();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut found: Vec<[&str; 3]> = Vec::new();
    // One thread plans as deep as an engine's does.
    runtime.block_on(async {
        for (_, _, statement) in lines() {
            let mut verdicts = ["", "", ""];
            for (verdict_of, access) in verdicts.iter_mut().zip([Access::Read, Access::Write, Access::Safe]) {
                let engine = open(&places.config(access)).expect("opens");
                for made in [
                    "CREATE TABLE made (a INT)",
                    "CREATE VIEW seen AS SELECT 1 AS a",
                    "PREPARE p AS SELECT 1",
                ] {
                    plan_and_run(&engine, made).await;
                }
                *verdict_of = verdict(&engine, &places.filled(statement)).await;
            }
            found.push(verdicts);
        }
    });
    if std::env::var_os("TONGKET_UPDATE_STATEMENTS").is_some() {
        let head = TABLE.lines().filter(|line| line.starts_with('#')).map(str::to_owned);
        let body = lines().into_iter().zip(&found).map(|((kind, _, statement), [read, write, safe])| {
            format!("{kind:<22} | {read:<7} | {write:<7} | {safe:<7} | {statement}")
        });
        let table = head.chain(body).collect::<Vec<_>>().join("\n") + "\n";
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine/statements.txt"), table)
            .expect("writes");
        return;
    }
    let differs = lines().into_iter().zip(found).filter(|((_, expected, _), found)| expected != found);
    let differs: Vec<String> = differs
        .map(|((_, expected, sql), found)| format!("{sql}: {expected:?}, and it is {found:?}"))
        .collect();
    assert!(differs.is_empty(), "{}", differs.join("\n"));
}

/// Nothing that `--safe` runs reads or writes outside the workspace, and it never does more than the
/// mode without it.
#[test]
fn safe_is_never_more_than_reading() {
    for (_, [read, write, safe], sql) in lines() {
        assert!(safe != "runs" || read == "runs", "{sql}");
        assert!(read != "runs" || write == "runs", "{sql}");
        let leads_out = ["{outside}", "{link}", "{outside_name}", "{outside_folder}", "linked"];
        assert!(safe != "runs" || !leads_out.iter().any(|place| sql.contains(place)), "{sql}");
    }
}

/// A kind that the parser learns is a line that the table lacks.
#[test]
fn every_kind_of_statement_is_in_the_table() {
    let listed: BTreeSet<String> = lines().into_iter().map(|(kind, ..)| kind.to_owned()).collect();
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo tells of the packages");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let source = |package: &str, file: &str| {
        let packages = metadata["packages"].as_array().expect("packages");
        let found = packages.iter().find(|found| found["name"] == package).expect("the package");
        let manifest = Path::new(found["manifest_path"].as_str().expect("a path"));
        std::fs::read_to_string(manifest.with_file_name(file)).expect("its source")
    };
    let variants = |text: &str, own: &str| {
        let body = text.split("pub enum Statement {\n").nth(1).and_then(|rest| rest.split("\n}").next());
        let lines = body.expect("an enum").lines().filter_map(|line| line.strip_prefix("    "));
        let names = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
        let name = |line: &str| line.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
        names.map(|line| format!("{own}{}", name(line))).collect::<BTreeSet<String>>()
    };
    let mut known = variants(&source("sqlparser", "src/ast/mod.rs"), "");
    assert!(known.len() > 120, "{known:?}");
    known.extend(variants(&source("datafusion-sql", "src/parser.rs"), "+"));
    known.remove("+Statement");
    assert_eq!(listed, known);
    for (listed, _, sql) in lines() {
        // What this dialect cannot say has no kind to hold the line against; it takes a SHOW of what it
        // does not know for that of a variable, and an EXPLAIN of the parser's own stands in a PREPARE.
        let taken = ["ShowVariable", "Prepare"];
        let found = kind(sql).filter(|found| !taken.contains(&found.as_str()));
        assert!(found.is_none_or(|found| found == listed), "{sql}: {:?}", kind(sql));
    }
}

/// Each function that stands for a table is in the table of statements.
#[test]
fn every_table_function_is_in_the_table() {
    let engine = {
        let places = Places::make();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let _inside = runtime.enter();
        open(&places.config(Access::Read)).expect("opens")
    };
    let state = engine.context.state();
    for name in state.table_functions().keys() {
        assert!(lines().iter().any(|(.., sql)| sql.contains(&format!("FROM {name}("))), "{name}");
    }
}
