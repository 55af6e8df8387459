//! Statements over the sample year: the traps, and what looks like them and is none.

mod fine;
mod traps;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::Finding;
use crate::config::{Config, Workspace};
use crate::engine::{Engine, Job, Params, Wants, open};
use crate::error::Result;
use crate::query::{Library, SavedQuery, Source, params, split};

/// Views that the statements name.
const VIEWS: [&str; 6] = [
    "CREATE VIEW balances AS SELECT as_of_date AS day, unit_id AS unit, channel AS ch, outstanding_vnd AS owed FROM loan_balances",
    "CREATE VIEW closing AS SELECT unit, owed FROM balances WHERE day = DATE '2022-12-31'",
    "CREATE VIEW monthly AS SELECT day, sum(owed) AS owed FROM balances GROUP BY day",
    "CREATE VIEW done AS SELECT activity_id AS id, participations AS taken_part, unit_id FROM activities WHERE status = 'done'",
    "CREATE VIEW work_list AS SELECT output_id, activity_id AS id, benefit_vnd FROM outputs WHERE kind = 'work'",
    "CREATE VIEW nothing_known AS SELECT * FROM (SELECT unnest([1, 2]) AS n) AS x",
];

fn workspace() -> Workspace {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Workspace::find(Some(root), root).expect("reads").expect("is one")
}

fn engine() -> Engine {
    open(&Config { workspace: Some(workspace()), ..Config::default() }).expect("opens")
}

/// Runs work on threads with room for plans.
fn block_on<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let builder = &mut tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).thread_stack_size(64 << 20).enable_all().build().expect("starts");
    runtime.block_on(async { tokio::spawn(work).await.expect("no panic") })
}

fn job(sql: &str) -> Job {
    let source = Source::new("test", sql);
    let statements = split::split(&source).expect("splits").statements(&source).expect("reads");
    let statement = statements.into_iter().next().expect("a statement");
    Job {
        source,
        statement,
        params: Params::Variables(Arc::default()),
        advise: false,
        wants: Wants::default(),
    }
}

async fn found(engine: &Engine, sql: &str) -> Vec<Finding> {
    match engine.plan(&job(sql)).await {
        Ok(planned) => planned.findings,
        Err(error) => panic!("{sql}\n{error}"),
    }
}

async fn with_views() -> Engine {
    let engine = engine();
    for view in VIEWS {
        engine.context.sql(view).await.expect("a view");
    }
    engine
}

#[test]
fn the_traps_are_caught_however_they_are_written() {
    assert!(traps::TRAPS.len() >= 40);
    let missed = block_on(async {
        let engine = with_views().await;
        let mut missed = Vec::new();
        for (kind, sql) in traps::TRAPS {
            let found = found(&engine, sql).await;
            if !found.iter().any(|finding| finding.kind == *kind) {
                missed.push(format!("{kind:?} in {sql}\n  only {found:?}"));
            }
            let other = found.iter().find(|finding| finding.kind != *kind);
            if let Some(other) = other.filter(|_| !traps::SEVERAL.iter().any(|part| sql.contains(part))) {
                missed.push(format!("in {sql}\n  also {other:?}"));
            }
        }
        missed
    });
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn what_looks_like_a_trap_and_is_none_is_let_be() {
    assert!(fine::FINE.len() >= 40);
    let wrong = block_on(async {
        let engine = with_views().await;
        let mut wrong = Vec::new();
        for sql in fine::FINE {
            let found = found(&engine, sql).await;
            if !found.is_empty() {
                wrong.push(format!("{sql}\n  {found:?}"));
            }
        }
        wrong
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn saved(query: &SavedQuery) -> Job {
    let (bindings, faults) = params::bind(&query.name, &query.header, &[]);
    assert!(faults.is_empty(), "{}", query.name);
    let params = Params::Declared(Box::new(query.header.clone()), bindings);
    Job {
        source: query.source.clone(),
        statement: query.statement.clone(),
        params,
        advise: false,
        wants: Wants::default(),
    }
}

#[test]
fn no_saved_query_is_found_fault_with() {
    let library = Library::open(&workspace()).expect("opens");
    let names: BTreeSet<String> = library.names().map(str::to_owned).collect();
    assert!(names.len() >= 37);
    let jobs: Vec<(String, Job)> = names
        .into_iter()
        .map(|name| {
            let mut query = library.find(&name).expect("reads");
            query.header.settle_year(2022);
            (name, saved(&query))
        })
        .collect();
    block_on(async {
        let engine = engine();
        for (name, job) in jobs {
            let planned = engine.plan(&job).await.expect("plans");
            assert_eq!(planned.findings, [], "{name}");
        }
    });
}

#[test]
fn a_published_figure_is_refused_and_the_same_query_unpublished_is_not() {
    let text = |published: &str| {
        format!(
            "-- ---\n-- title = \"x\"\n{published}-- ---\nSELECT sum(outstanding_vnd) AS value FROM loan_balances"
        )
    };
    let published = "-- [published]\n-- text = \"x\"\n-- value = 1\n-- unit = \"VND\"\n-- qualifier = \"exact\"\n-- source = \"y\"\n";
    let plan = |text: String| -> Result<Vec<Finding>> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("figure.sql");
        std::fs::write(&path, text).expect("writes");
        let query = crate::query::library::read_file(&path).expect("reads");
        block_on(async move { engine().plan(&saved(&query)).await.map(|planned| planned.findings) })
    };
    assert_eq!(plan(text("")).expect("runs").len(), 1);
    let error = plan(text(published)).expect_err("refused");
    assert!(
        error.message().english().contains("is no figure to publish: `sum(outstanding_vnd)` adds a stock"),
        "{error}"
    );
}

#[test]
fn a_sentence_names_things_as_the_statement_does() {
    let texts = block_on(async {
        let engine = with_views().await;
        let mut texts = Vec::new();
        for sql in [
            "SELECT sum(b.owed) FROM balances AS b",
            "SELECT sum(a.participations) FROM activities a JOIN outputs o ON o.activity_id = a.activity_id",
            "SELECT sum(participations) AS \"Số người\" FROM activities",
            "EXPLAIN SELECT count(*) AS people FROM trainees",
        ] {
            texts.extend(found(&engine, sql).await.into_iter().map(|finding| finding.text.english()));
        }
        texts
    });
    assert_eq!(
        texts,
        [
            "`sum(owed)` adds a stock over dates: `owed` (`outstanding_vnd` of `loan_balances`) is what there is \
             at one date, so fix `as_of_date` or group by it",
            "`sum(participations)` counts a row of `activities` once for each row that `outputs` has to it: sum \
             each side before they are joined",
            "`Số người` says persons, and `sum(participations)` (from `participations`) counts \
             participations: who takes part twice is counted twice among participations, once among persons",
            "`people` says persons, and `count(*)` counts rows of `trainees`, where one `trainee_id` may stand in \
             several: count(DISTINCT trainee_id) counts persons",
        ]
    );
}
