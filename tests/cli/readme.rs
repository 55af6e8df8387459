//! Every command of the README runs on a terminal and shows what the README says.

use crate::env::{TONGKET, TestEnv, repository};
use crate::pty::Terminal;

/// A command of the README with the output that stands below it.
struct Example {
    line: usize,
    command: String,
    output: String,
}

/// The `$` lines of the blocks marked `console`, each with the lines up to the next.
fn examples(readme: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut inside = false;
    for (number, line) in readme.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            match line.strip_prefix("$ ") {
                Some(command) => {
                    examples.push(Example { line: number + 1, command: command.to_owned(), output: String::new() });
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

/// `TONGKET_UPDATE_README=1 cargo test readme` writes the outputs anew; read the difference.
#[test]
fn every_command_of_the_readme_shows_what_it_says() {
    let path = repository().join("README.md");
    let readme = std::fs::read_to_string(&path).expect("reads");
    let env = TestEnv::workspace();
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
    let mut written = readme.clone();
    let found = examples(&readme);
    assert!(found.len() >= 10, "{}", found.len());
    for example in &found {
        // The tests do not test themselves, and installing is not theirs to do.
        if example.command.starts_with("cargo test") || example.command.starts_with("cargo install") {
            continue;
        }
        let mut command = env.command("sh");
        let path = format!("{}:{}", env.path("bin").display(), std::env::var("PATH").unwrap_or_default());
        command.args(["-c", &format!("stty rows 200 cols 100; {}", example.command)]);
        command.env("PATH", path).env("NO_COLOR", "1");
        let mut terminal = Terminal::spawn(command, 200, 100);
        terminal.end();
        terminal.wait_quiet();
        let shown = terminal.screen();
        if update {
            let old = format!("$ {}\n{}", example.command, example.output);
            let new = format!("$ {}\n{}{}", example.command, shown, if shown.is_empty() { "" } else { "\n" });
            written = written.replacen(&old, &new, 1);
        } else {
            assert_eq!(shown, example.output.trim_end(), "README.md:{}: {}", example.line, example.command);
        }
    }
    if update {
        std::fs::write(&path, written).expect("writes");
    }
}
