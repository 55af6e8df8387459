//! The two streams that the program speaks on, and what it knows of the terminal behind them.
//!
//! Standard output is data and nothing else; counts, banners and progress go to standard error, and
//! only where that is a terminal; warnings and errors always do. Nothing else in the crate prints.

pub mod child;
pub mod interrupt;
mod pager;
pub mod progress;
pub mod text;
pub mod theme;

use std::io::{self, IsTerminal, Write};

use self::pager::Out;
pub use self::theme::Role;
use crate::error::{Error, Kind, Result};
use crate::language::{Language, Message};
use crate::say;

/// Colour on the terminal: `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` or `TERM=dumb` says no.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What the program knows of the terminal, read once at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Standard input is a terminal.
    pub stdin: bool,
    /// Standard output is a terminal.
    pub stdout: bool,
    /// Standard error is a terminal.
    pub stderr: bool,
    /// Colour may be written to standard output.
    pub color_out: bool,
    /// Colour may be written to standard error.
    pub color_err: bool,
    /// It shows lines and can do nothing else: `TERM=dumb`.
    pub dumb: bool,
}

impl Terminal {
    /// Looks at the process's own streams and environment.
    pub fn detect(color: Color) -> Self {
        let choose = |auto: anstream::ColorChoice| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => auto != anstream::ColorChoice::Never,
        };
        Self {
            stdin: io::stdin().is_terminal(),
            stdout: io::stdout().is_terminal(),
            stderr: io::stderr().is_terminal(),
            color_out: choose(anstream::AutoStream::choice(&io::stdout())),
            color_err: choose(anstream::AutoStream::choice(&io::stderr())),
            dumb: std::env::var("TERM").is_ok_and(|term| term == "dumb"),
        }
    }
}

/// The terminal's width in columns now: `COLUMNS`, else what the terminal says, else 80.
pub fn columns() -> usize {
    let there = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    positive(from_env("COLUMNS")).or(positive(there)).unwrap_or(80)
}

/// The terminal's height in rows now: `LINES`, else what the terminal says, else 24.
pub fn rows() -> usize {
    let there = terminal_size::terminal_size().map(|(_, height)| usize::from(height.0));
    positive(from_env("LINES")).or(positive(there)).unwrap_or(24)
}

fn from_env(name: &str) -> Option<usize> {
    std::env::var(name).ok().and_then(|text| text.trim().parse().ok())
}

/// A terminal that says nothing of its size says 0.
fn positive(size: Option<usize>) -> Option<usize> {
    size.filter(|size| *size > 0)
}

/// Where everything that the program says goes.
pub struct Ui {
    out: Out,
    err: Box<dyn Write + Send>,
    /// What is known of the terminal.
    pub terminal: Terminal,
    /// Whether only warnings and errors are said.
    pub quiet: bool,
    /// The command that shows what is larger than the terminal, where there is one.
    pager: Option<String>,
    /// Whether it is used.
    pub paging: bool,
    /// The language of what is said.
    pub language: Language,
}

impl Ui {
    /// Speaks on two writers; `quiet` silences what [`Ui::note`] says.
    pub fn new(
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
        terminal: Terminal,
        quiet: bool,
    ) -> Self {
        Self {
            out: Out::new(out),
            err,
            terminal,
            quiet,
            pager: None,
            paging: true,
            language: Language::default(),
        }
    }

    /// Speaks on the process's own streams.
    pub fn process(color: Color, quiet: bool) -> Self {
        let out = Box::new(io::BufWriter::with_capacity(1 << 16, io::stdout()));
        Self::new(out, Box::new(io::stderr()), Terminal::detect(color), quiet)
    }

    /// Speaks a language.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// Reads what is larger than the terminal in a pager: that of the environment, else the one
    /// `configured`. One that is `safe` starts no other program.
    #[must_use]
    pub fn with_pager(mut self, configured: Option<String>, safe: bool) -> Self {
        self.out.be_safe(safe);
        let able = self.terminal.stdin && self.terminal.stdout;
        self.pager = if able && !self.terminal.dumb { pager::command(configured) } else { None };
        self
    }

