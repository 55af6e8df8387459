//! A page on paper: a Chromium that is there prints it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use url::Url;

use crate::error::{Error, Result};
use crate::language::Message;
use crate::say;
use crate::ui::child;

/// The names that Chromium goes by.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The variable that names another.
const VARIABLE: &str = "TONGKET_CHROMIUM";

/// Finds the browser, before any work is done for it.
///
/// # Errors
/// There is none.
pub fn browser() -> Result<PathBuf> {
    let named = std::env::var_os(VARIABLE).filter(|name| !name.is_empty());
    let names: Vec<&OsStr> = match &named {
        Some(name) => vec![name.as_os_str()],
        None => NAMES.iter().map(OsStr::new).collect(),
    };
    names.into_iter().find_map(found).ok_or_else(|| {
        let error = match &named {
            Some(name) => Error::data(say!("there is no browser `{name}`, which `{variable}` names", name = name.to_string_lossy(), variable = VARIABLE)),
            None => Error::data(say!("a PDF is printed by Chromium, and there is none here")),
        };
        error.hint(say!("write the page with `-o report.html` and print it from a browser, or name a Chromium in `{variable}`", variable = VARIABLE))
    })
}

/// A program by its path, or by its name in the folders of `PATH`.
fn found(name: &OsStr) -> Option<PathBuf> {
    let path = Path::new(name);
    if path.components().count() > 1 {
        return path.is_file().then(|| path.to_owned());
    }
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(path))
        .find(|path| path.is_file())
}

/// Prints a page; the browser has a profile of its own, and asks nothing of the network.
///
/// # Errors
/// The browser does not start, or gives no PDF; or the user stops it.
pub async fn print(browser: PathBuf, page: String) -> Result<Vec<u8>> {
    // It hears of an interrupt itself, and is waited for: nothing of it is to be left behind.
    let printed = tokio::task::spawn_blocking(move || printed(&browser, &page)).await;
    printed.map_err(|error| Error::data(Message::verbatim(error.to_string())))?
}

fn printed(browser: &Path, page: &str) -> Result<Vec<u8>> {
    let fault = |reason: Message| {
        Error::data(say!("cannot print by `{path}`: {reason}", path = browser.display(), reason))
    };
    let io = |error: std::io::Error| fault(crate::error::reason(&error));
    let folder = Folder::new().map_err(io)?;
    let (source, target) = (folder.path.join("report.html"), folder.path.join("report.pdf"));
    std::fs::write(&source, page).map_err(io)?;
    let address =
        Url::from_file_path(&source).map_err(|()| io(std::io::ErrorKind::InvalidFilename.into()))?;
    // It is started in another folder than ours.
    let mut command = Command::new(std::path::absolute(browser).map_err(io)?);
    command
        .args([
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--no-pdf-header-footer",
        ])
        .arg(option("--user-data-dir=", &folder.path.join("profile")))
        .arg(option("--print-to-pdf=", &target))
        .arg(address.as_str())
        .current_dir(&folder.path)
        // Its own temporary files go with the folder; a longer name may be too long for its socket.
        .env("TMPDIR", ".")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if is_root() {
        // Chromium refuses to be sandboxed for root; the page is our own and can load nothing.
        command.arg("--no-sandbox");
    }
    let Some(status) = child::run(&mut command).map_err(io)? else { return Err(Error::interrupted()) };
    match std::fs::read(&target) {
        Ok(pdf) if pdf.starts_with(b"%PDF") => Ok(pdf),
        _ => Err(fault(say!("it gave no PDF ({status})", status))
            .hint(say!("write the page with `-o report.html` and print it from a browser"))),
    }
}

/// A temporary folder, by its whole path.
struct Folder {
    path: PathBuf,
    _folder: TempDir,
}

impl Folder {
    fn new() -> std::io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("tongket-print-").tempdir()?;
        Ok(Self { path: std::path::absolute(folder.path())?, _folder: folder })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A process that was ended a moment ago may still write there.
        for _ in 0..50 {
            if std::fs::remove_dir_all(&self.path).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn option(name: &str, path: &Path) -> std::ffi::OsString {
    let mut option = std::ffi::OsString::from(name);
    option.push(path);
    option
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
