//! Scripts of SQL and commands, one piece after the other: the same in the shell, in `-f` files and
//! in `-c`.

mod again;
mod alone;
mod commands;
mod look;
mod places;
mod safe;
mod settings;
mod values;

use std::path::{Path, PathBuf};

pub use self::alone::stands_alone;
use self::commands::Verb;
pub use self::commands::{Command, help, names};
pub use self::settings::NAMES as SETTINGS;
use crate::config::{Access, Output};
use crate::error::{Error, Kind, Result};
use crate::query::params::Given;
use crate::query::split::{Piece, Script, split};
use crate::query::{SavedQuery, Source, Statement};
use crate::run::{Delivery, Session};
use crate::say;
use crate::ui;

/// Files that may run one another before it is taken for a circle.
const DEEPEST: usize = 32;

/// Whether there is more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// There is.
    Stay,
    /// The user wants to leave.
    Leave,
}

/// A session with what commands set: where results go, how they look, what was asked last.
pub struct Console<'a> {
    /// The session.
    pub session: &'a mut Session,
    delivery: Delivery,
    /// How results look, on the terminal or standard output; and where they went at the start.
    settings: Output,
    /// Whether titles were asked for or against: a change of language then leaves them.
    titles_chosen: bool,
    /// The file for the next result alone.
    once: Option<PathBuf>,
    /// What was asked last, for `\g`.
    latest: Option<Asked>,
    /// The last error, for `\errverbose`.
    fault: Option<String>,
    /// The folders of the scripts that are being run, each by the one before it.
    folders: Vec<Option<PathBuf>>,
}

/// What gives a result.
#[derive(Debug, Clone)]
enum Asked {
    /// SQL.
    Statement(Source, Statement),
    /// A saved query, and the values for it.
    Saved(Box<SavedQuery>, Vec<Given>),
}

impl<'a> Console<'a> {
    /// A console whose results go where the session's configuration says.
    ///
    /// # Errors
    /// That place cannot be written.
    pub fn new(session: &'a mut Session) -> Result<Self> {
        let settings = session.config.output.clone();
        let delivery = session.deliver(&settings)?;
        Ok(Self {
            session,
            delivery,
            settings,
            titles_chosen: false,
            once: None,
            latest: None,
            fault: None,
            folders: Vec::new(),
        })
    }

    /// Runs a script: all of it is split before any of it runs, so that an open quote in its last
    /// line is found first; the first failure ends it.
    ///
    /// # Errors
    /// That failure.
    pub async fn script(&mut self, source: &Source) -> Result<Next> {
        // Where the script is, seen from anywhere.
        let path = Path::new(&source.origin);
        let folder = path.is_file().then(|| std::path::absolute(path).ok()?.parent().map(Path::to_owned));
        self.folders.push(folder.flatten());
        let ran = self.pieces(source).await;
        self.folders.pop();
        ran
    }

    async fn pieces(&mut self, source: &Source) -> Result<Next> {
        let Script { mut pieces, rest } = split(source)?;
        if let Some(rest) = rest {
            if let Some(error) = rest.unclosed(source) {
                return Err(error);
            }
            pieces.push(Piece::Statement(rest.statement));
        }
        // A slip in a command is found before anything is done, as one in a quote is.
        for piece in &pieces {
            if let Piece::Command(command) = piece {
                let parsed = Command::parse(command).and_then(|command| command.needs_no_shell());
                parsed.map_err(|error| at(error, source, &command.text))?;
            }
        }
        self.session.keep |= shows_again(&source.text);
        for piece in pieces {
            let next = match piece {
                Piece::Statement(statement) => {
                    self.statement(source, statement).await.map(|()| Next::Stay)?
                }
                Piece::Command(typed) => {
                    let command = Command::parse(&typed)?;
                    let ran = Box::pin(self.command(command, source)).await;
                    ran.map_err(|error| at(error, source, &typed.text))?
                }
            };
            if next == Next::Leave {
                return Ok(Next::Leave);
            }
        }
        Ok(Next::Stay)
    }

    /// Runs a statement.
    ///
    /// # Errors
    /// It fails.
    pub async fn statement(&mut self, source: &Source, statement: Statement) -> Result<()> {
        self.ask(Asked::Statement(source.clone(), statement)).await
    }

