//! The sheet that lists the others, and what a workbook says of itself.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Url, Worksheet};

use super::{About, Book, cell, fault, format};
use crate::error::Result;
use crate::language::{Language, Message};
use crate::say;

/// A result as the contents list it.
#[derive(Debug)]
pub(super) struct Entry {
    /// The name of its first sheet.
    pub(super) sheet: String,
    pub(super) about: About,
    pub(super) rows: u64,
    pub(super) language: Language,
}

/// The name of the sheet.
pub(super) fn name(language: Language) -> String {
    say!("Contents").text(language)
}

/// The note in a workbook whose rows are invented.
fn synthetic() -> Message {
    say!("synthetic data: its rows are invented")
}

/// The sheet that lists the others.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) name: String,
    /// The title of them all.
    pub(super) title: Option<String>,
    pub(super) language: Language,
}

impl Contents {
    /// The sheet, with a link to each of the others.
    pub(super) fn sheet(&self, entries: &[Entry], is_synthetic: bool) -> Result<Worksheet> {
        let language = self.language;
        let mut sheet = Worksheet::new();
        sheet.set_name(&self.name).map_err(fault)?;
        let mut row = 0;
        let bold = Format::new().set_bold();
        if let Some(title) = &self.title {
            sheet.write_string_with_format(row, 0, title, &bold.clone().set_font_size(14)).map_err(fault)?;
            row += 1;
        }
        if is_synthetic {
            sheet.write_string(row, 0, synthetic().text(language)).map_err(fault)?;
            row += 1;
        }
        row += u32::from(row > 0);
        let words = [say!("Name"), say!("Title"), say!("Description"), say!("Rows")];
        for (words, column) in words.iter().zip(0_u16..) {
            sheet
                .write_string_with_format(row, column, words.text(language), &format::header())
                .map_err(fault)?;
        }
        sheet.set_freeze_panes(row + 1, 0).map_err(fault)?;
        let top = Format::new().set_align(FormatAlign::Top);
        let wrapped = top.clone().set_text_wrap();
        let count = top.clone().set_num_format("#,##0");
        let link = top.set_hyperlink();
        for entry in entries {
            row += 1;
            let name = if entry.about.name.is_empty() { &entry.sheet } else { &entry.about.name };
            let place = Url::new(format!("internal:'{}'!A1", entry.sheet.replace('\'', "''")));
            sheet.write_url_with_options(row, 0, place, name.as_str(), "", Some(&link)).map_err(fault)?;
            for (text, column) in [(&entry.about.title, 1), (&entry.about.description, 2)] {
                let text = cell::fitted(text.as_deref().unwrap_or_default()).0;
                sheet.write_string_with_format(row, column, text.as_ref(), &wrapped).map_err(fault)?;
            }
            sheet.write_number_with_format(row, 3, entry.rows as f64, &count).map_err(fault)?;
        }
        for (width, column) in [30, 40, 80, 12].into_iter().zip(0_u16..) {
            sheet.set_column_width(column, width).map_err(fault)?;
        }
        Ok(sheet)
    }
}

/// What the workbook says of itself: its title, what made it, and whether it is synthetic.
pub(super) fn properties(book: &Book) -> Result<DocProperties> {
    // A moment that is always the same: that of the archive's own files.
    let moment = ExcelDateTime::from_ymd(1980, 1, 1).map_err(fault)?;
    let program = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    let mut properties = DocProperties::new().set_author(program).set_creation_datetime(&moment);
    let of_one = || book.entries.first().filter(|_| book.entries.len() == 1)?.about.title.clone();
    let of_all = book.contents.as_ref().and_then(|contents| contents.title.clone());
    if let Some(title) = of_all.or_else(of_one) {
        properties = properties.set_title(title);
    }
    if book.synthetic {
        let language = book.entries.first().map(|entry| entry.language).unwrap_or_default();
        properties = properties.set_comment(synthetic().text(language));
    }
    Ok(properties)
}
