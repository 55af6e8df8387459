//! Typing in the shell: colours, completion, the history, the user's own editor.

use crate::env::{TONGKET, TestEnv};
use crate::pty::Terminal;
use vt100::Color;

const CTRL_C: &str = "\u{3}";
const CTRL_U: &str = "\u{15}";
const RIGHT: &str = "\u{1b}[C";
const ALT_E: &str = "\u{1b}e";
const PASTE: (&str, &str) = ("\u{1b}[200~", "\u{1b}[201~");

const RED: Color = Color::Idx(1);
const GREEN: Color = Color::Idx(2);
const YELLOW: Color = Color::Idx(3);
const BLUE: Color = Color::Idx(4);
const MAGENTA: Color = Color::Idx(5);
const CYAN: Color = Color::Idx(6);

fn shell(env: &TestEnv, variables: &[(&str, &str)]) -> Terminal {
    let terminal = Terminal::start_in(env, variables, &["-q"], 40, 100);
    terminal.prompt();
    terminal
}

#[test]
fn each_part_of_a_statement_has_its_colour() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &[]);
    // The columns are read in the background, and known after the first Tab at the latest.
    terminal.keys("SELECT units.name\t");
    terminal.wait("units.name_vi");
    terminal.keys(CTRL_U);
    terminal.keys("SELECT count(kind), 'Đoàn; --', 42, nowhere_near), $year FROM units -- a note (");
    terminal.wait("a note (");
    for (text, color) in [
        ("SELECT", MAGENTA),
        ("count", BLUE),
        ("kind", CYAN),
        ("'Đoàn; --'", GREEN),
        ("42", YELLOW),
        ("nowhere_near", Color::Default),
        ("), $year", RED),
        ("$year", YELLOW),
        ("FROM", MAGENTA),
        ("units --", CYAN),
    ] {
        assert_eq!(terminal.look(text).0, color, "{text}\n{}", terminal.screen());
    }
    assert_eq!(terminal.look("-- a note").1, "dim");
    terminal.press(CTRL_C);
    // A text goes on in the next line, and so does its colour.
    terminal.begin("SELECT 'Huyện");
    terminal.keys("đoàn', (1 ;");
    terminal.wait("đoàn', (1 ;");
    assert_eq!(terminal.look("đoàn'").0, GREEN);
    assert_eq!(terminal.look("(1 ;").0, RED);
    terminal.press(CTRL_C);
    for (command, color) in [("\\timing on", MAGENTA), ("\\tming on", RED)] {
        terminal.keys(command);
        terminal.wait(command);
        assert_eq!(terminal.look(command).0, color, "{command}");
        terminal.press(CTRL_C);
    }
}

#[test]
fn no_colour_where_it_is_not_wanted() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &[("NO_COLOR", "1")]);
    terminal.enter("SELECT 1 AS first_one;");
    terminal.keys("SELECT 1");
    terminal.wait_quiet();
    assert_eq!(terminal.look("SELECT"), (Color::Default, String::new()));
    // What is offered could not be told from what was typed.
    assert!(terminal.screen().ends_with("tongket> SELECT 1"), "{}", terminal.screen());
}

#[test]
fn tab_knows_the_place() {
    let env = TestEnv::workspace();
    env.write("bảng tổng.csv", "a\n1\n");
    env.write(
        "queries/mine.sql",
        "-- ---\n-- [params.kind]\n-- type = \"text\"\n-- values = \"SELECT DISTINCT kind FROM units\"\n-- ---\nSELECT count(*) AS n FROM units WHERE kind = $kind",
    );
    let mut terminal = shell(&env, &[]);
    for (typed, expected) in [
        ("SELECT * FROM loans l WHERE l.appr\t", "WHERE l.approved_vnd"),
        ("SELECT * FROM units WHERE kind = 'aff\t", "WHERE kind = 'affiliated"),
        ("SELECT * FROM plan\t", "FROM plan_tasks"),
        ("\\run mine kind=prov\t", "\\run mine kind=provincial"),
        ("\\run loans/by-channel a\t", "by-channel as_of="),
        ("\\run loans/by-channel as_of=2022-06\t", "as_of=2022-06-30"),
        ("SELECT 1 AS a \\last mark\t", "\\last markdown"),
        ("\\pset exp\t", "\\pset expanded"),
        ("\\last mark\t", "\\last markdown"),
        ("\\h array_app\t", "\\h array_append"),
        (".tab\t", ".tables"),
        ("\\i quer\t", "\\i queries/"),
    ] {
        terminal.keys(typed);
        terminal.wait(expected);
        terminal.press(CTRL_C);
    }
    // Alias and table stand in different lines.
    terminal.begin("SELECT count(*) FROM units u");
    terminal.keys("WHERE u.ki\t");
    terminal.wait("WHERE u.kind");
    terminal.press(CTRL_C);
    // After FROM a name is asked for; elsewhere a blank before the cursor makes Tab indent.
    terminal.keys("SELECT * FROM \t\t");
    terminal.wait("loan_balances");
    terminal.press(CTRL_C);
    assert!(terminal.enter("SELECT \t1 AS a, \t2 AS b;").contains(" 1  2\n"));
    assert!(terminal.enter("\t\tSELECT 3 AS c;").contains("tongket>         SELECT 3 AS c;"));
}