    /// Runs what is asked; its result goes where results go, or into the file that waits for it.
    async fn ask(&mut self, asked: Asked) -> Result<()> {
        match self.once.take() {
            Some(path) => self.ask_into(asked, &path).await,
            None => {
                self.latest = Some(asked.clone());
                let outcome = match &asked {
                    Asked::Statement(source, statement) => {
                        self.session.statement(source, statement.clone(), &mut self.delivery).await?
                    }
                    Asked::Saved(query, given) => {
                        self.session.saved(query, given, &mut self.delivery).await?
                    }
                };
                self.session.tell(outcome);
                Ok(())
            }
        }
    }

    /// Runs what is asked and writes its result to a file of its own.
    async fn ask_into(&mut self, asked: Asked, path: &Path) -> Result<()> {
        self.latest = Some(asked.clone());
        let mut delivery = self.session.deliver(&self.to_file(path))?;
        let outcome = match &asked {
            Asked::Statement(source, statement) => {
                self.session.statement(source, statement.clone(), &mut delivery).await?
            }
            Asked::Saved(query, given) => self.session.saved(query, given, &mut delivery).await?,
        };
        delivery.finish()?;
        self.session.tell(outcome);
        Ok(())
    }

    /// Results in a file, in the format of its ending: one asked for belongs to the terminal.
    fn to_file(&self, path: &Path) -> Output {
        Output { path: Some(path.to_owned()), format: None, ..self.settings.clone() }
    }

    /// Runs a command.
    ///
    /// # Errors
    /// Its arguments are wrong, or its work fails.
    pub async fn command(&mut self, command: Command, source: &Source) -> Result<Next> {
        let words = command.words();
        let words: Vec<&str> = match (&words, command.spec.verb) {
            // These take their line as it is.
            (_, Verb::Shell | Verb::Echo) => Vec::new(),
            (Ok(words), _) => words.iter().map(String::as_str).collect(),
            (Err(_), _) => return words.map(|_| Next::Stay),
        };
        if self.session.config.access == Access::Safe {
            safe::check(&command, &words, &self.session.config.fence())?;
        }
        #[cfg(debug_assertions)]
        panic_on_request();
        match command.spec.verb {
            Verb::Quit => return if words.is_empty() { Ok(Next::Leave) } else { Err(command.misused()) },
            Verb::Include | Verb::IncludeRelative => return self.include(&command, &words).await,
            Verb::Help
            | Verb::FunctionHelp
            | Verb::Describe
            | Verb::DescribeMore
            | Verb::Tables
            | Verb::Views
            | Verb::Functions
            | Verb::Queries
            | Verb::Schema => self.look(&command, &words).await?,
            Verb::Run
            | Verb::Go
            | Verb::GoExpanded
            | Verb::GoDescribe
            | Verb::Watch
            | Verb::Crosstab
            | Verb::Chart
            | Verb::Last => self.again(&command, &words, source).await?,
            Verb::Expanded
            | Verb::TuplesOnly
            | Verb::Unaligned
            | Verb::Pset
            | Verb::Format
            | Verb::Headers
            | Verb::MaxRows
            | Verb::NullValue
            | Verb::Timing => self.settle(&command, &words)?,
            Verb::Output | Verb::Once | Verb::Cd | Verb::Connect | Verb::Refresh | Verb::Shell => {
                self.place(&command, &words).await?;
            }
            Verb::Set | Verb::Unset | Verb::Echo => self.value(&command, &words)?,
            Verb::ErrVerbose => {
                let none = || format!("{}\n", say!("there was no error yet").text(self.session.ui.language));
                let fault = self.fault.clone().unwrap_or_else(none);
                self.session.ui.page_data(&fault)?;
            }
            Verb::Edit | Verb::Print | Verb::Reset => return command.needs_no_shell().map(|()| Next::Stay),
        }
        Ok(Next::Stay)
    }

    async fn include(&mut self, command: &Command, words: &[&str]) -> Result<Next> {
        let [path] = words else { return Err(command.misused()) };
        let relative = command.spec.verb == Verb::IncludeRelative;
        let folder = self.folders.last().cloned().flatten().filter(|_| relative);
        let path = folder.map_or_else(|| PathBuf::from(path), |folder| folder.join(path));
        self.session.config.fence().check(&path)?;
        self.file(&path).await
    }

