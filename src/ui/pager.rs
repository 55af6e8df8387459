//! Standard output with a pager: what is taller or wider than the terminal is read in a program such
//! as `less`, everything else is printed.

use std::io::{self, Write};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use super::{child, interrupt, text};
use crate::error::Error;
use crate::say;

/// What the pager is without `TONGKET_PAGER` and `PAGER`: no wrapped lines, colours kept, and what
/// was read stays on the screen.
const USUAL: &str = "less -SRFX";

/// Bytes given to a pager that are kept in case that it fails.
const KEPT: usize = 1 << 20;

/// Writes that may wait for the pager.
const WAITING: usize = 8;

/// How often it is looked whether the pager takes more.
const STEP: Duration = Duration::from_millis(5);

/// How long a pager that takes no more is given to end.
const PATIENCE: Duration = Duration::from_millis(200);

/// The pager's command: `TONGKET_PAGER`, else what is configured, else `PAGER`, else `less -SRFX`;
/// `None` where the one that counts is empty or cannot be run.
pub(super) fn command(configured: Option<String>) -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok();
    let chosen = variable("TONGKET_PAGER").or(configured).or_else(|| variable("PAGER"));
    chosen.or_else(|| Some(USUAL.to_owned())).filter(|command| can_be_run(command))
}

/// Whether the program that a command names is there; what only a shell can tell may be.
fn can_be_run(command: &str) -> bool {
    let Some(program) = command.split_whitespace().next() else { return false };
    if program.contains(['=', '$', '(', '~', '"', '\'']) {
        return true;
    }
    let there = |path: &std::path::Path| path.is_file();
    match program.contains('/') {
        true => there(program.as_ref()),
        false => std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|folder| there(&folder.join(program)))),
    }
}

/// The stream behind standard output, and the page that is being written to it.
pub(super) struct Out {
    stream: Box<dyn Write + Send>,
    page: Option<Page>,
    /// Whether the pager is asked to start no other program.
    safe: bool,
    /// How long the reader of a page has kept us waiting.
    waited: Duration,
}

impl Out {
    pub(super) fn new(stream: Box<dyn Write + Send>) -> Self {
        Self { stream, page: None, safe: false, waited: Duration::ZERO }
    }

    /// Whether the pager is asked to start no other program: `less` then knows no `!`.
    pub(super) fn be_safe(&mut self, safe: bool) {
        self.safe = safe;
    }

    /// From here on what is written is one page, for a terminal of this size.
    pub(super) fn begin_page(&mut self, pager: &str, rows: usize, columns: usize) {
        let state = State::Holding(Vec::new());
        let (pager, safe) = (pager.to_owned(), self.safe);
        self.page = Some(Page { pager, safe, rows, columns, lines: 0, width: 0, state });
    }

    /// Whether the page is being read in a pager.
    pub(super) fn in_pager(&self) -> bool {
        matches!(&self.page, Some(Page { state: State::Paging { .. }, .. }))
    }

    /// Whether the reader has left the page before its end.
    pub(super) fn left(&self) -> bool {
        matches!(&self.page, Some(Page { state: State::Left(_), .. }))
    }

    /// How long readers have kept us waiting since this was asked last.
    pub(super) fn take_waited(&mut self) -> Duration {
        std::mem::take(&mut self.waited)
    }

    /// Ends the page and waits until it has been read.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(super) fn end_page(&mut self) -> io::Result<()> {
        let Some(page) = self.page.take() else { return Ok(()) };
        let begun = Instant::now();
        let done = match page.state {
            State::Holding(held) => self.stream.write_all(&held),
            State::Passing => Ok(()),
            State::Paging { mut child, pipe, sent } => {
                drop(pipe);
                let status = child::wait(&mut child);
                // A pager that fails is none. What it was given is here, if it was not very much.
                match (status.is_ok_and(has_failed), sent) {
                    (false, _) => Ok(()),
                    (true, Some(sent)) => self.stream.write_all(&sent),
                    (true, None) => {
                        let fault = say!("the pager failed, and not all that it was given was seen");
                        Err(io::Error::other(Error::data(fault)))
                    }
                }
            }
            State::Left(mut child) => child::wait(&mut child).map(drop),
        };
        self.waited += begun.elapsed();
        done
    }
}

