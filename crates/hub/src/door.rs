//! Where connections come in: from where, to which address of this box, and how many at once.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::limits::{CONNECTIONS_MAX, CONNECTIONS_OF_ADDRESS_MAX};

/// The two ends of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Met {
    /// Who calls.
    pub from: SocketAddr,
    /// The address of this box that they reached.
    pub at: SocketAddr,
    /// Nobody between the two reads what is said.
    pub is_encrypted: bool,
}

impl Connected<IncomingStream<'_, Door>> for Met {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().met(*stream.remote_addr(), false)
    }
}

/// Places for connections, of all doors together. Cheap to clone.
#[derive(Clone, Default)]
pub struct Places(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// Takes connections; those beyond what an address may have are hung up on. This box itself may have as many as it likes.
pub struct Door {
    listener: TcpListener,
    places: Places,
}

impl Door {
    /// One in front of `listener`.
    pub fn new(listener: TcpListener, places: Places) -> Self {
        Self { listener, places }
    }
}

impl Places {
    /// A place for a connection from `from`; `None` when there is none.
    fn take(&self, from: IpAddr) -> Option<Place> {
        let from = from.to_canonical();
        if !from.is_loopback() {
            let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let all: usize = open.values().sum();
            let of_address = open.get(&from).copied().unwrap_or_default();
            if all >= CONNECTIONS_MAX || of_address >= CONNECTIONS_OF_ADDRESS_MAX {
                return None;
            }
            open.insert(from, of_address + 1);
        }
        Some(Place { from, places: self.clone() })
    }
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            let (stream, from) = Listener::accept(&mut self.listener).await;
            // An event is on its way at once, and does not wait until the screen has confirmed the one before.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "a connection will be slow");
            }
            if let Some(place) = self.places.take(from.ip()) {
                return (Connection { stream, _place: place }, from);
            }
            tracing::debug!(%from, "too many connections");
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that counts while it is open.
struct Place {
    from: IpAddr,
    places: Places,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.from);
            }
        }
    }
}

/// A connection that was taken.
pub struct Connection {
    stream: TcpStream,
    _place: Place,
}

impl Connection {
    /// Its two ends.
    pub(crate) fn met(&self, from: SocketAddr, is_encrypted: bool) -> Met {
        // A connection that is gone already reached nobody.
        let at = self.stream.local_addr().unwrap_or(SocketAddr::from(([0, 0, 0, 0], 0)));
        Met { from, at, is_encrypted }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
