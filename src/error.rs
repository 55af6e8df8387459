//! What went wrong: a kind, a message, the place in a text, hints.
//!
//! An [`Error`] carries data; its text is made in one place, by its `Display`. The kind decides the
//! exit code, so no other module knows one.

use std::fmt;
use std::path::Path;

/// The result of everything here that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// What sort of failure it is; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A query or a data file failed: exit code 1.
    Data,
    /// The command line, a parameter or a setting is wrong: exit code 2.
    Usage,
    /// The work was done and found something: a rule or a published figure that does not hold, rows
    /// put aside: exit code 3.
    Findings,
    /// The user pressed Ctrl-C: exit code 130.
    Interrupted,
    /// The reader of standard output went away, which is its right: exit code 0.
    ClosedPipe,
}

impl Kind {
    /// The process exit code that the kind stands for.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::ClosedPipe => 0,
            Self::Data => 1,
            Self::Usage => 2,
            Self::Findings => 3,
            Self::Interrupted => 130,
        }
    }
}

/// A place in a text that the user wrote, with the line that stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Where the text came from: a path, or `-c`, `standard input`.
    pub origin: String,
    /// The line's number, from 1.
    pub line: usize,
    /// The first faulty character in the line, from 1, counted in characters.
    pub column: usize,
    /// The column just after the last faulty character; at least `column + 1`.
    pub end: usize,
    /// The line itself.
    pub text: String,
}

/// A failure to be shown to the user: what, where, what next.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    place: Option<Box<Excerpt>>,
    hints: Vec<String>,
    /// All that the engine said, for those who want to know.
    detail: Option<String>,
    /// Further faults found in the same piece of work, reported together.
    also: Vec<Error>,
}

impl Error {
    /// A failed query or data file.
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(Kind::Data, message)
    }

    /// A wrong command line, parameter or setting.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Work that was done, and what it found is for the user to mend.
    pub fn findings(message: impl Into<String>) -> Self {
        Self::new(Kind::Findings, message)
    }

    /// Work that the user ended with Ctrl-C.
    pub fn interrupted() -> Self {
        Self::new(Kind::Interrupted, "interrupted")
    }

    /// A file that could not be used; `verb` completes "cannot …": `read`, `write`, `create`.
    pub fn file(verb: &str, path: &Path, source: &std::io::Error) -> Self {
        Self::data(format!("cannot {verb} `{}`: {}", path.display(), reason(source)))
    }

    /// Standard output that could not be written; a closed pipe is a normal end.
    pub fn stdout(source: &std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::BrokenPipe {
            Self::new(Kind::ClosedPipe, "standard output was closed")
        } else {
            Self::data(format!("cannot write to standard output: {}", reason(source)))
        }
    }

    /// Several faults as one error; its kind is that of the first, or `None` where there is none.
    pub fn many(errors: Vec<Error>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let mut first = errors.next()?;
        first.also.extend(errors);
        Some(first)
    }

    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), place: None, hints: Vec::new(), detail: None, also: Vec::new() }
    }

    /// Adds what the user can do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Puts a better hint in the place of those there are.
    pub fn only_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints = vec![hint.into()];
        self
    }

    /// Adds a hint where there is one.
    pub fn hint_opt(self, hint: Option<String>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// Says where in the user's text the fault is.
    pub fn at(mut self, place: Excerpt) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// Keeps all that the engine said.
    pub fn with_detail(mut self, detail: String) -> Self {
        self.detail = Some(detail);
        self
    }

    /// All that the engine said, where it said more than is shown.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Forgets the place, where the text is not the user's.
    pub fn without_place(mut self) -> Self {
        self.place = None;
        self
    }

    /// Puts what was being done before the message: `context: message`.
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.message = format!("{context}: {}", self.message);
        self
    }

    /// The kind, which decides the exit code.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The first line of the error, without its prefix.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What the user can do next.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The place in the user's text, where it is known.
    pub fn place(&self) -> Option<&Excerpt> {
        self.place.as_deref()
    }

    /// The error itself, then the further faults found in the same piece of work.
    pub fn each(&self) -> impl Iterator<Item = &Error> {
        std::iter::once(self).chain(self.also.iter().flat_map(|error| error.boxed_each()))
    }

    fn boxed_each(&self) -> Box<dyn Iterator<Item = &Error> + '_> {
        Box::new(self.each())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// An I/O error in words, without the "(os error N)" that means nothing to most readers.
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text).to_owned();
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_success() {
        let error = Error::stdout(&std::io::ErrorKind::BrokenPipe.into());
        assert_eq!(error.kind().exit_code(), 0);
    }

    #[test]
    fn a_file_error_names_the_path_and_the_reason() {
        let source = std::io::Error::from_raw_os_error(2);
        let error = Error::file("read", Path::new("a/b.sql"), &source);
        assert_eq!(error.message(), "cannot read `a/b.sql`: no such file or directory");
    }

    #[test]
    fn many_faults_are_reported_together() {
        let error =
            Error::many(vec![Error::usage("a"), Error::usage("b"), Error::data("c")]).expect("three faults");
        let messages: Vec<_> = error.each().map(Error::message).collect();
        assert_eq!(messages, ["a", "b", "c"]);
        assert_eq!(error.kind(), Kind::Usage);
    }
}
