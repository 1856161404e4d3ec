//! A mail server of the tests' own, which keeps what it is sent.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What the server answers to a letter, once.
#[derive(Clone, Copy)]
pub(crate) enum Mood {
    /// Not now.
    Busy,
    /// Never.
    Refusing,
    /// It takes the letter and hangs up before it says so.
    Silent,
}

/// The server. It takes whatever comes, but for the moods it is given.
pub(crate) struct Mailbox {
    address: String,
    letters: Arc<Mutex<Vec<Letter>>>,
    moods: Arc<Mutex<VecDeque<Mood>>>,
}

/// One letter as it came.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) to: String,
    source: String,
}

impl Letter {
    /// A header, unfolded; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> String {
        let head = self.source.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
        line.unwrap_or_default()
    }

    /// Everything, with the soft line breaks of quoted-printable taken out.
    pub(crate) fn text(&self) -> String {
        self.source.replace("=\r\n", "").replace("=3D", "=")
    }
}

impl Mailbox {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let letters: Arc<Mutex<Vec<Letter>>> = Arc::default();
        let moods: Arc<Mutex<VecDeque<Mood>>> = Arc::default();
        let (kept, next) = (Arc::clone(&letters), Arc::clone(&moods));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, next) = (Arc::clone(&kept), Arc::clone(&next));
                tokio::spawn(async move { drop(talk(stream, &kept, &next).await) });
            }
        });
        Self { address, letters, moods }
    }

    /// How the settings name it.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// What it does with the next letters.
    pub(crate) fn feels(&self, moods: &[Mood]) {
        self.moods.lock().expect("unpoisoned").extend(moods);
    }

    /// What came since this was last asked, sorted by whom it is to.
    pub(crate) fn empty(&self) -> Vec<Letter> {
        let mut letters = std::mem::take(&mut *self.letters.lock().expect("unpoisoned"));
        letters.sort_by(|one, other| one.to.cmp(&other.to));
        letters
    }
}

/// SMTP as far as a client needs it (RFC 5321).
async fn talk(stream: TcpStream, letters: &Mutex<Vec<Letter>>, moods: &Mutex<VecDeque<Mood>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut to = String::new();
    stream.write_all(b"220 mailbox\r\n").await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match line.trim_end().to_ascii_uppercase().as_str() {
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut source = String::new();
                while !source.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut source).await?;
                }
                let mood = moods.lock().expect("unpoisoned").pop_front();
                let take = || letters.lock().expect("unpoisoned").push(Letter { to: to.clone(), source });
                match mood {
                    None => {
                        take();
                        b"250 taken\r\n"
                    }
                    Some(Mood::Busy) => b"451 later\r\n",
                    Some(Mood::Refusing) => b"550 never\r\n",
                    Some(Mood::Silent) => {
                        take();
                        return Ok(());
                    }
                }
            }
            "QUIT" => {
                stream.write_all(b"221 goodbye\r\n").await?;
                return Ok(());
            }
            line if line.starts_with("RCPT TO:") => {
                to = line["RCPT TO:".len()..].trim_matches(['<', '>']).to_ascii_lowercase();
                b"250 yes\r\n"
            }
            _ => b"250 yes\r\n",
        };
        stream.write_all(answer).await?;
    }
}
