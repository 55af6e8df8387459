//! The interactive shell: reads a statement or a command, runs it, shows the result, and stays.

mod ask;
mod complete;
mod editor;
mod external;
mod history;
mod keys;
mod names;
mod paint;
mod syntax;
mod terminal;

use rustyline::error::ReadlineError;

use self::editor::{Editor, Made};
use self::terminal::Modes;
use crate::config::{Access, file};
use crate::error::{Error, Kind, Result};
use crate::language::Message;
use crate::meta::{Command, Console, Next};
use crate::query::Source;
use crate::query::split::{Piece, split};
use crate::run::Session;
use crate::say;
use crate::ui::{interrupt, text};

/// Runs the shell until the user leaves it.
///
/// # Errors
/// The terminal cannot be read, or the file of `-o` cannot be written.
pub async fn run(session: &mut Session) -> Result<()> {
    session.keep = true;
    session.teach = true;
    let Made { editor, warning, first } = Editor::make(session)?;
    greet(session, first);
    if let Some(warning) = warning {
        session.ui.warn(warning);
    }
    let rc = file::rc().filter(|_| !session.config.shell.without_rc);
    let mut shell = Shell::new(Console::new(session)?, editor);
    if let Some(rc) = rc.filter(|rc| rc.is_file()) {
        shell.begin_with(&rc).await;
    }
    let ran = shell.read_on().await;
    shell.console.finish(ran)
}

/// The shell between two lines.
struct Shell<'a> {
    console: Console<'a>,
    /// Away while it reads on another thread.
    editor: Option<Editor>,
    /// The statement that is being written, as far as it goes.
    pending: String,
    prompt: String,
    more: String,
}

impl<'a> Shell<'a> {
    fn new(console: Console<'a>, editor: Editor) -> Self {
        let prompt = console.session.config.shell.prompt.clone();
        // Stands where a statement goes on.
        let more = format!("{}-> ", " ".repeat(text::width(&prompt).saturating_sub(3)));
        Self { console, editor: Some(editor), pending: String::new(), prompt, more }
    }

    /// Runs the user's own commands; what fails there is told, and the shell begins all the same.
    async fn begin_with(&mut self, rc: &std::path::Path) {
        if let Err(error) = self.console.file(rc).await {
            self.told(&error.hint(say!("what follows it in `tongketrc` was not run")));
        }
        self.refresh(true);
    }

    async fn read_on(&mut self) -> Result<()> {
        loop {
            self.console.session.ui.flush()?;
            let (line, edit) = match self.next_line().await? {
                Ok(read) => read,
                // Ctrl-C gives up the statement, not the shell.
                Err(ReadlineError::Interrupted) => {
                    self.pending.clear();
                    continue;
                }
                Err(ReadlineError::Eof) => return Ok(()),
                Err(error) => {
                    return Err(Error::data(say!("cannot read the terminal: {reason}", reason = error)));
                }
            };
            let line = text::nfc(&line).into_owned();
            let next = if edit { self.edit(&line).await } else { self.take(&line).await };
            match next {
                Ok(Next::Stay) => {}
                Ok(Next::Leave) => return Ok(()),
                Err(error) if error.kind() == Kind::ClosedPipe => return Err(error),
                Err(error) => self.told(&error),
            }
            if let Err(error) = self.console.give_up_broken() {
                self.told(&error);
            }
            if interrupt::must_leave() {
                return Err(Error::interrupted());
            }
            // What was asked of the last statement is settled, for Tab too.
            interrupt::clear();
        }
    }

    fn told(&mut self, error: &Error) {
        self.console.remember_fault(error);
        match error.kind() {
            Kind::Interrupted => self.console.session.ui.note(say!("cancelled")),
            _ => self.console.session.ui.error(error),
        }
    }

    /// Reads a line on a thread of its own, so that the end of the program does not wait for Enter.
    async fn next_line(&mut self) -> Result<rustyline::Result<(String, bool)>> {
        let above = self.pending.clone();
        let prompt = if above.is_empty() { self.prompt.clone() } else { self.more.clone() };
        self.with_editor(move |editor| editor.read(&prompt, &above)).await
    }

