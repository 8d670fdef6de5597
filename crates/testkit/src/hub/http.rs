//! As much HTTP as a device needs: one connection, one request at a time, JSON.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};

/// The longest that an answer is waited for.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// A device.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    token: Option<String>,
    /// That of its pairing.
    terminal: Option<String>,
    /// What it believes over TLS; without it speaks plain http.
    believes: Option<Arc<ClientConfig>>,
    connection: Option<BufReader<Line>>,
}

/// A connection.
#[derive(Debug)]
enum Line {
    Plain(TcpStream),
    Secure(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Read for Line {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(line) => line.read(bytes),
            Self::Secure(line) => line.read(bytes),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(line) => line.write(bytes),
            Self::Secure(line) => line.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(line) => line.flush(),
            Self::Secure(line) => line.flush(),
        }
    }
}

/// What was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What the body is.
    pub content_type: String,
    /// The body; text where it is no JSON.
    pub body: Value,
}

impl Answer {
    /// Whether it was done.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The code of a problem; `None` when it is none, or not one that says as RFC 9457 wants what it is.
    pub fn problem(&self) -> Option<&str> {
        let is_problem =
            self.content_type == "application/problem+json" && self.body["status"] == self.status;
        self.body["code"].as_str().filter(|_| is_problem)
    }
}

impl Client {
    /// A device that has not signed in.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, token: None, terminal: None, believes: None, connection: None }
    }

    /// The same person at a terminal that was paired, over TLS at `address`, which believes the authority of that PEM alone.
    ///
    /// # Errors
    /// When that is no authority.
    pub fn over_tls(&self, address: SocketAddr, authority: &str, terminal: &str) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        let certificate = CertificateDer::from_pem_slice(authority.as_bytes()).map_err(io::Error::other)?;
        roots.add(certificate).map_err(io::Error::other)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let (terminal, believes) = (Some(terminal.to_owned()), Some(Arc::new(config)));
        Ok(Self { terminal, believes, ..self.at(address) })
    }

    /// Another device of the same person.
    #[must_use]
    pub fn again(&self) -> Self {
        self.at(self.address)
    }

    /// The same person at the hub's new address.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { token: self.token.clone(), ..Self::new(address) }
    }

    /// The same device with a token that somebody was given.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..Self::new(self.address) }
    }

    /// Where the hub is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Signs in.
    ///
    /// # Errors
    /// When the hub does not answer, or refuses.
    pub fn sign_in(&mut self, staff: &str, pin: &str) -> io::Result<()> {
        let answer = self.post("/api/v1/auth/login", None, &json!({ "staff": staff, "pin": pin }))?;
        let token = answer.body["access_token"].as_str();
        self.token = Some(token.ok_or_else(|| refused(&answer))?.to_owned());
        Ok(())
    }

    /// Asks.
    ///
    /// # Errors
    /// When the hub does not answer.
    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.exchange(&self.head("GET", path, ""))
    }

    /// Asks, and takes nothing but success.
    ///
    /// # Errors
    /// When the hub does not answer, or refuses.
    pub fn look(&mut self, path: &str) -> io::Result<Value> {
        let answer = self.get(path)?;
        if answer.is_success() { Ok(answer.body) } else { Err(refused(&answer)) }
    }

    /// Tells; with a key where it may be told again.
    ///
    /// # Errors
    /// When the hub does not answer: it may have done it or not.
    pub fn post(&mut self, path: &str, key: Option<&str>, body: &Value) -> io::Result<Answer> {
        self.send("POST", path, key, body)
    }

    /// The same by another method.
    ///
    /// # Errors
    /// When the hub does not answer: it may have done it or not.
    pub fn send(&mut self, method: &str, path: &str, key: Option<&str>, body: &Value) -> io::Result<Answer> {
        let body = body.to_string();
        let key = key.map(|key| format!("idempotency-key: {key}\r\n")).unwrap_or_default();
        let more = format!("{key}content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        self.exchange(&(self.head(method, path, &more) + &body))
    }

    /// A request up to its body.
    pub(super) fn head(&self, method: &str, path: &str, more: &str) -> String {
        let token = self.token.as_ref().map(|it| format!("authorization: Bearer {it}\r\n"));
        let token = token.unwrap_or_default();
        let terminal = self.terminal.as_ref().map(|it| format!("maitred-terminal: {it}\r\n"));
        let terminal = terminal.unwrap_or_default();
        format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n{token}{terminal}{more}\r\n", self.address)
    }

    fn line(&self) -> io::Result<BufReader<Line>> {
        let plain = connect(self.address)?.into_inner();
        Ok(BufReader::new(match &self.believes {
            None => Line::Plain(plain),
            Some(config) => {
                let name = self.address.ip().into();
                let greeting = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
                Line::Secure(Box::new(StreamOwned::new(greeting, plain)))
            }
        }))
    }

    fn exchange(&mut self, request: &str) -> io::Result<Answer> {
        // Put back only after a whole answer: what is left of half a one would be taken for the next.
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.line()?,
        };
        connection.get_mut().write_all(request.as_bytes())?;
        connection.get_mut().flush()?;
        let head = Head::read(&mut connection)?;
        let mut body = vec![0; head.length.ok_or_else(|| malformed("no content-length"))?];
        connection.read_exact(&mut body)?;
        if !head.closes {
            self.connection = Some(connection);
        }
        let text = || Value::String(String::from_utf8_lossy(&body).into_owned());
        let body = serde_json::from_slice(&body).unwrap_or_else(|_| text());
        Ok(Answer { status: head.status, content_type: head.content_type, body })
    }
}

/// A connection that waits for nothing but the hub.
pub(super) fn connect(address: SocketAddr) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(ANSWER_TIME_MAX))?;
    Ok(BufReader::new(stream))
}

/// An answer up to its body.
#[derive(Default)]
pub(super) struct Head {
    pub(super) status: u16,
    content_type: String,
    length: Option<usize>,
    closes: bool,
}

impl Head {
    pub(super) fn read(from: &mut impl BufRead) -> io::Result<Self> {
        let mut head = Self::default();
        let first = line(from)?;
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        head.status = status.ok_or_else(|| malformed(&first))?;
        loop {
            let header = line(from)?;
            let Some((name, value)) = header.split_once(": ") else { return Ok(head) };
            match name.to_ascii_lowercase().as_str() {
                "content-type" => value.clone_into(&mut head.content_type),
                "content-length" => head.length = value.parse().ok(),
                "connection" => head.closes = value == "close",
                _ => {}
            }
        }
    }
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

fn refused(answer: &Answer) -> io::Error {
    io::Error::other(format!("{} {}", answer.status, answer.body))
}
