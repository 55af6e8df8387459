//! Whether an executor is well, by HTTP: `/healthz` where it is there, `/readyz` where its scheduler has heard
//! from it.

use ballista_executor::health::ExecutorHealth;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// More than the first line of a question.
const MOST_BYTES: usize = 1024;

/// Answers whoever asks, for ever.
pub(super) async fn tell(listener: TcpListener, health: ExecutorHealth) {
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            // Whoever asks and does not wait for the answer keeps nobody else waiting.
            tokio::spawn(answer(stream, health.clone()));
        }
    }
}

async fn answer(mut stream: TcpStream, health: ExecutorHealth) -> std::io::Result<()> {
    let mut asked = [0; MOST_BYTES];
    let length = stream.read(&mut asked).await?;
    let asked = String::from_utf8_lossy(&asked[..length]);
    let (status, words) = match asked.split(' ').nth(1) {
        Some("/healthz") => ("200 OK", "ok"),
        Some("/readyz") if health.is_ready() => ("200 OK", "ready"),
        Some("/readyz") => ("503 Service Unavailable", "its scheduler does not hear it"),
        _ => ("404 Not Found", "there are /healthz and /readyz"),
    };
    let length = words.len() + 1;
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n");
    stream.write_all(format!("{head}Connection: close\r\n\r\n{words}\n").as_bytes()).await
}