    /// Does what needs the editor, which waits for the user.
    async fn with_editor<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Editor) -> T + Send + 'static,
    ) -> Result<T> {
        let Some(mut editor) = self.editor.take() else {
            return Err(Error::data(say!("the line editor is gone")));
        };
        let modes = Modes::now();
        let working = tokio::task::spawn_blocking(move || {
            let done = work(&mut editor);
            (editor, done)
        });
        tokio::pin!(working);
        loop {
            tokio::select! {
                biased;
                () = interrupt::leaving() => {
                    modes.restore();
                    self.console.session.ui.end_line();
                    return Err(Error::interrupted());
                }
                // Before the next: a Ctrl-C right behind Enter is meant for what the line begins.
                worked = &mut working => {
                    let (editor, done) = worked
                        .map_err(|error| Error::data(say!("the line editor stopped: {reason}", reason = error)))?;
                    self.editor = Some(editor);
                    return Ok(done);
                }
                // A terminal that can do nothing sends a signal for Ctrl-C, and waits for its line on.
                () = interrupt::asked() => {
                    interrupt::clear();
                    if self.console.session.ui.terminal.dumb {
                        self.pending.clear();
                        let prompt = self.prompt.clone();
                        self.console.session.ui.prompt_again(&prompt);
                    }
                }
            }
        }
    }

    /// Takes a line: runs the commands and statements that it ends, keeps what it leaves open.
    async fn take(&mut self, line: &str) -> Result<Next> {
        let source = Source::new("shell", format!("{}{line}", self.pending));
        let script = match split(&source) {
            Ok(script) => script,
            Err(error) => {
                self.remember(&source.text);
                self.pending.clear();
                return Err(error);
            }
        };
        let within = !self.pending.is_empty();
        self.pending = script.rest.as_ref().map_or_else(String::new, |rest| format!("{}\n", rest.text()));
        match script.pieces.as_slice() {
            // In the middle of a statement a command is no part of it.
            [Piece::Command(command)] if within && command.ends.is_none() => self.remember(line),
            _ if script.rest.is_none() => self.remember(&source.text),
            _ => {}
        }
        if within && ["quit", "exit", "help"].contains(&line.trim().trim_end_matches(';')) {
            let line = say!("a statement is being written: \\q leaves, Ctrl-C gives it up");
            self.console.session.ui.echo(line);
        }
        self.run(script.pieces, &source).await
    }

    async fn run(&mut self, pieces: Vec<Piece>, source: &Source) -> Result<Next> {
        for piece in pieces {
            self.console.after_prompt();
            match piece {
                Piece::Statement(statement) => {
                    let word =
                        statement.text.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
                    let ran = self.console.statement(source, statement).await;
                    self.refresh(["CREATE", "DROP"].contains(&word.as_str()));
                    if ran.is_err() {
                        // What follows a failed statement in the same line is given up with it.
                        self.pending.clear();
                    }
                    ran?;
                }
                Piece::Command(typed) => {
                    let command = Command::parse(&typed)?;
                    if self.command(command, source).await? == Next::Leave {
                        return Ok(Next::Leave);
                    }
                }
            }
        }
        Ok(Next::Stay)
    }

    /// Runs a command; those that need the editor or the statement being written are done here.
    async fn command(&mut self, command: Command, source: &Source) -> Result<Next> {
        if command.is_edit() {
            let text = command.statement().map(str::to_owned);
            return Box::pin(self.edit_text(text)).await;
        }
        match command.on_buffer() {
            Some(true) => {
                let text =
                    if self.pending.is_empty() { self.console.latest_text() } else { self.pending.clone() };
                self.console.session.ui.page_data(&format!("{}\n", text.trim_end()))?;
                return Ok(Next::Stay);
            }
            Some(false) => {
                self.pending.clear();
                return Ok(Next::Stay);
            }
            None => {}
        }
        let command = self.with_answers(command).await?;
        let changes = command.changes_names();
        let ran = self.console.command(command, source).await;
        self.refresh(changes);
        ran
    }

    /// Takes the statement to the user's editor, from Alt-E.
    async fn edit(&mut self, line: &str) -> Result<Next> {
        let text = format!("{}{line}", self.pending);
        let text = Some(text).filter(|text| !text.trim().is_empty());
        self.edit_text(text).await
    }

    /// Takes a text, else the last statement, to the user's editor, and on from what comes back.
    async fn edit_text(&mut self, text: Option<String>) -> Result<Next> {
        if self.console.session.config.access == Access::Safe {
            return Err(Error::usage(say!("the editor is another program, and `--safe` runs none")));
        }
        let text = text.unwrap_or_else(|| self.console.latest_text());
        let edited = match external::edit(&text) {
            Ok(edited) => text::nfc(&edited).trim_end().to_owned(),
            Err(error) => {
                // What was written is not lost with the editor.
                self.pending = format!("{}\n", text.trim_end());
                return Err(error.hint(say!("the statement is still here: \\p shows it, \\r gives it up")));
            }
        };
        self.pending.clear();
        if edited.is_empty() {
            return Ok(Next::Stay);
        }
        for (i, line) in edited.lines().enumerate() {
            let prompt = if i == 0 { &self.prompt } else { &self.more };
            self.console.session.ui.echo(Message::verbatim(format!("{prompt}{line}")));
        }
        self.take(&edited).await
    }

    fn remember(&mut self, line: &str) {
        if line.trim().trim_matches(';').is_empty() {
            return;
        }
        let warning = self.editor.as_mut().and_then(|editor| editor.remember(line));
        if let Some(warning) = warning {
            self.console.session.ui.warn(warning);
        }
    }

    fn refresh(&mut self, names: bool) {
        let Some(editor) = &mut self.editor else { return };
        match names {
            true => editor.refresh(self.console.session),
            false => editor.learn(self.console.session),
        }
    }
}

/// Says where the user is and what can be done here; more to one who is here for the first time.
fn greet(session: &mut Session, first: bool) {
    let place = session.place();
    let program = Message::verbatim(concat!("tongket ", env!("CARGO_PKG_VERSION")));
    session.ui.note(Message::joined([program, place], ", "));
    session.ui.note(say!(
        "SQL ends with `;`. \\d lists the tables, \\dq the saved queries, \\? everything; \\q leaves."
    ));
    if first && session.config.workspace.is_some() {
        for line in session.welcome() {
            session.ui.note(Message::verbatim(line));
        }
    }
}
