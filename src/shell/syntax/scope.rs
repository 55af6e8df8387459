//! The tables that the parts of a SQL statement see, read token by token, finished or not.

use std::ops::Range;

use datafusion::sql::sqlparser::keywords::Keyword as K;
use datafusion::sql::sqlparser::tokenizer::{Token, Word};

use super::blocks::Blocks;
use super::tokens::{is_reserved, name, tokens};

/// What the next word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The first word of a statement or a query.
    Start,
    /// The name of a table.
    Table,
    /// What follows a table's name: its alias, or a keyword.
    Named,
    /// The alias of the last table, after `AS`.
    Alias,
    /// A name that the user gives.
    NewName,
    /// The parenthesis of a query, after `EXISTS` and the `AS` of a `WITH`.
    Body,
    /// A type.
    Type,
    /// Anything else.
    Rest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clause {
    Head,
    With,
    From,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Word(K),
    /// A period, and the byte after it.
    Period(usize),
    Star,
    Other,
}

/// What is open between the start of the statement, or a parenthesis, and its end.
#[derive(Debug)]
struct Frame {
    stage: Stage,
    clause: Clause,
    block: usize,
    first: usize,
    /// Whether the parenthesis stands where a table does.
    derived: bool,
    /// The keyword before the parenthesis.
    opener: K,
    /// What follows the closed parenthesis.
    after: Stage,
}

/// Reads a statement's tokens, without white space.
#[derive(Debug)]
pub(crate) struct Scope {
    /// The open frames, without the innermost.
    outer: Vec<Frame>,
    frame: Frame,
    /// The tables that were read.
    pub(crate) blocks: Blocks,
    /// The names that `WITH` gives.
    pub(crate) ctes: Vec<String>,
    last: Last,
    /// Whether `AS` begins a query, as in `CREATE VIEW v AS`.
    defines: bool,
}

impl Scope {
    /// The scope of an empty statement.
    pub(crate) fn new() -> Self {
        let frame = Frame {
            stage: Stage::Start,
            clause: Clause::Head,
            block: 0,
            first: 0,
            derived: false,
            opener: K::NoKeyword,
            after: Stage::Rest,
        };
        let blocks = Blocks::new();
        Self { outer: Vec::new(), frame, blocks, ctes: Vec::new(), last: Last::Other, defines: false }
    }

    /// What the next word is, and the block that it stands in.
    pub(crate) fn here(&self) -> (Stage, usize) {
        (self.frame.stage, self.frame.block)
    }

    /// Passes the cursor; `typed` says whether a word stands before it that was not read.
    pub(crate) fn pass_cursor(&mut self, typed: bool) {
        self.last = Last::Other;
        let is_new = matches!(self.frame.stage, Stage::NewName | Stage::Alias);
        if is_new || (typed && self.frame.stage != Stage::Table) {
            self.frame.stage = Stage::Rest;
        }
    }

    /// Reads the next token.
    pub(crate) fn read(&mut self, token: &Token, range: &Range<usize>) {
        self.last = match token {
            Token::LParen => self.open(),
            Token::RParen => self.close(),
            Token::Comma => {
                self.frame.stage = match self.frame.clause {
                    Clause::From => Stage::Table,
                    Clause::With => Stage::NewName,
                    Clause::Head | Clause::Other => Stage::Rest,
                };
                Last::Other
            }
            Token::Period => Last::Period(range.end),
            Token::SingleQuotedString(path) if self.frame.stage == Stage::Table => self.add(path.clone()),
            Token::Word(word) => self.word(word, self.last == Last::Period(range.start)),
            _ => {
                self.frame.stage = Stage::Rest;
                if *token == Token::Mul { Last::Star } else { Last::Other }
            }
        };
    }

    fn add(&mut self, table: String) -> Last {
        self.blocks.add_table(self.frame.block, table);
        self.frame.stage = Stage::Named;
        Last::Other
    }

    fn open(&mut self) -> Last {
        let (stage, clause) = (self.frame.stage, self.frame.clause);
        let derived = stage == Stage::Table || (stage == Stage::Start && self.frame.derived);
        let is_cte = stage == Stage::Body && clause == Clause::With;
        let is_call = stage == Stage::Named && clause == Clause::From;
        if is_call {
            self.blocks.set_function(self.frame.block);
        }
        let block = self.blocks.add((!is_cte).then_some(self.frame.block));
        let frame = Frame {
            stage: if derived || matches!(stage, Stage::Start | Stage::Body) {
                Stage::Start
            } else {
                Stage::Rest
            },
            clause: Clause::Head,
            block,
            first: block,
            derived,
            opener: if let Last::Word(keyword) = self.last { keyword } else { K::NoKeyword },
            after: match (derived || is_call, is_cte) {
                (true, _) => Stage::Named,
                (_, true) => Stage::Start,
                _ => Stage::Rest,
            },
        };
        self.outer.push(std::mem::replace(&mut self.frame, frame));
        Last::Other
    }

    fn close(&mut self) -> Last {
        let Some(outer) = self.outer.pop() else { return Last::Other };
        let inner = std::mem::replace(&mut self.frame, outer);
        self.frame.stage = inner.after;
        if !inner.derived {
            return Last::Other;
        }
        if self.frame.clause == Clause::Head && self.frame.derived {
            self.frame.clause = Clause::From;
        }
        self.blocks.add_block(self.frame.block, inner.first);
        Last::Other
    }

    fn word(&mut self, word: &Word, dotted: bool) -> Last {
        let keyword = if dotted { K::NoKeyword } else { word.keyword };
        if dotted {
            match self.frame.stage {
                Stage::Named => self.blocks.set_table(self.frame.block, &name(word)),
                _ => self.frame.stage = Stage::Rest,
            }
        } else if let Some(stage) = self.keyword(keyword) {
            self.frame.stage = stage;
        } else {
            self.name(word);
        }
        Last::Word(keyword)
    }

