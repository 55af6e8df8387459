//! A server that speaks as S3 does, and the lines to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use crate::env::{Ran, TONGKET, TestEnv, repository};
use crate::peer;

/// A server of its own process, which ends with this one.
pub(super) struct Server {
    _child: Child,
    /// `http://HOST:PORT`.
    pub(super) address: String,
    /// The key and the secret that it takes, where it does not take any.
    pub(super) keys: Option<(String, String)>,
}

impl Server {
    fn start(python: &str, args: &[&str]) -> Self {
        let mut command = Command::new(python);
        command.arg(repository().join("tests/cli/s3/server.py")).args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("starts");
        let mut words = BufReader::new(child.stdout.take().expect("its words"));
        let mut line = || {
            let mut line = String::new();
            words.read_line(&mut line).expect("a line");
            line.trim().to_owned()
        };
        let address = line();
        let keys = (!args.is_empty()).then(|| {
            let line = line();
            let (key, secret) = line.split_once(' ').expect("a key and its secret");
            (key.to_owned(), secret.to_owned())
        });
        Self { _child: child, address, keys }
    }

    /// The server that tests share; `None` where Python has none.
    pub(super) fn shared(env: &TestEnv) -> Option<&'static Self> {
        static SHARED: OnceLock<Server> = OnceLock::new();
        let python = peer::python(env, "moto.server, boto3")?;
        Some(SHARED.get_or_init(|| Self::start(&python, &[])))
    }

    /// One that asks for the right credentials.
    pub(super) fn with_keys(env: &TestEnv) -> Option<Self> {
        Some(Self::start(&peer::python(env, "moto.server, boto3")?, &["keys"]))
    }

    /// A bucket of the test's own.
    pub(super) fn bucket(&self) -> Bucket {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        self.named(&format!("bucket-{}", NUMBER.fetch_add(1, Ordering::Relaxed)))
    }

    /// A bucket of that name.
    pub(super) fn named(&self, name: &str) -> Bucket {
        let bucket = Bucket { server: self.address.clone(), name: name.to_owned() };
        assert_eq!(bucket.ask("PUT", "", b"").0, 200);
        bucket
    }
}

/// A bucket of one test.
pub(super) struct Bucket {
    /// Where it is asked.
    pub(super) server: String,
    pub(super) name: String,
}

impl Bucket {
    /// The path of a key in it.
    pub(super) fn path(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.name)
    }

    /// Writes an object.
    pub(super) fn put(&self, key: &str, bytes: &[u8]) {
        assert_eq!(self.ask("PUT", &format!("/{key}"), bytes).0, 200, "{key}");
    }

    /// Writes an object that everybody may read.
    pub(super) fn publish(&self, key: &str, bytes: &[u8]) {
        assert_eq!(
            self.ask_with("x-amz-acl: public-read\r\n", "PUT", &format!("/{key}"), bytes).0,
            200,
            "{key}"
        );
    }

    /// Reads an object.
    pub(super) fn get(&self, key: &str) -> Option<Vec<u8>> {
        let (status, bytes) = self.ask("GET", &format!("/{key}"), b"");
        (status == 200).then_some(bytes)
    }

    /// The keys that begin so, in order.
    pub(super) fn keys(&self, prefix: &str) -> Vec<String> {
        let (_, answer) = self.ask("GET", &format!("?list-type=2&prefix={prefix}"), b"");
        let answer = String::from_utf8(answer).expect("XML");
        let keys =
            answer.split("<Key>").skip(1).filter_map(|rest| Some(rest.split_once("</Key>")?.0.to_owned()));
        keys.collect()
    }

    /// Writes the files of a folder of the test.
    pub(super) fn copy(&self, env: &TestEnv, folder: &str, prefix: &str) {
        for entry in env.path(folder).read_dir().expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().to_string_lossy().into_owned();
            let (inner, key) = (format!("{folder}/{name}"), format!("{prefix}/{name}"));
            match entry.path().is_dir() {
                true => self.copy(env, &inner, &key),
                false => self.put(&key, &std::fs::read(entry.path()).expect("reads")),
            }
        }
    }

    /// The committed sample year and its saved queries, as the workspace `w`.
    pub(super) fn workspace(&self, env: &TestEnv) -> String {
        self.copy(env, "datasets", "w/datasets");
        self.copy(env, "queries", "w/queries");
        self.path("w")
    }

    /// An answer's status and bytes.
    fn ask(&self, method: &str, rest: &str, bytes: &[u8]) -> (u16, Vec<u8>) {
        self.ask_with("", method, rest, bytes)
    }

    fn ask_with(&self, more: &str, method: &str, rest: &str, bytes: &[u8]) -> (u16, Vec<u8>) {
        let host = self.server.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("connects");
        // Nobody's: the shared server looks at none, but takes who has none for a stranger.
        let who = "AWS4-HMAC-SHA256 Credential=a/20220101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
        let rest: String = rest.bytes().map(escaped).collect();
        let head = format!(
            "{method} /{}{rest} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {who}\r\n{more}Content-Length: {}\r\n\
             Connection: close\r\n\r\n",
            self.name,
            bytes.len()
        );
        stream.write_all(&[head.as_bytes(), bytes].concat()).expect("asks");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("answers");
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head") + 4;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, answer.split_off(end))
    }

    /// A command whose buckets are here.
    pub(super) fn command(&self, env: &TestEnv, args: &[&str]) -> Command {
        let mut command = env.command(TONGKET);
        command.args(args).env("AWS_ENDPOINT_URL", &self.server).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "anyone").env("AWS_SECRET_ACCESS_KEY", "anything");
        command
    }

    /// Runs the program.
    pub(super) fn run(&self, env: &TestEnv, args: &[&str]) -> Ran {
        let mut ran = env.finish(self.command(env, args), None);
        for text in [&mut ran.stdout, &mut ran.stderr] {
            *text = text.replace(&self.server, "[SERVER]").replace(&self.name, "[BUCKET]");
        }
        ran
    }

    /// The same bucket by another line.
    pub(super) fn by(&self, line: &Line) -> Self {
        Self { server: line.address.clone(), name: self.name.clone() }
    }
}

