//! What a file really is, whatever its name ends with, and whether it is safe to unpack.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use zip::ZipArchive;

use super::SourceFault;
use super::sheet::Caps;
use super::signs::{Search, Signs};
use crate::import::encoding::unreadable;
use crate::language::Message;
use crate::say;

/// Below this size no archive is called a bomb, in bytes: 64 MiB.
const HARMLESS: u64 = 64 << 20;
/// How much of a file tells what it is.
const HEAD: usize = 4096;

/// A kind of workbook that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx(Signs),
    Ods,
    Xls,
}

impl Kind {
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Xlsx(_) => &["xlsx", "xlsm", "xltx", "xltm"],
            Self::Ods => &["ods", "ots"],
            Self::Xls => &["xls", "xlt"],
        }
    }
}

/// Tells what workbook a file is by its content, and says so where its name says otherwise.
///
/// Archives are unpacked once, into nothing: what follows may rely on their sizes and checksums, and knows
/// what their sheets cannot hold.
///
/// # Errors
/// It is no workbook, is damaged or encrypted, or would unpack to more than the caps allow.
pub(super) fn inspect(path: &Path, caps: &Caps, said: &mut Vec<Message>) -> Result<Kind, SourceFault> {
    let name = path.display().to_string();
    let unreadable = |error: std::io::Error| SourceFault::new(&name, unreadable(&error));
    let mut file = File::open(path).map_err(unreadable)?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(unreadable)?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    let kind = if head.starts_with(b"PK") {
        unpack(file, &name, caps)?
    } else if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        compound(file, &name, caps)?
    } else {
        return Err(foreign(&head, &name));
    };
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    if !kind.endings().contains(&ending.as_str()) {
        said.push(say!(
            "read as {kind}, which its content is, though its name ends otherwise",
            kind = kind.endings()[0]
        ));
    }
    Ok(kind)
}

fn foreign(head: &[u8], name: &str) -> SourceFault {
    let text = String::from_utf8_lossy(head).to_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let (save, named) = (
        || say!("open it in a spreadsheet program and save it as .xlsx"),
        || say!("give it the ending .csv"),
    );
    let (what, next) = if head.is_empty() {
        (say!("this is an empty file"), say!("check where it came from"))
    } else if text.contains("<html") || text.contains("<!doctype html") || text.starts_with("<table") {
        (say!("this is a web page (HTML), not a workbook"), save())
    } else if text.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        (say!("this is an XML Spreadsheet of 2003"), save())
    } else if text.starts_with("<?xml") {
        (say!("this is an XML file, not a workbook"), save())
    } else if head.starts_with(b"%PDF") {
        (say!("this is a PDF, not a workbook"), say!("ask for the workbook that it was printed from"))
    } else if head.starts_with(b"{\\rtf") {
        (say!("this is a text document (RTF), not a workbook"), save())
    } else if !head.contains(&0) {
        (say!("this is plain text such as CSV, not a workbook"), named())
    } else if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        (say!("this is plain text in UTF-16, not a workbook"), named())
    } else {
        (say!("this is no workbook that is known here"), save())
    };
    SourceFault::new(name, what).hint(next)
}

/// What an archive is that is no workbook which can be read.
#[derive(PartialEq)]
enum Other {
    Archive,
    Binary,
    OpenDocument,
    Word,
    Presentation,
}

impl Other {
    fn message(&self) -> Message {
        match self {
            Self::Archive => say!("this is an archive, not a workbook"),
            Self::Binary => say!("this is a binary workbook (.xlsb), which is not read"),
            Self::OpenDocument => say!("this is an OpenDocument file, but no spreadsheet"),
            Self::Word => say!("this is a Word document, not a workbook"),
            Self::Presentation => say!("this is a presentation, not a workbook"),
        }
    }
}

