//! A bar on standard error for work whose size is known, gone when the work is done.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Eighths of a column.
const CHARS: &str = "█▉▊▋▌▍▎▏ ";

/// A progress bar that shows itself only on a terminal.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar over `total` units; `shown` is [`super::Ui::is_chatty`].
    pub fn new(total: u64, unit: &str, shown: bool) -> Self {
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let template = format!("{{msg:<14}} {{wide_bar}} {{human_pos}}/{{human_len}} {unit} {{eta}}");
        style(&bar, &template);
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

/// A bar over rows that are read, of which it may not be known how many there are.
pub struct Reading {
    bar: ProgressBar,
    of: Option<u64>,
}

impl Reading {
    /// A bar on standard error for work that has taken a while already.
    pub fn begin(elapsed: Duration) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_elapsed(elapsed);
        style(&bar, "{spinner} {elapsed_precise}  {human_pos} rows read  Ctrl-C stops");
        Self { bar, of: None }
    }

    /// Shows the rows read so far, of how many where that is known.
    pub fn show(&mut self, rows: u64, of: Option<u64>) {
        let of = of.filter(|of| *of > 0);
        if self.of != of {
            self.of = of;
            match of {
                Some(_) => style(
                    &self.bar,
                    "{elapsed_precise} {wide_bar} {percent}% of {human_len} rows read  Ctrl-C stops",
                ),
                None => style(&self.bar, "{spinner} {elapsed_precise}  {human_pos} rows read  Ctrl-C stops"),
            }
            if let Some(of) = of {
                self.bar.set_length(of);
            }
        }
        self.bar.set_position(of.map_or(rows, |of| rows.min(of)));
        self.bar.tick();
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars(CHARS).tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "));
    }
}
