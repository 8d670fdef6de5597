//! What every part of a running relay shares.

use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;
use maitred_link::Identity;
use maitred_store::Clock;
use tokio::sync::{Semaphore, watch};

use crate::accounts::Door;
use crate::cloud::CloudReplicas;
use crate::connected::Connected;
use crate::metrics::Metrics;
use crate::replica::VenueReplica;
use crate::sightings::Present;
use crate::storage::{EnrolledHub, Storage};
use crate::wakeups::Wakeups;

/// What every part shares. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<AppState>);

/// The parts of the relay.
pub struct AppState {
    /// Tenants and journals.
    pub storage: Arc<dyn Storage>,
    /// Who is told when journals grow.
    pub wakeups: Arc<Wakeups>,
    /// Stores that can be read.
    pub cloud: CloudReplicas,
    /// The time.
    pub clock: Clock,
    /// Turns true when the relay stops.
    pub stopping: watch::Receiver<bool>,
    /// Lets users in.
    pub door: Door,
    /// A place for each hub that may be spoken with.
    pub conversations: Arc<Semaphore>,
    /// Browsers reach it through TLS.
    pub is_secure: bool,
    pub(crate) present: Present,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) identity: Identity,
    pub(crate) metrics: Metrics,
    pub(crate) connected: Connected,
    pub(crate) handshakes: Arc<Semaphore>,
    pub(crate) deposits: Arc<Semaphore>,
}

impl Deref for App {
    type Target = AppState;
    fn deref(&self) -> &AppState {
        &self.0
    }
}

impl From<AppState> for App {
    fn from(state: AppState) -> Self {
        Self(Arc::new(state))
    }
}

impl App {
    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Waits until the relay stops.
    pub async fn stopped(&self) {
        // An error means that the relay itself is gone.
        let _ = self.stopping.clone().wait_for(|stopping| *stopping).await;
    }

    /// The journals that a hub speaks about.
    pub(crate) fn replica(&self, hub: &EnrolledHub) -> VenueReplica {
        let (storage, wakeups) = (Arc::clone(&self.storage), Arc::clone(&self.wakeups));
        VenueReplica { storage, wakeups, venue: hub.venue, realm: hub.realm }
    }

    /// Reads or writes the storage, off the threads that serve others.
    pub(crate) async fn with_storage<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Option<T> {
        let app = self.clone();
        let done = tokio::task::spawn_blocking(move || call(&app)).await;
        done.inspect_err(|error| tracing::error!(%error, "a call of the storage failed")).ok()
    }

    /// Whether the relay does its work: a task of its own has its turn, and its storage answers. That a database is away is an
    /// answer: the relay waits for it, and one that was started anew would too.
    pub async fn works(&self) -> bool {
        let app = self.clone();
        let asked = tokio::spawn(async move { app.with_storage(|app| app.storage.check()).await }).await;
        matches!(asked, Ok(Some(_)))
    }
}
