//! Which delimiter a text uses, found by how evenly its records are cut.

use super::SourceFault;
use super::delimited::Records;
use crate::language::Message;
use crate::say;

/// How much of a text is looked at, in bytes: 64 KiB.
pub(super) const SAMPLE: usize = 64 << 10;
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How a delimiter is called in messages.
pub(super) fn spell(delimiter: u8) -> Message {
    match delimiter {
        b'\t' => say!("tab"),
        sign => Message::verbatim(format!("`{}`", char::from(sign))),
    }
}

/// The delimiter of a first line `sep=;`, and that line's length in bytes.
pub(super) fn declared(sample: &[u8]) -> Option<(u8, usize)> {
    let end = sample.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
    match &sample[..end] {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some((*delimiter, end)),
        _ => None,
    }
}

/// How a delimiter cuts the sample.
struct Fit {
    delimiter: u8,
    /// The number of cells that most records have, at least 2.
    width: usize,
    /// The share of records with that width, from the first such record on.
    share: f64,
    /// The first record with that width: its line.
    first: u64,
    /// Each record's line and width.
    widths: Vec<(u64, usize)>,
}

impl Fit {
    fn new(delimiter: u8, sample: &[u8]) -> Option<Self> {
        let mut records = Records::new(sample, delimiter, "");
        let mut widths = Vec::new();
        while let Ok(Some(record)) = records.next_record() {
            widths.push((record.line, record.cells.len()));
        }
        // The sample may end inside a record.
        if sample.len() >= SAMPLE - 3 && widths.len() > 1 {
            widths.pop();
        }
        let count = |width| widths.iter().filter(|(_, other)| *other == width).count();
        let width = widths
            .iter()
            .map(|(_, width)| *width)
            .filter(|width| *width > 1)
            .max_by_key(|w| (count(*w), *w))?;
        let start = widths.iter().position(|(_, other)| *other == width)?;
        // A comma in the prose of a single column makes no second column.
        if count(width) == 1 && width == 2 && start > 0 {
            return None;
        }
        let share = count(width) as f64 / (widths.len() - start) as f64;
        let first = widths[start].0;
        Some(Self { delimiter, width, share, first, widths })
    }

    fn fits(&self, line: u64) -> bool {
        self.widths.contains(&(line, self.width))
    }

    /// Whether this delimiter explains what the other does, and more: decimal commas stand in the rows
    /// of a table with semicolons, but not in its header.
    fn beats(&self, other: &Self) -> bool {
        let (holds, held) = (self.fits(other.first), other.fits(self.first));
        let explains = holds && !held;
        let clearer = self.share >= other.share + 0.2 && (holds || !held);
        explains || clearer
    }
}

/// Finds the delimiter, and says which.
///
/// # Errors
/// Two delimiters fit the text equally well.
pub(super) fn delimiter(sample: &[u8], name: &str, said: &mut Vec<Message>) -> Result<u8, SourceFault> {
    let fits: Vec<Fit> = CANDIDATES
        .iter()
        .filter_map(|delimiter| Fit::new(*delimiter, sample))
        .filter(|fit| fit.share >= 0.5)
        .collect();
    let best =
        fits.iter().find(|fit| fits.iter().all(|other| other.delimiter == fit.delimiter || fit.beats(other)));
    match (best, fits.as_slice()) {
        (Some(fit), _) => {
            let (delimiter, cells) = (spell(fit.delimiter), fit.width);
            said.push(say!("delimiter {delimiter}: it cuts the lines into {cells} cells", delimiter, cells));
            Ok(fit.delimiter)
        }
        (None, []) => {
            said.push(say!("no delimiter found: read as a single column"));
            Ok(b',')
        }
        (None, several) => {
            let mut several = several.iter().map(|fit| spell(fit.delimiter));
            let first = several.next().unwrap_or_else(|| Message::verbatim(""));
            let names = several.fold(first, |first, next| say!("{first} and {next}", first, next));
            let what = say!("the delimiter cannot be told: {names} fit equally well", names);
            Err(SourceFault::new(name, what).hint(say!("name it with `--delimiter`")))
        }
    }
}
