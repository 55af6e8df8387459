//! `--safe`: nothing leads out of the workspace, by SQL, a command, a link, a setting or a saved query.

use crate::env::TestEnv;
use crate::pty::Terminal;

/// A workspace in a folder that holds what nobody is to see.
fn guarded() -> TestEnv {
    let env = TestEnv::empty();
    let workspace = TestEnv::workspace();
    std::fs::create_dir_all(env.path("ws")).expect("makes");
    for folder in ["datasets", "queries"] {
        let copied = std::process::Command::new("cp")
            .arg("-r")
            .arg(workspace.path(folder))
            .arg(env.path("ws"))
            .status();
        assert!(copied.expect("runs").success());
    }
    env.write("secret.csv", "word\nhidden\n");
    env.write("secret.sql", "SELECT 'hidden' AS word");
    env
}

/// Whatever is tried says why not, and shows nothing of the secret.
#[test]
fn every_way_out_is_shut() {
    let env = guarded();
    let secret = env.path("secret.csv").display().to_string();
    std::os::unix::fs::symlink("../../secret.csv", env.path("ws/datasets/link.csv")).expect("links");
    std::os::unix::fs::symlink("../../secret.sql", env.path("ws/queries/link.sql")).expect("links");
    std::os::unix::fs::symlink("../..", env.path("ws/datasets/up")).expect("links");
    let sql = [
        format!("SELECT * FROM '{secret}'"),
        "SELECT * FROM 'secret.csv'".to_owned(),
        "SELECT * FROM '../secret.csv'".to_owned(),
        "SELECT * FROM 'ws/datasets/../../secret.csv'".to_owned(),
        "SELECT * FROM 'ws/datasets/link.csv'".to_owned(),
        "SELECT * FROM 'ws/datasets/up/secret.csv'".to_owned(),
        format!("SELECT * FROM 'file://{secret}'"),
        format!("CREATE VIEW v AS SELECT * FROM '{secret}'"),
        format!("DESCRIBE '{secret}'"),
        format!("EXPLAIN SELECT * FROM '{secret}'"),
        format!("SELECT 1 WHERE EXISTS (SELECT * FROM '{secret}')"),
        format!("PREPARE p AS SELECT * FROM '{secret}'"),
        format!("CREATE EXTERNAL TABLE e STORED AS CSV LOCATION '{secret}'"),
        format!("COPY units TO '{}'", env.path("out.csv").display()),
        "COPY units TO 'ws/out.csv'".to_owned(),
        "INSERT INTO units SELECT * FROM units".to_owned(),
        "SET datafusion.catalog.location = '/'".to_owned(),
        "RESET datafusion.execution.batch_size".to_owned(),
        "SET datafusion.runtime.temp_directory = '/tmp'".to_owned(),
        "\\! cat secret.csv".to_owned(),
        ".shell cat secret.csv".to_owned(),
        "\\i secret.sql".to_owned(),
        "\\ir ../secret.sql".to_owned(),
        ".read secret.sql".to_owned(),
        "\\run secret.sql".to_owned(),
        "\\run link".to_owned(),
        "\\dq link".to_owned(),
        "\\d 'secret.csv'".to_owned(),
        "\\o out.csv".to_owned(),
        "\\once out.csv".to_owned(),
        "SELECT 1 AS a \\g out.csv".to_owned(),
        "SELECT 1 AS a \\gx out.csv".to_owned(),
        "\\cd /".to_owned(),
        "\\c .".to_owned(),
        ".open .".to_owned(),
    ];
    let there = env.list(".");
    for statement in sql {
        let ran = env.run(&["-C", "ws", "--safe", "-c", &statement]);
        assert!(matches!(ran.status, 1 | 2), "{statement}\n{ran}");
        assert!(ran.stderr.starts_with("error: "), "{statement}\n{ran}");
        assert!(!format!("{ran}").contains("hidden"), "{statement}\n{ran}");
        // Without it most of these are allowed: that is what `--safe` is for.
    }
    assert_eq!(env.list("."), there);
    let read = env.run(&["-C", "ws", "-c", "SELECT * FROM 'ws/datasets/link.csv'"]);
    assert_eq!((read.status, read.stdout.as_str()), (0, "word\nhidden\n"), "{read}");
}

