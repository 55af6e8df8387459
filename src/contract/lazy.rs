//! The contract of a session, read when it is first asked for.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::Contract;
use crate::language::Message;

/// A contract that is read once, when it is first asked for.
#[derive(Debug, Default)]
pub struct Lazy {
    datasets: Option<PathBuf>,
    read: OnceLock<Result<Contract, Message>>,
}

impl Lazy {
    /// The contract in a folder of tables; an empty one where there is no such folder.
    pub fn of(datasets: Option<PathBuf>) -> Self {
        Self { datasets, read: OnceLock::new() }
    }

    /// The folder that it is in.
    pub fn datasets(&self) -> Option<&Path> {
        self.datasets.as_deref()
    }

    /// What the tables mean; nothing where it cannot be read, and [`Lazy::fault`] then says why.
    pub fn get(&self) -> &Contract {
        static NOTHING: Contract = Contract {
            title: None,
            title_vi: None,
            synthetic: false,
            year: None,
            units: Vec::new(),
            tables: Vec::new(),
        };
        self.read().as_ref().unwrap_or(&NOTHING)
    }

    /// Why it cannot be read.
    pub fn fault(&self) -> Option<&Message> {
        self.read().as_ref().err()
    }

    fn read(&self) -> &Result<Contract, Message> {
        self.read.get_or_init(|| {
            let read = self.datasets.as_deref().map(Contract::read);
            read.unwrap_or_else(|| Ok(Contract::default())).map_err(|error| error.message().clone())
        })
    }
}
