//! Where tenants and journals are kept: one story on every backend.
//!
//! Every call may wait for a disk or a network, and is made off the threads that serve others. No call reaches journals
//! without saying whose.

pub mod accounts;
pub mod backups;
mod body;
pub mod postgres;
pub mod sqlite;

use std::collections::BTreeMap;

use jiff::Timestamp;
use maitred_link::PublicKey;
use maitred_link::handshake::Realm;
use maitred_sync::{ChainError, Delivery, DocId, Hash, Origin, Parcel, Snapshot, SubjectKey, Tip, Vector};
use uuid::Uuid;

use self::accounts::Accounts;
use self::backups::Backups;
use crate::ids::{OrganisationId, VenueId};

/// Why something could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// SQLite refuses.
    #[error("the database refuses: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL refuses, or cannot be reached.
    #[error("the database refuses: {}", why(.0))]
    Postgres(#[from] tokio_postgres::Error),
    /// The database cannot be used as it is.
    #[error("the database cannot be used: {0}")]
    Unusable(String),
    /// The schema could not be brought up to date.
    #[error("cannot bring the database up to date: {0}")]
    Migration(#[from] refinery::Error),
    /// A file could not be made.
    #[error("cannot use the data folder: {0}")]
    Io(#[from] std::io::Error),
    /// What is stored makes no sense.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// An entry does not follow from what is stored: somebody else stored another one meanwhile. The next session
    /// finds out which.
    #[error("an entry does not follow from what is stored: {0}")]
    Chain(#[from] ChainError),
    /// A snapshot is longer than [`crate::limits::SNAPSHOT_BYTES_MAX`].
    #[error("a snapshot of {bytes} bytes is too long")]
    SnapshotTooLong {
        /// How long.
        bytes: usize,
    },
}

impl From<deadpool_postgres::PoolError> for StorageError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        match error {
            deadpool_postgres::PoolError::Backend(error) => error.into(),
            other => Self::Unusable(other.to_string()),
        }
    }
}

/// What PostgreSQL says, or what stands between it and here.
fn why(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(said), _) => said.message().to_owned(),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

/// Why nobody was enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// No such token was made.
    #[error("there is no such token")]
    UnknownToken,
    /// It was used before.
    #[error("the token was used before")]
    UsedToken,
    /// It came too late.
    #[error("the token has expired")]
    ExpiredToken,
    /// The hub belongs to another venue.
    #[error("the hub belongs to another venue")]
    OtherRealm,
    /// The venue has as many hubs as it may have.
    #[error("the venue has too many hubs")]
    TooManyHubs,
    /// It could not be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A token that is made for a venue; organisation and venue are made with it when they are new.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Who owns the venue, by name, and the id if the name is new.
    pub organisation: (String, OrganisationId),
    /// Which venue, in the same way.
    pub venue: (String, VenueId),
    /// What is kept of the token.
    pub hash: [u8; 32],
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

/// A hub that shows a token.
#[derive(Clone, Copy, Debug)]
pub struct Enrolment {
    /// What is kept of the token.
    pub token_hash: [u8; 32],
    /// The hub's key.
    pub hub: PublicKey,
    /// The realm that the hub belongs to, unless it is new.
    pub realm: Option<Realm>,
    /// The realm of the venue, should it have none and the hub bring none.
    pub new_realm: Realm,
    /// When.
    pub at: Timestamp,
}

/// A hub that was enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnrolledHub {
    /// Its key.
    pub hub: PublicKey,
    /// Whose it is.
    pub venue: VenueId,
    /// What the venue's replicas know themselves by.
    pub realm: Realm,
    /// Whether it was revoked.
    pub is_revoked: bool,
}

/// A venue with whom it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venue {
    /// Which.
    pub id: VenueId,
    /// Who owns it.
    pub organisation: String,
    /// What it is called.
    pub name: String,
    /// What its replicas know themselves by, once a hub is enrolled.
    pub realm: Option<Realm>,
}

