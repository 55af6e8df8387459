//! The user's own settings: `config.toml`, `tongketrc`, and what they say to one who is new.

use vt100::Color;

use crate::env::{TONGKET, TestEnv};
use crate::pty::Terminal;

fn shell(env: &TestEnv, args: &[&str]) -> Terminal {
    Terminal::start(env, args, 40, 100)
}

#[test]
fn flags_have_the_users_defaults() {
    let env = TestEnv::workspace();
    env.write("mine.csv", "a\n7\n");
    env.write(
        ".config/tongket/config.toml",
        "format = \"json\"\nnull = \"-\"\ntable = [\"mine=mine.csv\"]\nquiet = true\n",
    );
    assert_eq!(env.run(&["-c", "SELECT a FROM mine"]).stdout, "[{\"a\":7}]\n");
    // What is typed counts more.
    assert_eq!(env.run(&["--format", "csv", "-c", "SELECT NULL AS a, 1 AS b"]).stdout, "a,b\n-,1\n");
    assert_eq!(env.run(&["--csv", "-c", "SELECT 1 AS b"]).stdout, "b\n1\n");
    assert_eq!(env.run(&["tables", "units"]).stdout.lines().count(), 1);
    // A file's own name counts more than a default, and so does what only CSV has.
    assert_eq!(env.run(&["-o", "x.csv", "-c", "SELECT 1 AS n"]).status, 0);
    assert_eq!(env.read("x.csv"), "n\n1\n");
    env.write("third/tongket/config.toml", "delimiter = \";\"\n");
    for (args, expected) in
        [(&["--csv"][..], "a;b\n1;2\n"), (&["--json"], "[{\"a\":1,\"b\":2}]\n"), (&["-X"], "a,b\n1,2\n")]
    {
        let mut command = env.command(TONGKET);
        command.args(args).args(["-c", "SELECT 1 AS a, 2 AS b"]).env("XDG_CONFIG_HOME", env.path("third"));
        assert_eq!(env.finish(command, None).stdout, expected, "{args:?}");
    }
    // Another home, other settings.
    env.write("other/tongket/config.toml", "maxrows = 3\n");
    let mut command = env.command(TONGKET);
    command.args(["-c", "SELECT 1 AS n"]).env("XDG_CONFIG_HOME", env.path("other"));
    assert_eq!(env.finish(command, None).stdout, "n\n1\n");
}

#[test]
fn wrong_settings_are_told() {
    let env = TestEnv::workspace();
    for (text, words) in [
        ("maxrows = \"many\"\n", "`maxrows`: `--maxrows <N>` cannot be `many`: expected a whole number"),
        ("maxrow = 3\n", "did you mean `maxrows`?"),
        ("quiet = 3\n", "it is true or false"),
        ("csv = true\n", "there is no such flag"),
        ("write = true\n", "there is no such flag"),
        ("maxrows = \n", "the configuration does not parse"),
        ("[shell]\nkeys = \"ed\"\n", "unknown variant `ed`"),
        ("[colors]\nkeywrod = \"red\"\n", "did you mean `keyword`?"),
    ] {
        env.write(".config/tongket/config.toml", text);
        let ran = env.run(&["-c", "SELECT 1"]);
        assert!(ran.status == 2 && ran.stdout.is_empty() && ran.stderr.contains(words), "{text}\n{ran}");
        assert!(ran.stderr.contains("config.toml"), "{ran}");
        assert_eq!(env.run(&["--version"]).status, 0);
        assert_eq!(env.run(&["-X", "-c", "SELECT 1"]).status, 0);
    }
}

#[test]
fn the_shell_is_as_the_user_wants_it() {
    let env = TestEnv::workspace();
    env.write(
        ".config/tongket/config.toml",
        "quiet = true\n[shell]\nprompt = \"năm 2022> \"\nkeys = \"vi\"\n[colors]\nkeyword = \"yellow\"\n",
    );
    let mut terminal = shell(&env, &[]);
    terminal.wait("năm 2022>");
    terminal.keys("SELECT 41 + 1 AS n");
    terminal.wait("AS n");
    assert_eq!(terminal.look("SELECT").0, Color::Idx(3));
    terminal.line("");
    // The prompt for more stands under it.
    terminal.wait("\n       ->");
    // In vi's way: Escape, to the front of the line, and a word goes.
    terminal.keys(", 7 AS m;\u{1b}0xi,\r");
    terminal.wait(" 42  7\n");
    terminal.line("\\q");
    assert_eq!(terminal.end(), 0);
}

#[test]
fn the_shell_begins_with_the_users_commands() {
    let env = TestEnv::workspace();
    env.write(
        ".config/tongket/tongketrc",
        "-- mine\n\\set unit yen_mo\nCREATE VIEW mine AS SELECT unit_id FROM units WHERE unit_id = 'yen_mo';\n\\pset null nothing\n",
    );
    let mut terminal = shell(&env, &["-q"]);
    terminal.prompt();
    let screen = terminal.enter("SELECT unit_id, NULL AS n FROM mine WHERE unit_id = $unit;");
    assert!(screen.contains(" yen_mo   nothing\n"), "{screen}");
    terminal.keys("SELECT * FROM mi\t");
    terminal.wait("FROM mine");
    let mut terminal = shell(&env, &["-q", "-X"]);
    terminal.prompt();
    assert!(terminal.enter("SELECT * FROM mine;").contains("there is no table `mine`"));
    // A script's result depends on nobody's habits.
    assert!(env.run(&["-c", "SELECT * FROM mine"]).stderr.contains("there is no table `mine`"));
    // What fails is told with its place, and the shell begins all the same.
    env.write(".config/tongket/tongketrc", "SELECT 1;\n\\tming on\n");
    let mut terminal = shell(&env, &["-q"]);
    let screen = terminal.prompt();
    assert!(screen.contains("tongketrc:2:1") && screen.contains("did you mean `\\timing`?"), "{screen}");
    assert!(terminal.enter("SELECT 41 + 1 AS n;").contains(" 42\n"));
}

#[test]
fn who_is_new_is_told_what_to_try() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &[]);
    let screen = terminal.prompt();
    assert!(screen.contains("10 tables, 37 saved queries (synthetic rows)"), "{screen}");
    assert!(screen.contains("Tables: activities, awards, classes,"), "{screen}");
    let tries: Vec<String> = screen
        .lines()
        .filter_map(|line| Some(line.strip_prefix("  ")?.split("   ").next()?.trim().to_owned()))
        .collect();
    assert_eq!(tries.len(), 3, "{screen}");
    for line in tries {
        let screen = terminal.enter(&line);
        assert!(!screen.contains("error"), "{screen}");
    }
    terminal.line("\\q");
    terminal.end();
    // The second time the two lines are enough.
    let terminal = shell(&env, &[]);
    assert!(!terminal.prompt().contains("To begin with"));
}
