//! Our order of Vietnamese names against ICU's in PostgreSQL, and `unaccent` against PostgreSQL's.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use unicode_normalization::UnicodeNormalization;

use crate::env::TestEnv;

/// The folder of PostgreSQL's programs, where it is installed with ICU and `unaccent`.
fn programs() -> Option<PathBuf> {
    let versions = Path::new("/usr/lib/postgresql").read_dir().ok()?;
    let folders = versions.filter_map(|version| Some(version.ok()?.path()));
    let mut there: Vec<PathBuf> = folders
        .filter(|folder| folder.join("lib/unaccent.so").is_file())
        .map(|folder| folder.join("bin"))
        .collect();
    there.sort();
    there.pop()
}

/// One of PostgreSQL's programs; it refuses to run as root, who therefore becomes its own user.
fn command(program: &Path, is_root: bool) -> Command {
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
    command
}

/// What PostgreSQL answers, one statement a line, without a server.
fn postgres(env: &TestEnv, statements: &str) -> Option<()> {
    let Some(programs) = programs() else {
        assert!(std::env::var_os("CI").is_none(), "CI has PostgreSQL: see .ci/run");
        eprintln!("skipped: no PostgreSQL with unaccent in /usr/lib/postgresql");
        return None;
    };
    let is_root = env.command("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if is_root {
        let mut chown = env.command("chown");
        chown.args(["-R", "postgres"]).arg(env.path("."));
        assert_eq!(env.finish(chown, None).status, 0);
    }
    let data = env.path("data");
    let mut initdb = command(&programs.join("initdb"), is_root);
    initdb.current_dir(env.path(".")).args(["--no-sync", "-E", "UTF8", "--locale=C", "-D"]).arg(&data);
    let ran = env.finish(initdb, None);
    assert_eq!(ran.status, 0, "{ran}");
    let mut single = command(&programs.join("postgres"), is_root);
    single.current_dir(env.path(".")).args(["--single", "-D"]).arg(&data).arg("postgres");
    let ran = env.finish(single, Some(statements));
    assert!(ran.status == 0 && !ran.stderr.contains("ERROR"), "{ran}");
    Some(())
}

const ONSETS: [&str; 28] = [
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p",
    "ph", "qu", "r", "s", "t", "th", "tr", "v", "x",
];
/// A rhyme with its tone open: the letter before the combining mark takes it.
const RHYMES: [&str; 48] = [
    "a_", "a_c", "a_i", "a_n", "a_ng", "a_nh", "a_o", "a_y", "ă_c", "ă_m", "ă_n", "ă_ng", "â_n", "â_y",
    "â_u", "e_", "e_m", "e_n", "ê_", "ê_n", "ê_nh", "i_", "i_nh", "iê_n", "iê_u", "o_", "o_a", "oa_", "oa_n",
    "o_ng", "ô_", "ô_ng", "ô_i", "ơ_", "ơ_n", "ơ_i", "u_", "u_ng", "u_y", "uy_", "uyê_n", "uô_ng", "ư_",
    "ư_a", "ươ_ng", "ươ_i", "y_", "yê_n",
];
/// Level, huyền, hỏi, ngã, sắc, nặng.
const TONES: [&str; 6] = ["", "\u{300}", "\u{309}", "\u{303}", "\u{301}", "\u{323}"];
const PLACES: [&str; 16] = [
    "Ninh Bình",
    "Tam Điệp",
    "Gia Viễn",
    "Hoa Lư",
    "Nho Quan",
    "Yên Mô",
    "Yên Khánh",
    "Kim Sơn",
    "Đà Nẵng",
    "Thừa Thiên – Huế",
    "Đắk Lắk",
    "Bà Rịa - Vũng Tàu",
    "TP. Hồ Chí Minh",
    "Quảng Ngãi",
    "Lý Sơn",
    "Ý Yên",
];

/// Numbers that look thrown, and are the same every time.
struct Dice(u64);

