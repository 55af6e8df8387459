//! `tongket sample`: the synthetic year, at any size.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::whole;
use crate::error::{Error, Result};
use crate::sample::{self, LARGEST_SCALE, Options, Written, YEARS};
use crate::ui::{Ui, interrupt};
use crate::{many, say};

/// Makes the synthetic year: every table and their contract
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The same year, scale and seed give the same bytes. At scale N there are N rows for each one of scale 1
and every total is exactly N times as large; only units, plan_tasks and the ledgers that a unit keeps
in loan_balances stay as many, and those ledgers grow.

Examples:
  tongket sample -o datasets
  tongket sample --year 2023 --scale 1000 -o /tmp/large/datasets")]
pub struct Args {
    /// Year of the rows; 2022 has the published totals
    #[arg(long, default_value_t = 2022, value_parser = whole(YEARS))]
    year: i32,
    /// How many times the rows of scale 1
    #[arg(long, default_value_t = 1, value_parser = whole(1..=LARGEST_SCALE))]
    scale: u64,
    /// Start of all chance
    #[arg(long, default_value_t = 2022)]
    seed: u64,
}

/// Runs the command.
///
/// # Errors
/// No folder was named, a file exists already, the disk fails, or the user pressed Ctrl-C.
pub async fn run(ui: &mut Ui, args: &Args, folder: Option<&Path>, replace: bool) -> Result<()> {
    let Some(folder) = folder else {
        return Err(Error::usage(say!("`tongket sample` needs a folder to write to"))
            .hint(say!("name it with `-o DIR`")));
    };
    let options = Options { year: args.year, scale: args.scale, seed: args.seed };
    let written = write(folder, options, replace, ui).await?;
    let Written { tables, rows } = written;
    ui.note(say!(
        "{rows} in {tables} tables written to `{folder}`; all synthetic",
        rows = many!(rows, "{n} row", "{n} rows"),
        tables,
        folder = folder.display()
    ));
    Ok(())
}

/// Makes a sample in `folder`, which is made where it is missing; Ctrl-C leaves nothing behind.
///
/// # Errors
/// As [`run`].
pub(super) async fn write(folder: &Path, options: Options, replace: bool, ui: &Ui) -> Result<Written> {
    // The topmost folder that this run makes, if it makes any.
    let made = folder.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists()).last();
    std::fs::create_dir_all(folder).map_err(|error| Error::making_folder(folder, &error))?;
    let cancelled = Arc::new(AtomicBool::new(false));
    let (flag, path) = (cancelled.clone(), folder.to_owned());
    let progress = ui.is_chatty().then_some(ui.language);
    let mut work =
        tokio::task::spawn_blocking(move || sample::write(&path, options, replace, progress, &flag));
    let done = tokio::select! {
        done = &mut work => done,
        () = interrupt::asked() => {
            // The work looks at the flag after each batch, and drops its files when it stops.
            cancelled.store(true, Ordering::Relaxed);
            work.await
        }
    };
    let written = done.map_err(|error| Error::data(say!("the sample stopped: {reason}", reason = error)))?;
    if let (Err(_), Some(made)) = (&written, made) {
        // Only folders that this run made, and only while they are empty.
        for above in folder.ancestors().take_while(|above| above.starts_with(made)) {
            let _ = std::fs::remove_dir(above);
        }
    }
    written
}
