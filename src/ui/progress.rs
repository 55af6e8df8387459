//! A bar on standard error for work whose size is known, gone when the work is done.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::text;
use crate::language::{Language, Message, Piece};
use crate::{many, say};

/// A progress bar that shows itself only on a terminal.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar over rows, as many as `total` where that is known; `shown` is the language of who sees it.
    pub fn new(total: Option<u64>, shown: Option<Language>) -> Self {
        let target = shown.map_or_else(ProgressDrawTarget::hidden, |_| ProgressDrawTarget::stderr());
        let bar = ProgressBar::with_draw_target(total, target);
        let language = shown.unwrap_or_default();
        let template = match total {
            Some(_) => "{msg:<14} {wide_bar} {rows} {eta}",
            None => "{msg:<14} {rows} {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            let rows = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let rows: Message = many!(state.pos(), "{n} row", "{n} rows");
                let said = match state.len() {
                    Some(all) => say!(
                        "{n} of {rows}",
                        n = Piece::Count(state.pos()),
                        rows = many!(all, "{n} row", "{n} rows")
                    ),
                    None => rows,
                };
                let _ = out.write_str(&said.text(language));
            };
            bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ ").with_key("rows", rows));
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

/// A line on standard error over rows that are read, of which it may not be known how many there are.
///
/// It is drawn in place and shorter than the terminal, so that the `^C` which the terminal writes
/// behind it goes with it.
pub struct Reading(Language);

impl Reading {
    /// Nothing is shown yet.
    pub fn begin(language: Language) -> Self {
        Self(language)
    }

    /// Shows the rows read so far, of how many where that is known, and the time that it has taken.
    pub fn show(&mut self, rows: u64, of: Option<u64>, elapsed: Duration) {
        let line = line(rows, of, elapsed, super::columns(), self.0);
        let mut err = std::io::stderr().lock();
        let _ = write!(err, "\r{line}\x1b[K").and_then(|()| err.flush());
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let mut err = std::io::stderr().lock();
        let _ = write!(err, "\r\x1b[K").and_then(|()| err.flush());
    }
}

/// `00:12 ████▌      43% of 2,880 rows read  Ctrl-C stops`, as much of it as there is room for.
fn line(rows: u64, of: Option<u64>, elapsed: Duration, columns: usize, language: Language) -> String {
    /// Columns that are left free at the end of the line.
    const FREE: usize = 5;
    let room = columns.saturating_sub(FREE);
    let seconds = elapsed.as_secs();
    let mut line = format!("{:02}:{:02} ", seconds / 60, seconds % 60);
    let stops = format!("  {}", say!("Ctrl-C stops").text(language));
    let counted = |rows: u64| -> Message { many!(rows, "{n} row", "{n} rows") };
    let read = match of.filter(|of| *of > 0) {
        Some(of) => {
            let part = (rows.min(of) as f64) / (of as f64);
            let percent = format!("{:3.0}", part * 100.0);
            let read = say!("{percent}% of {rows} read", percent, rows = counted(of));
            let read = format!(" {}", read.text(language));
            let taken = line.len() + text::width(&read) + text::width(&stops);
            let bar = room.saturating_sub(taken).min(40);
            line.push_str(&eighths(part, bar));
            read
        }
        None => say!("{rows} read", rows = counted(rows)).text(language),
    };
    line.push_str(&read);
    if text::width(&line) + text::width(&stops) <= room {
        line.push_str(&stops);
    }
    text::fit(&line, room).into_owned()
}

/// A bar of that many columns, in eighths of one.
fn eighths(part: f64, columns: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let filled = (part * columns as f64 * 8.0).round() as usize;
    let mut bar = "█".repeat(filled / 8) + EIGHTHS[filled % 8];
    let width = text::width(&bar);
    bar.push_str(&"·".repeat(columns.saturating_sub(width)));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_fits_the_terminal() {
        let time = Duration::from_secs(72);
        assert_eq!(
            line(1_440, Some(2_880), time, 64, Language::English),
            "01:12 ███████▌·······  50% of 2,880 rows read  Ctrl-C stops"
        );
        let line = |rows, of, columns, language| line(rows, of, time, columns, language);
        assert_eq!(line(47_002, None, 80, Language::English), "01:12 47,002 rows read  Ctrl-C stops");
        assert_eq!(line(47_002, None, 80, Language::Vietnamese), "01:12 đã đọc 47.002 dòng  Ctrl-C để dừng");
        for columns in [20, 40, 60, 200] {
            for of in [None, Some(1_000_000_000)] {
                for language in [Language::English, Language::Vietnamese] {
                    let line = line(123_456_789, of, columns, language);
                    assert!(text::width(&line) < columns - 4, "{columns}: {line}");
                }
            }
        }
    }
}
