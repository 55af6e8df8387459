//! Encrypted lines, on which each end shows who it is.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use super::Server;
use crate::env::TestEnv;

/// An authority, and what it signed for this machine: a folder as `--tls` takes it.
const MAKE: &str = r#"
set -e
mkdir -p "$1"
cd "$1"
key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
openssl req -x509 $key -days 2 -keyout ca.key -out ca.pem -subj "/CN=authority $1" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
openssl req $key -keyout key.pem -out asked.csr -subj "/CN=node"
printf 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=CA:FALSE\n' > more
openssl x509 -req -in asked.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile more -out cert.pem
"#;

/// Folders of two authorities that know nothing of each other; `None` where there is no OpenSSL.
fn certificates(env: &TestEnv) -> Option<[PathBuf; 2]> {
    let folders = ["ours", "theirs"];
    for folder in folders {
        let mut command = env.command("sh");
        command.args(["-c", MAKE, "make", folder]);
        let ran = env.finish(command, None);
        if ran.status != 0 {
            assert!(std::env::var_os("CI").is_none(), "CI has openssl: {ran}");
            eprintln!("skipped: openssl makes no certificates");
            return None;
        }
    }
    Some(folders.map(|folder| env.path(folder)))
}

/// What went over a line to a server.
fn overheard(server: &str) -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("listens");
    let address = listener.local_addr().expect("an address").to_string();
    let (heard, server) = (Arc::<Mutex<Vec<u8>>>::default(), server.to_owned());
    let all = heard.clone();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(&server).expect("connects");
            for (mut from, mut to) in
                [(client.try_clone(), server.try_clone()), (server.try_clone(), client.try_clone())]
                    .map(|(from, to)| (from.expect("a line"), to.expect("a line")))
            {
                let heard = heard.clone();
                std::thread::spawn(move || {
                    let mut bytes = vec![0; 1 << 16];
                    while let Ok(length) = from.read(&mut bytes)
                        && length > 0
                    {
                        heard.lock().expect("no panic").extend_from_slice(&bytes[..length]);
                        if to.write_all(&bytes[..length]).is_err() {
                            break;
                        }
                    }
                    let _ = to.shutdown(Shutdown::Write);
                });
            }
        }
    });
    (address, all)
}

#[test]
fn lines_are_encrypted_and_each_end_shows_who_it_is() {
    let env = TestEnv::workspace();
    let Some([ours, theirs]) = certificates(&env) else { return };
    // One that takes the scheduler for what it is, and shows it what another has signed.
    std::fs::create_dir(env.path("mixed")).expect("makes");
    for (from, name) in [(&ours, "ca.pem"), (&theirs, "cert.pem"), (&theirs, "key.pem")] {
        std::fs::copy(from.join(name), env.path("mixed").join(name)).expect("copies");
    }
    let tls = |folder: &PathBuf| format!("--tls={}", folder.display());
    let (ours, theirs, mixed) = (tls(&ours), tls(&theirs), tls(&env.path("mixed")));
    let scheduler = Server::start(&["scheduler", "--port=0", "--drain=0", &ours]);
    let engine = scheduler.engine();
    let place = ["executor", engine, "--port=0", "--grpc-port=0"];
    // One of them listens on all of the machine's addresses.
    let everywhere = ["--bind=0.0.0.0", "--advertise=127.0.0.1"];
    let _executors =
        [&[][..], &everywhere[..]].map(|more| Server::start(&[&place[..], &[ours.as_str()], more].concat()));
    let ask = |engine: &str, more: &[&str], sql: &str| {
        env.run(&[&["--engine", engine, "--csv", "-c", sql], more].concat())
    };
    let sql = "SELECT u.name_vi, count(*) AS n FROM activities a JOIN units u USING (unit_id) GROUP BY 1 ORDER BY 1";
    let expected = env.csv(sql);
    assert_eq!(ask(engine, &[&ours], sql).stdout, expected);

    let (line, heard) = overheard(engine.trim_start_matches("ballista://"));
    let line = format!("ballista://{line}");
    assert_eq!(ask(&line, &[&ours], sql).stdout, expected);
    // What was done is asked for by a line of its own.
    let told = ask(&line, &[&ours], &format!("EXPLAIN ANALYZE {sql}"));
    assert!(told.status == 0 && told.stdout.contains("DataSourceExec"), "{told}");
    let heard = heard.lock().expect("no panic").clone();
    let is_said = |text: &str| heard.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(heard.len() > 2000, "{}", heard.len());
    // The head of every line of Ballista's, a table, and a value of the result.
    for text in ["PRI * HTTP/2.0", "activities", "Huy"] {
        assert!(!is_said(text), "`{text}` was overheard");
    }

    // Who shows nothing, or what another has signed, is not answered; nor is a stranger taken for the scheduler.
    for (more, word) in
        [(&[][..], "--tls"), (&[mixed.as_str()][..], "--tls"), (&[theirs.as_str()][..], "is not accepted")]
    {
        let ran = ask(engine, more, sql);
        assert!(ran.status == 1 && ran.stdout.is_empty() && ran.stderr.contains(word), "{ran}");
    }
    let mut command = Command::new(crate::env::TONGKET);
    command.args(["cluster", "executor", engine, "--port=0", "--grpc-port=0"]);
    let ran = env.finish(command, None);
    assert!(ran.status == 1 && ran.stderr.contains("the executor failed"), "{ran}");
}

#[test]
fn what_is_shown_is_looked_at_first() {
    let env = TestEnv::workspace();
    let Some([ours, theirs]) = certificates(&env) else { return };
    let run = |folder: &PathBuf| {
        env.run(&["--engine", "ballista://127.0.0.1:1", "--tls", &folder.display().to_string(), "tables"])
    };
    std::fs::copy(theirs.join("key.pem"), ours.join("key.pem")).expect("copies");
    let ran = run(&ours);
    assert!(ran.status == 2 && ran.stderr.contains("`--tls`: cert.pem, key.pem: "), "{ran}");
    std::fs::write(ours.join("ca.pem"), "nothing").expect("writes");
    assert!(run(&ours).stderr.contains("`--tls`: ca.pem: no certificate"));
    std::fs::remove_file(theirs.join("cert.pem")).expect("removes");
    let ran = run(&theirs);
    assert!(ran.status == 1 && ran.stderr.contains("cannot read `[DIR]/theirs/cert.pem`"), "{ran}");
    let ran = env.run(&["cluster", "up", "--tls", "nowhere"]);
    assert!(ran.status == 1 && ran.stderr.contains("nowhere/ca.pem"), "{ran}");
}
