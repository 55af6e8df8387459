//! The names that the session knows: for completion and highlighting.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use datafusion::catalog::SchemaProvider as _;
use tokio::task::JoinHandle;

use super::syntax::highlight::Known;
use crate::config::Workspace;
use crate::contract::Contract;
use crate::engine::Engine;
use crate::query::header::Values;
use crate::query::{Library, SavedQuery, Source};
use crate::run::{Session, own};
use crate::ui::text;

/// How long completion waits for columns that are still being read.
const PATIENCE: Duration = Duration::from_secs(2);

/// The columns of each table.
type Columns = BTreeMap<String, Vec<String>>;

/// The names that the session knows. Columns are read in the background, for that opens each table.
pub(super) struct Names {
    pub(super) tables: Vec<String>,
    pub(super) queries: Vec<String>,
    pub(super) functions: BTreeSet<String>,
    pub(super) variables: Vec<String>,
    /// The columns of the last result.
    pub(super) last: Vec<String>,
    engine: Engine,
    workspace: Option<Workspace>,
    columns: Arc<Learned>,
    /// Reads them.
    reader: Option<JoinHandle<()>>,
    /// The codes that a column may hold, by table and column.
    codes: HashMap<(String, String), Vec<String>>,
}

/// What is being read in the background.
#[derive(Default)]
struct Learned {
    columns: Mutex<Option<Arc<Columns>>>,
    /// All of them, for finding one at once.
    all: OnceLock<HashSet<String>>,
    there: Condvar,
}

impl Learned {
    fn soon(&self) -> Arc<Columns> {
        let columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.there.wait_timeout_while(columns, PATIENCE, |columns| columns.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.clone().unwrap_or_default()
    }

    fn learn(&self, columns: Columns) {
        let _ = self.all.set(columns.values().flatten().cloned().collect());
        *self.columns.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(columns));
        self.there.notify_all();
    }
}

impl Names {
    /// The names of a session as it is now.
    pub(super) fn of(session: &Session) -> Self {
        let state = session.engine.context.state();
        let functions = state
            .scalar_functions()
            .keys()
            .chain(state.aggregate_functions().keys())
            .chain(state.window_functions().keys())
            .chain(state.table_functions().keys());
        let workspace = session.config.workspace.clone();
        let library = workspace.as_ref().and_then(|workspace| Library::open(workspace).ok());
        let tables = session.engine.tables.table_names();
        let columns = Arc::<Learned>::default();
        let mut names = Self {
            tables,
            queries: library.iter().flat_map(Library::names).map(str::to_owned).collect(),
            functions: functions.cloned().collect(),
            variables: Vec::new(),
            last: Vec::new(),
            columns,
            reader: None,
            engine: session.engine.clone(),
            codes: codes(session.engine.contract()),
            workspace,
        };
        names.learn(session);
        names
    }

    /// Takes in what each statement may change: the values that are set, the last result.
    pub(super) fn learn(&mut self, session: &Session) {
        let ended = self.reader.as_ref().is_none_or(JoinHandle::is_finished);
        if ended && self.columns.all.get().is_none() {
            // A statement that was given up may have taken the reading with it.
            self.reader = Some(read_columns(&self.engine, self.tables.clone(), self.columns.clone()));
        }
        self.variables = session.variables.keys().cloned().collect();
        let last = session.last.get().ok();
        let fields = last.iter().flat_map(|kept| kept.schema.fields().iter());
        self.last = fields.map(|field| field.name().clone()).collect();
    }

    /// The columns of these tables, or of all where none is named; each once, in their order.
    pub(super) fn columns_of(&self, tables: &[String]) -> Vec<String> {
        let columns = self.columns.soon();
        let mut seen = BTreeSet::new();
        let chosen: Vec<&Vec<String>> = match tables {
            [] => columns.values().collect(),
            tables => tables.iter().filter_map(|table| columns.get(table)).collect(),
        };
        chosen.into_iter().flatten().filter(|name| seen.insert(name.as_str())).cloned().collect()
    }

    /// The codes that a column of these tables may hold.
    pub(super) fn codes_of(&self, column: &str, tables: &[String]) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for ((table, name), codes) in &self.codes {
            if name == column && (tables.is_empty() || tables.contains(table)) {
                let more: Vec<String> = codes.iter().filter(|code| !found.contains(code)).cloned().collect();
                found.extend(more);
            }
        }
        found
    }

    /// A saved query, where it can be read.
    fn query(&self, name: &str) -> Option<SavedQuery> {
        Library::open(self.workspace.as_ref()?).ok()?.find(name).ok()
    }

    /// What a saved query asks for, as it is typed after its name.
    pub(super) fn params_of(&self, query: &str) -> Vec<String> {
        let query = self.query(query);
        query.iter().flat_map(|query| query.header.params.keys()).map(|name| format!("{name}=")).collect()
    }

    /// The values that a saved query allows a parameter.
    pub(super) fn values_of(&self, query: &str, param: &str) -> Vec<String> {
        let values = self.query(query).and_then(|query| query.header.params.get(param)?.values.clone());
        match values {
            Some(Values::Query(sql)) => {
                let (sender, values) = std::sync::mpsc::channel();
                let (engine, source) = (self.engine.clone(), Source::new("values", sql));
                self.engine.spawn(async move {
                    let _ = sender.send(own::column(&engine, &source).await.unwrap_or_default());
                });
                values.recv_timeout(PATIENCE).unwrap_or_default()
            }
            Some(Values::List(values)) => values
                .iter()
                .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                .collect(),
            None => Vec::new(),
        }
    }
}

impl Known for Names {
    fn function(&self, name: &str) -> bool {
        self.functions.contains(name)
    }

    fn name(&self, name: &str) -> bool {
        let is_table = self.tables.binary_search_by(|table| table.as_str().cmp(name)).is_ok();
        is_table || self.columns.all.get().is_some_and(|all| all.contains(name))
    }
}

/// Opens each table on the engine's threads; one that cannot be read has no columns.
fn read_columns(engine: &Engine, tables: Vec<String>, learned: Arc<Learned>) -> JoinHandle<()> {
    let reader = engine.clone();
    engine.spawn(async move {
        let mut columns = Columns::new();
        for name in tables {
            if let Ok(Some(table)) = reader.tables.table(&name).await {
                let schema = table.schema();
                columns.insert(name, schema.fields().iter().map(|field| field.name().clone()).collect());
            }
        }
        learned.learn(columns);
    })
}

fn codes(contract: &Contract) -> HashMap<(String, String), Vec<String>> {
    let fields =
        contract.tables.iter().flat_map(|table| table.schema.fields.iter().map(move |field| (table, field)));
    fields
        .filter(|(_, field)| !field.categories.is_empty())
        .map(|(table, field)| {
            let codes = field.categories.iter().map(|code| text::nfc(&code.value().to_string()).into_owned());
            ((table.name.clone(), field.name.clone()), codes.collect())
        })
        .collect()
}
