//! A connection to a printer.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::{Instant, sleep_until, timeout},
};

use crate::session::{Ending, Outcome};

/// Where raw printing listens when an address names no port.
pub const PORT_DEFAULT: u16 = 9100;
const RECEIVED_BYTES_MAX: usize = 1_024;

/// A connection, and what still has to leave through it.
pub(super) struct Line {
    reader: OwnedReadHalf,
    writer: OwnedWriteHalf,
    received: [u8; RECEIVED_BYTES_MAX],
    unsent: Vec<u8>,
    sent: usize,
}

/// What happened on a connection.
pub(super) enum Event {
    /// So many bytes are in [`Line::received`].
    Received(usize),
    /// Some bytes left, others wait.
    SentSome,
    /// All bytes left.
    SentAll,
    /// The printer closed it in good order.
    Finished,
    /// It broke.
    Broken,
    /// The deadline came.
    Tick,
}

impl Line {
    pub(super) async fn connect(address: &str, within: Duration) -> Option<Self> {
        let stream = timeout(within, TcpStream::connect(socket_address(address))).await.ok()?.ok()?;
        stream.set_nodelay(true).ok();
        let (reader, writer) = stream.into_split();
        Some(Self { reader, writer, received: [0; RECEIVED_BYTES_MAX], unsent: Vec::new(), sent: 0 })
    }

    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.unsent.extend(bytes);
    }

    pub(super) fn received(&self, length: usize) -> &[u8] {
        &self.received[..length]
    }

    /// The next event. Cancel safe.
    pub(super) async fn event(&mut self, deadline: Option<Instant>) -> Event {
        let is_unsent = self.sent < self.unsent.len();
        tokio::select! {
            read = self.reader.read(&mut self.received) => match read {
                Ok(0) => Event::Finished,
                Ok(length) => Event::Received(length),
                Err(_) => Event::Broken,
            },
            wrote = self.writer.write(&self.unsent[self.sent..]), if is_unsent => match wrote {
                Ok(length) => self.wrote(length),
                Err(_) => Event::Broken,
            },
            () = until(deadline) => Event::Tick,
        }
    }

    fn wrote(&mut self, length: usize) -> Event {
        self.sent += length;
        if self.sent < self.unsent.len() {
            return Event::SentSome;
        }
        self.unsent.clear();
        self.sent = 0;
        Event::SentAll
    }

    /// In good order; but after a doubt at once, so that the network delivers none of the rest later.
    pub(super) async fn close(mut self, ending: Ending) {
        if matches!(ending, Ending::Job(Outcome::Indeterminate { .. })) {
            self.writer.as_ref().set_zero_linger().ok();
        } else {
            self.writer.shutdown().await.ok();
        }
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// `tcp://` is optional, and so is the port.
fn socket_address(address: &str) -> String {
    let bare = address.trim().trim_start_matches("tcp://").trim_end_matches('/');
    let has_port = bare.rsplit_once(':').is_some_and(|(host, port)| {
        !host.contains(':') || host.ends_with(']') && port.parse::<u16>().is_ok()
    });
    if has_port { bare.to_owned() } else { format!("{bare}:{PORT_DEFAULT}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_leave_out_scheme_and_port() {
        assert_eq!(socket_address("tcp://192.0.2.7:9101/"), "192.0.2.7:9101");
        assert_eq!(socket_address("printer.local"), "printer.local:9100");
        assert_eq!(socket_address("[2001:db8::7]:9100"), "[2001:db8::7]:9100");
        assert_eq!(socket_address("[2001:db8::7]"), "[2001:db8::7]:9100");
    }
}
