//! The report in a browser: links, order, filters, print, the accessibility checks of axe-core.

use std::path::PathBuf;
use std::process::Command;

use crate::env::{TestEnv, repository};
use crate::peer::python;

/// A program of `PATH`.
fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
}

/// What the test needs: a Chromium, a Python with Playwright, and axe-core's file, which
/// `TONGKET_AXE` names; CI has them.
fn tools(env: &TestEnv) -> Option<(PathBuf, String, PathBuf)> {
    let chromium = program(&["chromium", "chromium-browser", "google-chrome"]);
    let axe = std::env::var_os("TONGKET_AXE").map(PathBuf::from).filter(|path| path.is_file());
    let (Some(chromium), Some(axe)) = (chromium, axe) else {
        eprintln!("skipped: no Chromium, or no axe.min.js of axe-core named in TONGKET_AXE; see .ci/run");
        return None;
    };
    let command = |python: &str| Command::new(python).args(["-c", "import playwright"]).output();
    let named = std::env::var("TONGKET_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    match command(&named).is_ok_and(|output| output.status.success()) {
        true => Some((chromium, python(env, "playwright")?, axe)),
        false => {
            eprintln!("skipped: no Python with playwright; name one in TONGKET_PYTHON");
            None
        }
    }
}

#[test]
fn the_report_is_sound_in_a_browser() {
    let env = TestEnv::workspace();
    let Some((chromium, python, axe)) = tools(&env) else { return };
    for language in ["vi", "en"] {
        let ran = env.run(&["--lang", language, "report", "-o", &format!("{language}.html")]);
        assert_eq!(ran.status, 0, "{ran}");
    }
    hostile(&env);
    let ran = env.run(&["report", "--template", "hostile.md", "-o", "hostile.html"]);
    assert_eq!(ran.status, 0, "{ran}");
    let pictures = std::env::var("TONGKET_PICTURES").ok();
    let pages = ["vi", "en", "hostile"].map(|name| env.path(&format!("{name}.html")));
    let job = serde_json::json!({
        "pages": pages, "axe": axe, "chromium": chromium, "pictures": pictures,
    });
    env.write("job.json", job.to_string());
    let mut command = env.command(&python);
    command.arg("-B").arg(repository().join("tests/peer/report_browser.py")).arg("job.json");
    let ran = env.finish(command, None);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, "3 pages looked at, 0 faults\n"), "{ran}");
}

