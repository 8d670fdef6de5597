//! A connection of whole messages: short ones until both sides have proved who they are, then as long as a frame.

use axum::extract::ws;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;

use crate::limits::{HANDSHAKE_BYTES_MAX, MESSAGE_BYTES_MAX, PART_BYTES_MAX};
use crate::parts::{Whole, split};
use crate::wire::{Incoming, SocketError, Wire, WireReader, WireWriter};

/// A connection that keeps messages whole and in order.
pub struct Socket {
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
}

/// What comes.
pub(crate) struct Reader {
    wire: WireReader,
    whole: Whole,
}

/// What goes.
pub(crate) struct Writer(WireWriter);

impl Reader {
    /// The next message; `None` for a sign of life, such as a part of one.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, SocketError> {
        match self.wire.next().await? {
            Incoming::Message(part) => Ok(self.whole.add(&part)?),
            Incoming::Sign => Ok(None),
        }
    }

    /// The other side has proved who it is: it may say as much as a session does.
    pub(crate) fn trust(&mut self) {
        self.whole.allow(MESSAGE_BYTES_MAX);
    }
}

impl Writer {
    pub(crate) async fn send(&mut self, message: &[u8]) -> Result<(), SocketError> {
        for part in split(message, PART_BYTES_MAX) {
            self.0.send(part.into()).await?;
        }
        Ok(())
    }

    pub(crate) async fn ping(&mut self) -> Result<(), SocketError> {
        self.0.ping().await
    }

    pub(crate) async fn close(&mut self) {
        self.0.close().await;
    }
}

impl From<Wire> for Socket {
    fn from(Wire { reader, writer }: Wire) -> Self {
        let reader = Reader { wire: reader, whole: Whole::new(HANDSHAKE_BYTES_MAX) };
        Self { reader, writer: Writer(writer) }
    }
}

impl Socket {
    /// What axum made of a request.
    pub fn of_server(socket: ws::WebSocket) -> Self {
        Wire::of_server(socket).into()
    }

    /// What a client made, or anything else that a WebSocket was put upon.
    pub fn of_client<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(socket: WebSocketStream<S>) -> Self {
        Wire::of_client(socket).into()
    }

    /// Two ends of a connection inside this process.
    pub async fn pair() -> (Self, Self) {
        let (one, other) = Wire::pair().await;
        (one.into(), other.into())
    }

    /// Sends one message.
    ///
    /// # Errors
    /// [`SocketError`] when the connection is gone.
    pub async fn send(&mut self, bytes: Vec<u8>) -> Result<(), SocketError> {
        self.writer.send(&bytes).await
    }

    /// Waits for one message.
    ///
    /// # Errors
    /// [`SocketError`] when the connection is gone, or it is longer than [`HANDSHAKE_BYTES_MAX`]: longer ones are only
    /// taken in a conversation.
    pub async fn receive(&mut self) -> Result<Vec<u8>, SocketError> {
        loop {
            if let Some(message) = self.reader.next().await? {
                return Ok(message);
            }
        }
    }

    /// Ends the connection.
    pub async fn close(mut self) {
        self.writer.close().await;
    }
}
