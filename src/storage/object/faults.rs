//! What goes wrong with a bucket, in our words.

use std::error::Error as StdError;
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use datafusion::object_store::path::Path as Key;
use datafusion::object_store::{Error as StoreError, Result};

use super::super::disk;
use super::address::Root;
use crate::error::{Error, below};
use crate::language::Message;
use crate::say;

/// How the store names itself in errors.
pub(super) const STORE: &str = "S3";

/// What is wrong with requests to a bucket.
#[derive(Debug, Clone)]
pub(super) struct Faults {
    root: Root,
    /// Who keeps it.
    at: String,
}

/// An error of ours on its way through readers of files.
pub(super) fn of(error: Error) -> io::Error {
    io::Error::other(error)
}

/// The error of a request as that of a file.
pub(super) fn of_store(error: &StoreError) -> io::Error {
    match error {
        StoreError::NotFound { .. } => io::ErrorKind::NotFound.into(),
        StoreError::AlreadyExists { .. } => io::ErrorKind::AlreadyExists.into(),
        error => of(below(error).map_or_else(|| Error::data(root(error)), Error::told_again)),
    }
}

/// The error of ours that one of files carries.
pub(super) fn ours(error: &io::Error) -> Error {
    below(error).map_or_else(|| Error::data(crate::error::reason(error)), Error::told_again)
}

/// An error of ours as one of the store.
pub(super) fn generic(error: Error) -> StoreError {
    StoreError::Generic { store: STORE, source: Box::new(error) }
}

/// The innermost reason.
fn root(error: &(dyn StdError + 'static)) -> Message {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    let text = inner.to_string();
    Message::verbatim(text.split(" (os error").next().unwrap_or(&text).trim().to_owned())
}

/// What stands in an element of the answer.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(inner, _)| inner.trim())
}

impl Faults {
    pub(super) fn new(root: &Root, at: String) -> Self {
        Self { root: root.clone(), at }
    }

    /// The error for what a web server has not: a list of its files, and writing.
    pub(super) fn untold(&self) -> StoreError {
        let message = say!(
            "`{root}` is a web server, which does not tell what it has and takes nothing",
            root = self.root
        );
        generic(Error::usage(message).hint(say!("name each file that is to be read: --table NAME=URL")))
    }

    /// Where it is said who asks.
    fn of_credentials(&self) -> Option<Message> {
        Some(match self.root.scheme {
            "s3" => say!(
                "they are those of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or of the profile AWS_PROFILE"
            ),
            "gs" => say!("they are those of GOOGLE_APPLICATION_CREDENTIALS"),
            "az" => say!("they are those of AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY"),
            _ => return None,
        })
    }

    /// Where it is said where the bucket is.
    fn of_places(&self) -> Option<Message> {
        let is_s3 = self.root.scheme == "s3";
        is_s3.then(|| say!("AWS_ENDPOINT_URL and AWS_REGION say where it is looked for"))
    }

    /// The error of a request about a key; that it is not there, is there already or was changed is left as
    /// it is.
    pub(super) fn told(&self, error: StoreError, key: &Key) -> StoreError {
        if below(&error).is_some() {
            return error;
        }
        let text = error.to_string();
        let code = element(&text, "Code");
        match &error {
            StoreError::NotFound { .. } if !matches!(code, Some("NoSuchBucket" | "ContainerNotFound")) => {
                error
            }
            StoreError::AlreadyExists { .. } | StoreError::Precondition { .. } => error,
            _ => generic(self.reason(&error, code, element(&text, "Message"), key)),
        }
    }

    /// The error of a request for the bytes of an object that was there.
    pub(super) fn gone(&self, error: StoreError, key: &Key) -> StoreError {
        let again = |message: Message| generic(Error::data(message).hint(say!("run it again")));
        match self.told(error, key) {
            StoreError::NotFound { .. } => again(say!("it is no longer there")),
            StoreError::Precondition { .. } => again(say!("it was changed while it was read")),
            error => error,
        }
    }

    /// The same for those who do not know which object it was.
    pub(super) fn reading(&self, error: StoreError, key: &Key) -> StoreError {
        let path = PathBuf::from(format!("{}/{key}", self.root));
        match self.gone(error, key) {
            error @ StoreError::NotFound { .. } => error,
            error => generic(Error::reading(&path, &of_store(&error))),
        }
    }