/// What is shown at once.
struct Page {
    pager: String,
    safe: bool,
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
    /// The pager has it. It is fed on a thread of its own, for a reader may take any time; what it was
    /// given is kept as long as that is not very much.
    Paging { child: Child, pipe: SyncSender<Vec<u8>>, sent: Option<Vec<u8>> },
    /// The pager was left: its reader wants no more, which is a reader's right.
    Left(Child),
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

    fn start(&self) -> io::Result<(Child, SyncSender<Vec<u8>>)> {
        let mut command = child::shell(&self.pager);
        command.stdin(Stdio::piped());
        if std::env::var_os("LESSCHARSET").is_none() {
            // Vietnamese stays readable under a locale of C.
            command.env("LESSCHARSET", "utf-8");
        }
        if self.safe {
            command.env("LESSSECURE", "1");
        }
        let mut child = command.spawn()?;
        let stdin = child.stdin.take();
        let (pipe, chunks) = sync_channel::<Vec<u8>>(WAITING);
        std::thread::spawn(move || {
            let mut stdin = stdin;
            // The first that cannot be written ends the thread, and with it the channel.
            while let (Some(stdin), Ok(chunk)) = (&mut stdin, chunks.recv()) {
                if stdin.write_all(&chunk).is_err() {
                    break;
                }
            }
        });
        Ok((child, pipe))
    }

    /// Takes the next bytes; those that go to the stream itself come back.
    fn take(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let overflows = matches!(self.state, State::Holding(_)) && self.overflows(bytes);
        match std::mem::replace(&mut self.state, State::Passing) {
            State::Holding(mut held) => {
                held.extend_from_slice(bytes);
                if !overflows {
                    self.state = State::Holding(held);
                    return None;
                }
                match self.start() {
                    Ok((child, pipe)) => self.give(child, pipe, Some(Vec::new()), &held),
                    Err(_) => Some(held),
                }
            }
            State::Paging { child, pipe, sent } => self.give(child, pipe, sent, bytes),
            State::Left(child) => {
                self.state = State::Left(child);
                None
            }
            State::Passing => Some(bytes.to_vec()),
        }
    }

    /// Gives bytes to the pager; one that has failed gives back all that it was given.
    fn give(
        &mut self,
        mut child: Child,
        pipe: SyncSender<Vec<u8>>,
        sent: Option<Vec<u8>>,
        bytes: &[u8],
    ) -> Option<Vec<u8>> {
        let sent = sent.filter(|sent| sent.len() + bytes.len() <= KEPT).map(|mut sent| {
            sent.extend_from_slice(bytes);
            sent
        });
        let mut next = bytes.to_vec();
        loop {
            match pipe.try_send(next) {
                Ok(()) => {
                    self.state = State::Paging { child, pipe, sent };
                    return None;
                }
                Err(TrySendError::Full(back)) => {
                    if interrupt::must_leave() {
                        // What the pager itself has started may go on; nobody waits for it.
                        let _ = child.kill();
                        self.state = State::Left(child);
                        return None;
                    }
                    next = back;
                    std::thread::sleep(STEP);
                }
                // It takes no more: it was left, or it has failed.
                Err(TrySendError::Disconnected(_)) => break,
            }
        }
        let begun = Instant::now();
        loop {
            match (child.try_wait(), sent.is_some()) {
                (Ok(Some(status)), true) if has_failed(status) => return sent,
                (Ok(None), _) if begun.elapsed() < PATIENCE => std::thread::sleep(STEP),
                _ => {
                    self.state = State::Left(child);
                    return None;
                }
            }
        }
    }
}

/// Whether a pager ended with a fault of its own.
fn has_failed(status: ExitStatus) -> bool {
    status.code().is_some_and(|code| code != 0)
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(page) = &mut self.page else { return self.stream.write(bytes) };
        let begun = Instant::now();
        if let Some(back) = page.take(bytes) {
            self.stream.write_all(&back)?;
        } else {
            self.waited += begun.elapsed();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match &self.page {
            None | Some(Page { state: State::Passing, .. }) => self.stream.flush(),
            Some(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: usize, columns: usize) -> Page {
        Page { pager: String::new(), safe: false, rows, columns, lines: 0, width: 0, state: State::Passing }
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

    #[test]
    fn a_pager_that_is_not_there_is_none() {
        assert!(can_be_run("sh -c cat") && can_be_run("/bin/sh") && can_be_run("LESS=-R less"));
        assert!(!can_be_run("no-such-pager -S") && !can_be_run("/no/such/pager") && !can_be_run(" "));
    }
}
