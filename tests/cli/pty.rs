//! A real pseudo-terminal with a screen that can be read back.

use std::io::{Read, Write};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rexpect::process::PtyProcess;

use crate::env::{TONGKET, TestEnv};

/// How long a test waits for what must come; a loaded machine is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program on a terminal.
pub(crate) struct Terminal {
    process: PtyProcess,
    keys: std::fs::File,
    screen: Arc<Mutex<vt100::Parser>>,
    /// How often the line editor has begun to read: it turns bracketed paste on each time.
    readings: Arc<AtomicUsize>,
    /// All that the program has written.
    written: Arc<Mutex<Vec<u8>>>,
}

const PASTE_ON: &[u8] = b"\x1b[?2004h";

impl Terminal {
    /// The program with these arguments on a screen of this size.
    pub(crate) fn start(env: &TestEnv, args: &[&str], rows: u16, columns: u16) -> Self {
        Self::start_in(env, &[], args, rows, columns)
    }

    /// The same with these variables in its environment.
    pub(crate) fn start_in(
        env: &TestEnv,
        variables: &[(&str, &str)],
        args: &[&str],
        rows: u16,
        columns: u16,
    ) -> Self {
        let mut command = env.command("sh");
        command.envs(variables.iter().copied());
        // The size is set before the program looks at it.
        let script = format!("stty rows {rows} cols {columns}; exec \"$0\" \"$@\"");
        command.args(["-c", &script, TONGKET]).args(args);
        Self::spawn(command, rows, columns)
    }