    /// Runs a file of SQL and commands.
    ///
    /// # Errors
    /// It cannot be read, it runs itself, or something in it fails.
    pub async fn file(&mut self, path: &Path) -> Result<Next> {
        if self.folders.len() > DEEPEST {
            return Err(Error::data(say!("`{path}` is run by a file that it runs", path = path.display())));
        }
        let source = Source::read(path)?;
        // `\q` in a file ends the file.
        Box::pin(self.script(&source)).await.map(|_| Next::Stay)
    }

    /// A prompt stands between the results so far and the next.
    pub fn after_prompt(&mut self) {
        self.delivery.after_prompt();
    }

    /// Keeps an error for `\errverbose`.
    pub fn remember_fault(&mut self, error: &Error) {
        if error.kind() != Kind::Interrupted {
            let language = self.session.ui.language;
            let mut report = ui::render(error, false, language);
            for detail in error.each().filter_map(Error::detail) {
                report.push_str(&format!("{}\n{detail}\n", say!("the engine said:").text(language)));
            }
            self.fault = Some(report);
        }
    }

    /// Gives up the file of `\o` where half a result stands in it: the next result is seen again.
    ///
    /// # Errors
    /// The terminal cannot be written.
    pub fn give_up_broken(&mut self) -> Result<()> {
        if self.delivery.is_broken() {
            self.session.ui.warn(say!(
                "the file of \\o is given up, because a statement failed half-way; results come to the terminal again"
            ));
            self.delivery = self.session.deliver(&self.settings.on_terminal())?;
        }
        Ok(())
    }

    /// The text of the last statement, as it can be edited.
    pub fn latest_text(&self) -> String {
        match &self.latest {
            Some(Asked::Statement(_, statement)) => format!("{};", statement.text),
            Some(Asked::Saved(query, _)) => format!("{};", query.statement.text),
            None => String::new(),
        }
    }

    /// Ends what was run: the file of results appears where all went well, that of the profile always.
    ///
    /// # Errors
    /// What went wrong, or a file cannot be written.
    pub fn finish(self, ran: Result<()>) -> Result<()> {
        let unused = |()| match &self.once {
            Some(path) => {
                let path = path.display();
                Err(Error::data(say!("`{path}` is not written: no result came after \\once", path)))
            }
            None => Ok(()),
        };
        let delivered = ran.and_then(unused).and_then(|()| self.delivery.finish());
        let profiled = self.session.write_profile();
        delivered.and(profiled)
    }

    /// Ends what was run without putting the file of results in its place, where another stands by it.
    pub fn into_delivery(self) -> Delivery {
        self.delivery
    }
}

/// Runs scripts one after the other in one console; the first failure ends the run.
///
/// # Errors
/// The place of results cannot be written.
pub async fn run_scripts<'a>(
    session: &'a mut Session,
    sources: &[Source],
) -> Result<(Console<'a>, Result<()>)> {
    // A result of the first may be shown again by the second.
    session.keep = sources.iter().any(|source| shows_again(&source.text));
    let mut console = Console::new(session)?;
    for source in sources {
        match console.script(source).await {
            Ok(Next::Stay) => {}
            Ok(Next::Leave) => break,
            Err(error) => return Ok((console, Err(error))),
        }
    }
    Ok((console, Ok(())))
}

/// Whether a script shows a result again, which then must be kept.
pub fn shows_again(script: &str) -> bool {
    // A file that it runs may do so too.
    ["last", "chart", "crosstabview", "\\i", ".read"].iter().any(|command| script.contains(command))
}

/// For the test that a panic leaves the terminal sane.
#[cfg(debug_assertions)]
fn panic_on_request() {
    assert!(std::env::var_os("TONGKET_TEST_PANIC").is_none(), "asked to panic");
}

/// An error of a command with the command's place, where it has none of its own.
fn at(error: Error, source: &Source, command: &Statement) -> Error {
    if error.place().is_some() || source.origin == "shell" || error.kind() == Kind::Interrupted {
        return error;
    }
    let end = command.column + command.text.chars().count();
    error.at(source.excerpt(command.line, command.column, end))
}
