//! A small mail server that keeps what it gets: enough of RFC 5321 for a client that checks every reply.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// The headers that every mail of ours has, and no other.
pub const EXPECTED_HEADERS: [&str; 7] = ["Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"];

/// The server. Clones share what it got.
#[derive(Clone, Default)]
pub struct Sink(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    received: Vec<Received>,
    commands: Vec<String>,
    refusals: Vec<String>,
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
}

impl Sink {
    /// Starts it; its address as `SMTP_URL`.
    pub fn start(&self) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let sink = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = sink.clone();
                tokio::spawn(async move { sink.serve(stream).await });
            }
        });
        format!("smtp://{address}")
    }

    /// Answers the next `times` mails with `reply` instead of taking them.
    pub fn refuse(&self, times: usize, reply: &str) {
        self.0.lock().unwrap().refusals = vec![reply.to_owned(); times];
    }

    /// What it got so far.
    pub fn received(&self) -> Vec<Received> {
        self.0.lock().unwrap().received.clone()
    }

    /// How many commands began so.
    pub fn commands(&self, start: &str) -> usize {
        self.0.lock().unwrap().commands.iter().filter(|command| command.starts_with(start)).count()
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.split();
        let mut lines = BufReader::new(read).lines();
        let (mut from, mut to) = (String::new(), Vec::new());
        write.write_all(b"220 sink\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            self.0.lock().unwrap().commands.push(line.clone());
            let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            let reply = match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => "250-sink\r\n250 8BITMIME".to_owned(),
                "MAIL" => {
                    (from, to) = (address(), Vec::new());
                    self.0.lock().unwrap().refusals.pop().unwrap_or("250 ok".into())
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
                    let mail = Received { from: from.clone(), to: to.clone(), data };
                    self.0.lock().unwrap().received.push(mail);
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
    /// The headers of the whole mail, unfolded.
    fn headers(&self) -> Vec<(String, String)> {
        let head = self.data.split("\n\n").next().unwrap().replace("\n ", " ").replace("\n\t", " ");
        let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        head.lines().map(|line| pair(line).unwrap_or_else(|| panic!("{line:?} is no header"))).collect()
    }

    /// Their names, in order of the alphabet.
    pub fn header_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.headers().into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    }

    /// The one header of that name.
    pub fn header(&self, name: &str) -> String {
        self.headers().into_iter().find(|(other, _)| other == name).unwrap().1
    }

    /// The token of the link in it.
    pub fn token(&self) -> String {
        let text = self.data.replace("=\n", "");
        let (_, rest) = text.split_once("?token=3D").unwrap();
        rest.split_whitespace().next().unwrap().replace("=3D", "=")
    }
}
