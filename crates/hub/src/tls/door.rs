//! Where encrypted connections come in.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls::ServerConfig;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Certificates;
use crate::door::{Connection, Door, Met};
use crate::limits::TLS_GREETING_TIME_MAX;

type Greeted = (TlsStream<Connection>, SocketAddr);

/// Takes connections of a [`Door`] and greets them, many at a time: one that is slow holds up no other.
pub struct SecureDoor {
    door: Door,
    acceptor: TlsAcceptor,
    greetings: JoinSet<Option<Greeted>>,
}

impl SecureDoor {
    /// One behind `door`, which shows the latest of `certificates`.
    ///
    /// # Errors
    /// When this build has no cipher for any version of TLS.
    pub fn new(door: Door, certificates: Arc<Certificates>) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(certificates);
        config.alpn_protocols = [&b"h2"[..], b"http/1.1"].map(<[u8]>::to_vec).into();
        Ok(Self { door, acceptor: Arc::new(config).into(), greetings: JoinSet::new() })
    }
}

impl Listener for SecureDoor {
    type Io = TlsStream<Connection>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Greeted {
        loop {
            tokio::select! {
                (connection, from) = self.door.accept() => {
                    self.greetings.spawn(greet(self.acceptor.clone(), connection, from));
                }
                Some(done) = self.greetings.join_next() => {
                    if let Ok(Some(greeted)) = done {
                        return greeted;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.door.local_addr()
    }
}

async fn greet(acceptor: TlsAcceptor, connection: Connection, from: SocketAddr) -> Option<Greeted> {
    match tokio::time::timeout(TLS_GREETING_TIME_MAX, acceptor.accept(connection)).await {
        Ok(Ok(stream)) => return Some((stream, from)),
        // A device that does not know the authority yet hangs up: nothing is wrong here.
        Ok(Err(error)) => tracing::debug!(%from, %error, "a device ended the greeting"),
        Err(_) => tracing::debug!(%from, "a device was greeted and said nothing"),
    }
    None
}

impl Connected<IncomingStream<'_, SecureDoor>> for Met {
    fn connect_info(stream: IncomingStream<'_, SecureDoor>) -> Self {
        stream.io().get_ref().0.met(*stream.remote_addr(), true)
    }
}
