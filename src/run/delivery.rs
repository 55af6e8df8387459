//! Where the results of a run go: standard output, or a file that appears when all are there.

use std::io::Write;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use crate::config::Output;
use crate::error::{Error, Result};
use crate::language::{Language, Message};
use crate::output::{
    self, About, AtomicFile, Book, Encode, Format, Plot, Screen, Shown, Sink, Style, Wording, io_fault,
};
use crate::say;
use crate::ui::{self, Ui};

/// The place of results, one after the other, and the form that they take there.
pub struct Delivery {
    file: Option<AtomicFile>,
    format: Format,
    style: Style,
    results: u64,
    /// Rows of the results that are whole.
    rows: u64,
    /// A result was begun in the file and not ended.
    broken: bool,
    /// The workbook that results are sheets of, where that is the format.
    book: Book,
    /// What the next result is.
    about: About,
}

impl Delivery {
    /// Opens the place; a file is opened now, so that a bad path is found before any work.
    ///
    /// # Errors
    /// The file cannot be written or its name says no format, or the format is not for a terminal.
    pub fn open(output: &Output, terminal: ui::Terminal) -> Result<Self> {
        let format = format_for(output, terminal)?;
        let file = output.path.as_deref().map(|path| AtomicFile::create(path, output.force)).transpose()?;
        Ok(Self {
            file,
            format,
            style: output.style.clone(),
            results: 0,
            rows: 0,
            broken: false,
            book: Book::default(),
            about: About::default(),
        })
    }

    /// Begins a result.
    ///
    /// # Errors
    /// The place cannot be written, or it can hold only one result of this format.
    pub fn begin<'a>(
        &'a mut self,
        schema: &SchemaRef,
        plot: Option<&Plot>,
        wording: &Wording,
        ui: &'a mut Ui,
    ) -> Result<Open<'a>> {
        if self.results > 0 && !self.can_follow() {
            let place = match &self.file {
                Some(file) => Message::verbatim(format!("`{}`", file.path().display())),
                None => say!("standard output"),
            };
            let format = format_name(self.format);
            return Err(Error::usage(say!(
                "{place} holds one {format} result, and a second statement gives rows",
                place,
                format
            ))
            .hint(say!("give each its own file, or write a format for reading, such as --format table")));
        }
        self.results += 1;
        let follows = self.results > 1 && (self.format.is_for_reading() || self.format == Format::Markdown);
        let screen = (self.file.is_none() && ui.terminal.stdout).then(|| Screen {
            columns: ui::columns(),
            rows: ui::rows(),
            color: ui.terminal.color_out,
        });
        let sheet = (&mut self.book, self.about.clone());
        let sink = output::sink(self.format, &self.style, screen, plot, wording, sheet);
        if screen.is_some() && self.format.is_for_reading() {
            ui.begin_page();
        }
        let mut open =
            Open { sink, file: self.file.as_mut(), ui, broken: &mut self.broken, rows: &mut self.rows };
        *open.broken = open.file.is_some();
        if follows {
            open.write(|_, out| out.write_all(b"\n").map_err(|error| io_fault(&error)))?;
        }
        open.write(|sink, out| sink.begin(schema, out))?;
        Ok(open)
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// The disk fails, somebody made a file of that name meanwhile, a result in it is not whole, or
    /// there is none.
    pub fn finish(self) -> Result<()> {
        self.into_file()?.map_or(Ok(()), AtomicFile::commit)
    }

    /// The file, which holds all and is not yet in its place; `None` for standard output.
    ///
    /// # Errors
    /// A result in it is not whole, or there is none.
    pub fn into_file(mut self) -> Result<Option<AtomicFile>> {
        let Some(mut file) = self.file else { return Ok(None) };
        let name = file.path().display();
        if self.broken {
            return Err(Error::data(say!("`{name}` is not written: a statement failed half-way", name)));
        }
        if self.results == 0 {
            return Err(Error::data(say!("`{name}` is not written: no statement gave a result", name)));
        }
        if self.format == Format::Xlsx {
            self.book.write(&mut file)?;
        }
        Ok(Some(file))
    }

    /// Says what the next results are: a workbook names sheets by it.
    pub fn about(&mut self, about: About) {
        self.about = about;
    }

    /// The workbook that results are sheets of, where that is the format.
    pub fn book(&mut self) -> &mut Book {
        &mut self.book
    }

    /// Rows of the results so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether another result can follow and all be read: in a file only what is for reading, on
    /// standard output also lines of values.
    fn can_follow(&self) -> bool {
        match self.format {
            Format::Table | Format::Line | Format::Markdown | Format::Chart => true,
            Format::Csv => self.file.is_none() && !self.style.excel,
            Format::Tsv | Format::Ndjson => self.file.is_none(),
            Format::Xlsx => self.file.is_some(),
            Format::Json | Format::Parquet | Format::Arrow | Format::Svg | Format::Png | Format::Junit => {
                false
            }
        }
    }

    /// Whether the file can no longer be whole, because a result in it was begun and not ended.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// What makes bytes of the next result's rows on other threads, where its format takes them so.
    pub fn encoder(&self) -> Option<Arc<dyn Encode>> {
        output::encoder(self.format, &self.style)
    }

    /// The format of the next result.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The language of our words in the next result.
    pub fn language(&self, ui: &Ui) -> Language {
        self.format.language(ui.language)
    }

    /// Whether a person reads the next result: a table on a terminal.
    pub fn is_for_reading(&self) -> bool {
        self.format == Format::Table && self.file.is_none()
    }

    /// Whether rows appear on the terminal as they come, rather than at the end.
    pub fn is_live(&self, ui: &Ui) -> bool {
        let held = self.format == Format::Table && self.style.max_rows > 0;
        self.file.is_none() && ui.terminal.stdout && !held
    }

    /// Whether the next result is for readers who want titles and labels for names and codes.
    pub fn is_worded(&self) -> bool {
        match self.format {
            Format::Xlsx => true,
            format => {
                self.style.worded && (format.is_for_reading() || format == Format::Markdown || self.draws())
            }
        }
    }

    /// Whether what is written says that its rows are synthetic: it goes its own way.
    pub fn says_synthetic(&self) -> bool {
        self.draws() || self.format == Format::Xlsx
    }

    /// Whether results are drawn.
    pub fn draws(&self) -> bool {
        matches!(self.format, Format::Chart | Format::Svg | Format::Png)
    }

    /// Takes another look for the next results; a file keeps the one that it was begun in.
    ///
    /// # Errors
    /// The format is not for a terminal, or what was asked for does not fit together.
    pub fn restyle(&mut self, output: &Output, terminal: ui::Terminal) -> Result<()> {
        if self.file.is_none() {
            // Where nobody looks, standard output takes what is no text too.
            let output = match terminal.stdout {
                true => output.on_terminal(),
                false => Output { path: None, ..output.clone() },
            };
            let format = format_for(&output, terminal)?;
            if format != self.format {
                // Who asks for another form knows that it stands below the first.
                self.results = 0;
            }
            self.format = format;
            self.style = output.style;
        }
        Ok(())
    }

    /// Shows the next tables to their end and their texts whole; gives what it was before.
    pub fn show_all(&mut self) -> Style {
        let before = self.style.clone();
        (self.style.wrap, self.style.max_rows) = (true, 0);
        before
    }

    /// Shows the next tables as it was before.
    pub fn show_as(&mut self, style: Style) {
        self.style = style;
    }

    /// Forgets the results so far where a prompt stands between them and the next: no blank line is
    /// needed there. A file goes on.
    pub fn after_prompt(&mut self) {
        if self.file.is_none() {
            self.results = 0;
        }
    }
}

