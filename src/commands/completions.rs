//! `tongket completions`: a script that lets a command shell complete our command line.

use clap_complete::Shell;

use crate::error::Result;
use crate::ui::Ui;

/// Prints the completion script for a command shell
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  tongket completions bash > ~/.local/share/bash-completion/completions/tongket"
)]
pub struct Args {
    /// Which shell
    shell: Shell,
}

/// Runs the command on the definition of the whole command line.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(ui: &mut Ui, args: &Args, mut command: clap::Command) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "tongket", &mut script);
    ui.print(&String::from_utf8_lossy(&script))?;
    ui.flush()
}
