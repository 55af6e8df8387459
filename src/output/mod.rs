//! Results on their way out: a format, a place, and one small sink for each format.
//!
//! A [`Sink`] gets the schema, then batches as they come, then the end; none holds a result that it
//! can write at once. The display cap belongs to the table on a terminal and to nothing else.

mod cell;
pub mod chart;
mod columnar;
mod csv;
mod digits;
mod file;
mod json;
mod junit;
mod line;
mod markdown;
mod plot;
mod record;
mod row_groups;
mod table;
mod widths;
pub mod wording;
mod xlsx;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

pub use self::columnar::stored_properties;
pub use self::file::AtomicFile;
pub use self::plot::Plot;
pub use self::row_groups::{RowGroups, on_all_cores};
pub use self::wording::Wording;
pub use self::xlsx::{About, Book, panics_are_told};
use crate::error::{Error, Result};
use crate::language::{Language, Message};
use crate::say;

/// A form that a result can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Columns that line up, for reading.
    Table,
    /// Comma-separated values (RFC 4180, lines end with LF).
    Csv,
    /// Tab-separated values.
    Tsv,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// A Markdown table.
    Markdown,
    /// A record at a time, a line a column.
    Line,
    /// Apache Parquet, compressed with zstd.
    Parquet,
    /// Apache Arrow IPC file.
    Arrow,
    /// An Excel workbook.
    Xlsx,
    /// A chart of characters.
    Chart,
    /// A chart as an SVG image.
    Svg,
    /// A chart as a PNG image.
    Png,
    /// JUnit XML, for what `tongket check` finds.
    Junit,
}

impl Format {
    /// The format that a file's name asks for.
    ///
    /// # Errors
    /// The ending stands for no format, or there is none.
    pub fn of_path(path: &Path) -> Result<Self> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let format = match ending.as_deref() {
            Some("csv") => Self::Csv,
            Some("tsv" | "tab") => Self::Tsv,
            Some("json") => Self::Json,
            Some("ndjson" | "jsonl") => Self::Ndjson,
            Some("md" | "markdown") => Self::Markdown,
            Some("txt") => Self::Table,
            Some("parquet") => Self::Parquet,
            Some("arrow" | "ipc" | "feather") => Self::Arrow,
            Some("xlsx") => Self::Xlsx,
            Some("svg") => Self::Svg,
            Some("png") => Self::Png,
            Some("xml") => Self::Junit,
            _ => {
                let name = path.display();
                let error = Error::usage(say!("the name `{name}` does not say which format to write", name));
                return Err(error.hint(say!(
                    "end it in .csv, .tsv, .json, .ndjson, .md, .txt, .parquet, .arrow, .xlsx, .svg or .png, or give --format"
                )));
            }
        };
        Ok(format)
    }

    /// The ending of a file of this format, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Table | Self::Line | Self::Chart => "txt",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Markdown => "md",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
            Self::Xlsx => "xlsx",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Junit => "xml",
        }
    }

    /// Whether it is laid out for a reader's screen, rather than for a program.
    pub fn is_for_reading(self) -> bool {
        matches!(self, Self::Table | Self::Line | Self::Chart)
    }

    /// The language of our words in it: the reader's, and English where a program reads them.
    pub fn language(self, reader: Language) -> Language {
        match self {
            Self::Table | Self::Line | Self::Markdown | Self::Chart | Self::Svg | Self::Png | Self::Xlsx => {
                reader
            }
            Self::Csv | Self::Tsv | Self::Json | Self::Ndjson | Self::Parquet | Self::Arrow | Self::Junit => {
                Language::English
            }
        }
    }

    /// Whether the bytes are no text.
    pub fn is_binary(self) -> bool {
        matches!(self, Self::Parquet | Self::Arrow | Self::Xlsx | Self::Png)
    }
}

/// How results are written, whatever the format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// The text for null; each format has its own where this is `None`.
    pub null: Option<String>,
    /// The separator of CSV; a comma where this is `None`.
    pub delimiter: Option<u8>,
    /// CSV as Excel with Vietnamese settings opens it: BOM, CRLF, `;`, decimal comma, formulas guarded.
    pub excel: bool,
    /// Rows of a table that a terminal shows; 0 for all.
    pub max_rows: usize,
    /// A table on a terminal wraps texts that do not fit, instead of cutting them.
    pub wrap: bool,
    /// Whether the names of the columns are written, where the format can do without.
    pub header: bool,
    /// When a table shows a line a column instead of a line a row.
    pub expanded: Expanded,
    /// Whether readers see titles and labels for names and codes, and numbers as their language has them.
    pub worded: bool,
}

/// When a table shows a line a column instead of a line a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expanded {
    /// Where a row is too wide for the terminal.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

impl Expanded {
    /// The word that stands for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

impl Style {
    /// The character between two values of CSV or TSV.
    pub fn separator(&self, format: Format) -> char {
        match (format, self.delimiter) {
            (Format::Tsv, _) => '\t',
            (_, Some(delimiter)) => delimiter.into(),
            _ if self.excel => ';',
            _ => ',',
        }
    }
}

impl Default for Style {
    fn default() -> Self {
        Self {
            null: None,
            delimiter: None,
            excel: false,
            max_rows: 40,
            wrap: false,
            header: true,
            expanded: Expanded::Auto,
            worded: false,
        }
    }
}

/// The screen that a table is fitted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Its width in columns.
    pub columns: usize,
    /// Its height in rows.
    pub rows: usize,
    /// Whether colour may be used.
    pub color: bool,
}