    /// Refuses a range that an object has not.
    pub(super) fn within(&self, range: &Range<u64>, size: u64) -> Result<()> {
        if range.start <= range.end && range.end <= size {
            return Ok(());
        }
        Err(generic(disk::damaged(range, size)))
    }

    /// The error of looking for the region of a bucket.
    pub(super) fn unresolved(&self, error: &StoreError) -> StoreError {
        generic(match error.to_string().ends_with("not found") {
            true => self.no_bucket(),
            false => self.unreached(error),
        })
    }

    fn no_bucket(&self) -> Error {
        let (bucket, at) = (&self.root.name, &self.at);
        Error::data(say!("there is no bucket `{bucket}` at {at}", bucket, at)).hint_opt(self.of_places())
    }

    fn unreached(&self, error: &StoreError) -> Error {
        Error::data(say!("{at} is not reached: {reason}", at = self.at, reason = root(error)))
            .hint_opt(self.of_places())
    }

    fn reason(&self, error: &StoreError, code: Option<&str>, said: Option<&str>, key: &Key) -> Error {
        let at = &self.at;
        let refused = |code: &str| {
            Error::data(say!("{at} does not take the credentials: {code}", at, code))
                .hint_opt(self.of_credentials())
        };
        let denied = || {
            Error::data(say!("{at} denies access to `{path}`", at, path = format!("{}/{key}", self.root)))
                .hint(say!(
                    "the credentials must allow to list and read it, and to write it where that is asked for"
                ))
        };
        match code {
            Some("NoSuchBucket" | "ContainerNotFound") => self.no_bucket(),
            Some(
                code @ ("InvalidAccessKeyId"
                | "SignatureDoesNotMatch"
                | "InvalidToken"
                | "ExpiredToken"
                | "InvalidSecurity"
                | "TokenRefreshRequired"
                | "AuthenticationFailed"
                | "AuthorizationFailure"),
            ) => refused(code),
            Some("AccessDenied" | "AllAccessDisabled") => denied(),
            Some("PermanentRedirect" | "AuthorizationHeaderMalformed" | "TemporaryRedirect") => {
                self.elsewhere()
            }
            Some("NotImplemented") => Error::data(say!("{at} does not know what is asked of it", at)),
            Some(code) => {
                let said = Message::verbatim(said.unwrap_or_default().to_owned());
                Error::data(say!("{at} answers {code}: {said}", at, code, said))
            }
            None if matches!(error, StoreError::PermissionDenied { .. }) => denied(),
            None if matches!(error, StoreError::Unauthenticated { .. }) => refused("401"),
            None if error.to_string().contains("non-partial response") => {
                Error::data(say!("{at} does not send parts of a file", at))
                    .hint(say!("fetch it first, and read the copy"))
            }
            None if error.to_string().contains("redirect without LOCATION") => self.elsewhere(),
            None => self.unreached(error),
        }
    }

    fn elsewhere(&self) -> Error {
        Error::data(say!("bucket `{bucket}` is in another region", bucket = self.root.name))
            .hint(say!("say in which with AWS_REGION"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults() -> Faults {
        Faults::new(&Root { scheme: "s3", name: "b".to_owned() }, "http://host".to_owned())
    }

    #[test]
    fn an_answer_is_told_by_its_code() {
        let faults = faults();
        let told = |code: &str| {
            let text =
                format!("Server returned non-2xx status code: 403: <Error><Code>{code}</Code></Error>");
            let error = StoreError::PermissionDenied { path: "k".to_owned(), source: text.into() };
            below(&faults.told(error, &Key::from("k"))).expect("ours").to_string()
        };
        assert_eq!(told("NoSuchBucket"), "there is no bucket `b` at http://host");
        assert_eq!(told("AccessDenied"), "http://host denies access to `s3://b/k`");
        assert!(told("SignatureDoesNotMatch").contains("does not take the credentials"));
        assert_eq!(told("PermanentRedirect"), "bucket `b` is in another region");
    }

    #[test]
    fn what_is_not_there_or_was_changed_is_told_as_a_file_is() {
        let faults = faults();
        let none = || StoreError::NotFound { path: "k".to_owned(), source: "none".into() };
        let key = Key::from("k");
        assert_eq!(of_store(&faults.told(none(), &key)).kind(), io::ErrorKind::NotFound);
        let error = faults.reading(none(), &key);
        assert_eq!(below(&error).expect("ours").to_string(), "cannot read `s3://b/k`: it is no longer there");
    }
}
