//! A screen: an open event stream.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;

use super::http::{Client, Head, connect};

/// A screen that follows a hub.
#[derive(Debug)]
pub struct Screen(BufReader<TcpStream>);

/// What a screen is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Its place in the journal.
    pub seq: Option<u64>,
    /// What it says: one line of JSON.
    pub data: String,
}

impl Screen {
    /// Follows the hub from now on, as the person of `client`.
    ///
    /// # Errors
    /// When the hub refuses.
    pub fn open(client: &Client) -> io::Result<Self> {
        let mut connection = connect(client.address())?;
        connection.get_mut().write_all(client.head("GET", "/api/v1/events", "").as_bytes())?;
        let head = Head::read(&mut connection)?;
        match head.status {
            200 => Ok(Self(connection)),
            status => Err(io::Error::other(format!("no event stream: {status}"))),
        }
    }

    /// The next event.
    ///
    /// # Errors
    /// When the stream ends.
    pub fn next_event(&mut self) -> io::Result<Event> {
        let mut event = Event { name: String::new(), seq: None, data: String::new() };
        let mut line = String::new();
        loop {
            line.clear();
            if self.0.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            // Each event is a chunk of its own, so that the sizes of chunks stand on lines of their own.
            let text = line.trim_end();
            if let Some(name) = text.strip_prefix("event: ") {
                name.clone_into(&mut event.name);
            } else if let Some(seq) = text.strip_prefix("id: ") {
                event.seq = seq.parse().ok();
            } else if let Some(data) = text.strip_prefix("data: ") {
                data.clone_into(&mut event.data);
                return Ok(event);
            }
        }
    }
}
