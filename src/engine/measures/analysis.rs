//! The walk over a plan: what it knows, shared by the nodes and the rules.

use std::collections::HashMap;

use super::Finding;
use super::facts::{Facts, Relations};
use crate::contract::Contract;

/// The walk over a plan.
pub(super) struct Analysis<'a> {
    pub(super) contract: &'a Contract,
    pub(super) relations: Relations<'a>,
    pub(super) findings: Vec<Finding>,
    /// What the sub-queries in expressions give, by their place in memory, where the plan keeps them.
    pub(super) subqueries: HashMap<usize, Facts>,
}

impl<'a> Analysis<'a> {
    pub(super) fn new(contract: &'a Contract) -> Self {
        Self { contract, relations: Relations::default(), findings: Vec::new(), subqueries: HashMap::new() }
    }
}
