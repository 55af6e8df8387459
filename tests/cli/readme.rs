//! Every command of the README runs on a terminal and shows what the README says.

use crate::env::{TONGKET, TestEnv, repository};
use crate::pty::Terminal;

/// A command of the README with the output that stands below it.
pub(crate) struct Example {
    pub(crate) line: usize,
    pub(crate) command: String,
    pub(crate) output: String,
}

/// The `$` lines of the blocks with this mark, each with the lines up to the next.
pub(crate) fn examples(readme: &str, mark: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut inside = false;
    for (number, line) in readme.lines().enumerate() {
        if line.starts_with("```") {
            inside = line.strip_prefix("```") == Some(mark);
        } else if inside {
            match line.strip_prefix("$ ") {
                Some(command) => {
                    examples.push(Example {
                        line: number + 1,
                        command: command.to_owned(),
                        output: String::new(),
                    });
                }
                None => {
                    let output = &mut examples.last_mut().expect("a command before its output").output;
                    output.push_str(line);
                    output.push('\n');
                }
            }
        }
    }
    examples
}

/// The text of the block that shows a session of the shell.
fn session(readme: &str) -> &str {
    let start = readme.find("```tongket\n").expect("a session") + "```tongket\n".len();
    let length = readme[start..].find("\n```").expect("its end");
    &readme[start..start + length]
}

/// The text with a sign for each time: no run takes as long as another.
pub(crate) fn without_times(text: &str) -> String {
    let mut neutral = String::new();
    for (i, word) in text.split_inclusive(' ').enumerate() {
        let number = word.trim_start_matches('(').trim_end();
        let rest = text.split_inclusive(' ').nth(i + 1).unwrap_or_default();
        let timed = ["ms,", "ms)", "s,", "s)"].iter().any(|unit| rest.starts_with(unit));
        match timed && number.parse::<f64>().is_ok() {
            true => neutral.push_str(&word.replace(number, "N")),
            false => neutral.push_str(word),
        }
    }
    neutral.replace("N s", "N ms")
}

/// The session of the README, typed into a shell on a terminal, gives the screen of the README.
#[test]
fn the_session_of_the_readme_is_a_real_one() {
    let path = repository().join("README.md");
    let readme = std::fs::read_to_string(&path).expect("reads");
    let expected = session(&readme);
    let env = TestEnv::workspace();
    let mut command = env.command("sh");
    command.args(["-c", "stty rows 200 cols 100; exec \"$0\"", TONGKET]).env("NO_COLOR", "1");
    let mut terminal = Terminal::spawn(command, 200, 100);
    let typed = expected.lines().filter_map(|line| line.strip_prefix("tongket> "));
    for line in typed {
        terminal.prompt();
        if line == "\\q" {
            terminal.line(line);
            assert_eq!(terminal.end(), 0);
        } else {
            terminal.enter(line);
        }
    }
    terminal.wait_quiet();
    let screen = terminal.screen();
    // The greeting names the folder of the test.
    let shown = screen.split_once("tongket>").map(|(_, rest)| format!("tongket>{rest}")).unwrap_or_default();
    if std::env::var_os("TONGKET_UPDATE_README").is_some() {
        // Read again: the other test writes the same file.
        let readme = std::fs::read_to_string(&path).expect("reads");
        std::fs::write(&path, readme.replacen(session(&readme), &shown, 1)).expect("writes");
    } else {
        assert_eq!(without_times(&shown), without_times(expected));
    }
}

/// What the README says of itself beside other shells is held by tests that exist.
#[test]
fn every_feature_names_its_test() {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("reads");
    let table = readme.split("### Beside other shells").nth(1).expect("a table");
    let rows = table.lines().filter(|line| line.contains("| yes | `"));
    let mut named = 0;
    for row in rows {
        let test = row.split('`').find(|part| part.contains("::")).expect("a test");
        let (module, name) = test.split_once("::").expect("a module");
        let source = ["tests/cli/{}.rs", "tests/cli/{}/mod.rs"]
            .iter()
            .find_map(|path| std::fs::read_to_string(repository().join(path.replace("{}", module))).ok())
            .expect(module);
        assert!(source.contains(&format!("#[test]\nfn {name}()")), "{test}");
        named += 1;
    }
    assert!(named > 20, "{named}");
}

/// `TONGKET_UPDATE_README=1 cargo test readme -- --test-threads 1` writes the outputs
/// anew; read the difference.
#[test]
fn every_command_of_the_readme_shows_what_it_says() {
    let env = TestEnv::workspace();
    let fixture = "tests/fixtures/yen-mo.csv";
    env.write(fixture, std::fs::read(repository().join(fixture)).expect("reads"));
    hold(&env, "console", &[]);
}

/// Runs the commands of the README's blocks with a mark, one by one on a terminal, in an environment that has
/// these variables too; each shows what stands below it.
pub(crate) fn hold(env: &TestEnv, mark: &str, variables: &[(&str, &str)]) {
    // Cargo is the reader's way to the program; here it is built already.
    std::fs::create_dir_all(env.path("bin")).expect("makes");
    let run = format!("#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\nshift\nexec '{TONGKET}' \"$@\"\n");
    for (name, text) in [("cargo", run), ("tongket", format!("#!/bin/sh\nexec '{TONGKET}' \"$@\"\n"))] {
        let script = env.write(&format!("bin/{name}"), text);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755)).expect("sets");
        }
    }
    let update = std::env::var_os("TONGKET_UPDATE_README").is_some();
    let path = repository().join("README.md");
    let readme = std::fs::read_to_string(&path).expect("reads");
    let mut outputs = Vec::new();
    let found = examples(&readme, mark);
    assert!(found.len() >= 4, "{}", found.len());
    for example in &found {
        // The tests do not test themselves, and installing is not theirs to do.
        if example.command.starts_with("cargo test") || example.command.starts_with("cargo install") {
            outputs.push(String::new());
            continue;
        }
        let mut command = env.command("sh");
        let path = format!("{}:{}", env.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        command.args(["-c", &format!("stty rows 200 cols 100; {}", example.command)]);
        command.env("PATH", path).env("NO_COLOR", "1").envs(variables.iter().copied());
        let mut terminal = Terminal::spawn(command, 200, 100);
        terminal.end();
        terminal.wait_quiet();
        let shown = terminal.screen();
        if !update {
            let (shown, expected) = (without_times(&shown), without_times(example.output.trim_end()));
            assert_eq!(shown, expected, "README.md:{}: {}", example.line, example.command);
        }
        // A time alone is no difference.
        let same = without_times(&shown) == without_times(example.output.trim_end());
        outputs.push(if same { example.output.trim_end().to_owned() } else { shown });
    }
    if update {
        std::fs::write(&path, with_outputs(&readme, mark, &outputs)).expect("writes");
    }
}

/// The README with these outputs below the commands of the blocks with a mark.
fn with_outputs(readme: &str, mark: &str, outputs: &[String]) -> String {
    let mut outputs = outputs.iter();
    let mut inside = false;
    let mut lines: Vec<&str> = Vec::new();
    for line in readme.lines() {
        if line.starts_with("```") {
            inside = line.strip_prefix("```") == Some(mark);
            lines.push(line);
        } else if inside && line.starts_with("$ ") {
            lines.push(line);
            lines.extend(outputs.next().map_or("", String::as_str).lines());
        } else if !inside {
            lines.push(line);
        }
    }
    lines.join("\n") + "\n"
}
