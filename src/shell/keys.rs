//! Keys that do more than the line editor's own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustyline::{Cmd, ConditionalEventHandler, Event, EventContext, RepeatCount};

use super::complete::command_at;
use super::syntax::context::{Wanted, place};

/// What Tab inserts where there is nothing to complete.
const INDENT: &str = "    ";

/// The lines of the statement above the one that is typed; the editor and its keys look at them.
pub(super) type Above = Arc<Mutex<String>>;

/// Tab indents at the beginning of a line and after a blank, unless the place asks for a name.
pub(super) struct Tab {
    pub(super) above: Above,
    /// A question is being answered: Tab offers what it may be answered with.
    pub(super) asking: Arc<AtomicBool>,
}

impl ConditionalEventHandler for Tab {
    fn handle(&self, _: &Event, count: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        if self.asking.load(Ordering::SeqCst) {
            return None;
        }
        let (before, after) = context.line().split_at(context.pos());
        if before.chars().next_back().is_some_and(|c| !c.is_whitespace()) {
            return None;
        }
        let indents = before.trim().is_empty() || {
            let above = self.above.lock().unwrap_or_else(PoisonError::into_inner);
            let before = format!("{above}{before}");
            let wanted = place(&before, after).wanted;
            command_at(&before).is_none()
                && matches!(wanted, Wanted::Nothing | Wanted::Start | Wanted::Expression { .. })
        };
        indents.then(|| Cmd::Insert(count, INDENT.to_owned()))
    }
}

/// Alt-E takes the statement to the user's editor.
pub(super) struct ToEditor {
    pub(super) asked: Arc<AtomicBool>,
}

impl ConditionalEventHandler for ToEditor {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, _: &EventContext<'_>) -> Option<Cmd> {
        self.asked.store(true, Ordering::SeqCst);
        Some(Cmd::AcceptLine)
    }
}