/// Unpacks each file of an archive into nothing.
fn unpack(file: File, name: &str, caps: &Caps) -> Result<Kind, SourceFault> {
    let packed = file.metadata().map_or(0, |data| data.len());
    let broken = |reason: Message| {
        SourceFault::new(name, say!("the workbook is damaged: {reason}", reason))
            .hint(say!("ask for it again"))
    };
    let damaged = |error: &dyn std::fmt::Display| broken(Message::verbatim(error.to_string()));
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| damaged(&error))?;
    let mut total = 0_u64;
    let mut kind = None;
    let mut signs = Signs::default();
    let mut other = Other::Archive;
    let most = caps.unpacked.min(packed.saturating_mul(caps.ratio).max(HARMLESS));
    let bomb = |declared: bool| {
        let (size, packed) = (most >> 20, packed >> 10);
        let what = match declared {
            true => say!(
                "the workbook would unpack to more than {size} MiB, from {packed} KiB: refused, as it may be made \
                 to fill the memory",
                size,
                packed
            ),
            false => say!(
                "the workbook unpacks to more than {size} MiB, from {packed} KiB: refused, as it may be made to \
                 fill the memory",
                size,
                packed
            ),
        };
        SourceFault::new(name, what).hint(say!("if it is sound, save the sheet as CSV and import that"))
    };
    // The sizes that are declared come first: they cost nothing.
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| damaged(&error))?;
        total = total.saturating_add(entry.size());
    }
    if total > most {
        return Err(bomb(true));
    }
    let mut left = most;
    let mut block = vec![0; 64 << 10];
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| damaged(&error))?;
        if entry.encrypted() {
            return Err(encrypted(name));
        }
        let declared = entry.size();
        let path = String::from_utf8_lossy(entry.name_raw()).replace('\\', "/").to_lowercase();
        let mut search = Search::new();
        let mut start = Vec::new();
        let mut length = 0_u64;
        loop {
            let count = match entry.read(&mut block) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(damaged(&error)),
            };
            length += count as u64;
            left = left.checked_sub(count as u64).ok_or_else(|| bomb(false))?;
            if start.len() < HEAD {
                start.extend_from_slice(&block[..count.min(HEAD)]);
            }
            search.take(&block[..count]);
        }
        if length != declared {
            return Err(broken(say!("`{path}` is not as long as declared", path)));
        }
        // A text of two bytes a letter may be a sheet too.
        if contains(&start, b"worksheet") || (path.ends_with(".xml") && start.contains(&0)) {
            signs = signs.or(search.end());
        }
        match path.as_str() {
            "xl/workbook.xml" => kind = Some(Kind::Xlsx(Signs::default())),
            "xl/workbook.bin" => other = Other::Binary,
            "mimetype" if start.starts_with(b"application/vnd.oasis.opendocument.spreadsheet") => {
                kind = Some(Kind::Ods);
            }
            "mimetype" => other = Other::OpenDocument,
            "word/document.xml" => other = Other::Word,
            "ppt/presentation.xml" => other = Other::Presentation,
            "[content_types].xml" if other == Other::Archive && contains(&start, b"sheet.main+xml") => {
                kind = kind.or(Some(Kind::Xlsx(Signs::default())));
            }
            _ if path.ends_with("sharedstrings.xml") && count_of_strings(&start) > length => {
                return Err(broken(say!("it declares more texts than it can hold")));
            }
            _ => {}
        }
    }
    match kind {
        Some(Kind::Xlsx(_)) => Ok(Kind::Xlsx(signs)),
        Some(kind) => Ok(kind),
        None => Err(SourceFault::new(name, other.message())
            .hint(say!("open it in a spreadsheet program and save it as .xlsx"))),
    }
}

/// The `uniqueCount` of shared texts: `calamine` sets memory aside for as many as are declared.
fn count_of_strings(start: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(start);
    let Some((_, rest)) = text.split_once("uniqueCount") else { return 0 };
    let digits: String = rest
        .trim_start_matches([' ', '=', '"', '\'', '\n'])
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u64::MAX) }
}

/// Tells an old workbook from an encrypted new one and from other documents of that time.
fn compound(mut file: File, name: &str, caps: &Caps) -> Result<Kind, SourceFault> {
    let unreadable = |error: std::io::Error| SourceFault::new(name, unreadable(&error));
    if file.metadata().map_err(unreadable)?.len() > caps.binary {
        let what = say!("an .xls workbook of more than {size} MiB", size = caps.binary >> 20);
        return Err(SourceFault::new(name, what).hint(say!("save it as .xlsx")));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    let has = |text: &str| {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        contains(&bytes, &wide)
    };
    if has("EncryptedPackage") {
        Err(encrypted(name))
    } else if has("Workbook") || has("Book") {
        Ok(Kind::Xls)
    } else {
        Err(SourceFault::new(
            name,
            match has("WordDocument") {
                true => Other::Word.message(),
                false => say!("this is an Office document of another kind, not a workbook"),
            },
        ))
    }
}

/// The refusal of a workbook that asks for a password.
pub(super) fn encrypted(name: &str) -> SourceFault {
    SourceFault::new(name, say!("the workbook is encrypted"))
        .hint(say!("open it with its password and save it without one"))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
