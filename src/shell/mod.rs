//! The interactive shell: reads a statement or a command, runs it, shows the result, and stays.

mod complete;
mod editor;
mod history;
mod meta;

use rustyline::error::ReadlineError;

use self::editor::Editor;
use self::meta::Next;
use crate::error::{Error, Kind, Result};
use crate::query::{Library, Source, split};
use crate::run::Session;
use crate::ui::{interrupt, text};

const PROMPT: &str = "tongket> ";
/// Stands where a statement goes on.
const MORE: &str = "      -> ";

/// Runs the shell until the user leaves it.
///
/// # Errors
/// The terminal cannot be read, or the file of `-o` cannot be written.
pub async fn run(session: &mut Session) -> Result<()> {
    greet(session);
    let mut delivery = session.deliver(&session.config.output)?;
    let (mut editor, warning) = Editor::new(session)?;
    if let Some(warning) = warning {
        session.ui.warn(&warning);
    }
    // The lines of a statement that is not complete yet.
    let mut pending = String::new();
    loop {
        session.ui.flush()?;
        let read;
        (editor, read) = next_line(editor, &pending).await?;
        let line = match read {
            Ok(line) => text::nfc(&line).into_owned(),
            // Ctrl-C gives up the statement, not the shell.
            Err(ReadlineError::Interrupted) => {
                pending.clear();
                continue;
            }
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(Error::data(format!("cannot read the terminal: {error}"))),
        };
        let command = meta::parse(&line).filter(|_| acts_at_once(&pending, &line));
        let input = match command {
            Some(_) => line,
            None => {
                pending.push_str(&line);
                if !editor::is_complete(&pending) {
                    pending.push('\n');
                    continue;
                }
                std::mem::take(&mut pending)
            }
        };
        if input.trim().is_empty() {
            continue;
        }
        if let Some(warning) = editor.remember(&input) {
            session.ui.warn(&warning);
        }
        delivery.after_prompt();
        interrupt::clear();
        let makes_names = command.as_ref().is_none_or(meta::Command::runs_sql);
        let done = match command {
            Some(command) => meta::run(session, command, &mut delivery).await,
            None => session.script(&Source::new("shell", input), &mut delivery).await.map(|()| Next::Stay),
        };
        match done {
            Ok(Next::Stay) => {}
            Ok(Next::Leave) => break,
            Err(error) if error.kind() == Kind::Interrupted => session.ui.note("cancelled"),
            Err(error) if error.kind() == Kind::ClosedPipe => return Err(error),
            Err(error) => session.ui.error(&error),
        }
        if delivery.is_broken() {
            // Half a result is none: the file goes, and the next result is seen.
            session.ui.warn("the file of \\o is given up, because a statement failed half-way; results come to the terminal again");
            delivery = session.deliver(&session.config.output.on_terminal())?;
        }
        if interrupt::must_leave() {
            return Err(Error::interrupted());
        }
        if makes_names {
            editor.refresh(session);
        }
    }
    delivery.finish()
}

/// Reads a line on a thread of its own, so that the end of the program does not wait for Enter.
async fn next_line(mut editor: Editor, pending: &str) -> Result<(Editor, rustyline::Result<String>)> {
    let above = pending.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        let line = editor.read(if above.is_empty() { PROMPT } else { MORE }, &above);
        (editor, line)
    });
    tokio::select! {
        read = reading => read.map_err(|error| Error::data(format!("the line editor stopped: {error}"))),
        () = interrupt::leaving() => Err(Error::interrupted()),
    }
}

/// Whether a command is one: in the middle of a statement only with its backslash, and never inside
/// a text or a comment.
fn acts_at_once(pending: &str, line: &str) -> bool {
    pending.is_empty() || (line.trim_start().starts_with('\\') && !split::is_open(pending))
}

/// Says where the user is and what can be done here.
fn greet(session: &mut Session) {
    let place = match &session.config.workspace {
        Some(workspace) => {
            let tables = session.engine.tables.stored().map_or(0, |tables| tables.len());
            let queries = Library::open(workspace).map_or(0, |library| library.names().count());
            let synthetic = session.contract().is_ok_and(|contract| contract.synthetic);
            format!(
                "workspace `{}`: {}, {}{}",
                workspace.root().display(),
                text::count(tables as u64, "table"),
                if queries == 1 { "1 saved query".to_owned() } else { format!("{queries} saved queries") },
                if synthetic { " (synthetic rows)" } else { "" },
            )
        }
        None => "no workspace here: SQL over files works, FROM 'file.parquet'".to_owned(),
    };
    session.ui.note(&format!("tongket {}, {place}", env!("CARGO_PKG_VERSION")));
    session
        .ui
        .note("SQL ends with `;`. \\d lists the tables, \\dq the saved queries, \\? everything; \\q leaves.");
}
