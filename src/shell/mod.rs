//! The interactive shell: reads a statement or a command, runs it, shows the result, and stays.

mod complete;
mod editor;
mod history;
mod meta;

use rustyline::error::ReadlineError;

use self::editor::Editor;
use self::meta::Next;
use crate::error::{Error, Kind, Result};
use crate::query::{Library, Source};
use crate::run::{Delivery, Session};
use crate::ui::text;

const PROMPT: &str = "tongket> ";

/// Runs the shell until the user leaves it.
///
/// # Errors
/// The terminal cannot be read, or the file of `-o` cannot be written.
pub async fn run(session: &mut Session) -> Result<()> {
    greet(session);
    let mut delivery = Delivery::open(&session.config.output, session.ui.terminal)?;
    let (mut editor, warning) = Editor::new(session)?;
    if let Some(warning) = warning {
        session.ui.warn(&warning);
    }
    loop {
        session.ui.flush()?;
        let line = match editor.read(PROMPT) {
            Ok(line) => text::nfc(&line).into_owned(),
            // Ctrl-C gives up the line, not the shell.
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(Error::data(format!("cannot read the terminal: {error}"))),
        };
        if line.trim().is_empty() {
            continue;
        }
        if let Some(warning) = editor.remember(&line) {
            session.ui.warn(&warning);
        }
        delivery.after_prompt();
        let done = match meta::parse(&line) {
            Some(command) => meta::run(session, command, &mut delivery).await,
            None => session.script(&Source::new("shell", line), &mut delivery).await.map(|()| Next::Stay),
        };
        match done {
            Ok(Next::Stay) => {}
            Ok(Next::Leave) => break,
            Err(error) if error.kind() == Kind::Interrupted => session.ui.note("cancelled"),
            Err(error) if error.kind() == Kind::ClosedPipe => return Err(error),
            Err(error) => session.ui.error(&error),
        }
        editor.refresh(session);
    }
    delivery.finish()
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
