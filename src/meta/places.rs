//! Commands that go to another place: a file for results, a folder, a workspace, the system's shell.

use std::path::Path;

use super::Console;
use super::commands::{Command, Verb};
use crate::config::{Output, Workspace};
use crate::error::{Error, Result};
use crate::say;
use crate::storage;
use crate::ui::child;

impl Console<'_> {
    pub(super) async fn place(&mut self, command: &Command, words: &[&str]) -> Result<()> {
        match (command.spec.verb, words) {
            (Verb::Output, []) => self.redirect(&self.settings.on_terminal()),
            (Verb::Output, [path]) => self.redirect(&self.to_file(Path::new(path))),
            (Verb::Once, [path]) => {
                // Opened and given up again: what cannot be written is known now.
                self.session.deliver(&self.to_file(Path::new(path)))?;
                self.once = Some(storage::absolute(Path::new(path)).unwrap_or_else(|_| path.into()));
                Ok(())
            }
            (Verb::Cd, []) => match std::env::var_os("HOME") {
                Some(home) => self.go(Path::new(&home)),
                None => Err(Error::usage(say!("there is no home folder: `HOME` is not set"))),
            },
            (Verb::Cd, [folder]) => self.go(Path::new(folder)),
            (Verb::Connect, [folder]) => self.connect(Path::new(folder)),
            (Verb::Refresh, []) => Ok(()),
            (Verb::Shell, _) => self.system(&command.rest),
            _ => Err(command.misused()),
        }
    }

    /// Sends results to another place; the file that they went to so far appears now.
    fn redirect(&mut self, output: &Output) -> Result<()> {
        let next = self.session.deliver(output)?;
        std::mem::replace(&mut self.delivery, next).finish()
    }

    fn go(&mut self, folder: &Path) -> Result<()> {
        // What was named from here stays what it is.
        if self.session.make_absolute()? {
            self.session
                .ui
                .warn(say!("views and tables of this session are gone: tables were named from this folder"));
        }
        std::env::set_current_dir(folder).map_err(|error| Error::entering(folder, &error))
    }

    fn connect(&mut self, folder: &Path) -> Result<()> {
        let here = std::env::current_dir().unwrap_or_default();
        let workspace = Workspace::find(Some(folder), &here)?;
        let had_views = !self.session.engine.tables.made_here().is_empty();
        self.session.connect(workspace)?;
        if had_views {
            self.session.ui.note(say!("the views and tables of this session are gone"));
        }
        let line = self.session.place();
        self.session.ui.note(line);
        Ok(())
    }

    /// Runs a command of the system, or its shell where there is none.
    fn system(&mut self, line: &str) -> Result<()> {
        self.session.ui.flush()?;
        let usual = if cfg!(windows) { "cmd" } else { "sh" };
        let mut command = match line.trim() {
            "" => std::process::Command::new(std::env::var("SHELL").unwrap_or_else(|_| usual.to_owned())),
            line => child::shell(line),
        };
        let cannot =
            |error: std::io::Error| Error::data(say!("cannot run `{line}`: {reason}", line, reason = error));
        let mut running = command.spawn().map_err(cannot)?;
        let status = child::wait(&mut running).map_err(cannot)?;
        match status.success() {
            true => Ok(()),
            false if was_interrupted(status) => Err(Error::interrupted()),
            false => Err(Error::data(say!("`{line}` ended with {status}", line, status))),
        }
    }
}

/// Whether a program was ended by Ctrl-C.
fn was_interrupted(status: std::process::ExitStatus) -> bool {
    #[cfg(unix)]
    if std::os::unix::process::ExitStatusExt::signal(&status) == Some(2) {
        return true;
    }
    status.code() == Some(130)
}
