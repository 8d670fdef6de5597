//! A running relay.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use maitred_link::Identity;
use maitred_store::Clock;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::accounts::Door;
use crate::app::{App, AppState};
use crate::cloud::CloudReplicas;
use crate::connected::{self, Connected};
use crate::limits::{
    CLOUD_IDLE, CONVERSATIONS_MAX, DEPOSITS_MAX, DRAIN_TIME_MAX, HANDSHAKES_MAX, STREAMS_MAX,
};
use crate::metrics::Metrics;
use crate::nodes::{self, Nats, NatsError};
use crate::router;
use crate::sightings::Present;
use crate::storage::{Storage, StorageError};
use crate::wakeups::Wakeups;
use maitred_process::clock;

/// How a relay is to run.
pub struct Settings {
    /// Where everything is kept.
    pub storage: Arc<dyn Storage>,
    /// The folder of cloud replicas, which can be built again; without one they go with the process.
    pub cloud: Option<PathBuf>,
    /// Where nodes on one database wake each other.
    pub nats: Option<String>,
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Certificate and key, as PEM files; without them connections are plain.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// The folder of the dashboard's pages.
    pub pages: Option<PathBuf>,
    /// The time.
    pub clock: Clock,
}

/// Why a relay did not start, or did not go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The storage cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Certificate or key cannot be read.
    #[error("cannot read {}: {source}", .file.display())]
    Pem {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// There is no room for cloud replicas.
    #[error("cannot make a folder for cloud replicas")]
    Folder(#[source] std::io::Error),
    /// There will be no wake-ups.
    #[error(transparent)]
    Nats(#[from] NatsError),
    /// Certificate and key cannot be used.
    #[error("cannot use the certificate and its key")]
    Tls(#[from] rustls::Error),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The server failed.
    #[error("the server failed")]
    Server(#[from] std::io::Error),
}

/// A running relay.
pub struct Relay {
    /// Where it listens.
    pub address: SocketAddr,
    app: App,
    stop: watch::Sender<bool>,
    handle: Handle<SocketAddr>,
    server: JoinHandle<std::io::Result<()>>,
    /// Removed in the end.
    _passing: Option<TempDir>,
}

impl Relay {
    /// Listens and serves.
    ///
    /// # Errors
    /// [`ServeError`] when something is missing.
    pub async fn start(settings: Settings) -> Result<Self, ServeError> {
        let (stop, stopping) = watch::channel(false);
        let wakeups = Arc::new(Wakeups::default());
        let storage = Arc::clone(&settings.storage);
        let (folder, passing) = if let Some(folder) = settings.cloud {
            (folder, None)
        } else {
            let passing = tempfile::tempdir().map_err(ServeError::Folder)?;
            (passing.path().to_owned(), Some(passing))
        };
        let cloud = CloudReplicas::new(folder, storage, Arc::clone(&wakeups), Arc::clone(&settings.clock));
        let nats = match &settings.nats {
            Some(url) => Some(Nats::open(url).await?),
            None => None,
        };
        let seed = seed(&settings.storage).await?;
        let app = App::from(AppState {
            identity: Identity::of_seed(&seed),
            door: Door::new(Arc::clone(&settings.storage), Arc::clone(&settings.clock)),
            is_secure: settings.tls.is_some() || !settings.listen.ip().is_loopback(),
            present: Present::default(),
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
            storage: settings.storage,
            wakeups,
            cloud,
            clock: settings.clock,
            stopping,
            metrics: Metrics::default(),
            connected: Connected::default(),
            handshakes: Arc::new(Semaphore::new(HANDSHAKES_MAX)),
            deposits: Arc::new(Semaphore::new(DEPOSITS_MAX)),
            conversations: Arc::new(Semaphore::new(CONVERSATIONS_MAX)),
        });
        let tls = settings.tls.map(|(certificate, key)| tls(&certificate, &key)).transpose()?;
        let listen = |source| ServeError::Listen { address: settings.listen, source };
        let listener = TcpListener::bind(settings.listen).await.map_err(listen)?.into_std()?;
        let address = listener.local_addr()?;
        let handle = Handle::new();
        let service = router::router(app.clone(), settings.pages.as_deref()).into_make_service();
        let server = if let Some(tls) = tls {
            let server = axum_server::from_tcp_rustls(listener, tls)?.handle(handle.clone());
            tokio::spawn(server.serve(service))
        } else {
            let server = axum_server::from_tcp(listener)?.handle(handle.clone());
            tokio::spawn(server.serve(service))
        };
        tokio::spawn(close_idle(app.clone()));
        tokio::spawn(connected::watch(app.clone()));
        if app.storage.is_shared() {
            tokio::spawn(nodes::keep_in_touch(app.clone(), nats));
        }
        Ok(Self { address, app, stop, handle, server, _passing: passing })
    }

    /// What its parts share.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Waits until the server ends by itself, which it does only when it fails.
    pub async fn failed(&mut self) -> ServeError {
        match (&mut self.server).await {
            Ok(Err(error)) => error.into(),
            Ok(Ok(())) | Err(_) => ServeError::Server(std::io::Error::other("it ended by itself")),
        }
    }

    /// Ends conversations, and waits for requests and writes under way.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.handle.graceful_shutdown(Some(DRAIN_TIME_MAX));
        if !self.server.is_finished() {
            // How it ended does not matter any more.
            let _ = self.server.await;
        }
        let app = self.app.clone();
        // Writers' threads are waited for off the runtime.
        let _ = tokio::task::spawn_blocking(move || app.cloud.close()).await;
    }
}

/// The seed of the relay's key, which may have to be asked for elsewhere.
async fn seed(storage: &Arc<dyn Storage>) -> Result<[u8; 32], StorageError> {
    let storage = Arc::clone(storage);
    let asked = tokio::task::spawn_blocking(move || storage.seed(clock::random()));
    asked.await.expect("reading a seed does not panic")
}

fn tls(certificate: &Path, key: &Path) -> Result<RustlsConfig, ServeError> {
    let pem = |file: &Path| {
        let file = file.to_owned();
        move |source| ServeError::Pem { file, source }
    };
    let chain =
        CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect).map_err(pem(certificate))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(pem(key))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}

async fn close_idle(app: App) {
    let mut look = tokio::time::interval(CLOUD_IDLE / 10);
    loop {
        tokio::select! {
            () = app.stopped() => return,
            _ = look.tick() => drop(app.with_storage(|app| app.cloud.close_idle(Instant::now())).await),
        }
    }
}