    /// Any command on a screen of this size.
    pub(crate) fn spawn(mut command: Command, rows: u16, columns: u16) -> Self {
        // The pseudo-terminal takes the place of the test's own streams.
        command.stdin(std::process::Stdio::inherit());
        let mut process = PtyProcess::new(command).expect("a pseudo-terminal");
        // At the end of a test; a program that does not leave when asked is ended.
        process.set_kill_timeout(Some(5000));
        let keys = process.get_file_handle().expect("a handle");
        let mut reader = process.get_file_handle().expect("a handle");
        let size = |n: u16| std::num::NonZero::new(n).expect("a size");
        let screen = Arc::new(Mutex::new(vt100::Parser::new(size(rows), size(columns), 2000)));
        let readings = Arc::new(AtomicUsize::new(0));
        let written = Arc::<Mutex<Vec<u8>>>::default();
        let (shared, counter, all) = (screen.clone(), readings.clone(), written.clone());
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            let mut recent: Vec<u8> = Vec::new();
            // The end of the program reads as an error of its terminal.
            while let Ok(n) = reader.read(&mut buffer) {
                if n == 0 {
                    break;
                }
                shared.lock().expect("a screen").process(&buffer[..n]);
                all.lock().expect("bytes").extend_from_slice(&buffer[..n]);
                recent.extend_from_slice(&buffer[..n]);
                let begun = recent.windows(PASTE_ON.len()).filter(|bytes| *bytes == PASTE_ON).count();
                counter.fetch_add(begun, Ordering::SeqCst);
                // A sequence may be split between two reads, and is counted once.
                let keep = recent.len().min(PASTE_ON.len() - 1);
                recent.drain(..recent.len() - keep);
            }
        });
        Self { process, keys, screen, readings, written }
    }

    /// Types keys as they are.
    pub(crate) fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("types");
        self.keys.flush().expect("types");
    }

    /// Types a line and Enter.
    pub(crate) fn line(&mut self, line: &str) {
        self.keys(&format!("{line}\r"));
    }

    /// Types a line and Enter, and waits until the program reads again; gives the screen.
    pub(crate) fn enter(&mut self, line: &str) -> String {
        let before = self.readings.load(Ordering::SeqCst);
        self.line(line);
        self.wait_reading(before)
    }

    /// Types a line that a statement goes on after, and waits for the prompt that says so.
    pub(crate) fn begin(&mut self, line: &str) {
        self.line(line);
        self.wait_until("a prompt for more", |screen| screen.ends_with(&format!("{line}\n      ->")));
    }

    /// Types keys that end a reading, such as Ctrl-C, and waits until the program reads again.
    pub(crate) fn press(&mut self, keys: &str) -> String {
        let before = self.readings.load(Ordering::SeqCst);
        self.keys(keys);
        self.wait_reading(before)
    }

    fn wait_reading(&self, before: usize) -> String {
        let begun = Instant::now();
        while self.readings.load(Ordering::SeqCst) == before {
            self.patient(begun, "a prompt");
            std::thread::sleep(Duration::from_millis(5));
        }
        self.prompt()
    }

    /// Fails where the wait has been too long, and says whether the program is still there.
    fn patient(&self, begun: Instant, what: &str) {
        if begun.elapsed() >= PATIENCE {
            let (status, screen) = (self.process.status(), self.screen());
            panic!("waited for {what} of a program that is {status:?}; the screen:\n{screen}");
        }
    }

    /// Sends the program a signal.
    pub(crate) fn signal(&mut self, signal: rexpect::process::Signal) {
        self.process.signal(signal).expect("signals");
    }

    /// What the screen shows, without the blanks at the ends of its lines.
    pub(crate) fn screen(&self) -> String {
        let contents = self.screen.lock().expect("a screen").screen().contents();
        contents.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }

    /// The bytes that make the screen again, colours included.
    pub(crate) fn formatted(&self) -> String {
        self.screen.lock().expect("a screen").screen().contents_formatted()
    }

    /// How the first character of a text looks where it stands last on the screen: its colour, and
    /// whether it is bold, dim or underlined.
    pub(crate) fn look(&self, text: &str) -> (vt100::Color, String) {
        let parser = self.screen.lock().expect("a screen");
        let screen = parser.screen();
        let (rows, columns) = screen.size();
        let cells = |row: u16| (0..columns.get()).filter_map(move |column| screen.cell(row, column));
        for row in (0..rows.get()).rev() {
            let shown: Vec<&str> = cells(row).map(vt100::Cell::contents).collect();
            let line: String = shown.iter().map(|cell| if cell.is_empty() { " " } else { cell }).collect();
            let Some(at) = line.rfind(text) else { continue };
            let column = line[..at].chars().count() as u16;
            let cell = screen.cell(row, column).expect("a cell");
            let looks = [("bold", cell.bold()), ("dim", cell.dim()), ("underlined", cell.underline())];
            let named = looks.iter().filter(|(_, on)| *on).map(|(name, _)| *name);
            return (cell.fgcolor(), named.collect::<Vec<_>>().join(" "));
        }
        panic!("`{text}` is not on the screen:\n{}", screen.contents());
    }

    /// Whether the program has ever written these bytes.
    pub(crate) fn has_written(&self, bytes: &[u8]) -> bool {
        self.written.lock().expect("bytes").windows(bytes.len()).any(|window| window == bytes)
    }

    /// Makes the terminal another size, and tells the program.
    pub(crate) fn resize(&mut self, rows: u16, columns: u16) {
        let size = |n: u16| std::num::NonZero::new(n).expect("a size");
        self.screen.lock().expect("a screen").screen_mut().set_size(size(rows), size(columns));
        let size = rustix::termios::Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        rustix::termios::tcsetwinsize(&self.keys, size).expect("resizes");
    }

    /// Waits until the screen shows a text.
    pub(crate) fn wait(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contains(text))
    }

    /// Waits until the screen ends with a prompt that waits for input.
    pub(crate) fn prompt(&self) -> String {
        self.wait_until("a prompt", |screen| screen.ends_with("\ntongket>") || screen == "tongket>")
    }

    /// Waits until the screen is as it should be.
    pub(crate) fn wait_until(&self, what: &str, there: impl Fn(&str) -> bool) -> String {
        let begun = Instant::now();
        loop {
            let screen = self.screen();
            if there(&screen) {
                return screen;
            }
            self.patient(begun, what);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until nothing has come for a while: the last output of a program that has ended.
    pub(crate) fn wait_quiet(&self) {
        let mut last = self.screen();
        loop {
            std::thread::sleep(Duration::from_millis(100));
            let now = self.screen();
            if now == last {
                return;
            }
            last = now;
        }
    }

    /// Waits for the program to end and gives its exit code.
    pub(crate) fn end(&mut self) -> i32 {
        use rexpect::process::WaitStatus;
        let begun = Instant::now();
        loop {
            match self.process.status() {
                Some(WaitStatus::Exited(_, code)) => return code,
                Some(WaitStatus::StillAlive) | None if begun.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                other => panic!("{other:?}; the screen:\n{}", self.screen()),
            }
        }
    }
}
