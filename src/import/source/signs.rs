//! Signs, in the parts of an XLSX workbook, of what its rows will not tell.
//!
//! `calamine` tells of merged cells, of formulas and of styles in three readings of a sheet. Most sheets
//! hold neither of the first two, and their bytes pass by anyway where an archive is unpacked to be looked
//! at. What is told here may be too much, which costs a reading, but never too little.

use memchr::memmem::Finder;

/// How far from its start a match is looked at, in bytes: the longest is `inlineStr`.
const BEHIND: usize = 16;

/// What a workbook's sheets may hold besides their values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// Merged cells.
    pub(super) merged: bool,
    /// Formulas without a stored value.
    pub(super) unstored: bool,
}

impl Signs {
    /// What one or the other has.
    pub(super) fn or(self, other: Self) -> Self {
        Self { merged: self.merged || other.merged, unstored: self.unstored || other.unstored }
    }
}

/// A search through one part, which comes piece by piece.
#[derive(Debug)]
pub(super) struct Search {
    window: Vec<u8>,
    /// A text of two bytes a letter, in which nothing can be found.
    wide: bool,
    merged: bool,
    formulas: u64,
    stored: u64,
    /// Texts that stand in their cells: of such a cell `calamine` leaves a stored value out.
    inline: bool,
}

impl Search {
    pub(super) fn new() -> Self {
        Self { window: Vec::new(), wide: false, merged: false, formulas: 0, stored: 0, inline: false }
    }

    /// Takes the next bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.window.extend_from_slice(bytes);
        let sure = self.window.len().saturating_sub(BEHIND);
        self.look(sure);
        self.window.drain(..sure);
    }

    /// What was found in all of them.
    pub(super) fn end(mut self) -> Signs {
        self.look(self.window.len());
        let unstored = self.stored < self.formulas || (self.inline && self.formulas > 0);
        Signs { merged: self.merged || self.wide, unstored: unstored || self.wide }
    }

    /// Looks at what starts in the first `sure` bytes of the window.
    fn look(&mut self, sure: usize) {
        let each = |text: &[u8], found: &mut dyn FnMut(&[u8])| {
            for at in Finder::new(text).find_iter(&self.window).take_while(|at| *at < sure) {
                found(&self.window[at + text.len()..]);
            }
        };
        let has = |text: &[u8]| Finder::new(text).find(&self.window).is_some();
        let merged = self.merged || has(b"mergeCell");
        let inline = self.inline || has(b"inlineStr") || has(b"t=\"is\"");
        let (mut formulas, mut stored) = (0, 0);
        for start in [b"<f", b":f"] {
            each(start, &mut |rest| {
                formulas += u64::from(rest.first().is_none_or(|next| b"> /\t\r\n".contains(next)));
            });
        }
        if formulas > 0 || self.formulas > 0 {
            for end in [&b"</f><v>"[..], b"/><v>"] {
                each(end, &mut |rest| {
                    stored += u64::from(rest.first().is_some_and(|next| !b"< \t\r\n&".contains(next)));
                });
            }
        }
        self.wide |= self.window[..sure].contains(&0);
        (self.merged, self.inline) = (merged, inline);
        self.formulas += formulas;
        self.stored += stored;
    }
}

#[cfg(test)]
mod tests {
    use super::super::archive::{Kind, inspect};
    use super::super::book::Book;
    use super::super::fixtures::{edit, kinds, office_report, place, plain};
    use super::super::sheet::Caps;
    use super::{Search, Signs};

    const NONE: Signs = Signs { merged: false, unstored: false };
    const MERGED: Signs = Signs { merged: true, unstored: false };
    const UNSTORED: Signs = Signs { merged: false, unstored: true };

    fn found(xml: &[u8], piece: usize) -> Signs {
        let mut search = Search::new();
        xml.chunks(piece).for_each(|bytes| search.take(bytes));
        search.end()
    }

    #[test]
    fn a_sheet_is_searched_alike_in_whatever_pieces_it_comes() {
        let stored = r#"<c r="A1"><f>B1+C1</f><v>3</v></c><c r="A2"><f t="shared" si="0"/><v>4</v></c>"#;
        let long = format!("<f>{}</f><v>1</v>", "A1+".repeat(2000));
        for (xml, signs) in [
            ("", NONE),
            (r#"<c r="A1" s="1"/><c t="inlineStr"><is><t>a:fb f</t></is></c>"#, NONE),
            (stored, NONE),
            (&long, NONE),
            ("<cfRule><formula>A1</formula></cfRule>", NONE),
            (r#"<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>"#, MERGED),
            (r#"<x:mergeCell ref="A1:B1"/>"#, MERGED),
            ("<c><f>A1</f></c>", UNSTORED),
            ("<c><f>A1</f><v/></c>", UNSTORED),
            ("<c><f>A1</f><v></v></c>", UNSTORED),
            ("<c><f>A1</f><v> </v></c>", UNSTORED),
            ("<c><f\nca='1'>A1</f>", UNSTORED),
            ("<c><x:f>A1</x:f></c>", UNSTORED),
            (r#"<c><f t="shared" si="0"/></c><c><v>1</v></c>"#, UNSTORED),
            (r#"<c t="inlineStr"><f>A1</f><v>3</v></c>"#, UNSTORED),
            (&format!("{stored}<c><f/>"), UNSTORED),
        ] {
            for piece in (1..40).chain([1 << 16]) {
                assert_eq!(found(xml.as_bytes(), piece), signs, "{xml} by {piece}");
            }
        }
        let wide: Vec<u8> = "<c/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found(&wide, 3), Signs { merged: true, unstored: true });
    }

    #[test]
    fn what_is_not_read_for_want_of_signs_is_not_there() {
        let sheet = "xl/worksheets/sheet1.xml";
        for (make, from, to, expected) in [
            (office_report as fn(&std::path::Path), "", "", MERGED),
            (kinds, "", "", UNSTORED),
            (kinds, r#"<c r="F3"><f>1+1</f>"#, r#"<c r="F3">"#, NONE),
            (kinds, "<f>1/0</f><v>", "<f>1/0</f><v/><v>", UNSTORED),
            (|path| plain(path, &[&["tên", "số"], &["a", "1"]]), "", "", NONE),
        ] {
            let (_folder, path) = place("a.xlsx");
            make(&path);
            edit(&path, sheet, |xml| {
                assert!(xml.contains(from), "{from} in {xml}");
                if from.is_empty() { xml.to_owned() } else { xml.replace(from, to) }
            });
            let kind = inspect(&path, &Caps::default(), &mut Vec::new()).map_err(|f| f.english()).unwrap();
            assert_eq!(kind, Kind::Xlsx(expected), "{from}");
            let marks = |kind| {
                let mut book = Book::open(&path, kind).map_err(|f| f.english()).unwrap();
                let name = book.sheets()[0].name.clone();
                let marks = book.marks(&name).map_err(|f| f.english()).unwrap();
                (marks.regions, marks.unstored)
            };
            assert_eq!(marks(kind), marks(Kind::Xlsx(Signs { merged: true, unstored: true })), "{from}");
        }
    }
}