    fn name(&mut self, word: &Word) {
        let stage = std::mem::replace(&mut self.frame.stage, Stage::Rest);
        if is_reserved(word.keyword) {
            return;
        }
        match stage {
            Stage::Table => drop(self.add(name(word))),
            Stage::Start if self.frame.derived => {
                self.frame.clause = Clause::From;
                self.add(name(word));
            }
            Stage::Named | Stage::Alias => self.blocks.set_alias(self.frame.block, &name(word)),
            Stage::NewName if self.frame.clause == Clause::With => self.ctes.push(name(word)),
            _ => {}
        }
    }

    /// What follows a keyword; nothing where it is only a name, or says nothing about tables.
    fn keyword(&mut self, keyword: K) -> Option<Stage> {
        let (stage, clause) = (self.frame.stage, self.frame.clause);
        let (next, clause) = match (keyword, stage) {
            (K::IF | K::NOT | K::EXISTS | K::ONLY | K::LATERAL, Stage::Table)
            | (K::NOT | K::MATERIALIZED, Stage::Body)
            | (K::ALL | K::DISTINCT | K::EXPLAIN | K::ANALYZE | K::VERBOSE, Stage::Start) => (stage, clause),
            (K::RECURSIVE, Stage::NewName) if clause == Clause::With => (stage, clause),
            (_, Stage::Table | Stage::Named | Stage::Alias | Stage::NewName) if !is_reserved(keyword) => {
                return None;
            }
            (K::AS, _) => (self.after_as(), clause),
            (K::SELECT | K::VALUES, _) => {
                if clause == Clause::Other && !self.blocks.is_query(self.frame.block) {
                    // The query of `INSERT INTO t SELECT …` does not see `t`.
                    self.frame.block = self.blocks.add_beside(self.frame.block);
                }
                self.blocks.set_query(self.frame.block);
                (Stage::Rest, Clause::Other)
            }
            (K::WITH, Stage::Start) => (Stage::NewName, Clause::With),
            (K::FROM, _) if self.is_from_of_expression() => (Stage::Rest, clause),
            (K::FROM, _) => {
                self.leave_unclosed();
                (Stage::Table, Clause::From)
            }
            (K::JOIN, _) => (Stage::Table, Clause::From),
            (K::INTO, _) | (K::UPDATE | K::DESCRIBE | K::DESC | K::COPY, Stage::Start) => {
                (Stage::Table, Clause::Other)
            }
            (K::CREATE | K::PREPARE, Stage::Start) => {
                self.defines = true;
                (Stage::Rest, clause)
            }
            (K::TABLE | K::VIEW, _) if clause == Clause::Head => (Stage::Table, clause),
            (K::EXISTS, _) => (Stage::Body, clause),
            (K::UNION | K::INTERSECT | K::EXCEPT, _) if self.last != Last::Star => {
                self.frame.block = self.blocks.add_beside(self.frame.block);
                (Stage::Start, Clause::Head)
            }
            (K::WHERE | K::GROUP | K::HAVING | K::ORDER | K::LIMIT | K::OFFSET | K::FETCH, _)
            | (K::QUALIFY | K::WINDOW | K::SET | K::RETURNING, _) => (Stage::Rest, Clause::Other),
            _ => return None,
        };
        self.frame.clause = clause;
        Some(next)
    }

    fn after_as(&self) -> Stage {
        let is_cast = matches!(self.frame.opener, K::CAST | K::TRY_CAST | K::SAFE_CAST);
        match (self.frame.clause, self.frame.stage) {
            _ if is_cast || self.last == Last::Word(K::STORED) => Stage::Type,
            (Clause::From, Stage::Named) => Stage::Alias,
            (Clause::With, _) => Stage::Body,
            (Clause::Head, _) if self.defines && self.outer.is_empty() => Stage::Start,
            _ => Stage::NewName,
        }
    }

    /// Whether `FROM` belongs to `EXTRACT(… FROM …)` and the like, or to `IS DISTINCT FROM`.
    fn is_from_of_expression(&self) -> bool {
        self.last == Last::Word(K::DISTINCT)
            || matches!(self.frame.opener, K::EXTRACT | K::TRIM | K::SUBSTRING | K::OVERLAY | K::POSITION)
    }

    /// Leaves the parentheses that are still to be closed: `SELECT sum(| FROM units`.
    fn leave_unclosed(&mut self) {
        while self.frame.stage != Stage::Start && !self.blocks.is_query(self.frame.block) {
            let Some(outer) = self.outer.pop() else { return };
            self.frame = outer;
        }
    }
}

/// The names that `WITH` gives in a text.
pub(in crate::shell) fn ctes(text: &str) -> Vec<String> {
    let (mut scope, mut ctes) = (Scope::new(), Vec::new());
    for (token, range) in tokens(text).list {
        match token {
            Token::SemiColon => ctes.append(&mut std::mem::replace(&mut scope, Scope::new()).ctes),
            Token::Whitespace(_) => {}
            token => scope.read(&token, &range),
        }
    }
    ctes.append(&mut scope.ctes);
    ctes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_names_are_known() {
        let text = "WITH RECURSIVE a AS (WITH \"Đ b\" (x) AS (SELECT 1) SELECT 2), C AS NOT MATERIALIZED (TABLE t) \
                    SELECT * FROM d WINDOW w AS (ORDER BY x), v AS (); WITH e AS (SELECT";
        assert_eq!(ctes(text), ["a", "Đ b", "c", "e"]);
    }
}
