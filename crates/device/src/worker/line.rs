//! A connection to a printer.

use std::{io, time::Duration};

use maitred_domain::address::Address;
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    time::{Instant, sleep_until, timeout},
};

use super::port::Port;
use crate::session::{Ending, Outcome};

const RECEIVED_BYTES_MAX: usize = 1_024;

/// A connection, and what still has to leave through it.
pub(super) struct Line {
    wire: Wire,
    received: [u8; RECEIVED_BYTES_MAX],
    unsent: Vec<u8>,
    sent: usize,
}

enum Wire {
    Tcp(TcpStream),
    Port(Port),
}

impl Wire {
    async fn open(address: &Address) -> io::Result<Self> {
        match address {
            Address::Tcp(host) => {
                let stream = TcpStream::connect(host).await?;
                stream.set_nodelay(true).ok();
                Ok(Self::Tcp(stream))
            }
            Address::Usb(path) => Port::open_usb(path).await.map(Self::Port),
            Address::Serial(line) => Port::open_line(line).await.map(Self::Port),
            // Who asks is answered, and not called: `crate::asking`.
            Address::Caller(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Cancel safe.
    async fn read(&self, bytes: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => loop {
                stream.readable().await?;
                match stream.try_read(bytes) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    read => return read,
                }
            },
            Self::Port(port) => port.read(bytes).await,
        }
    }

    /// Cancel safe.
    async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => loop {
                stream.writable().await?;
                match stream.try_write(bytes) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    wrote => return wrote,
                }
            },
            Self::Port(port) => port.write(bytes).await,
        }
    }
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
    pub(super) async fn connect(address: &Address, within: Duration) -> Option<Self> {
        let wire = timeout(within, Wire::open(address)).await.ok()?.ok()?;
        Some(Self { wire, received: [0; RECEIVED_BYTES_MAX], unsent: Vec::new(), sent: 0 })
    }

    /// What `bytes` bytes need on the way, whatever the printer does.
    pub(super) fn transfer_time(&self, bytes: usize) -> Duration {
        match &self.wire {
            Wire::Tcp(_) => Duration::ZERO,
            Wire::Port(port) => port.transfer_time(bytes),
        }
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
            read = self.wire.read(&mut self.received) => match read {
                Ok(0) => Event::Finished,
                Ok(length) => Event::Received(length),
                Err(_) => Event::Broken,
            },
            wrote = self.wire.write(&self.unsent[self.sent..]), if is_unsent => match wrote {
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

    /// In good order; but after a doubt at once, so that none of the rest is delivered later.
    pub(super) async fn close(self, ending: Ending) {
        let is_in_doubt = matches!(ending, Ending::Job(Outcome::Indeterminate { .. }));
        match self.wire {
            Wire::Tcp(stream) if is_in_doubt => drop(stream.set_zero_linger()),
            Wire::Tcp(mut stream) => drop(stream.shutdown().await),
            Wire::Port(port) => port.close(is_in_doubt).await,
        }
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
