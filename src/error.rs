//! What went wrong: a kind, a message, the place in a text, hints.
//!
//! An [`Error`] carries messages, which become text in the reader's language where they are shown; its
//! `Display` is the English for logs. The kind decides the exit code, so no other module knows one.

use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

use crate::language::Message;
use crate::say;

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
    /// A fault of this program itself: exit code 70, as in `sysexits.h`.
    Bug,
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
            Self::Bug => 70,
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
    /// Boxed, for every `Result` is as large as its error.
    message: Message,
    place: Option<Box<Excerpt>>,
    hints: Vec<Message>,
    /// All that the engine said, for those who want to know.
    detail: Option<String>,
    /// Further faults found in the same piece of work, reported together.
    also: Vec<Error>,
}

impl Error {
    /// A failed query or data file.
    pub fn data(message: impl Into<Message>) -> Self {
        Self::new(Kind::Data, message)
    }

    /// A wrong command line, parameter or setting.
    pub fn usage(message: impl Into<Message>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Work that was done, and what it found is for the user to mend.
    pub fn findings(message: impl Into<Message>) -> Self {
        Self::new(Kind::Findings, message)
    }

    /// A fault of this program itself.
    pub fn bug(message: impl Into<Message>) -> Self {
        Self::new(Kind::Bug, message)
    }

    /// Work that the user ended with Ctrl-C.
    pub fn interrupted() -> Self {
        Self::new(Kind::Interrupted, say!("interrupted"))
    }

    /// A file that could not be read.
    pub fn reading(path: &Path, source: &std::io::Error) -> Self {
        Self::of_io(source, |reason| say!("cannot read `{path}`: {reason}", path = path.display(), reason))
    }

    /// A file that could not be written.
    pub fn writing(path: &Path, source: &std::io::Error) -> Self {
        Self::of_io(source, |reason| say!("cannot write `{path}`: {reason}", path = path.display(), reason))
    }

    /// A folder in which no file could be made.
    pub fn writing_in(path: &Path, source: &std::io::Error) -> Self {
        Self::of_io(source, |reason| {
            say!("cannot write in `{path}`: {reason}", path = path.display(), reason)
        })
    }

    /// A file that could not be put in the place of another.
    pub fn replacing(path: &Path, source: &std::io::Error) -> Self {
        Self::of_io(source, |reason| say!("cannot replace `{path}`: {reason}", path = path.display(), reason))
    }

    /// A file that could not be removed.
    pub fn removing(path: &Path, source: &std::io::Error) -> Self {
        Self::of_io(source, |reason| say!("cannot remove `{path}`: {reason}", path = path.display(), reason))
    }

    /// A folder that could not be made.
    pub fn making_folder(path: &Path, source: &std::io::Error) -> Self {
        Self::of_io(source, |reason| {
            say!("cannot make the folder `{path}`: {reason}", path = path.display(), reason)
        })
    }

    /// A folder that could not be gone to.
    pub fn entering(path: &Path, source: &std::io::Error) -> Self {
        Self::of_io(source, |reason| say!("cannot go to `{path}`: {reason}", path = path.display(), reason))
    }

    /// An error of files in its words, with the hints of the one of ours that it carries, if it does.
    fn of_io(source: &std::io::Error, words: impl FnOnce(Message) -> Message) -> Self {
        let ours = source.get_ref().and_then(|inner| inner.downcast_ref::<Self>());
        if ours.is_some_and(|ours| ours.kind == Kind::Interrupted) {
            return Self::interrupted();
        }
        let error = Self::data(words(reason(source)));
        ours.map_or_else(Vec::new, |ours| ours.hints.clone()).into_iter().fold(error, Self::hint)
    }

    /// The same once more, for one that is borrowed: without its place and what was found beside it.
    pub fn told_again(&self) -> Self {
        let error = Self::new(self.kind, self.message.clone());
        self.hints.iter().cloned().fold(error, Self::hint)
    }

    /// Standard output that could not be written; a closed pipe is a normal end.
    pub fn stdout(source: &std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::BrokenPipe {
            Self::new(Kind::ClosedPipe, say!("standard output was closed"))
        } else {
            Self::data(say!("cannot write to standard output: {reason}", reason = reason(source)))
        }
    }

    /// Several faults as one error; its kind is that of the first, or `None` where there is none.
    pub fn many(errors: Vec<Error>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let mut first = errors.next()?;
        first.also.extend(errors);
        Some(first)
    }

    fn new(kind: Kind, message: impl Into<Message>) -> Self {
        Self { kind, message: message.into(), place: None, hints: Vec::new(), detail: None, also: Vec::new() }
    }

    /// Adds what the user can do next.
    pub fn hint(mut self, hint: impl Into<Message>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Puts a better hint in the place of those there are.
    pub fn only_hint(mut self, hint: impl Into<Message>) -> Self {
        self.hints = vec![hint.into()];
        self
    }

    /// Adds a hint where there is one.
    pub fn hint_opt(self, hint: Option<impl Into<Message>>) -> Self {
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
    pub fn context(mut self, context: impl Into<Message>) -> Self {
        self.message = Message::joined([context.into(), self.message], ": ");
        self
    }

    /// The kind, which decides the exit code.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The first line of the error, without its prefix.
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// What the user can do next.
    pub fn hints(&self) -> &[Message] {
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
        f.write_str(&self.message.english())
    }
}

impl std::error::Error for Error {}

/// The error of ours that lies below those of readers, writers and the engine.
pub fn below<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(ours) = error.downcast_ref() {
            return Some(ours);
        }
        // An I/O error gives the source of what is in it, and not itself.
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = inner.map(|inner| inner as _).or_else(|| error.source());
    }
    None
}

/// The engine's words without the layers that name themselves before what was wrong.
pub fn without_layers(words: &str) -> &str {
    const LAYERS: [&str; 6] = [
        "Parquet error: ",
        "parquet argument error: ",
        "Parquet argument error: ",
        "External: ",
        "Generic LocalFileSystem error: ",
        "Arrow error: ",
    ];
    let mut words = words.trim();
    while let Some(rest) = LAYERS.iter().find_map(|layer| words.strip_prefix(layer)) {
        words = rest;
    }
    words
}

/// An I/O error in words: ours where it carries an [`Error`], else the system's own, without its
/// number, where it is none of the usual ones.
pub fn reason(error: &std::io::Error) -> Message {
    if let Some(ours) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        return ours.message().clone();
    }
    match error.kind() {
        ErrorKind::NotFound => say!("no such file or directory"),
        ErrorKind::PermissionDenied => say!("permission denied"),
        ErrorKind::AlreadyExists => say!("file exists"),
        ErrorKind::NotADirectory => say!("not a directory"),
        ErrorKind::IsADirectory => say!("is a directory"),
        ErrorKind::StorageFull => say!("no space left on device"),
        ErrorKind::ReadOnlyFilesystem => say!("read-only file system"),
        ErrorKind::FileTooLarge => say!("file too large"),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or(&text);
            let mut chars = text.chars();
            let first = chars.next().into_iter().flat_map(char::to_lowercase);
            Message::verbatim(first.chain(chars).collect::<String>())
        }
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
        let error = Error::reading(Path::new("a/b.sql"), &source);
        assert_eq!(error.to_string(), "cannot read `a/b.sql`: no such file or directory");
    }

    #[test]
    fn many_faults_are_reported_together() {
        let [a, b, c] = ["a", "b", "c"].map(Message::verbatim);
        let error =
            Error::many(vec![Error::usage(a), Error::usage(b), Error::data(c)]).expect("three faults");
        let messages: Vec<_> = error.each().map(ToString::to_string).collect();
        assert_eq!(messages, ["a", "b", "c"]);
        assert_eq!(error.kind(), Kind::Usage);
    }
}