    /// Standard output, buffered: for data only. The caller ends with [`Ui::flush`].
    pub fn out(&mut self) -> &mut (dyn Write + Send) {
        &mut self.out
    }

    /// From here to [`Ui::end_page`] what is written is for a reader, who gets it in a pager where
    /// it is larger than the terminal.
    pub fn begin_page(&mut self) {
        if let Some(pager) = self.pager.as_ref().filter(|_| self.paging) {
            self.out.begin_page(pager, rows(), columns());
        }
    }

    /// Whether a page is being read in a pager.
    pub fn in_pager(&self) -> bool {
        self.out.in_pager()
    }

    /// How long readers of pages have kept us waiting since this was asked last.
    pub fn take_waited(&mut self) -> std::time::Duration {
        self.out.take_waited()
    }

    /// Whether the reader has left the page before its end.
    pub fn left_page(&self) -> bool {
        self.out.left()
    }

    /// Ends the page and waits until it has been read.
    ///
    /// # Errors
    /// Standard output is closed or full.
    pub fn end_page(&mut self) -> Result<()> {
        self.out.end_page().map_err(|error| Error::stdout(&error))?;
        self.flush()
    }

    /// Shows a text whose words may come from data: nothing in it reaches a terminal as a command.
    ///
    /// # Errors
    /// Standard output is closed or full.
    pub fn page_data(&mut self, text: &str) -> Result<()> {
        if !self.terminal.stdout {
            return self.page(text);
        }
        let lines: String = text.lines().map(|line| format!("{}\n", text::visible(line))).collect();
        self.page(&lines)
    }

    /// Shows a text to a reader.
    ///
    /// # Errors
    /// Standard output is closed or full.
    pub fn page(&mut self, text: &str) -> Result<()> {
        self.begin_page();
        self.print(text)?;
        self.end_page()
    }

    /// Sends what waits in the buffer of standard output.
    ///
    /// # Errors
    /// Standard output is closed or full.
    pub fn flush(&mut self) -> Result<()> {
        self.out.flush().map_err(|error| Error::stdout(&error))
    }

    /// Writes text to standard output.
    ///
    /// # Errors
    /// Standard output is closed or full.
    pub fn print(&mut self, text: &str) -> Result<()> {
        self.out.write_all(text.as_bytes()).map_err(|error| Error::stdout(&error))
    }

    /// Says how it went (a count, a time): only on a terminal, and not under `--quiet`.
    pub fn note(&mut self, message: impl Into<Message>) {
        if self.is_chatty() {
            let line = Role::Dim.paint(&self.words(message), self.terminal.color_err);
            self.say(&line);
        }
    }

    /// Says what may help although nothing is wrong: only where notes are said.
    pub fn hint(&mut self, message: impl Into<Message>) {
        if self.is_chatty() {
            let word = Role::Hint.paint(&self.words(say!("hint")), self.terminal.color_err);
            self.say(&format!("{word}: {}", self.words(message)));
        }
    }

    /// Says what the user must know although the work goes on.
    pub fn warn(&mut self, message: impl Into<Message>) {
        let word = Role::Warning.paint(&self.words(say!("warning")), self.terminal.color_err);
        self.say(&format!("{word}: {}", self.words(message)));
    }

    /// Reports an error with its place and hints; a closed pipe has nobody to be told.
    pub fn error(&mut self, error: &Error) {
        if error.kind() == Kind::ClosedPipe {
            return;
        }
        let report = render(error, self.terminal.color_err, self.language);
        self.say(report.trim_end());
    }

    /// Shows a line that the user gave in another way than by typing it.
    pub fn echo(&mut self, message: impl Into<Message>) {
        self.say(&self.words(message));
    }

    /// A message as a line that does nothing to a terminal.
    fn words(&self, message: impl Into<Message>) -> String {
        text::visible(&message.into().text(self.language)).into_owned()
    }

