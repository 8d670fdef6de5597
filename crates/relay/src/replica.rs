//! The relay's side of a conversation: journals as they are, no documents.

use std::sync::Arc;

use maitred_link::Replica;
use maitred_link::handshake::Realm;
use maitred_sync::{Delivery, Origin, Output, Session, Speaker, Vector};
use tokio::sync::watch;

use crate::ids::VenueId;
use crate::storage::{Journals, Storage, StorageError};
use crate::wakeups::Wakeups;

/// What the origin that the relay speaks as is made with. It writes no journal, and is the same on every node.
const SPEAKER: &str = "maitred 2026 relay speaks for a venue";

/// The journals of one venue, as the relay keeps them.
#[derive(Clone)]
pub struct VenueReplica {
    /// Where they are kept.
    pub storage: Arc<dyn Storage>,
    /// Who is told when they grow.
    pub wakeups: Arc<Wakeups>,
    /// Whose they are.
    pub venue: VenueId,
    /// What the venue's replicas know themselves by.
    pub realm: Realm,
}

impl VenueReplica {
    fn speaker(&self) -> Speaker {
        let hash = blake3::derive_key(SPEAKER, self.venue.0.as_bytes());
        let origin = *hash.first_chunk().expect("a hash is longer");
        Speaker { realm: self.realm, origin: Origin::from_bytes(origin) }
    }

    fn journals(&self) -> Result<Journals<'_>, StorageError> {
        Journals::now(&*self.storage, self.venue)
    }
}

impl Replica for VenueReplica {
    type Error = StorageError;

    fn open(&self) -> Result<(Session, Vec<u8>), StorageError> {
        Session::open(self.speaker(), &self.journals()?)
    }

    fn receive(&self, session: &mut Session, frame: &[u8]) -> Result<Vec<Output>, StorageError> {
        session.receive(&self.journals()?, frame)
    }

    fn next_frame(&self, session: &mut Session) -> Result<Option<Vec<u8>>, StorageError> {
        session.next_frame(&self.journals()?)
    }

    fn deliver(&self, deliveries: Vec<Delivery>) -> Result<Vector, StorageError> {
        let vector = self.storage.store(self.venue, &deliveries)?;
        if deliveries.iter().any(|delivery| !delivery.parcels.is_empty() || !delivery.keys.is_empty()) {
            self.wakeups.grown(self.venue);
        }
        Ok(vector)
    }

    fn growth(&self) -> watch::Receiver<u64> {
        self.wakeups.follow(self.venue)
    }
}
