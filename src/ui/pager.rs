//! Standard output with a pager: what is taller or wider than the terminal is read in a program such
//! as `less`, everything else is printed.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

use super::{interrupt, text};

/// What the pager is without `TONGKET_PAGER` and `PAGER`: no wrapped lines, colours kept, and what
/// was read stays on the screen.
const USUAL: &str = "less -SRFX";

/// Bytes given to a pager that are kept in case that it cannot be started.
const KEPT: usize = 1 << 20;

/// The pager's command: `TONGKET_PAGER`, else what is configured, else `PAGER`, else `less -SRFX`;
/// `None` where the one that counts is empty.
pub(super) fn command(configured: Option<String>) -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok();
    let chosen = variable("TONGKET_PAGER").or(configured).or_else(|| variable("PAGER"));
    chosen.map_or_else(
        || Some(USUAL.to_owned()),
        |command| Some(command).filter(|command| !command.trim().is_empty()),
    )
}

/// The stream behind standard output, and the page that is being written to it.
pub(super) struct Out {
    stream: Box<dyn Write + Send>,
    page: Option<Page>,
}

impl Out {
    pub(super) fn new(stream: Box<dyn Write + Send>) -> Self {
        Self { stream, page: None }
    }

    /// From here on what is written is one page, for a terminal of this size.
    pub(super) fn begin_page(&mut self, pager: &str, rows: usize, columns: usize) {
        let state = State::Holding(Vec::new());
        self.page = Some(Page { pager: pager.to_owned(), rows, columns, lines: 0, width: 0, state });
    }

    /// Whether the reader has left the page before its end.
    pub(super) fn left(&self) -> bool {
        matches!(&self.page, Some(Page { state: State::Paging { left: true, .. }, .. }))
    }

    /// Ends the page and waits until it has been read.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(super) fn end_page(&mut self) -> io::Result<()> {
        let Some(page) = self.page.take() else { return Ok(()) };
        match page.state {
            State::Holding(held) => self.stream.write_all(&held),
            State::Passing => Ok(()),
            State::Paging { mut child, sent, .. } => {
                drop(child.stdin.take());
                let status = child.wait();
                // A Ctrl-C while reading was for the pager.
                interrupt::clear();
                // 127: the shell found no such program.
                let missing = status.is_ok_and(|status| status.code() == Some(127));
                if missing { self.stream.write_all(&sent) } else { Ok(()) }
            }
        }
    }
}

/// What is shown at once.
struct Page {
    pager: String,
    rows: usize,
    columns: usize,
    lines: usize,
    /// The width of the line at hand, so far.
    width: usize,
    state: State,
}

enum State {
    /// It still fits.
    Holding(Vec<u8>),
    /// The pager has it.
    Paging { child: Child, sent: Vec<u8>, left: bool },
    /// There is no pager: it goes to the stream.
    Passing,
}

impl Page {
    /// Whether the page with these bytes is larger than the terminal.
    fn overflows(&mut self, bytes: &[u8]) -> bool {
        for line in String::from_utf8_lossy(bytes).split_inclusive('\n') {
            self.width += text::painted_width(line.trim_end_matches('\n'));
            if self.width > self.columns {
                return true;
            }
            if line.ends_with('\n') {
                self.lines += 1;
                self.width = 0;
            }
        }
        // One row for what is said after the page, one for the prompt.
        self.lines + 2 > self.rows
    }

    fn start(&self) -> io::Result<Child> {
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut command = Command::new(shell);
        command.args([flag, &self.pager]).stdin(Stdio::piped());
        if std::env::var_os("LESSCHARSET").is_none() {
            // Vietnamese stays readable under a locale of C.
            command.env("LESSCHARSET", "utf-8");
        }
        command.spawn()
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(page) = &mut self.page else { return self.stream.write(bytes) };
        let overflows = matches!(page.state, State::Holding(_)) && page.overflows(bytes);
        match &mut page.state {
            State::Holding(held) => {
                held.extend_from_slice(bytes);
                if overflows {
                    let held = std::mem::take(held);
                    match page.start() {
                        Ok(child) => {
                            page.state = State::Paging { child, sent: Vec::new(), left: false };
                            page.give(&held);
                        }
                        Err(_) => {
                            page.state = State::Passing;
                            self.stream.write_all(&held)?;
                        }
                    }
                }
            }
            State::Paging { .. } => page.give(bytes),
            State::Passing => self.stream.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match &self.page {
            Some(Page { state: State::Holding(_) | State::Paging { .. }, .. }) => Ok(()),
            _ => self.stream.flush(),
        }
    }
}

impl Page {
    /// Gives bytes to the pager; one that has been left wants no more, which is its reader's right.
    fn give(&mut self, bytes: &[u8]) {
        let State::Paging { child, sent, left } = &mut self.state else { return };
        let room = KEPT.saturating_sub(sent.len()).min(bytes.len());
        sent.extend_from_slice(&bytes[..room]);
        *left |= child.stdin.as_mut().is_some_and(|stdin| stdin.write_all(bytes).is_err());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: usize, columns: usize) -> Page {
        Page { pager: String::new(), rows, columns, lines: 0, width: 0, state: State::Passing }
    }

    #[test]
    fn a_page_overflows_by_its_lines_or_its_width() {
        assert!(!page(5, 10).overflows(b"a\nb\nc\n"));
        assert!(page(5, 10).overflows(b"a\nb\nc\nd\n"));
        assert!(page(50, 10).overflows("Huyện đoàn Yên".as_bytes()));
        assert!(!page(50, 10).overflows("\x1b[1mHuyện đoàn\x1b[0m\n".as_bytes()));
        // In pieces it is the same.
        let mut parts = page(50, 10);
        assert!(!parts.overflows("Huyện ".as_bytes()));
        assert!(parts.overflows("đoàn Yên".as_bytes()));
    }
}