/// What is inside is asked as ever, and what the command line names is allowed.
#[test]
fn the_workspace_and_the_command_line_are_allowed() {
    let env = guarded();
    let ok = |args: &[&str], out: &str| {
        let all: Vec<&str> = ["-C", "ws", "--safe"].iter().chain(args).copied().collect();
        let ran = env.run(&all);
        assert_eq!((ran.status, ran.stdout.as_str()), (0, out), "{args:?}\n{ran}");
    };
    ok(&["-c", "SELECT count(*) AS n FROM units"], "n\n13\n");
    ok(&["-c", "SELECT count(*) AS n FROM 'ws/datasets/units.parquet'"], "n\n13\n");
    ok(&["-c", "CREATE VIEW v AS SELECT 7 AS n", "-c", "SELECT * FROM v"], "n\n7\n");
    ok(&["--table", "s=secret.csv", "-c", "SELECT * FROM s"], "word\nhidden\n");
    ok(&["-f", "secret.sql"], "word\nhidden\n");
    ok(&["-c", "SET tongket.collate = 'vi'", "-c", "\\pset maxrows 3", "-c", "SELECT 1 AS a"], "a\n1\n");
    ok(&["-c", "SELECT 1 AS a", "-o", "out.csv"], "");
    assert_eq!(env.read("out.csv"), "a\n1\n");
    assert_eq!(env.run(&["-C", "ws", "--safe", "run", "loans/by-channel"]).status, 0);
    // A name of the command line lets in that file, not its neighbours.
    let ran = env.run(&["-C", "ws", "--safe", "--table", "s=secret.csv", "-c", "SELECT * FROM 'other.csv'"]);
    assert_eq!(ran.status, 2, "{ran}");
    // Without a workspace nothing but what is named is there.
    let ran = env.run(&["--safe", "-c", "SELECT * FROM 'secret.csv'"]);
    assert_eq!(ran.status, 2, "{ran}");
}

/// A record of an export is a file that anybody may have written.
#[test]
fn a_record_names_no_file_outside() {
    let env = guarded();
    let made = env.run(&[
        "-C",
        "ws",
        "--table",
        "s=secret.csv",
        "-c",
        "SELECT * FROM s",
        "--provenance",
        "-o",
        "ws/x.csv",
    ]);
    assert_eq!(made.status, 0, "{made}");
    assert_eq!(env.run(&["-C", "ws", "verify", "ws/x.csv"]).status, 0);
    let ran = env.run(&["-C", "ws", "--safe", "verify", "ws/x.csv"]);
    assert!(ran.status == 2 && ran.stderr.contains("lies outside the workspace"), "{ran}");
}

/// Nothing that the shell begins with lifts it, and it has neither editor nor system.
#[test]
fn the_shell_is_no_way_out() {
    let env = guarded();
    env.write(".config/tongket/tongketrc", "\\! echo rc-hidden\n\\echo rc-ran\n");
    env.write(".config/tongket/config.toml", "safe = false\n");
    let mut shell = Terminal::start_in(
        &env,
        &[("EDITOR", "echo editor-hidden;true"), ("PAGER", "")],
        &["-C", "ws", "--safe"],
        24,
        100,
    );
    let first = shell.wait_until("a prompt", |screen| screen.ends_with("tongket>"));
    assert!(first.contains("`\\!` is not for `--safe`") && !first.contains("\nrc-hidden"), "{first}");
    let screen = shell.enter("\\! echo un\"\"seen");
    assert!(!screen.contains("\nunseen"), "{screen}");
    let screen = shell.enter("\\e");
    assert!(
        screen.contains("the editor is another program") && !screen.contains("\neditor-hidden"),
        "{screen}"
    );
    let screen = shell.enter("SELECT count(*) AS n FROM units;");
    assert!(screen.contains("13"), "{screen}");
}

/// `less` has a shell of its own behind `!`; it is asked to have none.
#[test]
fn the_pager_is_asked_to_run_nothing() {
    let env = guarded();
    let pager = env.write("pager", "#!/bin/sh\ncat > /dev/null\necho \"secure=$LESSSECURE\"\n");
    std::fs::set_permissions(&pager, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("sets");
    let pager = pager.display().to_string();
    for (args, expected) in [(&["-C", "ws", "--safe"][..], "secure=1"), (&["-C", "ws"], "secure=")] {
        let mut shell = Terminal::start_in(&env, &[("TONGKET_PAGER", &pager)], args, 10, 80);
        shell.wait_until("a prompt", |screen| screen.ends_with("tongket>"));
        let screen = shell.enter("SELECT * FROM activities LIMIT 30;");
        assert!(screen.lines().any(|line| line.trim() == expected), "{screen}");
    }
}
