//! A WebSocket, whichever side opened it: short binary messages, in order.

use std::pin::Pin;

use axum::extract::ws::{self, WebSocketUpgrade};
use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{self, protocol::WebSocketConfig};

use crate::limits::{PART_BYTES_MAX, READ_BUFFER_BYTES};
use crate::parts::TooLong;

/// Why a connection is of no more use.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// It was closed.
    #[error("the connection was closed")]
    Closed,
    /// The other side says nothing any more, or takes nothing.
    #[error("the other side is silent")]
    Silent,
    /// The other side says more than it may.
    #[error(transparent)]
    TooLong(#[from] TooLong),
}

/// What arrives.
#[derive(Debug)]
pub enum Incoming {
    /// A message.
    Message(Bytes),
    /// A sign of life.
    Sign,
}

enum Outgoing {
    Message(Bytes),
    Ping,
    Close,
}

/// A connection.
pub struct Wire {
    /// What comes.
    pub reader: WireReader,
    /// What goes.
    pub writer: WireWriter,
}

/// What comes over a connection.
pub struct WireReader(Pin<Box<dyn Stream<Item = Result<Incoming, SocketError>> + Send>>);

/// What goes over a connection.
pub struct WireWriter(Pin<Box<dyn Sink<Outgoing, Error = SocketError> + Send>>);

/// What is on its way between two ends in one process, in bytes.
const PAIR_BYTES: usize = 64 * 1024;

/// How a WebSocket is to be set up on the calling side.
pub fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(PART_BYTES_MAX))
        .max_frame_size(Some(PART_BYTES_MAX))
        .read_buffer_size(READ_BUFFER_BYTES)
}

/// Sets the same up on the answering side.
pub fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_message_size(PART_BYTES_MAX)
        .max_frame_size(PART_BYTES_MAX)
        .read_buffer_size(READ_BUFFER_BYTES)
}

impl Wire {
    /// What axum made of a request.
    pub fn of_server(socket: ws::WebSocket) -> Self {
        let (writer, reader) = socket.split();
        let broken = |error: axum::Error| SocketError::Broken(error.to_string());
        let reader = reader.map(move |message| match message.map_err(broken)? {
            ws::Message::Binary(bytes) => Ok(Incoming::Message(bytes)),
            ws::Message::Text(_) => Err(SocketError::Broken("text came".into())),
            ws::Message::Ping(_) | ws::Message::Pong(_) => Ok(Incoming::Sign),
            ws::Message::Close(_) => Err(SocketError::Closed),
        });
        let writer = writer.sink_map_err(broken).with(async |outgoing: Outgoing| {
            Ok(match outgoing {
                Outgoing::Message(bytes) => ws::Message::Binary(bytes),
                Outgoing::Ping => ws::Message::Ping(Bytes::new()),
                Outgoing::Close => ws::Message::Close(None),
            })
        });
        Self { reader: WireReader(Box::pin(reader)), writer: WireWriter(Box::pin(writer)) }
    }

    /// What a client made, or anything else that a WebSocket was put upon.
    pub fn of_client<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(socket: WebSocketStream<S>) -> Self {
        use tungstenite::Message;
        let (writer, reader) = socket.split();
        let broken = |error: tungstenite::Error| SocketError::Broken(error.to_string());
        let reader = reader.map(move |message| match message.map_err(broken)? {
            Message::Binary(bytes) => Ok(Incoming::Message(bytes)),
            Message::Text(_) => Err(SocketError::Broken("text came".into())),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(Incoming::Sign),
            Message::Close(_) => Err(SocketError::Closed),
        });
        let writer = writer.sink_map_err(broken).with(async |outgoing: Outgoing| {
            Ok(match outgoing {
                Outgoing::Message(bytes) => Message::Binary(bytes),
                Outgoing::Ping => Message::Ping(Bytes::new()),
                Outgoing::Close => Message::Close(None),
            })
        });
        Self { reader: WireReader(Box::pin(reader)), writer: WireWriter(Box::pin(writer)) }
    }

    /// Two ends of a connection inside this process.
    pub async fn pair() -> (Self, Self) {
        use tungstenite::protocol::Role;
        let (one, other) = tokio::io::duplex(PAIR_BYTES);
        let one = WebSocketStream::from_raw_socket(one, Role::Server, Some(config())).await;
        let other = WebSocketStream::from_raw_socket(other, Role::Client, Some(config())).await;
        (Self::of_client(one), Self::of_client(other))
    }
}

impl WireReader {
    /// What comes next.
    ///
    /// # Errors
    /// [`SocketError`] when nothing more comes.
    pub async fn next(&mut self) -> Result<Incoming, SocketError> {
        self.0.next().await.unwrap_or(Err(SocketError::Closed))
    }

    /// The next message.
    ///
    /// # Errors
    /// [`SocketError`] when there is none.
    pub async fn receive(&mut self) -> Result<Bytes, SocketError> {
        loop {
            if let Incoming::Message(message) = self.next().await? {
                return Ok(message);
            }
        }
    }
}

impl WireWriter {
    /// Sends a message.
    ///
    /// # Errors
    /// [`SocketError`] when it cannot be sent.
    pub async fn send(&mut self, message: Bytes) -> Result<(), SocketError> {
        self.0.send(Outgoing::Message(message)).await
    }

    /// Shows that somebody is there.
    ///
    /// # Errors
    /// [`SocketError`] when that cannot be sent.
    pub async fn ping(&mut self) -> Result<(), SocketError> {
        self.0.send(Outgoing::Ping).await
    }

    /// Says that nothing more comes.
    pub async fn close(&mut self) {
        // It fails only when the other side is gone, which is the same.
        let _ = self.0.send(Outgoing::Close).await;
        let _ = self.0.close().await;
    }
}
