//! Whether a script says by itself all that its results depend on.

use super::commands::{Command, Verb};
use crate::error::{Error, Result};
use crate::query::Source;
use crate::query::split::{Piece, split};
use crate::say;

/// Refuses a script whose text is not all that is needed to run it again and get the same file: one
/// that runs other files or saved queries, goes to another place, or does more than give results.
///
/// # Errors
/// The first such command, at its place.
pub fn stands_alone(source: &Source) -> Result<()> {
    for piece in split(source)?.pieces {
        let Piece::Command(typed) = piece else { continue };
        let command = Command::parse(&typed)?;
        let words = command.words()?;
        let alone = match command.spec.verb {
            Verb::Set | Verb::Pset => words.len() > 1,
            Verb::Unset
            | Verb::Expanded
            | Verb::TuplesOnly
            | Verb::Format
            | Verb::Headers
            | Verb::MaxRows
            | Verb::NullValue => !words.is_empty(),
            Verb::Go | Verb::GoExpanded => words.is_empty(),
            Verb::GoDescribe | Verb::Crosstab | Verb::Chart | Verb::Last | Verb::Quit => true,
            _ => false,
        };
        if !alone {
            let error = Error::usage(say!(
                "`{command}` cannot stand in what is exported with its provenance: the script would not say all \
                 that its result depends on",
                command = typed.text.text.trim()
            ));
            let hint = match command.spec.verb {
                Verb::Run => say!("export the saved query itself: tongket run NAME --provenance -o FILE"),
                _ => say!("write the SQL itself into the script"),
            };
            return Err(super::at(error.hint(hint), source, &typed.text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_stands_alone_if_its_text_is_all_there_is() {
        let alone = |text: &str| stands_alone(&Source::new("-c", text));
        for text in
            ["SET datafusion.execution.batch_size = 10; SELECT 1", "\\set n 3\nSELECT $n", "SELECT 1 \\gx"]
        {
            assert!(alone(text).is_ok(), "{text}");
        }
        for text in [
            "\\i x.sql",
            "\\run figures",
            "SELECT 1 \\g x.csv",
            "\\! ls",
            "\\cd /tmp",
            "\\o x.csv",
            "\\d units",
        ] {
            let error = alone(text).expect_err(text);
            assert!(error.place().is_some(), "{text}");
        }
    }
}
