//! `tongket man`: the manual page, from the definition of the command line.

use crate::error::{Error, Result};
use crate::language::Language;
use crate::meta;
use crate::ui::Ui;

/// Prints the manual page, subcommands included
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tongket man > ~/.local/share/man/man1/tongket.1")]
pub struct Args {}

/// Runs the command on the definition of the whole command line.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(ui: &mut Ui, command: clap::Command) -> Result<()> {
    let fault = |error: std::io::Error| Error::stdout(&error);
    let mut page = Vec::new();
    let mut command = command;
    command.build();
    let man = clap_mangen::Man::new(command.clone());
    man.render(&mut page).map_err(fault)?;
    // The subcommands stand in the same page, each as a section of its own.
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let heading = format!(".SH \"TONGKET {}\"\n", sub.get_name().to_uppercase());
        page.extend_from_slice(heading.as_bytes());
        let man = clap_mangen::Man::new(sub.clone());
        man.render_synopsis_section(&mut page).map_err(fault)?;
        man.render_description_section(&mut page).map_err(fault)?;
        man.render_options_section(&mut page).map_err(fault)?;
        man.render_extra_section(&mut page).map_err(fault)?;
    }
    page.extend_from_slice(b".SH \"COMMANDS OF THE SHELL\"\n.nf\n");
    for line in meta::help(false, Language::English).lines() {
        // A backslash begins an escape in roff, a dot at the beginning of a line a request.
        page.extend_from_slice(format!("\\&{}\n", line.replace('\\', "\\e")).as_bytes());
    }
    page.extend_from_slice(b".fi\n");
    ui.print(&String::from_utf8_lossy(&page))?;
    ui.flush()
}
