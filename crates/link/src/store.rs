//! A store as one side of a conversation.

use maitred_store::{CommandError, ReadError, Store};
use maitred_sync::{Delivery, Output, Session, Vector};
use tokio::sync::watch;

use crate::Replica;
use crate::handshake::Realm;

/// Why a store cannot go on with a conversation.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It cannot take what came.
    #[error(transparent)]
    Write(#[from] CommandError),
    /// A delivery without entries has nothing to say how far journals are.
    #[error("the store is stopping")]
    Stopping,
}

/// A store that tells others of the venue what they lack.
#[derive(Clone)]
pub struct StoreReplica {
    store: Store,
    realm: Realm,
    growth: watch::Receiver<u64>,
}

impl StoreReplica {
    /// Speaks for `store`, as one of `realm`.
    pub fn new(store: Store, realm: Realm, growth: watch::Receiver<u64>) -> Self {
        Self { store, realm, growth }
    }

    /// Changes with every entry of `store`, whoever wrote it. Once for a store: what observes it stays.
    pub fn growth_of(store: &Store) -> watch::Receiver<u64> {
        let (grown, growth) = watch::channel(store.head());
        store.observe(move |entry| {
            grown.send_replace(entry.seq);
        });
        growth
    }
}

impl Replica for StoreReplica {
    type Error = StoreError;

    fn open(&self) -> Result<(Session, Vec<u8>), StoreError> {
        Ok(self.store.open_session(self.realm)?)
    }

    fn receive(&self, session: &mut Session, frame: &[u8]) -> Result<Vec<Output>, StoreError> {
        Ok(self.store.receive(session, frame)?)
    }

    fn next_frame(&self, session: &mut Session) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.store.next_frame(session)?)
    }

    fn deliver(&self, deliveries: Vec<Delivery>) -> Result<Vector, StoreError> {
        let mut vector = Err(StoreError::Stopping);
        for delivery in deliveries {
            vector = Ok(self.store.deliver_blocking(delivery)?);
        }
        vector
    }

    fn growth(&self) -> watch::Receiver<u64> {
        self.growth.clone()
    }
}
