//! The calling side: a socket, and whoever answers there proves who it is.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::{Connector, connect_async_tls_with_config, tungstenite};

use crate::handshake::{Caller, Challenge, HandshakeError, Realm, Verdict, decode, encode};
use crate::limits::{CONNECT_TIME_MAX, HANDSHAKE_TIME_MAX};
use crate::wire::config;
use crate::{Identity, PublicKey, Socket, SocketError};

/// What calls, for whoever looks at it from the other side.
const SOFTWARE: &str = concat!("maitred/", env!("CARGO_PKG_VERSION"));

/// Why nobody was reached.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody is there.
    #[error("cannot connect: {0}")]
    Unreachable(String),
    /// It broke off.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// It took too long.
    #[error("it took too long to connect")]
    TimedOut,
    /// Whoever is there is not who should be, or lets nobody in.
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
}

/// Why certificates cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A file of certificates cannot be read.
    #[error("cannot read certificates")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// A certificate is not usable.
    #[error("cannot use a certificate")]
    Tls(#[from] rustls::Error),
}

/// Whose certificates are believed.
#[derive(Clone)]
pub struct Trust(Arc<ClientConfig>);

impl Trust {
    /// Those that the system believes, and of the file `more`.
    ///
    /// # Errors
    /// [`TrustError`] when the file is not one of certificates.
    pub fn new(more: Option<&Path>) -> Result<Self, TrustError> {
        let mut roots = RootCertStore::empty();
        // A system without certificates still reaches what the file vouches for.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(file) = more {
            for certificate in CertificateDer::pem_file_iter(file)? {
                roots.add(certificate?)?;
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// For what else is called inside TLS.
    pub fn config(&self) -> ClientConfig {
        ClientConfig::clone(&self.0)
    }
}

/// Calls `url` (`ws` or `wss`) as `caller`, who holds `identity`. `known` is the key of who should answer, once that is
/// known. Returns who answered, and the realm both belong to.
///
/// # Errors
/// [`ConnectError`] when nobody answers, or not the right one, or it lets nobody in.
pub async fn connect(
    url: &str,
    trust: &Trust,
    identity: &Identity,
    caller: Caller,
    known: Option<PublicKey>,
) -> Result<(Socket, PublicKey, Realm), ConnectError> {
    let greeted = greet(url, trust, identity, caller, known);
    tokio::time::timeout(HANDSHAKE_TIME_MAX, greeted).await.unwrap_or(Err(ConnectError::TimedOut))
}

async fn greet(
    url: &str,
    trust: &Trust,
    identity: &Identity,
    caller: Caller,
    known: Option<PublicKey>,
) -> Result<(Socket, PublicKey, Realm), ConnectError> {
    let unreachable = |error: tungstenite::Error| ConnectError::Unreachable(error.to_string());
    let connector = Connector::Rustls(Arc::clone(&trust.0));
    let mut request = url.into_client_request().map_err(unreachable)?;
    request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static(SOFTWARE));
    let connecting = connect_async_tls_with_config(request, Some(config()), true, Some(connector));
    let connected = tokio::time::timeout(CONNECT_TIME_MAX, connecting).await;
    let connected = connected.map_err(|_| ConnectError::TimedOut)?.map_err(unreachable)?;
    let mut socket = Socket::of_client(connected.0);
    let challenge: Challenge = decode(&socket.receive().await?)?;
    let proof = challenge.answer(identity, caller, known)?;
    socket.send(encode(&proof)).await?;
    let verdict: Verdict = decode(&socket.receive().await?)?;
    let realm = verdict.accept(&challenge, &proof.caller)?;
    Ok((socket, challenge.key, realm))
}
