//! The year's report: a template of figures, tables and charts, made into one page.
//!
//! | module | what lives there |
//! | --- | --- |
//! | `template` | the template, rendered until it asks for nothing new |
//! | `figures` | which values a template shows as they are |
//! | `asked` | what it asks for, answered by saved queries |
//! | `marks` | where in the Markdown something stands that is none |
//! | `cell` | a value as a reader sees it |
//! | `grid` | a result as a table: titles, labels, cells |
//! | `entry` | what is told of where something comes from |
//! | `chart` | a result as SVG |
//! | `html` | the report as a page that needs nothing beside it |
//! | `markdown` | the report as Markdown |
//! | `pdf` | the page on paper, by a browser |

mod asked;
mod cell;
mod chart;
mod entry;
mod figures;
mod grid;
mod html;
mod markdown;
mod marks;
pub mod pdf;
mod template;

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use self::asked::{Answer, Answers};
use self::cell::{Cell, Style};
use self::grid::Grid;
use self::marks::Part;
use self::template::{Change, Globals, Piece, Rendered};
use crate::check::figures::Verdict;
use crate::error::{Error, Result};
use crate::language::{Language, Message};
use crate::provenance::hash;
use crate::query::{Library, Source};
use crate::run::Session;
use crate::run::reads::Reads;
use crate::{many, say, storage};

/// What a report is to be made of.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The template; that of the workspace in the language of the session where none is named.
    pub template: Option<PathBuf>,
}

/// A report, ready to be written.
#[derive(Debug)]
pub struct Report {
    language: Language,
    year: Option<i32>,
    synthetic: bool,
    /// Whose report it is, by the contract.
    office: Option<String>,
    /// Markdown with marks.
    text: String,
    /// What stands at the marks.
    pieces: Vec<Piece>,
    /// What the pieces were made of, in the order in which they come.
    entries: Vec<Answer>,
    /// The files that were read, each with its SHA-256, in the order of their names.
    files: Vec<(String, String)>,
}

impl Report {
    /// Makes the report of a workspace.
    ///
    /// # Errors
    /// There is no workspace or no template, or it does not parse; a query fails or a figure
    /// contradicts what was published: with the place in the template.
    pub async fn make(session: &mut Session, options: &Options) -> Result<Self> {
        let source = read(session, options)?;
        let language = session.ui.language;
        let contract = session.engine.contract();
        let synthetic = contract.synthetic;
        let title = language.of(contract.title.as_deref(), contract.title_vi.as_deref());
        // What the tables are called tells of their own year.
        let is_own = session.config.year.is_none() || session.config.year == contract.year;
        let office = title.filter(|_| is_own).map(str::to_owned);
        let year = session.year().or_else(|| year_of_queries(session));
        let globals = Globals { year, language, synthetic };
        session.reads = Some(Reads::default());
        let mut answers = Answers::new();
        loop {
            match template::render(&source, globals, &mut answers)? {
                Rendered::Wants(questions) => asked::answer(session, questions, &mut answers).await?,
                Rendered::Whole { text, pieces, entries } => {
                    let taken = entries.iter().map(|question| answers.remove(question));
                    let entries: Vec<Answer> = taken.flatten().collect::<Result<_>>()?;
                    for entry in &entries {
                        let name = &entry.query.name;
                        for reason in &entry.result.warnings {
                            session.ui.warn(say!("`{name}`: {reason}", name, reason = *reason));
                        }
                    }
                    let files = files(session).await?;
                    return Ok(Self { language, year, synthetic, office, text, pieces, entries, files });
                }
            }
        }
    }

    /// The report as a page that needs nothing beside it.
    pub fn html(&self) -> String {
        html::page(self)
    }

    /// The report as Markdown.
    pub fn markdown(&self) -> String {
        markdown::page(self)
    }

    /// What is in it, in a line.
    pub fn summary(&self) -> Message {
        let shown: Vec<&Piece> = marks::parts(&self.text)
            .into_iter()
            .filter_map(|part| match part {
                Part::Mark(piece) => self.pieces.get(piece),
                Part::Text(_) => None,
            })
            .collect();
        let count = |is_one: fn(&Piece) -> bool| shown.iter().filter(|piece| is_one(piece)).count();
        let judged = self.entries.iter().filter_map(|entry| entry.figure.as_ref());
        let holding = judged.filter(|figure| figure.verdict == Verdict::Holds).count();
        let holding = many!(holding, "{n} published figure holds", "{n} published figures hold");
        let values = count(|piece| matches!(piece, Piece::Value { .. }));
        let tables = count(|piece| matches!(piece, Piece::Table { .. }));
        let charts = count(|piece| matches!(piece, Piece::Chart { .. }));
        say!(
            "{values}, {tables}, {charts}; {holding}",
            values = many!(values, "{n} figure", "{n} figures"),
            tables = many!(tables, "{n} table", "{n} tables"),
            charts = many!(charts, "{n} chart", "{n} charts"),
            holding
        )
    }

    /// What it is called where its template does not say.
    fn title(&self) -> String {
        let title = match self.year {
            Some(year) => say!("Report of the year {year}", year),
            None => say!("Report"),
        };
        title.text(self.language)
    }

    /// That the rows are invented.
    fn notice(&self) -> String {
        say!("Synthetic data: the rows were generated, and no row is a real record.").text(self.language)
    }