impl Dice {
    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        of[(self.0 >> 33) as usize % of.len()]
    }

    fn syllable(&mut self) -> String {
        let (onset, rhyme, tone) = (self.pick(&ONSETS), self.pick(&RHYMES), self.pick(&TONES));
        let text: String = format!("{onset}{}", rhyme.replace('_', tone)).nfc().collect();
        let first = text.chars().next().expect("a letter");
        match self.pick(&["lower", "Title", "Title", "UPPER"]) {
            "lower" => text,
            "UPPER" => text.to_uppercase(),
            _ => first.to_uppercase().chain(text.chars().skip(1)).collect(),
        }
    }
}

/// 5 000 different names and words in NFC: syllables of every onset, rhyme and tone, in words of one to
/// three, in every case; both `hoà` and `hòa`; places.
fn words() -> Vec<String> {
    let mut words: BTreeSet<String> = PLACES.into_iter().map(str::to_owned).collect();
    words.extend(
        ["hoà", "hòa", "Hoà", "thuỷ", "thủy", "d", "đ", "Đ", "D", "quý", "quí", "An Hòa", "Án Ba"]
            .map(str::to_owned),
    );
    let mut dice = Dice(5);
    while words.len() < 5000 {
        let count = dice.pick(&["x", "xx", "xx", "xxx"]).len();
        words.insert(
            (0..count).map(|_| dice.syllable()).collect::<Vec<_>>().join(dice.pick(&[" ", " ", " ", "-"])),
        );
    }
    words.into_iter().collect()
}

#[test]
fn postgresql_agrees_on_order_and_accents() {
    let env = TestEnv::empty();
    let words = words();
    assert_eq!(words.len(), 5000);
    env.write("words.csv", words.iter().map(|word| format!("{word}\n")).collect::<String>());
    let path = |name: &str| env.path(name).display().to_string();
    let order = |locale: &str| {
        format!("COPY (SELECT w FROM w ORDER BY w COLLATE \"{locale}-x-icu\") TO '{}'", path(locale))
    };
    let statements = [
        "CREATE TABLE w (w text)".to_owned(),
        format!("COPY w FROM '{}'", path("words.csv")),
        order("vi"),
        order("en"),
        "CREATE EXTENSION unaccent".to_owned(),
        format!("COPY (SELECT unaccent(w) FROM w ORDER BY w COLLATE \"C\") TO '{}'", path("bare")),
    ];
    if postgres(&env, &(statements.join("\n") + "\n")).is_none() {
        return;
    }
    env.write("ours.csv", format!("w\n{}", env.read("words.csv")));
    let ours = |args: &[&str], sql: &str| {
        let ran = env.run(&[args, &["--csv", "-c", sql]].concat());
        assert_eq!(ran.status, 0, "{ran}");
        ran.stdout.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let theirs = |name: &str| env.read(name).lines().map(str::to_owned).collect::<Vec<_>>();
    let differing = |ours: &[String], theirs: &[String]| {
        let pairs = ours.iter().zip(theirs).filter(|(ours, theirs)| ours != theirs);
        pairs.take(5).map(|(ours, theirs)| format!("{ours} | {theirs}")).collect::<Vec<_>>()
    };
    for locale in ["vi", "en"] {
        let sorted = ours(&["--collate", locale], "SELECT w FROM 'ours.csv' ORDER BY w");
        let by_key = ours(&[], &format!("SELECT w FROM 'ours.csv' ORDER BY collation_key(w, '{locale}'), w"));
        assert_eq!(sorted.len(), 5000);
        assert_eq!(differing(&sorted, &theirs(locale)), [""; 0], "{locale}");
        assert_eq!(sorted, by_key, "{locale}");
    }
    // PostgreSQL's rules also write signs plainly (– as -) and take letters apart (ø, ß, ½): ours take
    // accents off, and leave signs and letters of other alphabets as they are.
    let bare = ours(&[], "SELECT replace(unaccent(w), '–', '-') FROM 'ours.csv' ORDER BY w");
    assert_eq!(bare.len(), 5000);
    assert_eq!(differing(&bare, &theirs("bare")), [""; 0]);
}
