//! A mail server (RFC 5321, as much as a sender needs) that keeps what it is given and answers as the recipient's name says.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a recipient's address begins with, and what the server answers. Anybody else is there.
const REFUSALS: [(&str, &str); 3] = [
    ("tempfail-", "451 4.3.0 Try again later"),
    ("unknown-", "550 5.1.1 Nobody of that name here"),
    ("refuse-", "554 5.7.1 Not from you"),
];
/// The connection is closed instead of an answer.
const DROPPED: &str = "drop-";
/// The message is taken, and the connection closed before anybody hears of it.
const LOST: &str = "lost-";
const EXTENSIONS: &str = "250-post.example.org\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 ENHANCEDSTATUSCODES";
/// How often a message that is held back looks whether it still is.
const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// Who signs in with this password is not known.
pub const WRONG_PASSWORD: &str = "wrong";

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    pub from: String,
    pub to: Vec<String>,
    /// As it came over the wire, without the dots that were put before dots.
    pub message: Vec<u8>,
}

#[derive(Default)]
struct Kept {
    posted: Mutex<Vec<Posted>>,
    connections: Mutex<usize>,
    slowness: Mutex<Duration>,
    is_holding: AtomicBool,
    is_dead: AtomicBool,
    to_lose: Mutex<usize>,
}

impl Kept {
    /// Whether the answer to this message is lost.
    fn loses_one(&self) -> bool {
        let mut left = self.to_lose.lock().unwrap_or_else(PoisonError::into_inner);
        let is_lost = *left > 0;
        *left = left.saturating_sub(1);
        is_lost
    }
}

/// The server. It closes when it is dropped.
pub struct PostOffice {
    address: SocketAddr,
    kept: Arc<Kept>,
    task: JoinHandle<()>,
}

impl PostOffice {
    /// On a free port.
    pub async fn open() -> Self {
        Self::greeting("220 post.example.org ready").await
    }

    /// One that wants no mail from anybody.
    pub async fn closed() -> Self {
        Self::greeting("554 5.3.2 No service here").await
    }

