//! The linker of what is shipped, with a compiler and a valgrind that only write down what they are asked.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use crate::env::{TestEnv, repository};

/// A folder of stand-ins: `cc`, whose program makes the folders that it is asked for, and `valgrind`.
fn stand_ins(env: &TestEnv, valgrind: bool) -> String {
    let program =
        "#!/bin/sh\\nmkdir -p \\\"\\$3/datasets\\\" && touch \\\"\\$3/datasets/activities.parquet\\\"\\n";
    let cc = format!(
        "#!/bin/sh\necho \"$@\" >>linked\nfor arg; do case $arg in *,--symbol-ordering-file=*) cat \"${{arg#*=}}\" >order ;; esac; done\n\
         printf \"{program}\" >tongket-1; chmod +x tongket-1\n"
    );
    // The functions of a run are named after its last argument: one is of all, one of the run alone.
    let valgrind_says = "#!/bin/sh\nfor arg; do case $arg in --callgrind-out-file=*) calls=${arg#*=} ;; esac; last=$arg; done\n\
                    printf 'fn=all\\nfn=all\\n17 3\\nfn=of_%s'\\''2\\n' \"$(basename \"$last\" | tr -cd a-z)\" >\"$calls\"\n";
    let scripts = [("cc", Some(cc.as_str())), ("valgrind", valgrind.then_some(valgrind_says))];
    for (name, script) in scripts.into_iter().filter_map(|(name, script)| Some((name, script?))) {
        env.write(&format!("bin/{name}"), script);
        std::fs::set_permissions(env.path(&format!("bin/{name}")), PermissionsExt::from_mode(0o755))
            .expect("sets");
    }
    // What the script itself needs, and no valgrind that the machine may have.
    for name in
        ["bash", "sh", "mktemp", "rm", "dirname", "basename", "realpath", "sed", "sort", "awk", "wc", "cat"]
            .into_iter()
            .chain(["mkdir", "touch", "chmod", "tr"])
    {
        let found = Command::new("sh").args(["-c", &format!("command -v {name}")]).output().expect("runs");
        let found = String::from_utf8(found.stdout).expect("a path");
        std::os::unix::fs::symlink(found.trim(), env.path(&format!("bin/{name}"))).expect("links");
    }
    env.path("bin").display().to_string()
}

fn link(env: &TestEnv, path: &str, args: &[&str]) -> Output {
    let script = repository().join("packaging/link-in-order");
    Command::new(script).args(args).current_dir(env.path(".")).env("PATH", path).output().expect("runs")
}

#[test]
fn what_is_shipped_is_linked_again_in_the_order_of_what_it_ran() {
    let env = TestEnv::empty();
    let path = stand_ins(&env, true);
    let output = link(&env, &path, &["a.o", "-o", "tongket-1", "-Wl,--strip-all"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let linked = env.read("linked");
    let [first, second] = linked.lines().collect::<Vec<_>>()[..] else { panic!("{linked}") };
    assert_eq!(first, "a.o -o tongket-1");
    assert!(second.starts_with("a.o -o tongket-1 -Wl,--strip-all -Wl,--symbol-ordering-file="), "{second}");
    // What all runs call comes once, and with the first of them.
    let order = env.read("order");
    assert!(order.starts_with("all\nof_"), "{order}");
    assert_eq!(order.lines().filter(|line| *line == "all").count(), 1, "{order}");
    assert!(order.contains("\nof_figures\n") && order.ends_with("of_activities\n"), "{order}");
}

#[test]
fn other_programs_are_linked_as_ever_and_so_is_ours_where_nobody_can_watch() {
    let env = TestEnv::empty();
    let path = stand_ins(&env, false);
    let output = link(&env, &path, &["b.o", "-o", "deps/build_script_build-1", "-Wl,--strip-all"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let output = link(&env, &path, &["a.o", "-o", "tongket-1", "-Wl,--strip-all"]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("there is no valgrind"), "{told}");
    let expected = "b.o -o deps/build_script_build-1 -Wl,--strip-all\na.o -o tongket-1 -Wl,--strip-all\n";
    assert_eq!(env.read("linked"), expected);
}
