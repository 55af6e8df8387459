//! The files of `tests/slt`: statements and what they give, in the form of sqllogictest, run here and,
//! where a record is portable, in DuckDB.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use sqllogictest::{ColumnType, DB, DBOutput, DefaultColumnType, Runner};
use tongket::config::{Config, Workspace};
use tongket::engine::{Engine, open};
use tongket::query::Source;
use tongket::run::own::collect;

use crate::env::{TestEnv, repository};
use crate::peer::python;

/// A failure in the words of whoever failed.
#[derive(Debug)]
struct Failed(String);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failed {}

type Output = Result<DBOutput<DefaultColumnType>, Failed>;

/// The engine as the program sets it up, over the sample year.
struct Ours {
    engine: Engine,
    runtime: tokio::runtime::Runtime,
}

impl Ours {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let workspace = Workspace::find(Some(repository()), Path::new("/")).expect("a workspace");
        let engine = {
            let _inside = runtime.enter();
            open(&Config { workspace, ..Config::default() }).expect("opens")
        };
        Self { engine, runtime }
    }
}

fn letter(data_type: &DataType) -> DefaultColumnType {
    match data_type {
        data_type if data_type.is_integer() => DefaultColumnType::Integer,
        data_type if data_type.is_numeric() => DefaultColumnType::FloatingPoint,
        _ => DefaultColumnType::Text,
    }
}

impl DB for Ours {
    type Error = Failed;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Output {
        let ran = self.runtime.block_on(collect(&self.engine, &Source::new("slt", sql)));
        let batches = ran.map_err(|error| Failed(tongket::ui::render(&error, false, Default::default())))?;
        let Some(first) = batches.first() else { return Ok(DBOutput::StatementComplete(0)) };
        let types = first.columns().iter().map(|column| letter(column.data_type())).collect();
        let options = FormatOptions::default().with_null("NULL");
        let mut rows = Vec::new();
        for batch in &batches {
            let columns: Vec<ArrayFormatter<'_>> = batch
                .columns()
                .iter()
                .map(|column| ArrayFormatter::try_new(column, &options).expect("a form"))
                .collect();
            for row in 0..batch.num_rows() {
                rows.push(columns.iter().map(|column| shown(&column.value(row).to_string())).collect());
            }
        }
        Ok(DBOutput::Rows { types, rows })
    }

    fn engine_name(&self) -> &'static str {
        "tongket"
    }
}

fn shown(value: &str) -> String {
    if value.is_empty() { "(empty)".to_owned() } else { value.to_owned() }
}

/// DuckDB behind a pipe: a statement in JSON on a line, and its rows or its error on another.
struct Duck {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Duck {
    fn start(env: &TestEnv, python: &str) -> Self {
        let mut command = env.command(python);
        command.arg("-B").arg(repository().join("tests/peer/duckdb_logic.py")).current_dir(repository());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts");
        let ask = child.stdin.take().expect("a pipe");
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, ask, answers }
    }
}

impl DB for Duck {
    type Error = Failed;
    type ColumnType = DefaultColumnType;

    fn run(&mut self, sql: &str) -> Output {
        writeln!(self.ask, "{}", serde_json::json!(sql)).expect("asks");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("answers");
        let answer: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        if let Some(error) = answer["error"].as_str() {
            return Err(Failed(error.to_owned()));
        }
        let texts = |value: &serde_json::Value| {
            let texts = value.as_array().expect("a list").iter();
            texts.map(|text| shown(text.as_str().expect("a text"))).collect::<Vec<String>>()
        };
        let types = answer["types"].as_str().expect("letters").chars();
        let types: Vec<DefaultColumnType> = types.filter_map(DefaultColumnType::from_char).collect();
        if types.is_empty() {
            return Ok(DBOutput::StatementComplete(0));
        }
        let rows = answer["rows"].as_array().expect("rows").iter().map(texts).collect();
        Ok(DBOutput::Rows { types, rows })
    }

    fn shutdown(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn engine_name(&self) -> &'static str {
        "duckdb"
    }
}

fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["functions", "rules", "queries"] {
        let entries = repository().join("tests/slt").join(folder).read_dir().expect("a folder");
        files.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    files.retain(|path| path.extension().is_some_and(|ending| ending == "slt"));
    files.sort();
    assert!(files.len() > 10, "{files:?}");
    files
}

/// Runs each file in a session of its own, and tells of all that fail.
fn run_all<D: DB + Send>(open: impl Fn() -> D) {
    let mut faults = Vec::new();
    for file in files() {
        let mut runner = Runner::new(|| {
            let db = open();
            async move { Ok(db) }
        });
        runner.with_column_validator(sqllogictest::strict_column_validator);
        if let Err(error) = runner.run_file(&file) {
            faults.push(format!("{error}"));
        }
        runner.shutdown();
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn statements_give_what_their_files_say() {
    // Paths in the files are seen from the repository, which is where tests are run.
    assert_eq!(std::env::current_dir().expect("a folder"), repository());
    run_all(Ours::open);
}

#[test]
fn portable_statements_give_the_same_in_duckdb() {
    let env = TestEnv::empty();
    let Some(python) = python(&env, "duckdb") else { return };
    run_all(|| Duck::start(&env, &python));
}