#[test]
fn the_history_is_offered_while_one_types() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &[]);
    terminal.enter("SELECT 4000 + 711 AS remembered;");
    terminal.keys("SELECT 4");
    terminal.wait_until("an offer", |screen| screen.ends_with("tongket> SELECT 4000 + 711 AS remembered;"));
    assert_eq!(terminal.look("000 + 711").1, "dim");
    terminal.keys(RIGHT);
    let screen = terminal.enter("");
    assert_eq!(screen.matches("       4711\n").count(), 2, "{screen}");
    // A statement of several lines comes back whole.
    terminal.begin("SELECT 'two");
    terminal.enter("lines' AS t;");
    terminal.keys("SELECT 'tw");
    terminal.wait_until("an offer", |screen| screen.ends_with("SELECT 'two"));
    terminal.keys(RIGHT);
    let screen = terminal.enter("");
    assert_eq!(screen.matches("lines\n").count(), 2, "{screen}");
}

#[test]
fn what_is_pasted_stays_as_it_is() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &[]);
    // Tabs in it complete nothing, and nothing runs before Enter.
    let lines: Vec<String> = (1..=200).map(|n| format!("\t{n} AS c{n},")).collect();
    let pasted = format!("{}SELECT\n{}\n\t'Đoàn' AS last{}", PASTE.0, lines.join("\n"), PASTE.1);
    terminal.keys(&pasted);
    terminal.wait("'Đoàn' AS last");
    terminal.keys(" \\gdesc\r");
    terminal.wait(" last");
    let screen = terminal.prompt();
    assert!(screen.contains(" c200    bigint\n last    text\n"), "{screen}");
    terminal.keys(&format!("{}SELECT 1 AS a;\nSELECT 2 AS b;\n{}", PASTE.0, PASTE.1));
    let screen = terminal.enter("");
    assert!(screen.contains(" a\n ─\n 1\n") && screen.contains(" b\n ─\n 2\n"), "{screen}");
}

#[test]
fn the_users_editor_takes_the_statement() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &[("EDITOR", "sed -i s/40/41/")]);
    terminal.begin("SELECT 40 + 1");
    terminal.line("AS n \\e");
    terminal.wait("tongket> SELECT 41 + 1\n      -> AS n\n      ->");
    // It came back without its semicolon: the statement goes on.
    let screen = terminal.enter(";");
    assert!(screen.contains("\n 42\n"), "{screen}");
    // The last statement, where nothing is being written.
    assert!(terminal.enter("SELECT 40 + 2 AS m;").contains("\n 42\n"));
    assert!(terminal.enter("\\e").contains("tongket> SELECT 41 + 2 AS m;\n  m\n ──\n 43\n"));
    // Alt-E with what stands in the line.
    terminal.keys("SELECT 40 + 3 AS k;");
    let screen = terminal.press(ALT_E);
    assert!(screen.contains("SELECT 41 + 3 AS k;\n  k\n ──\n 44\n"), "{screen}");
    let mut terminal = shell(&env, &[("VISUAL", "false"), ("EDITOR", "true")]);
    let screen = terminal.enter("\\r");
    assert!(screen.ends_with("tongket>"), "{screen}");
    terminal.begin("SELECT 40 + 1");
    terminal.keys("AS precious");
    terminal.keys(ALT_E);
    let screen = terminal.wait("\\r gives it up");
    assert!(screen.contains("cannot edit in `false`: it ended with"), "{screen}");
    // What was written is still there.
    assert!(terminal.enter(";").contains(" precious\n ────────\n       41\n"));
}