    /// Shows the prompt again on a new line, where the line editor does not.
    pub fn prompt_again(&mut self, prompt: &str) {
        let _ = write!(self.err, "\n{prompt}");
        let _ = self.err.flush();
    }

    /// Ends the line that the cursor stands in.
    pub fn end_line(&mut self) {
        self.say("");
    }

    /// Whether progress and counts are shown.
    pub fn is_chatty(&self) -> bool {
        self.terminal.stderr && !self.quiet
    }

    /// A line on standard error; when that cannot be written, there is nowhere left to say so.
    fn say(&mut self, line: &str) {
        let _ = self.out.flush();
        let _ = writeln!(self.err, "{line}");
        let _ = self.err.flush();
    }
}

/// An error as the text that the user reads.
pub fn render(error: &Error, color: bool, language: Language) -> String {
    let mut report = String::new();
    for fault in error.each() {
        let message = fault.message().text(language);
        let message = message.lines().map(text::visible).collect::<Vec<_>>().join("\n  ");
        report.push_str(&format!("{}: {message}\n", Role::Error.paint(&say!("error").text(language), color)));
        if let Some(place) = fault.place() {
            report.push_str(&excerpt(place, color));
        }
        for hint in fault.hints() {
            report.push_str(&format!(
                "{}: {}\n",
                Role::Hint.paint(&say!("hint").text(language), color),
                text::visible(&hint.text(language))
            ));
        }
    }
    report
}

/// The faulty line with a caret under the fault, cut to a window around it where it is long.
fn excerpt(place: &crate::error::Excerpt, color: bool) -> String {
    /// Characters of the line that are shown at most: a query of one endless line stays readable.
    const WINDOW: usize = 100;
    let line: Vec<char> = place.text.trim_end().chars().collect();
    let at = (place.column.max(1) - 1).min(line.len());
    let first = if line.len() > WINDOW { at.saturating_sub(WINDOW / 2) } else { 0 };
    let shown: String = line.iter().skip(first).take(WINDOW).collect();
    let before: String = line.iter().skip(first).take(at - first).collect();
    let fault: String = line.iter().skip(at).take(place.end.saturating_sub(place.column).max(1)).collect();
    let carets = text::width(&text::visible(&fault)).clamp(1, WINDOW - (at - first).min(WINDOW - 1));
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let bar = Role::Dim.paint("|", color);
    format!(
        "{margin}{arrow} {origin}:{number}:{column}\n{number} {bar} {shown}\n{margin} {bar} {pad}{caret}\n",
        arrow = Role::Dim.paint("-->", color),
        origin = text::visible(&place.origin),
        column = place.column,
        shown = text::visible(&shown),
        pad = " ".repeat(text::width(&text::visible(&before))),
        caret = Role::Caret.paint(&"^".repeat(carets), color),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Excerpt;

    fn place(text: &str, column: usize, end: usize) -> Excerpt {
        Excerpt { origin: "q.sql".into(), line: 7, column, end, text: text.into() }
    }

    #[test]
    fn the_caret_stands_under_the_fault_after_vietnamese_text() {
        let error = Error::data(Message::verbatim("unknown column `x`"))
            .at(place("SELECT 'Đoàn', x FROM t", 16, 17))
            .hint(Message::verbatim("try y"));
        assert_eq!(
            render(&error, false, Language::English),
            "error: unknown column `x`\n --> q.sql:7:16\n7 | SELECT 'Đoàn', x FROM t\n  |                ^\nhint: try y\n"
        );
    }

    #[test]
    fn a_very_long_line_is_shown_around_its_fault() {
        let line = format!("{}FAULT{}", "a".repeat(5_000), "b".repeat(5_000));
        let report = excerpt(&place(&line, 5_001, 5_006), false);
        assert!(report.contains("aFAULTb") && report.contains("^^^^^"), "{report}");
        assert!(report.lines().all(|line| line.len() < 120), "{report}");
    }

    #[test]
    fn a_place_past_the_end_of_the_line_still_shows() {
        assert!(excerpt(&place("SELECT", 99, 100), false).contains("7 | SELECT\n  |       ^"));
    }
}