/// Tenants and their journals.
pub trait Storage: Accounts + Backups + Send + Sync + 'static {
    /// Whether it can be reached.
    ///
    /// # Errors
    /// When it cannot.
    fn check(&self) -> Result<(), StorageError>;

    /// Whether other nodes write here too.
    fn is_shared(&self) -> bool {
        false
    }

    /// The seed of this relay's key: `new` if it has none.
    ///
    /// # Errors
    /// When it cannot be read or written.
    fn seed(&self, new: [u8; 32]) -> Result<[u8; 32], StorageError>;

    /// Keeps a token, and makes organisation and venue when they are new.
    ///
    /// # Errors
    /// When it cannot be written.
    fn issue(&self, token: &NewToken) -> Result<VenueId, StorageError>;

    /// Lets a hub in that shows a token; the token is used up with it.
    ///
    /// # Errors
    /// [`EnrolError`] says why not; nothing is changed then.
    fn enrol(&self, enrolment: &Enrolment) -> Result<EnrolledHub, EnrolError>;

    /// A hub by its key; `None` when it was never enrolled.
    ///
    /// # Errors
    /// When it cannot be read.
    fn hub(&self, hub: PublicKey) -> Result<Option<EnrolledHub>, StorageError>;

    /// Which of these hubs are not to be spoken with any more: revoked, forgotten, or of another venue by now.
    ///
    /// # Errors
    /// When they cannot be read.
    fn let_in_no_more(&self, hubs: &[(PublicKey, VenueId)]) -> Result<Vec<PublicKey>, StorageError> {
        let mut out = Vec::new();
        for (key, venue) in hubs {
            if self.hub(*key)?.is_none_or(|found| found.is_revoked || found.venue != *venue) {
                out.push(*key);
            }
        }
        Ok(out)
    }

    /// Lets a hub in no more; false when it was not enrolled.
    ///
    /// # Errors
    /// When it cannot be written.
    fn revoke(&self, hub: PublicKey, at: Timestamp) -> Result<bool, StorageError>;

    /// All venues, by organisation and name.
    ///
    /// # Errors
    /// When they cannot be read.
    fn venues(&self) -> Result<Vec<Venue>, StorageError>;

    /// The hubs of a venue.
    ///
    /// # Errors
    /// When they cannot be read.
    fn hubs(&self, venue: VenueId) -> Result<Vec<EnrolledHub>, StorageError>;

    /// Something for each of these venues that changes when its journals grow; nothing where only this node writes.
    ///
    /// # Errors
    /// When it cannot be read.
    fn growth(&self, _venues: &[VenueId]) -> Result<BTreeMap<VenueId, u64>, StorageError> {
        Ok(BTreeMap::new())
    }

    /// Where every journal of a venue ends.
    ///
    /// # Errors
    /// When it cannot be read.
    fn tips(&self, venue: VenueId) -> Result<BTreeMap<Origin, Tip>, StorageError>;

    /// The hash of an entry; `None` when it is not here.
    ///
    /// # Errors
    /// When it cannot be read.
    fn hash_at(&self, venue: VenueId, origin: Origin, seq: u64) -> Result<Option<Hash>, StorageError>;

    /// Entries beyond `known` in the order of arrival, until they take `bytes_max`; one at least, when there is one.
    ///
    /// # Errors
    /// When they cannot be read.
    fn beyond(&self, venue: VenueId, known: &Vector, bytes_max: usize) -> Result<Vec<Parcel>, StorageError>;

    /// What was kept of a document that came compact.
    ///
    /// # Errors
    /// When it cannot be read.
    fn snapshot(&self, venue: VenueId, doc: DocId) -> Result<Option<Snapshot>, StorageError>;

    /// Keys of personal data that came after place `n`, with the place of the last; `None` when there are no more.
    ///
    /// # Errors
    /// When they cannot be read.
    fn keys_beyond(&self, venue: VenueId, n: u64) -> Result<Option<(u64, Vec<SubjectKey>)>, StorageError>;

    /// Keeps deliveries, all or none, and returns how far every journal of the venue is known then, durably. What is
    /// here already is left as it is.
    ///
    /// # Errors
    /// When it cannot be written; nothing is, then.
    fn store(&self, venue: VenueId, deliveries: &[Delivery]) -> Result<Vector, StorageError>;
}

/// The journals of one venue, as one call of a session reads them.
pub struct Journals<'a> {
    storage: &'a dyn Storage,
    venue: VenueId,
    tips: BTreeMap<Origin, Tip>,
}

impl<'a> Journals<'a> {
    /// The journals of `venue` as they are now.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn now(storage: &'a dyn Storage, venue: VenueId) -> Result<Self, StorageError> {
        Ok(Self { storage, venue, tips: storage.tips(venue)? })
    }
}

impl maitred_sync::Journal for Journals<'_> {
    type Error = StorageError;

    fn tips(&self) -> Result<BTreeMap<Origin, Tip>, StorageError> {
        Ok(self.tips.clone())
    }

    fn tip(&self, origin: Origin) -> Result<Tip, StorageError> {
        Ok(self.tips.get(&origin).copied().unwrap_or(Tip::START))
    }

    fn hash_at(&self, origin: Origin, seq: u64) -> Result<Option<Hash>, StorageError> {
        match self.tips.get(&origin) {
            Some(tip) if tip.seq == seq => Ok(Some(tip.hash)),
            Some(tip) if tip.seq > seq => self.storage.hash_at(self.venue, origin, seq),
            Some(_) | None => Ok(None),
        }
    }

    fn beyond(&self, known: &Vector, bytes_max: usize) -> Result<Vec<Parcel>, StorageError> {
        if self.tips.iter().all(|(origin, tip)| tip.seq <= known.get(*origin)) {
            return Ok(Vec::new());
        }
        self.storage.beyond(self.venue, known, bytes_max)
    }

    fn snapshot(&self, doc: DocId) -> Result<Option<Snapshot>, StorageError> {
        self.storage.snapshot(self.venue, doc)
    }

    fn keys_beyond(&self, n: u64) -> Result<Option<(u64, Vec<SubjectKey>)>, StorageError> {
        self.storage.keys_beyond(self.venue, n)
    }

    fn made_id(first_fact: &[u8], n: u64) -> Option<[u8; 16]> {
        maitred_store::made_id(first_fact, n)
    }
}

/// An id for something new.
pub fn new_id(random: [u8; 16]) -> Uuid {
    uuid::Builder::from_random_bytes(random).into_uuid()
}
