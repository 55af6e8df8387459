//! Other programs on the terminal: a pager, an editor, a command of the system.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use super::interrupt;

/// How often it is looked whether the program has ended.
const STEP: Duration = Duration::from_millis(10);

/// A line for the system's shell.
pub fn shell(line: &str) -> Command {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut command = Command::new(shell);
    command.args([flag, line]);
    command
}

/// Waits until the program has ended; where we are to leave, it is ended. A Ctrl-C meanwhile was its own.
///
/// # Errors
/// The system does not tell.
pub fn wait(child: &mut Child) -> io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            interrupt::clear();
            return Ok(status);
        }
        if interrupt::must_leave() {
            child.kill()?;
            return child.wait();
        }
        std::thread::sleep(STEP);
    }
}

/// Runs a program that is ours alone to its end; where we are interrupted it is ended, with all that it
/// has started, and `None` is given.
///
/// # Errors
/// It does not start, or the system does not tell.
pub fn run(command: &mut Command) -> io::Result<Option<ExitStatus>> {
    // A group of its own: what is typed at the terminal reaches us first, and all of it is ended at once.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = command.spawn()?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if interrupt::is_asked() {
            #[cfg(unix)]
            let _ = rustix::process::kill_process_group(
                rustix::process::Pid::from_child(&child),
                rustix::process::Signal::KILL,
            );
            child.kill()?;
            return child.wait().map(|_| None);
        }
        std::thread::sleep(STEP);
    }
}
