//! One WebSocket, whichever side it is of.

use std::pin::Pin;

use axum::extract::ws;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{self, protocol::WebSocketConfig};

use crate::limits::{MESSAGE_BYTES_MAX, READ_BUFFER_BYTES};

/// Why a socket is of no more use.
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
}

/// What arrives.
#[derive(Debug)]
pub(crate) enum Incoming {
    Message(Vec<u8>),
    /// A sign of life.
    Sign,
}

/// What is sent.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Message(Vec<u8>),
    Ping,
    Close,
}

pub(crate) type Reader = Pin<Box<dyn Stream<Item = Result<Incoming, SocketError>> + Send>>;
pub(crate) type Writer = Pin<Box<dyn Sink<Outgoing, Error = SocketError> + Send>>;

/// A connection that keeps messages whole and in order.
pub struct Socket {
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
}

/// What is on its way between two ends in one process, in bytes.
const PAIR_BYTES: usize = 64 * 1024;

/// How a WebSocket is to be set up on the calling side.
pub(crate) fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX))
        .read_buffer_size(READ_BUFFER_BYTES)
}

impl Socket {
    /// What axum made of a request.
    pub fn of_server(socket: ws::WebSocket) -> Self {
        let (writer, reader) = socket.split();
        let broken = |error: axum::Error| SocketError::Broken(error.to_string());
        let reader = reader.map(move |message| match message.map_err(broken)? {
            ws::Message::Binary(bytes) => Ok(Incoming::Message(bytes.into())),
            ws::Message::Text(_) => Err(SocketError::Broken("text came".into())),
            ws::Message::Ping(_) | ws::Message::Pong(_) => Ok(Incoming::Sign),
            ws::Message::Close(_) => Err(SocketError::Closed),
        });
        let writer = writer.sink_map_err(broken).with(async |outgoing: Outgoing| {
            Ok(match outgoing {
                Outgoing::Message(bytes) => ws::Message::Binary(bytes.into()),
                Outgoing::Ping => ws::Message::Ping(Vec::new().into()),
                Outgoing::Close => ws::Message::Close(None),
            })
        });
        Self { reader: Box::pin(reader), writer: Box::pin(writer) }
    }

    /// What a client made, or anything else that a WebSocket was put upon.
    pub fn of_client<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(socket: WebSocketStream<S>) -> Self {
        use tungstenite::Message;
        let (writer, reader) = socket.split();
        let broken = |error: tungstenite::Error| SocketError::Broken(error.to_string());
        let reader = reader.map(move |message| match message.map_err(broken)? {
            Message::Binary(bytes) => Ok(Incoming::Message(bytes.into())),
            Message::Text(_) => Err(SocketError::Broken("text came".into())),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(Incoming::Sign),
            Message::Close(_) => Err(SocketError::Closed),
        });
        let writer = writer.sink_map_err(broken).with(async |outgoing: Outgoing| {
            Ok(match outgoing {
                Outgoing::Message(bytes) => Message::Binary(bytes.into()),
                Outgoing::Ping => Message::Ping(Vec::new().into()),
                Outgoing::Close => Message::Close(None),
            })
        });
        Self { reader: Box::pin(reader), writer: Box::pin(writer) }
    }

    /// Two ends of a connection inside this process.
    pub async fn pair() -> (Self, Self) {
        use tungstenite::protocol::Role;
        let (one, other) = tokio::io::duplex(PAIR_BYTES);
        let one = WebSocketStream::from_raw_socket(one, Role::Server, Some(config())).await;
        let other = WebSocketStream::from_raw_socket(other, Role::Client, Some(config())).await;
        (Self::of_client(one), Self::of_client(other))
    }

    /// Sends one message.
    ///
    /// # Errors
    /// [`SocketError`] when the connection is gone.
    pub async fn send(&mut self, bytes: Vec<u8>) -> Result<(), SocketError> {
        self.writer.send(Outgoing::Message(bytes)).await
    }

    /// Waits for one message.
    ///
    /// # Errors
    /// [`SocketError`] when the connection is gone.
    pub async fn receive(&mut self) -> Result<Vec<u8>, SocketError> {
        loop {
            match self.reader.next().await {
                Some(Ok(Incoming::Message(bytes))) => return Ok(bytes),
                Some(Ok(Incoming::Sign)) => {}
                Some(Err(error)) => return Err(error),
                None => return Err(SocketError::Closed),
            }
        }
    }

    /// Ends the connection.
    pub async fn close(mut self) {
        // The other side may be gone already.
        let _ = self.writer.send(Outgoing::Close).await;
    }
}