/// Writes a template of all that does not fit: long words, a wide picture, a table of many columns, long
/// captions; and of names that the page gives itself.
fn hostile(env: &TestEnv) {
    let long = "https://example.org/an/address/that/is/long/and/that/nobody/has/ever/broken/in/two";
    env.write(
        "queries/text.sql",
        format!("SELECT 'Thanh niên tình nguyện xây dựng nông thôn mới {long}' AS v\n"),
    );
    let money: String = (1..=9).map(|n| format!(", 39784650000{n} AS c{n}_vnd, {n} AS n{n}")).collect();
    env.write(
        "queries/wide.sql",
        format!(
            "SELECT unit_id, name_vi, '{long}/' || unit_id AS address{money} FROM units ORDER BY unit_id\n"
        ),
    );
    let caption = "A caption that is long enough to run into whatever stands at its right, be it a filter or a count of rows";
    // A grey line, 900 pixels wide.
    let picture = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSI5MDAiIGhlaWdodD0iOSI+PHBhdGggZmlsbD0iIzc3NyIgZD0iTTAgMGg5MDB2OUgweiIvPjwvc3ZnPg==";
    env.write(
        "hostile.md",
        format!(
            "# All of {{{{ value(\"text\") }}}} {{ #text }}

[The first](#n1): {{{{ value(\"text\") }}}}, {{{{ value(\"figures/f05\") }}}}, `{{{{ value(\"text\") }}}}`.

## One {{ #n1 }}

| left | middle | right |
|:--|:-:|--:|
| a | b | {{{{ value(\"figures/f05\") }}}} |

| 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 |
|---|---|---|---|---|---|---|---|---|
| {{{{ value(\"figures/f05\") }}}} | unbreakable-as-it-is | unbreakable_as_it_is | unbreakable_as_it_is | unbreakable_as_it_is | unbreakable_as_it_is | unbreakable_as_it_is | unbreakable_as_it_is | unbreakable_as_it_is |

## Two {{ #n1 }}

![a line]({picture})

## Three {{ #contents }}

{{{{ table(\"wide\", title=\"{caption}\") }}}}

## Four {{ #t1 }}

{{{{ table(\"wide\", [\"unit_id\", \"address\", \"c1_vnd\", \"n2\", \"n3\"], title=\"{caption}\") }}}}

## Five {{ #s4 }}

{{{{ chart(\"activities/by-month\", title=\"{caption}\") }}}}
",
        ),
    );
}

#[test]
fn a_report_is_printed_on_a4() {
    let env = TestEnv::workspace();
    if program(&["chromium", "chromium-browser", "google-chrome"]).is_none() {
        eprintln!("skipped: no Chromium");
        return;
    }
    let ran = env.run(&["--lang", "vi", "report", "-o", "x.pdf"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
    let pdf = std::fs::read(env.path("x.pdf")).expect("reads");
    let text = String::from_utf8_lossy(&pdf);
    // 210 by 297 millimetres, in points.
    let pages = text.matches("/MediaBox [0 0 594.95996 841.91998]").count();
    assert!((10..=30).contains(&pages), "{pages} pages of A4");
    assert!(env.list(".").iter().all(|name| !name.starts_with("tongket-print")), "nothing is left behind");
}

/// A folder for temporary files whose name means something in an address.
const ODD: &str = "a b#c%20d?e";

#[test]
fn a_report_is_printed_from_a_folder_of_any_name() {
    let env = TestEnv::workspace();
    if program(&["chromium", "chromium-browser", "google-chrome"]).is_none() {
        eprintln!("skipped: no Chromium");
        return;
    }
    // A name that is too long for the socket of a browser, too.
    for folder in [ODD.to_owned(), "Đoàn-".repeat(12)] {
        std::fs::create_dir(env.path(&folder)).expect("makes");
        let mut command = env.command(crate::env::TONGKET);
        command.args(["report", "--force", "-o", "x.pdf"]).env("TMPDIR", env.path(&folder));
        let ran = env.finish(command, None);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{folder}: {ran}");
        assert_eq!(env.list(&folder), Vec::<String>::new(), "{folder}");
    }
}

/// Neither the page nor the browser outlives an interrupt, whether the whole group of the terminal
/// hears of it or the program alone.
#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_print_leaves_no_file_and_no_browser() {
    use std::os::unix::process::CommandExt;
    use std::process::Stdio;
    use std::time::{Duration, Instant};
    if program(&["chromium", "chromium-browser", "google-chrome"]).is_none() {
        eprintln!("skipped: no Chromium");
        return;
    }
    let env = TestEnv::workspace();
    let folder = env.path(ODD);
    std::fs::create_dir(&folder).expect("makes");
    for (signal, whole_group) in [("-INT", true), ("-INT", false), ("-TERM", false), ("-HUP", true)] {
        let mut command = env.command(crate::env::TONGKET);
        command.args(["report", "-o", "x.pdf"]).env("TMPDIR", &folder).process_group(0);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
        let begun = Instant::now();
        while running(&folder) < 3 {
            assert!(begun.elapsed() < Duration::from_secs(60), "no browser is started");
            std::thread::sleep(Duration::from_millis(5));
        }
        let target = format!("{}{}", if whole_group { "-" } else { "" }, child.id());
        let sent = Command::new("kill").args([signal, "--", &target]).status();
        assert!(sent.is_ok_and(|status| status.success()));
        let status = child.wait().expect("ends");
        assert_eq!(status.code(), Some(130), "{signal} {whole_group}");
        assert_eq!(env.list(ODD), Vec::<String>::new(), "{signal} {whole_group}");
        assert!(!env.path("x.pdf").exists(), "{signal} {whole_group}");
        // What was killed may take a moment to be gone.
        let ended = Instant::now();
        while running(&folder) > 0 && ended.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(running(&folder), 0, "{signal} {whole_group}: processes of the browser");
    }
}

/// How many processes name a folder in their arguments.
#[cfg(target_os = "linux")]
fn running(folder: &std::path::Path) -> usize {
    let folder = folder.to_string_lossy();
    let processes = std::fs::read_dir("/proc").expect("processes").filter_map(Result::ok);
    let lines = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).contains(&*folder)).count()
}
