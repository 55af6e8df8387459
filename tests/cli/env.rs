//! A folder and an environment for one test.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The program under test.
pub(crate) const TONGKET: &str = env!("CARGO_BIN_EXE_tongket");

/// The root of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder of its own, and the program run in it with nothing of the developer's environment.
pub(crate) struct TestEnv {
    folder: TempDir,
}

/// What a run of the program left behind.
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit {}\n--- stdout\n{}--- stderr\n{}", self.status, self.stdout, self.stderr)
    }
}

impl TestEnv {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::Builder::new().prefix("tongket-test-").tempdir().expect("a folder") }
    }

    /// A workspace: the committed sample year and saved queries.
    pub(crate) fn workspace() -> Self {
        let env = Self::empty();
        for folder in ["datasets", "queries"] {
            copy(&repository().join(folder), &env.path(folder));
        }
        env
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("makes");
        std::fs::write(&path, text).expect("writes");
        path
    }

    /// Reads a file.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("reads")
    }

    /// The names of the files and folders in a folder, in order.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let entries = self.path(name).read_dir().expect("a folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// A command with the environment of the test.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let home = self.folder.path();
        command
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", home)
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "xterm-256color")
            // What is larger than the screen scrolls: a pager is for the tests of the pager.
            .env("TONGKET_PAGER", "")
            .current_dir(home)
            .stdin(Stdio::null());
        command
    }

    /// Runs the program.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let mut command = self.command(TONGKET);
        command.args(args);
        self.finish(command, None)
    }

    /// Runs the program with a text on standard input.
    pub(crate) fn run_with_input(&self, args: &[&str], input: &str) -> Ran {
        let mut command = self.command(TONGKET);
        command.args(args);
        self.finish(command, Some(input))
    }

    /// Runs a command to its end.
    pub(crate) fn finish(&self, mut command: Command, input: Option<&str>) -> Ran {
        use std::io::Write;
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        if input.is_some() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.spawn().expect("starts");
        if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
            stdin.write_all(input.as_bytes()).expect("writes");
        }
        let output = child.wait_with_output().expect("ends");
        Ran {
            status: output.status.code().unwrap_or(-1),
            stdout: self.neutral(&output.stdout),
            stderr: self.neutral(&output.stderr),
        }
    }

    /// Runs a query and gives its CSV, which must succeed and say nothing else.
    pub(crate) fn csv(&self, sql: &str) -> String {
        let ran = self.run(&["--csv", "-c", sql]);
        assert!(ran.status == 0 && ran.stderr.is_empty(), "{sql}\n{ran}");
        ran.stdout
    }

    /// The text with the folder's own path made neutral.
    fn neutral(&self, bytes: &[u8]) -> String {
        let folder = self.folder.path().display().to_string();
        String::from_utf8_lossy(bytes).replace(&folder, "[DIR]")
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("makes");
    for entry in from.read_dir().expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).map(drop).expect("copies");
        }
    }
}
