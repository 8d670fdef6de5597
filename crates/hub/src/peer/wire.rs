//! Web sockets, whichever side opened them: whole messages, in order.

use std::pin::Pin;

use axum::extract::ws;
use bytes::Bytes;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Why nothing more comes.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The other side is gone.
    #[error("the connection is closed")]
    Closed,
    /// It broke.
    #[error("the connection broke: {0}")]
    Broken(Box<dyn std::error::Error + Send + Sync>),
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> WireError {
    WireError::Broken(Box::new(error))
}

/// A connection.
pub struct Wire {
    /// What comes.
    pub reader: WireReader,
    /// What goes.
    pub writer: WireWriter,
}

/// What comes over a connection.
pub struct WireReader(Pin<Box<dyn Stream<Item = Result<Bytes, WireError>> + Send>>);

/// What goes over a connection.
pub struct WireWriter(Pin<Box<dyn Sink<Bytes, Error = WireError> + Send>>);

impl WireReader {
    /// The next message.
    ///
    /// # Errors
    /// [`WireError`] when there is none.
    pub async fn receive(&mut self) -> Result<Bytes, WireError> {
        self.0.next().await.unwrap_or(Err(WireError::Closed))
    }
}

impl WireWriter {
    /// Sends a message.
    ///
    /// # Errors
    /// [`WireError`] when it cannot be sent.
    pub async fn send(&mut self, message: Bytes) -> Result<(), WireError> {
        self.0.send(message).await
    }

    /// Says that nothing more comes.
    pub async fn close(&mut self) {
        // It fails only when the other side is gone, which is the same.
        let _ = self.0.close().await;
    }
}

impl From<ws::WebSocket> for Wire {
    fn from(socket: ws::WebSocket) -> Self {
        let (writer, reader) = socket.split();
        let reader = reader.filter_map(|message| {
            std::future::ready(match message {
                Ok(ws::Message::Binary(bytes)) => Some(Ok(bytes)),
                Ok(ws::Message::Ping(_) | ws::Message::Pong(_)) => None,
                Ok(ws::Message::Text(_) | ws::Message::Close(_)) => Some(Err(WireError::Closed)),
                Err(error) => Some(Err(broken(error))),
            })
        });
        let writer = writer
            .with(|bytes| std::future::ready(Ok::<_, axum::Error>(ws::Message::Binary(bytes))))
            .sink_map_err(broken);
        Self { reader: WireReader(Box::pin(reader)), writer: WireWriter(Box::pin(writer)) }
    }
}

impl From<WebSocketStream<MaybeTlsStream<TcpStream>>> for Wire {
    fn from(socket: WebSocketStream<MaybeTlsStream<TcpStream>>) -> Self {
        let (writer, reader) = socket.split();
        let reader = reader.filter_map(|message| {
            std::future::ready(match message {
                Ok(Message::Binary(bytes)) => Some(Ok(bytes)),
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => None,
                Ok(Message::Text(_) | Message::Close(_)) => Some(Err(WireError::Closed)),
                Err(error) => Some(Err(broken(error))),
            })
        });
        let writer = writer
            .with(|bytes| std::future::ready(Ok::<_, tungstenite::Error>(Message::Binary(bytes))))
            .sink_map_err(broken);
        Self { reader: WireReader(Box::pin(reader)), writer: WireWriter(Box::pin(writer)) }
    }
}

/// Two ends of a connection in memory.
#[cfg(test)]
pub fn pair() -> (Wire, Wire) {
    use futures_util::{sink, stream};
    fn end(sender: tokio::sync::mpsc::Sender<Bytes>, receiver: tokio::sync::mpsc::Receiver<Bytes>) -> Wire {
        let reader = stream::unfold(receiver, |mut receiver| async {
            receiver.recv().await.map(|bytes| (Ok(bytes), receiver))
        });
        let writer = sink::unfold(sender, |sender, bytes| async {
            sender.send(bytes).await.map_err(|_| WireError::Closed)?;
            Ok(sender)
        });
        Wire { reader: WireReader(Box::pin(reader)), writer: WireWriter(Box::pin(writer)) }
    }
    let (there, outgoing) = tokio::sync::mpsc::channel(8);
    let (here, incoming) = tokio::sync::mpsc::channel(8);
    (end(there, incoming), end(here, outgoing))
}
