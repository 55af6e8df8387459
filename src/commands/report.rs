//! `tongket report`: the year's report as a page, as Markdown or on paper.

use std::io::Write;
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::output::{AtomicFile, Format, io_fault};
use crate::report::{Form, Options, Report, pdf};
use crate::run::Session;
use crate::say;

/// Makes the year's report from a template and the saved queries
///
/// The template is Markdown with MiniJinja: queries/report.vi.md or queries/report.en.md by the
/// language, else queries/report.md. In it {{ value("figures/f02") }} is the one value of a saved query,
/// {{ table("units/league", ["name_vi", "value"], measure="awards", title="Awards") }} a table of its
/// columns and {{ chart("activities/by-month", ["month", "done"]) }} a chart of labels and values; value
/// takes a column's name too. What is named is a parameter of the query, but `title`. The filters
/// number(N), vnd(N) and percent(N) write a number with N digits after the mark; a value that is reckoned
/// with is a plain number. `year`, `lang` and `synthetic` have a value; saved queries take that year, and
/// a value shows its change from the year before. Raw HTML is shown as text.
///
/// The page is one file and asks the network for nothing. Each value, table and chart leads to its
/// query in an appendix. A figure that contradicts what was published ends the report with exit code 3.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tongket report -o report.html
  tongket report -o report.md
  tongket report -o report.pdf                        printed by Chromium, where there is one
  tongket report --year 2023 --template my.md > report.html")]
pub struct Args {
    /// Template, in the place of the workspace's own
    #[arg(long, value_name = "FILE.md")]
    template: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// As [`Report::make`]; or the place cannot be written, or there is nothing to print a PDF with.
pub async fn run(session: &mut Session, args: &Args) -> Result<()> {
    let output = session.config.output.clone();
    let form = match (&output.path, output.format) {
        (_, Some(Format::Markdown)) => Form::Markdown,
        (_, Some(_)) => {
            return Err(Error::usage(say!("a report is HTML, Markdown or PDF, and has no other format"))
                .hint(say!("end its name in .html, .md or .pdf, and leave `--format` out")));
        }
        (Some(path), None) => Form::of_path(path)?,
        (None, None) => Form::Html,
    };
    let style = &output.style;
    let of_csv = style.delimiter.is_some() || style.excel;
    if of_csv || session.config.profile.is_some() {
        let message = say!("a report takes none of `--delimiter`, `--excel` and `--profile`");
        return Err(Error::usage(message).hint(say!("leave it out")));
    }
    let is_template = |path: &PathBuf| {
        let template = args.template.as_ref().and_then(|template| template.canonicalize().ok());
        template.is_some() && template == path.canonicalize().ok()
    };
    if output.path.as_ref().is_some_and(is_template) {
        return Err(
            Error::usage(say!("the report would replace its own template")).hint(say!("choose another name"))
        );
    }
    // What stands in the way is found before any work.
    let browser = (form == Form::Pdf).then(pdf::browser).transpose()?;
    let file = match &output.path {
        Some(path) if session.engine.tables.holds(path) => return Err(crate::catalog::stored(path)),
        Some(path) => Some(AtomicFile::create(path, output.force)?),
        None => None,
    };
    let options = Options { template: args.template.clone() };
    let report = Report::make(session, &options).await?;
    let bytes = match (form, browser) {
        (Form::Markdown, _) => report.markdown().into_bytes(),
        (Form::Pdf, Some(browser)) => pdf::print(browser, report.html()).await?,
        _ => report.html().into_bytes(),
    };
    match file {
        Some(mut file) => {
            file.write_all(&bytes).map_err(|error| io_fault(&error))?;
            file.commit()?;
            session.ui.note(report.summary());
            Ok(())
        }
        None => session.ui.out().write_all(&bytes).map_err(|error| Error::stdout(&error)),
    }
}