/// The format of results at a place, where that place can show it.
fn format_for(output: &Output, terminal: ui::Terminal) -> Result<Format> {
    let format = output.format(terminal.stdout)?;
    if output.path.is_none() && format.is_binary() && terminal.stdout {
        let ending = format.ending();
        return Err(Error::usage(say!("{format} is no text for a terminal", format = format_name(format)))
            .hint(say!("write it to a file: -o result.{ending}", ending)));
    }
    Ok(format)
}

fn format_name(format: Format) -> &'static str {
    match format {
        Format::Csv => "CSV",
        Format::Tsv => "TSV",
        Format::Json => "JSON",
        Format::Ndjson => "NDJSON",
        Format::Parquet => "Parquet",
        Format::Arrow => "Arrow",
        Format::Xlsx => "XLSX",
        Format::Svg => "SVG",
        Format::Png => "PNG",
        Format::Junit => "JUnit",
        Format::Table | Format::Line | Format::Markdown | Format::Chart => "text",
    }
}

/// A result that is being written.
pub struct Open<'a> {
    sink: Box<dyn Sink + 'a>,
    file: Option<&'a mut AtomicFile>,
    ui: &'a mut Ui,
    /// Set until the result has ended.
    broken: &'a mut bool,
    rows: &'a mut u64,
}

impl Open<'_> {
    fn write<T>(
        &mut self,
        work: impl FnOnce(&mut (dyn Sink + '_), &mut dyn Write) -> Result<T>,
    ) -> Result<T> {
        match &mut self.file {
            Some(file) => work(self.sink.as_mut(), *file),
            None => work(self.sink.as_mut(), self.ui.out()),
        }
    }

    /// Writes the next rows; false where the reader wants no more.
    ///
    /// # Errors
    /// The place cannot be written.
    pub fn batch(&mut self, batch: &RecordBatch) -> Result<bool> {
        self.write(|sink, out| sink.batch(batch, out))?;
        Ok(!self.ui.left_page())
    }

    /// Writes the next rows, which are bytes already; false where the reader wants no more.
    ///
    /// # Errors
    /// The place cannot be written.
    pub fn encoded(&mut self, rows: usize, bytes: &[u8]) -> Result<bool> {
        self.write(|sink, out| sink.encoded(rows, bytes, out))?;
        Ok(!self.ui.left_page())
    }

    /// Whether it is being read in a pager.
    pub fn in_pager(&self) -> bool {
        self.ui.in_pager()
    }

    /// Ends the result.
    ///
    /// # Errors
    /// The place cannot be written.
    pub fn finish(mut self) -> Result<Shown> {
        let shown = self.write(|sink, out| sink.finish(out))?;
        if self.file.is_none() {
            self.sink.close(self.ui.out())?;
            self.ui.end_page()?;
        }
        for remark in self.sink.remarks() {
            self.ui.warn(remark);
        }
        *self.broken = false;
        *self.rows += shown.rows;
        Ok(shown)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if self.file.is_none() {
            // What came before a failure is shown; the failure itself is told by others.
            let _ = self.ui.end_page();
        }
    }
}