#[test]
fn the_statement_being_written_is_shown_and_given_up() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &[]);
    terminal.begin("SELECT 1 AS given_up");
    terminal.line("\\p");
    terminal.wait("\\p\nSELECT 1 AS given_up\n");
    assert!(terminal.enter("\\r").ends_with("\\r\ntongket>"));
    assert!(terminal.enter("SELECT 2 AS n;").ends_with(" n\n ─\n 2\ntongket>"));
    assert!(terminal.enter("\\p").ends_with("\\p\nSELECT 2 AS n;\ntongket>"));
    assert!(terminal.enter("\\g").ends_with(" n\n ─\n 2\ntongket>"));
}

/// What goes wrong costs neither the statement nor the history.
#[test]
fn a_slip_costs_nothing_that_was_typed() {
    let env = TestEnv::workspace();
    let mut terminal = shell(&env, &[("NO_COLOR", "1")]);
    terminal.line("SELECT 7 AS q \\foo");
    terminal.wait("there is no command `\\foo`");
    assert!(terminal.enter(";").contains(" q\n ─\n 7\n"));
    terminal.begin("SELECT 8");
    terminal.line("quit");
    terminal.wait("a statement is being written: \\q leaves");
    terminal.press(CTRL_C);
    terminal.enter("SELECT nothing;");
    terminal.keys("\u{1b}[A");
    terminal.wait_until("the last line", |screen| screen.ends_with("tongket> SELECT nothing;"));
}

/// On a terminal that can do nothing Ctrl-C comes as a signal.
#[test]
fn ctrl_c_gives_the_statement_up_on_a_dumb_terminal() {
    let env = TestEnv::workspace();
    let mut command = env.command("sh");
    command.args(["-c", "stty rows 40 cols 100 isig; exec \"$0\" -q", TONGKET]).env("TERM", "dumb");
    let mut terminal = Terminal::spawn(command, 40, 100);
    terminal.wait("tongket>");
    terminal.line("SELECT 1,");
    terminal.wait("->");
    terminal.keys(CTRL_C);
    terminal.wait_until("a prompt", |screen| screen.ends_with("\ntongket>"));
    terminal.line("SELECT 6 * 7 AS n;");
    terminal.wait(" 42");
}

/// A saved query is asked for what it needs: type, default and choice are told, Tab offers, and a
/// wrong answer is asked again.
#[test]
fn a_saved_query_asks_for_what_is_missing() {
    let env = TestEnv::workspace();
    env.write(
        "queries/ask.sql",
        "-- ---\n-- [params.day]\n-- type = \"date\"\n-- default = \"2022-12-31\"\n-- [params.kind]\n-- type = \"text\"\n-- values = \"SELECT DISTINCT kind FROM units ORDER BY kind\"\n-- description = \"The kind of unit\"\n-- [params.n]\n-- type = \"integer\"\n-- optional = true\n-- ---\nSELECT $day AS day, $kind AS kind, $n AS n",
    );
    let mut terminal = shell(&env, &[]);
    terminal.line("\\run ask n=7");
    terminal.wait("day (date) [2022-12-31]:");
    terminal.line("31/12/2022");
    terminal.wait("a date is written YYYY-MM-DD");
    terminal.line("");
    terminal.wait("kind (text, one of affiliated, city, district, provincial):");
    terminal.line("citi");
    terminal.wait("did you mean `city`?");
    terminal.keys("\t\t");
    terminal.wait("affiliated  city");
    terminal.keys("aff\t");
    terminal.wait(": affiliated");
    let screen = terminal.enter("");
    assert!(screen.contains(" 2022-12-31  affiliated  7\n"), "{screen}");
    // With everything given nothing is asked; with `?` all is.
    assert!(terminal.enter("\\run ask kind=city").contains(" 2022-12-31  city  ∅\n"));
    terminal.line("\\run ask ? kind=city");
    terminal.wait("day (date) [2022-12-31]:");
    terminal.line("2022-06-30");
    terminal.wait("n (integer, may be left out):");
    assert!(terminal.press(CTRL_C).contains("cancelled") || terminal.screen().ends_with("tongket>"));
    assert!(terminal.enter("SELECT 41 + 1 AS n;").contains("\n 42\n"));
}
