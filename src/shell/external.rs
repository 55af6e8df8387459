//! The user's own editor: `VISUAL`, else `EDITOR`, else the system's.

use std::io::Write as _;

use crate::error::{Error, Result};
use crate::say;
use crate::ui::child;

/// The text as the user left it in the editor.
///
/// # Errors
/// The editor cannot be run or fails, or what it wrote is no UTF-8.
pub(super) fn edit(text: &str) -> Result<String> {
    let usual = if cfg!(windows) { "notepad" } else { "vi" };
    let chosen = ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok());
    let editor = chosen.filter(|editor| !editor.trim().is_empty()).unwrap_or_else(|| usual.to_owned());
    let cannot = |error: std::io::Error| {
        Error::data(say!("cannot edit in `{editor}`: {reason}", editor, reason = error))
    };
    let file = tempfile::Builder::new().prefix("tongket-").suffix(".sql").tempfile();
    let mut file = file.map_err(cannot)?;
    file.write_all(text.as_bytes()).and_then(|()| file.flush()).map_err(cannot)?;
    // The editor may have arguments; the path is never read by the shell.
    let mut command = match cfg!(windows) {
        true => child::shell(&format!("{editor} {}", file.path().display())),
        false => {
            let mut command = child::shell(&format!("{editor} \"$1\""));
            command.arg("sh").arg(file.path());
            command
        }
    };
    let mut running = command.spawn().map_err(cannot)?;
    let status = child::wait(&mut running).map_err(cannot)?;
    if !status.success() {
        return Err(Error::data(say!("cannot edit in `{editor}`: it ended with {status}", editor, status))
            .hint(say!("set `VISUAL` or `EDITOR` to your editor")));
    }
    std::fs::read_to_string(file.path()).map_err(cannot)
}
