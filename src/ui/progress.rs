//! A bar on standard error for work whose size is known, gone when the work is done.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A progress bar that shows itself only on a terminal.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar over `total` units; `shown` is [`super::Ui::is_chatty`].
    pub fn new(total: u64, unit: &str, shown: bool) -> Self {
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let template = format!("{{msg:<14}} {{wide_bar}} {{human_pos}}/{{human_len}} {unit} {{eta}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// Names the part that is being worked on.
    pub fn part(&self, name: &str) {
        self.0.set_message(name.to_owned());
    }

    /// Counts `units` more as done.
    pub fn advance(&self, units: u64) {
        self.0.inc(units);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