/// Turns the rows of a batch into bytes, whatever came before them: the batches of a result are
/// encoded on all cores, and leave in their order.
pub trait Encode: Send + Sync {
    /// The rows' bytes.
    ///
    /// # Errors
    /// A value has no form in this format.
    fn encode(&self, batch: &RecordBatch) -> Result<Vec<u8>>;
}

/// What encodes the rows of a format apart from its sink; `None` where a row needs to know others.
pub fn encoder(format: Format, style: &Style) -> Option<Arc<dyn Encode>> {
    match format {
        Format::Csv | Format::Tsv => Some(Arc::new(csv::Lines::new(style, style.separator(format)))),
        Format::Json => Some(Arc::new(json::Form::Array)),
        Format::Ndjson => Some(Arc::new(json::Form::Lines)),
        _ => None,
    }
}

/// Where a result goes, batch by batch.
pub trait Sink {
    /// Starts the result: headers are written here, so that a result without rows has them too.
    ///
    /// # Errors
    /// The place cannot be written.
    fn begin(&mut self, schema: &SchemaRef, out: &mut dyn Write) -> Result<()>;

    /// Writes the next rows.
    ///
    /// # Errors
    /// The place cannot be written, or a value has no form in this format.
    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()>;

    /// Writes the next rows, which the format's [`encoder`] has made bytes of; a sink whose format has
    /// none is given none.
    ///
    /// # Errors
    /// The place cannot be written.
    fn encoded(&mut self, _rows: usize, _bytes: &[u8], _out: &mut dyn Write) -> Result<()> {
        Ok(())
    }

    /// Ends the result.
    ///
    /// # Errors
    /// The place cannot be written.
    fn finish(&mut self, out: &mut dyn Write) -> Result<Shown>;

    /// What its reader must know of the result that has ended: what the format could not hold.
    fn remarks(&self) -> Vec<Message> {
        Vec::new()
    }

    /// Ends a place that holds this one result: only a workbook has something left to write then.
    ///
    /// # Errors
    /// The place cannot be written.
    fn close(&mut self, _out: &mut (dyn Write + Send)) -> Result<()> {
        Ok(())
    }
}

/// How much of a result was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shown {
    /// Rows of the result.
    pub rows: u64,
    /// Rows that the display cap left out.
    pub hidden: u64,
}

/// The sink of a format; `screen` is there only where a person looks at a terminal, and of the book a
/// result is a sheet where the format is a workbook.
pub fn sink<'a>(
    format: Format,
    style: &Style,
    screen: Option<Screen>,
    plot: Option<&Plot>,
    wording: &Wording,
    (book, about): (&'a mut Book, About),
) -> Box<dyn Sink + 'a> {
    match format {
        Format::Xlsx => Box::new(book.sheet(about, style, wording)),
        Format::Table => Box::new(table::Table::new(style, screen, wording)),
        Format::Csv | Format::Tsv => Box::new(csv::Csv::new(style, style.separator(format))),
        Format::Json => Box::new(json::Json::new(json::Form::Array)),
        Format::Ndjson => Box::new(json::Json::new(json::Form::Lines)),
        Format::Markdown => Box::new(markdown::Markdown::new(style, wording)),
        Format::Line => Box::new(line::Line::new(style, screen, wording)),
        Format::Parquet => Box::new(columnar::Columnar::parquet()),
        Format::Arrow => Box::new(columnar::Columnar::arrow()),
        Format::Junit => Box::new(junit::Junit::new()),
        Format::Chart | Format::Svg | Format::Png => {
            Box::new(plot::Drawing::new(format, style, plot.cloned().unwrap_or_default(), screen, wording))
        }
    }
}

/// A write that failed: to a file, which says its name itself, or else to standard output.
pub(crate) fn io_fault(error: &std::io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(fault) => Error::data(fault.message()),
        None => Error::stdout(error),
    }
}

fn arrow_fault(error: &ArrowError) -> Error {
    match error {
        ArrowError::IoError(_, source) => io_fault(source),
        other => Error::data(Message::verbatim(other.to_string())),
    }
}

/// Refuses two columns of one name, for formats in which the second would hide the first.
fn named_once(schema: &SchemaRef) -> Result<()> {
    let mut seen = std::collections::BTreeSet::new();
    match schema.fields().iter().find(|field| !seen.insert(field.name())) {
        Some(field) => {
            let name = field.name();
            Err(Error::data(say!("two columns are called `{name}`, and this format takes one", name))
                .hint(say!("give them names of their own: SELECT a.x AS first, b.x AS second")))
        }
        None => Ok(()),
    }
}

/// A schema without the fields' metadata, which says how a file was read and belongs in none.
fn bare(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| field.as_ref().clone().with_metadata(Default::default()));
    Arc::new(arrow::datatypes::Schema::new(fields.collect::<Vec<_>>()))
}
