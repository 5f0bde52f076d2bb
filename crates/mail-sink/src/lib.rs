//! A small mail server that keeps what it gets, and is as moody as it is told to be: enough of RFC 5321 for a client that
//! checks every reply.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// The headers that every mail of ours has, and no other.
pub const EXPECTED_HEADERS: [&str; 7] = ["Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"];

/// What becomes of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// It is taken.
    #[default]
    Taken,
    /// It is refused with this reply.
    Refused(String),
    /// The connection ends before it is taken.
    Dropped,
    /// It is taken, and the connection ends before that is said.
    Unanswered,
}

/// The server. Clones share what it got.
#[derive(Clone, Default)]
pub struct Sink(Arc<Mutex<Inner>>);

type Mood = Box<dyn FnMut() -> Fate + Send>;

#[derive(Default)]
struct Inner {
    received: Vec<Received>,
    commands: Vec<String>,
    mood: Option<Mood>,
}

/// One mail, as it came over the wire.
#[derive(Clone, Debug)]
pub struct Received {
    /// `MAIL FROM`.
    pub from: String,
    /// Each `RCPT TO`.
    pub to: Vec<String>,
    /// Headers and body, dots unstuffed.
    pub data: String,
    /// Whether the sender was told.
    pub answered: bool,
}

impl Sink {
    /// Starts it; its address as `SMTP_URL`.
    ///
    /// # Errors
    /// When no port is free.
    pub fn start(&self) -> std::io::Result<String> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = TcpListener::from_std(listener)?;
        let sink = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = sink.clone();
                tokio::spawn(async move { sink.serve(stream).await });
            }
        });
        Ok(format!("smtp://{address}"))
    }

    /// Answers the next `times` mails with `reply` instead of taking them.
    pub fn refuse(&self, times: usize, reply: &str) {
        let mut fates = vec![Fate::Refused(reply.to_owned()); times];
        self.decide(move || fates.pop().unwrap_or_default());
    }

    /// Asks `mood` from now on what becomes of each mail.
    pub fn decide(&self, mood: impl FnMut() -> Fate + Send + 'static) {
        self.inner().mood = Some(Box::new(mood));
    }

    /// What it got so far.
    pub fn received(&self) -> Vec<Received> {
        self.inner().received.clone()
    }

    /// What it got since it was asked so the last time; it keeps nothing of it.
    pub fn take(&self) -> Vec<Received> {
        let mut inner = self.inner();
        inner.commands.clear();
        std::mem::take(&mut inner.received)
    }

    /// How many commands began so.
    pub fn commands(&self, start: &str) -> usize {
        self.inner().commands.iter().filter(|command| command.starts_with(start)).count()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.split();
        let mut lines = BufReader::new(read).lines();
        let (mut from, mut to, mut fate) = (String::new(), Vec::new(), Fate::Taken);
        write.write_all(b"220 sink\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            self.inner().commands.push(line.clone());
            let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            let reply = match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => "250-sink\r\n250 8BITMIME".to_owned(),
                "MAIL" => {
                    (from, to) = (address(), Vec::new());
                    fate = self.inner().mood.as_mut().map(|mood| mood()).unwrap_or_default();
                    match &fate {
                        Fate::Refused(reply) => reply.clone(),
                        _ => "250 ok".into(),
                    }
                }
                "RCPT" => {
                    to.push(address());
                    "250 ok".into()
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut data = String::new();
                    loop {
                        let line = lines.next_line().await.ok()??;
                        if line == "." {
                            break;
                        }
                        data.push_str(line.strip_prefix('.').unwrap_or(&line));
                        data.push('\n');
                    }
                    if fate == Fate::Dropped {
                        return None;
                    }
                    let answered = fate != Fate::Unanswered;
                    let mail = Received { from: from.clone(), to: to.clone(), data, answered };
                    self.inner().received.push(mail);
                    if !answered {
                        return None;
                    }
                    "250 taken".into()
                }
                "QUIT" => "221 bye".into(),
                "RSET" | "NOOP" => "250 ok".into(),
                _ => "500 what?".into(),
            };
            write.write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
        }
        Some(())
    }
}

impl Received {
    /// The headers of the whole mail, unfolded; a line that is none has no name.
    fn headers(&self) -> Vec<(String, String)> {
        let head = self.data.split("\n\n").next().unwrap_or_default().replace("\n ", " ").replace("\n\t", " ");
        let pairs = head.lines().map(|line| line.split_once(": ").unwrap_or(("", line)));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Their names, in order of the alphabet.
    pub fn header_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.headers().into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    }

    /// The one header of that name; empty when there is none.
    pub fn header(&self, name: &str) -> String {
        self.headers().into_iter().find(|(other, _)| other == name).map(|(_, value)| value).unwrap_or_default()
    }

    /// The token of the link in it, if there is one.
    pub fn token(&self) -> Option<String> {
        let text = self.data.replace("=\n", "");
        let (_, rest) = text.split_once("?token=3D")?;
        Some(rest.split_whitespace().next()?.replace("=3D", "="))
    }
}