/// A byte of a URL, as it may stand there.
fn escaped(byte: u8) -> String {
    if byte.is_ascii_graphic() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// What a line does with a request: `Pass`, or what else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    /// The answer comes.
    Pass,
    /// The connection ends without one.
    Drop,
    /// The connection ends after so many bytes of it.
    Cut(usize),
    /// Nothing comes, and the connection stays.
    Hang,
    /// The answer is that nobody may, and nothing is done.
    Deny,
    /// It is done, and the connection ends without an answer.
    Lose,
}

/// A line to a server, which may be a bad one; one request a connection.
pub(super) struct Line {
    pub(super) address: String,
    /// The first line of each request, in order.
    requests: Arc<Mutex<Vec<String>>>,
}

impl Line {
    pub(super) fn to(server: &str, does: impl Fn(&str) -> Does + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listens");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let (requests, host) =
            (Arc::<Mutex<Vec<String>>>::default(), server.trim_start_matches("http://").to_owned());
        let (seen, does) = (requests.clone(), Arc::new(does));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, does, host) = (seen.clone(), does.clone(), host.clone());
                std::thread::spawn(move || {
                    let _ = serve(stream, &host, &seen, &*does);
                });
            }
        });
        Self { address, requests }
    }

    /// The requests so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").clone()
    }
}

fn serve(
    mut stream: TcpStream,
    host: &str,
    seen: &Mutex<Vec<String>>,
    does: &dyn Fn(&str) -> Does,
) -> std::io::Result<()> {
    let mut from = BufReader::new(stream.try_clone()?);
    let (mut head, mut first, mut length) = (String::new(), String::new(), 0);
    loop {
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if first.is_empty() {
            line.trim().clone_into(&mut first);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap_or_default();
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    seen.lock().expect("no panic").push(first.clone());
    let does = does(&first);
    if does == Does::Drop {
        return stream.shutdown(Shutdown::Both);
    }
    if does == Does::Hang {
        std::thread::sleep(std::time::Duration::from_secs(60));
        return Ok(());
    }
    if does == Does::Deny {
        let words = "<Error><Code>AccessDenied</Code></Error>";
        let head =
            format!("HTTP/1.1 403 Forbidden\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", words.len());
        stream.write_all(&[head.as_bytes(), words.as_bytes()].concat())?;
        return stream.shutdown(Shutdown::Both);
    }
    let mut server = TcpStream::connect(host)?;
    server.write_all(&[head.as_bytes(), b"Connection: close\r\n\r\n", &body].concat())?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    if does == Does::Lose {
        return stream.shutdown(Shutdown::Both);
    }
    if let Does::Cut(bytes) = does {
        answer.truncate(bytes);
    }
    stream.write_all(&answer)?;
    stream.shutdown(Shutdown::Both)
}