    async fn greeting(greeting: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let kept = Arc::new(Kept::default());
        let keeping = Arc::clone(&kept);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *keeping.connections.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                tokio::spawn(serve(stream, greeting, Arc::clone(&keeping)));
            }
        });
        Self { address, kept, task }
    }

    /// For `smtp_url`.
    pub fn url(&self) -> String {
        format!("smtp://{}?tls=none", self.address)
    }

    /// For `smtp_url`, signing in.
    pub fn url_of(&self, user: &str, password: &str) -> String {
        format!("smtp://{user}:{password}@{}?tls=none", self.address)
    }

    /// For `smtp_url`, insisting on encryption, which there is none of here.
    pub fn url_encrypted(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What was taken, in order.
    pub fn posted(&self) -> Vec<Posted> {
        self.kept.posted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was taken for `to`, in order.
    pub fn posted_to(&self, to: &str) -> Vec<Posted> {
        self.posted().into_iter().filter(|posted| posted.to.iter().any(|it| it == to)).collect()
    }

    /// How long it thinks about each message before it takes it.
    pub fn set_slowness(&self, slowness: Duration) {
        *self.kept.slowness.lock().unwrap_or_else(PoisonError::into_inner) = slowness;
    }

    /// Whether it keeps each message waiting until it holds back no more. Who sends waits for eight seconds.
    pub fn set_holding(&self, is_holding: bool) {
        self.kept.is_holding.store(is_holding, Ordering::SeqCst);
    }

    /// Whether it closes each connection without a word, those that it has at the next command.
    pub fn set_dead(&self, is_dead: bool) {
        self.kept.is_dead.store(is_dead, Ordering::SeqCst);
    }

    /// From now on it takes so many messages and closes the connection before anybody hears of it.
    pub fn lose(&self, answers: usize) {
        *self.kept.to_lose.lock().unwrap_or_else(PoisonError::into_inner) = answers;
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        *self.kept.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A sender that goes away in the middle ends its connection and nothing else.
async fn serve(stream: TcpStream, greeting: &'static str, kept: Arc<Kept>) {
    let mut session = Session { stream: BufReader::new(stream), from: String::new(), to: Vec::new(), kept };
    let _ = session.run(greeting).await;
}

struct Session {
    stream: BufReader<TcpStream>,
    from: String,
    to: Vec<String>,
    kept: Arc<Kept>,
}

impl Session {
    async fn run(&mut self, greeting: &str) -> std::io::Result<()> {
        if self.is_dead() {
            return Ok(());
        }
        self.answer(greeting).await?;
        if !greeting.starts_with('2') {
            return Ok(());
        }
        while let Some(line) = self.line().await? {
            if self.is_dead() {
                return Ok(());
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            let (command, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match command.to_ascii_uppercase().as_str() {
                "EHLO" => self.answer(EXTENSIONS).await?,
                "HELO" | "NOOP" => self.answer("250 2.0.0 Yes").await?,
                "RSET" => {
                    self.to.clear();
                    self.answer("250 2.0.0 Forgotten").await?;
                }
                "AUTH" => self.answer(if is_known(rest) { "235 2.7.0 Welcome" } else { "535 5.7.8 Who?" }).await?,
                "MAIL" => {
                    self.from = path(rest);
                    self.to.clear();
                    self.answer("250 2.1.0 Yes").await?;
                }
                "RCPT" => {
                    let to = path(rest);
                    if to.starts_with(DROPPED) {
                        return Ok(());
                    }
                    let refusal = REFUSALS.into_iter().find(|(prefix, _)| to.starts_with(prefix));
                    self.answer(refusal.map_or("250 2.1.5 Yes", |(_, said)| said)).await?;
                    if refusal.is_none() {
                        self.to.push(to);
                    }
                }
                "DATA" if self.to.is_empty() => self.answer("503 5.5.1 For whom?").await?,
                "DATA" => {
                    self.answer("354 Go on").await?;
                    let Some(message) = self.message().await? else { return Ok(()) };
                    let slowness = *self.kept.slowness.lock().unwrap_or_else(PoisonError::into_inner);
                    tokio::time::sleep(slowness).await;
                    while self.kept.is_holding.load(Ordering::SeqCst) {
                        tokio::time::sleep(LOOK_AGAIN).await;
                    }
                    let to = std::mem::take(&mut self.to);
                    let is_lost = to.iter().any(|to| to.starts_with(LOST)) || self.kept.loses_one();
                    let posted = Posted { from: self.from.clone(), to, message };
                    self.kept.posted.lock().unwrap_or_else(PoisonError::into_inner).push(posted);
                    if is_lost {
                        return Ok(());
                    }
                    self.answer("250 2.0.0 Taken").await?;
                }
                "QUIT" => return self.answer("221 2.0.0 Bye").await,
                _ => self.answer("502 5.5.2 Not here").await?,
            }
        }
        Ok(())
    }

    fn is_dead(&self) -> bool {
        self.kept.is_dead.load(Ordering::SeqCst)
    }

    async fn answer(&mut self, text: &str) -> std::io::Result<()> {
        self.stream.write_all(format!("{text}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    /// The next line, without its end.
    async fn line(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        if self.stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        let end = line.iter().rposition(|byte| !b"\r\n".contains(byte)).map_or(0, |last| last + 1);
        line.truncate(end);
        Ok(Some(line))
    }

    /// Up to the line with a dot alone.
    async fn message(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut message = Vec::new();
        while let Some(line) = self.line().await? {
            if line == b"." {
                return Ok(Some(message));
            }
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            message.extend_from_slice(b"\r\n");
        }
        Ok(None)
    }
}

/// The address in `FROM:<…>` or `TO:<…>`.
fn path(rest: &str) -> String {
    rest.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(path, _)| path.to_owned()).unwrap_or_default()
}

/// `PLAIN` and base64 of `\0user\0password`.
fn is_known(rest: &str) -> bool {
    let given = rest.split_once(' ').and_then(|(_, given)| STANDARD.decode(given).ok()).unwrap_or_default();
    given.rsplit(|&byte| byte == 0).next().is_some_and(|password| password != WRONG_PASSWORD.as_bytes())
}
