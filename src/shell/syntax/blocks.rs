//! The queries of a SQL statement with their tables, and which of them a query sees.

use std::collections::BTreeSet;

/// The queries and parentheses of a statement, by their numbers; `0` is the outermost.
#[derive(Debug)]
pub(crate) struct Blocks(Vec<Block>);

/// One `SELECT`, or a parenthesis without one.
#[derive(Debug, Default)]
struct Block {
    parent: Option<usize>,
    items: Vec<Item>,
    is_query: bool,
}

/// An item of a `FROM` list.
#[derive(Debug)]
struct Item {
    alias: Option<String>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Table(String),
    /// A parenthesis: a sub-query, or joined tables.
    Block(usize),
    /// A function.
    Unknown,
}

impl Blocks {
    pub(crate) fn new() -> Self {
        Self(vec![Block::default()])
    }

    /// A new block, which sees its parent's tables.
    pub(crate) fn add(&mut self, parent: Option<usize>) -> usize {
        self.0.push(Block { parent, ..Block::default() });
        self.0.len() - 1
    }

    /// A new block beside another, as `UNION` makes one.
    pub(crate) fn add_beside(&mut self, block: usize) -> usize {
        self.add(self.0[block].parent)
    }

    pub(crate) fn is_query(&self, block: usize) -> bool {
        self.0[block].is_query
    }

    pub(crate) fn set_query(&mut self, block: usize) {
        self.0[block].is_query = true;
    }

    pub(crate) fn add_table(&mut self, block: usize, table: String) {
        self.0[block].items.push(Item { alias: None, source: Source::Table(table) });
    }

    /// Adds the parenthesis `inner` as an item.
    pub(crate) fn add_block(&mut self, block: usize, inner: usize) {
        self.0[block].items.push(Item { alias: None, source: Source::Block(inner) });
    }

    /// Gives the last item its name after the schema's.
    pub(crate) fn set_table(&mut self, block: usize, table: &str) {
        self.set_source(block, Source::Table(table.to_owned()));
    }

    /// Says that the last item is a function, which is no table itself.
    pub(crate) fn set_function(&mut self, block: usize) {
        self.set_source(block, Source::Unknown);
    }

    fn set_source(&mut self, block: usize, source: Source) {
        if let Some(item) = self.0[block].items.last_mut() {
            item.source = source;
        }
    }

    pub(crate) fn set_alias(&mut self, block: usize, alias: &str) {
        if let Some(item) = self.0[block].items.last_mut() {
            item.alias = Some(alias.to_owned());
        }
    }

    /// The tables that a block sees, the nearest first.
    pub(crate) fn tables(&self, block: usize) -> Vec<String> {
        self.tables_of(self.items(block))
    }

    /// The tables that `owner` of `owner.column` stands for in a block; a sub-query stands for those
    /// that it reads.
    pub(crate) fn owner(&self, block: usize, owner: String) -> Vec<String> {
        // The names inside a sub-query, or inside a parenthesis that has its own, are not seen.
        let items = self.walk(self.items(block), |item, block| item.alias.is_none() && !block.is_query);
        match items.into_iter().find(|item| item.alias.as_ref() == Some(&owner)) {
            Some(item) => self.tables_of(vec![item]),
            None => vec![owner],
        }
    }

    fn items(&self, block: usize) -> Vec<&Item> {
        let parent = |block: &&Block| block.parent.and_then(|parent| self.0.get(parent));
        std::iter::successors(self.0.get(block), parent).flat_map(|block| &block.items).collect()
    }

    fn tables_of(&self, items: Vec<&Item>) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let tables = self.walk(items, |_, _| true).into_iter().filter_map(|item| match &item.source {
            Source::Table(table) => Some(table),
            Source::Block(_) | Source::Unknown => None,
        });
        tables.filter(|table| seen.insert(*table)).cloned().collect()
    }

    /// The items, each before those in its parenthesis where `enters` says so. A parenthesis is
    /// entered once, so the time stays linear however deep they are.
    fn walk<'a>(&'a self, mut items: Vec<&'a Item>, enters: impl Fn(&Item, &Block) -> bool) -> Vec<&'a Item> {
        let mut entered = BTreeSet::new();
        let mut found = Vec::new();
        items.reverse();
        while let Some(item) = items.pop() {
            found.push(item);
            if let Source::Block(inner) = item.source
                && enters(item, &self.0[inner])
                && entered.insert(inner)
            {
                items.extend(self.0[inner].items.iter().rev());
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_alias_and_tables_win() {
        let mut blocks = Blocks::new();
        blocks.add_table(0, "units".to_owned());
        blocks.set_alias(0, "u");
        let inner = blocks.add(Some(0));
        blocks.add_table(inner, "loans".to_owned());
        assert_eq!(blocks.owner(inner, "u".to_owned()), ["units"]);
        assert_eq!(blocks.tables(inner), ["loans", "units"]);
        blocks.set_alias(inner, "u");
        assert_eq!(blocks.owner(inner, "u".to_owned()), ["loans"]);
        let beside = blocks.add_beside(inner);
        assert_eq!(blocks.owner(beside, "u".to_owned()), ["units"]);
    }

    #[test]
    fn joined_tables_keep_their_names_and_a_query_hides_them() {
        let mut blocks = Blocks::new();
        let inner = blocks.add(Some(0));
        blocks.add_table(inner, "units".to_owned());
        blocks.set_alias(inner, "u");
        blocks.add_block(0, inner);
        assert_eq!(blocks.owner(0, "u".to_owned()), ["units"]);
        blocks.set_query(inner);
        blocks.set_alias(0, "s");
        assert_eq!(blocks.owner(0, "u".to_owned()), ["u"]);
        assert_eq!(
            (blocks.owner(0, "s".to_owned()), blocks.tables(0)),
            (vec!["units".to_owned()], vec!["units".to_owned()])
        );
    }
}