    /// What the report was made with and from, a sentence each.
    fn origin(&self) -> Vec<String> {
        let (n, hash) = (self.files.len(), self.hash());
        let short = hash.get(..16).unwrap_or(&hash);
        let made = say!("Made with tongket {version}.", version = env!("CARGO_PKG_VERSION"));
        let of = many!(
            n,
            "Made from {n} data file; SHA-256 {short}.",
            "Made from {n} data files; SHA-256 of their sums {short}.",
            short
        );
        let year = self.year.map(|year| say!("Data of the year {year}.", year));
        year.into_iter().chain([of, made]).map(|message| message.text(self.language)).collect()
    }

    /// A text with the figures in it as text.
    fn bare(&self, text: &str) -> String {
        let part = |part: Part<'_>| match part {
            Part::Text(text) => text.to_owned(),
            Part::Mark(piece) => match self.pieces.get(piece) {
                Some(Piece::Value { text, .. }) => text.clone(),
                _ => String::new(),
            },
        };
        marks::parts(text).into_iter().map(part).collect()
    }

    /// A result as a table.
    fn grid(&self, entry: usize, columns: &[usize]) -> Grid {
        Grid::of(&self.entries[entry], columns, self.language)
    }

    /// The hash of all files that were read: of the lines that `sha256sum` would write of them.
    fn hash(&self) -> String {
        hash::of_text(&self.files.iter().map(|(name, hash)| format!("{hash}  {name}\n")).collect::<String>())
    }
}

/// A change in words.
struct Told {
    /// `▲` or `▼`, and `=` where there is none.
    sign: char,
    /// How large it is: `4,2%`.
    size: String,
    /// All of it in words, for those who do not see the sign.
    words: String,
}

/// Tells of a change.
fn told(change: Change, language: Language) -> Told {
    let Change { direction, tenths, since } = change;
    let size = Cell::Number(format!("{}.{}", tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10));
    let size = size.shown(Style::Percent(Some(1)), language);
    // What rounds to nothing is something.
    let size = if tenths == 0 && direction != Ordering::Equal {
        format!("< {}", Cell::Number("0.1".to_owned()).shown(Style::Percent(Some(1)), language))
    } else {
        size
    };
    let (sign, words) = match direction {
        Ordering::Greater => ('▲', say!(", up {size} from {since}", size, since)),
        Ordering::Less => ('▼', say!(", down {size} from {since}", size, since)),
        Ordering::Equal => ('=', say!(", the same as in {since}", since)),
    };
    Told { sign, size, words: words.text(language) }
}

/// Reads the template.
fn read(session: &Session, options: &Options) -> Result<Source> {
    let workspace = session.workspace(say!("a report"))?;
    let queries = workspace.queries();
    let own = queries.join(format!("report.{}.md", session.ui.language.code()));
    let path = match &options.template {
        Some(path) => path.clone(),
        None => [own.clone(), queries.join("report.md")]
            .into_iter()
            .find(|path| storage::is_file(path))
            .ok_or_else(|| {
                Error::data(say!(
                    "there is no template for a report: neither `{own}` nor `report.md` beside it",
                    own = own.display()
                ))
                .hint(say!("name one with `--template FILE`; `tongket init` writes one"))
            })?,
    };
    if options.template.is_none() {
        session.config.fence().check(&path)?;
    }
    let source = Source::read(&path)?;
    Ok(Source::new(source.origin, marks::without_marks(&source.text)))
}

/// Looks at a template without a workspace: renders it as far as it goes without an answer.
///
/// # Errors
/// It does not parse, or fails before it asks for anything.
pub fn look(template: &Source) -> Result<()> {
    let globals = Globals { year: None, language: Language::English, synthetic: false };
    let template = Source::new(template.origin.as_str(), marks::without_marks(&template.text));
    template::render(&template, globals, &mut Answers::default()).map(drop)
}

/// The year that saved queries take where none is given, if they take one.
fn year_of_queries(session: &Session) -> Option<i32> {
    let library = Library::open(session.config.workspace.as_ref()?).ok()?;
    library.names().find_map(|name| {
        let query = library.find(name).ok()?;
        let default = query.header.params.get("year")?.default.as_ref()?;
        i32::try_from(default.as_integer()?).ok()
    })
}

/// The files that were read, with their hashes.
async fn files(session: &mut Session) -> Result<Vec<(String, String)>> {
    let reads = session.reads.take().unwrap_or_default();
    let root = session.workspace(say!("a report"))?.root();
    let root = storage::canonical(root).unwrap_or_else(|_| root.to_owned());
    let mut files = Vec::new();
    for path in reads.tables.iter().flat_map(|table| table.files.keys()) {
        let real = storage::canonical(path).unwrap_or_else(|_| path.clone());
        let name = real.strip_prefix(&root).unwrap_or(&real).to_string_lossy().replace('\\', "/");
        files.push((path.clone(), name));
    }
    files.sort_by(|a, b| a.1.cmp(&b.1));
    files.dedup();
    let mut hashed = Vec::new();
    for (path, name) in files {
        let file = hash::of_path(&path, name).await?;
        hashed.push((file.path, file.sha256));
    }
    Ok(hashed)
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A page.
    Html,
    /// Markdown.
    Markdown,
    /// The page on paper.
    Pdf,
}

impl Form {
    /// The form that a file's name asks for.
    ///
    /// # Errors
    /// Its ending stands for none.
    pub fn of_path(path: &Path) -> Result<Self> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        match ending.as_deref() {
            Some("html" | "htm") => Ok(Self::Html),
            Some("md" | "markdown") => Ok(Self::Markdown),
            Some("pdf") => Ok(Self::Pdf),
            _ => Err(Error::usage(say!(
                "the name `{path}` does not say which form the report is to have",
                path = path.display()
            ))
            .hint(say!("end it in .html, .md or .pdf"))),
        }
    }
}
