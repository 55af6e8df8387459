//! Damaged files give faults: no panic leaves the reader, and nothing runs for ever.

use std::path::Path;

use super::fixtures::{edit, kinds, ods_report, office_report, place};
use super::{CsvOptions, SheetOptions, open_csv, open_sheet};

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Reads a file to its end; `true` if that went well.
fn reads(path: &Path) -> bool {
    open_sheet(path, &SheetOptions::default())
        .is_ok_and(|opened| opened.rows.into_iter().all(|row| row.is_ok()))
}

#[test]
fn cut_and_flipped_archives_are_faults() {
    for (name, make) in [("a.xlsx", office_report as fn(&Path)), ("a.ods", ods_report)] {
        let (_folder, path) = place(name);
        make(&path);
        let whole = std::fs::read(&path).unwrap();
        for cut in (0..whole.len()).step_by(whole.len() / 20) {
            std::fs::write(&path, &whole[..cut]).unwrap();
            assert!(!reads(&path), "{name} cut at {cut}");
        }
        let mut dice = Dice(7);
        for _ in 0..30 {
            let mut bytes = whole.clone();
            for _ in 0..=dice.roll(3) {
                let at = dice.roll(bytes.len());
                bytes[at] ^= 1 << dice.roll(8);
            }
            std::fs::write(&path, bytes).unwrap();
            reads(&path);
        }
    }
}

#[test]
fn damaged_parts_in_sound_archives_are_faults() {
    let xlsx = [
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        "xl/workbook.xml",
        "_rels/.rels",
    ];
    let parts = xlsx.map(|part| ("a.xlsx", kinds as fn(&Path), part));
    let ods = ["content.xml", "META-INF/manifest.xml"].map(|part| ("a.ods", ods_report as fn(&Path), part));
    for (name, make, part) in parts.into_iter().chain(ods) {
        let mut dice = Dice(11);
        for _ in 0..30 {
            let (_folder, path) = place(name);
            make(&path);
            edit(&path, part, |xml| {
                let mut bytes: Vec<u8> = xml.bytes().collect();
                let at = dice.roll(bytes.len());
                match dice.roll(3) {
                    0 => bytes.truncate(at),
                    1 => bytes[at] = b"<>\"/&09 A"[dice.roll(9)],
                    // A number somewhere behind becomes a huge one.
                    _ => {
                        if let Some(digit) = bytes[at..].iter().position(u8::is_ascii_digit) {
                            bytes.splice(at + digit..=at + digit, *b"4294967295999");
                        }
                    }
                }
                String::from_utf8_lossy(&bytes).into_owned()
            });
            reads(&path);
        }
    }
}

#[test]
fn an_ods_that_swells_or_ends_too_early_is_refused() {
    for (from, to, what) in [
        ("</table:table>", "", ""),
        (
            "</table:table></office:spreadsheet></office:body></office:document-content>",
            "",
            "its text ends too early",
        ),
        ("<text:p>Y", r#"<text:p><text:s text:c="999999"/>Y"#, "more than 65536 spaces"),
        ("<table:table-row>", r#"<table:table-row table:number-rows-repeated="9999">"#, ""),
        (
            "table-cell office:value-type=\"float\"",
            "table-cell table:number-columns-repeated=\"9999\" table:number-columns-spanned=\"9999999999\" office:value-type=\"float\"",
            "",
        ),
        (
            "<table:table-row>",
            r#"<table:table-row table:number-rows-repeated="9999999"><table:table-cell table:number-columns-repeated="9999" office:value-type="float" office:value="1"/>"#,
            "more than 20 million cells",
        ),
        (
            "<table:table-row>",
            r#"<table:table-row table:number-rows-repeated="999999"><table:table-cell table:number-columns-repeated="9999" office:value-type="string" office:string-value="x"/>"#,
            "more than 1 GiB",
        ),
    ] {
        let (_folder, path) = place("a.ods");
        ods_report(&path);
        edit(&path, "content.xml", |xml| xml.replacen(from, to, 1));
        let fault = open_sheet(&path, &SheetOptions::default()).err().map(|fault| fault.english());
        assert!(
            what.is_empty() || fault.as_ref().is_some_and(|fault| fault.contains(what)),
            "{what}: {fault:?}"
        );
    }
}

#[test]
fn texts_declared_by_the_million_take_no_memory() {
    let (_folder, path) = place("a.xlsx");
    kinds(&path);
    edit(&path, "xl/sharedStrings.xml", |xml| xml.replace("uniqueCount=\"", "uniqueCount=\"9999999999"));
    let fault = open_sheet(&path, &SheetOptions::default()).err().unwrap().english();
    assert!(fault.contains("it declares more texts than it can hold"), "{fault}");
}

#[test]
fn damaged_texts_are_faults_or_rows() {
    let text = "tên,số\n\"Yên \"\"Mô\"\"\",1\nGia Viễn,\"2\n3\"\n".repeat(20);
    let mut dice = Dice(3);
    for _ in 0..2000 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=dice.roll(4) {
            let at = dice.roll(bytes.len());
            bytes[at] ^= 1 << dice.roll(8);
        }
        bytes.truncate(dice.roll(bytes.len()) + 1);
        let opened = open_csv(std::io::Cursor::new(bytes), &CsvOptions::default(), "t");
        let _ = opened.map(|opened| opened.rows.count());
    }
}
