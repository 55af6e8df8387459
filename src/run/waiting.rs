//! What the user sees while a statement takes long: a bar, gone when it is done.

use std::future::Future;
use std::time::{Duration, Instant};

use crate::engine::Plan;
use crate::language::Language;
use crate::ui::Ui;
use crate::ui::progress::Reading;

/// A statement that is done sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the bar is brought up to date.
const STEP: Duration = Duration::from_millis(100);

/// The wait for a statement.
pub(super) struct Waiting {
    begun: Instant,
    /// Whether the user is shown anything.
    shown: bool,
    language: Language,
    plan: Option<Plan>,
    bar: Option<Reading>,
    drawn: Instant,
}

impl Waiting {
    pub(super) fn begin(ui: &Ui) -> Self {
        let now = Instant::now();
        let shown = ui.is_chatty() && !ui.terminal.dumb;
        Self { begun: now, shown, language: ui.language, plan: None, bar: None, drawn: now }
    }

    /// From now on there is something to measure.
    pub(super) fn watch(&mut self, plan: &Plan) {
        self.plan = Some(plan.clone());
    }

    /// Waits for work, and shows how far it has come once the user has waited long enough.
    pub(super) async fn on<T>(&mut self, work: impl Future<Output = T>) -> T {
        if !self.shown {
            return work.await;
        }
        if self.begun.elapsed() > PATIENCE && self.drawn.elapsed() > STEP {
            // Work that is always ready leaves the clock no turn.
            self.draw();
        }
        tokio::pin!(work);
        loop {
            let next = STEP.max(PATIENCE.saturating_sub(self.begun.elapsed()));
            match tokio::time::timeout(next, &mut work).await {
                Ok(done) => return done,
                Err(_) => self.draw(),
            }
        }
    }

    fn draw(&mut self) {
        let bar = self.bar.get_or_insert_with(|| Reading::begin(self.language));
        self.drawn = Instant::now();
        let scanned = self.plan.as_ref().map(Plan::scanned).unwrap_or_default();
        bar.show(scanned.rows, scanned.of, self.begun.elapsed());
    }

    /// Takes the bar away for what is said now; it may come again.
    pub(super) fn give_way(&mut self) {
        self.bar = None;
    }

    /// Takes the bar away: the terminal is needed for the result.
    pub(super) fn hide(&mut self) {
        self.bar = None;
        self.shown = false;
    }
}
